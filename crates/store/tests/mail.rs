//! Contact by mail in the store: an address only where the ledger allows it, a mail for every fact, one sender at a
//! time, at least once.
#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

use domain::id::ReservationId;
use domain::journal::{Actor, BusinessDay};
use domain::ledger::Field;
use domain::mail::{Address, Kind, Reply, State};
use jiff::SignedDuration;
use jiff::civil::{Date, date};
use store::Lane;
use store::contact::{self, ContactError, Giving, MOST, Reminding, Standing};
use store::outbox::failed::{self, Failed, Mark};
use store::outbox::{self, Claimed};
use testkit::{City, TestDb, on_both};

const DAY: Date = date(2026, 11, 24);

/// A city whose ledger allows mail addresses for seven days after the visit, and a booking.
fn city_with_booking(home: TestDb) -> (City, ReservationId) {
    let mut city = City::found(home);
    city.agree(Field::MailAddress, 7);
    let (card, slot) = (city.notified(1, 'M')[0], city.slot(DAY, "9:00"));
    let id = city.book(card, slot).unwrap().id;
    (city, id)
}

fn give(city: &mut City, id: ReservationId, address: &str) -> Result<(), ContactError> {
    let (act, keys) = (city.citizen(), city.keys.clone());
    let (address, language) = (Address::read(address).unwrap(), "en".to_owned());
    let giving = Giving { reservation: id, address, language, nonce: [7; 24], ask: true };
    city.db().write_now(Lane::Public, move |tx| contact::give(tx, &act, &keys, &giving))
}

fn found(city: &City, id: ReservationId) -> contact::Contact {
    city.db().read_now(move |reader| contact::find(reader, id)).unwrap().unwrap()
}

fn confirm(city: &mut City, id: ReservationId) -> Result<(), ContactError> {
    let (act, keys) = (city.citizen(), city.keys.clone());
    let token = found(city, id).token(&keys).unwrap();
    city.db().write_now(Lane::Public, move |tx| contact::confirm(tx, &act, &keys, token))
}

fn address(city: &City, id: ReservationId) -> Option<String> {
    let keys = city.keys.clone();
    let held = city.db().read_now(move |reader| contact::address(reader, &keys, id)).unwrap();
    held.map(|address| address.as_str().to_owned())
}

fn claim(city: &City, holder: &'static str) -> Option<Claimed> {
    let now = city.now();
    city.db().write_now(Lane::Background, move |tx| outbox::claim(tx, holder, now)).unwrap()
}

fn done(city: &City, claimed: &Claimed) -> bool {
    let (claimed, now) = (claimed.clone(), city.now());
    city.db().write_now(Lane::Background, move |tx| outbox::done(tx, &claimed, State::Sent, now)).unwrap()
}

/// Sends everything that is due, and answers what it was.
fn send_all(city: &City) -> Vec<Kind> {
    let mut sent = Vec::new();
    while let Some(claimed) = claim(city, "node") {
        assert!(done(city, &claimed));
        sent.push(claimed.mail.kind);
    }
    sent
}

/// The mail that is due is refused for good.
fn refused(city: &mut City) -> domain::id::MailId {
    let claimed = claim(city, "node").unwrap();
    let (act, id) = (city.act(), claimed.id);
    let reply = Some(Reply::of(550, "5.1.1 <hanako@example.jp> unknown"));
    city.db().write_now(Lane::Background, move |tx| outbox::bounce(tx, &act, &claimed, reply)).unwrap();
    id
}

/// The mails that still need somebody, as the list and the board have them.
fn open(city: &City) -> Vec<Failed> {
    let BusinessDay { site, .. } = city.day(DAY);
    let (today, of) = (domain::time::day_of(city.now()), site.clone());
    let open = city.db().read_now(move |reader| failed::open(reader, &of, &Mark::from(today), 100)).unwrap();
    let counted = city.db().read_now(move |reader| failed::how_many(reader, &site, today, 100)).unwrap();
    assert_eq!(usize::try_from(counted).unwrap(), open.len());
    open
}

fn again(city: &mut City, id: domain::id::MailId) -> Result<bool, ContactError> {
    let act = city.act();
    city.db().write_now(Lane::Staff, move |tx| failed::again(tx, &act, id))
}

fn remind(city: &mut City, day: Date) -> u32 {
    let BusinessDay { service, site, .. } = city.day(day);
    let reminding = Reminding { service, site, day, before: city.now() };
    let act = city.act();
    city.db().write_now(Lane::Background, move |tx| contact::remind(tx, &act, &reminding, 100)).unwrap()
}

fn sweep(city: &mut City) -> u32 {
    let act = city.act();
    city.db().write_now(Lane::Background, move |tx| store::privacy::sweep(tx, &act, 100)).unwrap()
}

fn whole(city: &mut City) {
    city.seal();
    assert_eq!(city.verify(), []);
}

on_both! {
    fn r4_c_an_address_is_taken_only_where_the_ledger_allows_it(home: TestDb) {
        let mut city = City::found(home);
        let (card, slot) = (city.notified(1, 'M')[0], city.slot(DAY, "9:00"));
        let id = city.book(card, slot).unwrap().id;
        assert_eq!(give(&mut city, id, "hanako@example.jp"), Err(ContactError::NotAllowed));
        assert!(claim(&city, "node").is_none());
        whole(&mut city);
    }

    fn r4_c_every_fact_is_told_once_the_address_is_confirmed(home: TestDb) {
        let (mut city, id) = city_with_booking(home);
        give(&mut city, id, "hanako@example.jp").unwrap();
        assert_eq!(found(&city, id).standing, Standing::Asked);
        // Before it is confirmed nothing else goes there.
        city.move_to(id, city.slot(DAY, "9:10")).unwrap();
        assert_eq!(send_all(&city), [Kind::Confirm]);
        confirm(&mut city, id).unwrap();
        confirm(&mut city, id).unwrap();
        city.move_to(id, city.slot(DAY, "9:20")).unwrap();
        assert_eq!(send_all(&city), [Kind::Booked, Kind::Changed]);
        city.cancel(id).unwrap();
        assert_eq!(send_all(&city), [Kind::Cancelled]);
        assert_eq!(address(&city, id).as_deref(), Some("hanako@example.jp"));
        whole(&mut city);
        // Seven days after the day of the cancellation.
        city.advance(SignedDuration::from_hours(24 * 7));
        assert_eq!(sweep(&mut city), 0);
        city.advance(SignedDuration::from_hours(24));
        assert_eq!((sweep(&mut city), address(&city, id)), (1, None));
        assert_eq!(found(&city, id).standing, Standing::Gone);
        whole(&mut city);
    }

    fn r4_c_a_token_opens_one_address_and_an_unconfirmed_one_is_gone_after_a_day(home: TestDb) {
        let (mut city, id) = city_with_booking(home);
        give(&mut city, id, "first@example.jp").unwrap();
        let (act, keys) = (city.citizen(), city.keys.clone());
        let old = found(&city, id).token(&keys).unwrap();
        give(&mut city, id, "second@example.jp").unwrap();
        assert_eq!(address(&city, id).as_deref(), Some("second@example.jp"));
        let pressed = city.db().write_now(Lane::Public, move |tx| contact::confirm(tx, &act, &keys, old));
        assert_eq!(pressed, Err(ContactError::NotFound), "the first address was replaced");
        for n in 2..MOST {
            give(&mut city, id, &format!("number{n}@example.jp")).unwrap();
        }
        assert_eq!(give(&mut city, id, "more@example.jp"), Err(ContactError::TooOften));
        city.advance(SignedDuration::from_hours(49));
        assert_eq!((sweep(&mut city), address(&city, id)), (1, None));
        assert_eq!(confirm(&mut city, id), Err(ContactError::NotFound));
        whole(&mut city);
    }

    fn r4_c_the_citizen_removes_the_address_and_the_ledger_ends_all(home: TestDb) {
        let (mut city, id) = city_with_booking(home);
        give(&mut city, id, "hanako@example.jp").unwrap();
        confirm(&mut city, id).unwrap();
        let act = city.citizen();
        city.db().write_now(Lane::Public, move |tx| contact::remove(tx, &act, id)).unwrap();
        assert_eq!((address(&city, id), found(&city, id).standing), (None, Standing::Gone));
        whole(&mut city);
        give(&mut city, id, "hanako@example.jp").unwrap();
        let people = city.db().read_now(store::person::list).unwrap();
        let mut act = city.act();
        act.actor = Actor::Person(people[0].0.id);
        city.db().write_now(Lane::Staff, move |tx| store::ledger::end(tx, &act, Field::MailAddress)).unwrap();
        assert_eq!((sweep(&mut city), address(&city, id)), (1, None));
        whole(&mut city);
    }

    fn r4_c_two_nodes_do_not_send_and_a_killed_one_is_followed(home: TestDb) {
        let (mut city, id) = city_with_booking(home);
        give(&mut city, id, "hanako@example.jp").unwrap();
        let first = claim(&city, "one").unwrap();
        assert!(claim(&city, "two").is_none(), "one has the lease");
        assert!(claim(&city, "one").is_none(), "the mail is under way");
        // The first node sent it and was killed before it said so.
        city.advance(outbox::LEASE + SignedDuration::from_secs(1));
        let second = claim(&city, "two").unwrap();
        assert_eq!((second.id, second.attempts), (first.id, 2), "the same Message-ID");
        assert!(!done(&city, &first), "who lost the lease marks nothing");
        assert!(done(&city, &second));
        assert!(claim(&city, "two").is_none());
        whole(&mut city);
    }

    fn r4_c_a_mail_waits_for_its_next_attempt_and_a_bounce_is_seen(home: TestDb) {
        let (mut city, id) = city_with_booking(home);
        give(&mut city, id, "hanako@example.jp").unwrap();
        let claimed = claim(&city, "node").unwrap();
        let due = city.now() + SignedDuration::from_mins(5);
        let again = claimed.clone();
        city.db().write_now(Lane::Background, move |tx| outbox::later(tx, &again, due, Some(451.into()), true)).unwrap();
        city.advance(SignedDuration::from_mins(4));
        assert!(claim(&city, "node").is_none());
        city.advance(SignedDuration::from_mins(1));
        let claimed = claim(&city, "node").unwrap();
        assert_eq!(claimed.attempts, 2);
        let act = city.act();
        city.db().write_now(Lane::Background, move |tx| outbox::bounce(tx, &act, &claimed, Some(550.into()))).unwrap();
        assert!(city.db().read_now(move |reader| outbox::last_bounced(reader, id)).unwrap());
        assert!(claim(&city, "node").is_none(), "it is given up");
        whole(&mut city);
    }

    fn r4_c_a_reminder_goes_once_and_not_to_who_was_just_told(home: TestDb) {
        let (mut city, id) = city_with_booking(home);
        give(&mut city, id, "hanako@example.jp").unwrap();
        confirm(&mut city, id).unwrap();
        assert_eq!(remind(&mut city, DAY), 0, "confirmed at this moment");
        city.at(date(2026, 11, 23), 12 * 60 + 30);
        send_all(&city);
        assert_eq!((remind(&mut city, DAY), remind(&mut city, DAY)), (1, 0));
        assert_eq!(send_all(&city), [Kind::Reminder]);
        whole(&mut city);
    }

    fn r4_c_a_family_is_told_once(home: TestDb) {
        let mut city = City::found(home);
        city.agree(Field::MailAddress, 7);
        let cards = city.notified(2, 'F');
        let slots: Vec<_> = ["9:00", "9:00"].iter().map(|start| city.slot(DAY, start)).collect();
        let wishes: Vec<_> = cards.iter().zip(slots).map(|(card, slot)| city.wish(*card, slot)).collect();
        let (act, keys, rules) = (city.citizen(), city.keys.clone(), city.rules.clone());
        let booked = city.db().write_now(Lane::Public, move |tx| {
            let wishes: Vec<_> = wishes.iter().map(|wish| (wish.clone(), None)).collect();
            store::reservation::party::book(tx, &act, &keys, &rules, &wishes)
        });
        let booked = booked.unwrap();
        give(&mut city, booked[1].id, "hanako@example.jp").unwrap();
        confirm(&mut city, booked[0].id).unwrap();
        assert_eq!(send_all(&city), [Kind::Confirm, Kind::Booked]);
        city.move_all(booked[0].id, DAY, &["9:10", "9:10"]).unwrap();
        assert_eq!(send_all(&city), [Kind::Changed], "one mail for both");
        city.cancel(booked[0].id).unwrap();
        assert_eq!(send_all(&city), [Kind::Changed], "one is still coming");
        city.cancel(booked[1].id).unwrap();
        assert_eq!(send_all(&city), [Kind::Cancelled]);
        whole(&mut city);
    }

    fn r4_c_a_mail_that_did_not_arrive_is_listed_until_nobody_is_needed_for_it(home: TestDb) {
        let (mut city, id) = city_with_booking(home);
        give(&mut city, id, "hanako@example.jp").unwrap();
        confirm(&mut city, id).unwrap();
        assert_eq!(claim(&city, "node").map(|claimed| done(&city, &claimed)), Some(true));
        let mail = refused(&mut city);
        let listed = open(&city);
        assert_eq!((listed.len(), listed[0].id, listed[0].reservation), (1, mail, id));
        assert_eq!(listed[0].reply.unwrap().to_string(), "550 5.1.1", "nothing of the text");
        // Sent again it is new, pressed twice it is the same; refused again it is listed again.
        assert_eq!((again(&mut city, mail), again(&mut city, mail)), (Ok(true), Ok(false)));
        assert!(open(&city).is_empty());
        assert_eq!(refused(&mut city), mail);
        assert_eq!(open(&city).len(), 1);
        whole(&mut city);
        // A later mail that arrives says that the address is right after all.
        city.move_to(id, city.slot(DAY, "9:20")).unwrap();
        assert_eq!(send_all(&city), [Kind::Changed]);
        assert!(open(&city).is_empty());
        // Another address makes the old one nobody's matter, and its mails cannot be sent again.
        city.move_to(id, city.slot(DAY, "9:30")).unwrap();
        let mail = refused(&mut city);
        assert_eq!(open(&city).len(), 1);
        give(&mut city, id, "taro@example.jp").unwrap();
        assert!(open(&city).is_empty());
        assert_eq!(again(&mut city, mail), Err(ContactError::Over));
        whole(&mut city);
    }

    fn r4_c_the_list_of_failed_mails_ends_with_the_address_and_with_the_visit(home: TestDb) {
        let mut city = City::found(home);
        city.agree(Field::MailAddress, 7);
        let mut ids = Vec::new();
        for (card, day) in city.notified(3, 'M').into_iter().zip([24, 25, 26]) {
            let slot = city.slot(date(2026, 11, day), "9:00");
            let id = city.book(card, slot).unwrap().id;
            give(&mut city, id, "hanako@example.jp").unwrap();
            refused(&mut city);
            ids.push(id);
        }
        let listed = open(&city);
        assert_eq!(listed.iter().map(|mail| mail.reservation).collect::<Vec<_>>(), ids, "the next visit first");
        // The list goes on after each of its rows.
        let (mark, site) = (listed[0].mark(), city.day(DAY).site);
        let rest = city.db().read_now(move |reader| failed::open(reader, &site, &mark, 1)).unwrap();
        assert_eq!(rest[0].reservation, ids[1]);
        let act = city.act();
        let booking = ids[1];
        city.db().write_now(Lane::Staff, move |tx| contact::remove(tx, &act, booking)).unwrap();
        assert_eq!(open(&city).len(), 2);
        city.at(date(2026, 11, 25), 9 * 60);
        assert_eq!(open(&city).len(), 1);
        city.at(date(2026, 12, 4), 9 * 60);
        sweep(&mut city);
        assert!(open(&city).is_empty());
        whole(&mut city);
    }

    fn r4_c_an_address_goes_with_the_first_of_a_family_and_with_nobody_else(home: TestDb) {
        let mut city = City::found(home);
        city.agree(Field::MailAddress, 7);
        let cards = city.notified(3, 'F');
        let wishes: Vec<_> =
            cards.iter().map(|card| city.wish(*card, city.slot(DAY, "9:00"))).collect();
        let (act, keys, rules) = (city.citizen(), city.keys.clone(), city.rules.clone());
        let booked = city.db().write_now(Lane::Public, move |tx| {
            let wishes: Vec<_> = wishes.iter().map(|wish| (wish.clone(), None)).collect();
            store::reservation::party::book(tx, &act, &keys, &rules, &wishes)
        });
        let [first, second, third] = booked.unwrap().iter().map(|one| one.id).collect::<Vec<_>>()[..] else {
            panic!("three");
        };
        give(&mut city, second, "hanako@example.jp").unwrap();
        confirm(&mut city, first).unwrap();
        assert_eq!(send_all(&city), [Kind::Confirm, Kind::Booked]);
        let other = date(2026, 11, 25);
        // The first goes alone: the mail is about them, and the others are a booking of their own without an address.
        city.move_to(first, city.slot(other, "9:00")).unwrap();
        let claimed = claim(&city, "node").unwrap();
        assert_eq!((claimed.mail.kind, claimed.mail.reservation), (Kind::Changed, first));
        assert!(done(&city, &claimed));
        let seen = |city: &City, id| city.db().read_now(move |reader| store::reservation::find(reader, id)).unwrap().unwrap();
        assert_eq!(seen(&city, first).party, None);
        assert_eq!((seen(&city, second).party, seen(&city, third).party), (Some(second), Some(second)));
        assert_eq!(address(&city, second), None);
        whole(&mut city);
        city.move_to(third, city.slot(DAY, "9:10")).unwrap();
        assert_eq!(send_all(&city), [], "nobody else's matter");
        // What the others give is theirs alone.
        give(&mut city, third, "taro@example.jp").unwrap();
        confirm(&mut city, second).unwrap();
        assert_eq!(send_all(&city), [Kind::Confirm, Kind::Booked]);
        assert_eq!(address(&city, first).as_deref(), Some("hanako@example.jp"));
        assert_eq!(address(&city, second).as_deref(), Some("taro@example.jp"));
        // Each is reminded of its own day, and stops its own mails.
        city.at(date(2026, 11, 23), 12 * 60 + 30);
        assert_eq!(remind(&mut city, DAY), 1);
        assert_eq!(claim(&city, "node").map(|claimed| (claimed.mail.booking, done(&city, &claimed))), Some((second, true)));
        let act = city.citizen();
        city.db().write_now(Lane::Public, move |tx| contact::remove(tx, &act, first)).unwrap();
        assert_eq!(address(&city, second).as_deref(), Some("taro@example.jp"));
        whole(&mut city);
    }
}
