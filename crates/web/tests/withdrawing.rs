//! A card that is not to be handed out, whoever says so: an applicant withdraws by telephone, the city decides later, a deadline
//! passes, somebody tells the citizen, and what is with the city or in the post is found too.
#![expect(clippy::unwrap_used, reason = "a story fails where it stands")]

use domain::card::{Cause, Stage};
use domain::id::CardId;
use domain::journal::CityRecord;
use domain::permission::Role;
use domain::place::PlaceKind;
use jiff::civil::{Date, date};
use store::Lane;
use store::card::Card;
use storykit::{Browser, House};
use testkit::{TestDb, on_both};

const EVE: Date = date(2026, 11, 10);
const DAY: Date = date(2026, 11, 11);

fn card(house: &House, id: CardId) -> Card {
    house.city.db().read_now(move |reader| store::card::find(reader, id)).unwrap().unwrap()
}

/// Cards in a box, the first two of them booked for the day.
fn house(home: TestDb) -> (House, Vec<CardId>) {
    let mut house = House::open(home);
    let cards = house.city.notified(4, 'A');
    let place = house.city.new_box("箱1-2-3");
    for card in &cards {
        let (act, card) = (house.city.act(), *card);
        let put = move |tx: &mut store::Tx<'_>| store::card::put_away(tx, &act, card, place);
        house.city.db().write_now(Lane::Staff, put).unwrap();
    }
    house.at(date(2026, 11, 9), "10:00");
    for (card, start) in cards.iter().zip(["9:00", "9:10"]) {
        let slot = house.city.slot(DAY, start);
        house.city.book(*card, slot).unwrap();
    }
    house.at(EVE, "10:00");
    (house, cards)
}

/// The city's person, and that a paper was signed.
fn by_city(browser: &mut Browser) -> &mut Browser {
    browser.fill("person", "市民課 一郎").tick("paper", "yes", true)
}

/// What a citizen sees with the key of a card.
fn with_key(house: &House, id: CardId) -> Browser {
    let mut citizen = house.citizen();
    citizen.open("/k").fill("number", &house.key_of(id)).press("次へ進む");
    citizen
}

fn asks_to_call(citizen: &Browser) {
    assert_eq!(citizen.h1(), "お電話ください");
    for word in ["11月11日", "取り消", "中止", "取下げ", "保留", "変更"] {
        assert!(!citizen.text().contains(word), "{word}: {}", citizen.text());
    }
}

on_both! {
    fn r3_c4_a_withdrawal_with_a_reservation_waits_for_the_city_and_nobody_is_given_the_card(home: TestDb) {
        let (mut house, cards) = house(home);
        let mut operator = house.operator();
        let page = format!("/cards/{}", cards[0]);
        // By telephone; what was said of the reservation is asked at once, and nothing typed is lost.
        operator.open(&page).follow("申請の取下げを記録").reads("11月11日(水) 9:00");
        operator.press("取下げを記録する").reads("申出を受けた方法を選んでください。");
        operator.choose("source", "telephone").press("取下げを記録する").reads("予約をどうするかを選んでください。");
        assert_eq!(operator.status(), 422);
        operator.choose("booked", "suspend").press_twice("取下げを記録する");
        operator.reads("保留のカードです。").reads("申請の取下げ（本人から電話で）：保留");
        assert_eq!(house.city.home.rows_of("recall"), 1);
        let now = card(&house, cards[0]);
        assert_eq!((now.stage, now.suspended), (Stage::Notified, true));
        // The citizen is asked to call, by the key and in a tab that was open before; nothing else is said.
        asks_to_call(&with_key(&house, cards[0]));
        // Whoever is not suspended still has their booking.
        let other = with_key(&house, cards[1]);
        assert!(other.text().contains("11月11日"), "{}", other.text());
        // It is no card to be pulled, and its scan says to leave it.
        operator.open("/pull/2026-11-11").reads("0／1枚");
        operator.fill("code", &now.control_number.digits()).press("記録する");
        operator.reads("保留のカードです：引き抜かずに、元の場所へ戻してください");
        assert_eq!(card(&house, cards[0]).place_kind, PlaceKind::Box);
        // On the day its visitor is not received, and nobody moves the booking.
        house.at(DAY, "8:55");
        let mut operator = house.operator();
        operator.open("/").reads("市の判断を待つ保留のカード");
        operator.post("/scan", &[("scan", &now.control_number.digits())]).press("受け付ける");
        operator.reads("このカードは保留です。市が決めるまで渡せません。");
        assert_eq!(house.city.home.rows_of("reception"), 0);
        // The city decides: it is handed out after all, and everything is as it was.
        operator.open("/recalls").reads("保留のカード（1枚）").follow("市の判断を記録");
        operator.press("市の判断を記録する").reads("市が決めたことを選んでください。");
        let mut other = house.operator();
        by_city(other.open(&format!("{page}/decide")).choose("decision", "end"));
        by_city(operator.choose("decision", "lift")).press_twice("市の判断を記録する");
        operator.reads("申請の取下げ（本人から電話で）：保留解除").reads("市の担当者：市民課 一郎");
        other.press("市の判断を記録する").reads("ほかの人が先に終わらせました。");
        assert_eq!(other.status(), 409);
        assert!(!card(&house, cards[0]).suspended);
        let citizen = with_key(&house, cards[0]);
        assert!(citizen.text().contains("11月11日"), "{}", citizen.text());
        operator.open("/pull/2026-11-11").reads("0／2枚");
        operator.post("/scan", &[("scan", &now.control_number.digits())]).press("受け付ける");
        assert_eq!(house.city.home.rows_of("reception"), 1);
        house.run_jobs();
        house.verify();
    }

    fn r3_c4_a_suspended_card_that_the_city_does_not_want_handed_out_goes_to_it(home: TestDb) {
        let (mut house, cards) = house(home);
        let mut operator = house.operator();
        let page = format!("/cards/{}", cards[0]);
        operator.open(&format!("{page}/withdraw")).choose("source", "counter").choose("booked", "suspend");
        operator.press("取下げを記録する");
        operator.open(&page).follow("市の判断を記録").reads("申請の取下げ（本人から窓口で）");
        by_city(operator.choose("decision", "end")).press_twice("市の判断を記録する");
        operator.reads("交付窓口では渡さずに終了しました（申請の取下げ）");
        let now = card(&house, cards[0]);
        assert_eq!((now.stage, now.cause, now.suspended), (Stage::Ended, Some(Cause::Withdrawn), false));
        // The reservation ended with it: its citizen is told, and its page still says to call and nothing else.
        asks_to_call(&with_key(&house, cards[0]));
        operator.open("/recalls").reads("市へ渡す交付中止のカード（1枚）").reads("市民へ連絡（1件）");
        let mut other = house.operator();
        other.open("/recalls");
        operator.press_twice("連絡した").reads("市民へ連絡（0件）");
        other.press("市が連絡する").reads("ほかの人が先に「連絡した」で終えました。");
        assert_eq!(other.status(), 409);
        operator.open("/pull/2026-11-11").reads("交付中止のカード（1枚）");
        operator.fill("code", &now.control_number.digits()).press("記録する").reads("検品机に別に置き、市へ渡してください");
        by_city(operator.open(&page)).press_twice("市へ渡した");
        operator.reads("申請の取下げ（本人から窓口で）：市へ渡した");
        assert_eq!(card(&house, cards[0]).place_kind, PlaceKind::City);
        operator.open("/recalls").reads("市へ渡す交付中止のカード（0枚）");
        operator.open(&format!("{page}/recall")).reads("いま交付の中止を記録できません。");
        house.run_jobs();
        house.verify();
    }

    fn r5_c5_a_recall_has_a_deadline_and_is_an_alarm_until_the_city_has_the_card(home: TestDb) {
        let (mut house, cards) = house(home);
        let mut operator = house.operator();
        let form = format!("/cards/{}/recall", cards[2]);
        // The contractor cannot give the city's reasons, and a day that is over is none.
        operator.open(&form).choose("source", "register").choose("cause", "recalled").press("交付の中止を記録する");
        operator.reads("この理由は、市の指示のときだけ選べます。");
        by_city(operator.choose("source", "city").choose("cause", "reissued")).fill("until", "2026-11-09");
        operator.press("交付の中止を記録する").reads("期限には、今日からあとの日を選んでください。");
        assert_eq!((operator.status(), operator.page().value("person").as_deref()), (422, Some("市民課 一郎")));
        operator.fill("until", "2026-11-10").press_twice("交付の中止を記録する");
        operator.reads("再交付（市の指示）：交付中止、期限は11月10日(火)");
        // What the register shows needs no person of the city.
        operator.open(&format!("/cards/{}/recall", cards[3])).choose("source", "register").choose("cause", "moved");
        operator.press("交付の中止を記録する").reads("転出（住民記録との突合）：交付中止");
        assert_eq!(card(&house, cards[3]).cause, Some(Cause::Moved));
        operator.open("/").reads("2枚（市へ渡すまで）。今日が期限のもの1枚");
        house.at(DAY, "9:00");
        let mut operator = house.operator();
        operator.open("/").reads("2枚（市へ渡すまで）。期限を過ぎたもの1枚");
        operator.open("/recalls").reads("11月10日(火)（超過）");
        for id in [cards[2], cards[3]] {
            by_city(operator.open(&format!("/cards/{id}"))).press("市へ渡した");
        }
        operator.open("/");
        assert!(!operator.text().contains("市へ渡す交付中止のカード"));
        // Auditors see the list, and can do nothing with it.
        let mut auditor = house.person(Role::Auditor);
        auditor.open("/recalls").reads("市へ渡す交付中止のカード（0枚）");
        house.run_jobs();
        house.verify();
    }

    fn r3_c4_a_withdrawal_finds_the_card_with_the_city_and_its_batch_comes_back_whole(home: TestDb) {
        let mut house = House::open(home);
        let cards = house.city.inspected(3, 'Z');
        let (act, site, first) = (house.city.act(), house.city.site.clone(), cards[0]);
        let batch = house.city.db().write_now(Lane::Staff, move |tx| {
            let consignment = store::card::find(tx, first)?.unwrap().consignment;
            store::batch::send(tx, &act, &site, consignment, 3, "市 一郎", CityRecord::Paper)
        });
        let batch = batch.unwrap();
        let mut operator = house.operator();
        let page = format!("/cards/{first}");
        operator.open(&page).follow("申請の取下げを記録").reads("市から戻ったあとに、終わりにするかを記録します。");
        operator.choose("source", "telephone").press("取下げを記録する").reads("保留のカードです。");
        operator.open("/recalls").reads("市から戻るのを待つ");
        // What the city has cannot be taken out here.
        by_city(operator.open(&format!("{page}/decide")).choose("decision", "end")).press("市の判断を記録する");
        operator.reads("にあり、ここからは引き抜けません。");
        assert_eq!(operator.status(), 409);
        let act = house.city.act();
        let back = house.city.db().write_now(Lane::Staff, move |tx| {
            store::batch::take_back(tx, &act, batch, 3, "市 一郎", CityRecord::Paper)
        });
        back.unwrap();
        // It comes back with the others, gets no letter, and goes to the city when it says so.
        let site = house.city.site.clone();
        let waiting = house.city.db().read_now(move |reader| store::letter::waiting(reader, &site, 10)).unwrap();
        assert_eq!(waiting, cards[1..]);
        by_city(operator.open(&format!("{page}/decide")).choose("decision", "end")).press("市の判断を記録する");
        by_city(operator.open(&page)).press("市へ渡した");
        let now = card(&house, first);
        assert_eq!((now.stage, now.cause, now.place_kind), (Stage::Ended, Some(Cause::Withdrawn), PlaceKind::City));
        house.run_jobs();
        house.verify();
    }
}
