//! What the faces share: texts, pages, forms, errors, requests, security, cookies, clock and assets.
//!
//! Nothing here knows a table, a rule or a noun of the operation.

pub mod asset;
pub mod clock;
pub mod cookie;
pub(crate) mod dates;
pub mod error;
pub mod form;
pub mod language;
pub mod message;
pub mod page;
pub mod qr;
pub mod request;
pub(crate) mod ruby;
pub mod security;
pub mod surround;

pub use error::PageError;
pub use form::{Fields, Form};
pub use language::Language;
pub use message::{Bilingual, Texts};
pub use page::{Page, respond};
pub use request::Asked;
