//! Each invariant is broken by hand, behind the program's back, and `verify` names what was broken.
#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

use domain::card::{Cause, Stage};
use domain::check_sheet::{Collected, Sheet};
use domain::journal::CityRecord;
use domain::place::PlaceKind;
use domain::recall::{Booked, Source};
use domain::reception::Reason;
use jiff::civil::date;
use store::Lane;
use store::recall::Order;
use store::reception::{ReceptionError, Unserved};
use store::verify::Invariant;
use testkit::{City, TestDb, on_both};

const DAY: jiff::civil::Date = date(2026, 11, 24);

/// A city with something in every table: cards at every stage, a closed day.
fn lived_in(home: TestDb) -> City {
    let mut city = City::found(home);
    city.listed(2, 'A');
    let cards = city.notified(6, 'C');
    city.prepared(2, 'B');
    let bin = city.new_box("箱1-1-1");
    for card in &cards {
        let (act, card) = (city.act(), *card);
        city.db().write_now(Lane::Staff, move |tx| store::card::put_away(tx, &act, card, bin)).unwrap();
    }
    let booked: Vec<_> = cards[..4]
        .iter()
        .map(|card| {
            let slot = city.slot(DAY, "9:00");
            city.book(*card, slot).unwrap().id
        })
        .collect();
    let later = city.slot(date(2026, 11, 25), "9:00");
    city.book(cards[4], later.clone()).unwrap();
    city.hold(cards[5], later).unwrap();
    city.cancel(booked[3]).unwrap();
    city.at(DAY, 9 * 60);
    for card in &cards[..2] {
        let (act, card, day) = (city.act(), *card, city.day(DAY));
        city.db().write_now(Lane::Staff, move |tx| store::pull::pull(tx, &act, card, &day)).unwrap();
    }
    for (n, id) in booked[..2].iter().copied().enumerate() {
        let acts: Vec<_> = (0..5).map(|_| city.act()).collect();
        city.db()
            .write_now(Lane::Staff, move |tx| {
                let reception = store::reception::arrive(tx, &acts[0], id)?;
                if n == 1 {
                    let away = Unserved::SentAway(Reason::IdentityPapers);
                    return store::reception::send_away(tx, &acts[1], reception, &away, "免許証の期限切れ");
                }
                store::reception::check_papers(tx, &acts[1], reception, checked())?;
                store::reception::pass_to_city(tx, &acts[2], reception, "市 一郎")?;
                store::reception::issue(tx, &acts[3], reception, "市 一郎", CityRecord::Paper)
            })
            .unwrap();
    }
    let (act, id) = (city.act(), booked[2]);
    city.db().write_now(Lane::Staff, move |tx| store::reception::not_come(tx, &act, id)).unwrap();
    let (act, card) = (city.act(), cards[1]);
    city.db().write_now(Lane::Staff, move |tx| store::card::put_away(tx, &act, card, bin)).unwrap();
    let (act, day) = (city.act(), city.day(DAY));
    let counts = city
        .db()
        .write_now(Lane::Staff, move |tx| store::report::close(tx, &act, &day, None, 1, ""))
        .unwrap();
    assert_eq!((counts.booked_total(), counts.issued, counts.sent_away_total()), (4, 1, 1));
    assert_eq!((counts.not_come, counts.cancelled), (1, 1));
    let act = city.act();
    city.db()
        .write_now(Lane::Staff, move |tx| {
            let view = store::journal::View {
                screen: "cards",
                asked: "progress=booked".to_owned(),
                subjects: Vec::new(),
                found: 1,
            };
            store::journal::viewed(tx, &act, &view)
        })
        .unwrap();
    city.seal();
    city
}

/// A check sheet for the person, who handed in a 通知カード.
fn checked() -> store::reception::Checked {
    store::reception::Checked {
        sheet: Sheet::Principal,
        notice_card: Collected::HandedIn,
        old_card: Collected::None,
    }
}

/// Breaks something by hand and expects `verify` to name the invariant and the record, and nothing else.
fn found(city: &City, invariant: Invariant, sql: &str, subject: &str) {
    city.home.by_hand(sql);
    let findings = city.verify();
    assert!(
        findings.iter().any(|finding| finding.invariant == invariant && finding.subject.starts_with(subject)),
        "{invariant:?} was not found after {sql}: {findings:#?}"
    );
}

/// SQL that takes the triggers away which keep the journal.
fn without_triggers(city: &City) {
    let on = |table: &str| {
        if city.home.file().is_some() { String::new() } else { format!(" ON {table}") }
    };
    for (name, table) in [
        ("journal_stays", "journal"),
        ("journal_kept", "journal"),
        ("journal_subject_kept", "journal_subject"),
        ("journal_subject_stays", "journal_subject"),
        ("card_step_stays", "card_step"),
        ("card_step_kept", "card_step"),
    ] {
        city.home.by_hand(&format!("DROP TRIGGER IF EXISTS {name}{}", on(table)));
    }
}

/// Takes foreign keys away, which only PostgreSQL keeps for everybody.
fn without_foreign_key(city: &City, table: &str, constraint: &str) {
    if city.home.file().is_none() {
        city.home.by_hand(&format!("ALTER TABLE {table} DROP CONSTRAINT {constraint}"));
    }
}

on_both! {
    fn a_city_that_was_lived_in_is_clean(home: TestDb) {
        let city = lived_in(home);
        assert_eq!(city.verify(), []);
    }

    fn a_slot_that_counts_wrong_is_found(home: TestDb) {
        let city = lived_in(home);
        found(&city, Invariant::Slot, "UPDATE slot_usage SET web = web - 1 WHERE web > 0", "slot:issuance/honcho/2026-11-24/9:00");
    }

    fn a_slot_that_was_forgotten_is_found(home: TestDb) {
        let city = lived_in(home);
        found(&city, Invariant::Slot, "DELETE FROM slot_usage WHERE day = '2026-11-25'", "slot:issuance/honcho/2026-11-25");
    }

    fn an_overfull_slot_is_found(home: TestDb) {
        let city = lived_in(home);
        if city.home.file().is_some() {
            city.home.by_hand("PRAGMA ignore_check_constraints = ON; UPDATE slot_usage SET ceiling = 1 WHERE day = '2026-11-24'");
        } else {
            city.home.by_hand("ALTER TABLE slot_usage DROP CONSTRAINT slot_never_overfull; UPDATE slot_usage SET ceiling = 1 WHERE day = '2026-11-24'");
        }
        let findings = city.verify();
        assert!(findings.iter().any(|f| f.invariant == Invariant::Slot && f.what == "3 taken of 1, 0 beyond"), "{findings:?}");
    }

    fn r1_c2_a_place_beyond_that_nobody_gave_a_reason_for_is_found(home: TestDb) {
        let city = lived_in(home);
        found(&city, Invariant::Fold, "UPDATE reservation SET over = 1 WHERE day = '2026-11-24'", "reservation:");
        found(&city, Invariant::Slot, "UPDATE slot_usage SET over = over + 1 WHERE day = '2026-11-24'", "slot:issuance/honcho/2026-11-24/9:00");
    }

    fn a_reservation_moved_behind_the_programs_back_is_found(home: TestDb) {
        let city = lived_in(home);
        found(&city, Invariant::Fold,
            "UPDATE reservation SET day = '2026-12-01'",
            "reservation:");
    }

    fn r4_d_a_family_that_was_parted_is_found(home: TestDb) {
        let mut city = City::found(home);
        let cards = city.notified(6, 'A');
        let family = city.book_all(&cards[..4], DAY, &["9:00", "9:00", "9:10", "9:10"]).unwrap();
        let alone = city.book(cards[4], city.slot(date(2026, 11, 25), "9:00")).unwrap();
        let with_them = city.book(cards[5], city.slot(DAY, "9:20")).unwrap();
        city.seal();
        assert_eq!(city.verify(), []);
        let party = family[0].id;
        found(&city, Invariant::Party,
            &format!("UPDATE reservation SET party_id = '{party}' WHERE id = '{}'", with_them.id), "party:");
        city.home.by_hand(&format!("UPDATE reservation SET party_id = NULL WHERE id = '{}'", with_them.id));
        assert_eq!(city.verify(), []);
        let (four, day) = (family[3].id, alone.id);
        city.home.by_hand(&format!("UPDATE reservation SET party_id = NULL WHERE id = '{four}'"));
        let findings = city.verify();
        assert!(findings.iter().any(|f| f.invariant == Invariant::Fold && f.what.contains("family")), "{findings:?}");
        found(&city, Invariant::Party, &format!("UPDATE reservation SET party_id = '{party}' WHERE id = '{day}'"), "party:");
        without_foreign_key(&city, "reservation", "reservation_party_id_fkey");
        found(&city, Invariant::Party,
            &format!("UPDATE reservation SET party_id = '01ARZ3NDEKTSV4RRFFQ69G5FAV' WHERE id = '{day}'"), "reservation:");
    }

    fn r4_d_a_visitor_changed_behind_the_programs_back_is_found(home: TestDb) {
        let city = lived_in(home);
        found(&city, Invariant::Fold, "UPDATE reservation SET visitor = 'proxy' WHERE state = 'served'", "reservation:");
    }

    fn r4_d_counts_of_changes_come_from_the_journal_also_for_bookings_of_an_older_program(home: TestDb) {
        let mut city = lived_in(home);
        let card = city.notified(1, 'Y')[0];
        let (at, to) = (city.slot(date(2026, 12, 1), "9:00"), city.slot(date(2026, 12, 2), "9:00"));
        let booked = city.book(card, at).unwrap();
        city.move_to(booked.id, to).unwrap();
        assert_eq!(city.verify(), []);
        found(&city, Invariant::Fold, "UPDATE reservation SET changes = 0, web_changes = 0", "reservation:");
        // What the migration does with the bookings that it finds.
        let migration = include_str!("../migrations/sqlite/0012_changes.sql");
        let (_, fills) = migration.split_once("DEFAULT 0;\nUPDATE").unwrap();
        city.home.by_hand(&format!("UPDATE{fills}"));
        assert_eq!(city.verify(), []);
    }

    fn a_second_live_reservation_is_found(home: TestDb) {
        let city = lived_in(home);
        city.home.by_hand("DROP INDEX reservation_live_card");
        found(&city, Invariant::OneLiveReservation,
            "UPDATE reservation SET card_id = (SELECT card_id FROM reservation WHERE state = 'booked') WHERE state = 'held'",
            "card:");
    }

    fn a_card_moved_behind_the_programs_back_is_found(home: TestDb) {
        let city = lived_in(home);
        let site = city.site.clone();
        let missing = city.db().read_now(move |reader| store::place::the(reader, &site, PlaceKind::Missing)).unwrap();
        found(&city, Invariant::Place, &format!("UPDATE card SET place_id = '{missing}' WHERE progress = 'booked'"), "card:");
    }

    fn r5_c7_a_card_in_another_slot_than_its_story_says_is_found(home: TestDb) {
        let mut city = lived_in(home);
        let (numbered, cards) = (city.new_numbered_box("箱9"), city.notified(2, 'Q'));
        let (act, card) = (city.act(), cards[0]);
        city.db().write_now(Lane::Staff, move |tx| store::card::put_away(tx, &act, card, numbered)).unwrap();
        assert_eq!(city.verify(), []);
        // One that it was not given, none in a numbered box, and one where no slot is numbered.
        for (card, position) in [(cards[0], "2"), (cards[0], "NULL"), (cards[1], "1")] {
            let sql = format!("UPDATE card SET position = {position} WHERE id = '{card}'");
            found(&city, Invariant::Place, &sql, &format!("card:{card}"));
        }
    }

    fn a_card_in_no_place_is_found(home: TestDb) {
        let city = lived_in(home);
        without_foreign_key(&city, "card", "card_place_id_fkey");
        found(&city, Invariant::Place, "UPDATE card SET place_id = '01ARZ3NDEKTSV4RRFFQ69G5FAV' WHERE progress = 'booked'", "card:");
    }

    fn a_stage_changed_behind_the_programs_back_is_found(home: TestDb) {
        let city = lived_in(home);
        found(&city, Invariant::Stage, "UPDATE card SET stage = 'issued', progress = 'issued' WHERE progress = 'prepared'", "card:");
    }

    fn a_progress_that_does_not_follow_is_found(home: TestDb) {
        let city = lived_in(home);
        found(&city, Invariant::Stage, "UPDATE card SET progress = 'notified' WHERE progress = 'booked'", "card:");
    }

    fn a_step_that_was_taken_out_is_found(home: TestDb) {
        let city = lived_in(home);
        without_triggers(&city);
        found(&city, Invariant::Place, "DELETE FROM card_step WHERE n = 3", "card:");
    }

    fn an_entry_that_was_taken_out_is_found(home: TestDb) {
        let city = lived_in(home);
        without_triggers(&city);
        without_foreign_key(&city, "journal_subject", "journal_subject_entry_id_fkey");
        found(&city, Invariant::Journal, "DELETE FROM journal WHERE kind = 'booked'", "journal");
    }

    fn an_entry_that_was_rewritten_is_found(home: TestDb) {
        let city = lived_in(home);
        without_triggers(&city);
        found(&city, Invariant::Journal, "UPDATE journal SET kind = 'cancelled' WHERE kind = 'booked'", "entry:");
        found(&city, Invariant::Journal, "UPDATE journal SET day = '2020-01-01' WHERE kind = 'issued'", "entry:");
        found(&city, Invariant::Journal, "DELETE FROM journal_subject WHERE subject LIKE 'day:%'", "entry:");
    }

    fn a_reservation_that_the_journal_does_not_know_is_found(home: TestDb) {
        let city = lived_in(home);
        found(&city, Invariant::Fold, "UPDATE reservation SET state = 'cancelled' WHERE state = 'not_come'", "reservation:");
    }

    fn a_reception_that_the_journal_does_not_know_is_found(home: TestDb) {
        let city = lived_in(home);
        found(&city, Invariant::Fold, "UPDATE reception SET state = 'left' WHERE state = 'sent_away'", "reception:");
    }

    fn an_individual_number_in_a_remark_is_found(home: TestDb) {
        let city = lived_in(home);
        found(&city, Invariant::IndividualNumber, "UPDATE remark SET body = '番号は 1234-5678-9018 とのこと'", "remark:");
    }

    fn personal_data_without_the_citys_word_is_found(home: TestDb) {
        let city = lived_in(home);
        found(&city, Invariant::Personal, "UPDATE ledger SET agreed = 0", "card:");
    }

    fn personal_data_past_its_last_day_is_found(home: TestDb) {
        let city = lived_in(home);
        // The job has a day to come round: the day before the newest entry is no finding yet.
        let yesterday = domain::time::day_of(city.now()).yesterday().unwrap();
        city.home.by_hand(&format!("UPDATE personal SET delete_on = '{yesterday}'"));
        assert_eq!(city.verify(), []);
        found(&city, Invariant::Personal,
            &format!("UPDATE personal SET delete_on = '{}'", yesterday.yesterday().unwrap()), "card:");
    }

    fn a_decision_that_differs_from_what_was_approved_is_found(home: TestDb) {
        let mut city = lived_in(home);
        let act = city.act();
        let person = city.db().write_now(Lane::Staff, move |tx| {
            let one = store::person::create(tx, &act, "one", "一", "no password", false)?;
            let other = store::person::create(tx, &act, "other", "二", "no password", false)?;
            Ok::<_, store::person::PersonError>((one, other))
        });
        let (one, other) = person.unwrap();
        let (mut propose, mut decide) = (city.act(), city.act());
        propose.actor = domain::journal::Actor::Person(one);
        decide.actor = domain::journal::Actor::Person(other);
        city.db().write_now(Lane::Staff, move |tx| {
            let terms = domain::ledger::Terms {
                necessity: "要る".to_owned(), protection: "封印する".to_owned(), retention_days: 7,
            };
            let field = domain::ledger::Field::NoticeNumber;
            let version = store::ledger::propose(tx, &propose, field, &terms)?;
            store::ledger::decide(tx, &decide, version, true)
        }).unwrap();
        city.seal();
        assert_eq!(city.verify(), []);
        found(&city, Invariant::Personal, "UPDATE ledger SET retention_days = 3650", "ledger:");
    }

    fn a_sealed_field_that_was_moved_is_found(home: TestDb) {
        let city = lived_in(home);
        found(&city, Invariant::Personal,
            "UPDATE personal SET sealed = (SELECT sealed FROM personal ORDER BY subject DESC LIMIT 1)", "card:");
    }

    fn a_number_that_was_exchanged_is_found(home: TestDb) {
        let city = lived_in(home);
        let zeros = if city.home.file().is_some() { "zeroblob(32)" } else { "decode(repeat('00', 32), 'hex')" };
        found(&city, Invariant::Number,
            &format!("UPDATE card SET key_lookup = {zeros} WHERE progress = 'booked'"), "card:");
        found(&city, Invariant::Number,
            &format!("UPDATE reservation SET number_lookup = {zeros} WHERE state = 'booked'"), "reservation:");
    }

    fn a_batch_that_counts_wrong_is_found(home: TestDb) {
        let city = lived_in(home);
        found(&city, Invariant::Count, "UPDATE batch SET cards = cards + 1", "batch:");
        found(&city, Invariant::Count, "UPDATE letter_batch SET letters = letters + 1", "letters:");
        found(&city, Invariant::Count, "UPDATE consignment SET cards = cards + 1", "consignment:");
    }

    fn a_close_that_was_moved_is_found(home: TestDb) {
        let city = lived_in(home);
        found(&city, Invariant::Count, "UPDATE day_close SET through_seq = 3", "day:issuance/honcho/2026-11-24");
    }

    fn g7_a_closed_day_takes_no_more_visitors_and_its_counts_stay(home: TestDb) {
        let mut city = lived_in(home);
        let cards = city.notified(1, 'D');
        let slot = city.slot(DAY, "17:00");
        let booked = city.book(cards[0], slot).unwrap();
        let act = city.act();
        let refused = city.db().write_now(Lane::Staff, move |tx| store::reception::arrive(tx, &act, booked.id)).unwrap_err();
        assert_eq!(refused, ReceptionError::DayClosed);
        let day = city.day(DAY);
        let counts = city.db().read_now(move |reader| store::report::counts(reader, &day)).unwrap();
        assert_eq!(counts.booked_total(), 4);
        assert_eq!(counts.city_issued, Some(1));
        city.seal();
        assert_eq!(city.verify(), []);
    }

    fn r5_c1_a_list_is_visible_at_once_or_not_at_all(home: TestDb) {
        let mut city = City::found(home);
        let act = city.act();
        let header = store::consignment::Header {
            site: city.site.clone(),
            received_on: date(2026, 11, 2),
            list_date: date(2026, 10, 30),
            box_name: "1".to_owned(),
            file_hash: Some([1; 32]),
        };
        let staged = header.clone();
        let id = city.db().write_now(Lane::Staff, move |tx| store::consignment::stage(tx, &act, &staged)).unwrap();
        let portion = store::consignment::Portion {
            consignment: id,
            site: city.site.clone(),
            entry: act.id(1),
            lines: city.lines(30, 'A').into_iter().map(|line| (line, [0; 24])).collect(),
        };
        let keys = city.keys.clone();
        city.db().write_now(Lane::Staff, move |tx| {
            store::consignment::stage_lines(tx, &act, &keys, &portion, true)
        }).unwrap();
        // The process is killed here: nobody sees anything, verify has nothing to say, and a job discards it.
        let listed = city.db().read_now(|reader| store::card::list(reader, None, None, 10)).unwrap();
        assert!(listed.is_empty());
        assert_eq!(city.verify(), []);
        // What was left behind stands in nobody's way.
        let cards = city.listed(30, 'A');
        let later = city.now() + jiff::SignedDuration::from_hours(2);
        while city.db().write_now(Lane::Background, move |tx| store::consignment::discard_left_behind(tx, later)).unwrap() {}
        assert_eq!(cards.len(), 30);
        assert_eq!(city.verify(), []);
        let again = header.clone();
        let act = city.act();
        let refused = city.db().write_now(Lane::Staff, move |tx| {
            let again = store::consignment::Header { box_name: "箱A".to_owned(), ..again.clone() };
            store::consignment::stage(tx, &act, &again)
        });
        assert!(matches!(refused, Err(store::consignment::TakeError::SameList(_))), "{refused:?}");
    }

    fn r5_c4_a_reprint_ends_the_key_before_it_and_leaves_the_reservation(home: TestDb) {
        let mut city = City::found(home);
        let card = city.notified(1, 'A')[0];
        let booked = city.book(card, city.slot(DAY, "9:00")).unwrap();
        let before = city.db().read_now(move |reader| store::card::find(reader, card)).unwrap().unwrap();
        let old = domain::number::Number::derive(
            city.keys.newest().unwrap().1.number.bits(),
            domain::number::NumberKind::BookingKey,
            card.to_bytes(),
            1,
        );
        let (act, keys, found) = (city.act(), city.keys.clone(), before.clone());
        city.db().write_now(Lane::Staff, move |tx| store::letter::reprint(tx, &act, &keys, &found, "v1")).unwrap();
        let lookup = old.lookup(city.keys.newest().unwrap().1.lookup.bits());
        assert_eq!(city.db().read_now(move |reader| store::card::by_key(reader, &lookup)).unwrap(), None);
        let live = city.db().read_now(move |reader| store::reservation::live_of(reader, card)).unwrap();
        assert_eq!(live.unwrap().id, booked.id);
        assert_eq!(before.stage, Stage::Notified);
        assert_eq!(city.verify(), []);
    }

    fn r5_c5_a_recall_that_is_not_as_the_journal_says_is_found(home: TestDb) {
        let mut city = City::found(home);
        let cards = city.notified(3, 'A');
        for card in &cards[..2] {
            let slot = city.slot(DAY, "9:00");
            city.book(*card, slot).unwrap();
        }
        let recalls = [(cards[0], Some(Booked::Suspend)), (cards[1], Some(Booked::Cancel)), (cards[2], None)];
        for (card, booked) in recalls {
            let (act, rules) = (city.act(), city.rules.clone());
            let order = Order { card, cause: Cause::Moved, source: Source::Register, city: None, until: None, booked };
            let recorded = city.db().write_now(Lane::Staff, move |tx| {
                store::recall::record(tx, &act, &rules, &order)
            });
            recorded.unwrap();
        }
        city.seal();
        assert_eq!(city.verify(), []);
        let suspended = cards[0];
        let card = format!("card:{suspended}");
        // Handed out although it waits for the city, and waiting although nobody asks the city.
        found(&city, Invariant::Stage, &format!("UPDATE card SET suspended = 0 WHERE id = '{suspended}'"), &card);
        city.home.by_hand(&format!("UPDATE card SET suspended = 1 WHERE id = '{suspended}'"));
        found(&city, Invariant::Stage, &format!("UPDATE recall SET state = 'lifted' WHERE card_id = '{suspended}'"), &card);
        city.home.by_hand(&format!("UPDATE recall SET state = 'suspended' WHERE card_id = '{suspended}'"));
        // With the city by its state, and in our box by its place.
        found(&city, Invariant::Fold, &format!("UPDATE recall SET state = 'passed' WHERE card_id = '{}'", cards[2]), "recall:");
        city.home.by_hand(&format!("UPDATE recall SET state = 'ended' WHERE card_id = '{}'", cards[2]));
        found(&city, Invariant::Fold, "UPDATE telling SET told = 'told'", "telling:");
        city.home.by_hand("UPDATE telling SET told = NULL");
        assert_eq!(city.verify(), []);
        found(&city, Invariant::Fold, "DELETE FROM telling", "telling:");
        found(&city, Invariant::Fold, &format!("DELETE FROM recall WHERE card_id = '{}'", cards[1]), "recall:");
    }

    fn r5_c7_a_key_that_is_not_where_the_journal_says_is_found(home: TestDb) {
        let mut city = lived_in(home);
        let (act, site) = (city.act(), city.site.clone());
        let create = move |tx: &mut store::Tx<'_>| {
            store::place::create(tx, &act, &site, PlaceKind::Cabinet, "キャビネット9", None)
        };
        let cabinet = city.db().write_now(Lane::Staff, create).unwrap();
        let people = ["one", "two"].map(|login| {
            let act = city.act();
            let create = move |tx: &mut store::Tx<'_>| store::person::create(tx, &act, login, login, "-", false);
            city.db().write_now(Lane::Staff, create).unwrap()
        });
        let [one, two] = people;
        for (person, before) in [(one, None), (two, Some(one))] {
            let act = city.act();
            let take = move |tx: &mut store::Tx<'_>| store::cabinet_key::take(tx, &act, cabinet, person, before);
            city.db().write_now(Lane::Staff, take).unwrap();
        }
        city.seal();
        assert_eq!(city.verify(), []);
        let found = |city: &City| {
            let found = city.verify();
            found.iter().map(|one| (one.invariant, one.subject.clone())).collect::<Vec<_>>()
        };
        let wrong = vec![(Invariant::Fold, format!("key:{cabinet}"))];
        city.home.by_hand(&format!("UPDATE place_key SET person_id = '{one}'"));
        assert_eq!(found(&city), wrong);
        city.home.by_hand("DELETE FROM place_key");
        assert_eq!(found(&city), wrong);
    }

    fn r5_c7_reminders_and_disposals_that_are_not_as_the_journal_says_are_found(home: TestDb) {
        let mut city = City::found(home);
        let cards = city.notified(2, 'A');
        let person = ("市民課 一郎", CityRecord::Paper);
        city.at(date(2027, 9, 1), 600);
        let (make, sent, site, these) = (city.act(), city.act(), city.site.clone(), cards.clone());
        let criteria = domain::reminder::Criteria { posted: 90, again: None };
        let reminded = city.db().write_now(Lane::Staff, move |tx| {
            let made = store::reminder::make(tx, &make, &site, criteria, &these, person)?;
            store::reminder::sent(tx, &sent, made.id, date(2027, 9, 1), person)
        });
        reminded.unwrap();
        city.at(date(2027, 12, 2), 600);
        let acts = [city.act(), city.act(), city.act(), city.act()];
        let (site, rules, one, other) = (city.site.clone(), city.rules.clone(), cards[0], cards[1]);
        let destroyed = city.db().write_now(Lane::Staff, move |tx| {
            let months = domain::disposal::Months { posted: 12, reminded: 3 };
            let until = date(2028, 1, 31);
            store::disposal::extend(tx, &acts[0], other, domain::disposal::Reason::Away, until)?;
            // One that is kept for longer is left out, whoever ticked it.
            let done = store::disposal::order(tx, &acts[1], &rules, &site, months, &[one, other], person)?;
            assert_eq!((done.recalled, done.left_out), (1, 1));
            store::disposal::pass(tx, &acts[2], &site, 1, person)?;
            store::disposal::dispose(tx, &acts[3], &site, &[one], date(2027, 12, 2), person)
        });
        assert_eq!(destroyed, Ok(1));
        city.seal();
        assert_eq!(city.verify(), []);
        found(&city, Invariant::Fold, "UPDATE reminder SET sent_on = '2027-08-31'", "reminder:");
        city.home.by_hand("UPDATE reminder SET sent_on = '2027-09-01'");
        found(&city, Invariant::Count, "DELETE FROM reminder_card WHERE n = 2", "reminder:");
        found(&city, Invariant::Fold, "UPDATE disposal SET disposed_on = '2027-12-03'", "disposal:");
        city.home.by_hand("UPDATE disposal SET disposed_on = '2027-12-02'");
        found(&city, Invariant::Stage, &format!("UPDATE disposal SET card_id = '{other}'"), "disposal:");
        found(&city, Invariant::Fold, "DELETE FROM disposal", "disposal:");
        let anything = "(SELECT entry_id FROM reminder)";
        let forged = format!("UPDATE storage_extension SET entry_id = {anything}");
        found(&city, Invariant::Fold, &forged, "card:");
    }

    fn r5_c4_a_stock_that_is_not_what_was_counted_and_delivered_is_found(home: TestDb) {
        let mut city = City::found(home);
        let (site, day) = (city.site.clone(), date(2026, 11, 2));
        let (begin, act, add) = (city.act(), site.clone(), city.act());
        city.db().write_now(Lane::Background, move |tx| store::supply::begin(tx, &begin, &act)).unwrap();
        let at = site.clone();
        let all = city.db().read_now(move |reader| store::supply::known(reader, &at, (day, day))).unwrap();
        let supply = all[0].id;
        let of = |version, pieces| store::supply::Record { supply, version, day, pieces, remark: String::new() };
        let (counted, delivered) = (of(1, 100), of(2, 50));
        let at = site.clone();
        city.db().write_now(Lane::Staff, move |tx| store::supply::count(tx, &add, &at, &counted)).unwrap();
        let act = city.act();
        city.db().write_now(Lane::Staff, move |tx| store::supply::deliver(tx, &act, &site, &delivered)).unwrap();
        city.seal();
        assert_eq!(city.verify(), []);
        for broken in [
            format!("UPDATE supply SET stock = 149 WHERE id = '{supply}'"),
            format!("UPDATE supply SET stock = 150 WHERE id = '{supply}'; DELETE FROM supply_move WHERE move = 'counted'"),
        ] {
            city.home.by_hand(&broken);
            let found: Vec<_> = city.verify().into_iter().map(|one| (one.invariant, one.subject)).collect();
            assert_eq!(found, [(Invariant::Count, format!("supply:{supply}"))], "{broken}");
        }
    }
}
