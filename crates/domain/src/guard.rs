//! The guard against 個人番号 (Individual Numbers): they must not enter the program anywhere, in any disguise.
//!
//! Looks for twelve digits however they are written: any width, kanji or circled digits, spaces, dashes, dots,
//! line breaks and invisible characters between them. It answers where and what, never the value; whoever asks
//! must not log or echo the text either.
//!
//! How a row of digits is judged:
//! - Digits are joined over separators step by step: plain groups; over dashes and points; over spaces; over
//!   line breaks. Twelve at any step are looked at, so a separator can never hide what stands without it.
//! - In longer rows only windows of whole groups written 4-4-4, 3-3-3-3 or 6-6 are looked at (and the plain
//!   group of twelve, by the first step). A row of digits without any separator longer than twelve is left
//!   alone: 法人番号 has 13 digits, 申請書ID 23.
//! - Twelve digits that are plainly something else are let through: a date with a time (`2026-11-24 0900`,
//!   `20261124-0900`, `2026/11/24/09/00`; written in such groups, with a possible date and time of 1900 to 2099)
//!   and a telephone number with one or two digits beside it (`090-1234-5678 2`). An Individual Number has one
//!   chance in about 10,000 to read as a date with a time, and nobody writes it in these groups. Twelve digits
//!   *without* a separator are never excused.
//! - Twelve that stand inside one of our own ids (26 signs of Crockford's base 32 in one piece) are let through: about
//!   one id in a million holds a valid row by chance, and its record could never be opened.
//! - Twelve that are only made of our own numbers (a 管理番号 and three digits after a space, or part of
//!   a 予約番号 written in fours) are asked back ([`Finding::TwelveDigits`]) instead of refused.

use jiff::civil::Date;
use unicode_normalization::char::decompose_compatible;

use crate::number::{Number, damm};
use crate::width::{self, is_hyphen, is_invisible};

/// What was found. The greater is the worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Finding {
    /// Twelve digits without the check digit of a 個人番号: ask back whether it is one, mistyped.
    TwelveDigits,
    /// Twelve digits that are a 個人番号 by their check digit: refuse.
    IndividualNumber,
}

/// Where something was found, in characters (not bytes) of the text, `end` excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// What was found.
    pub finding: Finding,
    /// The character at which it begins.
    pub start: usize,
    /// The character after its last.
    pub end: usize,
}

/// The twelfth digit of a 個人番号 (平成26年総務省令第85号 第5条).
pub fn check_digit(first11: &[u8; 11]) -> u8 {
    // P_n is counted from the right of the eleven; Q_n = n+1 for n ≤ 6, else n−5.
    let sum: u32 =
        first11.iter().rev().zip([2, 3, 4, 5, 6, 7, 2, 3, 4, 5, 6]).map(|(p, q)| u32::from(*p) * q).sum();
    match sum % 11 {
        0 | 1 => 0,
        // 2 to 10 give 9 to 1.
        rest => u8::try_from(11 - rest).unwrap_or_default(),
    }
}

/// The worst that a text holds.
pub fn worst(text: &str) -> Option<Finding> {
    scan_text(text).into_iter().map(|hit| hit.finding).max()
}

/// Everything that a text holds, in the order of the text.
pub fn scan_text(text: &str) -> Vec<Hit> {
    // Every digit takes a byte at least, also in characters that stand for two (⑩ has three bytes).
    if text.len() < 12 {
        return Vec::new();
    }
    let mut hits = Vec::new();
    let mut row = Vec::new();
    let mut gap = Gap::None;
    let mut found = |row: &mut Vec<Digit>| {
        if row.len() >= 12 {
            judge_row(row, &mut hits);
        }
        row.clear();
    };
    for (at, c) in text.chars().enumerate() {
        glyphs(c, |glyph| match glyph {
            Glyph::Digit(value) => {
                let before = if row.is_empty() { Gap::None } else { gap };
                row.push(Digit { value, at, before });
                gap = Gap::None;
            }
            Glyph::Gap(wider) => gap = gap.max(wider),
            Glyph::Nothing => {}
            Glyph::Other => {
                found(&mut row);
                gap = Gap::None;
            }
        });
    }
    found(&mut row);
    hits.sort_by_key(|hit: &Hit| (hit.start, hit.end, std::cmp::Reverse(hit.finding)));
    hits.dedup_by_key(|hit| (hit.start, hit.end));
    if !hits.is_empty() {
        let chars: Vec<char> = text.chars().collect();
        hits.retain(|hit| !stands_in_an_id(&chars, hit));
    }
    hits
}

/// A hit is a part of one of our ids.
fn stands_in_an_id(chars: &[char], hit: &Hit) -> bool {
    let Some((before, from_hit)) = chars.split_at_checked(hit.start) else { return false };
    let of_a_piece = |c: &&char| c.is_alphanumeric();
    let before = before.iter().rev().take_while(of_a_piece);
    let after = from_hit.iter().take_while(of_a_piece);
    let piece: Vec<char> = before.chain(after.clone()).copied().collect();
    // `U+2460` and the like are alphanumeric too, but no signs of an id.
    let sign = |c: &char| c.is_ascii_digit() || c.is_ascii_uppercase() && !"ILOU".contains(*c);
    piece.len() == ID_LENGTH
        && piece.iter().all(sign)
        && piece.iter().any(char::is_ascii_uppercase)
        && after.count() >= hit.end - hit.start
}

/// The signs of an id, see [`crate::id`].
const ID_LENGTH: usize = 26;

/// How far two digits stand apart; the order is the order in which they are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    None,
    Mark,
    Space,
    Line,
}

#[derive(Debug, Clone, Copy)]
struct Digit {
    value: u8,
    at: usize,
    before: Gap,
}

enum Glyph {
    Digit(u8),
    Gap(Gap),
    Nothing,
    Other,
}

/// What a character means here; some stand for several (⑩, ⒈).
fn glyphs(c: char, mut take: impl FnMut(Glyph)) {
    if c.is_ascii() {
        return take(glyph(c));
    }
    if let Some(value) = enclosed(c) {
        if value == 10 {
            take(Glyph::Digit(1));
        }
        return take(Glyph::Digit(value % 10));
    }
    decompose_compatible(c, |part| take(glyph(part)));
}

/// Digits in circles, brackets and with commas that NFKC leaves alone or gives more than a digit for.
fn enclosed(c: char) -> Option<u8> {
    let code = u32::from(c);
    let value = match code {
        0x2474..=0x247D => code - 0x2473,
        0x24F5..=0x24FE => code - 0x24F4,
        0x2776..=0x277F => code - 0x2775,
        0x2780..=0x2789 => code - 0x277F,
        0x278A..=0x2793 => code - 0x2789,
        0x1F101..=0x1F10A => code - 0x1F101,
        0x24FF | 0x1F10B | 0x1F10C | 0x1F100 => 0,
        _ => return None,
    };
    u8::try_from(value).ok()
}

fn glyph(c: char) -> Glyph {
    let value = match c {
        '0'..='9' => c as u8 - b'0',
        '〇' | '零' | '○' | '◯' => 0,
        '一' | '壱' | '壹' => 1,
        '二' | '弐' | '貳' => 2,
        '三' | '参' | '參' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陸' => 6,
        '七' | '漆' => 7,
        '八' | '捌' => 8,
        '九' | '玖' => 9,
        '\n' | '\r' | '\t' | '\u{0B}' | '\u{0C}' | '\u{85}' | '\u{2028}' | '\u{2029}' => {
            return Glyph::Gap(Gap::Line);
        }
        c if c.is_whitespace() => return Glyph::Gap(Gap::Space),
        c if is_hyphen(c) => return Glyph::Gap(Gap::Mark),
        '・' | '·' | '•' | '‧' | '.' | ',' | '、' | '。' | '/' | '⁄' | '_' => {
            return Glyph::Gap(Gap::Mark);
        }
        c if is_invisible(c) => return Glyph::Nothing,
        // Arabic-Indic, extended Arabic-Indic and Devanagari digits.
        '\u{660}'..='\u{669}' | '\u{6F0}'..='\u{6F9}' | '\u{966}'..='\u{96F}' => {
            let low = u32::from(c) & 0xF;
            let value = if c >= '\u{966}' { low - 6 } else { low };
            return u8::try_from(value).map_or(Glyph::Other, Glyph::Digit);
        }
        _ => return Glyph::Other,
    };
    Glyph::Digit(value)
}

/// Looks at one row of digits that nothing but separators interrupts.
fn judge_row(row: &[Digit], hits: &mut Vec<Hit>) {
    let own = Number::parse(&width::text_of(&values(row))).is_ok();
    for join in [Gap::None, Gap::Mark, Gap::Space, Gap::Line] {
        for part in row.chunk_by(|_, next| next.before <= join) {
            if part.len() == 12 {
                hits.extend(judge_twelve(part));
            }
        }
    }
    if row.len() > 12 {
        let groups: Vec<&[Digit]> = groups(row).collect();
        for shape in [&[4, 4, 4][..], &[3, 3, 3, 3], &[6, 6]] {
            for (at, window) in groups.windows(shape.len()).enumerate() {
                if window.iter().map(|group| group.len()).eq(shape.iter().copied()) {
                    let start = groups[..at].iter().map(|group| group.len()).sum();
                    let part = &row[start..start + 12];
                    let finding = if own { Finding::TwelveDigits } else { finding(part) };
                    hits.push(hit(part, finding));
                }
            }
        }
    }
}

fn judge_twelve(part: &[Digit]) -> Option<Hit> {
    let groups: Vec<&[Digit]> = groups(part).collect();
    if is_date_with_time(&groups) || is_telephone_and_more(&groups) {
        return None;
    }
    Some(hit(part, if is_control_number_and_more(&groups) { Finding::TwelveDigits } else { finding(part) }))
}

fn hit(part: &[Digit], finding: Finding) -> Hit {
    let ends = part.first().zip(part.last());
    // Parts are never empty: they are made of twelve digits.
    ends.map_or(Hit { finding, start: 0, end: 0 }, |(first, last)| Hit {
        finding,
        start: first.at,
        end: last.at + 1,
    })
}

fn finding(part: &[Digit]) -> Finding {
    let values = values(part);
    match values.split_last_chunk::<1>() {
        Some((first, [check]))
            if <&[u8; 11]>::try_from(first).is_ok_and(|first| check_digit(first) == *check) =>
        {
            Finding::IndividualNumber
        }
        _ => Finding::TwelveDigits,
    }
}

fn values(part: &[Digit]) -> Vec<u8> {
    part.iter().map(|digit| digit.value).collect()
}

/// The digits as they were written together.
fn groups(row: &[Digit]) -> impl Iterator<Item = &[Digit]> {
    row.chunk_by(|_, next| next.before == Gap::None)
}

fn lengths(groups: &[&[Digit]]) -> Vec<usize> {
    groups.iter().map(|group| group.len()).collect()
}

fn value_of(digits: &[Digit]) -> u32 {
    digits.iter().fold(0, |value, digit| value * 10 + u32::from(digit.value))
}

/// Year, month, day, hour and minute, in groups that only a date with a time is written in.
fn is_date_with_time(groups: &[&[Digit]]) -> bool {
    if !matches!(lengths(groups)[..], [4, 2, 2, 2, 2] | [4, 2, 2, 4] | [8, 4] | [8, 2, 2]) {
        return false;
    }
    let digits: Vec<Digit> = groups.concat();
    let number = |from: usize, to: usize| i16::try_from(value_of(&digits[from..to])).unwrap_or(i16::MAX);
    let (year, month, day, hour, minute) =
        (number(0, 4), number(4, 6), number(6, 8), number(8, 10), number(10, 12));
    let small = |value: i16| i8::try_from(value).unwrap_or(i8::MAX);
    (1900..=2099).contains(&year)
        && Date::new(year, small(month), small(day)).is_ok()
        && hour < 24
        && minute < 60
}

/// Ten or eleven digits of a telephone number with dashes, and one or two beside it after a space.
fn is_telephone_and_more(groups: &[&[Digit]]) -> bool {
    let apart = |group: &[Digit]| group.first().is_some_and(|digit| digit.before >= Gap::Space);
    let telephone = |groups: &[&[Digit]]| {
        let [area, exchange, line] = groups else { return false };
        area[0].value == 0
            && (2..=5).contains(&area.len())
            && (1..=4).contains(&exchange.len())
            && line.len() == 4
            && [exchange[0], line[0]].iter().all(|digit| digit.before == Gap::Mark)
    };
    match groups {
        [before @ .., last] if before.len() == 3 && telephone(before) => last.len() <= 2 && apart(last),
        [first, after @ ..] if after.len() == 3 && telephone(after) => first.len() <= 2 && apart(after[0]),
        _ => false,
    }
}

/// A 管理番号 with its check digit, and three digits beside it after a space.
fn is_control_number_and_more(groups: &[&[Digit]]) -> bool {
    let [first, second] = groups else { return false };
    let control = match (first.len(), second.len()) {
        (9, 3) => first,
        (3, 9) => second,
        _ => return false,
    };
    second[0].before >= Gap::Space && damm(&values(control)) == 0
}

#[cfg(test)]
#[path = "guard_tests.rs"]
mod tests;
