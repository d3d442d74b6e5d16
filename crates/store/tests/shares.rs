//! Shares of a slot's places: no way of booking takes those of another before they are released, however many call at
//! once.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

use std::sync::Barrier;

use domain::capacity::Used;
use domain::id::{CardId, Id, RuleId};
use domain::journal::{Entry, Slot, Subject};
use domain::reservation::{Channel, Limit};
use domain::rules::{Cut, Reduction, Release, Rule, RuleBody, Shares, TimeOfDay, When};
use jiff::civil::{Date, date};
use store::Lane;
use store::reservation::{BookingError, Reservation, by_staff};
use testkit::{City, TestDb, on_both};

/// A Tuesday after a holiday: the open day before it is Friday the 20th.
const DAY: Date = date(2026, 11, 24);

fn time(minutes: u16) -> TimeOfDay {
    TimeOfDay::from_minutes(minutes).unwrap()
}

/// The rules with so many places in every slot of the issuance, and one rule more.
fn changed(city: &City, places: u16, more: RuleBody) -> Vec<Rule> {
    let mut rules = Vec::new();
    for rule in city.rules.rules() {
        let mut rule = rule.clone();
        if let RuleBody::Places(body) = &mut rule.body
            && body.service == city.slot(DAY, "9:00").service
        {
            body.places = places;
        }
        rule.version += 1;
        rules.push(rule);
    }
    let id = RuleId::from_parts(9, 1);
    let valid_from = date(2024, 9, 1);
    rules.push(Rule { id, version: 1, valid_from, valid_until: None, body: more, agreement: None });
    rules
}

fn with(city: &mut City, places: u16, more: RuleBody) {
    let rules = changed(city, places, more);
    city.apply(rules);
}

/// Two for the web, one for telephone and counter, one for people without a reservation, and one of all at the
/// counter alone if there is a reserve; released at noon of the open day before.
fn shares(city: &City, reserve: u16) -> RuleBody {
    let slot = city.slot(DAY, "9:00");
    RuleBody::Shares(Shares {
        service: slot.service,
        site: slot.site,
        when: When::Always,
        from: time(9 * 60),
        until: time(17 * 60),
        web: Some(2),
        desk: Some(1),
        walk_in: Some(1),
        reserve,
        released: Some(Release { open_days_before: 1, at: time(12 * 60) }),
    })
}

fn book(
    city: &mut City,
    card: CardId,
    slot: &Slot,
    channel: Channel,
    reason: Option<&str>,
) -> Result<Reservation, BookingError> {
    let mut wish = city.wish(card, slot.clone());
    wish.channel = channel;
    let (act, keys, rules) = (city.act(), city.keys.clone(), city.rules.clone());
    let reason = reason.map(str::to_owned);
    let booked = city.db().write_now(Lane::Staff, move |tx| {
        by_staff::book(tx, &act, &keys, &rules, &[(wish.clone(), None)], reason.as_deref())
    });
    booked.map(|mut booked| booked.remove(0))
}

fn used(city: &City, slot: &Slot) -> Used {
    let slot = slot.clone();
    let used = city
        .db()
        .read_now(move |reader| store::capacity::used(reader, slot.service, &slot.site, slot.day, slot.day));
    used.unwrap().first().map_or(Used::default(), |(.., used)| *used)
}

on_both! {
    fn r4_e_a_rush_by_every_way_keeps_the_shares(home: TestDb) {
        let mut city = City::found(home);
        let rule = shares(&city, 0);
        with(&mut city, 4, rule);
        let cards = city.notified(48, 'A');
        let slot = city.slot(DAY, "9:00");
        let other = city.home.another_node();
        let ways = [Channel::Web, Channel::Telephone, Channel::Counter, Channel::WalkIn];
        let barrier = Barrier::new(cards.len());
        std::thread::scope(|scope| {
            for (n, card) in cards.iter().enumerate() {
                let db = if n % 3 == 0 { other.clone() } else { city.db().clone() };
                let mut wish = city.wish(*card, slot.clone());
                wish.channel = ways[n % ways.len()];
                let (act, keys, rules, barrier) = (city.act(), city.keys.clone(), city.rules.clone(), &barrier);
                scope.spawn(move || {
                    barrier.wait();
                    match db.write_now(Lane::Public, move |tx| store::reservation::book(tx, &act, &keys, &rules, &wish)) {
                        Ok(_) | Err(BookingError::Full) => {}
                        Err(other) => panic!("{other}"),
                    }
                });
            }
        });
        assert_eq!(used(&city, &slot), Used { web: 2, desk: 1, walk_in: 1 });
        city.seal();
        assert_eq!(city.verify(), []);
    }

    fn r4_e_shares_above_the_places_never_overbook(home: TestDb) {
        let mut city = City::found(home);
        let rule = shares(&city, 0);
        with(&mut city, 3, rule);
        let cards = city.notified(24, 'A');
        let slot = city.slot(DAY, "9:00");
        let ways = [Channel::Web, Channel::Telephone, Channel::WalkIn];
        let barrier = Barrier::new(cards.len());
        std::thread::scope(|scope| {
            for (n, card) in cards.iter().enumerate() {
                let mut wish = city.wish(*card, slot.clone());
                wish.channel = ways[n % ways.len()];
                let (act, keys, rules, barrier) = (city.act(), city.keys.clone(), city.rules.clone(), &barrier);
                let db = city.db().clone();
                scope.spawn(move || {
                    barrier.wait();
                    let _ = db.write_now(Lane::Public, move |tx| store::reservation::book(tx, &act, &keys, &rules, &wish));
                });
            }
        });
        let used = used(&city, &slot);
        assert_eq!(used.total(), 3, "{used:?}");
        assert!(used.web <= 2 && used.desk <= 1 && used.walk_in <= 1, "{used:?}");
        assert_eq!(city.verify(), []);
    }

    fn without_the_guard_the_rush_exceeds_a_share(home: TestDb) {
        let city = City::found(home);
        let slot = city.slot(DAY, "9:00");
        let barrier = Barrier::new(32);
        std::thread::scope(|scope| {
            for _ in 0..32 {
                scope.spawn(|| {
                    barrier.wait();
                    // What other systems do: look first, take later.
                    if used(&city, &slot).web < 2 {
                        let wanted = slot.clone();
                        city.db().write_now(Lane::Public, move |tx| store::by_hand::take_without_guard(tx, &wanted)).unwrap();
                    }
                });
            }
        });
        let used = used(&city, &slot);
        assert!(used.web > 2, "the rush cannot see that a share is exceeded: {used:?}");
    }

    fn r4_e_unused_places_are_released_to_all(home: TestDb) {
        let mut city = City::found(home);
        let rule = shares(&city, 1);
        with(&mut city, 4, rule);
        let cards = city.notified(5, 'A');
        let slot = city.slot(DAY, "9:00");
        for card in &cards[..2] {
            city.book(*card, slot.clone()).unwrap();
        }
        assert_eq!(city.book(cards[2], slot.clone()).unwrap_err(), BookingError::Full);
        // A minute before noon of the open day before, and at noon.
        city.at(date(2026, 11, 20), 11 * 60 + 59);
        assert_eq!(city.book(cards[2], slot.clone()).unwrap_err(), BookingError::Full);
        city.at(date(2026, 11, 20), 12 * 60);
        city.book(cards[2], slot.clone()).unwrap();
        city.book(cards[3], slot.clone()).unwrap();
        assert_eq!(city.book(cards[4], slot.clone()).unwrap_err(), BookingError::Full);
        assert_eq!(used(&city, &slot), Used { web: 4, desk: 0, walk_in: 0 });
        assert_eq!(city.verify(), []);
    }

    fn r4_e_the_reserve_is_given_at_the_counter_alone(home: TestDb) {
        let mut city = City::found(home);
        let rule = shares(&city, 1);
        with(&mut city, 3, rule);
        let cards = city.notified(5, 'A');
        let slot = city.slot(DAY, "9:00");
        for card in &cards[..2] {
            book(&mut city, *card, &slot, Channel::Web, None).unwrap();
        }
        for way in [Channel::Telephone, Channel::WalkIn] {
            assert_eq!(book(&mut city, cards[2], &slot, way, None).unwrap_err(), BookingError::Full, "{way:?}");
        }
        book(&mut city, cards[2], &slot, Channel::Counter, None).unwrap();
        assert_eq!(used(&city, &slot), Used { web: 2, desk: 1, walk_in: 0 });
        assert_eq!(city.verify(), []);
    }

    fn r4_e_the_staff_go_beyond_a_share_for_a_reason_and_only_then_beyond_the_places(home: TestDb) {
        let mut city = City::found(home);
        let rule = shares(&city, 0);
        with(&mut city, 2, rule);
        let cards = city.notified(4, 'A');
        let slot = city.slot(DAY, "9:00");
        book(&mut city, cards[0], &slot, Channel::Telephone, None).unwrap();
        let full = book(&mut city, cards[1], &slot, Channel::Telephone, None).unwrap_err();
        assert_eq!(full, BookingError::Full);
        let second = book(&mut city, cards[1], &slot, Channel::Telephone, Some("市の指示")).unwrap();
        let third = book(&mut city, cards[2], &slot, Channel::Telephone, Some("市の指示")).unwrap();
        assert_eq!((second.over, third.over), (false, true));
        let limits = |id| {
            let subject = Subject::Reservation(id);
            let written = city.db().read_now(move |reader| store::journal::of(reader, &subject)).unwrap();
            let limits = written.into_iter().filter_map(|written| match written.entry {
                Entry::RuleOverridden { limit, .. } => Some((limit, written.remark.unwrap_or_default())),
                _ => None,
            });
            limits.collect::<Vec<_>>()
        };
        assert_eq!(limits(second.id), [(Limit::Share, "市の指示".to_owned())]);
        assert_eq!(limits(third.id), [(Limit::Places, "市の指示".to_owned())]);
        assert_eq!(used(&city, &slot), Used { web: 0, desk: 3, walk_in: 0 });
        city.seal();
        assert_eq!(city.verify(), []);
    }

    fn r4_e_a_reduction_takes_places_and_leaves_who_has_one(home: TestDb) {
        let mut city = City::found(home);
        let cards = city.notified(4, 'A');
        let slot = city.slot(DAY, "9:00");
        let booked: Vec<_> = cards[..3].iter().map(|card| city.book(*card, slot.clone()).unwrap().id).collect();
        let reduction = RuleBody::Reduction(Reduction {
            services: vec![],
            site: None,
            when: When::Date { day: DAY },
            from: time(9 * 60),
            until: time(12 * 60),
            cut: Cut::KeepPercent(50),
            reason: "駐車場使用不可".to_owned(),
            notice: None,
        });
        let rules = changed(&city, 4, reduction);
        let wanted = rules.clone();
        let proposed = city.db().read_now(move |reader| store::rules::propose(reader, &wanted, DAY, DAY)).unwrap();
        city.apply(rules);
        // Who booked last does not fit, and nobody else was told of.
        let unfit: Vec<_> = proposed.unfit.iter().map(|placed| placed.reservation).collect();
        assert_eq!(unfit, booked[2..]);
        let issuance = proposed.days.iter().find(|change| change.of == slot.business_day()).unwrap();
        assert_eq!((issuance.before.places, issuance.after.places, issuance.slots), (51 * 4, 51 * 4 - 18 * 2, 18));
        let day = city.rules.slots(slot.service, &slot.site, DAY);
        assert_eq!(issuance.after.places, day.iter().map(|(_, grant)| u32::from(grant.places)).sum::<u32>());
        // Two places are left and three are taken: nobody loses one, and nobody gets one before two are given back.
        assert_eq!(used(&city, &slot).total(), 3);
        assert_eq!(city.book(cards[3], slot.clone()).unwrap_err(), BookingError::Full);
        city.cancel(booked[0]).unwrap();
        assert_eq!(city.book(cards[3], slot.clone()).unwrap_err(), BookingError::Full);
        city.cancel(booked[1]).unwrap();
        city.book(cards[3], slot.clone()).unwrap();
        assert_eq!(used(&city, &slot).total(), 2);
        city.seal();
        assert_eq!(city.verify(), []);
    }
}
