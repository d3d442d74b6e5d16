//! What holds on one day, and by which rule: the answer to 「この日はどうなるか」.

use domain::capacity::{Closure, Grant, Opening, Reduced, Shared};
use domain::id::RuleId;
use domain::rules::{Rule, RuleSet};
use domain::service::{Service, SiteCode};
use domain::time::{SLOT_MINUTES, Start, day_of, era_date};
use jiff::civil::Date;

use super::words;
use crate::staff::wording;

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
    /// The reductions and the shares, each in words.
    pub(in super::super) more: Vec<String>,
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

/// What holds for a service at a site on a day.
pub(super) fn answer(rules: &RuleSet, service: Service, site: &SiteCode, name: &str, day: Date) -> Answer {
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
                more: more(rules, grant, day),
            })
        })
        .collect()
}

/// Why a slot has so many places: the rule of places first, then what lowers them and how they are shared.
pub(super) fn reasons(rules: &RuleSet, grant: &Grant, day: Date) -> Vec<String> {
    let mut reasons = vec![told(rules, grant.because, day)];
    reasons.extend(more(rules, grant, day));
    reasons
}

/// What lowers the places, and how they are shared.
fn more(rules: &RuleSet, grant: &Grant, day: Date) -> Vec<String> {
    let reduced = grant.reductions.iter().map(|reduced| {
        let Reduced { rule, to } = *reduced;
        format!("通常{}人を{to}人に削減：{}", grant.usual, told(rules, Some(rule), day))
    });
    let shares = grant.shares.map(|shares| {
        let Shared { rule, web, desk, walk_in, reserve, released } = shares;
        let kept = if reserve == 0 { String::new() } else { format!("、{reserve}人分は窓口だけ") };
        let released = released.map_or_else(
            || "残りは開放しません".to_owned(),
            |at| format!("{} {}に、残りを全員に開放します", era_date(day_of(at)), wording::time(at)),
        );
        format!(
            "内訳：Web {web}人まで、電話と窓口 合わせて{desk}人まで、予約なし {walk_in}人まで{kept}。{released}［{}］",
            rule_of(rules, rule, day).map_or_else(String::new, words::source)
        )
    });
    reduced.chain(shares).collect()
}

/// A rule in words, by its id.
fn told(rules: &RuleSet, id: Option<RuleId>, day: Date) -> String {
    let Some(id) = id else { return "予約枠の規則はありません".to_owned() };
    match rule_of(rules, id, day) {
        Some(rule) => format!("{}［{}］", words::sentence(&rule.body), words::source(rule)),
        None => String::new(),
    }
}

/// The version of a rule that is valid on the day.
fn rule_of(rules: &RuleSet, id: RuleId, day: Date) -> Option<&Rule> {
    let versions = rules.rules().iter().filter(|rule| rule.id == id && rule.is_valid_on(day));
    versions.max_by_key(|rule| rule.version)
}
