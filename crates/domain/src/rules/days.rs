//! Open days before and after a day, and the days that can be booked on the web.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::{Booking, RuleSet};
use crate::journal::{BusinessDay, Slot};
use crate::reservation::Limit;
use crate::service::{Service, SiteCode};
use crate::time::{day_of, end_of_day, instant_at};

/// How many days are searched for an open day, either way; a service that is closed longer has none.
const SEARCH_DAYS: usize = 400;

/// The days for which the web takes reservations, both ends included and open; closed and full days lie between.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BookableDays {
    /// The first day.
    pub first: Date,
    /// The last day.
    pub last: Date,
}

impl RuleSet {
    /// The next day after `after` on which the service is open at the site.
    pub fn next_open_day(&self, service: Service, site: &SiteCode, after: Date) -> Option<Date> {
        days_after(after).take(SEARCH_DAYS).find(|day| self.is_open(service, site, *day))
    }

    /// The last day before `before` on which the service is open at the site.
    pub fn previous_open_day(&self, service: Service, site: &SiteCode, before: Date) -> Option<Date> {
        let back = std::iter::successors(before.yesterday().ok(), |day| day.yesterday().ok());
        back.take(SEARCH_DAYS).find(|day| self.is_open(service, site, *day))
    }

    /// The nth open day after a day; `n` of 0 gives the day itself.
    pub fn nth_open_day_after(&self, service: Service, site: &SiteCode, after: Date, n: u8) -> Option<Date> {
        (0..n).try_fold(after, |day, _| self.next_open_day(service, site, day))
    }

    /// The nth open day before a day; `n` of 0 gives the day itself.
    pub fn nth_open_day_before(
        &self,
        service: Service,
        site: &SiteCode,
        before: Date,
        n: u8,
    ) -> Option<Date> {
        (0..n).try_fold(before, |day, _| self.previous_open_day(service, site, day))
    }

    /// The first day of a visit for a letter that was posted on a day, by the rule of that day.
    ///
    /// None: the service takes no reservations, or is not open again in the next year.
    pub fn opens_from(&self, service: Service, site: &SiteCode, posted: Date) -> Option<Date> {
        let days = self.booking(service, posted)?.opens_business_days_after_posting;
        self.nth_open_day_after(service, site, posted, days)
    }

    /// Whether the web still books for a day, or moves to it: until the end of the nth open day before it (2 by the
    /// profile), because the city gets the list of a day on the morning before.
    pub fn is_before_web_cutoff(&self, service: Service, site: &SiteCode, day: Date, now: Timestamp) -> bool {
        let today = day_of(now);
        self.booking(service, today).is_some_and(|booking| {
            let last = self.nth_open_day_before(service, site, day, booking.web_cutoff_open_days);
            last.is_some_and(|last| today <= last)
        })
    }

    /// The rule that keeps the staff from booking a slot now, or from moving to it: of those that stand in the clock and
    /// the calendar. Whether a place is free is not asked here.
    pub fn staff_limit(&self, slot: &Slot, now: Timestamp) -> Option<Limit> {
        if now >= instant_at(slot.day, slot.start.minutes()) {
            return Some(Limit::Begun);
        }
        self.staff_limit_of_day(&slot.business_day(), now)
    }

    /// [`Self::staff_limit`] of every slot of a day that has not begun. A service without reservations has no window.
    pub fn staff_limit_of_day(&self, of: &BusinessDay, now: Timestamp) -> Option<Limit> {
        let BusinessDay { service, site, day } = of;
        let today = day_of(now);
        let Some(booking) = self.booking(*service, today) else { return Some(Limit::Window) };
        if *day > today.saturating_add(i64::from(booking.window_days).days()) {
            return Some(Limit::Window);
        }
        let last = self.nth_open_day_before(*service, site, *day, booking.staff_cutoff_open_days);
        if last.is_none_or(|last| today > last) { Some(Limit::Cutoff) } else { None }
    }

    /// Until when an offer that is made now stands by the rule: the end of the nth open day after today. A service without
    /// reservations has no offers.
    pub fn offer_until(&self, service: Service, site: &SiteCode, now: Timestamp) -> Option<Timestamp> {
        let today = day_of(now);
        let days = self.booking(service, today)?.offer_open_days;
        let last = self.nth_open_day_after(service, site, today, days)?;
        Some(end_of_day(last))
    }

    /// Whether citizens can leave a wish for an earlier day by the rule of a day.
    pub fn takes_wishes(&self, service: Service, today: Date) -> bool {
        self.booking(service, today).is_some_and(|booking| booking.wish_open_days > 0)
    }

    /// Until when a place that is held now for a wish stands: the end of the nth open day after today, but not longer than
    /// the web books for its day, nor until it begins. None: no wishes are taken.
    pub fn wish_until(&self, slot: &Slot, now: Timestamp) -> Option<Timestamp> {
        let (Slot { service, site, day, start }, today) = (slot, day_of(now));
        let booking = self.booking(*service, today).filter(|booking| booking.wish_open_days > 0)?;
        let last = self.nth_open_day_after(*service, site, today, booking.wish_open_days)?;
        let cutoff = self.nth_open_day_before(*service, site, *day, booking.web_cutoff_open_days)?;
        Some(end_of_day(last.min(cutoff)).min(instant_at(*day, start.minutes())))
    }

    /// The instant from which on the web no longer moves a reservation away from its slot.
    pub fn move_away_until(&self, slot: &Slot) -> Timestamp {
        self.before(slot, |booking| booking.web_move_away_minutes)
    }

    /// The instant from which on the web no longer cancels a reservation of a slot.
    pub fn cancel_until(&self, slot: &Slot) -> Timestamp {
        self.before(slot, |booking| booking.web_cancel_minutes)
    }

    /// So many minutes before a slot begins, by the rule of its day.
    fn before(&self, slot: &Slot, minutes: impl Fn(&Booking) -> u16) -> Timestamp {
        let begins = instant_at(slot.day, slot.start.minutes());
        let minutes = self.booking(slot.service, slot.day).map_or(0, minutes);
        begins.saturating_sub(SignedDuration::from_mins(i64::from(minutes))).unwrap_or(begins)
    }

    /// The days for which the web takes reservations now. `opens_from` is the first possible visit, such as
    /// [`Self::opens_from`] of a posted letter.
    ///
    /// None: the service takes no reservations, or no day in the window is open.
    pub fn bookable_days(
        &self,
        service: Service,
        site: &SiteCode,
        now: Timestamp,
        opens_from: Option<Date>,
    ) -> Option<BookableDays> {
        let today = day_of(now);
        let booking = self.booking(service, today)?;
        let open = std::iter::once(today)
            .chain(days_after(today))
            .take(usize::from(booking.window_days) + 1)
            .filter(|day| self.is_open(service, site, *day));
        // An open day is before its cut-off exactly if n open days lie before it from today on.
        let mut bookable = open
            .skip(usize::from(booking.web_cutoff_open_days))
            .filter(|day| opens_from.is_none_or(|from| *day >= from));
        let first = bookable.next()?;
        Some(BookableDays { first, last: bookable.last().unwrap_or(first) })
    }
}

fn days_after(day: Date) -> impl Iterator<Item = Date> {
    std::iter::successors(day.tomorrow().ok(), |day| day.tomorrow().ok())
}
