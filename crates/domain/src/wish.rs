//! Wishes for an earlier day: a citizen who has a place would rather come earlier, and is offered what becomes free, in the
//! order in which the wishes were left. Nobody loses the place that they have by wishing.
//!
//! It says which place fits a wish; who holds and offers it is the business of the store.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::capacity::seats;
use crate::codes;
use crate::rules::Weekdays;
use crate::time::Start;

codes! {
    /// Which times of the day are wished.
    pub enum Times {
        /// Any.
        Any = "any",
        /// Those that begin before noon.
        Morning = "morning",
        /// Those that begin at noon or later.
        Afternoon = "afternoon",
    }
}

codes! {
    /// How a wish stands.
    pub enum State {
        /// It waits for a place.
        Open = "open",
        /// A place was offered to it, and the citizen took it.
        Met = "met",
        /// It was taken back.
        Withdrawn = "withdrawn",
        /// Another wish came in its place, and waits from then on.
        Replaced = "replaced",
        /// Its days are over, or its booking ended or is as early as it could be.
        Ended = "ended",
    }
}

impl Times {
    /// The word on the screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Any => "いつでも",
            Self::Morning => "午前",
            Self::Afternoon => "午後",
        }
    }

    /// Whether a start is among them.
    pub fn has(self, start: Start) -> bool {
        let is_morning = start.minutes() < 12 * 60;
        match self {
            Self::Any => true,
            Self::Morning => is_morning,
            Self::Afternoon => !is_morning,
        }
    }
}

impl State {
    /// The word on the screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Open => "空き待ち",
            Self::Met => "変更済み",
            Self::Withdrawn => "取りやめ",
            Self::Replaced => "別の希望に変更",
            Self::Ended => "終了",
        }
    }
}

/// What is wished: days from one to another, both included, days of the week, and times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub until: Date,
    /// Which days of the week of them.
    pub weekdays: Weekdays,
    /// The times.
    pub times: Times,
}

/// What is free, by day and slot.
pub type Free = BTreeMap<Date, BTreeMap<Start, u32>>;

impl Wish {
    /// Whether a day is among those that are wished.
    pub fn has(&self, day: Date) -> bool {
        self.from <= day && day <= self.until && self.weekdays.contains(day.weekday())
    }

    /// The first free places for so many people who come together: of the wished days before the one that they have the
    /// earliest, and on it the earliest of the wished times. Everybody sits within those times. A day of `asked` was
    /// offered to them before, and they did not take it: it is not offered again. Takes nothing.
    pub fn first_fit(
        &self,
        people: usize,
        before: Date,
        asked: &BTreeSet<Date>,
        free: &Free,
    ) -> Option<(Date, Vec<Start>)> {
        let days = free.iter().take_while(|(day, _)| **day < before);
        let mut wished = days.filter(|(day, _)| self.has(**day) && !asked.contains(day));
        wished.find_map(|(day, slots)| {
            let slots: Vec<(Start, u32)> = slots
                .iter()
                .filter(|(start, _)| self.times.has(**start))
                .map(|(start, free)| (*start, *free))
                .collect();
            let seated = (0..slots.len()).find_map(|at| seats(people, slots.get(at..)?))?;
            Some((*day, seated))
        })
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;
    use jiff::civil::{Weekday, date};
    use proptest::prelude::*;

    use super::*;

    /// A Tuesday.
    const FIRST: Date = date(2026, 11, 24);

    fn day(n: i64) -> Date {
        FIRST.saturating_add(n.days())
    }

    fn start(text: &str) -> Start {
        text.parse().unwrap()
    }

    fn week() -> Weekdays {
        Weekdays::of((0..7).map(|n| Weekday::from_monday_zero_offset(n).unwrap()))
    }

    fn free(lines: &[(i64, &str, u32)]) -> Free {
        let mut free = Free::new();
        for (n, at, places) in lines {
            free.entry(day(*n)).or_default().insert(start(at), *places);
        }
        free
    }

    fn wish(from: i64, until: i64, times: Times) -> Wish {
        Wish { from: day(from), until: day(until), weekdays: week(), times }
    }

    fn found(wish: Wish, people: usize, before: i64, free: &Free) -> Option<(Date, Vec<Start>)> {
        wish.first_fit(people, day(before), &BTreeSet::new(), free)
    }

    #[test]
    fn r4_d_a_wish_gets_the_earliest_of_its_days_and_times() {
        let free = free(&[(0, "9:00", 1), (1, "11:50", 2), (1, "12:00", 1), (2, "13:00", 1)]);
        assert_eq!(found(wish(0, 5, Times::Any), 1, 9, &free), Some((day(0), vec![start("9:00")])));
        assert_eq!(found(wish(1, 5, Times::Any), 1, 9, &free), Some((day(1), vec![start("11:50")])));
        assert_eq!(found(wish(0, 5, Times::Afternoon), 1, 9, &free), Some((day(1), vec![start("12:00")])));
        assert_eq!(found(wish(2, 5, Times::Morning), 1, 9, &free), None);
        // A family sits together, and within the wished times.
        let three = vec![start("11:50"), start("11:50"), start("12:00")];
        assert_eq!(found(wish(0, 5, Times::Any), 3, 9, &free), Some((day(1), three)));
        assert_eq!(found(wish(0, 5, Times::Morning), 3, 9, &free), None);
        // The day is a Thursday.
        let thursdays = Wish { weekdays: Weekdays::of([Weekday::Thursday]), ..wish(0, 5, Times::Any) };
        assert_eq!(found(thursdays, 1, 9, &free), Some((day(2), vec![start("13:00")])));
    }

    #[test]
    fn r4_d_nothing_is_found_on_the_day_that_somebody_has_or_later_or_was_asked_for_before() {
        let free = free(&[(3, "9:00", 1)]);
        assert_eq!(found(wish(0, 9, Times::Any), 1, 3, &free), None);
        assert!(found(wish(0, 9, Times::Any), 1, 4, &free).is_some());
        assert_eq!(found(wish(5, 4, Times::Any), 1, 9, &free), None);
        let asked = BTreeSet::from([day(3)]);
        assert_eq!(wish(0, 9, Times::Any).first_fit(1, day(4), &asked, &free), None);
    }

    proptest! {
        #[test]
        fn r4_d_whoever_wished_earlier_gets_it_earlier(
            rooms in proptest::collection::vec((0..8i64, 54..80u16, 0..3u32), 0..40),
            wishes in proptest::collection::vec(
                (0..8i64, 0..8i64, 0..3usize, 1..=4usize, 1..9i64, 0..7i8), 0..20),
        ) {
            let mut free = Free::new();
            for (n, slot, places) in rooms {
                free.entry(day(n)).or_default().insert(Start::new(slot * 10).unwrap(), places);
            }
            let wishes: Vec<_> = wishes
                .into_iter()
                .map(|(from, until, times, people, has, without)| {
                    let but = Weekday::from_monday_zero_offset(without).unwrap();
                    let weekdays = (0..7).map(|n| Weekday::from_monday_zero_offset(n).unwrap());
                    let weekdays = Weekdays::of(weekdays.filter(|day| *day != but));
                    (Wish { weekdays, ..wish(from, until, Times::ALL[times]) }, people, has)
                })
                .collect();
            // They are served as the store does it: again and again the first of the list for whom there is something.
            let mut waiting: Vec<usize> = (0..wishes.len()).collect();
            loop {
                let fits = |n: &usize| {
                    let (wish, people, has) = wishes[*n];
                    found(wish, people, has, &free).map(|seats| (*n, seats))
                };
                let Some((n, (on, seats))) = waiting.iter().find_map(fits) else { break };
                // Nobody before them could have had anything of what was free at that moment.
                for earlier in waiting.iter().take_while(|other| **other != n) {
                    prop_assert!(fits(earlier).is_none());
                }
                let (wish, people, has) = wishes[n];
                prop_assert!(wish.has(on) && on < day(has) && seats.len() == people);
                for seat in seats {
                    prop_assert!(wish.times.has(seat));
                    let left = free.get_mut(&on).unwrap().get_mut(&seat).unwrap();
                    prop_assert!(*left > 0);
                    *left -= 1;
                }
                waiting.retain(|other| *other != n);
            }
        }
    }
}
