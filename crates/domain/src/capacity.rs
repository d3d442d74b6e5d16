//! What is open and how many places a slot grants: computed from the rules each time, never copied.
//!
//! A slot never holds more than it grants; the grant says which rules it rests on, as evidence: the one of places, the
//! reductions, the shares of the ways of booking. How many places are taken is not known here.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::id::RuleId;
use crate::reservation::Channel;
use crate::rules::{
    Match, Places, Reduction, Release, RuleBody, RuleSet, Shares, TimeOfDay, When, speaks_of,
};
use crate::service::{Service, SiteCode};
use crate::time::{SLOT_MINUTES, Start, instant_at};

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

/// How many people may be reserved for a slot, and why so many.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Grant {
    /// The places, after all reductions; 0 outside the hours.
    pub places: u16,
    /// The rule that decided: of places, or the one that keeps it closed; none if there is none.
    pub because: Option<RuleId>,
    /// The places before reductions.
    pub usual: u16,
    /// Every reduction that holds, most specific first; the lowest result stands.
    pub reductions: Vec<Reduced>,
    /// The shares of the ways of booking; none: every way may have all.
    pub shares: Option<Shared>,
}

/// A reduction of a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reduced {
    /// The rule.
    pub rule: RuleId,
    /// What it alone leaves.
    pub to: u16,
}

/// The shares of a slot's places, none above the places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shared {
    /// The rule.
    pub rule: RuleId,
    /// At most so many on the web.
    pub web: u16,
    /// At most so many by telephone and at the counter together.
    pub desk: u16,
    /// At most so many without a reservation.
    pub walk_in: u16,
    /// So many are given at the counter alone.
    pub reserve: u16,
    /// From when on every way may have all; none: never.
    pub released: Option<Timestamp>,
}

/// What a way of booking may have of a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Open {
    /// So many of its own at most, telephone and counter counted together.
    pub own: u16,
    /// And only while fewer than so many are taken in all.
    pub whole: u16,
}

/// What is taken of a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Used {
    /// On the web.
    pub web: u32,
    /// By telephone and at the counter.
    pub desk: u32,
    /// Without a reservation.
    pub walk_in: u32,
}

impl Used {
    /// By all ways.
    pub fn total(self) -> u32 {
        self.web + self.desk + self.walk_in
    }

    /// By a way and those that share with it.
    pub fn of(self, channel: Channel) -> u32 {
        match channel {
            Channel::Web => self.web,
            Channel::Telephone | Channel::Counter => self.desk,
            Channel::WalkIn => self.walk_in,
        }
    }
}

impl Grant {
    /// No places, by a rule or because there is none.
    fn none(because: Option<RuleId>) -> Self {
        Self { because, ..Self::default() }
    }

    /// What a way of booking may have now.
    pub fn open(&self, channel: Channel, now: Timestamp) -> Open {
        let all = Open { own: self.places, whole: self.places };
        let Some(shares) = self.shares.filter(|shares| !shares.is_released(now)) else { return all };
        let whole = self.places.saturating_sub(shares.reserve);
        match channel {
            Channel::Web => Open { own: shares.web, whole },
            Channel::Telephone => Open { own: shares.desk, whole },
            Channel::Counter => Open { own: shares.desk, whole: self.places },
            Channel::WalkIn => Open { own: shares.walk_in, whole },
        }
    }

    /// How many places are free for a way of booking now. A slot that was lowered below what is taken has none.
    pub fn free(&self, channel: Channel, now: Timestamp, used: Used) -> u32 {
        let Open { own, whole } = self.open(channel, now);
        u32::from(own).saturating_sub(used.of(channel)).min(u32::from(whole).saturating_sub(used.total()))
    }
}

impl Shared {
    /// Whether every way may have all by now.
    pub fn is_released(&self, now: Timestamp) -> bool {
        self.released.is_some_and(|released| released <= now)
    }
}

/// The rules that hold on a day for a service at a site, found once for all of its slots.
struct DayRules<'a> {
    places: Vec<(RuleId, &'a Places, Match)>,
    reductions: Vec<(RuleId, &'a Reduction, Match)>,
    shares: Vec<(RuleId, &'a Shares, Match, Option<Timestamp>)>,
}

/// Whether a slot lies within a time of day whole.
fn covers(from: TimeOfDay, until: TimeOfDay, start: Start) -> bool {
    from.minutes() <= start.minutes() && start.minutes() + SLOT_MINUTES <= until.minutes()
}

impl DayRules<'_> {
    fn grant(&self, start: Start) -> Grant {
        let deciding = self.places.iter().find(|(_, body, _)| covers(body.from, body.until, start));
        let Some((because, body, holds)) = deciding else { return Grant::none(None) };
        // Whether the rule holds is not known: nothing is promised.
        let usual = if *holds == Match::Unknown { 0 } else { body.places };
        let of_slot = self.reductions.iter().filter(|(_, body, _)| covers(body.from, body.until, start));
        let reductions: Vec<Reduced> = of_slot
            .map(|(rule, body, holds)| {
                let to = if *holds == Match::Unknown { 0 } else { body.cut.of(usual) };
                Reduced { rule: *rule, to }
            })
            .collect();
        let places = reductions.iter().map(|reduced| reduced.to).fold(usual, u16::min);
        let shares = self.shares.iter().find(|(_, body, ..)| covers(body.from, body.until, start));
        let shares = shares.map(|(rule, body, holds, released)| {
            let at_most = |share: Option<u16>| match holds {
                Match::Unknown => 0,
                Match::Yes | Match::No => share.map_or(places, |share| share.min(places)),
            };
            Shared {
                rule: *rule,
                web: at_most(body.web),
                desk: at_most(body.desk),
                walk_in: at_most(body.walk_in),
                reserve: body.reserve.min(places),
                released: *released,
            }
        });
        Grant { places, because: Some(*because), usual, reductions, shares }
    }
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
        match self.opening(service, site, day) {
            Opening::Open { from, until, .. } if covers(from, until, start) => {}
            Opening::Open { rule, .. } => return Grant::none(Some(rule)),
            Opening::Closed { reason } => return Grant::none(reason.rule()),
        }
        self.day_rules(service, site, day).grant(start)
    }

    /// Every slot of a day in the order of the clock, those with no places included; none when closed.
    ///
    /// The rules that hold on the day are found once for all slots.
    pub fn slots(&self, service: Service, site: &SiteCode, day: Date) -> Vec<(Start, Grant)> {
        let Opening::Open { from, until, .. } = self.opening(service, site, day) else { return Vec::new() };
        let rules = self.day_rules(service, site, day);
        let first = from.minutes().next_multiple_of(SLOT_MINUTES);
        (first..until.minutes())
            .step_by(usize::from(SLOT_MINUTES))
            .take_while(|start| start + SLOT_MINUTES <= until.minutes())
            .filter_map(|minutes| Start::new(minutes).ok())
            .map(|start| (start, rules.grant(start)))
            .collect()
    }

    fn day_rules(&self, service: Service, site: &SiteCode, day: Date) -> DayRules<'_> {
        let holds =
            |when: &When| Some(when.matches(day, self.holidays())).filter(|holds| *holds != Match::No);
        let places = self.places_in_force(service, day).filter(|(_, body)| body.site == *site);
        let places = places.filter_map(|(rule, body)| Some((rule.id, body, holds(&body.when)?))).collect();
        let reductions = self.reductions_in_force(day).filter(|(_, body)| {
            speaks_of(&body.services, service) && body.site.as_ref().is_none_or(|at| at == site)
        });
        let reductions = reductions.filter_map(|(rule, body)| Some((rule.id, body, holds(&body.when)?)));
        let shares =
            self.shares_in_force(day).filter(|(_, body)| body.service == service && body.site == *site);
        let shares = shares.filter_map(|(rule, body)| {
            let holds = holds(&body.when)?;
            let released = body.released.and_then(|release| self.released(service, site, day, release));
            Some((rule.id, body, holds, released))
        });
        DayRules { places, reductions: reductions.collect(), shares: shares.collect() }
    }

    /// The instant at which the unused places of a day are released to all; none if so many open days before it are
    /// not found.
    fn released(&self, service: Service, site: &SiteCode, day: Date, release: Release) -> Option<Timestamp> {
        let on = self.nth_open_day_before(service, site, day, release.open_days_before)?;
        Some(instant_at(on, release.at.minutes()))
    }
}

/// Seats so many people from a start on: all in one slot if it has room for all, else in slots that follow each other
/// without a gap. `free` holds the slots of the day from the wished start on, in order, with the places free in each.
///
/// Answers the start of each person, in order; none if the people do not fit.
pub fn seats(people: usize, free: &[(Start, u32)]) -> Option<Vec<Start>> {
    let mut seats = Vec::new();
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
