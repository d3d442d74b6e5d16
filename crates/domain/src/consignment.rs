//! Rules about カード発行一覧表, the list that comes with a consignment of cards from J-LIS.
//!
//! A line is checked and reduced at once to what may be kept: its number, the number of the 交付通知書 if the city
//! agreed to that, and plain codes. Names, addresses and birth dates are never looked at beyond the guard; postal
//! code and expiry are turned into codes and dropped. A problem says where and what, never the value.

pub mod method;
pub mod notice;

use std::collections::HashMap;

use jiff::Span;
use jiff::civil::{Date, date};
use serde::{Deserialize, Serialize};

pub use method::{AddedKind, ApplicationMethod, UnknownMethod, Way};
pub use notice::{CONFIRMING, LayoutError, NoticeError, NoticeNumber, NoticeNumberLayout, confirms};

use crate::guard::{self, Finding};
use crate::width;

/// What a column of the list is to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// The line of the list (一覧番号). Needed.
    ListLine,
    /// The number of the 交付通知書, kept only if the city agreed.
    NoticeNumber,
    /// 申請方式. Needed.
    Method,
    /// カード有効期限: only whether it is short is kept.
    ExpiryDate,
    /// 郵便番号: only its block is kept.
    PostalCode,
}

/// A column that is mapped to a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// What stands in the header, up to width and spaces.
    pub header: String,
    /// What it is to us.
    pub field: Field,
}

/// How a city's カード発行一覧表 is read. Columns that are not mapped are dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnMapping {
    /// The columns that mean something.
    pub columns: Vec<Column>,
    /// The layout of the notice number; none: the city refused that it is kept, and its column is dropped.
    pub notice_layout: Option<NoticeNumberLayout>,
    /// Postal blocks (郵便区番号, three digits) that are told apart.
    pub post_blocks: Vec<PostBlockCode>,
    /// The application kinds that the city's settings add.
    pub kinds: Vec<AddedKind>,
    /// A card that expires within so many months of the list's date has a short validity (11(5): おおよそ2か月).
    pub short_validity_months: u8,
    /// The date of the list.
    pub list_date: Date,
}

/// A postal block that a city sorts by: the first three digits of its postal codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PostBlockCode([u8; 3]);

/// The text is no postal block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a postal block is three digits")]
pub struct MalformedPostBlock;

impl TryFrom<String> for PostBlockCode {
    type Error = MalformedPostBlock;

    fn try_from(text: String) -> Result<Self, MalformedPostBlock> {
        let digits = <[u8; 3]>::try_from(text.as_bytes()).map_err(|_| MalformedPostBlock)?;
        if digits.iter().all(u8::is_ascii_digit) { Ok(Self(digits)) } else { Err(MalformedPostBlock) }
    }
}

impl From<PostBlockCode> for String {
    fn from(code: PostBlockCode) -> Self {
        code.0.iter().map(|digit| char::from(*digit)).collect()
    }
}

/// Where a letter is sorted to (郵便区番号). A plain code, no personal data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum PostBlock {
    /// One of the city's own blocks.
    Own(PostBlockCode),
    /// Any other block (市外).
    Other,
    /// The list does not say.
    Unknown,
}

impl PostBlock {
    /// The word on the screen: 564, 市外, 不明.
    pub fn label(self) -> String {
        match self {
            Self::Own(code) => code.into(),
            Self::Other => "市外".to_owned(),
            Self::Unknown => "不明".to_owned(),
        }
    }

    /// The code that is stored: `564`, `other`, `unknown`.
    pub fn code(self) -> String {
        match self {
            Self::Own(code) => code.into(),
            Self::Other => "other".to_owned(),
            Self::Unknown => "unknown".to_owned(),
        }
    }
}

impl TryFrom<String> for PostBlock {
    type Error = MalformedPostBlock;

    fn try_from(text: String) -> Result<Self, MalformedPostBlock> {
        match text.as_str() {
            "other" => Ok(Self::Other),
            "unknown" => Ok(Self::Unknown),
            _ => PostBlockCode::try_from(text).map(Self::Own),
        }
    }
}

impl From<PostBlock> for String {
    fn from(block: PostBlock) -> Self {
        block.code()
    }
}

/// What is kept of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The line of the list, from 1.
    pub line: u32,
    /// The number of the 交付通知書, where the city agreed that it is kept.
    pub notice: Option<NoticeNumber>,
    /// 申請方式.
    pub method: ApplicationMethod,
    /// Who gives the card to the citizen.
    pub way: Way,
    /// Where its letter is sorted to.
    pub post_block: PostBlock,
    /// Whether its validity is short; none: the list does not say when it ends.
    pub short_validity: Option<bool>,
}

/// A problem of a list, at its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Problem {
    /// The line of the file, from 1; the header is line 1 in most files.
    pub line: u64,
    /// The column, from 1; none: the whole line, or a column that is not there.
    pub column: Option<usize>,
    /// What is wrong.
    pub kind: ProblemKind,
}

/// What is wrong with a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProblemKind {
    /// A cell holds a 個人番号: the whole file is refused.
    IndividualNumber,
    /// A cell holds twelve digits that are no 個人番号 by their check digit: ask back.
    TwelveDigits,
    /// A mapped column is not in the header.
    MissingColumn(Field),
    /// A mapped column stands in the header twice.
    AmbiguousColumn(Field),
    /// The line has another number of columns than the header.
    WrongWidth {
        /// Columns of the header.
        expected: usize,
        /// Columns of the line.
        found: usize,
    },
    /// A cell that is needed is blank.
    Blank(Field),
    /// The list line is no number from 1 on.
    BadListLine,
    /// The notice number does not have its layout.
    BadNoticeNumber,
    /// No 申請方式 that is known here.
    UnknownMethod,
    /// No date that can be read.
    BadDate,
    /// No postal code of seven digits.
    BadPostalCode,
    /// The list line stands in the file twice.
    DuplicateListLine {
        /// The line of the file with the first.
        first: u64,
    },
    /// The notice number stands in the file twice.
    DuplicateNoticeNumber {
        /// The line of the file with the first.
        first: u64,
    },
}

impl ProblemKind {
    /// Whether it must be asked back, but does not refuse the file.
    pub fn is_question(self) -> bool {
        self == Self::TwelveDigits
    }
}

/// Checks a list line by line and remembers what must not stand in it twice.
#[derive(Debug)]
pub struct Checker<'a> {
    mapping: &'a ColumnMapping,
    /// The column of each field, from 0.
    columns: HashMap<Field, usize>,
    width: usize,
    lines: HashMap<u32, u64>,
    notices: HashMap<NoticeNumber, u64>,
    questions: Vec<Problem>,
}

impl<'a> Checker<'a> {
    /// Finds the mapped columns in the header, which is line `line` of the file.
    pub fn new(mapping: &'a ColumnMapping, line: u64, header: &[&str]) -> Result<Self, Vec<Problem>> {
        let mut questions = Vec::new();
        let mut problems = guard_cells(line, header, &mut questions);
        let plain =
            |text: &str| -> String { width::fold(text).chars().filter(|c| !c.is_whitespace()).collect() };
        let names: Vec<String> = header.iter().map(|name| plain(name)).collect();
        let mut columns = HashMap::new();
        for column in &mapping.columns {
            if column.field == Field::NoticeNumber && mapping.notice_layout.is_none() {
                continue;
            }
            let wanted = plain(&column.header);
            let mut places = names.iter().enumerate().filter(|(_, name)| **name == wanted).map(|(at, _)| at);
            match (places.next(), places.next()) {
                (Some(at), None) => {
                    if columns.insert(column.field, at).is_some() {
                        let kind = ProblemKind::AmbiguousColumn(column.field);
                        problems.push(Problem { line, column: Some(at + 1), kind });
                    }
                }
                (Some(_), Some(again)) => {
                    let kind = ProblemKind::AmbiguousColumn(column.field);
                    problems.push(Problem { line, column: Some(again + 1), kind });
                }
                (None, _) => {
                    problems.push(Problem {
                        line,
                        column: None,
                        kind: ProblemKind::MissingColumn(column.field),
                    });
                }
            }
        }
        for needed in [Field::ListLine, Field::Method] {
            let said = problems.iter().any(|problem| {
                matches!(problem.kind, ProblemKind::MissingColumn(field) | ProblemKind::AmbiguousColumn(field) if field == needed)
            });
            if !columns.contains_key(&needed) && !said {
                problems.push(Problem { line, column: None, kind: ProblemKind::MissingColumn(needed) });
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let width = header.len();
        Ok(Self { mapping, columns, width, lines: HashMap::new(), notices: HashMap::new(), questions })
    }

    /// Checks a line of the file. A line of blank cells gives nothing (files end with them).
    ///
    /// Every cell passes the guard, mapped or not. All problems of the line are told, not only the first.
    pub fn row(&mut self, line: u64, cells: &[&str]) -> Result<Option<Line>, Vec<Problem>> {
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            return Ok(None);
        }
        let mut problems = guard_cells(line, cells, &mut self.questions);
        if cells.len() != self.width {
            let kind = ProblemKind::WrongWidth { expected: self.width, found: cells.len() };
            problems.push(Problem { line, column: None, kind });
            return Err(problems);
        }
        let mapping = self.mapping;
        let cell = |field: Field| {
            let at = self.columns.get(&field).copied();
            at.and_then(|at| cells.get(at).map(|cell| (at, cell.trim())))
        };
        let list_line = read(&mut problems, line, cell(Field::ListLine), true, Field::ListLine, |text| {
            let digits = width::digits(text).map_err(|_| ProblemKind::BadListLine)?;
            let value = digits.iter().try_fold(0_u32, |value, digit| {
                value.checked_mul(10).and_then(|value| value.checked_add(u32::from(*digit)))
            });
            value.filter(|value| *value > 0).ok_or(ProblemKind::BadListLine)
        });
        let notice =
            read(&mut problems, line, cell(Field::NoticeNumber), true, Field::NoticeNumber, |text| {
                let layout = mapping.notice_layout.as_ref().ok_or(ProblemKind::BadNoticeNumber)?;
                layout.read(text).map_err(|_| ProblemKind::BadNoticeNumber)
            });
        let method = read(&mut problems, line, cell(Field::Method), true, Field::Method, |text| {
            ApplicationMethod::read_known(text, &mapping.kinds).map_err(|_| ProblemKind::UnknownMethod)
        });
        let expiry = read(&mut problems, line, cell(Field::ExpiryDate), false, Field::ExpiryDate, |text| {
            read_date(text).ok_or(ProblemKind::BadDate)
        });
        let post_block =
            read(&mut problems, line, cell(Field::PostalCode), false, Field::PostalCode, |text| {
                self.post_block(text).ok_or(ProblemKind::BadPostalCode)
            });
        let column = |field: Field| self.columns.get(&field).map(|at| at + 1);
        if let Some(first) = list_line.and_then(|number| self.lines.get(&number).copied()) {
            let kind = ProblemKind::DuplicateListLine { first };
            problems.push(Problem { line, column: column(Field::ListLine), kind });
        }
        if let Some(first) = notice.as_ref().and_then(|notice| self.notices.get(notice).copied()) {
            let kind = ProblemKind::DuplicateNoticeNumber { first };
            problems.push(Problem { line, column: column(Field::NoticeNumber), kind });
        }
        // What stands in a bad line counts too, so that its double is told in the same pass.
        if let Some(number) = list_line {
            self.lines.entry(number).or_insert(line);
        }
        if let Some(notice) = &notice {
            self.notices.entry(notice.clone()).or_insert(line);
        }
        match (list_line, method) {
            (Some(number), Some((method, way))) if problems.is_empty() => Ok(Some(Line {
                line: number,
                notice,
                method,
                way,
                post_block: post_block.unwrap_or(PostBlock::Unknown),
                short_validity: expiry.map(|day| self.is_short(day)),
            })),
            _ => Err(problems),
        }
    }

    /// Twelve-digit strings that were found on the way and must be asked back.
    pub fn questions(&self) -> &[Problem] {
        &self.questions
    }

    fn post_block(&self, text: &str) -> Option<PostBlock> {
        let text: String = width::fold(text).chars().filter(|c| *c != '〒').collect();
        let digits = width::digits(&text).ok().filter(|digits| digits.len() == 7)?;
        let block = PostBlockCode([digits[0] + b'0', digits[1] + b'0', digits[2] + b'0']);
        Some(if self.mapping.post_blocks.contains(&block) { PostBlock::Own(block) } else { PostBlock::Other })
    }

    fn is_short(&self, expiry: Date) -> bool {
        let months = Span::new().months(self.mapping.short_validity_months);
        expiry <= self.mapping.list_date.saturating_add(months)
    }
}

/// Guards the cells of a line; questions are set aside, refusals are returned.
fn guard_cells(line: u64, cells: &[&str], questions: &mut Vec<Problem>) -> Vec<Problem> {
    let mut refusals = Vec::new();
    for (at, cell) in cells.iter().enumerate() {
        let column = Some(at + 1);
        match guard::worst(cell) {
            Some(Finding::IndividualNumber) => {
                refusals.push(Problem { line, column, kind: ProblemKind::IndividualNumber });
            }
            Some(Finding::TwelveDigits) => {
                questions.push(Problem { line, column, kind: ProblemKind::TwelveDigits });
            }
            None => {}
        }
    }
    refusals
}

/// Reads the cell of a field, if its column is mapped, and notes what is wrong with it.
fn read<T>(
    problems: &mut Vec<Problem>,
    line: u64,
    cell: Option<(usize, &str)>,
    needed: bool,
    field: Field,
    with: impl FnOnce(&str) -> Result<T, ProblemKind>,
) -> Option<T> {
    let (at, text) = cell?;
    let result = match (text.is_empty(), needed) {
        (true, false) => return None,
        (true, true) => Err(ProblemKind::Blank(field)),
        (false, _) => with(text),
    };
    result.map_err(|kind| problems.push(Problem { line, column: Some(at + 1), kind })).ok()
}

/// A date as lists write it: `2034-10-10`, `2034/10/10`, `2034年10月10日`, `20341010`, `令和16年10月10日`, `R16.10.10`.
pub(crate) fn read_date(text: &str) -> Option<Date> {
    let text: String = width::fold(text).chars().filter(|c| !c.is_whitespace()).collect();
    let eras = [("令和", 2018), ("R", 2018), ("r", 2018), ("平成", 1988), ("H", 1988), ("h", 1988)];
    let (offset, rest) = eras
        .iter()
        .find_map(|(era, before)| text.strip_prefix(era).map(|rest| (*before, rest)))
        .unwrap_or((0, text.as_str()));
    let rest = rest.replace('元', "1");
    let parts: Vec<&str> = match rest.len() {
        8 if offset == 0 && rest.bytes().all(|b| b.is_ascii_digit()) => {
            vec![&rest[..4], &rest[4..6], &rest[6..]]
        }
        _ => rest.strip_suffix('日').unwrap_or(&rest).split(['-', '/', '.', '年', '月']).collect(),
    };
    let [year, month, day] = parts[..] else { return None };
    let number =
        |text: &str| if text.bytes().all(|b| b.is_ascii_digit()) { text.parse::<i8>().ok() } else { None };
    let year = if offset == 0 {
        (year.len() == 4).then(|| year.parse::<i16>().ok()).flatten()?
    } else {
        offset + i16::from(number(year).filter(|year| *year > 0)?)
    };
    let read = Date::new(year, number(month)?, number(day)?).ok()?;
    // Cards exist since 2016.
    (read >= date(2016, 1, 1)).then_some(read)
}

#[cfg(test)]
#[path = "consignment/tests.rs"]
mod tests;
