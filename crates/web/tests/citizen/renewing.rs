//! Renewals: what is confirmed before a time is chosen, one story for each kind of visitor, and those who would come in
//! vain.

use domain::id::ReservationId;
use domain::reservation::{Pins, State, Visitor};
use domain::rules::RuleBody;
use domain::service::Service;
use jiff::civil::date;
use store::reservation::Reservation;
use storykit::{Browser, House};
use testkit::{TestDb, on_both};

use crate::{FIRST, TODAY, house, number};

/// Answers everything on the first page for somebody who comes alone.
fn answers<'a>(citizen: &'a mut Browser, who: &str, pins: &str) -> &'a mut Browser {
    citizen.open("/renewal").sees("電子証明書の更新を予約する");
    citizen.choose("kind", "certificate").choose("here", "yes").choose("who", who).choose("pins", pins)
}

/// Everybody of a renewal's booking as it is stored, by the number that was shown.
fn stored(house: &House, number: &str) -> Vec<Reservation> {
    let (keys, number) = (house.city.keys.clone(), domain::number::Number::parse(number).unwrap());
    let found = house.city.db().read_now(move |reader| {
        let id: ReservationId = store::reservation::by_number(reader, &keys, &number)?.unwrap();
        let first = store::reservation::find(reader, id)?.unwrap();
        store::reservation::party::everyone(reader, &first)
    });
    found.unwrap()
}

fn taken(house: &House) -> u32 {
    let site = house.city.site.clone();
    let taken = house.city.db().read_now(move |reader| {
        store::capacity::taken(reader, Service::Renewal, &site, TODAY, date(2027, 3, 31))
    });
    taken.unwrap().iter().map(|(_, _, taken)| taken).sum()
}

/// The rules with other limits for an address.
fn with_limits(house: &mut House, holds: u16, bookings: u16) {
    let rules = house.city.rules.rules().iter().cloned().map(|mut rule| {
        if let RuleBody::Booking(body) = &mut rule.body {
            (body.web_holds_per_address, body.web_bookings_per_address) = (holds, bookings);
        }
        rule.version += 1;
        rule
    });
    let rules = rules.collect();
    house.city.apply(rules);
}

on_both! {
    fn r7_c_somebody_who_knows_the_pins_books_a_renewal_in_six_pages(home: TestDb) {
        let (house, _) = house(home, 1);
        let mut citizen = house.citizen();
        // 1: which notice? 2: what is confirmed. 3: day. 4: time. 5: check. 6: done.
        citizen.open("/").sees("どの通知が届きましたか").reads("水色の封筒").reads(FIRST);
        citizen.follow("電子証明書の更新を予約する").reads("お名前や生年月日の入力はいりません");
        answers(&mut citizen, "principal", "known").press("確認して日にちを選ぶ");
        citizen.sees("日にちを選んでください");
        assert!(!citizen.text().contains("ご家族の分も"), "how many come was said before");
        citizen.follow(FIRST).sees("時間を選んでください").press("9時20分");
        citizen.sees("予約の内容を確かめてください").reads("電子証明書の更新").reads("本人だけ").reads("暗証番号：わかる");
        citizen.reads("更新する方のマイナンバーカード").reads("10時10分まで");
        assert!(!citizen.text().contains("交付通知書"), "what to bring is that of a renewal");
        citizen.press("この内容で予約する").sees("予約が終わりました").reads("更新する方のマイナンバーカード");
        let number = number(&citizen);
        let booked = stored(&house, &number).remove(0);
        assert_eq!((booked.card, booked.visitor, booked.pins), (None, Some(Visitor::Principal), Some(Pins::Known)));
        assert_eq!((booked.slot.service, booked.slot.start.to_string()), (Service::Renewal, "9:20".to_owned()));
        citizen.follow("カレンダーに入れる");
        assert!(citizen.page().source().contains("SUMMARY:電子証明書の更新"));
        house.verify();
    }

    fn r7_j_who_would_come_in_vain_is_told_what_to_do_instead(home: TestDb) {
        let (house, _) = house(home, 1);
        let mut citizen = house.citizen();
        // Nothing answered: each question says so, and the answers that were given stay.
        citizen.open("/renewal").choose("who", "proxy").press("確認して日にちを選ぶ");
        citizen.reads("どの手続きかを選んでください。").reads("住民登録があるかどうかを選んでください。");
        citizen.reads("暗証番号がわかるかどうかを選んでください。");
        citizen.choose("kind", "certificate").choose("here", "yes").choose("pins", "known").press("確認して日にちを選ぶ");
        // A proxy without the sealed answer takes two visits, and is not booked as one.
        citizen.sees("2回の来庁が必要です").reads("照会書送付依頼書").reads("まだ予約はしていません");
        answers(&mut citizen, "proxy", "forgotten").tick("answer", "yes", true).press("確認して日にちを選ぶ").sees("2回の来庁が必要です");
        // A new card is applied for; who is registered elsewhere renews there.
        answers(&mut citizen, "principal", "known").choose("kind", "card").press("確認して日にちを選ぶ");
        citizen.sees("マイナンバーカードの更新（新しいカードの申請）");
        answers(&mut citizen, "principal", "known").choose("here", "no").press("確認して日にちを選ぶ");
        citizen.sees("お住まいの市区町村で更新してください");
        assert_eq!(taken(&house), 0);
        // With the sealed answer the proxy books.
        answers(&mut citizen, "proxy", "known").tick("answer", "yes", true).press("確認して日にちを選ぶ");
        citizen.follow(FIRST).press("9時00分").reads("照会書兼回答書").reads("委任状");
        citizen.press("この内容で予約する").sees("予約が終わりました");
        let booked = stored(&house, &number(&citizen));
        assert_eq!(booked[0].visitor, Some(Visitor::Proxy));
        house.verify();
    }

    fn r7_d_several_people_see_change_and_cancel_their_renewals(home: TestDb) {
        let (house, _) = house(home, 1);
        let mut citizen = house.citizen().reading("en");
        citizen.open("/renewal").follow("Book for 4 people").reads("You are booking for 4 people.");
        citizen.choose("kind", "certificate").choose("here", "yes");
        for (who, pins) in [("who", "pins"), ("who-2", "pins-2"), ("who-3", "pins-3"), ("who-4", "pins-4")] {
            citizen.choose(who, if who == "who-4" { "with_representative" } else { "principal" }).choose(pins, "forgotten");
        }
        citizen.press("Confirm and choose a date").sees("Choose a date").reads("4 people");
        citizen.follow("Wednesday, 11 November").press("9:00").sees("Check your booking");
        // The profile grants three at once, so the fourth comes ten minutes later.
        citizen.reads("9:10").press("Confirm this booking").sees("Your booking is complete").reads("PINs: to be set again");
        let shown = number(&citizen);
        assert_eq!(taken(&house), 4);
        let mut later = house.citizen();
        later.open("/reservation").fill("number", &shown).press("予約を見る").sees("あなたの予約").reads("電子証明書の更新");
        assert!(!later.text().contains("ご家族の分を追加する"));
        later.follow("日時を変える").follow("11月12日(木)").press("10時00分").press("この日時に変える");
        later.reads("予約の日時を変えました");
        later.follow("この方だけ取り消す").press("この方だけ取り消す").reads("おひとりの予約を取り消しました");
        assert_eq!(taken(&house), 3);
        // Who comes is changed, but not to what would take two visits.
        later.follow("来る方を変える").choose("who", "proxy").press("変える").reads("1回で手続きするには");
        later.tick("answer", "yes", true).choose("pins", "known").press("変える").reads("窓口に来る方を変えました");
        let people = stored(&house, &shown);
        assert_eq!(people.iter().filter(|one| one.visitor == Some(Visitor::Proxy)).count(), 1);
        later.follow("予約を取り消す").press("予約を取り消す").sees("予約を取り消しました");
        later.reads("いつでも予約できます").follow("もう一度予約する").sees("電子証明書の更新を予約する");
        assert_eq!(taken(&house), 0);
        assert!(stored(&house, &shown).iter().all(|one| one.state == State::Cancelled));
        house.verify();
    }

    fn r7_b_a_visit_holds_once_and_an_address_is_limited(home: TestDb) {
        let (mut house, _) = house(home, 1);
        with_limits(&mut house, 3, 1);
        let mut citizen = house.citizen().at_address("198.51.100.7");
        answers(&mut citizen, "principal", "known").press("確認して日にちを選ぶ");
        let days = citizen.path().to_owned();
        for time in ["9時00分", "9時10分"] {
            citizen.open(&days).follow(FIRST).press(time).sees("予約の内容を確かめてください");
            assert_eq!(taken(&house), 1, "the place before is given back");
        }
        citizen.press("この内容で予約する").sees("予約が終わりました");
        // The third hold is the last of this address, its second booking one too many.
        let mut other = house.citizen().at_address("198.51.100.7");
        answers(&mut other, "principal", "known").press("確認して日にちを選ぶ").follow(FIRST).press("9時30分");
        other.press("この内容で予約する").sees("続けて予約できません");
        let mut third = house.citizen().at_address("198.51.100.7");
        answers(&mut third, "principal", "known").press("確認して日にちを選ぶ").follow(FIRST).press("9時40分");
        third.sees("続けて予約できません").reads("06-0000-0000");
        assert_eq!(taken(&house), 2);
        house.verify();
    }

    fn r8_10_the_first_day_is_told_and_nothing_of_it_is_kept(home: TestDb) {
        let (house, _) = house(home, 1);
        let mut citizen = house.citizen();
        citizen.open("/").follow("いつから更新できるか調べる").sees("いつから更新できるか調べる");
        citizen.press("調べる").reads("有効期限の年、月、日を数字で入力してください。");
        citizen.fill("year", "２０２７").fill("month", "8").fill("day", "17").press("調べる");
        citizen.reads("令和9年5月18日(火)からです").reads("まだ始まっていません");
        assert!(!citizen.path().contains("2027"), "it is part of no address");
        let mut english = house.citizen().reading("en");
        english.open("/renewal/when").fill("year", "2026").fill("month", "12").fill("day", "1").press("Find out");
        english.reads("You can renew now.");
        // Beside the day that was chosen: a warning before it, and nothing from it on.
        answers(&mut citizen, "principal", "known").press("確認して日にちを選ぶ").follow(FIRST).press("9時00分");
        citizen.fill("year", "2027").fill("month", "3").fill("day", "31").press("調べる");
        citizen.reads("選んだ日には、まだ更新できません");
        citizen.fill("year", "2026").fill("month", "11").fill("day", "30").press("調べる").reads("選んだ日に更新できます");
        citizen.press("この内容で予約する").sees("予約が終わりました");
        house.verify();
    }

    fn r8_c1_branch_offices_are_shown_from_the_rules(home: TestDb) {
        let (house, _) = house(home, 1);
        let mut citizen = house.citizen();
        citizen.open("/renewal").follow("更新できる出張所").sees("電子証明書を更新できる出張所");
        citizen.reads("千里出張所").reads("千里丘出張所").reads("山田出張所").reads("いりません").reads("17時30分まで");
        citizen.follow("English").reads("Senri Branch Office").reads("Not needed");
    }
}
