//! The counts of a day, folded from the journal, and the line that reconciles them.
//!
//! Nothing here counts rows of tables: a figure that the journal does not carry does not exist.

mod work;

use std::collections::BTreeMap;

pub use work::{AtClose, Main, Work};

use crate::correction::{self, End};
use crate::id::ReservationId;
use crate::journal::{BusinessDay, Entry};
use crate::reception::Reason;
use crate::reservation::Channel;

/// How a reservation of the day ended, as it was first recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ended {
    Cancelled,
    Visit(End),
}

/// What the entries tell of one reservation, in whatever order they come.
#[derive(Debug, Default)]
struct Told {
    channel: Option<Channel>,
    /// How often it came to the day: booked for it, or moved to it.
    came_in: u32,
    /// How often it was moved away to another day.
    went_out: u32,
    arrived: bool,
    end: Option<Ended>,
    /// What of its end was corrected to what.
    corrections: Vec<(End, End)>,
}

/// The counts of one day of one service at one site (11(6)キ).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DayCounts {
    /// Reservations that were ever for the day, booked for it or moved to it, by channel.
    pub booked: BTreeMap<Channel, u32>,
    /// Moved to another day, and not back.
    pub moved: u32,
    /// Cancelled before the visit.
    pub cancelled: u32,
    /// Not yet decided: nobody came so far.
    pub waiting: u32,
    /// With us at this moment.
    pub here: u32,
    /// カード交付完了.
    pub issued: u32,
    /// Sent away, by reason.
    pub sent_away: BTreeMap<Reason, u32>,
    /// Left before the end.
    pub left: u32,
    /// 不来庁.
    pub not_come: u32,
    /// What the city counted as issued, once the day is closed.
    pub city_issued: Option<u32>,
}

/// The entries contradict each other.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Contradiction {
    /// Something happened to a reservation that was never for this day.
    #[error("reservation {0} was never for this day")]
    NeverBooked(ReservationId),
    /// The reservation ended in two ways.
    #[error("reservation {0} ended twice")]
    EndedTwice(ReservationId),
    /// The reservation was moved away more often than it came, or ended on a day that it had left.
    #[error("reservation {0} came and went in a way that cannot be")]
    Moves(ReservationId),
    /// The visitor was served or sent away without having arrived, or arrived and did not come.
    #[error("reservation {0} ended without an arrival, or with one too many")]
    Arrival(ReservationId),
    /// The corrections of its end do not lead from one end to one end.
    #[error("reservation {0} was corrected in a way that cannot be")]
    Corrected(ReservationId),
}

/// Folds the day's entries into its counts.
///
/// Their order does not matter: clocks of two nodes may differ by a moment, and the way of a reservation has no
/// circles, so what was told of it decides where it stands.
#[derive(Debug, Default)]
pub struct Fold {
    told: BTreeMap<ReservationId, Told>,
    city_issued: Option<u32>,
}

impl Fold {
    /// Takes the next entry. Entries that do not concern the day's counts are passed over.
    pub fn take(&mut self, of: &BusinessDay, entry: &Entry) -> Result<(), Contradiction> {
        match entry {
            Entry::Booked { reservation, slot, channel, .. } if slot.business_day() == *of => {
                self.came_in(*reservation, *channel);
                Ok(())
            }
            // Within the day nothing of its counts changes.
            Entry::Moved { from, to, .. } if from.business_day() == to.business_day() => Ok(()),
            Entry::Moved { reservation, to, channel, .. } if to.business_day() == *of => {
                self.came_in(*reservation, *channel);
                Ok(())
            }
            Entry::Moved { reservation, from, .. } if from.business_day() == *of => {
                self.told.entry(*reservation).or_default().went_out += 1;
                Ok(())
            }
            Entry::Arrived { reservation, day, .. } if day == of => {
                self.told.entry(*reservation).or_default().arrived = true;
                Ok(())
            }
            Entry::Cancelled { reservation, slot, .. } if slot.business_day() == *of => {
                self.end(*reservation, Ended::Cancelled)
            }
            Entry::Issued { reservation, day, .. } if day == of => {
                self.end(*reservation, Ended::Visit(End::Issued))
            }
            Entry::SentAway { reservation, day, reason, .. } if day == of => {
                self.end(*reservation, Ended::Visit(End::SentAway { reason: *reason }))
            }
            Entry::Left { reservation, day, .. } if day == of => {
                self.end(*reservation, Ended::Visit(End::Left))
            }
            Entry::NotCome { reservation, day, .. } if day == of => {
                self.end(*reservation, Ended::Visit(End::NotCome))
            }
            Entry::EndCorrected { reservation, day, from, to, .. } if day == of => {
                self.told.entry(*reservation).or_default().corrections.push((*from, *to));
                Ok(())
            }
            Entry::DayClosed { day, city_count, .. } if day == of => {
                self.city_issued = Some(*city_count);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn came_in(&mut self, reservation: ReservationId, channel: Channel) {
        let told = self.told.entry(reservation).or_default();
        told.channel = Some(channel);
        told.came_in += 1;
    }

    fn end(&mut self, reservation: ReservationId, end: Ended) -> Result<(), Contradiction> {
        match self.told.entry(reservation).or_default().end.replace(end) {
            Some(_) => Err(Contradiction::EndedTwice(reservation)),
            None => Ok(()),
        }
    }

    /// The counts, if the entries make sense together.
    pub fn counts(&self) -> Result<DayCounts, Contradiction> {
        let mut counts = DayCounts { city_issued: self.city_issued, ..DayCounts::default() };
        for (reservation, told) in &self.told {
            let channel = told.channel.ok_or(Contradiction::NeverBooked(*reservation))?;
            // It is here once, or it went; who went has no end of this day.
            let is_here = match told.came_in.checked_sub(told.went_out) {
                Some(1) => true,
                Some(0) if told.end.is_none() && !told.arrived => false,
                _ => return Err(Contradiction::Moves(*reservation)),
            };
            let must_arrive = matches!(told.end, Some(Ended::Visit(end)) if end != End::NotCome);
            if told.end.is_some() && told.arrived != must_arrive {
                return Err(Contradiction::Arrival(*reservation));
            }
            let end = match told.end {
                Some(Ended::Visit(first)) => {
                    let last = correction::last(first, &told.corrections);
                    Some(Ended::Visit(last.map_err(|_| Contradiction::Corrected(*reservation))?))
                }
                _ if !told.corrections.is_empty() => return Err(Contradiction::Corrected(*reservation)),
                other => other,
            };
            *counts.booked.entry(channel).or_default() += 1;
            match end {
                None if !is_here => counts.moved += 1,
                None if told.arrived => counts.here += 1,
                None => counts.waiting += 1,
                Some(Ended::Cancelled) => counts.cancelled += 1,
                Some(Ended::Visit(End::Issued)) => counts.issued += 1,
                Some(Ended::Visit(End::SentAway { reason })) => {
                    *counts.sent_away.entry(reason).or_default() += 1;
                }
                Some(Ended::Visit(End::Left)) => counts.left += 1,
                Some(Ended::Visit(End::NotCome)) => counts.not_come += 1,
            }
        }
        Ok(counts)
    }
}

impl DayCounts {
    /// Reservations that were ever for the day.
    pub fn booked_total(&self) -> u32 {
        self.booked.values().sum()
    }

    /// Visitors sent away, for whatever reason.
    pub fn sent_away_total(&self) -> u32 {
        self.sent_away.values().sum()
    }

    /// Visitors who came.
    pub fn came(&self) -> u32 {
        self.here + self.issued + self.sent_away_total() + self.left
    }

    /// The right side of the line that reconciles: booked = moved + cancelled + issued + sent away + left
    /// + not come + here + waiting.
    pub fn accounted(&self) -> u32 {
        self.moved + self.cancelled + self.came() + self.not_come + self.waiting
    }

    /// Whether the line reconciles.
    pub fn reconciles(&self) -> bool {
        self.booked_total() == self.accounted()
    }

    /// Whether nothing of the day is open any more.
    pub fn is_complete(&self) -> bool {
        self.waiting == 0 && self.here == 0
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::id::{CardId, Id, ReceptionId};
    use crate::journal::{CityRecord, Slot};
    use crate::service::Service;

    fn day() -> BusinessDay {
        BusinessDay { service: Service::Issuance, site: "honcho".parse().unwrap(), day: date(2026, 11, 24) }
    }

    /// What a reservation of the day may have gone through.
    fn story(n: u128, kind: u8) -> Vec<Entry> {
        let other = |day| Slot {
            service: Service::Issuance,
            site: "honcho".parse().unwrap(),
            day,
            start: "10:00".parse().unwrap(),
        };
        let moved = |from: &Slot, to: &Slot| Entry::Moved {
            reservation: ReservationId::from_parts(1, n),
            card: Some(CardId::from_parts(1, n)),
            from: from.clone(),
            to: to.clone(),
            channel: Channel::Web,
            by: Channel::Telephone,
            forced: false,
        };
        let (reservation, reception) = (ReservationId::from_parts(1, n), ReceptionId::from_parts(1, n));
        let card = Some(CardId::from_parts(1, n));
        let slot = Slot {
            service: Service::Issuance,
            site: "honcho".parse().unwrap(),
            day: date(2026, 11, 24),
            start: "9:00".parse().unwrap(),
        };
        let booked = Entry::Booked {
            reservation,
            card,
            slot: slot.clone(),
            channel: Channel::Web,
            party: None,
            visitor: None,
            pins: None,
        };
        let arrived = Entry::Arrived { reception, reservation, card, day: day() };
        let recorded = CityRecord::Paper;
        match kind {
            0 => vec![booked],
            1 => vec![booked, Entry::Cancelled { reservation, card, slot, channel: Channel::Web }],
            2 => vec![booked, arrived],
            3 => vec![booked, arrived, Entry::Issued { reception, reservation, card, day: day(), recorded }],
            4 => {
                let reason = Reason::Notice;
                vec![booked, arrived, Entry::SentAway { reception, reservation, card, day: day(), reason }]
            }
            5 => vec![booked, arrived, Entry::Left { reception, reservation, card, day: day() }],
            6 => vec![booked, Entry::NotCome { reservation, card, day: day() }],
            7 => vec![booked, moved(&slot, &other(date(2026, 11, 27)))],
            8 => vec![booked, moved(&slot, &other(date(2026, 11, 24)))],
            // Said not to have come, then left, then sent away for this and for that; and back to having left.
            10 | 11 => {
                let corrected =
                    |from, to| Entry::EndCorrected { reservation, reception, card, day: day(), from, to };
                let away = |reason| End::SentAway { reason };
                let mut told = vec![
                    booked,
                    Entry::NotCome { reservation, card, day: day() },
                    corrected(End::NotCome, End::Left),
                    corrected(End::Left, away(Reason::Notice)),
                    corrected(away(Reason::Notice), End::Left),
                ];
                if kind == 11 {
                    told.push(corrected(End::Left, End::Issued));
                }
                told
            }
            _ => {
                let there = other(date(2026, 11, 27));
                let back = [moved(&slot, &there), moved(&there, &slot)].into_iter();
                let end = [arrived, Entry::Issued { reception, reservation, card, day: day(), recorded }];
                std::iter::once(booked).chain(back).chain(end).collect()
            }
        }
    }

    fn fold(entries: &[Entry]) -> Result<DayCounts, Contradiction> {
        let mut fold = Fold::default();
        for entry in entries {
            fold.take(&day(), entry)?;
        }
        fold.counts()
    }

    proptest! {
        #[test]
        fn g15_every_days_counts_reconcile_in_whatever_order(kinds in prop::collection::vec(0_u8..12, 0..40), turn in any::<prop::sample::Index>()) {
            let mut entries: Vec<Entry> = (1_u128..).zip(&kinds).flat_map(|(n, kind)| story(n, *kind)).collect();
            let counts = fold(&entries).unwrap();
            prop_assert!(counts.reconciles());
            prop_assert_eq!(counts.booked_total() as usize, kinds.len());
            let of = |wanted: &[u8]| kinds.iter().filter(|kind| wanted.contains(kind)).count();
            let (issued, moved) = (of(&[3, 9, 11]), of(&[7]));
            prop_assert_eq!((counts.issued as usize, counts.moved as usize), (issued, moved));
            prop_assert_eq!((counts.left as usize, counts.not_come as usize), (of(&[5, 10]), of(&[6])));
            if !entries.is_empty() {
                let at = turn.index(entries.len());
                entries.rotate_left(at);
            }
            entries.reverse();
            prop_assert_eq!(fold(&entries).unwrap(), counts);
        }
    }

    #[test]
    fn what_cannot_be_is_said() {
        let issued = story(1, 3);
        assert!(matches!(fold(&issued[1..]), Err(Contradiction::NeverBooked(_))));
        assert!(matches!(fold(&[issued[0].clone(), issued[2].clone()]), Err(Contradiction::Arrival(_))));
        let away = story(1, 7);
        assert!(matches!(fold(&away[1..]), Err(Contradiction::NeverBooked(_))));
        let ended_elsewhere = [story(1, 7), story(1, 1).split_off(1)].concat();
        assert!(matches!(fold(&ended_elsewhere), Err(Contradiction::Moves(_))));
        let twice = [story(1, 3), story(1, 6)].concat();
        assert!(matches!(fold(&twice), Err(Contradiction::EndedTwice(_))));
        let corrected = story(1, 10);
        assert!(matches!(
            fold(&[corrected[0].clone(), corrected[2].clone()]),
            Err(Contradiction::Corrected(_))
        ));
        let gap = [corrected[..3].to_vec(), corrected[4..].to_vec()].concat();
        assert!(matches!(fold(&gap), Err(Contradiction::Corrected(_))));
    }
}
