//! What a change of the rules would do, told before it is made: hours and places of each day, and the reservations that
//! no longer fit. It decides nothing and changes nothing; nobody loses a place by it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::capacity::{Grant, Opening};
use crate::id::ReservationId;
use crate::journal::{BusinessDay, Slot};
use crate::rules::{RuleSet, TimeOfDay};
use crate::service::{Service, SiteCode};
use crate::time::Start;

/// A reservation that takes a place: held or booked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// Which one. The ids rise with the instant at which they were made.
    pub reservation: ReservationId,
    /// Its slot.
    pub slot: Slot,
}

/// What rules give a service on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Given {
    /// From when until when it is open; none: closed.
    pub open: Option<(TimeOfDay, TimeOfDay)>,
    /// The places of all its slots.
    pub places: u32,
}

/// A day that the change touches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayChange {
    /// Which day of which service and site.
    pub of: BusinessDay,
    /// What the present rules give.
    pub before: Given,
    /// What the new ones would.
    pub after: Given,
    /// In how many slots the number of places or the shares of the ways of booking would differ.
    pub slots: u32,
}

/// What a change of the rules would do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Proposal {
    /// The days that differ, in order.
    pub days: Vec<DayChange>,
    /// The reservations that fit now and would not, in the order of their slots, and there in the order in which they
    /// were made: who booked last does not fit first.
    pub unfit: Vec<Placed>,
}

impl Proposal {
    /// Compares two sets of rules from a day until another, both included, for the reservations of these days.
    pub fn between(before: &RuleSet, after: &RuleSet, from: Date, until: Date, placed: &[Placed]) -> Self {
        let within = |one: &&Placed| from <= one.slot.day && one.slot.day <= until;
        let placed: Vec<Placed> = placed.iter().filter(within).cloned().collect();
        Self::of(changes(before, after, from, until), before, after, &placed)
    }

    /// What [`changes`] do to the reservations of their days; others stay as they are.
    pub fn of(days: Vec<DayChange>, before: &RuleSet, after: &RuleSet, placed: &[Placed]) -> Self {
        Self { unfit: unfit(before, after, placed), days }
    }
}

/// The days that differ between two sets of rules from a day until another, both included.
pub fn changes(before: &RuleSet, after: &RuleSet, from: Date, until: Date) -> Vec<DayChange> {
    let mut days = Vec::new();
    let all = std::iter::successors(Some(from), |day| day.tomorrow().ok());
    for day in all.take_while(|day| *day <= until) {
        for (service, site) in spoken_of(before, after, day) {
            let of = BusinessDay { service, site, day };
            days.extend(change_of(before, after, of));
        }
    }
    days
}

/// Every service at every site of either set.
fn spoken_of(before: &RuleSet, after: &RuleSet, day: Date) -> Vec<(Service, SiteCode)> {
    let sites = before.sites(day).into_iter().chain(after.sites(day)).map(|site| &site.code);
    let sites: BTreeSet<&SiteCode> = sites.collect();
    let of_service =
        |service: &Service| sites.iter().map(|site| (*service, (*site).clone())).collect::<Vec<_>>();
    Service::ALL.iter().flat_map(of_service).collect()
}

fn change_of(before: &RuleSet, after: &RuleSet, of: BusinessDay) -> Option<DayChange> {
    let [(was, was_slots), (will, will_slots)] = [before, after].map(|rules| given(rules, &of));
    let starts: BTreeSet<&Start> = was_slots.keys().chain(will_slots.keys()).collect();
    let nothing = Grant::default();
    let differ = |start: &&Start| {
        let [was, will] = [&was_slots, &will_slots].map(|slots| slots.get(*start).unwrap_or(&nothing));
        // Which rule says so may change without anybody noticing.
        let limits = |grant: &Grant| {
            grant.shares.map(|one| (one.web, one.desk, one.walk_in, one.reserve, one.released))
        };
        was.places != will.places || limits(was) != limits(will)
    };
    let slots = u32::try_from(starts.into_iter().filter(differ).count()).unwrap_or(u32::MAX);
    (was != will || slots > 0).then_some(DayChange { of, before: was, after: will, slots })
}

fn given(rules: &RuleSet, of: &BusinessDay) -> (Given, BTreeMap<Start, Grant>) {
    let BusinessDay { service, site, day } = of;
    let open = match rules.opening(*service, site, *day) {
        Opening::Open { from, until, .. } => Some((from, until)),
        Opening::Closed { .. } => None,
    };
    let slots: BTreeMap<Start, Grant> = rules.slots(*service, site, *day).into_iter().collect();
    let places = slots.values().map(|grant| u32::from(grant.places)).sum();
    (Given { open, places }, slots)
}

fn unfit(before: &RuleSet, after: &RuleSet, placed: &[Placed]) -> Vec<Placed> {
    let mut by_slot: BTreeMap<&Slot, Vec<&Placed>> = BTreeMap::new();
    for one in placed {
        by_slot.entry(&one.slot).or_default().push(one);
    }
    let mut unfit = Vec::new();
    for (slot, mut placed) in by_slot {
        placed.sort_by_key(|one| one.reservation);
        let [was, will] = [before, after].map(|rules| {
            let places = rules.grant(slot.service, &slot.site, slot.day, slot.start).places;
            usize::from(places).min(placed.len())
        });
        // Those beyond the present places do not fit now either: they are no doing of the change.
        unfit.extend(placed.get(will..was).unwrap_or_default().iter().map(|one| (*one).clone()));
    }
    unfit
}
