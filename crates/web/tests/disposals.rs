//! 保管期限と廃棄: cards that nobody collected in time stay bookable until the city instructs otherwise, and are destroyed by
//! the city alone.
#![expect(clippy::unwrap_used, reason = "a story fails where it stands")]

use domain::id::CardId;
use domain::journal::CityRecord;
use domain::permission::Role;
use domain::reminder::Criteria;
use jiff::civil::{Date, date};
use store::Lane;
use storykit::{Browser, House};
use testkit::{TestDb, on_both};

/// The city's person, and that a paper was signed.
fn by_city(browser: &mut Browser) -> &mut Browser {
    browser.fill("person", "市民課 一郎").tick("paper", "yes", true)
}

/// The city reminds of cards and sends it on the same day, which is that of the clock.
fn remind(house: &mut House, cards: &[CardId], on: Date) {
    let (make, sent, site, cards) =
        (house.city.act(), house.city.act(), house.city.site.clone(), cards.to_vec());
    let done = house.city.db().write_now(Lane::Staff, move |tx| {
        let person = ("市民課 一郎", CityRecord::Paper);
        let criteria = Criteria { posted: 90, again: None };
        let made = store::reminder::make(tx, &make, &site, criteria, &cards, person)?;
        store::reminder::sent(tx, &sent, made.id, on, person)
    });
    done.unwrap();
}

/// Whether a card of the list can be ticked.
fn can_be_ticked(browser: &Browser, card: CardId) -> bool {
    browser.page().source().contains(&format!("name=\"card\" value=\"{card}\""))
}

on_both! {
    fn r5_c7_a_card_past_its_last_day_is_destroyed_by_the_citys_word_alone(home: TestDb) {
        let mut house = House::open(home);
        let cards = house.city.notified(6, 'A');
        let reminded = date(2027, 9, 1);
        house.at(reminded, "10:00");
        // The last one is never reminded of, and has no last day.
        remind(&mut house, &cards[..5], reminded);
        // Twelve months after the posting are over on 2 November, three after the reminder on 1 December: the later counts.
        house.at(date(2027, 11, 4), "10:00");
        let mut operator = house.operator();
        operator.open("/storage").follow("保管期限を開く").reads("0枚 期限を過ぎた（このほか、1か月以内に期限 5枚");
        assert!(!operator.text().contains("廃棄の指示を記録する"), "{}", operator.text());
        // Somebody is in hospital: the card is kept for longer.
        let page = format!("/cards/{}/storage", cards[1]);
        operator.open(&format!("/cards/{}", cards[1])).follow("令和9年12月1日(水)");
        assert_eq!(operator.path(), page);
        operator.press("延長を記録する").reads("保管を延ばす理由を選んでください。");
        operator.choose("reason", "hospital").fill("until", "2027-11-03");
        operator.press("延長を記録する").reads("今日からあとの日を選んでください");
        operator.fill("until", "2028-01-31").press_twice("延長を記録する").reads("令和10年1月31日(月)まで");
        operator.open(&format!("/cards/{}/storage", cards[5])).reads("なし（受取勧奨を送っていません）");
        // The day after: past, and bookable as ever.
        house.at(date(2027, 12, 2), "10:00");
        let slot = house.city.slot(date(2027, 12, 14), "9:00");
        house.city.book(cards[2], slot).unwrap();
        let mut operator = house.operator();
        operator.open("/deadlines").reads("4枚 期限を過ぎた（このほか、1か月以内に期限 0枚、保管を延長中 1枚）");
        operator.reads("R9.12.14").reads("入院・施設入所");
        for (card, wanted) in [(0, true), (1, false), (2, false), (3, true), (4, true), (5, false)] {
            assert_eq!(can_be_ticked(&operator, cards[card]), wanted, "card {card}");
        }
        let mut citizen = house.citizen();
        let key = house.key_of(cards[0]);
        citizen.open("/k").fill("number", &key).press("次へ進む").reads("日にちを選んでください");
        // The city's instruction: whose, how many, and which.
        operator.press("廃棄の指示を記録する").reads("印を付けてください").reads("市の担当者の氏名を入力してください。");
        assert_eq!(operator.status(), 422);
        let (first, fourth) = (cards[0].to_string(), cards[3].to_string());
        operator.tick("card", &first, true).tick("card", &fourth, true).fill("counted", "3");
        by_city(&mut operator).press("廃棄の指示を記録する").reads("印を付けたのは2枚、市の指示は3枚です");
        // Somebody books one of them at this moment: it is left out, and that is said.
        let slot = house.city.slot(date(2027, 12, 14), "9:10");
        house.city.book(cards[3], slot).unwrap();
        operator.tick("card", &first, true).fill("counted", "1");
        assert!(!can_be_ticked(&operator, cards[1]));
        let mut late = operator.form_of("廃棄の指示を記録する");
        late.set("counted", "2");
        late.pairs.push(("card".to_owned(), fourth.clone()));
        if !late.pairs.iter().any(|(name, value)| name == "card" && *value == first) {
            late.pairs.push(("card".to_owned(), first.clone()));
        }
        operator.submit(&late);
        operator.sees("カードの廃棄").reads("1枚の廃棄の指示を記録しました。").reads("1枚は、記録していません");
        assert_eq!(house.city.home.rows_of("recall"), 1);
        // It is a recall like any other: nobody books it any more, and nobody says why.
        operator.open(&format!("/cards/{}", cards[0])).reads("保管期間の経過による廃棄");
        operator.reads("お調べすることがありますので、市の担当からご案内します。");
        let mut citizen = house.citizen();
        citizen.open("/k").fill("number", &key).press("次へ進む");
        assert!(!citizen.text().contains("日にちを選んでください"), "{}", citizen.text());
        assert!(!citizen.text().contains("廃棄"), "{}", citizen.text());
        operator.open("/recalls").reads("保管期間の経過による廃棄");
        // To the city, counted by both.
        operator.open("/disposals").reads("検品机").follow("市へ渡す（1枚）").fill("counted", "2");
        by_city(&mut operator).press("市へ渡した").reads("枚数が合いません");
        operator.fill("counted", "1").press_twice("市へ渡した").reads("市の廃棄を待つ");
        // The city destroyed it, on a day, by a person: the card's end.
        house.at(date(2027, 12, 6), "10:00");
        let mut operator = house.operator();
        operator.open("/disposals").follow("市の廃棄を記録（1枚）").fill("on", "2027-12-01");
        by_city(&mut operator).press("廃棄を記録する").reads("市の指示の日から今日までの日にしてください");
        operator.fill("on", "2027-12-06").press_twice("廃棄を記録する").reads("廃棄の途中のカード（0枚）");
        assert_eq!(house.city.home.rows_of("disposal"), 1);
        operator.open(&format!("/cards/{}", cards[0])).reads("令和9年12月6日(月)（市民課 一郎）");
        // Two people who record the same: the second changes nothing.
        let (act, site, card) = (house.city.act(), house.city.site.clone(), cards[0]);
        let again = house.city.db().write_now(Lane::Staff, move |tx| {
            let person = ("市民課 一郎", CityRecord::Paper);
            store::disposal::dispose(tx, &act, &site, &[card], date(2027, 12, 6), person)
        });
        assert_eq!(again.unwrap_err(), store::disposal::DisposalError::Changed);
        for file in ["/lists/deadlines/deadlines", "/lists/disposals/disposals"] {
            for ending in ["csv?encoding=utf8", "csv?encoding=cp932", "xlsx"] {
                operator.open(&format!("{file}.{ending}"));
                assert_eq!(operator.status(), 200, "{file}.{ending}");
            }
        }
        // When the extension is over or ended, the card is past like the others.
        operator.open(&page).press("延長をやめる");
        operator.open("/deadlines");
        assert!(can_be_ticked(&operator, cards[1]));
        let mut auditor = house.person(Role::Auditor);
        auditor.open("/deadlines");
        assert!(!auditor.text().contains("廃棄の指示を記録する"), "{}", auditor.text());
        auditor.open("/disposals/pass");
        assert_eq!(auditor.status(), 403);
        house.run_jobs();
        house.verify();
    }
}
