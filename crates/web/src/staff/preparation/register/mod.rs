//! 住民記録との突合: today's portion of the stored cards, one key a card, and what was found, for the city.

pub(super) mod check;
pub(super) mod export;

/// The page.
pub(crate) const CHECKS: &str = "/register-checks";
