//! A question to the journal or to the register of views, as it stands in the address: who, which record, which kind
//! of entry, between which moments, only outside the opening hours, only papers and files.
//!
//! Numbers that people type or scan are never in an address: they are looked up first, and the address has the id of
//! the record. The form is therefore sent, and its answer leads to the question's own address.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::id::{CardId, PersonId};
use domain::journal::{Actor, Subject};
use domain::number::NumberKind;
use domain::rules::RuleSet;
use domain::scan::{Scanned, read};
use domain::service::{Service, SiteCode};
use domain::time::{SLOT_MINUTES, day_of, era_date, instant_at, minute_from_text, minute_of};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use store::Reader;
use store::question::{Cursor, Question};

use super::words::{KINDS, Names};
use crate::App;
use crate::kit::{Fields, Form, PageError};
use crate::staff::wording;

/// The fields of the form.
pub(super) const PERSON: &str = "person";
/// The record, as it is typed or scanned.
pub(super) const RECORD: &str = "record";
/// The record, as it was found before.
pub(super) const ABOUT: &str = "about";
/// The kind of entry.
pub(super) const KIND: &str = "kind";
/// The first day and the time on it.
pub(super) const FROM: &str = "from";
pub(super) const FROM_TIME: &str = "from_time";
/// The last day and the time on it.
pub(super) const TO: &str = "to";
pub(super) const TO_TIME: &str = "to_time";
/// Only outside the opening hours.
pub(super) const OUTSIDE: &str = "outside";
/// Only papers and files.
pub(super) const OUTPUT: &str = "output";

const FIELDS: [&str; 10] = [PERSON, RECORD, ABOUT, KIND, FROM, FROM_TIME, TO, TO_TIME, OUTSIDE, OUTPUT];

/// How far back a question goes that names neither a day nor a person, a record or a kind, but more than today.
const DAYS_BACK: i64 = 31;

/// The question in the address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub(crate) struct Asked {
    /// One day, in place of two moments.
    #[serde(default)]
    day: String,
    #[serde(default)]
    person: String,
    #[serde(default)]
    about: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    from_time: String,
    #[serde(default)]
    to: String,
    #[serde(default)]
    to_time: String,
    #[serde(default)]
    outside: String,
    #[serde(default)]
    output: String,
    #[serde(default)]
    after: String,
}

/// The question as it is answered.
#[derive(Debug, Clone)]
pub(super) struct Read {
    pub(super) question: Question,
    pub(super) outside: bool,
    pub(super) output: bool,
    pub(super) after: Cursor,
    /// The first and the last day, for the fields and for the words.
    pub(super) days: (Option<Date>, Date),
}

impl Asked {
    /// Whether nothing but the day is asked.
    fn is_plain(&self) -> bool {
        [&self.person, &self.about, &self.kind, &self.outside, &self.output, &self.from, &self.to]
            .iter()
            .all(|part| part.is_empty())
    }

    /// Reads the question; what cannot be one is nowhere.
    pub(super) fn read(&self, app: &App) -> Result<Read, PageError> {
        let day = |text: &str| text.parse::<Date>().map_err(|_| PageError::NotFound);
        let minute = |text: &str, or: u16| match text {
            "" => Ok(or),
            text => minute_from_text(text).ok_or(PageError::NotFound),
        };
        let today = app.today();
        let (from, to) = match (self.day.as_str(), self.is_plain()) {
            ("", true) => (Some(today), today),
            ("", false) => {
                let from = if self.from.is_empty() { None } else { Some(day(&self.from)?) };
                (from, if self.to.is_empty() { today } else { day(&self.to)? })
            }
            (one, _) => (Some(day(one)?), day(one)?),
        };
        let named = [&self.person, &self.about, &self.kind].iter().any(|part| !part.is_empty());
        let from_day = match from {
            Some(from) => Some(from),
            None if named => None,
            None => Some(to.saturating_sub(jiff::Span::new().days(DAYS_BACK))),
        };
        let begins = match from_day {
            Some(day) => instant_at(day, minute(&self.from_time, 0)?),
            None => Timestamp::UNIX_EPOCH,
        };
        // Without a time the last day is asked to its end.
        let until = instant_at(to, minute(&self.to_time, 24 * 60)?);
        let actor = match self.person.as_str() {
            "" => None,
            text => Some(text.parse::<Actor>().map_err(|_| PageError::NotFound)?),
        };
        let record = match self.about.as_str() {
            "" => None,
            text => Some(subject(text).ok_or(PageError::NotFound)?),
        };
        let kind = match self.kind.as_str() {
            "" => None,
            text => {
                let known = KINDS.iter().any(|(kind, _)| *kind == text);
                Some(text.to_owned())
                    .filter(|_| known)
                    .map_or(Err(PageError::NotFound), |kind| Ok(Some(kind)))?
            }
        };
        let question = Question { actor, record, kind, from: begins, until };
        let after = match self.after.as_str() {
            "" => question.start(),
            text => cursor(text).ok_or(PageError::NotFound)?,
        };
        let (outside, output) = (!self.outside.is_empty(), !self.output.is_empty());
        Ok(Read { question, outside, output, after, days: (from_day, to) })
    }

    /// The question's parameters but for the page: ids, codes, days and times alone.
    pub(super) fn query(&self) -> String {
        let pairs = [
            ("day", &self.day),
            (PERSON, &self.person),
            (ABOUT, &self.about),
            (KIND, &self.kind),
            (FROM, &self.from),
            (FROM_TIME, &self.from_time),
            (TO, &self.to),
            (TO_TIME, &self.to_time),
            (OUTSIDE, &self.outside),
            (OUTPUT, &self.output),
        ];
        let named: Vec<String> = pairs
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        named.join("&")
    }

    /// The question for the register of views.
    pub(super) fn words(&self) -> String {
        format!("{} after={}", self.query(), self.after).trim().to_owned()
    }

    /// Whether this is the first page.
    pub(super) fn is_first(&self) -> bool {
        self.after.is_empty()
    }

    /// The form that shows the question. The day of a page that was opened without one is no part of it: who then asks
    /// for a record wants all that was ever written about it.
    pub(super) fn form(&self, read: &Read) -> Form {
        let mut form = Form::fresh();
        let is_asked = !(self.is_plain() && self.day.is_empty());
        let day = |day: Option<Date>| day.filter(|_| is_asked).map(|day| day.to_string()).unwrap_or_default();
        form.fill(PERSON, self.person.clone());
        form.fill(ABOUT, self.about.clone());
        form.fill(KIND, self.kind.clone());
        form.fill(FROM, day(read.days.0));
        form.fill(FROM_TIME, self.from_time.clone());
        form.fill(TO, day(Some(read.days.1)));
        form.fill(TO_TIME, self.to_time.clone());
        form.fill(OUTSIDE, self.outside.clone());
        form.fill(OUTPUT, self.output.clone());
        form
    }

    /// Reads the form that was sent. What is wrong becomes a fault of its field.
    pub(super) async fn sent(app: &App, fields: &Fields) -> Result<(Self, Form), PageError> {
        let mut form = fields.form(&FIELDS)?;
        let mut asked = Self {
            person: checked(&mut form, PERSON, "人", |text| text.parse::<Actor>().is_ok()),
            about: checked(&mut form, ABOUT, "記録", |text| subject(text).is_some()),
            kind: checked(&mut form, KIND, "操作", |text| KINDS.iter().any(|(kind, _)| *kind == text)),
            from: checked(&mut form, FROM, "はじめの日", |text| text.parse::<Date>().is_ok()),
            to: checked(&mut form, TO, "おわりの日", |text| text.parse::<Date>().is_ok()),
            from_time: checked(&mut form, FROM_TIME, "はじめの時刻", is_time),
            to_time: checked(&mut form, TO_TIME, "おわりの時刻", is_time),
            outside: form.typed(OUTSIDE).chars().take(1).filter(|c| *c == '1').collect(),
            output: form.typed(OUTPUT).chars().take(1).filter(|c| *c == '1').collect(),
            ..Self::default()
        };
        let typed = form.typed(RECORD).trim().to_owned();
        if !typed.is_empty() && form.fault(RECORD).is_none() {
            match find(app, &typed).await? {
                Some(found) => asked.about = found.to_string(),
                None => form.refuse_ja(
                    RECORD,
                    "この番号の記録はありません。管理番号・予約番号・予約キー・交付通知書番号・保管場所の番号を確かめてください。",
                ),
            }
        }
        // What was scanned may be a citizen's secret, so it is not shown again.
        form.fill(RECORD, "");
        let first_after_last =
            matches!((asked.from.parse::<Date>(), asked.to.parse::<Date>()), (Ok(from), Ok(to)) if from > to);
        if first_after_last {
            form.refuse_ja(TO, "おわりの日は、はじめの日以降にしてください。");
        }
        Ok((asked, form))
    }
}

fn is_time(text: &str) -> bool {
    minute_from_text(text).is_some()
}

/// The value of a field that is empty or good; what is neither becomes its fault.
fn checked(form: &mut Form, field: &'static str, what: &str, good: impl Fn(&str) -> bool) -> String {
    let typed = form.typed(field).trim().to_owned();
    if typed.is_empty() || good(&typed) {
        return typed;
    }
    if form.fault(field).is_none() {
        form.refuse_ja(field, format!("{what}を正しく入力してください。"));
    }
    String::new()
}

/// A record by what was typed or scanned.
async fn find(app: &App, typed: &str) -> Result<Option<Subject>, PageError> {
    let scanned = read(typed);
    let notice = app.settings.profile.notice_number.layout.read(typed).ok();
    let keys = app.keys.clone();
    let find = move |reader: &mut Reader<'_>| {
        let card = match scanned {
            Scanned::Number(number) if number.kind() == NumberKind::Reservation => {
                let found = store::reservation::by_number(reader, &keys, &number)?;
                return Ok(found.map(Subject::Reservation));
            }
            Scanned::Number(number) => {
                let mut found = None;
                for (_, set) in keys.newest_first() {
                    found = found.or(store::card::by_key(reader, &number.lookup(set.lookup.bits()))?);
                }
                found
            }
            Scanned::Control(number) => store::card::by_control_number(reader, number)?,
            Scanned::Place(label) => {
                return Ok(store::place::by_label(reader, label)?.map(|place| Subject::Place(place.id)));
            }
            Scanned::IndividualNumber | Scanned::Unknown(_) => None,
        };
        let card = match (card, &notice) {
            (None, Some(notice)) => store::privacy::card_with_notice(reader, &keys, notice.as_str())?,
            (card, _) => card,
        };
        Ok(card.map(Subject::Card))
    };
    Ok(app.db.read::<_, store::Error, _>(find).await?)
}

/// A record by its words in an address: `card:01J…`.
pub(super) fn subject(text: &str) -> Option<Subject> {
    let (noun, id) = text.split_once(':')?;
    Some(match noun {
        "card" => Subject::Card(id.parse().ok()?),
        "consignment" => Subject::Consignment(id.parse().ok()?),
        "batch" => Subject::Batch(id.parse().ok()?),
        "letters" => Subject::Letters(id.parse().ok()?),
        "reservation" => Subject::Reservation(id.parse().ok()?),
        "reception" => Subject::Reception(id.parse().ok()?),
        "incident" => Subject::Incident(id.parse().ok()?),
        "stocktaking" => Subject::Stocktaking(id.parse().ok()?),
        "reminder" => Subject::Reminder(id.parse().ok()?),
        "person" => Subject::Person(id.parse::<PersonId>().ok()?),
        "place" => Subject::Place(id.parse().ok()?),
        _ => return None,
    })
}

/// A record in words, for the line above the answer.
pub(super) fn record_words(
    reader: &mut Reader<'_>,
    record: Option<&Subject>,
) -> Result<Option<String>, store::Error> {
    let card = |reader: &mut Reader<'_>, id: CardId| {
        let found = store::card::find(reader, id)?;
        Ok::<_, store::Error>(found.map(|card| wording::control(card.control_number)).unwrap_or_default())
    };
    Ok(match record {
        None => None,
        Some(Subject::Card(id)) => Some(format!("カード {}", card(reader, *id)?)),
        Some(Subject::Reservation(id)) => {
            let found = store::reservation::find(reader, *id)?;
            found.map(|found| format!("予約 {} {}", era_date(found.slot.day), found.slot.start))
        }
        Some(Subject::Place(id)) => {
            store::place::find(reader, *id)?.map(|place| format!("保管場所 {}", place.name))
        }
        Some(Subject::Person(id)) => {
            Some(format!("アカウント {}", Names::people(reader)?.actor(Actor::Person(*id))))
        }
        Some(Subject::Consignment(id)) => Some(format!("納品 {}", wording::short(id))),
        Some(Subject::Batch(id)) => Some(format!("引継ぎ {}", wording::short(id))),
        Some(Subject::Letters(id)) => Some(format!("交付のご案内 {}", wording::short(id))),
        Some(Subject::Reception(id)) => Some(format!("受付 {}", wording::short(id))),
        Some(Subject::Stocktaking(id)) => Some(format!("棚卸 {}", wording::short(id))),
        Some(Subject::Reminder(id)) => {
            store::reminder::find(reader, *id)?.map(|round| format!("受取勧奨 第{}回", round.number))
        }
        Some(Subject::Incident(id)) => Some(format!("事故 {}", wording::short(id))),
        Some(Subject::Day(day)) => Some(era_date(day.day)),
    })
}

/// The words of a cursor in an address: the instant in milliseconds, then the id.
pub(super) fn cursor_words(cursor: &Cursor) -> String {
    format!("{}-{}", cursor.at.as_millisecond(), cursor.id)
}

fn cursor(text: &str) -> Option<Cursor> {
    let (at, id) = text.split_once('-')?;
    let at = Timestamp::from_millisecond(at.parse().ok()?).ok()?;
    store::question::is_id(id).then(|| Cursor { at, id: id.to_owned() })
}

/// The hours of a site, day by day as they are asked for: from the first time of any service to the end of the last.
pub(super) struct Hours {
    rules: Arc<RuleSet>,
    site: SiteCode,
    known: BTreeMap<Date, Option<(u16, u16)>>,
}

impl Hours {
    /// The hours of a site by some rules.
    pub(super) fn new(rules: Arc<RuleSet>, site: SiteCode) -> Self {
        Self { rules, site, known: BTreeMap::new() }
    }

    /// Whether a moment lies outside them.
    pub(super) fn is_outside(&mut self, at: Timestamp) -> bool {
        let (rules, site) = (&self.rules, &self.site);
        let day = day_of(at);
        let hours = self.known.entry(day).or_insert_with(|| {
            let slots = Service::ALL.iter().flat_map(|service| rules.slots(*service, site, day));
            let starts: Vec<u16> = slots.map(|(start, _)| start.minutes()).collect();
            let first = starts.iter().min().copied();
            first.zip(starts.iter().max().map(|last| last + SLOT_MINUTES))
        });
        let minute = minute_of(at);
        hours.is_none_or(|(from, until)| minute < from || minute >= until)
    }
}

/// The end of what an export tells: what is written while it is made does not come into it.
pub(super) fn up_to_now(question: &Question, now: Timestamp) -> Question {
    let end = now.saturating_add(SignedDuration::from_millis(1)).unwrap_or(now);
    Question { until: question.until.min(end), ..question.clone() }
}

#[cfg(test)]
mod tests {
    use domain::id::{EntryId, Id};
    use jiff::civil::date;

    use super::*;

    #[test]
    fn r4_g_a_record_and_a_cursor_survive_the_address() {
        let card = Subject::Card(CardId::from_parts(1, 1));
        assert_eq!(subject(&card.to_string()), Some(card));
        for wrong in ["card:x", "nothing", "cards:01JCZ000000000000000000000", ""] {
            assert_eq!(subject(wrong), None, "{wrong}");
        }
        let at: Timestamp = "2026-11-24T00:05:00Z".parse().unwrap();
        let here = Cursor { at, id: EntryId::from_parts(1, 1).to_string() };
        assert_eq!(cursor(&cursor_words(&here)), Some(here));
        assert_eq!(cursor("12-' OR 1=1"), None);
    }

    #[test]
    fn r4_g_the_night_and_the_holiday_lie_outside_the_hours() {
        let rules = super::super::samples::rules();
        let mut hours = Hours::new(rules, "honcho".parse().unwrap());
        let at = |day, minute| instant_at(day, minute);
        let (tuesday, holiday) = (date(2026, 11, 24), date(2026, 11, 23));
        assert!(!hours.is_outside(at(tuesday, 10 * 60)));
        for (day, minute) in [(tuesday, 5 * 60), (tuesday, 22 * 60), (holiday, 10 * 60)] {
            assert!(hours.is_outside(at(day, minute)), "{day} {minute}");
        }
    }
}
