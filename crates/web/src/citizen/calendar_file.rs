//! An appointment as iCalendar (RFC 5545), for the calendar of a telephone.
//!
//! The file carries no number of ours: calendars are shared and synchronised.

use domain::time::{Start, instant_at};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

use super::Layout;
use super::visit::Appointment;
use crate::key;
use crate::kit::ruby;

/// What stands in the calendar.
#[derive(Debug, Clone)]
pub struct Event<'a> {
    /// Unique for ever, without meaning: `01ABC@yoyaku.example.jp`.
    pub uid: &'a str,
    /// When the file was made.
    pub stamp: Timestamp,
    /// The day of the appointment.
    pub day: Date,
    /// Its start.
    pub start: Start,
    /// How long it takes, in minutes.
    pub minutes: u16,
    /// The heading.
    pub summary: &'a str,
    /// Place and address.
    pub location: &'a str,
    /// What to bring.
    pub description: &'a str,
}

/// The media type of the file.
pub const MEDIA_TYPE: &str = "text/calendar; charset=utf-8";

/// How long a visit takes in a calendar, in minutes (15 to 30 in practice).
const VISIT_MINUTES: u16 = 30;

/// The appointment in the reader's language, from the start of the first of its people. `uid` must be unique for ever
/// and open nothing.
pub fn visit(
    layout: &Layout,
    appointment: &Appointment,
    start: Start,
    uid: &str,
    stamp: Timestamp,
) -> String {
    let (texts, language) = (layout.texts(), layout.language());
    let place = &appointment.place;
    let (summary, about) = if appointment.is_renewal() {
        (key!("calendar-summary-renewal"), key!("calendar-about-renewal"))
    } else {
        (key!("calendar-summary"), key!("calendar-about"))
    };
    write(&Event {
        uid,
        stamp,
        day: appointment.day,
        start,
        minutes: VISIT_MINUTES,
        summary: &texts.get(summary),
        location: &format!("{} {}", place.name.of(language), place.address.of(language)),
        description: &texts.with(about, "telephone", &layout.office.telephone),
    })
}

/// Writes the file: CRLF, lines of at most 75 octets, instants in UTC (Asia/Tokyo has no summer time).
pub fn write(event: &Event<'_>) -> String {
    let mut file = String::new();
    let begin = event.start.minutes();
    let mut line = |text: &str| fold(&mut file, text);
    line("BEGIN:VCALENDAR");
    line("VERSION:2.0");
    line("PRODID:-//Madoguchi//Reservation//JA");
    line("CALSCALE:GREGORIAN");
    line("METHOD:PUBLISH");
    line("BEGIN:VEVENT");
    line(&format!("UID:{}", escape(event.uid)));
    line(&format!("DTSTAMP:{}", utc(event.stamp)));
    line(&format!("DTSTART:{}", utc(instant_at(event.day, begin))));
    line(&format!("DTEND:{}", utc(instant_at(event.day, begin + event.minutes))));
    line(&format!("SUMMARY:{}", escape(event.summary)));
    line(&format!("LOCATION:{}", escape(event.location)));
    line(&format!("DESCRIPTION:{}", escape(event.description)));
    line("BEGIN:VALARM");
    line("ACTION:DISPLAY");
    line("TRIGGER:-P1D");
    line(&format!("DESCRIPTION:{}", escape(event.summary)));
    line("END:VALARM");
    line("END:VEVENT");
    line("END:VCALENDAR");
    file
}

fn utc(instant: Timestamp) -> String {
    let at = Offset::UTC.to_datetime(instant);
    format!(
        "{:04}{:02}{:02}T{:02}{:02}{:02}Z",
        at.year(),
        at.month(),
        at.day(),
        at.hour(),
        at.minute(),
        at.second()
    )
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for sign in ruby::plain(text).chars() {
        match sign {
            '\\' | ';' | ',' => escaped.extend(['\\', sign]),
            '\n' => escaped.push_str("\\n"),
            '\r' => {}
            sign => escaped.push(sign),
        }
    }
    escaped
}

/// Writes a line in pieces of at most 75 octets; a piece never ends within a character.
fn fold(file: &mut String, line: &str) {
    let mut room = 75;
    for sign in line.chars() {
        if sign.len_utf8() > room {
            file.push_str("\r\n ");
            // The space counts.
            room = 74;
        }
        room -= sign.len_utf8();
        file.push(sign);
    }
    file.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn r4_c_a_calendar_takes_the_appointment() {
        let file = write(&Event {
            uid: "01ABC@yoyaku.example.jp",
            stamp: "2026-11-20T03:04:05Z".parse().unwrap(),
            day: date(2026, 11, 24),
            start: "9:00".parse().unwrap(),
            minutes: 30,
            summary: "マイナンバーカードの受け取り",
            location: "市役所 1階, 窓口; 泉町1丁目3番40号",
            description: &"持ち物：交付通知書、本人確認書類\n".repeat(4),
        });
        assert!(file.contains("DTSTART:20261124T000000Z\r\nDTEND:20261124T003000Z\r\n"));
        assert!(file.contains("DTSTAMP:20261120T030405Z\r\n"));
        assert!(file.contains("1階\\, 窓口\\; "));
        assert!(file.lines().all(|line| line.len() <= 75), "{file}");
        assert_eq!(file.matches('\n').count(), file.matches("\r\n").count());
        let unfolded = file.replace("\r\n ", "");
        assert!(unfolded.contains(&"持ち物：交付通知書、本人確認書類\\n".repeat(4)));
    }
}
