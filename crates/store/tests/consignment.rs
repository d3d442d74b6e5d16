//! Two lists at once: each number belongs to one card, whoever is first.
#![expect(clippy::unwrap_used, reason = "a story fails where it stands")]

use std::sync::Barrier;

use domain::id::ConsignmentId;
use jiff::civil::date;
use store::consignment::{Header, Portion, TakeError, compare, stage, stage_lines, take};
use store::{Act, Lane};
use testkit::{City, TestDb, on_both};

const CARDS: u32 = 70;

struct Staged {
    act: Act,
    id: ConsignmentId,
    header: Header,
}

/// Stages the same cards in another box.
fn staged(city: &mut City, box_name: &str) -> Result<Staged, TakeError> {
    let (act, keys, lines) = (city.act(), city.keys.clone(), city.lines(CARDS, 'A'));
    let header = Header {
        site: city.site.clone(),
        received_on: date(2026, 11, 2),
        list_date: date(2026, 10, 30),
        box_name: box_name.to_owned(),
        file_hash: None,
    };
    let head = header.clone();
    let id = city.db().write_now(Lane::Staff, move |tx| stage(tx, &act, &head))?;
    let lines = (0..).zip(lines).map(|(n, line)| (line, [n; 24])).collect();
    let portion = Portion { consignment: id, site: city.site.clone(), entry: act.id(1), lines };
    city.db().write_now(Lane::Staff, move |tx| stage_lines(tx, &act, &keys, &portion, true))?;
    Ok(Staged { act, id, header })
}

on_both! {
    fn r5_c1_a_number_that_was_taken_meanwhile_is_found_at_the_end(home: TestDb) {
        let mut city = City::found(home);
        city.decide(true);
        let lists = [staged(&mut city, "1").unwrap(), staged(&mut city, "2").unwrap()];
        let compared = lists.each_ref().map(|list| {
            let id = list.id;
            city.db().read_now(move |reader| compare(reader, id)).unwrap()
        });
        // Both were compared while neither was taken.
        let taken: Vec<_> = lists.iter().zip(compared).map(|(list, compared)| {
            let (act, id, header) = (list.act, list.id, list.header.clone());
            city.db().write_now(Lane::Staff, move |tx| take(tx, &act, id, &header, CARDS, compared).map(drop))
        }).collect();
        assert_eq!(taken, [Ok(()), Err(TakeError::NoticeTaken { line: 1 })]);
        // Whoever stages the same numbers now is told at once, wherever in the list they stand.
        assert!(matches!(staged(&mut city, "3"), Err(TakeError::NoticeTaken { line: 1 })));
        city.seal();
    }

    fn r5_c1_of_two_lists_taken_at_once_one_is_refused(home: TestDb) {
        let mut city = City::found(home);
        city.decide(true);
        let lists = [staged(&mut city, "1").unwrap(), staged(&mut city, "2").unwrap()];
        let barrier = Barrier::new(2);
        let taken: Vec<_> = std::thread::scope(|scope| {
            let takers: Vec<_> = lists.iter().map(|list| {
                let (act, id, header) = (list.act, list.id, list.header.clone());
                let (db, barrier) = (city.db().clone(), &barrier);
                scope.spawn(move || {
                    let compared = db.read_now(move |reader| compare(reader, id)).unwrap();
                    barrier.wait();
                    db.write_now(Lane::Staff, move |tx| take(tx, &act, id, &header, CARDS, compared).map(drop))
                })
            }).collect();
            takers.into_iter().map(|taker| taker.join().unwrap()).collect()
        });
        assert_eq!(taken.iter().filter(|one| one.is_ok()).count(), 1, "{taken:?}");
    }
}
