//! Seeing, changing and cancelling a reservation with its number.

pub mod cancel;
pub mod change;
pub mod find;
pub mod show;
