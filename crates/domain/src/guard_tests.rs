use proptest::prelude::*;

use super::*;
use crate::number::{ControlNumber, NumberKind, PlaceLabel};

/// The sample of the field's literature; it is nobody's.
const SAMPLE: &str = "123456789018";

fn is_refused(text: &str) -> bool {
    worst(text) == Some(Finding::IndividualNumber)
}

fn with_check(first: [u8; 11]) -> String {
    format!("{}{}", width::text_of(&first), check_digit(&first))
}

#[test]
fn r4_b_the_published_example_has_its_check_digit() {
    assert_eq!(check_digit(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]), 8);
    assert!(is_refused(SAMPLE));
    assert_eq!(worst("123456789017"), Some(Finding::TwelveDigits));
}

#[test]
fn r4_b_a_hit_says_where_and_never_what() {
    let hits = scan_text("番号は１２３４－５６７８－９０１８です");
    assert_eq!(hits, [Hit { finding: Finding::IndividualNumber, start: 3, end: 17 }]);
    assert!(!format!("{hits:?}").contains("5678"));
}

#[test]
fn r4_b_disguises_are_seen_through() {
    for text in [
        "１２３４５６７８９０１８",
        "1234 5678 9018",
        "1234-5678-9018",
        "1234ー5678−9018",
        "1234\u{2010}5678\u{2015}9018",
        "1 2 3 4 5 6 7 8 9 0 1 8",
        "1・2・3・4・5・6・7・8・9・0・1・8",
        "1234/5678_9018",
        "123,456,789,018",
        "1234\r\n5678\r\n9018",
        "1234\t5678\t9018",
        "一二三四五六七八九〇一八",
        "壱弐参四五六七八九零壱八",
        "①②③④⑤⑥⑦⑧⑨⓪①⑧",
        "❶❷❸❹❺❻❼❽❾⓿❶❽",
        "⑴⑵⑶⑷⑸⑹⑺⑻⑼0⑴⑻",
        "⒈⒉⒊⒋⒌⒍⒎⒏⒐0⒈⒏",
        "123456789⓪18",
        "𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗𝟎𝟏𝟖",
        "¹²³⁴⁵⁶⁷⁸⁹⁰¹⁸",
        "1\u{FE0F}\u{20E3}23456789018",
        "1234\u{200B}5678\u{2060}9018",
        "1234\u{A0}5678\u{3000}9018",
        "١٢٣٤٥٦٧٨٩٠١٨",
        "二0二六年 1234-5678-9018 受付",
        "1234-5678-9018 24",
        "2026 123456789018",
        "123456789018\n2026",
        "1 2 3 4 5 6 7 8 9 0 1 8\n2026",
        "10 1234 5678 9018 20",
        "マイナンバー:123456-789018、確認",
        "123456789018.csv",
    ] {
        assert!(is_refused(text), "{text}");
    }
}

#[test]
fn r4_b_what_is_plainly_something_else_is_let_through() {
    // Each of these would carry a fitting check digit for some minute or extension, so all are tried.
    for minute in 0..60 {
        for text in [
            format!("2026-11-24 09{minute:02}"),
            format!("2026/11/24 09/{minute:02}"),
            format!("20261124-09{minute:02}"),
            format!("20261124 09.{minute:02}"),
            format!("2026-11-24 9:{minute:02}"),
            format!("2026.11.24 10:{minute:02}"),
            format!("090-1234-5678 {minute}"),
            format!("06-0000-0000 {minute:02}"),
            format!("{minute} 090-1234-5678"),
        ] {
            assert!(!is_refused(&text), "{text}");
        }
    }
    for text in
        ["7000012050002", "令和8年11月24日(火) 9:00", "泉町1丁目3番40号", "564-8550", "9:00 9:10 9:20 9:30"]
    {
        assert_eq!(worst(text), None, "{text}");
    }
}

#[test]
fn r4_b_an_id_of_ours_is_no_individual_number() {
    let id = format!("01M6CRA{SAMPLE}ZG00001");
    assert_eq!((id.len(), worst(&id), worst(&format!("/cards/{id}?day=1"))), (26, None, None));
    // One sign more or less, a small letter or a gap, and it is somebody's writing.
    for text in [format!("{id}1"), id[1..].to_owned(), id.to_lowercase(), id.replacen("ZG", "Z-G", 1)] {
        assert!(is_refused(&text), "{text}");
    }
    assert!(is_refused(&format!("{id} {SAMPLE}")));
    assert!(is_refused("01M6CRAXXXXXXXX1234567 89018"));
}

#[test]
fn r4_b_a_timestamp_without_any_separator_is_not_excused() {
    let refused =
        (0..1440).filter(|minute| is_refused(&format!("20261124{:02}{:02}", minute / 60, minute % 60)));
    assert!(refused.count() > 0);
    assert!(!is_refused("2026-13-24 0900"), "no date, but then no check digit either");
}

fn disguise() -> impl Strategy<Value = (Vec<u8>, Vec<u8>)> {
    (proptest::collection::vec(0..6u8, 12), proptest::collection::vec(0..9u8, 11))
}

proptest! {
    #[test]
    fn r4_b_every_number_in_every_disguise_is_refused(
        first in proptest::array::uniform11(0..10u8),
        (forms, gaps) in disguise(),
        before in "[あ-ん]{0,4}",
        after in "[あ-ん]{0,4}",
    ) {
        let number = with_check(first);
        let mut text = before.clone();
        for (at, digit) in number.bytes().map(|b| u32::from(b - b'0')).enumerate() {
            let from = |zero: u32| char::from_u32(zero + digit).unwrap();
            text.push(match forms[at] {
                0 | 1 => from(0x30),
                2 => from(0xFF10),
                3 => ['〇', '一', '二', '三', '四', '五', '六', '七', '八', '九'][digit as usize],
                4 => if digit == 0 { '⓪' } else { from(0x245F) },
                _ => from(0x1D7CE),
            });
            // Dense gaps first: groups as dates and telephone numbers have them are excused on purpose.
            if at < 11 {
                text.push_str(["", "", "・", "\u{200B}", "‐", "ー", "．", "\u{AD}", "/"][usize::from(gaps[at])]);
            }
        }
        text.push_str(&after);
        let start = before.chars().count();
        let end = text.chars().count() - after.chars().count();
        let hits = scan_text(&text);
        let excused = is_excusable(&text);
        prop_assert!(
            excused || hits.contains(&Hit { finding: Finding::IndividualNumber, start, end }),
            "{text}"
        );
    }

    #[test]
    fn r4_b_a_number_among_other_words_is_refused(first in proptest::array::uniform11(0..10u8), lead in 0..9999u32) {
        let number = with_check(first);
        prop_assert!(is_refused(&number));
        let spaced = format!("{} {} {}", &number[..4], &number[4..8], &number[8..]);
        prop_assert!(is_refused(&spaced));
        let with_lead = format!("{lead}件 {number} ほか{lead}");
        prop_assert!(is_refused(&with_lead));
        let before = format!("{lead} {number}");
        prop_assert!(is_refused(&before));
        let lines = format!("{lead}\n{number}\n{lead}");
        prop_assert!(is_refused(&lines));
    }

    #[test]
    fn r4_b_our_own_numbers_raise_no_alarm(
        row: [u8; 16], issue: u32, control in 1..=ControlNumber::LAST, place in 1..=PlaceLabel::LAST, extra in 0..1000u32,
    ) {
        let number = Number::derive(&[3; 32], NumberKind::BookingKey, row, issue);
        let control = ControlNumber::from_base(control).unwrap();
        let place = PlaceLabel::from_base(place).unwrap();
        for text in [number.to_string(), number.digits(), number.to_string().replace('-', " "), control.to_string(), place.to_string()] {
            prop_assert_eq!(worst(&text), None, "{}", text);
        }
        let in_fours = number.digits();
        let in_fours = [&in_fours[..4], &in_fours[4..8], &in_fours[8..12], &in_fours[12..]].join(" ");
        let beside = format!("{control} {extra:03}");
        prop_assert!(!is_refused(&in_fours));
        prop_assert!(!is_refused(&beside));
    }

    #[test]
    fn r4_b_no_text_breaks_the_guard(text in "\\PC{0,60}", digits in "[0-9０-９ \\-\n/]{0,60}") {
        for text in [text, digits] {
            let length = text.chars().count();
            for hit in scan_text(&text) {
                prop_assert!(hit.start < hit.end && hit.end <= length);
            }
        }
    }
}

/// Whether the text is written in the groups of a date with a time, which the guard excuses by design.
fn is_excusable(text: &str) -> bool {
    let mut row: Vec<Digit> = Vec::new();
    let mut gap = Gap::None;
    for (at, c) in text.chars().enumerate() {
        glyphs(c, |glyph| match glyph {
            Glyph::Digit(value) => {
                row.push(Digit { value, at, before: gap });
                gap = Gap::None;
            }
            Glyph::Gap(wider) => gap = gap.max(wider),
            Glyph::Nothing | Glyph::Other => {}
        });
    }
    let groups: Vec<&[Digit]> = groups(&row).collect();
    is_date_with_time(&groups)
}
