//! Families: several cards in one booking, each with its own key; and who comes for each.

use domain::card::{Cause, Stage};
use domain::id::CardId;
use domain::journal::Entry;
use domain::reservation::{State, Visitor};
use jiff::SignedDuration;
use jiff::civil::date;
use store::Lane;
use store::card::Change;
use storykit::{Browser, House};
use testkit::{TestDb, on_both};

use crate::{FIRST, books, comes_alone, house, live, number, proves, taken, unknown, with_places};

/// The end of the key by which the pages tell a family's letters apart.
fn end(house: &House, card: CardId) -> String {
    let key = house.key_of(card);
    format!("（予約キーの末尾 {}）", &key[key.len() - 5..])
}

/// Proves the first key and adds the others; up to the page of the family.
fn gathers(house: &House, citizen: &mut Browser, cards: &[CardId]) {
    proves(citizen, &house.key_of(cards[0]));
    citizen.follow("ご家族の分も一緒に予約する").sees("ご家族の分も一緒に予約する");
    for card in &cards[1..] {
        citizen.fill("number", &house.key_of(*card)).press("この方を追加する").reads(&end(house, *card));
    }
}

/// Who comes for each, from the page that asks to the page that is to be checked.
fn come(citizen: &mut Browser, visitors: &[&str]) {
    citizen.sees("窓口に来る方を選んでください");
    for (field, visitor) in ["who", "who-2", "who-3", "who-4"].iter().zip(visitors) {
        citizen.choose(field, visitor);
    }
    citizen.press("次へ進む").sees("予約の内容を確かめてください");
}

/// Books a family at a time, everybody alone, and answers the 予約番号.
fn family_books(house: &House, citizen: &mut Browser, cards: &[CardId], time: &str) -> String {
    gathers(house, citizen, cards);
    citizen.follow("人の日にちを選ぶ").follow(FIRST).press(time);
    come(citizen, &["principal"; 4][..cards.len()]);
    citizen.press("この内容で予約する").sees("予約が終わりました");
    number(citizen)
}

/// The city takes a card back.
fn recall(house: &mut House, card: CardId) {
    let (place, act) = (house.city.new_box("出口"), house.city.act());
    let recalled = house.city.db().write_now(Lane::Staff, move |tx| {
        let recorded = tx.record(&act, &Entry::CardPlaced { card, place })?;
        let (stage, cause) = (Some(Stage::Ended), Some(Cause::Recalled));
        store::card::step(tx, &recorded, card, &Change { stage, cause, place: Some(place), batch: None })
    });
    recalled.unwrap();
}

fn times(house: &House, cards: &[CardId]) -> Vec<String> {
    cards.iter().map(|card| live(house, *card).slot.start.to_string()).collect()
}

on_both! {
    fn r4_d_a_family_of_three_books_over_two_slots_and_has_one_number(home: TestDb) {
        let (mut house, cards) = house(home, 3);
        with_places(&mut house, 2);
        let mut citizen = house.citizen();
        gathers(&house, &mut citizen, &cards);
        citizen.reads("1人目").reads("3人目").follow("3人の日にちを選ぶ");
        citizen.reads("3人分の空きがある日を表示しています。").follow(FIRST).reads("3人分の空きがある時間");
        // The last slot of the day has no following one.
        citizen.reads("9時00分に2人、9時10分に1人").reads("17時20分 ×空きなし");
        citizen.press("9時00分").sees("窓口に来る方を選んでください");
        // Who does not answer for all is asked again, and what was chosen stays.
        citizen.choose("who", "principal").press("次へ進む").reads("窓口に来る方を選んでください。");
        assert_eq!(citizen.status(), 422);
        come(&mut citizen, &["principal", "with_representative", "principal"]);
        citizen.reads("1人目、3人目の持ち物").reads("2人目の持ち物").reads("法定代理人の本人確認書類").reads("9時10分");
        citizen.press_twice("この内容で予約する").sees("予約が終わりました").reads("9時00分に2人、9時10分に1人");
        let booked = number(&citizen);
        assert_eq!((times(&house, &cards), taken(&house)), (["9:00", "9:00", "9:10"].map(str::to_owned).into(), 3));
        assert_eq!(live(&house, cards[1]).visitor, Some(Visitor::WithRepresentative));
        // The number of the first, the number of any other and each key open the whole booking.
        let second = live(&house, cards[1]).number(&house.city.keys).unwrap().to_string();
        for typed in [&booked, &second] {
            let mut later = house.citizen();
            later.open("/reservation").fill("number", typed).press("予約を見る").sees("あなたの予約").reads(&booked);
            later.reads("3人").reads(&end(&house, cards[2]));
        }
        let mut other = house.citizen();
        proves(&mut other, &house.key_of(cards[2]));
        other.sees("あなたの予約").reads(&booked);
        house.run_jobs();
        house.verify();
    }

    fn r4_d_a_family_moves_together_and_never_without_places(home: TestDb) {
        let (mut house, cards) = house(home, 4);
        with_places(&mut house, 2);
        let mut citizen = house.citizen();
        let number = family_books(&house, &mut citizen, &cards[..3], "9時00分");
        // Another booking leaves 10:10 with one place: three do not fit from 10:10 on without 10:20.
        books(&mut house.citizen(), &house.key_of(cards[3]), FIRST, "10時10分");
        citizen.follow("この予約を見る・変える").follow("日時を変える").follow(FIRST);
        citizen.reads("10時10分に1人、10時20分に2人").press("9時10分").sees("予約の日時を変えますか");
        citizen.reads("9時00分に2人、9時10分に1人").reads("9時10分に1人、9時20分に2人");
        citizen.press_twice("この日時に変える").sees("あなたの予約").reads("予約の日時を変えました").reads(&number);
        assert_eq!((times(&house, &cards[..3]), taken(&house)), (["9:10", "9:20", "9:20"].map(str::to_owned).into(), 4));
        house.run_jobs();
        house.verify();
    }

    fn r4_d_one_is_taken_out_one_is_added_and_all_are_cancelled(home: TestDb) {
        let (mut house, cards) = house(home, 4);
        with_places(&mut house, 2);
        let mut citizen = house.citizen();
        let first = family_books(&house, &mut citizen, &cards[..3], "9時00分");
        citizen.follow("この予約を見る・変える");
        let shown = citizen.path().to_owned();
        citizen.follow("この方だけ取り消す").sees("この方の予約を取り消しますか").reads("1人目");
        citizen.press_twice("この方だけ取り消す").sees("あなたの予約").reads("おひとりの予約を取り消しました");
        assert_eq!(taken(&house), 2);
        // The number that was written down still opens the booking of the others.
        let mut later = house.citizen();
        later.open("/reservation").fill("number", &first).press("予約を見る").sees("あなたの予約").reads("2人");
        // A second tab still shows the cancelling of three: nothing is done with people whom it does not show.
        let mut tab = later.another_tab();
        tab.follow("予約を取り消す").reads("2人全員の予約を取り消します");
        later.follow("ご家族の分を追加する").sees("ご家族の分を追加する");
        let asked = later.form_of("この方を追加する");
        later.press("この方を追加する").reads("番号を入力してください。").reads("窓口に来る方を選んでください。");
        later.fill("number", &house.key_of(cards[3])).choose("who", "proxy").press_twice("この方を追加する");
        later.sees("あなたの予約").reads("ご家族の予約を追加しました").reads("3人").reads("そのほかの代理人");
        later.reads("9時00分に2人、9時10分に1人");
        assert_eq!((taken(&house), live(&house, cards[3]).visitor), (3, Some(Visitor::Proxy)));
        later.submit(&asked);
        assert_eq!((later.status(), taken(&house)), (422, 3));
        tab.press("予約を取り消す").sees("あなたの予約").reads("予約の内容が変わりました").reads("3人");
        assert_eq!(taken(&house), 3);
        tab.follow("予約を取り消す").press_twice("予約を取り消す").sees("予約を取り消しました");
        assert_eq!(taken(&house), 0);
        citizen.open(&shown).sees("予約を取り消しました");
        // Each is free again: also the one who was taken out.
        books(&mut house.citizen(), &house.key_of(cards[0]), FIRST, "9時00分");
        house.run_jobs();
        house.verify();
    }

    fn r4_d_one_who_cannot_be_booked_is_explained_and_the_rest_goes_on(home: TestDb) {
        let (mut house, cards) = house(home, 5);
        let early = house.city.prepared(1, 'B')[0];
        let (act, keys, site) = (house.city.act(), house.city.keys.clone(), house.city.site.clone());
        house.city.db().write_now(Lane::Staff, move |tx| store::letter::print(tx, &act, &keys, &site, "v1")).unwrap();
        books(&mut house.citizen(), &house.key_of(cards[3]), FIRST, "10時00分");
        recall(&mut house, cards[4]);
        let mut citizen = house.citizen();
        gathers(&house, &mut citizen, &cards[..2]);
        for (card, words) in [
            (early, "まだこの日の予約ができません"),
            (cards[3], "もう予約があります"),
            (cards[4], "確かめることがあります"),
        ] {
            citizen.fill("number", &house.key_of(card)).press("この方を追加する").reads(words);
            citizen.reads("ほかの方の予約は続けられます").reads("2人の日にちを選ぶ");
        }
        // An unknown key gets the neutral sentence, and the same card again changes nothing.
        let wrong = unknown(domain::number::NumberKind::BookingKey, 5);
        citizen.fill("number", &wrong).press("この方を追加する").reads("この予約キーでは予約できません");
        assert_eq!(citizen.status(), 422);
        citizen.fill("number", &house.key_of(cards[1])).press("この方を追加する").reads("2人の日にちを選ぶ");
        // One is taken out again, and the third comes in its place.
        citizen.press_beside(&end(&house, cards[1]), "外す").reads("1人の日にちを選ぶ");
        citizen.fill("number", &house.key_of(cards[2])).press("この方を追加する").follow("2人の日にちを選ぶ");
        citizen.follow(FIRST).press("9時00分");
        come(&mut citizen, &["principal", "principal"]);
        // At this moment the city takes the second one's card away.
        recall(&mut house, cards[2]);
        citizen.press("この内容で予約する").sees("ご家族の分も一緒に予約する").reads("確かめることがあります");
        assert_eq!(live(&house, cards[0]).state, State::Held, "all or nothing");
        citizen.press_beside(&end(&house, cards[2]), "外す").follow("1人の日にちを選ぶ").follow(FIRST).press("9時00分");
        comes_alone(&mut citizen).press("この内容で予約する").sees("予約が終わりました");
        assert_eq!(taken(&house), 2);
        house.run_jobs();
        house.verify();
    }

    fn r4_d_attempts_at_keys_of_the_family_are_limited_like_all_others(home: TestDb) {
        let (house, cards) = house(home, 1);
        let mut citizen = house.citizen();
        proves(&mut citizen, &house.key_of(cards[0]));
        citizen.follow("ご家族の分も一緒に予約する");
        let family = citizen.path().to_owned();
        for n in 0..30 {
            let wrong = unknown(domain::number::NumberKind::BookingKey, n);
            citizen.open(&family).fill("number", &wrong).press("この方を追加する");
        }
        citizen.open(&family).fill("number", &house.key_of(cards[0])).press("この方を追加する");
        assert_eq!(citizen.status(), 429);
    }

    fn r4_d_a_familys_hold_runs_out_together_and_two_tabs_are_two_visits(home: TestDb) {
        let (mut house, cards) = house(home, 3);
        let mut citizen = house.citizen();
        gathers(&house, &mut citizen, &cards);
        citizen.follow("3人の日にちを選ぶ").follow(FIRST).press_twice("9時00分");
        come(&mut citizen, &["principal"; 3]);
        assert_eq!(taken(&house), 3);
        // In another tab one of them chooses alone: the family's booking is not made without that one.
        let mut alone = house.citizen();
        proves(&mut alone, &house.key_of(cards[2]));
        comes_alone(alone.follow(FIRST).press("11時00分"));
        citizen.press("この内容で予約する").sees("時間をお取りできる期限が過ぎました");
        alone.press("この内容で予約する").sees("予約が終わりました");
        house.advance(SignedDuration::from_mins(11));
        house.run_jobs();
        assert_eq!(taken(&house), 1, "the places of all ran out");
        // The family page says who is booked already, and the others go on.
        citizen.follow("もう一度選ぶ").follow(FIRST).press("9時00分").sees("ご家族の分も一緒に予約する");
        citizen.reads("もう予約があります").press_beside(&end(&house, cards[2]), "外す").follow("2人の日にちを選ぶ");
        citizen.follow(FIRST).press("9時00分");
        come(&mut citizen, &["principal"; 2]);
        citizen.press("この内容で予約する").sees("予約が終わりました");
        assert_eq!(taken(&house), 3);
        house.verify();
    }

    fn r4_d_a_family_that_grew_in_another_tab_is_asked_again(home: TestDb) {
        let (house, cards) = house(home, 2);
        let mut citizen = house.citizen();
        proves(&mut citizen, &house.key_of(cards[0]));
        citizen.follow(FIRST).sees("時間を選んでください");
        let mut tab = citizen.another_tab();
        tab.open(&citizen.path().replace("/days/2026-11-11", "/family"));
        tab.fill("number", &house.key_of(cards[1])).press("この方を追加する").reads("2人の日にちを選ぶ");
        citizen.press("9時00分").sees("時間を選んでください").reads("一緒に予約する人数が変わりました");
        assert_eq!(taken(&house), 0);
        citizen.press("9時00分");
        come(&mut citizen, &["principal"; 2]);
        citizen.press("この内容で予約する").sees("予約が終わりました");
        assert_eq!(taken(&house), 2);
        house.verify();
    }

    fn r4_d_two_families_race_for_the_last_places(home: TestDb) {
        let (mut house, cards) = house(home, 6);
        with_places(&mut house, 4);
        let (mut one, mut two) = (house.citizen(), house.citizen());
        for (citizen, cards) in [(&mut one, &cards[..3]), (&mut two, &cards[3..])] {
            gathers(&house, citizen, cards);
            citizen.follow("3人の日にちを選ぶ").follow(FIRST);
        }
        // Both see three places at nine; the second finds one left, and nothing of theirs is taken.
        one.press("9時00分").sees("窓口に来る方を選んでください");
        two.press("9時00分").sees("時間を選んでください").reads("ほかの方の予約で埋まりました");
        assert_eq!(taken(&house), 3);
        two.reads("9時00分に1人、9時10分に2人").press("9時00分").sees("窓口に来る方を選んでください");
        assert_eq!(taken(&house), 6);
        house.verify();
    }

    fn r4_d_who_comes_decides_what_to_bring_and_is_changed_until_the_slot_begins(home: TestDb) {
        let (mut house, cards) = house(home, 1);
        let mut citizen = house.citizen();
        let number = books(&mut citizen, &house.key_of(cards[0]), FIRST, "9時00分");
        assert!(!citizen.text().contains("委任状") && !citizen.text().contains("車"), "asked too much, or told too much");
        citizen.follow("この予約を見る・変える").follow("来る方を変える").sees("窓口に来る方を変える");
        let mut asked = citizen.form_of("変える");
        citizen.choose("who", "proxy").press_twice("変える").sees("あなたの予約").reads("窓口に来る方を変えました");
        citizen.reads("委任状の欄をご本人が書き").reads("先にお電話ください");
        assert_eq!(live(&house, cards[0]).visitor, Some(Visitor::Proxy));
        house.at(date(2026, 11, 11), "9:00");
        let mut late = house.citizen();
        late.open("/reservation").fill("number", &number).press("予約を見る").reads("変更や取り消しができません");
        asked.set("who", "principal");
        asked.action = asked.action.replace(asked.action.split('/').nth(2).unwrap(), late.path().split('/').nth(2).unwrap());
        late.submit(&asked);
        assert_eq!(live(&house, cards[0]).visitor, Some(Visitor::Proxy));
        house.verify();
    }

    fn g7_each_deadline_is_a_rule_of_its_own_and_the_page_says_it(home: TestDb) {
        let (mut house, cards) = house(home, 3);
        let rules = house.city.rules.rules().iter().cloned().map(|mut rule| {
            if let domain::rules::RuleBody::Booking(body) = &mut rule.body {
                body.web_move_away_minutes = 24 * 60;
                body.web_cancel_minutes = 30;
            }
            rule.version += 1;
            rule
        });
        let rules = rules.collect();
        house.city.apply(rules);
        let mut citizen = house.citizen();
        let number = family_books(&house, &mut citizen, &cards[..2], "9時00分");
        citizen.reads("日時を変えられるのは、11月10日(火) 9時00分までです。").reads("変える先に選べるのは、いまは11月11日(水)からです。");
        citizen.reads("取り消せるのは、11月11日(水) 8時30分までです。");
        let finds = |house: &House| {
            let mut citizen = house.citizen();
            citizen.open("/reservation").fill("number", &number).press("予約を見る").sees("あなたの予約");
            citizen
        };
        // The clock passes the deadline of moving between two pages.
        house.at(date(2026, 11, 10), "8:59");
        let mut moving = finds(&house);
        moving.follow("日時を変える").follow("11月12日(木)").press("9時00分").sees("予約の日時を変えますか");
        house.at(date(2026, 11, 10), "9:00");
        moving.press("この日時に変える").sees("あなたの予約");
        assert!(!moving.text().contains("日時を変えました") && !moving.text().contains("日時を変えられるのは"));
        // The list of the day is made: nobody is added any more; taking out and cancelling go on.
        assert!(!moving.text().contains("ご家族の分を追加する"));
        house.at(date(2026, 11, 11), "8:29");
        let mut cancelling = finds(&house);
        cancelling.follow("この方だけ取り消す").press("この方だけ取り消す").reads("おひとりの予約を取り消しました");
        cancelling.follow("予約を取り消す").sees("この予約を取り消しますか");
        house.at(date(2026, 11, 11), "8:30");
        cancelling.press("予約を取り消す").sees("あなたの予約").reads("予約は取り消されていません").reads("変更や取り消しができません");
        assert_eq!(taken(&house), 1);
        house.verify();
    }

    fn r4_d_a_family_books_in_english(home: TestDb) {
        let (house, cards) = house(home, 2);
        let mut citizen = house.citizen().reading("en");
        citizen.open("/k").fill("number", &house.key_of(cards[0])).press("Continue").follow("Book for family members too");
        citizen.fill("number", &house.key_of(cards[1])).press("Add this person").follow("Choose a date for 2 people");
        citizen.reads("Days with places for 2 people").follow("Wednesday, 11 November").press("9:00");
        citizen.sees("Choose who comes to the counter").reads("Person 2 (booking key ending in");
        citizen.choose("who", "principal").choose("who-2", "representative").press("Continue").sees("Check your booking");
        citizen.reads("For Person 2").press("Confirm this booking").sees("Your booking is complete");
        citizen.reads("One booking number").reads("You can cancel until Wednesday, 11 November");
        let number = number(&citizen);
        let mut later = house.citizen().reading("en");
        later.open("/reservation").fill("number", &number).press("Show my booking").sees("Your booking").reads("2 people");
        later.follow("Cancel for this person only").sees("Do you want to cancel for this person?").press("Cancel for this person only");
        later.reads("The booking of one person has been cancelled.").follow("Add a family member").sees("Add a family member");
        assert_eq!(taken(&house), 1);
        assert_eq!(live(&house, cards[1]).visitor, Some(Visitor::Representative));
        house.verify();
    }
}
