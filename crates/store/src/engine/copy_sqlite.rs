//! Copies of an embedded database: pages out of a running one, and the look whether a file is whole.
//!
//! Nothing here writes to the database that is copied, and nothing decides what a copy is good for.

use std::path::Path;
use std::time::Duration;

use rusqlite::backup::Backup;
use rusqlite::{Connection, OpenFlags};

use crate::error::{Error, Result};
use crate::tx::{Link, Reader};

/// Pages of 4 KiB that are copied in one go, and the pause behind them in which the disk is the writer's.
const PAGES: i32 = 256;
const PAUSE: Duration = Duration::from_millis(2);

/// Findings of SQLite's own check that are named; one is enough to refuse a file.
const NAMED: usize = 5;

fn unavailable(path: &Path) -> impl Fn(rusqlite::Error) -> Error {
    move |error| Error::Unavailable(format!("{}: {error}", path.display()))
}

/// Opens a database that is there already; unlike the program's own way in, this one never makes a file.
fn open(path: &Path, way: OpenFlags) -> Result<Connection> {
    let connection = Connection::open_with_flags(path, way | OpenFlags::SQLITE_OPEN_NO_MUTEX)
        .map_err(unavailable(path))?;
    connection.busy_timeout(Duration::from_secs(10)).map_err(unavailable(path))?;
    connection.execute_batch("PRAGMA trusted_schema = OFF").map_err(unavailable(path))?;
    Ok(connection)
}

/// Opens a copy for reading alone.
pub(crate) fn read_only(path: &Path) -> Result<Connection> {
    open(path, OpenFlags::SQLITE_OPEN_READ_ONLY)
}

/// Copies a database, also while a program writes to it, into a file that is there and empty.
///
/// The copy is one moment of the source. It is a plain file afterwards, without a log beside it; whether it is on
/// disk is the caller's to see to.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<()> {
    // The log of a running program is only read together with its index, for which the file must be opened for
    // writing; nothing is written.
    let source = open(from, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let failed = unavailable(from);
    // One snapshot, taken before the first page and held to the last. Without it every write of the program between
    // two steps would begin the copy again from the first page, and on a busy day it would never end; with it, nobody
    // waits: in WAL mode readers and the writer do not hold each other. What it costs is that the log grows until
    // the copy is made. VACUUM INTO has the same snapshot, but writes every index anew in one go without a pause.
    source.execute_batch("PRAGMA query_only = ON; BEGIN").map_err(&failed)?;
    source
        .query_row("SELECT COUNT(*) FROM sqlite_schema", (), |row| row.get::<_, i64>(0))
        .map_err(&failed)?;
    let mut target = open(to, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    // A copy that was cut short is thrown away, so nothing has to be rolled back or synced page by page.
    target.execute_batch("PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF").map_err(unavailable(to))?;
    Backup::new(&source, &mut target)
        .and_then(|backup| backup.run_to_completion(PAGES, PAUSE, None))
        .map_err(&failed)?;
    source.execute_batch("ROLLBACK").map_err(&failed)?;
    target.close().map_err(|(_, error)| unavailable(to)(error))?;
    plain(open(to, OpenFlags::SQLITE_OPEN_READ_WRITE)?, to)
}

/// Makes one plain file of a database and its log, and closes it. Nobody else may have it open.
pub(crate) fn plain(connection: Connection, path: &Path) -> Result<()> {
    let mode: String = connection
        .query_row("PRAGMA journal_mode = DELETE", (), |row| row.get(0))
        .map_err(unavailable(path))?;
    if mode != "delete" {
        return Err(Error::Unavailable(format!("{}: its log cannot be closed ({mode})", path.display())));
    }
    connection.close().map_err(|(_, error)| unavailable(path)(error))
}

/// Looks through every page, index and foreign key of a file, and whether its tables are ours at all. Answers what is
/// wrong, in SQLite's own words.
pub(crate) fn damage(path: &Path) -> Option<String> {
    // Whatever keeps the file from being read to its end is the damage.
    look_through(path).unwrap_or_else(|error| Some(error.to_string()))
}

fn look_through(path: &Path) -> rusqlite::Result<Option<String>> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    connection.execute_batch("PRAGMA trusted_schema = OFF")?;
    let mut check = connection.prepare(&format!("PRAGMA integrity_check({NAMED})"))?;
    let said =
        check.query_map((), |row| row.get::<_, String>(0))?.collect::<rusqlite::Result<Vec<String>>>()?;
    if said != ["ok"] {
        return Ok(Some(said.join("; ")));
    }
    let mut keys = connection.prepare("PRAGMA foreign_key_check")?;
    let orphan = keys.query_map((), |row| Ok((row.get(0)?, row.get(2)?)))?.next().transpose()?;
    if let Some((table, parent)) = orphan {
        let (table, parent): (String, String) = (table, parent);
        return Ok(Some(format!("a row of {table} points to a row of {parent} that is not there")));
    }
    let ours = connection.table_exists(None, "migration")?;
    Ok((!ours).then(|| "it holds no records of this program".to_owned()))
}

/// Reads from a file's one snapshot, without the threads of a running database.
pub(crate) fn snapshot<T>(
    connection: &Connection,
    read: impl FnOnce(&mut Reader<'_>) -> Result<T>,
) -> Result<T> {
    let failed = |error: rusqlite::Error| Error::Unavailable(error.to_string());
    connection.execute_batch("BEGIN").map_err(failed)?;
    let answer = read(&mut Reader::new(Link::Sqlite(connection)));
    connection.execute_batch("ROLLBACK").map_err(failed)?;
    answer
}
