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
use crate::staff::layout::samples::person;

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
        ("wish-none", page(false, 0, true, None, None)),
    ]
}
