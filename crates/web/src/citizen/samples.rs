//! Every citizens' page rendered from samples in every language.
//!
//! With `MADOGUCHI_SAMPLES=FOLDER` the pages are also written there, complete in themselves, to be looked at.

use std::path::Path;

use askama::Template;
use domain::id::{Id, OperationId, ReservationId, VisitId};
use jiff::ToSpan;
use jiff::civil::{Date, Weekday, date};

use super::belongings::ISSUANCE;
use super::first::First;
use super::layout::Layout;
use super::layout::samples::{error as sample_error, office, venue};
use super::notice::{Advice, AdvicePage};
use super::reservation::cancel::{CancelPage, CancelledPage};
use super::reservation::change::ChangePage;
use super::reservation::find::FindPage;
use super::reservation::show::{Banner, ShowPage};
use super::visit::check::CheckPage;
use super::visit::days::{DayState, DaysPage, MonthPage};
use super::visit::done::DonePage;
use super::visit::ended::{ExpiredPage, Reason, RefusedPage};
use super::visit::key::KeyPage;
use super::visit::times::{TimeLine, TimesPage};
use super::visit::{Again, Appointment, Availability};
use crate::key;
use crate::kit::clock::SeededChance;
use crate::kit::request::Incident;
use crate::kit::{Asked, Fields, Form, Language, PageError, asset};

const TODAY: Date = date(2026, 11, 24);
const NUMBER: &str = "2046-81357-90246";

fn asked(language: Language) -> Asked {
    Asked { incident: Incident::draw(&SeededChance::new(3)), language, here: "/".to_owned() }
}

fn days(first: Date, last: Date) -> Vec<DayState> {
    let mut states = Vec::new();
    let mut day = first;
    while day <= last {
        let number = day.day();
        let availability = match day.weekday() {
            Weekday::Sunday | Weekday::Saturday => Availability::Closed,
            _ if number < 4 => Availability::Full,
            _ if day.month() == 12 && (7..12).contains(&number) => Availability::Full,
            _ if number % 5 == 0 => Availability::Few,
            _ => Availability::Free,
        };
        states.push(DayState { day, availability, morning: number % 3 != 0, afternoon: number % 4 != 0 });
        day = day.saturating_add(1.day());
    }
    states
}

fn times() -> Vec<TimeLine> {
    (54..=104)
        .map(|ten: u16| TimeLine {
            start: (ten * 10).try_into().unwrap(),
            availability: match ten % 7 {
                0 | 1 => Availability::Full,
                4 => Availability::Few,
                _ => Availability::Free,
            },
        })
        .collect()
}

/// Name and HTML of every page in a language.
fn pages(language: Language) -> Vec<(&'static str, String)> {
    let asked = asked(language);
    let layout = || Layout::new(&asked, office());
    let visit = VisitId::from_parts(1_795_000_000_000, 77);
    let operation = OperationId::from_parts(1_795_000_000_000, 78);
    let reservation = ReservationId::from_parts(1_795_000_000_000, 79);
    let (first, last) = (date(2026, 11, 26), date(2027, 1, 23));
    let states = days(first, last);
    let full: Vec<DayState> =
        states.iter().map(|state| DayState { availability: Availability::Full, ..*state }).collect();
    let appointment =
        || Appointment { day: date(2026, 11, 26), start: "9:30".parse().unwrap(), place: venue() };
    let mut short = Fields::of(&[("number", "1234-5678")]).form(&["number"]).unwrap();
    short.refuse_with("number", key!("error-number-length"), vec![("count", 8.into())]);
    let refused = |code: &'static str| {
        let mut form = Form::fresh();
        form.refuse("number", code);
        form
    };
    let held_until = "2026-11-24T05:32:00Z".parse().unwrap();
    let mut pages = vec![
        ("first", First::new(layout(), Some(first)).render()),
        ("first-full", First::new(layout(), None).render()),
        ("renewal", AdvicePage::new(layout(), Advice::Renewal).render()),
        ("application", AdvicePage::new(layout(), Advice::Application).render()),
        ("missing", AdvicePage::new(layout(), Advice::Missing).render()),
        ("key", KeyPage::new(layout(), Form::fresh()).render()),
        ("key-former", KeyPage::new(layout(), Form::fresh()).with_former(true).render()),
        ("key-refused", KeyPage::new(layout(), short).render()),
        ("key-unknown", KeyPage::new(layout(), refused(key!("error-key-unknown"))).render()),
        ("days", DaysPage::new(layout(), visit, first, last, &states, None).render()),
        ("days-full", DaysPage::new(layout(), visit, first, last, &full, Some(Again::DayClosed)).render()),
        ("month", MonthPage::new(layout(), visit, date(2026, 12, 1), first, last, &states).render()),
        ("times", TimesPage::new(layout(), visit, first, times(), operation, None).render()),
        (
            "times-taken",
            TimesPage::new(layout(), visit, first, times()[..18].to_vec(), operation, Some(Again::Taken))
                .render(),
        ),
        (
            "check",
            CheckPage::new(layout(), visit, reservation, appointment(), held_until, ISSUANCE, operation)
                .render(),
        ),
        ("done", DonePage::new(layout(), visit, NUMBER, appointment(), ISSUANCE, TODAY).unwrap().render()),
        ("expired", ExpiredPage::new(layout(), visit, 10).render()),
        ("refused-issued", RefusedPage::new(layout(), Reason::Issued).render()),
        ("refused-ask", RefusedPage::new(layout(), Reason::Ask).render()),
        ("refused-early", RefusedPage::new(layout(), Reason::Early).render()),
        ("find", FindPage::new(layout(), Form::fresh()).render()),
        ("find-former", FindPage::new(layout(), Form::fresh()).with_former(true).render()),
        ("find-unknown", FindPage::new(layout(), refused(key!("error-reservation-unknown"))).render()),
        (
            "show",
            ShowPage::new(layout(), visit, NUMBER, appointment(), ISSUANCE, Some(TODAY), None)
                .unwrap()
                .render(),
        ),
        (
            "show-late",
            ShowPage::new(layout(), visit, NUMBER, appointment(), ISSUANCE, None, Some(Banner::NotCancelled))
                .unwrap()
                .render(),
        ),
        (
            "show-moved",
            ShowPage::new(layout(), visit, NUMBER, appointment(), ISSUANCE, Some(TODAY), Some(Banner::Moved))
                .unwrap()
                .render(),
        ),
        (
            "change",
            ChangePage::new(layout(), visit, reservation, appointment(), appointment(), operation).render(),
        ),
        ("cancel", CancelPage::new(layout(), visit, reservation, appointment(), operation).render()),
        ("cancelled", CancelledPage::new(layout(), first, "9:30".parse().unwrap()).render()),
    ]
    .into_iter()
    .map(|(name, html)| (name, html.unwrap()))
    .collect::<Vec<_>>();
    for (name, error) in [
        ("error-not-found", PageError::NotFound),
        ("error-forbidden", PageError::Forbidden),
        ("error-conflict", PageError::Conflict(String::new())),
        ("error-too-many", PageError::TooMany(Some(1_800))),
        ("error-full", PageError::Full),
        ("error-bad-request", PageError::BadRequest),
        ("error-too-large", PageError::TooLarge),
        ("error-individual-number", PageError::IndividualNumber),
        ("error-visit-ended", PageError::VisitEnded),
        ("error-internal", PageError::internal(std::fmt::Error)),
    ] {
        pages.push((name, sample_error(&asked, &error)));
    }
    if language == Language::Ja {
        pages.push(("staff-error", crate::staff::layout::samples::error(&asked)));
    }
    pages
}

/// The page with its style inside, to be opened from a folder.
fn alone(html: &str) -> String {
    let link = format!("<link rel=\"stylesheet\" href=\"{}\">", asset::href("style.css"));
    let style = format!("<style>{}</style>", asset::content("style.css").unwrap());
    assert!(html.contains(&link));
    html.replace(&link, &style)
}

#[test]
fn r4_c_every_page_is_whole_in_every_language() {
    let folder = std::env::var("MADOGUCHI_SAMPLES").ok();
    for language in Language::ALL {
        for (name, html) in pages(language) {
            let name = format!("{name}.{}", language.code());
            assert!(html.contains(&format!("<html lang=\"{}\">", language.code())), "{name}: no language");
            assert_eq!(html.matches("<h1>").count(), 1, "{name}: not one heading");
            let title = html.split("<title>").nth(1).and_then(|rest| rest.split("</title>").next());
            assert!(
                title.is_some_and(|title| title.chars().count() > 4 && !title.starts_with(" |")),
                "{name}: no title"
            );
            for mark in ["⟦", "⟧", "{$", "{ $", "{{", "{%"] {
                assert!(!html.contains(mark), "{name}: {mark} is left");
            }
            assert!(!html.contains(" style=\"") && !html.contains(" onclick"), "{name}: inline code");
            let foreign = html.replace("http://www.w3.org/", "");
            assert!(!foreign.contains("://"), "{name}: names another host");
            assert_ids_are_single(&name, &html);
            if let Some(folder) = &folder {
                std::fs::write(Path::new(folder).join(format!("{name}.html")), alone(&html)).unwrap();
            }
        }
    }
}

fn assert_ids_are_single(name: &str, html: &str) {
    let mut ids: Vec<&str> = html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    ids.sort_unstable();
    let all = ids.len();
    ids.dedup();
    assert_eq!(ids.len(), all, "{name}: an id stands twice");
    for target in html.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(ids.contains(&target), "{name}: #{target} leads nowhere");
    }
}

#[test]
fn r4_c_the_first_page_is_light() {
    let html = First::new(Layout::new(&asked(Language::Ja), office()), Some(TODAY)).render().unwrap();
    let scripts = asset::content("error.js").unwrap().len();
    let size = html.len() + asset::content("style.css").unwrap().len() + scripts;
    assert!(size < 60_000, "{size} bytes");
}

#[test]
fn a_refused_form_says_so_in_the_title() {
    let mut form = Form::fresh();
    form.refuse("number", key!("error-number-empty"));
    let html = KeyPage::new(Layout::new(&asked(Language::Ja), office()), form).render().unwrap();
    assert!(html.contains("<title>エラー：予約キー"));
    assert!(html.contains("role=\"alert\"") && html.contains("aria-invalid=\"true\""));
}
