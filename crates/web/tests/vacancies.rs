//! The calendar of free places: day, week and month of both services, and the page that looks again by itself.
#![expect(clippy::unwrap_used, reason = "a story fails where it stands")]

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use domain::permission::Role;
use domain::rules::RuleBody;
use domain::time::instant_at;
use jiff::civil::date;
use store::Lane;
use storykit::House;
use testkit::{TestDb, on_both};
use tower::ServiceExt;
use web::staff::desk::{COOKIE, hash, token};

/// The rules with one place in every slot.
fn with_one_place(house: &mut House) {
    let rules = house.city.rules.rules().iter().cloned().map(|mut rule| {
        if let RuleBody::Places(body) = &mut rule.body {
            body.places = 1;
        }
        rule.version += 1;
        rule
    });
    let rules = rules.collect();
    house.city.apply(rules);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(house.app.reload_rules()).unwrap();
}

on_both! {
    fn r4_f_what_is_free_taken_and_beyond_is_seen_by_day_week_and_month(home: TestDb) {
        let mut house = House::open(home);
        let cards = house.city.notified(3, 'A');
        house.at(date(2026, 11, 9), "10:00");
        for (card, start) in cards.iter().zip(["9:00", "9:00", "9:10"]) {
            let slot = house.city.slot(date(2026, 11, 12), start);
            house.city.book(*card, slot).unwrap();
        }
        // Fewer places than were given: one is beyond.
        with_one_place(&mut house);
        let mut desk = house.operator();
        desk.open("/reservations/2026-11-12").follow("空き（日・週・月）").sees("カードの交付の空き 令和8年11月");
        // Fifty-one slots from 9:00 to 17:30, two of them taken by three.
        desk.reads("11月12日(木) 空き49／51 予約3 超過1").reads("11月13日(金) 空き51／51 予約0").reads("11月23日(月) 祝休日");
        desk.follow("週").sees("カードの交付の空き 11月9日(月)から11月15日(日)まで").reads("9時台").reads("空き4／6 超過1");
        desk.follow("11月12日(木)").sees("カードの交付の空き 令和8年11月12日(木)");
        let rows = desk.page().main();
        assert!(rows.contains("9:00 1 満員 0 2"), "{rows}");
        assert!(rows.contains("9:10 1 満員 0 1"), "{rows}");
        assert!(rows.contains("9:20 1 1 1 0"), "{rows}");
        desk.follow("この日の予約を見る").reads("電子証明書の更新の予約");
        // The renewal has a calendar of its own.
        desk.open("/renewals/days/2026-11-12").follow("空き（日・週・月）").reads("電子証明書の更新の空き");
        desk.reads("11月12日(木) 空き51／51 予約0").follow("11月12日(木)").follow("この日の予約を見る").reads("更新の予約");
        for wrong in ["service=application", "service=x", "day=2026-11-31"] {
            assert_eq!(desk.open(&format!("/vacancies?{wrong}")).status(), 404, "{wrong}");
        }
        house.verify();
    }
}

#[test]
fn r4_f_a_page_that_looks_again_gets_a_line_while_nothing_changed_and_is_no_use_of_the_session() {
    const SECRET: [u8; 32] = [7; 32];
    let mut house = House::open(TestDb::sqlite());
    let card = house.city.notified(1, 'A')[0];
    house.at(date(2026, 11, 9), "10:00");
    // Somebody with the role, and a session of theirs.
    house.person(Role::Operator);
    let people = house.city.db().read_now(store::person::list).unwrap();
    let person = people.iter().map(|(person, _)| person.id).next_back().unwrap();
    let (act, ends) = (house.city.act(), instant_at(date(2026, 11, 9), 24 * 60));
    let opened = house
        .city
        .db()
        .write_now(Lane::Staff, move |tx| store::person::sign_in(tx, &act, person, &hash(&SECRET), ends));
    let session = opened.unwrap();
    let cookie = format!("{COOKIE}={}", token(session, &SECRET));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let looks = |house: &House, mark: &str| {
        let request = Request::get("/vacancies?day=2026-11-12")
            .header(header::COOKIE, &cookie)
            .header("x-look-again", "1")
            .header(header::IF_NONE_MATCH, mark)
            .body(Body::empty());
        let answer =
            runtime.block_on(web::staff::router(house.app.clone()).oneshot(request.unwrap())).unwrap();
        let mark = answer.headers().get(header::ETAG).map(|mark| mark.to_str().unwrap().to_owned());
        (answer.status(), mark.unwrap_or_default())
    };
    let seen = |house: &House| {
        let found = house.city.db().read_now(move |reader| store::person::session(reader, session));
        found.unwrap().unwrap().seen
    };
    let (status, mark) = looks(&house, "");
    assert_eq!(status, StatusCode::OK);
    let before = seen(&house);
    house.at(date(2026, 11, 9), "10:10");
    assert_eq!(looks(&house, &mark), (StatusCode::NOT_MODIFIED, mark.clone()));
    assert_eq!(seen(&house), before, "looking again keeps no session open");
    let slot = house.city.slot(date(2026, 11, 12), "9:00");
    house.city.book(card, slot).unwrap();
    let (status, other) = looks(&house, &mark);
    assert_eq!(status, StatusCode::OK);
    assert_ne!(other, mark);
}
