//! The one list of the cards that are not to be handed out, with what is to be done of each, and of the citizens who have to be
//! told.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::id::{OperationId, ReservationId, TellingId};
use domain::permission::Permission;
use domain::place::PlaceKind;
use domain::recall::{State as Recalled, Told};
use domain::time::month_day_ja;
use jiff::civil::Date;
use store::journal::View;
use store::recall::Waiting;
use store::telling::Telling;

use crate::App;
use crate::kit::{Page, PageError, respond};
use crate::staff::counter::{business, route};
use crate::staff::desk::Signed;
use crate::staff::wording::{control, list_line, moment};
use crate::staff::{Layout, Task};

/// The list.
#[derive(Template)]
#[template(path = "staff/preparation/recalls/list.html")]
pub(crate) struct ListPage {
    pub(crate) layout: Layout,
    pub(crate) problem: Option<String>,
    /// Cards that go to the city.
    pub(crate) to_pass: Vec<Line>,
    /// Cards that wait for the city's decision.
    pub(crate) suspended: Vec<Line>,
    pub(crate) to_tell: Vec<ToTell>,
    /// Whether this person tells citizens.
    pub(crate) may_tell: bool,
}

impl ListPage {
    /// How telling somebody can end.
    fn ends() -> &'static [Told] {
        Told::ALL
    }
}

impl Page for ListPage {
    fn status(&self) -> StatusCode {
        if self.problem.is_some() { StatusCode::CONFLICT } else { StatusCode::OK }
    }
}

/// A card.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) href: String,
    pub(crate) control: String,
    pub(crate) reference: String,
    pub(crate) cause: &'static str,
    pub(crate) source: &'static str,
    pub(crate) place: String,
    pub(crate) until: String,
    /// Whether that day is over.
    pub(crate) late: bool,
    /// The reservation that waits with it.
    pub(crate) booked: Option<(String, String)>,
    /// What is to be done, and where.
    pub(crate) next: (&'static str, Option<String>),
}

/// A citizen who has to be told.
#[derive(Debug, Clone)]
pub(crate) struct ToTell {
    pub(crate) id: TellingId,
    pub(crate) href: String,
    pub(crate) control: String,
    pub(crate) reservation: (ReservationId, String),
    pub(crate) since: String,
    pub(crate) operation: OperationId,
}

/// Shows the list.
pub(crate) async fn show(State(app): State<Arc<App>>, signed: Signed) -> Result<Response, PageError> {
    page(&app, &signed, None).await
}

pub(super) async fn page(app: &App, signed: &Signed, problem: Option<String>) -> Result<Response, PageError> {
    let today = app.today();
    let site = business(app, today).site;
    let found = app.db.read(move |reader| {
        Ok::<_, store::Error>((store::recall::waiting(reader, &site)?, store::telling::open(reader, &site)?))
    });
    let (waiting, tellings) = found.await?;
    let found = u32::try_from(waiting.len() + tellings.len()).unwrap_or(u32::MAX);
    let view = View { screen: "recalls", asked: today.to_string(), subjects: vec![], found };
    let of = |state| {
        let these = waiting.iter().filter(move |waiting| waiting.recall.state == state);
        these.map(|waiting| line(waiting, today, signed)).collect()
    };
    let told = |telling: &Telling| ToTell {
        id: telling.id,
        href: route::card(telling.card),
        control: control(telling.control_number),
        reservation: (telling.reservation, format!("{} {}", month_day_ja(telling.when.0), telling.when.1)),
        since: moment(telling.since),
        operation: app.operation(),
    };
    let page = ListPage {
        layout: signed.layout("交付中止と保留").within(Task::Storage),
        problem,
        to_pass: of(Recalled::Ended),
        suspended: of(Recalled::Suspended),
        to_tell: tellings.iter().map(told).collect(),
        may_tell: signed.may(Permission::Reserve),
    };
    signed.shows(app, view, || respond(&page)).await
}

fn line(waiting: &Waiting, today: Date, signed: &Signed) -> Line {
    let card = waiting.recall.card;
    let (what, href, permission) = match (waiting.recall.state, waiting.place_kind) {
        (Recalled::Suspended, PlaceKind::City) => {
            ("市から戻るのを待つ", route::decide(card), Permission::TransferBatches)
        }
        (Recalled::Suspended, PlaceKind::Post) => {
            ("郵便から戻るのを待つ", route::decide(card), Permission::TransferBatches)
        }
        (Recalled::Suspended, _) => ("市の判断を記録", route::decide(card), Permission::TransferBatches),
        (_, PlaceKind::Desk) => ("市へ渡す", route::card(card), Permission::TransferBatches),
        (_, PlaceKind::Missing) => ("探す", route::INCIDENTS.to_owned(), Permission::SeeCards),
        _ => ("箱から出して読み取る", route::pull(today), Permission::MoveCards),
    };
    Line {
        href: route::card(card),
        control: control(waiting.control_number),
        reference: list_line(waiting.list_date, waiting.line),
        cause: waiting.recall.cause.label(),
        source: waiting.recall.source.label(),
        place: waiting.place_name.clone(),
        until: waiting.recall.until.map(month_day_ja).unwrap_or_default(),
        late: waiting.recall.until.is_some_and(|until| until < today),
        booked: waiting
            .booked
            .map(|(id, day, start)| (route::reservation(id), format!("{} {start}", month_day_ja(day)))),
        next: (what, signed.may(permission).then_some(href)),
    }
}
