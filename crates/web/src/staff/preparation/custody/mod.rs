//! 受渡記録: every card of a consignment with its way through places and hands, for auditors and the city.

pub(super) mod export;
pub(super) mod show;
