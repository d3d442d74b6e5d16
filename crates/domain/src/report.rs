//! The counts of a day, folded from the journal, and the line that reconciles them.
//!
//! Nothing here counts rows of tables: a figure that the journal does not carry does not exist.

use std::collections::BTreeMap;

use crate::id::ReservationId;
use crate::journal::{BusinessDay, Entry};
use crate::reception::Reason;
use crate::reservation::Channel;

/// How one reservation of the day stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Booked,
    Cancelled,
    Here,
    Issued,
    SentAway(Reason),
    Left,
    NotCome,
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
    /// An entry about a reservation that was not booked for this day, or that had ended.
    #[error("entry {kind} for reservation {reservation} which is not live")]
    NotLive {
        /// The kind of entry.
        kind: &'static str,
        /// The reservation.
        reservation: ReservationId,
    },
}

/// Folds the day's entries, in their order, into its counts.
#[derive(Debug, Default)]
pub struct Fold {
    standing: BTreeMap<ReservationId, (Channel, Standing)>,
    city_issued: Option<u32>,
}

impl Fold {
    /// Takes the next entry. Entries that do not concern the day's counts are passed over.
    pub fn take(&mut self, of: &BusinessDay, entry: &Entry) -> Result<(), Contradiction> {
        let kind = entry.kind();
        match entry {
            Entry::Booked { reservation, slot, channel, .. } if slot.business_day() == *of => {
                self.standing.insert(*reservation, (*channel, Standing::Booked));
                Ok(())
            }
            Entry::Cancelled { reservation, slot, .. } if slot.business_day() == *of => {
                self.step(kind, *reservation, Standing::Booked, Standing::Cancelled)
            }
            Entry::Arrived { reservation, day, .. } if day == of => {
                self.step(kind, *reservation, Standing::Booked, Standing::Here)
            }
            Entry::Issued { reservation, day, .. } if day == of => {
                self.step(kind, *reservation, Standing::Here, Standing::Issued)
            }
            Entry::SentAway { reservation, day, reason, .. } if day == of => {
                self.step(kind, *reservation, Standing::Here, Standing::SentAway(*reason))
            }
            Entry::Left { reservation, day, .. } if day == of => {
                self.step(kind, *reservation, Standing::Here, Standing::Left)
            }
            Entry::NotCome { reservation, day, .. } if day == of => {
                self.step(kind, *reservation, Standing::Booked, Standing::NotCome)
            }
            Entry::DayClosed { day, city_count } if day == of => {
                self.city_issued = Some(*city_count);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn step(
        &mut self,
        kind: &'static str,
        reservation: ReservationId,
        from: Standing,
        to: Standing,
    ) -> Result<(), Contradiction> {
        match self.standing.get_mut(&reservation) {
            Some((_, standing)) if *standing == from => {
                *standing = to;
                Ok(())
            }
            _ => Err(Contradiction::NotLive { kind, reservation }),
        }
    }

    /// The counts so far.
    pub fn counts(&self) -> DayCounts {
        let mut counts = DayCounts { city_issued: self.city_issued, ..DayCounts::default() };
        for (channel, standing) in self.standing.values() {
            *counts.booked.entry(*channel).or_default() += 1;
            match standing {
                Standing::Booked => counts.waiting += 1,
                Standing::Cancelled => counts.cancelled += 1,
                Standing::Here => counts.here += 1,
                Standing::Issued => counts.issued += 1,
                Standing::SentAway(reason) => *counts.sent_away.entry(*reason).or_default() += 1,
                Standing::Left => counts.left += 1,
                Standing::NotCome => counts.not_come += 1,
            }
        }
        counts
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
