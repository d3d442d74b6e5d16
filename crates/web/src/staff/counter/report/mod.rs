//! The counts of a day, with the line that reconciles them and what each figure means.

pub(crate) mod day;
pub(crate) mod figures;
pub(crate) mod list;
