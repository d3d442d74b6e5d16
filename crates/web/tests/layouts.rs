//! How lists stand: columns and order chosen on screen, kept under a name as the city agreed to it, and the same on the
//! screen, on paper and in every file.
#![expect(clippy::unwrap_used, reason = "a story fails where it stands")]

use std::sync::Arc;

use documents::Document;
use documents::intake::{Intake, Limits};
use domain::permission::Role;
use jiff::civil::{Date, date};
use storykit::{Browser, House};
use testkit::{TestDb, on_both};
use web::{Printer, Printing};

const DAY: Date = date(2026, 11, 11);

/// A printer whose paper is the data that the template gets.
struct Plain;

impl Printer for Plain {
    fn print(&self, document: Document) -> Printing {
        Box::pin(async move { Ok(serde_json::to_vec(&document.data().unwrap()).unwrap()) })
    }
}

/// A house with three reservations of a day, on the morning of the day before.
fn house(home: TestDb) -> House {
    let mut house = House::with_printer(home, Arc::new(Plain));
    let cards = house.city.notified(4, 'A');
    house.at(date(2026, 11, 10), "9:00");
    for (card, start) in cards.iter().zip(["10:00", "9:10", "9:00"]) {
        let slot = house.city.slot(DAY, start);
        house.city.book(*card, slot).unwrap();
    }
    house
}

/// The heads of the columns of the only table that a page has of its list.
fn heads(browser: &Browser) -> Vec<String> {
    let source = browser.page().source();
    let head = source.split("<thead>").nth(1).unwrap().split("</thead>").next().unwrap();
    let one = |cell: &str| cell.split_once('>').unwrap().1.split('<').next().unwrap().to_owned();
    head.split("<th ").skip(1).map(one).collect()
}

/// The first line of a file: the names of its columns.
fn columns(browser: &mut Browser, path: &str) -> Vec<String> {
    browser.open(path);
    assert_eq!(browser.status(), 200, "{path}: {}", browser.text());
    let read = Intake::open(&browser.page().bytes, &Limits::default()).unwrap();
    read.header().to_vec()
}

/// The data of a paper.
fn paper(browser: &mut Browser, path: &str) -> serde_json::Value {
    browser.open(path);
    assert_eq!(browser.status(), 200, "{path}: {}", browser.text());
    serde_json::from_slice(&browser.page().bytes).unwrap()
}

/// Ticks where columns stand, and nothing else.
fn stands(browser: &mut Browser, medium: &str, wanted: &[&str], all: &[&str]) {
    for column in all {
        browser.tick(medium, column, wanted.contains(column));
    }
}

const RESERVATIONS: [&str; 15] = [
    "day",
    "time",
    "control",
    "reference",
    "notice",
    "list_date",
    "line",
    "standing",
    "place",
    "visitor",
    "family",
    "channel",
    "over",
    "language",
    "remark",
];

fn agrees(browser: &mut Browser) {
    browser
        .choose("agreed", "now")
        .fill("person", "市 太郎")
        .fill("agreed_on", "2026-11-10")
        .fill("agreed_at", "8:30");
}

on_both! {
    fn r4_f_a_layout_is_made_on_screen_agreed_with_the_city_and_holds_on_every_medium(home: TestDb) {
        let mut house = house(home);
        let mut charge = house.person(Role::PersonInCharge);
        charge.open("/reservations/2026-11-11").follow("列と並び").sees("予約（カードの交付）：列と並び");
        charge.reads("「標準」です（みんなと同じ）").follow("レイアウトを作る");
        charge.sees("予約（カードの交付）：レイアウトを作る");
        // Buttons alone move a column, and nothing that was typed or ticked is lost.
        charge.fill("name", "市へ渡す様式");
        stands(&mut charge, "screen", &["time", "place", "control"], &RESERVATIONS);
        stands(&mut charge, "paper", &["time", "reference"], &RESERVATIONS);
        stands(&mut charge, "file", &["notice", "time"], &RESERVATIONS);
        charge.press("上へ（保管場所）");
        assert_eq!((charge.status(), charge.page().value("name").as_deref()), (200, Some("市へ渡す様式")));
        for _ in 0..5 {
            charge.press("上へ（保管場所）");
        }
        charge.press("下へ（時刻）").press("上へ（時刻）");
        charge.choose("sort", "place").tick("descending", "yes", true);
        // Without the city's agreement nothing is saved.
        charge.press("保存する").reads("市の同意を選んでください。");
        assert_eq!(charge.status(), 422);
        agrees(&mut charge);
        charge.press_twice("保存する").sees("予約（カードの交付）：列と並び").reads("市 太郎（市、令和8年11月10日(火) 8:30）");
        charge.reads("画面 時刻、保管場所、管理番号").reads("紙（PDF） 時刻、照会番号").reads("ファイル 時刻、交付通知書番号");
        assert_eq!(house.city.home.rows_of("list_arrangement"), 1);
        // Nobody's list stands so before it is chosen.
        let mut operator = house.operator();
        assert_eq!(heads(operator.open("/reservations/2026-11-11"))[..2], ["時刻", "管理番号"]);
        operator.follow("列と並び").press("自分の一覧に使う（市へ渡す様式）").reads("「市へ渡す様式」です");
        assert_eq!(heads(operator.open("/reservations/2026-11-11")), ["時刻", "保管場所", "管理番号"]);
        // The same on paper and in every file, for whoever chose it and for nobody else.
        for encoding in ["utf8", "cp932"] {
            let path = format!("/reservations/2026-11-11.csv?encoding={encoding}");
            assert_eq!(columns(&mut operator, &path), ["時刻", "交付通知書番号"]);
        }
        assert_eq!(columns(&mut operator, "/reservations/2026-11-11.xlsx"), ["時刻", "交付通知書番号"]);
        assert_eq!(paper(&mut operator, "/reservations/2026-11-11.pdf")["columns"], serde_json::json!(["時刻", "照会番号"]));
        assert_eq!(columns(&mut charge, "/reservations/2026-11-11.csv").len(), 11);
        // The person in charge sets it for everybody; who chose for themselves may go back to that.
        charge.open("/layouts/reservations").press("みんなの標準にする（市へ渡す様式）").reads("みんなの標準");
        assert_eq!(heads(charge.open("/reservations/2026-11-11")), ["時刻", "保管場所", "管理番号"]);
        operator.open("/layouts/reservations").press("みんなと同じに戻す").reads("（みんなと同じ）");
        assert_eq!(heads(operator.open("/reservations/2026-11-11")), ["時刻", "保管場所", "管理番号"]);
        // What it was is in the journal, and what left the program says how it stood.
        let mut auditor = house.person(Role::Auditor);
        auditor.open("/journal").reads("「予約（カードの交付）」のレイアウトを保存しました（第1版）（市の担当者の氏名と日時により記録）");
        auditor.reads("みんなの標準を決めました").reads("自分のレイアウトを選びました");
        house.run_jobs();
        house.verify();
    }

    fn r4_f_of_two_who_change_a_layout_the_second_sees_the_firsts_change(home: TestDb) {
        let mut house = house(home);
        let mut first = house.person(Role::PersonInCharge);
        let mut city = house.person(Role::CityAdministrator);
        city.open("/layouts/cards/new").fill("name", "棚卸用").press("保存する").reads("市のアカウント");
        city.open("/layouts/cards/new").fill("name", "棚卸用").press("保存する").reads("同じ名前のレイアウトがあります。");
        first.open("/layouts/cards").follow("変える（棚卸用）").sees("カード一覧：レイアウトを変える");
        city.open("/layouts/cards").follow("変える（棚卸用）").tick("screen", "box", true).press("保存する").reads("第2版");
        agrees(first.fill("name", "棚卸用（箱なし）"));
        first.press("保存する").reads("ほかの人がこのレイアウトを変えました。保存していません。").reads("一覧、箱");
        assert_eq!((first.status(), first.page().value("name").as_deref()), (409, Some("棚卸用（箱なし）")));
        // Seen as it is now, it is saved.
        first.press("保存する").reads("棚卸用（箱なし）").reads("第3版");
        // A medium without a column is refused.
        first.follow("変える（棚卸用（箱なし））");
        for column in ["control", "list_date", "line", "method", "progress", "place", "posted", "booked_day", "booked_time"] {
            first.tick("paper", column, false);
        }
        agrees(&mut first);
        first.press("保存する").reads("「紙（PDF）」に出す列を1つ以上選んでください。");
        // It is ended, and whoever used it has the list as it stood before.
        let mut operator = house.operator();
        operator.open("/layouts/cards").press("自分の一覧に使う");
        city.open("/layouts/cards").press("終える（棚卸用（箱なし））");
        assert!(!city.text().contains("棚卸用"));
        operator.open("/layouts/cards").reads("「標準」です");
        first.open("/layouts/cards").reads("「標準」です");
        house.run_jobs();
        house.verify();
    }

    fn r4_f_only_who_may_arrange_lists_does_and_only_lists_that_they_see(home: TestDb) {
        let mut house = house(home);
        let mut operator = house.operator();
        operator.open("/layouts/reservations");
        assert!(!operator.text().contains("レイアウトを作る"));
        for path in ["/layouts/reservations/new", "/layouts/nothing/new"] {
            assert_eq!(operator.open(path).status(), 403, "{path}");
        }
        let operation = house.app.operation().to_string();
        operator.post("/layouts/reservations/everybody", &[("operation", &operation), ("arrangement", "")]);
        assert_eq!(operator.status(), 403);
        assert_eq!(operator.open("/layouts/people").status(), 403);
        let mut charge = house.person(Role::PersonInCharge);
        assert_eq!(charge.open("/layouts/people/new").status(), 403, "accounts are no list of theirs");
        assert_eq!(charge.open("/layouts/nothing/new").status(), 404);
        // A form of another program's columns is asked again, and one that names a column twice is no form.
        let pairs = [("operation", operation.as_str()), ("name", "x"), ("column", "shelf"), ("agreed", "now")];
        assert_eq!(charge.post("/layouts/cards/edit", &pairs).status(), 409);
        let pairs = [("operation", operation.as_str()), ("column", "control"), ("column", "control")];
        assert_eq!(charge.post("/layouts/cards/edit", &pairs).status(), 400);
        house.verify();
    }

    fn r4_f_a_layout_that_has_grown_old_leaves_out_what_is_gone_and_says_so(home: TestDb) {
        use domain::arrangement::StaffList;
        use store::arrangement::{OfList, Saving};
        let mut house = house(home);
        // What a former version of the program could have saved.
        let (act, of) = (house.city.act(), OfList { site: house.city.site.clone(), list: StaffList::Cards });
        let saving = Saving {
            follows: None,
            name: "前の様式".to_owned(),
            arrangement: "shelf:spf progress:spf control:spf order=shelf".parse().unwrap(),
            agreement: ("市 太郎（市、令和6年4月1日(月) 9:00）".to_owned(), domain::rules::Agreed::Told),
        };
        let save = move |tx: &mut store::Tx<'_>| store::arrangement::save(tx, &act, &of, &saving);
        house.city.db().write_now(store::Lane::Staff, save).unwrap();
        let mut charge = house.person(Role::PersonInCharge);
        charge.open("/layouts/cards").reads("今はない列（shelf、shelf）が含まれています");
        charge.press("みんなの標準にする（前の様式）");
        let mut operator = house.operator();
        assert_eq!(heads(operator.open("/cards")), ["進み具合", "管理番号"]);
        operator.reads("今はない列を含むレイアウトです。");
        // The rows lead to their cards all the same.
        operator.follow("交付通知書発送");
        charge.follow("変える（前の様式）").reads("保存すると外れます。");
        agrees(&mut charge);
        charge.press("保存する").reads("第2版");
        assert!(!charge.text().contains("今はない列"));
        house.verify();
    }

    fn r4_i_rows_stand_in_the_order_that_was_chosen_on_screen_on_paper_and_in_files(home: TestDb) {
        let mut house = house(home);
        let mut city = house.person(Role::CityAdministrator);
        city.open("/layouts/reservations/new").fill("name", "遅い順").choose("sort", "time");
        city.tick("descending", "yes", true).press("保存する").press("自分の一覧に使う（遅い順）");
        city.open("/reservations/2026-11-11");
        let at = |text: &str, time: &str| text.find(&format!("{time} ")).unwrap();
        let text = city.text();
        assert!(at(&text, "10:00") < at(&text, "9:10") && at(&text, "9:10") < at(&text, "9:00"), "{text}");
        // In another order than that of time the paper is not torn apart by hours.
        let data = paper(&mut city, "/reservations/2026-11-11.pdf");
        assert_eq!((data["groups"].as_array().unwrap().len(), data["groups"][0]["hour"].as_str()), (1, Some("")));
        assert_eq!(data["groups"][0]["rows"][0]["texts"][0], "10:00");
        city.open("/reservations/2026-11-11.csv");
        let source = city.page().source();
        assert!(source.find("10:00").unwrap() < source.find("9:10").unwrap());
        // In the order of time it stands under its hours, and without the column of the time as well.
        let data = paper(&mut house.operator(), "/reservations/2026-11-11.pdf");
        assert_eq!(data["groups"][0]["hour"], "9時台");
        assert_eq!(data["counts"].as_array().unwrap().len(), 2);
        house.verify();
    }

    fn r7_i_the_lists_of_renewals_are_arranged_each_for_itself(home: TestDb) {
        let mut house = house(home);
        let mut desk = house.operator();
        desk.open("/renewals/book?people=1&day=2026-11-11").choose("pins", "forgotten").press("9:00").reads("来庁前");
        let mut charge = house.person(Role::PersonInCharge);
        charge.open("/renewals/days/2026-11-11").press("リストを確定する（1件）").follow_beside("確定リスト（CSV CP932）", "列と並び");
        charge.sees("更新の予約リスト（確定）：列と並び").follow("レイアウトを作る").fill("name", "市の控え");
        assert!(!charge.text().contains("画面に出す"), "the frozen list has no table on a screen");
        for column in ["day", "reservation", "visitor", "family", "channel", "remark"] {
            charge.tick("file", column, false).tick("paper", column, false);
        }
        agrees(&mut charge);
        charge.press("保存する").press("みんなの標準にする（市の控え）");
        for path in ["/renewals/lists/2026-11-11.csv", "/renewals/lists/2026-11-11.csv?encoding=cp932", "/renewals/lists/2026-11-11.xlsx"] {
            assert_eq!(columns(&mut desk, path), ["時刻", "暗証番号"], "{path}");
        }
        let data = paper(&mut desk, "/renewals/lists/2026-11-11.pdf");
        assert_eq!(data["groups"][0]["rows"][0]["texts"], serde_json::json!(["9:00", "暗証番号の再設定"]));
        // The list of the day as it stands is another list.
        assert!(columns(&mut desk, "/renewals/days/2026-11-11.csv").len() > 4);
        house.verify();
    }
}
