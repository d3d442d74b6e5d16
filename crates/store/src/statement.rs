//! The registry of statements: every SQL text of the program has a name and stands in one list.
//!
//! Tests prepare all of them on both engines, assert the order of placeholders and look at SQLite's plans.

use std::sync::OnceLock;

/// A statement with a name.
#[derive(Debug)]
pub struct Statement {
    /// `module.name`, for errors, logs and metrics.
    pub name: &'static str,
    /// The text, in the subset that both engines take.
    pub sql: &'static str,
    pub(crate) columns: OnceLock<Vec<String>>,
}

impl Statement {
    /// Names a text. Use [`statements!`](crate::statements), which also registers it.
    pub const fn new(name: &'static str, sql: &'static str) -> Self {
        Self { name, sql, columns: OnceLock::new() }
    }
}

/// Declares the statements of a module and its list `STATEMENTS`, which `registry` collects.
#[macro_export]
macro_rules! statements {
    ($module:literal: $($(#[$doc:meta])* $name:ident = $sql:expr;)+) => {
        $($(#[$doc])* static $name: $crate::statement::Statement =
            $crate::statement::Statement::new(concat!($module, ".", stringify!($name)), $sql);)+

        /// The statements of this module.
        pub(crate) static STATEMENTS: &[&$crate::statement::Statement] = &[$(&$name,)+];
    };
}

/// Collects parameters of different types: `bind![id, day, count]`.
#[macro_export]
macro_rules! bind {
    ($($value:expr),* $(,)?) => { &[$($crate::value::Bind::bind(&$value),)*] };
}
