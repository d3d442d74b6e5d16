//! Stories of hours and places: a month at once, a slot that explains itself, and who changes what.
#![expect(clippy::unwrap_used, reason = "a story fails where it stands")]

use domain::permission::Role;
use jiff::civil::{Date, date};
use storykit::{Browser, House};
use testkit::{TestDb, on_both};

/// A Tuesday.
const DAY: Date = date(2026, 11, 24);

/// Fills the form of a reduction of a morning.
fn reduction(browser: &mut Browser, percent: &str) {
    browser.open("/rules/slots/2026-11-24").follow("枠を減らす").sees("枠の削減の規則を加える");
    browser.fill("from", "9:00").fill("until", "12:00").choose("cut", "percent").fill("cut_percent", percent);
    browser.fill("reason", "駐車場使用不可").fill("why", "工事のため、市から連絡");
}

/// The city's agreement, as the contractor writes it down.
fn agreed(browser: &mut Browser) {
    browser.choose("agreed", "now").fill("person", "市 太郎").fill("agreed_at", "8:30");
}

on_both! {
    fn r4_e_a_month_is_seen_at_once_and_a_slot_says_why(home: TestDb) {
        let mut house = House::open(home);
        let cards = house.city.notified(4, 'A');
        for card in cards {
            let slot = house.city.slot(DAY, "9:00");
            house.city.book(card, slot).unwrap();
        }
        let mut charge = house.person(Role::PersonInCharge);
        charge.open("/rules").follow("枠の月間表").sees("令和8年11月の枠：カードの交付");
        // A full slot, an empty hour, a closed day with its reason: all of it in words and numbers.
        charge.reads("◔ 4/24").reads("○ 0/24").reads("休み（祝休日）").reads("使用中 4人分");
        charge.follow("10分ごとの表").reads("4/4").reads("0/4");
        charge.follow("11月24日(火)").sees("令和8年11月24日(火)の枠：カードの交付");
        charge.reads("毎日の9:00から17:30までは、10分ごとに4人まで予約できます");
        charge.open("/rules/month?month=2026-13").reads("月を、例のように入力してください");
        assert_eq!(charge.status(), 422);
        charge.open("/rules/month?service=renewal&month=2026-11").sees("令和8年11月の枠：電子証明書の更新");
        charge.open("/rules/month?site=senri");
        assert_eq!(charge.status(), 404);
        house.verify();
    }

    fn r4_e_a_change_is_proposed_with_whom_it_touches_and_made_only_with_the_citys_agreement(home: TestDb) {
        let mut house = House::open(home);
        let cards = house.city.notified(4, 'A');
        for card in &cards[..3] {
            let slot = house.city.slot(DAY, "9:00");
            house.city.book(*card, slot).unwrap();
        }
        let mut charge = house.person(Role::PersonInCharge);
        // What is wrong is said at its field, and nothing typed is lost.
        reduction(&mut charge, "100");
        charge.fill("from", "9:05").press("変更案を確かめる").reads("時刻は10分単位で入力してください");
        charge.reads("割合は0から99までにしてください");
        assert_eq!((charge.status(), charge.page().value("reason")), (422, Some("駐車場使用不可".to_owned())));
        charge.fill("from", "9:00").fill("cut_percent", "50").press("変更案を確かめる").sees("規則の変更案");
        charge.reads("定員に収まらなくなる予約：1件").reads("ABC-000003").reads("日ごとの変化：1件");
        charge.reads("204 → 168").reads("取り消されることはありません");
        // Nothing has changed, and without the city's agreement nothing does.
        let mut other = house.person(Role::Auditor);
        other.open("/rules/slots/2026-11-24");
        assert!(!other.text().contains("駐車場使用不可"));
        charge.press("この内容で変える").reads("市の同意を選んでください。");
        charge.choose("agreed", "now").press("この内容で変える").reads("市の担当者の氏名を入力してください。");
        charge.reads("同意した時刻を、例のように入力してください");
        agreed(&mut charge);
        charge.press("入力に戻る").sees("枠の削減の規則を加える");
        assert_eq!(charge.page().value("reason"), Some("駐車場使用不可".to_owned()));
        charge.press("変更案を確かめる").reads("定員に収まらなくなる予約：1件");
        agreed(&mut charge);
        charge.press_twice("この内容で変える").sees("規則").reads("規則を変えました。");
        charge.reads("市 太郎（市、令和8年11月2日(月) 8:30）");
        other.open("/rules/slots/2026-11-24").reads("通常4人を2人に削減").reads("▲1超過");
        // Who had a place has it still; nobody gets one in that slot.
        charge.open("/rules/month?month=2026-11").reads("定員を超えているもの 1人分");
        let slot = house.city.slot(DAY, "9:00");
        house.city.rules = house.app.rules();
        assert!(house.city.book(cards[3], slot).is_err());
        let mut auditor = house.person(Role::Auditor);
        auditor.open("/journal").reads("規則を加えました（第2版）（市の担当者の氏名と日時により記録）");
        auditor.reads("工事のため、市から連絡").open("/access").reads("規則の変更案");
        house.verify();
    }

    fn r4_e_the_map_of_a_month_is_edited_where_it_stands(home: TestDb) {
        let mut house = House::open(home);
        let mut charge = house.person(Role::PersonInCharge);
        charge.open("/rules/month?month=2026-11").reads("この表で枠を決める");
        charge.fill("first", "2026-11-24").fill("last", "2026-11-25").fill("from", "9:00").fill("until", "11:00");
        charge.fill("places", "2").fill("why", "研修のため").press("変更案を確かめる").sees("規則の変更案");
        charge.reads("令和8年11月24日(火)から令和8年11月25日(水)まで").reads("204 → 180");
        agreed(&mut charge);
        charge.press("この内容で変える").reads("規則を変えました。");
        charge.open("/rules/month?month=2026-11").reads("○ 0/12");
        // One day is that day alone, and wins over the range. What is wrong is said in the form of the rule, with all that
        // was typed.
        charge.fill("first", "2026-11-25").fill("last", "2026-11-25").fill("from", "9:00").fill("until", "10:05");
        charge.fill("places", "5").press("変更案を確かめる").sees("予約枠の規則を加える");
        charge.reads("時刻は10分単位で入力してください").reads("変える理由を入力してください。");
        assert_eq!((charge.status(), charge.page().value("places")), (422, Some("5".to_owned())));
        charge.fill("until", "10:00").fill("why", "応援が来る").press("変更案を確かめる").reads("180 → 198");
        agreed(&mut charge);
        charge.press("この内容で変える").reads("規則を変えました。");
        charge.open("/rules/slots/2026-11-25").reads("10分ごとに5人まで");
        // Whoever may not change the rules, and a month that is over, have the table alone.
        let mut auditor = house.person(Role::Auditor);
        auditor.open("/rules/month?month=2026-11").sees("令和8年11月の枠：カードの交付");
        assert!(!auditor.text().contains("この表で枠を決める"));
        charge.open("/rules/month?month=2026-10").sees("令和8年10月の枠：カードの交付");
        assert!(!charge.text().contains("この表で枠を決める"));
        house.verify();
    }

    fn r4_e_of_two_editors_the_second_sees_the_firsts_change_and_is_asked_again(home: TestDb) {
        let mut house = House::open(home);
        let mut first = house.person(Role::PersonInCharge);
        let mut second = house.person(Role::CityAdministrator);
        reduction(&mut first, "50");
        first.press("変更案を確かめる").sees("規則の変更案");
        reduction(&mut second, "25");
        second.press("変更案を確かめる").sees("規則の変更案").reads("あなたのアカウント（市）による同意");
        agreed(&mut first);
        first.press("この内容で変える").reads("規則を変えました。");
        second.press("この内容で変える").reads("見ているあいだに、ほかの人が規則を変えました。何も変えていません。");
        assert_eq!(second.status(), 409);
        second.reads("通常の50%に減らします").reads("168 → 150");
        second.press("この内容で変える").reads("規則を変えました。").reads("市のアカウント");
        second.open("/rules/slots/2026-11-24").reads("通常4人を2人に削減").reads("通常4人を1人に削減");
        house.verify();
    }

    fn r4_e_a_rule_is_changed_from_a_day_on_and_ended_and_its_past_stays(home: TestDb) {
        let mut house = House::open(home);
        let mut city = house.person(Role::CityAdministrator);
        city.open("/rules").follow_beside("毎日の9:00から17:30までは、10分ごとに4人まで予約できます", "変える");
        city.sees("予約枠の規則を変える").fill("places", "6").fill("valid_from", "2026-11-20").fill("why", "窓口を増やす");
        city.press("変更案を確かめる").reads("204 → 306").press("この内容で変える").reads("規則を変えました。");
        city.open("/rules/month?month=2026-11").reads("○ 0/24").reads("○ 0/36");
        city.open("/rules/slots/2026-11-19").reads("10分ごとに4人まで").open("/rules/slots/2026-11-20").reads("10分ごとに6人まで");
        city.open("/rules").follow_beside("10分ごとに6人まで予約できます", "終える").sees("予約枠の規則を終える");
        city.fill("ends", "2026-11-01").fill("why", "見直し").press("変更案を確かめる");
        // 1 November was yesterday: it may be the last day. The day before may not.
        city.sees("規則の変更案").press("入力に戻る").fill("ends", "2026-10-31").press("変更案を確かめる");
        city.reads("過ぎた日の規則は変えられません").fill("ends", "2026-11-27").press("変更案を確かめる");
        city.press("この内容で変える").reads("規則を変えました。");
        city.open("/rules/slots/2026-11-27").reads("10分ごとに6人まで").open("/rules/slots/2026-11-30");
        city.reads("0人分");
        house.verify();
    }

    fn r4_e_an_emergency_is_closed_at_once_and_agreed_to_afterwards(home: TestDb) {
        let mut house = House::open(home);
        let mut charge = house.person(Role::PersonInCharge);
        charge.open("/rules/new").follow("休み").sees("休みの規則を加える").choose("on", "date").fill("day", "2026-11-24");
        charge.fill("reason", "台風").fill("why", "台風の接近").press("変更案を確かめる").reads("9:00〜17:30 → 休み");
        charge.choose("agreed", "later").press("この内容で変える").reads("規則を変えました。");
        charge.open("/rules").follow_beside("（台風）", "市の同意を記録").sees("市の同意を記録する");
        agreed(&mut charge);
        charge.press("市の同意を記録する").reads("市の同意を記録しました。").reads("市 太郎（市、令和8年11月2日(月) 8:30）");
        charge.open("/rules/slots/2026-11-24").reads("休み（台風）");
        // What is no emergency waits for the agreement.
        charge.open("/rules/new?kind=places");
        charge.choose("on", "always").fill("from", "9:00").fill("until", "17:00").fill("places", "9").fill("why", "増やす");
        charge.press("変更案を確かめる").sees("規則の変更案");
        assert!(!charge.text().contains("緊急のため"));
        // Who only reads changes nothing.
        let mut operator = house.operator();
        operator.open("/rules/new");
        assert_eq!(operator.status(), 403);
        house.verify();
    }

    fn r4_e_each_reservation_without_a_place_waits_for_a_decision_and_none_is_cancelled(home: TestDb) {
        let mut house = House::open(home);
        let cards = house.city.notified(4, 'A');
        let booked: Vec<_> = cards
            .iter()
            .map(|card| {
                let slot = house.city.slot(DAY, "9:00");
                house.city.book(*card, slot).unwrap().id
            })
            .collect();
        let mut charge = house.person(Role::PersonInCharge);
        charge.open("/rules/over").reads("扱いを決めていない予約はありません。");
        reduction(&mut charge, "50");
        charge.press("変更案を確かめる").reads("定員に収まらなくなる予約：2件");
        agreed(&mut charge);
        charge.press("この内容で変える").follow("定員に収まらない予約").sees("定員に収まらない予約：2件");
        // Who booked last does not fit first; the list goes to the city by the number of the notice.
        charge.reads("ABC-000003").reads("ABC-000004");
        let mut city = house.person(Role::CityAdministrator);
        city.open("/rules/over").reads("ABC-000004");
        assert!(!city.text().contains("受け入れる理由"), "the city decides, the contractor's person in charge records");
        city.open("/lists/rules/over.csv?encoding=utf8");
        assert_eq!(city.page().source().matches("ABC-00000").count(), 2);
        // Without a reason and without a choice nothing is kept.
        charge.press("選んだ予約を、定員を超えて受け入れる").reads("受け入れる予約を選んでください。").reads("理由を入力してください。");
        charge.tick("kept", &booked[2].to_string(), true).fill("remark", "市と協議のうえ受け入れ");
        charge.press_twice("選んだ予約を、定員を超えて受け入れる").sees("定員に収まらない予約：1件").reads("1件を、定員を超えて受け入れることにしました。");
        charge.open(&format!("/reservation/{}", booked[2])).reads("枠");
        // The other citizen agreed to another time.
        house.city.rules = house.app.rules();
        let slot = house.city.slot(DAY, "14:00");
        house.city.move_to(booked[3], slot).unwrap();
        charge.open("/rules/over").reads("扱いを決めていない予約はありません。");
        // A list that is older than the decision changes nothing.
        let mut late = house.person(Role::PersonInCharge);
        late.open("/rules/over");
        let operation = house.app.operation().to_string();
        let pairs = [("operation", operation.as_str()), ("kept", &booked[3].to_string()), ("remark", "x")];
        late.post("/rules/over/keep", &pairs).reads("0件を").reads("1件は、ほかの人が先に扱いを決めたか");
        for id in &booked {
            let id = *id;
            let found = house.city.db().read_now(move |reader| store::reservation::find(reader, id)).unwrap().unwrap();
            assert_eq!(found.state, domain::reservation::State::Booked);
            assert_eq!(found.over, id == booked[2]);
        }
        house.run_jobs();
        house.verify();
    }

    fn r4_e_an_emergency_stands_on_every_public_page_in_each_language_until_it_is_over(home: TestDb) {
        let mut house = House::open(home);
        let cards = house.city.notified(2, 'A');
        let slot = house.city.slot(DAY, "9:00");
        house.city.book(cards[0], slot).unwrap();
        let slot = house.city.slot(date(2026, 11, 25), "10:00");
        let tomorrow = house.city.book(cards[1], slot).unwrap();
        let number = tomorrow.number(&house.city.keys).unwrap().to_string();
        let mut citizen = house.citizen();
        assert!(!citizen.open("/").text().contains("お休みします"));
        house.at(DAY, "9:30");
        let mut charge = house.person(Role::PersonInCharge);
        charge.open("/rules").follow("緊急に休みにする").sees("休みの規則を加える");
        // From today on, for every site, with a notice: what is left to say is until when and why.
        charge.fill("last", "2026-11-25").fill("reason", "住基ネットの障害").fill("why", "J-LISからの連絡");
        charge.press("変更案を確かめる").reads("定員に収まらなくなる予約：2件").reads("ABC-000001");
        let mut booked = house.citizen();
        booked.open("/reservation").fill("number", &number).press("予約を見る").sees("あなたの予約");
        assert!(!booked.text().contains("お休みする"));
        charge.choose("agreed", "later").press("この内容で変える").reads("規則を変えました。");
        charge.open("/rules/over").reads("ABC-000001");
        citizen.open("/").reads("国のシステムの障害のため、令和8年11月24日(火)から令和8年11月25日(水)まで");
        citizen.reads("マイナンバーカードの窓口をお休みします").reads("予約は取り消されていません");
        citizen.open("/reservation").reads("お休みします");
        // Who has a booking then sees it there too, and can change it.
        booked.reload().reads("この日時は、窓口をお休みすることになりました。").follow("日時を変える");
        house.citizen().reading("en").open("/").reads("the My Number Card counter is closed");
        house.citizen().open("/").follow("やさしい日本語").reads("のコンピューターがこわれたため");
        // The journal says that the city's agreement is still to come.
        let mut auditor = house.person(Role::Auditor);
        auditor.open("/journal").reads("（市の同意は後で記録）");
        house.at(date(2026, 11, 25), "9:00");
        citizen.open("/").reads("国のシステムの障害のため、令和8年11月25日(水)は");
        // It is over sooner than was thought.
        let mut charge = house.person(Role::PersonInCharge);
        charge.open("/rules").follow_beside("住基ネットの障害", "終える").fill("ends", "2026-11-24").fill("why", "復旧");
        charge.press("変更案を確かめる").reads("休み → 9:00〜17:30");
        agreed(&mut charge);
        charge.press("この内容で変える").reads("規則を変えました。");
        assert!(!citizen.open("/").text().contains("お休みします"));
        // A notice that would never end is refused.
        charge.open("/rules/new?kind=closed").choose("on", "holidays").choose("notice", "悪天候・災害のため");
        charge.fill("reason", "x").fill("why", "x").press("変更案を確かめる").reads("「1日だけ」か「期間」のときに出せます");
        house.run_jobs();
        house.verify();
    }
}
