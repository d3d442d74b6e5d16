//! Booking from the first page to the number, within the days that are offered.

use domain::number::{Number, NumberKind};
use domain::reservation::Visitor;
use jiff::civil::date;
use testkit::{TestDb, on_both};

use crate::{FIRST, TODAY, comes_alone, house, live, number, proves, taken};

on_both! {
    fn r4_c_a_citizen_books_in_japanese(home: TestDb) {
        let (house, cards) = house(home, 1);
        let mut citizen = house.citizen();
        citizen.open("/").sees("どの通知が届きましたか").reads(FIRST);
        citizen.open("/k").sees("予約キーを入力してください");
        citizen.fill("number", &house.key_of(cards[0])).press("次へ進む");
        citizen.sees("日にちを選んでください");
        assert!(!citizen.text().contains("11月10日"), "the list of tomorrow is with the city already");
        citizen.follow("月のカレンダーで見る").sees("2026年11月の空き").follow("2026年12月");
        citizen.sees("2026年12月の空き").follow("空きのある日の一覧で見る");
        citizen.follow(FIRST).sees("時間を選んでください").reads("令和8年11月11日(水)");
        citizen.press("13時30分").sees("窓口に来る方を選んでください").press("次へ進む").reads("窓口に来る方を選んでください。");
        comes_alone(&mut citizen).reads("10時10分まで").reads("本人だけ");
        citizen.reads("令和8年11月11日(水)").reads("13時30分").reads("高層棟1階");
        citizen.press("この内容で予約する").sees("予約が終わりました").reads("13時30分").reads("持ち物");
        let number = Number::parse(&number(&citizen)).unwrap();
        assert_eq!(number.kind(), NumberKind::Reservation);
        let live = live(&house, cards[0]);
        assert_eq!(live.number(&house.city.keys), Ok(number));
        assert_eq!((live.slot.day, live.slot.start.to_string()), (date(2026, 11, 11), "13:30".to_owned()));
        citizen.follow("カレンダーに入れる");
        let file = citizen.page().source();
        assert!(file.contains("DTSTART:20261111T043000Z"), "{file}");
        assert!(!file.contains(&number.digits()) && !file.contains(&number.to_string()));
        house.verify();
    }

    fn r4_c_a_citizen_books_in_english(home: TestDb) {
        let (house, cards) = house(home, 1);
        let mut citizen = house.citizen().reading("en-GB,en;q=0.9");
        citizen.open("/k").sees("Enter your booking key");
        citizen.follow("日本語").sees("予約キーを入力してください").follow("English");
        citizen.fill("number", &house.key_of(cards[0])).press("Continue").sees("Choose a date");
        citizen.follow("Wednesday, 11 November").sees("Choose a time").press("9:00");
        citizen.sees("Choose who comes to the counter").choose("who", "with_representative").press("Continue");
        citizen.sees("Check your booking").press("Confirm this booking").sees("Your booking is complete");
        let number = number(&citizen);
        let mut later = house.citizen().reading("en");
        later.open("/reservation").sees("See, change or cancel a booking").fill("number", &number);
        later.press("Show my booking").sees("Your booking").reads(&number);
        let booked = live(&house, cards[0]);
        assert_eq!((booked.language.as_str(), booked.visitor), ("en", Some(Visitor::WithRepresentative)));
        house.verify();
    }

    fn g7_only_days_of_the_window_are_taken(home: TestDb) {
        let (mut house, cards) = house(home, 1);
        let mut citizen = house.citizen();
        proves(&mut citizen, &house.key_of(cards[0]));
        let days = citizen.path().to_owned();
        let mut pressed = citizen.follow(FIRST).form_of("9時00分");
        // Tomorrow, a Sunday, a holiday, and a day behind the window.
        for day in ["2026-11-10", "2026-11-15", "2026-11-23", "2027-02-01"] {
            citizen.open(&format!("{days}/{day}")).sees("日にちを選んでください");
            citizen.reads("予約を受け付けていません");
            pressed.set("day", day);
            citizen.submit(&pressed).sees("日にちを選んでください").reads("予約を受け付けていません");
        }
        for path in ["/days/2026-13-01", "/days/tomorrow", "/months/2026-10", "/months/2027-03", "/months/x"] {
            let visit = days.strip_suffix("/days").unwrap();
            citizen.open(&format!("{visit}{path}"));
            assert_eq!(citizen.status(), 404, "{path}");
        }
        // A day that was offered before midnight is not taken after it.
        house.at(TODAY, "23:50");
        proves(&mut citizen, &house.key_of(cards[0]));
        citizen.follow(FIRST);
        house.at(date(2026, 11, 10), "0:00");
        citizen.press("9時00分").sees("日にちを選んでください").reads("予約を受け付けていません");
        assert_eq!(taken(&house), 0);
    }

    fn a_whole_booking_runs_a_known_number_of_statements(home: TestDb) {
        let (house, cards) = house(home, 1);
        // The picture of free places is there already, as on any day.
        house.citizen().open("/");
        let key = house.key_of(cards[0]);
        let mut citizen = house.citizen();
        let mut last = house.statements();
        let mut steps = Vec::new();
        let mut ran = |step: &'static str| {
            let now = house.statements();
            steps.push((step, now - last));
            last = now;
        };
        citizen.open("/");
        ran("first");
        citizen.open("/k");
        ran("key");
        citizen.fill("number", &key).press("次へ進む");
        ran("prove, days");
        citizen.follow(FIRST);
        ran("times");
        citizen.press("9時00分");
        ran("hold, who");
        comes_alone(&mut citizen);
        ran("answer, check");
        citizen.press("この内容で予約する").sees("予約が終わりました");
        ran("book, done");
        let expected = [
            ("first", 0),
            ("key", 0),
            ("prove, days", 6),
            ("times", 0),
            ("hold, who", 13),
            ("answer, check", 2),
            ("book, done", 15),
        ];
        assert_eq!(steps, expected);
        // One card alone pays nothing for families: 34 statements, one that asks the ledger whether news by mail may be
        // offered, and one whether the card waits for the city.
        assert_eq!(steps.iter().map(|(_, count)| count).sum::<u64>(), 36);
    }
}
