//! The texts that cells of a workbook share, held once and within a bound.

use std::io::Read;

use quick_xml::events::Event;

use super::super::{IntakeError, Limits};
use super::WorkbookError;
use super::xml::{Xml, add_reference};
use crate::xlsx::is_numbered;

/// What a text costs besides its bytes.
const EACH: usize = 8;

/// The texts one after the other, and where each ends.
#[derive(Debug, Default)]
pub(super) struct Strings {
    text: String,
    ends: Vec<usize>,
}

impl Strings {
    /// Reads them. Readings of characters (ふりがな) are left out.
    pub(super) fn read<R: Read>(mut xml: Xml<R>, limits: &Limits) -> Result<Self, IntakeError> {
        // A list as CSV within its limit has fewer bytes than this, also with a text of its own in each cell.
        let limit = limits.bytes.saturating_mul(2);
        let mut strings = Self::default();
        let (mut taken, mut readings) = (false, 0_usize);
        let mut one = String::new();
        loop {
            match xml.next()? {
                Event::Start(element) => match element.local_name().as_ref() {
                    "si" => one.clear(),
                    "rPh" => readings += 1,
                    "t" => taken = readings == 0,
                    _ => {}
                },
                Event::End(element) => match element.local_name().as_ref() {
                    "si" => {
                        strings.text.push_str(&numbered(&one));
                        strings.ends.push(strings.text.len());
                    }
                    "rPh" => readings = readings.saturating_sub(1),
                    "t" => taken = false,
                    _ => {}
                },
                Event::Text(text) if taken => one.push_str(&text.xml10_content()),
                Event::CData(text) if taken => one.push_str(&text.xml10_content()),
                Event::GeneralRef(reference) if taken => add_reference(&mut one, &reference)?,
                Event::Eof => return Ok(strings),
                _ => {}
            }
            if strings.text.len() + one.len() + strings.ends.len() * EACH > limit {
                return Err(WorkbookError::TooMuchText { limit }.into());
            }
        }
    }

    /// A text by its place, from 0.
    pub(super) fn get(&self, place: usize) -> Option<&str> {
        let end = *self.ends.get(place)?;
        let start = place.checked_sub(1).map_or(0, |before| self.ends[before]);
        Some(&self.text[start..end])
    }
}

/// A text with each `_xHHHH_` as the character (half a character of UTF-16) of that number.
pub(super) fn numbered(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut units: Vec<u16> = Vec::new();
    let mut rest = text;
    loop {
        let unit = rest.get(..7).filter(|mark| is_numbered(mark.as_bytes()));
        if let Some(unit) = unit.and_then(|mark| u16::from_str_radix(&mark[2..6], 16).ok()) {
            units.push(unit);
            rest = &rest[7..];
            continue;
        }
        let whole = char::decode_utf16(units.drain(..)).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER));
        out.extend(whole);
        let Some(c) = rest.chars().next() else { return out };
        // Up to the next mark, or the one character that only looked like it.
        let next = rest[c.len_utf8()..].find('_').map_or(rest.len(), |found| found + c.len_utf8());
        out.push_str(&rest[..next]);
        rest = &rest[next..];
    }
}
