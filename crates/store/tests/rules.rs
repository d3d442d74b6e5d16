//! Changing one rule: what was proposed is what is done, of two editors at once one is asked again, and no past day
//! changes.
#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

use std::collections::BTreeMap;
use std::sync::Barrier;

use domain::capacity::Opening;
use domain::id::{EntryId, Id, ReservationId, RuleId};
use domain::journal::{Entry, Slot};
use domain::proposal::Given;
use domain::rules::change::UnknownRule;
use domain::rules::{Agreed, Change, Deed, RuleBody, RuleSet, What};
use domain::service::Service;
use jiff::ToSpan;
use jiff::civil::{Date, date};
use store::Lane;
use store::rules::{ChangeError, Proposed};
use testkit::{City, TestDb, on_both};

const TODAY: Date = date(2026, 11, 2);
const DAY: Date = date(2026, 11, 24);

fn says(n: u128, body: &str, from: Date) -> Change {
    let body: Box<RuleBody> = serde_json::from_str(body).unwrap();
    Change {
        rule: RuleId::from_parts(7, n),
        what: What::Say { body, from, until: None },
        agreement: Some("市と合意".to_owned()),
    }
}

fn reduction(n: u128, to: u16) -> Change {
    let body = format!(
        r#"{{"type":"reduction","when":{{"on":"range","from":"2026-11-24","until":"2026-11-27"}},"from":"9:00",
            "until":"12:00","cut":{{"to":{to}}},"reason":"駐車場使用不可"}}"#
    );
    says(n, &body, TODAY)
}

fn proposed(city: &City, change: &Change) -> Result<Proposed, ChangeError> {
    let change = change.clone();
    let until = TODAY.saturating_add(366.days());
    city.db().read_now(move |reader| store::rules::propose_change(reader, &change, TODAY, until))
}

fn make(city: &mut City, epoch: i64, change: &Change) -> Result<EntryId, ChangeError> {
    let (act, change) = (city.act(), change.clone());
    city.db().write_now(Lane::Staff, move |tx| {
        store::rules::change(tx, &act, epoch, &change, Agreed::Told, "市から連絡")
    })
}

fn loaded(city: &City) -> RuleSet {
    city.db().read_now(store::rules::load).unwrap()
}

/// What the rules give on a day, told anew from the opening and the slots.
fn given(rules: &RuleSet, service: Service, city: &City, day: Date) -> Given {
    let open = match rules.opening(service, &city.site, day) {
        Opening::Open { from, until, .. } => Some((from, until)),
        Opening::Closed { .. } => None,
    };
    let slots = rules.slots(service, &city.site, day);
    Given { open, places: slots.iter().map(|(_, grant)| u32::from(grant.places)).sum() }
}

/// Changes of every kind, one after the other.
fn changes() -> Vec<Change> {
    let end = |n, last| Change { rule: RuleId::from_parts(7, n), what: What::End { last }, agreement: None };
    let usual = |places: u16, from| {
        let body = format!(
            r#"{{"type":"places","service":"issuance","site":"honcho","when":{{"on":"weekdays","days":["tue","wed"]}},
                "from":"9:00","until":"17:30","places":{places}}}"#
        );
        says(3, &body, from)
    };
    vec![
        reduction(1, 2),
        usual(3, TODAY),
        usual(1, DAY),
        reduction(1, 0),
        says(
            4,
            r#"{"type":"shares","service":"issuance","site":"honcho","when":{"on":"always"},"from":"9:00",
                "until":"17:30","web":2,"reserve":1}"#,
            DAY,
        ),
        says(5, r#"{"type":"closed","when":{"on":"date","day":"2026-11-25"},"reason":"台風"}"#, TODAY),
        end(1, date(2026, 11, 24)),
        end(5, date(2026, 11, 1)),
        says(
            6,
            r#"{"type":"hours","services":["issuance"],"site":"honcho","when":{"on":"date","day":"2026-11-24"},
                "opens":"9:10","closes":"12:00"}"#,
            TODAY,
        ),
    ]
}

on_both! {
    fn r4_e_what_was_proposed_is_what_the_change_then_does(home: TestDb) {
        let mut city = City::found(home);
        let cards = city.notified(12, 'A');
        let mut booked: BTreeMap<Slot, Vec<ReservationId>> = BTreeMap::new();
        for (n, card) in cards.iter().enumerate() {
            let day = DAY.saturating_add(i64::try_from(n % 3).unwrap().days());
            let slot = city.slot(day, if n < 9 { "9:00" } else { "9:10" });
            let id = city.book(*card, slot.clone()).unwrap().id;
            booked.entry(slot).or_default().push(id);
        }
        for (n, change) in changes().into_iter().enumerate() {
            let before = loaded(&city);
            let told = proposed(&city, &change).unwrap();
            make(&mut city, told.epoch, &change).unwrap();
            let after = loaded(&city);
            assert_eq!(after.epoch(), told.epoch + 1);
            for day in TODAY.series(1.day()).take(120) {
                for service in Service::ALL {
                    let line = told.proposal.days.iter().find(|line| line.of.day == day && line.of.service == *service);
                    let now = given(&after, *service, &city, day);
                    assert_eq!(line.map_or_else(|| given(&before, *service, &city, day), |line| line.after), now, "{n} {day}");
                    assert!(line.is_none_or(|line| line.before == given(&before, *service, &city, day)), "{n} {day}");
                }
            }
            let mut unfit = Vec::new();
            for (slot, ids) in &booked {
                let places = |rules: &RuleSet| usize::from(rules.grant(slot.service, &slot.site, slot.day, slot.start).places);
                let fit = places(&before).min(ids.len());
                unfit.extend(ids[places(&after).min(fit)..fit].iter().copied());
            }
            let listed: Vec<ReservationId> = told.proposal.unfit.iter().map(|placed| placed.reservation).collect();
            assert_eq!(listed, unfit, "{n}");
        }
        // Nobody lost a place by any of it.
        for (slot, ids) in &booked {
            let slot = slot.clone();
            let taken = city.db().read_now(move |reader| store::capacity::taken(reader, slot.service, &slot.site, slot.day, slot.day)).unwrap();
            assert!(taken.iter().any(|(.., taken)| usize::try_from(*taken).unwrap() == ids.len()));
        }
        city.seal();
        assert_eq!(city.verify(), []);
    }

    fn r4_e_of_many_editors_at_once_one_changes_and_the_others_are_asked_again(home: TestDb) {
        let mut city = City::found(home);
        let epoch = loaded(&city).epoch();
        let other = city.home.another_node();
        let barrier = Barrier::new(8);
        let acts: Vec<_> = (0..8).map(|_| city.act()).collect();
        let done: Vec<Result<EntryId, ChangeError>> = std::thread::scope(|scope| {
            let editors: Vec<_> = (1..).zip(acts).map(|(n, act)| {
                let (change, barrier) = (reduction(n, 1), &barrier);
                let db = if n % 2 == 0 { other.clone() } else { city.db().clone() };
                scope.spawn(move || {
                    barrier.wait();
                    db.write_now(Lane::Staff, move |tx| store::rules::change(tx, &act, epoch, &change, Agreed::Account, "x"))
                })
            }).collect();
            editors.into_iter().map(|editor| editor.join().unwrap()).collect()
        });
        assert_eq!(done.iter().filter(|done| done.is_ok()).count(), 1, "{done:?}");
        assert_eq!(done.iter().filter(|done| matches!(done, Err(ChangeError::Stale))).count(), 7, "{done:?}");
        assert_eq!(loaded(&city).epoch(), epoch + 1);
        let others = city.db().read_now(move |reader| store::rules::changes_after(reader, epoch, 20)).unwrap();
        assert_eq!((others.len(), others[0].before.len(), others[0].after.len()), (1, 0, 1));
        city.seal();
        assert_eq!(city.verify(), []);
    }

    fn r4_e_a_booking_never_counts_on_the_places_of_before_the_change(home: TestDb) {
        let mut city = City::found(home);
        let cards = city.notified(2, 'A');
        let slot = city.slot(DAY, "9:00");
        let epoch = loaded(&city).epoch();
        make(&mut city, epoch, &reduction(1, 1)).unwrap();
        // This node has not heard of it.
        let stale = city.book(cards[0], slot.clone());
        assert!(stale.is_err(), "{stale:?}");
        city.rules = std::sync::Arc::new(loaded(&city));
        city.book(cards[0], slot.clone()).unwrap();
        assert!(city.book(cards[1], slot).is_err());
        city.seal();
        assert_eq!(city.verify(), []);
    }

    fn r4_e_every_version_is_kept_with_who_changed_it_and_no_past_day_changes(home: TestDb) {
        let mut city = City::found(home);
        let epoch = loaded(&city).epoch();
        make(&mut city, epoch, &reduction(1, 2)).unwrap();
        make(&mut city, epoch + 1, &Change { what: What::End { last: DAY }, ..reduction(1, 2) }).unwrap();
        make(&mut city, epoch + 2, &Change { what: What::Agree { version: 2 }, agreement: Some("後日の同意".to_owned()), ..reduction(1, 2) }).unwrap();
        let changes = city.db().read_now(move |reader| store::rules::changes_after(reader, epoch, 20)).unwrap();
        let deeds: Vec<Deed> = changes.iter().filter_map(|changed| match &changed.written.entry {
            Entry::RuleChanged { deed, agreed: Agreed::Told, .. } => Some(*deed),
            _ => None,
        }).collect();
        assert_eq!(deeds, [Deed::Agreed, Deed::Ended, Deed::New]);
        let versions = |rules: &[domain::rules::Rule]| rules.iter().map(|rule| rule.version).collect::<Vec<_>>();
        assert_eq!((versions(&changes[0].before), versions(&changes[0].after)), (vec![2], vec![3]));
        assert_eq!(changes[0].after[0].agreement.as_deref(), Some("後日の同意"));
        assert_eq!(changes[1].written.remark.as_deref(), Some("市から連絡"));
        // What is over stays as it was.
        let mut late = reduction(2, 1);
        if let What::Say { from, .. } = &mut late.what {
            *from = date(2026, 11, 1);
        }
        assert!(matches!(proposed(&city, &late), Err(ChangeError::Past)));
        assert_eq!(make(&mut city, epoch + 3, &late), Err(ChangeError::Past));
        let gone = Change { what: What::End { last: DAY }, ..reduction(9, 1) };
        assert_eq!(make(&mut city, epoch + 3, &gone), Err(ChangeError::Unknown(UnknownRule)));
        assert_eq!(loaded(&city).epoch(), epoch + 3);
        city.seal();
        assert_eq!(city.verify(), []);
    }
}

/// 200 rules and 100,000 reservations of renewals over 200 weekdays, ten in each slot of twelve places.
fn large(city: &mut City) {
    let mut rules = city.rules.rules().to_vec();
    for rule in &mut rules {
        rule.version += 1;
    }
    let usual = |n: u128, body: &str| {
        let What::Say { body, from, until } = says(n, body, TODAY).what else { unreachable!("it says so") };
        domain::rules::Rule {
            id: RuleId::from_parts(8, n),
            version: 1,
            valid_from: from,
            valid_until: until,
            body: *body,
            agreement: None,
        }
    };
    let places = r#"{"type":"places","service":"renewal","site":"honcho","when":{"on":"weekdays",
        "days":["mon","tue","wed","thu","fri"]},"from":"9:00","until":"17:30","places":12}"#;
    rules.push(usual(1, places));
    for n in 2.. {
        if rules.len() == 200 {
            break;
        }
        let day = TODAY.saturating_add(i64::try_from(n).unwrap().days());
        let body = format!(
            r#"{{"type":"reduction","services":["issuance"],"when":{{"on":"date","day":"{day}"}},"from":"9:00",
                "until":"12:00","cut":{{"to":2}},"reason":"x"}}"#
        );
        rules.push(usual(n, &body));
    }
    city.apply(rules);
    city.home.by_hand(
        "INSERT INTO reservation (id, service, site, day, start, state, channel, language, number_issue,
            key_version, version)
        SELECT '01K' || printf('%023d', n), 'renewal', 'honcho',
            date('2026-11-02', '+' || (n / 2500 * 7 + n / 500 % 5) || ' days'), 540 + n / 10 % 50 * 10, 'booked', 'web',
            'ja', 1, 1, 1
        FROM (WITH RECURSIVE c(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM c WHERE n < 99999) SELECT n FROM c);
        INSERT INTO slot_usage (service, site, day, start, web, telephone, counter, walk_in, ceiling, over)
        SELECT service, site, day, start, COUNT(*), 0, 0, 0, 12, 0 FROM reservation GROUP BY service, site, day, start;
        ANALYZE;",
    );
}

#[test]
fn r4_e_a_proposal_over_a_year_is_quick_with_many_rules_and_reservations() {
    let mut city = City::found(TestDb::sqlite());
    large(&mut city);
    // One place less in each slot of a week: nobody is without one. Then five less: 2,500 people are told of.
    let lower = |to: u16| {
        let body = format!(
            r#"{{"type":"reduction","services":["renewal"],"when":{{"on":"range","from":"2026-12-07",
                "until":"2026-12-11"}},"from":"9:00","until":"17:30","cut":{{"to":{to}}},"reason":"x"}}"#
        );
        says(1, &body, TODAY)
    };
    let quickest = |to: u16| {
        let change = lower(to);
        let told = || {
            let began = std::time::Instant::now();
            (proposed(&city, &change).unwrap(), began.elapsed())
        };
        let (proposal, took) = (0..5).map(|_| told()).min_by_key(|(_, took)| *took).unwrap();
        (proposal.proposal, took)
    };
    let (fits, first) = quickest(10);
    assert_eq!((fits.days.len(), fits.unfit.len() < 2_500), (5, true));
    let (unfit, second) = quickest(5);
    assert_eq!(unfit.unfit.len() - fits.unfit.len(), 5 * 50 * 5);
    // The goal is 200 ms on a quiet machine with the optimisation of `cargo xtask test`; a busy one gets five times that.
    assert!(first.max(second).as_millis() < 1_000, "{first:?} {second:?}");
}
