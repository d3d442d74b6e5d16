//! The close of a day with what goes wrong: a card that nobody finds, ends that were recorded wrongly, two at once.
#![expect(clippy::unwrap_used, reason = "a story fails where it stands")]

use std::sync::Arc;

use documents::Document;
use domain::id::CardId;
use domain::permission::Role;
use domain::place::PlaceKind;
use jiff::civil::{Date, date};
use store::Lane;
use storykit::{Browser, House};
use testkit::{TestDb, on_both};
use web::{Printer, Printing};

const DAY: Date = date(2026, 11, 11);
const NEXT: Date = date(2026, 11, 12);

/// A printer whose paper is the data that the template gets.
struct Plain;

impl Printer for Plain {
    fn print(&self, document: Document) -> Printing {
        Box::pin(async move { Ok(serde_json::to_vec(&document.data().unwrap()).unwrap()) })
    }
}

fn card(house: &House, id: CardId) -> store::card::Card {
    house.city.db().read_now(move |reader| store::card::find(reader, id)).unwrap().unwrap()
}

fn control(house: &House, id: CardId) -> String {
    card(house, id).control_number.digits()
}

/// The number as the screens show it.
fn shown(digits: &str) -> String {
    format!("{} {} {}", &digits[..3], &digits[3..6], &digits[6..])
}

/// Four cards in a box, all booked for the day and pulled.
fn house(home: TestDb) -> (House, Vec<CardId>, String) {
    let mut house = House::with_printer(home, Arc::new(Plain));
    let cards = house.city.notified(6, 'A');
    let place = house.city.new_box("箱A-1");
    for card in &cards {
        let (act, card) = (house.city.act(), *card);
        house
            .city
            .db()
            .write_now(Lane::Staff, move |tx| store::card::put_away(tx, &act, card, place))
            .unwrap();
    }
    let found = house.city.db().read_now(move |reader| store::place::find(reader, place)).unwrap().unwrap();
    house.at(date(2026, 11, 9), "10:00");
    for (card, start) in cards[..4].iter().zip(["9:00", "9:10", "9:20", "9:30"]) {
        let slot = house.city.slot(DAY, start);
        house.city.book(*card, slot).unwrap();
    }
    house.at(date(2026, 11, 10), "14:00");
    for card in &cards[..4] {
        let (act, card, day) = (house.city.act(), *card, house.city.day(DAY));
        house.city.db().write_now(Lane::Staff, move |tx| store::pull::pull(tx, &act, card, &day)).unwrap();
    }
    house.at(DAY, "9:05");
    (house, cards, found.label.unwrap().digits())
}

/// A visitor comes and gets the card.
fn issues(operator: &mut Browser, control: &str) {
    operator.post("/scan", &[("scan", control)]).press("受け付ける").checks_papers();
    operator.fill("person", "市民課 一郎").press("書類とカードを市へ引き継いだ");
    operator
        .fill("person", "市民課 一郎")
        .tick("paper", "1", true)
        .press("交付済にする")
        .reads("カード交付完了です。");
}

/// A visitor comes and is sent away; the card stays on the tray.
fn sends_away(operator: &mut Browser, control: &str) {
    operator.post("/scan", &[("scan", control)]).press("受け付ける");
    operator.choose("reason", "notice").press("持ち帰りにする").reads("カードを元の箱へ戻してください。");
}

/// Scans cards into the box.
fn puts_away(operator: &mut Browser, label: &str, controls: &[&str]) {
    operator.open("/storage/put").fill("code", label).press("記録する");
    for control in controls {
        operator.fill("code", control).press("記録する").reads("入れました");
    }
}

/// The report of a day as paper and tables.
fn files(browser: &mut Browser, day: Date) -> Vec<Vec<u8>> {
    [".pdf", ".xlsx", ".csv?encoding=utf8", ".csv?encoding=cp932"]
        .map(|form| {
            browser.open(&format!("/reports/{day}{form}"));
            assert_eq!(browser.status(), 200, "{form}: {}", browser.text());
            browser.page().bytes.clone()
        })
        .to_vec()
}

/// Fails unless the report that is shown counts so: `(row, count)`.
#[track_caller]
fn counts(browser: &Browser, expected: &[(&str, &str)]) {
    let rows = browser.page().tree.named(&["tr"]);
    for (name, count) in expected {
        let row =
            rows.iter().find(|row| row.named(&["summary"]).iter().any(|summary| summary.text() == *name));
        let shown = row.and_then(|row| row.named(&["td"]).last().map(|cell| cell.text()));
        assert_eq!(shown.as_deref(), Some(*count), "{name} at {}: {}", browser.path(), browser.text());
    }
}

on_both! {
    fn r6_c5_a_card_that_nobody_finds_is_told_to_the_city_and_the_day_closes(home: TestDb) {
        let (mut house, cards, label) = house(home);
        let [first, second, third, fourth] = [0, 1, 2, 3].map(|n| control(&house, cards[n]));
        let mut operator = house.operator();
        issues(&mut operator, &first);
        house.at(DAY, "17:40");
        let mut operator = house.operator();
        let mut charge = house.person(Role::PersonInCharge);
        // Nobody who is left came: one button, and the cards lie out.
        charge.open("/close/2026-11-11").reads("来庁していない人（3人）").reads("箱の外にあるカード（3枚）");
        let stale = charge.form_of("残りの3人をすべて不来庁にする");
        charge.press_twice("残りの3人をすべて不来庁にする").reads("箱の外にあるカード（3枚）");
        assert!(!charge.text().contains("来庁していない人"));
        charge.submit(&stale).reads("箱の外にあるカード（3枚）");
        puts_away(&mut operator, &label, &[&second, &third]);
        // The fourth is nowhere. What is missing in the form is said, and what was typed stays.
        charge.open("/close/2026-11-11").reads("箱の外にあるカード（1枚）");
        charge.follow("見つからない・事故として記録").sees(&format!("事故の記録 {}", shown(&fourth)));
        charge.fill("person", "市民課 一郎").fill("told", "18:00").press("事故として記録する");
        assert_eq!(charge.status(), 422);
        charge.reads("何が起きたかを選んでください。").reads("起きたことと、どこを探したかを入力してください。");
        charge.reads("市へ知らせた時刻が、今より後になっています。");
        assert_eq!(charge.page().value("person").unwrap(), "市民課 一郎");
        charge.choose("what", "missing").fill("remark", "トレイと棚を2回探した").fill("told", "１７：３５");
        charge.press("事故として記録する");
        if charge.status() == 422 {
            charge.fill("told", "17:35").press("事故として記録する");
        }
        charge.sees("締め 令和8年11月11日(水)").reads("終わっていない事故が1件あります。");
        assert_eq!(card(&house, cards[3]).place_kind, PlaceKind::Missing);
        operator.open(&format!("/cards/{}", cards[3])).reads("終わっていない事故があります（所在不明）。");
        operator.open("/").reads("終わっていない事故");
        // A second one for the same card is refused.
        operator.open(&format!("/cards/{}/incident", cards[3])).choose("what", "other").fill("remark", "x");
        operator.fill("person", "市民課 一郎").press("事故として記録する").reads("まだ終わっていない事故の記録があります。");
        assert_eq!(operator.status(), 409);
        charge.open("/close/2026-11-11").fill("city_count", "1").press("この日を締める").reads("市の交付件数は1件です。");
        charge.open("/reports/2026-11-11");
        for (figure, count) in [("終わっていない事故", "1"), ("カード（所在不明）", "1"), ("カード（当日トレイ）", "0"), ("事故の記録", "1"), ("うち所在不明", "1")] {
            charge.reads(&format!("{figure} ")).reads(count);
        }
        house.run_jobs();
        house.verify();
        let before = files(&mut charge, DAY);
        // The next morning it is found behind the cabinet: its scan ends the search.
        house.at(NEXT, "8:40");
        let mut operator = house.operator();
        let mut charge = house.person(Role::PersonInCharge);
        puts_away(&mut operator, &label, &[&fourth]);
        assert_eq!(card(&house, cards[3]).place_kind, PlaceKind::Box);
        operator.open("/incidents").reads("終わっていない事故はありません。").reads("発見");
        charge.open("/close/2026-11-12");
        assert!(!charge.text().contains("終わっていない事故が"));
        assert_eq!(files(&mut charge, DAY), before, "the report of a closed day changed");
        house.run_jobs();
        house.verify();
    }

    fn r6_f_an_incident_is_ended_by_the_person_in_charge_with_its_outcome(home: TestDb) {
        let (mut house, cards, _) = house(home);
        let mut operator = house.operator();
        for (n, kind) in [(0, "damaged"), (1, "missing")] {
            operator.open(&format!("/cards/{}/incident", cards[n])).choose("what", kind).fill("remark", "角が折れている");
            operator.fill("person", "市民課 一郎").fill("told", "9:00").press_twice("事故として記録する").sees("事故の記録");
        }
        operator.reads("終わっていない事故（2件）").reads("角が折れている").reads("市民課 一郎");
        operator.post("/incidents/01JCZ000000000000000000000/end", &[]);
        assert_eq!(operator.status(), 403);
        // A visitor whose card is missing is received and sent away; the card stays missing.
        let second = control(&house, cards[1]);
        sends_away_without_card(&mut operator, &second);
        assert_eq!(card(&house, cards[1]).place_kind, PlaceKind::Missing);
        let mut charge = house.person(Role::PersonInCharge);
        charge.open("/incidents").press_beside("破損・汚損", "事故を終わりにする").reads("どのように終わったかを選んでください。");
        assert_eq!(charge.status(), 422);
        let open = house.city.db().read_now({
            let site = house.city.site.clone();
            move |reader| store::incident::open_at(reader, &site)
        }).unwrap();
        let [damaged, missing] = [open[0].id, open[1].id];
        let operation = |charge: &Browser| charge.page().value("operation").unwrap();
        let id = operation(&charge);
        charge.post(&format!("/incidents/{damaged}/end"), &[("operation", &id), ("outcome", "found"), ("cause", "unknown"), ("remark", "x")]);
        charge.reads("この種類の事故は「発見」では終わりません。");
        let id = operation(&charge);
        let settled = [("operation", id.as_str()), ("outcome", "settled"), ("cause", "handling"), ("remark", "市が再交付を申請した")];
        charge.post(&format!("/incidents/{damaged}/end"), &settled).reads("市と協議して解決");
        // Found: it lies on the tray, and the day does not close before it is put away.
        let id = operation(&charge);
        let found = [("operation", id.as_str()), ("outcome", "found"), ("cause", "wrong_place"), ("remark", "机の下にあった")];
        charge.post(&format!("/incidents/{missing}/end"), &found).reads("終わっていない事故はありません。");
        charge.post(&format!("/incidents/{missing}/end"), &found).reads("終わっていない事故はありません。");
        assert_eq!(card(&house, cards[1]).place_kind, PlaceKind::Tray);
        let mut other = house.person(Role::PersonInCharge);
        other.open("/incidents");
        let late = [("operation", "01KAXR58WJ0000000000000000"), ("outcome", "settled"), ("cause", "other"), ("remark", "x")];
        other.post(&format!("/incidents/{missing}/end"), &late).reads("ほかの人が先に終わりにしました。");
        house.run_jobs();
        house.verify();
    }

    fn g15_what_was_recorded_wrongly_is_corrected_in_the_next_report(home: TestDb) {
        let (mut house, cards, label) = house(home);
        let controls: Vec<String> = (0..6).map(|n| control(&house, cards[n])).collect();
        let mut operator = house.operator();
        issues(&mut operator, &controls[0]);
        sends_away(&mut operator, &controls[1]);
        house.at(DAY, "17:40");
        let mut operator = house.operator();
        let mut charge = house.person(Role::PersonInCharge);
        charge.open("/close/2026-11-11").press("残りの2人をすべて不来庁にする");
        puts_away(&mut operator, &label, &[&controls[1], &controls[2], &controls[3]]);
        // Before the close a correction is no correction of a report: the third left, nobody said so.
        let booked = |house: &House, n: usize| {
            let day = house.city.day(DAY);
            let of_day = house.city.db().read_now(move |reader| {
                store::reservation::of_day(reader, day.service, &day.site, day.day)
            });
            of_day.unwrap()[n].id
        };
        let third = booked(&house, 2);
        charge.open(&format!("/reservation/{third}")).follow("結果を訂正する").sees("結果の訂正 令和8年11月11日(水) 9:20");
        charge.press("訂正する").reads("正しい結果を選んでください。").reads("訂正の理由を入力してください。");
        charge.choose("to", "sent_away").fill("remark", "受付の記録漏れ").press("訂正する").reads("持ち帰りの理由を選んでください。");
        charge.choose("to", "left").press_twice("訂正する").reads("途中退出");
        charge.open("/close/2026-11-11").fill("city_count", "1").press("この日を締める").reads("市の交付件数は1件です。");
        charge.open("/reports/2026-11-11");
        counts(&charge, &[("途中退出", "1"), ("不来庁", "1"), ("訂正 計", "0")]);
        let before = files(&mut charge, DAY);
        // The next day: the fourth had come and was sent away, the second had its card after all.
        house.at(NEXT, "9:30");
        let mut charge = house.person(Role::PersonInCharge);
        let (second, fourth) = (booked(&house, 1), booked(&house, 3));
        let page = format!("/reservation/{fourth}/correct");
        let mut other = house.person(Role::PersonInCharge);
        other.open(&page);
        charge.open(&page).reads("締めた日の予約です。").choose("to", "sent_away").choose("reason", "identity_papers");
        charge.fill("remark", "受付票が後から見つかった").press("訂正する").reads("持ち帰り");
        // Who had the same page open is told, and nothing is done twice.
        other.choose("to", "left").fill("remark", "x").press("訂正する").reads("ほかの人が先に訂正しました。");
        assert_eq!(other.status(), 409);
        charge.open(&page).choose("to", "sent_away").choose("reason", "identity_papers").fill("remark", "x").press("訂正する");
        charge.reads("今と同じ結果です。");
        let page = format!("/reservation/{second}/correct");
        charge.open(&page).choose("to", "issued").fill("remark", "交付済の記録漏れ").press("訂正する");
        charge.reads("市の担当者の氏名を入力してください。");
        charge.fill("person", "市民課 一郎").tick("paper", "1", true).press("訂正する").reads("交付済");
        assert_eq!(card(&house, cards[1]).place_kind, PlaceKind::Citizen);
        charge.open(&page);
        assert_eq!(charge.status(), 409, "what was issued stays issued");
        house.run_jobs();
        house.verify();
        assert_eq!(files(&mut charge, DAY), before, "the report of a closed day changed");
        charge.open("/reports/2026-11-11").reads("締めのあとに訂正があります（2件）。").reads("不来庁 → 持ち帰り（本人確認書類の不足）");
        counts(&charge, &[("途中退出", "1"), ("不来庁", "1")]);
        // Nothing came that day; its report tells of both, and so it stays.
        house.at(NEXT, "17:40");
        let mut charge = house.person(Role::PersonInCharge);
        charge.open("/reports/2026-11-12");
        counts(&charge, &[("訂正 計", "2")]);
        charge.open("/close/2026-11-12").fill("city_count", "0").press("この日を締める").reads("市の交付件数は0件です。");
        charge.open("/reports/2026-11-12").reads("持ち帰り（交付通知書の不備・持参忘れ） → 交付");
        counts(&charge, &[("訂正 計", "2")]);
        let closed = files(&mut charge, NEXT);
        house.at(date(2026, 11, 13), "17:40");
        let mut charge = house.person(Role::PersonInCharge);
        charge.open("/close/2026-11-13").fill("city_count", "0").press("この日を締める");
        charge.open("/reports/2026-11-13");
        counts(&charge, &[("訂正 計", "0")]);
        assert_eq!((files(&mut charge, DAY), files(&mut charge, NEXT)), (before, closed));
        house.run_jobs();
        house.verify();
    }

    fn g15_nothing_that_is_done_falls_between_two_reports(home: TestDb) {
        let (mut house, cards, label) = house(home);
        house.at(DAY, "17:40");
        let mut operator = house.operator();
        let mut charge = house.person(Role::PersonInCharge);
        charge.open("/close/2026-11-11").press("残りの4人をすべて不来庁にする");
        let controls: Vec<String> = (0..4).map(|n| control(&house, cards[n])).collect();
        puts_away(&mut operator, &label, &controls.iter().map(String::as_str).collect::<Vec<_>>());
        charge.open("/close/2026-11-11").fill("city_count", "0").press("この日を締める");
        let before = files(&mut charge, DAY);
        // In the evening somebody books, somebody moves and cancels; the next day a box comes.
        house.at(DAY, "20:00");
        let slot = house.city.slot(date(2026, 11, 18), "9:00");
        let one = house.city.book(cards[4], slot).unwrap();
        let slot = house.city.slot(date(2026, 11, 18), "9:10");
        let two = house.city.book(cards[5], slot).unwrap();
        let slot = house.city.slot(date(2026, 11, 19), "9:00");
        house.city.move_to(one.id, slot).unwrap();
        house.city.cancel(two.id).unwrap();
        house.at(NEXT, "10:00");
        house.city.inspected(3, 'B');
        let mut charge = house.person(Role::PersonInCharge);
        let check = |charge: &mut Browser| {
            charge.open("/reports/2026-11-12");
            counts(charge, &[
                ("予約の受付（Web）", "2"), ("予約の受付 計", "2"), ("予約の変更", "1"), ("予約の取消", "1"),
                ("受け入れた納品", "1"), ("受け入れたカード", "3"), ("検品済になったカード", "3"),
            ]);
        };
        check(&mut charge);
        house.at(NEXT, "17:40");
        let mut charge = house.person(Role::PersonInCharge);
        charge.open("/close/2026-11-12").fill("city_count", "0").press("この日を締める").reads("市の交付件数は0件です。");
        check(&mut charge);
        assert_eq!(files(&mut charge, DAY), before, "what came in the evening is of the next report");
        house.run_jobs();
        house.verify();
    }
}

/// A visitor comes whose card nobody finds.
fn sends_away_without_card(operator: &mut Browser, control: &str) {
    operator.post("/scan", &[("scan", control)]).press("受け付ける").checks_papers();
    operator
        .fill("person", "市民課 一郎")
        .press("書類とカードを市へ引き継いだ")
        .reads("このカードは所在不明になっています。");
    assert_eq!(operator.status(), 409);
    operator.choose("reason", "system").press("持ち帰りにする").reads("持ち帰り");
}
