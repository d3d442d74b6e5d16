//! Reservations of a demo city: by citizens at home, by telephone and at the counter, and their cancellations.

use std::sync::Arc;

use domain::id::CardId;
use domain::journal::{Actor, Slot};
use domain::reservation::Channel;
use domain::service::Service;
use domain::time::Start;
use jiff::ToSpan as _;
use jiff::civil::Date;
use store::reservation::Wish;

use super::city::{City, CityError, Visit, moment};

impl City<'_> {
    /// Somebody will book some days after a day.
    pub(super) fn wish(&mut self, day: Date, days: u32, card: CardId) {
        let day = day.saturating_add(i64::from(days).days());
        self.wishes.entry(day).or_default().push(card);
    }

    /// From 9:30 on: telephone and counter.
    pub(super) fn book_by_staff(&mut self, day: Date) -> Result<(), CityError> {
        let Some(wishes) = self.wishes.get_mut(&day) else { return Ok(()) };
        let all = std::mem::take(wishes);
        let (now, later): (Vec<CardId>, Vec<CardId>) = all.into_iter().partition(|_| self.dice.percent(30));
        self.wishes.insert(day, later);
        let channel = |city: &Self| if city.dice.percent(85) { Channel::Telephone } else { Channel::Counter };
        let minutes = 7 * 60;
        self.book(day, now, 9 * 60 + 30, minutes, channel)?;
        self.cancel(day)
    }

    /// In the evening, and on days on which the counter is closed: the web.
    pub(super) fn book_at_home(&mut self, day: Date) -> Result<(), CityError> {
        let wishes = self.wishes.remove(&day).unwrap_or_default();
        self.book(day, wishes, 19 * 60, 4 * 60, |_| Channel::Web)
    }

    fn book(
        &mut self,
        day: Date,
        cards: Vec<CardId>,
        from: u16,
        minutes: u16,
        channel: impl Fn(&Self) -> Channel,
    ) -> Result<(), CityError> {
        let pause = u32::from(minutes) * 60 / u32::try_from(cards.len()).unwrap_or(u32::MAX).max(1);
        let now = moment(day, from, 0);
        let Some(window) = self.rules.bookable_days(Service::Issuance, &self.site, now, None) else {
            return Ok(());
        };
        let days: Vec<Date> = std::iter::successors(Some(window.first), |day| day.tomorrow().ok())
            .take_while(|day| *day <= window.last)
            .filter(|day| self.rules.is_open(Service::Issuance, &self.site, *day))
            .collect();
        let mut acts = Vec::new();
        for (n, card) in (0..).zip(cards) {
            let at = moment(day, from, n * pause);
            if at.saturating_add(jiff::SignedDuration::from_mins(4)).is_ok_and(|end| end > self.until) {
                break;
            }
            let Some(opens) = self.opens.get(&card) else { continue };
            let first = days.partition_point(|day| day < opens);
            let Some((visit, start)) = self.free_slot(&days[first..]) else { continue };
            let channel = channel(self);
            let actor = if channel == Channel::Web { Actor::Citizen } else { self.staff.operator };
            let language = if self.dice.percent(94) { "ja" } else { "en" };
            let slot = Slot { service: Service::Issuance, site: self.site.clone(), day: visit, start };
            let wish = Wish { card, slot, channel, language: language.to_owned() };
            let confirmed = moment(day, from, n * pause + 90 + self.dice.below(120));
            acts.push((self.dice.act(at, actor), (wish, self.dice.act(confirmed, actor))));
        }
        let (keys, rules) = (self.keys.clone(), Arc::clone(&self.rules));
        let booked = self.each(acts, move |tx, act, (wish, confirming)| {
            if wish.channel == Channel::Web {
                let held = store::reservation::hold(tx, act, &keys, &rules, wish, 10)?;
                Ok(store::reservation::confirm(tx, confirming, held.id)?)
            } else {
                Ok(store::reservation::book(tx, act, &keys, &rules, wish)?)
            }
        })?;
        for reservation in booked {
            let Some(card) = reservation.card else { continue };
            let visit = Visit { reservation: reservation.id, card, start: reservation.slot.start };
            self.visits.entry(reservation.slot.day).or_default().push(visit);
        }
        Ok(())
    }

    /// A free slot on one of these days, early ones more often; taken for good once answered.
    fn free_slot(&mut self, days: &[Date]) -> Option<(Date, Start)> {
        if days.is_empty() {
            return None;
        }
        let begin = self.dice.early(days.len());
        for day in days[begin..].iter().chain(&days[..begin]) {
            if self.full.contains(day) {
                continue;
            }
            let slots = self.slots_of(*day);
            let from = usize::try_from(self.dice.below(u32::try_from(slots.len()).unwrap_or(0))).unwrap_or(0);
            let free = slots[from..]
                .iter()
                .chain(&slots[..from])
                .find(|(start, places)| self.used.get(&(*day, *start)).copied().unwrap_or(0) < *places);
            if let Some((start, _)) = free {
                *self.used.entry((*day, *start)).or_default() += 1;
                return Some((*day, *start));
            }
            self.full.insert(*day);
        }
        None
    }

    fn slots_of(&mut self, day: Date) -> Arc<[(Start, u16)]> {
        let (rules, site) = (&self.rules, &self.site);
        let look = || {
            rules
                .slots(Service::Issuance, site, day)
                .iter()
                .map(|(start, grant)| (*start, grant.places))
                .collect()
        };
        self.slots.entry(day).or_insert_with(look).clone()
    }

    /// 15:00: some who are expected in the coming days cannot come after all; most of them book again.
    fn cancel(&mut self, day: Date) -> Result<(), CityError> {
        let minute = 15 * 60;
        if !self.has_come(day, minute + 60) {
            return Ok(());
        }
        let Some(visit_day) = self.later(day, 3) else { return Ok(()) };
        let Some(visits) = self.visits.get_mut(&visit_day) else { return Ok(()) };
        let all = std::mem::take(visits);
        let (cancelled, kept): (Vec<Visit>, Vec<Visit>) = all.into_iter().partition(|_| self.dice.percent(5));
        self.visits.insert(visit_day, kept);
        let mut acts = Vec::new();
        for (n, visit) in (0..).zip(cancelled) {
            let (channel, actor) = if self.dice.percent(60) {
                (Channel::Web, Actor::Citizen)
            } else {
                (Channel::Telephone, self.staff.operator)
            };
            if let Some(used) = self.used.get_mut(&(visit_day, visit.start)) {
                *used = used.saturating_sub(1);
                self.full.remove(&visit_day);
            }
            if self.dice.percent(70) {
                let days = 1 + self.dice.below(6);
                self.wish(day, days, visit.card);
            }
            acts.push((self.dice.act(moment(day, minute, n * 7), actor), (visit.reservation, channel)));
        }
        let rules = Arc::clone(&self.rules);
        self.each(acts, move |tx, act, (reservation, channel)| {
            Ok(store::reservation::cancel(tx, act, &rules, *reservation, *channel)?)
        })
        .map(drop)
    }
}
