//! Walks the table of the staff's routes: every route of every face of it, for every role (11(4)キ).
//!
//! What a route needs stands beside it where it is registered; what a role may stands in `domain::permission`.
//! This asks the running router whether it does as both say.
#![expect(clippy::unwrap_used, reason = "a story fails where it stands")]

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use domain::id::PersonId;
use domain::permission::{Permission, Role};
use domain::time::instant_at;
use jiff::ToSpan;
use jiff::civil::Date;
use store::Lane;
use store::person::Grant;
use storykit::House;
use testkit::TestDb;
use tower::ServiceExt;
use web::staff::desk::{Access, COOKIE, PASSWORD, Registered, SIGN_IN, hash, token};
use web::staff::{Task, registered};

const SECRET: [u8; 32] = [7; 32];

/// A person with some grants.
fn person(
    house: &mut House,
    login: &str,
    must_change: bool,
    grants: impl Fn(PersonId) -> Vec<Grant>,
) -> PersonId {
    let act = house.city.act();
    let login = login.to_owned();
    let made = house.city.db().write_now(Lane::Staff, move |tx| {
        store::person::create(tx, &act, &login, "窓口 花子", "no password opens this", must_change)
    });
    let id = made.unwrap();
    for granted in grants(id) {
        let act = house.city.act();
        let granting = move |tx: &mut store::Tx<'_>| store::person::grant_role(tx, &act, &granted);
        house.city.db().write_now(Lane::Staff, granting).unwrap();
    }
    id
}

/// The cookie of a new session of a person.
fn session(house: &mut House, id: PersonId) -> String {
    let (act, ends) = (house.city.act(), instant_at(house.app.today(), 24 * 60));
    let opened = house
        .city
        .db()
        .write_now(Lane::Staff, move |tx| store::person::sign_in(tx, &act, id, &hash(&SECRET), ends));
    format!("{COOKIE}={}", token(opened.unwrap(), &SECRET))
}

fn here_and_now(house: &House, role: Role) -> impl Fn(PersonId) -> Vec<Grant> + use<> {
    let (from, site) = (house.app.today(), house.app.settings.site.clone());
    move |person| vec![Grant { person, role, site: Some(site.clone()), from, until: Some(from) }]
}

/// The path with something in place of its parameters that looks right and that nobody has.
fn filled(path: &str) -> String {
    let part = |part: &str| match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
        None => part.to_owned(),
        Some("day") => "2026-11-09".to_owned(),
        Some("pass") => "print".to_owned(),
        Some(_) => "01JCZ000000000000000000000".to_owned(),
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

struct Walk {
    router: Router,
    runtime: tokio::runtime::Runtime,
}

impl Walk {
    fn of(house: &House) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        Self { router: web::staff::router(house.app.clone()), runtime }
    }

    /// The status, and where it leads.
    fn ask(&self, route: &Registered, cookie: Option<&str>) -> (StatusCode, String) {
        let mut request = Request::builder().method(&route.method).uri(filled(route.path));
        if let Some(cookie) = cookie {
            request = request.header(header::COOKIE, cookie);
        }
        if route.method == Method::POST {
            request = request
                .header("sec-fetch-site", "same-origin")
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        let request = request.body(Body::empty()).unwrap();
        let answer = self.runtime.block_on(self.router.clone().oneshot(request)).unwrap();
        let to = answer.headers().get(header::LOCATION).map(|to| to.to_str().unwrap().to_owned());
        (answer.status(), to.unwrap_or_default())
    }
}

#[test]
fn r4_g_every_route_is_as_the_table_of_permissions_says() {
    let mut house = House::open(TestDb::sqlite());
    let routes = registered(&house.app);
    let walk = Walk::of(&house);
    for &role in Role::ALL {
        let grants = here_and_now(&house, role);
        let id = person(&mut house, role.code(), false, grants);
        for route in &routes {
            // A session for each request: some end it, or change what it may.
            let cookie = session(&mut house, id);
            let (status, to) = walk.ask(route, Some(&cookie));
            let may = match route.access {
                Access::Open | Access::SignedIn => true,
                Access::May(permission) => role.may(permission),
            };
            let what = format!("{} {} as {role}: {status} {to}", route.method, route.path);
            assert_eq!(status != StatusCode::FORBIDDEN, may, "{what}");
            assert!(!status.is_server_error(), "{what}");
            let signs_out = route.path == "/sign-out";
            assert!(to != SIGN_IN || signs_out, "{what}");
        }
    }
}

#[test]
fn r4_g_without_a_session_every_route_leads_to_the_sign_in() {
    let mut house = House::open(TestDb::sqlite());
    let grants = here_and_now(&house, Role::PersonInCharge);
    let id = person(&mut house, "hanako", false, grants);
    let (real, unknown) =
        (session(&mut house, id), token("01JCZ000000000000000000000".parse().unwrap(), &SECRET));
    let forged = real.replace(&real[real.len() - 8..], "AAAAAAAA");
    let walk = Walk::of(&house);
    for route in registered(&house.app) {
        for cookie in [None, Some(format!("{COOKIE}={unknown}")), Some(forged.clone())] {
            let (status, to) = walk.ask(&route, cookie.as_deref());
            let refused = (StatusCode::SEE_OTHER, SIGN_IN.to_owned());
            let what = format!("{} {}", route.method, route.path);
            assert_eq!((status, to) == refused, route.access != Access::Open, "{what}");
        }
    }
}

#[test]
fn r4_g_a_role_holds_for_its_site_and_its_period_alone() {
    let mut house = House::open(TestDb::sqlite());
    let (today, site) = (house.app.today(), house.app.settings.site.clone());
    let all = registered(&house.app);
    let guarded: Vec<&Registered> =
        all.iter().filter(|route| matches!(route.access, Access::May(_))).collect();
    let of = |site: Option<&str>, from: Date, until: Option<Date>| {
        let site = site.map(|site| site.parse().unwrap());
        move |person| vec![Grant { person, role: Role::PersonInCharge, site: site.clone(), from, until }]
    };
    let (before, after) = (today - 1.day(), today + 1.day());
    let elsewhere = person(&mut house, "elsewhere", false, of(Some("senri"), today, None));
    let early = person(&mut house, "early", false, of(Some(site.as_str()), after, None));
    let late = person(&mut house, "late", false, of(None, before, Some(before)));
    let without = person(&mut house, "without", false, |_| Vec::new());
    let everywhere = person(&mut house, "everywhere", false, of(None, before, None));
    let walk = Walk::of(&house);
    for id in [elsewhere, early, late, without] {
        let cookie = session(&mut house, id);
        for route in &guarded {
            assert_eq!(walk.ask(route, Some(&cookie)).0, StatusCode::FORBIDDEN, "{}", route.path);
        }
    }
    let cookie = session(&mut house, everywhere);
    let settings = all.iter().find(|route| route.path == "/settings").unwrap();
    assert_eq!(walk.ask(settings, Some(&cookie)).0, StatusCode::OK);
}

#[test]
fn r4_g_who_must_choose_a_password_can_do_nothing_else() {
    let mut house = House::open(TestDb::sqlite());
    let grants = here_and_now(&house, Role::CityAdministrator);
    let id = person(&mut house, "new", true, grants);
    let cookie = session(&mut house, id);
    let walk = Walk::of(&house);
    for route in registered(&house.app) {
        let Access::May(_) = route.access else { continue };
        let led = walk.ask(&route, Some(&cookie));
        assert_eq!(led, (StatusCode::SEE_OTHER, PASSWORD.to_owned()), "{}", route.path);
    }
}

#[test]
fn r4_g_only_the_sign_in_is_open_and_only_ones_own_account_needs_no_permission() {
    let house = House::open(TestDb::sqlite());
    for route in registered(&house.app) {
        match route.access {
            Access::Open => assert_eq!(route.path, SIGN_IN),
            Access::SignedIn => assert!([PASSWORD, "/sign-out"].contains(&route.path), "{}", route.path),
            Access::May(_) => {}
        }
    }
}

#[test]
fn every_task_has_its_first_page() {
    let house = House::open(TestDb::sqlite());
    let routes = registered(&house.app);
    for task in Task::ALL {
        let first = routes.iter().find(|route| route.path == task.href() && route.method == Method::GET);
        let access = first.map(|route| route.access);
        assert_eq!(access, Some(Access::May(task.permission())), "{}", task.label());
    }
}

#[test]
fn every_permission_guards_something() {
    let house = House::open(TestDb::sqlite());
    let routes = registered(&house.app);
    for &permission in Permission::ALL {
        let guards = routes.iter().any(|route| route.access == Access::May(permission));
        assert!(guards, "{permission} guards no route");
    }
}
