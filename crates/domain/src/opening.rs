//! Taking over from a former contractor: what its system called a card, the file of the opening stock, and the file
//! of its reservations.
//!
//! A file is checked as a whole: every cell passes the guard, every problem is told with line and column and never
//! with the value. Nothing here knows which places or cards there are.

use std::collections::HashMap;
use std::fmt;

use jiff::civil::Date;

use crate::card::Stage;
use crate::consignment::{ApplicationMethod, PostBlock, read_date};
use crate::guard::{self, Finding};
use crate::number::{ControlNumber, PlaceLabel};
use crate::reservation::Channel;
use crate::time::Start;
use crate::width;

/// The longest number of a former system, folded, in characters.
pub const LONGEST_FORMER: usize = 24;

/// The shortest number on a letter that opens a booking: a shorter one is guessed.
pub const SHORTEST_OPENING: usize = 6;

/// What a former system called a card or a reservation, in its one spelling: half width, upper case, without
/// separators. A secret where it stood on a letter: it is stored as a keyed hash only, and `Debug` hides it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct FormerNumber(String);

/// Why a text is no number of a former system. It never carries the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FormerError {
    /// Nothing was typed.
    #[error("empty")]
    Empty,
    /// A character is neither a letter, nor a digit, nor a separator.
    #[error("neither letters nor digits")]
    Characters,
    /// It is longer than [`LONGEST_FORMER`].
    #[error("longer than {LONGEST_FORMER} characters")]
    TooLong,
    /// It is a 個人番号.
    #[error("an Individual Number")]
    IndividualNumber,
}

impl FormerNumber {
    /// Reads a number as people type it: any width and case, with whatever separators.
    pub fn read(text: &str) -> Result<Self, FormerError> {
        if guard::worst(text) == Some(Finding::IndividualNumber) {
            return Err(FormerError::IndividualNumber);
        }
        let mut folded = String::new();
        for c in width::fold(text).chars() {
            if c.is_ascii_alphanumeric() {
                folded.push(c.to_ascii_uppercase());
            } else if !is_separator(c) {
                return Err(FormerError::Characters);
            }
        }
        match folded.len() {
            0 => Err(FormerError::Empty),
            1..=LONGEST_FORMER if guard::worst(&folded) == Some(Finding::IndividualNumber) => {
                Err(FormerError::IndividualNumber)
            }
            1..=LONGEST_FORMER => Ok(Self(folded)),
            _ => Err(FormerError::TooLong),
        }
    }

    /// The one spelling, for its keyed hash.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is long enough to open a booking.
    pub fn may_open(&self) -> bool {
        self.0.len() >= SHORTEST_OPENING
    }
}

impl fmt::Debug for FormerNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FormerNumber(hidden)")
    }
}

fn is_separator(c: char) -> bool {
    c.is_whitespace()
        || width::is_hyphen(c)
        || width::is_invisible(c)
        || matches!(c, '.' | ',' | '/' | '_' | ':' | '・' | '#')
}

/// A column of the two files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    /// The label on the sleeve in the former system.
    Label,
    /// The number on the letter that the former system posted.
    Letter,
    /// How far the card is.
    Stage,
    /// When the letter was posted.
    PostedOn,
    /// Where the card lies: our label, or the name of the place.
    Place,
    /// The date of カード発行一覧表.
    ListDate,
    /// The line of カード発行一覧表.
    ListLine,
    /// 申請方式.
    Method,
    /// 郵便区.
    PostBlock,
    /// Whether the validity is short.
    ShortValidity,
    /// Which card a reservation is for.
    Card,
    /// The day of a reservation.
    Day,
    /// Its time.
    Time,
    /// By which way it was made.
    Channel,
    /// The number that the former system gave the reservation.
    Reservation,
}

/// The columns of the file of the opening stock, and which of them it needs.
pub const STOCK: [(Field, bool); 10] = [
    (Field::Label, false),
    (Field::Letter, false),
    (Field::Stage, true),
    (Field::PostedOn, false),
    (Field::Place, true),
    (Field::ListDate, false),
    (Field::ListLine, false),
    (Field::Method, true),
    (Field::PostBlock, false),
    (Field::ShortValidity, false),
];

/// The columns of the file of reservations, and which of them it needs.
pub const RESERVATIONS: [(Field, bool); 5] = [
    (Field::Card, true),
    (Field::Day, true),
    (Field::Time, true),
    (Field::Channel, false),
    (Field::Reservation, false),
];

impl Field {
    /// The name of the column, as it stands in the header.
    pub fn label(self) -> &'static str {
        match self {
            Self::Label => "旧ラベル",
            Self::Letter => "案内の番号",
            Self::Stage => "状態",
            Self::PostedOn => "発送日",
            Self::Place => "保管場所",
            Self::ListDate => "一覧表の日付",
            Self::ListLine => "一覧番号",
            Self::Method => "申請方式",
            Self::PostBlock => "郵便区",
            Self::ShortValidity => "有効期限が近い",
            Self::Card => "カードの番号",
            Self::Day => "予約日",
            Self::Time => "時刻",
            Self::Channel => "受付方法",
            Self::Reservation => "旧予約番号",
        }
    }
}

/// A problem of a file, at its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Problem {
    /// The line of the file, from 1.
    pub line: u64,
    /// The column, from 1; none: the whole line, or a column that is not there.
    pub column: Option<usize>,
    /// What is wrong.
    pub kind: ProblemKind,
}

/// What is wrong with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProblemKind {
    /// A cell holds a 個人番号: the whole file is refused.
    IndividualNumber,
    /// A column that is needed is not in the header.
    MissingColumn(Field),
    /// A column stands in the header twice.
    AmbiguousColumn(Field),
    /// The line has another number of columns than the header.
    WrongWidth,
    /// A cell that is needed is blank.
    Blank(Field),
    /// The cell cannot be read as what its column holds.
    Unreadable(Field),
    /// The number stands in the file twice.
    Duplicate {
        /// The line of the file with the first.
        first: u64,
    },
    /// The number on the letter is shorter than [`SHORTEST_OPENING`].
    TooShort,
    /// The letter was posted, and the line does not say when.
    WithoutPosting,
    /// The line has a posting, or a number of a letter, and its state is before the posting.
    NotPosted(Field),
    /// The day lies in the future.
    Future(Field),
    /// A card of this method is mailed by the city and gets no letter.
    NoLetter,
    /// There is no such place, or several have the name.
    UnknownPlace,
    /// A card that the city has not set up yet waits on the desk.
    NotOnDesk,
    /// The number belongs to a card already.
    Taken,
}

/// How a line names the place of a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlaceName {
    /// By our label.
    Label(PlaceLabel),
    /// By its name, folded.
    Name(String),
}

impl PlaceName {
    /// Reads a cell: eight digits with their check digit are a label, everything else is a name.
    pub fn read(text: &str) -> Self {
        PlaceLabel::parse(text).map_or_else(|_| Self::Name(fold_name(text)), Self::Label)
    }
}

/// The one spelling of a place's name, in which two names are compared.
pub fn fold_name(text: &str) -> String {
    width::fold(text).chars().filter(|c| !c.is_whitespace()).collect()
}

/// A card of the opening stock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stock {
    /// The line of the file, from 1.
    pub line: u64,
    /// The label on its sleeve in the former system.
    pub label: Option<FormerNumber>,
    /// The number on its letter.
    pub letter: Option<FormerNumber>,
    /// How far it is.
    pub stage: Stage,
    /// When its letter was posted.
    pub posted_on: Option<Date>,
    /// Where it lies.
    pub place: PlaceName,
    /// The column of the place, from 1.
    pub place_column: usize,
    /// The date of its カード発行一覧表, where it is known.
    pub list_date: Option<Date>,
    /// Its line there.
    pub list_line: Option<u32>,
    /// 申請方式.
    pub method: ApplicationMethod,
    /// 郵便区.
    pub post_block: PostBlock,
    /// Whether its validity is short, where the file tells.
    pub short_validity: Option<bool>,
}

/// A reservation of the former system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booked {
    /// The line of the file, from 1.
    pub line: u64,
    /// What the card is called: by the former system, or our 管理番号.
    pub former: Option<FormerNumber>,
    /// The same text as our 管理番号, if it is one.
    pub control: Option<ControlNumber>,
    /// The day.
    pub day: Date,
    /// The time.
    pub start: Start,
    /// By which way it was made.
    pub channel: Channel,
    /// The number that the former system gave it.
    pub number: Option<FormerNumber>,
}

/// The columns of a file that were found, and what must not stand in it twice.
#[derive(Debug)]
pub struct Checker {
    columns: HashMap<Field, usize>,
    width: usize,
    today: Date,
    seen: HashMap<FormerNumber, u64>,
    questions: usize,
}

/// Which lines a row gives, and what was wrong with it.
struct Line<'a> {
    number: u64,
    cells: &'a [&'a str],
    columns: &'a HashMap<Field, usize>,
    problems: Vec<Problem>,
}

impl Line<'_> {
    fn cell(&self, field: Field) -> Option<(usize, &str)> {
        let at = *self.columns.get(&field)?;
        self.cells.get(at).map(|cell| (at, cell.trim())).filter(|(_, cell)| !cell.is_empty())
    }

    fn at(&self, field: Field) -> Option<usize> {
        self.columns.get(&field).map(|at| at + 1)
    }

    fn wrong(&mut self, field: Field, kind: ProblemKind) {
        self.problems.push(Problem { line: self.number, column: self.at(field), kind });
    }

    /// Reads a cell that may be blank.
    fn may<T>(&mut self, field: Field, read: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        let found = self.cell(field).map(|(_, text)| read(text))?;
        if found.is_none() {
            self.wrong(field, ProblemKind::Unreadable(field));
        }
        found
    }

    /// Reads a cell that must not be blank.
    fn must<T>(&mut self, field: Field, read: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        if self.cell(field).is_none() {
            self.wrong(field, ProblemKind::Blank(field));
            return None;
        }
        self.may(field, read)
    }
}

impl Checker {
    /// Finds the columns in the header, which is line 1 of the file.
    pub fn new(columns: &[(Field, bool)], today: Date, header: &[&str]) -> Result<Self, Vec<Problem>> {
        let (line, mut found, mut problems) = (1, HashMap::new(), guard_cells(1, header));
        let names: Vec<String> = header.iter().map(|name| fold_name(name)).collect();
        for (field, needed) in columns {
            let mut places = names.iter().enumerate().filter(|(_, name)| *name == field.label());
            match (places.next(), places.next()) {
                (Some((at, _)), None) => {
                    found.insert(*field, at);
                }
                (Some(_), Some((again, _))) => {
                    let kind = ProblemKind::AmbiguousColumn(*field);
                    problems.push(Problem { line, column: Some(again + 1), kind });
                }
                (None, _) if *needed => {
                    problems.push(Problem { line, column: None, kind: ProblemKind::MissingColumn(*field) });
                }
                (None, _) => {}
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(Self { columns: found, width: header.len(), today, seen: HashMap::new(), questions: 0 })
    }

    /// How many cells held twelve digits that are no 個人番号 by their check digit: to be asked back.
    pub fn questions(&self) -> usize {
        self.questions
    }

    fn begin<'a>(
        columns: &'a HashMap<Field, usize>,
        width: usize,
        questions: &mut usize,
        line: u64,
        cells: &'a [&'a str],
    ) -> Result<Option<Line<'a>>, Vec<Problem>> {
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            return Ok(None);
        }
        let mut problems = guard_cells(line, cells);
        *questions += cells.iter().filter(|cell| guard::worst(cell) == Some(Finding::TwelveDigits)).count();
        if cells.len() != width {
            problems.push(Problem { line, column: None, kind: ProblemKind::WrongWidth });
            return Err(problems);
        }
        Ok(Some(Line { number: line, cells, columns, problems }))
    }

    /// Checks a line of the opening stock; a line of blank cells gives nothing. All problems of it are told.
    pub fn stock(&mut self, line: u64, cells: &[&str]) -> Result<Option<Stock>, Vec<Problem>> {
        let begun = Self::begin(&self.columns, self.width, &mut self.questions, line, cells)?;
        let Some(mut row) = begun else { return Ok(None) };
        let number = |text: &str| FormerNumber::read(text).ok();
        let (label, letter) = (row.may(Field::Label, number), row.may(Field::Letter, number));
        let stage = row.must(Field::Stage, read_stage);
        let posted_on = row.may(Field::PostedOn, read_date);
        let place = row.must(Field::Place, |text| Some(PlaceName::read(text)));
        let list_date = row.may(Field::ListDate, read_date);
        let list_line = row.may(Field::ListLine, read_line);
        let method = row.must(Field::Method, |text| ApplicationMethod::read(text).ok());
        let post_block = row.may(Field::PostBlock, read_block);
        let short_validity = row.may(Field::ShortValidity, read_yes);
        if stage == Some(Stage::Notified) {
            if posted_on.is_none() {
                row.wrong(Field::PostedOn, ProblemKind::WithoutPosting);
            }
            if method.is_some_and(|method| !method.is_stored()) {
                row.wrong(Field::Method, ProblemKind::NoLetter);
            }
        } else if stage.is_some() {
            for (field, there) in [(Field::PostedOn, posted_on.is_some()), (Field::Letter, letter.is_some())]
            {
                if there {
                    row.wrong(field, ProblemKind::NotPosted(field));
                }
            }
        }
        for (field, day) in [(Field::PostedOn, posted_on), (Field::ListDate, list_date)] {
            if day.is_some_and(|day| day > self.today) {
                row.wrong(field, ProblemKind::Future(field));
            }
        }
        if letter.as_ref().is_some_and(|letter| !letter.may_open()) {
            row.wrong(Field::Letter, ProblemKind::TooShort);
        }
        for (field, number) in [(Field::Label, &label), (Field::Letter, &letter)] {
            let Some(number) = number else { continue };
            match self.seen.get(number).copied() {
                Some(first) if first != line => row.wrong(field, ProblemKind::Duplicate { first }),
                _ => {
                    self.seen.entry(number.clone()).or_insert(line);
                }
            }
        }
        let place_column = row.at(Field::Place).unwrap_or(0);
        match (stage, place, method) {
            (Some(stage), Some(place), Some(method)) if row.problems.is_empty() => Ok(Some(Stock {
                line,
                label,
                letter,
                stage,
                posted_on,
                place,
                place_column,
                list_date,
                list_line,
                method,
                post_block: post_block.unwrap_or(PostBlock::Unknown),
                short_validity,
            })),
            _ => Err(row.problems),
        }
    }

    /// Checks a line of the reservations; a line of blank cells gives nothing. All problems of it are told.
    pub fn booked(&mut self, line: u64, cells: &[&str]) -> Result<Option<Booked>, Vec<Problem>> {
        let begun = Self::begin(&self.columns, self.width, &mut self.questions, line, cells)?;
        let Some(mut row) = begun else { return Ok(None) };
        let card = row.must(Field::Card, |text| {
            let (former, control) = (FormerNumber::read(text).ok(), ControlNumber::parse(text).ok());
            (former.is_some() || control.is_some()).then_some((former, control))
        });
        let day = row.must(Field::Day, read_date);
        let start = row.must(Field::Time, |text| {
            let text: String = width::fold(text).replace('時', ":").replace('分', "");
            // A spreadsheet writes the seconds too.
            let plain = text.trim();
            let plain = plain.strip_suffix(":00").filter(|rest| rest.contains(':')).unwrap_or(plain);
            plain.parse::<Start>().ok()
        });
        let channel = row.may(Field::Channel, read_channel);
        let number = row.may(Field::Reservation, |text| FormerNumber::read(text).ok());
        if let Some(number) = &number {
            if !number.may_open() {
                row.wrong(Field::Reservation, ProblemKind::TooShort);
            }
            match self.seen.get(number).copied() {
                Some(first) => row.wrong(Field::Reservation, ProblemKind::Duplicate { first }),
                None => {
                    self.seen.insert(number.clone(), line);
                }
            }
        }
        match (card, day, start) {
            (Some((former, control)), Some(day), Some(start)) if row.problems.is_empty() => {
                let channel = channel.unwrap_or(Channel::Telephone);
                Ok(Some(Booked { line, former, control, day, start, channel, number }))
            }
            _ => Err(row.problems),
        }
    }
}

fn guard_cells(line: u64, cells: &[&str]) -> Vec<Problem> {
    let found = |cell: &str| guard::worst(cell) == Some(Finding::IndividualNumber);
    (1..)
        .zip(cells)
        .filter(|(_, cell)| found(cell))
        .map(|(column, _)| Problem { line, column: Some(column), kind: ProblemKind::IndividualNumber })
        .collect()
}

/// The stages at which a card can lie in a cabinet.
pub const STAGES: [Stage; 4] = [Stage::Listed, Stage::Inspected, Stage::Prepared, Stage::Notified];

fn read_stage(text: &str) -> Option<Stage> {
    match fold_name(text).as_str() {
        "未検品" | "一覧表取込済" | "listed" => Some(Stage::Listed),
        "検品済" | "inspected" => Some(Stage::Inspected),
        "発送前" | "交付前設定済" | "prepared" => Some(Stage::Prepared),
        "発送済" | "交付通知書発送" | "notified" => Some(Stage::Notified),
        _ => None,
    }
}

/// The word for a stage in the file.
pub fn stage_word(stage: Stage) -> &'static str {
    match stage {
        Stage::Listed => "未検品",
        Stage::Inspected => "検品済",
        Stage::Prepared => "発送前",
        Stage::Notified => "発送済",
        Stage::Issued => "交付済",
        Stage::Ended => "終了",
    }
}

fn read_line(text: &str) -> Option<u32> {
    let digits = width::text_of(&width::digits(text).ok()?);
    digits.parse().ok().filter(|line| *line > 0)
}

fn read_block(text: &str) -> Option<PostBlock> {
    match fold_name(text).as_str() {
        "その他" | "市外" | "other" => Some(PostBlock::Other),
        "不明" | "unknown" => Some(PostBlock::Unknown),
        block => PostBlock::try_from(block.to_owned()).ok(),
    }
}

fn read_yes(text: &str) -> Option<bool> {
    match fold_name(text).as_str() {
        "はい" | "近い" | "○" | "1" => Some(true),
        "いいえ" | "×" | "0" => Some(false),
        _ => None,
    }
}

fn read_channel(text: &str) -> Option<Channel> {
    match fold_name(text).to_ascii_lowercase().as_str() {
        "web" | "ウェブ" | "インターネット" => Some(Channel::Web),
        "電話" | "telephone" => Some(Channel::Telephone),
        "窓口" | "counter" => Some(Channel::Counter),
        _ => None,
    }
}

#[cfg(test)]
#[path = "opening_tests.rs"]
mod tests;
