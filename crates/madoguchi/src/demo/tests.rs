use domain::batch::BatchState;
use domain::card::Progress;
use jiff::civil::date;
use store::letter::PartState;

use super::*;

fn order(folder: &Path, cards: u32, at: &str) -> Order {
    let at = Some(at.parse().unwrap());
    Order { data: folder.to_owned(), cards, seed: 1, postgres: None, at, by_hand: true }
}

fn progress(demo: &Demo, progress: Progress) -> u32 {
    demo.house
        .db
        .read_now(move |reader| store::card::counts_up_to(reader, 10_000))
        .unwrap()
        .into_iter()
        .find_map(|(known, n)| (known == progress).then_some(n))
        .unwrap()
}

/// A morning of a weekday in the middle of an ordinary month.
const MORNING_OF_WORK: &str = "2026-10-21T08:50:00+09:00";

#[test]
fn every_screen_of_a_demo_shows_something_and_every_invariant_holds() {
    let folder = tempfile::tempdir().unwrap();
    let demo = prepare(&order(folder.path(), 300, MORNING_OF_WORK)).unwrap();
    let keys = demo.house.keys.clone();
    let findings = demo.house.db.read_now(move |reader| store::verify::verify(reader, &keys)).unwrap();
    assert!(findings.is_empty(), "{:#?}", &findings[..findings.len().min(10)]);
    let mut total = 0;
    for at in Progress::ALL {
        let cards = progress(&demo, *at);
        // No entry of the journal ends a card yet.
        assert!(cards > 0 || *at == Progress::Ended, "{at}");
        total += cards;
    }
    assert_eq!(total, 300);
    let site = demo.house.site.clone();
    let parts = demo.house.db.read_now(move |reader| store::letter::list(reader, &site, None, 100)).unwrap();
    for state in [PartState::Transferred, PartState::Posted] {
        assert!(parts.iter().any(|part| part.state == state), "{state:?}");
    }
    let site = demo.house.site.clone();
    let waiting = demo.house.db.read_now(move |reader| store::letter::waiting(reader, &site, 100)).unwrap();
    assert!(!waiting.is_empty());
    let site = demo.house.site.clone();
    let batches = demo.house.db.read_now(move |reader| store::batch::list(reader, &site, None, 100)).unwrap();
    assert!(
        [BatchState::Sent, BatchState::Returned]
            .iter()
            .all(|state| batches.iter().any(|batch| batch.state == *state))
    );
    let of_day = |day| {
        let site = demo.house.site.clone();
        demo.house
            .db
            .read_now(move |reader| store::reservation::of_day(reader, Work::Issuance, &site, day))
            .unwrap()
    };
    assert!(!of_day(date(2026, 10, 21)).is_empty());
    let ahead: usize = (0..60)
        .map(|days| of_day(date(2026, 10, 22).saturating_add(jiff::Span::new().days(days))).len())
        .sum();
    assert!(ahead > 40, "{ahead}");
    let yesterday = yesterday_of(&demo);
    let counts = demo.house.db.read_now(move |reader| store::report::counts(reader, &yesterday)).unwrap();
    assert!(counts.reconciles() && counts.city_issued.is_some() && counts.issued > 0, "{counts:?}");
    assert!(demo.house.db.read_now(store::sealer::oldest_waiting).unwrap().is_none());
    let yesterday = domain::journal::BusinessDay { service: Work::Renewal, ..yesterday_of(&demo) };
    let counts = demo.house.db.read_now(move |reader| store::report::counts(reader, &yesterday)).unwrap();
    assert!(counts.reconciles() && counts.city_issued.is_some() && counts.issued > 0, "{counts:?}");
}

fn yesterday_of(demo: &Demo) -> domain::journal::BusinessDay {
    let day = date(2026, 10, 20);
    domain::journal::BusinessDay { service: Work::Issuance, site: demo.house.site.clone(), day }
}

#[test]
fn a_demo_is_opened_again_as_it_was_but_for_its_passwords() {
    let folder = tempfile::tempdir().unwrap();
    let order = order(folder.path(), 30, "2026-10-21T14:20:00+09:00");
    let first = prepare(&order).unwrap();
    let password = first.people[0].password.clone();
    let listed = progress(&first, Progress::Listed);
    drop(first);
    let second = prepare(&order).unwrap();
    assert_eq!(second.took, None);
    assert_eq!(progress(&second, Progress::Listed), listed);
    assert_ne!(second.people[0].password, password);
    assert_eq!(second.people.len(), domain::permission::Role::ALL.len());
}

#[test]
fn small_and_empty_cities_are_cities_too() {
    for cards in [0, 1, 7] {
        let folder = tempfile::tempdir().unwrap();
        // A holiday: the past ends with the business day before.
        let demo = prepare(&order(folder.path(), cards, "2026-11-23T12:00:00+09:00")).unwrap();
        let total: u32 = Progress::ALL.iter().map(|at| progress(&demo, *at)).sum();
        assert_eq!(total, cards);
    }
}

#[test]
fn a_real_database_is_no_demo() {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::sqlite(&folder.path().join("madoguchi.sqlite")).unwrap();
    keys::open(&folder.path().join("keys.toml"), &db, &SystemChance).unwrap();
    drop(db);
    let refused = prepare(&order(folder.path(), 10, MORNING_OF_WORK));
    assert!(matches!(refused, Err(DemoError::NotADemo(_))));
}

#[test]
fn an_announcement_names_every_role_by_its_code() {
    let person =
        DemoPerson { role: domain::permission::Role::CityStaff, login: "shi", password: "x".to_owned() };
    let said =
        Announcement { public: "p", staff: "s", operations: "o", mails: Path::new("m"), people: &[person] };
    let text = serde_json::to_string(&said).unwrap();
    assert_eq!(
        text,
        r#"{"public":"p","staff":"s","operations":"o","mails":"m","people":[{"role":"city_staff","login":"shi","password":"x"}]}"#
    );
}
