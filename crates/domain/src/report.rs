//! The counts of a day, folded from the journal, and the line that reconciles them.
//!
//! Nothing here counts rows of tables: a figure that the journal does not carry does not exist.

use std::collections::BTreeMap;

use crate::id::ReservationId;
use crate::journal::{BusinessDay, Entry};
use crate::reception::Reason;
use crate::reservation::Channel;

/// How a reservation of the day ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Cancelled,
    Issued,
    SentAway(Reason),
    Left,
    NotCome,
}

/// What the entries tell of one reservation, in whatever order they come.
#[derive(Debug, Default)]
struct Told {
    booked: Option<Channel>,
    arrived: bool,
    end: Option<End>,
}

/// The counts of one day of one service at one site (11(6)キ).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DayCounts {
    /// Reservations ever booked for the day, by channel.
    pub booked: BTreeMap<Channel, u32>,
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
    /// Something happened to a reservation that was never booked for this day.
    #[error("reservation {0} was never booked for this day")]
    NeverBooked(ReservationId),
    /// The reservation ended in two ways.
    #[error("reservation {0} ended twice")]
    EndedTwice(ReservationId),
    /// The visitor was served or sent away without having arrived, or arrived and did not come.
    #[error("reservation {0} ended without an arrival, or with one too many")]
    Arrival(ReservationId),
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
                self.told.entry(*reservation).or_default().booked = Some(*channel);
                Ok(())
            }
            Entry::Arrived { reservation, day, .. } if day == of => {
                self.told.entry(*reservation).or_default().arrived = true;
                Ok(())
            }
            Entry::Cancelled { reservation, slot, .. } if slot.business_day() == *of => {
                self.end(*reservation, End::Cancelled)
            }
            Entry::Issued { reservation, day, .. } if day == of => self.end(*reservation, End::Issued),
            Entry::SentAway { reservation, day, reason, .. } if day == of => {
                self.end(*reservation, End::SentAway(*reason))
            }
            Entry::Left { reservation, day, .. } if day == of => self.end(*reservation, End::Left),
            Entry::NotCome { reservation, day, .. } if day == of => self.end(*reservation, End::NotCome),
            Entry::DayClosed { day, city_count } if day == of => {
                self.city_issued = Some(*city_count);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn end(&mut self, reservation: ReservationId, end: End) -> Result<(), Contradiction> {
        match self.told.entry(reservation).or_default().end.replace(end) {
            Some(_) => Err(Contradiction::EndedTwice(reservation)),
            None => Ok(()),
        }
    }

    /// The counts, if the entries make sense together.
    pub fn counts(&self) -> Result<DayCounts, Contradiction> {
        let mut counts = DayCounts { city_issued: self.city_issued, ..DayCounts::default() };
        for (reservation, told) in &self.told {
            let channel = told.booked.ok_or(Contradiction::NeverBooked(*reservation))?;
            let must_arrive = matches!(told.end, Some(End::Issued | End::SentAway(_) | End::Left));
            if told.end.is_some() && told.arrived != must_arrive {
                return Err(Contradiction::Arrival(*reservation));
            }
            *counts.booked.entry(channel).or_default() += 1;
            match told.end {
                None if told.arrived => counts.here += 1,
                None => counts.waiting += 1,
                Some(End::Cancelled) => counts.cancelled += 1,
                Some(End::Issued) => counts.issued += 1,
                Some(End::SentAway(reason)) => *counts.sent_away.entry(reason).or_default() += 1,
                Some(End::Left) => counts.left += 1,
                Some(End::NotCome) => counts.not_come += 1,
            }
        }
        Ok(counts)
    }
}

impl DayCounts {
    /// Reservations ever booked for the day.
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

    /// The right side of the line that reconciles: booked = cancelled + issued + sent away + left + not come
    /// + here + waiting.
    pub fn accounted(&self) -> u32 {
        self.cancelled + self.came() + self.not_come + self.waiting
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
        let (reservation, reception) = (ReservationId::from_parts(1, n), ReceptionId::from_parts(1, n));
        let card = CardId::from_parts(1, n);
        let slot = Slot {
            service: Service::Issuance,
            site: "honcho".parse().unwrap(),
            day: date(2026, 11, 24),
            start: "9:00".parse().unwrap(),
        };
        let booked = Entry::Booked { reservation, card, slot: slot.clone(), channel: Channel::Web };
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
            _ => vec![booked, Entry::NotCome { reservation, card, day: day() }],
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
        fn g15_every_days_counts_reconcile_in_whatever_order(kinds in prop::collection::vec(0_u8..7, 0..40), turn in any::<prop::sample::Index>()) {
            let mut entries: Vec<Entry> = (1_u128..).zip(&kinds).flat_map(|(n, kind)| story(n, *kind)).collect();
            let counts = fold(&entries).unwrap();
            prop_assert!(counts.reconciles());
            prop_assert_eq!(counts.booked_total() as usize, kinds.len());
            let issued = kinds.iter().map(|kind| u32::from(*kind == 3)).sum::<u32>();
            prop_assert_eq!(counts.issued, issued);
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
        let twice = [story(1, 3), story(1, 6)].concat();
        assert!(matches!(fold(&twice), Err(Contradiction::EndedTwice(_))));
    }
}
