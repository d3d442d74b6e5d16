//! `cargo xtask bench`: figures of the program beside limits that were measured in the same run.
//!
//! Each figure is the median of interleaved rounds, with its spread. Machines differ and are noisy, so what
//! counts is the ratio; nothing here decides whether a change may land.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a bench that cannot run must say so; figures are for the eye"
)]

mod booking;
mod table;

use table::Table;

/// Rounds whose median is printed.
const ROUNDS: usize = 5;

fn main() {
    let mut table = Table::default();
    booking::sqlite(&mut table);
    booking::postgres(&mut table);
    table.print();
}
