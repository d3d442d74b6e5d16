//! How numbers, days and instants stand on the screens of this part.

use domain::number::ControlNumber;
use domain::time::{day_of, minute_of, month_day_ja};
use jiff::Timestamp;
use jiff::civil::Date;

/// A line of カード発行一覧表 as papers name it: R8.11.20-12.
pub(super) fn list_line(date: Date, line: u32) -> String {
    format!("{}-{line}", short_date(date))
}

/// A day as lists write it: R8.11.20; before 令和 in the western calendar.
pub(super) fn short_date(date: Date) -> String {
    if date.year() >= 2020 {
        format!("R{}.{}.{}", date.year() - 2018, date.month(), date.day())
    } else {
        date.to_string()
    }
}

/// An instant on a screen: 11月24日(火) 9:05.
pub(super) fn moment(at: Timestamp) -> String {
    let minute = minute_of(at);
    format!("{} {}:{:02}", month_day_ja(day_of(at)), minute / 60, minute % 60)
}

/// A 管理番号 as people read it: three groups of three.
pub(super) fn control(number: ControlNumber) -> String {
    let digits = number.digits();
    let groups: Vec<&str> = [0..3, 3..6, 6..9].into_iter().filter_map(|part| digits.get(part)).collect();
    groups.join(" ")
}

/// The end of an id, by which people tell batches and parts apart when they speak.
pub(super) fn short(id: impl ToString) -> String {
    let text = id.to_string();
    text.get(text.len().saturating_sub(6)..).unwrap_or(&text).to_owned()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn days_and_numbers_read_like_on_paper() {
        assert_eq!(list_line(date(2026, 11, 20), 12), "R8.11.20-12");
        assert_eq!(moment("2026-11-24T00:05:00Z".parse().unwrap()), "11月24日(火) 9:05");
        let digits = control(ControlNumber::from_base(10_423_001).unwrap());
        assert_eq!(digits.len(), 11);
        assert_eq!(short("01KAB3CDEFGH"), "CDEFGH");
    }
}
