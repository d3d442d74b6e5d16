//! Lists as CSV for other programs and for spreadsheets, in UTF-8 with BOM or in CP932, and as workbooks.
//!
//! The rest is about CSV; what a workbook makes of a cell stands in [`crate::xlsx`].
//!
//! Every field is quoted and lines end with CRLF. A cell is written so that a spreadsheet neither runs nor
//! mangles it:
//! - Text that a spreadsheet would take for a formula (first character `=`, `+`, `-`, `@`, their full-width
//!   forms, tab or carriage return) gets an apostrophe in front.
//! - A code that a spreadsheet would change (leading zeros, `3-6` and `3/6` as dates, `1E5`, twelve digits and
//!   more) is written as `="0123"`, a formula whose only content is that code. [`Codes::Bare`] turns this
//!   off for files that a program reads.
//!
//! What CP932 cannot write is written as 〓 and reported by cell, never replaced in silence.

use std::io::Cursor;

use encoding_rs::SHIFT_JIS;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::xlsx::{Sheet, Workbook, WriteError};

/// A table for export: names of columns, then rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// The names of the columns.
    pub columns: Vec<String>,
    /// The rows; a row may be shorter than the header, the rest is then empty.
    pub rows: Vec<Vec<Cell>>,
}

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Text, or a code.
    Text(String),
    /// A whole number, written bare.
    Number(i64),
    /// A day, written as `YYYY-MM-DD`.
    Day(Date),
}

impl Cell {
    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// Nothing.
    pub fn empty() -> Self {
        Self::Text(String::new())
    }
}

/// The character encodings of an exported file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8 with a byte order mark, without which Excel takes it for CP932.
    Utf8Bom,
    /// Windows code page 932, which older programs of a city expect.
    Cp932,
}

/// For whom codes are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Codes {
    /// For spreadsheets: codes that they would change are protected.
    Protected,
    /// For programs: codes stand as they are. Formulas are neutralised all the same.
    Bare,
}

/// A character that the chosen encoding cannot write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CannotWrite {
    /// The row, from 1; 0 is the header.
    pub row: usize,
    /// The column, from 1.
    pub column: usize,
    /// The character, written as 〓.
    pub character: char,
}

/// A finished file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export {
    /// The file.
    pub bytes: Vec<u8>,
    /// What could not be written, in order.
    pub cannot_write: Vec<CannotWrite>,
}

/// The character that stands for one which the encoding lacks.
const GETA: char = '〓';

impl Table {
    /// The table as a CSV file.
    pub fn to_csv(&self, encoding: Encoding, codes: Codes) -> Export {
        let width = self.rows.iter().map(Vec::len).fold(self.columns.len(), usize::max);
        let mut file = CsvFile::begin(encoding, codes, width);
        file.names(&self.columns);
        self.rows.iter().for_each(|cells| file.row(cells));
        Export { bytes: file.written, cannot_write: file.cannot_write }
    }

    /// The table as a workbook (.xlsx) with one sheet of this name. [`crate::xlsx`] says how cells are written.
    pub fn to_xlsx(&self, name: &str, made_at: Timestamp) -> Result<Vec<u8>, WriteError> {
        let sheet = Sheet { name, columns: &self.columns, made_at };
        let mut workbook = Workbook::new(Cursor::new(Vec::new()), &sheet)?;
        self.rows.iter().try_for_each(|cells| workbook.row(cells))?;
        Ok(workbook.finish()?.into_inner())
    }
}

impl Cell {
    fn written(&self, codes: Codes) -> String {
        match self {
            Self::Text(text) => neutral(text, codes),
            Self::Number(number) => number.to_string(),
            Self::Day(day) => day.to_string(),
        }
    }
}

/// The text as a spreadsheet will show it, and never run it.
fn neutral(text: &str, codes: Codes) -> String {
    match text.chars().next() {
        Some('=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠' | '\t' | '\r') => format!("'{text}"),
        _ if codes == Codes::Protected && is_mangled(text) => format!("=\"{text}\""),
        _ => text.to_owned(),
    }
}

/// Whether a spreadsheet would show another value than the one written.
///
/// True only of ASCII digits, letters and `- / .`: such a text cannot leave the quotes of `="..."`.
fn is_mangled(text: &str) -> bool {
    let bytes = text.as_bytes();
    let code = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'/' | b'.');
    if !bytes.first().is_some_and(u8::is_ascii_digit) || !bytes.iter().all(code) {
        return false;
    }
    let digits_only = bytes.iter().all(u8::is_ascii_digit);
    let leading_zero = bytes.len() > 1 && bytes[0] == b'0' && bytes[1] != b'.';
    let long = digits_only && bytes.len() >= 12;
    let dated = bytes.iter().any(|byte| matches!(byte, b'-' | b'/'));
    let exponent = bytes.iter().any(|byte| matches!(byte, b'E' | b'e'));
    leading_zero || long || dated || exponent
}

/// A CSV file that is written row by row; what is written is taken away in between, so that a file of any length needs
/// little memory.
#[derive(Debug)]
pub struct CsvFile {
    encoding: Encoding,
    codes: Codes,
    width: usize,
    /// Rows so far, without the header.
    rows: usize,
    written: Vec<u8>,
    cannot_write: Vec<CannotWrite>,
}

/// So many cells that cannot be written are told; people mend the first ones and try again.
const TOLD: usize = 1_000;

impl CsvFile {
    /// Begins a file with its header.
    pub fn new(columns: &[String], encoding: Encoding, codes: Codes) -> Self {
        let mut file = Self::begin(encoding, codes, columns.len());
        file.names(columns);
        file
    }

    fn begin(encoding: Encoding, codes: Codes, width: usize) -> Self {
        let written = if encoding == Encoding::Utf8Bom { "\u{feff}".as_bytes().to_vec() } else { Vec::new() };
        Self { encoding, codes, width, rows: 0, written, cannot_write: Vec::new() }
    }

    fn names(&mut self, columns: &[String]) {
        let codes = self.codes;
        self.line(0, columns.iter().map(|name| neutral(name, codes)));
    }

    /// Adds a row. It may be shorter than the header; the rest is then empty.
    pub fn row(&mut self, cells: &[Cell]) {
        self.rows += 1;
        let codes = self.codes;
        self.line(self.rows, cells.iter().map(|cell| cell.written(codes)));
    }

    /// Takes away what was written since the last time.
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.written)
    }

    /// What could not be written so far, in order; no more than the first thousand.
    pub fn cannot_write(&self) -> &[CannotWrite] {
        &self.cannot_write
    }

    fn line(&mut self, row: usize, cells: impl Iterator<Item = String>) {
        let mut column = 0;
        for cell in cells {
            self.cell(row, column, &cell);
            column += 1;
        }
        for column in column..self.width {
            self.cell(row, column, "");
        }
        self.written.extend_from_slice(b"\r\n");
    }

    fn cell(&mut self, row: usize, column: usize, text: &str) {
        if column > 0 {
            self.written.push(b',');
        }
        self.written.push(b'"');
        let quoted = text.replace('"', "\"\"");
        match self.encoding {
            Encoding::Utf8Bom => self.written.extend_from_slice(quoted.as_bytes()),
            Encoding::Cp932 => {
                let mut prepared = String::with_capacity(quoted.len());
                for character in quoted.chars() {
                    let character = cp932_twin(character);
                    if is_cp932(character) {
                        prepared.push(character);
                    } else {
                        if self.cannot_write.len() < TOLD {
                            self.cannot_write.push(CannotWrite { row, column: column + 1, character });
                        }
                        prepared.push(GETA);
                    }
                }
                self.written.extend_from_slice(&SHIFT_JIS.encode(&prepared).0);
            }
        }
        self.written.push(b'"');
    }
}

/// The character that Windows writes for one which is the same to a reader.
fn cp932_twin(character: char) -> char {
    match character {
        '\u{301c}' => '\u{ff5e}', // Wave dash.
        '\u{2014}' => '\u{2015}', // Em dash.
        '\u{2016}' => '\u{2225}', // Double bar.
        '\u{2212}' => '\u{ff0d}', // Minus.
        '\u{a0}' => ' ',
        // These two would become a backslash and a tilde without a word.
        '\u{a5}' => '\u{ffe5}',
        '\u{203e}' => '\u{ffe3}',
        other => other,
    }
}

fn is_cp932(character: char) -> bool {
    if character.is_ascii() {
        return true;
    }
    // U+0080 has a byte in the web's Shift_JIS but is no character of CP932.
    let mut buffer = [0; 4];
    character != '\u{80}' && !SHIFT_JIS.encode(character.encode_utf8(&mut buffer)).2
}

/// How wide a text stands, in half-width characters: its longest line.
pub(crate) fn width(text: &str) -> usize {
    let narrow = |sign: &char| sign.is_ascii() || ('\u{ff61}'..='\u{ff9f}').contains(sign);
    let line = |line: &str| line.chars().map(|sign| if narrow(&sign) { 1 } else { 2 }).sum();
    text.lines().map(line).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn one(cell: Cell) -> Table {
        Table { columns: vec!["列".into()], rows: vec![vec![cell]] }
    }

    fn cp932(text: &str) -> (String, Vec<CannotWrite>) {
        let export = one(Cell::text(text)).to_csv(Encoding::Cp932, Codes::Protected);
        let decoded = SHIFT_JIS.decode_without_bom_handling(&export.bytes).0.into_owned();
        let cell = decoded.lines().nth(1).unwrap().trim_matches('"').to_owned();
        (cell, export.cannot_write)
    }

    #[test]
    fn utf8_has_a_mark_quotes_and_crlf() {
        let table = Table {
            columns: vec!["日付".into(), "件数".into(), "備考".into()],
            rows: vec![vec![Cell::Day(date(2026, 11, 24)), Cell::Number(-3), Cell::text("\"済\"")], vec![]],
        };
        let export = table.to_csv(Encoding::Utf8Bom, Codes::Protected);
        assert_eq!(
            String::from_utf8(export.bytes).unwrap(),
            "\u{feff}\"日付\",\"件数\",\"備考\"\r\n\"2026-11-24\",\"-3\",\"\"\"済\"\"\"\r\n\"\",\"\",\"\"\r\n"
        );
    }

    #[test]
    fn what_windows_writes_otherwise_is_mapped_and_the_rest_is_reported() {
        assert_eq!(cp932("9〜10 — ‖ − \u{a0}¥ ‾ 髙﨑德①㈱").0, "9～10 ― ∥ － \u{20}￥ ￣ 髙﨑德①㈱");
        let (cell, reported) = cp932("𠮷田\u{80}ヷ");
        assert_eq!(cell, "〓田〓〓");
        assert_eq!(reported[0], CannotWrite { row: 1, column: 1, character: '𠮷' });
        assert_eq!(reported.iter().map(|r| r.character).collect::<Vec<_>>(), ['𠮷', '\u{80}', 'ヷ']);
    }

    #[test]
    fn r4_i_a_file_taken_away_in_portions_is_the_same_file() {
        let rows: Vec<Vec<Cell>> =
            (0..50).map(|n| vec![Cell::Number(n), Cell::text(if n == 7 { "𠮷" } else { "=1" })]).collect();
        let table = Table { columns: vec!["数".into(), "文字".into()], rows };
        for encoding in [Encoding::Utf8Bom, Encoding::Cp932] {
            let whole = table.to_csv(encoding, Codes::Protected);
            let mut file = CsvFile::new(&table.columns, encoding, Codes::Protected);
            let mut bytes = file.take();
            for cells in &table.rows {
                file.row(cells);
                bytes.extend(file.take());
            }
            assert_eq!((bytes, file.cannot_write()), (whole.bytes, whole.cannot_write.as_slice()));
        }
    }

    #[test]
    fn formulas_do_not_run() {
        for text in ["=1+1", "+81", "-1", "@SUM(A1)", "\tx", "\rx", "＝1+1"] {
            assert_eq!(neutral(text, Codes::Protected), format!("'{text}"));
            assert_eq!(neutral(text, Codes::Bare), format!("'{text}"));
        }
    }

    #[test]
    fn codes_stay_what_they_are() {
        for text in ["0123", "3-6", "3/6", "123456789012", "1E5", "00"] {
            assert_eq!(neutral(text, Codes::Protected), format!("=\"{text}\""));
            assert_eq!(neutral(text, Codes::Bare), text);
        }
        for text in ["123456780", "9:00", "棚3-6", "A1B-000012", "0", "", "1.5"] {
            assert_eq!(neutral(text, Codes::Protected), text);
        }
    }

    proptest! {
        #[test]
        fn any_text_comes_back_from_the_file_or_is_reported(text in "\\PC{0,20}") {
            let export = one(Cell::text(text.clone())).to_csv(Encoding::Cp932, Codes::Bare);
            let (decoded, _, broken) = SHIFT_JIS.decode(&export.bytes);
            prop_assert!(!broken);
            let mut reader = csv::Reader::from_reader(decoded.as_bytes());
            let row = reader.records().next().unwrap().unwrap();
            let expected: String = neutral(&text, Codes::Bare).chars().map(|character| {
                let twin = cp932_twin(character);
                if is_cp932(twin) { twin } else { GETA }
            }).collect();
            prop_assert_eq!(&row[0], &expected);
            prop_assert_eq!(export.cannot_write.is_empty(), text.chars().all(|c| is_cp932(cp932_twin(c))));
        }
    }
}
