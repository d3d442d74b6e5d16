//! 棚卸: boxes are counted while the counter works, twice where they differ, and every difference gets its reason.
#![expect(clippy::unwrap_used, reason = "a story fails where it stands")]

use domain::id::{CardId, Id, PlaceId};
use domain::permission::Role;
use domain::place::PlaceKind;
use domain::rules::{Custody, Rule, RuleBody};
use jiff::civil::{Date, date};
use store::Lane;
use store::card::Card;
use storykit::{Browser, House};
use testkit::{TestDb, on_both};

const DAY: Date = date(2026, 11, 11);

fn card(house: &House, id: CardId) -> Card {
    house.city.db().read_now(move |reader| store::card::find(reader, id)).unwrap().unwrap()
}

fn control(house: &House, id: CardId) -> String {
    card(house, id).control_number.digits()
}

/// A 管理番号 as screens show it.
fn shown(house: &House, id: CardId) -> String {
    let number = control(house, id);
    format!("{} {} {}", &number[..3], &number[3..6], &number[6..])
}

fn label(house: &House, id: PlaceId) -> String {
    let found = house.city.db().read_now(move |reader| store::place::find(reader, id)).unwrap().unwrap();
    found.label.unwrap().digits()
}

fn puts(house: &mut House, cards: &[CardId], place: PlaceId) {
    for card in cards {
        let (act, card) = (house.city.act(), *card);
        let put = move |tx: &mut store::Tx<'_>| store::card::put_away(tx, &act, card, place);
        house.city.db().write_now(Lane::Staff, put).unwrap();
    }
}

/// So many hundredths of the boxes that agree are counted twice.
fn sample(house: &mut House, percent: u8) {
    let mut rules: Vec<Rule> = house.city.rules.rules().to_vec();
    for rule in &mut rules {
        rule.version += 1;
    }
    let mut rule = rules[0].clone();
    rule.id = domain::id::Id::from_parts(9, 9);
    rule.version = 1;
    rule.body = RuleBody::Custody(Custody { second_count_percent: percent, ..Custody::default() });
    rules.push(rule);
    house.city.apply(rules);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(house.app.reload_rules()).unwrap();
}

/// Two boxes of three cards each; the second has a card that is booked for the next open day.
fn stored(home: TestDb, percent: u8) -> (House, [PlaceId; 2], Vec<CardId>) {
    let mut house = House::open(home);
    sample(&mut house, percent);
    let cards = house.city.notified(6, 'A');
    let boxes = [house.city.new_box("箱1-1-1"), house.city.new_box("箱1-1-2")];
    puts(&mut house, &cards[..3], boxes[0]);
    puts(&mut house, &cards[3..], boxes[1]);
    house.at(date(2026, 11, 9), "10:00");
    let slot = house.city.slot(DAY, "9:00");
    house.city.book(cards[4], slot).unwrap();
    house.at(date(2026, 11, 10), "9:00");
    (house, boxes, cards)
}

fn scans<'b>(person: &'b mut Browser, code: &str) -> &'b mut Browser {
    let button = if person.page().buttons().iter().any(|button| button == "記録する") {
        "記録する"
    } else {
        "数え始める"
    };
    person.fill("code", code).press(button)
}

/// Counts a box in full: its label, its cards, its label.
fn counts(person: &mut Browser, house: &House, page: &str, place: PlaceId, cards: &[CardId]) {
    let label = label(house, place);
    scans(person.open(page), &label);
    for card in cards {
        let number = control(house, *card);
        scans(person, &number);
    }
    if cards.is_empty() {
        person.press("この箱を数え終えた");
    } else {
        scans(person, &label);
    }
}

/// Counts the desk and the tray, which hold nothing.
fn counts_the_rest(person: &mut Browser, house: &House, page: &str) {
    for kind in [PlaceKind::Desk, PlaceKind::Tray] {
        let site = house.city.site.clone();
        let id = house.city.db().read_now(move |reader| store::place::the(reader, &site, kind)).unwrap();
        person.open(&format!("{page}/boxes/{id}")).press("数え始める").press("この箱を数え終えた");
    }
}

fn begins(person: &mut Browser) -> String {
    person
        .open("/storage")
        .reads("この月の棚卸：まだ始めていません")
        .follow("棚卸を開く")
        .press_twice("棚卸を始める");
    person.path().split('?').next().unwrap().to_owned()
}

on_both! {
    fn r5_c7_a_stock_taking_is_counted_while_the_counter_works(home: TestDb) {
        let (mut house, boxes, cards) = stored(home, 0);
        let (mut operator, mut charge) = (house.operator(), house.person(Role::PersonInCharge));
        let page = begins(&mut operator);
        assert_eq!(house.city.home.rows_of("stocktaking"), 1);
        // The box of the next visit is counted first.
        let text = operator.open(&page).text();
        assert!(text.find("箱1-1-2").unwrap() < text.find("箱1-1-1").unwrap(), "{text}");
        operator.reads("箱1-1-2 先に数える（次の来庁分）").reads("0／4");
        scans(&mut operator, &control(&house, cards[0])).reads("先に、数える箱のラベルを読み取ってください");
        scans(&mut operator, &label(&house, boxes[1])).sees("箱1-1-2の棚卸（1回目）").reads("0／3枚");
        scans(&mut operator, &label(&house, boxes[1])).reads("まだ1枚も読み取っていません");
        scans(&mut operator, &control(&house, cards[3])).reads("この箱のカードです").reads("1／3枚");
        scans(&mut operator, &control(&house, cards[3])).reads("読み取り済みのカードです（数えません）").reads("1／3枚");
        scans(&mut operator, "123456").reads("読み取れません");
        scans(&mut operator, &label(&house, boxes[0])).reads("ほかの箱のラベルです");
        // Meanwhile the counter pulls one card and puts another away into the box: neither differs.
        let mut other = house.operator();
        other.open("/pull/2026-11-11").fill("code", &control(&house, cards[4])).press("記録する").reads("引き抜きました");
        puts(&mut house, &cards[..1], boxes[1]);
        scans(&mut operator, &control(&house, cards[0])).reads("この箱のカードです").reads("2／3枚");
        scans(&mut operator, &control(&house, cards[5])).reads("3／3枚");
        scans(&mut operator, &label(&house, boxes[1])).reads("箱1-1-2：数え終わりました。次の箱のラベル").reads("1／4");
        // Two people on one box: the second is told, and nothing is counted twice.
        scans(&mut operator, &label(&house, boxes[0])).reads("0／2枚");
        scans(charge.open(&page), &label(&house, boxes[0])).reads("ほかの人が数えている箱です");
        charge.open(&format!("{page}/boxes/{}", boxes[0])).reads("この箱は従事者が数えています");
        charge.press("従事者に代わって続きを数える").reads("0／2枚");
        scans(&mut operator, &control(&house, cards[1])).reads("ほかの人が数えている箱です");
        scans(&mut charge, &control(&house, cards[1])).reads("1／2枚");
        scans(&mut charge, &control(&house, cards[2])).reads("2／2枚");
        charge.press_twice("この箱を数え終えた").reads("箱1-1-1：数え終わりました");
        charge.press("棚卸を終える").reads("数え終わっていないか、差の理由のない場所が2か所あります");
        assert_eq!(charge.status(), 409);
        // The pulled card lies on the tray, and is counted there.
        let site = house.city.site.clone();
        let tray = house.city.db().read_now(move |r| store::place::the(r, &site, PlaceKind::Tray)).unwrap();
        let site = house.city.site.clone();
        let desk = house.city.db().read_now(move |r| store::place::the(r, &site, PlaceKind::Desk)).unwrap();
        charge.open(&format!("{page}/boxes/{tray}")).press("数え始める");
        scans(&mut charge, &control(&house, cards[4])).reads("1／1枚").press("この箱を数え終えた");
        charge.open(&format!("{page}/boxes/{desk}")).press("数え始める").press("この箱を数え終えた");
        charge.press_twice("棚卸を終える").reads("終了：").reads("4／4").reads("業務責任者");
        charge.open("/storage").reads("この月の棚卸：終わりました");
        let mut auditor = house.person(Role::Auditor);
        auditor.open("/journal").reads("棚卸を終えました（箱など4か所、記録では6枚、不足0枚、余り0枚）");
        // The next month lacks its own.
        house.at(date(2026, 12, 1), "9:00");
        let mut operator = house.operator();
        begins(&mut operator);
        operator.reads("前回の棚卸（令和8年11月10日(火)）の6枚から：増えたカード0枚");
        house.run_jobs();
        house.verify();
    }

    fn r5_c7_what_differs_is_counted_again_blind_and_gets_its_reason(home: TestDb) {
        let (mut house, boxes, cards) = stored(home, 0);
        let (mut operator, mut other) = (house.operator(), house.operator());
        let page = begins(&mut operator);
        // The third card of the first box is not there; one of the second lies in it instead.
        counts(&mut operator, &house, &page, boxes[0], &[cards[0], cards[1], cards[5]]);
        operator.reads("できればほかの人がもう一度数えます");
        assert_eq!(operator.page().texts_of_class("tally"), ["0／4か所を数え終えました"]);
        // Whoever counted first does not count again by a scan.
        scans(&mut operator, &label(&house, boxes[0])).reads("1回目を数えた人とは別の人が数えます");
        scans(other.open(&page), &label(&house, boxes[0])).sees("箱1-1-1の棚卸（2回目）").reads("記録の枚数を示しません");
        for n in [0, 5, 1] {
            scans(&mut other, &control(&house, cards[n])).reads("読み取りました");
            assert!(!other.text().contains("この箱のカード") && !other.page().texts_of_class("tally")[0].contains('／'));
        }
        scans(&mut other, &label(&house, boxes[0])).reads("差（2枚）").reads("不足").reads("余り");
        other.reads(&format!("余り {}", shown(&house, cards[5]))).reads("箱1-1-2（ここへ戻します）");
        // A reason is checked against the records.
        let missing = shown(&house, cards[2]);
        other.press(&format!("理由を記録する（{missing}）")).reads("差の理由を選んでください。");
        assert_eq!(other.status(), 422);
        other.choose("reason", "elsewhere").press(&format!("理由を記録する（{missing}）"));
        other.reads("理由と記録が合いません。このカードの記録の場所は「箱1-1-1」です");
        assert_eq!(other.status(), 409);
        // Nobody finds it: one act opens the incident and says the reason.
        other.follow(&format!("見つからない：事故として記録する（{missing}）"));
        other.fill("remark", "箱1-1-1と前後の箱").fill("person", "市民課 一郎").fill("told", "9:00");
        other.press_twice("事故として記録する").reads("差（2枚）").reads("見つからない（事故として記録した）");
        assert_eq!(card(&house, cards[2]).place_kind, PlaceKind::Missing);
        // The extra one goes back to its box, where it is counted.
        let extra = shown(&house, cards[5]);
        other.choose("reason", "misplaced").press_twice(&format!("理由を記録する（{extra}）"));
        other.reads("この場所は数え終わりました。");
        counts(&mut operator, &house, &page, boxes[1], &cards[3..]);
        counts_the_rest(&mut operator, &house, &page);
        let mut charge = house.person(Role::PersonInCharge);
        charge.open(&page).reads("4／4").press("棚卸を終える").reads("不足：1枚 余り：1枚");
        // The report goes to the city with names; the city reads it itself, too.
        let mut city = house.person(Role::CityStaff);
        let id = page.rsplit('/').next().unwrap();
        let number = control(&house, cards[2]);
        for (list, words) in [
            ("differences", vec![number.as_str(), "見つからない（事故として記録した）", "従事者"]),
            ("boxes", vec!["箱1-1-1", "済", "従事者"]),
        ] {
            city.open(&format!("/lists/stocktakings/{id}/{list}.csv?encoding=utf8"));
            assert_eq!(city.status(), 200);
            let file = city.page().source();
            assert!(words.iter().all(|word| file.contains(word)), "{file}");
        }
        house.run_jobs();
        house.verify();
    }

    fn r5_c7_a_card_that_is_found_after_all_ends_the_difference_by_its_scan(home: TestDb) {
        let (mut house, boxes, cards) = stored(home, 0);
        let (mut operator, mut other) = (house.operator(), house.operator());
        let page = begins(&mut operator);
        for person in [&mut operator, &mut other] {
            counts(person, &house, &page, boxes[0], &cards[..2]);
        }
        scans(&mut other, &control(&house, cards[0])).reads("この箱で不足しているカードではありません");
        scans(&mut other, &control(&house, cards[2])).reads("見つかったと記録しました").reads("数え終わりました");
        house.verify();
    }

    fn r5_c7_a_scan_that_is_sent_again_is_taken_once(home: TestDb) {
        let (mut house, boxes, cards) = stored(home, 0);
        let mut operator = house.operator();
        let page = begins(&mut operator);
        scans(operator.open(&page), &label(&house, boxes[0]));
        let path = format!("{page}/boxes/{}/scans", boxes[0]);
        let sent = |n: u64| domain::id::OperationId::from_parts(7, n.into()).to_string();
        let at = (house.city.now().as_millisecond() - 60_000).to_string();
        let (first, second) = (control(&house, cards[0]), control(&house, cards[1]));
        // The answer to the first was lost, so it comes again; then the rest, in order.
        for (code, operation, words) in [
            (&first, 1, "この箱のカードです"),
            (&first, 1, "この箱のカードです"),
            (&second, 2, "この箱のカードです"),
            (&first, 3, "読み取り済みのカードです"),
        ] {
            operator.post(&path, &[("code", code), ("operation", &sent(operation)), ("scanned", &at)]);
            assert_eq!(operator.status(), 200);
            operator.reads(words);
        }
        operator.reads("2／3枚");
        // One operation is one scan: another card under the same one is refused, and nothing is counted.
        let third = control(&house, cards[2]);
        operator.post(&path, &[("code", &third), ("operation", &sent(2)), ("scanned", &at)]);
        assert_eq!(operator.status(), 409);
        let mut auditor = house.person(Role::Auditor);
        auditor.open("/journal").reads("通信が切れていた11月10日(火) 8:59の読み取り");
        // The label ends the count from there, too, and says where it goes on.
        operator.post(&path, &[("code", &third), ("operation", &sent(4)), ("scanned", "")]).reads("3／3枚");
        let own = label(&house, boxes[0]);
        operator.post(&path, &[("code", &own), ("operation", &sent(5)), ("scanned", "")]);
        assert!(operator.page().source().contains(&format!("data-go=\"{page}?ended={}\"", boxes[0])));
        house.verify();
    }

    fn r5_c7_a_sample_of_the_boxes_that_agree_is_counted_twice(home: TestDb) {
        let (mut house, boxes, cards) = stored(home, 100);
        let (mut operator, mut other) = (house.operator(), house.operator());
        let page = begins(&mut operator);
        counts(&mut operator, &house, &page, boxes[0], &cards[..3]);
        operator.reads("できればほかの人がもう一度数えます");
        // Where there is nobody else, the same person says so and counts.
        operator.open(&format!("{page}/boxes/{}", boxes[0])).reads("1回目はあなたが数えました");
        operator.press("ほかに人がいないので、自分で2回目を数える").sees("箱1-1-1の棚卸（2回目）");
        counts(&mut other, &house, &page, boxes[1], &cards[3..]);
        for card in &cards[..3] {
            scans(&mut operator, &control(&house, *card)).reads("読み取りました");
        }
        scans(&mut operator, &label(&house, boxes[0])).reads("箱1-1-1：数え終わりました");
        house.verify();
    }

    fn r6_f_a_card_moved_behind_the_programs_back_is_found_by_the_stock_taking_and_by_verify(home: TestDb) {
        let (mut house, boxes, cards) = stored(home, 0);
        let (mut operator, mut other) = (house.operator(), house.operator());
        let page = begins(&mut operator);
        counts(&mut operator, &house, &page, boxes[0], &cards[..3]);
        // A card of the box that is not counted yet is written into the box that was, so that nobody misses it.
        let sql = format!("UPDATE card SET place_id = '{}' WHERE id = '{}'", boxes[0], cards[5]);
        house.city.home.by_hand(&sql);
        assert!(!house.city.verify().is_empty(), "verify finds it at once");
        // It lies where it lay: the count finds it at once, and the second one too.
        scans(operator.open(&page), &label(&house, boxes[1]));
        for card in &cards[3..5] {
            scans(&mut operator, &control(&house, *card)).reads("この箱のカードです");
        }
        scans(&mut operator, &control(&house, cards[5])).reads("この箱のカードではありません").reads("記録の場所：箱1-1-1");
        scans(&mut operator, &label(&house, boxes[1]));
        counts(&mut other, &house, &page, boxes[1], &cards[3..]);
        other.reads("差（1枚）").reads(&format!("余り {}", shown(&house, cards[5])));
        // And whoever leaves it out of the count does not close the stock-taking either.
        let sql = format!("UPDATE card SET place_id = '{}' WHERE id = '{}'", boxes[1], cards[5]);
        house.city.home.by_hand(&sql);
        house.verify();
    }

    fn r6_f_a_card_that_is_in_no_count_keeps_the_stock_taking_from_closing(home: TestDb) {
        let (mut house, boxes, cards) = stored(home, 0);
        let mut operator = house.operator();
        let page = begins(&mut operator);
        counts(&mut operator, &house, &page, boxes[0], &cards[..3]);
        let sql = format!("UPDATE card SET place_id = '{}' WHERE id = '{}'", boxes[0], cards[5]);
        house.city.home.by_hand(&sql);
        counts(&mut operator, &house, &page, boxes[1], &cards[3..5]);
        counts_the_rest(&mut operator, &house, &page);
        let mut charge = house.person(Role::PersonInCharge);
        charge.open(&page).reads("4／4").press("棚卸を終える");
        assert_eq!(charge.status(), 409);
        charge.reads("どの場所でも数えていないカードがあります").reads(&shown(&house, cards[5]));
        assert!(!house.city.verify().is_empty());
    }

    fn r5_c7_every_stored_card_is_looked_up_in_the_register_within_the_month(home: TestDb) {
        let (mut house, _, cards) = stored(home, 0);
        house.at(date(2026, 11, 27), "9:00");
        let mut operator = house.operator();
        // Friday, Saturday (the fourth) and Monday are left: six cards in three days.
        operator.open("/stocktakings").reads("住民記録との突合：今月 0／6枚（今日の残り 2枚）");
        operator.follow("住民記録との突合を開く").reads("2枚 今日の残り").reads("まだ確認していません");
        let first = shown(&house, cards[0]);
        operator.press_twice("転出 T").reads(&format!("{first}：「転出」と記録しました。")).reads("1枚 今日の残り");
        // A finger slipped: it is said again, and the last word stands.
        operator.press("死亡に直す").reads("「死亡」と記録しました。").reads("交付できないカード").reads(&first);
        operator.press("なし N").reads("今日の分は終わりました。").reads("今月 2／6枚");
        operator.open(&format!("/cards/{}", cards[0])).reads("住民記録との突合（保管中） 11月27日(金) 死亡");
        // The list for the city; what the city took back leaves it.
        let mut city = house.person(Role::CityStaff);
        city.open("/lists/register-checks/findings.csv?encoding=utf8");
        let file = city.page().source();
        assert!(file.contains("死亡") && file.contains(&control(&house, cards[0])) && file.contains("従事者"), "{file}");
        let mut auditor = house.person(Role::Auditor);
        auditor.open("/journal").reads("住民記録と突合しました（死亡）");
        // The recall knows why; only the person decides.
        let mut charge = house.person(Role::PersonInCharge);
        charge.open(&format!("/cards/{}", cards[0])).follow("交付の中止を記録").reads("理由 ※必須");
        let sent: Vec<(String, String)> = charge.page().forms().into_iter().flat_map(|form| form.pairs).collect();
        for (name, value) in [("source", "register"), ("cause", "died")] {
            assert!(sent.contains(&(name.to_owned(), value.to_owned())), "{sent:?}");
        }
        // Whoever may not inspect sees it and says nothing.
        city.open("/register-checks");
        assert!(!city.page().buttons().iter().any(|button| button.contains("なし")));
        // The next day asks for its own portion, and the next month for all again, those of the longest time first.
        house.at(date(2026, 11, 30), "9:00");
        let mut operator = house.operator();
        operator.open("/register-checks").reads("4枚 今日の残り");
        for _ in 0..4 {
            operator.press("なし N");
        }
        operator.reads("今月 6／6枚");
        house.at(date(2026, 12, 1), "9:00");
        let mut operator = house.operator();
        operator.open("/register-checks").reads("今月 0／6枚").reads("11月27日(金)");
        house.verify();
    }
}
