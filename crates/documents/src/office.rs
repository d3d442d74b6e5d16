//! The municipality, the site of the counter, and who printed: what most papers carry in common.

use domain::time;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A text for citizens in the two languages of every letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    /// Japanese.
    pub ja: String,
    /// English.
    pub en: String,
}

impl Words {
    /// The same thing in both languages.
    pub fn new(ja: impl Into<String>, en: impl Into<String>) -> Self {
        Self { ja: ja.into(), en: en.into() }
    }
}

/// The municipality that issues the cards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct City {
    /// 吹田市, Suita City.
    pub name: Words,
    /// Who signs the letter, such as 吹田市 市民部 市民課.
    pub sender: Words,
}

/// The counter to which a citizen comes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Site {
    /// The building: 吹田市役所 本庁.
    pub name: Words,
    /// The counter inside it: 高層棟1階 マイナンバー窓口.
    pub counter: Words,
    /// Postal code and address.
    pub address: Words,
    /// How one gets there, in words, in place of a map.
    pub access: Words,
    /// The opening hours, one line each.
    pub hours: Vec<Words>,
    /// The telephone number for questions and bookings.
    pub telephone: String,
    /// When the telephone is answered, one line each.
    pub telephone_hours: Vec<Words>,
}

/// An instant as the foot of a paper shows it: 令和8年11月24日(火) 9時05分.
pub fn stamp(at: Timestamp) -> String {
    let minute = time::minute_of(at);
    format!("{} {}時{:02}分", time::era_date(time::day_of(at)), minute / 60, minute % 60)
}

/// A line of カード発行一覧表 by the date of the consignment and the line: R8.11.20-12, before 2020 with the ISO date.
pub(crate) fn list_line(date: jiff::civil::Date, line: u32) -> String {
    if date.year() >= 2020 {
        return format!("R{}.{}.{}-{line}", date.year() - 2018, date.month(), date.day());
    }
    format!("{date}-{line}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamps_are_tokyo_time_in_the_era() {
        assert_eq!(stamp("2026-11-24T00:05:00Z".parse().unwrap()), "令和8年11月24日(火) 9時05分");
        assert_eq!(list_line(jiff::civil::date(2026, 11, 20), 12), "R8.11.20-12");
        assert_eq!(list_line(jiff::civil::date(2016, 2, 1), 3), "2016-02-01-3");
    }
}
