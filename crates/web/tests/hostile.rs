//! Bad input: every form and every address of the public pages with what nobody meant to send. No answer is a fault of
//! the program, each is a page that says what to do, nothing that was typed into a field is lost, and what an address
//! does not do it says with `Allow`.
//!
//! Which addresses there are is read from the router, so that one that is added is attacked or the story fails.
#![expect(clippy::unwrap_used, reason = "a story fails where it stands")]

use std::collections::BTreeSet;

use domain::id::CardId;
use domain::ledger::Field;
use jiff::civil::date;
use storykit::form::Sent;
use storykit::{Browser, House, Page};
use testkit::{TestDb, on_both};

/// Texts that no field is for: other widths and directions, pictures, what ends lines and files, commands for other
/// programs, numbers beyond every number, days that are none.
const BAD: [&str; 20] = [
    "",
    " \t ",
    "１２３４５６７８９０１２３４",
    "٣٤٥٦",
    "\u{202e}4321\u{200f}",
    "🍣👨‍👩‍👧‍👦",
    "e\u{301}\u{fe0f}\u{200b}\u{feff}",
    "a\0b",
    "a\r\nSet-Cookie: b=c",
    "<script>alert(1)</script>\"'>",
    "' OR 1=1 --",
    "{{7*7}}${7*7}%s%n",
    "../../../../etc/passwd",
    "-1",
    "0",
    "99999999999999999999999999",
    "1e308",
    "2026-02-30",
    "24:01",
    "null",
];

/// Parts of an address that are none of ours, as they are sent.
const BAD_PARTS: [&str; 14] = [
    "x",
    "0",
    "-1",
    "99999999999999999999999999",
    "2026-02-30",
    "9999-99-99",
    "%00",
    "%FF%FE",
    "%E2%80%AE321",
    "%F0%9F%8D%A3",
    "..%2F..%2Fetc%2Fpasswd",
    "%EF%BC%90%EF%BC%91",
    "1%0D%0AX-A:%20b",
    "principal-principal-principal-principal-principal",
];

/// One address of the public pages.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Route {
    pattern: String,
    gets: bool,
    posts: bool,
}

/// Every address, as the two routers name them.
fn routes() -> Vec<Route> {
    let rooms = [
        (include_str!("../src/citizen/route.rs"), include_str!("../src/citizen/router.rs")),
        (include_str!("../src/open/route.rs"), include_str!("../src/open/mod.rs")),
    ];
    let mut found = Vec::new();
    for (addresses, router) in rooms {
        for line in router.split(".route(route::").skip(1) {
            let (name, handlers) = line.split_once(", ").unwrap();
            let handlers = handlers.split("))").next().unwrap();
            let named = addresses.split(&format!("pub const {name}: &str = \"")).nth(1);
            let pattern = named.and_then(|rest| rest.split('"').next()).unwrap().to_owned();
            found.push(Route { pattern, gets: handlers.contains("get("), posts: handlers.contains("post(") });
        }
    }
    assert!(found.len() > 45, "{}", found.len());
    assert!(found.iter().all(|route| route.gets || route.posts));
    found
}

fn matches(pattern: &str, path: &str) -> bool {
    let (mut wanted, mut parts) = (pattern.split('/'), path.split('/'));
    loop {
        match (wanted.next(), parts.next()) {
            (None, None) => return true,
            (Some(wanted), Some(part)) if wanted.starts_with('{') || wanted == part => {}
            _ => return false,
        }
    }
}

/// An answer that anybody can read: no fault of ours, one heading, and a number to ask about.
#[track_caller]
fn is_clear(page: &Page, what: &str) {
    let status = page.status.as_u16();
    // The turn of somebody who waits is no fault, but nobody waits here.
    assert!(status < 500, "{status} for {what} at {}: {}", page.path, page.text());
    assert!(page.headers.contains_key("x-request-id"), "{what} at {}", page.path);
    let kind = page.headers.get("content-type").map(|kind| kind.to_str().unwrap()).unwrap_or_default();
    let is_data = ["application/json", "application/problem+json", "text/calendar"]
        .iter()
        .any(|data| kind.starts_with(data));
    if status == 204 || is_data {
        return;
    }
    assert!(kind.starts_with("text/html"), "{kind:?} for {what} at {}", page.path);
    assert_eq!(page.tree.named(&["h1"]).len(), 1, "{what} at {}: {}", page.path, page.source());
    assert!(!page.h1().is_empty() && !page.source().contains('⟦'), "{what} at {}", page.path);
    assert!(!page.source().contains("<script>alert"), "{what} at {} is a script", page.path);
}

/// Attacks every form of a page, each field by itself; answers the addresses that were posted to.
fn attack(page: &Browser, n: &mut u32) -> BTreeSet<String> {
    let mut reached = BTreeSet::new();
    let mut forms: Vec<Sent> = page.page().forms();
    // The times of a day are fifty buttons of one form.
    forms.dedup_by(|one, other| one.action == other.action && one.pairs.len() == other.pairs.len());
    for form in forms.iter().filter(|form| form.post) {
        reached.insert(if form.action.is_empty() { page.path().to_owned() } else { form.action.clone() });
        let mut send = |sent: &Sent, what: &str| -> Browser {
            *n += 1;
            // Attempts are limited for each address, and that is another story.
            let mut tab =
                page.another_tab().at_address(&format!("198.51.{}.{}", *n / 250 % 250, *n % 250 + 1));
            tab.submit(sent);
            is_clear(tab.page(), what);
            tab
        };
        for at in 0..form.pairs.len() {
            let name = form.pairs[at].0.clone();
            for bad in BAD {
                let mut sent = form.clone();
                bad.clone_into(&mut sent.pairs[at].1);
                let what = format!("{bad:?} in {name}");
                let answer = send(&sent, &what);
                let is_text = ["number", "year", "month", "day", "address"].contains(&name.as_str())
                    && form.pairs[at].1.is_empty();
                // What was typed stands in its field again, save for signs that no field can show.
                if is_text && answer.status() == 422 && !bad.contains(['\0', '\r']) {
                    assert_eq!(answer.page().value(&name).as_deref(), Some(bad), "{what} is lost");
                }
            }
            let mut missing = form.clone();
            missing.pairs.remove(at);
            send(&missing, &format!("no {name}"));
            let mut twice = form.clone();
            twice.pairs.push((name.clone(), "🍣".to_owned()));
            send(&twice, &format!("{name} twice"));
        }
        let empty = Sent { pairs: Vec::new(), ..form.clone() };
        send(&empty, "an empty form");
        let path = if form.action.is_empty() { page.path() } else { &form.action };
        let form_kind = "application/x-www-form-urlencoded";
        let megabyte = format!("number={}", "1".repeat(1 << 20)).into_bytes();
        for (kind, body, wanted) in [
            (Some(form_kind), megabyte, 413),
            (Some(form_kind), b"number=%FF%FE&%00=%&&=&a".to_vec(), 0),
            (Some(form_kind), vec![0xFF, 0xFE, 0x00, b'=', 0x80], 0),
            (Some("application/json"), br#"{"number":["1",2,null],"operation":{}}"#.to_vec(), 400),
            (Some("multipart/form-data; boundary=x"), b"--x\r\n\r\n1\r\n--x--".to_vec(), 400),
            (Some("text/plain"), b"number=1".to_vec(), 400),
            (Some(";;;"), Vec::new(), 400),
            (None, b"number=1".to_vec(), 400),
        ] {
            *n += 1;
            let mut tab =
                page.another_tab().at_address(&format!("198.51.{}.{}", *n / 250 % 250, *n % 250 + 1));
            tab.send("POST", path, kind, body);
            is_clear(tab.page(), &format!("a body of {kind:?} to {path}"));
            // A button that needs no field looks at no body either.
            if wanted != 0 && !form.pairs.is_empty() {
                assert_eq!(tab.status(), wanted, "a body of {kind:?} to {path}");
            }
        }
    }
    reached
}

fn proves(house: &House, card: CardId) -> Browser {
    let mut citizen = house.citizen();
    citizen.open("/k").fill("number", &house.key_of(card)).press("次へ進む").sees("日にちを選んでください");
    citizen
}

fn renews(house: &House) -> Browser {
    let mut citizen = house.citizen();
    citizen.open("/renewal").choose("kind", "certificate").choose("here", "yes");
    citizen.choose("who", "principal").choose("pins", "known").press("確認して日にちを選ぶ");
    citizen
}

/// The page of a booking of one or two renewals or of a card, each a new one.
fn booked(house: &House, card: Option<CardId>) -> Browser {
    let mut citizen = card.map_or_else(|| renews(house), |card| proves(house, card));
    citizen.follow("11月11日(水)").press("9時");
    if card.is_some() {
        citizen.choose("who", "principal").press("次へ進む");
    }
    citizen.press("この内容で予約する").sees("予約が終わりました").follow("予約を見る・変える");
    citizen
}

/// The two of a booking, so that one can be taken out.
fn booked_for_two(house: &House) -> Browser {
    let mut citizen = house.citizen();
    citizen.open("/renewal/people/2").choose("kind", "certificate").choose("here", "yes");
    for (who, pins) in [("who", "pins"), ("who-2", "pins-2")] {
        citizen.choose(who, "principal").choose(pins, "known");
    }
    citizen.press("確認して日にちを選ぶ").follow("11月11日(水)").press("9時").press("この内容で予約する");
    citizen.follow("予約を見る・変える");
    citizen
}

/// Somebody to whom another place is offered.
fn offered(house: &mut House, card: CardId) -> Browser {
    let booked = {
        let slot = house.city.slot(date(2026, 11, 24), "9:00");
        house.city.book(card, slot).unwrap()
    };
    let making = store::offer::Making {
        places: vec![(booked.id, house.city.slot(date(2026, 11, 25), "9:00"))],
        reason: domain::offer::Reason::Wish,
        until: domain::time::end_of_day(date(2026, 11, 20)),
        offering: None,
    };
    let (act, rules) = (house.city.act(), house.city.rules.clone());
    house
        .city
        .db()
        .write_now(store::Lane::Staff, move |tx| store::offer::make(tx, &act, &rules, &making))
        .unwrap();
    let number = booked.number(&house.city.keys).unwrap().to_string();
    let mut citizen = house.citizen();
    citizen.open("/reservation").fill("number", &number).press("予約を見る").follow("内容を見て返事をする");
    citizen
}

/// Somebody who would rather come earlier than on the day of their booking.
fn wishes(house: &mut House, card: CardId) -> Browser {
    let slot = house.city.slot(date(2026, 12, 8), "9:00");
    let booked = house.city.book(card, slot).unwrap();
    let number = booked.number(&house.city.keys).unwrap().to_string();
    let mut citizen = house.citizen();
    citizen.open("/reservation").fill("number", &number).press("予約を見る").follow("早い日の空きを待つ");
    citizen
}

/// Every page with a form, each opened anew, because an attack may change what stands behind it.
fn pages_with_forms(house: &House, cards: &[CardId]) -> Vec<Browser> {
    let opened = |path: &str| {
        let mut citizen = house.citizen();
        citizen.open(path);
        citizen
    };
    let mut pages: Vec<Browser> =
        ["/k", "/reservation", "/renewal", "/renewal/people/4", "/renewal/when"].map(opened).into();
    let mut add = |mut citizen: Browser, to: &dyn Fn(&mut Browser)| {
        to(&mut citizen);
        pages.push(citizen);
    };
    add(proves(house, cards[0]), &|citizen| {
        citizen.follow("ご家族の分も");
    });
    add(proves(house, cards[1]), &|citizen| {
        citizen.follow("ご家族の分も").fill("number", &house.key_of(cards[2])).press("この方を追加する");
    });
    add(proves(house, cards[3]), &|citizen| {
        citizen.follow("11月11日(水)");
    });
    add(proves(house, cards[4]), &|citizen| {
        citizen.follow("11月11日(水)").press("9時");
    });
    add(proves(house, cards[5]), &|citizen| {
        citizen.follow("11月11日(水)").press("9時").choose("who", "principal").press("次へ進む");
    });
    add(renews(house), &|citizen| {
        citizen.follow("11月11日(水)");
    });
    add(renews(house), &|citizen| {
        citizen.follow("11月11日(水)").press("9時");
    });
    add(booked(house, Some(cards[6])), &|citizen| {
        citizen.follow("日時を変える").follow("11月12日(木)").press("10時");
    });
    add(booked(house, Some(cards[7])), &|citizen| {
        citizen.follow("ご家族の分を追加する");
    });
    add(booked(house, Some(cards[8])), &|citizen| {
        citizen.follow("来る方を変える");
    });
    add(booked(house, None), &|citizen| {
        citizen.follow("来る方を変える");
    });
    add(booked_for_two(house), &|citizen| {
        citizen.follow("この方だけ取り消す");
    });
    add(booked(house, None), &|citizen| {
        citizen.follow("予約を取り消す");
    });
    let gives = |citizen: &mut Browser| {
        citizen.follow("メールアドレスを登録する");
    };
    add(booked(house, None), &gives);
    add(booked(house, None), &|citizen| {
        gives(citizen);
        let asks = citizen.path().to_owned();
        citizen.fill("address", "hanako@example.jp").press("確認のメールを送る").open(&asks);
    });
    pages
}

on_both! {
    fn r4_c_every_form_answers_bad_input_with_a_page_that_says_what_to_do(home: TestDb) {
        let mut house = House::open(home);
        let cards = house.city.notified(13, 'A');
        house.city.agree(Field::MailAddress, 30);
        house.at(date(2026, 11, 9), "10:00");
        let (mut reached, mut n) = (BTreeSet::new(), 0);
        reached.extend(attack(&offered(&mut house, cards[10]), &mut n));
        let wishing = wishes(&mut house, cards[11]);
        reached.extend(attack(&wishing, &mut n));
        let mut waiting = wishes(&mut house, cards[12]);
        waiting.press("早い日の空きを待つ").follow("希望を見る・変える");
        reached.extend(attack(&waiting, &mut n));
        for page in pages_with_forms(&house, &cards) {
            let posted = attack(&page, &mut n);
            assert!(!posted.is_empty(), "no form at {}: {}", page.path(), page.text());
            reached.extend(posted);
        }
        // Where only scripts and links in mails lead.
        let visit = renews(&house).path().strip_suffix("/days").unwrap().to_owned();
        let mut script = house.citizen();
        let of_mails = ["/m/x", "/m/x/confirm", "/m/x/remove"].map(str::to_owned);
        for to in of_mails.into_iter().chain([format!("{visit}/effort")]) {
            for bad in BAD {
                is_clear(script.post(&to, &[("minute", bad), ("number", bad)]).page(), &format!("{bad:?} to {to}"));
            }
            reached.insert(to);
        }
        for route in routes().iter().filter(|route| route.posts) {
            assert!(reached.iter().any(|path| matches(&route.pattern, path)), "nobody attacked {}", route.pattern);
        }
        assert!(n > 1_000, "{n} requests");
        house.run_jobs();
        house.verify();
    }

    fn r4_c_every_address_answers_what_it_is_not_with_a_page(home: TestDb) {
        let house = House::open(home);
        let visit = renews(&house);
        let own = visit.path().strip_prefix("/y/").and_then(|rest| rest.strip_suffix("/days")).unwrap().to_owned();
        let long = "a".repeat(4_000);
        for route in routes().iter().filter(|route| route.pattern.contains('{')) {
            for bad in BAD_PARTS.into_iter().chain([long.as_str()]) {
                // Every part bad, and then only those after one's own visit.
                for keeps_visit in [false, true] {
                    let part = |part: &str| match part {
                        "{visit}" if keeps_visit => own.clone(),
                        part if part.starts_with('{') => bad.to_owned(),
                        part => part.to_owned(),
                    };
                    let path: Vec<String> = route.pattern.split('/').map(part).collect();
                    let path = path.join("/");
                    let mut tab = visit.another_tab();
                    if route.gets {
                        is_clear(tab.open(&path).page(), &path);
                    } else {
                        is_clear(tab.post(&path, &[("operation", bad)]).page(), &path);
                    }
                }
            }
        }
        let mut anybody = house.citizen();
        for path in ["/%", "/%zz", "/k/", "//", "/y", "/y//days", "/k?number=%FF", "/language/ja?back=//evil.example", "/language/en?back=%0D%0A"] {
            is_clear(anybody.open(path).page(), path);
        }
    }

    fn r4_g_every_address_says_which_methods_it_has(home: TestDb) {
        let house = House::open(home);
        let visit = renews(&house);
        let own = visit.path().strip_suffix("/days").unwrap().to_owned();
        for route in routes() {
            let path = route.pattern.replace("/y/{visit}", &own).replace(['{', '}'], "");
            let has = match (route.gets, route.posts) {
                (true, true) => "GET,HEAD,POST",
                (true, false) => "GET,HEAD",
                _ => "POST",
            };
            for method in ["TRACE", "OPTIONS", "PUT", "PATCH", "DELETE", "PROPFIND", "GET", "POST"] {
                if has.contains(method) {
                    continue;
                }
                // From our own page, from another site, and from a program that says nothing.
                for from in [Some("same-origin"), Some("cross-site"), None] {
                    let mut tab = visit.another_tab().fetching(from);
                    tab.send(method, &path, None, Vec::new());
                    is_clear(tab.page(), method);
                    assert_eq!(tab.status(), 405, "{method} {path} from {from:?}");
                    assert_eq!(tab.page().headers["allow"], has, "{method} {path}");
                }
            }
            if route.posts {
                let mut elsewhere = visit.another_tab().fetching(Some("cross-site"));
                elsewhere.send("POST", &path, None, Vec::new());
                // What mail programs send to it is another story; of anything else it says that it cannot be read.
                let refused = if route.pattern == "/m/{token}" { 400 } else { 403 };
                assert_eq!(elsewhere.status(), refused, "{path} takes nothing from another site");
            }
        }
    }
}
