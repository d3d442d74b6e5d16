//! Stories of citizens: key, day, time, check, done; seeing and cancelling; and everything that goes otherwise.
#![expect(clippy::unwrap_used, reason = "a story fails where it stands")]

mod booking;
mod cancelling;
mod changing;
mod deadlines;
mod families;
mod going_otherwise;
mod proving;
mod renewing;
mod turns;
mod visitors;

use domain::id::CardId;
use domain::number::{Number, NumberKind};
use domain::rules::{Booking, RuleBody};
use jiff::civil::{Date, date};
use store::reservation::Reservation;
use storykit::{Browser, House};
use testkit::TestDb;

/// The letters were posted on Monday, 2 November; with the holiday of the 3rd, the first visit is on the 6th.
const TODAY: Date = date(2026, 11, 9);
/// The first day that can be booked on that Monday.
const FIRST: &str = "11月11日(水)";

/// A house on a day on which so many cards can be booked.
fn house(home: TestDb, cards: u32) -> (House, Vec<CardId>) {
    let mut house = House::open(home);
    let cards = house.city.notified(cards, 'A');
    house.at(TODAY, "10:00");
    (house, cards)
}

/// The rules with so many places in every slot of the issuance; the house learns of them as another node would.
fn with_places(house: &mut House, places: u16) {
    let rules = house.city.rules.rules().iter().cloned().map(|mut rule| {
        if let RuleBody::Places(body) = &mut rule.body {
            body.places = places;
        }
        rule.version += 1;
        rule
    });
    let rules = rules.collect();
    house.city.apply(rules);
}

/// The rules with other deadlines or limits of reservations; the house learns of them as another node would.
fn with_booking(house: &mut House, change: impl Fn(&mut Booking)) {
    let rules = house.city.rules.rules().iter().cloned().map(|mut rule| {
        if let RuleBody::Booking(body) = &mut rule.body {
            change(body);
        }
        rule.version += 1;
        rule
    });
    let rules = rules.collect();
    house.city.apply(rules);
}

fn proves(citizen: &mut Browser, key: &str) {
    citizen.open("/k").fill("number", key).press("次へ進む");
}

/// Key, day, time: up to the page that is to be checked.
fn holds(citizen: &mut Browser, key: &str, day: &str, time: &str) {
    proves(citizen, key);
    citizen.sees("日にちを選んでください");
    citizen.follow(day).sees("時間を選んでください");
    citizen.press(time);
    comes_alone(citizen);
}

/// Answers that the person comes alone, on the page that asks.
fn comes_alone(citizen: &mut Browser) -> &mut Browser {
    citizen.sees("窓口に来る方を選んでください").choose("who", "principal").press("次へ進む");
    citizen.sees("予約の内容を確かめてください")
}

/// Books and answers the 予約番号.
fn books(citizen: &mut Browser, key: &str, day: &str, time: &str) -> String {
    holds(citizen, key, day, time);
    citizen.sees("予約の内容を確かめてください");
    citizen.press("この内容で予約する").sees("予約が終わりました");
    number(citizen)
}

fn number(citizen: &Browser) -> String {
    citizen.page().texts_of_class("done-number")[0].clone()
}

fn live(house: &House, card: CardId) -> Reservation {
    let found = house.city.db().read_now(move |reader| store::reservation::live_of(reader, card));
    found.unwrap().unwrap()
}

/// How many places are taken in all.
fn taken(house: &House) -> u32 {
    let site = house.city.site.clone();
    let taken = house.city.db().read_now(move |reader| {
        let (service, until) = (domain::service::Service::Issuance, date(2027, 3, 31));
        store::capacity::taken(reader, service, &site, TODAY, until)
    });
    taken.unwrap().iter().map(|(_, _, taken)| taken).sum()
}

/// The number with another check digit.
fn mistyped(number: &str) -> String {
    let (rest, last) = number.split_at(number.len() - 1);
    format!("{rest}{}", if last == "9" { "0" } else { "9" })
}

/// A number that nobody has.
fn unknown(kind: NumberKind, n: u8) -> String {
    Number::derive(&[9; 32], kind, [n; 16], 1).to_string()
}

/// The page without what was typed, to be compared with another.
fn without(citizen: &Browser, typed: &str) -> String {
    citizen.page().source().replace(typed, "")
}
