//! Files that come in: CSV in UTF-8, UTF-8 with BOM or CP932, and workbooks (.xlsx), read strictly and within
//! limits.
//!
//! Nothing is guessed or repaired: the first thing that cannot be read is an error with its place. Nothing of
//! the file's content stands in an error. The whole file is held once as bytes (bounded by
//! [`Limits::bytes`]), the rows of a workbook beside it as CSV within the same bound; rows are decoded one at a
//! time.

use std::borrow::Cow;
use std::io::{self, Read};

use encoding_rs::{DecoderResult, SHIFT_JIS};

pub mod workbook;

use workbook::WorkbookError;

/// How much of a file is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The whole file, in bytes; of a workbook also the texts of its cells.
    pub bytes: usize,
    /// All that a workbook unpacks to, in bytes. It is never in memory at once.
    pub unpacked_bytes: usize,
    /// One line, in bytes; also one record that spans lines.
    pub line_bytes: usize,
    /// Columns of the header and of each row.
    pub columns: usize,
    /// Lines, the header included.
    pub lines: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 20 << 20,
            unpacked_bytes: 200 << 20,
            line_bytes: 64 << 10,
            columns: 200,
            lines: 100_000,
        }
    }
}

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// CSV.
    Csv(Encoding),
    /// A workbook (.xlsx).
    Workbook,
}

/// How a text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8.
    Utf8,
    /// UTF-8 with a byte order mark.
    Utf8Bom,
    /// Windows code page 932 (Shift_JIS).
    Cp932,
}

/// A place in a text, as an editor counts: both from 1, the column in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The character within the line.
    pub column: usize,
}

/// Why a file is refused. The words for people are made by whoever shows them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IntakeError {
    /// The file has no bytes, or nothing but blank lines.
    #[error("the file is empty")]
    Empty,
    /// The file is longer than allowed.
    #[error("the file is longer than {limit} bytes")]
    TooLarge {
        /// [`Limits::bytes`].
        limit: usize,
    },
    /// The file is neither text nor a workbook (.xlsx), to be saved as one of them first.
    #[error("the file is not text but {0:?}")]
    NotText(OtherFormat),
    /// The file is a workbook that is not taken.
    #[error(transparent)]
    Workbook(#[from] WorkbookError),
    /// A byte 0 stands in the file.
    #[error("byte zero at line {}", .0.line)]
    Nul(Position),
    /// The file is neither UTF-8 nor CP932.
    #[error("bytes at line {} column {} are not {as_encoding:?}", .position.line, .position.column)]
    Undecodable {
        /// The encoding that reads furthest.
        as_encoding: Encoding,
        /// Where it fails.
        position: Position,
    },
    /// A line or record is longer than allowed.
    #[error("line {line} is longer than {limit} bytes")]
    LineTooLong {
        /// The line where the record begins.
        line: usize,
        /// [`Limits::line_bytes`].
        limit: usize,
    },
    /// The file has more lines than allowed.
    #[error("the file has more than {limit} lines")]
    TooManyLines {
        /// [`Limits::lines`].
        limit: usize,
    },
    /// A line has more columns than allowed.
    #[error("line {line} has more than {limit} columns")]
    TooManyColumns {
        /// The line.
        line: usize,
        /// [`Limits::columns`].
        limit: usize,
    },
    /// A line has another number of columns than the header.
    #[error("line {line} has {found} columns, the header {expected}")]
    ColumnCount {
        /// The line where the record begins.
        line: usize,
        /// The header's columns.
        expected: usize,
        /// The line's columns.
        found: usize,
    },
    /// Two columns have one name.
    #[error("columns {first} and {second} have the same name")]
    SameName {
        /// The first, from 1.
        first: usize,
        /// The second, from 1.
        second: usize,
    },
    /// A quotation mark is opened and not closed.
    #[error("a quotation mark opened at line {line} is not closed")]
    OpenQuote {
        /// Where it was opened.
        line: usize,
    },
    /// The source of the bytes failed.
    #[error("reading failed")]
    Io(io::ErrorKind),
}

/// Formats that people send in place of CSV or a workbook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OtherFormat {
    /// A zip archive that is no workbook (.xlsx).
    Zip,
    /// An old workbook (.xls), or one with a password.
    OldWorkbook,
    /// A PDF.
    Pdf,
    /// Text in UTF-16, which spreadsheets call Unicode text.
    Utf16,
}

/// A file that is decodable and within the limits, with its header read.
#[derive(Debug)]
pub struct Intake<'a> {
    /// The text; that of a workbook is CSV in UTF-8.
    bytes: Cow<'a, [u8]>,
    format: Format,
    /// The row of each record of a workbook, where lines say nothing.
    placed: Option<Vec<usize>>,
    /// The columns to which short records of a workbook are filled up.
    width: usize,
    header: Vec<String>,
    header_lines: usize,
    columns: usize,
}

/// One row of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The line where it begins, from 1.
    pub line: usize,
    /// Its fields, as many as the header has columns, without surrounding white space.
    pub fields: Vec<String>,
}

/// Reads all of a source, but never more than allowed.
pub fn read_bounded(source: impl Read, limits: &Limits) -> Result<Vec<u8>, IntakeError> {
    let mut bytes = Vec::new();
    let most = u64::try_from(limits.bytes).unwrap_or(u64::MAX).saturating_add(1);
    source.take(most).read_to_end(&mut bytes).map_err(|error| IntakeError::Io(error.kind()))?;
    if bytes.len() > limits.bytes { Err(IntakeError::TooLarge { limit: limits.bytes }) } else { Ok(bytes) }
}

impl<'a> Intake<'a> {
    /// Checks the whole file and reads its header.
    pub fn open(file: &'a [u8], limits: &Limits) -> Result<Self, IntakeError> {
        if file.len() > limits.bytes {
            return Err(IntakeError::TooLarge { limit: limits.bytes });
        }
        let mut intake = match other_format(file) {
            Some(OtherFormat::Zip) => Self::of_workbook(file, limits)?,
            Some(format) => return Err(IntakeError::NotText(format)),
            None => Self::of_text(file, limits)?,
        };
        let first = intake.records(limits.columns).next().ok_or(IntakeError::Empty)??;
        // Spreadsheets leave empty columns behind the last one with a name.
        let named = first.fields.iter().rposition(|name| !name.is_empty()).map_or(0, |last| last + 1);
        for (second, name) in first.fields.iter().enumerate() {
            let same = first.fields[..second].iter().position(|other| other == name);
            if let Some(first) = same.filter(|_| !name.is_empty()) {
                return Err(IntakeError::SameName { first: first + 1, second: second + 1 });
            }
        }
        intake.columns = first.fields.len();
        intake.header_lines = first.line;
        intake.header = first.fields;
        intake.header.truncate(named);
        for row in intake.rows() {
            row?;
        }
        Ok(intake)
    }

    fn of_text(file: &'a [u8], limits: &Limits) -> Result<Self, IntakeError> {
        let marked = file.strip_prefix("\u{feff}".as_bytes());
        let bytes = marked.unwrap_or(file);
        scan(bytes, limits)?;
        let format = Format::Csv(detect(bytes, marked.is_some())?);
        Ok(Self::new(Cow::Borrowed(bytes), format, None, 0))
    }

    fn of_workbook(file: &[u8], limits: &Limits) -> Result<Self, IntakeError> {
        let content = workbook::read(file, limits)?;
        Ok(Self::new(Cow::Owned(content.csv), Format::Workbook, Some(content.rows), content.width))
    }

    fn new(bytes: Cow<'a, [u8]>, format: Format, placed: Option<Vec<usize>>, width: usize) -> Self {
        Self { bytes, format, placed, width, header: Vec::new(), header_lines: 0, columns: 0 }
    }

    /// What the file is.
    pub fn format(&self) -> Format {
        self.format
    }

    /// The names of the columns.
    pub fn header(&self) -> &[String] {
        &self.header
    }

    /// The position of a column by its name, from 0.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|column| column == name)
    }

    /// The rows behind the header, without the blank ones. [`Intake::open`] has read them all once, so an error
    /// is not expected here.
    pub fn rows(&self) -> impl Iterator<Item = Result<Row, IntakeError>> {
        self.whole_rows().map(|row| {
            let mut row = row?;
            row.fields.truncate(self.header.len());
            Ok(row)
        })
    }

    /// The rows with every cell, also those below columns without a name: for a guard that must see everything.
    pub fn whole_rows(&self) -> impl Iterator<Item = Result<Row, IntakeError>> {
        self.records(usize::MAX).filter(|row| !matches!(row, Ok(row) if row.line <= self.header_lines)).map(
            |row| {
                let row = row?;
                if row.fields.len() != self.columns {
                    let (expected, found) = (self.columns, row.fields.len());
                    return Err(IntakeError::ColumnCount { line: row.line, expected, found });
                }
                Ok(row)
            },
        )
    }

    fn records(&self, most: usize) -> impl Iterator<Item = Result<Row, IntakeError>> {
        let reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(&*self.bytes);
        let encoding = match self.format {
            Format::Csv(encoding) => encoding,
            Format::Workbook => Encoding::Utf8,
        };
        let mut lines = LineCounter { bytes: &self.bytes, at: 0, line: 1 };
        let mut placed = self.placed.as_ref().map(|rows| rows.iter().copied());
        reader.into_byte_records().filter_map(move |record| {
            // A reader over bytes in memory does not fail, and it knows no malformed record.
            let Ok(record) = record else { return Some(Err(IntakeError::Io(io::ErrorKind::InvalidData))) };
            let line = match &mut placed {
                Some(rows) => rows.next().unwrap_or_default(),
                None => lines.line_of(&record),
            };
            if record.len() > most {
                return Some(Err(IntakeError::TooManyColumns { line, limit: most }));
            }
            if record.iter().all(|field| field.iter().all(|byte| matches!(byte, b' ' | b'\t'))) {
                return None;
            }
            let mut fields = Vec::with_capacity(record.len());
            for field in &record {
                let Some(text) = decode(field, encoding) else {
                    let position = Position { line, column: 1 };
                    return Some(Err(IntakeError::Undecodable { as_encoding: encoding, position }));
                };
                fields.push(text.trim().to_owned());
            }
            if fields.len() < self.width {
                fields.resize(self.width, String::new());
            }
            Some(Ok(Row { line, fields }))
        })
    }
}

/// Counts lines by line feeds: the reader's own count takes a CR and LF pair at some places for two.
struct LineCounter<'a> {
    bytes: &'a [u8],
    at: usize,
    line: usize,
}

impl LineCounter<'_> {
    fn line_of(&mut self, record: &csv::ByteRecord) -> usize {
        let start = record.position().map_or(self.at, |position| {
            usize::try_from(position.byte()).unwrap_or(usize::MAX).min(self.bytes.len())
        });
        // Blank lines before a record belong to nobody; the reader counts them to the record.
        let blank = self.bytes[start..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let start = start + blank;
        if start > self.at {
            self.line += newlines(&self.bytes[self.at..start]);
            self.at = start;
        }
        self.line
    }
}

fn newlines(bytes: &[u8]) -> usize {
    bytes.split(|byte| *byte == b'\n').count() - 1
}

fn other_format(file: &[u8]) -> Option<OtherFormat> {
    let begins = |magic: &[u8]| file.starts_with(magic);
    if begins(b"PK\x03\x04") {
        Some(OtherFormat::Zip)
    } else if begins(&[0xd0, 0xcf, 0x11, 0xe0]) {
        Some(OtherFormat::OldWorkbook)
    } else if begins(b"%PDF-") {
        Some(OtherFormat::Pdf)
    } else if begins(&[0xff, 0xfe]) || begins(&[0xfe, 0xff]) {
        Some(OtherFormat::Utf16)
    } else {
        None
    }
}

/// One pass over the bytes for what can be told without decoding. Quotation marks, commas and line feeds are
/// never the second byte of a character, neither in UTF-8 nor in CP932.
fn scan(bytes: &[u8], limits: &Limits) -> Result<(), IntakeError> {
    let (mut line, mut line_start, mut record_line, mut record_start) = (1, 0, 1, 0);
    let (mut quote_line, mut field_start, mut blank) = (None, true, true);
    let mut after_quote = false;
    for (at, byte) in bytes.iter().copied().enumerate() {
        if at - record_start >= limits.line_bytes && byte != b'\r' && byte != b'\n' {
            return Err(IntakeError::LineTooLong { line: record_line, limit: limits.line_bytes });
        }
        if line > limits.lines {
            return Err(IntakeError::TooManyLines { limit: limits.lines });
        }
        match byte {
            0 => return Err(IntakeError::Nul(Position { line, column: at - line_start + 1 })),
            b'"' if quote_line.is_some() => {
                quote_line = None;
                after_quote = true;
                continue;
            }
            // A doubled mark stays inside the quotes, any other mark only opens at the start of a field.
            b'"' if field_start || after_quote => quote_line = Some(line),
            b',' if quote_line.is_none() => field_start = true,
            b'\n' => {
                line += 1;
                line_start = at + 1;
                if quote_line.is_none() {
                    (record_line, record_start, field_start) = (line, at + 1, true);
                }
            }
            b'\r' if quote_line.is_none() => {}
            _ => field_start = false,
        }
        after_quote = false;
        blank &= matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b',');
    }
    match quote_line {
        Some(line) => Err(IntakeError::OpenQuote { line }),
        None if blank => Err(IntakeError::Empty),
        None => Ok(()),
    }
}

/// Tells the encoding, or where the one that reads furthest fails.
fn detect(bytes: &[u8], marked: bool) -> Result<Encoding, IntakeError> {
    let utf8 = match std::str::from_utf8(bytes) {
        Ok(_) => return Ok(if marked { Encoding::Utf8Bom } else { Encoding::Utf8 }),
        Err(error) => error.valid_up_to(),
    };
    if marked {
        return Err(undecodable(bytes, utf8, Encoding::Utf8Bom));
    }
    match first_bad_cp932(bytes) {
        None => Ok(Encoding::Cp932),
        Some(cp932) if cp932 > utf8 => Err(undecodable(bytes, cp932, Encoding::Cp932)),
        Some(_) => Err(undecodable(bytes, utf8, Encoding::Utf8)),
    }
}

/// Where the first bytes stand that are no CP932, without building the text.
fn first_bad_cp932(bytes: &[u8]) -> Option<usize> {
    let mut decoder = SHIFT_JIS.new_decoder_without_bom_handling();
    let mut buffer = [0_u8; 4096];
    let mut at = 0;
    loop {
        let (result, read, written) =
            decoder.decode_to_utf8_without_replacement(&bytes[at..], &mut buffer, true);
        // Byte 0x80 decodes to a control character that CP932 does not have.
        if buffer[..written].windows(2).any(|pair| pair == [0xc2, 0x80]) {
            return Some(at + lone_80(&bytes[at..at + read]));
        }
        at += read;
        match result {
            DecoderResult::InputEmpty => return None,
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(bad, after) => return Some(at - usize::from(bad) - usize::from(after)),
        }
    }
}

/// Where byte 0x80 stands alone and not as the second of a character.
fn lone_80(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(byte) = bytes.get(at).filter(|byte| **byte != 0x80) {
        at += if matches!(byte, 0x81..=0x9f | 0xe0..=0xfc) { 2 } else { 1 };
    }
    at
}

fn undecodable(bytes: &[u8], at: usize, as_encoding: Encoding) -> IntakeError {
    let before = &bytes[..at];
    let line_start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |feed| feed + 1);
    let line = newlines(before) + 1;
    let column = decode(&bytes[line_start..at], as_encoding).map_or(1, |text| text.chars().count() + 1);
    IntakeError::Undecodable { as_encoding, position: Position { line, column } }
}

fn decode(bytes: &[u8], encoding: Encoding) -> Option<std::borrow::Cow<'_, str>> {
    match encoding {
        Encoding::Utf8 | Encoding::Utf8Bom => std::str::from_utf8(bytes).ok().map(Into::into),
        Encoding::Cp932 => SHIFT_JIS.decode_without_bom_handling_and_without_replacement(bytes),
    }
}

#[cfg(test)]
mod tests;
