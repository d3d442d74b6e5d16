//! One sheet of a workbook: its cells in order, its formulas and merged cells.

use std::io::Read;

use domain::guard::{self, Finding};
use quick_xml::events::{BytesStart, Event};

use super::super::{IntakeError, Limits};
use super::strings::{Strings, numbered};
use super::style::Shapes;
use super::xml::{Xml, add_reference, attribute};
use super::{CellAt, Content, WorkbookError};

/// What a sheet turned out to be.
pub(super) struct Reading {
    /// Its rows, where they were wanted and nothing is wrong with the sheet.
    pub(super) content: Content,
    /// No cell holds anything.
    pub(super) is_empty: bool,
    /// The first thing for which it is refused.
    pub(super) fault: Option<IntakeError>,
    /// The first cell with an Individual Number.
    pub(super) individual: Option<CellAt>,
}

/// What the content of a cell is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Number,
    Shared,
    Inline,
    Text,
    Boolean,
    Error,
}

/// The cell at hand.
struct Cell {
    at: CellAt,
    kind: Kind,
    style: Option<usize>,
    text: String,
}

struct Sheet<'a> {
    strings: &'a Strings,
    shapes: &'a Shapes,
    limits: &'a Limits,
    /// Whether the rows are to be kept.
    wanted: bool,
    rows: csv::Writer<Vec<u8>>,
    /// The fields of the row at hand, up to its last cell that holds something.
    fields: Vec<String>,
    /// The text of the row at hand, and of all rows, in bytes, a byte more for each field.
    row_bytes: usize,
    bytes: usize,
    /// The cell that was read last.
    last: CellAt,
    merged: Option<(CellAt, CellAt)>,
    reading: Reading,
}

impl Reading {
    /// Reads a sheet. A sheet whose rows are not `wanted` is only looked through.
    pub(super) fn of<R: Read>(
        xml: Xml<R>,
        strings: &Strings,
        shapes: &Shapes,
        limits: &Limits,
        wanted: bool,
    ) -> Result<Self, IntakeError> {
        let content = Content { csv: Vec::new(), rows: Vec::new(), width: 0 };
        let mut sheet = Sheet {
            strings,
            shapes,
            limits,
            wanted,
            rows: csv::WriterBuilder::new().flexible(true).from_writer(Vec::new()),
            fields: Vec::new(),
            row_bytes: 0,
            bytes: 0,
            last: CellAt { row: 0, column: 0 },
            merged: None,
            reading: Self { content, is_empty: true, fault: None, individual: None },
        };
        sheet.events(xml)?;
        let mut reading = sheet.reading;
        if let (Some((from, to)), false) = (sheet.merged, reading.is_empty) {
            reading.fault.get_or_insert(WorkbookError::Merged { from, to }.into());
        }
        reading.content.csv = sheet.rows.into_inner().map_err(|_| WorkbookError::Broken)?;
        Ok(reading)
    }
}

impl Sheet<'_> {
    fn events<R: Read>(&mut self, mut xml: Xml<R>) -> Result<(), IntakeError> {
        let mut cell: Option<Cell> = None;
        let (mut in_row, mut taken, mut readings, mut ended) = (false, false, 0_usize, false);
        loop {
            match xml.next()? {
                Event::Start(element) => match (element.local_name().as_ref(), &mut cell) {
                    ("row", None) if !in_row => {
                        in_row = true;
                        self.open_row(&element)?;
                    }
                    ("c", None) if in_row => cell = Some(self.open_cell(&element)?),
                    ("row" | "c", _) => return Err(WorkbookError::Broken.into()),
                    ("f", Some(cell)) => {
                        self.reading.is_empty = false;
                        self.refuse(WorkbookError::Formula { cell: cell.at });
                    }
                    ("is", Some(cell)) => {
                        cell.kind = Kind::Inline;
                        cell.text.clear();
                    }
                    ("rPh", Some(_)) => readings += 1,
                    ("t", Some(cell)) => taken = cell.kind == Kind::Inline && readings == 0,
                    ("v", Some(cell)) => taken = cell.kind != Kind::Inline,
                    ("mergeCell", None) => {
                        let range = attribute(&element, "ref")?.ok_or(WorkbookError::Broken)?;
                        self.merged = self.merged.or(Some(range_of(&range)?));
                    }
                    _ => {}
                },
                Event::End(element) => match (element.local_name().as_ref(), &cell) {
                    ("row", None) => {
                        in_row = false;
                        self.close_row()?;
                    }
                    ("c", Some(_)) => {
                        if let Some(cell) = cell.take() {
                            self.close_cell(cell)?;
                        }
                    }
                    ("rPh", _) => readings = readings.saturating_sub(1),
                    ("t" | "v", _) => taken = false,
                    ("worksheet", None) => ended = true,
                    _ => {}
                },
                Event::Text(text) if taken => add(&mut cell, |to| to.push_str(&text.xml10_content())),
                Event::CData(text) if taken => add(&mut cell, |to| to.push_str(&text.xml10_content())),
                Event::GeneralRef(reference) if taken => {
                    if let Some(cell) = &mut cell {
                        add_reference(&mut cell.text, &reference)?;
                    }
                }
                Event::Eof if ended => return Ok(()),
                Event::Eof => return Err(WorkbookError::Broken.into()),
                _ => {}
            }
            if let Some(cell) = cell.as_mut().filter(|cell| cell.text.len() > self.limits.line_bytes) {
                let (line, limit) = (cell.at.row, self.limits.line_bytes);
                cell.text.clear();
                self.refuse(IntakeError::LineTooLong { line, limit });
            }
        }
    }

    fn refuse(&mut self, fault: impl Into<IntakeError>) {
        self.reading.fault.get_or_insert(fault.into());
    }

    fn open_row(&mut self, element: &BytesStart<'_>) -> Result<(), IntakeError> {
        let row = match attribute(element, "r")? {
            Some(number) => number.parse().map_err(|_| WorkbookError::Broken)?,
            None => self.last.row + 1,
        };
        // Rows and cells that come twice or backwards could say one thing here and another elsewhere.
        if row <= self.last.row || row > crate::xlsx::MOST_ROWS {
            return Err(WorkbookError::Broken.into());
        }
        self.last = CellAt { row, column: 0 };
        Ok(())
    }

    fn open_cell(&mut self, element: &BytesStart<'_>) -> Result<Cell, IntakeError> {
        let at = match attribute(element, "r")? {
            Some(name) => cell_of(&name)?,
            None => CellAt { column: self.last.column + 1, ..self.last },
        };
        if at.row != self.last.row || at.column <= self.last.column || at.column > crate::xlsx::MOST_COLUMNS {
            return Err(WorkbookError::Broken.into());
        }
        self.last = at;
        let kind = match attribute(element, "t")?.as_deref() {
            None | Some("n") => Kind::Number,
            Some("s") => Kind::Shared,
            Some("inlineStr") => Kind::Inline,
            // A day in ISO form reads as it stands.
            Some("str" | "d") => Kind::Text,
            Some("b") => Kind::Boolean,
            Some("e") => Kind::Error,
            Some(_) => return Err(WorkbookError::Broken.into()),
        };
        let style = attribute(element, "s")?.map(|style| style.parse()).transpose();
        Ok(Cell { at, kind, style: style.map_err(|_| WorkbookError::Broken)?, text: String::new() })
    }

    fn close_cell(&mut self, cell: Cell) -> Result<(), IntakeError> {
        let Cell { at, kind, style, text } = cell;
        if text.is_empty() {
            return Ok(());
        }
        let strings = self.strings;
        let owned;
        let text: &str = match kind {
            Kind::Number => {
                owned = self.shapes.text(&text, style)?;
                &owned
            }
            Kind::Shared => {
                let place = text.trim().parse().map_err(|_| WorkbookError::Broken)?;
                strings.get(place).ok_or(WorkbookError::Broken)?
            }
            Kind::Inline | Kind::Text => {
                owned = numbered(&text);
                &owned
            }
            Kind::Boolean => match text.trim() {
                "1" | "true" => "TRUE",
                "0" | "false" => "FALSE",
                _ => return Err(WorkbookError::Broken.into()),
            },
            Kind::Error => {
                self.reading.is_empty = false;
                self.refuse(WorkbookError::ErrorValue { cell: at });
                return Ok(());
            }
        };
        if text.trim().is_empty() {
            return Ok(());
        }
        self.reading.is_empty = false;
        if self.reading.individual.is_none() && guard::worst(text) == Some(Finding::IndividualNumber) {
            self.reading.individual = Some(at);
        }
        if text.contains('\0') {
            self.refuse(WorkbookError::Nul { cell: at });
        }
        self.keep(at, text);
        Ok(())
    }

    fn keep(&mut self, at: CellAt, text: &str) {
        if !self.wanted || self.reading.fault.is_some() {
            return;
        }
        let limits = self.limits;
        if at.row > limits.lines {
            return self.refuse(IntakeError::TooManyLines { limit: limits.lines });
        }
        if at.column > limits.columns {
            return self.refuse(IntakeError::TooManyColumns { line: at.row, limit: limits.columns });
        }
        self.row_bytes += text.len() + (at.column - self.fields.len());
        if self.row_bytes > limits.line_bytes {
            return self.refuse(IntakeError::LineTooLong { line: at.row, limit: limits.line_bytes });
        }
        if self.bytes + self.row_bytes > limits.bytes {
            return self.refuse(IntakeError::TooLarge { limit: limits.bytes });
        }
        self.fields.resize(at.column - 1, String::new());
        self.fields.push(text.to_owned());
    }

    fn close_row(&mut self) -> Result<(), IntakeError> {
        if !self.fields.is_empty() && self.reading.fault.is_none() {
            self.rows.write_record(&self.fields).map_err(|_| WorkbookError::Broken)?;
            let content = &mut self.reading.content;
            content.rows.push(self.last.row);
            content.width = content.width.max(self.fields.len());
        }
        self.bytes += self.row_bytes;
        self.row_bytes = 0;
        self.fields.clear();
        Ok(())
    }
}

fn add(cell: &mut Option<Cell>, push: impl FnOnce(&mut String)) {
    if let Some(cell) = cell {
        push(&mut cell.text);
    }
}

/// The cell of a name such as `B5`.
fn cell_of(name: &str) -> Result<CellAt, IntakeError> {
    let digits = name.find(|c: char| c.is_ascii_digit()).ok_or(WorkbookError::Broken)?;
    let (letters, row) = name.split_at(digits);
    let column = match letters.len() {
        1..=3 if letters.bytes().all(|byte| byte.is_ascii_uppercase()) => {
            letters.bytes().fold(0, |column, byte| column * 26 + usize::from(byte - b'A') + 1)
        }
        _ => return Err(WorkbookError::Broken.into()),
    };
    let row = row.parse().ok().filter(|row| *row > 0).ok_or(WorkbookError::Broken)?;
    Ok(CellAt { row, column })
}

/// The cells of a range such as `A1:B5`.
fn range_of(range: &str) -> Result<(CellAt, CellAt), IntakeError> {
    let (from, to) = range.split_once(':').unwrap_or((range, range));
    Ok((cell_of(from)?, cell_of(to)?))
}
