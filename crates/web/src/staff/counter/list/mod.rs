//! The list of an open day: frozen, transferred to the city before noon of the open day before, and from then on
//! compared with what is booked (11(5)ウ(オ), 11(6)ウ(ア)); and the duties of the day, which have an hour.

pub(crate) mod act;
pub(crate) mod duty;
pub(crate) mod show;
