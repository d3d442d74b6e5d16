//! Whatever a page offers can be opened: from their first page on, people of each role follow every link, and none leads
//! to where they may not go or to what is not there.
#![expect(clippy::unwrap_used, reason = "a story fails where it stands")]

use std::collections::{BTreeSet, VecDeque};

use domain::permission::Role;
use jiff::civil::date;
use store::Lane;
use storykit::House;
use testkit::{TestDb, on_both};

/// A city in the middle of its work: cards at every stage, bookings, a list that is frozen.
fn at_work(home: TestDb) -> House {
    let mut house = House::open(home);
    house.city.listed(2, 'A');
    house.city.prepared(2, 'B');
    let cards = house.city.notified(6, 'C');
    let place = house.city.new_box("箱1-1-1");
    for card in &cards {
        let (act, card) = (house.city.act(), *card);
        let put = move |tx: &mut store::Tx<'_>| store::card::put_away(tx, &act, card, place);
        house.city.db().write_now(Lane::Staff, put).unwrap();
    }
    house.at(date(2026, 11, 23), "9:00");
    for (card, start) in cards.iter().zip(["9:00", "9:10", "9:20", "9:30"]) {
        let slot = house.city.slot(date(2026, 11, 24), start);
        house.city.book(*card, slot).unwrap();
    }
    let later = house.city.slot(date(2026, 11, 25), "9:00");
    house.city.book(cards[4], later).unwrap();
    house.at(date(2026, 11, 24), "9:05");
    house
}

/// What addresses of the same page have in common: no ids and days, and of what is asked only the names.
fn look(path: &str) -> String {
    let (place, query) = path.split_once('?').unwrap_or((path, ""));
    let parts = place.split('/').map(|part| {
        let is_id = part.len() == 26 && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let is_day = part.parse::<jiff::civil::Date>().is_ok();
        if is_id || is_day { "#" } else { part }
    });
    let names: BTreeSet<&str> = query.split('&').filter_map(|pair| pair.split('=').next()).collect();
    format!("{}?{}", parts.collect::<Vec<_>>().join("/"), names.into_iter().collect::<Vec<_>>().join("&"))
}

on_both! {
    fn r4_c_no_link_leads_to_where_its_reader_may_not_go(home: TestDb) {
        let mut house = at_work(home);
        let mut faults = Vec::new();
        for role in Role::ALL {
            let mut person = house.person(*role);
            let mut seen = BTreeSet::new();
            let mut queue = VecDeque::from([(person.path().to_owned(), "the sign-in".to_owned())]);
            while let Some((path, from)) = queue.pop_front() {
                // Papers need the printer, which is no part of this house.
                if path.contains(".pdf") || !seen.insert(look(&path)) {
                    continue;
                }
                person.open(&path);
                if person.status() >= 400 {
                    faults.push(format!("{}: {path} answers {}, and {from} links to it", role.label(), person.status()));
                    continue;
                }
                queue.extend(person.links().into_iter().map(|to| (to, path.clone())));
            }
            assert!(seen.len() > 5, "{} sees {seen:?}", role.label());
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }
}
