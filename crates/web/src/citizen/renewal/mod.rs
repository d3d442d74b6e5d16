//! The renewal of certificates (11(7)): open to everybody who got the notice. What has to be known before a time is
//! chosen is confirmed on one page; from there on the pages are those of every booking.

pub mod ask;
pub mod branches;
pub mod coming;
pub mod questions;
pub mod way_out;
pub mod when;
