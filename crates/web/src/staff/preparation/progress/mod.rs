//! 進捗: how many cards stand at which step, for the city at any moment.

pub(super) mod export;
pub(super) mod show;
