//! The screens of renewals rendered from samples.

use askama::Template;
use domain::check_sheet::Sheet;
use domain::id::{Id, OperationId, ReservationId};
use domain::reception::Reason;
use domain::reservation::{Channel, Pins, Visitor};
use domain::service::Service;
use jiff::civil::{Date, date};

use super::book::{BookPage, PINS, Person, Time, VISITORS};
use super::day::{DayPage, Difference};
use super::route;
use super::rows::{FROZEN, LISTING};
use super::show::{Member, ShowPage};
use crate::kit::{Form, Language, Texts};
use crate::staff::counter::reception::show::Tick;
use crate::staff::layout::samples;
use crate::staff::listing::samples::rows;
use crate::staff::{Layout, Task};

const TODAY: Date = date(2026, 11, 24);

fn layout(title: &str) -> Layout {
    Layout::new(title, TODAY, Some(samples::person())).within(Task::Reservations)
}

fn operation() -> OperationId {
    OperationId::from_parts(1, 1)
}

fn reservation(n: u128) -> ReservationId {
    ReservationId::from_parts(1_795_000_000_000, n)
}

fn day(frozen: bool, closable: bool) -> DayPage {
    let open = Difference {
        what: "時刻の変更",
        listed: "9:00".to_owned(),
        now: "9:30".to_owned(),
        reservation: reservation(3),
        short: "000003".to_owned(),
        code: "time".to_owned(),
        href: route::renewal(reservation(3)),
        operation: operation(),
    };
    DayPage {
        texts: Texts::new(Language::JA),
        layout: layout("11月24日(火)の更新"),
        form: Form::fresh(),
        problem: None,
        day: TODAY,
        title: "令和8年11月24日(火)".to_owned(),
        previous: Some((route::day(TODAY), "11月20日(金)".to_owned())),
        next: Some((route::day(TODAY), "11月25日(水)".to_owned())),
        is_open: true,
        table: rows(&LISTING, 2),
        frozen_stands: rows(&FROZEN, 0).stands,
        counts: vec![("予約", 2), ("来庁前", 1), ("更新済", 1)],
        frozen: frozen.then(|| ("11月20日(金) 11:30".to_owned(), 2)),
        transferred: None,
        open: if frozen { vec![open] } else { Vec::new() },
        seen: 1,
        may_list: true,
        may_book: true,
        is_over: false,
        waiting: usize::from(!closable),
        here: 0,
        done: 1,
        may_close: true,
        closed: None,
        report_href: Some(route::report(TODAY)),
        freeze_operation: operation(),
        transfer_operation: operation(),
        none_operation: operation(),
        close_operation: operation(),
    }
}

fn show(here: bool) -> ShowPage {
    let member = |n, is_this| Member {
        href: route::renewal(reservation(n)),
        time: "9:10".to_owned(),
        visitor: Visitor::Principal.label(),
        standing: "来庁前",
        is_this,
    };
    ShowPage {
        texts: Texts::new(Language::JA),
        layout: layout("更新の予約 000001"),
        form: Form::fresh(),
        problem: here.then(|| "ほかの人が先に進めました。".to_owned()),
        id: reservation(1),
        when: "令和8年11月24日(火) 9:10".to_owned(),
        day_href: route::day(TODAY),
        standing: if here { "受付中" } else { "来庁前" },
        reason: "",
        visitor: Visitor::Principal.label(),
        pins: Pins::Known.label(),
        channel: Channel::Web.label(),
        language: "",
        changes: "2回（うちWeb 1回・上限3回）".to_owned(),
        over: here,
        wish: Some(crate::staff::wish::Line {
            text: Some("11月24日(火)から11月27日(金)まで・火・木・午前（11月9日(月) 10:00に受付、先に待っている予約2件）".to_owned()),
            href: "/wishes/1".to_owned(),
        }),
        offer: Some(crate::staff::account::rules::affected::Offered {
            href: "/offers/1".to_owned(),
            to: "12月1日(火) 9:10・9:20".to_owned(),
            state: domain::offer::State::Open,
            until: "11月27日(金) 23:59".to_owned(),
        }),
        arrived: here.then(|| "9:08".to_owned()),
        renewer: String::new(),
        family: vec![member(1, true), member(2, false)],
        booked: 2,
        may_arrive: !here,
        may_end: here,
        may_finish: here,
        may_check: here,
        sheet: Sheet::Proxy,
        known: Pins::Known,
        lines: Tick::lines(&Sheet::Proxy.of_renewal(Pins::Known), &[]),
        waits: false,
        correct_href: (!here).then(|| "/reservation/x/correct".to_owned()),
        may_change: !here,
        from_paper: true,
        reasons: Reason::of(Service::Renewal).collect(),
        channels: [Channel::Telephone, Channel::Counter],
        visitors: Visitor::ALL,
        all_pins: Pins::ALL,
        shown: "2026-11-24T9:10V1Wprincipal".to_owned(),
        who_field: VISITORS[0],
        pins_field: PINS[0],
        operations: [operation(); 7],
        mail: Some(crate::staff::mail::samples::mails()),
        story: Vec::new(),
    }
}

fn book(moving: bool) -> BookPage {
    let time = |minutes: u16, free: u32| Time {
        start: minutes.try_into().unwrap(),
        free,
        starts: if free > 1 { "9:00,9:00".to_owned() } else { String::new() },
        spread: String::new(),
        focus: minutes == 540,
    };
    let persons = (0..2).map(|at| Person { n: at + 1, visitor: VISITORS[at], pins: PINS[at] });
    let mut form = Form::fresh();
    form.refuse_ja(PINS[0], "暗証番号がわかるかどうかを選んでください。");
    BookPage {
        texts: Texts::new(Language::JA),
        layout: layout("更新の予約を取る"),
        form,
        problem: None,
        here: format!("{}?people=2", route::BOOK),
        people: 2,
        persons: if moving { Vec::new() } else { persons.collect() },
        shown: if moving { "2026-11-24T9:10V1Wprincipal".to_owned() } else { String::new() },
        now: moving.then(|| "令和8年11月24日(火) 9:10".to_owned()),
        day: TODAY,
        title: "令和8年11月24日(火)".to_owned(),
        previous: None,
        next: Some((route::BOOK.to_owned(), "11月25日(水)".to_owned())),
        first: None,
        times: vec![time(540, 3), time(550, 1), time(560, 0)],
        channels: [Channel::Telephone, Channel::Counter],
        visitors: Visitor::ALL,
        all_pins: Pins::ALL,
        operation: operation(),
    }
}

#[test]
fn r7_f_every_screen_of_renewals_is_whole() {
    let folder = std::env::var("MADOGUCHI_SAMPLES").ok();
    let pages = [
        ("renewals-day", day(false, false).render()),
        ("renewals-frozen", day(true, true).render()),
        ("renewals-show", show(false).render()),
        ("renewals-here", show(true).render()),
        ("renewals-book", book(false).render()),
        ("renewals-move", book(true).render()),
    ];
    for (name, html) in pages {
        let html = html.unwrap();
        assert_eq!(html.matches("<h1>").count(), 1, "{name}: not one heading");
        for mark in ["⟦", "{{", "{%", " style=\"", " onclick"] {
            assert!(!html.contains(mark), "{name}: {mark}");
        }
        if let Some(folder) = &folder {
            std::fs::write(std::path::Path::new(folder).join(format!("{name}.html")), html).unwrap();
        }
    }
}
