//! Power cuts: bookings run, the process is killed at random, what was not synced is cut away, and every
//! acknowledged booking must still be there. With syncing switched off the same test must see a loss.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test fails where it stands; the child speaks on stdout"
)]

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use domain::card::Progress;
use domain::id::ReservationId;
use domain::journal::{Actor, Slot};
use domain::reservation::{Channel, State};
use domain::service::Service;
use domain::time::{Start, instant_at};
use jiff::civil::date;
use store::keys::Keys;
use store::reservation::{BookingError, Wish};
use store::{Act, Db, Durability, Lane};
use testkit::{City, TestDb};

const ROUNDS: u32 = 30;
const CARDS: u32 = 400;
/// Names the database to the child, and how durable it is.
const CHILD: &str = "MADOGUCHI_POWER_CHILD";
const SCHEMA: &str = "MADOGUCHI_POWER_SCHEMA";
const OFF: &str = "MADOGUCHI_POWER_OFF";

/// The keys of every test city.
fn keys() -> Arc<Keys> {
    let mut chance = [0; 96];
    chance.iter_mut().zip(1_u8..).for_each(|(byte, n)| *byte = n);
    Arc::new(Keys::first(&chance))
}

/// Books every notified card, eight callers at once, and says so after each answer.
fn book_everything(db: &Db) {
    let rules = Arc::new(db.read_now(store::rules::load).unwrap());
    let cards =
        db.read_now(|reader| store::card::list(reader, Some(Progress::Notified), None, 10_000)).unwrap();
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    let Some(card) = cards.get(n) else { return };
                    let start = Start::new(9 * 60 + 10 * u16::try_from(n / 4 % 48).unwrap()).unwrap();
                    let day = date(2026, 11, 24)
                        .checked_add(jiff::Span::new().days(i64::try_from(n / 192).unwrap()))
                        .unwrap();
                    let slot =
                        Slot { service: Service::Issuance, site: "honcho".parse().unwrap(), day, start };
                    let wish = Wish { card: card.id, slot, channel: Channel::Web, language: "ja".to_owned() };
                    let mut seed = [7; 16];
                    seed[4..8].copy_from_slice(&u32::try_from(n).unwrap().to_le_bytes());
                    let act = Act::new(instant_at(date(2026, 11, 3), 600), Actor::Citizen, seed);
                    let (keys, rules) = (keys(), rules.clone());
                    let booked = db.write_now(Lane::Public, move |tx| {
                        let held = store::reservation::hold(tx, &act, &keys, &rules, &wish, 10)?;
                        store::reservation::confirm(tx, &act, held.id)
                    });
                    match booked {
                        Ok(booked) => {
                            // One write a line, so that a killed process leaves no half of one.
                            let line = format!("{}\n", booked.id);
                            std::io::stdout().write_all(line.as_bytes()).unwrap();
                        }
                        Err(BookingError::Full) => {}
                        // The test kills the database's server; what was not acknowledged does not count.
                        Err(_) => return,
                    }
                }
            });
        }
    });
}

#[test]
#[ignore = "the process that is killed by the other tests"]
fn child() {
    let place = std::env::var(CHILD).unwrap();
    let db = if let Ok(schema) = std::env::var(SCHEMA) {
        Db::postgres(&place, Some(&schema), None).unwrap()
    } else {
        let durability = if std::env::var(OFF).is_ok() { Durability::Off } else { Durability::Full };
        Db::sqlite_with(Path::new(&place), durability).unwrap()
    };
    println!("ready");
    book_everything(&db);
}

fn spawn_child(
    configure: impl FnOnce(&mut Command),
) -> (std::process::Child, std::thread::JoinHandle<Vec<ReservationId>>, std::sync::mpsc::Receiver<()>) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "child", "--ignored", "--nocapture"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    configure(&mut command);
    let mut child = command.spawn().unwrap();
    let (ready, is_ready) = std::sync::mpsc::channel();
    let out = child.stdout.take().unwrap();
    let reading = std::thread::spawn(move || {
        let mut acknowledged = Vec::new();
        for line in BufReader::new(out).lines().map_while(Result::ok) {
            if line.ends_with("ready") {
                ready.send(()).unwrap();
            }
            acknowledged.extend(line.parse::<ReservationId>());
        }
        acknowledged
    });
    (child, reading, is_ready)
}

/// How many acknowledged bookings the database has lost.
fn lost(db: &Db, acknowledged: &[ReservationId]) -> usize {
    let ids = acknowledged.to_vec();
    db.read_now(move |reader| {
        let mut lost = 0;
        for id in &ids {
            let found = store::reservation::find(reader, *id)?;
            lost += usize::from(found.is_none_or(|booked| booked.state != State::Booked));
        }
        Ok::<_, store::Error>(lost)
    })
    .unwrap()
}

fn shim(folder: &Path) -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/power/synced.c");
    let library = folder.join("synced.so");
    let compiled = Command::new("cc")
        .args(["-shared", "-fPIC", "-O1", "-o"])
        .arg(&library)
        .arg(source)
        .arg("-ldl")
        .status();
    assert!(compiled.unwrap().success(), "the shim must compile");
    library
}

/// A city of notified cards, closed, so that its file can be copied.
fn template(folder: &Path) -> PathBuf {
    let mut city = City::found(TestDb::sqlite());
    city.notified(CARDS, 'A');
    let file = city.home.file().unwrap();
    let copy = folder.join("template.db");
    city.home.by_hand("PRAGMA wal_checkpoint(TRUNCATE)");
    std::fs::copy(file, &copy).unwrap();
    copy
}

/// One power cut on the embedded database. Answers how many bookings were acknowledged and how many are lost.
fn cut(folder: &Path, template: &Path, shim: &Path, round: u32, durability: Durability) -> (usize, usize) {
    let file = folder.join(format!("round{round}.db"));
    std::fs::copy(template, &file).unwrap();
    let (mut child, reading, ready) = spawn_child(|command| {
        command.env(CHILD, &file).env("LD_PRELOAD", shim);
        if durability == Durability::Off {
            command.env(OFF, "1");
        }
    });
    ready.recv_timeout(Duration::from_secs(30)).unwrap();
    // Spread over the run by a fixed sequence: a failure can be seen again.
    std::thread::sleep(Duration::from_millis(3 + u64::from(round * 37 % 60)));
    child.kill().unwrap();
    child.wait().unwrap();
    let acknowledged = reading.join().unwrap();
    let log = folder.join(format!("round{round}.db-wal"));
    // Killed before the first length was written down: nothing of the log was synced for sure, nothing acknowledged.
    let side = std::fs::read(folder.join(format!("round{round}.db-wal.synced"))).unwrap_or_default();
    let synced = side.try_into().map_or(0, u64::from_ne_bytes);
    if log.exists() {
        std::fs::OpenOptions::new().write(true).open(&log).unwrap().set_len(synced).unwrap();
    }
    drop(std::fs::remove_file(folder.join(format!("round{round}.db-shm"))));
    let db = Db::sqlite(&file).unwrap();
    let lost = lost(&db, &acknowledged);
    let keys = keys();
    assert_eq!(db.read_now(move |reader| store::verify::verify(reader, &keys)).unwrap(), []);
    (acknowledged.len(), lost)
}

#[test]
fn r4_h_a_power_cut_loses_no_acknowledged_booking() {
    let folder = tempfile::tempdir().unwrap();
    let (template, shim) = (template(folder.path()), shim(folder.path()));
    let mut acknowledged = 0;
    for round in 0..ROUNDS {
        let (n, lost) = cut(folder.path(), &template, &shim, round, Durability::Full);
        assert_eq!(lost, 0, "round {round}: {lost} of {n} lost");
        acknowledged += n;
    }
    assert!(acknowledged > 100, "only {acknowledged} bookings ran in all rounds");
}

#[test]
fn r4_h_without_syncing_the_same_test_sees_a_loss() {
    let folder = tempfile::tempdir().unwrap();
    let (template, shim) = (template(folder.path()), shim(folder.path()));
    let seen = (0..ROUNDS).any(|round| cut(folder.path(), &template, &shim, round, Durability::Off).1 > 0);
    assert!(seen, "the test cannot see a loss");
}

#[test]
fn r4_h_a_killed_postgres_loses_no_acknowledged_booking() {
    let mut cluster = testkit::Cluster::start();
    for round in 0..3_u32 {
        let schema = format!("round{round}");
        let mut city = City::found(TestDb::in_cluster(&cluster, &schema));
        city.notified(100, 'A');
        let (mut child, reading, ready) = spawn_child(|command| {
            command.env(CHILD, cluster.url()).env(SCHEMA, &schema);
        });
        ready.recv_timeout(Duration::from_secs(30)).unwrap();
        std::thread::sleep(Duration::from_millis(40 + u64::from(round) * 60));
        cluster.kill();
        drop(child.kill());
        child.wait().unwrap();
        let acknowledged = reading.join().unwrap();
        cluster.restart();
        let db = Db::postgres(&cluster.url(), Some(&schema), None).unwrap();
        assert_eq!(lost(&db, &acknowledged), 0);
        let keys = keys();
        assert_eq!(db.read_now(move |reader| store::verify::verify(reader, &keys)).unwrap(), []);
    }
}

#[test]
fn r4_h_a_server_that_does_not_sync_is_refused() {
    let mut cluster = testkit::Cluster::start();
    cluster.kill();
    cluster.restart_with("-c fsync=off");
    let refused = Db::postgres(&cluster.url(), None, None).err().unwrap();
    assert!(refused.to_string().contains("fsync"), "{refused}");
}
