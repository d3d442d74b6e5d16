//! What a page asks of the database must not grow with what it shows: the same statements for a few rows and for many.
#![expect(clippy::unwrap_used, reason = "a story fails where it stands")]

use domain::id::CardId;
use domain::permission::Role;
use jiff::civil::{Date, date};
use storykit::House;
use testkit::{TestDb, on_both};

const DAY: Date = date(2026, 11, 11);
/// More than any page needs: session, permission, the rows, the view; the board counts for two services, mails, keys and
/// supplies.
const MOST: u64 = 23;

/// Each page that people keep open, with who opens it.
fn pages(place: &str) -> [(Role, Vec<String>); 3] {
    let of = |paths: &[&str]| paths.iter().map(|path| (*path).to_owned()).collect::<Vec<_>>();
    let mut operator = of(&["/", "/reservations/2026-11-11", "/counter", "/cards", "/cards?progress=booked"]);
    operator.extend(of(&[
        "/preparation",
        "/batches",
        "/letters",
        "/storage",
        "/recalls",
        "/progress",
        "/letters/versions",
        "/letters/sorting",
        "/supplies",
        "/notices",
        "/reminders",
        "/deadlines",
        "/disposals",
        "/reminders/new?posted=1&again=",
        "/outage",
    ]));
    operator.push(format!("/places/{place}"));
    let mut charge = of(&["/close/2026-11-11", "/reports", "/reports/2026-11-11", "/rules"]);
    charge.extend(of(&["/taking-over", "/taking-over/resend"]));
    [
        (Role::Operator, operator),
        (Role::PersonInCharge, charge),
        (Role::Auditor, of(&["/journal", "/access"])),
    ]
}

/// Cards at every step: some booked, some waiting for their letter, some to be inspected.
fn grows(house: &mut House, series: [char; 3], count: u32) -> Vec<CardId> {
    house.city.listed(count, series[0]);
    house.city.prepared(count, series[1]);
    let cards = house.city.notified(count, series[2]);
    let mut starts = ["9:00", "9:10", "9:20", "9:30", "9:40", "9:50"].iter().cycle();
    for card in &cards {
        let slot = house.city.slot(DAY, starts.next().unwrap());
        house.city.book(*card, slot).unwrap();
    }
    cards
}

on_both! {
    fn no_page_asks_more_when_there_is_more_to_show(home: TestDb) {
        let mut house = House::open(home);
        let cards = grows(&mut house, ['A', 'B', 'C'], 2);
        house.at(DAY, "9:05");
        let first = cards[0];
        let place = house.city.db().read_now(move |reader| store::card::find(reader, first)).unwrap().unwrap().place;
        let mut people: Vec<_> =
            pages(&place.to_string()).into_iter().map(|(role, paths)| (house.person(role), paths)).collect();
        let mut asked = |house: &House| {
            let mut counts = Vec::new();
            for (browser, paths) in &mut people {
                for path in paths.iter() {
                    let before = house.statements();
                    browser.open(path);
                    assert_eq!(browser.status(), 200, "{path}: {}", browser.text());
                    counts.push((path.clone(), house.statements() - before));
                }
            }
            counts
        };
        // Once to warm up what is prepared once.
        asked(&house);
        let few = asked(&house);
        house.at(date(2026, 11, 2), "10:00");
        grows(&mut house, ['D', 'E', 'F'], 12);
        house.at(DAY, "9:05");
        assert_eq!(asked(&house), few);
        for (path, count) in few {
            assert!(count <= MOST, "{path} takes {count} statements");
        }
    }
}
