//! Cards that the city mails: after inspection to the city as a batch of their own, into the post, and sometimes back.
#![expect(clippy::unwrap_used, reason = "a story fails where it stands")]

use domain::card::{Cause, Finding, Pass, Stage};
use domain::consignment::ApplicationMethod;
use domain::id::CardId;
use domain::permission::Role;
use domain::place::PlaceKind;
use jiff::civil::date;
use store::Lane;
use store::card::{Card, Filter};
use storykit::{Browser, House};
use testkit::{TestDb, on_both};

/// A list without a file, taken on screen.
fn takes(operator: &mut Browser, box_name: &str, count: &str, method: &str) {
    operator.open("/consignments/new/without-file").fill("received_on", "2026-11-02");
    operator.fill("list_date", "2026-10-30").fill("box", box_name).fill("count", count);
    operator.fill("first_line", "1").fill("last_line", count).choose("method", method);
    operator.press("内容を確認する").press("取り込む");
    assert_eq!(operator.status(), 200, "{}", operator.text());
}

fn of_method(house: &House, method: ApplicationMethod) -> Vec<CardId> {
    let filter = Filter { method: Some(method), ..Filter::default() };
    let walked = house.city.db().read_now(move |reader| filter.walk(reader, None, 100, 100)).unwrap();
    walked.rows.into_iter().map(|card| card.id).collect()
}

/// Every pass of the inspection is good.
fn inspects(house: &mut House, cards: &[CardId]) {
    for card in cards {
        for pass in Pass::ALL {
            let (act, card) = (house.city.act(), *card);
            let inspect =
                move |tx: &mut store::Tx<'_>| store::card::inspect(tx, &act, card, *pass, Finding::Good);
            house.city.db().write_now(Lane::Staff, inspect).unwrap();
        }
    }
}

fn card(house: &House, id: CardId) -> Card {
    house.city.db().read_now(move |reader| store::card::find(reader, id)).unwrap().unwrap()
}

on_both! {
    fn r8_4_what_the_city_mails_goes_to_it_apart_and_ends_with_the_post(home: TestDb) {
        let mut house = House::open(home);
        let mut operator = house.operator();
        takes(&mut operator, "1", "4", "at_issue");
        takes(&mut operator, "2", "2", "at_application");
        takes(&mut operator, "3", "1", "via_workplace");
        let (stored, mailed) =
            (of_method(&house, ApplicationMethod::AtIssue), of_method(&house, ApplicationMethod::AtApplication));
        let third = of_method(&house, ApplicationMethod::ViaWorkplace);
        for cards in [&stored, &mailed, &third] {
            inspects(&mut house, cards);
        }
        operator.open("/preparation").reads("交付時来庁 4").reads("申請時来庁 3");
        operator.follow_beside("申請時来庁", "市へ引継ぎ").sees("市へ引継ぎ（郵送分）").reads("3枚");
        operator.fill("counted", "4").fill("person", "市民課 一郎").tick("paper", "yes", true).press("市へ引き継ぐ");
        operator.reads("枚数が合いません。記録では3枚、数えたのは4枚です。");
        assert_eq!(operator.page().value("person").as_deref(), Some("市民課 一郎"));
        operator.fill("counted", "3").tick("paper", "yes", true).press_twice("市へ引き継ぐ");
        operator.reads("郵送分").reads("受け取った人：市民課 一郎").reads("勤務地等経由");
        assert_eq!(house.city.home.rows_of("batch"), 1, "a double press sends once");
        for id in mailed.iter().chain(&third) {
            let now = card(&house, *id);
            assert_eq!((now.stage, now.place_kind), (Stage::Inspected, PlaceKind::City));
        }
        // What is stored goes its own way, and waits for its letter after it.
        assert!(stored.iter().all(|id| card(&house, *id).place_kind == PlaceKind::Desk));
        let batch = operator.path().to_owned();
        operator.post(&format!("{batch}/return"), &[
            ("operation", "01JCZ000000000000000000000"), ("counted", "3"), ("person", "市民課 一郎"), ("paper", "yes"),
        ]);
        assert_eq!(operator.status(), 409, "what is mailed is not given back as set up");
        // Mailed by the city, by its own account, on a day that can be.
        house.at(date(2026, 11, 5), "14:00");
        let mut city = house.person(Role::CityStaff);
        operator = house.operator();
        let mut late = operator.another_tab();
        late.open(&batch);
        let late_form = {
            late.fill("posted_on", "2026-11-04").fill("person", "別の 担当").tick("paper", "yes", true);
            late.form_of("発送を記録する")
        };
        city.open("/").follow("準備").follow("市への引継ぎの一覧").reads("市にあります");
        city.open(&batch).fill("posted_on", "2026-11-06").fill("person", "市民課 二郎").press("発送を記録する");
        city.reads("発送した日は、引継ぎの日から今日までの日にしてください。");
        city.fill("posted_on", "2026-11-01").press("発送を記録する").reads("引継ぎの日から今日まで");
        city.fill("posted_on", "2026-11-04").press("発送を記録する");
        city.reads("市の発送：令和8年11月4日(水)").reads("発送した人：市民課 二郎");
        late.submit(&late_form);
        assert_eq!(late.status(), 409, "a second record has no effect: {}", late.text());
        for id in mailed.iter().chain(&third) {
            let now = card(&house, *id);
            assert_eq!((now.stage, now.cause, now.place_kind), (Stage::Ended, Some(Cause::MailedByCity), PlaceKind::Post));
        }
        operator.open("/batches").reads("市が発送済 R8.11.4");
        operator.open(&format!("/cards/{}", mailed[0])).reads("市が郵送").reads("市が郵送した");
        house.city.seal();
        house.verify();
    }

    fn r5_c3_what_the_post_brings_back_is_with_the_city_again(home: TestDb) {
        let mut house = House::open(home);
        let mut operator = house.operator();
        takes(&mut operator, "1", "1", "via_residence");
        let cards = of_method(&house, ApplicationMethod::ViaResidence);
        inspects(&mut house, &cards);
        let page = format!("/cards/{}", cards[0]);
        operator.open(&page).follow("市へ引き継ぐ（居所地経由）");
        operator.fill("counted", "1").fill("person", "市民課 一郎").tick("paper", "yes", true).press("市へ引き継ぐ");
        operator.fill("posted_on", "2026-11-02").fill("person", "市民課 一郎").tick("paper", "yes", true);
        operator.press("発送を記録する").reads("届かずに市へ戻ったカードは");
        // The number of the post as the city tells it: misread, unknown, known; found again by its digits.
        operator.open(&page).reads("まだ記録していません（市に聞いて記録します）").follow("追跡番号を記録");
        operator.press("追跡番号を記録する").reads("市でも番号がわからない」に印を付けてください。");
        assert_eq!(operator.status(), 422);
        operator.fill("person", "市民課 一郎").tick("paper", "yes", true).fill("number", "123-45-67890-1");
        operator.press("追跡番号を記録する").reads("最後の数字が合いません。");
        assert_eq!(operator.page().value("number").as_deref(), Some("123-45-67890-1"));
        operator.fill("number", "123-45").press("追跡番号を記録する").reads("追跡番号は11桁です。");
        operator.fill("number", "").tick("unknown", "yes", true).press("追跡番号を記録する");
        operator.reads("市でもわかりません（11月2日(月)").reads("追跡番号は市でもわかりません");
        operator.follow("追跡番号を記録").fill("number", "１２３－４５－６７８９０－３").fill("person", "市民課 一郎");
        operator.tick("paper", "yes", true).press_twice("追跡番号を記録する").reads("123-45-67890-3");
        operator.post("/scan", &[("scan", "123-45-67890-3")]).reads("追跡番号（本人限定受取郵便） 123-45-67890-3");
        assert_eq!(operator.path(), page);
        house.at(date(2026, 11, 13), "10:00");
        operator = house.operator();
        operator.open(&page).fill("on", "2026-11-14").fill("person", "市民課 二郎").tick("paper", "yes", true);
        operator.press("戻ったことを記録する").reads("戻った日が今日より後になっています。");
        assert_eq!(operator.page().value("person").as_deref(), Some("市民課 二郎"));
        operator.fill("on", "2026-11-12").tick("paper", "yes", true).press_twice("戻ったことを記録する");
        operator.reads("郵便から戻り、市にあります。").reads("市の担当者：市民課 二郎");
        let back = card(&house, cards[0]);
        assert_eq!((back.stage, back.cause, back.place_kind), (Stage::Ended, Some(Cause::MailedByCity), PlaceKind::City));
        operator.open("/cards?progress=ended&kind=city").reads("該当 1枚");
        operator.open(&page).fill("on", "2026-11-13").fill("person", "市民課 二郎").tick("paper", "yes", true);
        operator.press("発送を記録する").reads("再び郵送しました");
        // Another piece of mail has another number.
        operator.reads("まだ記録していません（市に聞いて記録します）");
        assert_eq!(card(&house, cards[0]).place_kind, PlaceKind::Post);
        // A card that was never mailed has no such act.
        let other = house.city.listed(1, 'Z');
        operator.open(&format!("/cards/{}", other[0]));
        let fields =
            [("operation", "01JCZ000000000000000000001"), ("on", "2026-11-13"), ("person", "市"), ("paper", "yes")];
        operator.post(&format!("/cards/{}/came-back", other[0]), &fields);
        assert_eq!(operator.status(), 409);
        operator.open(&format!("/cards/{}/tracking", other[0])).reads("市が郵送したカードではありません。");
        let fields =
            [("operation", "01JCZ000000000000000000002"), ("unknown", "yes"), ("person", "市"), ("paper", "yes")];
        operator.post(&format!("/cards/{}/tracking", other[0]), &fields);
        assert_eq!(operator.status(), 409);
        house.city.seal();
        house.verify();
    }

    fn r5_c3_a_card_that_came_back_is_handed_over_at_the_counter(home: TestDb) {
        let mut house = House::open(home);
        let mut operator = house.operator();
        takes(&mut operator, "1", "2", "at_application");
        let cards = of_method(&house, ApplicationMethod::AtApplication);
        inspects(&mut house, &cards);
        operator.open(&format!("/cards/{}", cards[0])).follow("市へ引き継ぐ（申請時来庁）").fill("counted", "2").fill("person", "市民課 一郎").tick("paper", "yes", true);
        operator.press("市へ引き継ぐ").fill("posted_on", "2026-11-02").fill("person", "市民課 一郎");
        operator.tick("paper", "yes", true).press("発送を記録する");
        house.at(date(2026, 11, 13), "10:00");
        operator = house.operator();
        let pages: Vec<String> = cards.iter().map(|card| format!("/cards/{card}")).collect();
        // Still in the post: nobody can be given it, and its page says so.
        operator.open(&format!("{}/pickup", pages[0])).reads("郵便から戻って市にあるカードではありません。");
        for page in &pages {
            operator.open(page).fill("on", "2026-11-12").fill("person", "市民課 二郎").tick("paper", "yes", true);
            operator.press("戻ったことを記録する").reads("窓口には、本人確認書類をお持ちください。");
        }
        // The citizen comes: form, copies, and who of the city has them.
        operator.follow("窓口での受け取り").press("書類を市へ引き継いだ");
        assert_eq!(operator.status(), 422);
        operator.reads("来庁した人を選んでください。").reads("申請書に記入してもらってから").reads("写しの枚数を1以上の数字で");
        operator.open(&format!("{}/pickup", pages[0])).choose("visitor", "principal").tick("filled", "yes", true);
        operator.fill("copies", "２").fill("person", "市民課 三郎");
        let mut second = house.operator();
        second.open(&format!("{}/pickup", pages[0])).choose("visitor", "principal").tick("filled", "yes", true);
        second.fill("copies", "1").fill("person", "市民課 四郎");
        operator.press_twice("書類を市へ引き継いだ").reads("本人確認書類の写し2枚を市へ引き継ぎました。");
        second.press("書類を市へ引き継いだ").reads("ほかの人が先に受け付けていて、まだ終わっていません。");
        assert_eq!(second.status(), 409);
        assert_eq!(house.city.home.rows_of("pickup"), 1);
        house.verify();
        // While its citizen waits, the card is not mailed again; who is here stands at the counter.
        assert!(!operator.open(&pages[0]).text().contains("市が再び発送した"));
        let fields = [
            ("operation", "01JCZ000000000000000000003"), ("on", "2026-11-13"), ("person", "市"), ("paper", "yes"),
        ];
        operator.post(&format!("{}/mailed-again", pages[0]), &fields);
        assert_eq!(operator.status(), 409);
        operator.open("/counter").reads("返戻カードの受け取り（1人）").reads("書類を市へ引き継いだ");
        // The city gives the card out, and it is handed over against a signature.
        operator.open(&format!("{}/pickup", pages[0])).fill("person", "市民課 三郎").press("カードを受け取った");
        operator.reads("カードと申請書の氏名が同じか確かめて");
        assert_eq!(operator.page().value("person").as_deref(), Some("市民課 三郎"));
        operator.tick("same", "yes", true).press_twice("カードを受け取った").reads("カードを手渡す");
        assert_eq!(card(&house, cards[0]).place_kind, PlaceKind::Counter);
        house.verify();
        // What lies at the counter keeps the day from closing.
        let mut charge = house.person(Role::PersonInCharge);
        charge.open("/close/2026-11-13").reads("窓口");
        operator.press("カードを手渡した").reads("申請書に受け取りの自署をもらってから");
        operator.tick("signed_for", "yes", true).press_twice("カードを手渡した").reads("カードを手渡した");
        let now = card(&house, cards[0]);
        assert_eq!((now.stage, now.cause, now.place_kind), (Stage::Ended, Some(Cause::MailedByCity), PlaceKind::Citizen));
        assert!(!operator.open(&pages[0]).reads("このカードはお渡しずみです。").text().contains("窓口での受け取り"));
        operator.reads("受け取った市の担当者：市民課 三郎").reads("申請書に受け取りの自署あり");
        // The second one leaves: what lay at the counter is with the city again, with a name.
        operator.open(&format!("{}/pickup", pages[1])).choose("visitor", "proxy").tick("filled", "yes", true);
        operator.fill("copies", "3").fill("person", "市民課 三郎").press("書類を市へ引き継いだ");
        operator.fill("person", "市民課 三郎").tick("same", "yes", true).press("カードを受け取った");
        operator.press("渡さずに終える").reads("渡さない理由を選んでください。");
        operator.choose("why", "left").fill("person", "市民課 三郎").press_twice("渡さずに終える").reads("市民が途中で帰った");
        assert_eq!(card(&house, cards[1]).place_kind, PlaceKind::City);
        operator.open(&pages[1]).reads("窓口での受け取り").reads("市が再び発送した");
        assert!(!operator.open("/counter").text().contains("返戻カードの受け取り"));
        house.city.seal();
        house.verify();
    }

    fn r8_12_kinds_that_settings_add_are_taken_and_counted_apart(home: TestDb) {
        let mut house = House::open(home);
        let mut operator = house.operator();
        let list = "一覧番号,交付通知書番号,申請方式,郵便番号,カード有効期限\r\n\
            1,ABC-000001,交付時来庁方式,5640001,2036-10-30\r\n\
            2,ABC-000002,特急発行,5640001,2036-10-30\r\n\
            3,ABC-000003,国外転出者,5640001,2036-10-30\r\n";
        let sends = |operator: &mut Browser, list: &str| {
            operator.open("/consignments/new");
            operator.fill("received_on", "2026-11-02").fill("list_date", "2026-10-30").fill("box", "7");
            operator.attach("file", "一覧表.csv", list.as_bytes()).press("内容を確認する");
        };
        sends(&mut operator, &list.replace("特急発行", "超特急"));
        operator.reads("申請方式");
        assert_eq!(operator.status(), 422, "{}", operator.text());
        sends(&mut operator, list);
        operator.reads("特急").reads("国外").press("取り込む");
        for (method, count) in [(ApplicationMethod::Express, 1), (ApplicationMethod::Abroad, 1)] {
            let cards = of_method(&house, method);
            assert_eq!(cards.len(), count);
            inspects(&mut house, &cards);
        }
        operator.open("/preparation").reads("特急 1");
        operator.open("/batches/new/express").reads("1枚").reads("特急");
        operator.open("/cards?method=express").reads("該当 1枚").reads("申請方式：特急");
    }
}
