//! The close of a day: who did not come, what is not put away, the city's count, and the close itself.

pub(crate) mod done;
pub(crate) mod not_come;
pub(crate) mod show;
