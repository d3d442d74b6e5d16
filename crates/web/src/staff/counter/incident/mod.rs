//! Incidents with cards: opened from the card or the close, listed while they are open, ended by a person.

pub(crate) mod end;
pub(crate) mod export;
pub(crate) mod list;
pub(crate) mod open;
