//! Typst: a [`documents::Document`] becomes the bytes of a PDF.
//!
//! Linked by the binary alone and run in a child process of it ([`protocol::serve`]), so that typst's memory
//! comes back and a broken template harms nobody. The same document always gives the same bytes: no clock, no
//! file and no network is within a template's reach, only the templates of `documents`, the document's own
//! data and the fonts that were loaded at the start.

mod engine;
mod fonts;
pub mod protocol;
mod world;

pub use engine::{Engine, PdfError, Rendered};
