//! Seeing, changing and cancelling a booking with its number; adding a card of the family, or taking one out.

pub mod add;
pub mod cancel;
pub mod change;
pub mod find;
pub mod offer;
pub mod show;
pub mod take_out;
pub mod visitor;
pub mod wish;
