//! What was done between two closes: everything that belongs to no visitor of the day itself.
//!
//! The figures are sums, so the order of the entries does not matter.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::group::Group;
use crate::incident::Kind;
use crate::journal::{BusinessDay, Entry};
use crate::place::PlaceKind;
use crate::report::DayCounts;
use crate::reservation::Channel;

/// What was done since the close before, at one site, for one service.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Work {
    /// 受け入れた納品.
    pub consignments: u32,
    /// The cards in them.
    pub received: u32,
    /// Cards that became 検品済. The entries of single passes do not tell, so the store says how many.
    pub inspected: u32,
    /// Cards transferred to the city in batches.
    pub sent: u32,
    /// Cards that came back from the city in batches.
    pub returned: u32,
    /// Guide letters printed, reprints included.
    pub letters_printed: u32,
    /// Guide letters posted by the city.
    pub letters_posted: u32,
    /// Reservations made, for whatever day, by channel.
    pub booked: BTreeMap<Channel, u32>,
    /// Reservations moved, from or to whatever day.
    pub moved: u32,
    /// Reservations cancelled, for whatever day.
    pub cancelled: u32,
    /// Incidents opened.
    pub incidents_opened: u32,
    /// Of them cards that are missing.
    pub missing: u32,
    /// Incidents ended.
    pub incidents_ended: u32,
}

impl Work {
    /// Takes an entry. Entries of reservations and incidents are counted where they are of the service at the site;
    /// consignments, batches and letters have no site in the journal, and are given only where they are of it.
    pub fn take(&mut self, of: &BusinessDay, entry: &Entry) {
        let here = |day: &BusinessDay| day.service == of.service && day.site == of.site;
        match entry {
            Entry::ConsignmentTaken { cards, .. } => {
                self.consignments += 1;
                self.received += cards;
            }
            // 交付前設定 only, there and back; what goes to the city in other groups is no step of the way to issue.
            Entry::BatchSent { cards, .. } => self.sent += cards,
            Entry::BatchReturned { cards, .. }
            | Entry::CardsReturned { group: Group::AtIssue, cards, .. } => self.returned += cards,
            Entry::LettersPrinted { count, .. } => self.letters_printed += count,
            Entry::LettersPosted { count, .. } => self.letters_posted += count,
            Entry::Booked { slot, channel, .. } if here(&slot.business_day()) => {
                *self.booked.entry(*channel).or_default() += 1;
            }
            Entry::Moved { to, .. } if here(&to.business_day()) => self.moved += 1,
            Entry::Cancelled { slot, .. } if here(&slot.business_day()) => self.cancelled += 1,
            Entry::IncidentOpened { day, what, .. } if here(day) => {
                self.incidents_opened += 1;
                self.missing += u32::from(*what == Kind::Missing);
            }
            Entry::IncidentEnded { day, .. } if here(day) => self.incidents_ended += 1,
            _ => {}
        }
    }

    /// Reservations made by every channel.
    pub fn booked_total(&self) -> u32 {
        self.booked.values().sum()
    }
}

/// How things stood when the day was closed. It is written with the close: no later look at the tables could tell.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AtClose {
    /// Cards of the site by kind of place, but for those in citizens' hands.
    pub places: BTreeMap<PlaceKind, u32>,
    /// Incidents that had not ended.
    pub open_incidents: u32,
    /// The main figures of the day.
    pub main: Main,
}

/// The main figures of a day, for the comparison of days.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Main {
    /// Reservations that were ever for the day.
    pub booked: u32,
    /// Visitors who came.
    pub came: u32,
    /// カード交付完了.
    pub issued: u32,
    /// Sent away, for whatever reason.
    pub sent_away: u32,
    /// 不来庁.
    pub not_come: u32,
}

impl From<&DayCounts> for Main {
    fn from(counts: &DayCounts) -> Self {
        Self {
            booked: counts.booked_total(),
            came: counts.came(),
            issued: counts.issued,
            sent_away: counts.sent_away_total(),
            not_come: counts.not_come,
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::id::{CardId, Id, IncidentId, ReservationId};
    use crate::incident::Outcome;
    use crate::journal::Slot;
    use crate::service::Service;

    fn day(site: &str) -> BusinessDay {
        BusinessDay { service: Service::Issuance, site: site.parse().unwrap(), day: date(2026, 11, 24) }
    }

    fn entry(n: u128, kind: u8) -> Entry {
        let site = if kind < 10 { "honcho" } else { "senri" };
        let slot = |day| Slot {
            service: Service::Issuance,
            site: site.parse().unwrap(),
            day,
            start: "9:00".parse().unwrap(),
        };
        let (reservation, card) = (ReservationId::from_parts(1, n), CardId::from_parts(1, n));
        let (incident, of) = (IncidentId::from_parts(1, n), day(site));
        let first = slot(date(2026, 11, 27));
        match kind % 10 {
            0 | 1 => Entry::Booked {
                reservation,
                card: Some(card),
                slot: first,
                channel: Channel::Web,
                party: None,
                visitor: None,
                pins: None,
            },
            2 => Entry::Booked {
                reservation,
                card: Some(card),
                slot: first,
                channel: Channel::WalkIn,
                party: None,
                visitor: None,
                pins: None,
            },
            3 => {
                let (to, channel) = (slot(date(2026, 11, 25)), Channel::Web);
                let card = Some(card);
                Entry::Moved { reservation, card, from: first, to, channel, by: channel, forced: false }
            }
            4 => Entry::Cancelled { reservation, card: Some(card), slot: first, channel: Channel::Web },
            5 => Entry::IncidentOpened { incident, card, day: of, what: Kind::Missing },
            6 => Entry::IncidentOpened { incident, card, day: of, what: Kind::Damaged },
            7 => Entry::IncidentEnded { incident, card, day: of, outcome: Outcome::Found, cause: None },
            8 => Entry::NotCome { reservation, card: Some(card), day: of },
            _ => Entry::LettersPrinted { letters: crate::id::LetterBatchId::from_parts(1, n), count: 50 },
        }
    }

    proptest! {
        #[test]
        fn g15_the_work_between_two_closes_is_a_sum_in_whatever_order(
            kinds in prop::collection::vec(0_u8..19, 0..60),
            turn in any::<prop::sample::Index>(),
        ) {
            let mut entries: Vec<Entry> = (1_u128..).zip(&kinds).map(|(n, kind)| entry(n, *kind)).collect();
            let sum = |entries: &[Entry]| {
                let mut work = Work::default();
                for entry in entries {
                    work.take(&day("honcho"), entry);
                }
                work
            };
            let work = sum(&entries);
            let of = |wanted: &[u8]| u32::try_from(kinds.iter().filter(|kind| wanted.contains(kind)).count()).unwrap();
            prop_assert_eq!(work.booked_total(), of(&[0, 1, 2]));
            prop_assert_eq!((work.moved, work.cancelled), (of(&[3]), of(&[4])));
            prop_assert_eq!((work.incidents_opened, work.missing), (of(&[5, 6]), of(&[5])));
            prop_assert_eq!((work.incidents_ended, work.letters_printed), (of(&[7]), of(&[9]) * 50));
            if !entries.is_empty() {
                let at = turn.index(entries.len());
                entries.rotate_left(at);
            }
            entries.reverse();
            prop_assert_eq!(sum(&entries), work);
        }
    }
}
