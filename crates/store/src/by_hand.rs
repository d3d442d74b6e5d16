//! A way around everything, for tests that break by hand what must hold and see it found.
//!
//! Only this room links SQLite, so the way stands here; nothing of the program uses it.

use std::path::Path;

use crate::engine::sqlite;
use crate::error::{Error, Result};
use crate::tx::Tx;
use crate::{Durability, bind, statements};

/// Runs SQL on an embedded database.
pub fn sqlite(file: &Path, sql: &str) -> Result<()> {
    let connection = sqlite::open(file, Durability::Full)?;
    connection
        .execute_batch("PRAGMA foreign_keys = OFF")
        .and_then(|()| connection.execute_batch(sql))
        .map_err(|error| Error::Unavailable(error.to_string()))
}

/// How many rows a table of an embedded database has.
pub fn sqlite_rows(file: &Path, table: &str) -> Result<u64> {
    let connection = sqlite::open(file, Durability::Full)?;
    connection
        .query_row(&format!("SELECT COUNT(*) FROM {table}"), (), |row| row.get::<_, i64>(0))
        .map_err(|error| Error::Unavailable(error.to_string()))
        .map(i64::cast_unsigned)
}

statements! { "by_hand":
    ORPHAN = "INSERT INTO batch_card (batch_id, card_id) VALUES ($1, $2)";
    UNGUARDED = "INSERT INTO slot_usage (service, site, day, start, web, telephone, counter, walk_in, ceiling, over)
        VALUES ($1, $2, $3, $4, 1, 0, 0, 0, 1, 0) ON CONFLICT (service, site, day, start)
        DO UPDATE SET web = slot_usage.web + 1, ceiling = slot_usage.ceiling + 1";
}

/// Fails on every engine: a card of no batch.
pub fn insert_orphan(tx: &mut Tx<'_>) -> Result<()> {
    tx.execute_one(&ORPHAN, bind!["none", "none"])
}

/// Takes a place without any guard: the control of the test of the last places.
pub fn take_without_guard(tx: &mut Tx<'_>, slot: &domain::journal::Slot) -> Result<()> {
    tx.execute_one(&UNGUARDED, bind![slot.service, slot.site, slot.day, slot.start])
}
