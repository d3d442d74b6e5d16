//! The calendar of the city hall: holidays (祝休日), the nth weekday of a month, the year end.
//!
//! Holidays are a table, because two equinoxes and every special law are known only when the Cabinet Office
//! publishes them each February. Outside the table the answer is [`Holiday::Unknown`], never a guess. Closures
//! of one city are rules, not holidays.

use jiff::civil::{Date, date};

/// 国民の祝日・休日 of 2024 to 2027 as published by the Cabinet Office; 休日 is a substitute or a day between.
const HOLIDAYS: &[(Date, &str)] = &[
    (date(2024, 1, 1), "元日"),
    (date(2024, 1, 8), "成人の日"),
    (date(2024, 2, 11), "建国記念の日"),
    (date(2024, 2, 12), "休日"),
    (date(2024, 2, 23), "天皇誕生日"),
    (date(2024, 3, 20), "春分の日"),
    (date(2024, 4, 29), "昭和の日"),
    (date(2024, 5, 3), "憲法記念日"),
    (date(2024, 5, 4), "みどりの日"),
    (date(2024, 5, 5), "こどもの日"),
    (date(2024, 5, 6), "休日"),
    (date(2024, 7, 15), "海の日"),
    (date(2024, 8, 11), "山の日"),
    (date(2024, 8, 12), "休日"),
    (date(2024, 9, 16), "敬老の日"),
    (date(2024, 9, 22), "秋分の日"),
    (date(2024, 9, 23), "休日"),
    (date(2024, 10, 14), "スポーツの日"),
    (date(2024, 11, 3), "文化の日"),
    (date(2024, 11, 4), "休日"),
    (date(2024, 11, 23), "勤労感謝の日"),
    (date(2025, 1, 1), "元日"),
    (date(2025, 1, 13), "成人の日"),
    (date(2025, 2, 11), "建国記念の日"),
    (date(2025, 2, 23), "天皇誕生日"),
    (date(2025, 2, 24), "休日"),
    (date(2025, 3, 20), "春分の日"),
    (date(2025, 4, 29), "昭和の日"),
    (date(2025, 5, 3), "憲法記念日"),
    (date(2025, 5, 4), "みどりの日"),
    (date(2025, 5, 5), "こどもの日"),
    (date(2025, 5, 6), "休日"),
    (date(2025, 7, 21), "海の日"),
    (date(2025, 8, 11), "山の日"),
    (date(2025, 9, 15), "敬老の日"),
    (date(2025, 9, 23), "秋分の日"),
    (date(2025, 10, 13), "スポーツの日"),
    (date(2025, 11, 3), "文化の日"),
    (date(2025, 11, 23), "勤労感謝の日"),
    (date(2025, 11, 24), "休日"),
    (date(2026, 1, 1), "元日"),
    (date(2026, 1, 12), "成人の日"),
    (date(2026, 2, 11), "建国記念の日"),
    (date(2026, 2, 23), "天皇誕生日"),
    (date(2026, 3, 20), "春分の日"),
    (date(2026, 4, 29), "昭和の日"),
    (date(2026, 5, 3), "憲法記念日"),
    (date(2026, 5, 4), "みどりの日"),
    (date(2026, 5, 5), "こどもの日"),
    (date(2026, 5, 6), "休日"),
    (date(2026, 7, 20), "海の日"),
    (date(2026, 8, 11), "山の日"),
    (date(2026, 9, 21), "敬老の日"),
    (date(2026, 9, 22), "休日"),
    (date(2026, 9, 23), "秋分の日"),
    (date(2026, 10, 12), "スポーツの日"),
    (date(2026, 11, 3), "文化の日"),
    (date(2026, 11, 23), "勤労感謝の日"),
    (date(2027, 1, 1), "元日"),
    (date(2027, 1, 11), "成人の日"),
    (date(2027, 2, 11), "建国記念の日"),
    (date(2027, 2, 23), "天皇誕生日"),
    (date(2027, 3, 21), "春分の日"),
    (date(2027, 3, 22), "休日"),
    (date(2027, 4, 29), "昭和の日"),
    (date(2027, 5, 3), "憲法記念日"),
    (date(2027, 5, 4), "みどりの日"),
    (date(2027, 5, 5), "こどもの日"),
    (date(2027, 7, 19), "海の日"),
    (date(2027, 8, 11), "山の日"),
    (date(2027, 9, 20), "敬老の日"),
    (date(2027, 9, 23), "秋分の日"),
    (date(2027, 10, 11), "スポーツの日"),
    (date(2027, 11, 3), "文化の日"),
    (date(2027, 11, 23), "勤労感謝の日"),
];

/// Whether a day is a holiday.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holiday {
    /// It is none.
    No,
    /// It is one, with its official name.
    Yes(&'static str),
    /// The day lies outside the published table.
    Unknown,
}

/// The holidays as far as they are published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HolidayCalendar {
    /// The first day of which the table speaks.
    pub known_from: Date,
    /// The last day of which the table speaks.
    pub known_until: Date,
}

impl HolidayCalendar {
    /// The table that is built in: 2024 to 2027.
    pub const fn official() -> Self {
        Self { known_from: date(2024, 1, 1), known_until: date(2027, 12, 31) }
    }

    /// Whether the day is a holiday.
    pub fn is_holiday(&self, day: Date) -> Holiday {
        if day < self.known_from || day > self.known_until {
            return Holiday::Unknown;
        }
        match HOLIDAYS.binary_search_by_key(&day, |(holiday, _)| *holiday) {
            Ok(at) => Holiday::Yes(HOLIDAYS[at].1),
            Err(_) => Holiday::No,
        }
    }
}

impl Default for HolidayCalendar {
    fn default() -> Self {
        Self::official()
    }
}

/// Which one of its weekday in its month a day is, 1 to 5: the 2nd Saturday gives 2.
pub fn nth_weekday(day: Date) -> u8 {
    // Days of a month are 1 to 31.
    (day.day().unsigned_abs() - 1) / 7 + 1
}

/// 年末年始: 29 December to 3 January (7章).
pub fn is_year_end(day: Date) -> bool {
    matches!((day.month(), day.day()), (12, 29..=31) | (1, 1..=3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn g7_the_table_is_the_official_one() {
        // The Cabinet Office publishes the file in CP932; the copy here is the same text in UTF-8.
        let file = include_str!("../tests/data/syukujitsu-1955-2027.csv");
        let mut lines = file.lines();
        assert_eq!(lines.next(), Some("国民の祝日・休日月日,国民の祝日・休日名称"));
        let calendar = HolidayCalendar::official();
        let mut official = Vec::new();
        for line in lines {
            let (day, name) = line.split_once(',').unwrap();
            let parts: Vec<i16> = day.split('/').map(|part| part.parse().unwrap()).collect();
            let day = date(parts[0], i8::try_from(parts[1]).unwrap(), i8::try_from(parts[2]).unwrap());
            if day >= calendar.known_from {
                official.push((day, name));
            }
        }
        assert_eq!(official, HOLIDAYS);
    }

    #[test]
    fn g7_tricky_days() {
        let calendar = HolidayCalendar::official();
        assert_eq!(calendar.is_holiday(date(2026, 5, 6)), Holiday::Yes("休日"));
        assert_eq!(calendar.is_holiday(date(2026, 9, 22)), Holiday::Yes("休日"));
        assert_eq!(calendar.is_holiday(date(2027, 3, 22)), Holiday::Yes("休日"));
        assert_eq!(calendar.is_holiday(date(2024, 11, 23)), Holiday::Yes("勤労感謝の日"));
        assert_eq!(calendar.is_holiday(date(2026, 11, 24)), Holiday::No);
        assert_eq!(calendar.is_holiday(date(2023, 12, 31)), Holiday::Unknown);
        assert_eq!(calendar.is_holiday(date(2028, 1, 1)), Holiday::Unknown);
    }

    #[test]
    fn r4_e_nth_weekday_of_a_month_with_five_saturdays() {
        let nth: Vec<u8> = [1, 8, 15, 22, 29].map(|day| nth_weekday(date(2026, 8, day))).to_vec();
        assert_eq!(nth, [1, 2, 3, 4, 5]);
        assert_eq!(nth_weekday(date(2026, 8, 7)), 1);
        assert_eq!(nth_weekday(date(2026, 8, 31)), 5);
    }

    #[test]
    fn g7_the_year_end_is_six_days() {
        assert!(!is_year_end(date(2024, 12, 28)));
        assert!(is_year_end(date(2024, 12, 29)));
        assert!(is_year_end(date(2025, 1, 3)));
        assert!(!is_year_end(date(2025, 1, 4)));
    }
}
