//! Seeing and cancelling a reservation.

use jiff::civil::date;
use testkit::{TestDb, on_both};

use crate::{FIRST, books, comes_alone, house, proves, taken, with_places};

on_both! {
    fn r4_d_a_cancelled_place_is_free_again(home: TestDb) {
        let (mut house, cards) = house(home, 2);
        with_places(&mut house, 1);
        let mut first = house.citizen();
        let number = books(&mut first, &house.key_of(cards[0]), FIRST, "9時00分");
        let mut other = house.citizen();
        proves(&mut other, &house.key_of(cards[1]));
        other.follow(FIRST).reads("9時00分 ×空きなし");
        let mut later = house.citizen();
        later.open("/reservation").fill("number", &number).press("予約を見る").sees("あなたの予約");
        later.follow("予約を取り消す").sees("この予約を取り消しますか").follow("取り消さずに戻る");
        later.sees("あなたの予約").follow("予約を取り消す").press("予約を取り消す").sees("予約を取り消しました");
        assert_eq!(taken(&house), 0);
        // A reload says the same, and the number opens a page that says so.
        later.reload().sees("予約を取り消しました");
        later.open("/reservation").fill("number", &number).press("予約を見る").sees("予約を取り消しました");
        comes_alone(other.reload().press("9時00分")).press("この内容で予約する");
        other.sees("予約が終わりました");
        // And who cancelled books again with the same key.
        books(&mut first, &house.key_of(cards[0]), FIRST, "9時10分");
        house.verify();
    }

    fn r4_d_who_lost_the_number_finds_the_reservation_with_the_key(home: TestDb) {
        let (house, cards) = house(home, 1);
        let key = house.key_of(cards[0]);
        let number = books(&mut house.citizen(), &key, FIRST, "9時00分");
        let mut later = house.citizen();
        proves(&mut later, &key);
        later.sees("あなたの予約").reads(&number).follow("予約を取り消す").press("予約を取り消す");
        later.sees("予約を取り消しました");
        house.verify();
    }

    fn r4_d_nothing_is_cancelled_after_its_time(home: TestDb) {
        let (mut house, cards) = house(home, 1);
        let number = books(&mut house.citizen(), &house.key_of(cards[0]), FIRST, "9時00分");
        house.at(date(2026, 11, 11), "8:59");
        let mut late = house.citizen();
        late.open("/reservation").fill("number", &number).press("予約を見る").reads("取り消せるのは、11月11日(水) 9時00分までです。");
        late.follow("予約を取り消す").sees("この予約を取り消しますか");
        house.at(date(2026, 11, 11), "9:00");
        late.press("予約を取り消す").sees("あなたの予約").reads("予約は取り消されていません");
        late.reads("予約の時間を過ぎたため");
        let cancel = late.path().to_owned();
        late.open(&cancel).sees("あなたの予約");
        assert_eq!(taken(&house), 1);
        house.verify();
    }
}
