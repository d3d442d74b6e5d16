//! Facts about the database itself: key fingerprints, whether it is a demo.

use crate::error::Result;
use crate::tx::{Reader, Tx};
use crate::{bind, dialect, statements};

statements! { "meta":
    GET = "SELECT value FROM meta WHERE name = $1";
    SET = "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    LIKE = "SELECT name, value FROM meta WHERE name >= $1 AND name < $2 ORDER BY name";
    LAST = "SELECT value FROM counter WHERE name = $1";
    NEXT = "INSERT INTO counter (name, value) VALUES ($1, $2)
        ON CONFLICT (name) DO UPDATE SET value = counter.value + excluded.value RETURNING value";
}

/// Reads a fact.
pub fn get(reader: &mut Reader<'_>, name: &str) -> Result<Option<String>> {
    reader.row(&GET, bind![name], |row| row.get("value"))
}

/// Sets a fact.
pub fn set(tx: &mut Tx<'_>, name: &str, value: &str) -> Result<()> {
    tx.execute_one(&SET, bind![name, value])
}

/// The clock of the database's server; none where the database runs on this machine's own. Only for the comparison
/// of clocks: no fact is ever dated by it.
pub fn server_clock(reader: &mut Reader<'_>) -> Result<Option<jiff::Timestamp>> {
    match dialect::clock(reader.engine()) {
        Some(statement) => reader.one(statement, bind![], |row| row.get("at")).map(Some),
        None => Ok(None),
    }
}

/// Every fact whose name begins so.
pub(crate) fn named_like(reader: &mut Reader<'_>, prefix: &str) -> Result<Vec<(String, String)>> {
    let end = format!("{prefix}\u{10FFFF}");
    reader.rows(&LIKE, bind![prefix, end], |row| Ok((row.get("name")?, row.get("value")?)))
}

/// The last number that was taken from a counter, 0 before the first.
pub(crate) fn last_number(reader: &mut Reader<'_>, counter: &str) -> Result<i64> {
    Ok(reader.row(&LAST, bind![counter], |row| row.get("value"))?.unwrap_or(0))
}

/// Takes `count` numbers from a counter and answers the last of them. The counter's row is locked until the
/// transaction ends, so numbers have no gaps but those of undone work.
pub(crate) fn take_numbers(tx: &mut Tx<'_>, counter: &str, count: u32) -> Result<i64> {
    tx.one(&NEXT, bind![counter, count], |row| row.get("value"))
}
