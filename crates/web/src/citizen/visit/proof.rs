//! The proofs that this node has seen: what seldom changes in a visit, its secret, its end, for how many people it
//! books, and when the cards' notices were posted. The pages of days and times need no more, and they are the ones that
//! people turn most, so they do without the database.
//!
//! A family that grew on another node is seen here with its old number of people, until its first time is pressed:
//! what takes places reads the visit itself and says so. Which reservation a visit makes is not here at all.

use std::collections::HashMap;

use domain::id::VisitId;
use domain::service::Service;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use store::visit::Visit;
use subtle::ConstantTimeEq;

use super::people::Group;

/// More visits at once than a city has; with them the map takes about a MiB.
const MOST: usize = 10_000;

#[derive(Debug)]
struct Proof {
    secret: [u8; 32],
    until: Timestamp,
    posted_on: Option<Date>,
    group: Group,
    service: Service,
}

/// A visit that was proven, for the pages that choose a day and a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Proven {
    /// The visit.
    pub(crate) id: VisitId,
    /// When the last of the notices of its cards was posted.
    pub(crate) posted_on: Option<Date>,
    /// For how many people, and whether they are booked.
    pub(crate) group: Group,
    /// What it books or looks at.
    pub(crate) service: Service,
}

impl From<&Visit> for Proven {
    fn from(visit: &Visit) -> Self {
        let group = Group { people: visit.people, is_booked: visit.is_booked };
        Self { id: visit.id, posted_on: visit.posted_on, group, service: visit.service() }
    }
}

/// The proofs of this node.
#[derive(Debug, Default)]
pub(crate) struct Proofs {
    known: Mutex<HashMap<VisitId, Proof>>,
}

impl Proofs {
    /// The visit, if it was proven here with this secret and has not ended. None says nothing: look into the
    /// database.
    pub(super) fn find(&self, visit: VisitId, secret: &[u8; 32], now: Timestamp) -> Option<Proven> {
        let known = self.known.lock();
        let proof = known.get(&visit)?;
        (proof.until >= now && bool::from(proof.secret.ct_eq(secret))).then_some(Proven {
            id: visit,
            posted_on: proof.posted_on,
            group: proof.group,
            service: proof.service,
        })
    }

    /// Remembers a visit that was just proven.
    pub(super) fn remember(&self, visit: &Visit, now: Timestamp) {
        let Visit { secret, until, .. } = *visit;
        self.keep(Proven::from(visit), secret, until, now);
    }

    /// Whether a visit that was proven here ends within a time.
    pub(super) fn ends_within(&self, visit: VisitId, now: Timestamp, time: SignedDuration) -> bool {
        self.known.lock().get(&visit).is_some_and(|proof| proof.until.duration_since(now) < time)
    }

    /// Forgets a visit whose people have changed.
    pub(in crate::citizen) fn forget(&self, visit: VisitId) {
        self.known.lock().remove(&visit);
    }

    /// Remembers what was proven with a secret.
    pub(super) fn keep(&self, proven: Proven, secret: [u8; 32], until: Timestamp, now: Timestamp) {
        let mut known = self.known.lock();
        if known.len() >= MOST {
            known.retain(|_, proof| proof.until >= now);
        }
        // Still full: a flood. What is forgotten is only looked up again.
        if known.len() >= MOST {
            known.clear();
        }
        let Proven { id, posted_on, group, service } = proven;
        known.insert(id, Proof { secret, until, posted_on, group, service });
    }
}

#[cfg(test)]
mod tests {
    use domain::id::{CardId, Id};
    use store::visit::VisitCard;

    use super::*;

    fn visit(number: u128, until: Timestamp) -> Visit {
        Visit {
            id: VisitId::from_parts(0, number),
            secret: [1; 32],
            language: "ja".to_owned(),
            card: Some(VisitCard { card: CardId::from_parts(0, 1), key_issue: 1, key_version: 1 }),
            coming: Vec::new(),
            others: 0,
            people: 1,
            is_booked: false,
            posted_on: None,
            reservation: None,
            until,
        }
    }

    #[test]
    fn a_proof_holds_for_its_secret_and_until_its_end() {
        let (proofs, now) = (Proofs::default(), Timestamp::UNIX_EPOCH);
        let known = visit(1, now);
        proofs.remember(&known, now);
        assert_eq!(proofs.find(known.id, &[1; 32], now), Some(Proven::from(&known)));
        assert_eq!(proofs.find(known.id, &[2; 32], now), None);
        assert_eq!(proofs.find(VisitId::from_parts(0, 2), &[1; 32], now), None);
        assert_eq!(proofs.find(known.id, &[1; 32], now + SignedDuration::from_nanos(1)), None);
        proofs.forget(known.id);
        assert_eq!(proofs.find(known.id, &[1; 32], now), None);
    }

    #[test]
    fn a_flood_of_visits_takes_no_more_memory() {
        let (proofs, now) = (Proofs::default(), Timestamp::UNIX_EPOCH);
        for number in 0..MOST as u128 + 5 {
            proofs.remember(&visit(number, now), now);
        }
        assert_eq!(proofs.known.lock().len(), 5);
        let later = now + SignedDuration::from_secs(1);
        for number in 0..MOST as u128 {
            proofs.remember(&visit(number, later), later);
        }
        assert_eq!(proofs.known.lock().len(), MOST, "the ended ones went first");
    }
}
