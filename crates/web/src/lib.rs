//! The faces of the program: citizens, staff, boards and operations, each its own router.
//!
//! This room speaks HTTP and HTML. It must not know SQL, and it asks the clock and chance it was given.

pub mod app;
pub mod availability;
pub mod citizen;
pub mod kit;
mod offering;
pub mod open;
pub mod outage;
pub mod password;
mod places;
pub mod staff;
mod wishing;

pub use app::{App, PrintError, Printer, Printing, Settings};
