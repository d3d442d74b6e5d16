//! Every optional field of personal data, with what the city decided on it.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::ledger::{Field, State as Standing};
use domain::time::era_date;
use store::ledger::Version;
use store::privacy::Decision;

use super::{href, retention, standing};
use crate::App;
use crate::kit::{Form, Page, PageError, respond};
use crate::staff::account::frame;
use crate::staff::desk::Signed;
use crate::staff::layout::Layout;

/// A field as the store knows it.
#[derive(Debug, Clone)]
pub(in super::super) struct Known {
    /// The field.
    pub(in super::super) field: Field,
    /// What the city decided; none: nothing yet.
    pub(in super::super) decision: Option<Decision>,
    /// Every version of what was written down, newest first.
    pub(in super::super) versions: Vec<Version>,
}

impl Known {
    /// What the store knows of a field.
    pub(super) fn read(reader: &mut store::Reader<'_>, field: Field) -> Result<Self, store::Error> {
        let decision = store::privacy::decided(reader, field.code())?;
        Ok(Self { field, decision, versions: store::ledger::versions(reader, field)? })
    }

    /// The version that stands so; there is one at most of those that are proposed or in force.
    pub(super) fn standing(&self, state: Standing) -> Option<&Version> {
        self.versions.iter().find(|version| version.state == state)
    }
}

/// A line of the list.
struct Line {
    href: String,
    field: &'static str,
    decision: &'static str,
    held: bool,
    by: String,
    on: String,
    retention: String,
    proposed: bool,
}

/// The page.
#[derive(Template)]
#[template(path = "staff/account/ledger/list.html")]
pub(in super::super) struct ListPage {
    layout: Layout,
    lines: Vec<Line>,
}

impl ListPage {
    /// The fields; each is shown also while it is undecided.
    pub(in super::super) fn new(layout: Layout, fields: &[Known]) -> Self {
        let line = |known: &Known| {
            let decision = known.decision.as_ref();
            let held = decision.filter(|decision| decision.agreed);
            Line {
                href: href(known.field),
                field: known.field.label(),
                decision: standing(decision),
                held: held.is_some(),
                by: decision.map_or_else(|| "－".to_owned(), |decision| decision.decided_by.clone()),
                on: decision.map_or_else(|| "－".to_owned(), |decision| era_date(decision.decided_on)),
                retention: held
                    .map_or_else(|| "－".to_owned(), |held| retention(known.field, held.retention_days)),
                proposed: known.standing(Standing::Proposed).is_some(),
            }
        };
        Self { layout, lines: fields.iter().map(line).collect() }
    }
}

impl Page for ListPage {}

/// Shows the fields.
pub(crate) async fn show(State(app): State<Arc<App>>, signed: Signed) -> Result<Response, PageError> {
    let fields = app
        .db
        .read(|reader| {
            Field::ALL.iter().map(|field| Known::read(reader, *field)).collect::<Result<Vec<_>, _>>()
        })
        .await?;
    Ok(respond(&ListPage::new(frame(&signed, "個人情報の台帳", &Form::fresh()), &fields)))
}
