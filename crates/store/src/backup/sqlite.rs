//! Backups of the embedded database.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;

use super::files::{self, New, SIDES, absent, beside, io};
use super::{BackupError, Result};
use crate::engine::copy_sqlite;
use crate::engine::sqlite::{self, Durability};
use crate::keys::Keys;
use crate::verify::{Finding, verify};
use crate::{Error, migrate};

/// Copies the database into a new file and checks the copy, which is what the findings are of.
pub(super) fn make(database: &Path, keys: &Keys, new: &New) -> Result<Vec<Finding>> {
    if !database.try_exists().map_err(io(database))? {
        return Err(BackupError::Missing(database.to_owned()));
    }
    if let Err(error) = copy_sqlite::copy(database, new.part()) {
        // Where the damage is in the first pages that are read, the copy does not even begin.
        whole(database, database)?;
        return Err(error.into());
    }
    whole(new.part(), database)?;
    let copy = copy_sqlite::read_only(new.part())?;
    if !migrate::sqlite_waits(&copy)? {
        return findings(&copy, keys);
    }
    // The records of an older program, as before an update: the backup keeps their form, and a copy of the copy is
    // brought up to be checked.
    drop(copy);
    let trial = New::create(&beside(new.part(), ".trial"))?;
    io::copy(&mut File::open(new.part()).map_err(io(new.part()))?, &mut trial.file()?)
        .map_err(io(trial.part()))?;
    bring_up(trial.part(), keys)
}

/// Brings a backup back into a file that is not there yet.
pub(super) fn restore(from: &Path, keys: &Keys, database: &Path) -> Result<()> {
    absent(database)?;
    // A log that another database left would be taken for this one's.
    for side in SIDES {
        absent(&beside(database, side))?;
    }
    let new = New::create(database)?;
    let mut file = new.file()?;
    files::unseal(from, |bytes| file.write_all(bytes).map_err(io(new.part())))?;
    whole(new.part(), from)?;
    let findings = bring_up(new.part(), keys)?;
    if findings.is_empty() { new.publish() } else { Err(BackupError::Findings(findings)) }
}

/// Brings a file that nobody else has open to the newest form, checks it, and leaves it without a log beside it.
fn bring_up(file: &Path, keys: &Keys) -> Result<Vec<Finding>> {
    let mut connection = sqlite::open(file, Durability::Full)?;
    migrate::sqlite(&mut connection)?;
    let findings = findings(&connection, keys)?;
    copy_sqlite::plain(connection, file)?;
    Ok(findings)
}

/// Refuses a file in which SQLite finds anything wrong; `named` is what the user knows it by.
fn whole(file: &Path, named: &Path) -> Result<()> {
    match copy_sqlite::damage(file) {
        None => Ok(()),
        Some(what) => Err(BackupError::Damaged { file: named.to_owned(), what }),
    }
}

fn findings(connection: &rusqlite::Connection, keys: &Keys) -> Result<Vec<Finding>> {
    let found = copy_sqlite::snapshot(connection, |reader| {
        if keys.know_database(reader)? { verify(reader, keys).map(Some) } else { Ok::<_, Error>(None) }
    })?;
    found.ok_or(BackupError::OtherKeys)
}
