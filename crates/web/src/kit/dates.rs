//! Days and times in each language's way: how they are written stands in the catalogue (`date.ftl`), so that a further
//! language needs no code.
//!
//! Pages of days write hundreds of them, so each form is taken from the catalogue once and filled in afterwards.

use std::fmt::Write as _;
use std::sync::LazyLock;

use domain::time;
use jiff::civil::Date;

use super::language::Language;
use super::message::{Argument, Texts};
use crate::key;

/// What a form is filled with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Blank {
    /// 令和8年.
    EraYear,
    Year,
    Month,
    MonthName,
    Day,
    Weekday,
    WeekdayShort,
    Hour,
    /// Always two digits.
    Minute,
}

/// The variables of the forms, with their names in the catalogue.
const BLANKS: [(&str, Blank); 9] = [
    ("era-year", Blank::EraYear),
    ("year", Blank::Year),
    ("month", Blank::Month),
    ("month-name", Blank::MonthName),
    ("day", Blank::Day),
    ("weekday", Blank::Weekday),
    ("weekday-short", Blank::WeekdayShort),
    ("hour", Blank::Hour),
    ("minute", Blank::Minute),
];

/// The first of the signs that stand for the variables while a form is taken from the catalogue: private use, so that
/// no text has them.
const MARK: u32 = 0xE000;

/// One form: texts, and what comes before each of them.
#[derive(Debug)]
struct Form(Vec<(Option<Blank>, String)>);

impl Form {
    fn of(texts: Texts, key: &str) -> Self {
        let marks: Vec<String> = (MARK..)
            .take(BLANKS.len())
            // Private use has signs enough, and none of them is a surrogate.
            .filter_map(char::from_u32)
            .map(String::from)
            .collect();
        let arguments: Vec<(&str, &dyn Argument)> =
            BLANKS.iter().zip(&marks).map(|((name, _), mark)| (*name, mark as &dyn Argument)).collect();
        let mut parts = vec![(None, String::new())];
        for sign in texts.fill(key, &arguments).chars() {
            let blank = u32::from(sign).checked_sub(MARK).and_then(|n| BLANKS.get(usize::try_from(n).ok()?));
            match (blank, parts.last_mut()) {
                (None, Some((_, text))) => text.push(sign),
                (blank, _) => parts.push((blank.map(|(_, blank)| *blank), String::new())),
            }
        }
        Self(parts)
    }

    fn fill(&self, names: &Names, day: Date, minute: u16) -> String {
        let mut text = String::new();
        for (blank, rest) in &self.0 {
            // Writing to a String cannot fail.
            let _ = match blank {
                None => Ok(()),
                Some(Blank::EraYear) => write!(text, "{}", time::era_year(day)),
                Some(Blank::Year) => write!(text, "{}", day.year()),
                Some(Blank::Month) => write!(text, "{}", day.month()),
                Some(Blank::MonthName) => write!(text, "{}", names.month(day)),
                Some(Blank::Day) => write!(text, "{}", day.day()),
                Some(Blank::Weekday) => write!(text, "{}", names.weekday(day).0),
                Some(Blank::WeekdayShort) => write!(text, "{}", names.weekday(day).1),
                Some(Blank::Hour) => write!(text, "{}", minute / 60),
                Some(Blank::Minute) => write!(text, "{:02}", minute % 60),
            };
            text.push_str(rest);
        }
        text
    }
}

/// The names of a language's months and days of the week.
#[derive(Debug)]
struct Names {
    months: [String; 12],
    /// Sunday first: long and short.
    weekdays: [(String, String); 7],
}

impl Names {
    fn month(&self, day: Date) -> &str {
        // Months count from 1 to 12.
        self.months.get(usize::from(day.month().unsigned_abs()).wrapping_sub(1)).map_or("", String::as_str)
    }

    fn weekday(&self, day: Date) -> &(String, String) {
        // Counts from 0 to 6.
        &self.weekdays[usize::from(day.weekday().to_sunday_zero_offset().unsigned_abs()) % 7]
    }
}

/// The messages of the months.
const MONTHS: [&str; 12] = [
    key!("month-january"),
    key!("month-february"),
    key!("month-march"),
    key!("month-april"),
    key!("month-may"),
    key!("month-june"),
    key!("month-july"),
    key!("month-august"),
    key!("month-september"),
    key!("month-october"),
    key!("month-november"),
    key!("month-december"),
];

/// The messages of the weekdays, Sunday first as on wall calendars: long, short.
pub(crate) const WEEKDAYS: [(&str, &str); 7] = [
    (key!("weekday-sunday"), key!("weekday-sunday-short")),
    (key!("weekday-monday"), key!("weekday-monday-short")),
    (key!("weekday-tuesday"), key!("weekday-tuesday-short")),
    (key!("weekday-wednesday"), key!("weekday-wednesday-short")),
    (key!("weekday-thursday"), key!("weekday-thursday-short")),
    (key!("weekday-friday"), key!("weekday-friday-short")),
    (key!("weekday-saturday"), key!("weekday-saturday-short")),
];

/// The forms of a language.
#[derive(Debug)]
struct Forms {
    names: Names,
    full: Form,
    month_day: Form,
    short: Form,
    month: Form,
    time: Form,
}

static FORMS: LazyLock<[Forms; Language::COUNT]> = LazyLock::new(|| {
    Language::ALL.map(|language| {
        let texts = Texts::new(language);
        let get = |key: &str| texts.get(key).into_owned();
        Forms {
            names: Names {
                months: MONTHS.map(get),
                weekdays: WEEKDAYS.map(|(long, short)| (get(long), get(short))),
            },
            full: Form::of(texts, key!("date-full")),
            month_day: Form::of(texts, key!("date-month-day")),
            short: Form::of(texts, key!("date-short")),
            month: Form::of(texts, key!("date-month")),
            time: Form::of(texts, key!("date-time")),
        }
    })
});

fn of(language: Language) -> &'static Forms {
    &FORMS[language.place()]
}

/// A day with its year: 令和8年11月24日(火), or Tuesday, 24 November 2026.
pub(super) fn full(language: Language, day: Date) -> String {
    of(language).full.fill(&of(language).names, day, 0)
}

/// A day within the running weeks: 11月24日(火), or Tuesday, 24 November.
pub(super) fn month_day(language: Language, day: Date) -> String {
    of(language).month_day.fill(&of(language).names, day, 0)
}

/// A day in a range: 11月24日(火), or 24 November.
pub(super) fn short(language: Language, day: Date) -> String {
    of(language).short.fill(&of(language).names, day, 0)
}

/// A month: 2026年11月, or November 2026.
pub(super) fn month(language: Language, day: Date) -> String {
    of(language).month.fill(&of(language).names, day, 0)
}

/// A minute of a day: 14時32分, or 14:32.
pub(super) fn time(language: Language, minute: u16) -> String {
    of(language).time.fill(&of(language).names, Date::ZERO, minute)
}
