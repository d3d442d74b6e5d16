//! Scanners are keyboards, and a Japanese input method mangles what they type: every field for scans understands it.
#![expect(clippy::unwrap_used, reason = "a story fails where it stands")]

use domain::id::CardId;
use domain::place::PlaceKind;
use jiff::ToSpan;
use jiff::civil::{Date, date};
use store::question::Question;
use storykit::{Browser, House};
use testkit::{TestDb, on_both};

const DAY: Date = date(2026, 11, 11);

/// What an input method makes of ASCII: full width, and of some signs something else.
fn mangled(text: &str) -> String {
    let wide = |c: char| match c {
        '/' => '・',
        '-' => 'ー',
        '.' => '。',
        c if c.is_ascii_graphic() => char::from_u32(u32::from(c) + 0xFEE0).unwrap(),
        c => c,
    };
    text.chars().map(wide).collect()
}

fn found(house: &House, id: CardId) -> store::card::Card {
    house.city.db().read_now(move |reader| store::card::find(reader, id)).unwrap().unwrap()
}

fn scans<'b>(operator: &'b mut Browser, page: &str, code: &str) -> &'b mut Browser {
    if !operator.path().starts_with(page) {
        operator.open(page);
    }
    operator.fill("code", code).press("記録する")
}

/// How many alarms the journal has.
fn alarms(house: &House) -> usize {
    let (now, kind) = (house.app.now(), Some("back_scanned".to_owned()));
    let asked = Question { actor: None, record: None, kind, from: now - 24.hours(), until: now + 1.minute() };
    let told =
        move |reader: &mut store::Reader<'_>| store::question::entries(reader, &asked, &asked.start(), 10);
    house.city.db().read_now(told).unwrap().len()
}

on_both! {
    fn r6_c2_a_scanner_through_an_input_method_is_understood_on_every_screen(home: TestDb) {
        let mut house = House::open(home);
        let cards = house.city.notified(2, 'A');
        let place = house.city.new_box("箱1-2-3");
        let label = house.city.db().read_now(move |reader| store::place::find(reader, place)).unwrap().unwrap();
        let label = label.label.unwrap().digits();
        let controls: Vec<String> = cards.iter().map(|id| found(&house, *id).control_number.digits()).collect();
        let mut operator = house.operator();
        // Into the box: the label of the box, then the cards.
        scans(&mut operator, "/storage/put", &mangled(&label)).reads("箱を選びました");
        for control in &controls {
            scans(&mut operator, "/storage/put", &mangled(control)).reads("入れました");
        }
        house.at(date(2026, 11, 9), "10:00");
        let slot = house.city.slot(DAY, "9:00");
        let booked = house.city.book(cards[0], slot).unwrap();
        // Out of the box for the day.
        house.at(date(2026, 11, 10), "14:00");
        let mut operator = house.operator();
        scans(&mut operator, "/pull/2026-11-11", &mangled(&controls[0])).reads("引き抜きました");
        scans(&mut operator, "/pull/2026-11-11", &mangled(&controls[1])).reads("この日の予約のカードではありません");
        assert_eq!(found(&house, cards[0]).place_kind, PlaceKind::Tray);
        // The address in the QR code of a letter, and the number of the reservation on a phone.
        let key = house.key_of(cards[1]);
        let number = booked.number(&house.city.keys).unwrap().to_string();
        house.at(DAY, "8:55");
        let mut operator = house.operator();
        let address = format!("https://yoyaku.example.jp/k#{}", key.replace('-', ""));
        for typed in [
            address.clone(),
            mangled(&address),
            // Romaji input makes kana of the letters that it can read as syllables.
            mangled(&address).replace("ｙｏｙａｋｕ", "よやく").replace("ｅｘａｍｐｌｅ", "えぁｍｐぇ"),
            format!("{}\r\n", mangled(&key)),
        ] {
            operator.post("/scan", &[("scan", &typed)]);
            assert_eq!(operator.path(), format!("/cards/{}", cards[1]), "{typed}: {}", operator.text());
        }
        operator.post("/scan", &[("scan", &mangled(&number))]).sees("予約 令和8年11月11日(水) 9:00");
        operator.press("受け付ける");
        assert!(operator.path().starts_with("/receptions/"));
        // The back of a card is refused in whatever disguise, on every screen, and each alarm is in the journal.
        let back = "123456789018";
        for page in ["/storage/put", "/pull/2026-11-11"] {
            scans(&mut operator, page, &mangled(back)).reads("個人番号です。カードの裏面は読み取らないでください");
            assert!(!operator.path().contains("9018") && !operator.page().source().contains("9018"));
            assert!(!operator.page().source().contains(&mangled("9018")));
        }
        operator.post("/scan", &[("scan", &mangled(&format!("https://example.jp/?n={back}")))]);
        operator.sees("個人番号の読み取りを止めました");
        assert_eq!(alarms(&house), 3);
        house.run_jobs();
        house.verify();
    }
}
