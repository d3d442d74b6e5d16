//! Copies of a schema on PostgreSQL, made and read by the server's own programs, `pg_dump` and `pg_restore`.
//!
//! They get the address in their environment and never on their command line, which every account of the machine
//! may read. Nothing here decides what a copy is good for.

use std::ffi::OsString;
use std::fs::File;
use std::os::unix::ffi::OsStringExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use postgres::Client;
use postgres::config::{Config, Host, TargetSessionAttrs};

use super::postgres::{Address, text};
use crate::error::{Error, Result};

/// How much a failed program may say; its first lines name the cause.
const WORDS: usize = 2_000;

/// How long a copy waits for a lock, in milliseconds: a migration that runs must not keep it for ever.
const LOCK_WAIT: u32 = 60_000;

/// The server's programs, and how they find the server.
pub(crate) struct Programs<'a> {
    /// The folder of `pg_dump` and `pg_restore`; none: they are looked up in `PATH`.
    pub(crate) folder: Option<&'a Path>,
    /// The server.
    pub(crate) address: &'a Address,
    /// The certificates to trust; none: no TLS, as for the program itself.
    pub(crate) certificates: Option<&'a Path>,
}

/// A program did not do what it was started for.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) program: &'static str,
    pub(crate) why: String,
}

impl Programs<'_> {
    /// Writes a schema into a file, in the custom format and from one snapshot.
    pub(crate) fn dump(&self, schema: &str, to: File) -> Result<(), Refused> {
        // In quotes the name is no pattern.
        let pattern = format!("--schema=\"{}\"", schema.replace('"', "\"\""));
        let mut command = self.command("pg_dump");
        command
            .args(["--format=custom", "--no-password", "--no-privileges", "--strict-names"])
            .arg(format!("--lock-wait-timeout={LOCK_WAIT}"))
            .arg(pattern);
        run("pg_dump", command, Stdio::null(), to.into()).map(drop)
    }

    /// The schema in which a copy holds the records of this program; none if it holds none.
    pub(crate) fn schema_of(&self, copy: File) -> Result<Option<String>, Refused> {
        let mut command = self.command("pg_restore");
        command.arg("--list");
        let list = run("pg_restore", command, copy.into(), Stdio::piped())?;
        Ok(String::from_utf8_lossy(&list).lines().find_map(schema_in).map(str::to_owned))
    }

    /// Reads a copy to its end without a server: every block must unpack.
    pub(crate) fn read_through(&self, copy: File) -> Result<(), Refused> {
        let mut command = self.command("pg_restore");
        command.arg("--file=/dev/null");
        run("pg_restore", command, copy.into(), Stdio::null()).map(drop)
    }

    /// Brings the schema of a copy back, all of it or nothing. The schema must be there and empty; everything belongs
    /// to the account that connects.
    pub(crate) fn restore(&self, schema: &str, copy: File) -> Result<(), Refused> {
        let mut command = self.command("pg_restore");
        command
            .args([
                "--single-transaction",
                "--exit-on-error",
                "--no-owner",
                "--no-privileges",
                "--no-password",
            ])
            .arg(format!("--schema={schema}"))
            // An empty name: the database, too, is the one in the environment.
            .arg("--dbname=");
        run("pg_restore", command, copy.into(), Stdio::null()).map(drop)
    }

    fn command(&self, program: &'static str) -> Command {
        let mut command =
            Command::new(self.folder.map_or_else(|| program.into(), |folder| folder.join(program)));
        // What the surroundings say of a server must not count here: the program itself does not listen to it.
        for (name, _) in std::env::vars_os() {
            if name.as_encoded_bytes().starts_with(b"PG") {
                command.env_remove(name);
            }
        }
        command.env("LC_ALL", "C").env("PGAPPNAME", "madoguchi backup").env("PGCONNECT_TIMEOUT", "5");
        command.envs(environment(&self.address.config, self.certificates));
        command
    }
}

/// The address in the words of libpq, with the same server, account and encryption as the program's own connection.
fn environment(config: &Config, certificates: Option<&Path>) -> Vec<(&'static str, OsString)> {
    let mut found: Vec<(&'static str, OsString)> = Vec::new();
    let list = |words: Vec<String>| OsString::from(words.join(","));
    if !config.get_hosts().is_empty() {
        let hosts = config.get_hosts().iter().map(|host| match host {
            Host::Tcp(name) => name.clone(),
            Host::Unix(folder) => folder.display().to_string(),
        });
        found.push(("PGHOST", list(hosts.collect())));
    }
    if !config.get_hostaddrs().is_empty() {
        found.push(("PGHOSTADDR", list(config.get_hostaddrs().iter().map(ToString::to_string).collect())));
    }
    if !config.get_ports().is_empty() {
        found.push(("PGPORT", list(config.get_ports().iter().map(ToString::to_string).collect())));
    }
    for (name, value) in [
        ("PGUSER", config.get_user()),
        ("PGDATABASE", config.get_dbname()),
        ("PGOPTIONS", config.get_options()),
    ] {
        found.extend(value.map(|value| (name, value.into())));
    }
    found.extend(config.get_password().map(|password| ("PGPASSWORD", OsString::from_vec(password.to_vec()))));
    if config.get_target_session_attrs() == TargetSessionAttrs::ReadWrite {
        found.push(("PGTARGETSESSIONATTRS", "read-write".into()));
    }
    match certificates {
        Some(file) => {
            found.push(("PGSSLMODE", "verify-full".into()));
            found.push(("PGSSLROOTCERT", file.into()));
        }
        None => found.push(("PGSSLMODE", "disable".into())),
    }
    found
}

/// Runs a program to its end and answers what it wrote to its output, where that is a pipe.
fn run(program: &'static str, mut command: Command, input: Stdio, output: Stdio) -> Result<Vec<u8>, Refused> {
    let refused = |why: String| Refused { program, why };
    let ended = command
        .stdin(input)
        .stdout(output)
        .stderr(Stdio::piped())
        .spawn()
        .and_then(std::process::Child::wait_with_output)
        .map_err(|error| refused(format!("it cannot be started ({error})")))?;
    if ended.status.success() {
        return Ok(ended.stdout);
    }
    let said = String::from_utf8_lossy(&ended.stderr);
    let said: String = said.trim().replace('\n', "; ").chars().take(WORDS).collect();
    Err(refused(if said.is_empty() { ended.status.to_string() } else { said }))
}

/// The schema of the table that every database of this program has, from a line of `pg_restore --list`:
/// `215; 1259 16386 TABLE madoguchi migration owner`.
fn schema_in(line: &str) -> Option<&str> {
    let (_, entry) = line.split_once("; ")?;
    let entry = entry.splitn(3, ' ').nth(2)?;
    let rest = entry.strip_prefix("TABLE ").filter(|rest| !rest.starts_with("DATA "))?;
    rest.split_once(" migration ").map(|(schema, _)| schema)
}

/// Asks a server from a thread of its own, because the client must not run inside the asynchronous runtime.
pub(crate) fn ask<T: Send>(
    address: &Address,
    question: impl FnOnce(&mut Client) -> Result<T> + Send,
) -> Result<T> {
    std::thread::scope(|scope| {
        let asking = scope.spawn(|| question(&mut address.connect()?));
        asking.join().map_err(|_| Error::Unavailable("asking the server panicked".to_owned()))?
    })
}

fn failed(error: postgres::Error) -> Error {
    Error::Unavailable(text(&error))
}

/// The schema that a connection works in; none where the one it names is not there.
pub(crate) fn schema(client: &mut Client) -> Result<Option<String>> {
    let row = client.query_one("SELECT CAST(current_schema() AS TEXT)", &[]).map_err(failed)?;
    row.try_get(0).map_err(failed)
}

/// How many tables, indexes, sequences, views, types of rows and functions a schema holds.
pub(crate) fn objects(client: &mut Client, schema: &str) -> Result<i64> {
    let row = client
        .query_one(
            "SELECT (SELECT COUNT(*) FROM pg_catalog.pg_class WHERE relnamespace = pg_namespace.oid)
               + (SELECT COUNT(*) FROM pg_catalog.pg_proc WHERE pronamespace = pg_namespace.oid)
             FROM pg_catalog.pg_namespace WHERE nspname = $1",
            &[&schema],
        )
        .map_err(failed)?;
    row.try_get(0).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_is_found_in_the_list_of_a_copy() {
        let list = "; Archive created at 2026-11-24 08:50:00\n;     dbname: city\n\
            3312; 0 16402 TABLE DATA with space migration city\n\
            215; 1259 16386 TABLE with space migration city\n";
        assert_eq!(list.lines().find_map(schema_in), Some("with space"));
        assert_eq!("216; 1259 16390 TABLE other card city".lines().find_map(schema_in), None);
    }

    #[test]
    fn the_programs_get_the_same_server_as_the_program() {
        let config: Config =
            "postgres://city:hi%20mitsu@a.example,b.example:5433/records?target_session_attrs=read-write"
                .parse()
                .unwrap();
        let found = environment(&config, Some(Path::new("/ca.pem")));
        let of =
            |name| found.iter().find(|(known, _)| *known == name).map(|(_, value)| value.to_str().unwrap());
        assert_eq!(of("PGHOST"), Some("a.example,b.example"));
        assert_eq!(of("PGPORT"), Some("5432,5433"));
        assert_eq!((of("PGUSER"), of("PGDATABASE")), (Some("city"), Some("records")));
        assert_eq!(of("PGPASSWORD"), Some("hi mitsu"));
        assert_eq!(of("PGTARGETSESSIONATTRS"), Some("read-write"));
        // Where certificates are named, nothing goes out without TLS.
        assert_eq!((of("PGSSLMODE"), of("PGSSLROOTCERT")), (Some("verify-full"), Some("/ca.pem")));
        let plain = environment(&config, None);
        assert!(plain.iter().any(|(name, value)| *name == "PGSSLMODE" && value == "disable"));
    }
}
