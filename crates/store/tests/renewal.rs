//! Renewals: reservations without a card, each with its place, from the hold to the close.
#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

use domain::check_sheet::Sheet;
use domain::id::{Id, RuleId};
use domain::journal::{BusinessDay, CityRecord, Slot};
use domain::reception::Reason;
use domain::renewal::Coming;
use domain::reservation::{Channel, Pins, State, Visitor};
use domain::rules::{Rule, RuleBody};
use domain::service::Service;
use jiff::SignedDuration;
use jiff::civil::date;
use store::Lane;
use store::offer::{self, answer, bulk};
use store::reception::{ReceptionError, Unserved};
use store::reservation::renewal::Wish;
use store::reservation::{BookingError, Reservation, party, renewal};
use testkit::{City, TestDb, on_both};

const DAY: jiff::civil::Date = date(2026, 11, 24);
const HERSELF: Coming = Coming { visitor: Visitor::Principal, pins: Pins::Known };

fn slot(city: &City, start: &str) -> Slot {
    Slot { service: Service::Renewal, ..city.slot(DAY, start) }
}

fn wish(city: &City, starts: &[&str], coming: Coming) -> Wish {
    let people = starts.iter().map(|start| (slot(city, start), coming)).collect();
    Wish { people, channel: Channel::Web, language: "ja".to_owned() }
}

fn hold(
    city: &mut City,
    starts: &[&str],
    before: Option<&Reservation>,
) -> Result<Vec<Reservation>, BookingError> {
    let wish = wish(city, starts, HERSELF);
    let (act, keys, rules, before) =
        (city.citizen(), city.keys.clone(), city.rules.clone(), before.map(|held| held.id));
    city.db().write_now(Lane::Public, move |tx| renewal::hold(tx, &act, &keys, &rules, &wish, 10, before))
}

fn confirm(city: &mut City, held: &[Reservation]) -> Result<Vec<Reservation>, BookingError> {
    let act = city.citizen();
    let holds: Vec<_> = held.iter().map(|held| (held.id, None)).collect();
    city.db().write_now(Lane::Public, move |tx| party::confirm(tx, &act, &holds))
}

fn book(city: &mut City, starts: &[&str]) -> Vec<Reservation> {
    let held = hold(city, starts, None).unwrap();
    confirm(city, &held).unwrap()
}

fn taken(city: &City) -> u32 {
    let site = city.site.clone();
    let taken =
        city.db().read_now(move |reader| store::capacity::taken(reader, Service::Renewal, &site, DAY, DAY));
    taken.unwrap().iter().map(|(_, _, taken)| taken).sum()
}

fn find(city: &City, of: &Reservation) -> Reservation {
    let id = of.id;
    city.db().read_now(move |reader| store::reservation::find(reader, id)).unwrap().unwrap()
}

on_both! {
    fn r7_e_each_person_of_a_booking_takes_a_place_and_a_visit_holds_once(home: TestDb) {
        let mut city = City::found(home);
        let held = hold(&mut city, &["9:00", "9:00", "9:10"], None).unwrap();
        assert!(held.iter().all(|one| one.card.is_none() && one.party == Some(held[0].id)));
        assert_eq!(taken(&city), 3);
        // The profile grants three: a second hold of the same visit gives the first one back, another visit finds one.
        let again = hold(&mut city, &["9:00", "9:00", "9:00"], Some(&held[0])).unwrap();
        assert_eq!(taken(&city), 3);
        assert_eq!(find(&city, &held[2]).state, State::Released);
        assert_eq!(hold(&mut city, &["9:00"], None).unwrap_err(), BookingError::Full);
        let booked = confirm(&mut city, &again).unwrap();
        assert!(booked.iter().all(|one| one.state == State::Booked && one.visitor == Some(Visitor::Principal)));
        // Confirmed twice is the same as once; a hold that ran out is none.
        assert_eq!(confirm(&mut city, &again).unwrap().len(), 3);
        let late = hold(&mut city, &["10:00"], None).unwrap();
        city.advance(SignedDuration::from_mins(11));
        assert_eq!(confirm(&mut city, &late).unwrap_err(), BookingError::HoldRanOut);
        city.seal();
        assert_eq!(city.verify(), []);
    }

    fn r7_d_a_renewal_is_moved_changed_and_cancelled_as_every_booking(home: TestDb) {
        let mut city = City::found(home);
        let booked = book(&mut city, &["9:00", "9:00"]);
        let keys = city.keys.clone();
        let number = booked[0].number(&keys).unwrap();
        let known = city.db().read_now(move |reader| store::reservation::by_number(reader, &keys, &number)).unwrap();
        assert_eq!(known, Some(booked[0].id));
        city.move_all(booked[1].id, date(2026, 11, 25), &["9:00", "9:10"]).unwrap();
        assert_eq!(find(&city, &booked[1]).slot.start.to_string(), "9:10");
        let (act, id) = (city.citizen(), booked[1].id);
        city.db().write_now(Lane::Public, move |tx| {
            party::set_coming(tx, &act, id, Some(Visitor::Proxy), Some(Pins::Known))
        }).unwrap();
        let (act, id) = (city.citizen(), booked[0].id);
        city.db().write_now(Lane::Public, move |tx| {
            party::set_coming(tx, &act, id, Some(Visitor::Principal), Some(Pins::Forgotten))
        }).unwrap();
        assert_eq!(find(&city, &booked[0]).pins, Some(Pins::Forgotten));
        assert_eq!(find(&city, &booked[1]).visitor, Some(Visitor::Proxy));
        city.cancel(booked[0].id).unwrap();
        assert_eq!(find(&city, &booked[0]).state, State::Cancelled);
        assert_eq!(find(&city, &booked[1]).state, State::Booked);
        city.seal();
        assert_eq!(city.verify(), []);
    }

    fn r8_c2_a_day_of_renewals_is_served_closed_and_counted(home: TestDb) {
        let mut city = City::found(home);
        // Each starts at the counter of its own; the fifth is nobody's and the sixth is cancelled.
        let booked: Vec<Reservation> =
            ["9:00", "9:10", "9:20", "9:30", "9:40", "9:50"].iter().flat_map(|start| book(&mut city, &[start])).collect();
        let card = city.notified(1, 'A')[0];
        let issuance = city.book(card, city.slot(DAY, "9:00")).unwrap();
        city.cancel(booked[5].id).unwrap();
        city.at(DAY, 9 * 60);
        let arrive = |city: &mut City, of: &Reservation| {
            let (act, id) = (city.act(), of.id);
            city.db().write_now(Lane::Staff, move |tx| store::reception::arrive(tx, &act, id)).unwrap()
        };
        let done = |city: &mut City, reception| {
            let act = city.act();
            city.db().write_now(Lane::Staff, move |tx| {
                store::reception::renewed(tx, &act, reception, "市 一郎", CityRecord::Paper)
            })
        };
        for one in &booked[..2] {
            let reception = arrive(&mut city, one);
            // What was not checked does not go to the city.
            assert!(matches!(done(&mut city, reception), Err(ReceptionError::WrongState(_))), "unchecked");
            let (act, sheet) = (city.act(), (Sheet::Principal, Pins::Known));
            city.db().write_now(Lane::Staff, move |tx| store::reception::check_renewal(tx, &act, reception, sheet)).unwrap();
            done(&mut city, reception).unwrap();
            assert!(matches!(done(&mut city, reception), Err(ReceptionError::WrongState(_))), "once");
        }
        for (one, how) in booked[2..4].iter().zip([Unserved::SentAway(Reason::CardForgotten), Unserved::Left]) {
            let (reception, act) = (arrive(&mut city, one), city.act());
            city.db().write_now(Lane::Staff, move |tx| store::reception::send_away(tx, &act, reception, &how, "")).unwrap();
        }
        // A visitor for a card is not renewed.
        let visitor = arrive(&mut city, &issuance);
        assert_eq!(done(&mut city, visitor).unwrap_err(), ReceptionError::NotFound);
        let day = BusinessDay { service: Service::Renewal, ..city.day(DAY) };
        let act = city.act();
        let of = day.clone();
        let waiting = city.db().write_now(Lane::Staff, move |tx| store::reception::none_came(tx, &act, &of)).unwrap();
        assert_eq!(waiting, 1);
        let (of, act) = (day.clone(), city.act());
        city.db().write_now(Lane::Staff, move |tx| store::report::close(tx, &act, &of, None, 2, "")).unwrap();
        let of = day.clone();
        let counts = city.db().read_now(move |reader| store::report::counts(reader, &of)).unwrap();
        assert_eq!((counts.booked_total(), counts.issued, counts.sent_away_total(), counts.left), (6, 2, 1, 1));
        assert_eq!((counts.not_come, counts.cancelled), (1, 1));
        assert!(counts.reconciles() && counts.is_complete());
        // The issuance of the same day is counted for itself.
        let of = city.day(DAY);
        let issuances = city.db().read_now(move |reader| store::report::counts(reader, &of)).unwrap();
        assert_eq!((issuances.booked_total(), issuances.here), (1, 1));
        city.seal();
        assert_eq!(city.verify(), []);
    }

    fn r7_e_a_closed_branch_office_is_offered_its_own_places_and_the_main_counter_none(home: TestDb) {
        let mut city = City::found(home);
        let senri: domain::service::SiteCode = "senri".parse().unwrap();
        with_a_branch(&mut city);
        let main = book(&mut city, &["9:00"]).remove(0);
        let family = book_at(&mut city, &senri, &["9:00", "9:10"]);
        let alone = book_at(&mut city, &senri, &["9:00"]).remove(0);
        close_branch(&mut city);
        let until = domain::time::end_of_day(date(2026, 11, 20));
        let act = city.act();
        let work = city.db().write_now(Lane::Staff, move |tx| bulk::begin(tx, &act, until, None)).unwrap();
        let of = city.db().read_now(bulk::running).unwrap().unwrap();
        let (rules, now, planned) = (city.rules.clone(), city.now(), of.clone());
        let planned = city.db().read_now(move |reader| bulk::plan(reader, &rules, &planned, now)).unwrap();
        assert_eq!(planned.len(), 2);
        let (act, rules) = (city.act(), city.rules.clone());
        let done = city.db().write_now(Lane::Background, move |tx| bulk::portion(tx, &act, &rules, &of, &planned)).unwrap();
        assert_eq!(done, 2);
        let act = city.act();
        city.db().write_now(Lane::Background, move |tx| bulk::end(tx, &act, work)).unwrap();
        let open = |city: &City, id| city.db().read_now(move |reader| offer::open_of(reader, id)).unwrap();
        assert!(open(&city, main.id).is_none());
        let offered = open(&city, family[0].id).unwrap();
        assert!(offered.places.iter().all(|place| place.to.site == senri && place.to.service == Service::Renewal));
        assert_eq!(offered.places.len(), 2);
        let (act, rules) = (city.act(), city.rules.clone());
        let moved = city.db().write_now(Lane::Staff, move |tx| {
            answer::accept(tx, &act, &rules, offered.id, Channel::Telephone)
        });
        assert!(moved.unwrap().iter().all(|one| one.slot.site == senri && one.slot.day != DAY && one.party == Some(family[0].id)));
        let offered = open(&city, alone.id).unwrap();
        let act = city.citizen();
        city.db().write_now(Lane::Public, move |tx| answer::decline(tx, &act, offered.id, Channel::Web)).unwrap();
        assert_eq!((find(&city, &alone).slot, find(&city, &main).slot), (alone.slot, main.slot));
        city.seal();
        assert_eq!(city.verify(), []);
    }
}

/// A branch office that takes two renewals at once on weekdays.
fn with_a_branch(city: &mut City) {
    let bodies = r#"[{"type":"site","code":"senri","name_ja":"千里出張所","name_en":"Senri Branch Office","address_ja":"架空町1",
        "address_en":"1 Kaku","telephone":"06-0000-0001","telephone_hours_ja":"平日","telephone_hours_en":"Weekdays"},
        {"type":"hours","site":"senri","when":{"on":"weekdays","days":["mon","tue","wed","thu","fri"]},"opens":"9:00",
        "closes":"17:30"},
        {"type":"places","service":"renewal","site":"senri","when":{"on":"always"},"from":"9:00","until":"17:30","places":2}]"#;
    add_rules(city, bodies);
}

fn close_branch(city: &mut City) {
    add_rules(
        city,
        r#"[{"type":"closed","site":"senri","when":{"on":"date","day":"2026-11-24"},"reason":"停電"}]"#,
    );
}

fn add_rules(city: &mut City, bodies: &str) {
    let bodies: Vec<RuleBody> = serde_json::from_str(bodies).unwrap();
    let mut all = city.rules.rules().to_vec();
    for rule in &mut all {
        rule.version += 1;
    }
    let known = u128::try_from(all.len()).unwrap();
    all.extend((known..).zip(bodies).map(|(n, body)| Rule {
        id: RuleId::from_parts(9, n),
        version: 1,
        valid_from: date(2026, 9, 1),
        valid_until: None,
        body,
        agreement: Some("市と合意".to_owned()),
    }));
    city.apply(all);
}

fn book_at(city: &mut City, site: &domain::service::SiteCode, starts: &[&str]) -> Vec<Reservation> {
    let mut wish = wish(city, starts, HERSELF);
    for (slot, _) in &mut wish.people {
        slot.site = site.clone();
    }
    let (act, keys, rules) = (city.act(), city.keys.clone(), city.rules.clone());
    city.db().write_now(Lane::Staff, move |tx| renewal::book(tx, &act, &keys, &rules, &wish)).unwrap()
}
