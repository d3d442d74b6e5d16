//! 交付通知書の再送と返戻: a request is followed from the telephone to the city's posting, and what came back is said to
//! whoever is asked.
#![expect(clippy::unwrap_used, reason = "a story fails where it stands")]

use domain::id::CardId;
use domain::permission::Role;
use jiff::civil::date;
use store::Lane;
use storykit::{Browser, House};
use testkit::{TestDb, on_both};

/// The city's person, and that a paper was signed.
fn by_city(browser: &mut Browser) -> &mut Browser {
    browser.fill("person", "市民課 一郎").tick("paper", "yes", true)
}

/// The newest part of letters, once its envelopes are checked.
fn part(house: &mut House) -> String {
    let (act, site) = (house.city.act(), house.city.site.clone());
    let part = house.city.db().write_now(Lane::Staff, move |tx| {
        let part = store::letter::list(tx, &site, None, 1)?[0].id;
        store::stuffing::stuff_all(tx, &act, part)?;
        Ok::<_, store::letter::LetterError>(part)
    });
    format!("/letters/{}", part.unwrap())
}

fn notice(card: CardId) -> String {
    format!("/cards/{card}/notice")
}

on_both! {
    fn r5_c4_a_notice_that_is_asked_for_again_is_followed_until_the_city_posted_it(home: TestDb) {
        let mut house = House::open(home);
        let cards = house.city.notified(3, 'A');
        let old = house.key_of(cards[0]);
        house.at(date(2026, 11, 9), "10:00");
        let mut operator = house.operator();
        operator.open(&format!("/cards/{}", cards[0])).follow("交付通知書の再送・返戻");
        operator.press_twice("電話で再送の依頼を受けた").reads("依頼を受けた").reads("案内を作り直す");
        assert_eq!(house.city.home.rows_of("notice_request"), 1);
        // Whoever calls in the meantime is told so, and no day is promised.
        operator.open(&format!("/cards/{}", cards[0])).reads("再送の依頼 11月9日(月)：依頼を受けた");
        operator.reads("書類を準備していて、発送の日はまだ決まっていません");
        // A colleague who is told the same again finds it written down.
        let mut colleague = house.operator();
        colleague.open(&notice(cards[1])).press("窓口で再送の依頼を受けた").reads("窓口");
        let (act, again) = (house.city.act(), cards[0]);
        let asked = house.city.db().write_now(Lane::Staff, move |tx| {
            store::notice::ask(tx, &act, again, domain::notice::Asked::Counter)
        });
        assert_eq!(asked.unwrap_err(), store::notice::NoticeError::Open);
        // The list tells the age, the oldest first.
        house.at(date(2026, 11, 12), "10:00");
        let mut operator = house.operator();
        operator.open("/letters").follow("交付通知書の再送と返戻").reads("終わっていない再送の依頼（2件）");
        operator.reads("3日").reads("案内を作り直す");
        // The papers: the key before it ends.
        operator.open(&notice(cards[0])).press("案内を作り直す");
        let part = part(&mut house);
        operator.open(&notice(cards[0])).reads("同封する書類をそろえ、市へ引き継ぐ");
        let mut citizen = house.citizen();
        citizen.open("/k").fill("number", &old).press("次へ進む");
        assert!(!citizen.text().contains("日にちを選んでください"), "the old key still opens");
        // With the city, named.
        operator.open(&notice(cards[0])).follow("案内の束を開く（印刷・市へ引継ぎ・発送日）");
        assert_eq!(operator.path(), part);
        operator.fill("counted", "1");
        by_city(&mut operator).press("市へ引き継ぐ");
        operator.open("/notices").reads("市民課 一郎").reads("市の発送日を記録する");
        operator.open(&format!("/cards/{}", cards[0])).reads("市から郵便でお送りします");
        // Posted: it ended, and the card says nothing of it any more.
        house.at(date(2026, 11, 13), "15:00");
        let mut operator = house.operator();
        operator.open(&part).fill("posted_on", "2026-11-13");
        by_city(&mut operator).press("発送を記録する");
        operator.open("/notices").reads("終わっていない再送の依頼（1件）");
        operator.open(&notice(cards[0])).reads("市が発送した：11月13日(金)");
        operator.open(&format!("/cards/{}", cards[0])).reads("カードをお渡しできます。");
        // The other found it.
        operator.open(&notice(cards[1])).press("依頼を終える").reads("依頼を終える理由を選んでください。");
        assert_eq!(operator.status(), 422);
        operator.choose("why", "found").press_twice("依頼を終える").reads("本人が見つけた");
        operator.open("/notices").reads("終わっていない再送の依頼（0件）");
        // Nobody says by hand that something was posted.
        operator.open(&notice(cards[2])).press("電話で再送の依頼を受けた");
        let card = cards[2];
        let open = house.city.db().read_now(move |reader| store::notice::of_card(reader, card, 1)).unwrap();
        let end = format!("{}/requests/{}/end", notice(card), open[0].id);
        let operation = operator.page().forms().iter().find(|form| form.action == end).unwrap().pairs[0].1.clone();
        operator.post(&end, &[("operation", &operation), ("why", "posted")]);
        assert_eq!(operator.status(), 422);
        // And a request is of one card.
        let wrong = format!("{}/requests/{}/end", notice(cards[0]), open[0].id);
        operator.post(&wrong, &[("operation", &operation), ("why", "found")]);
        assert_eq!(operator.status(), 404);
        house.run_jobs();
        house.verify();
    }

    fn r5_c4_a_notice_that_came_back_is_said_to_whoever_is_asked_until_it_is_posted_again(home: TestDb) {
        let mut house = House::open(home);
        let cards = house.city.notified(2, 'A');
        let waiting = house.city.prepared(1, 'B')[0];
        house.at(date(2026, 11, 10), "10:00");
        let mut operator = house.operator();
        let page = notice(cards[0]);
        operator.open(&page).press("返戻を記録する").reads("戻った理由を選んでください。").reads("戻った日を選んでください。");
        assert_eq!(operator.status(), 422);
        // A day before the posting cannot be, and nothing typed is lost.
        operator.fill("on", "2026-11-01").choose("reason", "not_forwarded");
        by_city(&mut operator).press("返戻を記録する").reads("発送した日から今日までの日にしてください");
        operator.fill("on", "2026-11-09").press_twice("返戻を記録する").reads("転送不要のため（転居）");
        assert_eq!(house.city.home.rows_of("notice_return"), 1);
        operator.open(&format!("/cards/{}", cards[0])).reads("返戻 11月9日(月)：転送不要のため（転居）");
        operator.reads("郵便で届かずに市へ戻っています").reads("戻った理由は伝えず");
        operator.open("/notices").reads("市に戻っている交付通知書（1通）").reads("1日");
        // Nothing of it is told to the citizen's page, and one that was never posted cannot have come back.
        operator.open(&notice(waiting)).reads("いま再送を受けられません");
        let act = house.city.act();
        let asked = house.city.db().write_now(Lane::Staff, move |tx| {
            store::notice::ask(tx, &act, waiting, domain::notice::Asked::Telephone)
        });
        assert_eq!(asked.unwrap_err(), store::notice::NoticeError::NotNotified);
        // Asked again, prepared, transferred and posted: it is over.
        operator.open(&page).press("電話で再送の依頼を受けた").press("案内を作り直す");
        let part = part(&mut house);
        operator.open(&part).fill("counted", "1");
        by_city(&mut operator).press("市へ引き継ぐ");
        operator.open(&part).fill("posted_on", "2026-11-10");
        by_city(&mut operator).press("発送を記録する");
        operator.open("/notices").reads("市に戻っている交付通知書（0通）").reads("再送の依頼（0件）");
        operator.open(&page).reads("その後、市が発送した").reads("市が発送した：11月10日(火)");
        // The city's own people may tell it, and ask for nothing; an auditor only looks.
        let mut city = house.person(Role::CityStaff);
        city.open(&notice(cards[1])).reads("返戻を記録する");
        assert!(!city.text().contains("依頼を受けた"), "{}", city.text());
        let mut auditor = house.person(Role::Auditor);
        auditor.open(&notice(cards[1]));
        assert!(!auditor.text().contains("返戻を記録する"), "{}", auditor.text());
        house.run_jobs();
        house.verify();
    }
}
