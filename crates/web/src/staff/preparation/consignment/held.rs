//! Checked lists between their page and 「取り込む」: in memory alone, few, and for a quarter of an hour.
//!
//! A list is already reduced to what may be kept; still nothing of it is written anywhere before it is taken. A
//! node that restarts forgets its lists, and the file is given again.

use std::collections::HashMap;
use std::sync::Arc;

use documents::intake::Format;
use domain::consignment::{Line, Problem};
use domain::id::{ConsignmentId, OperationId, PersonId};
use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use store::consignment::Header;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How long a list is held.
const KEPT: SignedDuration = SignedDuration::from_mins(15);

/// How many lists are held at once on a node; the oldest makes room.
const MOST: usize = 8;

/// How many files are read at once on a node: each may be held in full meanwhile.
const READ_AT_ONCE: usize = 2;

/// A list that was checked and may be taken.
#[derive(Debug)]
pub(super) struct Checked {
    /// Who gave it; nobody else takes it.
    pub(super) by: PersonId,
    /// Its header.
    pub(super) header: Header,
    /// Its lines, in the order of the list.
    pub(super) lines: Vec<Line>,
    /// Twelve digits that are to be asked back.
    pub(super) questions: Vec<Problem>,
    /// What the file was; none: there was no file.
    pub(super) format: Option<Format>,
    /// What it became. Held locked while it is being taken, so that a second press waits for the first.
    pub(super) taken: tokio::sync::Mutex<Option<ConsignmentId>>,
}

/// The checked lists of a node.
#[derive(Debug)]
pub(crate) struct Uploads {
    lists: Mutex<HashMap<OperationId, (Timestamp, Arc<Checked>)>>,
    reading: Arc<Semaphore>,
}

impl Default for Uploads {
    fn default() -> Self {
        Self { lists: Mutex::default(), reading: Arc::new(Semaphore::new(READ_AT_ONCE)) }
    }
}

impl Uploads {
    /// A place to read a file; none when others are being read.
    pub(in crate::staff::preparation) fn reader(&self) -> Option<OwnedSemaphorePermit> {
        self.reading.clone().try_acquire_owned().ok()
    }

    /// Holds a list under the operation that will take it.
    pub(super) fn hold(&self, operation: OperationId, now: Timestamp, list: Checked) {
        let mut lists = self.lists.lock();
        lists.retain(|_, (since, _)| now.duration_since(*since) < KEPT);
        while lists.len() >= MOST {
            let oldest = lists.iter().min_by_key(|(id, (since, _))| (*since, **id)).map(|(id, _)| *id);
            let Some(oldest) = oldest else { break };
            lists.remove(&oldest);
        }
        lists.insert(operation, (now, Arc::new(list)));
    }

    /// The list of an operation, if it is still held and the person's own.
    pub(super) fn find(&self, operation: OperationId, now: Timestamp, by: PersonId) -> Option<Arc<Checked>> {
        let lists = self.lists.lock();
        let (since, list) = lists.get(&operation)?;
        (now.duration_since(*since) < KEPT && list.by == by).then(|| list.clone())
    }
}

#[cfg(test)]
mod tests {
    use domain::id::Id;
    use jiff::civil::date;

    use super::*;

    fn list(by: PersonId) -> Checked {
        Checked {
            by,
            header: Header {
                site: "honcho".parse().unwrap(),
                received_on: date(2026, 11, 24),
                list_date: date(2026, 11, 20),
                box_name: "1".to_owned(),
                file_hash: None,
            },
            lines: Vec::new(),
            questions: Vec::new(),
            format: None,
            taken: tokio::sync::Mutex::new(None),
        }
    }

    #[test]
    fn a_list_is_its_persons_and_is_forgotten() {
        let (uploads, now) = (Uploads::default(), "2026-11-24T00:00:00Z".parse::<Timestamp>().unwrap());
        let (mine, other) = (PersonId::from_parts(1, 1), PersonId::from_parts(1, 2));
        let operation = OperationId::from_parts(1, 1);
        uploads.hold(operation, now, list(mine));
        assert!(uploads.find(operation, now, mine).is_some());
        assert!(uploads.find(operation, now, other).is_none());
        assert!(uploads.find(operation, now + KEPT, mine).is_none());
    }

    #[test]
    fn there_are_never_more_than_a_few() {
        let (uploads, now) = (Uploads::default(), "2026-11-24T00:00:00Z".parse::<Timestamp>().unwrap());
        let mine = PersonId::from_parts(1, 1);
        for n in 0..20 {
            uploads.hold(OperationId::from_parts(n, 1), now, list(mine));
        }
        assert_eq!(uploads.lists.lock().len(), MOST);
        assert!(uploads.find(OperationId::from_parts(19, 1), now, mine).is_some());
    }
}
