//! Seeing and cancelling a reservation with its number.

pub mod cancel;
pub mod find;
pub mod show;
