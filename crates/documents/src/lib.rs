//! What is printed or exported, as plain data; files that come in.
//!
//! This room knows no typst engine, no database and no clock: whoever prints hands over a [`Document`] that
//! carries everything that stands on the paper, the instant and the person included, so that the same
//! document always gives the same paper. No document here has a field for a name, an address, a birth date,
//! a PIN or an Individual Number.

pub mod batch_list;
pub mod bundle_cover;
pub mod code;
pub mod day_counts;
pub mod day_list;
pub mod document;
pub mod intake;
pub mod label;
pub mod letter;
pub mod office;
pub mod plain_list;
pub mod sample;
pub mod table;
pub mod xlsx;

pub use document::{CannotPrint, Document, Template};
