//! The engine: fonts and templates held, one document rendered at a time.

use std::collections::BTreeSet;
use std::fmt;
use std::path::PathBuf;

use documents::document::FONT_FAMILIES;
use documents::{CannotPrint, Document};
use jiff::Timestamp;
use typst::comemo;
use typst::diag::{SourceDiagnostic, Warned};
use typst::foundations::{Datetime, Smart};
use typst::layout::{Frame, FrameItem};
use typst_layout::PagedDocument;
use typst_pdf::PdfOptions;

use crate::fonts::Fonts;
use crate::world::House;

/// Renders documents. Made once: it holds the fonts, some tens of megabytes.
pub struct Engine {
    house: House,
}

/// A finished paper.
#[derive(Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The PDF.
    pub pdf: Vec<u8>,
    /// Its pages.
    pub pages: usize,
    /// What the template complained of, and characters that no font has. Tests take any for an error; whoever
    /// prints shows them.
    pub warnings: Vec<String>,
}

impl fmt::Debug for Rendered {
    /// Without the paper: it may bear booking keys, and a log must not.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rendered")
            .field("bytes", &self.pdf.len())
            .field("pages", &self.pages)
            .field("warnings", &self.warnings)
            .finish_non_exhaustive()
    }
}

/// Why there is no PDF.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PdfError {
    /// A font that the templates name is not installed.
    #[error("the font {family}{} is in none of {folders:?}", if *.bold { " in bold" } else { "" })]
    MissingFont {
        /// Its family.
        family: &'static str,
        /// Whether the bold one is missing.
        bold: bool,
        /// Where it was looked for.
        folders: Vec<PathBuf>,
    },
    /// The document contradicts itself.
    #[error(transparent)]
    Document(#[from] CannotPrint),
    /// The template and the data do not fit together: a fault of the program.
    #[error("the template fails: {}", .0.join("; "))]
    Template(Vec<String>),
    /// The paper does not have the pages that it must have: a text in it is too long.
    #[error("{found} pages in place of {expected}: a text is too long")]
    Pages {
        /// See [`Document::pages`].
        expected: usize,
        /// The pages that came out.
        found: usize,
    },
    /// The pages cannot be written as PDF: a fault of the program.
    #[error("the export fails: {}", .0.join("; "))]
    Export(Vec<String>),
}

impl Engine {
    /// Loads the fonts from these folders and all folders in them.
    ///
    /// Fails where a family of [`FONT_FAMILIES`] is missing.
    pub fn new(font_folders: &[PathBuf]) -> Result<Self, PdfError> {
        let fonts = Fonts::load(font_folders, FONT_FAMILIES)?;
        Ok(Self { house: House::new(fonts)? })
    }

    /// Renders a document; the same document gives the same bytes.
    pub fn render(&self, document: &Document) -> Result<Rendered, PdfError> {
        let rendered = self.render_cached(document);
        // Typst memoises across calls; a job's data must not stay in memory after it.
        comemo::evict(0);
        rendered
    }

    fn render_cached(&self, document: &Document) -> Result<Rendered, PdfError> {
        let data = serde_json::to_vec(&document.data()?).map_err(|_| CannotPrint::Data)?;
        let template = document.template().name;
        let room = self.house.room(template, data)?;
        let Warned { output, warnings } = typst::compile::<PagedDocument>(&room);
        let mut warnings = texts(&warnings);
        let paged = output.map_err(|errors| PdfError::Template(texts(&errors)))?;
        let found = paged.pages().len();
        if let Some(expected) = document.pages().filter(|expected| *expected != found) {
            return Err(PdfError::Pages { expected, found });
        }
        let mut missing = BTreeSet::new();
        for page in paged.pages() {
            missing_characters(&page.frame, &mut missing);
        }
        warnings.extend(missing.into_iter().map(|character| format!("no font has {character:?}")));
        let printed_at = document.printed_at();
        let options = PdfOptions {
            ident: Smart::Custom(format!("{template} {printed_at}")),
            creator: Smart::Custom(Some("Madoguchi".to_owned())),
            timestamp: timestamp(printed_at),
            ..PdfOptions::default()
        };
        let pdf = typst_pdf::pdf(&paged, &options).map_err(|errors| PdfError::Export(texts(&errors)))?;
        Ok(Rendered { pdf, pages: found, warnings })
    }
}

fn texts(diagnostics: &[SourceDiagnostic]) -> Vec<String> {
    diagnostics.iter().map(|diagnostic| diagnostic.message.to_string()).collect()
}

/// The instant in the PDF's metadata; absent only outside the years that a PDF can state.
fn timestamp(at: Timestamp) -> Option<typst_pdf::Timestamp> {
    let utc = jiff::tz::Offset::UTC.to_datetime(at);
    let datetime = Datetime::from_ymd_hms(
        i32::from(utc.year()),
        utc.month().unsigned_abs(),
        utc.day().unsigned_abs(),
        utc.hour().unsigned_abs(),
        utc.minute().unsigned_abs(),
        utc.second().unsigned_abs(),
    )?;
    Some(typst_pdf::Timestamp::new_utc(datetime))
}

/// Collects the characters that are printed as the empty box, glyph 0.
fn missing_characters(frame: &Frame, missing: &mut BTreeSet<char>) {
    for (_, item) in frame.items() {
        match item {
            FrameItem::Group(group) => missing_characters(&group.frame, missing),
            FrameItem::Text(text) => {
                for glyph in text.glyphs.iter().filter(|glyph| glyph.id == 0) {
                    missing.extend(text.text[glyph.range()].chars());
                }
            }
            _ => {}
        }
    }
}
