//! The cards whose last day is over or within a month, and those that are kept for longer. The city's instruction is written
//! down here for those that are ticked.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::disposal::Standing;
use domain::id::{CardId, OperationId};
use domain::journal::{CityRecord, Subject};
use domain::permission::Permission;
use domain::time::era_date;
use store::disposal::Kept;
use store::journal::View;

use super::export::{DEADLINE_CELLS, cells, read};
use super::{months, months_words, storage};
use crate::App;
use crate::kit::{Form, Language, Page, PageError, Texts, respond};
use crate::staff::desk::Signed;
use crate::staff::listing::{Arranged, Line, Table};
use crate::staff::{Layout, Task};

/// The list.
#[derive(Template)]
#[template(path = "staff/preparation/disposal/deadlines.html")]
pub(crate) struct DeadlinesPage {
    pub(crate) texts: Texts,
    pub(crate) layout: Layout,
    pub(crate) form: Form,
    pub(crate) problem: Option<String>,
    pub(crate) today: String,
    pub(crate) rule: String,
    /// How many cards stand where.
    pub(crate) counts: [(Standing, usize); 3],
    pub(crate) table: Table<Pick>,
    pub(crate) may_order: bool,
    pub(crate) by_paper: bool,
    pub(crate) operation: OperationId,
}

/// What can be done with a card of the list.
pub(crate) struct Pick {
    /// The card that can be ticked: past its last day, and not reserved.
    pub(crate) id: Option<CardId>,
    pub(crate) ticked: bool,
    pub(crate) control: String,
}

impl DeadlinesPage {
    fn has_picks(&self) -> bool {
        self.may_order && self.table.rows.iter().any(|row| row.more.id.is_some())
    }
}

impl Page for DeadlinesPage {
    fn status(&self) -> StatusCode {
        if self.problem.is_some() { StatusCode::CONFLICT } else { self.form.status() }
    }
}

/// Shows the list.
pub(crate) async fn show(State(app): State<Arc<App>>, signed: Signed) -> Result<Response, PageError> {
    page(&app, &signed, Form::fresh(), &[], None).await
}

pub(super) async fn page(
    app: &App,
    signed: &Signed,
    form: Form,
    ticked: &[CardId],
    problem: Option<String>,
) -> Result<Response, PageError> {
    let today = app.today();
    let (kept, names) = read(app).await?;
    let view = View {
        screen: "deadlines",
        asked: today.to_string(),
        subjects: kept.iter().map(|card| Subject::Card(card.card)).collect(),
        found: u32::try_from(kept.len()).unwrap_or(u32::MAX),
    };
    signed.viewed(app, view).await?;
    let arranged = Arranged::read(app, signed, &DEADLINE_CELLS).await?;
    let count = |standing| (standing, kept.iter().filter(|card| card.standing == standing).count());
    let counts = [Standing::Past, Standing::Soon, Standing::Extended].map(count);
    let line = |card: &Kept| Line {
        href: storage(card.card),
        cells: cells(&names, card),
        more: Pick {
            id: (card.standing == Standing::Past && card.booked.is_none()).then_some(card.card),
            ticked: ticked.contains(&card.card),
            control: crate::staff::wording::control(card.control_number),
        },
    };
    let mut layout = signed.layout("保管期限").within(Task::Storage);
    layout.refused = form.is_refused();
    Ok(respond(&DeadlinesPage {
        texts: Texts::new(Language::JA),
        layout,
        form,
        problem,
        today: era_date(today),
        rule: months_words(months(&app.rules(), today)),
        counts,
        table: Table::new(&arranged, kept.iter().map(line).collect()),
        may_order: signed.may(Permission::TransferBatches),
        by_paper: signed.city_record() == CityRecord::Paper,
        operation: app.operation(),
    }))
}
