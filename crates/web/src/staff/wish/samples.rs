//! The screen of a wish rendered from samples.

use askama::Template;
use domain::id::{Id, OperationId, ReservationId, WishId};
use domain::journal::Slot;
use domain::reservation::{Channel, State};
use domain::rules::Weekdays;
use domain::service::Service;
use jiff::ToSpan;
use jiff::civil::date;

use super::*;
use crate::key;
use crate::staff::account::rules::affected::Affected;
use crate::staff::layout::samples::person;
use crate::staff::listing::Arranged;

fn reservation(n: u128) -> Reservation {
    Reservation {
        id: ReservationId::from_parts(1_795_000_000_000, n),
        slot: Slot {
            service: Service::Issuance,
            site: "honcho".parse().unwrap(),
            day: date(2026, 12, 8),
            start: "9:00".parse().unwrap(),
        },
        card: None,
        state: State::Booked,
        held_until: None,
        channel: Channel::Telephone,
        language: "ja".to_owned(),
        party: None,
        visitor: None,
        pins: None,
        number_issue: 1,
        key_version: 1,
        version: 1,
        over: false,
        changes: 0,
        web_changes: 0,
    }
}

fn page(
    waits: bool,
    days: i64,
    may_change: bool,
    form: Option<Form>,
    problem: Option<&str>,
) -> askama::Result<String> {
    let wish = Wish {
        from: date(2026, 11, 24),
        until: date(2026, 11, 27),
        weekdays: Weekdays::of([Weekday::Tuesday, Weekday::Thursday]),
        times: Times::Morning,
    };
    let waiting = Waiting {
        id: WishId::from_parts(1_795_000_000_000, 5),
        booking: reservation(1).id,
        wish,
        left_at: "2026-11-09T01:00:00Z".parse().unwrap(),
    };
    let told = waits.then_some(Told { waiting, ahead: 2 });
    let layout = Layout::new("早い日の希望", date(2026, 11, 9), Some(person())).within(Task::Reservations);
    let days = (0..days).map(|n| date(2026, 11, 23).saturating_add(n.days())).collect();
    let people = vec![reservation(1), reservation(2)];
    let known = Known { reservation: reservation(1), people, told, days, may_change };
    let problem = problem.map(str::to_owned);
    shown(layout, known, form, problem, OperationId::from_parts(1, 1)).render()
}

/// The list of those that wait: alone, a family that something is offered to, a renewal; or nobody.
fn list_page(many: u128) -> askama::Result<String> {
    let line = |n: u128| {
        let reservation = reservation(n);
        let slot = reservation.slot.clone();
        let is_renewal = n == 3;
        let wish = Wish {
            from: date(2026, 11, 24),
            until: date(2026, 12, 4),
            weekdays: Weekdays::of([Weekday::Tuesday, Weekday::Thursday]),
            times: Times::Morning,
        };
        let waiting = Waiting {
            id: WishId::from_parts(1_795_000_000_000, n),
            booking: reservation.id,
            wish,
            left_at: "2026-11-09T01:00:00Z".parse().unwrap(),
        };
        list::Line {
            booking: Affected {
                reservation: reservation.id,
                slot: slot.clone(),
                href: "/reservation/1".to_owned(),
                when: "12月8日(火) 9:00".to_owned(),
                service: if is_renewal { "電子証明書の更新" } else { "カードの交付" },
                control: if is_renewal { "－".to_owned() } else { "000 012 117".to_owned() },
                name: String::new(),
                notice: if is_renewal { "－".to_owned() } else { "ABC-000012".to_owned() },
                language: if n == 2 { "英語" } else { "" },
                state: State::Booked.label(),
                has_mail: n == 2,
                offer: None,
            },
            listed: store::wish::list::Listed {
                waiting,
                ahead: u32::from(n == 2),
                first: (reservation.id, slot),
                people: if n == 2 { 3 } else { 1 },
                offered_until: (n == 2).then(|| "2026-11-10T14:59:00Z".parse().unwrap()),
            },
            site: "市役所本庁".to_owned(),
        }
    };
    let layout =
        Layout::new("早い日の空き待ち", date(2026, 11, 9), Some(person())).within(Task::Reservations);
    let lines: Vec<list::Line> = (1..=many).map(line).collect();
    list::WishesPage::new(layout, &Arranged::of(&list::LISTING, None, |_| true), &lines).render()
}

/// Name and HTML of the screen as it can stand.
pub(crate) fn pages() -> Vec<(&'static str, askama::Result<String>)> {
    let mut wrong = Form::fresh();
    wishing::no_day(&mut wrong);
    wrong.refuse(TIMES, key!("error-wish-times"));
    vec![
        ("wish", page(false, 5, true, None, None)),
        ("wish-waits", page(true, 5, true, None, None)),
        ("wish-wrong", page(false, 5, true, Some(wrong), None)),
        ("wish-late", page(true, 0, true, None, Some("予約が、この画面を開いた後に変わりました。"))),
        ("wish-seen", page(true, 0, false, None, None)),
        ("wishes", list_page(3)),
        ("wishes-none", list_page(0)),
        ("wish-none", page(false, 0, true, None, None)),
    ]
}
