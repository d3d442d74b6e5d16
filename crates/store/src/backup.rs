//! Backups: the records of a running program in one file, checked, and brought back into an empty place.
//!
//! A backup is two files: the copy, and beside it its checksum (`FILE.sha256`, as `sha256sum` writes it), because
//! neither engine notices every bit that a disk or a wire has changed. The key file is never part of it: whoever has
//! one of the two has neither the sealed fields nor the numbers, and whoever lost the key file cannot read the sealed
//! fields of any backup nor derive a number again. Nothing here changes the database that is copied, overwrites a file
//! that is there, writes into a schema that holds anything, or removes what it did not make.

mod files;
mod postgres;
mod sqlite;

use std::path::{Path, PathBuf};
use std::{fs, io};

use self::files::New;
use crate::error::Error;
use crate::keys::Keys;
use crate::verify::Finding;

/// Where the records are, or are to be. It may hold a password and is therefore never printed.
#[derive(Clone)]
pub enum Place {
    /// The file of the embedded database.
    Sqlite(PathBuf),
    /// A schema on PostgreSQL.
    Postgres(Server),
}

/// A schema on PostgreSQL, and the programs that copy it.
#[derive(Clone)]
pub struct Server {
    /// `postgres://user@host/database`.
    pub url: String,
    /// The schema; none: the account's own.
    pub schema: Option<String>,
    /// A PEM file with the certificates to trust; none: no TLS.
    pub certificates: Option<PathBuf>,
    /// The folder of `pg_dump` and `pg_restore`; none: they are looked up in `PATH`.
    pub programs: Option<PathBuf>,
}

/// A backup that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// How long the copy is, in bytes.
    pub bytes: u64,
    /// How far it was checked.
    pub checked: Checked,
}

/// How far a new backup was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Checked {
    /// Every page was looked through, and everything that must hold was looked up in the copy; these are the
    /// findings. A copy with findings is kept, because it is a true one: the records themselves do not hold.
    Verified(Vec<Finding>),
    /// It was read back to its end, and every block unpacks. The records themselves are only looked up when they
    /// are restored: a dump is no database, and the account that makes it need not be allowed to make another one.
    Readable,
}

/// Why there is no backup, or why it was not brought back.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The name is taken.
    #[error("{0} is there already, and nothing is overwritten: name another, or move it away")]
    Exists(PathBuf),
    /// There is nothing to copy.
    #[error("there is no database at {0}")]
    Missing(PathBuf),
    /// The schema is not there.
    #[error("the schema {0} is not there")]
    NoSchema(String),
    /// Restoring needs an empty place.
    #[error(
        "the schema {schema} holds {found} tables, indexes and functions; a backup is only restored into an empty one"
    )]
    NotEmpty {
        /// The schema.
        schema: String,
        /// How much it holds.
        found: i64,
    },
    /// The copy stands under another name than the one that is configured.
    #[error("the backup holds the schema {found}, the configuration names {wanted}")]
    OtherSchema {
        /// Under which name the backup has it.
        found: String,
        /// Where it is to go.
        wanted: String,
    },
    /// The file that tells whether a backup is what was written is missing.
    #[error(
        "the checksum {0} is missing: put it beside the backup, or, to trust the backup without it, make it with `sha256sum`"
    )]
    NoChecksum(PathBuf),
    /// A file is not whole.
    #[error("{file} is damaged: {what}")]
    Damaged {
        /// The backup, or the database that was to be copied.
        file: PathBuf,
        /// What is wrong, in the engine's own words.
        what: String,
    },
    /// The key file is of other records.
    #[error("the key file does not belong to these records: name the one that was made with them")]
    OtherKeys,
    /// What was restored does not hold.
    #[error("what was restored does not hold: {}", named(.0))]
    Findings(Vec<Finding>),
    /// The records are back, but not fit to be served. They are left for a look, because nothing is ever dropped.
    #[error(
        "{why}; what was restored stands in the schema {schema}, which must be dropped before another attempt"
    )]
    Unfit {
        /// Where they are.
        schema: String,
        /// What is wrong with them.
        why: Box<BackupError>,
    },
    /// A program of PostgreSQL failed.
    #[error("{program}: {why}")]
    Program {
        /// Which.
        program: &'static str,
        /// What it said.
        why: String,
    },
    /// A file cannot be read or written.
    #[error("{path}: {why}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        why: io::Error,
    },
    /// The database.
    #[error(transparent)]
    Store(#[from] Error),
}

impl BackupError {
    /// The findings in what was restored, if that is why.
    pub fn findings(&self) -> &[Finding] {
        match self {
            Self::Findings(findings) => findings,
            Self::Unfit { why, .. } => why.findings(),
            _ => &[],
        }
    }
}

/// The first findings and the number of the others.
fn named(findings: &[Finding]) -> String {
    const NAMED: usize = 5;
    let mut words: Vec<String> = findings
        .iter()
        .take(NAMED)
        .map(|found| format!("{:?} {}: {}", found.invariant, found.subject, found.what))
        .collect();
    if let Some(more) = findings.len().checked_sub(NAMED).filter(|more| *more > 0) {
        words.push(format!("and {more} more"));
    }
    words.join("; ")
}

/// The result of a backup.
type Result<T, E = BackupError> = std::result::Result<T, E>;

/// Copies the records into a new file, also while the program runs, and checks the copy (see [`Checked`]).
///
/// The copy holds everything that was answered before the call. It is for the account of the program alone (mode
/// 0600), and on disk with its name when this returns; before, nothing stands under that name. The records are copied
/// in the form they have: a newer program's migrations are not applied to them.
pub fn make(place: &Place, keys: &Keys, to: &Path) -> Result<Made> {
    let new = New::create(to)?;
    files::absent(&files::checksum_of(to))?;
    let checked = match place {
        Place::Sqlite(database) => Checked::Verified(sqlite::make(database, keys, &new)?),
        Place::Postgres(server) => {
            postgres::make(server, &new)?;
            Checked::Readable
        }
    };
    let (sum, bytes) = files::seal(&new)?;
    // The checksum first: a backup without one could not be restored.
    sum.publish()?;
    if let Err(error) = new.publish() {
        drop(fs::remove_file(files::checksum_of(to)));
        return Err(error);
    }
    Ok(Made { bytes, checked })
}

/// Brings a backup back into an empty place, to the newest form, and looks up everything that must hold.
///
/// A file of the embedded database must not be there, nor a log beside its name; a schema must hold nothing, and is
/// made where it is not there. A backup that is not what was written is refused before anything is made. On the
/// embedded database nothing stands under the name unless everything holds; on PostgreSQL records that do not hold
/// are left for a look ([`BackupError::Unfit`]).
pub fn restore(place: &Place, keys: &Keys, from: &Path) -> Result<()> {
    match place {
        Place::Sqlite(database) => sqlite::restore(from, keys, database),
        Place::Postgres(server) => postgres::restore(server, from, keys),
    }
}
