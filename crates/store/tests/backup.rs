//! Backups: made while bookings go on, checked, brought back, and refused where anything is wrong with them.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use domain::id::ReservationId;
use domain::reservation::State;
use jiff::civil::date;
use parking_lot::Mutex;
use store::backup::{self, BackupError, Checked, Made, Place};
use store::keys::Keys;
use store::{Db, Lane};
use testkit::{City, Spare, TestDb, on_both};

const DAY: jiff::civil::Date = date(2026, 11, 24);

/// A folder with the name of a backup in it.
fn folder() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("madoguchi.backup");
    (folder, file)
}

/// A city with a booking, and a backup of it that holds.
fn backed_up(home: TestDb, file: &Path) -> City {
    let mut city = City::found(home);
    let card = city.notified(2, 'A')[0];
    city.book(card, city.slot(DAY, "9:00")).unwrap();
    city.seal();
    let made = backup::make(&city.home.place(), &city.keys, file).unwrap();
    assert_eq!(made.bytes, std::fs::metadata(file).unwrap().len());
    assert_holds(&made, &city.home);
    city
}

/// The embedded database was verified, the other one read through.
fn assert_holds(made: &Made, home: &TestDb) {
    let wanted = if home.file().is_some() { Checked::Verified(Vec::new()) } else { Checked::Readable };
    assert_eq!(made.checked, wanted);
}

fn verify(db: &Db, city: &City) -> Vec<store::verify::Finding> {
    let keys = city.keys.clone();
    db.read_now(move |reader| store::verify::verify(reader, &keys)).unwrap()
}

/// The booked ones of these reservations.
fn booked(db: &Db, ids: &BTreeSet<ReservationId>) -> BTreeSet<ReservationId> {
    let ids = ids.clone();
    db.read_now(move |reader| {
        let mut found = BTreeSet::new();
        for id in &ids {
            let booked = store::reservation::find(reader, *id)?;
            found.extend(booked.filter(|booked| booked.state == State::Booked).map(|_| *id));
        }
        Ok::<_, store::Error>(found)
    })
    .unwrap()
}

/// Makes the checksum of a file anew, as somebody may who trusts it.
fn trust(file: &Path) {
    let said = Command::new("sha256sum").arg(file).output().unwrap();
    assert!(said.status.success());
    std::fs::write(sum_of(file), said.stdout).unwrap();
}

fn sum_of(file: &Path) -> PathBuf {
    PathBuf::from(format!("{}.sha256", file.display()))
}

fn names_in(folder: &Path) -> BTreeSet<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// What the database answers while a backup of it is made.
struct Rush {
    acknowledged: Mutex<BTreeSet<ReservationId>>,
    slowest: Mutex<Duration>,
    next: AtomicUsize,
    stop: AtomicBool,
}

on_both! {
    fn a_backup_of_a_running_database_restores_to_a_clean_one(home: TestDb) {
        let (_folder, file) = folder();
        let mut city = City::found(home);
        let cards = city.notified(600, 'A');
        let work: Vec<_> = cards
            .into_iter()
            .enumerate()
            .map(|(n, card)| {
                let day = DAY.checked_add(jiff::Span::new().days([0, 1, 2, 3][n % 4])).unwrap();
                let start = format!("{}:{}0", 9 + n / 4 % 8, n / 32 % 6);
                (city.citizen(), city.wish(card, city.slot(day, &start)))
            })
            .collect();
        // pg_dump needs a while to begin, and there must be cards left to be booked by then.
        let pause = Duration::from_millis(if city.home.file().is_some() { 1 } else { 5 });
        let rush = Rush {
            acknowledged: Mutex::default(),
            slowest: Mutex::default(),
            next: AtomicUsize::new(0),
            stop: AtomicBool::new(false),
        };
        let (before, during) = std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    while !rush.stop.load(Ordering::Relaxed) {
                        let Some((act, wish)) = work.get(rush.next.fetch_add(1, Ordering::Relaxed)) else { return };
                        let (keys, rules) = (city.keys.clone(), city.rules.clone());
                        let (act, wish) = (*act, wish.clone());
                        let asked = Instant::now();
                        let answer = city.db().write_now(Lane::Public, move |tx| {
                            let held = store::reservation::hold(tx, &act, &keys, &rules, &wish, 10)?;
                            store::reservation::confirm(tx, &act, held.id)
                        });
                        // The backup is not noticed by those who book.
                        let booked = answer.unwrap();
                        rush.acknowledged.lock().insert(booked.id);
                        let mut slowest = rush.slowest.lock();
                        *slowest = asked.elapsed().max(*slowest);
                        drop(slowest);
                        std::thread::sleep(pause);
                    }
                });
            }
            while rush.acknowledged.lock().len() < 40 {
                std::thread::sleep(Duration::from_millis(1));
            }
            let before = rush.acknowledged.lock().clone();
            let made = backup::make(&city.home.place(), &city.keys, &file);
            let during = rush.acknowledged.lock().len() - before.len();
            rush.stop.store(true, Ordering::Relaxed);
            assert_holds(&made.unwrap(), &city.home);
            (before, during)
        });
        assert!(during > 0, "nothing was booked while the backup was made");
        assert!(*rush.slowest.lock() < Duration::from_secs(5), "a booking was held up by the backup");
        assert_eq!(city.verify(), []);

        let spare = city.home.spare();
        backup::restore(&spare.place, &city.keys, &file).unwrap();
        let copy = spare.open();
        assert_eq!(verify(&copy, &city), []);
        assert_eq!(booked(&copy, &before), before, "an acknowledged booking is not in the backup");
        // It is one moment of the city, not all of it: the copy was not made after the fact.
        let all = rush.acknowledged.lock().clone();
        assert!(booked(&copy, &all).len() < all.len(), "the copy holds what came after it");
        // And it goes on as a database does.
        copy.write_now(Lane::Staff, |tx| store::meta::set(tx, "restored", "1")).unwrap();
    }

    fn a_backup_is_for_the_program_alone_and_leaves_nothing_beside_it(home: TestDb) {
        let (folder, file) = folder();
        let city = backed_up(home, &file);
        let wanted = ["madoguchi.backup", "madoguchi.backup.sha256"].map(str::to_owned);
        assert_eq!(names_in(folder.path()), BTreeSet::from(wanted));
        for name in [&file, &sum_of(&file)] {
            assert_eq!(std::fs::metadata(name).unwrap().permissions().mode() & 0o7777, 0o600);
        }
        // The checksum is one that others understand.
        let checked = Command::new("sha256sum").args(["--check", "--strict"]).arg(sum_of(&file))
            .current_dir(folder.path()).output().unwrap();
        assert!(checked.status.success(), "{checked:?}");
        // The keys are not in it.
        let bytes = std::fs::read(&file).unwrap();
        let (_, set) = city.keys.newest().unwrap();
        for key in [&set.number, &set.lookup, &set.personal] {
            assert!(!bytes.windows(32).any(|window| window == key.bits()));
        }
    }

    fn a_damaged_backup_is_refused_and_nothing_is_made(home: TestDb) {
        let (_folder, file) = folder();
        let city = backed_up(home, &file);
        let whole = std::fs::read(&file).unwrap();
        let sum = std::fs::read(sum_of(&file)).unwrap();
        let spare = city.home.spare();
        let refused = |what: &str| {
            let error = backup::restore(&spare.place, &city.keys, &file).unwrap_err();
            assert!(matches!(&error, BackupError::Damaged { file: named, .. } if *named == file), "{what}: {error}");
            assert!(error.to_string().contains("is damaged"), "{error}");
            assert!(spare.is_empty(), "{what}: something was made");
        };
        std::fs::write(&file, &whole[..whole.len() / 2]).unwrap();
        refused("half of it");
        // The engines see it too, where somebody made the checksum anew.
        trust(&file);
        refused("half of it, with its checksum");
        std::fs::write(&file, b"").unwrap();
        trust(&file);
        refused("nothing of it");
        std::fs::write(sum_of(&file), &sum).unwrap();
        for at in [0, 40, whole.len() / 3, whole.len() / 2, whole.len() - 1] {
            let mut flipped = whole.clone();
            flipped[at] ^= 1;
            std::fs::write(&file, &flipped).unwrap();
            refused(&format!("a bit at {at}"));
        }
        std::fs::write(&file, &whole).unwrap();
        std::fs::remove_file(sum_of(&file)).unwrap();
        let error = backup::restore(&spare.place, &city.keys, &file).unwrap_err();
        assert!(matches!(error, BackupError::NoChecksum(_)), "{error}");
        assert!(spare.is_empty());
        // Only what was damaged was refused.
        trust(&file);
        backup::restore(&spare.place, &city.keys, &file).unwrap();
    }

    fn a_file_that_is_there_is_not_overwritten(home: TestDb) {
        let (folder, file) = folder();
        let city = backed_up(home, &file);
        let first = std::fs::read(&file).unwrap();
        for taken in [file.clone(), sum_of(&file), PathBuf::from(format!("{}.part", file.display()))] {
            for name in names_in(folder.path()) {
                std::fs::remove_file(folder.path().join(name)).unwrap();
            }
            std::fs::write(&taken, &first).unwrap();
            let error = backup::make(&city.home.place(), &city.keys, &file).unwrap_err();
            assert!(matches!(&error, BackupError::Exists(named) if *named == taken), "{error}");
            assert_eq!(std::fs::read(&taken).unwrap(), first);
            assert_eq!(names_in(folder.path()).len(), 1, "something else was left");
        }
    }

    fn a_backup_is_not_restored_over_records(home: TestDb) {
        let (_folder, file) = folder();
        let mut city = backed_up(home, &file);
        // What came after the backup must still be there.
        let card = city.listed(1, 'Z')[0];
        let error = backup::restore(&city.home.place(), &city.keys, &file).unwrap_err();
        match &error {
            BackupError::Exists(named) => assert_eq!(Some(named), city.home.file().as_ref()),
            BackupError::NotEmpty { schema, found } => {
                assert_eq!(*schema, city.home.server().unwrap().1);
                assert!(*found > 0);
            }
            other => panic!("{other}"),
        }
        assert!(city.db().read_now(move |reader| store::card::find(reader, card)).unwrap().is_some());
        assert_eq!(city.verify(), []);
    }

    fn records_that_do_not_hold_are_named(home: TestDb) {
        let (_folder, file) = folder();
        let mut city = City::found(home);
        let card = city.notified(1, 'A')[0];
        city.book(card, city.slot(DAY, "9:00")).unwrap();
        city.home.by_hand("UPDATE slot_usage SET telephone = telephone + 1");
        // The backup is a true copy of what is wrong, and is kept.
        let made = backup::make(&city.home.place(), &city.keys, &file).unwrap();
        if let Checked::Verified(findings) = &made.checked {
            assert_eq!(*findings, city.verify());
            assert_ne!(*findings, []);
        }
        let spare = city.home.spare();
        let error = backup::restore(&spare.place, &city.keys, &file).unwrap_err();
        assert_eq!(error.findings(), city.verify());
        assert!(error.to_string().contains("Slot"), "{error}");
        // On PostgreSQL they are left for a look, and the error says where.
        match error {
            BackupError::Findings(_) => assert!(spare.is_empty()),
            BackupError::Unfit { schema, .. } => assert_eq!(schema, city.home.server().unwrap().1),
            other => panic!("{other}"),
        }
    }

    fn the_keys_of_other_records_are_refused(home: TestDb) {
        let (_folder, file) = folder();
        let city = backed_up(home, &file);
        let other = Keys::first(&[9; 96]);
        let spare = city.home.spare();
        let error = backup::restore(&spare.place, &other, &file).unwrap_err();
        assert!(error.to_string().contains("the key file does not belong to these records"), "{error}");
        assert_eq!(error.findings(), []);
    }

    fn records_of_an_older_program_are_copied_as_they_are_and_restored_as_new_ones(home: TestDb) {
        let (_folder, file) = folder();
        let city = City::found(home);
        let migrations = city.home.rows_of("migration");
        city.home.by_hand(
            "DROP INDEX card_unannounced; DROP INDEX card_consignment; DROP INDEX card_place;
             CREATE INDEX card_place ON card (place_id); CREATE TABLE job (id TEXT PRIMARY KEY);
             DELETE FROM migration WHERE number = 2",
        );
        let made = backup::make(&city.home.place(), &city.keys, &file).unwrap();
        assert_holds(&made, &city.home);
        assert_eq!(city.home.rows_of("migration"), migrations - 1, "the backup brought the records up");
        let spare = city.home.spare();
        backup::restore(&spare.place, &city.keys, &file).unwrap();
        assert_eq!(verify(&spare.open(), &city), []);
    }

    fn records_of_a_newer_program_are_not_restored(home: TestDb) {
        let (_folder, file) = folder();
        let city = City::found(home);
        city.home.by_hand("INSERT INTO migration (number, checksum) VALUES (99, '')");
        // The embedded one is checked as a copy, so its backup is refused already.
        let spare = city.home.spare();
        let error = match backup::make(&city.home.place(), &city.keys, &file) {
            Ok(_) => backup::restore(&spare.place, &city.keys, &file).unwrap_err(),
            Err(error) => error,
        };
        assert!(error.to_string().contains("newer version of this program"), "{error}");
    }
}

/// A city on SQLite with its backup, and a place for it.
fn embedded() -> (tempfile::TempDir, PathBuf, City, Spare, PathBuf) {
    let (folder, file) = folder();
    let city = backed_up(TestDb::sqlite(), &file);
    let spare = city.home.spare();
    let Place::Sqlite(target) = &spare.place else { panic!() };
    let target = target.clone();
    (folder, file, city, spare, target)
}

#[test]
fn a_log_beside_the_place_of_a_database_is_refused() {
    let (_folder, file, city, spare, target) = embedded();
    for side in ["-wal", "-shm", "-journal"] {
        let side = PathBuf::from(format!("{}{side}", target.display()));
        std::fs::write(&side, b"of another database").unwrap();
        let error = backup::restore(&spare.place, &city.keys, &file).unwrap_err();
        assert!(matches!(&error, BackupError::Exists(named) if *named == side), "{error}");
        assert!(!target.exists());
        std::fs::remove_file(side).unwrap();
    }
    backup::restore(&spare.place, &city.keys, &file).unwrap();
    assert_eq!(names_in(target.parent().unwrap()), BTreeSet::from(["copy.db".to_owned()]));
    assert_eq!(std::fs::metadata(target).unwrap().permissions().mode() & 0o7777, 0o600);
}

#[test]
fn a_database_that_is_not_there_is_not_made_by_its_backup() {
    let (folder, file) = folder();
    let database = folder.path().join("nowhere.db");
    let error = backup::make(&Place::Sqlite(database.clone()), &testkit::city::keys(), &file).unwrap_err();
    assert!(matches!(error, BackupError::Missing(_)), "{error}");
    assert_eq!(names_in(folder.path()), BTreeSet::new());
    // And a file of something else is neither copied nor given our tables.
    store::by_hand::sqlite(&database, "CREATE TABLE other (id TEXT)").unwrap();
    let error = backup::make(&Place::Sqlite(database), &testkit::city::keys(), &file).unwrap_err();
    assert!(error.to_string().contains("no records of this program"), "{error}");
    assert!(!file.exists());
}

#[test]
fn a_damaged_database_gives_no_backup() {
    let (_folder, file, city, _spare, target) = embedded();
    // Pages of its records, behind those that say which tables there are, are overwritten while nobody has it open.
    let mut bytes = std::fs::read(&file).unwrap();
    let behind = bytes.len() / 4 * 3;
    bytes[behind..behind + 40_960].fill(7);
    std::fs::write(&target, &bytes).unwrap();
    let (folder, again) = folder();
    let error = backup::make(&Place::Sqlite(target.clone()), &city.keys, &again).unwrap_err();
    // Where the damage lies decides whether the copy or its check finds it; either names the database.
    assert!(error.to_string().contains(&target.display().to_string()), "{error}");
    assert_eq!(names_in(folder.path()), BTreeSet::new());
}

/// A `pg_dump` of the test's own.
fn stand_in(folder: &Path, script: &str) {
    let program = folder.join("pg_dump");
    std::fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o700)).unwrap();
}

#[test]
fn the_password_is_never_on_a_command_line() {
    let home = TestDb::postgres();
    let (folder, file) = folder();
    let Place::Postgres(mut server) = home.place() else { panic!() };
    server.url = server.url.replacen('@', ":himitsu-no-kotoba@", 1);
    let programs = tempfile::tempdir().unwrap();
    server.programs = Some(programs.path().to_owned());
    let seen = programs.path().join("seen");
    stand_in(
        programs.path(),
        &format!(
            "echo \"$@\" > {0}; echo \"$PGPASSWORD\" > {0}.password; echo no luck >&2; exit 3",
            seen.display()
        ),
    );
    let keys = testkit::city::keys();
    let error = backup::make(&Place::Postgres(server.clone()), &keys, &file).unwrap_err();
    assert_eq!(error.to_string(), "pg_dump: no luck");
    let words = std::fs::read_to_string(&seen).unwrap();
    assert!(words.contains("--format=custom") && !words.contains("himitsu"), "{words}");
    let password = std::fs::read_to_string(programs.path().join("seen.password")).unwrap();
    assert_eq!(password, "himitsu-no-kotoba\n");
    assert_eq!(names_in(folder.path()), BTreeSet::new(), "a failed backup leaves nothing");

    // A dump that ends in order and is none.
    std::os::unix::fs::symlink(
        Path::new(&std::env::var(testkit::cluster::PROGRAMS).unwrap()).join("pg_restore"),
        programs.path().join("pg_restore"),
    )
    .unwrap();
    stand_in(programs.path(), "echo all well");
    let error = backup::make(&Place::Postgres(server.clone()), &keys, &file).unwrap_err();
    assert!(matches!(error, BackupError::Damaged { .. }), "{error}");

    server.programs = Some(folder.path().join("nowhere"));
    let error = backup::make(&Place::Postgres(server), &keys, &file).unwrap_err();
    assert!(error.to_string().contains("pg_dump: it cannot be started"), "{error}");
    assert_eq!(names_in(folder.path()), BTreeSet::new());
}

#[test]
fn a_schema_is_restored_under_its_own_name_only() {
    let (_folder, file) = folder();
    let city = backed_up(TestDb::postgres(), &file);
    let spare = city.home.spare();
    let Place::Postgres(mut server) = spare.place.clone() else { panic!() };
    server.schema = Some("another".to_owned());
    let error = backup::restore(&Place::Postgres(server), &city.keys, &file).unwrap_err();
    let own = city.home.server().unwrap().1;
    assert!(
        matches!(&error, BackupError::OtherSchema { found, wanted } if *found == own && wanted == "another"),
        "{error}"
    );
    assert!(spare.is_empty());
}
