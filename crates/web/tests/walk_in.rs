//! Visitors without a reservation for today, and visitors whose card still lies in its box.
#![expect(clippy::unwrap_used, reason = "a story fails where it stands")]

use domain::id::CardId;
use domain::place::PlaceKind;
use domain::reservation::{Channel, State};
use jiff::civil::{Date, date};
use store::Lane;
use storykit::{Browser, House};
use testkit::{TestDb, on_both};

const DAY: Date = date(2026, 11, 11);

fn house(home: TestDb, cards: u32) -> (House, Vec<CardId>) {
    let mut house = House::open(home);
    let cards = house.city.notified(cards, 'A');
    let place = house.city.new_box("箱1-2-3");
    for card in &cards {
        let (act, card) = (house.city.act(), *card);
        house
            .city
            .db()
            .write_now(Lane::Staff, move |tx| store::card::put_away(tx, &act, card, place))
            .unwrap();
    }
    (house, cards)
}

fn control(house: &House, card: CardId) -> String {
    let found = house.city.db().read_now(move |reader| store::card::find(reader, card)).unwrap();
    found.unwrap().control_number.digits()
}

fn scan<'b>(operator: &'b mut Browser, house: &House, card: CardId) -> &'b mut Browser {
    operator.post("/scan", &[("scan", &control(house, card))])
}

fn live(house: &House, card: CardId) -> Option<store::reservation::Reservation> {
    house.city.db().read_now(move |reader| store::reservation::live_of(reader, card)).unwrap()
}

on_both! {
    fn r6_e_a_visitor_without_a_reservation_gets_the_first_free_place_of_the_day(home: TestDb) {
        let (mut house, cards) = house(home, 3);
        house.at(DAY, "10:03");
        let mut operator = house.operator();
        // The slot that runs is free: that is the visitor's, once, however often it is pressed.
        scan(&mut operator, &house, cards[0]).press_twice("予約なしで受け付ける").sees("予約 令和8年11月11日(水) 10:00");
        operator.reads("予約なし").reads("カードはまだ「箱1-2-3」にあります。");
        // The pull is work for everybody at once.
        let mut other = house.operator();
        other.open("/").reads("11月11日(水)の引き抜き").reads("残り1枚（予約1件）");
        // The visitor can wait at the counter meanwhile; the card stays where it is, and does not go to the city.
        operator.press("受け付ける");
        assert_eq!(operator.path().split('/').nth(1), Some("receptions"));
        operator.checks_papers().fill("person", "市 太郎").press("書類とカードを市へ引き継いだ");
        operator.reads("カードはまだ「箱1-2-3」にあります。引き抜いて窓口へ");
        let reception = operator.path().to_owned();
        other.open("/pull/2026-11-11").fill("code", &control(&house, cards[0])).press("記録する").reads("引き抜きました");
        let card = cards[0];
        let place = |house: &House| {
            house.city.db().read_now(move |reader| store::card::find(reader, card)).unwrap().unwrap().place_kind
        };
        assert_eq!(place(&house), PlaceKind::Counter);
        let reception = reception.trim_end_matches("/to-city").to_owned();
        operator.open(&reception).fill("person", "市 太郎").press("書類とカードを市へ引き継いだ");
        assert_eq!(place(&house), PlaceKind::City);
        house.run_jobs();
        house.verify();
    }

    fn r6_e_no_place_no_card_at_hand_no_visit(home: TestDb) {
        let (mut house, cards) = house(home, 6);
        // Four places of the last slot, all taken.
        house.at(date(2026, 11, 9), "10:00");
        for card in &cards[..4] {
            let slot = house.city.slot(DAY, "17:20");
            house.city.book(*card, slot).unwrap();
        }
        house.at(DAY, "17:21");
        let mut operator = house.operator();
        scan(&mut operator, &house, cards[4]).press("予約なしで受け付ける").reads("本日は空いている枠がありません。");
        assert_eq!(operator.status(), 409);
        assert!(live(&house, cards[4]).is_none());
        // On a day on which nobody works there is no such button.
        house.at(date(2026, 11, 15), "10:00");
        let mut operator = house.operator();
        scan(&mut operator, &house, cards[4]);
        assert!(!operator.text().contains("予約なしで受け付ける"));
    }

    fn r6_e_a_reservation_of_another_day_is_swapped_for_today(home: TestDb) {
        let (mut house, cards) = house(home, 1);
        house.at(date(2026, 11, 9), "10:00");
        let slot = house.city.slot(date(2026, 11, 13), "9:00");
        let booked = house.city.book(cards[0], slot).unwrap();
        house.at(DAY, "11:11");
        let mut operator = house.operator();
        operator.open(&format!("/reservation/{}", booked.id)).reads("受付は予約の日にできます。");
        // The page of a colleague is old by then: nothing is swapped away from under anybody.
        let mut colleague = house.operator();
        colleague.open(operator.path());
        operator.follow("日時を変更する");
        let page = operator.path().to_owned();
        operator.open(&format!("{page}?day=2026-11-16")).press("9:00");
        colleague.press("今日の空いている枠に変更する").reads("何も変更していません。").reads("いま：11月16日(月) 9:00");
        assert_eq!(live(&house, cards[0]).unwrap().slot.day, date(2026, 11, 16));
        operator.press_twice("今日の空いている枠に変更する").reads("カードはまだ「箱1-2-3」にあります。");
        let moved = live(&house, cards[0]).unwrap();
        assert_eq!((moved.id, moved.slot.day, moved.slot.start.to_string()), (booked.id, DAY, "11:10".to_owned()));
        // In whose count it was booked it stays.
        assert_eq!((moved.channel, moved.state), (Channel::Web, State::Booked));
        house.run_jobs();
        house.verify();
    }

    fn r6_c2_each_visitor_has_a_check_sheet_and_every_line_is_needed(home: TestDb) {
        let (mut house, cards) = house(home, 1);
        house.at(DAY, "10:03");
        let mut operator = house.operator();
        scan(&mut operator, &house, cards[0]).press("予約なしで受け付ける").press("受け付ける");
        operator.reads("チェックシート：本人が来庁したとき").follow("任意代理人").reads("本人が来られないことを示す資料");
        assert!(operator.text().contains("目隠しシール"));
        operator.tick_all("item").tick("item", "sealed", false);
        operator.choose("notice_card", "none").choose("old_card", "none").press("書類を確認した");
        operator.reads("確かめていない項目が1つあります。").reads("任意代理人が来庁したとき");
        operator.checks_papers().reads("任意代理人のチェックシート");
        house.run_jobs();
        house.verify();
    }
}
