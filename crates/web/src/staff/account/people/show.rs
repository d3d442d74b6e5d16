//! One account: its roles, and what can be done with it.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::id::{OperationId, PersonId};
use domain::journal::Subject;
use domain::permission::Role;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;
use store::journal::View;
use store::person::{Grant, Person};

use super::{Choice, fresh_grant, period, roles, site_names, sites, standing};
use crate::App;
use crate::kit::{Form, Language, Page, PageError, Texts, respond};
use crate::staff::account::frame;
use crate::staff::account::words::Names;
use crate::staff::desk::Signed;
use crate::staff::layout::Layout;

/// A role with its grants; it is ended as a whole.
struct Held {
    code: &'static str,
    label: &'static str,
    /// Whether the reader may end it.
    endable: bool,
    periods: Vec<String>,
    operation: OperationId,
}

/// The operations of the forms of the page.
pub(in super::super) struct Operations {
    /// Of granting.
    pub(in super::super) grant: OperationId,
    /// Of a new one-time password.
    pub(in super::super) reset: OperationId,
    /// Of ending the account.
    pub(in super::super) end: OperationId,
    /// Of ending each role.
    pub(in super::super) roles: Vec<OperationId>,
}

impl Operations {
    fn of(app: &App) -> Self {
        Self {
            grant: app.operation(),
            reset: app.operation(),
            end: app.operation(),
            roles: Role::ALL.iter().map(|_| app.operation()).collect(),
        }
    }
}

/// The page of an account.
#[derive(Template)]
#[template(path = "staff/account/person.html")]
pub(in super::super) struct PersonPage {
    texts: Texts,
    layout: Layout,
    form: Form,
    href: String,
    login: String,
    name: String,
    standing: &'static str,
    ended: bool,
    own: bool,
    /// Whether the reader keeps this account: may give a new password, and end it.
    keeps: bool,
    version: u32,
    held: Vec<Held>,
    operations: Operations,
    roles: Vec<Choice>,
    sites: Vec<Choice>,
}

/// What the page shows of an account.
pub(in super::super) struct Known {
    /// The person.
    pub(in super::super) person: Person,
    /// Their grants.
    pub(in super::super) grants: Vec<Grant>,
    /// The names of sites.
    pub(in super::super) names: Names,
    /// The business day.
    pub(in super::super) today: Date,
    /// The instant.
    pub(in super::super) now: Timestamp,
    /// Whether it is the reader's own account.
    pub(in super::super) own: bool,
    /// The reader's roles.
    pub(in super::super) reader: Vec<Role>,
}

impl PersonPage {
    /// The page with the form as it stands.
    pub(in super::super) fn new(
        layout: Layout,
        form: Form,
        known: &Known,
        operations: Operations,
        sites: Vec<Choice>,
    ) -> Self {
        let of_role = |role: Role| -> Vec<String> {
            let grants = known.grants.iter().filter(|grant| grant.role == role);
            grants
                .map(|grant| {
                    format!("{}　{}", known.names.site(grant.site.as_ref()), period(grant, known.today))
                })
                .collect()
        };
        let grants = |role: Role| known.reader.iter().any(|own| own.grants().contains(&role));
        let held = Role::ALL
            .iter()
            .zip(&operations.roles)
            .map(|(role, operation)| Held {
                code: role.code(),
                label: role.label(),
                endable: grants(*role),
                periods: of_role(*role),
                operation: *operation,
            })
            .filter(|held| !held.periods.is_empty())
            .collect();
        let person = &known.person;
        Self {
            texts: Texts::new(Language::JA),
            layout,
            form,
            href: format!("/people/{}", person.id),
            login: person.login.clone(),
            name: person.name.clone(),
            standing: standing(person, known.now),
            ended: person.ended,
            own: known.own,
            keeps: !known.own && known.grants.iter().all(|grant| grants(grant.role)),
            version: person.version,
            held,
            operations,
            roles: roles(&known.reader),
            sites,
        }
    }
}

impl Page for PersonPage {
    fn status(&self) -> StatusCode {
        self.form.status()
    }
}

/// What was just done, told on the page after it.
#[derive(Debug, Deserialize)]
pub(crate) struct Done {
    #[serde(default)]
    done: String,
}

/// Shows an account.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    signed: Signed,
    Path(id): Path<String>,
    Query(done): Query<Done>,
) -> Result<Response, PageError> {
    let id: PersonId = id.parse().map_err(|_| PageError::NotFound)?;
    let notice = match done.done.as_str() {
        "granted" => Some("役割を付与しました。"),
        "role-ended" => Some("役割を終了しました。"),
        "ended" => Some("アカウントを終了しました。"),
        _ => None,
    };
    page(&app, &signed, id, fresh_grant(&app), notice).await
}

/// The page of an account with a form as it stands.
pub(super) async fn page(
    app: &App,
    signed: &Signed,
    id: PersonId,
    form: Form,
    notice: Option<&str>,
) -> Result<Response, PageError> {
    let found = app
        .db
        .read(move |reader| {
            let Some(person) = store::person::find(reader, id)? else { return Ok(None) };
            Ok::<_, store::Error>(Some((person, store::person::grants(reader, id)?)))
        })
        .await?;
    let (person, grants) = found.ok_or(PageError::NotFound)?;
    let view =
        View { screen: "person", asked: id.to_string(), subjects: vec![Subject::Person(id)], found: 1 };
    signed.viewed(app, view).await?;
    let mut layout = frame(signed, person.name.clone(), &form);
    layout.notice = notice.map(str::to_owned);
    let known = Known {
        person,
        grants,
        names: site_names(app),
        today: app.today(),
        now: app.now(),
        own: signed.session().person == id,
        reader: signed.roles().to_vec(),
    };
    Ok(respond(&PersonPage::new(layout, form, &known, Operations::of(app), sites(app))))
}
