//! Lists as a workbook (.xlsx) with one sheet, written row by row.
//!
//! Only the row at hand and the first rows (for the widths of the columns) stand in memory: the sheet goes
//! through the compressor as it is made, and nothing goes to a temporary file. The same rows and the same
//! instant give the same bytes.
//!
//! A cell is a text, a number or a day and never a formula: a text that begins with `=` is a text. Codes and
//! whatever else a spreadsheet would change when somebody edits the cell get the format for text (`@`).
//!
//! Characters that XML refuses (control characters but tab and line feed; U+FFFE, U+FFFF) are written as
//! U+FFFD. CR LF and CR are written as LF, the line break of a spreadsheet.

use std::io::{self, Seek, Write};

use jiff::Timestamp;
use jiff::civil::{Date, date};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::table::{self, Cell};

mod parts;

pub(crate) use parts::{Letters, is_numbered};

/// The longest text of a cell, in UTF-16 units.
pub const LONGEST_TEXT: usize = 32_767;

/// The most rows of a sheet, the header included.
pub const MOST_ROWS: usize = 1_048_576;

/// The most columns of a sheet.
pub const MOST_COLUMNS: usize = 16_384;

/// The longest name of a sheet, in UTF-16 units.
const LONGEST_NAME: usize = 31;

/// Rows that the widths of the columns are made from.
const ROWS_FOR_WIDTH: usize = 100;

/// What stands between a number and the border of its cell, in characters.
const INDENT: usize = 2;

/// What is gathered before it is compressed, in bytes.
const PORTION: usize = 64 << 10;

/// Whole numbers up to here keep all their digits in a spreadsheet.
const EXACT: u64 = 999_999_999_999_999;

/// A text in the format for text fits its cell up to here; longer ones are shown as `####`.
const LONGEST_CODE: usize = 255;

/// Places of the formats in the sheet's styles.
mod style {
    pub(super) const HEADER: u8 = 1;
    pub(super) const TEXT: u8 = 2;
    pub(super) const DAY: u8 = 3;
    pub(super) const NUMBER: u8 = 4;
}

/// Why a workbook cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// A text is longer than a cell holds.
    #[error("the text of row {row} column {column} is longer than {LONGEST_TEXT} characters")]
    TextTooLong {
        /// The row, from 1; 0 is the header.
        row: usize,
        /// The column, from 1.
        column: usize,
    },
    /// There are more rows than a sheet holds.
    #[error("a sheet holds {MOST_ROWS} rows")]
    TooManyRows,
    /// A row has more columns than a sheet holds.
    #[error("row {row} has more than {MOST_COLUMNS} columns")]
    TooManyColumns {
        /// The row, from 1; 0 is the header.
        row: usize,
    },
    /// The file could not be written.
    #[error("writing the workbook failed")]
    Io(#[from] io::Error),
}

/// What stands around the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sheet<'a> {
    /// The name of the sheet, made safe by [`sheet_name`].
    pub name: &'a str,
    /// The names of the columns: the first row, in bold, frozen and repeated on each page.
    pub columns: &'a [String],
    /// When the list was made. It stands in the file's properties.
    pub made_at: Timestamp,
}

/// A workbook that is being written.
pub struct Workbook<W: Write + Seek> {
    zip: ZipWriter<W>,
    name: String,
    columns: Vec<String>,
    /// The first rows, until the widths of the columns are known; none once the sheet has begun.
    waiting: Option<Vec<Vec<Cell>>>,
    /// Rows that are in the sheet, the header included.
    written: usize,
    text: String,
}

impl<W: Write + Seek> Workbook<W> {
    /// Begins a workbook.
    pub fn new(out: W, sheet: &Sheet<'_>) -> Result<Self, WriteError> {
        if sheet.columns.len() > MOST_COLUMNS {
            return Err(WriteError::TooManyColumns { row: 0 });
        }
        let mut zip = ZipWriter::new(out);
        let parts = [
            ("[Content_Types].xml", parts::CONTENT_TYPES.to_owned()),
            ("_rels/.rels", parts::ROOT_RELATIONS.to_owned()),
            ("docProps/core.xml", parts::properties(sheet.made_at)),
            ("xl/_rels/workbook.xml.rels", parts::RELATIONS.to_owned()),
            ("xl/styles.xml", parts::STYLES.to_owned()),
        ];
        for (name, text) in parts {
            part(&mut zip, name, &text)?;
        }
        zip.start_file("xl/worksheets/sheet1.xml", options()).map_err(io::Error::from)?;
        Ok(Self {
            zip,
            name: sheet_name(sheet.name),
            columns: sheet.columns.to_vec(),
            waiting: Some(Vec::new()),
            written: 0,
            text: String::with_capacity(2 * PORTION),
        })
    }

    /// Adds a row. It may be shorter than the header; the rest is then empty.
    pub fn row(&mut self, cells: &[Cell]) -> Result<(), WriteError> {
        if let Some(waiting) = &mut self.waiting {
            waiting.push(cells.to_vec());
            if waiting.len() < ROWS_FOR_WIDTH {
                return Ok(());
            }
            return self.begin();
        }
        self.write(cells)
    }

    /// Ends the workbook and gives back what it was written to.
    pub fn finish(mut self) -> Result<W, WriteError> {
        self.begin()?;
        self.text.push_str("</sheetData>");
        parts::after_rows(&mut self.text, self.columns.len(), self.written);
        self.flush()?;
        part(
            &mut self.zip,
            "xl/workbook.xml",
            &parts::workbook(&self.name, self.columns.len(), self.written),
        )?;
        Ok(self.zip.finish().map_err(io::Error::from)?)
    }

    /// Writes what stands before the rows, the header and the rows that waited.
    fn begin(&mut self) -> Result<(), WriteError> {
        let Some(waiting) = self.waiting.take() else { return Ok(()) };
        parts::before_rows(&mut self.text, &widths(&self.columns, &waiting));
        let header: Vec<Cell> = self.columns.iter().map(Cell::text).collect();
        self.write(&header)?;
        waiting.iter().try_for_each(|cells| self.write(cells))
    }

    fn write(&mut self, cells: &[Cell]) -> Result<(), WriteError> {
        let row = self.written;
        if row >= MOST_ROWS {
            return Err(WriteError::TooManyRows);
        }
        if cells.len() > MOST_COLUMNS {
            return Err(WriteError::TooManyColumns { row });
        }
        self.written += 1;
        let number = self.written;
        parts::open_row(&mut self.text, number);
        for (at, cell) in cells.iter().enumerate() {
            let Some(written) = written(cell) else { continue };
            let place = Place { column: at, row: number };
            match written {
                Written::Text(text) => {
                    // A character has one unit at least in as many bytes, so most texts need no count.
                    if text.len() > LONGEST_TEXT && text.encode_utf16().count() > LONGEST_TEXT {
                        return Err(WriteError::TextTooLong { row, column: at + 1 });
                    }
                    let style = match row {
                        0 => Some(style::HEADER),
                        _ => is_edited(text).then_some(style::TEXT),
                    };
                    parts::text(&mut self.text, place, style, text);
                }
                Written::Digits(digits) => parts::text(&mut self.text, place, Some(style::TEXT), &digits),
                Written::Number(number) => parts::number(&mut self.text, place, style::NUMBER, number),
                Written::Day(serial) => parts::number(&mut self.text, place, style::DAY, serial),
            }
        }
        self.text.push_str("</row>");
        if self.text.len() >= PORTION { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), WriteError> {
        self.zip.write_all(self.text.as_bytes())?;
        self.text.clear();
        Ok(())
    }
}

/// A place in the sheet: the column from 0, the row from 1.
#[derive(Clone, Copy)]
struct Place {
    column: usize,
    row: usize,
}

/// What is written of a cell.
enum Written<'a> {
    Text(&'a str),
    /// A number or a day that a spreadsheet would round or cannot hold.
    Digits(String),
    Number(i64),
    /// Days since 1899-12-30.
    Day(i64),
}

fn written(cell: &Cell) -> Option<Written<'_>> {
    Some(match cell {
        Cell::Text(text) if text.is_empty() => return None,
        Cell::Text(text) => Written::Text(text),
        Cell::Number(number) if number.unsigned_abs() > EXACT => Written::Digits(number.to_string()),
        Cell::Number(number) => Written::Number(*number),
        Cell::Day(day) => serial(*day).map_or_else(|| Written::Digits(day.to_string()), Written::Day),
    })
}

/// The number of a day in a spreadsheet; none before March 1900, where spreadsheets do not agree.
fn serial(day: Date) -> Option<i64> {
    (day >= date(1900, 3, 1)).then(|| i64::from((day - date(1899, 12, 30)).get_days()))
}

/// Whether a spreadsheet would make something else of a text when somebody edits its cell: a number, a day, a
/// formula.
fn is_edited(text: &str) -> bool {
    let begins =
        |c: char| c.is_ascii_digit() || matches!(c, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠');
    text.starts_with(begins) && text.len() <= LONGEST_CODE
}

/// The widths of the columns in characters, from their names and the first rows.
fn widths(columns: &[String], rows: &[Vec<Cell>]) -> Vec<usize> {
    let width = |(at, name): (usize, &String)| {
        let cells = rows.iter().filter_map(|row| row.get(at)).map(|cell| match cell {
            Cell::Text(text) => table::width(text),
            Cell::Number(number) => number.to_string().len() + INDENT,
            Cell::Day(_) => 10 + INDENT,
        });
        // The button of the filter stands over the name.
        let width: usize = cells.fold(table::width(name) + 3, usize::max);
        (width + 1).clamp(6, 60)
    };
    columns.iter().enumerate().map(width).collect()
}

/// A name that a sheet may have: without `[ ] : * ? / \` and control characters, not in apostrophes, at most 31
/// characters, and never empty.
pub fn sheet_name(wanted: &str) -> String {
    let safe = |c: char| match c {
        '[' | ']' | ':' | '*' | '?' | '/' | '\\' | '\u{fffe}' | '\u{ffff}' => '_',
        c if c.is_control() => '_',
        c => c,
    };
    let mut name = String::new();
    let mut units = 0;
    for c in wanted.trim().chars().map(safe) {
        units += c.len_utf16();
        if units > LONGEST_NAME {
            break;
        }
        name.push(c);
    }
    let name = name.trim_matches(|c: char| c == '\'' || c.is_whitespace());
    match name {
        "" => "Sheet1".to_owned(),
        // Spreadsheets keep this name for themselves.
        _ if name.eq_ignore_ascii_case("history") => format!("{name}_"),
        _ => name.to_owned(),
    }
}

/// Parts carry the earliest time that an archive knows, so that they are always the same.
fn options() -> SimpleFileOptions {
    SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Deflated)
        .last_modified_time(zip::DateTime::default())
}

fn part<W: Write + Seek>(zip: &mut ZipWriter<W>, name: &str, text: &str) -> Result<(), WriteError> {
    zip.start_file(name, options()).map_err(io::Error::from)?;
    Ok(zip.write_all(text.as_bytes())?)
}

#[cfg(test)]
mod tests;
