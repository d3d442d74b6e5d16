//! The rules of the counter operation for 個人番号カード, without IO.
//!
//! This room must not know a clock, a source of random values, a database or HTTP: instants, ids and
//! random values are arguments. One module per noun; a noun has the same name in every room.

pub mod id;
pub mod time;
