//! Pulling the cards of a day by scan, and what changed since.
#![expect(clippy::unwrap_used, reason = "a story fails where it stands")]

use domain::id::CardId;
use domain::number::{ControlNumber, PlaceLabel};
use domain::place::PlaceKind;
use jiff::civil::{Date, date};
use store::Lane;
use storykit::{Browser, House};
use testkit::{TestDb, on_both};

const DAY: Date = date(2026, 11, 11);

fn control(house: &House, card: CardId) -> ControlNumber {
    let found = house.city.db().read_now(move |reader| store::card::find(reader, card)).unwrap();
    found.unwrap().control_number
}

fn kind_of_place(house: &House, card: CardId) -> PlaceKind {
    let found = house.city.db().read_now(move |reader| store::card::find(reader, card)).unwrap();
    found.unwrap().place_kind
}

fn scans<'b>(operator: &'b mut Browser, house: &House, card: CardId) -> &'b mut Browser {
    let digits = control(house, card).digits();
    operator.fill("code", &digits).press("記録する")
}

fn label_of(house: &House, card: CardId) -> PlaceLabel {
    let label = house.city.db().read_now(move |reader| {
        let card = store::card::find(reader, card)?.unwrap();
        store::place::find(reader, card.place)
    });
    label.unwrap().unwrap().label.unwrap()
}

on_both! {
    fn r5_c5_the_cards_of_the_next_day_are_pulled_by_scan_and_changes_are_seen(home: TestDb) {
        let mut house = House::open(home);
        let cards = house.city.notified(5, 'A');
        let place = house.city.new_box("箱1-2-3");
        for card in &cards {
            let (act, card) = (house.city.act(), *card);
            let put = house.city.db().write_now(Lane::Staff, move |tx| store::card::put_away(tx, &act, card, place));
            put.unwrap();
        }
        let box_label = label_of(&house, cards[0]);
        house.at(date(2026, 11, 9), "10:00");
        let booked: Vec<_> = cards
            .iter()
            .take(3)
            .zip(["9:00", "9:10", "9:20"])
            .map(|(card, start)| {
                let slot = house.city.slot(DAY, start);
                house.city.book(*card, slot).unwrap()
            })
            .collect();
        house.at(date(2026, 11, 10), "13:00");
        let mut operator = house.operator();
        // The board knows of it, and leads to it.
        operator.open("/").reads("11月11日(水)の引き抜き").reads("残り3枚（予約3件）");
        operator.open("/pull").sees("引き抜き 令和8年11月11日(水)").reads("0／3枚");
        // Right, right again without effect, wrong.
        scans(&mut operator, &house, cards[0]).reads("引き抜きました").reads("1／3枚");
        scans(&mut operator, &house, cards[0]).reads("読み取り済み（変更なし）").reads("1／3枚");
        scans(&mut operator, &house, cards[3]).reads("この日の予約のカードではありません");
        assert_eq!(kind_of_place(&house, cards[0]), PlaceKind::Tray);
        assert_eq!(kind_of_place(&house, cards[3]), PlaceKind::Box);
        operator.fill("code", "000000000").press("記録する");
        operator.fill("code", &box_label.digits()).press("記録する").reads("読み取れません");
        scans(&mut operator, &house, cards[1]).reads("2／3枚");
        // In the evening one is cancelled, one moved away, and one comes to the day by telephone.
        house.city.cancel(booked[0].id).unwrap();
        let later = house.city.slot(date(2026, 11, 13), "9:00");
        house.city.move_to(booked[1].id, later).unwrap();
        let slot = house.city.slot(DAY, "10:00");
        house.city.book(cards[4], slot).unwrap();
        house.at(DAY, "8:30");
        let mut operator = house.operator();
        operator.open("/").reads("11月11日(水)の引き抜き").reads("残り2枚（予約2件）");
        operator.open("/pull/2026-11-11").reads("0／2枚").reads("当日トレイから箱へ戻すカード（2枚）");
        scans(&mut operator, &house, cards[4]).reads("1／2枚");
        scans(&mut operator, &house, cards[2]).reads("2／2枚").reads("すべて引き抜きました。");
        // Back into the box they go.
        operator.follow("箱へ戻す").fill("code", &box_label.digits()).press("記録する");
        for card in &cards[..2] {
            scans(&mut operator, &house, *card).reads("入れました");
        }
        operator.open("/pull/2026-11-11").reads("2／2枚");
        assert!(!operator.text().contains("箱へ戻すカード"));
        house.run_jobs();
        house.verify();
    }

    fn r5_c5_two_operators_pull_one_card_once(home: TestDb) {
        let mut house = House::open(home);
        let cards = house.city.notified(1, 'A');
        house.at(date(2026, 11, 9), "10:00");
        let slot = house.city.slot(DAY, "9:00");
        house.city.book(cards[0], slot).unwrap();
        house.at(date(2026, 11, 10), "13:00");
        let (mut one, mut other) = (house.operator(), house.operator());
        one.open("/pull/2026-11-11");
        other.open("/pull/2026-11-11");
        let digits = control(&house, cards[0]).digits();
        one.fill("code", &digits).press_twice("記録する");
        scans(&mut other, &house, cards[0]).reads("読み取り済み（変更なし）");
        let card = cards[0];
        let steps = house.city.db().read_now(move |reader| store::card::steps(reader, card)).unwrap();
        let pulled = steps.iter().filter(|step| step.place_to == "当日トレイ").count();
        assert_eq!(pulled, 1);
        house.run_jobs();
        house.verify();
    }
}
