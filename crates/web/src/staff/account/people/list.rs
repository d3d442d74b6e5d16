//! Everybody with an account.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::journal::Subject;
use jiff::Timestamp;
use store::journal::View;
use store::person::{Grant, Person};

use super::export::{LISTING, rows};
use super::site_names;
use crate::App;
use crate::kit::{Form, Page, PageError, respond};
use crate::staff::account::frame;
use crate::staff::account::words::Names;
use crate::staff::desk::Signed;
use crate::staff::layout::Layout;
use crate::staff::listing::{Arranged, Line, Table};

/// The list.
#[derive(Template)]
#[template(path = "staff/account/people.html")]
pub(in super::super) struct PeoplePage {
    layout: Layout,
    table: Table,
}

impl PeoplePage {
    /// The list of people with their grants, a row for each role.
    pub(in super::super) fn new(
        layout: Layout,
        arranged: &Arranged,
        people: &[(Person, Vec<Grant>)],
        names: &Names,
        now: Timestamp,
    ) -> Self {
        let lines = people.iter().flat_map(|(person, grants)| {
            let line = |cells| Line::new(format!("/people/{}", person.id), cells);
            rows(person, grants, names, now).into_iter().map(line)
        });
        Self { layout, table: Table::new(arranged, lines.collect()) }
    }
}

impl Page for PeoplePage {}

/// Shows the list.
pub(crate) async fn show(State(app): State<Arc<App>>, signed: Signed) -> Result<Response, PageError> {
    let people = app.db.read(store::person::list).await?;
    let view = View {
        screen: "people",
        asked: String::new(),
        subjects: people.iter().map(|(person, _)| Subject::Person(person.id)).collect(),
        found: u32::try_from(people.len()).unwrap_or(u32::MAX),
    };
    signed.viewed(&app, view).await?;
    let layout = frame(&signed, "アカウント", &Form::fresh());
    let arranged = Arranged::read(&app, &signed, &LISTING).await?;
    Ok(respond(&PeoplePage::new(layout, &arranged, &people, &site_names(&app), app.now())))
}
