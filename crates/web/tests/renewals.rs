//! A day of renewals at the counter: booked by telephone, the list for the city, received, and closed.
#![expect(clippy::unwrap_used, reason = "a story fails where it stands")]

use domain::permission::Role;
use domain::service::Service;
use jiff::civil::date;
use storykit::{Browser, House};
use testkit::{TestDb, on_both};

fn house(home: TestDb) -> House {
    let mut house = House::open(home);
    house.city.notified(1, 'A');
    house.at(date(2026, 11, 9), "10:00");
    house
}

/// Books by telephone on Thursday, 12 November and answers the page of the renewal.
fn books(desk: &mut Browser, people: usize, start: &str) -> String {
    desk.open(&format!("/renewals/book?people={people}&day=2026-11-12")).sees("更新の予約を取る");
    for n in 1..=people {
        let field = if n == 1 { "pins".to_owned() } else { format!("pins-{n}") };
        desk.choose(&field, "known");
    }
    desk.press(start).reads("来庁前").reads("暗証番号わかる");
    desk.path().to_owned()
}

/// Ticks every line of the check sheet and says that the papers were checked.
fn checks(desk: &mut Browser) -> &mut Browser {
    desk.tick_all("item").press("書類を確認した").reads("書類確認済")
}

on_both! {
    fn r7_f_a_day_of_renewals_from_the_telephone_to_its_report(home: TestDb) {
        let mut house = house(home);
        let mut desk = house.operator();
        // There is nothing to scan: the way stands on 予約.
        desk.open("/reservations").follow("更新の予約を取る").sees("更新の予約を取る");
        // What would take two visits is not booked.
        desk.choose("visitor", "proxy").choose("pins", "forgotten").press("10:10").reads("照会書送付依頼書の案内");
        let first = books(&mut desk, 1, "9:00");
        let family = books(&mut desk, 2, "9:00");
        let (away, left, absent) = (books(&mut desk, 1, "9:20"), books(&mut desk, 1, "9:30"), books(&mut desk, 1, "9:40"));
        let gone = books(&mut desk, 1, "9:50");
        // Who comes is changed, the day is moved and moved back, one is cancelled.
        desk.open(&away).choose("visitor", "proxy").press("来庁者を変更する").reads("任意代理人");
        desk.open(&format!("{away}/move?day=2026-11-13")).press("10:00").reads("11月13日");
        desk.open(&format!("{away}/move?day=2026-11-12")).press("9:20").reads("11月12日");
        desk.open(&gone).choose("channel", "telephone").press("この予約を取り消す").reads("取消");
        // The list of the next open day, before noon.
        house.at(date(2026, 11, 11), "11:00");
        let mut charge_at_noon = house.person(Role::PersonInCharge);
        charge_at_noon.open("/renewals?day=2026-11-12").reads("まだ確定していません");
        charge_at_noon.press("リストを確定する（6件）").reads("6件");
        charge_at_noon.press("市へ引き継いだ").reads("入力してください");
        charge_at_noon.fill("person", "市 一郎").press("市へ引き継いだ").reads("市 一郎");
        let mut desk = house.operator();
        let late = books(&mut desk, 1, "10:10");
        charge_at_noon.open("/renewals/days/2026-11-12").reads("追加").press("確かめた").reads("確かめた違い 1件");
        // The day itself.
        house.at(date(2026, 11, 12), "9:00");
        let mut desk = house.operator();
        let mut city = house.person(Role::CityStaff);
        let number = {
            let keys = house.city.keys.clone();
            let id = first.rsplit('/').next().unwrap().parse().unwrap();
            let found = house.city.db().read_now(move |reader| store::reservation::find(reader, id)).unwrap();
            found.unwrap().number(&keys).unwrap()
        };
        desk.post("/scan", &[("scan", &number.digits())]).reads("来庁を受け付ける");
        desk.press("来庁を受け付ける").reads("受付中");
        checks(&mut desk);
        city.open(&first).press("更新完了").reads("更新済");
        for path in [&family, &late] {
            desk.open(path).press("来庁を受け付ける");
            checks(&mut desk);
            city.open(path).press("更新完了").reads("更新済");
        }
        desk.open(&away).press("来庁を受け付ける").press("持ち帰りにする").reads("理由を選んでください。");
        desk.choose("reason", "card_forgotten").press("持ち帰りにする").reads("更新するカードの持参忘れ");
        desk.open(&left).press("来庁を受け付ける").press("途中退出にする").reads("途中退出");
        // Who does not come is said by a person at the close, which compares with the city's count.
        house.at(date(2026, 11, 12), "17:40");
        let mut charge = house.person(Role::PersonInCharge);
        charge.open("/renewals/days/2026-11-12").reads("来庁していない2人").press("来庁していない2人を不来庁にする");
        charge.fill("city_count", "2").press("この日を締める").reads("市の件数2件と、このシステムの件数3件が違います");
        charge.fill("city_count", "3").press("この日を締める").reads("に締めました");
        charge.open(&absent).reads("不来庁");
        charge.open("/renewals/reports/2026-11-12").sees("報告 令和8年11月12日(木)").reads("市が数えた更新");
        let csv = |browser: &mut Browser| browser.open("/renewals/reports/2026-11-12.csv").page().source();
        let closed = csv(&mut charge);
        assert!(closed.contains("更新") && closed.contains("持ち帰り（更新するカードの持参忘れ）") && !closed.contains("納品"));
        house.at(date(2026, 11, 13), "9:00");
        let mut later = house.person(Role::PersonInCharge);
        assert_eq!(csv(&mut later), closed, "a closed day's report stays as it was");
        let day = domain::journal::BusinessDay { service: Service::Renewal, ..house.city.day(date(2026, 11, 12)) };
        let counts = house.city.db().read_now(move |reader| store::report::counts(reader, &day)).unwrap();
        assert_eq!((counts.issued, counts.sent_away_total(), counts.left, counts.not_come, counts.cancelled), (3, 1, 1, 2, 1));
        house.verify();
    }

    fn r7_f_the_list_of_renewals_is_a_duty_before_noon_and_red_when_late(home: TestDb) {
        let mut house = house(home);
        house.at(date(2026, 11, 11), "9:00");
        let mut charge = house.person(Role::PersonInCharge);
        // A list of nobody is no duty.
        assert!(!charge.open("/").text().contains("更新の予約リスト"));
        let mut desk = house.operator();
        books(&mut desk, 1, "9:00");
        charge.open("/").reads("11月12日(木)の更新の予約リスト").reads("未確定（いまの予約1件）・あと3時間00分");
        charge.press("担当する（11月12日(木)の更新の予約リスト）").reads("担当：");
        house.at(date(2026, 11, 11), "12:00");
        let mut charge = house.person(Role::PersonInCharge);
        charge.open("/").reads("遅れ 11月12日(木)の更新の予約リスト");
        charge.follow("リストを確定する（11月12日(木)の更新の予約リスト）").press("リストを確定する（1件）");
        charge.open("/").reads("確定済（1件）・市へ未引継ぎ");
        charge.follow("市へ引き継ぐ（11月12日(木)の更新の予約リスト）").fill("person", "市 一郎").press("市へ引き継いだ");
        charge.open("/").reads("済 11月12日(木)の更新の予約リスト").reads("（受取：市 一郎）");
        house.verify();
    }

    fn r8_c2_the_person_in_charge_records_a_renewal_from_a_paper_that_the_city_signed(home: TestDb) {
        let mut house = house(home);
        let renewal = books(&mut house.operator(), 1, "9:00");
        house.at(date(2026, 11, 12), "9:00");
        checks(house.operator().open(&renewal).press("来庁を受け付ける"));
        let mut charge = house.person(Role::PersonInCharge);
        charge.open(&renewal).fill("person", "市 一郎").press("更新完了").reads("市の署名のある書面を確かめて");
        charge.tick("paper", "1", true).press("更新完了").reads("更新済").reads("市 一郎");
        house.verify();
    }

    fn r7_d_two_operators_on_one_renewal_never_overwrite_each_other(home: TestDb) {
        let mut house = house(home);
        let (mut one, mut two) = (house.operator(), house.operator());
        let renewal = books(&mut one, 1, "9:00");
        let there = format!("{renewal}/move?day=2026-11-13");
        // Both look; the second moves; the first, who saw the old time, changes nothing.
        one.open(&renewal).choose("channel", "telephone");
        let mut comes = one.form_of("来庁者を変更する");
        comes.set("visitor", "representative");
        two.open(&there).press("10:00").reads("11月13日(金) 10:00");
        one.press("この予約を取り消す").reads("何も変更していません。");
        one.reads("開いたとき：11月12日(木) 9:00").reads("いま：11月13日(金) 10:00");
        assert_eq!(one.status(), 409);
        one.submit(&comes).reads("何も変更していません。").reads("本人");
        one.open(&there);
        two.open(&renewal).choose("visitor", "proxy").press("来庁者を変更する").reads("任意代理人");
        one.press("11:00").reads("何も変更していません。").reads("選んだもの：11月13日(金) 11:00");
        assert_eq!(one.status(), 409);
        // Seen as it is now, it is done.
        one.press("11:00").reads("11月13日(金) 11:00").reads("任意代理人");
        one.choose("channel", "counter").press_twice("この予約を取り消す").reads("取消");
        house.run_jobs();
        house.verify();
    }

    fn r8_c2_the_check_sheet_is_that_of_who_comes_and_nothing_unchecked_goes_to_the_city(home: TestDb) {
        let mut house = house(home);
        let (alone, proxy) = (books(&mut house.operator(), 1, "9:00"), books(&mut house.operator(), 1, "9:10"));
        house.operator().open(&proxy).choose("visitor", "proxy").press("来庁者を変更する");
        house.at(date(2026, 11, 12), "9:00");
        let (mut desk, mut city) = (house.operator(), house.person(Role::CityStaff));
        desk.open(&proxy).press("来庁を受け付ける").reads("チェックシート：任意代理人が来庁したとき");
        desk.reads("照会書兼回答書に記入があり、封がされたままである").reads("委任状の内容を確かめた");
        assert!(!desk.text().contains("暗証番号を覚えている"), "nobody asks a proxy for the PINs");
        // What is not all there does not go on, and what was ticked stays.
        desk.tick("item", "sealed_answer", true).press("書類を確認した").reads("確かめていない項目が6つあります。");
        assert_eq!(desk.status(), 422);
        city.open(&proxy).reads("窓口の従事者が書類を確かめています。");
        let operation = house.app.operation().to_string();
        city.post(&format!("{proxy}/done"), &[("operation", &operation), ("person", "市 一郎")]).reads("いまは「受付済」です。");
        assert_eq!(city.status(), 409);
        checks(&mut desk);
        city.open(&proxy).press("更新完了").reads("更新済").reads("任意代理人のチェックシート");
        // Who comes otherwise than was booked has another sheet.
        desk.open(&alone).press("来庁を受け付ける").reads("チェックシート：本人が来庁したとき");
        assert!(!desk.text().contains("複写"), "the person's own card goes to the city, nothing is copied");
        desk.follow("暗証番号の再設定").reads("追加の本人確認書類").reads("本人確認書類を複写した");
        desk.follow("法定代理人").reads("チェックシート：法定代理人が来庁したとき").reads("法定代理人であることを住民記録または書類で確認した");
        checks(&mut desk);
        city.open(&alone).press("更新完了").reads("更新済").reads("法定代理人のチェックシート");
        house.verify();
    }

    fn r8_c2_an_end_is_corrected_after_the_close_and_stands_in_the_next_report(home: TestDb) {
        let mut house = house(home);
        let (absent, left) = (books(&mut house.operator(), 1, "9:00"), books(&mut house.operator(), 1, "9:10"));
        house.at(date(2026, 11, 12), "9:10");
        house.operator().open(&left).press("来庁を受け付ける").press("途中退出にする");
        house.at(date(2026, 11, 12), "17:40");
        let mut charge = house.person(Role::PersonInCharge);
        charge.open("/renewals/days/2026-11-12").press("来庁していない1人を不来庁にする");
        charge.fill("city_count", "0").press("この日を締める").reads("に締めました");
        assert!(!house.operator().open(&absent).text().contains("結果を訂正する"));
        charge.open(&absent).follow("結果を訂正する").sees("結果の訂正 令和8年11月12日(木) 9:00");
        charge.reads("締めた日の予約です。").press("訂正する").reads("正しい結果を選んでください。");
        charge.choose("to", "issued").fill("remark", "受付の記録漏れ").press("訂正する").reads("市の担当者の氏名を入力してください。");
        charge.fill("person", "市 一郎").tick("paper", "1", true).press_twice("訂正する").reads("更新済").reads("市 一郎");
        charge.reads("不来庁 → 更新完了");
        charge.open(&left).follow("結果を訂正する").choose("to", "sent_away").choose("reason", "card_forgotten");
        charge.fill("remark", "聞き違い").press("訂正する").reads("更新するカードの持参忘れ");
        // The closed day stays as it was; the next one tells of it.
        house.at(date(2026, 11, 13), "17:40");
        let mut charge = house.person(Role::PersonInCharge);
        charge.open("/renewals/reports/2026-11-13").reads("不来庁 → 更新完了");
        house.run_jobs();
        house.verify();
    }
}
