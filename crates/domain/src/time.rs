//! Days and times of day in Asia/Tokyo, and how they are written.
//!
//! Japan has no summer time since 1951, so the zone is a fixed nine hours and needs no table. Nothing here
//! asks what time it is.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, Weekday};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Asia/Tokyo as a fixed offset.
pub const TOKYO: Offset = Offset::constant(9);

/// The zone in which every day of this program is a day.
pub fn tokyo() -> TimeZone {
    TimeZone::fixed(TOKYO)
}

/// The business day (営業日付) to which an instant belongs.
pub fn day_of(instant: Timestamp) -> Date {
    TOKYO.to_datetime(instant).date()
}

/// The minute of its day in Tokyo, 0 to 1439, to which an instant belongs.
pub fn minute_of(instant: Timestamp) -> u16 {
    let time = TOKYO.to_datetime(instant).time();
    // Hour and minute are never negative, and together below 1440.
    u16::from(time.hour().unsigned_abs()) * 60 + u16::from(time.minute().unsigned_abs())
}

/// The instant at which a minute of a day in Tokyo begins; minute 1440 is the end of the day.
///
/// Days outside the range of [`Timestamp`] are moved to its nearest end.
pub fn instant_at(day: Date, minute: u16) -> Timestamp {
    let midnight = TOKYO.to_timestamp(day.at(0, 0, 0, 0)).unwrap_or(if day.year() > 0 {
        Timestamp::MAX
    } else {
        Timestamp::MIN
    });
    midnight.saturating_add(SignedDuration::from_mins(i64::from(minute))).unwrap_or(midnight)
}

/// The last minute of a day, as a deadline that still belongs to whoever keeps it.
pub fn end_of_day(day: Date) -> Timestamp {
    instant_at(day, 24 * 60 - 1)
}

/// The start of a slot: minutes since midnight, a multiple of ten (11(4)オ: 10分単位).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct Start(u16);

/// The length of a slot in minutes (11(4)オ).
pub const SLOT_MINUTES: u16 = 10;

/// The value is no start of a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a ten-minute start within a day")]
pub struct NotAStart;

impl Start {
    /// Takes minutes since midnight.
    pub fn new(minutes: u16) -> Result<Self, NotAStart> {
        if minutes < 24 * 60 && minutes.is_multiple_of(SLOT_MINUTES) {
            Ok(Self(minutes))
        } else {
            Err(NotAStart)
        }
    }

    /// Minutes since midnight.
    pub fn minutes(self) -> u16 {
        self.0
    }

    /// Whether the slot begins before noon.
    pub fn is_morning(self) -> bool {
        self.0 < 12 * 60
    }
}

impl fmt::Display for Start {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl FromStr for Start {
    type Err = NotAStart;

    fn from_str(text: &str) -> Result<Self, NotAStart> {
        minute_from_text(text).ok_or(NotAStart).and_then(Self::new)
    }
}

impl TryFrom<u16> for Start {
    type Error = NotAStart;

    fn try_from(minutes: u16) -> Result<Self, NotAStart> {
        Self::new(minutes)
    }
}

impl From<Start> for u16 {
    fn from(start: Start) -> Self {
        start.0
    }
}

/// Reads `9:00` or `17:30` as minutes since midnight; `24:00` is the end of the day.
pub fn minute_from_text(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let digits = |part: &str| part.len() <= 2 && !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !digits(hour) || minute.len() != 2 || !digits(minute) {
        return None;
    }
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    (minute < 60 && hour * 60 + minute <= 24 * 60).then_some(hour * 60 + minute)
}

/// One character for the day of the week, as Japanese papers write it after a date.
pub fn weekday_ja(day: Date) -> &'static str {
    match day.weekday() {
        Weekday::Sunday => "日",
        Weekday::Monday => "月",
        Weekday::Tuesday => "火",
        Weekday::Wednesday => "水",
        Weekday::Thursday => "木",
        Weekday::Friday => "金",
        Weekday::Saturday => "土",
    }
}

/// A day as papers of a city office write it: 令和8年11月24日(火).
pub fn era_date(day: Date) -> String {
    format!("{}{}月{}日({})", era_year(day), day.month(), day.day(), weekday_ja(day))
}

/// The year in its era: 令和8年, 令和元年, 平成31年. Before 1868 the western year.
pub fn era_year(day: Date) -> String {
    let (era, first) = match () {
        () if day >= jiff::civil::date(2019, 5, 1) => ("令和", 2019),
        () if day >= jiff::civil::date(1989, 1, 8) => ("平成", 1989),
        () if day >= jiff::civil::date(1926, 12, 25) => ("昭和", 1926),
        () if day >= jiff::civil::date(1912, 7, 30) => ("大正", 1912),
        () if day >= jiff::civil::date(1868, 1, 25) => ("明治", 1868),
        () => return format!("{}年", day.year()),
    };
    match day.year() - first + 1 {
        1 => format!("{era}元年"),
        year => format!("{era}{year}年"),
    }
}

/// A day within the running weeks, for screens: 11月24日(火).
pub fn month_day_ja(day: Date) -> String {
    format!("{}月{}日({})", day.month(), day.day(), weekday_ja(day))
}

/// A day for English readers: Tuesday, 24 November 2026.
pub fn date_en(day: Date) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    let month = MONTHS[usize::from(day.month().unsigned_abs()) - 1];
    let weekday = DAYS[usize::from(day.weekday().to_monday_zero_offset().unsigned_abs())];
    format!("{weekday}, {} {month} {}", day.day(), day.year())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_day_begins_at_midnight_in_tokyo() {
        let late: Timestamp = "2026-11-23T14:59:59.999Z".parse().unwrap();
        assert_eq!(day_of(late), date(2026, 11, 23));
        assert_eq!(minute_of(late), 23 * 60 + 59);
        let next: Timestamp = "2026-11-23T15:00:00Z".parse().unwrap();
        assert_eq!(day_of(next), date(2026, 11, 24));
        assert_eq!(instant_at(date(2026, 11, 24), 0), next);
        assert_eq!(instant_at(date(2026, 11, 23), 1440), next);
    }

    #[test]
    fn eras_turn_on_their_day() {
        assert_eq!(era_date(date(2026, 11, 24)), "令和8年11月24日(火)");
        assert_eq!(era_year(date(2019, 4, 30)), "平成31年");
        assert_eq!(era_year(date(2019, 5, 1)), "令和元年");
        assert_eq!(era_year(date(1989, 1, 7)), "昭和64年");
        assert_eq!(era_year(date(1926, 12, 24)), "大正15年");
    }

    #[test]
    fn r4_e_starts_are_multiples_of_ten_minutes() {
        assert_eq!("9:00".parse::<Start>().unwrap().minutes(), 540);
        assert_eq!("09:10".parse::<Start>().unwrap().to_string(), "9:10");
        assert!("9:05".parse::<Start>().is_err());
        assert!("24:00".parse::<Start>().is_err());
        assert!("９:00".parse::<Start>().is_err());
        assert_eq!(minute_from_text("24:00"), Some(1440));
        assert_eq!(minute_from_text("24:10"), None);
    }

    #[test]
    fn english_days_are_written_out() {
        assert_eq!(date_en(date(2026, 11, 24)), "Tuesday, 24 November 2026");
    }
}
