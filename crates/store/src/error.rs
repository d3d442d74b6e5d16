//! Errors of the store, and the word in which an engine says whether trying again can help.

use std::fmt;

/// What an engine said of a failed statement, reduced to what decides the next step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Code {
    /// PostgreSQL 40001, 40P01 or SQLite busy: the whole transaction may succeed when run again.
    Again,
    /// A UNIQUE, CHECK, FOREIGN KEY or trigger refused the change.
    Constraint(String),
    /// The connection is gone.
    Connection,
    /// Anything else; the text is the engine's own.
    Other(String),
}

/// Why a transaction did not happen, or why it is not known whether it did.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The queue is full or the job waited too long; it was not run.
    #[error("the database is busy")]
    Busy,
    /// A statement failed.
    #[error("statement {statement} failed: {code}")]
    Statement {
        /// The statement's name in the registry.
        statement: &'static str,
        /// What the engine said.
        code: Code,
    },
    /// A statement had failed before in the same transaction.
    #[error("the transaction was poisoned by an earlier error in {statement}")]
    Poisoned {
        /// The statement that failed first.
        statement: &'static str,
    },
    /// A row cannot be what the program thinks it is.
    #[error("{statement}: column {column} of row {row} cannot be read: {why}")]
    Decode {
        /// The statement's name in the registry.
        statement: &'static str,
        /// The column.
        column: &'static str,
        /// The first column of the row, by convention its id.
        row: String,
        /// What is wrong with the value.
        why: String,
    },
    /// Exactly one row was expected.
    #[error("{statement}: expected one row, found {found}")]
    Rows {
        /// The statement's name in the registry.
        statement: &'static str,
        /// How many there were.
        found: usize,
    },
    /// The transaction conflicted with others until patience ran out; it had no effect.
    #[error("the transaction conflicted too often")]
    Conflict,
    /// The connection broke at COMMIT: the change may or may not have happened. The operation id tells.
    #[error("the outcome of the transaction is unknown")]
    Unknown,
    /// The engine cannot be used: it stopped, or could not be opened.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// The closure panicked; its transaction was rolled back.
    #[error("a transaction panicked")]
    Panicked,
    /// Something the store was given, or holds, is not as it must be.
    #[error("{0}")]
    Broken(String),
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Again => f.write_str("conflict with another transaction"),
            Self::Constraint(text) => write!(f, "constraint: {text}"),
            Self::Connection => f.write_str("connection lost"),
            Self::Other(text) => f.write_str(text),
        }
    }
}

/// The result of a statement.
pub type Result<T, E = Error> = std::result::Result<T, E>;
