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

/// Collects the values of one row of many: `values![id, day, count]`.
#[macro_export]
macro_rules! values {
    ($($value:expr),* $(,)?) => { vec![$($crate::value::Bind::bind(&$value).to_value(),)*] };
}

/// How many rows a statement of [`rows!`](crate::rows) inserts.
pub(crate) const ROWS: usize = 25;

/// The text of a statement that inserts [`ROWS`] rows at once: one way to the database instead of twenty-five.
/// `rows!("INSERT INTO t (a, b)", 2)` reads `INSERT INTO t (a, b) VALUES ($1, $2), ($3, $4), …`.
#[macro_export]
macro_rules! rows {
    ($head:expr, $columns:literal) => {{
        const LENGTH: usize = $crate::statement::rows_length($head, $columns);
        const TEXT: [u8; LENGTH] = $crate::statement::rows_text($head, $columns);
        match ::std::str::from_utf8(&TEXT) {
            Ok(text) => text,
            Err(_) => panic!("a statement is text"),
        }
    }};
}

/// Appends to a text that may be counted only.
struct Pen<const N: usize> {
    text: [u8; N],
    length: usize,
}

impl<const N: usize> Pen<N> {
    const fn put(mut self, bytes: &[u8]) -> Self {
        let mut at = 0;
        while at < bytes.len() {
            if self.length < N {
                self.text[self.length] = bytes[at];
            }
            self.length += 1;
            at += 1;
        }
        self
    }

    const fn placeholder(self, number: usize) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "one digit")]
        const fn digit(number: usize, of: usize) -> u8 {
            b'0' + (number / of % 10) as u8
        }
        match number {
            0..10 => self.put(&[b'$', digit(number, 1)]),
            10..100 => self.put(&[b'$', digit(number, 10), digit(number, 1)]),
            _ => self.put(&[b'$', digit(number, 100), digit(number, 10), digit(number, 1)]),
        }
    }
}

const fn rows_written<const N: usize>(head: &str, columns: usize) -> Pen<N> {
    assert!(ROWS * columns < 1000, "placeholders have three digits");
    let mut pen = Pen { text: [b' '; N], length: 0 }.put(head.as_bytes()).put(b" VALUES ");
    let mut number = 0;
    while number < ROWS * columns {
        pen = pen.put(match (number, number % columns) {
            (0, _) => b"(",
            (_, 0) => b"), (",
            _ => b", ",
        });
        number += 1;
        pen = pen.placeholder(number);
    }
    pen.put(b")")
}

#[doc(hidden)]
pub const fn rows_length(head: &str, columns: usize) -> usize {
    rows_written::<0>(head, columns).length
}

#[doc(hidden)]
pub const fn rows_text<const N: usize>(head: &str, columns: usize) -> [u8; N] {
    rows_written::<N>(head, columns).text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_of_many_rows_numbers_their_values() {
        const TEXT: &str = rows!("INSERT INTO t (a, b)", 2);
        assert!(TEXT.starts_with("INSERT INTO t (a, b) VALUES ($1, $2), ($3, $4), "), "{TEXT}");
        assert!(
            TEXT.ends_with(
                "($9, $10), ($11, $12), ($13, $14), ($15, $16), ($17, $18), ($19, $20), ($21, $22), \
            ($23, $24), ($25, $26), ($27, $28), ($29, $30), ($31, $32), ($33, $34), ($35, $36), ($37, $38), \
            ($39, $40), ($41, $42), ($43, $44), ($45, $46), ($47, $48), ($49, $50)"
            ),
            "{TEXT}"
        );
        assert_eq!(rows!("I", 11).matches('$').count(), 11 * ROWS);
    }
}
