//! For tests alone: a house with both faces over a database of a test, and people who use it over HTTP.
//!
//! People have browsers without JavaScript: they see pages, fill forms and press buttons by the words on them.
//! Stories are plain functions, so that they run on both databases with `testkit::on_both!`; the house carries
//! the asynchronous runtime. The program never links this room.
#![expect(clippy::expect_used, clippy::panic, reason = "a story that cannot go on must fail where it stands")]

pub mod browser;
pub mod document;
pub mod form;
pub mod house;
pub mod page;

pub use browser::Browser;
pub use house::{House, Refusing};
pub use page::Page;
