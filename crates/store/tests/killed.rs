//! The process is killed in the middle of a freeze, of a pull and of a close, and right after each was answered: what
//! was not answered has not happened, what was answered has, and the work goes on where it stood. And it is killed at any
//! moment of scanning: every scan that was answered stands in the story of its card.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test fails where it stands; the child speaks on stdout"
)]

use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use domain::id::{CardId, PlaceId};
use domain::journal::{Actor, BusinessDay};
use domain::place::PlaceKind;
use domain::service::Service;
use domain::time::instant_at;
use jiff::civil::{Date, date};
use store::pull::Pulled;
use store::{Act, Db, Error, Lane};
use testkit::{City, TestDb, on_both};

const EVE: Date = date(2026, 11, 24);
const DAY: Date = date(2026, 11, 25);
/// What the child does, and where its database is.
const DO: &str = "MADOGUCHI_KILLED_DO";
const PLACE: &str = "MADOGUCHI_KILLED_PLACE";
const SCHEMA: &str = "MADOGUCHI_KILLED_SCHEMA";

/// A moment of the transaction at which the process is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    /// Everything is written and not committed.
    Inside,
    /// The answer is there.
    Answered,
}

fn day() -> BusinessDay {
    BusinessDay { service: Service::Issuance, site: "honcho".parse().unwrap(), day: DAY }
}

fn act(day: Date, minute: u16, n: u8) -> Act {
    Act::new(instant_at(day, minute), Actor::Command, [n; 16])
}

/// Says that the moment has come, and waits for the end.
fn waits_to_be_killed() -> ! {
    println!("now");
    std::thread::sleep(Duration::from_mins(1));
    panic!("nobody killed the child")
}

/// Runs `work` in one transaction and stops at the moment.
fn stops<T: Send + 'static>(
    db: &Db,
    at: At,
    work: impl Fn(&mut store::Tx<'_>) -> Result<T, Error> + Send + 'static,
) {
    let done = db.write_now(Lane::Staff, move |tx| {
        let done = work(tx)?;
        if at == At::Inside {
            waits_to_be_killed();
        }
        Ok::<_, Error>(done)
    });
    drop(done.unwrap());
    waits_to_be_killed();
}

fn broken(error: impl std::fmt::Display) -> Error {
    Error::Broken(error.to_string())
}

#[test]
#[ignore = "the process that is killed by the other tests"]
fn child() {
    let place = std::env::var(PLACE).unwrap();
    let db = match std::env::var(SCHEMA) {
        Ok(schema) => Db::postgres(&place, Some(&schema), None).unwrap(),
        Err(_) => Db::sqlite(place.as_ref()).unwrap(),
    };
    let what = std::env::var(DO).unwrap();
    let (what, at) = what.split_once(' ').unwrap();
    let at = if at == "Inside" { At::Inside } else { At::Answered };
    match what {
        "freeze" => {
            stops(&db, at, |tx| store::day_list::freeze(tx, &act(EVE, 9 * 60, 1), &day()).map_err(broken));
        }
        "close" => stops(&db, at, |tx| {
            store::report::close(tx, &act(DAY, 18 * 60, 2), &day(), None, 0, "").map_err(broken)
        }),
        "pull" => {
            let wanted = db.read_now(|reader| store::pull::wanted(reader, &day())).unwrap();
            let half = wanted.len() / 2;
            for (line, n) in wanted.iter().zip(3..) {
                let card = line.card;
                let pull = move |tx: &mut store::Tx<'_>| {
                    store::pull::pull(tx, &act(EVE, 14 * 60, n), card, &day()).map_err(broken)
                };
                if usize::from(n) - 3 == half {
                    stops(&db, at, pull);
                }
                db.write_now(Lane::Staff, pull).unwrap();
            }
        }
        "scan" => scans(&db),
        other => panic!("nobody can {other}"),
    }
}

/// Puts cards from box to box, one a transaction, and says each when it was answered. Ends by being killed.
fn scans(db: &Db) {
    let site = "honcho".parse().unwrap();
    let boxes = db.read_now(move |reader| store::place::of_kind(reader, &site, PlaceKind::Box)).unwrap();
    let cards = db.read_now(|reader| store::pull::wanted(reader, &day())).unwrap();
    let process = u128::from(std::process::id()) << 40;
    for n in 0_u32..100_000 {
        let card = cards[usize::try_from(n).unwrap() * 5 % cards.len()].card;
        let boxes: Vec<PlaceId> = boxes.iter().map(|place| place.id).collect();
        // The ids of an act are counted up from its seed.
        let seed = process + (u128::from(n) << 16);
        let act = Act::new(instant_at(EVE, 14 * 60), Actor::Command, seed.to_le_bytes());
        let put = move |tx: &mut store::Tx<'_>| {
            let here = store::card::find(tx, card)?.map(|card| card.place);
            let other = boxes.iter().copied().filter(|place| Some(*place) != here);
            let to =
                other.cycle().nth(usize::try_from(n / 7).unwrap_or(0)).ok_or_else(|| broken("no box"))?;
            store::card::put_away(tx, &act, card, to).map_err(broken)?;
            Ok::<_, Error>(to)
        };
        let to = db.write_now(Lane::Staff, put).unwrap();
        println!("put {card} {to}");
    }
}

/// The process that does `what`, to be killed.
fn begins(home: &TestDb, what: &str, at: At) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "child", "--ignored", "--nocapture"]).env(DO, format!("{what} {at:?}"));
    match home.server() {
        Some((url, schema)) => drop(command.env(PLACE, url).env(SCHEMA, schema)),
        None => drop(command.env(PLACE, home.file().unwrap())),
    }
    command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap()
}

/// Does `what` in a process of its own and kills it at the moment.
fn killed(home: &TestDb, what: &str, at: At) {
    let mut child = begins(home, what, at);
    let mut said = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let reached = said.any(|line| line.ends_with("now"));
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(reached, "the child could not {what}");
}

/// Twelve cards in a box, all booked for the day.
fn city(home: TestDb) -> (City, Vec<CardId>) {
    let mut city = City::found(home);
    let cards = city.notified(12, 'A');
    let bin = city.new_box("箱1");
    for card in &cards {
        let (act, card) = (city.act(), *card);
        city.db().write_now(Lane::Staff, move |tx| store::card::put_away(tx, &act, card, bin)).unwrap();
    }
    city.at(date(2026, 11, 20), 9 * 60);
    for (card, start) in cards.iter().zip(["9:00", "9:10", "9:20", "9:30"].iter().cycle()) {
        let slot = city.slot(DAY, start);
        city.book(*card, slot).unwrap();
    }
    city.at(EVE, 9 * 60);
    (city, cards)
}

fn on_the_tray(city: &City) -> usize {
    let wanted = city.db().read_now(|reader| store::pull::wanted(reader, &day())).unwrap();
    wanted.iter().filter(|line| line.place_kind == PlaceKind::Tray).count()
}

on_both! {
    fn r5_c5_a_freeze_that_was_killed_is_whole_or_not_at_all(home: TestDb) {
        let (mut city, _) = city(home);
        let lines = |city: &City| (city.home.rows_of("day_list"), city.home.rows_of("day_list_line"));
        killed(&city.home, "freeze", At::Inside);
        assert_eq!(lines(&city), (0, 0));
        assert_eq!(city.verify(), []);
        killed(&city.home, "freeze", At::Answered);
        assert_eq!(lines(&city), (1, 12));
        city.seal();
        assert_eq!(city.verify(), []);
    }

    fn r5_c5_a_pull_that_was_killed_goes_on_with_the_next_card(home: TestDb) {
        let (mut city, cards) = city(home);
        killed(&city.home, "pull", At::Inside);
        assert_eq!(on_the_tray(&city), 6);
        killed(&city.home, "pull", At::Answered);
        assert_eq!(on_the_tray(&city), 7);
        // Somebody else scans every card: those on the tray stay there, the others come.
        let mut pulled = 0;
        for card in cards {
            let act = city.act();
            let done = city.db().write_now(Lane::Staff, move |tx| store::pull::pull(tx, &act, card, &day()));
            pulled += usize::from(done.unwrap() == Pulled::Pulled);
        }
        assert_eq!((pulled, on_the_tray(&city)), (5, 12));
        city.seal();
        assert_eq!(city.verify(), []);
    }

    fn r5_c7_every_scan_that_was_answered_before_the_kill_stands_in_the_story_of_its_card(home: TestDb) {
        let (mut city, _) = city(home);
        city.new_box("箱2");
        city.new_box("箱3");
        let steps = |city: &City, card: CardId| {
            let steps = city.db().read_now(move |reader| store::card::steps(reader, card)).unwrap();
            steps.into_iter().map(|step| step.place_to).collect::<Vec<_>>()
        };
        let name = |city: &City, place: PlaceId| {
            city.db().read_now(move |reader| store::place::find(reader, place)).unwrap().unwrap().name
        };
        let cards = city.db().read_now(|reader| store::pull::wanted(reader, &day())).unwrap();
        for (after, pause) in [(1, 0), (3, 900), (8, 200), (20, 1_700), (41, 450)] {
            let before: HashMap<CardId, usize> =
                cards.iter().map(|line| (line.card, steps(&city, line.card).len())).collect();
            let mut child = begins(&city.home, "scan", At::Inside);
            let mut said = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
            let read = |line: String| -> Option<(CardId, PlaceId)> {
                let (card, place) = line.split_once("put ")?.1.split_once(' ')?;
                Some((card.parse().ok()?, place.parse().ok()?))
            };
            let mut answered: Vec<_> = said.by_ref().filter_map(read).take(after).collect();
            // Somewhere in the middle of one of the next.
            std::thread::sleep(Duration::from_micros(pause));
            child.kill().unwrap();
            child.wait().unwrap();
            answered.extend(said.filter_map(read));
            assert!(answered.len() >= after);
            let mut unanswered = 0;
            for line in &cards {
                let names = steps(&city, line.card);
                let scans = answered.iter().filter(|(card, _)| *card == line.card);
                let told: Vec<String> = scans.map(|(_, place)| name(&city, *place)).collect();
                let new = &names[before[&line.card]..];
                assert_eq!(&new[..told.len()], told, "what was answered happened, in its order");
                unanswered += new.len() - told.len();
            }
            // The one under way may have been kept or not; no other.
            assert!(unanswered <= 1, "{unanswered}");
            city.seal();
            assert_eq!(city.verify(), []);
        }
    }

    fn r6_c5_a_close_that_was_killed_is_done_once(home: TestDb) {
        let (mut city, _) = city(home);
        city.at(DAY, 17 * 60 + 40);
        let site = city.site.clone();
        let booked = move |reader: &mut store::Reader<'_>| {
            store::reservation::of_day(reader, Service::Issuance, &site, DAY)
        };
        for line in city.db().read_now(booked).unwrap() {
            let act = city.act();
            city.db().write_now(Lane::Staff, move |tx| store::reception::not_come(tx, &act, line.id)).unwrap();
        }
        killed(&city.home, "close", At::Inside);
        assert_eq!(city.home.rows_of("day_close"), 0);
        city.seal();
        assert_eq!(city.verify(), []);
        killed(&city.home, "close", At::Answered);
        let closed = city.db().read_now(|reader| store::report::closed(reader, &day())).unwrap().unwrap();
        assert_eq!((closed.city_count, closed.state.unwrap().main.not_come), (0, 12));
        city.seal();
        assert_eq!(city.verify(), []);
    }
}
