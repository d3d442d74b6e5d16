//! Incidents with cards: opened from the card or the close, listed while they are open, ended by a person.

pub(crate) mod end;
pub(crate) mod export;
pub(crate) mod list;
pub(crate) mod open;
pub(crate) mod search;
pub(crate) mod show;

use jiff::{SignedDuration, Timestamp};

use crate::App;

/// Until when the city is told of an incident that was written down at an instant.
pub(crate) fn told_by(app: &App, at: Timestamp) -> Timestamp {
    let minutes = app.rules().custody(domain::time::day_of(at)).told_minutes;
    // Minutes always have a length, so there is a result; at the end of time it is the end.
    at.saturating_add(SignedDuration::from_mins(i64::from(minutes))).unwrap_or(at)
}
