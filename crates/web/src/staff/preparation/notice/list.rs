//! The one list of the requests that did not end, the oldest first, and of the notices that are with the city again.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::time::month_day_ja;
use store::journal::View;
use store::notice::{Request, Returned};

use super::{age, next, waits};
use crate::App;
use crate::kit::{Page, PageError, respond};
use crate::staff::counter::business;
use crate::staff::desk::Signed;
use crate::staff::wording::{control, moment};
use crate::staff::{Layout, Task};

/// The list.
#[derive(Template)]
#[template(path = "staff/preparation/notice/list.html")]
pub(crate) struct ListPage {
    pub(crate) layout: Layout,
    pub(crate) requests: Vec<Line>,
    pub(crate) returned: Vec<Back>,
}

impl Page for ListPage {}

/// A request.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) href: String,
    pub(crate) control: String,
    pub(crate) asked: String,
    pub(crate) age: String,
    pub(crate) state: &'static str,
    pub(crate) with: String,
    pub(crate) next: &'static str,
}

/// A notice that came back.
#[derive(Debug, Clone)]
pub(crate) struct Back {
    pub(crate) href: String,
    pub(crate) control: String,
    pub(crate) on: String,
    pub(crate) age: String,
    pub(crate) reason: &'static str,
}

/// Shows the list.
pub(crate) async fn show(State(app): State<Arc<App>>, signed: Signed) -> Result<Response, PageError> {
    let today = app.today();
    let site = business(&app, today).site;
    let (requests, returned) = app
        .db
        .read(move |reader| {
            let requests = store::notice::open(reader, &site)?;
            Ok::<_, store::Error>((requests, store::notice::returned(reader, &site)?))
        })
        .await?;
    let found = u32::try_from(requests.len() + returned.len()).unwrap_or(u32::MAX);
    let view = View { screen: "notices", asked: today.to_string(), subjects: vec![], found };
    let line = |request: &Request| Line {
        href: super::card::href(request.card),
        control: control(request.control_number),
        asked: format!("{}（{}）", moment(request.at), request.asked.label()),
        age: waits(request, today),
        state: request.state.label(),
        with: request.transferred.as_ref().map(|(_, person)| person.clone()).unwrap_or_default(),
        next: next(request),
    };
    let back = |back: &Returned| Back {
        href: super::card::href(back.card),
        control: control(back.control_number),
        on: month_day_ja(back.on),
        age: age(back.on, today),
        reason: back.reason.label(),
    };
    let page = ListPage {
        layout: signed.layout("交付通知書の再送と返戻").within(Task::Preparation),
        requests: requests.iter().map(line).collect(),
        returned: returned.iter().map(back).collect(),
    };
    signed.shows(&app, view, || respond(&page)).await
}
