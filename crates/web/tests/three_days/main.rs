//! Three days of a counter, over HTTP on both databases: 400 reservations by web, telephone and counter, families,
//! changes, walk-ins, visitors who are sent away, go or do not come, a card that nobody finds. Every figure of the
//! reports is compared with what the story did, and closed days stay as they were.
#![expect(clippy::unwrap_used, reason = "a story fails where it stands")]

mod acts;
mod paper;
mod told;

use domain::id::CardId;
use domain::reservation::Channel;
use jiff::civil::{Date, date};
use testkit::{TestDb, on_both};

use acts::{Story, reason};
use told::End;

const MONDAY: Date = date(2026, 11, 9);
const TUESDAY: Date = date(2026, 11, 10);
const WEDNESDAY: Date = date(2026, 11, 11);
const THURSDAY: Date = date(2026, 11, 12);
const FRIDAY: Date = date(2026, 11, 13);
const SATURDAY: Date = date(2026, 11, 14);
const DAYS: [Date; 3] = [WEDNESDAY, THURSDAY, FRIDAY];

/// The cards of the 400 reservations, as they were booked.
struct Booked {
    families: Vec<Vec<CardId>>,
    web: Vec<CardId>,
    telephone: Vec<CardId>,
    counter: Vec<CardId>,
}

/// Monday: 24 families of three, 228 citizens alone, 70 by telephone, 30 at the counter.
fn books_400(story: &mut Story) -> Booked {
    story.at(MONDAY, "9:00");
    let days = || DAYS.into_iter().cycle();
    let families: Vec<Vec<CardId>> = (0..24).map(|_| story.fresh(3)).collect();
    for (family, day) in families.iter().zip(days()) {
        story.web_books(family, day);
    }
    let web = story.fresh(228);
    for (card, day) in web.iter().zip(days()) {
        story.web_books(&[*card], day);
    }
    let (telephone, counter) = (story.fresh(70), story.fresh(30));
    for (card, day) in telephone.iter().zip(days()) {
        story.staff_books(*card, day, Channel::Telephone);
    }
    for (card, day) in counter.iter().zip(days()) {
        story.staff_books(*card, day, Channel::Counter);
    }
    assert_eq!(story.told.taken(), 400);
    Booked { families, web, telephone, counter }
}

/// Monday evening: citizens and operators change, cancel, exchange.
fn changes(story: &mut Story, booked: &Booked) {
    story.at(MONDAY, "15:00");
    // Of Wednesday's: 0, 3, 6, … of each kind.
    story.web_moves(&booked.families[0], THURSDAY);
    let newcomer = story.fresh(1)[0];
    story.web_exchanges(&booked.families[3], newcomer);
    for n in [0, 3, 6] {
        story.web_moves(&booked.web[n..=n], FRIDAY);
    }
    // Within the day, and there and back: the day's count does not know of it.
    story.web_moves(&booked.web[9..=9], WEDNESDAY);
    story.web_moves(&booked.web[12..=12], FRIDAY);
    story.web_moves(&booked.web[12..=12], WEDNESDAY);
    for n in [15, 16, 17, 18] {
        story.web_cancels(booked.web[n]);
    }
    for n in [0, 1, 2] {
        story.staff_moves(booked.telephone[n], FRIDAY);
    }
    for n in [4, 5] {
        story.staff_cancels(booked.telephone[n]);
    }
    story.staff_cancels(booked.counter[0]);
    // One who cancelled books again, at the counter.
    story.staff_books(booked.web[15], WEDNESDAY, Channel::Counter);
}

/// The day before a day of visits: its list, what changes after it, its pull. Nobody finds `missing`.
fn eve(story: &mut Story, booked: &Booked, day: Date, missing: Option<CardId>) {
    let eve = day.yesterday().unwrap();
    story.at(eve, "9:30");
    story.freezes(day);
    story.at(eve, "10:30");
    // By telephone one comes to the day and one leaves it; a citizen cancels on the web. Each is a difference.
    let newcomer = story.fresh(1)[0];
    story.staff_books(newcomer, day, Channel::Telephone);
    let nth = DAYS.iter().position(|known| *known == day).unwrap();
    story.staff_cancels(booked.telephone[30 + nth]);
    story.web_cancels(booked.web[60 + nth]);
    let mut differences = 3;
    if day != FRIDAY {
        story.staff_moves(booked.counter[3 + nth], FRIDAY);
        differences += 1;
    }
    story.sees_differences(day, differences);
    story.at(eve, "13:30");
    story.pulls(day, missing);
}

/// Visitors come: most with success, some are sent away, some leave, some do not come; the one whose card is missing
/// is sent away.
fn visits(story: &mut Story, day: Date, missing: Option<CardId>) {
    story.at(day, "8:55");
    // Two cancel before their time: their cards go back in the evening.
    let expected = story.expected(day);
    let alone = expected.iter().rev().filter(|line| line.party.is_none());
    let last: Vec<CardId> = alone.map(|line| line.card).take(2).collect();
    story.web_cancels(last[0]);
    story.staff_cancels(last[1]);
    let expected: Vec<CardId> = story.expected(day).iter().map(|line| line.card).collect();
    for (n, card) in expected.into_iter().enumerate() {
        if n % 30 == 0 {
            // The morning goes by.
            story.at(day, ["9:00", "10:10", "11:20", "13:00", "14:10"][n / 30]);
        }
        match n {
            _ if Some(card) == missing => {
                story.comes(card, day, End::SentAway(domain::reception::Reason::Other));
            }
            n if n % 15 == 11 => {}
            n if n % 12 == 7 => story.comes(card, day, End::SentAway(reason(n / 12))),
            n if n % 33 == 5 => story.comes(card, day, End::Left),
            _ => story.comes(card, day, End::Issued),
        }
    }
    story.at(day, "15:20");
    for card in story.fresh(2) {
        story.walks_in(card, day);
    }
    if day != FRIDAY {
        let early = story.expected(FRIDAY).pop().unwrap().card;
        story.comes_early(early, day);
    }
}

/// The day is closed, and its report says what the story did.
fn evening(story: &mut Story, day: Date, next: Date, more: u32) -> Vec<Vec<u8>> {
    story.at(day, "17:40");
    story.closes(day, next, more);
    let told = story.told.closes(day, story.told.issued(day) + more);
    let files = paper::files(&mut story.charge, day);
    assert_eq!(paper::of_table(&files[2]).0, told, "the table of {day}");
    assert_eq!(paper::of_table(&files[1]).0, told, "the workbook of {day}");
    assert_eq!(paper::of_page(&mut story.charge, day), told, "the page of {day}");
    story.house.run_jobs();
    story.house.verify();
    files
}

on_both! {
    fn g15_three_days_with_400_reservations_are_reported_as_they_were(home: TestDb) {
        let mut story = Story::begin(home, 430);
        let booked = books_400(&mut story);
        changes(&mut story, &booked);
        let monday = evening(&mut story, MONDAY, TUESDAY, 0);
        // Wednesday's pull does not find a card; the city is told.
        let missing = story.expected(WEDNESDAY)[20].card;
        eve(&mut story, &booked, WEDNESDAY, Some(missing));
        let tuesday = evening(&mut story, TUESDAY, WEDNESDAY, 0);

        visits(&mut story, WEDNESDAY, Some(missing));
        eve(&mut story, &booked, THURSDAY, None);
        let absent = story.expected(WEDNESDAY)[0].id;
        let wednesday = evening(&mut story, WEDNESDAY, THURSDAY, 0);

        // The next morning it lies in another box. Who was said not to have come had come and gone.
        story.at(THURSDAY, "8:40");
        story.finds(missing);
        story.corrects_to_left(absent);
        visits(&mut story, THURSDAY, None);
        // A new list comes in; its cards wait on the desk.
        story.house.city.listed(12, 'B');
        story.told.work.consignments += 1;
        story.told.work.received += 12;
        story.told.cards.all += 12;
        story.told.cards.desk += 12;
        eve(&mut story, &booked, FRIDAY, None);
        let thursday = evening(&mut story, THURSDAY, FRIDAY, 0);
        let corrected = paper::of_table(&thursday[2]).1;
        assert!(matches!(&corrected[..], [one] if one.contains("不来庁 → 途中退出")), "{corrected:?}");

        visits(&mut story, FRIDAY, None);
        // The city counts one more, and says why.
        let friday = evening(&mut story, FRIDAY, SATURDAY, 1);

        // Closed days stay what they were, to the byte.
        let closed = [(MONDAY, monday), (TUESDAY, tuesday), (WEDNESDAY, wednesday), (THURSDAY, thursday), (FRIDAY, friday)];
        for (day, files) in closed {
            assert_eq!(paper::files(&mut story.charge, day), files, "the report of {day} changed");
        }
    }
}
