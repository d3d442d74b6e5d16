//! Every citizens' page rendered from samples in every language.
//!
//! With `MADOGUCHI_SAMPLES=FOLDER` the pages are also written there, complete in themselves, to be looked at.

use std::path::Path;

use askama::Template;
use domain::id::{CardId, Id, OfferId, OperationId, ReservationId, VisitId};
use domain::offer::Reason as Why;
use domain::reservation::{Pins, Visitor};
use domain::rules::{Emergency, Weekdays};
use domain::service::Service;
use domain::wish::{Times, Wish};
use jiff::ToSpan;
use jiff::civil::{Date, Weekday, date};

use super::first::{First, Free};
use super::layout::samples::{error as sample_error, office, venue, wait as sample_wait};
use super::layout::{ClosedCounter, Closure, Layout};
use super::mail::give::GivePage;
use super::mail::offer::{Contact, Offer};
use super::mail::owner::{Behind, OwnerPage};
use super::notice::{Advice, AdvicePage};
use super::renewal::ask::AskPage;
use super::renewal::branches::{BranchesPage, Office as BranchOffice};
use super::renewal::coming::ComingPage;
use super::renewal::way_out::{WayOut, WayOutPage};
use super::renewal::when::WhenPage;
use super::reservation::add::{AddPage, Problem};
use super::reservation::cancel::{CancelPage, CancelledPage};
use super::reservation::change::ChangePage;
use super::reservation::find::FindPage;
use super::reservation::offer::{OfferPage, Offered};
use super::reservation::show::{Banner, Line, ShowPage, Shown};
use super::reservation::take_out::TakeOutPage;
use super::reservation::visitor::VisitorPage;
use super::reservation::wish::{Asking, Choice, Told, WishPage};
use super::route;
use super::visit::begun::Deadlines;
use super::visit::check::{CheckPage, Chosen, StartCheck};
use super::visit::days::{DayState, DaysPage, MonthPage};
use super::visit::done::DonePage;
use super::visit::effort::Task;
use super::visit::ended::{ExpiredPage, Reason, RefusedPage};
use super::visit::family::{FamilyPage, Member, Obstacle};
use super::visit::key::KeyPage;
use super::visit::people::{Group, Name, Person, people};
use super::visit::times::{TimeLine, TimesPage};
use super::visit::turn::Ahead;
use super::visit::who::{Question, WhoPage};
use super::visit::{Again, Appointment, Availability};
use crate::key;
use crate::kit::clock::SeededChance;
use crate::kit::page::with_readings;
use crate::kit::request::Incident;
use crate::kit::{Asked, Bilingual, Fields, Form, Language, PageError, asset};

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
            starts: vec![(ten * 10).try_into().unwrap()],
            availability: match ten % 7 {
                0 | 1 => Availability::Full,
                4 => Availability::Few,
                _ => Availability::Free,
            },
        })
        .collect()
}

/// The times of a day for a family of three, where some slots have places for two.
fn times_of_three() -> Vec<TimeLine> {
    let mut lines = times();
    for (n, line) in lines.iter_mut().enumerate() {
        let next = (line.start.minutes() + 10).try_into().unwrap();
        line.starts = if n % 2 == 0 { vec![line.start; 3] } else { vec![line.start, line.start, next] };
    }
    lines
}

fn names() -> Vec<Name> {
    (1..).zip(["00528", "30613", "77041"].map(str::to_owned)).map(Name::from).collect()
}

fn family() -> Vec<Person> {
    let starts: Vec<_> = ["9:30", "9:30", "9:40"].iter().map(|start| start.parse().unwrap()).collect();
    let visitors = [Visitor::Principal, Visitor::WithRepresentative, Visitor::Proxy].map(Some);
    people(&starts, &names(), &visitors)
}

/// Two people who renew: one herself, one by a proxy.
fn renewers() -> Vec<Person> {
    let names: Vec<Name> = (1..=2).map(|n| Name::from((n, String::new()))).collect();
    let starts = ["9:30", "9:40"].map(|start| start.parse().unwrap());
    let mut people = people(&starts, &names, &[Some(Visitor::Principal), Some(Visitor::Proxy)]);
    people[0].pins = Some(Pins::Forgotten);
    people[1].pins = Some(Pins::Known);
    people
}

fn branch(reservation: bool) -> BranchOffice {
    BranchOffice {
        name: Bilingual::new("千里出張所", "Senri Branch Office"),
        address: Bilingual::default(),
        hours: Bilingual::new("月曜日から金曜日 9時から17時30分まで", "Monday to Friday 9:00-17:30"),
        telephone: None,
        reservation,
        services: vec![Service::Renewal],
    }
}

fn alone(visitor: Option<Visitor>) -> Vec<Person> {
    people(&["9:30".parse().unwrap()], &[], &[visitor])
}

fn deadlines() -> Deadlines {
    Deadlines {
        move_away: "2026-11-26T00:30:00Z".parse().unwrap(),
        cancel: "2026-11-26T00:30:00Z".parse().unwrap(),
        first: Some(date(2026, 11, 27)),
        changes_left: Some(1),
        is_unplaced: false,
        now: "2026-11-24T00:30:00Z".parse().unwrap(),
    }
}

fn appointment_of(people: &[Person]) -> Appointment {
    let starts = people.iter().map(|person| person.start).collect();
    Appointment { service: Service::Issuance, day: date(2026, 11, 26), starts, place: venue() }
}

fn shown(people: Vec<Person>, open: bool) -> Shown {
    let several = people.len() > 1;
    let appointment = appointment_of(&people);
    let line = |person| Line {
        person,
        visitor_href: open.then(|| "/y/1/visitor/2".to_owned()),
        take_out_href: (several && open).then(|| "/y/1/take-out/2".to_owned()),
    };
    Shown {
        number: NUMBER.to_owned(),
        appointment,
        lines: people.into_iter().map(line).collect(),
        deadlines: open.then(deadlines),
        may_add: open,
        missed: !open,
        closed: open,
        offered: None,
        wish: open.then(|| Asking { told: None, href: "/y/1/wish".to_owned() }),
        offer: open.then(|| offer(Contact::Confirmed)),
    }
}

fn offered(people: &[Person], reason: Why) -> Offered {
    Offered {
        id: OfferId::from_parts(1_795_000_000_000, 90),
        reason,
        to: Appointment { day: date(2026, 12, 1), ..appointment_of(people) },
        until: "2026-11-27T14:59:00Z".parse().unwrap(),
    }
}

/// A booking whose time is closed, with other places held for it.
fn unplaced(people: Vec<Person>) -> Shown {
    let deadlines = Deadlines { is_unplaced: true, changes_left: None, ..deadlines() };
    let offered = Some(offered(&people, Why::Closure));
    Shown { deadlines: Some(deadlines), offered, ..shown(people, true) }
}

fn offer(contact: Contact) -> Offer {
    let visit = VisitId::from_parts(1_795_000_000_000, 77);
    Offer { contact, hint: "h…@example.jp".to_owned(), href: route::mail(visit) }
}

fn waits() -> Told {
    let weekdays = Weekdays::of([Weekday::Monday, Weekday::Friday]);
    let (from, until) = (date(2026, 11, 27), date(2026, 12, 11));
    Told { wish: Wish { from, until, weekdays, times: Times::Morning }, ahead: 2 }
}

fn wishing(told: Option<Told>, contact: Contact) -> Choice {
    let days = (0..5).map(|n| date(2026, 11, 30).saturating_add(n.days())).collect();
    Choice { days, told, offer: Some(offer(contact)), kept: 1 }
}

fn member(n: u128, obstacle: Option<Obstacle>) -> Member {
    let name = names().swap_remove(usize::try_from(n - 1).unwrap());
    Member { card: CardId::from_parts(1_795_000_000_000, n), name, obstacle }
}

/// Name and HTML of every page in a language.
fn pages(language: Language) -> Vec<(&'static str, String)> {
    let asked = asked(language);
    let layout = || {
        let mut layout = Layout::new(&asked, office());
        layout.closures = closures();
        layout
    };
    let visit = VisitId::from_parts(1_795_000_000_000, 77);
    let operation = OperationId::from_parts(1_795_000_000_000, 78);
    let reservation = ReservationId::from_parts(1_795_000_000_000, 79);
    let (first, last) = (date(2026, 11, 26), date(2027, 1, 23));
    let states = days(first, last);
    let full: Vec<DayState> =
        states.iter().map(|state| DayState { availability: Availability::Full, ..*state }).collect();
    let appointment = || appointment_of(&alone(None));
    let chosen = |people: Vec<Person>| Chosen {
        reservation,
        appointment: appointment_of(&people),
        people,
        held_until: "2026-11-24T05:32:00Z".parse().unwrap(),
        who: "principal".to_owned(),
    };
    let mut unanswered = Form::fresh();
    unanswered.refuse("who-2", key!("error-who"));
    let mut unanswered_renewal = Form::fresh();
    unanswered_renewal.refuse("kind", key!("error-renewal-kind"));
    unanswered_renewal.refuse("pins-2", key!("error-pins"));
    let mut wrong_date = Form::fresh();
    wrong_date.refuse("year", key!("error-expiry-year"));
    let renewal_appointment = || Appointment { service: Service::Renewal, ..appointment_of(&renewers()) };
    let renewal_chosen = || Chosen {
        reservation,
        appointment: renewal_appointment(),
        people: renewers(),
        held_until: "2026-11-24T05:32:00Z".parse().unwrap(),
        who: String::new(),
    };
    let obstacle = |n: usize| (names()[n].end().to_owned(), Obstacle::Booked);
    let show = |people, open, banner| ShowPage::new(layout(), visit, shown(people, open), banner).unwrap();
    let mut short = Fields::of(&[("number", "1234-5678")]).form(&["number"]).unwrap();
    short.refuse_with("number", key!("error-number-length"), vec![("count", 8.into())]);
    let refused = |code: &'static str| {
        let mut form = Form::fresh();
        form.refuse("number", code);
        form
    };
    let mut wrong_mail = Fields::of(&[("address", "hanako")]).form(&["address"]).unwrap();
    wrong_mail.refuse("address", key!("error-mail-at"));
    let mut wrong_wish = Fields::of(&[("from", "2026-11-30")]).form(&["from"]).unwrap();
    for (field, fault) in [
        ("until", key!("error-wish-order")),
        ("weekday", key!("error-wish-weekday")),
        ("times", key!("error-wish-times")),
    ] {
        wrong_wish.refuse(field, fault);
    }
    let give = |contact, form| GivePage::new(layout(), visit, offer(contact), form, operation).render();
    let owner = |behind| OwnerPage::new(layout(), "01KB2Y0V7M0000000000000000", behind).render();
    let mut pages = vec![
        ("mail", give(Contact::None, Form::fresh())),
        ("mail-wrong", give(Contact::Bounced, wrong_mail)),
        ("mail-asked", give(Contact::Asked, Form::fresh())),
        ("owner-asked", owner(Behind::Asked)),
        ("owner-confirmed", owner(Behind::Confirmed)),
        ("owner-gone", owner(Behind::Gone)),
        ("first", First::new(layout(), Free { issuance: Some(first), renewal: Some(last) }).render()),
        ("first-full", First::new(layout(), Free { issuance: None, renewal: None }).render()),
        ("renewal", AskPage::new(layout(), 1, Some(first), Form::fresh()).render()),
        ("renewal-three", AskPage::new(layout(), 3, None, unanswered_renewal).render()),
        ("renewal-elsewhere", WayOutPage::new(layout(), WayOut::Elsewhere).render()),
        ("renewal-two-visits", WayOutPage::new(layout(), WayOut::TwoVisits).render()),
        ("renewal-branches", BranchesPage::new(layout(), vec![branch(true), branch(false)]).render()),
        ("renewal-when", WhenPage::new(layout(), Form::fresh(), None, TODAY, None).render()),
        (
            "renewal-when-first",
            WhenPage::new(layout(), Form::fresh(), Some(first), TODAY, Some(last)).render(),
        ),
        ("renewal-when-wrong", WhenPage::new(layout(), wrong_date, None, TODAY, None).render()),
        ("renewal-check", CheckPage::new(layout(), visit, renewal_chosen(), operation).render()),
        (
            "renewal-check-early",
            CheckPage::new(layout(), visit, renewal_chosen(), operation)
                .with_start(StartCheck::answered(visit, last, true))
                .render(),
        ),
        (
            "renewal-done",
            DonePage::new(layout(), visit, NUMBER, renewal_appointment(), renewers(), deadlines(), None)
                .unwrap()
                .render(),
        ),
        (
            "renewal-coming",
            ComingPage::new(layout(), visit, reservation, None, operation, Form::fresh()).render(),
        ),
        (
            "renewal-cancelled",
            CancelledPage::new(layout(), Service::Renewal, first, "9:30".parse().unwrap()).render(),
        ),
        ("refused-too-many", RefusedPage::new(layout(), Reason::TooMany).render()),
        ("application", AdvicePage::new(layout(), Advice::Application).render()),
        ("missing", AdvicePage::new(layout(), Advice::Missing).render()),
        ("key", KeyPage::new(layout(), Form::fresh()).render()),
        ("key-former", KeyPage::new(layout(), Form::fresh()).with_former(true).render()),
        ("key-refused", KeyPage::new(layout(), short).render()),
        ("key-unknown", KeyPage::new(layout(), refused(key!("error-key-unknown"))).render()),
        ("days", DaysPage::new(layout(), visit, first, last, &states, Group::ALONE, None).render()),
        (
            "days-full",
            DaysPage::new(
                layout(),
                visit,
                first,
                last,
                &full,
                Group { people: 3, is_booked: false },
                Some(Again::DayClosed),
            )
            .render(),
        ),
        ("month", MonthPage::new(layout(), visit, date(2026, 12, 1), first, last, &states).render()),
        ("times", TimesPage::new(layout(), visit, first, 1, times(), operation, None).render()),
        (
            "times-taken",
            TimesPage::new(layout(), visit, first, 1, times()[..18].to_vec(), operation, Some(Again::Taken))
                .render(),
        ),
        (
            "times-family",
            TimesPage::new(layout(), visit, first, 3, times_of_three(), operation, None).render(),
        ),
        ("family", FamilyPage::new(layout(), visit, vec![member(1, None)], None, Form::fresh()).render()),
        (
            "family-obstacle",
            FamilyPage::new(
                layout(),
                visit,
                vec![member(1, None), member(2, Some(Obstacle::Refused(Reason::Ask)))],
                Some(obstacle(2)),
                refused(key!("error-key-unknown")),
            )
            .render(),
        ),
        ("who", WhoPage::new(layout(), visit, Question::of(1, &[]), Form::fresh()).render()),
        ("who-family", WhoPage::new(layout(), visit, Question::of(3, &names()), unanswered).render()),
        (
            "check",
            CheckPage::new(layout(), visit, chosen(alone(Some(Visitor::Principal))), operation).render(),
        ),
        ("check-family", CheckPage::new(layout(), visit, chosen(family()), operation).render()),
        (
            "done",
            DonePage::new(
                layout(),
                visit,
                NUMBER,
                appointment(),
                alone(Some(Visitor::Principal)),
                deadlines(),
                Some(offer(Contact::None)),
            )
            .unwrap()
            .render(),
        ),
        (
            "done-family",
            DonePage::new(layout(), visit, NUMBER, appointment_of(&family()), family(), deadlines(), None)
                .unwrap()
                .render(),
        ),
        ("expired", ExpiredPage::new(layout(), visit, 10).render()),
        ("refused-issued", RefusedPage::new(layout(), Reason::Issued).render()),
        ("refused-ask", RefusedPage::new(layout(), Reason::Ask).render()),
        ("refused-early", RefusedPage::new(layout(), Reason::Early).render()),
        ("refused-many-visits", RefusedPage::new(layout(), Reason::ManyVisits).render()),
        ("refused-telephone", RefusedPage::new(layout(), Reason::Telephone).render()),
        ("find", FindPage::new(layout(), Form::fresh()).render()),
        ("find-former", FindPage::new(layout(), Form::fresh()).with_former(true).render()),
        ("find-unknown", FindPage::new(layout(), refused(key!("error-reservation-unknown"))).render()),
        ("show", show(alone(None), true, None).render()),
        ("show-late", show(alone(Some(Visitor::Proxy)), false, Some(Banner::NotCancelled)).render()),
        ("show-moved", show(alone(Some(Visitor::Representative)), true, Some(Banner::Moved)).render()),
        ("show-offered", ShowPage::new(layout(), visit, unplaced(alone(None)), None).unwrap().render()),
        (
            "offer",
            OfferPage::new(
                layout(),
                visit,
                offered(&alone(None), Why::Closure),
                appointment(),
                (true, true),
                [operation, operation],
            )
            .render(),
        ),
        (
            "offer-family",
            OfferPage::new(
                layout(),
                visit,
                offered(&family(), Why::Rules),
                appointment_of(&family()),
                (true, true),
                [operation, operation],
            )
            .render(),
        ),
        (
            "offer-wish",
            OfferPage::new(
                layout(),
                visit,
                offered(&alone(None), Why::Wish),
                appointment(),
                (false, false),
                [operation, operation],
            )
            .render(),
        ),
        (
            "wish",
            WishPage::new(layout(), visit, wishing(None, Contact::None), true, operation, Form::fresh())
                .render(),
        ),
        ("wish-waits", {
            let choice = wishing(Some(waits()), Contact::Confirmed);
            WishPage::new(layout(), visit, choice, false, operation, Form::fresh()).render()
        }),
        (
            "wish-wrong",
            WishPage::new(layout(), visit, wishing(None, Contact::Asked), true, operation, wrong_wish)
                .render(),
        ),
        ("show-waits", {
            let wish = Some(Asking { told: Some(waits()), href: route::wish(visit) });
            let shown = Shown { wish, ..shown(alone(None), true) };
            ShowPage::new(layout(), visit, shown, Some(Banner::WishLeft)).unwrap().render()
        }),
        ("show-family", show(family(), true, Some(Banner::Added)).render()),
        ("add", AddPage::new(layout(), visit, appointment(), None, operation, Form::fresh()).render()),
        (
            "add-no-place",
            AddPage::new(layout(), visit, appointment(), Some(Problem::NoPlace), operation, Form::fresh())
                .render(),
        ),
        (
            "take-out",
            TakeOutPage::new(layout(), visit, reservation, family().swap_remove(1), appointment(), operation)
                .render(),
        ),
        (
            "visitor",
            VisitorPage::new(layout(), visit, reservation, names().pop(), operation, Form::fresh()).render(),
        ),
        (
            "cancel-family",
            CancelPage::new(
                layout(),
                visit,
                reservation,
                appointment_of(&family()),
                operation,
                "1".to_owned(),
            )
            .render(),
        ),
        (
            "change-family",
            ChangePage::new(
                layout(),
                visit,
                reservation,
                appointment_of(&family()),
                appointment_of(&family()),
                operation,
                "1v1v2".to_owned(),
            )
            .render(),
        ),
        (
            "change",
            ChangePage::new(
                layout(),
                visit,
                reservation,
                appointment(),
                appointment(),
                operation,
                "1".to_owned(),
            )
            .render(),
        ),
        (
            "cancel",
            CancelPage::new(layout(), visit, reservation, appointment(), operation, "1".to_owned()).render(),
        ),
        (
            "cancelled",
            CancelledPage::new(layout(), Service::Issuance, first, "9:30".parse().unwrap()).render(),
        ),
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
    for (name, people, minutes, task) in [
        ("wait-next", 0, None, None),
        ("wait", 240, Some(4), None),
        ("wait-second", 900, Some(21), Some(Task::sample())),
    ] {
        let ahead = Ahead { people, minutes, is_second: task.is_some() };
        pages.push((name, sample_wait(&asked, ahead, task)));
    }
    if language == Language::JA {
        pages.push(("staff-error", crate::staff::layout::samples::error(&asked)));
    }
    pages
}

/// The page with its style inside, to be opened from a folder.
fn with_style(html: &str) -> String {
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
            let html = with_readings(html);
            let name = format!("{name}.{}", language.code());
            assert!(html.contains(&format!("<html lang=\"{}\">", language.code())), "{name}: no language");
            assert_eq!(html.matches("<h1>").count(), 1, "{name}: not one heading");
            let title = html.split("<title>").nth(1).and_then(|rest| rest.split("</title>").next());
            assert!(
                title.is_some_and(|title| title.chars().count() > 4 && !title.starts_with(" |")),
                "{name}: no title"
            );
            for mark in ["⟦", "⟧", "《", "{$", "{ $", "{{", "{%"] {
                assert!(!html.contains(mark), "{name}: {mark} is left");
            }
            assert!(!html.contains(" style=\"") && !html.contains(" onclick"), "{name}: inline code");
            let foreign = html.replace("http://www.w3.org/", "");
            assert!(!foreign.contains("://"), "{name}: names another host");
            assert_ids_are_single(&name, &html);
            if let Some(folder) = &folder {
                std::fs::write(Path::new(folder).join(format!("{name}.html")), with_style(&html)).unwrap();
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
    let html = First::new(
        Layout::new(&asked(Language::JA), office()),
        Free { issuance: Some(TODAY), renewal: Some(TODAY) },
    )
    .render()
    .unwrap();
    let scripts = asset::content("error.js").unwrap().len();
    let size = html.len() + asset::content("style.css").unwrap().len() + scripts;
    assert!(size < 60_000, "{size} bytes");
}

#[test]
fn a_refused_form_says_so_in_the_title() {
    let mut form = Form::fresh();
    form.refuse("number", key!("error-number-empty"));
    let html = KeyPage::new(Layout::new(&asked(Language::JA), office()), form).render().unwrap();
    assert!(html.contains("<title>エラー：予約キー"));
    assert!(html.contains("role=\"alert\"") && html.contains("aria-invalid=\"true\""));
}

/// A closure for each reason and each counter.
fn closures() -> Vec<Closure> {
    let day = date(2026, 11, 24);
    let until = date(2026, 11, 26);
    vec![
        Closure { why: Emergency::System, of: ClosedCounter::All, from: day, until: day, hours: None },
        Closure { why: Emergency::Weather, of: ClosedCounter::Issuance, from: day, until, hours: None },
        Closure {
            why: Emergency::Other,
            of: ClosedCounter::Renewal,
            from: day,
            until,
            hours: Some((600, 720)),
        },
    ]
}
