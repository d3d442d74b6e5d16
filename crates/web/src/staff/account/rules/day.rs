//! What holds on one day, and by which rule: the answer to 「この日はどうなるか」.

use domain::capacity::{Closure, Grant, Opening};
use domain::id::RuleId;
use domain::rules::{RuleBody, RuleSet};
use domain::service::{Service, SiteCode};
use domain::time::{SLOT_MINUTES, Start};
use jiff::civil::Date;

use super::words;

/// Slots in a row with the same grant by the same rule.
pub(in super::super) struct Span {
    /// 9:00 〜 12:00.
    pub(in super::super) time: String,
    /// Places of each slot.
    pub(in super::super) places: u16,
    /// Places of all its slots.
    pub(in super::super) in_all: u32,
    /// The rule that decides, in words.
    pub(in super::super) because: String,
}

/// A service at a site on the day.
pub(in super::super) struct Answer {
    /// The service.
    pub(in super::super) service: &'static str,
    /// The site.
    pub(in super::super) site: String,
    /// Whether it is open, and when.
    pub(in super::super) is_open: bool,
    /// 9:00 から 17:30 まで, or 休み.
    pub(in super::super) opening: String,
    /// The rule that decides, in words.
    pub(in super::super) because: String,
    /// The places.
    pub(in super::super) spans: Vec<Span>,
    /// Places of the whole day.
    pub(in super::super) in_all: u32,
}

/// Every service at every site of the day.
pub(super) fn answers(rules: &RuleSet, day: Date) -> Vec<Answer> {
    let sites = rules.sites(day);
    Service::ALL
        .iter()
        .flat_map(|service| sites.iter().map(|site| answer(rules, *service, &site.code, &site.name_ja, day)))
        .collect()
}

fn answer(rules: &RuleSet, service: Service, site: &SiteCode, name: &str, day: Date) -> Answer {
    let (is_open, opening, because) = match rules.opening(service, site, day) {
        Opening::Open { from, until, rule } => {
            (true, format!("{from}から{until}まで"), told(rules, Some(rule), day))
        }
        Opening::Closed { reason: Closure::NoHours } => {
            (false, "休み".to_owned(), "この日に開く規則はありません".to_owned())
        }
        Opening::Closed { reason: Closure::Rule { rule, reason } } => {
            (false, format!("休み（{reason}）"), told(rules, Some(rule), day))
        }
        Opening::Closed { reason: Closure::HolidaysUnknown { rule } } => {
            (false, "未定（この年の祝休日はまだ公表されていません）".to_owned(), told(rules, Some(rule), day))
        }
    };
    let spans = spans(rules, &rules.slots(service, site, day), day);
    let in_all = spans.iter().map(|span| span.in_all).sum();
    Answer { service: service.label(), site: name.to_owned(), is_open, opening, because, spans, in_all }
}

fn spans(rules: &RuleSet, slots: &[(Start, Grant)], day: Date) -> Vec<Span> {
    let alike = |one: &(Start, Grant), other: &(Start, Grant)| one.1 == other.1;
    // A service without any rule of places takes no reservations: there is nothing to tell.
    let has_rule = slots.iter().any(|(_, grant)| grant.because.is_some());
    slots
        .chunk_by(alike)
        .filter(|_| has_rule)
        .filter_map(|run| {
            let ((first, grant), (last, _)) = (run.first()?, run.last()?);
            let end = last.minutes() + SLOT_MINUTES;
            let count = u32::try_from(run.len()).unwrap_or(u32::MAX);
            Some(Span {
                time: format!("{first}〜{}:{:02}", end / 60, end % 60),
                places: grant.places,
                in_all: u32::from(grant.places).saturating_mul(count),
                because: told(rules, grant.because, day),
            })
        })
        .collect()
}

/// A rule by its id, in the version that is valid on the day.
fn told(rules: &RuleSet, id: Option<RuleId>, day: Date) -> String {
    let Some(id) = id else { return "予約枠の規則はありません".to_owned() };
    let versions = rules.rules().iter().filter(|rule| rule.id == id && rule.is_valid_on(day));
    match versions.max_by_key(|rule| rule.version) {
        Some(rule) if matches!(rule.body, RuleBody::Hours(_) | RuleBody::Closed(_) | RuleBody::Places(_)) => {
            format!("{}［{}］", words::sentence(&rule.body), words::source(rule))
        }
        _ => String::new(),
    }
}
