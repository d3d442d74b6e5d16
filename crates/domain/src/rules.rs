//! Rules as data: hours, closures, places, deadlines and sites, each with validity and version.
//!
//! A [`RuleSet`] is the whole of them at one epoch; it answers what is open and what is granted
//! ([`crate::capacity`]) and which days can be booked ([`days`]). The most specific rule wins, by a total order
//! that does not depend on the order of the rows; nothing is copied out of the rules into slots.

pub mod body;
pub mod change;
pub mod days;
pub mod limits;
pub mod when;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use body::{
    Attempts, Booking, Branch, Closed, Custody, Emergency, Hours, Places, RuleBody, RuleFault, Site, Windows,
};
pub use change::{Agreed, Change, Deed, What};
pub use days::BookableDays;
pub use limits::{Cut, Reduction, Release, Shares};
pub use when::{Match, TimeOfDay, Weekdays, When};

use crate::calendar::HolidayCalendar;
use crate::id::RuleId;
use crate::service::{Service, SiteCode};

/// One version of one rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The rule; its versions share the id.
    pub id: RuleId,
    /// Counts the versions from 1. On a day on which several are valid, only the highest counts.
    pub version: u32,
    /// The first day of validity.
    pub valid_from: Date,
    /// The last day of validity; none: until further notice.
    #[serde(default)]
    pub valid_until: Option<Date>,
    /// What it says.
    pub body: RuleBody,
    /// The agreement with the city that it rests on; none: not agreed yet.
    #[serde(default)]
    pub agreement: Option<String>,
}

impl Rule {
    /// Whether the version is valid on a day.
    pub fn is_valid_on(&self, day: Date) -> bool {
        self.valid_from <= day && self.valid_until.is_none_or(|until| day <= until)
    }
}

/// A set of rules cannot stand, because of one rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("rule {rule} version {version}: {fault}")]
pub struct RuleError {
    /// The rule.
    pub rule: RuleId,
    /// Its version.
    pub version: u32,
    /// What is wrong with it.
    pub fault: RuleFault,
}

/// How specific a rule is; the smallest is the most specific. It does not depend on the day.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    /// Class and breadth of the days.
    days: (u8, u32),
    /// How many services it speaks of.
    services: usize,
    /// Whether it speaks of every site.
    all_sites: bool,
    /// How many minutes of the day; a closure has none.
    minutes: u16,
    valid_from: Reverse<Date>,
    version: Reverse<u32>,
    id: RuleId,
}

/// A closure that the public pages tell of.
#[derive(Debug, Clone, Copy)]
pub struct Notice<'a> {
    /// Of which services; empty: all.
    pub services: &'a [Service],
    /// At which site; none: at all.
    pub site: Option<&'a SiteCode>,
    /// Why.
    pub why: Emergency,
    /// Its first day that is not over.
    pub from: Date,
    /// Its last day.
    pub until: Date,
    /// From when until when on each of the days; none: all day.
    pub hours: Option<(TimeOfDay, TimeOfDay)>,
}

/// All rules at one epoch. Cheap to ask: rules are ordered once, so the first that matches is the answer.
#[derive(Debug, Clone)]
pub struct RuleSet {
    epoch: i64,
    /// Most specific first.
    rules: Vec<Rule>,
    /// Hours and closures, most specific first, by place in `rules`.
    hours: Vec<usize>,
    /// Places of each service, most specific first, by place in `rules`.
    places: BTreeMap<Service, Vec<usize>>,
    /// Reductions, most specific first, by place in `rules`.
    reductions: Vec<usize>,
    /// Shares, most specific first, by place in `rules`.
    shares: Vec<usize>,
    /// Where a rule has several versions: all of them, by place in `rules`.
    versions: BTreeMap<RuleId, Vec<usize>>,
    holidays: HolidayCalendar,
}

impl RuleSet {
    /// Takes the rules of an epoch; their order does not matter.
    ///
    /// Refuses the set if a rule could never hold or contradicts itself, or if a version stands there twice.
    pub fn new(epoch: i64, mut rules: Vec<Rule>) -> Result<Self, RuleError> {
        let error = |rule: &Rule, fault| RuleError { rule: rule.id, version: rule.version, fault };
        for rule in &rules {
            if rule.valid_until.is_some_and(|until| until < rule.valid_from) {
                return Err(error(rule, RuleFault::NeverValid));
            }
            rule.body.check().map_err(|fault| error(rule, fault))?;
        }
        rules.sort_by_cached_key(rank);
        let mut versions: BTreeMap<RuleId, Vec<usize>> = BTreeMap::new();
        let mut hours = Vec::new();
        let mut places: BTreeMap<Service, Vec<usize>> = BTreeMap::new();
        let (mut reductions, mut shares) = (Vec::new(), Vec::new());
        for (at, rule) in rules.iter().enumerate() {
            let others = versions.entry(rule.id).or_default();
            if others.iter().any(|other| rules[*other].version == rule.version) {
                return Err(error(rule, RuleFault::DuplicateVersion));
            }
            others.push(at);
            match &rule.body {
                RuleBody::Hours(_) | RuleBody::Closed(_) => hours.push(at),
                RuleBody::Places(body) => places.entry(body.service).or_default().push(at),
                RuleBody::Reduction(_) => reductions.push(at),
                RuleBody::Shares(_) => shares.push(at),
                RuleBody::Booking(_)
                | RuleBody::Attempts(_)
                | RuleBody::Custody(_)
                | RuleBody::Site(_)
                | RuleBody::Windows(_)
                | RuleBody::Branch(_) => {}
            }
        }
        versions.retain(|_, all| all.len() > 1);
        let holidays = HolidayCalendar::official();
        Ok(Self { epoch, rules, hours, places, reductions, shares, versions, holidays })
    }

    /// The epoch: the counter of changes to the rules that a grant is computed for.
    pub fn epoch(&self) -> i64 {
        self.epoch
    }

    /// Every version of every rule, most specific first.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The holidays that the rules are read with.
    pub fn holidays(&self) -> &HolidayCalendar {
        &self.holidays
    }

    /// The deadlines of a service's reservations on a day of booking; none: the service has no reservations.
    pub fn booking(&self, service: Service, day: Date) -> Option<&Booking> {
        self.in_force(day).find_map(|rule| match &rule.body {
            RuleBody::Booking(body) if body.service == service => Some(body),
            _ => None,
        })
    }

    /// How many mistakes at numbers are borne on a day.
    pub fn attempts(&self, day: Date) -> Attempts {
        let said = self.in_force(day).find_map(|rule| match &rule.body {
            RuleBody::Attempts(body) => Some(*body),
            _ => None,
        });
        said.unwrap_or_default()
    }

    /// How cards that are kept are watched over on a day.
    pub fn custody(&self, day: Date) -> Custody {
        let said = self.in_force(day).find_map(|rule| match &rule.body {
            RuleBody::Custody(body) => Some(*body),
            _ => None,
        });
        said.unwrap_or_default()
    }

    /// A site as it is on a day.
    pub fn site(&self, code: &SiteCode, day: Date) -> Option<&Site> {
        self.sites(day).into_iter().find(|site| site.code == *code)
    }

    /// The sites of a day, in the order of their codes.
    pub fn sites(&self, day: Date) -> Vec<&Site> {
        let mut sites: BTreeMap<&SiteCode, &Site> = BTreeMap::new();
        for rule in self.in_force(day) {
            if let RuleBody::Site(site) = &rule.body {
                // The first is the most specific.
                sites.entry(&site.code).or_insert(site);
            }
        }
        sites.into_values().collect()
    }

    /// The codes of the sites of every day: one whose rule ended still has its reservations.
    pub fn all_sites(&self) -> BTreeSet<SiteCode> {
        let code = |rule: &Rule| match &rule.body {
            RuleBody::Site(site) => Some(site.code.clone()),
            _ => None,
        };
        self.rules().iter().filter_map(code).collect()
    }

    /// The windows (窓口) of a service at a site on a day.
    pub fn windows(&self, service: Service, site: &SiteCode, day: Date) -> Vec<&Windows> {
        let of = |windows: &&Windows| windows.site == *site && speaks_of(&windows.services, service);
        self.in_force(day)
            .filter_map(|rule| if let RuleBody::Windows(windows) = &rule.body { Some(windows) } else { None })
            .filter(of)
            .collect()
    }

    /// The offices that offer a service on a day besides our sites, in the order in which they were written down.
    pub fn branches(&self, service: Service, day: Date) -> Vec<&Branch> {
        let mut branches: Vec<(RuleId, &Branch)> = self
            .in_force(day)
            .filter_map(|rule| match &rule.body {
                RuleBody::Branch(branch) if branch.services.contains(&service) => Some((rule.id, branch)),
                _ => None,
            })
            .collect();
        branches.sort_by_key(|(id, _)| *id);
        branches.into_iter().map(|(_, branch)| branch).collect()
    }

    /// What stands over the public pages on a day: the closures with a notice whose last day is not over, with the days
    /// that are left of them, the first of them first.
    pub fn notices(&self, today: Date) -> Vec<Notice<'_>> {
        let of = |at: usize| {
            let rule = &self.rules[at];
            let (services, site, when, why, hours) = match &rule.body {
                RuleBody::Closed(body) => (&body.services, &body.site, &body.when, body.notice?, None),
                RuleBody::Reduction(body) => {
                    let hours = Some((body.from, body.until));
                    (&body.services, &body.site, &body.when, body.notice?, hours)
                }
                _ => return None,
            };
            let (from, until) = when.span()?;
            let from = from.max(rule.valid_from).max(today);
            let until = rule.valid_until.map_or(until, |last| last.min(until));
            let notice = Notice { services, site: site.as_ref(), why, from, until, hours };
            (from <= until && self.is_in_force(at, from)).then_some(notice)
        };
        let mut notices: Vec<Notice<'_>> =
            self.hours.iter().chain(&self.reductions).copied().filter_map(of).collect();
        notices.sort_by_key(|notice| (notice.from, notice.until, notice.hours));
        notices
    }

    /// Hours and closures that are in force on a day, most specific first.
    pub(crate) fn hours_in_force(&self, day: Date) -> impl Iterator<Item = &Rule> {
        self.hours.iter().copied().filter(move |at| self.is_in_force(*at, day)).map(|at| &self.rules[at])
    }

    /// Reductions that are in force on a day, most specific first.
    pub(crate) fn reductions_in_force(&self, day: Date) -> impl Iterator<Item = (&Rule, &Reduction)> {
        let in_force = self.reductions.iter().copied().filter(move |at| self.is_in_force(*at, day));
        in_force.filter_map(|at| match &self.rules[at].body {
            RuleBody::Reduction(body) => Some((&self.rules[at], body)),
            _ => None,
        })
    }

    /// Shares that are in force on a day, most specific first.
    pub(crate) fn shares_in_force(&self, day: Date) -> impl Iterator<Item = (&Rule, &Shares)> {
        let in_force = self.shares.iter().copied().filter(move |at| self.is_in_force(*at, day));
        in_force.filter_map(|at| match &self.rules[at].body {
            RuleBody::Shares(body) => Some((&self.rules[at], body)),
            _ => None,
        })
    }

    /// Rules of places of a service that are in force on a day, most specific first.
    pub(crate) fn places_in_force(
        &self,
        service: Service,
        day: Date,
    ) -> impl Iterator<Item = (&Rule, &Places)> {
        let of_service = self.places.get(&service).map_or(&[][..], Vec::as_slice);
        of_service.iter().copied().filter(move |at| self.is_in_force(*at, day)).filter_map(|at| {
            let rule = &self.rules[at];
            if let RuleBody::Places(places) = &rule.body { Some((rule, places)) } else { None }
        })
    }

    fn in_force(&self, day: Date) -> impl Iterator<Item = &Rule> {
        (0..self.rules.len()).filter(move |at| self.is_in_force(*at, day)).map(|at| &self.rules[at])
    }

    /// Valid on the day, and no higher version of the same rule is.
    fn is_in_force(&self, at: usize, day: Date) -> bool {
        let rule = &self.rules[at];
        rule.is_valid_on(day)
            && self.versions.get(&rule.id).is_none_or(|all| {
                all.iter()
                    .map(|other| &self.rules[*other])
                    .all(|other| other.version <= rule.version || !other.is_valid_on(day))
            })
    }
}

/// Whether a list of services, empty for all, has one.
pub(crate) fn speaks_of(services: &[Service], service: Service) -> bool {
    services.is_empty() || services.contains(&service)
}

fn rank(rule: &Rule) -> Rank {
    let how_many =
        |services: &[Service]| if services.is_empty() { Service::ALL.len() } else { services.len() };
    let (days, services, all_sites, minutes) = match &rule.body {
        RuleBody::Hours(body) => (
            body.when.breadth(),
            how_many(&body.services),
            false,
            body.closes.minutes() - body.opens.minutes(),
        ),
        RuleBody::Closed(body) => (body.when.breadth(), how_many(&body.services), body.site.is_none(), 0),
        RuleBody::Places(body) => (body.when.breadth(), 1, false, body.until.minutes() - body.from.minutes()),
        RuleBody::Reduction(body) => (
            body.when.breadth(),
            how_many(&body.services),
            body.site.is_none(),
            body.until.minutes() - body.from.minutes(),
        ),
        RuleBody::Shares(body) => (body.when.breadth(), 1, false, body.until.minutes() - body.from.minutes()),
        RuleBody::Booking(_) => (When::Always.breadth(), 1, true, 0),
        RuleBody::Attempts(_) | RuleBody::Custody(_) => (When::Always.breadth(), 0, true, 0),
        RuleBody::Site(_) => (When::Always.breadth(), 0, false, 0),
        RuleBody::Windows(body) => (When::Always.breadth(), how_many(&body.services), false, 0),
        RuleBody::Branch(body) => (When::Always.breadth(), how_many(&body.services), true, 0),
    };
    Rank {
        days,
        services,
        all_sites,
        minutes,
        valid_from: Reverse(rule.valid_from),
        version: Reverse(rule.version),
        id: rule.id,
    }
}

#[cfg(test)]
#[path = "rules/tests.rs"]
mod tests;
