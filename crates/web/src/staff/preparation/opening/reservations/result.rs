//! A file of reservations before it is taken, and what its lines came to after.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use documents::table::{Cell, Table};
use domain::id::OperationId;
use domain::journal::Subject;
use domain::opening::{Booked, Field};
use store::journal::View;
use store::takeover::{Outcome, Refused};

use super::super::check::gone;
use super::{Checked, reason};
use crate::App;
use crate::kit::{Form, Language, Page, PageError, Texts, respond};
use crate::staff::counter::file::{Wanted, csv};
use crate::staff::desk::Signed;
use crate::staff::field;
use crate::staff::preparation::consignment::problem::{SHOWN, format};
use crate::staff::wording::short_date;
use crate::staff::{Layout, Task};

/// The file before it is taken.
#[derive(Template)]
#[template(path = "staff/preparation/opening/reservations_check.html")]
pub(crate) struct CheckPage {
    pub(crate) texts: Texts,
    pub(crate) layout: Layout,
    pub(crate) form: Form,
    pub(crate) operation: OperationId,
    pub(crate) total: usize,
    pub(crate) file: &'static str,
    pub(crate) from: String,
    pub(crate) until: String,
    pub(crate) questions: usize,
}

impl Page for CheckPage {
    fn status(&self) -> StatusCode {
        self.form.status()
    }
}

/// What its lines came to.
#[derive(Template)]
#[template(path = "staff/preparation/opening/reservations_result.html")]
pub(crate) struct ResultPage {
    pub(crate) layout: Layout,
    pub(crate) operation: OperationId,
    pub(crate) taken: usize,
    pub(crate) over: Vec<Row>,
    pub(crate) already: usize,
    pub(crate) refused: usize,
    pub(crate) rows: Vec<Row>,
}

impl Page for ResultPage {}

/// A line of the file.
pub(crate) struct Row {
    pub(crate) line: u64,
    pub(crate) when: String,
    pub(crate) why: String,
    /// The reservation, where there is one.
    pub(crate) href: Option<String>,
}

/// The page before the file is taken.
pub(super) fn before(signed: &Signed, operation: OperationId, checked: &Checked, form: Form) -> Response {
    let mut layout = signed.layout("引き継ぐ予約の確認").within(Task::Settings);
    layout.refused = form.is_refused();
    let days = checked.lines.iter().map(|line| line.day);
    let text = |day: Option<jiff::civil::Date>| day.map(short_date).unwrap_or_default();
    respond(&CheckPage {
        texts: Texts::new(Language::JA),
        layout,
        form,
        operation,
        total: checked.lines.len(),
        file: format(checked.format),
        from: text(days.clone().min()),
        until: text(days.max()),
        questions: checked.questions,
    })
}

/// Shows what will be taken, or what was.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Path(operation): Path<String>,
    signed: Signed,
) -> Result<Response, PageError> {
    let operation: OperationId = field::id(&operation)?;
    let Some(checked) = app.former.reservations.find(operation, app.now(), signed.session().person) else {
        return Ok(gone(&signed, "/taking-over/reservations"));
    };
    let done = checked.done.lock().await;
    let Some(outcomes) = &*done else {
        return Ok(before(&signed, operation, &checked, Form::fresh()));
    };
    let (mut taken, mut already, mut over) = (0, 0, Vec::new());
    let mut subjects = Vec::new();
    for (line, outcome) in checked.lines.iter().zip(outcomes) {
        match outcome {
            Outcome::Taken { card, reservation, over: beyond } => {
                taken += 1;
                subjects.push(Subject::Card(*card));
                if *beyond {
                    let href = Some(crate::staff::counter::route::reservation(*reservation));
                    over.push(Row { href, ..row(line, String::new()) });
                }
            }
            Outcome::Already { card, .. } => {
                already += 1;
                subjects.push(Subject::Card(*card));
            }
            Outcome::Refused(_) => {}
        }
    }
    let refused = refused(&checked, outcomes);
    let view = View {
        screen: "taken_over_reservations",
        asked: operation.to_string(),
        found: u32::try_from(subjects.len()).unwrap_or(u32::MAX),
        subjects,
    };
    let page = ResultPage {
        layout: signed.layout("予約を引き継ぎました").within(Task::Settings),
        operation,
        taken,
        over,
        already,
        refused: refused.len(),
        rows: refused.iter().take(SHOWN).map(|(line, why)| row(line, reason(*why))).collect(),
    };
    signed.shows(&app, view, || respond(&page)).await
}

fn refused<'a>(checked: &'a Checked, outcomes: &[Outcome]) -> Vec<(&'a Booked, Refused)> {
    let one = |(line, outcome): (&'a Booked, &Outcome)| match outcome {
        Outcome::Refused(why) => Some((line, *why)),
        Outcome::Taken { .. } | Outcome::Already { .. } => None,
    };
    checked.lines.iter().zip(outcomes).filter_map(one).collect()
}

fn row(line: &Booked, why: String) -> Row {
    Row { line: line.line, when: format!("{} {}", short_date(line.day), line.start), why, href: None }
}

/// The lines that were not taken, as CSV: where they stand, and why. Numbers of the former system are not in it.
pub(crate) async fn export(
    State(app): State<Arc<App>>,
    Path(operation): Path<String>,
    signed: Signed,
) -> Result<Response, PageError> {
    let operation: OperationId = field::id(&operation)?;
    let Some(checked) = app.former.reservations.find(operation, app.now(), signed.session().person) else {
        return Ok(gone(&signed, "/taking-over/reservations"));
    };
    let done = checked.done.lock().await;
    let Some(outcomes) = &*done else { return Err(PageError::NotFound) };
    let lines = refused(&checked, outcomes);
    let cells = |(line, why): &(&Booked, Refused)| {
        vec![
            Cell::Number(i64::try_from(line.line).unwrap_or(i64::MAX)),
            Cell::Day(line.day),
            Cell::text(line.start.to_string()),
            Cell::text(line.channel.label()),
            Cell::text(reason(*why)),
        ]
    };
    let columns =
        ["行", Field::Day.label(), Field::Time.label(), Field::Channel.label(), "取り込めなかった理由"];
    let table =
        Table { columns: columns.map(str::to_owned).to_vec(), rows: lines.iter().map(cells).collect() };
    let layout = signed.layout("書き出せません").within(Task::Settings);
    csv(layout, &table, Wanted::Utf8, "reservations-not-taken.csv")
}
