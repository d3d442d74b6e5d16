//! The public pages. Every text comes from the message catalogue; every page works without JavaScript.

pub mod belongings;
pub mod calendar_file;
pub mod first;
pub mod layout;
pub mod notice;
pub mod reservation;
pub mod route;
pub mod visit;

pub use layout::{Layout, Office, Venue};

#[cfg(test)]
mod samples;
