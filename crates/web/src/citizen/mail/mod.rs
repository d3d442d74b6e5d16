//! Contact by mail, for those who want it: leaving an address, confirming it, taking it away, and what is written.
//!
//! An address is asked for only where the ledger of personal data allows it and there is a server that takes our mail.
//! Nobody needs one: every page works without.

pub mod give;
pub mod letter;
pub mod offer;
pub mod owner;
