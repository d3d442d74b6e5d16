//! Keys and numbers: how they are read, what a failure tells, who is let in.

use domain::card::Stage;
use domain::number::NumberKind;
use jiff::SignedDuration;
use jiff::civil::date;
use store::Lane;
use testkit::{TestDb, on_both};

use crate::{FIRST, comes_alone, holds, house, live, mistyped, proves, unknown, without};

on_both! {
    fn r4_c_a_key_is_read_however_it_is_typed(home: TestDb) {
        let (house, cards) = house(home, 1);
        let key = house.key_of(cards[0]);
        let wide: String = key
            .chars()
            .map(|sign| if sign == '-' { 'ー' } else { char::from_u32(u32::from(sign) + 0xFEE0).unwrap() })
            .collect();
        for typed in [key.replace('-', ""), key.replace('-', "　"), wide, format!(" {key} ")] {
            let mut citizen = house.citizen();
            proves(&mut citizen, &typed);
            citizen.sees("日にちを選んでください");
        }
    }

    fn r4_c_every_failure_of_a_key_is_the_same(home: TestDb) {
        let (mut house, cards) = house(home, 2);
        let dead = house.key_of(cards[0]);
        let (act, keys, card) = (house.city.act(), house.city.keys.clone(), cards[0]);
        let reprinted = house.city.db().write_now(Lane::Staff, move |tx| {
            let card = store::card::find(tx, card)?.unwrap();
            store::letter::reprint(tx, &act, &keys, &card, "v1")
        });
        reprinted.unwrap();
        let mut seen = Vec::new();
        for typed in [dead, unknown(NumberKind::BookingKey, 1), mistyped(&house.key_of(cards[1]))] {
            let mut citizen = house.citizen();
            citizen.open("/k");
            let before = house.statements();
            citizen.fill("number", &typed).press("次へ進む");
            let statements = house.statements() - before;
            assert_eq!(citizen.status(), 422);
            citizen.reads("この予約キーでは予約できません");
            seen.push((without(&citizen, &typed), statements));
        }
        assert!(seen.iter().all(|one| *one == seen[0]), "{seen:?}");
        // The new letter's key opens.
        let mut citizen = house.citizen();
        proves(&mut citizen, &house.key_of(cards[0]));
        citizen.sees("日にちを選んでください");
    }

    fn r4_d_every_failure_of_a_number_is_the_same(home: TestDb) {
        let (house, cards) = house(home, 1);
        holds(&mut house.citizen(), &house.key_of(cards[0]), FIRST, "9時00分");
        // The number of a hold was given to nobody.
        let held = live(&house, cards[0]).number(&house.city.keys).unwrap().to_string();
        let mut seen = Vec::new();
        for typed in [mistyped(&held), unknown(NumberKind::Reservation, 1), held] {
            let mut citizen = house.citizen();
            let before = house.statements();
            citizen.open("/reservation").fill("number", &typed).press("予約を見る");
            assert_eq!(citizen.status(), 422);
            citizen.reads("この予約番号の予約が見つかりません");
            seen.push((without(&citizen, &typed), house.statements() - before));
        }
        assert!(seen.iter().all(|one| *one == seen[0]), "{seen:?}");
    }

    fn r4_g_guessing_is_limited_for_each_number(home: TestDb) {
        let (mut house, _) = house(home, 1);
        let guess = unknown(NumberKind::BookingKey, 1);
        for _ in 0..10 {
            let mut citizen = house.citizen();
            proves(&mut citizen, &guess);
            assert_eq!(citizen.status(), 422);
        }
        let mut citizen = house.citizen();
        proves(&mut citizen, &guess);
        assert_eq!(citizen.status(), 429);
        citizen.sees("しばらく入力できません");
        assert_eq!(citizen.page().headers["retry-after"], "1800");
        house.advance(SignedDuration::from_mins(31));
        proves(&mut citizen, &guess);
        assert_eq!(citizen.status(), 422);
    }

    fn r4_g_guessing_is_limited_for_each_address(home: TestDb) {
        let (mut house, cards) = house(home, 1);
        let mut guesser = house.citizen();
        let pages = [
            ("/k", NumberKind::BookingKey, "次へ進む"),
            ("/reservation", NumberKind::Reservation, "予約を見る"),
        ];
        for n in 0..30 {
            let (page, kind, button) = pages[usize::from(n % 2)];
            guesser.open(page).fill("number", &unknown(kind, n)).press(button);
            assert_eq!(guesser.status(), 422, "{n}");
        }
        let key = house.key_of(cards[0]);
        proves(&mut guesser, &key);
        assert_eq!(guesser.status(), 429);
        let mut other = house.citizen();
        proves(&mut other, &key);
        other.sees("日にちを選んでください");
        house.advance(SignedDuration::from_mins(31));
        proves(&mut guesser, &key);
        guesser.sees("日にちを選んでください");
    }

    fn r4_b_an_individual_number_is_refused_and_forgotten(home: TestDb) {
        let (house, _) = house(home, 1);
        let mut citizen = house.citizen();
        let before = house.statements();
        for typed in ["123456789018", "１２３４－５６７８－９０１８", "1234 5678 9018"] {
            proves(&mut citizen, typed);
            assert_eq!(citizen.status(), 422);
            citizen.reads("マイナンバー（個人番号12けた）は入力しないでください");
            let source = citizen.page().source();
            assert!(!source.contains("9018") && !source.contains("９０１８"));
        }
        citizen.open("/k?n=123456789018");
        assert_eq!(citizen.status(), 422);
        assert_eq!(house.statements(), before, "nothing reached the database");
    }

    fn r4_c_the_shape_of_a_number_is_explained(home: TestDb) {
        let (house, _) = house(home, 1);
        let mut citizen = house.citizen();
        proves(&mut citizen, "1234-5678");
        citizen.reads("番号は14けたです。入力された数字は8けたでした。");
        assert_eq!(citizen.page().value("number").as_deref(), Some("1234-5678"));
        assert!(citizen.page().title().starts_with("エラー："));
        proves(&mut citizen, "");
        citizen.reads("番号を入力してください");
        proves(&mut citizen, &unknown(NumberKind::Reservation, 1));
        citizen.reads("これは予約番号です");
    }

    fn r4_c_booking_opens_with_the_posting_for_visits_three_open_days_later(home: TestDb) {
        // Posted on Monday, 2 November; Tuesday is a holiday.
        let (mut house, cards) = house(home, 1);
        house.at(date(2026, 11, 2), "12:00");
        let mut citizen = house.citizen();
        proves(&mut citizen, &house.key_of(cards[0]));
        citizen.sees("日にちを選んでください").reads("11月6日(金)");
        assert!(!citizen.text().contains("11月5日(木)"));
        let days = citizen.path().to_owned();
        citizen.open(&format!("{days}/2026-11-05")).sees("日にちを選んでください");
        citizen.reads("選んだ日は、予約を受け付けていません");
        // A form for a day that was never offered is refused like any other.
        citizen.open(&format!("{days}/2026-11-06"));
        let mut forged = citizen.form_of("9時00分");
        forged.set("day", "2026-11-05");
        citizen.submit(&forged).sees("日にちを選んでください").reads("選んだ日は、予約を受け付けていません");
        comes_alone(citizen.open(&format!("{days}/2026-11-06")).press("9時00分"));
    }

    fn r4_c_a_proven_key_says_what_is_the_matter(home: TestDb) {
        let (mut house, cards) = house(home, 1);
        let early = house.city.prepared(1, 'B')[0];
        let (print, keys, site) = (house.city.act(), house.city.keys.clone(), house.city.site.clone());
        let printed = house
            .city
            .db()
            .write_now(Lane::Staff, move |tx| store::letter::print(tx, &print, &keys, &site, "v1"));
        printed.unwrap();
        let mut citizen = house.citizen();
        proves(&mut citizen, &house.key_of(early));
        citizen.sees("まだ予約できません");
        let (key, ended) = (house.key_of(cards[0]), cards[0]);
        let mut choosing = house.citizen();
        proves(&mut choosing, &key);
        choosing.follow(FIRST);
        let (place, act) = (house.city.new_box("出口"), house.city.act());
        let recalled = house.city.db().write_now(Lane::Staff, move |tx| {
            let recorded = tx.record(&act, &domain::journal::Entry::CardPlaced { card: ended, place })?;
            let change = store::card::Change {
                stage: Some(Stage::Ended),
                cause: Some(domain::card::Cause::Recalled),
                place: Some(place),
                batch: None,
            };
            store::card::step(tx, &recorded, ended, &change)
        });
        recalled.unwrap();
        choosing.press("9時00分").sees("お電話ください");
        proves(&mut citizen, &key);
        citizen.sees("お電話ください").reads("06-0000-0000");
        assert!(!citizen.text().contains("引抜"));
    }

    fn r4_g_a_visit_opens_only_with_its_cookie(home: TestDb) {
        let (mut house, cards) = house(home, 2);
        let mut citizen = house.citizen();
        proves(&mut citizen, &house.key_of(cards[0]));
        let days = citizen.path().to_owned();
        let mut other = house.citizen();
        proves(&mut other, &house.key_of(cards[1]));
        other.open(&days).sees("手続きの時間が終わりました");
        assert_eq!(other.status(), 410);
        let (name, secret, path) = citizen.cookies()[0];
        assert_eq!((name, path), ("__Secure-visit", days.strip_suffix("/days").unwrap()));
        assert_eq!(secret.len(), 52);
        // A cookie of another visit at this one's address.
        let mut forger = house.citizen();
        forger.keep_cookie("__Secure-visit", &"A".repeat(52), path);
        forger.open(&days).sees("手続きの時間が終わりました");
        house.advance(SignedDuration::from_mins(30));
        citizen.open(&days).sees("日にちを選んでください");
        house.advance(SignedDuration::from_secs(1));
        citizen.open(&days).sees("手続きの時間が終わりました");
        house.run_jobs();
        citizen.open(&days).sees("手続きの時間が終わりました");
    }

    fn r4_g_forms_of_other_sites_are_refused(home: TestDb) {
        let (house, cards) = house(home, 1);
        for site in [None, Some("cross-site"), Some("none")] {
            let mut citizen = house.citizen().fetching(site);
            proves(&mut citizen, &house.key_of(cards[0]));
            assert_eq!(citizen.status(), 403);
            citizen.sees("この操作はできません");
        }
        let mut citizen = house.citizen();
        citizen.open("/nowhere").sees("ページが見つかりません");
        assert_eq!(citizen.status(), 404);
        citizen.open("/language/xx").sees("ページが見つかりません");
    }
}
