//! What would be taken: shown before anything is written.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::consignment::{ApplicationMethod, Line, Way};
use domain::id::OperationId;
use domain::time::era_date;

use super::held::Checked;
use super::problem::{Row, SHOWN, format};
use crate::App;
use crate::kit::{Form, Language, Page, PageError, Texts, respond};
use crate::staff::desk::Signed;
use crate::staff::field;
use crate::staff::{Layout, Task};

/// The list before it is taken.
#[derive(Template)]
#[template(path = "staff/preparation/consignment/check.html")]
pub(crate) struct CheckPage {
    pub(crate) texts: Texts,
    pub(crate) layout: Layout,
    pub(crate) form: Form,
    pub(crate) operation: OperationId,
    pub(crate) received_on: String,
    pub(crate) list_date: String,
    pub(crate) box_name: String,
    pub(crate) file: &'static str,
    pub(crate) lines: String,
    pub(crate) total: usize,
    pub(crate) methods: Vec<(&'static str, usize)>,
    pub(crate) mailed: usize,
    pub(crate) short: usize,
    pub(crate) with_notice: usize,
    pub(crate) questions: Vec<Row>,
    pub(crate) more_questions: usize,
}

impl Page for CheckPage {
    fn status(&self) -> StatusCode {
        self.form.status()
    }
}

/// The list is no longer held: it must be given again.
#[derive(Template)]
#[template(path = "staff/preparation/consignment/gone.html")]
pub(crate) struct GonePage {
    pub(crate) layout: Layout,
}

impl Page for GonePage {
    fn status(&self) -> StatusCode {
        StatusCode::GONE
    }
}

/// The page of a list that is no longer held.
pub(super) fn gone(signed: &Signed) -> Response {
    respond(&GonePage {
        layout: signed.layout("確認の時間が過ぎました").within(Task::Preparation)
    })
}

/// Shows what was checked.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Path(operation): Path<String>,
    signed: Signed,
) -> Result<Response, PageError> {
    let operation = field::id(&operation)?;
    match app.uploads.find(operation, app.now(), signed.session().person) {
        Some(list) => Ok(page(&signed, operation, &list, Form::fresh())),
        None => Ok(gone(&signed)),
    }
}

/// The page of a held list.
pub(super) fn page(signed: &Signed, operation: OperationId, list: &Checked, form: Form) -> Response {
    let mut layout = signed.layout("取り込む内容の確認").within(Task::Preparation);
    layout.refused = form.is_refused();
    let count = |with: &dyn Fn(&Line) -> bool| list.lines.iter().filter(|line| with(line)).count();
    let methods = ApplicationMethod::ALL
        .iter()
        .map(|method| (method.label_ja(), count(&|line| line.method == *method)))
        .filter(|(_, count)| *count > 0)
        .collect();
    let (first, last) = (list.lines.first(), list.lines.last());
    let number = |line: Option<&Line>| line.map_or(0, |line| line.line);
    respond(&CheckPage {
        texts: Texts::new(Language::JA),
        layout,
        form,
        operation,
        received_on: era_date(list.header.received_on),
        list_date: era_date(list.header.list_date),
        box_name: list.header.box_name.clone(),
        file: list.format.map_or("ファイルなし", format),
        lines: format!("{}から{}まで", number(first), number(last)),
        total: list.lines.len(),
        methods,
        mailed: count(&|line| line.way == Way::Mailed),
        short: count(&|line| line.short_validity == Some(true)),
        with_notice: count(&|line| line.notice.is_some()),
        questions: list.questions.iter().take(SHOWN).map(Row::of).collect(),
        more_questions: list.questions.len().saturating_sub(SHOWN),
    })
}
