//! Workbooks (.xlsx) that come in: the one sheet that holds something, as the same header and rows as a CSV.
//!
//! An archive is hostile until it is shown to be bounded, so the parts are read here, one event of XML at a time:
//! a reader that holds the sheets, the strings and a copy of every format in memory cannot be bounded from
//! outside. What stands in memory is the strings and the rows, each within [`Limits`].
//!
//! Every cell of every sheet is read, hidden or not. Where a workbook is refused for its shape, its cells are
//! still looked through for an Individual Number, which is the reason that is told first.

mod package;
mod sheet;
mod strings;
mod style;
mod xml;

use std::fmt;

use quick_xml::events::Event;

use super::{IntakeError, Limits, OtherFormat};
use crate::xlsx::Letters;
use package::Package;
use sheet::Reading;
use strings::Strings;
use style::Shapes;
use xml::attribute;

/// A cell of a sheet, shown as `B5`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct CellAt {
    /// The row, from 1.
    pub row: usize,
    /// The column, from 1.
    pub column: usize,
}

impl fmt::Display for CellAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", Letters(self.column.saturating_sub(1)), self.row)
    }
}

/// Why a workbook is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WorkbookError {
    /// The archive or its XML cannot be read.
    #[error("the workbook is broken")]
    Broken,
    /// A part is encrypted.
    #[error("the workbook is encrypted")]
    Encrypted,
    /// It carries macros.
    #[error("the workbook has macros")]
    Macros,
    /// An archive or a document stands within it.
    #[error("the workbook holds another archive")]
    Nested,
    /// It has more parts than allowed.
    #[error("the workbook has more than {limit} parts")]
    TooManyParts {
        /// How many are allowed.
        limit: usize,
    },
    /// It unpacks to more than allowed.
    #[error("the workbook unpacks to more than {limit} bytes")]
    Unpacks {
        /// [`Limits::unpacked_bytes`].
        limit: usize,
    },
    /// A part unpacks to more than so many times its size.
    #[error("a part of the workbook unpacks to more than {limit} times its size")]
    Ratio {
        /// How many times are allowed.
        limit: u64,
    },
    /// The texts of the cells are longer than allowed, together.
    #[error("the texts of the workbook are longer than {limit} bytes")]
    TooMuchText {
        /// What is allowed, in bytes.
        limit: usize,
    },
    /// A cell holds a formula, whose value is only as good as the program that saved it.
    #[error("a formula in cell {cell}")]
    Formula {
        /// The cell.
        cell: CellAt,
    },
    /// Cells are merged.
    #[error("cells {from} to {to} are merged")]
    Merged {
        /// The first cell.
        from: CellAt,
        /// The last cell.
        to: CellAt,
    },
    /// More than one sheet holds something.
    #[error("sheets {first} and {second} both hold something")]
    SeveralSheets {
        /// The position of the first among all sheets, hidden ones included, from 1.
        first: usize,
        /// The position of the second.
        second: usize,
    },
    /// A cell shows an error such as `#N/A`.
    #[error("an error value in cell {cell}")]
    ErrorValue {
        /// The cell.
        cell: CellAt,
    },
    /// A byte 0 stands in a cell.
    #[error("byte zero in cell {cell}")]
    Nul {
        /// The cell.
        cell: CellAt,
    },
    /// An Individual Number stands in a workbook that is refused for its shape.
    #[error("an individual number in sheet {sheet}, cell {cell}")]
    IndividualNumber {
        /// The position of the sheet among all, from 1.
        sheet: usize,
        /// The cell.
        cell: CellAt,
    },
}

/// The rows of the one sheet that holds something.
#[derive(Debug)]
pub(super) struct Content {
    /// The rows that are not blank as records of CSV in UTF-8, of different lengths.
    pub(super) csv: Vec<u8>,
    /// The row of each record, from 1.
    pub(super) rows: Vec<usize>,
    /// The columns of the longest record.
    pub(super) width: usize,
}

/// Reads a workbook.
pub(super) fn read(file: &[u8], limits: &Limits) -> Result<Content, IntakeError> {
    let mut package = Package::open(file, limits)?;
    let main = main_part(&mut package)?;
    let relations = package.relations(&main)?;
    let book = Book::read(&mut package, &main)?;
    let target = |kind: &str| relations.iter().find(|relation| relation.is(kind)).map(|found| &*found.target);
    let strings = match target("sharedStrings") {
        Some(part) => Strings::read(package.xml(part)?, limits)?,
        None => Strings::default(),
    };
    let shapes = match target("styles") {
        Some(part) => Shapes::read(package.xml(part)?, book.since_1904)?,
        None => Shapes::default(),
    };
    let mut content: Option<(usize, Content)> = None;
    let (mut fault, mut individual) = (None, None);
    for (position, id) in (1..).zip(&book.sheets) {
        let relation = relations.iter().find(|relation| relation.id == *id).ok_or(WorkbookError::Broken)?;
        if relation.is("chartsheet") {
            continue;
        }
        if !relation.is("worksheet") {
            // What is left are sheets of macros and of dialogues for them.
            return Err(WorkbookError::Macros.into());
        }
        let reading =
            Reading::of(package.xml(&relation.target)?, &strings, &shapes, limits, content.is_none())?;
        individual = individual.or(reading.individual.map(|cell| (position, cell)));
        fault = fault.or(reading.fault);
        if reading.is_empty {
            continue;
        }
        match &content {
            None => content = Some((position, reading.content)),
            Some((first, _)) => {
                let several = WorkbookError::SeveralSheets { first: *first, second: position };
                fault = fault.or(Some(several.into()));
            }
        }
    }
    match (fault, individual, content) {
        (Some(_), Some((sheet, cell)), _) => Err(WorkbookError::IndividualNumber { sheet, cell }.into()),
        (Some(fault), None, _) => Err(fault),
        (None, _, Some((_, content))) => Ok(content),
        (None, _, None) => Err(IntakeError::Empty),
    }
}

/// The part with the workbook. An archive without one is something else.
fn main_part(package: &mut Package<'_>) -> Result<String, IntakeError> {
    let other = IntakeError::NotText(OtherFormat::Zip);
    if !package.has("_rels/.rels") {
        return Err(other);
    }
    let relations = package.relations("")?;
    let main = relations.into_iter().find(|relation| relation.is("officeDocument")).ok_or(other)?;
    Ok(main.target)
}

/// What the workbook says of its sheets.
struct Book {
    /// The relation of each sheet, in order.
    sheets: Vec<String>,
    /// Days are counted from 1904.
    since_1904: bool,
}

impl Book {
    fn read(package: &mut Package<'_>, part: &str) -> Result<Self, IntakeError> {
        let other = IntakeError::NotText(OtherFormat::Zip);
        // A workbook in the binary format is no XML.
        if part.rsplit('.').next() == Some("bin") {
            return Err(other);
        }
        let mut xml = package.xml(part)?;
        let mut book = Self { sheets: Vec::new(), since_1904: false };
        let mut root = true;
        loop {
            match xml.next()? {
                Event::Start(element) => match element.local_name().as_ref() {
                    "workbook" => root = false,
                    // A document or a presentation.
                    _ if root => return Err(other),
                    "sheet" => book.sheets.push(attribute(&element, "id")?.ok_or(WorkbookError::Broken)?),
                    "workbookPr" => {
                        if let Some(value) = attribute(&element, "date1904")? {
                            book.since_1904 = matches!(&*value, "1" | "true");
                        }
                    }
                    _ => {}
                },
                Event::Eof if root => return Err(WorkbookError::Broken.into()),
                Event::Eof => return Ok(book),
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests;
