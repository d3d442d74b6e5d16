//! The clock goes on between two pages of the staff: past noon, past the last time of a day, past midnight. What was
//! opened before counts for the day it was about, and what is too late is said.
#![expect(clippy::unwrap_used, reason = "a story fails where it stands")]

use domain::id::CardId;
use domain::permission::Role;
use domain::place::PlaceKind;
use jiff::civil::{Date, date};
use store::Lane;
use storykit::{Browser, House};
use testkit::{TestDb, on_both};

const EVE: Date = date(2026, 11, 10);
const DAY: Date = date(2026, 11, 11);
const NEXT: Date = date(2026, 11, 12);
const PASSWORD: &str = "a long enough password";

fn control(house: &House, id: CardId) -> String {
    let found = house.city.db().read_now(move |reader| store::card::find(reader, id)).unwrap();
    found.unwrap().control_number.digits()
}

/// Three cards in a box, two of them booked for the day; and the label of the box.
fn house(home: TestDb) -> (House, Vec<CardId>, String) {
    let mut house = House::open(home);
    let cards = house.city.notified(3, 'A');
    let place = house.city.new_box("箱1-2-3");
    for card in &cards {
        let (act, card) = (house.city.act(), *card);
        let put = move |tx: &mut store::Tx<'_>| store::card::put_away(tx, &act, card, place);
        house.city.db().write_now(Lane::Staff, put).unwrap();
    }
    let found = house.city.db().read_now(move |reader| store::place::find(reader, place)).unwrap().unwrap();
    house.at(date(2026, 11, 9), "10:00");
    for (card, start) in cards.iter().zip(["9:00", "9:10"]) {
        let slot = house.city.slot(DAY, start);
        house.city.book(*card, slot).unwrap();
    }
    (house, cards, found.label.unwrap().digits())
}

/// Whose session ended at midnight signs in again, at the same terminal.
fn signs_in_again(browser: &mut Browser, login: &str) {
    browser.sees("サインイン").sign_in(login, PASSWORD);
    assert_eq!(browser.status(), 200, "{}", browser.text());
}

on_both! {
    fn g7_a_list_that_is_transferred_after_noon_is_transferred_and_was_late(home: TestDb) {
        let (mut house, ..) = house(home);
        house.at(EVE, "11:58");
        let mut operator = house.operator();
        operator.open("/list/2026-11-11").press("リストを確定する（2件）").fill("person", "市 太郎");
        // Two minutes on the telephone, and it is noon.
        house.at(EVE, "12:01");
        let mut other = house.operator();
        other.open("/").reads("遅れ 11月11日(水)の予約リスト");
        operator.press("市へ引き継いだ").reads("受け取った人：市 太郎").reads("12:01");
        other.reload().reads("済 11月11日(水)の予約リスト").reads("12:01");
        house.run_jobs();
        house.verify();
    }

    fn r5_c5_a_list_whose_day_is_over_is_not_frozen_any_more(home: TestDb) {
        let (mut house, ..) = house(home);
        house.at(DAY, "23:58");
        let mut operator = house.operator();
        let form = operator.open("/list/2026-11-11").form_of("リストを確定する");
        // At midnight the session ends with the day; the same form after it is about a day that is over.
        house.at(NEXT, "0:01");
        operator.submit(&form);
        signs_in_again(&mut operator, "operator-198.18.0.1");
        operator.submit(&form).reads("この日は終わったか、締めが済んでいるため、リストを確定できません。");
        assert_eq!(operator.status(), 409);
        assert_eq!(house.city.home.rows_of("day_list"), 0);
        operator.open("/list/2026-11-11").reads("この日は過ぎたため、確定できません。");
        // Frozen and transferred on the day itself it would have been: late, and said to be.
        house.run_jobs();
        house.verify();
    }

    fn r5_c5_a_pull_that_goes_on_after_midnight_is_of_its_day(home: TestDb) {
        let (mut house, cards, _) = house(home);
        house.at(EVE, "23:59");
        let mut operator = house.operator();
        operator.open("/pull").sees("引き抜き 令和8年11月11日(水)");
        operator.fill("code", &control(&house, cards[0])).press("記録する").reads("1／2枚");
        operator.fill("code", &control(&house, cards[1]));
        let second = operator.form_of("記録する");
        house.at(DAY, "0:01");
        operator.submit(&second);
        signs_in_again(&mut operator, "operator-198.18.0.1");
        // The pull of the day that has begun, not of the one after it; nothing was pulled while nobody was signed in.
        operator.open("/pull/2026-11-11").reads("1／2枚");
        operator.submit(&second).sees("引き抜き 令和8年11月11日(水)").reads("2／2枚");
        let card = cards[1];
        let place = house.city.db().read_now(move |reader| store::card::find(reader, card)).unwrap().unwrap().place_kind;
        assert_eq!(place, PlaceKind::Tray);
        house.run_jobs();
        house.verify();
    }

    fn r6_c5_a_close_that_is_pressed_after_midnight_closes_its_own_day(home: TestDb) {
        let (mut house, ..) = house(home);
        // Before the last time is over nobody is set as not come in one go; the button comes with the end of the day.
        house.at(DAY, "17:00");
        let mut charge = house.person(Role::PersonInCharge);
        charge.open("/close/2026-11-11").reads("来庁していない人（2人）");
        assert!(charge.page().buttons().iter().all(|button| !button.starts_with("残りの")));
        house.at(DAY, "23:50");
        charge = house.person(Role::PersonInCharge);
        charge.open("/close/2026-11-11").press("残りの2人をすべて不来庁にする");
        charge.fill("city_count", "0");
        let close = charge.form_of("この日を締める");
        house.at(NEXT, "0:05");
        charge.submit(&close);
        signs_in_again(&mut charge, "person_in_charge-198.18.0.2");
        charge.submit(&close).sees("締め 令和8年11月11日(水)").reads("市の交付件数は0件です。");
        // The day that has begun is open, and its report has nothing of yesterday's visitors.
        charge.open("/close/2026-11-12").reads("市の件数との照合");
        charge.open("/reports/2026-11-11").reads("不来庁");
        let closed = |house: &House, day: Date| {
            let day = house.city.day(day);
            house.city.db().read_now(move |reader| store::report::closed(reader, &day)).unwrap().is_some()
        };
        assert!(closed(&house, DAY) && !closed(&house, NEXT));
        // Sent once more it is the same close.
        charge.submit(&close).reads("市の交付件数は0件です。");
        assert_eq!(house.city.home.rows_of("day_close"), 1);
        house.run_jobs();
        house.verify();
    }

    fn r6_c2_who_is_received_at_the_end_of_a_day_that_is_closed_meanwhile_is_told(home: TestDb) {
        let (mut house, cards, _) = house(home);
        house.at(DAY, "17:40");
        let (mut operator, mut charge) = (house.operator(), house.person(Role::PersonInCharge));
        operator.post("/scan", &[("scan", &control(&house, cards[0]))]);
        let arrive = operator.form_of("受け付ける");
        charge.open("/close/2026-11-11").press("残りの2人をすべて不来庁にする");
        charge.fill("city_count", "0").press("この日を締める").reads("市の交付件数は0件です。");
        operator.submit(&arrive);
        assert_eq!(operator.status(), 409, "{}", operator.text());
        assert_eq!(house.city.home.rows_of("reception"), 0);
        house.run_jobs();
        house.verify();
    }
}
