//! The clock passes a deadline, or midnight, between two pages; and somebody else changes the booking between two pages.
//! The page says so and shows the way out, and nothing is lost.

use domain::reservation::{Channel, State};
use jiff::civil::date;
use store::Lane;
use storykit::{Browser, House};
use testkit::{TestDb, on_both};

use crate::{FIRST, TODAY, books, comes_alone, holds, house, live, taken};

const TOMORROW: jiff::civil::Date = date(2026, 11, 10);
/// A day that stays open longer.
const FRIDAY: &str = "11月13日(金)";

fn finds(house: &House, number: &str) -> Browser {
    let mut citizen = house.citizen();
    citizen.open("/reservation").fill("number", number).press("予約を見る").sees("あなたの予約");
    citizen
}

/// An operator moves a reservation while its citizen looks at a page.
fn operator_moves(house: &mut House, card: domain::id::CardId, to: &str) {
    let (act, rules, id) = (house.city.act(), house.city.rules.clone(), live(house, card).id);
    let slot = house.city.slot(date(2026, 11, 16), to);
    house
        .city
        .db()
        .write_now(Lane::Staff, move |tx| {
            store::reservation::move_to(tx, &act, &rules, id, &slot, Channel::Telephone)
        })
        .unwrap();
}

on_both! {
    fn g7_what_is_held_before_midnight_is_booked_after_it_and_what_is_not_is_offered_anew(home: TestDb) {
        let (mut house, cards) = house(home, 2);
        // The first day closes at midnight: its list is made in the morning.
        house.at(TODAY, "23:55");
        let (mut quick, mut slow) = (house.citizen(), house.citizen());
        holds(&mut quick, &house.key_of(cards[0]), FIRST, "9時00分");
        holds(&mut slow, &house.key_of(cards[1]), FIRST, "9時00分");
        house.at(TOMORROW, "0:04");
        quick.press("この内容で予約する").sees("予約が終わりました").reads("11月11日(水)");
        house.at(TOMORROW, "0:06");
        slow.press("この内容で予約する").sees("時間をお取りできる期限が過ぎました").follow("もう一度選ぶ");
        slow.sees("日にちを選んでください");
        assert!(!slow.text().contains(FIRST), "a day that is closed is offered");
        slow.follow("11月12日(木)").press("9時00分");
        comes_alone(&mut slow).press("この内容で予約する").sees("予約が終わりました").reads("11月12日(木)");
        house.run_jobs();
        assert_eq!(taken(&house), 2);
        house.verify();
    }

    fn g7_midnight_closes_a_day_for_moving_to_it_and_not_for_cancelling(home: TestDb) {
        let (mut house, cards) = house(home, 2);
        let number = books(&mut house.citizen(), &house.key_of(cards[0]), FRIDAY, "9時00分");
        let tomorrow = books(&mut house.citizen(), &house.key_of(cards[1]), FIRST, "9時00分");
        house.at(TODAY, "23:50");
        let mut moving = finds(&house, &number);
        moving.follow("日時を変える").follow(FIRST).press("10時00分").sees("予約の日時を変えますか");
        house.at(TOMORROW, "0:01");
        moving.press("この日時に変える").sees("日にちを選んでください").reads("選んだ日は、予約を受け付けていません");
        assert_eq!(live(&house, cards[0]).slot.day, date(2026, 11, 13));
        moving.follow("11月12日(木)").press("10時00分").press("この日時に変える").reads("予約の日時を変えました").reads(&number);
        // Cancelling goes on until the slot begins, also over the midnight before it.
        house.at(TOMORROW, "23:59");
        let mut cancelling = finds(&house, &tomorrow);
        cancelling.follow("予約を取り消す").sees("この予約を取り消しますか");
        house.at(date(2026, 11, 11), "0:01");
        cancelling.press("予約を取り消す").sees("予約を取り消しました");
        house.run_jobs();
        house.verify();
    }

    fn g7_after_its_time_a_booking_is_not_moved_and_the_page_says_whom_to_call(home: TestDb) {
        let (mut house, cards) = house(home, 1);
        let number = books(&mut house.citizen(), &house.key_of(cards[0]), FIRST, "9時00分");
        house.at(date(2026, 11, 11), "8:58");
        let mut moving = finds(&house, &number);
        moving.follow("日時を変える").follow(FRIDAY).press("9時00分").sees("予約の日時を変えますか");
        let ask = moving.path().to_owned();
        house.at(date(2026, 11, 11), "9:00");
        moving.press("この日時に変える").sees("あなたの予約").reads("予約の日時は変わっていません。").reads("お電話");
        moving.open(&ask).sees("あなたの予約").reads("予約の日時は変わっていません。");
        let kept = live(&house, cards[0]);
        assert_eq!((kept.slot.day, kept.state), (date(2026, 11, 11), State::Booked));
        house.verify();
    }

    fn r4_d_what_an_operator_changed_meanwhile_is_not_overwritten_by_the_citizen(home: TestDb) {
        let (mut house, cards) = house(home, 1);
        let number = books(&mut house.citizen(), &house.key_of(cards[0]), FIRST, "9時00分");
        let (mut moving, mut cancelling) = (finds(&house, &number), finds(&house, &number));
        moving.follow("日時を変える").follow(FRIDAY).press("9時00分").sees("予約の日時を変えますか");
        cancelling.follow("予約を取り消す").sees("この予約を取り消しますか");
        operator_moves(&mut house, cards[0], "10:00");
        for citizen in [&mut moving, &mut cancelling] {
            let button = if citizen.h1().contains("変え") { "この日時に変える" } else { "予約を取り消す" };
            citizen.press(button).sees("あなたの予約").reads("操作の間に、予約の内容が変わりました。").reads("11月16日(月)");
        }
        assert_eq!(live(&house, cards[0]).slot.day, date(2026, 11, 16));
        // And asked once more on what is shown, it is done.
        moving.follow("日時を変える").follow(FRIDAY).press("9時00分").press_twice("この日時に変える");
        moving.reads("予約の日時を変えました").reads("11月13日(金)").reads(&number);
        assert_eq!(taken(&house), 1);
        house.run_jobs();
        house.verify();
    }
}
