//! The proofs that this node has seen: what never changes in a visit, its secret and its end. The pages of days and
//! times need no more, and they are the ones that people turn most, so they do without the database.
//!
//! Which reservation a visit makes is not here: it changes, on any node.

use std::collections::HashMap;

use domain::id::VisitId;
use jiff::Timestamp;
use parking_lot::Mutex;
use store::visit::Visit;
use subtle::ConstantTimeEq;

/// More visits at once than a city has; with them the map takes about a MiB.
const MOST: usize = 10_000;

#[derive(Debug)]
struct Proof {
    secret: [u8; 32],
    until: Timestamp,
}

/// The proofs of this node.
#[derive(Debug, Default)]
pub(crate) struct Proofs {
    known: Mutex<HashMap<VisitId, Proof>>,
}

impl Proofs {
    /// Whether this visit was proven here with this secret, and has not ended. No answer means nothing: look into
    /// the database.
    pub(super) fn knows(&self, visit: VisitId, secret: &[u8; 32], now: Timestamp) -> bool {
        let known = self.known.lock();
        known.get(&visit).is_some_and(|proof| proof.until >= now && bool::from(proof.secret.ct_eq(secret)))
    }

    /// Remembers a visit that was just proven.
    pub(super) fn remember(&self, visit: &Visit, now: Timestamp) {
        let mut known = self.known.lock();
        if known.len() >= MOST {
            known.retain(|_, proof| proof.until >= now);
        }
        // Still full: a flood. What is forgotten is only looked up again.
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(visit.id, Proof { secret: visit.secret, until: visit.until });
    }
}

#[cfg(test)]
mod tests {
    use domain::id::{CardId, Id};
    use jiff::SignedDuration;

    use super::*;

    fn visit(number: u128, until: Timestamp) -> Visit {
        Visit {
            id: VisitId::from_parts(0, number),
            secret: [1; 32],
            language: "ja".to_owned(),
            card: CardId::from_parts(0, 1),
            reservation: None,
            until,
        }
    }

    #[test]
    fn a_proof_holds_for_its_secret_and_until_its_end() {
        let (proofs, now) = (Proofs::default(), Timestamp::UNIX_EPOCH);
        let known = visit(1, now);
        proofs.remember(&known, now);
        assert!(proofs.knows(known.id, &[1; 32], now));
        assert!(!proofs.knows(known.id, &[2; 32], now));
        assert!(!proofs.knows(VisitId::from_parts(0, 2), &[1; 32], now));
        assert!(!proofs.knows(known.id, &[1; 32], now + SignedDuration::from_nanos(1)));
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
