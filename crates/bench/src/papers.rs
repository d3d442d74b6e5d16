//! Papers over the whole way: asked on the staff's page, rendered by a child process of the program as it does it. 500
//! guide letters in their parts of fifty, and the list of a day of 400 reservations.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::permission::Role;
use domain::rules::RuleBody;
use madoguchi::renderer::{Limits, Program, Renderer};
use storykit::{Browser, House};

use crate::city::{Engine, FIRST};
use crate::table::{Goal, Table};

/// Letters, in parts of [`store::letter::PART`].
const LETTERS: u32 = 500;
/// Reservations of the day.
const LISTED: u32 = 400;
/// How long one paper may take before it is given up.
const PATIENCE: Duration = Duration::from_mins(2);

/// The program beside this one, which renders in a child process.
fn renderer() -> Renderer {
    let this = std::env::current_exe().expect("this program");
    let program = this.with_file_name("madoguchi");
    assert!(program.exists(), "papers are rendered by the program: build madoguchi beside the bench");
    Renderer::new(Program::render(program, &[PathBuf::from("/usr/share/fonts")]), Limits::within(PATIENCE))
}

/// Measures one database.
pub(crate) fn measure(table: &mut Table, engine: Engine, rounds: usize) {
    let name = engine.name();
    let mut house = House::with_printer(engine.home(), Arc::new(renderer()));
    let parts = letters(&mut house);
    lists(&mut house);
    let mut person = house.person(Role::PersonInCharge);
    // The first paper starts the child and loads the fonts; in operation that is done when the program starts.
    paper(&mut person, &parts[0]);
    let rounds = rounds.min(3);
    let (mut all, mut list) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let took: Duration = parts.iter().map(|part| paper(&mut person, part)).sum();
        all.push(took.as_secs_f64());
        list.push(paper(&mut person, &format!("/reservations/{FIRST}.pdf")).as_secs_f64());
    }
    table.add(format!("{name}: 500 guide letters as PDF, in ten parts"), "s", &all, Goal::Below(30.0));
    table.add(format!("{name}: the list of a day of 400 reservations as PDF"), "s", &list, Goal::Below(1.0));
}

/// Cards that wait for their letters, and the addresses of the papers of their parts.
fn letters(house: &mut House) -> Vec<String> {
    house.city.prepared(LETTERS, 'L');
    let mut person = house.person(Role::PersonInCharge);
    let mut parts = Vec::new();
    for _ in 0..LETTERS.div_ceil(store::letter::PART) {
        person.open("/letters").press("作る");
        parts.push(format!("{}/letters.pdf", person.path()));
    }
    parts
}

/// A day with ten places in each slot, as a larger city has them, and 400 of them booked.
fn lists(house: &mut House) {
    let mut rules = house.city.rules.rules().to_vec();
    for rule in &mut rules {
        if let RuleBody::Places(places) = &mut rule.body {
            places.places = places.places.max(10);
        }
        rule.version += 1;
    }
    house.city.apply(rules);
    let slots = house.city.rules.slots(domain::service::Service::Issuance, &house.city.site, FIRST);
    let cards = house.city.notified(LISTED, 'M');
    for (card, (start, _)) in cards.into_iter().zip(slots.iter().cycle()) {
        let slot = house.city.slot(FIRST, &start.to_string());
        house.city.book(card, slot).expect("a place");
    }
    house.run_jobs();
}

fn paper(person: &mut Browser, path: &str) -> Duration {
    let began = Instant::now();
    person.open(path);
    let took = began.elapsed();
    assert_eq!(person.status(), 200, "{path}");
    assert!(person.page().bytes.starts_with(b"%PDF"), "{path}");
    took
}
