//! The limit against which bookings are measured: the same statements with the same values, in a bare loop.
//!
//! A tape is recorded while the real functions run; then it is played on an equal database with nothing but the
//! client library, a full sync and, on SQLite, groups of 64. Nothing of the program uses this.

mod booked;
mod fill;
mod moves;
mod past;

use std::path::Path;
use std::time::{Duration, Instant};

use postgres::types::ToSql;

use crate::db::Durability;
use crate::engine::{postgres as pg, sqlite};
use crate::error::{Error, Result};
use crate::statement::Statement;
use crate::value::{Param, Value};

pub use booked::fill_booked;
pub use fill::{Group, Home, Many, fill_cards, key_of};
pub use moves::fill_moves;
pub use past::{Past, fill_past};

/// What ran in one transaction.
#[derive(Debug, Clone, Default)]
pub struct Tape {
    pub(crate) statements: Vec<(&'static Statement, Vec<Value>)>,
}

impl Tape {
    /// How many statements it has.
    pub fn len(&self) -> usize {
        self.statements.len()
    }

    /// Whether nothing ran.
    pub fn is_empty(&self) -> bool {
        self.statements.is_empty()
    }
}

fn params(values: &[Value]) -> Vec<Param<'_>> {
    values.iter().map(Value::as_param).collect()
}

/// Plays the tapes on an embedded database, 64 to a commit, and answers how long it took.
pub fn play_sqlite(file: &Path, tapes: &[Tape]) -> Result<Duration> {
    let connection = sqlite::open(file, Durability::Full)?;
    let failed = |error: rusqlite::Error| Error::Broken(error.to_string());
    let began = Instant::now();
    for group in tapes.chunks(64) {
        connection.execute_batch("BEGIN IMMEDIATE").map_err(failed)?;
        for (statement, values) in group.iter().flat_map(|tape| &tape.statements) {
            let mut prepared = connection.prepare_cached(statement.sql).map_err(failed)?;
            for (index, value) in (1..).zip(values) {
                match value {
                    Value::Null => prepared.raw_bind_parameter(index, rusqlite::types::Null),
                    Value::Int(number) => prepared.raw_bind_parameter(index, number),
                    Value::Text(text) => prepared.raw_bind_parameter(index, text),
                    Value::Blob(bytes) => prepared.raw_bind_parameter(index, bytes),
                }
                .map_err(failed)?;
            }
            let mut rows = prepared.raw_query();
            while rows.next().map_err(failed)?.is_some() {}
        }
        connection.execute_batch("COMMIT").map_err(failed)?;
    }
    Ok(began.elapsed())
}

/// Plays the tapes on PostgreSQL, one to a commit, with so many connections, and answers how long it took.
pub fn play_postgres(url: &str, schema: &str, tapes: &[Tape], connections: usize) -> Result<Duration> {
    let address = pg::address(url, Some(schema), None)?;
    let mut clients = Vec::new();
    for _ in 0..connections {
        let address = address.clone();
        let client = std::thread::spawn(move || address.connect()).join();
        clients.push(client.map_err(|_| Error::Unavailable("a connection".to_owned()))??);
    }
    let began = Instant::now();
    std::thread::scope(|scope| {
        let parts = clients.into_iter().zip(tapes.chunks(tapes.len().div_ceil(connections).max(1)));
        let playing: Vec<_> = parts
            .map(|(mut client, part)| {
                scope.spawn(move || {
                    let failed = |error: postgres::Error| Error::Broken(pg::text(&error));
                    let mut cache: std::collections::HashMap<&str, postgres::Statement> =
                        std::collections::HashMap::default();
                    for tape in part {
                        client.batch_execute("BEGIN").map_err(failed)?;
                        for (statement, values) in &tape.statements {
                            if !cache.contains_key(statement.name) {
                                cache.insert(statement.name, client.prepare(statement.sql).map_err(failed)?);
                            }
                            let values = params(values);
                            let values: Vec<&(dyn ToSql + Sync)> =
                                values.iter().map(|v| v as &(dyn ToSql + Sync)).collect();
                            client.query(&cache[statement.name], &values).map_err(failed)?;
                        }
                        client.batch_execute("COMMIT").map_err(failed)?;
                    }
                    Ok::<_, Error>(client)
                })
            })
            .collect();
        for one in playing {
            let client = one.join().map_err(|_| Error::Unavailable("a connection".to_owned()))??;
            // Closed on a thread of its own: the caller may be asynchronous.
            drop(std::thread::spawn(move || drop(client)).join());
        }
        Ok::<_, Error>(())
    })?;
    Ok(began.elapsed())
}
