//! The staff pages: operators and city. Text on these pages is Japanese and stands in the templates.

pub mod layout;

pub use layout::{Layout, Person, Task};
