//! Stories of other places that are held and offered: after a closure for everybody at once, answered on the web in each
//! language or by telephone, by whoever was first, and visible when nobody answered.
#![expect(clippy::unwrap_used, reason = "a story fails where it stands")]

use domain::id::{CardId, ReservationId};
use domain::permission::Role;
use domain::reservation::State;
use domain::service::Service;
use jiff::civil::{Date, date};
use store::Lane;
use storykit::{Browser, House};
use testkit::{TestDb, on_both};

/// A Tuesday.
const DAY: Date = date(2026, 11, 24);

/// Closes the counter on the day, as the person in charge does.
fn closes(house: &mut House) -> Browser {
    let mut charge = house.person(Role::PersonInCharge);
    charge.open("/rules/new?kind=closed").choose("on", "date").fill("day", "2026-11-24");
    charge.choose("notice", "weather").fill("reason", "台風").fill("why", "台風の接近");
    charge
        .press("変更案を確かめる")
        .choose("agreed", "later")
        .press("この内容で変える")
        .reads("規則を変えました。");
    house.city.rules = house.app.rules();
    charge
}

fn booked(house: &mut House, cards: &[CardId], start: &str) -> Vec<ReservationId> {
    let slot = house.city.slot(DAY, start);
    cards.iter().map(|card| house.city.book(*card, slot.clone()).unwrap().id).collect()
}

fn number(house: &House, id: ReservationId) -> String {
    now_is(house, id).number(&house.city.keys).unwrap().to_string()
}

fn now_is(house: &House, id: ReservationId) -> store::reservation::Reservation {
    house.city.db().read_now(move |reader| store::reservation::find(reader, id)).unwrap().unwrap()
}

/// Books renewals of the day by telephone, and answers the first of them.
fn renewals(house: &mut House, people: usize, start: &str) -> ReservationId {
    let mut desk = house.operator();
    desk.open(&format!("/renewals/book?people={people}&day=2026-11-24"));
    for n in 1..=people {
        desk.choose(&if n == 1 { "pins".to_owned() } else { format!("pins-{n}") }, "known");
    }
    desk.press(start).reads("来庁前");
    desk.path().rsplit('/').next().unwrap().parse().unwrap()
}

/// How many places of renewals are taken at a day and time.
fn renewals_at(house: &House, day: Date, start: &str) -> u32 {
    let (site, start) = (house.city.site.clone(), start.parse::<domain::time::Start>().unwrap());
    let taken = move |reader: &mut store::Reader<'_>| {
        store::capacity::taken(reader, Service::Renewal, &site, day, day)
    };
    let all = house.city.db().read_now(taken).unwrap();
    all.iter().filter(|(_, at, _)| *at == start).map(|(_, _, taken)| taken).sum()
}

/// Frees what nobody answered in time, as the job does.
fn runs_out(house: &mut House) -> u32 {
    let act = house.city.act();
    house.city.db().write_now(Lane::Background, move |tx| store::offer::expire(tx, &act, 10)).unwrap()
}

/// The page of a booking, found by its number.
fn sees(house: &House, browser: &mut Browser, id: ReservationId) {
    browser.open("/reservation").fill("number", &number(house, id)).press("予約を見る").sees("あなたの予約");
}

on_both! {
    fn r4_e_after_a_closure_places_are_held_for_all_and_answered_on_the_web(home: TestDb) {
        let mut house = House::open(home);
        let cards = house.city.notified(5, 'A');
        let ids = booked(&mut house, &cards[..2], "9:00");
        let family = house.city.book_all(&cards[2..4], DAY, &["10:00", "10:00"]).unwrap();
        let mut charge = closes(&mut house);
        charge.open("/rules/over").sees("定員に収まらない予約：4件").reads("案内していないすべての予約（4件）");
        // What is wrong is said at its field, and what was chosen stays so.
        charge.fill("until", "2027-06-01").press("枠を押さえて案内する").reads("返事の期限は、今日から30日後までの日にしてください。");
        charge.choose("scope", "chosen").fill("until", "2026-11-20").press("枠を押さえて案内する");
        charge.reads("枠を押さえる予約を選んでください。").choose("scope", "all");
        charge.press_twice("枠を押さえて案内する").reads("代わりの枠を押さえて、案内しました。");
        charge.sees("定員に収まらない予約：4件").reads("（返事待ち、11月20日(金) 23:59まで）").reads("案内していないすべての予約（0件）");
        charge.follow("代わりの日時の案内（返事の一覧）").sees("代わりの日時の案内：3件").reads("返事待ち 3").reads("ABC-000001");
        charge.open("/lists/offers/offers.csv?encoding=utf8");
        assert_eq!(charge.page().source().matches("返事待ち").count(), 3);
        charge.open("/lists/offers/offers.xlsx");
        assert_eq!(charge.status(), 200);
        house.verify();
        // A citizen sees it under their number, and takes it.
        let mut citizen = house.citizen();
        sees(&house, &mut citizen, ids[0]);
        citizen.reads("代わりの日時のご案内").reads("予約は取り消されていません").reads("お返事の期限：11月20日(金) 23時59分");
        citizen.follow("内容を見て返事をする").sees("代わりの日時のご案内").reads("まだ変わっていません。");
        citizen.press_twice("この日時にする").sees("あなたの予約").reads("ご案内した日時に変えました。");
        let moved = now_is(&house, ids[0]);
        assert!(moved.slot.day != DAY && moved.slot.start.to_string() == "9:00");
        assert_eq!((moved.changes, moved.web_changes), (1, 0));
        // Another declines, and still has the booking and every other time to choose from.
        let mut other = house.citizen();
        sees(&house, &mut other, ids[1]);
        other.follow("内容を見て返事をする").press("ご案内の日時を断る（予約はそのまま）").reads("予約は取り消されていません");
        other.reads("お手数ですが、別の日時に変えてください").reads("回数には数えません").follow("日時を変える");
        assert_eq!(now_is(&house, ids[1]).state, State::Booked);
        // A family moves together.
        let mut parent = house.citizen();
        sees(&house, &mut parent, family[0].id);
        parent.follow("内容を見て返事をする").reads("2人").press("この日時にする").reads("ご案内した日時に変えました。");
        assert!(family.iter().all(|member| now_is(&house, member.id).slot.day != DAY));
        charge.open("/offers").reads("同意・変更済み 2").reads("辞退 1").open("/rules/over").sees("定員に収まらない予約：1件");
        charge.reads("（辞退）");
        let mut auditor = house.person(Role::Auditor);
        auditor.open("/journal").reads("代わりの日時に、市民の同意がありました（Web）").reads("代わりの枠の確保が終わりました（案内3件、空きなし0件）");
        auditor.open("/access").reads("代わりの日時の案内の一覧");
        house.run_jobs();
        house.verify();
    }

    fn r4_e_consent_by_telephone_is_written_down_once_and_the_second_is_told(home: TestDb) {
        let mut house = House::open(home);
        let cards = house.city.notified(2, 'A');
        let ids = booked(&mut house, &cards, "9:00");
        let mut charge = closes(&mut house);
        charge.open("/rules/over").press("枠を押さえて案内する").reads("案内しました。");
        let (mut one, mut other) = (house.operator(), house.operator());
        let mut citizen = house.citizen();
        sees(&house, &mut citizen, ids[0]);
        citizen.follow("内容を見て返事をする");
        for operator in [&mut one, &mut other] {
            operator.open(&format!("/reservation/{}", ids[0])).reads("代わりの日時を案内しています").follow("返事を記録する");
            operator.sees("代わりの日時の案内").reads("返事待ち");
        }
        one.press("同意：この日時に変更する").reads("申し出の方法を選んでください。");
        one.choose("channel", "telephone").press_twice("同意：この日時に変更する").reads("同意・変更済み");
        other.choose("channel", "telephone").press("同意：この日時に変更する").reads("先に「同意・変更済み」になりました。何も変えていません。");
        assert_eq!(other.status(), 409);
        citizen.press("この日時にする").reads("あなたの予約");
        assert!(now_is(&house, ids[0]).slot.day != DAY);
        one.open(&format!("/reservation/{}", ids[0])).reads("代わりの日時に、市民の同意がありました（電話）");
        // An operator takes no offer back; who may change the rules does, with a reason.
        one.open(&format!("/reservation/{}", ids[1])).follow("返事を記録する");
        assert!(!one.text().contains("案内を取り下げる"));
        charge.open(&format!("/reservation/{}", ids[1])).follow("返事を記録する").press("取り下げる（予約はそのまま）");
        charge.reads("理由を入力してください。").fill("remark", "市から直接連絡する").press("取り下げる（予約はそのまま）").reads("取下げ");
        sees(&house, &mut citizen, ids[1]);
        assert!(!citizen.text().contains("内容を見て返事をする"));
        house.verify();
    }

    fn r4_e_an_offer_that_runs_out_between_two_pages_moves_nobody_and_stays_visible(home: TestDb) {
        let mut house = House::open(home);
        let cards = house.city.notified(1, 'A');
        let ids = booked(&mut house, &cards, "9:00");
        let mut charge = closes(&mut house);
        charge.open("/rules/over").fill("until", "2026-11-03").press("枠を押さえて案内する").reads("案内しました。");
        house.at(date(2026, 11, 3), "23:55");
        let mut citizen = house.citizen();
        sees(&house, &mut citizen, ids[0]);
        citizen.follow("内容を見て返事をする");
        house.at(date(2026, 11, 4), "0:00");
        citizen.press("この日時にする").reads("このご案内は、期限を過ぎたか、すでに終わっています。");
        assert_eq!(now_is(&house, ids[0]).slot.day, DAY);
        house.run_jobs();
        let mut charge = house.person(Role::PersonInCharge);
        charge.open("/offers?state=expired").reads("期限までに返事なし").open("/rules/over").reads("（期限までに返事なし）");
        charge.reads("案内していないすべての予約（1件）").press("枠を押さえて案内する").reads("（返事待ち、");
        house.verify();
    }

    fn r4_e_an_offer_is_read_in_every_language(home: TestDb) {
        let mut house = House::open(home);
        let cards = house.city.notified(2, 'A');
        let ids = booked(&mut house, &cards, "9:00");
        closes(&mut house).open("/rules/over").press("枠を押さえて案内する");
        let mut english = house.citizen().reading("en");
        english.open("/reservation").fill("number", &number(&house, ids[0])).press("Show my booking");
        english.reads("We are keeping another time for you").follow("See the offer and answer").press("Take this time");
        english.reads("Your booking has been changed to the time we kept for you.");
        let mut easy = house.citizen();
        easy.open("/reservation").follow("やさしい日本語").fill("number", &number(&house, ids[1])).press("予約を見る");
        easy.reads("とっています").reads("なくなっていません");
        house.verify();
    }

    fn r4_e_a_part_of_a_day_is_closed_with_a_notice_and_places_are_held_for_whom_it_meets(home: TestDb) {
        let mut house = House::open(home);
        let cards = house.city.notified(2, 'A');
        let morning = booked(&mut house, &cards[..1], "10:20")[0];
        let afternoon = booked(&mut house, &cards[1..], "14:00")[0];
        let mut charge = house.person(Role::PersonInCharge);
        charge.open("/rules").follow("一部の時間を緊急に休みにする").sees("枠の削減の規則を加える");
        charge.fill("day", "2026-11-24").fill("from", "10:00").fill("until", "12:00").fill("reason", "停電");
        charge.fill("why", "電気設備の点検").choose("cut", "to").fill("cut_to", "1").press("変更案を確かめる");
        charge.reads("「予約を取らない（0人）」のときに出せます").choose("cut", "zero").press("変更案を確かめる");
        charge.reads("定員に収まらなくなる予約：1件").reads("ABC-000001");
        charge.choose("agreed", "later").press("この内容で変える").reads("規則を変えました。").reads("市民の画面にお知らせを出します");
        let mut citizen = house.citizen();
        citizen.open("/").reads("令和8年11月24日(火)の10時00分から12時00分までは、マイナンバーカードの窓口を臨時にお休みします");
        house.citizen().reading("en").open("/").reads("from 10:00");
        charge.open("/rules/over").sees("定員に収まらない予約：1件").press("枠を押さえて案内する").reads("（返事待ち、");
        sees(&house, &mut citizen, morning);
        citizen.reads("窓口をお休みすることになりました").follow("内容を見て返事をする").press("この日時にする").reads("ご案内した日時に変えました。");
        assert!(now_is(&house, morning).slot.day != DAY);
        assert_eq!(now_is(&house, afternoon).slot.start.to_string(), "14:00");
        // It is over at noon, and so is its notice.
        house.at(DAY, "11:59");
        assert!(house.citizen().open("/").text().contains("臨時にお休みします"));
        house.at(DAY, "12:00");
        assert!(!house.citizen().open("/").text().contains("臨時にお休みします"));
        house.run_jobs();
        house.verify();
    }

    fn r7_e_after_a_closure_renewals_are_held_other_places_and_answered_by_each_way(home: TestDb) {
        let mut house = House::open(home);
        let (one, other, silent) =
            (renewals(&mut house, 1, "9:00"), renewals(&mut house, 1, "9:00"), renewals(&mut house, 1, "9:10"));
        let family = renewals(&mut house, 2, "10:00");
        // Somebody is still choosing at this moment.
        let mut late = house.citizen();
        late.open("/renewal").choose("kind", "certificate").choose("here", "yes").choose("who", "principal");
        late.choose("pins", "known").press("確認して日にちを選ぶ").follow("11月24日(火)").press("9時20分").sees("予約の内容を確かめてください");
        let mut charge = closes(&mut house);
        charge.open("/rules/over").sees("定員に収まらない予約：6件").reads("手続き中").reads("案内していないすべての予約（5件）");
        charge.reads("電子証明書の更新の予約は、どなたの予約か市にもわかりません。");
        charge.press_twice("枠を押さえて案内する").reads("（返事待ち、");
        charge.open("/offers").sees("代わりの日時の案内：4件").reads("返事待ち 4").reads("電子証明書の更新");
        house.verify();
        // The public pages say it, and a citizen takes what is offered.
        let mut citizen = house.citizen();
        citizen.open("/").reads("窓口をお休みします");
        sees(&house, &mut citizen, one);
        citizen.reads("電子証明書の更新").reads("予約は取り消されていません").follow("内容を見て返事をする");
        citizen.press_twice("この日時にする").sees("あなたの予約").reads("ご案内した日時に変えました。");
        let moved = now_is(&house, one);
        assert_eq!((moved.slot.service, moved.slot.start.to_string(), moved.web_changes), (Service::Renewal, "9:00".to_owned(), 0));
        assert!(moved.slot.day != DAY);
        // Another declines, keeps the booking, and chooses for themselves without its being counted.
        sees(&house, &mut citizen, other);
        citizen.follow("内容を見て返事をする").press("ご案内の日時を断る（予約はそのまま）").reads("回数には数えません");
        assert_eq!((now_is(&house, other).state, now_is(&house, other).slot.day), (State::Booked, DAY));
        citizen.follow("日時を変える").follow("11月25日(水)").press("11時00分").press("この日時に変える").reads("予約の日時を変えました");
        assert_eq!((now_is(&house, other).changes, now_is(&house, other).web_changes), (1, 0));
        // Two people telephone together: nobody has a card, so none is spoken of.
        let mut desk = house.operator();
        desk.open(&format!("/renewals/{family}")).reads("代わりの日時を案内しています").follow("返事を記録する");
        desk.sees("代わりの日時の案内").reads("（2人）").reads("予約の番号の終わり").reads("なし（本人が予約番号の画面を開いたとき");
        assert!(!desk.text().contains("管理番号"));
        desk.choose("channel", "telephone").press_twice("同意：この日時に変更する").reads("同意・変更済み");
        desk.open(&format!("/renewals/{family}")).reads("代わりの日時に、市民の同意がありました（電話）");
        let moved = now_is(&house, family);
        assert!(moved.slot.day != DAY && moved.party == Some(family));
        // Nobody answers: the place is free again, and the booking still waits for somebody to decide.
        let offer = house.city.db().read_now(move |reader| store::offer::open_of(reader, silent)).unwrap().unwrap();
        let place = offer.places[0].to.clone();
        let start = place.start.to_string();
        let before = renewals_at(&house, place.day, &start);
        house.at(domain::time::day_of(offer.until).tomorrow().unwrap(), "9:00");
        assert_eq!((runs_out(&mut house), runs_out(&mut house)), (1, 0));
        assert_eq!(renewals_at(&house, place.day, &start), before - 1);
        assert_eq!(now_is(&house, silent).slot.day, DAY);
        house.run_jobs();
        let mut charge = house.person(Role::PersonInCharge);
        charge.open("/rules/over").sees("定員に収まらない予約：1件").reads("（期限までに返事なし）");
        charge.open("/lists/offers/offers.csv?encoding=utf8");
        assert_eq!(charge.page().source().matches("電子証明書の更新").count(), 4);
        house.verify();
    }

    fn r7_e_fewer_places_touch_renewals_alone_and_each_is_kept_or_offered_another_time(home: TestDb) {
        let mut house = House::open(home);
        let cards = house.city.notified(2, 'A');
        let issued = booked(&mut house, &cards, "9:00");
        let ids: Vec<ReservationId> = (0..3).map(|_| renewals(&mut house, 1, "9:00")).collect();
        let mut charge = house.person(Role::PersonInCharge);
        charge.open("/rules/slots/2026-11-24?service=renewal&site=honcho").follow("枠を減らす").sees("枠の削減の規則を加える");
        charge.fill("from", "9:00").fill("until", "12:00").choose("cut", "to").fill("cut_to", "1").fill("reason", "端末の点検");
        charge.fill("why", "市から連絡").press("変更案を確かめる").reads("定員に収まらなくなる予約：2件");
        charge.choose("agreed", "later").press("この内容で変える").reads("規則を変えました。");
        house.city.rules = house.app.rules();
        charge.open("/rules/over").sees("定員に収まらない予約：2件");
        assert!(!charge.text().contains("ABC-000001"), "nobody of the issuance is touched");
        // One is kept beyond the places, the other one is offered another time.
        let (kept, offered) = (ids[1], ids[2]);
        charge.tick("kept", &kept.to_string(), true).fill("remark", "端末を1台借りる").press("選んだ予約を、定員を超えて受け入れる");
        charge.reads("1件を、定員を超えて受け入れることにしました。").sees("定員に収まらない予約：1件");
        charge.open(&format!("/renewals/{kept}")).reads("定員超過").reads("端末を1台借りる");
        charge.open("/rules/over").choose("scope", "chosen").tick("kept", &offered.to_string(), true);
        charge.press("枠を押さえて案内する").reads("（返事待ち、");
        let mut citizen = house.citizen();
        sees(&house, &mut citizen, offered);
        citizen.reads("受け付けられる人数が減り").follow("内容を見て返事をする").press("この日時にする").reads("ご案内した日時に変えました。");
        assert!(now_is(&house, offered).slot.day != DAY);
        for id in issued.iter().chain([&ids[0], &kept]) {
            assert_eq!((now_is(&house, *id).slot.day, now_is(&house, *id).state), (DAY, State::Booked));
        }
        charge.open("/rules/over").reads("扱いを決めていない予約はありません。");
        house.run_jobs();
        house.verify();
    }

    fn r4_e_an_operator_chooses_the_place_that_is_held_and_offered(home: TestDb) {
        let mut house = House::open(home);
        let cards = house.city.notified(3, 'A');
        let ids = booked(&mut house, &cards, "9:00");
        let (mut one, mut other) = (house.operator(), house.operator());
        let page = |n: usize| format!("/reservation/{}/offer", ids[n]);
        one.open(&format!("/reservation/{}", ids[0])).follow("ほかの日時を提示する").sees("ほかの日時を提示する");
        one.reads("今の予約は変わりません").reads("令和8年11月24日(火) 9:00");
        // What is wrong is said at its field; a place is held until before its day, and nobody gets two of one slot.
        one.open(&format!("{}?day=2026-11-25", page(0))).fill("until", "2026-11-25").press("10:00");
        one.reads("返事の期限は、今日から11月24日(火)までの日にしてください。");
        assert_eq!((one.status(), one.page().value("until")), (422, Some("2026-11-25".to_owned())));
        one.open(&format!("{}?day=2026-11-24", page(0))).press("9:00").reads("今の予約と同じ時間になる方がいます。");
        assert_eq!(one.status(), 409);
        one.open(&format!("{}?day=2026-11-25", page(0))).fill("until", "2026-11-20").press_twice("10:00");
        one.sees("代わりの日時の案内").reads("返事待ち").reads("職員からの提示").reads("11月25日(水) 10:00").reads("11月20日(金) 23:59");
        let mut citizen = house.citizen();
        sees(&house, &mut citizen, ids[0]);
        citizen.follow("内容を見て返事をする").reads("ご相談いただいた日時の枠を確保しています").press("この日時にする").reads("ご案内した日時に変えました。");
        let moved = now_is(&house, ids[0]);
        assert_eq!((moved.slot.start.to_string(), moved.changes, moved.web_changes), ("10:00".to_owned(), 1, 0));
        // Two operators choose for one citizen: the second learns what the first offered, and may offer another one.
        for operator in [&mut one, &mut other] {
            operator.open(&format!("{}?day=2026-11-25", page(1)));
        }
        one.press("11:00").reads("返事待ち");
        other.press("13:00").reads("何も変更していません。").reads("選んだもの：11月25日(水) 13:00").reads("いま提示しているもの：11月25日(水) 11:00");
        assert_eq!(other.status(), 409);
        other.press("13:00").sees("代わりの日時の案内").reads("11月25日(水) 13:00");
        one.reload().reads("取下げ");
        // The citizen thinks better of it on the telephone, and the place is free for others.
        other.choose("channel", "telephone").press("辞退：枠を空きに戻す（予約はそのまま）").reads("辞退");
        other.open(&format!("/reservation/{}", ids[1])).reads("代わりの日時を、市民が辞退しました（電話）");
        // Who changed it themselves while times were looked at is not overtaken.
        one.open(&format!("{}?day=2026-11-25", page(2)));
        sees(&house, &mut citizen, ids[2]);
        citizen.follow("日時を変える").follow("11月25日(水)").press("15時00分").press("この日時に変える").reads("予約の日時を変えました");
        one.press("11:00").reads("何も変更していません。").reads("いま：11月25日(水) 15:00");
        assert_eq!(now_is(&house, ids[2]).slot.start.to_string(), "15:00");
        // Who cancelled it is left alone, and the page of the reservation says why.
        one.open(&format!("{}?day=2026-11-25", page(1)));
        sees(&house, &mut citizen, ids[1]);
        citizen.follow("予約を取り消す").press("予約を取り消す").sees("予約を取り消しました");
        one.press("11:00").reads("「取消」の予約は変更できません。").reads("経過");
        assert_eq!((one.status(), now_is(&house, ids[1]).state), (409, State::Cancelled));
        let mut auditor = house.person(Role::Auditor);
        auditor.open(&page(2));
        assert_eq!(auditor.status(), 403);
        assert!(!auditor.open(&format!("/reservation/{}", ids[2])).text().contains("ほかの日時を提示する"));
        auditor.open("/journal").reads("11月25日(水) 10:00").reads("の枠を確保し、案内しました（職員からの提示、").open("/access").reads("ほかの日時の提示");
        house.run_jobs();
        house.verify();
    }

    fn r7_e_an_operator_chooses_the_place_that_is_offered_to_people_with_renewals(home: TestDb) {
        let mut house = House::open(home);
        let family = renewals(&mut house, 2, "9:00");
        let alone = renewals(&mut house, 1, "9:00");
        let mut desk = house.operator();
        desk.open(&format!("/renewals/{family}")).follow("ほかの日時を提示する").sees("ほかの日時を提示する").reads("1人目 更新の予約");
        assert!(!desk.text().contains("管理番号"));
        let page = |id: ReservationId| format!("/reservation/{id}/offer?day=2026-11-25");
        desk.open(&page(family)).press("10:00").sees("代わりの日時の案内").reads("（2人）").reads("電子証明書の更新");
        assert_eq!(renewals_at(&house, date(2026, 11, 25), "10:00"), 2);
        let mut english = house.citizen().reading("en");
        english.open("/reservation").fill("number", &number(&house, family)).press("Show my booking");
        english.follow("See the offer and answer").reads("the time that we talked about").press("Take this time");
        let moved = now_is(&house, family);
        assert_eq!((moved.slot.day, moved.party), (date(2026, 11, 25), Some(family)));
        // A renewal that another operator cancelled while its times were looked at is left alone.
        let gone = renewals(&mut house, 1, "9:10");
        desk.open(&page(gone));
        house.operator().open(&format!("/renewals/{gone}")).choose("channel", "telephone").press("この予約を取り消す").reads("取消");
        desk.press("10:20").reads("「取消」の予約は変更できません。").reads("経過");
        assert_eq!(desk.status(), 409);
        // After a closure the same page offers what the citizen and the operator find, as a move that nobody wished for.
        closes(&mut house);
        desk.open(&page(alone)).press("10:10").reads("窓口の休止");
        desk.choose("channel", "telephone").press("同意：この日時に変更する").reads("同意・変更済み");
        assert_eq!(now_is(&house, alone).slot.start.to_string(), "10:10");
        house.run_jobs();
        house.verify();
    }
}
