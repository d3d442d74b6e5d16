//! Booking and moving for a citizen on the telephone or at the counter: the same places as on the web, on one page
//! that needs no mouse. The day with the first free place is there at once, and its first free time has the focus.

pub(crate) mod beyond;
pub(crate) mod change;
pub(crate) mod family;
pub(crate) mod new;
pub(crate) mod offer;
pub(crate) mod slots;
pub(crate) mod today;
