//! Lists: filtered by whatever is asked, saved under a name, and taken away as files.
#![expect(clippy::unwrap_used, reason = "a story fails where it stands")]

use std::collections::BTreeSet;

use documents::intake::{Intake, Limits};
use domain::id::CardId;
use domain::permission::Role;
use jiff::ToSpan;
use jiff::civil::{Date, date};
use store::Lane;
use store::question::Question;
use store::saved::Owner;
use storykit::{Browser, House};
use testkit::{TestDb, on_both};

const DAY: Date = date(2026, 11, 11);

fn control(house: &House, card: CardId) -> String {
    let found = house.city.db().read_now(move |reader| store::card::find(reader, card)).unwrap();
    found.unwrap().control_number.digits()
}

fn books(house: &mut House, cards: &[CardId], starts: &[&str]) {
    for (card, start) in cards.iter().zip(starts) {
        let slot = house.city.slot(DAY, start);
        house.city.book(*card, slot).unwrap();
    }
}

#[track_caller]
fn counts(browser: &Browser, total: &str) {
    assert_eq!(browser.page().texts_of_class("total"), [format!("該当 {total}")], "{}", browser.text());
}

/// The first column of a file, without its name.
fn first_column(bytes: &[u8]) -> Vec<String> {
    let read = Intake::open(bytes, &Limits::default()).unwrap();
    read.rows().map(|row| row.unwrap().fields.remove(0)).collect()
}

/// What stands in the register of views of a screen, newest last.
fn views(house: &House, screen: &str) -> Vec<store::journal::Viewed> {
    let now = house.app.now();
    let asked =
        Question { actor: None, record: None, kind: None, from: now - 24.hours(), until: now + 1.minute() };
    let views =
        move |reader: &mut store::Reader<'_>| store::question::views(reader, &asked, &asked.start(), 500);
    house.city.db().read_now(views).unwrap().into_iter().filter(|view| view.screen == screen).collect()
}

on_both! {
    fn r4_f_cards_are_listed_by_whatever_is_asked_and_each_condition_can_be_taken_away(home: TestDb) {
        let mut house = House::open(home);
        house.city.listed(3, 'A');
        let cards = house.city.notified(6, 'C');
        house.city.prepared(2, 'B');
        house.at(date(2026, 11, 9), "10:00");
        books(&mut house, &cards, &["9:00", "9:20", "10:10"]);
        let mut operator = house.operator();
        operator.open("/").follow("準備").follow("カード一覧").sees("カード一覧");
        operator.reads("一覧表取込済 3").reads("交付前設定済 2").reads("予約完了 3");
        operator.choose("progress", "booked").fill("day", "2026-11-11").fill("from", "9:00").fill("until", "９:30");
        operator.press("絞り込む").reads("時刻を「9:00」のように入力してください。");
        assert_eq!(operator.status(), 422);
        assert_eq!(operator.page().value("from").as_deref(), Some("9:00"));
        operator.fill("until", "09:30").press("絞り込む");
        counts(&operator, "2枚");
        operator.reads("進み具合：予約完了").reads("予約：11月11日(水) 9:00から9:30まで").reads("R8.11.11 9:20");
        operator.follow("予約：11月11日");
        counts(&operator, "3枚");
        operator.follow("条件をすべて外す");
        assert_eq!(operator.path(), "/cards");
        for (query, total) in [
            ("kind=desk", "11枚"),
            ("kind=box", "0枚"),
            ("kind=desk&progress=listed", "3枚"),
            ("method=at_issue", "11枚"),
            ("method=at_issue&progress=prepared", "2枚"),
            ("method=express", "0枚"),
            ("posted_from=2026-11-02", "6枚"),
            ("posted_until=2026-11-01", "0枚"),
            ("posted_from=2026-11-02&posted_until=2026-11-02&progress=notified", "3枚"),
            ("day=2026-11-11", "3枚"),
            ("day=2026-11-11&from=10:00", "1枚"),
            ("day=2026-11-12", "0枚"),
        ] {
            operator.open(&format!("/cards?{query}"));
            counts(&operator, total);
        }
        // From a consignment and from a place straight to their cards.
        operator.open("/preparation").follow("R8.10.30 箱箱A").follow("カード一覧で絞り込む");
        counts(&operator, "3枚");
        operator.reads("一覧表：R8.10.30 箱箱A");
        let view = views(&house, "cards").pop().unwrap();
        assert!(view.asked.starts_with("filter consignment="), "{}", view.asked);
        assert_eq!((view.found, view.subjects.split_whitespace().count()), (3, 3));
    }

    fn r4_f_nonsense_in_an_address_is_a_sentence_and_no_list(home: TestDb) {
        let mut house = House::open(home);
        house.city.listed(2, 'A');
        let mut operator = house.operator();
        for (query, sentence) in [
            ("progress=gone", "進み具合の指定が読み取れません。"),
            ("kind=%3Cb%3E", "場所の指定が読み取れません。"),
            ("consignment=01JCZ000000000000000000000", "指定の一覧表が見つかりません。"),
            ("place=01JCZ000000000000000000000", "指定の場所が見つかりません。"),
            ("day=2026-11-31", "予約日の指定が読み取れません。"),
            ("from=9:00", "予約日も選んでください。"),
            ("progress=listed&after=line.3", "一覧の続きの位置が読み取れません。"),
            ("posted_from=2026-11-03&posted_until=2026-11-02", "「から」以後の日にしてください。"),
        ] {
            for path in [format!("/cards?{query}"), format!("/lists/cards/cards.csv?{query}")] {
                operator.open(&path).reads(sentence);
                assert_eq!(operator.status(), 422, "{path}");
                assert!(!operator.text().contains("R8.10.30-1"), "{path}");
            }
        }
        operator.open("/lists/cards/cards.exe");
        assert_eq!(operator.status(), 404);
    }

    fn r4_f_a_filter_is_saved_shared_and_removed(home: TestDb) {
        let mut house = House::open(home);
        house.city.listed(2, 'A');
        let (mut charge, mut operator) = (house.person(Role::PersonInCharge), house.operator());
        let mut auditor = house.person(Role::Auditor);
        charge.open("/cards?progress=listed&method=at_issue").fill("name", "届いたばかり").press_twice("保存する");
        charge.reads("届いたばかり");
        counts(&charge, "2枚");
        assert_eq!(house.city.home.rows_of("saved_filter"), 1);
        // A name is taken once, and a filter without a condition is none.
        charge.open("/cards?progress=booked").fill("name", "届いたばかり").press("保存する");
        charge.reads("同じ名前の絞り込みがあります。");
        assert_eq!((charge.status(), charge.page().value("name").as_deref()), (422, Some("届いたばかり")));
        charge.fill("name", "").press("保存する").reads("名前を入力してください。");
        // Others see it once it is shared, and only who may share removes it.
        operator.open("/cards");
        assert!(!operator.text().contains("届いたばかり"));
        charge.open("/cards");
        let mut removal = charge.form_of("外す");
        removal.set("operation", "01JCZ000000000000000000000");
        charge.press("みんなで使う").reads("届いたばかり（共有）");
        operator.open("/cards").follow("届いたばかり");
        counts(&operator, "2枚");
        assert!(operator.page().buttons().iter().all(|button| !button.starts_with("外す")));
        operator.submit(&removal).reads("ほかの人のものです");
        assert_eq!(operator.status(), 409);
        operator.post(&removal.action.replace("remove", "share"), &[("operation", "x")]);
        assert_eq!(operator.status(), 403);
        auditor.open("/cards").reads("届いたばかり");
        charge.press("外す");
        assert!(!charge.text().contains("届いたばかり"));
        charge.submit(&removal).reads("すでに外されたか");
        house.city.seal();
        house.verify();
    }

    fn r4_f_a_saved_filter_that_has_grown_old_says_so_and_can_be_removed(home: TestDb) {
        let mut house = House::open(home);
        let mut operator = house.operator();
        operator.open("/cards?progress=listed").fill("name", "前の条件").press("保存する");
        let saved = house.city.home.rows_of("saved_filter");
        assert_eq!(saved, 1);
        // What a former version of the program could have written.
        let person = house.city.db().read_now(|reader| {
            let names = store::person::names(reader)?;
            Ok::<_, store::Error>(names.last().unwrap().0)
        });
        let owner = Owner { person: person.unwrap(), site: house.city.site.clone(), screen: "cards" };
        let act = house.city.act();
        let old = house.city.db().write_now(Lane::Staff, move |tx| {
            store::saved::save(tx, &act, &owner, "古い条件", "progress=lost&")
        });
        old.unwrap();
        operator.open("/cards").follow("古い条件").reads("進み具合の指定が読み取れません。選び直してください。");
        assert_eq!(operator.status(), 422);
        operator.press_beside("古い条件", "外す");
        assert!(!operator.text().contains("古い条件"));
    }

    fn r4_i_a_list_is_taken_away_in_every_form_and_noted_before(home: TestDb) {
        let mut house = House::open(home);
        let cards = house.city.notified(120, 'A');
        house.city.listed(1, 'B');
        house.at(date(2026, 11, 9), "10:00");
        let mut operator = house.operator();
        let wanted: BTreeSet<String> = cards.iter().map(|card| control(&house, *card)).collect();
        for (path, kind) in [
            ("/lists/cards/cards.csv?progress=notified&encoding=utf8", "text/csv; charset=utf-8"),
            ("/lists/cards/cards.csv?progress=notified&encoding=cp932", "text/csv; charset=Shift_JIS"),
            ("/lists/cards/cards.xlsx?progress=notified", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ] {
            operator.open(path);
            let page = operator.page();
            assert_eq!((page.status.as_u16(), page.headers["content-type"].to_str().unwrap()), (200, kind));
            let length: usize = page.headers.get("content-length").map_or(page.bytes.len(), |l| l.to_str().unwrap().parse().unwrap());
            assert_eq!(length, page.bytes.len());
            // CSV protects the nine digits where they begin with zeros.
            let found: BTreeSet<String> = first_column(&page.bytes)
                .into_iter()
                .map(|cell| cell.trim_start_matches("=\"").trim_end_matches('"').to_owned())
                .collect();
            assert_eq!(found, wanted, "{path}");
            let view = views(&house, "cards_file").pop().unwrap();
            assert!(view.asked.contains("filter progress=notified"), "{}", view.asked);
            assert_eq!((view.found, view.subjects.split_whitespace().count()), (120, 120));
        }
        // There is no printer in this story; that it was asked for is noted all the same.
        operator.open("/lists/cards/cards.pdf?progress=listed");
        assert_eq!(views(&house, "cards_file").pop().unwrap().found, 1);
        for path in [
            "/lists/consignments/consignments.xlsx",
            "/lists/batches/batches.csv",
            "/lists/letters/letters.xlsx",
            "/lists/places/places.csv?encoding=cp932",
            "/lists/reservations/days.xlsx?from=2026-11-09&until=2026-11-13",
        ] {
            operator.open(path);
            assert_eq!(operator.status(), 200, "{path}: {}", operator.text());
            assert!(!first_column(&operator.page().bytes).is_empty(), "{path}");
        }
        for (list, link) in [("/batches", "引継ぎ"), ("/letters", "束")] {
            operator.open(list);
            let first = operator.page().links().into_iter().find(|text| text.len() == 6 && text.is_ascii());
            operator.follow(&first.unwrap_or_else(|| panic!("no {link}"))).follow("Excel");
            assert_eq!(operator.status(), 200, "{list}");
            assert!(first_column(&operator.page().bytes).len() >= 20, "{list}");
        }
    }

    fn r4_i_what_a_spreadsheet_would_run_or_cp932_lacks_is_guarded_and_told(home: TestDb) {
        let mut house = House::open(home);
        house.city.listed(1, 'A');
        let mut operator = house.operator();
        for (box_name, method) in [("=1+1", "at_issue"), ("𠮷7", "at_application")] {
            operator.open("/consignments/new/without-file").fill("received_on", "2026-11-02");
            operator.fill("list_date", "2026-10-29").fill("box", box_name).fill("count", "2");
            operator.fill("first_line", "1").fill("last_line", "2").choose("method", method);
            operator.press("内容を確認する").press("取り込む");
        }
        operator.open("/lists/cards/cards.csv?method=at_issue");
        assert!(operator.page().source().contains("\"'=1+1\""), "{}", operator.page().source());
        operator.open("/lists/cards/cards.csv?method=at_application&encoding=cp932");
        operator.sees("CP932では書けない文字があります").reads("箱").reads("𠮷");
        assert_eq!(operator.status(), 422);
        assert!(views(&house, "cards_file").iter().all(|view| !view.asked.contains("at_application")));
        operator.open("/lists/cards/cards.xlsx?method=at_application");
        assert_eq!(first_column(&operator.page().bytes).len(), 2);
    }

    fn r4_i_a_list_too_long_for_paper_says_what_to_do(home: TestDb) {
        let mut house = House::open(home);
        house.city.listed(1_001, 'A');
        let mut operator = house.operator();
        operator.open("/lists/cards/cards.pdf").sees("PDFにできる件数を超えています").reads("1000件まで");
        assert_eq!(operator.status(), 422);
        operator.open("/lists/cards/cards.xlsx");
        assert_eq!(first_column(&operator.page().bytes).len(), 1_001);
        let view = views(&house, "cards_file").pop().unwrap();
        assert_eq!((view.found, view.subjects.as_str()), (1_001, ""));
        operator.open("/cards?kind=desk");
        counts(&operator, "500枚以上");
    }

    fn r4_f_the_days_of_a_range_are_counted_with_their_total(home: TestDb) {
        let mut house = House::open(home);
        let cards = house.city.notified(3, 'A');
        house.at(date(2026, 11, 9), "10:00");
        books(&mut house, &cards, &["9:00", "9:20", "10:10"]);
        let mut operator = house.operator();
        operator.open("/").follow("予約").follow("日ごとの予約数").sees("日ごとの予約数");
        operator.fill("from", "2026-11-09").fill("until", "2026-11-15").press("表示する");
        operator.reads("11月11日(水) 3 3 0 0 0").reads("計 予約3、来庁前3、交付済0、持ち帰り・途中退出0、不来庁0");
        assert!(!operator.text().contains("11月15日(日)"), "closed days without reservations are left out");
        operator.follow("11月11日").sees("予約 令和8年11月11日(水)");
        operator.open("/reservations/days?from=2026-01-01&until=2026-12-31").reads("一度に見られるのは93日までです。");
        assert_eq!(operator.status(), 422);
    }

    fn r4_f_who_may_see_cards_reaches_their_lists_in_two_acts(home: TestDb) {
        let mut house = House::open(home);
        house.city.listed(1, 'A');
        for role in [Role::Operator, Role::PersonInCharge, Role::CityStaff, Role::CityAdministrator, Role::Auditor] {
            let mut person = house.person(role);
            person.open(if role == Role::Auditor { "/reservations" } else { "/" });
            person.follow("準備").sees("準備").follow("カード一覧").sees("カード一覧");
            assert_eq!(person.status(), 200, "{role}");
        }
    }
}

#[test]
fn r4_f_every_way_through_a_list_gives_each_card_once() {
    let mut house = House::open(TestDb::sqlite());
    house.city.listed(7, 'A');
    let cards = house.city.notified(9, 'B');
    house.at(date(2026, 11, 9), "10:00");
    books(&mut house, &cards, &["9:00", "9:20", "9:20", "9:20", "10:10"]);
    let header: Vec<store::consignment::Consignment> =
        house.city.db().read_now(|reader| store::consignment::list(reader, None, 10)).unwrap();
    let mut operator = house.operator();
    for (query, count) in [
        (String::new(), 16),
        ("progress=notified".to_owned(), 4),
        (format!("consignment={}", header[0].id), 9),
        ("day=2026-11-11".to_owned(), 5),
        ("posted_from=2026-11-01&progress=booked".to_owned(), 5),
    ] {
        operator.open(&format!("/lists/cards/cards.csv?{query}"));
        let found = first_column(&operator.page().bytes);
        let each: BTreeSet<&String> = found.iter().collect();
        assert_eq!((found.len(), each.len()), (count, count), "{query}");
    }
}
