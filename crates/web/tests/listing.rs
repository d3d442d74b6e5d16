//! The list of the next open day: frozen, transferred before noon, compared until the visitor comes; and the duties of
//! the day by the clock.
#![expect(clippy::unwrap_used, reason = "a story fails where it stands")]

use jiff::civil::{Date, date};
use storykit::House;
use testkit::{TestDb, on_both};

const EVE: Date = date(2026, 11, 10);
const DAY: Date = date(2026, 11, 11);

on_both! {
    fn r5_c5_the_list_is_with_the_city_before_noon_and_changes_are_seen(home: TestDb) {
        let mut house = House::open(home);
        let cards = house.city.notified(4, 'A');
        house.at(date(2026, 11, 9), "10:00");
        let booked: Vec<_> = ["9:00", "9:10", "9:20"]
            .iter()
            .zip(&cards)
            .map(|(start, card)| {
                let slot = house.city.slot(DAY, start);
                house.city.book(*card, slot).unwrap().id
            })
            .collect();
        house.at(EVE, "8:30");
        let mut operator = house.operator();
        operator.open("/").reads("時刻の決まった仕事").reads("未確定（いまの予約3件）・あと3時間30分");
        // Somebody takes it, so that nobody does it twice.
        operator.press("担当する（11月11日(水)の予約リスト）").reads("担当：");
        operator.follow("リストを確定する").sees("予約リスト 令和8年11月11日(水)");
        operator.press_twice("リストを確定する（3件）").reads("まだ引き継いでいません").reads("違いはありません");
        // Without a name it is not transferred, and nothing is lost.
        operator.press("市へ引き継いだ").reads("市の担当者の氏名を入力してください。");
        operator.fill("person", "市 太郎").press_twice("市へ引き継いだ").reads("受け取った人：市 太郎");
        operator.open("/").reads("（受取：市 太郎）");
        // Two operators look at it while it changes.
        let mut other = house.operator();
        house.city.cancel(booked[0]).unwrap();
        let slot = house.city.slot(DAY, "10:30");
        house.city.book(cards[3], slot).unwrap();
        operator.open("/").reads("11月11日(水)のリストとの違い").reads("2件を確かめていません");
        operator.follow("違いを確かめる").reads("確かめていない違い（2件）");
        other.open("/list/2026-11-11");
        let control = house
            .city
            .db()
            .read_now({
                let card = cards[0];
                move |reader| store::card::find(reader, card)
            })
            .unwrap()
            .unwrap()
            .control_number
            .digits();
        let control = format!("{} {} {}", &control[..3], &control[3..6], &control[6..]);
        let button = format!("確かめた（{control}）");
        operator.press(&button).reads("確かめていない違い（1件）").reads("確かめた違い（1件）");
        // The other's press of the same button is too late and changes nothing.
        other.press(&button).reads("確かめていない違い（1件）").reads("確かめた違い（1件）");
        // A form that is older than the reservation says so.
        other.open("/list/2026-11-11");
        let moved = house.city.db().read_now({
            let card = cards[3];
            move |reader| store::reservation::live_of(reader, card)
        });
        let moved = moved.unwrap().unwrap().id;
        let slot = house.city.slot(DAY, "11:00");
        house.city.move_to(moved, slot).unwrap();
        other.press("確かめた").reads("予約がもう一度変わりました。");
        assert_eq!(other.status(), 409);
        // The frozen list is exported as it was.
        operator.open("/list/2026-11-11.csv?encoding=utf8");
        assert_eq!(operator.page().source().matches("2026-11-11").count(), 3);
        house.run_jobs();
        house.verify();
    }

    fn g7_what_is_late_is_red_and_who_did_it_is_said(home: TestDb) {
        let mut house = House::open(home);
        house.city.notified(1, 'A');
        house.at(EVE, "8:49");
        let mut operator = house.operator();
        operator.open("/").reads("8:50まで 開庁準備");
        house.at(EVE, "8:50");
        operator.reload().reads("遅れ 開庁準備");
        operator.press_twice("準備ができた").reads("済 開庁準備");
        operator.reads("8:50");
        house.at(EVE, "12:00");
        let mut operator = house.operator();
        operator.open("/").reads("遅れ 11月11日(水)の予約リスト");
        // A day on which nobody works has no duties.
        house.at(date(2026, 11, 15), "10:00");
        let mut operator = house.operator();
        operator.open("/").reads("今日は閉庁日です");
        assert!(!operator.text().contains("時刻の決まった仕事"));
    }
}
