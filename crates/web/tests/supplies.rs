//! 用品の在庫: what is left follows from counts, deliveries and letters; a count that differs needs a reason, two people
//! who count at once are told, and what must be ordered says so in time.
#![expect(clippy::unwrap_used, reason = "a story fails where it stands")]

use std::sync::Barrier;

use domain::id::{LetterBatchId, SupplyId};
use domain::permission::Role;
use domain::service::Service;
use jiff::civil::{Date, date};
use store::Lane;
use store::supply::{Record, SupplyError};
use storykit::{Browser, House};
use testkit::{TestDb, on_both};

const MONDAY: Date = date(2026, 11, 2);
/// Tuesday is a holiday.
const WEDNESDAY: Date = date(2026, 11, 4);

/// A house whose site has the kinds with which it begins.
fn house(home: TestDb) -> House {
    let mut house = House::open(home);
    let (act, site) = (house.city.act(), house.city.site.clone());
    house.city.db().write_now(Lane::Background, move |tx| store::supply::begin(tx, &act, &site)).unwrap();
    let (act, site) = (house.city.act(), house.city.site.clone());
    // A second start adds nothing.
    house.city.db().write_now(Lane::Background, move |tx| store::supply::begin(tx, &act, &site)).unwrap();
    house
}

/// So many letters are printed now, and their envelopes checked.
fn posts(house: &mut House, count: u32, series: char) -> LetterBatchId {
    house.city.prepared(count, series);
    let mut operator = house.operator();
    operator.open("/letters").press(&format!("次の{count}通を作る"));
    let id: LetterBatchId = operator.path().rsplit('/').next().unwrap().parse().unwrap();
    let act = house.city.act();
    house.city.db().write_now(Lane::Staff, move |tx| store::stuffing::stuff_all(tx, &act, id)).unwrap();
    id
}

fn counts(browser: &mut Browser, kind: &str, counted: &str) {
    browser.open("/supplies").follow(kind).fill("counted", counted).press("数えた数を記録する");
}

/// The row of a kind in the list's file, for somebody who has just signed in.
fn row(house: &mut House, kind: &str) -> Vec<String> {
    let mut browser = house.operator();
    browser.open("/lists/supplies/supplies.csv?encoding=utf8");
    let text = browser.page().source();
    let line = text.lines().find(|line| line.contains(kind)).unwrap_or_else(|| panic!("{kind}: {text}"));
    line.split(',').map(|cell| cell.trim_matches(['"', '\u{feff}', '\r']).to_owned()).collect()
}

on_both! {
    fn r5_c4_the_stock_is_the_last_count_with_what_came_and_was_used_since(home: TestDb) {
        let mut house = house(home);
        let mut desk = house.operator();
        desk.open("/preparation").follow("用品の在庫").reads("交付のご案内の用紙").reads("送付用封筒").reads("目隠しシール");
        assert_eq!(row(&mut house, "送付用封筒")[1], "未計数");
        // What was never counted has no stock to which a delivery could be added.
        desk.open("/supplies").follow("送付用封筒").reads("まだ数えていません");
        assert!(!desk.page().source().contains("納品を記録する"));
        desk.fill("counted", "百").press("数えた数を記録する");
        assert_eq!(desk.status(), 422);
        assert_eq!(desk.page().value("counted").as_deref(), Some("百"));
        desk.fill("counted", "１００").press_twice("数えた数を記録する").reads("100枚 在庫").reads("使った記録がないため");
        counts(&mut desk, "交付のご案内の用紙", "100");
        counts(&mut desk, "目隠しシール", "100");
        // A delivery of tomorrow is none.
        desk.open("/supplies").follow("送付用封筒").fill("delivered_on", "2026-11-03").fill("pieces", "50");
        desk.press("納品を記録する").reads("今日までの日");
        desk.fill("delivered_on", "2026-11-02").fill("note", "架空印刷").press_twice("納品を記録する").reads("150枚 在庫").reads("架空印刷");
        // Three stickers lie in each envelope from now on.
        let mut charge = house.person(Role::PersonInCharge);
        charge.open("/supplies").follow("目隠しシール").follow("使う数・納期を変える");
        charge.fill("pieces", "0").press("変更する");
        assert_eq!(charge.status(), 422);
        charge.fill("pieces", "3").press("変更する").reads("1通に3枚");
        // Letters that are printed use paper, envelopes that are checked the rest.
        house.at(MONDAY, "10:00");
        house.city.prepared(10, 'A');
        let mut operator = house.operator();
        operator.open("/letters").press("次の10通を作る");
        let id: LetterBatchId = operator.path().rsplit('/').next().unwrap().parse().unwrap();
        let stock = |house: &mut House| {
            ["交付のご案内の用紙", "送付用封筒", "目隠しシール"].map(|kind| row(house, kind)[2].clone())
        };
        assert_eq!(stock(&mut house), ["90", "150", "100"]);
        house.at(MONDAY, "11:00");
        let act = house.city.act();
        house.city.db().write_now(Lane::Staff, move |tx| store::stuffing::stuff_all(tx, &act, id)).unwrap();
        assert_eq!(stock(&mut house), ["90", "140", "70"]);
        // A count that is as the records say needs no word; the next letters are counted from there.
        house.at(MONDAY, "11:30");
        let mut desk = house.operator();
        counts(&mut desk, "送付用封筒", "140");
        desk.reads("一致").reads("その後に使った数 0枚");
        house.at(MONDAY, "12:00");
        posts(&mut house, 5, 'B');
        assert_eq!(stock(&mut house), ["85", "135", "55"]);
        house.verify();
    }

    fn r5_c4_a_count_that_differs_says_by_how_much_and_asks_why(home: TestDb) {
        let mut house = house(home);
        let mut desk = house.operator();
        counts(&mut desk, "送付用封筒", "200");
        let before = house.city.home.rows_of("journal");
        counts(&mut desk, "送付用封筒", "188");
        assert_eq!(desk.status(), 422);
        desk.reads("記録では200枚、数えたのは188枚で、差は-12枚です").reads("200枚 在庫");
        assert_eq!(desk.page().value("counted").as_deref(), Some("188"));
        assert_eq!(house.city.home.rows_of("journal"), before, "a count without its reason is recorded");
        desk.fill("remark", "破れた封筒を捨てた").press("数えた数を記録する");
        desk.reads("188枚 在庫").reads("-12").reads("破れた封筒を捨てた").reads("従事者");
        let mut city = house.person(Role::CityStaff);
        city.open("/supplies").follow("送付用封筒").reads("破れた封筒を捨てた");
        assert!(!city.page().source().contains("数えた数を記録する"), "the city counts our envelopes");
        house.verify();
    }

    fn r5_c4_of_two_who_count_at_once_the_later_one_is_told(home: TestDb) {
        let mut house = house(home);
        let (mut one, mut other) = (house.operator(), house.operator());
        counts(&mut one, "送付用封筒", "200");
        one.open("/supplies").follow("送付用封筒");
        other.open("/supplies").follow("送付用封筒");
        one.fill("counted", "190").fill("remark", "数え違い").press("数えた数を記録する").reads("190枚 在庫");
        other.fill("counted", "195").fill("remark", "汚れ").press("数えた数を記録する");
        assert_eq!(other.status(), 422);
        other.reads("ほかの人が先に記録しました").reads("190枚 在庫").reads("数え違い");
        assert_eq!(other.page().value("counted").as_deref(), Some("195"), "what was typed is lost");
        assert_eq!(other.page().value("remark").as_deref(), Some("汚れ"));
        // The same without anybody looking: of two transactions at one moment one is the first.
        let id: SupplyId = one.path().rsplit('/').next().unwrap().parse().unwrap();
        let acts = [house.city.act(), house.city.act()];
        let (db, site, day) = (house.city.db(), house.city.site.clone(), MONDAY);
        let version = db.read_now({
            let site = site.clone();
            move |reader| store::supply::known(reader, &site, (day, day))
        }).unwrap().into_iter().find(|supply| supply.id == id).unwrap().version;
        let barrier = Barrier::new(2);
        let done: Vec<Result<(), SupplyError>> = std::thread::scope(|scope| {
            let threads: Vec<_> = acts.iter().zip([180, 170]).map(|(act, pieces)| {
                let (barrier, site, act) = (&barrier, site.clone(), *act);
                scope.spawn(move || {
                    let of = Record { supply: id, version, day, pieces, remark: "数え違い".to_owned() };
                    barrier.wait();
                    db.write_now(Lane::Staff, move |tx| store::supply::count(tx, &act, &site, &of))
                })
            }).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(done.iter().filter(|done| done.is_ok()).count(), 1, "{done:?}");
        assert!(done.contains(&Err(SupplyError::Stale)), "{done:?}");
        house.verify();
    }

    fn r5_c4_what_runs_out_says_so_in_time_and_until_it_came(home: TestDb) {
        let mut house = house(home);
        let mut desk = house.operator();
        for kind in ["交付のご案内の用紙", "送付用封筒", "目隠しシール"] {
            counts(&mut desk, kind, "150");
        }
        house.at(MONDAY, "10:00");
        posts(&mut house, 10, 'A');
        // On the day itself nobody knows how many a day will use.
        assert_eq!(row(&mut house, "送付用封筒")[5], "使用なし");
        // One open day with ten letters: 140 envelopes last fourteen open days, and are not enough on the fifteenth.
        house.at(WEDNESDAY, "9:00");
        let found = row(&mut house, "送付用封筒");
        let rules = house.city.rules.clone();
        let site = house.city.site.clone();
        let nth = |n| rules.nth_open_day_after(Service::Issuance, &site, WEDNESDAY, n).unwrap();
        assert_eq!(found[1..7], [
            String::new(), "140".to_owned(), MONDAY.to_string(), "10".to_owned(), nth(15).to_string(), nth(5).to_string(),
        ]);
        let mut desk = house.operator();
        desk.open("/supplies").reads("令和8年11月2日(月)から令和8年11月2日(月)までの1開庁日");
        assert!(!desk.page().source().contains("発注が必要です"));
        desk.open("/");
        assert!(!desk.text().contains("の発注"), "{}", desk.text());
        // Nothing is printed on the days that follow; the mean falls, and the day moves away.
        house.at(nth(1), "9:00");
        assert_eq!(row(&mut house, "送付用封筒")[4], "5");
        // With a delivery that takes longer an order is due today.
        house.at(WEDNESDAY, "9:00");
        let mut desk = house.operator();
        let mut charge = house.person(Role::PersonInCharge);
        charge.open("/supplies").follow("送付用封筒").follow("使う数・納期を変える").fill("delivery_days", "15").press("変更する");
        charge.reads("発注の期限が来ています");
        desk.open("/supplies").reads("発注が必要です：送付用封筒");
        desk.open("/").reads("送付用封筒の発注").reads("在庫140枚");
        desk.follow("在庫を見る（送付用封筒の発注）").fill("pieces", "1000").press("納品を記録する").reads("1140枚 在庫");
        desk.open("/");
        assert!(!desk.text().contains("の発注"), "it came");
        // What is used up by the records stands there too.
        charge.open("/supplies").follow("目隠しシール").follow("使う数・納期を変える").fill("pieces", "20").press("変更する");
        charge.reads("記録では在庫がありません").reads("-50枚 在庫");
        desk.open("/").reads("目隠しシールの発注").reads("要対応 目隠しシールの発注");
        house.verify();
    }

    fn r5_c4_the_person_in_charge_adds_changes_and_ends_kinds(home: TestDb) {
        let mut house = house(home);
        let mut desk = house.operator();
        desk.open("/supplies/new");
        assert_eq!(desk.status(), 403);
        let mut charge = house.person(Role::PersonInCharge);
        charge.open("/supplies").follow("用品を加える").fill("name", "送付用封筒").press("加える");
        charge.reads("この名前の用品はすでにあります");
        charge.fill("name", "ラベルシート").fill("letters", "24").press_twice("加える").reads("24通に1枚");
        desk.open("/supplies").follow("ラベルシート");
        // Two who change it at once: the later one sees what the first one made of it.
        let page = charge.path().to_owned();
        let mut other = house.person(Role::PersonInCharge);
        other.open(&format!("{page}/change"));
        charge.open(&format!("{page}/change")).fill("delivery_days", "7").press("変更する").reads("7開庁日");
        other.fill("delivery_days", "61").press("変更する").reads("60までで入力");
        other.fill("delivery_days", "8").press("変更する").reads("8開庁日");
        // Ended, it is no longer there, and its name is free.
        charge.open(&format!("{page}/change")).press("管理を終える");
        assert!(!charge.page().source().contains("ラベルシート"));
        desk.open(&page);
        assert_eq!(desk.status(), 404);
        charge.open("/supplies/new").fill("name", "ラベルシート").press("加える").reads("まだ数えていません");
        house.verify();
    }
}
