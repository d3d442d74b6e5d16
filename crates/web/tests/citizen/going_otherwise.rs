//! What else happens while booking: two presses, two tabs, Back, somebody faster, time running out.

use jiff::SignedDuration;
use testkit::{TestDb, on_both};

use crate::{FIRST, books, comes_alone, holds, house, proves, taken, with_places};

on_both! {
    fn a_button_pressed_twice_has_one_effect(home: TestDb) {
        let (house, cards) = house(home, 1);
        let mut citizen = house.citizen();
        proves(&mut citizen, &house.key_of(cards[0]));
        comes_alone(citizen.follow(FIRST).press_twice("9時00分"));
        assert_eq!(taken(&house), 1);
        let pressed = citizen.form_of("この内容で予約する");
        citizen.press_twice("この内容で予約する").sees("予約が終わりました");
        citizen.reload().sees("予約が終わりました");
        // The browser asks whether to send the form again, and is told to.
        citizen.submit(&pressed).sees("予約が終わりました");
        assert_eq!(taken(&house), 1);
        let mut done = citizen.another_tab();
        let ask = citizen.path().replace("done", "cancel");
        citizen.open(&ask).press_twice("予約を取り消す").sees("予約を取り消しました");
        done.reload().sees("予約を取り消しました");
        assert_eq!(taken(&house), 0);
        house.verify();
    }

    fn a_page_too_early_leads_to_its_turn(home: TestDb) {
        let (house, cards) = house(home, 1);
        let mut citizen = house.citizen();
        proves(&mut citizen, &house.key_of(cards[0]));
        let days = citizen.path().to_owned();
        for step in ["check", "who", "done", "reservation", "cancel", "cancelled", "add"] {
            citizen.open(&days.replace("days", step)).sees("日にちを選んでください");
        }
        citizen.follow(FIRST).press("9時00分");
        for step in ["done", "reservation", "cancel", "cancelled", "check", "check/me", "check/principal-proxy"] {
            citizen.open(&days.replace("days", step)).sees("窓口に来る方を選んでください");
        }
        comes_alone(&mut citizen);
    }

    fn another_time_of_the_same_page_is_another_wish(home: TestDb) {
        let (house, cards) = house(home, 1);
        let mut citizen = house.citizen();
        proves(&mut citizen, &house.key_of(cards[0]));
        citizen.follow(FIRST);
        let (nine, ten) = (citizen.form_of("9時00分"), citizen.form_of("10時00分"));
        comes_alone(citizen.submit(&nine)).reads("9時00分");
        comes_alone(citizen.submit(&ten)).reads("10時00分");
        assert_eq!(taken(&house), 1);
        citizen.press("この内容で予約する").sees("予約が終わりました").reads("10時00分");
        house.verify();
    }

    fn after_done_nothing_is_booked_twice(home: TestDb) {
        let (house, cards) = house(home, 1);
        let mut citizen = house.citizen();
        let number = books(&mut citizen, &house.key_of(cards[0]), FIRST, "9時00分");
        let done = citizen.path().to_owned();
        citizen.open(&done.replace("done", "check")).sees("予約が終わりました");
        // Another time is a wish to change, and nothing is changed before it is said again.
        citizen.open(&done.replace("done", "days")).follow(FIRST).press("10時00分");
        citizen.sees("予約の日時を変えますか").reads("9時00分").reads("10時00分");
        citizen.follow("変えずに戻る").sees("あなたの予約").reads(&number).reads("9時00分");
        assert_eq!(taken(&house), 1);
        house.verify();
    }

    fn two_tabs_are_two_visits(home: TestDb) {
        let (house, cards) = house(home, 1);
        let key = house.key_of(cards[0]);
        let mut first = house.citizen();
        holds(&mut first, &key, FIRST, "9時00分");
        let mut second = first.another_tab();
        holds(&mut second, &key, FIRST, "10時00分");
        assert_eq!(taken(&house), 1);
        // The first tab's time went with the second tab's choice, and it says so.
        first.press("この内容で予約する").sees("時間をお取りできる期限が過ぎました");
        second.press("この内容で予約する").sees("予約が終わりました").reads("10時00分");
        first.follow("もう一度選ぶ").follow(FIRST).press("11時00分").sees("あなたの予約").reads("10時00分");
        assert_eq!(taken(&house), 1);
        house.verify();
    }

    fn nobody_books_what_they_do_not_see(home: TestDb) {
        let (house, cards) = house(home, 1);
        let mut first = house.citizen();
        holds(&mut first, &house.key_of(cards[0]), FIRST, "9時00分");
        let mut second = first.another_tab();
        comes_alone(second.follow("変更する（時間）").press("10時00分"));
        first.press("この内容で予約する").sees("予約の内容を確かめてください").reads("10時00分");
        first.press("この内容で予約する").sees("予約が終わりました").reads("10時00分");
        house.verify();
    }

    fn a_hold_ends_while_the_citizen_reads(home: TestDb) {
        let (mut house, cards) = house(home, 1);
        let mut citizen = house.citizen();
        holds(&mut citizen, &house.key_of(cards[0]), FIRST, "9時00分");
        house.advance(SignedDuration::from_mins(10));
        citizen.reload().sees("予約の内容を確かめてください");
        house.advance(SignedDuration::from_secs(1));
        let mut other_tab = citizen.another_tab();
        citizen.press("この内容で予約する").sees("時間をお取りできる期限が過ぎました").reads("10分間");
        other_tab.reload().sees("時間をお取りできる期限が過ぎました");
        house.run_jobs();
        assert_eq!(taken(&house), 0);
        comes_alone(citizen.follow("もう一度選ぶ").follow(FIRST).press("9時00分")).press("この内容で予約する");
        citizen.sees("予約が終わりました");
        house.verify();
    }

    fn somebody_else_was_faster(home: TestDb) {
        let (mut house, cards) = house(home, 2);
        with_places(&mut house, 1);
        let (mut fast, mut slow) = (house.citizen(), house.citizen());
        for (citizen, card) in [(&mut fast, cards[0]), (&mut slow, cards[1])] {
            proves(citizen, &house.key_of(card));
            citizen.follow(FIRST);
        }
        comes_alone(fast.press("9時00分"));
        slow.press("9時00分").sees("時間を選んでください").reads("ほかの方の予約で埋まりました");
        comes_alone(slow.reads("9時00分 ×空きなし").press("9時10分"));
        slow.press("この内容で予約する").sees("予約が終わりました");
        house.verify();
    }

    fn rules_that_change_meanwhile_are_heeded(home: TestDb) {
        let (mut house, cards) = house(home, 2);
        let mut citizen = house.citizen();
        proves(&mut citizen, &house.key_of(cards[0]));
        citizen.follow(FIRST);
        with_places(&mut house, 2);
        comes_alone(citizen.press("9時00分"));
        // Nothing is granted any more: nobody else gets in, and what is held stays.
        let mut other = house.citizen();
        proves(&mut other, &house.key_of(cards[1]));
        other.follow(FIRST);
        with_places(&mut house, 0);
        other.press("9時10分").sees("日にちを選んでください").reads("予約を受け付けていません");
        citizen.press("この内容で予約する").sees("予約が終わりました");
        assert_eq!(taken(&house), 1);
    }
}
