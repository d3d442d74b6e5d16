//! Renewals of a demo city: booked without a card, served by the city, listed and closed day by day.
//!
//! They have dice of their own, so that the same seed gives the same cards with them or without.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use domain::capacity::Opening;
use domain::check_sheet::Sheet;
use domain::id::{ReceptionId, ReservationId};
use domain::journal::{Actor, BusinessDay, CityRecord, Slot};
use domain::renewal::Coming;
use domain::reservation::{Channel, Pins, Visitor};
use domain::service::Service;
use domain::time::Start;
use jiff::civil::Date;
use store::reservation::party;
use store::reservation::renewal::{self, Wish};

use super::city::{City, CityError, moment};
use super::dice::Dice;

/// What is known of the renewals while the past is being made.
pub(super) struct Renewals {
    dice: Dice,
    /// How many bookings a day.
    bookings: u32,
    /// Places taken of each slot.
    used: HashMap<(Date, Start), u16>,
    /// Who is expected, by day.
    visits: BTreeMap<Date, Vec<(ReservationId, Start)>>,
}

impl Renewals {
    /// As many as belong to a city that gets so many cards.
    pub(super) fn of(cards: u32, seed: u64) -> Self {
        Self {
            dice: Dice::new(seed.wrapping_add(1)),
            bookings: (cards / 60).clamp(1, 40),
            used: HashMap::new(),
            visits: BTreeMap::new(),
        }
    }
}

impl City<'_> {
    /// One day of renewals.
    pub(super) fn renew(&mut self, day: Date) -> Result<(), CityError> {
        if let Opening::Open { until, .. } = self.rules.opening(Service::Renewal, &self.site, day) {
            self.list_next_renewals(day)?;
            self.serve_renewals(day)?;
            self.close_renewals(day, until.minutes() + 60)?;
        }
        self.book_renewals(day)
    }

    fn renewals_of(&self, day: Date) -> BusinessDay {
        BusinessDay { service: Service::Renewal, site: self.site.clone(), day }
    }

    /// From 20:00 on: a booking every few minutes, most on the web.
    fn book_renewals(&mut self, day: Date) -> Result<(), CityError> {
        let now = moment(day, 20 * 60, 0);
        let Some(window) = self.rules.bookable_days(Service::Renewal, &self.site, now, None) else {
            return Ok(());
        };
        let days: Vec<Date> = std::iter::successors(Some(window.first), |day| day.tomorrow().ok())
            .take_while(|day| *day <= window.last)
            .filter(|day| self.rules.is_open(Service::Renewal, &self.site, *day))
            .take(20)
            .collect();
        let mut acts = Vec::new();
        for n in 0..self.renewals.bookings {
            let confirmed = moment(day, 20 * 60, n * 300 + 120);
            if confirmed > self.until {
                break;
            }
            let Some((visit, start)) = self.free_renewal(&days) else { break };
            let slot = Slot { service: Service::Renewal, site: self.site.clone(), day: visit, start };
            let dice = &self.renewals.dice;
            let visitor = if dice.percent(90) { Visitor::Principal } else { Visitor::Proxy };
            let pins =
                if dice.percent(75) || visitor == Visitor::Proxy { Pins::Known } else { Pins::Forgotten };
            let language = if dice.percent(94) { "ja" } else { "en" };
            let people = vec![(slot, Coming { visitor, pins })];
            let wish = Wish { people, channel: Channel::Web, language: language.to_owned() };
            let held = dice.act(moment(day, 20 * 60, n * 300), Actor::Citizen);
            acts.push((held, (wish, dice.act(confirmed, Actor::Citizen))));
        }
        let (keys, rules) = (self.keys.clone(), Arc::clone(&self.rules));
        let booked = self.each(acts, move |tx, act, (wish, confirming)| {
            let held = renewal::hold(tx, act, &keys, &rules, wish, 10, None)?;
            let held: Vec<_> = held.iter().map(|held| (held.id, None)).collect();
            Ok(party::confirm(tx, confirming, &held)?)
        })?;
        for reservation in booked.into_iter().flatten() {
            let visits = self.renewals.visits.entry(reservation.slot.day).or_default();
            visits.push((reservation.id, reservation.slot.start));
        }
        Ok(())
    }

    /// A free slot on one of these days, early days more often; taken for good once answered.
    fn free_renewal(&mut self, days: &[Date]) -> Option<(Date, Start)> {
        let begin = self.renewals.dice.early(days.len());
        for day in days.get(begin..)? {
            let slots = self.rules.slots(Service::Renewal, &self.site, *day);
            let from = self.renewals.dice.below(u32::try_from(slots.len()).unwrap_or(0));
            let from = usize::try_from(from).unwrap_or(0);
            let used = &mut self.renewals.used;
            let free = slots
                .iter()
                .cycle()
                .skip(from)
                .take(slots.len())
                .find(|(start, grant)| used.get(&(*day, *start)).copied().unwrap_or(0) < grant.places);
            if let Some((start, _)) = free {
                *used.entry((*day, *start)).or_default() += 1;
                return Some((*day, *start));
            }
        }
        None
    }

    /// In the morning the list of the next open day is frozen, and goes to the city before noon.
    fn list_next_renewals(&mut self, day: Date) -> Result<(), CityError> {
        let next = self.rules.next_open_day(Service::Renewal, &self.site, day);
        let Some(next) = next.filter(|_| self.has_come(day, 10 * 60)) else { return Ok(()) };
        let next = self.renewals_of(next);
        let dice = &self.renewals.dice;
        let frozen = dice.act(moment(day, 9 * 60 + 25, 0), self.staff.operator);
        let transferred = dice.act(moment(day, 9 * 60 + 55, 0), self.staff.operator);
        self.write(move |tx| {
            store::day_list::freeze(tx, &frozen, &next)?;
            Ok(store::day_list::transfer(tx, &transferred, &next, "市民課 架空", CityRecord::Paper)?)
        })
    }

    /// The visitors of the day; who does not come stays expected until the close.
    fn serve_renewals(&mut self, day: Date) -> Result<(), CityError> {
        let mut acts = Vec::new();
        for (reservation, start) in self.renewals.visits.remove(&day).unwrap_or_default() {
            let dice = &self.renewals.dice;
            let early_or_late = dice.below(12 * 60);
            let at = |seconds: u32| moment(day, start.minutes().saturating_sub(4), early_or_late + seconds);
            if dice.percent(6) || at(0) > self.until {
                continue;
            }
            let renewed = at(900 + dice.below(300));
            let checked = at(240 + dice.below(240));
            let checked = (checked <= self.until).then(|| dice.act(checked, self.staff.operator));
            let renewed = (renewed <= self.until).then(|| dice.act(renewed, self.staff.city));
            acts.push((dice.act(at(0), self.staff.operator), (reservation, checked, renewed)));
        }
        self.each(acts, |tx, act, (reservation, checked, renewed)| {
            let id: ReceptionId = store::reception::arrive(tx, act, *reservation)?;
            if let Some(act) = checked {
                let found = store::reservation::find(tx, *reservation)?;
                let (visitor, pins) = found.map_or((None, None), |found| (found.visitor, found.pins));
                let sheet = (Sheet::of_visitor(visitor), pins.unwrap_or(Pins::Known));
                store::reception::check_renewal(tx, act, id, sheet)?;
            }
            if let Some(act) = renewed {
                store::reception::renewed(tx, act, id, "市民課 架空", CityRecord::Account)?;
            }
            Ok(())
        })
        .map(drop)
    }

    /// After the doors close: who did not come, the city's count, the close.
    fn close_renewals(&mut self, day: Date, minute: u16) -> Result<(), CityError> {
        if !self.has_come(day, minute + 30) {
            return Ok(());
        }
        let of = self.renewals_of(day);
        let dice = &self.renewals.dice;
        let not_come = dice.act(moment(day, minute, 0), self.staff.person_in_charge);
        let closed = dice.act(moment(day, minute + 20, 0), self.staff.person_in_charge);
        self.write(move |tx| {
            store::reception::none_came(tx, &not_come, &of)?;
            let counts = store::report::counts(tx, &of)?;
            Ok(store::report::close(tx, &closed, &of, None, counts.issued, "")?)
        })
        .map(drop)
    }
}
