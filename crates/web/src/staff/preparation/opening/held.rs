//! Files of a former contractor between their page and the act: in memory alone, few, and for a quarter of an hour,
//! like the lists of consignments.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use domain::id::{OperationId, PersonId};
use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;

/// How long a file is held.
const KEPT: SignedDuration = SignedDuration::from_mins(15);

/// How many files of a kind are held at once on a node; the oldest makes room.
const MOST: usize = 4;

/// What is held, since when, and whose it is.
type Places<T> = HashMap<OperationId, (Timestamp, PersonId, Arc<T>)>;

/// What a node holds of one kind.
#[derive(Debug)]
pub(super) struct Shelf<T> {
    things: Mutex<Places<T>>,
}

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Self { things: Mutex::new(HashMap::new()) }
    }
}

impl<T> Shelf<T> {
    /// Holds something under the operation that will take it.
    pub(super) fn hold(&self, operation: OperationId, now: Timestamp, by: PersonId, thing: T) {
        let mut things = self.things.lock();
        things.retain(|_, (since, ..)| now.duration_since(*since) < KEPT);
        while things.len() >= MOST {
            let oldest = things.iter().min_by_key(|(id, (since, ..))| (*since, **id)).map(|(id, _)| *id);
            let Some(oldest) = oldest else { break };
            things.remove(&oldest);
        }
        things.insert(operation, (now, by, Arc::new(thing)));
    }

    /// What an operation will take, if it is still held and the person's own.
    pub(super) fn find(&self, operation: OperationId, now: Timestamp, by: PersonId) -> Option<Arc<T>> {
        let things = self.things.lock();
        let (since, whose, thing) = things.get(&operation)?;
        (now.duration_since(*since) < KEPT && *whose == by).then(|| thing.clone())
    }
}

/// What a node holds of a former contractor's files, and what it knows of its numbers.
#[derive(Debug, Default)]
pub(crate) struct Former {
    pub(super) stocks: Shelf<super::file::Checked>,
    pub(super) reservations: Shelf<super::reservations::Checked>,
    /// Whether letters of a former system open bookings, as this node knows it.
    pub(crate) opens: AtomicBool,
    /// Whether reservations are known by numbers of a former system, as this node knows it.
    pub(crate) reserved: AtomicBool,
}

#[cfg(test)]
mod tests {
    use domain::id::Id;

    use super::*;

    #[test]
    fn what_is_held_is_its_persons_is_few_and_is_forgotten() {
        let (shelf, now) = (Shelf::default(), "2026-11-24T00:00:00Z".parse::<Timestamp>().unwrap());
        let (mine, other) = (PersonId::from_parts(1, 1), PersonId::from_parts(1, 2));
        for n in 0..10 {
            shelf.hold(OperationId::from_parts(n, 1), now, mine, n);
        }
        let last = OperationId::from_parts(9, 1);
        assert_eq!(shelf.things.lock().len(), MOST);
        assert!(shelf.find(last, now, mine).is_some());
        assert!(shelf.find(last, now, other).is_none());
        assert!(shelf.find(last, now + KEPT, mine).is_none());
    }
}
