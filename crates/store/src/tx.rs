//! What a closure gets: a reader, or a transaction that can also write.
//!
//! A statement error poisons the transaction on both engines: later statements fail without reaching the
//! engine, and an `Ok` of the closure becomes the first error. So an error that somebody forgot to look at
//! cannot commit half of the work. Expected conflicts use `ON CONFLICT DO NOTHING` and row counts.

use std::ops::{Deref, DerefMut};

use crate::act::Act;
use crate::bench::Tape;
use crate::engine::postgres::PgLink;
use crate::engine::sqlite;
use crate::error::{Error, Result};
use crate::statement::{ROWS, Statement};
use crate::value::{Param, Row, Value};
use domain::id::Id;

pub(crate) enum Link<'c> {
    Sqlite(&'c rusqlite::Connection),
    Postgres(PgLink<'c>),
}

/// Reads from one snapshot.
pub struct Reader<'c> {
    link: Link<'c>,
    poison: Option<(&'static str, Error)>,
    statements: u32,
    tape: Option<Tape>,
}

/// Reads and writes in one transaction.
pub struct Tx<'c> {
    reader: Reader<'c>,
    made: u32,
}

/// Which engine answers; for the few texts that differ, in `dialect`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// The embedded default.
    Sqlite,
    /// PostgreSQL, or an engine that speaks its protocol.
    Postgres,
}

impl<'c> Reader<'c> {
    pub(crate) fn new(link: Link<'c>) -> Self {
        Self { link, poison: None, statements: 0, tape: None }
    }

    /// Which engine answers.
    pub fn engine(&self) -> Engine {
        match self.link {
            Link::Sqlite(_) => Engine::Sqlite,
            Link::Postgres(_) => Engine::Postgres,
        }
    }

    /// How many statements ran so far.
    pub(crate) fn count(&self) -> u32 {
        self.statements
    }

    /// The first error, if there was one.
    pub(crate) fn poison(&self) -> Option<&Error> {
        self.poison.as_ref().map(|(_, error)| error)
    }

    /// Every row, each read by `read`.
    pub fn rows<T>(
        &mut self,
        statement: &'static Statement,
        params: &[Param<'_>],
        mut read: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let mut out = Vec::new();
        self.each(statement, params, &mut |row| {
            out.push(read(row)?);
            Ok(())
        })?;
        Ok(out)
    }

    /// The one row, or none. Two rows are an error.
    pub fn row<T>(
        &mut self,
        statement: &'static Statement,
        params: &[Param<'_>],
        read: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Option<T>> {
        let mut rows = self.rows(statement, params, read)?;
        match rows.len() {
            0 | 1 => Ok(rows.pop()),
            found => Err(Error::Rows { statement: statement.name, found }),
        }
    }

    /// The one row that must be there.
    pub fn one<T>(
        &mut self,
        statement: &'static Statement,
        params: &[Param<'_>],
        read: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<T> {
        self.row(statement, params, read)?.ok_or(Error::Rows { statement: statement.name, found: 0 })
    }

    fn each(
        &mut self,
        statement: &'static Statement,
        params: &[Param<'_>],
        visit: &mut dyn FnMut(&Row<'_>) -> Result<()>,
    ) -> Result<()> {
        self.write_down(statement, params);
        self.guarded(statement, |link| match link {
            Link::Sqlite(connection) => sqlite::query(connection, statement, params, visit),
            Link::Postgres(link) => link.query(statement, params, visit),
        })
    }

    fn run(&mut self, statement: &'static Statement, params: &[Param<'_>]) -> Result<u64> {
        self.write_down(statement, params);
        self.guarded(statement, |link| match link {
            Link::Sqlite(connection) => sqlite::execute(connection, statement, params),
            Link::Postgres(link) => link.execute(statement, params),
        })
    }

    /// Begins to write down every statement; for the bench alone.
    #[doc(hidden)]
    pub fn record_tape(&mut self) {
        self.tape = Some(Tape::default());
    }

    /// What was written down since.
    #[doc(hidden)]
    pub fn take_tape(&mut self) -> Tape {
        self.tape.take().unwrap_or_default()
    }

    fn write_down(&mut self, statement: &'static Statement, params: &[Param<'_>]) {
        if let Some(tape) = &mut self.tape {
            tape.statements.push((statement, params.iter().map(Param::to_value).collect()));
        }
    }

    fn guarded<T>(
        &mut self,
        statement: &'static Statement,
        act: impl FnOnce(&mut Link<'c>) -> Result<T>,
    ) -> Result<T> {
        if let Some((first, _)) = &self.poison {
            return Err(Error::Poisoned { statement: first });
        }
        self.statements += 1;
        let result = act(&mut self.link);
        if let Err(error) = &result {
            self.poison = Some((statement.name, error.clone()));
        }
        result
    }
}

impl<'c> Tx<'c> {
    pub(crate) fn new(link: Link<'c>) -> Self {
        Self { reader: Reader::new(link), made: 0 }
    }

    /// Changes rows and says how many.
    pub(crate) fn execute(&mut self, statement: &'static Statement, params: &[Param<'_>]) -> Result<u64> {
        self.reader.run(statement, params)
    }

    /// Changes exactly one row; anything else is an error. For changes that the transaction has made sure of.
    pub(crate) fn execute_one(&mut self, statement: &'static Statement, params: &[Param<'_>]) -> Result<()> {
        match self.execute(statement, params)? {
            1 => Ok(()),
            found => Err(Error::Rows {
                statement: statement.name,
                found: usize::try_from(found).unwrap_or(usize::MAX),
            }),
        }
    }

    /// Inserts rows, each with its values in the order of the columns: [`ROWS`] at a time with `many`, which is the text
    /// of `one` for so many, and the rest one by one.
    pub(crate) fn insert(
        &mut self,
        many: &'static Statement,
        one: &'static Statement,
        rows: &[Vec<Value>],
    ) -> Result<()> {
        let (portions, rest) = rows.as_chunks::<ROWS>();
        for portion in portions {
            let params: Vec<Param<'_>> = portion.iter().flatten().map(Value::as_param).collect();
            let inserted = self.execute(many, &params)?;
            if inserted != ROWS as u64 {
                let found = usize::try_from(inserted).unwrap_or(usize::MAX);
                return Err(Error::Rows { statement: many.name, found });
            }
        }
        for row in rest {
            let params: Vec<Param<'_>> = row.iter().map(Value::as_param).collect();
            self.execute_one(one, &params)?;
        }
        Ok(())
    }

    /// Poisons the transaction so that it is undone and run again: another one was faster with the same thing.
    pub(crate) fn run_again(&mut self, statement: &'static Statement) {
        let error = Error::Statement { statement: statement.name, code: crate::error::Code::Again };
        self.reader.poison.get_or_insert((statement.name, error));
    }

    /// Makes the next id of the act. The order of making is the same when the closure runs again, so the ids
    /// are too.
    pub fn id<T: Id>(&mut self, act: &Act) -> T {
        self.made += 1;
        act.id(self.made)
    }
}

impl<'c> Deref for Tx<'c> {
    type Target = Reader<'c>;

    fn deref(&self) -> &Reader<'c> {
        &self.reader
    }
}

impl DerefMut for Tx<'_> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.reader
    }
}
