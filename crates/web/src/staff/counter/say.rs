//! ご案内の言葉: what is read out to a citizen about a card, for every state it can be in, with the next step and the day
//! that is known; and beside it what the operator does.
//!
//! A card that is held back gets one neutral sentence whatever the reason is: why, only the city says.

use domain::card::{Cause, Finding, Stage};
use domain::consignment::Way;
use domain::id::CardId;
use domain::journal::{Entry, Subject};
use domain::notice::State as NoticeState;
use domain::place::PlaceKind;
use domain::reception::State as Visit;
use domain::reservation::State as Booking;
use domain::rules::RuleSet;
use domain::time::{SLOT_MINUTES, day_of, era_date, instant_at, month_day_ja};
use jiff::Timestamp;
use jiff::civil::Date;
use store::Reader;
use store::card::Card;
use store::notice::Now as Notice;
use store::reservation::Reservation;

use super::SERVICE;

/// The one sentence for every card that is held back.
pub(crate) const NEUTRAL: &str = "お調べすることがありますので、市の担当からご案内します。";
/// What the operator does then.
const TO_THE_CITY: &str = "理由は伝えず、市の担当へつなぎます。";

/// What the sentence depends on, besides the clock and the rules.
#[derive(Debug, Clone)]
pub(crate) struct Facts {
    /// The card.
    pub(crate) card: Card,
    /// Its live reservation, a hold too.
    pub(crate) live: Option<Reservation>,
    /// Where the visitor stands who is here for it.
    visit: Option<Visit>,
    /// It is held back: an inspection found something, an incident is open, or the city decides.
    held_back: bool,
    /// The day on which the city mailed it.
    mailed_on: Option<Date>,
    /// What is under way with its 交付通知書.
    pub(crate) notice: Option<Notice>,
    /// The day on which the city reminded of it last (受取勧奨).
    pub(crate) reminded: Option<Date>,
}

impl Facts {
    /// Reads what is known of a card.
    pub(crate) fn read(reader: &mut Reader<'_>, id: CardId) -> Result<Option<Self>, store::Error> {
        let Some(card) = store::card::find(reader, id)? else { return Ok(None) };
        let live = store::reservation::live_of(reader, id)?;
        let visit = match &live {
            Some(live) => store::reception::of_reservation(reader, live.id)?.map(|visit| visit.state),
            None => None,
        };
        let inspected = store::card::inspected(reader, id)?;
        let held_back = inspected.iter().any(|(_, finding)| *finding != Finding::Good)
            || card.suspended
            || store::incident::open_of(reader, id)?.is_some();
        let mailed_on = match card.cause {
            Some(Cause::MailedByCity) => mailed_on(reader, id)?,
            _ => None,
        };
        let notice = match card.stage {
            Stage::Notified => store::notice::now(reader, id)?,
            _ => None,
        };
        let reminded = match card.stage {
            Stage::Notified => store::reminder::sent_to(reader, id)?,
            _ => None,
        };
        Ok(Some(Self { card, live, visit, held_back, mailed_on, notice, reminded }))
    }

    /// Its reservation, where it is more than a hold.
    pub(crate) fn booked(&self) -> Option<&Reservation> {
        self.live.as_ref().filter(|live| live.state == Booking::Booked)
    }

    /// Whether its citizen can be given a time. Of a card that is held back the citizen is told so before.
    pub(crate) fn is_bookable(&self) -> bool {
        self.card.stage == Stage::Notified && self.booked().is_none() && !self.is_held_back()
    }

    /// Whether the card left the ordinary way, for whatever reason.
    pub(crate) fn is_held_back(&self) -> bool {
        let ended = self.card.stage == Stage::Ended && self.card.cause != Some(Cause::MailedByCity);
        let lost = self.card.place_kind == PlaceKind::Missing;
        self.card.stage != Stage::Issued && (ended || lost || self.held_back)
    }
}

/// The day on which the city mailed a card last.
fn mailed_on(reader: &mut Reader<'_>, id: CardId) -> Result<Option<Date>, store::Error> {
    let story = store::journal::of(reader, &Subject::Card(id))?;
    let again = story.iter().rev().find_map(|written| match written.entry {
        Entry::CardMailedAgain { on, .. } => Some(on),
        _ => None,
    });
    match again {
        Some(on) => Ok(Some(on)),
        None => store::batch::mail::mailed_on(reader, id),
    }
}

/// What is said and what is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Saying {
    /// To be read out.
    pub(crate) words: String,
    /// The operator's next step; empty where the words are all there is.
    pub(crate) next: &'static str,
}

impl Saying {
    fn new(words: impl Into<String>, next: &'static str) -> Self {
        Self { words: words.into(), next }
    }

    /// What to say about a card now.
    pub(crate) fn of(facts: &Facts, rules: &RuleSet, now: Timestamp) -> Self {
        if facts.is_held_back() {
            return Self::new(NEUTRAL, TO_THE_CITY);
        }
        let card = &facts.card;
        match card.stage {
            Stage::Listed | Stage::Inspected if card.way == Way::Mailed => mailing(card.place_kind),
            Stage::Ended => mailed(card.place_kind, facts.mailed_on),
            Stage::Listed | Stage::Inspected | Stage::Prepared => preparing(card, rules, day_of(now)),
            Stage::Notified => notified(facts, rules, now),
            Stage::Issued => handed(),
        }
    }
}

fn handed() -> Saying {
    Saying::new(
        "このカードはお渡しずみです。お心当たりがないときは、市の担当からご案内します。",
        "お心当たりがないと言われたら、市の担当へつなぎます。",
    )
}

/// Cards that the city mails need no reservation.
fn mailing(place: PlaceKind) -> Saying {
    let now = if place == PlaceKind::City {
        "いま、市で発送の準備をしています。"
    } else {
        "カードは市に届いていて、これから発送の準備をします。"
    };
    Saying::new(
        format!(
            "このカードは、窓口ではなく市から郵便でお届けします。{now}ご予約はいりません。発送の日はまだ決まっていません。"
        ),
        "急ぐ事情があるときは、市の担当へつなぎます。",
    )
}

fn mailed(place: PlaceKind, on: Option<Date>) -> Saying {
    match place {
        PlaceKind::City => {
            return Saying::new(
                "郵便でお届けできず、カードは市に戻っています。送り直しと、窓口でのお受け取りの、どちらをご希望でしょうか。窓口には、本人確認書類をお持ちください。",
                "送り直しの希望は、市の担当へ伝えます。来庁した人には、市にカードがあるか確かめて「窓口での受け取り」を押します。",
            );
        }
        PlaceKind::Counter => {
            return Saying::new(
                "ただいま窓口で受け付けています。お呼びするまで、窓口でお待ちください。",
                "「窓口での受け取り」を押して続けます。",
            );
        }
        PlaceKind::Citizen => return handed(),
        _ => {}
    }
    let on = on.map_or_else(|| "郵便で".to_owned(), |on| format!("{}に郵便で", month_day_ja(on)));
    Saying::new(
        format!("このカードは、市から{on}お送りしました。まだ届いていないときは、市の担当からご案内します。"),
        "届いていないと言われたら、市の担当へつなぎます。",
    )
}

/// From the box to the letter: no day is promised before the letter is posted, but how it goes on from there is known.
fn preparing(card: &Card, rules: &RuleSet, today: Date) -> Saying {
    let at_city = card.place_kind == PlaceKind::City;
    let now = match card.stage {
        Stage::Listed => "カードは届いていて、内容を確かめています。",
        Stage::Inspected if at_city => "カードは届いていて、市でお渡しの準備をしています。",
        Stage::Inspected => "カードは届いていて、これから市でお渡しの準備をします。",
        _ if card.key_issue > 0 => "お渡しの準備ができ、ご案内の発送を待っています。",
        _ => "お渡しの準備ができ、これからご案内を作ります。",
    };
    let days = rules.booking(SERVICE, today).map_or(0, |booking| booking.opens_business_days_after_posting);
    let opens = match days {
        0 => "発送した日から".to_owned(),
        days => format!("発送した日から{days}開庁日たつと"),
    };
    Saying::new(
        format!(
            "{now}発送の日はまだ決まっていません。交付通知書とご案内を郵便でお送りしますので、届いてからご予約ください。窓口には、{opens}お越しいただけます。"
        ),
        "予約は、発送を記録してから取れます。",
    )
}

fn notified(facts: &Facts, rules: &RuleSet, now: Timestamp) -> Saying {
    let today = day_of(now);
    match (&facts.live, facts.visit) {
        (Some(_), Some(visit)) if visit.is_open() => Saying::new(
            "ただいま窓口で受け付けています。お呼びするまで、窓口でお待ちください。",
            "受付の画面で続けます。",
        ),
        (Some(live), _) if live.state == Booking::Held => Saying::new(
            "いま、インターネットで予約の手続きの途中です。そのままお続けいただくか、こちらでお取りします。",
            "こちらで取ると、選びかけの時間は空きに戻ります。",
        ),
        (Some(live), _) => booked(live, now),
        (None, _) if facts.notice.is_some() => noticed(facts.notice),
        (None, _) => {
            let first = facts.card.posted_on.and_then(|on| rules.opens_from(SERVICE, &facts.card.site, on));
            let first = first.filter(|first| *first > today);
            let from = first.map_or_else(String::new, |first| {
                format!("窓口には、{}からお越しいただけます。", month_day_ja(first))
            });
            let can = facts.reminded.map_or_else(|| "カードをお渡しできます。".to_owned(), reminded);
            Saying::new(format!("{can}{from}ご都合のよい日時をお伺いします。"), "「予約を取る」を押します。")
        }
    }
}

/// A citizen whom the city reminded, and who calls about it: the card is still here, and no printed deadline takes it away.
fn reminded(on: Date) -> String {
    format!(
        "市から受取のお知らせを{}にお送りしました。カードは保管していますので、交付通知書の受取期限を過ぎていても、お渡しできます。",
        era_date(on)
    )
}

/// A citizen who waits for a notice again, or whose notice never arrived. Why it came back, only the city says.
fn noticed(notice: Option<Notice>) -> Saying {
    let asked = |on: Date, now: &str| {
        Saying::new(
            format!(
                "交付通知書の再送のご依頼を、{}にお受けしています。{now}窓口には、届いた交付通知書をお持ちください。",
                month_day_ja(on)
            ),
            "予約を取るときは、交付通知書が届くまでの日数をみて日時を決めます。",
        )
    };
    match notice {
        Some(Notice::Asked(on, NoticeState::WithCity)) => {
            asked(on, "書類は市に渡っていて、市から郵便でお送りします。")
        }
        Some(Notice::Asked(on, _)) => asked(on, "いま書類を準備していて、発送の日はまだ決まっていません。"),
        Some(Notice::Returned(..)) | None => Saying::new(
            "お送りした交付通知書が、郵便で届かずに市へ戻っています。送り直しについて、市の担当からご案内します。",
            "戻った理由は伝えず、市の担当へつなぎます。",
        ),
    }
}

fn booked(live: &Reservation, now: Timestamp) -> Saying {
    let (slot, today) = (&live.slot, day_of(now));
    let when = format!("{} {}", month_day_ja(slot.day), slot.start);
    let ends = instant_at(slot.day, slot.start.minutes() + SLOT_MINUTES);
    if slot.day < today {
        return Saying::new(
            format!("{when}のご予約の日を過ぎています。新しい日時のご予約をお取りします。"),
            "業務責任者がその日の締めで不来庁にしてから、予約を取ります。",
        );
    }
    if slot.day == today && now >= ends {
        return Saying::new(
            format!(
                "本日{}のご予約の時間を過ぎていますが、窓口が開いている間は受け付けます。お越しになれないときは、日時を変えることもできます。",
                slot.start
            ),
            "来庁したら、遅れていてもそのまま受け付けます。",
        );
    }
    Saying::new(
        format!("{when}にご予約をいただいています。日時を変えることも、取り消すこともできます。"),
        "変更と取消は、予約の画面でします。",
    )
}

#[cfg(test)]
impl Saying {
    /// A saying for templates.
    pub(crate) fn sample() -> Self {
        Self::new("カードをお渡しできます。ご都合のよい日時をお伺いします。", "「予約を取る」を押します。")
    }
}

#[cfg(test)]
#[path = "say_tests.rs"]
mod tests;
