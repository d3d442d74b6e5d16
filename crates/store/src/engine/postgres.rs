//! PostgreSQL: a few lane threads, each with one connection that it opened, uses and drops itself.
//!
//! The synchronous client must never run inside the asynchronous runtime, so it never leaves its thread. Writes
//! are READ COMMITTED and the whole closure is run again, after a random pause, on a serialization failure or a
//! deadlock; engines that answer so more often than PostgreSQL therefore work as well.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use postgres::types::private::BytesMut;
use postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use postgres::{Client, Config, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::job::{Job, Verdict};
use super::queue::Queue;
use crate::error::{Code, Error, Result};
use crate::statement::Statement;
use crate::tx::{Link, Tx};
use crate::value::{Param, Row, Value};

const ATTEMPTS: u32 = 12;

/// How a connection is made.
#[derive(Clone)]
pub(crate) struct Address {
    pub(crate) config: Config,
    pub(crate) tls: Option<MakeRustlsConnect>,
}

impl Address {
    pub(crate) fn connect(&self) -> Result<Client> {
        let unavailable = |error: postgres::Error| Error::Unavailable(text(&error));
        let mut client = match &self.tls {
            Some(tls) => self.config.connect(tls.clone()),
            None => self.config.connect(NoTls),
        }
        .map_err(unavailable)?;
        // An answer must never come before the log is on disk, whatever the server's default says. A statement is planned
        // once for a connection and not for each of its values: every one is written to be walked along one index, and
        // planning the board's anew took more time than running them. So a plan that was made while a table was small
        // stays for hours, and must be the one for the table that it becomes: a page by an index costs what the next one
        // costs, as on any disk without a head, or a list of 10,000 reads the whole young table for each of its portions.
        client
            .batch_execute(
                "SET synchronous_commit = on; SET client_min_messages = warning;
                SET plan_cache_mode = force_generic_plan; SET random_page_cost = 1.1",
            )
            .map_err(unavailable)?;
        Ok(client)
    }
}

/// Reads a connection URL; with a schema, every name is looked up there first.
pub(crate) fn address(url: &str, schema: Option<&str>, certificates: Option<&Path>) -> Result<Address> {
    let mut config: Config =
        url.parse().map_err(|error: postgres::Error| Error::Unavailable(text(&error)))?;
    config.application_name("madoguchi");
    config.connect_timeout(Duration::from_secs(5));
    if let Some(schema) = schema {
        config.options(&format!("-c search_path={schema}"));
    }
    let tls = certificates.map(trust).transpose()?;
    Ok(Address { config, tls })
}

/// TLS that trusts the certificates of a PEM file and nothing else.
fn trust(file: &Path) -> Result<MakeRustlsConnect> {
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject;
    let unusable = |why: String| Error::Unavailable(format!("certificates {}: {why}", file.display()));
    let mut roots = rustls::RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(file).map_err(|error| unusable(error.to_string()))? {
        let certificate = certificate.map_err(|error| unusable(error.to_string()))?;
        roots.add(certificate).map_err(|error| unusable(error.to_string()))?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| unusable(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

pub(crate) fn text(error: &postgres::Error) -> String {
    match error.as_db_error() {
        Some(db) => format!("{}: {}", db.code().code(), db.message()),
        None => error.to_string(),
    }
}

fn code(error: &postgres::Error) -> Code {
    match error.as_db_error() {
        Some(db) => match db.code().code() {
            "40001" | "40P01" => Code::Again,
            class if class.starts_with("23") || class == "P0001" => Code::Constraint(text(error)),
            // The administrator or a crash ended the connection.
            class if class.starts_with("57P") || class.starts_with("08") => Code::Connection,
            _ => Code::Other(text(error)),
        },
        None if error.is_closed() => Code::Connection,
        None => {
            let broken =
                std::error::Error::source(error).is_some_and(<dyn std::error::Error>::is::<std::io::Error>);
            if broken { Code::Connection } else { Code::Other(text(error)) }
        }
    }
}

/// Statements prepared on one connection, by the address of their registry entry.
type Cache = HashMap<*const Statement, postgres::Statement>;

/// A connection inside a transaction.
pub(crate) struct PgLink<'c> {
    client: &'c mut Client,
    cache: &'c mut Cache,
}

impl PgLink<'_> {
    fn prepare(&mut self, statement: &'static Statement) -> Result<postgres::Statement> {
        let key = std::ptr::from_ref(statement);
        if let Some(prepared) = self.cache.get(&key) {
            return Ok(prepared.clone());
        }
        let prepared = self.client.prepare(statement.sql).map_err(|error| failed(statement, &error))?;
        self.cache.insert(key, prepared.clone());
        Ok(prepared)
    }

    pub(crate) fn execute(&mut self, statement: &'static Statement, params: &[Param<'_>]) -> Result<u64> {
        let prepared = self.prepare(statement)?;
        let params: Vec<&(dyn ToSql + Sync)> =
            params.iter().map(|param| param as &(dyn ToSql + Sync)).collect();
        self.client.execute(&prepared, &params).map_err(|error| failed(statement, &error))
    }

    pub(crate) fn query(
        &mut self,
        statement: &'static Statement,
        params: &[Param<'_>],
        visit: &mut dyn FnMut(&Row<'_>) -> Result<()>,
    ) -> Result<()> {
        let prepared = self.prepare(statement)?;
        let columns = statement
            .columns
            .get_or_init(|| prepared.columns().iter().map(|column| column.name().to_owned()).collect());
        let params: Vec<&(dyn ToSql + Sync)> =
            params.iter().map(|param| param as &(dyn ToSql + Sync)).collect();
        let rows = self.client.query(&prepared, &params).map_err(|error| failed(statement, &error))?;
        for row in rows {
            let mut values = Vec::with_capacity(columns.len());
            for (index, column) in row.columns().iter().enumerate() {
                values.push(decode(statement, &row, index, column.type_())?);
            }
            visit(&Row { statement, columns, values })?;
        }
        Ok(())
    }
}

fn failed(statement: &'static Statement, error: &postgres::Error) -> Error {
    Error::Statement { statement: statement.name, code: code(error) }
}

fn decode(statement: &'static Statement, row: &postgres::Row, index: usize, kind: &Type) -> Result<Value> {
    let failed = |error: postgres::Error| failed(statement, &error);
    let value = match *kind {
        Type::INT8 => row.try_get::<_, Option<i64>>(index).map_err(failed)?.map(Value::Int),
        Type::INT4 => row.try_get::<_, Option<i32>>(index).map_err(failed)?.map(|n| Value::Int(i64::from(n))),
        Type::BOOL => {
            row.try_get::<_, Option<bool>>(index).map_err(failed)?.map(|b| Value::Int(i64::from(b)))
        }
        Type::TEXT | Type::VARCHAR | Type::NAME => {
            row.try_get::<_, Option<String>>(index).map_err(failed)?.map(Value::Text)
        }
        Type::BYTEA => row.try_get::<_, Option<Vec<u8>>>(index).map_err(failed)?.map(Value::Blob),
        ref other => return Err(Error::Broken(format!("{}: column type {other}", statement.name))),
    };
    Ok(value.unwrap_or(Value::Null))
}

impl ToSql for Param<'_> {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut BytesMut,
    ) -> std::result::Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Param::Null => Ok(IsNull::Yes),
            Param::Int(number) if *kind == Type::INT4 => i32::try_from(*number)?.to_sql(kind, out),
            Param::Int(number) => number.to_sql(kind, out),
            Param::Text(value) => value.as_ref().to_sql(kind, out),
            Param::Blob(bytes) => bytes.to_sql(kind, out),
        }
    }

    fn accepts(kind: &Type) -> bool {
        matches!(*kind, Type::INT8 | Type::INT4 | Type::TEXT | Type::VARCHAR | Type::BYTEA)
    }

    to_sql_checked!();
}

/// One connection with what is prepared on it; opened again after it broke.
struct Connected {
    address: Address,
    open: Option<(Client, Cache)>,
}

impl Connected {
    fn get(&mut self) -> Result<(&mut Client, &mut Cache)> {
        if self.open.as_ref().is_none_or(|(client, _)| client.is_closed()) {
            self.open = Some((self.address.connect()?, Cache::new()));
        }
        // It was filled in the line before.
        let Some((client, cache)) = self.open.as_mut() else {
            return Err(Error::Unavailable("no connection".to_owned()));
        };
        Ok((client, cache))
    }
}

/// What became of one run of a job.
enum Ran {
    Done,
    Again,
    Failed(Error),
}

/// A lane's thread: takes jobs from the queue until it is closed.
pub(crate) fn lane(
    number: usize,
    begin: &'static str,
    address: Address,
    queue: Arc<Queue>,
    count: Arc<AtomicU64>,
) -> Result<JoinHandle<()>> {
    std::thread::Builder::new()
        .name(format!("store-pg-{number}"))
        .spawn(move || {
            let mut connected = Connected { address, open: None };
            // A pause needs no good chance, only a different one in each lane.
            let mut chance = 0x9E37_79B9_7F4A_7C15_u64.wrapping_mul(number as u64 + 1);
            while let Some(waiting) = queue.wait() {
                let Some(mut job) = waiting.in_time() else { continue };
                let mut outcome = Err(Error::Conflict);
                for attempt in 0..ATTEMPTS {
                    if attempt > 0 {
                        metrics::counter!("store_retries").increment(1);
                        std::thread::sleep(pause(attempt, &mut chance));
                    }
                    match run(&mut connected, begin, job.as_mut(), &count) {
                        Ran::Done => {
                            outcome = Ok(());
                            break;
                        }
                        Ran::Failed(error) => {
                            outcome = Err(error);
                            break;
                        }
                        Ran::Again => {}
                    }
                }
                job.answer(outcome);
            }
        })
        .map_err(|error| Error::Unavailable(format!("a lane's thread: {error}")))
}

/// Full jitter: anything up to 2 ms doubled per attempt, at most 250 ms.
fn pause(attempt: u32, chance: &mut u64) -> Duration {
    *chance ^= *chance << 13;
    *chance ^= *chance >> 7;
    *chance ^= *chance << 17;
    let limit = (2_000_u64 << attempt.min(7)).min(250_000);
    Duration::from_micros(*chance % limit)
}

fn run(connected: &mut Connected, begin: &str, job: &mut dyn Job, count: &AtomicU64) -> Ran {
    let (client, cache) = match connected.get() {
        Ok(open) => open,
        Err(error) => return Ran::Failed(error),
    };
    if let Err(error) = client.batch_execute(begin) {
        // Nothing has happened yet, so a connection that broke while idle is simply opened again.
        return if code(&error) == Code::Connection {
            connected.open = None;
            Ran::Again
        } else {
            Ran::Failed(Error::Unavailable(text(&error)))
        };
    }
    let mut tx = Tx::new(Link::Postgres(PgLink { client, cache }));
    let verdict = job.run(&mut tx);
    count.fetch_add(u64::from(tx.count()), Ordering::Relaxed);
    let poison = tx.poison().cloned();
    match poison {
        Some(Error::Statement { code: Code::Again, .. }) => {
            return if client.batch_execute("ROLLBACK").is_ok() { Ran::Again } else { lost(connected) };
        }
        Some(Error::Statement { code: Code::Connection, .. }) => return lost(connected),
        _ => {}
    }
    if verdict == Verdict::Undo {
        if client.batch_execute("ROLLBACK").is_err() {
            connected.open = None;
        }
        return Ran::Done;
    }
    let committing = Instant::now();
    let outcome = client.batch_execute("COMMIT");
    metrics::histogram!("store_commit_seconds").record(committing.elapsed().as_secs_f64());
    match outcome {
        Ok(()) => Ran::Done,
        Err(error) => match code(&error) {
            Code::Again => Ran::Again,
            Code::Connection => {
                connected.open = None;
                Ran::Failed(Error::Unknown)
            }
            // A deferred check refused the commit: the server has rolled back.
            code => Ran::Failed(Error::Statement { statement: "engine.commit", code }),
        },
    }
}

/// The connection broke before COMMIT was sent: nothing was changed, and a new connection may do better.
fn lost(connected: &mut Connected) -> Ran {
    connected.open = None;
    Ran::Again
}
