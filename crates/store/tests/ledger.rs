//! The ledger of personal data: two people, one place that asks it, and what is deleted when it ends.
#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

use domain::check_sheet::{Collected, Sheet};
use domain::id::{CardId, PersonId};
use domain::journal::{Actor, CityRecord, Entry, Subject};
use domain::ledger::{Deletion, Field, State, Terms};
use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use store::ledger::LedgerError;
use store::privacy::NOTICE_NUMBER;
use store::question::Question;
use store::{Act, Lane};
use testkit::{City, TestDb, on_both};

/// Two people with accounts.
fn people(city: &mut City) -> (PersonId, PersonId) {
    let mut make = |login: &str| {
        let (act, login) = (city.act(), login.to_owned());
        let made = city.db().write_now(Lane::Staff, move |tx| {
            store::person::create(tx, &act, &login, "窓口 花子", "no password", false)
        });
        made.unwrap()
    };
    (make("proposer"), make("decider"))
}

fn act_of(city: &mut City, person: PersonId) -> Act {
    let mut act = city.act();
    act.actor = Actor::Person(person);
    act
}

fn terms(days: u32) -> Terms {
    Terms { necessity: "要る".to_owned(), protection: "封印する".to_owned(), retention_days: days }
}

fn propose(city: &mut City, person: PersonId, field: Field, days: u32) -> domain::id::LedgerId {
    let (act, terms) = (act_of(city, person), terms(days));
    city.db().write_now(Lane::Staff, move |tx| store::ledger::propose(tx, &act, field, &terms)).unwrap()
}

fn decide(
    city: &mut City,
    person: PersonId,
    id: domain::id::LedgerId,
    agreed: bool,
) -> Result<(), LedgerError> {
    let act = act_of(city, person);
    city.db().write_now(Lane::Staff, move |tx| store::ledger::decide(tx, &act, id, agreed))
}

fn allowed(city: &City, field: Field) -> bool {
    let allowed = move |reader: &mut store::Reader<'_>| {
        store::privacy::allowed(reader, field).map(|allowed| allowed.is_some())
    };
    city.db().read_now(allowed).unwrap()
}

fn states(city: &City, field: Field) -> Vec<State> {
    let versions = city.db().read_now(move |reader| store::ledger::versions(reader, field)).unwrap();
    versions.iter().map(|version| version.state).collect()
}

/// Lets a citizen collect a card.
fn issue(city: &mut City, card: CardId) {
    let day = date(2026, 11, 24);
    let slot = city.slot(day, "9:00");
    let booked = city.book(card, slot).unwrap().id;
    let (bin, act) = (city.new_box("箱1-1-1"), city.act());
    city.db().write_now(Lane::Staff, move |tx| store::card::put_away(tx, &act, card, bin)).unwrap();
    city.at(day, 9 * 60);
    let acts: Vec<_> = (0..6).map(|_| city.act()).collect();
    let day = city.day(day);
    let checked = store::reception::Checked {
        sheet: Sheet::Principal,
        notice_card: Collected::HandedIn,
        old_card: Collected::None,
    };
    let done = city.db().write_now(Lane::Staff, move |tx| {
        store::pull::pull(tx, &acts[5], card, &day).unwrap();
        let reception = store::reception::arrive(tx, &acts[0], booked)?;
        store::reception::check_papers(tx, &acts[1], reception, checked)?;
        store::reception::pass_to_city(tx, &acts[2], reception, "市 一郎")?;
        store::reception::issue(tx, &acts[3], reception, "市 一郎", CityRecord::Paper)
    });
    done.unwrap();
}

fn held(city: &City, card: CardId) -> Option<String> {
    let keys = city.keys.clone();
    let open = move |reader: &mut store::Reader<'_>| {
        store::privacy::open(reader, &keys, &Subject::Card(card), NOTICE_NUMBER)
    };
    city.db().read_now(open).unwrap()
}

fn sweep(city: &mut City, limit: u32) -> u32 {
    let act = city.act();
    city.db().write_now(Lane::Background, move |tx| store::privacy::sweep(tx, &act, limit)).unwrap()
}

fn deletions(city: &City) -> Vec<(u32, Deletion)> {
    let asked = Question {
        actor: None,
        record: None,
        kind: Some("personal_deleted".to_owned()),
        from: Timestamp::UNIX_EPOCH,
        until: Timestamp::MAX,
    };
    let start = asked.start();
    let told = move |reader: &mut store::Reader<'_>| store::question::entries(reader, &asked, &start, 100);
    let mut told = city.db().read_now(told).unwrap();
    told.sort_by_key(|told| told.written.id);
    let deleted = told.iter().filter_map(|told| match told.written.entry {
        Entry::PersonalDeleted { count, why, .. } => Some((count, why)),
        _ => None,
    });
    deleted.collect()
}

on_both! {
    fn r4_b_a_field_is_off_until_two_people_wrote_and_approved(home: TestDb) {
        let mut city = City::found(home);
        let (one, other) = people(&mut city);
        let field = Field::NoticeNumber;
        city.decide(false);
        assert!(!allowed(&city, field));
        let first = propose(&mut city, one, field, 7);
        assert!(!allowed(&city, field), "a proposal allows nothing");
        assert_eq!(decide(&mut city, one, first, true), Err(LedgerError::SamePerson));
        decide(&mut city, other, first, false).unwrap();
        assert!(!allowed(&city, field));
        assert_eq!(decide(&mut city, other, first, true), Err(LedgerError::NotProposed(State::Refused)));
        let second = propose(&mut city, one, field, 7);
        let third = propose(&mut city, one, field, 3);
        assert_eq!(decide(&mut city, other, second, true), Err(LedgerError::NotProposed(State::Withdrawn)));
        decide(&mut city, other, third, true).unwrap();
        assert!(allowed(&city, field));
        // What is in force stays so while another version waits, and is replaced by it.
        let fourth = propose(&mut city, other, field, 30);
        assert!(allowed(&city, field));
        decide(&mut city, one, fourth, true).unwrap();
        let past = [State::Approved, State::Replaced, State::Withdrawn, State::Refused];
        assert_eq!(states(&city, field), past);
        city.seal();
        city.verify();
    }

    fn r4_b_a_field_that_nobody_decided_on_is_off(home: TestDb) {
        // The city of the tests decides at its set-up; a database by itself allows nothing.
        let look = |reader: &mut store::Reader<'_>| store::privacy::allowed(reader, Field::NoticeNumber);
        assert!(home.db.read_now(look).unwrap().is_none());
    }

    fn r4_b_the_program_itself_writes_nothing_to_the_ledger(home: TestDb) {
        let mut city = City::found(home);
        let (act, terms) = (city.act(), terms(7));
        let done = city.db().write_now(Lane::Staff, move |tx| {
            store::ledger::propose(tx, &act, Field::NoticeNumber, &terms)
        });
        assert_eq!(done, Err(LedgerError::Nobody));
    }

    fn r4_b_what_the_ledger_does_not_allow_is_not_held(home: TestDb) {
        let mut city = City::found(home);
        city.decide(false);
        // The list was read while the number was allowed: the store asks again.
        let cards = city.listed(3, 'A');
        assert!(cards.iter().all(|card| held(&city, *card).is_none()));
        city.seal();
        city.verify();
    }

    fn g18_what_the_city_ends_is_deleted_in_portions(home: TestDb) {
        let mut city = City::found(home);
        let (_, other) = people(&mut city);
        let cards = city.listed(5, 'A');
        assert!(cards.iter().all(|card| held(&city, *card).is_some()));
        assert_eq!(sweep(&mut city, 100), 0, "what is allowed stays");
        let act = act_of(&mut city, other);
        let end = move |tx: &mut store::Tx<'_>| store::ledger::end(tx, &act, Field::NoticeNumber);
        city.db().write_now(Lane::Staff, end).unwrap();
        assert_eq!((sweep(&mut city, 3), sweep(&mut city, 3), sweep(&mut city, 3)), (3, 2, 0));
        assert!(cards.iter().all(|card| held(&city, *card).is_none()));
        assert_eq!(deletions(&city), [(3, Deletion::Ended), (2, Deletion::Ended)]);
        let act = act_of(&mut city, other);
        let again = move |tx: &mut store::Tx<'_>| store::ledger::end(tx, &act, Field::NoticeNumber);
        assert_eq!(city.db().write_now(Lane::Staff, again), Err(LedgerError::NotHeld));
        city.seal();
        city.verify();
    }

    fn g18_a_notice_number_is_deleted_after_its_retention(home: TestDb) {
        let mut city = City::found(home);
        let (one, other) = people(&mut city);
        let version = propose(&mut city, one, Field::NoticeNumber, 2);
        decide(&mut city, other, version, true).unwrap();
        let (issued, waiting) = (city.notified(1, 'I')[0], city.listed(1, 'W')[0]);
        issue(&mut city, issued);
        let day = domain::time::day_of(city.now());
        for later in 0..=2 {
            city.at(day + jiff::Span::new().days(later), 12 * 60);
            assert_eq!(sweep(&mut city, 100), 0, "{later} days later it is still held");
        }
        city.advance(SignedDuration::from_hours(24));
        assert_eq!(sweep(&mut city, 100), 1);
        assert_eq!((held(&city, issued), held(&city, waiting).is_some()), (None, true));
        assert_eq!(deletions(&city), [(1, Deletion::Retention)]);
        city.seal();
        city.verify();
    }
}

#[test]
fn r4_b_one_statement_holds_personal_data_and_it_asks_the_ledger() {
    let source = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut folders = vec![source];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if std::fs::read_to_string(&path).unwrap().contains("INSERT INTO personal") {
                found.push(path.file_name().unwrap().to_string_lossy().into_owned());
            }
        }
    }
    assert_eq!(found, ["privacy.rs"]);
    let privacy = include_str!("../src/privacy.rs");
    assert_eq!(privacy.matches("&HOLD,").count(), 1, "one function holds");
    assert_eq!(privacy.matches("Allowed { field, retention_days").count(), 1, "one function gives the proof");
}
