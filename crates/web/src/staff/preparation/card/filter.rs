//! What is asked of the list of cards: read from the address, shown as chips, written back into addresses.
//!
//! Nonsense in an address or in a saved filter that has grown old is told at its field; nothing is listed then, so that
//! nobody takes another list for the one that was asked.

use domain::card::Progress;
use domain::consignment::ApplicationMethod;
use domain::id::{ConsignmentId, PlaceId};
use domain::place::PlaceKind;
use domain::service::SiteCode;
use domain::time::{minute_from_text, month_day_ja};
use jiff::civil::Date;
use store::Reader;
use store::card::Filter;
use store::card::list::{Booked, Mark};
use store::consignment::Consignment;

use crate::kit::Form;
use crate::staff::counter::SERVICE;
use crate::staff::wording::{list_name, minute, short_date};

/// The fields, in the order of the form. `after` is where the list goes on and is no condition.
pub(crate) const FIELDS: [&str; 10] = [
    "progress",
    "consignment",
    "method",
    "day",
    "from",
    "until",
    "kind",
    "place",
    "posted_from",
    "posted_until",
];
/// Where the list goes on.
pub(crate) const AFTER: &str = "after";

/// What an address asks.
#[derive(Debug, Clone, Default)]
pub(crate) struct Asked {
    /// The fields as they were typed, with what is wrong with them.
    pub(crate) form: Form,
    /// The conditions that could be read.
    pub(crate) filter: Filter,
    /// Where the list goes on.
    pub(crate) after: Option<Mark>,
}

/// Reads the query of an address. What it does not know (an encoding, an old field) is left alone.
pub(crate) fn read(pairs: &[(String, String)], site: &SiteCode) -> Asked {
    let mut form = Form::fresh();
    for name in FIELDS {
        let typed = pairs.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.trim());
        form.fill(name, typed);
    }
    let mut filter = Filter {
        progress: code(&mut form, "progress", "進み具合"),
        consignment: code::<ConsignmentId>(&mut form, "consignment", "一覧表"),
        method: code(&mut form, "method", "申請方式"),
        kind: code::<PlaceKind>(&mut form, "kind", "場所").map(|kind| (site.clone(), kind)),
        place: code::<PlaceId>(&mut form, "place", "場所"),
        posted_from: code(&mut form, "posted_from", "発送日（から）"),
        posted_until: code(&mut form, "posted_until", "発送日（まで）"),
        booked: None,
    };
    if let (Some(from), Some(until)) = (filter.posted_from, filter.posted_until)
        && until < from
    {
        form.refuse_ja("posted_until", "発送日の「まで」を「から」以後の日にしてください。");
    }
    filter.booked = booked(&mut form, site);
    let mut after = None;
    if let Some((_, text)) = pairs.iter().find(|(field, text)| field == AFTER && !text.is_empty()) {
        after = text.parse::<Mark>().ok().filter(|mark| filter.takes(mark));
        if after.is_none() && !form.is_refused() {
            form.refuse_ja(
                "progress",
                "一覧の続きの位置が読み取れません。「絞り込む」を押してはじめから開いてください。",
            );
        }
    }
    Asked { form, filter, after }
}

/// A field that is empty or holds a value that can be read.
fn code<T: std::str::FromStr>(form: &mut Form, field: &'static str, what: &str) -> Option<T> {
    let typed = form.typed(field);
    if typed.is_empty() {
        return None;
    }
    let read = typed.parse().ok();
    if read.is_none() {
        form.refuse_ja(field, format!("{what}の指定が読み取れません。選び直してください。"));
    }
    read
}

fn booked(form: &mut Form, site: &SiteCode) -> Option<Booked> {
    let day: Option<Date> = code(form, "day", "予約日");
    let mut time = |field: &'static str, otherwise: u16| {
        let typed = form.typed(field);
        if typed.is_empty() {
            return otherwise;
        }
        let read = minute_from_text(typed);
        if read.is_none() {
            form.refuse_ja(field, "時刻を「9:00」のように入力してください。");
        }
        read.unwrap_or(otherwise)
    };
    let (from, until) = (time("from", 0), time("until", 24 * 60));
    let has_time = !form.typed("from").is_empty() || !form.typed("until").is_empty();
    if has_time && form.typed("day").is_empty() {
        form.refuse_ja("day", "時刻で絞り込むときは、予約日も選んでください。");
    }
    if until < from {
        form.refuse_ja("until", "時刻の「まで」を「から」以後にしてください。");
    }
    day.map(|day| Booked { service: SERVICE, site: site.clone(), day, from, until })
}

/// The filter as addresses carry it, without some fields. Each part ends with `&`, so that another can follow.
pub(crate) fn query(form: &Form, without: &[&str]) -> String {
    let mut query = String::new();
    for name in FIELDS.iter().filter(|name| !without.contains(*name)) {
        let typed = form.typed(name);
        if !typed.is_empty() {
            // What was read is ASCII letters, digits, dashes and colons, which need no escape.
            for part in [*name, "=", typed, "&"] {
                query.push_str(part);
            }
        }
    }
    query
}

/// A condition that is set, with the address of the list without it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Chip {
    /// The condition in words.
    pub(crate) words: String,
    /// The list without it.
    pub(crate) without: String,
}

/// Names that chips need.
#[derive(Debug, Clone, Default)]
pub(crate) struct Named {
    /// The consignment.
    pub(crate) consignment: Option<String>,
    /// The place.
    pub(crate) place: Option<String>,
}

impl Named {
    /// Reads them. A consignment or a place that is not there is told at its field by [`Named::missing`].
    pub(crate) fn find(reader: &mut Reader<'_>, filter: &Filter) -> Result<Self, store::Error> {
        let consignment = match filter.consignment {
            Some(id) => store::consignment::find(reader, id)?.map(|found| consignment_name(&found)),
            None => None,
        };
        let place = match filter.place {
            Some(id) => store::place::find(reader, id)?.map(|found| found.name),
            None => None,
        };
        Ok(Self { consignment, place })
    }

    /// Notes what the filter names and nobody has any more.
    pub(crate) fn missing(&self, asked: &mut Asked) {
        if asked.filter.consignment.is_some() && self.consignment.is_none() {
            asked.form.refuse_ja("consignment", "指定の一覧表が見つかりません。選び直してください。");
        }
        if asked.filter.place.is_some() && self.place.is_none() {
            asked.form.refuse_ja("place", "指定の場所が見つかりません。条件から外してください。");
        }
    }
}

/// A consignment by its list, for people.
fn consignment_name(consignment: &Consignment) -> String {
    list_name(consignment.list_date, &consignment.box_name, consignment.is_opening)
}

/// The conditions in words, each with the fields that set it.
fn conditions(filter: &Filter, named: &Named) -> Vec<(&'static [&'static str], String)> {
    let mut said: Vec<(&'static [&'static str], String)> = Vec::new();
    if let Some(progress) = filter.progress {
        said.push((&["progress"], format!("進み具合：{}", progress.label())));
    }
    if filter.consignment.is_some() {
        said.push((&["consignment"], format!("一覧表：{}", named.consignment.clone().unwrap_or_default())));
    }
    if let Some(method) = filter.method {
        said.push((&["method"], format!("申請方式：{}", method.label_ja())));
    }
    if let Some(booked) = &filter.booked {
        let time = match (booked.from, booked.until) {
            (0, 1440) => String::new(),
            (from, 1440) => format!(" {}から", minute(from)),
            (0, until) => format!(" {}まで", minute(until)),
            (from, until) => format!(" {}から{}まで", minute(from), minute(until)),
        };
        said.push((&["day", "from", "until"], format!("予約：{}{time}", month_day_ja(booked.day))));
    }
    if let Some((_, kind)) = &filter.kind {
        said.push((&["kind"], format!("場所：{}", kind.label())));
    }
    if filter.place.is_some() {
        said.push((&["place"], format!("場所：{}", named.place.clone().unwrap_or_default())));
    }
    let posted = match (filter.posted_from, filter.posted_until) {
        (None, None) => None,
        (Some(from), Some(until)) if from == until => Some(short_date(from)),
        (Some(from), Some(until)) => Some(format!("{}から{}まで", short_date(from), short_date(until))),
        (Some(from), None) => Some(format!("{}から", short_date(from))),
        (None, Some(until)) => Some(format!("{}まで", short_date(until))),
    };
    if let Some(posted) = posted {
        said.push((&["posted_from", "posted_until"], format!("発送日：{posted}")));
    }
    said
}

/// The filter in words, for papers.
pub(crate) fn words(filter: &Filter, named: &Named) -> Vec<String> {
    conditions(filter, named).into_iter().map(|(_, words)| words).collect()
}

/// The chips of what is set.
pub(crate) fn chips(asked: &Asked, named: &Named) -> Vec<Chip> {
    let chip = |(fields, words): (&[&str], String)| Chip {
        words,
        without: format!("/cards?{}", query(&asked.form, fields)),
    };
    conditions(&asked.filter, named).into_iter().map(chip).collect()
}

/// Choices of a field: value, words, whether it is chosen.
pub(crate) type Choices = Vec<(String, String, bool)>;

fn choices<'a>(form: &Form, field: &str, of: impl Iterator<Item = (&'a str, &'a str)>) -> Choices {
    let typed = form.typed(field);
    of.map(|(code, words)| (code.to_owned(), words.to_owned(), code == typed)).collect()
}

/// The choices of 進み具合.
pub(crate) fn progresses(form: &Form) -> Choices {
    choices(form, "progress", Progress::ALL.iter().map(|one| (one.code(), one.label())))
}

/// The choices of 申請方式.
pub(crate) fn methods(form: &Form) -> Choices {
    choices(form, "method", ApplicationMethod::ALL.iter().map(|one| (one.code(), one.label_ja())))
}

/// The choices of kinds of places where cards are.
pub(crate) fn kinds(form: &Form) -> Choices {
    let holds = |kind: &&PlaceKind| !matches!(kind, PlaceKind::Room | PlaceKind::Cabinet | PlaceKind::Shelf);
    choices(form, "kind", PlaceKind::ALL.iter().filter(holds).map(|one| (one.code(), one.label())))
}

/// The choices of consignments: the latest, and the chosen one where it is older.
pub(crate) fn consignments(asked: &Asked, latest: &[Consignment], named: &Named) -> Choices {
    let chosen = asked.filter.consignment;
    let mut all: Choices = latest
        .iter()
        .map(|one| (one.id.to_string(), consignment_name(one), chosen == Some(one.id)))
        .collect();
    if let (Some(id), Some(name)) = (chosen, &named.consignment)
        && all.iter().all(|(_, _, is_chosen)| !is_chosen)
    {
        all.insert(0, (id.to_string(), name.clone(), true));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(query: &[(&str, &str)]) -> Asked {
        let pairs: Vec<(String, String)> =
            query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        read(&pairs, &"honcho".parse().unwrap())
    }

    #[test]
    fn r4_f_a_filter_comes_back_from_its_address() {
        let all = [
            ("progress", "booked"),
            ("method", "at_issue"),
            ("day", "2026-11-11"),
            ("from", "09:00"),
            ("until", "10:30"),
            ("kind", "box"),
            ("posted_from", "2026-11-02"),
            ("encoding", "cp932"),
        ];
        let read = asked(&all);
        assert!(!read.form.is_refused(), "{:?}", read.form.faults());
        let booked = read.filter.booked.clone().unwrap();
        assert_eq!((booked.from, booked.until), (540, 630));
        let query = query(&read.form, &[]);
        let again: Vec<(&str, &str)> =
            query.trim_end_matches('&').split('&').filter_map(|part| part.split_once('=')).collect();
        assert_eq!(asked(&again).filter, read.filter);
        let words = words(&read.filter, &Named::default());
        assert_eq!(words[2], "予約：11月11日(水) 9:00から10:30まで");
        let chips = chips(&read, &Named::default());
        assert!(chips[2].without.contains("progress=booked") && !chips[2].without.contains("from=09"));
    }

    #[test]
    fn r4_f_nonsense_is_told_at_its_field() {
        for (query, field) in [
            (&[("progress", "gone")][..], "progress"),
            (&[("consignment", "x")], "consignment"),
            (&[("method", "<b>")], "method"),
            (&[("day", "2026-11-31")], "day"),
            (&[("day", "2026-11-11"), ("from", "25:00")], "from"),
            (&[("from", "9:00")], "day"),
            (&[("day", "2026-11-11"), ("from", "10:00"), ("until", "9:00")], "until"),
            (&[("posted_from", "2026-11-09"), ("posted_until", "2026-11-02")], "posted_until"),
            (&[("after", "line.4")], "progress"),
            (&[("after", "'; DROP TABLE card")], "progress"),
        ] {
            let read = asked(query);
            assert_eq!(read.form.faults().first().map(|fault| fault.field), Some(field), "{query:?}");
        }
        assert!(!asked(&[("progress", ""), ("day", ""), ("nobody", "knows")]).form.is_refused());
    }
}
