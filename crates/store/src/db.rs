//! The database: two calls, and nothing else reaches it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;

use parking_lot::Mutex;

use crate::engine::job::{Closure, Job};
use crate::engine::postgres as pg;
pub use crate::engine::queue::Lane;
use crate::engine::queue::Queue;
pub use crate::engine::sqlite::Durability;
use crate::engine::sqlite::{self, Fatal};
use crate::error::{Error, Result};
use crate::migrate;
use crate::tx::{Engine, Reader, Tx};

/// Writers of one node: few, because more of them only wait for each other on a hot row.
const WRITE_LANES: usize = 4;
const READ_LANES: usize = 4;

/// A handle to the database; clones share it. The last one to go ends the threads, after what waits is done.
#[derive(Clone)]
pub struct Db {
    inner: Arc<Inner>,
}

struct Inner {
    engine: Engine,
    writes: Arc<Queue>,
    reads: Arc<Queue>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    statements: Arc<AtomicU64>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.writes.close();
        self.reads.close();
        for thread in self.threads.lock().drain(..) {
            if thread.join().is_err() {
                tracing::error!("a thread of the database ended in a panic");
            }
        }
    }
}

impl Db {
    /// Opens the embedded database, making it and bringing it to the newest form if need be.
    pub fn sqlite(path: &Path) -> Result<Self> {
        Self::sqlite_with(path, Durability::Full)
    }

    /// Like [`Db::sqlite`], with a durability of choice; for the control of the kill test.
    pub fn sqlite_with(path: &Path, durability: Durability) -> Result<Self> {
        let path: PathBuf = path.to_owned();
        migrate::sqlite(&mut sqlite::open(&path, durability)?)?;
        let (writes, reads) = (Arc::new(Queue::default()), Arc::new(Queue::default()));
        let statements = Arc::new(AtomicU64::new(0));
        let fatal: Fatal = Arc::new(|error| {
            tracing::error!(%error, "COMMIT failed; the program ends, and the next start recovers");
            std::process::abort();
        });
        let mut threads =
            vec![sqlite::writer(path.clone(), durability, writes.clone(), fatal, statements.clone())?];
        for number in 0..READ_LANES {
            threads.push(sqlite::reader(number, &path, reads.clone(), statements.clone())?);
        }
        Ok(Self::with(Engine::Sqlite, writes, reads, threads, statements))
    }

    /// Opens a database on PostgreSQL, brings it to the newest form if need be, and asserts what durability
    /// and order rest on: `fsync`, `full_page_writes` and a C collation.
    ///
    /// `schema` names the schema to work in. `certificates` is a file of PEM certificates for TLS; without it
    /// the connection is not encrypted.
    pub fn postgres(url: &str, schema: Option<&str>, certificates: Option<&Path>) -> Result<Self> {
        let address = pg::address(url, schema, certificates)?;
        // The client must be opened, used and dropped on a thread without the asynchronous runtime.
        let opening = address.clone();
        std::thread::spawn(move || migrate::postgres(&mut opening.connect()?))
            .join()
            .map_err(|_| Error::Unavailable("opening the database panicked".to_owned()))??;
        let (writes, reads) = (Arc::new(Queue::default()), Arc::new(Queue::default()));
        let statements = Arc::new(AtomicU64::new(0));
        let mut threads = Vec::new();
        for number in 0..WRITE_LANES {
            let begin = "BEGIN ISOLATION LEVEL READ COMMITTED";
            threads.push(pg::lane(number, begin, address.clone(), writes.clone(), statements.clone())?);
        }
        for number in 0..READ_LANES {
            let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
            let number = WRITE_LANES + number;
            threads.push(pg::lane(number, begin, address.clone(), reads.clone(), statements.clone())?);
        }
        Ok(Self::with(Engine::Postgres, writes, reads, threads, statements))
    }

    /// Makes a schema on PostgreSQL unless it is there; for demos and tests that share a server.
    pub fn make_schema(url: &str, schema: &str, certificates: Option<&Path>) -> Result<()> {
        let plain =
            schema.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
        if !plain || schema.is_empty() {
            return Err(Error::Unavailable("a schema is named in a-z, 0-9 and _".to_owned()));
        }
        let address = pg::address(url, None, certificates)?;
        let text = format!("CREATE SCHEMA IF NOT EXISTS {schema}");
        std::thread::spawn(move || {
            address.connect()?.batch_execute(&text).map_err(|error| Error::Unavailable(pg::text(&error)))
        })
        .join()
        .map_err(|_| Error::Unavailable("making the schema panicked".to_owned()))?
    }

    fn with(
        engine: Engine,
        writes: Arc<Queue>,
        reads: Arc<Queue>,
        threads: Vec<JoinHandle<()>>,
        statements: Arc<AtomicU64>,
    ) -> Self {
        Self { inner: Arc::new(Inner { engine, writes, reads, threads: Mutex::new(threads), statements }) }
    }

    /// Which engine answers.
    pub fn engine(&self) -> Engine {
        self.inner.engine
    }

    /// How many statements ran since the database was opened; tests hold use cases to their number.
    pub fn statements(&self) -> u64 {
        self.inner.statements.load(Ordering::Relaxed)
    }

    /// Reads from a fresh snapshot. Keep it short; it must not wait for anything.
    pub async fn read<T, E, F>(&self, read: F) -> Result<T, E>
    where
        F: Fn(&mut Reader<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        // Readers share the machinery of jobs; the connection itself refuses to write.
        let (job, answer) = Closure::new(move |tx: &mut Tx<'_>| read(tx));
        self.inner.reads.push(Lane::Staff, Box::new(job));
        answer.await.unwrap_or_else(|_| Err(E::from(stopped())))
    }

    /// Runs a transaction, perhaps more than once, and answers after it is durable.
    ///
    /// Instants, ids and random values are made outside and moved in. An error undoes everything.
    pub async fn write<T, E, F>(&self, lane: Lane, write: F) -> Result<T, E>
    where
        F: Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (job, answer) = Closure::new(write);
        self.push(lane, Box::new(job));
        answer.await.unwrap_or_else(|_| Err(E::from(stopped())))
    }

    /// [`Db::read`] for code outside the asynchronous runtime: the command line and tests.
    pub fn read_now<T, E, F>(&self, read: F) -> Result<T, E>
    where
        F: Fn(&mut Reader<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (job, answer) = Closure::new(move |tx: &mut Tx<'_>| read(tx));
        self.inner.reads.push(Lane::Staff, Box::new(job));
        answer.blocking_recv().unwrap_or_else(|_| Err(E::from(stopped())))
    }

    /// [`Db::write`] for code outside the asynchronous runtime: the command line and tests.
    pub fn write_now<T, E, F>(&self, lane: Lane, write: F) -> Result<T, E>
    where
        F: Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (job, answer) = Closure::new(write);
        self.push(lane, Box::new(job));
        answer.blocking_recv().unwrap_or_else(|_| Err(E::from(stopped())))
    }

    fn push(&self, lane: Lane, job: Box<dyn Job>) {
        self.inner.writes.push(lane, job);
    }
}

fn stopped() -> Error {
    Error::Unavailable("the database's threads have ended".to_owned())
}
