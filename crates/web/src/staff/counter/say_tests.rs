use std::collections::BTreeSet;

use domain::card::Progress;
use domain::consignment::{ApplicationMethod, PostBlock};
use domain::id::{Id, RuleId};
use domain::incident::Kind;
use domain::journal::Slot;
use domain::notice::Undelivered;
use domain::reservation::Channel;
use domain::rules::{self, Hours, Rule, RuleBody, TimeOfDay, When};
use jiff::civil::date;

use super::*;

const TODAY: Date = date(2026, 11, 24);

/// Open every day, with three open days between the posting and the first visit.
fn rules() -> RuleSet {
    let hours = RuleBody::Hours(Hours {
        services: Vec::new(),
        site: "honcho".parse().unwrap(),
        when: When::Always,
        opens: TimeOfDay::from_minutes(9 * 60).unwrap(),
        closes: TimeOfDay::from_minutes(17 * 60).unwrap(),
    });
    let booking = RuleBody::Booking(rules::Booking {
        service: SERVICE,
        opens_business_days_after_posting: 3,
        window_days: 60,
        web_cutoff_open_days: 2,
        web_move_away_minutes: 0,
        web_cancel_minutes: 0,
        staff_cutoff_open_days: 0,
        hold_minutes: 10,
        offer_open_days: 3,
        wish_open_days: 1,
        web_holds_per_address: 0,
        web_bookings_per_address: 0,
        web_changes: 0,
        not_come_then_telephone: 0,
    });
    let rules = (1..).zip([hours, booking]).map(|(n, body)| Rule {
        id: RuleId::from_parts(1, n),
        version: 1,
        valid_from: date(2024, 9, 1),
        valid_until: None,
        body,
        agreement: None,
    });
    RuleSet::new(1, rules.collect()).unwrap()
}

fn card(stage: Stage, place: PlaceKind) -> Card {
    Card {
        id: Id::from_parts(1, 1),
        consignment: Id::from_parts(1, 2),
        site: "honcho".parse().unwrap(),
        list_date: date(2026, 10, 30),
        line: 1,
        control_number: domain::number::ControlNumber::from_base(1).unwrap(),
        method: ApplicationMethod::AtIssue,
        way: Way::Stored,
        post_block: PostBlock::Other,
        short_validity: None,
        stage,
        cause: None,
        progress: Progress::of(stage, false),
        place: Id::from_parts(1, 3),
        place_kind: place,
        place_name: place.label().to_owned(),
        position: None,
        steps: 1,
        key_issue: 0,
        key_version: 1,
        posted_on: (stage == Stage::Notified).then_some(date(2026, 11, 2)),
        suspended: false,
        sorted_into: None,
        sorted_by_rule: None,
    }
}

fn facts(stage: Stage, place: PlaceKind) -> Facts {
    Facts {
        card: card(stage, place),
        live: None,
        visit: None,
        held_back: false,
        mailed_on: None,
        notice: None,
        reminded: None,
    }
}

fn live(state: Booking, day: Date, start: &str) -> Reservation {
    Reservation {
        id: Id::from_parts(1, 4),
        slot: Slot { service: SERVICE, site: "honcho".parse().unwrap(), day, start: start.parse().unwrap() },
        card: Some(Id::from_parts(1, 1)),
        state,
        held_until: None,
        channel: Channel::Web,
        language: "ja".to_owned(),
        party: None,
        visitor: None,
        pins: None,
        number_issue: 1,
        key_version: 1,
        version: 1,
        over: false,
        changes: 0,
        web_changes: 0,
    }
}

fn say(facts: &Facts) -> Saying {
    Saying::of(facts, &rules(), instant_at(TODAY, 12 * 60))
}

/// Every state that the sentence depends on.
fn every_state() -> Vec<Facts> {
    let mut all = Vec::new();
    for &stage in Stage::ALL {
        for &place in PlaceKind::ALL {
            for way in [Way::Stored, Way::Mailed] {
                for cause in std::iter::once(None).chain(Cause::ALL.iter().copied().map(Some)) {
                    for key_issue in [0, 1] {
                        let mut one = facts(stage, place);
                        one.card.way = way;
                        one.card.cause = cause.filter(|_| stage == Stage::Ended);
                        one.card.key_issue = key_issue;
                        all.push(one);
                    }
                }
            }
        }
    }
    let times =
        [(TODAY, "9:00"), (TODAY, "15:00"), (date(2026, 11, 20), "9:00"), (date(2026, 12, 1), "9:00")];
    for (day, start) in times {
        for state in [Booking::Held, Booking::Booked] {
            for visit in std::iter::once(None).chain(Visit::ALL.iter().copied().map(Some)) {
                let mut one = facts(Stage::Notified, PlaceKind::Box);
                one.live = Some(live(state, day, start));
                one.visit = visit;
                all.push(one);
            }
        }
    }
    for notice in [
        Notice::Asked(TODAY, NoticeState::Asked),
        Notice::Asked(TODAY, NoticeState::WithCity),
        Notice::Returned(TODAY, Undelivered::Unknown),
    ] {
        all.push(Facts { notice: Some(notice), ..facts(Stage::Notified, PlaceKind::Box) });
    }
    let held_back = all.clone().into_iter().map(|facts| Facts { held_back: true, ..facts });
    let held_back: Vec<Facts> = held_back.collect();
    all.extend(held_back);
    all
}

#[test]
fn r1_c2_every_state_of_a_card_has_its_sentence_and_next_step() {
    for facts in every_state() {
        let Saying { words, next } = say(&facts);
        assert!(words.ends_with('。') && words.chars().count() < 160, "{facts:?}: {words}");
        assert!(next.ends_with('。'), "{facts:?}: {next}");
    }
}

#[test]
fn r1_c2_why_a_card_is_held_back_is_never_said() {
    let reasons: Vec<&str> = [Cause::Withdrawn, Cause::Recalled, Cause::Expired]
        .map(Cause::label)
        .into_iter()
        .chain(Finding::ALL.iter().filter(|finding| **finding != Finding::Good).map(|f| f.label()))
        .chain(Kind::ALL.iter().filter(|kind| **kind != Kind::Other).map(|kind| kind.label()))
        .chain([
            "取下げ",
            "引抜き",
            "有効期限",
            "不一致",
            "不良",
            "所持",
            "事故",
            "見つから",
            "転出",
            "死亡",
            "破損",
        ])
        .collect();
    let mut neutral = BTreeSet::new();
    for facts in every_state() {
        let saying = say(&facts);
        for reason in &reasons {
            assert!(!saying.words.contains(reason), "{reason}: {facts:?}: {}", saying.words);
        }
        if facts.is_held_back() {
            neutral.insert((saying.words, saying.next));
        } else {
            assert_ne!(saying.words, NEUTRAL, "{facts:?}");
        }
    }
    // One sentence for all of them, so that it tells nothing by being another one.
    assert_eq!(neutral, BTreeSet::from([(NEUTRAL.to_owned(), TO_THE_CITY)]));
    // And these are held back: ended otherwise than by the post, lost, with a finding or an incident.
    for cause in [Cause::Withdrawn, Cause::Recalled, Cause::Expired] {
        let mut ended = facts(Stage::Ended, PlaceKind::City);
        ended.card.cause = Some(cause);
        assert!(ended.is_held_back());
    }
    assert!(facts(Stage::Notified, PlaceKind::Missing).is_held_back());
    assert!(Facts { held_back: true, ..facts(Stage::Listed, PlaceKind::Desk) }.is_held_back());
    // What is in the citizen's hands is held back no more.
    assert!(!Facts { held_back: true, ..facts(Stage::Issued, PlaceKind::Citizen) }.is_held_back());
}

#[test]
fn r1_c2_the_sentence_says_the_day_that_is_known() {
    let says = |facts: &Facts, words: &str| {
        let said = say(facts).words;
        assert!(said.contains(words), "{words:?}: {said}");
    };
    says(&facts(Stage::Listed, PlaceKind::Desk), "発送した日から3開庁日たつとお越しいただけます");
    says(&facts(Stage::Inspected, PlaceKind::City), "市でお渡しの準備をしています");
    let mut printed = facts(Stage::Prepared, PlaceKind::Box);
    says(&printed, "これからご案内を作ります");
    printed.card.key_issue = 1;
    says(&printed, "発送を待っています");
    // Posted yesterday: the first visit is on the third open day, behind two days off.
    let mut posted = facts(Stage::Notified, PlaceKind::Box);
    says(&posted, "カードをお渡しできます。ご都合のよい日時");
    posted.card.posted_on = Some(date(2026, 11, 24));
    says(&posted, "11月27日(金)からお越しいただけます");
    let mut booked = facts(Stage::Notified, PlaceKind::Box);
    for (state, day, start, words) in [
        (Booking::Booked, date(2026, 12, 1), "9:00", "12月1日(火) 9:00にご予約をいただいています"),
        (Booking::Booked, TODAY, "11:50", "本日11:50のご予約の時間を過ぎていますが"),
        (Booking::Booked, TODAY, "12:00", "11月24日(火) 12:00にご予約をいただいています"),
        (Booking::Booked, date(2026, 11, 20), "9:00", "11月20日(金) 9:00のご予約の日を過ぎています"),
        (Booking::Held, TODAY, "15:00", "予約の手続きの途中です"),
    ] {
        booked.live = Some(live(state, day, start));
        says(&booked, words);
    }
    booked.live = Some(live(Booking::Booked, TODAY, "12:00"));
    booked.visit = Some(Visit::WithCity);
    says(&booked, "ただいま窓口で受け付けています");
    let mut mailed = facts(Stage::Ended, PlaceKind::Post);
    mailed.card.cause = Some(Cause::MailedByCity);
    mailed.mailed_on = Some(date(2026, 11, 19));
    says(&mailed, "市から11月19日(木)に郵便でお送りしました");
    mailed.card.place_kind = PlaceKind::City;
    says(&mailed, "カードは市に戻っています");
    let mut mailing = facts(Stage::Inspected, PlaceKind::City);
    mailing.card.way = Way::Mailed;
    says(&mailing, "ご予約はいりません");
}

#[test]
fn r1_c2_r2_c2_who_was_reminded_hears_when_and_that_the_card_is_still_here() {
    let reminded = Facts { reminded: Some(date(2026, 11, 20)), ..facts(Stage::Notified, PlaceKind::Box) };
    let says = |facts: &Facts| Saying::of(facts, &rules(), instant_at(TODAY, 10 * 60)).words;
    let words = says(&reminded);
    assert!(words.contains("市から受取のお知らせを令和8年11月20日(金)にお送りしました。"), "{words}");
    assert!(
        words.contains("受取期限を過ぎていても") && words.ends_with("ご都合のよい日時をお伺いします。"),
        "{words}"
    );
    // Of a card that is held back nothing of it is said.
    let held = Facts { held_back: true, ..reminded };
    assert_eq!(says(&held), NEUTRAL);
    let never = facts(Stage::Notified, PlaceKind::Box);
    assert!(!says(&never).contains("お知らせ"));
}
