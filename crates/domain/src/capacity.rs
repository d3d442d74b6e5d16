//! What is open and how many places a slot grants: computed from the rules each time, never copied.
//!
//! A slot never holds more than it grants; the grant says which rule it rests on, as evidence. How many places
//! are taken is not known here.

use jiff::civil::Date;

use crate::id::RuleId;
use crate::rules::{Match, RuleBody, RuleSet, TimeOfDay, speaks_of};
use crate::service::{Service, SiteCode};
use crate::time::{SLOT_MINUTES, Start};

/// Why a service is closed on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Closure {
    /// No rule opens it.
    NoHours,
    /// A rule closes it.
    Rule {
        /// The rule.
        rule: RuleId,
        /// Its reason, as shown to the public.
        reason: String,
    },
    /// A rule about holidays decides, and the holidays of that year are not published yet.
    HolidaysUnknown {
        /// The rule.
        rule: RuleId,
    },
}

/// Whether a service is open on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opening {
    /// It is closed.
    Closed {
        /// Why.
        reason: Closure,
    },
    /// It is open.
    Open {
        /// From when on.
        from: TimeOfDay,
        /// Until when.
        until: TimeOfDay,
        /// By which rule.
        rule: RuleId,
    },
}

/// How many people may be reserved for a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grant {
    /// The places; 0 outside the hours.
    pub places: u16,
    /// The rule that decided: of places, or the one that keeps it closed; none if there is none.
    pub because: Option<RuleId>,
}

impl RuleSet {
    /// Whether and when a service is open at a site on a day.
    pub fn opening(&self, service: Service, site: &SiteCode, day: Date) -> Opening {
        for rule in self.hours_in_force(day) {
            let (services, at, when) = match &rule.body {
                RuleBody::Hours(body) => (&body.services, Some(&body.site), &body.when),
                RuleBody::Closed(body) => (&body.services, body.site.as_ref(), &body.when),
                _ => continue,
            };
            if !speaks_of(services, service) || at.is_some_and(|at| at != site) {
                continue;
            }
            match (when.matches(day, self.holidays()), &rule.body) {
                (Match::Unknown, _) => {
                    return Opening::Closed { reason: Closure::HolidaysUnknown { rule: rule.id } };
                }
                (Match::Yes, RuleBody::Hours(hours)) => {
                    return Opening::Open { from: hours.opens, until: hours.closes, rule: rule.id };
                }
                (Match::Yes, RuleBody::Closed(closed)) => {
                    let reason = Closure::Rule { rule: rule.id, reason: closed.reason.clone() };
                    return Opening::Closed { reason };
                }
                // Only hours and closures come here.
                (Match::No | Match::Yes, _) => {}
            }
        }
        Opening::Closed { reason: Closure::NoHours }
    }

    /// Whether a service is open at a site on a day.
    pub fn is_open(&self, service: Service, site: &SiteCode, day: Date) -> bool {
        matches!(self.opening(service, site, day), Opening::Open { .. })
    }

    /// The places of one slot. A slot must lie in the opening hours whole.
    pub fn grant(&self, service: Service, site: &SiteCode, day: Date, start: Start) -> Grant {
        let within = |from: TimeOfDay, until: TimeOfDay| {
            from.minutes() <= start.minutes() && start.minutes() + SLOT_MINUTES <= until.minutes()
        };
        match self.opening(service, site, day) {
            Opening::Open { from, until, .. } if within(from, until) => {}
            Opening::Open { rule, .. } => return Grant { places: 0, because: Some(rule) },
            Opening::Closed { reason } => return Grant { places: 0, because: reason.rule() },
        }
        let deciding = self
            .places_in_force(service, day)
            .filter(|(_, places)| places.site == *site && within(places.from, places.until))
            .find(|(_, places)| places.when.matches(day, self.holidays()) != Match::No);
        match deciding {
            // Whether the rule holds is not known: nothing is promised.
            Some((rule, places)) if places.when.matches(day, self.holidays()) == Match::Unknown => {
                Grant { places: 0, because: Some(rule.id) }
            }
            Some((rule, places)) => Grant { places: places.places, because: Some(rule.id) },
            None => Grant { places: 0, because: None },
        }
    }

    /// Every slot of a day in the order of the clock, those with no places included; none when closed.
    ///
    /// The rules that hold on the day are found once for all slots.
    pub fn slots(&self, service: Service, site: &SiteCode, day: Date) -> Vec<(Start, Grant)> {
        let Opening::Open { from, until, .. } = self.opening(service, site, day) else { return Vec::new() };
        let rules: Vec<_> = self
            .places_in_force(service, day)
            .filter(|(_, places)| places.site == *site)
            .map(|(rule, places)| (rule.id, places, places.when.matches(day, self.holidays())))
            .filter(|(_, _, holds)| *holds != Match::No)
            .collect();
        let first = from.minutes().next_multiple_of(SLOT_MINUTES);
        (first..until.minutes())
            .step_by(usize::from(SLOT_MINUTES))
            .take_while(|start| start + SLOT_MINUTES <= until.minutes())
            .filter_map(|minutes| Start::new(minutes).ok())
            .map(|start| {
                let covers = |from: TimeOfDay, until: TimeOfDay| {
                    from.minutes() <= start.minutes() && start.minutes() + SLOT_MINUTES <= until.minutes()
                };
                let deciding = rules.iter().find(|(_, places, _)| covers(places.from, places.until));
                let grant = match deciding {
                    Some((id, _, Match::Unknown)) => Grant { places: 0, because: Some(*id) },
                    Some((id, places, _)) => Grant { places: places.places, because: Some(*id) },
                    None => Grant { places: 0, because: None },
                };
                (start, grant)
            })
            .collect()
    }
}

/// Seats so many people from a start on: all in one slot if it has room for all, else in slots that follow each other
/// without a gap. `free` holds the slots of the day from the wished start on, in order, with the places free in each.
///
/// Answers the start of each person, in order; none if the people do not fit.
pub fn seats(people: usize, free: &[(Start, u32)]) -> Option<Vec<Start>> {
    let mut seats = Vec::with_capacity(people);
    let mut expected = free.first()?.0.minutes();
    for (start, free) in free {
        // A gap or a full slot would part the family.
        if start.minutes() != expected || *free == 0 {
            return None;
        }
        expected += SLOT_MINUTES;
        let take = usize::try_from(*free).unwrap_or(people).min(people - seats.len());
        seats.extend(std::iter::repeat_n(*start, take));
        if seats.len() == people {
            return Some(seats);
        }
    }
    None
}

impl Closure {
    /// The rule that keeps the service closed, if one does.
    pub fn rule(&self) -> Option<RuleId> {
        match self {
            Self::NoHours => None,
            Self::Rule { rule, .. } | Self::HolidaysUnknown { rule } => Some(*rule),
        }
    }
}

#[cfg(test)]
#[path = "capacity_tests.rs"]
mod tests;
