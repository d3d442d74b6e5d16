//! Cards that do not come as the list says: one that nobody finds at the pull, and one that the city wants back.
#![expect(clippy::unwrap_used, reason = "a story fails where it stands")]

use domain::card::{Cause, Stage};
use domain::id::CardId;
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

fn control(house: &House, id: CardId) -> String {
    card(house, id).control_number.digits()
}

fn scans<'b>(operator: &'b mut Browser, house: &House, id: CardId) -> &'b mut Browser {
    operator.fill("code", &control(house, id)).press("記録する")
}

/// Five cards in a box, three of them booked for the day; its list is frozen.
fn house(home: TestDb) -> (House, Vec<CardId>) {
    let mut house = House::open(home);
    let cards = house.city.notified(5, 'A');
    let place = house.city.new_box("箱1-2-3");
    for card in &cards {
        let (act, card) = (house.city.act(), *card);
        let put = move |tx: &mut store::Tx<'_>| store::card::put_away(tx, &act, card, place);
        house.city.db().write_now(Lane::Staff, put).unwrap();
    }
    house.at(date(2026, 11, 9), "10:00");
    for (card, start) in cards.iter().zip(["9:00", "9:10", "9:20"]) {
        let slot = house.city.slot(DAY, start);
        house.city.book(*card, slot).unwrap();
    }
    house.at(EVE, "13:00");
    let (act, day) = (house.city.act(), house.city.day(DAY));
    house.city.db().write_now(Lane::Staff, move |tx| store::day_list::freeze(tx, &act, &day)).unwrap();
    (house, cards)
}

on_both! {
    fn r5_c5_a_card_that_is_not_in_its_box_is_told_to_the_city_at_the_pull(home: TestDb) {
        let (mut house, cards) = house(home);
        let mut operator = house.operator();
        operator.open("/pull/2026-11-11").reads("0／3枚");
        scans(&mut operator, &house, cards[0]).reads("1／3枚");
        // The second is not in its box: one act beside its line, and 所在不明 is chosen already.
        let number = control(&house, cards[1]);
        let shown = format!("{} {} {}", &number[..3], &number[3..6], &number[6..]);
        operator.follow(&format!("見つからない（{shown}）")).sees(&format!("事故の記録 {shown}"));
        operator.press("事故として記録する").reads("起きたことと、どこを探したかを入力してください。");
        assert_eq!(operator.status(), 422);
        operator.fill("remark", "箱1-2-3とその前後の箱").fill("person", "市民課 一郎").fill("told", "13:00");
        operator.press_twice("事故として記録する").sees("引き抜き 令和8年11月11日(水)");
        operator.reads("見つからないカード（1枚）").reads("1／3枚");
        assert_eq!(card(&house, cards[1]).place_kind, PlaceKind::Missing);
        assert_eq!(house.city.home.rows_of("incident"), 1);
        scans(&mut operator, &house, cards[2]).reads("見つからないカードのほかは、すべて引き抜きました。");
        // It is still work on the board, for the pull and as an incident.
        operator.open("/").reads("残り1枚（予約3件）").reads("終わっていない事故");
        // Found in the evening: its scan on the same screen pulls it and ends the incident.
        operator.open("/pull/2026-11-11");
        scans(&mut operator, &house, cards[1]).reads("引き抜きました").reads("3／3枚");
        assert!(!operator.text().contains("見つからないカード"));
        operator.open("/incidents").reads("終わっていない事故はありません。").reads("発見");
        house.run_jobs();
        house.verify();
    }

    fn r6_f_a_card_that_nobody_finds_is_searched_first_and_the_city_is_told_within_the_hour(home: TestDb) {
        let (mut house, cards) = house(home);
        let (mut operator, mut charge) = (house.operator(), house.person(Role::PersonInCharge));
        operator.open("/pull/2026-11-11");
        scans(&mut operator, &house, cards[0]).reads("1／3枚");
        // It lies on the tray by the records, and there it is not.
        operator.open(&format!("/cards/{}/incident", cards[0])).choose("what", "missing");
        operator.fill("remark", "当日トレイ").tick("later", "yes", true).press_twice("事故として記録する");
        operator.reads("まだ知らせていません（期限 11月10日(火) 14:00）");
        operator.open("/").reads("終わっていない事故 1件（うち市へ知らせていないもの1件）");
        // The search list: the last place, its box, everywhere it was, and everybody who had it.
        operator.open("/incidents").follow_beside("所在不明", "探す場所と、聞く人");
        operator.reads("当日トレイ 記録で最後にあった場所").reads("箱1-2-3 最後に入っていた箱").reads("検品机 通った場所");
        operator.reads("人 従事者").reads("最後の動き").reads("箱1-2-3 → 当日トレイ");
        let page = operator.path().to_owned();
        let id = page.rsplit('/').next().unwrap().to_owned();
        operator.open(&format!("/lists/incidents/{id}/search.csv?encoding=utf8"));
        let file = operator.page().source();
        assert!(file.contains("記録で最後にあった場所") && file.contains("従事者"), "{file}");
        // Nobody ends it and nobody closes the day before the city was told; after an hour it is late.
        charge.open("/incidents").choose("outcome", "settled").choose("cause", "unknown").fill("remark", "x");
        charge.press("事故を終わりにする").reads("先に、市へ知らせたことを事故の画面で記録してください。");
        assert_eq!(charge.status(), 409);
        house.at(EVE, "14:01");
        let mut operator = house.operator();
        operator.open("/").reads("要対応 終わっていない事故 1件（うち市へ知らせる期限を過ぎたもの1件）");
        operator.open(&page).reads("市へ知らせる期限を過ぎています").press("市へ知らせたことを記録する");
        operator.reads("市の担当者の氏名を入力してください。");
        assert_eq!(operator.status(), 422);
        operator.fill("person", "市民課 一郎").fill("told", "14:00").press_twice("市へ知らせたことを記録する");
        operator.reads("市民課 一郎 11月10日(火) 14:00");
        operator.open("/").reads("終わっていない事故 1件");
        let mut charge = house.person(Role::PersonInCharge);
        charge.open("/incidents").choose("outcome", "found").choose("cause", "wrong_place").fill("remark", "隣の机");
        charge.press("事故を終わりにする").reads("終わっていない事故はありません。").reads("入れる場所・戻す場所の間違い");
        assert_eq!(card(&house, cards[0]).place_kind, PlaceKind::Tray);
        let mut auditor = house.person(Role::Auditor);
        auditor.open("/journal").reads("事故を市の担当者に知らせました").reads("事故を終わりにしました（発見。入れる場所・戻す場所の間違い）");
        house.run_jobs();
        house.verify();
    }

    fn r6_c1_a_card_that_the_city_recalls_is_a_difference_and_goes_to_the_city(home: TestDb) {
        let (mut house, cards) = house(home);
        let (mut operator, mut other) = (house.operator(), house.operator());
        operator.open("/pull/2026-11-11");
        scans(&mut operator, &house, cards[0]).reads("引き抜きました");
        // By telephone the city wants two back: one that lies on the tray for tomorrow, one without a reservation.
        let page = |n: usize| format!("/cards/{}", cards[n]);
        other.open(&format!("{}/recall", page(0)));
        let stale = {
            other.fill("person", "市民課 二郎").tick("paper", "yes", true).choose("booked", "cancel");
            other.form_of("交付の中止を記録する")
        };
        operator.open(&page(0)).follow("交付の中止を記録").reads("11月11日(水) 9:00").reads("予約をどうするか");
        operator.press("交付の中止を記録する").reads("市の担当者の氏名を入力してください。");
        assert_eq!(operator.status(), 422);
        operator.fill("person", "市民課 一郎").press("交付の中止を記録する").reads("市の署名のある書面");
        assert_eq!(operator.page().value("person").as_deref(), Some("市民課 一郎"));
        operator.tick("paper", "yes", true).press("交付の中止を記録する").reads("予約をどうするかを選んでください。");
        assert_eq!(operator.status(), 422);
        operator.choose("booked", "cancel").press_twice("交付の中止を記録する");
        operator.reads("交付窓口では渡さずに終了しました（市の引抜き指示）。カードを引き抜いて、市へ渡してください。");
        operator.reads("市の担当者：市民課 一郎").reads("お調べすることがありますので、市の担当からご案内します。");
        other.submit(&stale).reads("ほかの人が先に記録しました。");
        assert_eq!(other.status(), 409);
        let recalled = card(&house, cards[0]);
        assert_eq!((recalled.stage, recalled.cause), (Stage::Ended, Some(Cause::Recalled)));
        // The city's own account needs no paper.
        let mut city = house.person(Role::CityStaff);
        city.open(&format!("{}/recall", page(3))).fill("person", "市民課 三郎").press("交付の中止を記録する");
        city.reads("市の引抜き指示");
        // Its reservation is a difference of the list, red until somebody saw it; the citizen cannot book it again.
        operator.open("/list/2026-11-11").reads("確かめていない違い（1件）").reads("引抜き指示");
        operator.press("確かめた").reads("確かめた違い（1件）");
        let mut citizen = house.citizen();
        citizen.open("/k").fill("number", &house.key_of(cards[3]));
        let button = citizen.page().buttons().into_iter().next_back().unwrap();
        citizen.press(&button);
        assert_ne!(citizen.path().rsplit('/').next(), Some("days"), "{}", citizen.text());
        // Both are on the pull's page; a scan takes each out and says where it belongs.
        operator.open("/").reads("市へ渡す交付中止のカード").reads("2枚（市へ渡すまで）").reads("市民へ連絡");
        operator.open("/pull/2026-11-11").reads("交付中止のカード（2枚）").reads("0／2枚");
        assert!(!operator.text().contains("箱へ戻すカード"), "what goes to the city does not go back into a box");
        for n in [0, 3] {
            scans(&mut operator, &house, cards[n]).reads("交付中止のカードです：検品机に別に置き、市へ渡してください");
            assert_eq!(card(&house, cards[n]).place_kind, PlaceKind::Desk);
        }
        let mut charge = house.person(Role::PersonInCharge);
        operator.open("/storage/put");
        // The day does not close while they lie on the desk.
        house.at(EVE, "17:40");
        charge = { drop(charge); house.person(Role::PersonInCharge) };
        charge.open("/close/2026-11-10").reads("箱の外にあるカード（2枚）");
        let mut operator = house.operator();
        for n in [0, 3] {
            operator.open(&page(n)).fill("person", "市民課 一郎").tick("paper", "yes", true);
            operator.press_twice("市へ渡した").reads("引き抜いたカードを市へ渡しました");
            let now = card(&house, cards[n]);
            assert_eq!((now.place_kind, now.cause), (PlaceKind::City, Some(Cause::Recalled)));
        }
        charge.open("/close/2026-11-10");
        assert!(!charge.text().contains("箱の外にあるカード"));
        operator.open("/pull/2026-11-11");
        assert!(!operator.text().contains("交付中止のカード（"));
        house.run_jobs();
        house.verify();
    }

    fn r6_c1_a_card_that_is_not_here_or_whose_citizen_is_here_is_not_recalled(home: TestDb) {
        let (mut house, cards) = house(home);
        house.at(DAY, "9:00");
        let mut operator = house.operator();
        operator.open(&format!("/cards/{}/recall", cards[1])).fill("person", "市民課 一郎").tick("paper", "yes", true);
        operator.choose("booked", "cancel");
        let late = operator.form_of("交付の中止を記録する");
        // The citizen comes meanwhile.
        operator.post("/scan", &[("scan", &control(&house, cards[1]))]).press("受け付ける");
        operator.submit(&late).reads("このカードの来庁者を受け付けています。");
        assert_eq!(operator.status(), 409);
        assert_eq!(card(&house, cards[1]).stage, Stage::Notified);
        // A card that is with the city is not taken out here.
        let other = house.city.inspected(1, 'Z');
        let (act, site, first) = (house.city.act(), house.city.site.clone(), other[0]);
        let sent = house.city.db().write_now(Lane::Staff, move |tx| {
            let consignment = store::card::find(tx, first)?.unwrap().consignment;
            let paper = domain::journal::CityRecord::Paper;
            store::batch::send(tx, &act, &site, consignment, 1, "市 一郎", paper)
        });
        sent.unwrap();
        operator.open(&format!("/cards/{first}/recall")).reads("記録すると保留になり、市から戻ったあとに");
        house.run_jobs();
        house.verify();
    }
}
