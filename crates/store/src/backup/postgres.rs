//! Backups of a schema on PostgreSQL.

use std::fs::File;
use std::path::Path;

use super::files::{self, New, io};
use super::{BackupError, Result, Server};
use crate::db::Db;
use crate::engine::copy_postgres::{self as copy, Programs, Refused};
use crate::engine::postgres::{self as pg, Address};
use crate::error::Error;
use crate::keys::Keys;
use crate::migrate;
use crate::verify::verify;

impl Server {
    fn address(&self) -> Result<Address> {
        Ok(pg::address(&self.url, self.schema.as_deref(), self.certificates.as_deref())?)
    }

    fn programs<'a>(&'a self, address: &'a Address) -> Programs<'a> {
        Programs { folder: self.programs.as_deref(), address, certificates: self.certificates.as_deref() }
    }

    /// The schema that is not there, as the configuration names it.
    fn missing(&self) -> String {
        self.schema.clone().unwrap_or_else(|| "of the account's own".to_owned())
    }
}

impl From<Refused> for BackupError {
    fn from(refused: Refused) -> Self {
        Self::Program { program: refused.program, why: refused.why }
    }
}

/// Dumps the schema into a new file and reads it back to its end.
pub(super) fn make(server: &Server, new: &New) -> Result<()> {
    let address = server.address()?;
    let programs = server.programs(&address);
    let schema = copy::ask(&address, copy::schema)?;
    let Some(schema) = schema else { return Err(BackupError::NoSchema(server.missing())) };
    programs.dump(&schema, new.file()?)?;
    let part = new.part();
    let open = || File::open(part).map_err(io(part));
    of_schema(&programs, open()?, part, &schema)?;
    Ok(programs.read_through(open()?)?)
}

/// Brings a backup back into a schema that is empty or not there yet.
pub(super) fn restore(server: &Server, from: &Path, keys: &Keys) -> Result<()> {
    let address = server.address()?;
    let programs = server.programs(&address);
    files::unseal(from, |_| Ok(()))?;
    let open = || File::open(from).map_err(io(from));
    copy::ask(&address, migrate::postgres_serves)?;
    let there = copy::ask(&address, copy::schema)?;
    let wanted = there.clone().or_else(|| server.schema.clone());
    let Some(wanted) = wanted else { return Err(BackupError::NoSchema(server.missing())) };
    of_schema(&programs, open()?, from, &wanted)?;
    if there.is_none() {
        Db::make_schema(&server.url, &wanted, server.certificates.as_deref())?;
    }
    let schema = empty_schema(server, &address)?;
    programs.restore(&schema, open()?)?;
    // From here on the records are there, and an error must say so.
    check(server, keys).map_err(|why| BackupError::Unfit { schema, why: Box::new(why) })
}

/// The schema to fill, which must hold nothing.
fn empty_schema(server: &Server, address: &Address) -> Result<String> {
    let schema = copy::ask(address, copy::schema)?;
    let Some(schema) = schema else { return Err(BackupError::NoSchema(server.missing())) };
    match copy::ask(address, |client| copy::objects(client, &schema))? {
        0 => Ok(schema),
        found => Err(BackupError::NotEmpty { schema, found }),
    }
}

/// Refuses a file that `pg_restore` does not read, or in which the records stand under another schema.
fn of_schema(programs: &Programs<'_>, copy: File, named: &Path, schema: &str) -> Result<()> {
    let damaged = |what| BackupError::Damaged { file: named.to_owned(), what };
    let listed = programs.schema_of(copy).map_err(|refused| damaged(refused.why))?;
    match listed {
        Some(listed) if listed == schema => Ok(()),
        Some(listed) => Err(BackupError::OtherSchema { found: listed, wanted: schema.to_owned() }),
        None => Err(damaged("it holds no records of this program".to_owned())),
    }
}

/// Brings what was restored to the newest form and looks everything up that must hold.
fn check(server: &Server, keys: &Keys) -> Result<()> {
    let db = Db::postgres(&server.url, server.schema.as_deref(), server.certificates.as_deref())?;
    let keys = keys.clone();
    let found = db.read_now(move |reader| {
        if keys.know_database(reader)? { verify(reader, &keys).map(Some) } else { Ok::<_, Error>(None) }
    })?;
    match found {
        None => Err(BackupError::OtherKeys),
        Some(findings) if findings.is_empty() => Ok(()),
        Some(findings) => Err(BackupError::Findings(findings)),
    }
}
