//! Every list of the staff's pages leaves the program as paper and as tables: found in two acts, whole, and noted in
//! the register of views before it leaves.
#![expect(clippy::unwrap_used, reason = "a story fails where it stands")]

use std::sync::Arc;

use documents::Document;
use documents::intake::{Intake, Limits};
use domain::id::ReservationId;
use domain::ledger::Field;
use domain::mail::Address;
use domain::permission::Role;
use jiff::ToSpan;
use jiff::civil::{Date, date};
use store::Lane;
use store::contact::Giving;
use store::question::Question;
use storykit::{Browser, House};
use testkit::{TestDb, on_both};
use web::{Printer, Printing};

const EVE: Date = date(2026, 11, 10);
const DAY: Date = date(2026, 11, 11);

/// A printer whose paper is the data that the template gets.
struct Plain;

impl Printer for Plain {
    fn print(&self, document: Document) -> Printing {
        Box::pin(async move { Ok(serde_json::to_vec(&document.data().unwrap()).unwrap()) })
    }
}

/// A city in which every list has something to show: cards of every stage, a batch, letters, a frozen list, pulled
/// cards, an incident, a closed day.
fn house(home: TestDb) -> House {
    let mut house = House::with_printer(home, Arc::new(Plain));
    house.city.listed(2, 'B');
    let cards = house.city.notified(6, 'A');
    let place = house.city.new_box("箱1-2-3");
    for card in &cards {
        let (act, card) = (house.city.act(), *card);
        let put = move |tx: &mut store::Tx<'_>| store::card::put_away(tx, &act, card, place);
        house.city.db().write_now(Lane::Staff, put).unwrap();
    }
    house.at(date(2026, 11, 6), "18:00");
    let (act, day) = (house.city.act(), house.city.day(date(2026, 11, 6)));
    let close = move |tx: &mut store::Tx<'_>| store::report::close(tx, &act, &day, None, 0, "");
    house.city.db().write_now(Lane::Staff, close).unwrap();
    house.at(date(2026, 11, 9), "10:00");
    let mut booked = Vec::new();
    for (card, start) in cards.iter().zip(["9:00", "9:10", "9:20"]) {
        let slot = house.city.slot(DAY, start);
        booked.push(house.city.book(*card, slot).unwrap().id);
    }
    refused_mail(&mut house, booked[0]);
    house.at(EVE, "10:00");
    let (act, day) = (house.city.act(), house.city.day(DAY));
    house.city.db().write_now(Lane::Staff, move |tx| store::day_list::freeze(tx, &act, &day)).unwrap();
    let mut operator = house.operator();
    operator
        .open(&format!("/cards/{}/incident", cards[5]))
        .choose("what", "missing")
        .fill("remark", "棚にない");
    operator
        .fill("person", "市民課 一郎")
        .fill("told", "9:50")
        .press("事故として記録する")
        .sees("事故の記録");
    house
}

/// The links of a list's own files, found on the page that is shown.
fn files(browser: &Browser) -> Vec<String> {
    let links = browser.page().tree.named(&["a"]);
    let hrefs = links.iter().filter_map(|link| link.attribute("href").map(|href| href.replace("&amp;", "&")));
    hrefs
        .filter(|href| [".pdf", ".csv", ".xlsx", "/csv?", "/xlsx?"].iter().any(|form| href.contains(form)))
        .collect()
}

/// A mail of a booking that its server refused.
fn refused_mail(house: &mut House, reservation: ReservationId) {
    house.city.agree(Field::MailAddress, 7);
    let address = Address::read("hanako@example.jp").unwrap();
    let giving = Giving { reservation, address, language: "ja".to_owned(), nonce: [7; 24], ask: true };
    let (given, refused, keys) = (house.city.citizen(), house.city.act(), house.city.keys.clone());
    let give = move |tx: &mut store::Tx<'_>| store::contact::give(tx, &given, &keys, &giving);
    house.city.db().write_now(Lane::Public, give).unwrap();
    let bounce = move |tx: &mut store::Tx<'_>| {
        let claimed = store::outbox::claim(tx, "node", refused.at)?.unwrap();
        store::outbox::bounce(tx, &refused, &claimed, Some(550.into()))
    };
    assert!(house.city.db().write_now(Lane::Background, bounce).unwrap());
}

/// How many entries the register of views has of files and papers.
fn outputs(house: &House) -> usize {
    let now = house.app.now();
    let asked =
        Question { actor: None, record: None, kind: None, from: now - 24.hours(), until: now + 1.minute() };
    let views =
        move |reader: &mut store::Reader<'_>| store::question::views(reader, &asked, &asked.start(), 500);
    let ends = ["_pdf", "_csv", "_xlsx", "_file"];
    let found = house.city.db().read_now(views).unwrap();
    found.iter().filter(|view| ends.iter().any(|end| view.screen.ends_with(end))).count()
}

/// Takes every file that a page offers, in each of its forms, and answers how many lines each table has.
fn takes(house: &House, browser: &mut Browser, list: &str) -> Vec<usize> {
    let page = browser.path().to_owned();
    let offered = files(browser);
    let offered: Vec<&String> = offered.iter().filter(|href| !href.contains("label")).collect();
    let mut lines = Vec::new();
    for (what, form) in [
        ("CSV in UTF-8", "encoding=utf8"),
        ("CSV in CP932", "encoding=cp932"),
        ("a workbook", "xlsx"),
        ("PDF", ".pdf"),
    ] {
        let href = offered.iter().find(|href| href.contains(form));
        // The registers of the journal are too long for paper by their nature.
        if what == "PDF" && (list == "記録簿" || list == "閲覧記録") {
            continue;
        }
        let href = href.unwrap_or_else(|| panic!("{list} at {page} is not offered as {what}: {offered:?}"));
        let before = outputs(house);
        browser.open(href);
        assert_eq!(browser.status(), 200, "{list} as {what}: {}", browser.text());
        // A report has counts alone, and is no view of anybody's records.
        let noted = usize::from(list != "報告");
        assert_eq!(outputs(house), before + noted, "{list} as {what} is noted");
        let bytes = &browser.page().bytes;
        assert!(!bytes.is_empty(), "{list} as {what}");
        if form == "encoding=utf8" {
            assert!(bytes.starts_with("\u{feff}".as_bytes()), "{list} begins with a byte order mark");
        }
        if what != "PDF" {
            let read =
                Intake::open(bytes, &Limits::default()).unwrap_or_else(|e| panic!("{list} as {what}: {e}"));
            lines.push(read.rows().count());
        }
    }
    lines
}

on_both! {
    fn r4_i_every_list_is_two_acts_away_and_leaves_in_every_form(home: TestDb) {
        let mut house = house(home);
        // Where each list is found: by whom, over which links of the first page, and what its first heading says.
        let lists: [(&str, Role, &[&str]); 16] = [
            ("一覧表", Role::Operator, &["準備"]),
            ("カード一覧", Role::Operator, &["準備", "カード一覧"]),
            ("納品", Role::Operator, &["準備", "R8.10.30 箱箱A"]),
            ("引継ぎ", Role::Operator, &["準備", "市への引継ぎの一覧"]),
            ("案内", Role::Operator, &["準備", "交付のご案内"]),
            ("保管場所", Role::Operator, &["保管"]),
            ("箱", Role::Operator, &["保管", "箱1-2-3"]),
            ("引き抜き", Role::Operator, &["保管", "予約のカードを引き抜く"]),
            ("予約", Role::Operator, &["予約"]),
            ("日ごと", Role::Operator, &["予約", "日ごとの予約数"]),
            ("届かなかったメール", Role::Operator, &["メールを確かめる"]),
            ("予約リスト", Role::Operator, &["市へ引き継ぐ"]),
            ("事故", Role::Operator, &["事故の記録を開く"]),
            ("記録簿", Role::Auditor, &["設定", "記録簿"]),
            ("閲覧記録", Role::Auditor, &["設定", "閲覧記録"]),
            ("アカウント", Role::CityAdministrator, &["設定", "アカウント"]),
        ];
        for (list, role, way) in lists {
            let mut person = house.person(role);
            assert!(way.len() <= 2, "{list}");
            person.open(if role == Role::Auditor { "/reservations" } else { "/" });
            for link in way {
                person.follow(link);
                assert_eq!(person.status(), 200, "{list}: {link}: {}", person.text());
            }
            let lines = takes(&house, &mut person, list);
            // The registers grow with each file that is taken out of them.
            if role != Role::Auditor {
                assert!(lines.iter().all(|count| *count == lines[0]), "{list}: {lines:?}");
            }
            assert!(lines[0] > 0 || list == "予約", "{list} is empty");
        }
        // The reports, for whoever may see them.
        let mut charge = house.person(Role::PersonInCharge);
        charge.open("/").follow("報告").follow("11月6日");
        takes(&house, &mut charge, "報告");
        house.run_jobs();
        house.verify();
    }
}
