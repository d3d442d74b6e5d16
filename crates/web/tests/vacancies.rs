//! The calendar of free places: day, week and month of both services, and the page that looks again by itself.
#![expect(clippy::unwrap_used, reason = "a story fails where it stands")]

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use domain::id::{Id, RuleId};
use domain::permission::Role;
use domain::rules::{Booking, Rule, RuleBody};
use domain::service::Service;
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

/// The rules with a branch office where applications are taken from ten to eleven, two at a time.
fn with_a_branch_and_a_third_service(house: &mut House) {
    let of = |body: &str| toml::from_str::<RuleBody>(body).unwrap();
    let bodies = [
        r#"type = "site"
           code = "senri"
           name_ja = "千里出張所"
           name_en = "Senri Branch Office"
           address_ja = "千里"
           address_en = "Senri"
           telephone = "06-0000-0001"
           telephone_hours_ja = "平日"
           telephone_hours_en = "Weekdays""#,
        r#"type = "hours"
           services = ["application"]
           site = "senri"
           when = { on = "weekdays", days = ["mon", "tue", "wed", "thu", "fri"] }
           opens = "10:00"
           closes = "11:00""#,
        r#"type = "places"
           service = "application"
           site = "senri"
           when = { on = "always" }
           from = "10:00"
           until = "11:00"
           places = 2"#,
    ];
    let known = house.city.rules.rules();
    let booking = known.iter().find_map(|rule| match &rule.body {
        RuleBody::Booking(booking) if booking.service == Service::Renewal => Some(booking.clone()),
        _ => None,
    });
    let booking = RuleBody::Booking(Booking { service: Service::Application, ..booking.unwrap() });
    let like = known[0].clone();
    let again = known.iter().map(|rule| Rule { version: rule.version + 1, ..rule.clone() });
    let mut rules: Vec<Rule> = again.collect();
    for (n, body) in bodies.map(of).into_iter().chain([booking]).enumerate() {
        let id = RuleId::from_parts(9, n as u128 + 1);
        rules.push(Rule { id, body, ..like.clone() });
    }
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
        for wrong in ["service=application", "service=x", "day=2026-11-31", "site=senri", "site=%00"] {
            assert_eq!(desk.open(&format!("/vacancies?{wrong}")).status(), 404, "{wrong}");
        }
        house.verify();
    }

    fn r4_f_the_calendar_and_the_open_data_have_every_service_at_every_site(home: TestDb) {
        let mut house = House::open(home);
        house.at(date(2026, 11, 9), "10:00");
        with_a_branch_and_a_third_service(&mut house);
        let mut desk = house.operator();
        desk.open("/vacancies?day=2026-11-12").sees("カードの交付の空き 令和8年11月").follow("申請受付").follow("千里出張所");
        desk.sees("申請受付の空き 令和8年11月").reads("場所：千里出張所").reads("11月12日(木) 空き12／12 予約0");
        desk.follow("週").reads("場所：千里出張所").reads("10時台").follow("11月12日(木)").reads("10:00 2 2");
        assert!(!desk.text().contains("この日の予約を見る"), "its list stands at its own terminal");
        // Nothing of the branch is the main counter's.
        desk.follow("吹田市役所").reads("この日に予約できる枠はありません");

        let mut reader = house.citizen();
        reader.open("/api/v1/counters");
        let known: serde_json::Value = serde_json::from_slice(&reader.page().bytes).unwrap();
        let known: Vec<(String, String)> = known["counters"]
            .as_array()
            .unwrap()
            .iter()
            .map(|each| (each["site"].as_str().unwrap().to_owned(), each["service"].as_str().unwrap().to_owned()))
            .collect();
        let pair = |site: &str, service: &str| (site.to_owned(), service.to_owned());
        assert_eq!(
            known,
            [
                pair("honcho", "issuance"),
                pair("honcho", "renewal"),
                pair("honcho", "application"),
                pair("senri", "application"),
            ]
        );
        reader.open("/api/v1/sites/senri/services/application/days/2026-11-12");
        let day: serde_json::Value = serde_json::from_slice(&reader.page().bytes).unwrap();
        assert_eq!((day["places"].as_u64(), day["slots"][0]["start"].as_str()), (Some(12), Some("10:00")));
        // A branch is not booked on these pages: its frame says how it is.
        reader.open("/embed/ja/application/senri").reads("千里出張所").reads("予約はお電話で受け付けています：06-0000-0001");
        reader.open("/embed/ja/renewal").reads("予約の画面を開く");
        reader.open("/api/").reads("千里出張所");
        for wrong in ["senri/services/enquiry", "nowhere/services/renewal", "%F0%9F%8D%A3/services/renewal"] {
            assert_eq!(reader.open(&format!("/api/v1/sites/{wrong}/days")).status(), 404, "{wrong}");
        }
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
