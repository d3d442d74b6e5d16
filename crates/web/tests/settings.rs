//! Settings that are rules: deadlines, limits, mistakes, windows, offices and sites, changed on screen as the rules of
//! places are, and the citizens' pages that follow.
#![expect(clippy::unwrap_used, reason = "a story fails where it stands")]

use domain::permission::Role;
use domain::rules::RuleBody;
use domain::service::Service;
use jiff::civil::{Date, date};
use storykit::{Browser, House};
use testkit::{TestDb, on_both};

/// The letters were posted on Monday, 2 November; the first visit may be on the 6th.
const TODAY: Date = date(2026, 11, 9);

/// A house on a Monday, and the key of a card that can be booked.
fn house(home: TestDb) -> (House, String) {
    let mut house = House::open(home);
    let card = house.city.notified(1, 'A')[0];
    house.at(TODAY, "10:00");
    let key = house.key_of(card);
    (house, key)
}

/// Opens the form with which the rule of a service is changed.
fn changes<'a>(browser: &'a mut Browser, house: &House, what: impl Fn(&RuleBody) -> bool) -> &'a mut Browser {
    let rules = house.app.rules();
    let rule = rules.rules().iter().find(|rule| what(&rule.body)).unwrap();
    browser.open(&format!("/rules/{}/edit", rule.id))
}

fn of_issuance(body: &RuleBody) -> bool {
    matches!(body, RuleBody::Booking(booking) if booking.service == Service::Issuance)
}

/// Tells the proposal and makes the change with the city's agreement by name and time.
fn makes(browser: &mut Browser) {
    browser.press("変更案を確かめる").sees("規則の変更案");
    browser.choose("agreed", "now").fill("person", "市 太郎").fill("agreed_at", "8:30");
    browser.press_twice("この内容で変える").reads("規則を変えました。");
}

/// The days that a citizen may choose from, by key or for a renewal.
fn days(house: &House, key: Option<&str>) -> String {
    let mut citizen = house.citizen();
    if let Some(key) = key {
        citizen.open("/k").fill("number", key).press("次へ進む");
    } else {
        citizen.open("/renewal").choose("kind", "certificate").choose("here", "yes");
        citizen.choose("who", "principal").choose("pins", "known").press("確認して日にちを選ぶ");
    }
    citizen.sees("日にちを選んでください");
    citizen.page().main()
}

on_both! {
    fn r4_e_deadlines_and_limits_are_changed_on_screen_and_the_pages_follow(home: TestDb) {
        let (mut house, key) = house(home);
        let before = days(&house, Some(&key));
        assert!(before.contains("11月11日(水)") && before.contains("12月1日(火)"), "{before}");
        let mut charge = house.person(Role::PersonInCharge);
        changes(&mut charge, &house, of_issuance).sees("予約の期限の規則を変える");
        assert_eq!(charge.page().value("window").as_deref(), Some("60"));
        // What cannot be meant is told at its field, all of it at once, and what was typed stays.
        charge.fill("window", "0").fill("hold", "45").fill("why", "窓口の増員まで").press("変更案を確かめる");
        charge.reads("「何日先まで予約できるか」は1から366までにしてください。");
        charge.reads("「選んだ枠を確保する時間（分）」は3から30までにしてください。");
        assert_eq!((charge.status(), charge.page().value("hold").as_deref()), (422, Some("45")));
        charge.fill("window", "２０").fill("hold", "5").fill("web_cutoff", "3").fill("web_changes", "1");
        charge.press("変更案を確かめる").sees("規則の変更案").reads("予約とその日への変更は20日先までで、Webは来庁日の3開庁日前の終わりに締め切り");
        assert!(days(&house, Some(&key)).contains("12月1日(火)"), "a proposal changes nothing");
        charge.press("入力に戻る");
        makes(&mut charge);
        let after = days(&house, Some(&key));
        assert!(!after.contains("11月11日(水)") && after.contains("11月12日(木)"), "{after}");
        assert!(after.contains("11月27日(金)") && !after.contains("12月1日(火)"), "{after}");
        // The hold is as long as the rule says, and the history stays.
        let mut citizen = house.citizen();
        citizen.open("/k").fill("number", &key).press("次へ進む").follow("11月12日(木)").press("9時00分");
        citizen.sees("窓口に来る方を選んでください").choose("who", "principal").press("次へ進む").reads("10時05分まで");
        charge.open("/rules").reads("選んだ枠は5分間確保します").reads("市 太郎（市、令和8年11月9日(月) 8:30）");
        house.person(Role::Auditor).open("/journal").reads("窓口の増員まで");
        house.verify();
    }

    fn r4_e_how_many_mistakes_are_borne_is_a_rule(home: TestDb) {
        let (mut house, key) = house(home);
        let mut charge = house.person(Role::PersonInCharge);
        charge.open("/rules/new").follow("入力の誤り").sees("入力の誤りの規則を加える");
        charge.fill("per_address", "2").fill("per_number", "3").fill("why", "市の指示").press("変更案を確かめる");
        charge.reads("「同じ回線から30分に間違えられる回数」は3から1000までにしてください。");
        charge.fill("per_address", "50");
        makes(&mut charge);
        charge.reads("予約キーと予約番号の誤りは、30分に、同じ回線から50回、同じ番号で3回まで受け付けます");
        let wrong = format!("{}{}", &key[..key.len() - 1], if key.ends_with('9') { '0' } else { '9' });
        let mut citizen = house.citizen();
        for status in [422, 422, 422, 429] {
            assert_eq!(citizen.open("/k").fill("number", &wrong).press("次へ進む").status(), status);
        }
        // Whoever types another number is let in.
        citizen.open("/k").fill("number", &key).press("次へ進む").sees("日にちを選んでください");
        house.verify();
    }

    fn r8_c1_a_branch_office_is_changed_added_and_ended_on_screen(home: TestDb) {
        let (mut house, _) = house(home);
        let mut city = house.person(Role::CityAdministrator);
        city.open("/rules/new?kind=branch").sees("出張所の規則を加える");
        city.fill("name_ja", "片山出張所").fill("name_en", "Katayama Branch Office").fill("hours_ja", "月曜日 9時から12時まで");
        city.fill("hours_en", "Monday 9:00-12:00").fill("telephone", "市役所").fill("why", "新設").press("変更案を確かめる");
        city.reads("電話番号を、半角の数字とハイフンで入力してください").reads("予約が必要かどうかを選んでください。");
        for service in ["issuance", "application", "linkage_support", "enquiry"] {
            city.tick(&format!("of_{service}"), "yes", false);
        }
        city.fill("telephone", "06-0000-0001").choose("reservation", "yes").press("変更案を確かめる");
        city.reads("手続き：電子証明書の更新").press("この内容で変える").reads("規則を変えました。");
        let mut citizen = house.citizen();
        citizen.open("/renewal/branches").reads("片山出張所").reads("月曜日 9時から12時まで").reads("06-0000-0001");
        citizen.another_tab().reading("en").open("/renewal/branches").reads("Katayama Branch Office");
        changes(&mut city, &house, |body| matches!(body, RuleBody::Branch(branch) if branch.name_ja == "片山出張所"));
        city.fill("hours_ja", "火曜日 9時から12時まで").fill("why", "曜日の変更").press("変更案を確かめる").press("この内容で変える");
        citizen.open("/renewal/branches").reads("火曜日 9時から12時まで");
        city.open("/rules").follow_beside("片山出張所", "終える").fill("ends", "2026-11-09").fill("why", "廃止");
        city.press("変更案を確かめる").press("この内容で変える").reads("規則を変えました。");
        house.at(date(2026, 11, 10), "9:00");
        assert!(!citizen.open("/renewal/branches").text().contains("片山出張所"));
        house.verify();
    }

    fn r4_e_a_site_and_its_windows_are_changed_on_screen_and_its_code_never(home: TestDb) {
        let (mut house, _) = house(home);
        let mut charge = house.person(Role::PersonInCharge);
        changes(&mut charge, &house, |body| matches!(body, RuleBody::Site(_))).sees("履行場所の規則を変える");
        let mut renamed = charge.form_of("変更案を確かめる");
        renamed.set("code", "senri");
        renamed.set("why", "x");
        charge.submit(&renamed).reads("履行場所の符号は変えられません。");
        charge.fill("telephone", "06-0000-0009").fill("why", "番号の変更");
        let mut honest = charge.form_of("変更案を確かめる");
        honest.set("code", "honcho");
        charge.submit(&honest).sees("規則の変更案").reads("電話 06-0000-0009");
        charge.choose("agreed", "now").fill("person", "市 太郎").fill("agreed_at", "8:30").press("この内容で変える");
        house.citizen().open("/").reads("06-0000-0009");
        // Without it nothing here would work, so it is changed and not ended.
        let rules = house.app.rules();
        let site = rules.rules().iter().rev().find(|rule| matches!(rule.body, RuleBody::Site(_))).unwrap().id;
        charge.open(&format!("/rules/{site}/end")).fill("ends", "2026-11-20").fill("why", "x").press("変更案を確かめる");
        charge.reads("この窓口の履行場所は終えられません。");
        charge.open("/rules/new?kind=windows").fill("name_ja", "臨時窓口").fill("name_en", "Extra Counter").fill("count", "0");
        charge.fill("why", "繁忙期").press("変更案を確かめる").reads("「窓口の数」は1から99までにしてください。");
        charge.fill("count", "2");
        makes(&mut charge);
        charge.reads("臨時窓口 2か所（Extra Counter）");
        house.verify();
    }

    fn r4_e_of_two_who_change_deadlines_the_second_sees_the_firsts_change(home: TestDb) {
        let (mut house, _) = house(home);
        let (mut first, mut second) = (house.person(Role::CityAdministrator), house.person(Role::CityAdministrator));
        for (browser, window) in [(&mut first, "30"), (&mut second, "45")] {
            changes(browser, &house, of_issuance).fill("window", window).fill("why", "見直し").press("変更案を確かめる");
        }
        first.press("この内容で変える").reads("規則を変えました。");
        second.press("この内容で変える").reads("ほかの人が規則を変えました。何も変えていません。").reads("変更は30日先まで");
        assert_eq!(second.status(), 409);
        second.press("この内容で変える").reads("変更は45日先まで");
        house.verify();
    }

    fn r7_e_a_rule_of_renewals_is_changed_on_screen_and_the_citizens_days_follow(home: TestDb) {
        let (mut house, key) = house(home);
        let before = days(&house, None);
        assert!(before.contains("11月12日(木)") && before.contains("11月13日(金)"), "{before}");
        let mut charge = house.person(Role::PersonInCharge);
        // The day's places, from the day itself: none on Thursday, and Friday from ten o'clock on.
        charge.open("/rules/slots/2026-11-12?service=renewal").follow("枠を減らす").sees("枠の削減の規則を加える");
        charge.fill("from", "9:00").fill("until", "17:30").choose("cut", "zero").fill("reason", "機器の入替え").fill("why", "機器の入替え");
        makes(&mut charge);
        let after = days(&house, None);
        assert!(!after.contains("11月12日(木)") && after.contains("11月13日(金)"), "{after}");
        // The issuance has its own places.
        assert!(days(&house, Some(&key)).contains("11月12日(木)"));
        // How far ahead renewals are taken is a rule of theirs too.
        changes(&mut charge, &house, |body| matches!(body, RuleBody::Booking(booking) if booking.service == Service::Renewal));
        charge.fill("window", "10").fill("why", "見直し");
        makes(&mut charge);
        let after = days(&house, None);
        assert!(after.contains("11月19日(木)") && !after.contains("11月20日(金)"), "{after}");
        assert!(days(&house, Some(&key)).contains("11月20日(金)"));
        house.verify();
    }
}
