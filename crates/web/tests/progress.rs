//! 進捗: the city sees at any moment how many cards stand where, since when, what holds them up, and what is due today; the page and
//! its files say the same.
#![expect(clippy::unwrap_used, reason = "a story fails where it stands")]

use domain::funnel::{Funnel, Step};
use domain::journal::CityRecord;
use domain::permission::Role;
use jiff::civil::{Date, date};
use store::Lane;
use storykit::House;
use testkit::{TestDb, on_both};

const DAY: Date = date(2026, 11, 11);

/// The funnel as the store counts it, and the ages in open days of the week of the story.
fn funnel(house: &House) -> Funnel {
    let site = house.city.site.clone();
    let groups = house.city.db().read_now(move |reader| store::funnel::groups(reader, &site)).unwrap();
    let days: Vec<Date> =
        (2..=30).map(|day| date(2026, 11, day)).filter(|day| *day <= house.app.today()).collect();
    Funnel::of(groups.iter(), house.app.today(), &days)
}

on_both! {
    fn r5_c6_the_city_sees_where_every_card_stands_and_what_waits_longest(home: TestDb) {
        let mut house = House::open(home);
        let listed = house.city.listed(5, 'A');
        let inspected = house.city.inspected(4, 'B');
        // The letters of these are printed together with all that wait for one, so those that have none come last.
        let notified = house.city.notified(6, 'D');
        house.city.prepared(3, 'C');
        // Four go to the city, two are booked, one ends.
        let (act, site, first) = (house.city.act(), house.city.site.clone(), inspected[0]);
        house.city.db().write_now(Lane::Staff, move |tx| {
            let consignment = store::card::find(tx, first)?.unwrap().consignment;
            store::batch::send(tx, &act, &site, consignment, 4, "市 一郎", CityRecord::Paper)
        }).unwrap();
        let began = house.app.today();
        house.at(DAY, "10:00");
        for (card, start) in notified.iter().zip(["9:00", "9:10"]) {
            let slot = house.city.slot(date(2026, 11, 16), start);
            house.city.book(*card, slot).unwrap();
        }
        let mut city = house.person(Role::CityStaff);
        city.open(&format!("/cards/{}/recall", listed[0])).fill("person", "市民課 一郎").fill("until", "2026-11-11");
        city.press("交付の中止を記録する");
        let found = funnel(&house);
        let count = |step| found.at(step).cards;
        let counts = [Step::ToInspect, Step::ToSend, Step::AtCity, Step::ToPrint, Step::ToBook, Step::ToVisit, Step::Ended]
            .map(count);
        assert_eq!(counts, [4, 0, 4, 3, 4, 2, 1]);
        assert_eq!((found.all(), found.open()), (18, 17));
        // What was booked today is at its step since today, what was not since it came there.
        assert_eq!((found.at(Step::ToVisit).today, found.at(Step::ToVisit).oldest), (2, 0));
        assert!(began < DAY && found.at(Step::ToInspect).oldest > 0);
        // The page says so, with what is due and how it is counted; the city may read it, and so may auditors.
        city.open("/preparation").follow("進捗").sees("進捗 令和8年11月11日(水)");
        city.reads("途中のカードは17枚、全部で18枚です。").reads("いちばん待っているところ");
        city.reads("市が期限を示した交付中止・保留").reads("今日まで1枚、超過0枚").reads("数え方");
        for step in Step::ALL {
            city.reads(step.label()).reads(step.definition());
        }
        house.person(Role::Auditor).open("/progress").reads("全部で18枚です。");
        // A cancelled booking is back where it was, from today on.
        let live = notified[0];
        let booked = house.city.db().read_now(move |reader| store::reservation::live_of(reader, live)).unwrap().unwrap();
        house.city.cancel(booked.id).unwrap();
        let found = funnel(&house);
        assert_eq!((found.at(Step::ToBook).cards, found.at(Step::ToBook).today), (5, 1));
        // The file has what the page has: a row for each consignment with cards under way.
        let mut operator = house.operator();
        operator.open("/lists/progress/progress.csv?encoding=utf8");
        let text = operator.page().source();
        assert_eq!(text.lines().count(), 5, "{text}");
        assert!(text.lines().next().unwrap().contains("検品待ち"), "{text}");
        house.run_jobs();
        house.verify();
    }
}
