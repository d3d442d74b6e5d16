//! The sealer: gives entries and views their numbers, without gaps, one sealer at a time.
//!
//! A lease with a fencing number keeps a second node, or one that woke up late, from numbering as well.

use domain::id::{AccessId, EntryId};
use jiff::{SignedDuration, Timestamp};

use crate::error::{Error, Result};
use crate::tx::{Reader, Tx};
use crate::{bind, statements};

statements! { "sealer":
    FIRST = "INSERT INTO sealer (id, holder, fence, until, journal_seq, access_seq) VALUES (1, $1, 1, $2, 0, 0)
        ON CONFLICT (id) DO NOTHING";
    TAKE = "UPDATE sealer SET fence = CASE WHEN holder = $1 THEN fence ELSE fence + 1 END, holder = $1, until = $2
        WHERE id = 1 AND (holder = $1 OR until < $3)";
    STATE = "SELECT fence, journal_seq, access_seq FROM sealer WHERE id = 1 AND holder = $1";
    ADVANCE = "UPDATE sealer SET journal_seq = $1, access_seq = $2 WHERE id = 1 AND holder = $3 AND fence = $4";
    UNSEALED = "SELECT id FROM journal WHERE seq IS NULL ORDER BY id LIMIT $1";
    SEAL = "UPDATE journal SET seq = $1 WHERE id = $2 AND seq IS NULL";
    SEIZE = "UPDATE sealer SET fence = fence + 1, holder = $1, until = $2 WHERE id = 1";
    SEQ_OF = "SELECT seq FROM journal WHERE id = $1";
    UNSEALED_VIEWS = "SELECT id FROM access WHERE seq IS NULL ORDER BY id LIMIT $1";
    OLDEST = "SELECT at FROM journal WHERE seq IS NULL ORDER BY id LIMIT 1";
    OLDEST_VIEW = "SELECT at FROM access WHERE seq IS NULL ORDER BY id LIMIT 1";
    SEAL_VIEW = "UPDATE access SET seq = $1 WHERE id = $2 AND seq IS NULL";
}

/// How many are numbered in one transaction, so that other writers never wait long.
const CHUNK: u32 = 200;

/// How long a lease holds without being renewed.
pub const LEASE: SignedDuration = SignedDuration::from_secs(30);

/// What one round of the sealer did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sealed {
    /// Another node holds the lease.
    NotOurs,
    /// This many entries and views were numbered; fewer than asked for means that nothing is left.
    Done {
        /// Entries of the journal.
        entries: u32,
        /// Views.
        views: u32,
    },
}

impl Sealed {
    /// Whether there may be more.
    pub fn more(self) -> bool {
        matches!(self, Self::Done { entries, views } if entries == CHUNK || views == CHUNK)
    }
}

/// Numbers everything that is there, up to and with an entry of this transaction, and answers its number. For
/// the close of a day, which must know where its report ends. The lease is seized for the moment; who held it
/// notices by the fencing number.
pub(crate) fn seal_now(tx: &mut Tx<'_>, last: EntryId, now: Timestamp) -> Result<i64> {
    tx.execute(&FIRST, bind![SEIZED, now])?;
    tx.execute_one(&SEIZE, bind![SEIZED, now])?;
    while seal(tx, SEIZED, now)?.more() {}
    // The lease lapses at once, so that the node's own sealer goes on in its next round.
    tx.execute_one(&SEIZE, bind![SEIZED, now.saturating_sub(LEASE).unwrap_or(now)])?;
    let seq: Option<i64> = tx.one(&SEQ_OF, bind![last], |row| row.get("seq"))?;
    seq.ok_or_else(|| Error::Broken(format!("entry {last} was not numbered")))
}

/// The instant of the oldest entry or view that waits for its number: how far the sealer is behind.
pub fn oldest_waiting(reader: &mut Reader<'_>) -> Result<Option<Timestamp>> {
    let entry = reader.row(&OLDEST, bind![], |row| row.get("at"))?;
    let view = reader.row(&OLDEST_VIEW, bind![], |row| row.get("at"))?;
    Ok([entry, view].into_iter().flatten().min())
}

const SEIZED: &str = "close of the day";

/// Numbers the next entries and views. `holder` names the node.
pub fn seal(tx: &mut Tx<'_>, holder: &str, now: Timestamp) -> Result<Sealed> {
    let until = now.saturating_add(LEASE).unwrap_or(now);
    tx.execute(&FIRST, bind![holder, until])?;
    if tx.execute(&TAKE, bind![holder, until, now])? == 0 {
        return Ok(Sealed::NotOurs);
    }
    let (fence, mut entry_seq, mut view_seq) = tx.one(&STATE, bind![holder], |row| {
        Ok((row.get::<i64>("fence")?, row.get::<i64>("journal_seq")?, row.get::<i64>("access_seq")?))
    })?;
    let entries: Vec<EntryId> = tx.rows(&UNSEALED, bind![CHUNK], |row| row.get("id"))?;
    for id in &entries {
        entry_seq += 1;
        tx.execute_one(&SEAL, bind![entry_seq, id])?;
    }
    let views: Vec<AccessId> = tx.rows(&UNSEALED_VIEWS, bind![CHUNK], |row| row.get("id"))?;
    for id in &views {
        view_seq += 1;
        tx.execute_one(&SEAL_VIEW, bind![view_seq, id])?;
    }
    tx.execute_one(&ADVANCE, bind![entry_seq, view_seq, holder, fence])?;
    // A chunk is 200 at most.
    let count = |n: usize| u32::try_from(n).unwrap_or(CHUNK);
    Ok(Sealed::Done { entries: count(entries.len()), views: count(views.len()) })
}
