//! 保管: rooms, cabinets, shelves and boxes, what is in them, and putting cards away by scan.

pub(super) mod change;
pub(super) mod empty;
pub(super) mod export;
pub(super) mod fitting;
pub(super) mod key;
pub(super) mod labels;
pub(super) mod list;
pub(super) mod picture;
pub(super) mod place;
pub(super) mod pull;
pub(super) mod pull_export;
pub(super) mod put;
pub(super) mod set_up;
