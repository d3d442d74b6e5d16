//! How typed digits are folded: full width to half width, and which characters only stand between digits.
//!
//! People type numbers under a Japanese input method, copy them from papers and read them from screens, so
//! width, spaces and every kind of dash carry no meaning. NFKC alone does not do: it leaves U+2010 to U+2015,
//! U+2212 and U+30FC as they are.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// NFKC: full-width letters and digits become ASCII, half-width katakana becomes full-width.
pub(crate) fn fold(text: &str) -> String {
    text.nfkc().collect()
}

/// A dash of any kind, looked at after NFKC.
pub(crate) fn is_hyphen(c: char) -> bool {
    matches!(
        c,
        '-' | '\u{2010}'
            ..='\u{2015}'
                | '\u{2043}'
                | '\u{2212}'
                | '\u{FE58}'
                | '\u{FE63}'
                | '\u{FF0D}'
                | '\u{30FC}'
                | '\u{FF70}'
    )
}

/// A character that leaves no mark of its own: joiners, direction marks, variation selectors, soft hyphens.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{00AD}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
            | '\u{FEFF}'
    ) || is_combining_mark(c)
}

/// Why a text is not a row of digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotDigits {
    Empty,
    Other,
}

/// The digits of a number that somebody typed or scanned, without spaces and dashes.
pub(crate) fn digits(text: &str) -> Result<Vec<u8>, NotDigits> {
    let mut digits = Vec::new();
    for c in text.nfkc() {
        match c {
            '0'..='9' => digits.push(c as u8 - b'0'),
            c if c.is_whitespace() || is_hyphen(c) || is_invisible(c) => {}
            _ => return Err(NotDigits::Other),
        }
    }
    if digits.is_empty() { Err(NotDigits::Empty) } else { Ok(digits) }
}

/// Digits as text.
pub(crate) fn text_of(digits: &[u8]) -> String {
    digits.iter().map(|digit| char::from(b'0' + digit)).collect()
}
