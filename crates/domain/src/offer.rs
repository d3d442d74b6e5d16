//! Offers: other places that are held for a booking until a deadline, for its citizen to accept or not. Nothing is
//! cancelled by an offer: until it is accepted, and after it was declined or ran out, the booking is as it was.
//!
//! It says where places are sought; who holds and frees them is the business of the store.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::capacity::seats;
use crate::codes;
use crate::id::{CardId, ReservationId};
use crate::journal::Slot;
use crate::reservation::hold_ran_out;
use crate::time::Start;

codes! {
    /// Why other places are offered.
    pub enum Reason {
        /// A change of the rules left fewer places than there are bookings.
        Rules = "rules",
        /// The counter is closed at the time of the booking.
        Closure = "closure",
        /// A citizen wished for another day, and a place on it became free.
        Wish = "wish",
        /// The staff chose it together with the citizen, who wants to think it over.
        Staff = "staff",
    }
}

codes! {
    /// How an offer stands.
    pub enum State {
        /// Places are held, and nobody answered yet.
        Open = "open",
        /// The citizen agreed, and the booking moved to them.
        Accepted = "accepted",
        /// The citizen did not want them.
        Declined = "declined",
        /// Nobody answered in time.
        Expired = "expired",
        /// It ended for a reason of its own: see [`Withdrawal`].
        Withdrawn = "withdrawn",
        /// None could be made: there was no place.
        NoPlace = "no_place",
    }
}

codes! {
    /// Why an offer ended without an answer.
    pub enum Withdrawal {
        /// A person of the staff took it back.
        Staff = "staff",
        /// The booking was moved to another time, which is an answer too.
        Moved = "moved",
        /// The booking was cancelled, or has ended.
        Ended = "ended",
        /// Others came into the booking, or left it.
        Party = "party",
        /// Other places were offered in its place.
        Replaced = "replaced",
        /// The wish that it answered was taken back.
        Wish = "wish",
    }
}

codes! {
    /// Whether places are still being held for those whom a change left without one.
    pub enum Work {
        /// It goes on, also after the program was ended in the middle of it.
        Running = "running",
        /// It is done.
        Done = "done",
    }
}

impl Reason {
    /// The word on the screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Rules => "定員の変更",
            Self::Closure => "窓口の休止",
            Self::Wish => "早い日の希望",
            Self::Staff => "職員からの提示",
        }
    }

    /// Whether the booking cannot stay where it is. Then its citizen is not one who did not come, and the move is none of
    /// those that they may make on the web.
    pub fn is_forced(self) -> bool {
        matches!(self, Self::Rules | Self::Closure)
    }
}

impl State {
    /// The word on the screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Open => "返事待ち",
            Self::Accepted => "同意・変更済み",
            Self::Declined => "辞退",
            Self::Expired => "期限までに返事なし",
            Self::Withdrawn => "取下げ",
            Self::NoPlace => "空きなし",
        }
    }

    /// How it stands for whoever looks now: an offer whose deadline is over is no longer open, whether or not the job
    /// that frees its places came round.
    #[must_use]
    pub fn seen(self, until: Timestamp, now: Timestamp) -> Self {
        if self == Self::Open && hold_ran_out(until, now) { Self::Expired } else { self }
    }
}

impl Withdrawal {
    /// The words on the screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Staff => "職員が取り下げました",
            Self::Moved => "予約が別の日時に変わりました",
            Self::Ended => "予約が終わりました",
            Self::Party => "予約の人が変わりました",
            Self::Replaced => "別の案内に替えました",
            Self::Wish => "早い日の希望が取りやめになりました",
        }
    }
}

/// A place that is held for somebody who has one elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposed {
    /// Of which reservation.
    pub reservation: ReservationId,
    /// For which card; none: a renewal, whose card is the citizen's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card: Option<CardId>,
    /// Where it is.
    pub from: Slot,
    /// What is held for it.
    pub to: Slot,
}

/// Among so many of the nearest open days the same time of day is sought before another time on a nearer day.
pub const SAME_TIME_DAYS: usize = 10;

/// The free places of one service at one site by day and slot, as they become fewer while people are placed.
#[derive(Debug, Clone, Default)]
pub struct FreePlaces {
    days: BTreeMap<Date, BTreeMap<Start, u32>>,
}

impl FreePlaces {
    /// Says how many places a slot has free.
    pub fn set(&mut self, day: Date, start: Start, free: u32) {
        self.days.entry(day).or_default().insert(start, free);
    }

    /// Places people who come together, each with the time at which they would have come, on another day or at another
    /// time: the same time of day on the nearest open days if it is free on one of [`SAME_TIME_DAYS`], or else the time
    /// nearest to it on the nearest day that has one. They sit in one slot or in slots that follow each other, in the
    /// order in which they would have come.
    ///
    /// Answers the day and the start of each, in the order of `people`, and takes the places; none if nothing is free
    /// within the days. Nobody is placed where they are: that would take two places of one slot for one visit.
    pub fn place(
        &mut self,
        people: &[Start],
        from: Date,
        within: &RangeInclusive<Date>,
    ) -> Option<(Date, Vec<Start>)> {
        let wanted = *people.iter().min()?;
        let mut days: Vec<Date> = self.days.range(within.clone()).map(|(day, _)| *day).collect();
        // The nearest first; of two that are as near, the later one, for which there is more time to prepare.
        days.sort_by_key(|day| (distance(from, *day), std::cmp::Reverse(*day)));
        let stays = |day: &Date, seats: &[Start]| {
            *day == from && in_their_order(people, seats).iter().zip(people).any(|(seat, now)| seat == now)
        };
        let at = |day: &Date, start: Start| {
            let seats = self.seats_at(*day, start, people.len())?;
            (!stays(day, &seats)).then_some((*day, seats))
        };
        let same = days.iter().take(SAME_TIME_DAYS).find_map(|day| at(day, wanted));
        let (day, seats) = same.or_else(|| {
            days.iter().find_map(|day| {
                let mut starts: Vec<Start> = self.days.get(day)?.keys().copied().collect();
                starts.sort_by_key(|start| (start.minutes().abs_diff(wanted.minutes()), *start < wanted));
                starts.into_iter().find_map(|start| at(day, start))
            })
        })?;
        if let Some(slots) = self.days.get_mut(&day) {
            for seat in &seats {
                slots.entry(*seat).and_modify(|free| *free = free.saturating_sub(1));
            }
        }
        Some((day, in_their_order(people, &seats)))
    }

    fn seats_at(&self, day: Date, start: Start, people: usize) -> Option<Vec<Start>> {
        let free: Vec<(Start, u32)> =
            self.days.get(&day)?.range(start..).map(|(start, free)| (*start, *free)).collect();
        seats(people, &free).filter(|seats| seats.first() == Some(&start))
    }
}

fn distance(one: Date, other: Date) -> i32 {
    (other - one).get_days().abs()
}

/// Who would have come first still comes first.
fn in_their_order(people: &[Start], seats: &[Start]) -> Vec<Start> {
    let mut order: Vec<usize> = (0..people.len()).collect();
    order.sort_by_key(|n| (people.get(*n), *n));
    let mut seated: Vec<(usize, Start)> = order.into_iter().zip(seats.iter().copied()).collect();
    seated.sort_unstable_by_key(|(n, _)| *n);
    seated.into_iter().map(|(_, start)| start).collect()
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::time::SLOT_MINUTES;

    fn start(text: &str) -> Start {
        text.parse().unwrap()
    }

    const FROM: Date = date(2026, 11, 24);

    fn free(lines: &[(Date, &str, u32)]) -> FreePlaces {
        let mut free = FreePlaces::default();
        for (day, at, places) in lines {
            free.set(*day, start(at), *places);
        }
        free
    }

    fn all() -> RangeInclusive<Date> {
        FROM..=date(2027, 1, 31)
    }

    #[test]
    fn r4_e_the_same_time_on_a_near_day_comes_before_another_time_on_a_nearer_one() {
        let (near, later) = (date(2026, 11, 25), date(2026, 11, 27));
        let mut places = free(&[(near, "14:00", 3), (near, "9:00", 0), (later, "9:00", 1)]);
        assert_eq!(places.place(&[start("9:00")], FROM, &all()), Some((later, vec![start("9:00")])));
        // That place is taken now.
        assert_eq!(places.place(&[start("9:00")], FROM, &all()), Some((near, vec![start("14:00")])));
        assert_eq!(free(&[]).place(&[start("9:00")], FROM, &all()), None);
    }

    #[test]
    fn r4_e_nobody_is_placed_where_they_are() {
        // Of a family, one has to leave nine; the other one's own slot still has room for both.
        let mut places = free(&[(FROM, "9:10", 2), (FROM, "11:00", 2)]);
        let people = [start("9:00"), start("9:10")];
        assert_eq!(places.place(&people, FROM, &all()), Some((FROM, vec![start("11:00"); 2])));
    }

    #[test]
    fn r4_d_a_family_sits_together_in_the_order_in_which_it_would_have_come() {
        let day = date(2026, 11, 26);
        let people = [start("9:10"), start("9:00"), start("9:00")];
        let mut places = free(&[(day, "9:00", 2), (day, "9:10", 1), (day, "10:00", 9)]);
        let (on, seats) = places.place(&people, FROM, &all()).unwrap();
        assert_eq!((on, seats), (day, vec![start("9:10"), start("9:00"), start("9:00")]));
        // What is left at nine would part them.
        let (_, seats) = places.place(&people, FROM, &all()).unwrap();
        assert_eq!(seats, [start("10:00"); 3]);
    }

    proptest! {
        #[test]
        fn r4_d_whoever_is_placed_sits_together_where_there_was_room_and_nobody_is_placed_twice(
            rooms in proptest::collection::vec((0..12i64, 54..70u16, 0..4u32), 0..60),
            groups in proptest::collection::vec(
                (proptest::collection::vec(54..60u16, 1..=4), 0..12i64, 0..6i64, 0..12i64), 1..24),
        ) {
            let day = |n: i64| FROM.saturating_add(n.days());
            let at = |n: u16| Start::new(n * SLOT_MINUTES).unwrap();
            let mut places = FreePlaces::default();
            for (n, slot, count) in &rooms {
                places.set(day(*n), at(*slot), *count);
            }
            let mut left = places.days.clone();
            for (people, from, first, days) in &groups {
                let people: Vec<Start> = people.iter().map(|n| at(*n)).collect();
                let within = day(*first)..=day(first + days);
                let before = left.clone();
                let Some((on, seats)) = places.place(&people, day(*from), &within) else {
                    // Then no slot of these days has room for them, unless somebody of them is there already.
                    for (on, slots) in before.range(within) {
                        for begin in slots.keys().filter(|_| *on != day(*from)) {
                            let from_here: Vec<_> = slots.range(begin..).map(|(s, n)| (*s, *n)).collect();
                            prop_assert!(seats_of(people.len(), &from_here).is_none(), "{on} {begin}");
                        }
                    }
                    continue;
                };
                prop_assert!(within.contains(&on));
                prop_assert_eq!(seats.len(), people.len());
                for seat in &seats {
                    let room = left.get_mut(&on).unwrap().get_mut(seat).unwrap();
                    prop_assert!(*room > 0, "a place that was not free");
                    *room -= 1;
                }
                let mut sorted = seats.clone();
                sorted.sort_unstable();
                for two in sorted.windows(2) {
                    prop_assert!(two[1].minutes() - two[0].minutes() <= SLOT_MINUTES, "the family is parted");
                }
                prop_assert!(on != day(*from) || people.iter().zip(&seats).all(|(now, seat)| now != seat));
                for (one, other) in (0..people.len()).flat_map(|a| (0..people.len()).map(move |b| (a, b))) {
                    prop_assert!(people[one] >= people[other] || seats[one] <= seats[other]);
                }
                // The same time of day was not passed over on one of the nearest days.
                let wanted = *people.iter().min().unwrap();
                if sorted[0] != wanted {
                    let mut near: Vec<Date> = before.range(within).map(|(day, _)| *day).collect();
                    near.sort_by_key(|one| (distance(day(*from), *one), std::cmp::Reverse(*one)));
                    for one in near.iter().take(SAME_TIME_DAYS).filter(|one| **one != day(*from)) {
                        let from_here: Vec<_> = before[one].range(wanted..).map(|(s, n)| (*s, *n)).collect();
                        let here = from_here.first().is_some_and(|(start, _)| *start == wanted);
                        prop_assert!(!here || seats_of(people.len(), &from_here).is_none());
                    }
                }
            }
        }
    }

    fn seats_of(people: usize, free: &[(Start, u32)]) -> Option<Vec<Start>> {
        seats(people, free)
    }
}
