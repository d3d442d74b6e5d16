//! On which days and at what time of day a rule holds.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

use crate::calendar::{Holiday, HolidayCalendar, is_year_end, nth_weekday};
use crate::time::minute_from_text;

/// A minute of a day in Tokyo, 0:00 to 24:00; written `9:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TimeOfDay(u16);

/// The text or number is no time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a time of day")]
pub struct NotATime;

impl TimeOfDay {
    /// Takes minutes since midnight, 0 to 1440.
    pub fn from_minutes(minutes: u16) -> Result<Self, NotATime> {
        if minutes <= 24 * 60 { Ok(Self(minutes)) } else { Err(NotATime) }
    }

    /// Minutes since midnight, 0 to 1440.
    pub fn minutes(self) -> u16 {
        self.0
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl FromStr for TimeOfDay {
    type Err = NotATime;

    fn from_str(text: &str) -> Result<Self, NotATime> {
        minute_from_text(text).map(Self).ok_or(NotATime)
    }
}

impl TryFrom<String> for TimeOfDay {
    type Error = NotATime;

    fn try_from(text: String) -> Result<Self, NotATime> {
        text.parse()
    }
}

impl From<TimeOfDay> for String {
    fn from(time: TimeOfDay) -> Self {
        time.to_string()
    }
}

const CODES: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

fn index(weekday: Weekday) -> u8 {
    // Monday is 0, Sunday 6.
    weekday.to_monday_zero_offset().unsigned_abs()
}

/// The text names no day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a day of the week (mon, tue, wed, thu, fri, sat, sun)")]
pub struct NotAWeekday;

/// A set of days of the week; written as a list of `mon` … `sun`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Vec<String>", into = "Vec<String>")]
pub struct Weekdays(u8);

impl Weekdays {
    /// Takes days of the week, in any order.
    pub fn of(days: impl IntoIterator<Item = Weekday>) -> Self {
        Self(days.into_iter().fold(0, |set, day| set | 1 << index(day)))
    }

    /// Whether the day of the week is in the set.
    pub fn contains(self, day: Weekday) -> bool {
        self.0 & (1 << index(day)) != 0
    }

    /// How many days of the week are in the set.
    pub fn len(self) -> u32 {
        self.0.count_ones()
    }

    /// Whether no day is in the set; such a rule is refused.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// The codes with blanks between them: `mon tue`.
impl fmt::Display for Weekdays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&Vec::from(*self).join(" "))
    }
}

impl FromStr for Weekdays {
    type Err = NotAWeekday;

    fn from_str(text: &str) -> Result<Self, NotAWeekday> {
        text.split_whitespace().map(str::to_owned).collect::<Vec<_>>().try_into()
    }
}

impl TryFrom<Vec<String>> for Weekdays {
    type Error = NotAWeekday;

    fn try_from(codes: Vec<String>) -> Result<Self, NotAWeekday> {
        codes.iter().try_fold(Self(0), |set, code| {
            let at = CODES.iter().position(|known| known == code).ok_or(NotAWeekday)?;
            Ok(Self(set.0 | 1 << at))
        })
    }
}

impl From<Weekdays> for Vec<String> {
    fn from(set: Weekdays) -> Self {
        CODES
            .iter()
            .enumerate()
            .filter(|(at, _)| set.0 & (1 << at) != 0)
            .map(|(_, code)| (*code).to_owned())
            .collect()
    }
}

/// One day of the week as its code.
mod weekday_code {
    use jiff::civil::Weekday;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    use super::{CODES, NotAWeekday, index};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
    pub(super) fn serialize<S: Serializer>(day: &Weekday, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(CODES[usize::from(index(*day))])
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Weekday, D::Error> {
        let code = String::deserialize(deserializer)?;
        let known = (0..).zip(CODES).find(|(_, known)| *known == code);
        known
            .and_then(|(at, _)| Weekday::from_monday_zero_offset(at).ok())
            .ok_or_else(|| D::Error::custom(NotAWeekday))
    }
}

/// The days on which a rule holds, from the least to the most specific.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "on", rename_all = "snake_case", from = "Strict")]
pub enum When {
    /// Every day.
    Always,
    /// Some days of the week.
    Weekdays {
        /// Which.
        days: Weekdays,
    },
    /// The nth of a day of the week in its month: the 2nd and 4th Saturday.
    NthWeekday {
        /// Which day of the week.
        #[serde(with = "weekday_code")]
        weekday: Weekday,
        /// Which ones of the month, 1 to 5.
        nth: Vec<u8>,
    },
    /// A range of days, both ends included.
    Range {
        /// The first day.
        from: Date,
        /// The last day.
        until: Date,
        /// Only these days of the week within it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        weekdays: Option<Weekdays>,
    },
    /// 祝休日.
    Holidays,
    /// 年末年始, 29 December to 3 January.
    YearEnd,
    /// One day.
    Date {
        /// The day.
        day: Date,
    },
}

/// The same for reading. serde lets unknown keys pass beside a variant without fields, but not beside one with
/// an empty list of them; `{ on = "holidays", day = … }` must be an error and not a holiday.
#[derive(Deserialize)]
#[serde(tag = "on", rename_all = "snake_case", deny_unknown_fields)]
enum Strict {
    Always {},
    Weekdays {
        days: Weekdays,
    },
    NthWeekday {
        #[serde(with = "weekday_code")]
        weekday: Weekday,
        nth: Vec<u8>,
    },
    Range {
        from: Date,
        until: Date,
        #[serde(default)]
        weekdays: Option<Weekdays>,
    },
    Holidays {},
    YearEnd {},
    Date {
        day: Date,
    },
}

impl From<Strict> for When {
    fn from(read: Strict) -> Self {
        match read {
            Strict::Always {} => Self::Always,
            Strict::Weekdays { days } => Self::Weekdays { days },
            Strict::NthWeekday { weekday, nth } => Self::NthWeekday { weekday, nth },
            Strict::Range { from, until, weekdays } => Self::Range { from, until, weekdays },
            Strict::Holidays {} => Self::Holidays,
            Strict::YearEnd {} => Self::YearEnd,
            Strict::Date { day } => Self::Date { day },
        }
    }
}

/// Whether a rule holds on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Match {
    /// It does.
    Yes,
    /// It does not.
    No,
    /// The holidays of that day's year are not published yet.
    Unknown,
}

/// What is wrong with a `When`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WhenFault {
    /// No day of the week is named.
    #[error("no day of the week")]
    NoWeekday,
    /// The list of nths is empty or holds something other than 1 to 5, or one twice.
    #[error("nth weekdays must be different numbers from 1 to 5")]
    WrongNth,
    /// The range ends before it begins.
    #[error("the range of days ends before it begins")]
    Backwards,
}

impl When {
    /// The first and the last of the days, where they are one day or a range.
    pub fn span(&self) -> Option<(Date, Date)> {
        match self {
            Self::Date { day } => Some((*day, *day)),
            Self::Range { from, until, .. } => Some((*from, *until)),
            _ => None,
        }
    }

    /// Whether the rule holds on a day.
    pub fn matches(&self, day: Date, holidays: &HolidayCalendar) -> Match {
        let holds = match self {
            Self::Always => true,
            Self::Weekdays { days } => days.contains(day.weekday()),
            Self::NthWeekday { weekday, nth } => day.weekday() == *weekday && nth.contains(&nth_weekday(day)),
            Self::Range { from, until, weekdays } => {
                (*from..=*until).contains(&day) && weekdays.is_none_or(|days| days.contains(day.weekday()))
            }
            Self::Holidays => match holidays.is_holiday(day) {
                Holiday::Yes(_) => true,
                Holiday::No => false,
                Holiday::Unknown => return Match::Unknown,
            },
            Self::YearEnd => is_year_end(day),
            Self::Date { day: named } => *named == day,
        };
        if holds { Match::Yes } else { Match::No }
    }

    /// How specific the days are; the smaller, the more specific: first the class, then the breadth in it.
    ///
    /// Date, year end, holidays, range, nth weekday, weekdays, always. Holidays stand above ranges and weekdays,
    /// so that nothing but a rule that names the very day opens one: a forgotten exception keeps a counter
    /// closed and is noticed, where the opposite would send citizens to a closed door. A range of one day names
    /// the day.
    pub(crate) fn breadth(&self) -> (u8, u32) {
        match self {
            Self::Date { .. } => (0, 1),
            Self::Range { from, until, .. } if from == until => (0, 1),
            Self::YearEnd => (1, 6),
            Self::Holidays => (2, 0),
            Self::Range { from, until, weekdays } => {
                let days = until.duration_since(*from).as_hours() / 24 + 1;
                // Days of a calendar of 20,000 years times seven fit.
                let days = u32::try_from(days).unwrap_or(u32::MAX / 7);
                (3, days.saturating_mul(weekdays.map_or(7, Weekdays::len)))
            }
            Self::NthWeekday { nth, .. } => (4, u32::try_from(nth.len()).unwrap_or(u32::MAX)),
            Self::Weekdays { days } => (5, days.len()),
            Self::Always => (6, 0),
        }
    }

    /// Refuses what could never hold, or says one thing twice.
    pub fn check(&self) -> Result<(), WhenFault> {
        match self {
            Self::Weekdays { days } if days.is_empty() => Err(WhenFault::NoWeekday),
            Self::NthWeekday { nth, .. } => {
                let mut seen = nth.clone();
                seen.sort_unstable();
                seen.dedup();
                let right =
                    !nth.is_empty() && seen.len() == nth.len() && nth.iter().all(|n| (1..=5).contains(n));
                if right { Ok(()) } else { Err(WhenFault::WrongNth) }
            }
            Self::Range { from, until, .. } if until < from => Err(WhenFault::Backwards),
            Self::Range { weekdays: Some(days), .. } if days.is_empty() => Err(WhenFault::NoWeekday),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_when_survives_its_text() {
        for when in [
            When::Always,
            When::Weekdays { days: Weekdays::of([Weekday::Monday, Weekday::Sunday]) },
            When::NthWeekday { weekday: Weekday::Saturday, nth: vec![2, 4] },
            When::Range { from: date(2026, 1, 1), until: date(2026, 2, 1), weekdays: None },
            When::Holidays,
            When::YearEnd,
            When::Date { day: date(2024, 11, 23) },
        ] {
            let json = serde_json::to_string(&when).unwrap();
            assert_eq!(serde_json::from_str::<When>(&json).unwrap(), when, "{json}");
        }
        assert!(serde_json::from_str::<When>(r#"{"on":"always","day":"2026-01-01"}"#).is_err());
        assert!(serde_json::from_str::<When>(r#"{"on":"weekdays","days":["saturday"]}"#).is_err());
    }

    #[test]
    fn what_could_never_hold_is_refused() {
        let range = |weekdays| When::Range { from: date(2026, 2, 2), until: date(2026, 2, 1), weekdays };
        assert_eq!(range(None).check(), Err(WhenFault::Backwards));
        assert_eq!(When::Weekdays { days: Weekdays::of([]) }.check(), Err(WhenFault::NoWeekday));
        for nth in [vec![], vec![0], vec![6], vec![2, 2]] {
            assert_eq!(When::NthWeekday { weekday: Weekday::Monday, nth }.check(), Err(WhenFault::WrongNth));
        }
    }

    #[test]
    fn outside_the_published_years_holidays_are_unknown() {
        let calendar = HolidayCalendar::official();
        assert_eq!(When::Holidays.matches(date(2028, 5, 3), &calendar), Match::Unknown);
        assert_eq!(When::Always.matches(date(2028, 5, 3), &calendar), Match::Yes);
    }
}
