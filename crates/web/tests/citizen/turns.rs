//! A rush: two people choose, the others wait in the order of arrival, and nothing of theirs is lost.

use data_encoding::HEXLOWER;
use jiff::SignedDuration;
use storykit::{Browser, House};
use testkit::{TestDb, on_both};

use web::citizen::visit::effort::solves;

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

/// Somebody who proves nothing, up to the days or the page of those who wait.
fn begins_a_renewal(citizen: &mut Browser) -> &mut Browser {
    citizen.open("/renewal").choose("kind", "certificate").choose("here", "yes");
    citizen.choose("who", "principal").choose("pins", "known").press("確認して日にちを選ぶ")
}

/// The task on a page of those who wait: its text, its minute, and where its solution goes.
fn task(citizen: &Browser) -> Option<([u8; 32], String, String)> {
    let tasks = citizen.page().tree.all(&|element| element.has("data-effort"));
    let task = tasks.first()?;
    let of = |name: &str| task.attribute(name).unwrap().to_owned();
    let text = HEXLOWER.decode(of("data-effort").as_bytes()).unwrap().try_into().unwrap();
    Some((text, of("data-minute"), of("data-to")))
}

/// Sends a solution; the page that was shown is there again afterwards.
fn sends(citizen: &mut Browser, to: &str, minute: &str, number: u32) -> u16 {
    let page = citizen.path().to_owned();
    let status = citizen.post(to, &[("minute", minute), ("number", &number.to_string())]).status();
    citizen.open(&page);
    status
}

on_both! {
    fn r4_c_in_a_long_queue_a_browser_works_for_a_turn_that_nothing_proves(home: TestDb) {
        let mut house = House::in_a_rush(home, 1);
        let cards = house.city.notified(2, 'A');
        house.at(TODAY, "10:00");
        let [mut inside, mut next, mut bot, mut works, mut other] = [(); 5].map(|()| house.citizen());
        proves(&mut inside, &house.key_of(cards[0]));
        inside.sees("日にちを選んでください");
        // While nobody waits, nobody is asked for anything; a key never is.
        begins_a_renewal(&mut bot);
        waits(&mut bot, "次にご案内します");
        assert_eq!(task(&bot), None);
        proves(&mut next, &house.key_of(cards[1]));
        waits(&mut next, "1人");
        assert_eq!(task(&next), None);
        // Now as many wait as may be inside. Without a script one waits behind three others at most, and is told so.
        house.advance(SignedDuration::from_secs(1));
        begins_a_renewal(&mut other);
        house.advance(SignedDuration::from_secs(1));
        begins_a_renewal(&mut works);
        waits(&mut other, "2人");
        waits(&mut works, "3人");
        let (text, minute, to) = task(&works).unwrap();
        let number = (0..1_000_000).find(|number| solves(&text, *number)).unwrap();
        assert!(works.page().source().contains("<noscript>"));
        // A wrong number, an old task and one of the future, somebody else's task, and no number at all.
        let early: i64 = minute.parse().unwrap();
        for (to, minute, number) in [
            (&to, minute.clone(), number + 1),
            (&to, (early - 10).to_string(), number),
            (&to, (early + 1).to_string(), number),
            (&to, "x".to_owned(), number),
        ] {
            assert_eq!(sends(&mut works, to, &minute, number), 400, "{minute} {number}");
        }
        assert_eq!(sends(&mut other, &to, &minute, number), 410, "the visit of another browser");
        let own = task(&other).unwrap().2;
        assert_eq!(sends(&mut other, &own, &minute, number), 400, "a solution holds for its visit alone");
        waits(&mut works, "3人");
        // Solved: the turn of the arrival in the first line. Sent again it gains nothing more.
        for _ in 0..2 {
            assert_eq!(sends(&mut works, &to, &minute, number), 204);
            waits(&mut works, "2人");
            assert_eq!(task(&works), None);
        }
        waits(other.reload(), "3人");
        // What shows that one browser worked is worth nothing in another.
        let worked: Vec<(String, String)> = works
            .cookies()
            .iter()
            .filter(|(name, ..)| *name == "__Secure-worked")
            .map(|(name, value, _)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let [(name, value)] = &worked[..] else { panic!("one cookie: {worked:?}") };
        let path = own.strip_suffix("/effort").unwrap().to_owned();
        other.keep_cookie(name, value, &path);
        waits(other.reload(), "3人");
        assert!(task(&other).is_some());

        // Everybody gets their turn, with a script and without one.
        inside.follow(FIRST).press("9時00分");
        comes_alone(&mut inside).press("この内容で予約する").sees("予約が終わりました");
        for citizen in [&mut bot, &mut next, &mut works, &mut other] {
            citizen.reload().sees("日にちを選んでください");
            house.advance(SignedDuration::from_secs(31));
        }
        house.verify();
    }

    fn r4_c_in_a_long_queue_one_key_and_one_address_begin_so_many_visits_and_no_more(home: TestDb) {
        let mut house = House::in_a_rush(home, 1);
        let cards = house.city.notified(3, 'A');
        house.at(TODAY, "10:00");
        let [mut inside, mut next] = [house.citizen(), house.citizen()];
        proves(&mut inside, &house.key_of(cards[0]));
        proves(&mut next, &house.key_of(cards[1]));
        waits(&mut next, "次にご案内します");
        let mut greedy = house.citizen();
        for _ in 0..10 {
            proves(&mut greedy, &house.key_of(cards[2]));
            waits(&mut greedy, "人");
            next.reload();
        }
        proves(&mut greedy, &house.key_of(cards[2]));
        greedy.sees("しばらく待ってからやり直してください").reads("06-0000-0000");
        assert_eq!(greedy.status(), 429);
        // Who waits already is not touched, and other keys are not either.
        waits(next.reload(), "次にご案内します");
        crate::with_booking(&mut house, |booking| booking.web_holds_per_address = 2);
        house.advance(SignedDuration::from_secs(2));
        let mut machine = house.citizen().at_address("198.51.100.9");
        for _ in 0..6 {
            begins_a_renewal(&mut machine);
            assert_eq!(machine.status(), 503);
        }
        begins_a_renewal(&mut machine).sees("続けて予約できません");
        assert_eq!(machine.status(), 429);
        begins_a_renewal(&mut house.citizen());
        house.verify();
    }

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
