//! Two hundred rules for three services at three sites, first over an empty calendar and then over a hundred thousand
//! live reservations: what a change that is proposed over a year takes, what the page of days takes, and for how long
//! a portion of the places held for many keeps others from writing.

use std::time::{Duration, Instant};

use domain::card::Progress;
use domain::id::{Id, RuleId};
use domain::journal::Slot;
use domain::rules::{
    Agreed, Change, Cut, Hours, Places, Reduction, Rule, RuleBody, Site, TimeOfDay, Weekdays, What, When,
};
use domain::service::{Service, SiteCode};
use domain::time::day_of;
use jiff::ToSpan;
use jiff::civil::{Date, Weekday, date};
use store::Lane;
use store::offer::bulk;
use storykit::House;

use crate::city::{self, Engine, Shared};
use crate::days::Unpictured;
use crate::pace::{percentile, repeat};
use crate::table::{Goal, Table};

const SERVICES: [Service; 3] = [Service::Issuance, Service::Renewal, Service::Application];
/// The other two sites.
const SITES: [&str; 2] = ["north", "south"];
/// All rules.
const RULES: usize = 200;
/// Places of a slot where nothing reduces them.
const PLACES: u16 = 8;
/// People booked in a slot.
const PEOPLE: u32 = 6;
/// People booked in all of them.
const BOOKED: u32 = 100_000;
/// The day of the measurement.
const TODAY: Date = date(2026, 11, 9);
/// A day that is closed to see what becomes of those who booked it.
const CLOSED: Date = date(2026, 12, 1);
/// Proposals of a round, and how long they may take.
const PROPOSALS: usize = 20;
const SPELL: Duration = Duration::from_secs(2);

/// Measures one database.
pub(crate) fn measure(table: &mut Table, engine: Engine, rounds: usize) {
    let name = engine.name();
    let mut house = House::open(engine.home());
    let rules = rules(house.city.rules.rules());
    house.city.apply(rules);
    let cards = city::fill(&mut house.city, &[(Progress::Notified, 100)]).remove(0);
    let shared = Shared::of(&house.city, cards);
    house.at(TODAY, "9:00");
    let empty = [proposals(&house, rounds), pages(&house, &shared, rounds)];
    let slots = open_slots(&house);
    let began = Instant::now();
    store::bench::fill_booked(&city::home_of(&house.city.home), &slots, PEOPLE).unwrap();
    table.note(format!(
        "{name}: {BOOKED} reservations were written in {:.1} s; the journal has none of them",
        began.elapsed().as_secs_f64()
    ));
    let full = [proposals(&house, rounds), pages(&house, &shared, rounds)];
    let what = ["a change of all days of a year proposed", "page of days without the picture"];
    let goals = [Goal::Below(200.0), Goal::Below(5.0)];
    for (((what, goal), empty), full) in what.into_iter().zip(goals).zip(empty).zip(full) {
        table.add(format!("{name}: {what}, {RULES} rules"), "ms", &empty, goal);
        table.add(format!("{name}: {what}, and {BOOKED} reservations"), "ms", &full, goal);
        let ratios: Vec<f64> = full.iter().zip(&empty).map(|(full, empty)| full / empty).collect();
        table.add(format!("{name}: {what}, full to empty"), "", &ratios, Goal::Below(1.2));
    }
    held(table, &mut house, name);
}

/// The rules of the profile with two more sites, and single days and reductions until there are two hundred.
fn rules(profile: &[Rule]) -> Vec<Rule> {
    let mut bodies = Vec::new();
    for site in SITES.map(code) {
        let words = || site.to_string();
        bodies.push(RuleBody::Site(Site {
            code: site.clone(),
            name_ja: words(),
            name_en: words(),
            address_ja: words(),
            address_en: words(),
            telephone: "06-0000-0000".to_owned(),
            telephone_hours_ja: words(),
            telephone_hours_en: words(),
        }));
        let when = When::Weekdays { days: weekdays() };
        let (opens, closes) = hours();
        bodies.push(RuleBody::Hours(Hours { services: Vec::new(), site, when, opens, closes }));
    }
    for service in SERVICES {
        for site in sites() {
            bodies.push(places(service, site, When::Weekdays { days: weekdays() }, PLACES));
        }
    }
    let single = (1..).map(|n: i64| {
        let day = TODAY.saturating_add((n * 2).days());
        let service = SERVICES[usize::try_from(n).unwrap() % SERVICES.len()];
        let site = sites()[usize::try_from(n / 3).unwrap() % 3].clone();
        if n % 4 == 0 {
            let (from, until) = hours();
            let (services, site, when) = (vec![service], Some(site), When::Date { day });
            let reason = "駐車場使用不可".to_owned();
            RuleBody::Reduction(Reduction {
                services,
                site,
                when,
                from,
                until,
                cut: Cut::To(7),
                reason,
                notice: None,
            })
        } else {
            places(service, site, When::Date { day }, PLACES)
        }
    });
    let wanted = RULES - profile.len() - bodies.len();
    bodies.extend(single.take(wanted));
    let added = (1_000..).zip(bodies).map(|(n, body)| Rule {
        id: RuleId::from_parts(1, n),
        version: 1,
        valid_from: date(2026, 11, 2),
        valid_until: None,
        body,
        agreement: None,
    });
    // A version is written once; those of the profile are followed by the next.
    let again = profile.iter().map(|rule| Rule { version: rule.version + 1, ..rule.clone() });
    again.chain(added).collect()
}

fn code(site: &str) -> SiteCode {
    site.parse().unwrap()
}

fn sites() -> [SiteCode; 3] {
    ["honcho", SITES[0], SITES[1]].map(code)
}

fn weekdays() -> Weekdays {
    use Weekday::{Friday, Monday, Thursday, Tuesday, Wednesday};
    Weekdays::of([Monday, Tuesday, Wednesday, Thursday, Friday])
}

fn hours() -> (TimeOfDay, TimeOfDay) {
    let at = |minutes| TimeOfDay::from_minutes(minutes).unwrap();
    (at(9 * 60), at(17 * 60 + 30))
}

fn places(service: Service, site: SiteCode, when: When, places: u16) -> RuleBody {
    let (from, until) = hours();
    RuleBody::Places(Places { service, site, when, from, until, places, reason: None })
}

/// The next slots of all services and sites that have places for the booked.
fn open_slots(house: &House) -> Vec<Slot> {
    let rules = &house.city.rules;
    let mut slots = Vec::new();
    for day in TODAY.series(1.day()).skip(3).take(120) {
        for service in SERVICES {
            for site in sites() {
                let open = rules.slots(service, &site, day).into_iter();
                let open = open.filter(|(_, grant)| u32::from(grant.places) > PEOPLE);
                slots.extend(open.map(|(start, _)| Slot { service, site: site.clone(), day, start }));
            }
        }
    }
    slots.truncate(BOOKED.div_ceil(PEOPLE) as usize);
    assert_eq!(slots.len(), BOOKED.div_ceil(PEOPLE) as usize, "there are slots for all");
    slots
}

/// Medians of proposing that each slot of the issuance has one place less, from today until in a year.
fn proposals(house: &House, rounds: usize) -> Vec<f64> {
    let body = places(Service::Issuance, code("honcho"), When::Always, PLACES - 1);
    let what = What::Say { body: Box::new(body), from: TODAY, until: None };
    let change = Change { rule: RuleId::from_parts(2, 1), what, agreement: None };
    let propose = || {
        let change = change.clone();
        let began = Instant::now();
        let read = house.city.db().read_now(move |reader| {
            let until = TODAY.saturating_add(1.year());
            store::rules::propose_change(reader, &change, TODAY, until)
        });
        read.unwrap();
        began.elapsed()
    };
    propose();
    (0..rounds).map(|_| percentile(&mut repeat(PROPOSALS, SPELL, propose), 50)).collect()
}

fn pages(house: &House, shared: &Shared, rounds: usize) -> Vec<f64> {
    let page = Unpictured::of(house, &shared.key(1));
    (0..rounds).map(|_| page.round(house)).collect()
}

/// Closes a day and holds other places for all who booked it, portion by portion.
fn held(table: &mut Table, house: &mut House, name: &str) {
    let (from, until) = hours();
    let reduction = Reduction {
        services: vec![Service::Issuance],
        site: Some(code("honcho")),
        when: When::Date { day: CLOSED },
        from,
        until,
        cut: Cut::To(0),
        reason: "台風".to_owned(),
        notice: None,
    };
    let what = What::Say { body: Box::new(RuleBody::Reduction(reduction)), from: TODAY, until: None };
    let change = Change { rule: RuleId::from_parts(2, 1), what, agreement: None };
    let (act, epoch) = (house.city.act(), house.city.rules.epoch());
    let changed = house.city.db().write_now(Lane::Staff, move |tx| {
        store::rules::change(tx, &act, epoch, &change, Agreed::Later, "台風")
    });
    changed.unwrap();
    let rules = std::sync::Arc::new(house.city.db().read_now(store::rules::load).unwrap());
    let (act, now) = (house.city.act(), house.city.now());
    let until = rules.offer_until(Service::Issuance, &code("honcho"), now).unwrap();
    assert!(day_of(until) < CLOSED);
    house.city.db().write_now(Lane::Staff, move |tx| bulk::begin(tx, &act, until, None)).unwrap();
    let (mut plans, mut portions, mut bookings) = (Vec::new(), Vec::new(), 0);
    while let Some(work) = house.city.db().read_now(bulk::running).unwrap() {
        let (of, with) = (work.clone(), rules.clone());
        let began = Instant::now();
        let planned = house.city.db().read_now(move |reader| bulk::plan(reader, &with, &of, now)).unwrap();
        plans.push(began.elapsed());
        if planned.is_empty() {
            break;
        }
        for portion in planned.chunks(bulk::PORTION) {
            let (act, of, with, portion) = (house.city.act(), work.clone(), rules.clone(), portion.to_vec());
            let began = Instant::now();
            let done = house
                .city
                .db()
                .write_now(Lane::Background, move |tx| bulk::portion(tx, &act, &with, &of, &portion))
                .unwrap();
            portions.push(began.elapsed());
            bookings += done;
        }
    }
    let count = portions.len();
    table.note(format!(
        "{name}: {bookings} bookings of a closed day were offered other places in {count} portions"
    ));
    table.add(
        format!("{name}: plan of forty bookings to hold places for, p50"),
        "ms",
        &[percentile(&mut plans, 50)],
        Goal::None,
    );
    table.add(
        format!("{name}: portion of places held, p50"),
        "ms",
        &[percentile(&mut portions, 50)],
        Goal::None,
    );
    table.add(
        format!("{name}: portion of places held, p99"),
        "ms",
        &[percentile(&mut portions, 99)],
        Goal::Below(20.0),
    );
}
