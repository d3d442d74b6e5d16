//! Reservations: the list of a day, its paper and table, and one reservation.

pub(crate) mod cancel;
pub(crate) mod correct;
pub(crate) mod day;
pub(crate) mod days;
pub(crate) mod list;
pub(crate) mod show;
pub(crate) mod shown;
pub(crate) mod visitor;
