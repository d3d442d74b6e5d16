//! SQLite: one writer thread that commits in groups, and a few reader threads with snapshots of their own.
//!
//! The writer takes what waits, runs the first closure straight in the transaction and later ones in a
//! savepoint each, ends a group after 64 closures or 5 ms, commits once with a full sync, and only then
//! answers them all, also those that undid their work: what they saw of their neighbours is true only once
//! the neighbours are committed.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, OpenFlags, ToSql};

use super::job::{Job, Verdict};
use super::queue::Queue;
use crate::error::{Code, Error, Result};
use crate::statement::Statement;
use crate::tx::{Link, Tx};
use crate::value::{Param, Row, Value};

const GROUP_JOBS: usize = 64;
const GROUP_TIME: Duration = Duration::from_millis(5);

/// How durable a commit is. Everything but tests uses [`Durability::Full`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// `synchronous=FULL`: an acknowledged commit survives a power cut.
    Full,
    /// `synchronous=OFF`: the control of the kill test, which must then fail.
    Off,
}

/// What is done when COMMIT fails and nobody can know what the file holds. The default ends the process.
pub(crate) type Fatal = Arc<dyn Fn(&Error) + Send + Sync>;

pub(crate) fn open(path: &Path, durability: Durability) -> Result<Connection> {
    let unavailable = |error: rusqlite::Error| Error::Unavailable(format!("{}: {error}", path.display()));
    let connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )
    .map_err(unavailable)?;
    let synchronous = match durability {
        Durability::Full => "FULL",
        Durability::Off => "OFF",
    };
    connection.busy_timeout(Duration::from_secs(10)).map_err(unavailable)?;
    connection
        .execute_batch(&format!(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = {synchronous}; PRAGMA foreign_keys = ON;
             PRAGMA cache_size = -32768; PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 4000;
             PRAGMA trusted_schema = OFF;"
        ))
        .map_err(unavailable)?;
    connection.set_prepared_statement_cache_capacity(512);
    Ok(connection)
}

fn code(error: &rusqlite::Error) -> Code {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Code::Again,
        Some(ErrorCode::ConstraintViolation) => Code::Constraint(error.to_string()),
        _ => Code::Other(error.to_string()),
    }
}

fn failed(statement: &'static Statement, error: &rusqlite::Error) -> Error {
    Error::Statement { statement: statement.name, code: code(error) }
}

struct Bound<'a>(&'a Param<'a>);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self.0 {
            Param::Null => ValueRef::Null,
            Param::Int(number) => ValueRef::Integer(*number),
            Param::Text(text) => ValueRef::Text(text.as_bytes()),
            Param::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

pub(crate) fn execute(
    connection: &Connection,
    statement: &'static Statement,
    params: &[Param<'_>],
) -> Result<u64> {
    let failed = |error: rusqlite::Error| failed(statement, &error);
    let mut prepared = connection.prepare_cached(statement.sql).map_err(failed)?;
    let changed = prepared.execute(rusqlite::params_from_iter(params.iter().map(Bound))).map_err(failed)?;
    Ok(changed as u64)
}

pub(crate) fn query(
    connection: &Connection,
    statement: &'static Statement,
    params: &[Param<'_>],
    visit: &mut dyn FnMut(&Row<'_>) -> Result<()>,
) -> Result<()> {
    let failed = |error: rusqlite::Error| failed(statement, &error);
    let mut prepared = connection.prepare_cached(statement.sql).map_err(failed)?;
    let columns = statement.columns.get_or_init(|| prepared.column_names().map(str::to_owned).collect());
    let mut rows = prepared.query(rusqlite::params_from_iter(params.iter().map(Bound))).map_err(failed)?;
    while let Some(row) = rows.next().map_err(failed)? {
        let mut values = Vec::with_capacity(columns.len());
        for index in 0..columns.len() {
            values.push(match row.get_ref(index).map_err(failed)? {
                ValueRef::Null => Value::Null,
                ValueRef::Integer(number) => Value::Int(number),
                ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
                ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
                ValueRef::Real(_) => {
                    return Err(Error::Broken(format!("{}: a floating-point number", statement.name)));
                }
            });
        }
        visit(&Row { statement, columns, values })?;
    }
    Ok(())
}

/// The writer's thread. It ends when the queue is closed.
pub(crate) fn writer(
    path: PathBuf,
    durability: Durability,
    queue: Arc<Queue>,
    fatal: Fatal,
    count: Arc<std::sync::atomic::AtomicU64>,
) -> Result<JoinHandle<()>> {
    let connection = open(&path, durability)?;
    std::thread::Builder::new()
        .name("store-writer".to_owned())
        .spawn(move || {
            let mut writer = Writer { connection, fatal, count };
            while let Some(first) = queue.wait() {
                if let Some(first) = first.in_time() {
                    writer.group(first, &queue);
                }
            }
            if let Err(error) = writer.connection.execute_batch("PRAGMA optimize") {
                tracing::warn!(%error, "optimizing the database at the end failed");
            }
        })
        .map_err(|error| Error::Unavailable(format!("the writer's thread: {error}")))
}

/// A reader's thread, with a connection that cannot write and a snapshot per job.
pub(crate) fn reader(
    number: usize,
    path: &Path,
    queue: Arc<Queue>,
    count: Arc<std::sync::atomic::AtomicU64>,
) -> Result<JoinHandle<()>> {
    let connection = open(path, Durability::Full)?;
    connection
        .execute_batch("PRAGMA query_only = ON")
        .map_err(|error| Error::Unavailable(format!("{}: {error}", path.display())))?;
    std::thread::Builder::new()
        .name(format!("store-reader-{number}"))
        .spawn(move || {
            while let Some(waiting) = queue.wait() {
                let Some(mut job) = waiting.in_time() else { continue };
                if let Err(error) = connection.execute_batch("BEGIN") {
                    job.answer(Err(Error::Statement { statement: "engine.snapshot", code: code(&error) }));
                    continue;
                }
                let mut tx = Tx::new(Link::Sqlite(&connection));
                job.run(&mut tx);
                count.fetch_add(u64::from(tx.count()), std::sync::atomic::Ordering::Relaxed);
                let ended = connection.execute_batch("ROLLBACK");
                job.answer(
                    ended.map_err(|error| Error::Statement {
                        statement: "engine.snapshot",
                        code: code(&error),
                    }),
                );
            }
        })
        .map_err(|error| Error::Unavailable(format!("a reader's thread: {error}")))
}

struct Writer {
    connection: Connection,
    fatal: Fatal,
    count: Arc<std::sync::atomic::AtomicU64>,
}

/// A closure of the group, in the order in which they ran.
type Ran = Box<dyn Job>;

impl Writer {
    fn group(&mut self, first: Box<dyn Job>, queue: &Queue) {
        let began = Instant::now();
        let mut ran: Vec<Ran> = Vec::new();
        let mut next = Some(first);
        let mut kept = false;
        if let Err(error) = self.batch("BEGIN IMMEDIATE") {
            if let Some(job) = next {
                job.answer(Err(error));
            }
            return;
        }
        while let Some(mut job) = next.take() {
            let nested = kept;
            let verdict = match self.run(job.as_mut(), nested) {
                Ok(verdict) => verdict,
                Err(error) => {
                    ran.push(job);
                    return self.rescue(ran, error);
                }
            };
            ran.push(job);
            if self.connection.is_autocommit() {
                // SQLite rolled the whole transaction back by itself, the neighbours' work with it.
                return self.rescue(ran, Error::Conflict);
            }
            let undone = match (verdict, nested) {
                (Verdict::Keep, true) => self.batch("RELEASE one"),
                (Verdict::Keep, false) => Ok(()),
                (Verdict::Undo, true) => self.batch("ROLLBACK TO one; RELEASE one"),
                (Verdict::Undo, false) => self.batch("ROLLBACK; BEGIN IMMEDIATE"),
            };
            if let Err(error) = undone {
                return self.rescue(ran, error);
            }
            kept |= verdict == Verdict::Keep;
            if ran.len() >= GROUP_JOBS || began.elapsed() >= GROUP_TIME {
                break;
            }
            while let Some(waiting) = queue.try_next() {
                if let Some(job) = waiting.in_time() {
                    next = Some(job);
                    break;
                }
            }
        }
        metrics::histogram!("store_group_jobs").record(u32::try_from(ran.len()).unwrap_or(u32::MAX));
        let committing = Instant::now();
        let outcome = if kept { self.batch("COMMIT") } else { self.batch("ROLLBACK") };
        metrics::histogram!("store_commit_seconds").record(committing.elapsed().as_secs_f64());
        if let Err(error) = &outcome {
            // Nobody knows now what the file holds. All are told so, and the process ends; the next start
            // recovers from the log.
            for job in ran {
                job.answer(Err(Error::Unknown));
            }
            (self.fatal)(error);
            drop(self.batch("ROLLBACK"));
            return;
        }
        for job in ran {
            job.answer(Ok(()));
        }
    }

    fn run(&mut self, job: &mut dyn Job, nested: bool) -> Result<Verdict> {
        if nested {
            self.batch("SAVEPOINT one")?;
        }
        let mut tx = Tx::new(Link::Sqlite(&self.connection));
        let verdict = job.run(&mut tx);
        self.count.fetch_add(u64::from(tx.count()), std::sync::atomic::Ordering::Relaxed);
        Ok(verdict)
    }

    /// Runs the jobs of a group that fell apart one by one, each in a transaction of its own.
    fn rescue(&mut self, ran: Vec<Ran>, why: Error) {
        tracing::warn!(error = %why, jobs = ran.len(), "a group of transactions is run again one by one");
        if !self.connection.is_autocommit()
            && let Err(error) = self.batch("ROLLBACK")
        {
            tracing::error!(%error, "rolling back failed");
        }
        for mut job in ran {
            if let Err(error) = self.batch("BEGIN IMMEDIATE") {
                job.answer(Err(error));
                continue;
            }
            let verdict = match self.run(job.as_mut(), false) {
                Ok(verdict) => verdict,
                Err(error) => {
                    job.answer(Err(error));
                    continue;
                }
            };
            if self.connection.is_autocommit() {
                job.answer(if verdict == Verdict::Undo { Ok(()) } else { Err(why.clone()) });
                continue;
            }
            let end = if verdict == Verdict::Keep { "COMMIT" } else { "ROLLBACK" };
            match self.batch(end) {
                Ok(()) => job.answer(Ok(())),
                Err(error) => {
                    job.answer(Err(Error::Unknown));
                    (self.fatal)(&error);
                }
            }
        }
    }

    fn batch(&self, sql: &'static str) -> Result<()> {
        self.connection
            .execute_batch(sql)
            .map_err(|error| Error::Statement { statement: "engine.transaction", code: code(&error) })
    }
}
