//! A rush: two people choose, the others wait in the order of arrival, and nothing of theirs is lost.

use jiff::SignedDuration;
use storykit::{Browser, House};
use testkit::{TestDb, on_both};

use crate::{FIRST, TODAY, comes_alone, proves};

fn waits(citizen: &mut Browser, people: &str) {
    citizen.sees("順番にご案内しています").reads(people);
    assert_eq!(citizen.status(), 503);
    let headers = &citizen.page().headers;
    assert_eq!(
        (&headers["refresh"], &headers["retry-after"]),
        (&"10".parse().unwrap(), &"10".parse().unwrap())
    );
}

on_both! {
    fn r4_c_in_a_rush_everybody_keeps_the_turn_of_their_arrival(home: TestDb) {
        let mut house = House::in_a_rush(home, 2);
        let cards = house.city.notified(5, 'A');
        house.at(TODAY, "10:00");
        let mut citizens: Vec<Browser> = cards.iter().map(|_| house.citizen()).collect();
        for (n, (citizen, card)) in citizens.iter_mut().zip(&cards).enumerate() {
            house.advance(SignedDuration::from_secs(1));
            proves(citizen, &house.key_of(*card));
            match n {
                0 | 1 => drop(citizen.sees("日にちを選んでください")),
                2 => waits(citizen, "いません。次にご案内します"),
                _ => waits(citizen, &format!("{}人", n - 2)),
            }
        }
        let [first, second, third, fourth, fifth] = &mut citizens[..] else { panic!("five") };
        // Who waits takes no place past the others, whatever they send; what has an address of its own is free.
        let days = third.path().to_owned();
        third.open(&days.replace("/days", "/days/2026-11-12"));
        waits(third, "次にご案内します");
        let statements = house.statements();
        third.reload();
        assert_eq!(house.statements(), statements, "waiting costs no statement");

        // The first is done. The third is next, also where the fourth asks before.
        first.follow(FIRST).press("9時00分");
        comes_alone(first).press("この内容で予約する").sees("予約が終わりました");
        fourth.reload();
        waits(fourth, "1人");
        third.open(&days).sees("日にちを選んでください");
        fourth.reload();
        waits(fourth, "次にご案内します");
        // Who is inside goes on, and who looks at a reservation never waits.
        second.follow(FIRST).sees("時間を選んでください").reads("9時00分");
        let number = crate::number(first);
        let mut looks = house.citizen();
        looks.open("/reservation").fill("number", &number).press("予約を見る").sees("あなたの予約");

        // The second goes away. After half a minute the fourth is let in.
        house.advance(SignedDuration::from_secs(25));
        third.reload().sees("日にちを選んでください");
        fourth.reload();
        waits(fourth, "次にご案内します");
        house.advance(SignedDuration::from_secs(10));
        fourth.reload().sees("日にちを選んでください");
        fifth.reload();
        waits(fifth, "次にご案内します");
        // The second was only thinking, and goes on.
        second.press("9時00分");
        comes_alone(second).press("この内容で予約する").sees("予約が終わりました");
        house.verify();
    }

    fn r4_c_a_visit_does_not_end_because_its_citizen_had_to_wait(home: TestDb) {
        let mut house = House::in_a_rush(home, 1);
        let cards = house.city.notified(2, 'A');
        house.at(TODAY, "10:00");
        let [mut first, mut second] = [house.citizen(), house.citizen()];
        proves(&mut first, &house.key_of(cards[0]));
        first.sees("日にちを選んでください");
        proves(&mut second, &house.key_of(cards[1]));
        for _ in 0..60 {
            waits(&mut second, "次にご案内します");
            house.advance(SignedDuration::from_secs(20));
            first.reload();
            second.reload();
        }
        first.follow(FIRST).press("9時00分");
        comes_alone(&mut first).press("この内容で予約する").sees("予約が終わりました");
        // Twenty minutes of the thirty are gone, and the whole half hour is there.
        second.reload().sees("日にちを選んでください");
        house.advance(SignedDuration::from_mins(29));
        second.follow(FIRST).press("9時10分");
        comes_alone(&mut second).press("この内容で予約する").sees("予約が終わりました");
        house.verify();
    }
}
