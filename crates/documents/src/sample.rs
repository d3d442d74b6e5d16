//! Consignment files as they come in practice, for demonstration, tests and benchmarks.
//!
//! The people in them do not exist: family names are words such as 見本 and 架空. The same order always gives
//! the same bytes. The columns カード発行一覧表 really has are not public; these are an assumption, and the mapping
//! of columns is a setting.

use encoding_rs::SHIFT_JIS;
use jiff::ToSpan as _;
use jiff::civil::{Date, date};

use crate::intake::Encoding;

/// The columns of a sample, in order.
pub const COLUMNS: [&str; 8] =
    ["一覧番号", "交付通知書番号", "氏名", "生年月日", "郵便番号", "住所", "申請方式", "カード有効期限"];

/// The five methods of application (chapter 8 (4)) as a list spells them, with their share of a thousand.
const METHODS: [(&str, u64); 5] = [
    ("交付時来庁方式", 880),
    ("申請時来庁方式", 90),
    ("勤務地等一括申請方式", 15),
    ("勤務地等経由申請方式", 8),
    ("居所地経由申請方式", 7),
];

const FAMILY_NAMES: [&str; 12] =
    ["見本", "架空", "例示", "仮名", "試験", "模擬", "練習", "試作", "見本髙", "架﨑", "例澤", "仮邊"];

const GIVEN_NAMES: [&str; 20] = [
    "一郎",
    "花子",
    "太郎",
    "さくら",
    "健",
    "美咲",
    "大輔",
    "陽子",
    "翔",
    "葵",
    "蓮",
    "結衣",
    "誠",
    "恵",
    "隆",
    "幸子",
    "湊",
    "ひなた",
    "実",
    "和子",
];

const FOREIGN_NAMES: [&str; 4] = [
    "ＳＡＭＰＬＥ　ＡＬＥＸ",
    "ＴＥＳＴ　ＭＡＲＩＡ",
    "ＤＥＭＯ　ＷＥＩ",
    "ＦＩＣＴＩＯＮ　ＮＧＵＹＥＮ　ＡＮ",
];

/// Postal codes and towns of the city, from Japan Post's public table.
const POSTAL: &str = include_str!("../data/suita-postal.csv");

/// What file to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order {
    /// How many cards; a duplicate made on request is one more line.
    pub cards: u32,
    /// Where chance begins: another seed gives other people and other notice numbers.
    pub seed: u64,
    /// The day on which the cards were made (発行日).
    pub made_on: Date,
    /// The number of the first line.
    pub first_line: u32,
    /// What is wrong with it.
    pub mistakes: Mistakes,
    /// How it is written.
    pub encoding: Encoding,
}

/// How many of each mistake of practice the file has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Mistakes {
    /// A notice number that stands on two lines.
    pub duplicate_notice: u32,
    /// A line that stands twice.
    pub duplicate_line: u32,
    /// A line without its notice number.
    pub missing_value: u32,
    /// A method that does not exist.
    pub wrong_method: u32,
    /// A name with 〓 where a character could not be written.
    pub geta: u32,
    /// Lines of nothing but commas at the end, as spreadsheets leave them.
    pub blank_tail: u32,
}

/// One mistake that was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Made {
    /// The line of the file, from 1 with the header.
    pub line: usize,
    /// Which mistake.
    pub mistake: Mistake,
}

/// The kinds of mistakes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mistake {
    /// See [`Mistakes::duplicate_notice`].
    DuplicateNotice,
    /// See [`Mistakes::duplicate_line`].
    DuplicateLine,
    /// See [`Mistakes::missing_value`].
    MissingValue,
    /// See [`Mistakes::wrong_method`].
    WrongMethod,
    /// See [`Mistakes::geta`].
    Geta,
    /// See [`Mistakes::blank_tail`].
    BlankTail,
}

/// A finished file and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// The file.
    pub bytes: Vec<u8>,
    /// The mistakes, in order of their kind.
    pub made: Vec<Made>,
}

/// Makes a file.
pub fn consignment(order: &Order) -> Sample {
    let mut chance = Chance(order.seed);
    let prefix = notice_prefix(&mut chance);
    let towns = towns();
    let mut rows: Vec<[String; 8]> = (0..order.cards)
        .map(|index| {
            let (name, foreign) = name(&mut chance);
            let birth = birth_date(&mut chance, order.made_on);
            let (postal, address) = address(&mut chance, &towns);
            [
                (order.first_line + index).to_string(),
                format!("{prefix}-{:06}", (order.first_line + index) % 1_000_000),
                name,
                birth.to_string().replace('-', "/"),
                postal,
                address,
                method(&mut chance).to_owned(),
                expiry(&mut chance, birth, order.made_on, foreign).to_string().replace('-', "/"),
            ]
        })
        .collect();
    let made = make_mistakes(&mut chance, &mut rows, &order.mistakes);
    Sample { bytes: write(&rows, order), made }
}

fn make_mistakes(chance: &mut Chance, rows: &mut Vec<[String; 8]>, wanted: &Mistakes) -> Vec<Made> {
    let mut made = Vec::new();
    let mut spoiled = vec![false; rows.len()];
    // Each line is spoiled at most once, so that a test can count on every mistake being seen.
    let mut pick = |chance: &mut Chance, from: usize| {
        (0..1000).find_map(|_| {
            let index = from + chance.index(spoiled.len().saturating_sub(from));
            let fresh = !std::mem::replace(spoiled.get_mut(index)?, true);
            fresh.then_some(index)
        })
    };
    let mut note = |index: usize, mistake| made.push(Made { line: index + 2, mistake });
    for _ in 0..wanted.duplicate_notice {
        if let Some(index) = pick(chance, 1) {
            let (before, from) = rows.split_at_mut(index);
            from[0][1].clone_from(&before[index - 1][1]);
            note(index, Mistake::DuplicateNotice);
        }
    }
    for _ in 0..wanted.missing_value {
        if let Some(index) = pick(chance, 0) {
            rows[index][1].clear();
            note(index, Mistake::MissingValue);
        }
    }
    for _ in 0..wanted.wrong_method {
        if let Some(index) = pick(chance, 0) {
            "窓口方式".clone_into(&mut rows[index][6]);
            note(index, Mistake::WrongMethod);
        }
    }
    for _ in 0..wanted.geta {
        if let Some(index) = pick(chance, 0) {
            rows[index][2].insert(0, '〓');
            note(index, Mistake::Geta);
        }
    }
    for _ in 0..wanted.duplicate_line {
        if let Some(index) = pick(chance, 0) {
            rows.push(rows[index].clone());
            note(rows.len() - 1, Mistake::DuplicateLine);
        }
    }
    for _ in 0..wanted.blank_tail {
        rows.push(Default::default());
        note(rows.len() - 1, Mistake::BlankTail);
    }
    made
}

fn write(rows: &[[String; 8]], order: &Order) -> Vec<u8> {
    let mut text = COLUMNS.join(",");
    text.push_str("\r\n");
    for row in rows {
        // No value here holds a comma, a quotation mark or a line break.
        text.push_str(&row.join(","));
        text.push_str("\r\n");
    }
    match order.encoding {
        Encoding::Utf8 => text.into_bytes(),
        Encoding::Utf8Bom => format!("\u{feff}{text}").into_bytes(),
        // Every character above is one of CP932; a test reads the file back strictly.
        Encoding::Cp932 => SHIFT_JIS.encode(&text).0.into_owned(),
    }
}

/// Three characters before the hyphen of a notice number, a letter among them.
fn notice_prefix(chance: &mut Chance) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHJKLMNPRSTUVWXYZ";
    const BOTH: &[u8] = b"0123456789ABCDEFGHJKLMNPRSTUVWXYZ";
    [LETTERS, BOTH, BOTH].iter().map(|set| char::from(*chance.of(set))).collect()
}

fn name(chance: &mut Chance) -> (String, bool) {
    if chance.below(100) < 4 {
        ((*chance.of(&FOREIGN_NAMES)).to_owned(), true)
    } else {
        (format!("{}　{}", chance.of(&FAMILY_NAMES), chance.of(&GIVEN_NAMES)), false)
    }
}

fn birth_date(chance: &mut Chance, made_on: Date) -> Date {
    // From newborn to 94; the result lies in the past by its construction.
    let days = i64::try_from(chance.below(94 * 365)).unwrap_or_default();
    made_on.saturating_sub((days + 30).days())
}

/// The tenth birthday after the day of making, the fifth for those under 18; for some foreign residents the end
/// of their stay, which may be near.
fn expiry(chance: &mut Chance, birth: Date, made_on: Date, foreign: bool) -> Date {
    if foreign && chance.below(2) == 0 {
        let days = i64::try_from(chance.below(1100)).unwrap_or_default();
        return made_on.saturating_add((days + 20).days());
    }
    let birthday =
        |year: i16| Date::new(year, birth.month(), birth.day()).unwrap_or_else(|_| date(year, 2, 28));
    let next = if birthday(made_on.year()) > made_on { made_on.year() } else { made_on.year() + 1 };
    let age = next - 1 - birth.year();
    birthday(next + if age < 18 { 4 } else { 9 })
}

struct Town {
    postal: &'static str,
    name: &'static str,
    has_chome: bool,
}

fn towns() -> Vec<Town> {
    POSTAL
        .lines()
        .skip(1)
        .filter_map(|line| {
            let mut fields = line.split(',');
            let (postal, _, name, _, chome) =
                (fields.next()?, fields.next()?, fields.next()?, fields.next()?, fields.next()?);
            (!name.is_empty()).then_some(Town { postal, name, has_chome: chome.trim() == "1" })
        })
        .collect()
}

fn address(chance: &mut Chance, towns: &[Town]) -> (String, String) {
    let town = chance.of(towns);
    let chome = if town.has_chome { format!("{}丁目", 1 + chance.below(5)) } else { String::new() };
    let (block, house) = (1 + chance.below(40), 1 + chance.below(30));
    let postal = format!("{}-{}", &town.postal[..3], &town.postal[3..]);
    (postal, format!("大阪府吹田市{}{chome}{block}番{house}号", town.name))
}

fn method(chance: &mut Chance) -> &'static str {
    let mut rest = chance.below(1000);
    for (name, share) in METHODS {
        if rest < share {
            return name;
        }
        rest -= share;
    }
    METHODS[0].0
}

/// SplitMix64: small, the same everywhere, and good enough for samples. Never for keys.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to below `end`; 0 where `end` is 0.
    fn below(&mut self, end: u64) -> u64 {
        u64::try_from((u128::from(self.next()) * u128::from(end)) >> 64).unwrap_or_default()
    }

    /// One of a list that is not empty.
    fn of<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.index(list.len())]
    }

    /// A position in a list of this length; 0 where it is empty.
    fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::intake::{Intake, Limits};

    const ORDER: Order = Order {
        cards: 2000,
        seed: 7,
        made_on: date(2026, 11, 1),
        first_line: 1,
        mistakes: Mistakes {
            duplicate_notice: 0,
            duplicate_line: 0,
            missing_value: 0,
            wrong_method: 0,
            geta: 0,
            blank_tail: 0,
        },
        encoding: Encoding::Cp932,
    };

    fn rows(sample: &Sample) -> Vec<Vec<String>> {
        let intake = Intake::open(&sample.bytes, &Limits::default()).unwrap();
        assert_eq!(intake.header(), COLUMNS);
        intake.rows().map(|row| row.unwrap().fields).collect()
    }

    #[test]
    fn r5_c1_a_sample_reads_back_alike_in_every_encoding() {
        let cp932 = rows(&consignment(&ORDER));
        assert_eq!(cp932.len(), 2000);
        assert!(!cp932.iter().flatten().any(|field| field.is_empty() || field.contains("&#")));
        for encoding in [Encoding::Utf8, Encoding::Utf8Bom] {
            assert_eq!(rows(&consignment(&Order { encoding, ..ORDER })), cp932);
        }
        let notices: HashSet<&String> = cp932.iter().map(|row| &row[1]).collect();
        assert_eq!(notices.len(), 2000);
    }

    #[test]
    fn the_seed_decides_everything() {
        assert_eq!(consignment(&ORDER), consignment(&ORDER));
        let other = rows(&consignment(&Order { seed: 8, ..ORDER }));
        assert_ne!(other[0][1], rows(&consignment(&ORDER))[0][1]);
    }

    #[test]
    fn r5_c2_every_method_and_a_short_validity_occur() {
        let rows = rows(&consignment(&ORDER));
        for (name, _) in METHODS {
            assert!(rows.iter().any(|row| row[6] == name), "{name}");
        }
        assert!(rows.iter().any(|row| row[7].as_str() < "2027/01/01"));
        assert!(rows.iter().all(|row| row[7].as_str() > "2026/11/01" && row[7].as_str() <= "2036/11/01"));
    }

    #[test]
    fn r4_b_no_field_has_twelve_digits() {
        for field in rows(&consignment(&ORDER)).iter().flatten() {
            assert!(field.chars().filter(char::is_ascii_digit).count() < 12, "{field}");
        }
    }

    #[test]
    fn r5_c1_mistakes_are_made_as_ordered_and_told() {
        let mistakes = Mistakes {
            duplicate_notice: 2,
            duplicate_line: 1,
            missing_value: 2,
            wrong_method: 1,
            geta: 1,
            blank_tail: 3,
        };
        let sample = consignment(&Order { cards: 100, mistakes, encoding: Encoding::Utf8, ..ORDER });
        assert_eq!(sample.made.len(), 10);
        let text = String::from_utf8(sample.bytes.clone()).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 1 + 100 + 1 + 3);
        for made in &sample.made {
            let fields: Vec<&str> = lines[made.line - 1].split(',').collect();
            match made.mistake {
                Mistake::DuplicateNotice => assert!(lines[made.line - 2].contains(fields[1])),
                Mistake::DuplicateLine => assert!(lines[..made.line - 1].contains(&lines[made.line - 1])),
                Mistake::MissingValue => assert_eq!(fields[1], ""),
                Mistake::WrongMethod => assert_eq!(fields[6], "窓口方式"),
                Mistake::Geta => assert!(fields[2].starts_with('〓')),
                Mistake::BlankTail => assert_eq!(lines[made.line - 1], ",,,,,,,"),
            }
        }
        assert_eq!(rows(&sample).len(), 101);
        assert!(consignment(&Order { cards: 0, mistakes, ..ORDER }).made.len() == 3);
    }
}
