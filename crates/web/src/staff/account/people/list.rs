//! Everybody with an account.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::journal::Subject;
use jiff::Timestamp;
use jiff::civil::Date;
use store::journal::View;
use store::person::{Grant, Person};

use super::{period, site_names, standing};
use crate::App;
use crate::kit::{Form, Page, PageError, respond};
use crate::staff::account::frame;
use crate::staff::account::words::Names;
use crate::staff::desk::Signed;
use crate::staff::layout::Layout;

/// A person as the list shows them.
struct Line {
    href: String,
    login: String,
    name: String,
    standing: &'static str,
    roles: Vec<String>,
}

/// The list.
#[derive(Template)]
#[template(path = "staff/account/people.html")]
pub(in super::super) struct PeoplePage {
    layout: Layout,
    lines: Vec<Line>,
}

impl PeoplePage {
    /// The list of people with their grants.
    pub(in super::super) fn new(
        layout: Layout,
        people: &[(Person, Vec<Grant>)],
        names: &Names,
        today: Date,
        now: Timestamp,
    ) -> Self {
        let role = |grant: &Grant| {
            format!("{}（{}、{}）", grant.role.label(), names.site(grant.site.as_ref()), period(grant, today))
        };
        let lines = people
            .iter()
            .map(|(person, grants)| Line {
                href: format!("/people/{}", person.id),
                login: person.login.clone(),
                name: person.name.clone(),
                standing: standing(person, now),
                roles: grants.iter().map(role).collect(),
            })
            .collect();
        Self { layout, lines }
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
    Ok(respond(&PeoplePage::new(layout, &people, &site_names(&app), app.today(), app.now())))
}
