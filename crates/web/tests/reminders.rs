//! 受取勧奨: whom the city reminds of a card that waits, what it says of the sending, and what came of it.
#![expect(clippy::unwrap_used, reason = "a story fails where it stands")]

use domain::id::CardId;
use domain::permission::Role;
use jiff::civil::{Date, date};
use store::Lane;
use storykit::{Browser, House};
use testkit::{TestDb, on_both};

/// The day of the round; the cards of the story were posted on 2 November 2026, twenty days before.
const DAY: Date = date(2026, 11, 22);

/// The city's person, and that a paper was signed.
fn by_city(browser: &mut Browser) -> &mut Browser {
    browser.fill("person", "市民課 一郎").tick("paper", "yes", true)
}

/// Asks for the cards that were posted so many days ago, and were not reminded of in so many.
fn asks<'b>(browser: &'b mut Browser, posted: &str, again: &str) -> &'b mut Browser {
    browser.open("/reminders/new").fill("posted", posted).fill("again", again).press("対象を出す")
}

/// 管理番号 as screens show it.
fn control(house: &House, card: CardId) -> String {
    let found = house.city.db().read_now(move |reader| store::card::find(reader, card)).unwrap().unwrap();
    let digits = found.control_number.digits();
    format!("{} {} {}", &digits[..3], &digits[3..6], &digits[6..])
}

fn recall(house: &mut House, card: CardId) {
    let (act, rules) = (house.city.act(), house.city.rules.clone());
    let order = store::recall::Order {
        card,
        cause: domain::card::Cause::Recalled,
        source: domain::recall::Source::City,
        city: Some(("市民課 一郎".to_owned(), domain::journal::CityRecord::Paper)),
        until: None,
        booked: None,
    };
    let done =
        house.city.db().write_now(Lane::Staff, move |tx| store::recall::record(tx, &act, &rules, &order));
    done.unwrap();
}

on_both! {
    fn r5_c7_a_round_of_reminders_is_shown_listed_sent_and_its_outcome_counted(home: TestDb) {
        let mut house = House::open(home);
        let cards = house.city.notified(6, 'A');
        // One is reserved, one is recalled, one is not posted: none of them is asked for.
        let slot = house.city.slot(date(2026, 11, 25), "9:00");
        house.city.book(cards[0], slot).unwrap();
        recall(&mut house, cards[1]);
        house.city.prepared(1, 'B');
        house.at(DAY, "10:00");
        let mut operator = house.operator();
        operator.open("/preparation").follow("受取勧奨").reads("まだありません。").follow("名簿を作る");
        operator.fill("posted", "").press("対象を出す").reads("発送からの日数を1以上の数字で入力してください。");
        assert_eq!(operator.status(), 422);
        asks(&mut operator, "2000", "").reads("1から1095までの日数にしてください");
        asks(&mut operator, "21", "").reads("対象のカードはありません。");
        asks(&mut operator, "20", "").reads("4枚").reads("印を付けて示したカード 4枚").reads("R8.11.2");
        assert!(operator.text().contains(&control(&house, cards[2])));
        assert!(!operator.text().contains(&control(&house, cards[0])), "one that is reserved is reminded of");
        // Somebody books between the list and the making of it.
        let slot = house.city.slot(date(2026, 11, 26), "9:00");
        house.city.book(cards[2], slot).unwrap();
        operator.press("名簿を作る").reads("市の担当者の氏名を入力してください。");
        assert_eq!(operator.status(), 422);
        // The refused form shows the cards as they are now; that of a colleague still has all four.
        let mut colleague = house.operator();
        asks(&mut colleague, "20", "").reads("3枚");
        let slot = house.city.slot(date(2026, 11, 26), "9:10");
        house.city.book(cards[3], slot).unwrap();
        by_city(&mut operator).press_twice("名簿を作る");
        operator.sees("受取勧奨 第1回").reads("示したあとで予約が入るなどした1枚は、名簿に入れませんでした。");
        operator.reads("2枚").reads("名簿作成済（市の送付前）").reads("市民課 一郎");
        assert_eq!((house.city.home.rows_of("reminder"), house.city.home.rows_of("reminder_card")), (1, 2));
        let page = operator.path().split('?').next().unwrap().to_owned();
        // The colleague, who had the same cards before the eyes, makes no second list of them.
        by_city(&mut colleague).press("名簿を作る").reads("ほかの人が先に名簿を作りました");
        assert_eq!(colleague.status(), 409);
        assert_eq!(house.city.home.rows_of("reminder"), 1);
        // Nothing is said to a caller before the city sent it.
        operator.open(&format!("/cards/{}", cards[4])).reads("第1回 名簿作成済（市の送付前）");
        assert!(!operator.text().contains("受取のお知らせ"), "{}", operator.text());
        // Two facts: the list is made by us, and sent by the city.
        operator.open(&page).press("記録する").reads("送付した日を選んでください。");
        operator.fill("on", "2026-11-21");
        by_city(&mut operator).press("記録する").reads("名簿を作った日から今日までの日にしてください");
        house.at(date(2026, 11, 25), "10:00");
        let mut operator = house.operator();
        operator.open(&page).fill("on", "2026-11-24");
        by_city(&mut operator).press_twice("記録する").reads("市が送付済").reads("令和8年11月24日(火)（市民課 一郎）");
        assert!(!operator.text().contains("市から聞いたこと"), "{}", operator.text());
        operator.open(&format!("/cards/{}", cards[4])).reads("第1回 令和8年11月24日(火) 送付");
        operator.reads("市から受取のお知らせを令和8年11月24日(火)にお送りしました。").reads("受取期限を過ぎていても");
        // One of them books, and its citizen comes.
        let slot = house.city.slot(date(2026, 11, 27), "9:00");
        let booked = house.city.book(cards[4], slot).unwrap();
        operator.open(&page).reads("予約中").reads("動きなし");
        let rows = house.city.db().read_now({
            let site = house.city.site.clone();
            move |reader| store::reminder::counts(reader, &site)
        });
        let counts = *rows.unwrap().values().next().unwrap();
        assert_eq!((counts.cards, counts.reserved, counts.came), (2, 1, 0));
        let (act, rules) = (house.city.act(), house.city.rules.clone());
        let cancelled = house.city.db().write_now(Lane::Staff, move |tx| {
            store::reservation::cancel(tx, &act, &rules, booked.id, domain::reservation::Channel::Counter)
        });
        cancelled.unwrap();
        operator.open("/reminders").reads("第1回").reads("市が送付済");
        operator.open(&page).reads("取消・不来庁");
        house.run_jobs();
        house.verify();
    }

    fn r5_c7_a_card_is_on_one_unsent_list_and_again_on_a_later_one(home: TestDb) {
        let mut house = House::open(home);
        let cards = house.city.notified(3, 'A');
        house.at(DAY, "10:00");
        let mut operator = house.operator();
        // The list without one card that a person took off.
        asks(&mut operator, "20", "").tick("card", &cards[0].to_string(), false);
        by_city(&mut operator).press("名簿を作る").reads("2枚");
        let first = operator.path().to_owned();
        // What is on a list that is not sent is asked for no more.
        asks(&mut operator, "20", "").reads("1枚").reads(&control(&house, cards[0]));
        by_city(&mut operator).press("名簿を作る").sees("受取勧奨 第2回");
        let second = operator.path().to_owned();
        asks(&mut operator, "20", "").reads("対象のカードはありません。");
        // The city does not send the second; its card may be on another, and nothing was sent.
        operator.open(&second).choose("what", "withdrawn");
        by_city(&mut operator).press("記録する").reads("取りやめ");
        operator.post(&format!("{second}/told"), &[("operation", "x")]);
        assert_eq!(operator.status(), 400);
        operator.open(&first).fill("on", "2026-11-22");
        by_city(&mut operator).press("記録する").reads("市が送付済");
        asks(&mut operator, "20", "").reads("3枚").reads("11月22日(日)");
        asks(&mut operator, "20", "30").reads("1枚").reads(&control(&house, cards[0]));
        // Thirty days later the city may remind of all of them again.
        house.at(date(2026, 12, 22), "10:00");
        let mut operator = house.operator();
        asks(&mut operator, "20", "30").reads("3枚");
        by_city(&mut operator).press("名簿を作る").sees("受取勧奨 第3回");
        operator.open(&format!("/cards/{}", cards[1])).reads("第3回").reads("第1回");
        // Files: in the reference that the city has, and for whoever sees cards.
        let page = operator.path().to_owned();
        assert!(page.starts_with("/cards/"));
        let third = house.city.db().read_now({
            let site = house.city.site.clone();
            move |reader| store::reminder::list(reader, &site)
        });
        let third = third.unwrap()[0].id;
        for file in ["cards.csv?encoding=utf8", "cards.csv?encoding=cp932", "cards.xlsx"] {
            operator.open(&format!("/lists/reminders/{third}/{file}"));
            assert_eq!(operator.status(), 200, "{file}");
        }
        operator.open(&format!("/lists/reminders/{third}/cards.csv?encoding=utf8"));
        assert!(operator.page().source().contains("ABC-000001"), "{}", operator.page().source());
        operator.open("/lists/reminders/reminders.csv?encoding=utf8");
        assert!(operator.page().source().contains("第3回"), "{}", operator.page().source());
        // An auditor looks, and makes nothing.
        let mut auditor = house.person(Role::Auditor);
        auditor.open("/reminders");
        assert!(!auditor.text().contains("名簿を作る"), "{}", auditor.text());
        auditor.open("/reminders/new");
        assert_eq!(auditor.status(), 403);
        auditor.open(&format!("/reminders/{third}"));
        assert!(!auditor.text().contains("市から聞いたこと"), "{}", auditor.text());
        // The city's own people make a list by their account, without a paper.
        let mut city = house.person(Role::CityStaff);
        asks(&mut city, "20", "").reads("対象のカードはありません。");
        city.open(&format!("/reminders/{third}")).fill("on", "2026-12-22").fill("person", "市民課 花子");
        city.press("記録する").reads("市が送付済");
        house.run_jobs();
        house.verify();
    }
}
