//! The public pages. Every text comes from the message catalogue; every page works without JavaScript.

pub(crate) mod attempt;
pub mod belongings;
pub mod calendar_file;
pub mod first;
pub(crate) mod frame;
pub(crate) mod language;
pub mod layout;
pub mod mail;
pub mod notice;
pub mod renewal;
pub mod reservation;
pub mod route;
mod router;
pub mod visit;

pub use layout::{Layout, Office, Venue};
pub use router::{full, router};

#[cfg(test)]
mod samples;
