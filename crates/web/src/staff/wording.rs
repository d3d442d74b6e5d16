//! How numbers, days, instants and states stand on the screens of the staff.

use std::collections::BTreeMap;

use domain::id::ReservationId;
use domain::number::ControlNumber;
use domain::reservation::{State as Booking, Visitor};
use domain::time::{Start, day_of, minute_of, month_day_ja};
use jiff::Timestamp;
use jiff::civil::Date;
use store::reservation::Reservation;

use crate::App;

/// A line of カード発行一覧表 as papers name it: R8.11.20-12.
pub(crate) fn list_line(date: Date, line: u32) -> String {
    format!("{}-{line}", short_date(date))
}

/// A day as lists write it: R8.11.20; before 令和 in the western calendar.
pub(crate) fn short_date(date: Date) -> String {
    if date.year() >= 2020 {
        format!("R{}.{}.{}", date.year() - 2018, date.month(), date.day())
    } else {
        date.to_string()
    }
}

/// A consignment by its list and box: R8.11.4 箱3; a portion of a former contractor's stock: R8.11.4 引継ぎ：第1回.
pub(crate) fn list_name(date: Date, box_name: &str, is_opening: bool) -> String {
    let of = if is_opening { "引継ぎ：" } else { "箱" };
    format!("{} {of}{box_name}", short_date(date))
}

/// An instant on a screen: 11月24日(火) 9:05.
pub(crate) fn moment(at: Timestamp) -> String {
    format!("{} {}", month_day_ja(day_of(at)), time(at))
}

/// The time of day of an instant: 9:05.
pub(crate) fn time(at: Timestamp) -> String {
    minute(minute_of(at))
}

/// A minute of the day: 9:05.
pub(crate) fn minute(minute: u16) -> String {
    format!("{}:{:02}", minute / 60, minute % 60)
}

/// A length of time in minutes, for people: 12分, 1時間05分.
pub(crate) fn minutes(minutes: i64) -> String {
    if minutes < 60 {
        format!("{minutes}分")
    } else {
        format!("{}時間{:02}分", minutes / 60, minutes % 60)
    }
}

/// How late a visitor came who came after the own slot: 12分遅れ. Empty for everybody else.
pub(crate) fn late(start: Start, arrived: Timestamp) -> String {
    let late = domain::reception::late(start, minute_of(arrived));
    late.map_or_else(String::new, |late| format!("{}遅れ", minutes(i64::from(late))))
}

/// A 管理番号 as people read it: three groups of three.
pub(crate) fn control(number: ControlNumber) -> String {
    let digits = number.digits();
    let groups: Vec<&str> = [0..3, 3..6, 6..9].into_iter().filter_map(|part| digits.get(part)).collect();
    groups.join(" ")
}

/// The end of an id, by which people tell batches and parts apart when they speak.
pub(crate) fn short(id: impl ToString) -> String {
    let text = id.to_string();
    text.get(text.len().saturating_sub(6)..).unwrap_or(&text).to_owned()
}

/// Where a reservation and its reception stand, in one word.
pub(crate) fn standing(state: Booking, reception: Option<domain::reception::State>) -> &'static str {
    match (state, reception) {
        (_, Some(reception)) => reception.label(),
        (Booking::Booked, None) => "来庁前",
        (state, None) => state.label(),
    }
}

/// How often a reservation was moved, and how often by the citizen on the web, where that has a limit; empty: never.
pub(crate) fn changes(app: &App, reservation: &Reservation) -> String {
    let (all, on_web) = (reservation.changes, reservation.web_changes);
    let booking =
        app.rules().booking(reservation.slot.service, app.today()).map_or(0, |rule| rule.web_changes);
    match (all, booking) {
        (0, _) => String::new(),
        (all, 0) => format!("{all}回（うちWeb {on_web}回）"),
        (all, most) => format!("{all}回（うちWeb {on_web}回・上限{most}回）"),
    }
}

/// Who comes, as lists say it.
pub(crate) fn visitor(visitor: Option<Visitor>) -> &'static str {
    visitor.map_or("未確認", Visitor::label)
}

/// The mark of each reservation of a day's list that is one of a family's: 家族 2/3; empty for those alone.
pub(crate) fn families(lines: &[(ReservationId, Option<ReservationId>)]) -> Vec<String> {
    let mut sizes: BTreeMap<ReservationId, usize> = BTreeMap::new();
    let mut places = Vec::with_capacity(lines.len());
    // The members are counted in the order in which they came into the booking, not in that of the list.
    let mut order: Vec<(ReservationId, ReservationId)> =
        lines.iter().filter_map(|(id, party)| party.map(|party| (party, *id))).collect();
    order.sort_unstable();
    for (party, id) in &order {
        let place = sizes.entry(*party).or_default();
        *place += 1;
        places.push((*id, *place));
    }
    let places: BTreeMap<ReservationId, usize> = places.into_iter().collect();
    let mark = |(id, party): &(ReservationId, Option<ReservationId>)| match party
        .map(|party| (places.get(id), sizes.get(&party)))
    {
        Some((Some(n), Some(of))) if *of > 1 => format!("家族 {n}/{of}"),
        _ => String::new(),
    };
    lines.iter().map(mark).collect()
}

/// The language of a citizen, where it is not Japanese.
pub(crate) fn language(code: &str) -> &'static str {
    match code {
        "ja" => "",
        "ja-x-easy" => "やさしい日本語",
        "en" => "英語",
        _ => "外国語",
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn days_and_numbers_read_like_on_paper() {
        assert_eq!(list_line(date(2026, 11, 20), 12), "R8.11.20-12");
        assert_eq!(short_date(date(2019, 4, 1)), "2019-04-01");
        assert_eq!(moment("2026-11-24T00:05:00Z".parse().unwrap()), "11月24日(火) 9:05");
        assert_eq!((minutes(59), minutes(65)), ("59分".to_owned(), "1時間05分".to_owned()));
        assert_eq!(control(ControlNumber::from_base(1).unwrap()).len(), 11);
        assert_eq!(short("01KAB3CDEFGH"), "CDEFGH");
    }

    #[test]
    fn a_visitor_who_is_here_is_no_longer_expected() {
        assert_eq!(standing(Booking::Booked, None), "来庁前");
        assert_eq!(standing(Booking::Booked, Some(domain::reception::State::Arrived)), "受付済");
        assert_eq!(standing(Booking::NotCome, None), "不来庁");
    }
}
