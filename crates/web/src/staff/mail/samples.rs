//! The screens of mails rendered from samples.

use askama::Template;
use domain::id::{Id, MailId, OperationId};
use domain::mail::{Kind, Reply, State};
use jiff::civil::{Date, date};
use store::outbox::OfBooking;

use super::list::{LISTING, Line, MailsPage};
use super::told;
use super::words::{standing, why_not};
use crate::staff::layout::samples;
use crate::staff::listing::samples::rows;
use crate::staff::{Layout, Task};

const TODAY: Date = date(2026, 11, 24);

fn operation() -> OperationId {
    OperationId::from_parts(1, 1)
}

fn id(n: u128) -> MailId {
    MailId::from_parts(1_795_000_000_000, n)
}

/// Mails of a booking in every state.
pub(crate) fn mails() -> told::Told {
    let mail = |n, kind, state, attempts, reply: Option<Reply>| OfBooking {
        id: id(n),
        kind,
        state,
        at: "2026-11-23T23:00:00Z".parse().unwrap(),
        due: "2026-11-24T03:05:00Z".parse().unwrap(),
        attempts,
        reply,
        ended_at: (state != State::Waiting).then(|| "2026-11-23T23:01:00Z".parse().unwrap()),
        is_open: state == State::Bounced,
        issue: 1,
    };
    let line = |mail: OfBooking| {
        let (standing, said) = standing(&mail, TODAY);
        told::Line {
            id: mail.id,
            at: "11月24日(火) 8:00".to_owned(),
            what: mail.kind.label(),
            standing,
            said,
            acts: mail.is_open.then(|| [operation(); 2]),
        }
    };
    let of = [
        mail(5, Kind::Reminder, State::Waiting, 0, None),
        mail(4, Kind::Changed, State::Waiting, 2, Some(Reply::from(451))),
        mail(3, Kind::Changed, State::Bounced, 1, Some(Reply::of(550, "5.1.1 unknown"))),
        mail(2, Kind::Booked, State::Dropped, 0, None),
        mail(1, Kind::Confirm, State::Sent, 1, None),
    ];
    told::Told {
        contact: "登録あり（本人が確認済）",
        lines: of.into_iter().map(line).collect(),
        back: "/reservation/x".to_owned(),
    }
}

fn list(count: u128, may_act: bool) -> MailsPage {
    let line = |n| Line {
        id: id(n),
        href: "/reservation/x".to_owned(),
        when: "11月25日(水) 9:30".to_owned(),
        name: if n == 0 { "更新の予約".to_owned() } else { "000 012 117".to_owned() },
        what: Kind::Changed.label(),
        ended: "11月24日(火) 8:01".to_owned(),
        why: why_not(Some(if n == 0 { Reply::of(552, "5.2.2 full") } else { Reply::from(550) })),
        operations: [operation(); 2],
    };
    MailsPage {
        layout: Layout::new("届かなかったメール", TODAY, Some(samples::person())).within(Task::Reservations),
        lines: (0..count).map(line).collect(),
        stands: rows(&LISTING, 0).stands,
        next: (count > 1).then(|| "/mails?day=2026-11-25".to_owned()),
        may_act,
        operation: operation(),
    }
}

#[test]
fn r4_c_every_screen_of_mails_is_whole() {
    let folder = std::env::var("MADOGUCHI_SAMPLES").ok();
    let pages = [
        ("mails", list(3, true).render()),
        ("mails-reading", list(1, false).render()),
        ("mails-none", list(0, true).render()),
    ];
    for (name, html) in pages {
        let html = html.unwrap();
        assert_eq!(html.matches("<h1>").count(), 1, "{name}: not one heading");
        for mark in ["⟦", "{{", "{%", " style=\"", " onclick", "@"] {
            assert!(!html.contains(mark), "{name}: {mark}");
        }
        if let Some(folder) = &folder {
            std::fs::write(std::path::Path::new(folder).join(format!("{name}.html")), html).unwrap();
        }
    }
}
