//! Changing the day and the time of a reservation.

use domain::reservation::Channel;
use jiff::civil::date;
use store::Lane;
use store::reservation::BookingError;
use testkit::{TestDb, on_both};

use crate::{FIRST, books, house, live, proves, taken, with_booking, with_places};

/// The second day that can be booked.
const SECOND: &str = "11月12日(木)";

on_both! {
    fn r4_d_the_citizen_changes_day_and_time_and_keeps_the_number(home: TestDb) {
        let (mut house, cards) = house(home, 1);
        let number = books(&mut house.citizen(), &house.key_of(cards[0]), FIRST, "9時00分");
        let mut later = house.citizen();
        later.open("/reservation").fill("number", &number).press("予約を見る").sees("あなたの予約");
        later.follow("日時を変える").sees("日にちを選んでください").follow(SECOND);
        later.press("13時30分").sees("予約の日時を変えますか");
        later.reads("11月11日(水) 9時00分").reads("11月12日(木) 13時30分");
        // Until it is said again nothing has changed, and the button that is pressed twice changes once.
        assert_eq!(live(&house, cards[0]).slot.day, date(2026, 11, 11));
        later.press_twice("この日時に変える").sees("あなたの予約").reads("予約の日時を変えました");
        later.reads(&number).reads("11月12日(木)").reads("13時30分");
        assert_eq!(taken(&house), 1);
        // A reload says the same; the same time once more changes nothing.
        later.reload().reads("予約の日時を変えました");
        later.follow("日時を変える").follow(SECOND).press("13時30分").sees("あなたの予約");
        let mut other = house.citizen();
        proves(&mut other, &house.key_of(cards[0]));
        other.sees("あなたの予約").reads("13時30分");
        house.run_jobs();
        house.verify();
    }

    fn r4_d_a_change_to_a_time_that_was_just_taken_keeps_the_old_one(home: TestDb) {
        let (mut house, cards) = house(home, 2);
        with_places(&mut house, 1);
        let number = books(&mut house.citizen(), &house.key_of(cards[0]), FIRST, "9時00分");
        let mut first = house.citizen();
        first.open("/reservation").fill("number", &number).press("予約を見る").follow("日時を変える");
        first.follow(FIRST).press("9時10分").sees("予約の日時を変えますか");
        books(&mut house.citizen(), &house.key_of(cards[1]), FIRST, "9時10分");
        first.press("この日時に変える").sees("時間を選んでください").reads("ほかの方の予約で埋まりました");
        assert_eq!(live(&house, cards[0]).slot.start.to_string(), "9:00");
        // The last place of a slot is changed within its day, too.
        first.press("9時20分").press("この日時に変える").reads("予約の日時を変えました").reads("9時20分");
        assert_eq!(taken(&house), 2);
        house.run_jobs();
        house.verify();
    }

    fn r4_d_nothing_is_changed_after_its_time_nor_to_a_day_whose_list_is_made(home: TestDb) {
        let (mut house, cards) = house(home, 1);
        let number = books(&mut house.citizen(), &house.key_of(cards[0]), FIRST, "9時00分");
        let mut late = house.citizen();
        late.open("/reservation").fill("number", &number).press("予約を見る").follow("日時を変える");
        late.follow(FIRST).press("10時00分").sees("予約の日時を変えますか");
        let mut asked = late.form_of("この日時に変える");
        // On the day before, its list is with the city: away it may go, but nothing comes to it.
        house.at(date(2026, 11, 10), "10:00");
        let mut early = house.citizen();
        early.open("/reservation").fill("number", &number).press("予約を見る");
        asked.set("day", "2026-11-10");
        let own = early.path().replace("reservation", "change");
        asked.action = own;
        early.submit(&asked).sees("日にちを選んでください").reads("選んだ日は、予約を受け付けていません");
        early.follow("11月12日(木)").press("9時00分").sees("予約の日時を変えますか");
        // And not after its time.
        house.at(date(2026, 11, 11), "9:00");
        let mut late = house.citizen();
        late.open("/reservation").fill("number", &number).press("予約を見る");
        late.reads("変更や取り消しができません");
        let own = late.path().replace("reservation", "change/2026-11-13/540");
        late.open(&own).sees("あなたの予約");
        assert_eq!(live(&house, cards[0]).slot.day, date(2026, 11, 11));
        house.verify();
    }

    fn r4_d_who_was_received_neither_changes_nor_cancels_on_the_web(home: TestDb) {
        let (mut house, cards) = house(home, 1);
        let number = books(&mut house.citizen(), &house.key_of(cards[0]), FIRST, "9時30分");
        house.at(date(2026, 11, 11), "9:20");
        let mut waiting = house.citizen();
        waiting.open("/reservation").fill("number", &number).press("予約を見る");
        let (shown, booked, act) = (waiting.path().to_owned(), live(&house, cards[0]).id, house.city.act());
        let received = house.city.db().write_now(Lane::Staff, move |tx| store::reception::arrive(tx, &act, booked));
        received.unwrap();
        waiting.follow("予約を取り消す").press("予約を取り消す").sees("あなたの予約");
        waiting.open(&shown).follow("日時を変える").follow("11月13日(金)").press("9時00分");
        waiting.press("この日時に変える").sees("あなたの予約").reads("9時30分");
        house.verify();
    }

    fn r4_d_changes_on_the_web_are_counted_and_after_the_last_one_the_telephone_changes(home: TestDb) {
        let (mut house, cards) = house(home, 1);
        let number = books(&mut house.citizen(), &house.key_of(cards[0]), FIRST, "9時00分");
        let mut citizen = house.citizen();
        citizen.open("/reservation").fill("number", &number).press("予約を見る").reads("あと3回");
        for (time, left) in [("9時10分", "あと2回"), ("9時20分", "あと1回")] {
            citizen.follow("日時を変える").follow(FIRST).press(time);
            assert!(!citizen.text().contains("これが最後です"));
            citizen.press("この日時に変える").reads(left);
        }
        // A page that was opened before the last change does nothing after it.
        let mut other = house.citizen();
        other.open("/reservation").fill("number", &number).press("予約を見る");
        other.follow("日時を変える").follow(FIRST).press("9時40分").reads("これが最後です");
        citizen.follow("日時を変える").follow(FIRST).press("9時30分").reads("これが最後です");
        citizen.press("この日時に変える").reads("使い切りました").reads("06-0000-0000");
        assert!(!citizen.page().links().contains(&"日時を変える".to_owned()));
        other.press("この日時に変える").reads("使い切りました");
        let there = citizen.path().replace("moved", "change/2026-11-12/540");
        citizen.open(&there).sees("あなたの予約").reads("変えられる回数を使い切りました");
        let booked = live(&house, cards[0]);
        assert_eq!((booked.slot.start.to_string().as_str(), booked.changes, booked.web_changes), ("9:30", 3, 3));
        // Whatever the pages say, the transaction is bound too.
        let (act, rules, to) = (house.city.act(), house.city.rules.clone(), domain::journal::Slot { day: date(2026, 11, 12), ..booked.slot.clone() });
        let refused = house.city.db().write_now(Lane::Public, move |tx| {
            store::reservation::move_to(tx, &act, &rules, booked.id, &to, Channel::Web)
        });
        assert_eq!(refused.unwrap_err(), BookingError::NoMoreChanges);
        // The staff are not bound, and see how often it was.
        let mut desk = house.operator();
        desk.open(&format!("/reservation/{}", booked.id)).reads("3回（うちWeb 3回・上限3回）");
        desk.follow("日時を変更する").press("10:10").reads("4回（うちWeb 3回・上限3回）");
        citizen.open("/reservation").fill("number", &number).press("予約を見る").reads("10時10分");
        citizen.follow("予約を取り消す").press("予約を取り消す").sees("予約を取り消しました");
        house.run_jobs();
        house.verify();
    }

    fn r4_d_who_did_not_come_books_again_and_after_so_often_by_telephone_where_that_is_the_rule(home: TestDb) {
        let (mut house, cards) = house(home, 1);
        let key = house.key_of(cards[0]);
        let number = books(&mut house.citizen(), &key, FIRST, "9時00分");
        let booked = live(&house, cards[0]).id;
        house.at(date(2026, 11, 11), "17:40");
        let act = house.city.act();
        house.city.db().write_now(Lane::Staff, move |tx| store::reception::not_come(tx, &act, booked)).unwrap();
        house.at(date(2026, 11, 12), "10:00");
        // A day late: the page says the way out.
        let mut late = house.citizen();
        late.open("/reservation").fill("number", &number).press("予約を見る").reads("予約の日を過ぎました");
        late.follow("もう一度予約する").fill("number", &key).press("次へ進む").sees("日にちを選んでください");
        with_booking(&mut house, |booking| booking.not_come_then_telephone = 1);
        late.follow("11月17日(火)").press("9時00分").sees("お電話で予約してください").reads("06-0000-0000");
        let mut again = house.citizen();
        proves(&mut again, &key);
        again.sees("お電話で予約してください");
        let mut desk = house.operator();
        desk.open(&format!("/book/{}?day=2026-11-17", cards[0])).press("9:00").reads("予約完了");
        assert_eq!(live(&house, cards[0]).slot.day, date(2026, 11, 17));
        house.verify();
    }
}
