//! How the numbers of a workbook are meant: as numbers, as days, or as codes with leading zeros.

use std::collections::HashMap;
use std::io::Read;

use jiff::ToSpan as _;
use jiff::civil::{DateTime, date};
use quick_xml::events::Event;

use super::super::IntakeError;
use super::WorkbookError;
use super::xml::{Xml, attribute};

/// The most formats of a workbook; spreadsheets stop before.
const MOST: usize = 1 << 16;

/// The longest code that a format fills up with zeros.
const LONGEST_CODE: usize = 20;

/// What a format makes of a number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Shape {
    /// A number.
    #[default]
    Plain,
    /// A day, a time of the day, or both.
    Day,
    /// Filled up with zeros to so many digits.
    Zeros(usize),
}

/// The formats of cells, in the order in which cells point to them.
#[derive(Debug, Default)]
pub(super) struct Shapes {
    shapes: Vec<Shape>,
    since_1904: bool,
}

impl Shapes {
    /// Reads them.
    pub(super) fn read<R: Read>(mut xml: Xml<R>, since_1904: bool) -> Result<Self, IntakeError> {
        let mut shapes = Self { shapes: Vec::new(), since_1904 };
        let mut own: HashMap<u32, Shape> = HashMap::new();
        let mut of_cells = false;
        loop {
            match xml.next()? {
                Event::Start(element) => {
                    let id = || -> Result<Option<u32>, IntakeError> {
                        Ok(attribute(&element, "numFmtId")?.and_then(|id| id.parse().ok()))
                    };
                    match element.local_name().as_ref() {
                        "numFmt" => {
                            if let (Some(id), Some(code)) = (id()?, attribute(&element, "formatCode")?) {
                                own.insert(id, by_code(&code));
                            }
                        }
                        "cellXfs" => of_cells = true,
                        "xf" if of_cells => {
                            let id = id()?.unwrap_or_default();
                            shapes.shapes.push(own.get(&id).copied().unwrap_or_else(|| by_id(id)));
                        }
                        _ => {}
                    }
                }
                Event::End(element) if element.local_name().as_ref() == "cellXfs" => of_cells = false,
                Event::Eof => return Ok(shapes),
                _ => {}
            }
            if own.len() > MOST || shapes.shapes.len() > MOST {
                return Err(WorkbookError::Broken.into());
            }
        }
    }

    /// The number in a cell as text: `5640001`, `2026-11-24`, `2026-11-24 09:30:00`, `09:30:00`, `00012`.
    pub(super) fn text(&self, number: &str, style: Option<usize>) -> Result<String, IntakeError> {
        let number: f64 = number.trim().parse().map_err(|_| WorkbookError::Broken)?;
        if !number.is_finite() {
            return Err(WorkbookError::Broken.into());
        }
        let shape = style.and_then(|style| self.shapes.get(style)).copied().unwrap_or_default();
        let plain = || format!("{number}");
        Ok(match shape {
            Shape::Day => self.day(number).unwrap_or_else(plain),
            Shape::Zeros(digits) if number >= 0.0 && number.fract() == 0.0 => format!("{number:0>digits$}"),
            Shape::Plain | Shape::Zeros(_) => plain(),
        })
    }

    /// The day and time of a number; none for a number that is none.
    fn day(&self, number: f64) -> Option<String> {
        if !(0.0..2_958_466.0).contains(&number) {
            return None;
        }
        #[expect(clippy::cast_possible_truncation, reason = "within 2,958,466 days of 86,400 seconds")]
        let seconds = (number * 86_400.0).round() as i64;
        let (days, time) = (seconds / 86_400, seconds % 86_400);
        let first = match (self.since_1904, days) {
            (true, _) => date(1904, 1, 1),
            // Day 60 is a 29 February 1900 that never was.
            (false, 60) => return None,
            (false, ..60) => date(1899, 12, 31),
            (false, _) => date(1899, 12, 30),
        };
        let at: DateTime = first.checked_add(days.days()).ok()?.to_datetime(jiff::civil::Time::midnight());
        let at = at.checked_add(time.seconds()).ok()?;
        let written = match (days, time) {
            (0, _) if !self.since_1904 => "%H:%M:%S",
            (_, 0) => "%Y-%m-%d",
            _ => "%Y-%m-%d %H:%M:%S",
        };
        Some(at.strftime(written).to_string())
    }
}

/// Formats that stand in no file. 27 to 36 and 50 to 58 are those of East Asian editions.
fn by_id(id: u32) -> Shape {
    if matches!(id, 14..=22 | 27..=36 | 45 | 47 | 50..=58) { Shape::Day } else { Shape::Plain }
}

/// What the code of a format says, by its first section.
fn by_code(code: &str) -> Shape {
    if (2..=LONGEST_CODE).contains(&code.len()) && code.bytes().all(|byte| byte == b'0') {
        return Shape::Zeros(code.len());
    }
    let mut bare = String::new();
    let mut rest = code.chars();
    while let Some(c) = rest.next() {
        match c {
            ';' => break,
            '"' => while rest.next().is_some_and(|c| c != '"') {},
            // The next character stands for itself, is left free or fills.
            '\\' | '_' | '*' => {
                rest.next();
            }
            // Colours, conditions, languages; durations such as [h] stay numbers.
            '[' => {
                let inside: String = rest.by_ref().take_while(|c| *c != ']').collect();
                let duration = |c: char| matches!(c.to_ascii_lowercase(), 'h' | 'm' | 's');
                if !inside.is_empty() && inside.chars().all(duration) {
                    return Shape::Plain;
                }
            }
            c => bare.push(c.to_ascii_lowercase()),
        }
    }
    let general = bare.contains("general") || bare.contains("g/標準");
    // An `e` is the year of an era, unless it is the exponent of a number.
    let exponent = bare.contains("e+") || bare.contains("e-");
    let dated = bare.contains(['y', 'm', 'd', 'h', 's']) || (bare.contains('e') && !exponent);
    if dated && !general { Shape::Day } else { Shape::Plain }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r5_c1_formats_of_days_are_known_by_their_code() {
        for code in [
            "yyyy/mm/dd",
            "ge.m.d",
            "[$-411]ggge\"年\"m\"月\"d\"日\"",
            "[$-ja-JP-x-gannen]ggge\"年\"m\"月\"d\"日\";@",
            "ggge\"年\"",
            "h:mm",
            "yyyy\"年\"m\"月\"d\"日\";@",
        ] {
            assert_eq!(by_code(code), Shape::Day, "{code}");
        }
        for code in [
            "General",
            "G/標準",
            "0.00E+00",
            "#,##0",
            "\"d\"0",
            "[Red]0",
            "0_m",
            "[h]:mm",
            "0;yyyy",
            "[$¥-411]#,##0",
            "G/標準\"枚\"",
        ] {
            assert_eq!(by_code(code), Shape::Plain, "{code}");
        }
        assert_eq!(by_code("0000000"), Shape::Zeros(7));
    }

    #[test]
    fn r5_c1_numbers_are_read_as_they_are_meant() {
        let shapes = Shapes { shapes: vec![Shape::Plain, Shape::Day, Shape::Zeros(12)], since_1904: false };
        let text = |number, style| shapes.text(number, Some(style)).unwrap();
        assert_eq!(text("5640001.0", 0), "5640001");
        assert_eq!(text("1.23456789018E+11", 0), "123456789018");
        assert_eq!(text("1.5", 0), "1.5");
        assert_eq!(text("46350", 1), "2026-11-24");
        assert_eq!(text("46350.395833333336", 1), "2026-11-24 09:30:00");
        assert_eq!(text("0.39583333333333331", 1), "09:30:00");
        assert_eq!(text("59", 1), "1900-02-28");
        assert_eq!(text("61", 1), "1900-03-01");
        assert_eq!(text("60", 1), "60");
        assert_eq!(text("-1", 1), "-1");
        assert_eq!(text("1e300", 1).len(), 301);
        assert_eq!(text("345678901", 2), "000345678901");
        let mac = Shapes { shapes: vec![Shape::Day], since_1904: true };
        assert_eq!(mac.text("44888", Some(0)).unwrap(), "2026-11-24");
        for wrong in ["", "NaN", "inf", "1,000"] {
            assert_eq!(shapes.text(wrong, None), Err(WorkbookError::Broken.into()));
        }
    }
}
