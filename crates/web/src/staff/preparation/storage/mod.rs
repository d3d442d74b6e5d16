//! 保管: boxes, what is in them, and putting cards away by scan.

pub(super) mod export;
pub(super) mod labels;
pub(super) mod list;
pub(super) mod place;
pub(super) mod pull;
pub(super) mod pull_export;
pub(super) mod put;
