//! The file of reservations: read, checked as a whole, and held for its page.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::extract::multipart::Multipart;
use axum::http::StatusCode;
use axum::response::Response;
use domain::opening::{Checker, RESERVATIONS};

use super::super::{Refusal, read};
use super::Checked;
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Form, Language, Page, PageError, Texts, respond};
use crate::staff::desk::Signed;
use crate::staff::preparation::consignment::problem::unreadable;
use crate::staff::preparation::consignment::upload::{FILE, Wrong, receive};
use crate::staff::{Layout, Task};

/// The form of the file.
#[derive(Template)]
#[template(path = "staff/preparation/opening/reservations.html")]
pub(crate) struct FilePage {
    pub(crate) texts: Texts,
    pub(crate) layout: Layout,
    pub(crate) form: Form,
    pub(crate) wrong: Option<Wrong>,
    pub(crate) columns: Vec<(&'static str, bool)>,
}

/// The columns of the file, and which must be there.
pub(in crate::staff::preparation::opening) fn columns() -> Vec<(&'static str, bool)> {
    RESERVATIONS.iter().map(|(field, needed)| (field.label(), *needed)).collect()
}

impl Page for FilePage {
    fn status(&self) -> StatusCode {
        self.form.status()
    }
}

fn page(signed: &Signed, form: Form, wrong: Option<Wrong>) -> Response {
    let mut layout = signed.layout("予約を取り込む（引継ぎ）").within(Task::Settings);
    layout.refused = form.is_refused();
    respond(&FilePage { texts: Texts::new(Language::JA), layout, form, wrong, columns: columns() })
}

/// Asks for the file.
pub(crate) async fn show(signed: Signed) -> Response {
    page(&signed, Form::fresh(), None)
}

/// Reads the file, and holds it for the page that takes it.
pub(crate) async fn check(
    State(app): State<Arc<App>>,
    signed: Signed,
    body: Multipart,
) -> Result<Response, PageError> {
    // Each file is in memory in full while it is read.
    let Some(place) = app.uploads.reader() else { return Err(PageError::Full) };
    let sent = receive(body).await?;
    let mut form = sent.fields.form(&[])?;
    let file = sent.file(&mut form);
    let (Some(file), false) = (file, form.is_refused()) else { return Ok(page(&signed, form, None)) };
    let today = app.today();
    let reading =
        tokio::task::spawn_blocking(move || read(&file, &RESERVATIONS, today, Checker::booked)).await;
    drop(place);
    let reading = match reading.map_err(PageError::internal)? {
        Ok(reading) => reading,
        Err(Refusal::File(error)) => {
            form.refuse_ja(FILE, unreadable(&error));
            return Ok(page(&signed, form, None));
        }
        Err(Refusal::Lines(problems)) => {
            form.refuse_ja(
                FILE,
                "ファイルに誤りがあります。何も保存していません。下の一覧を確かめてください。",
            );
            return Ok(page(&signed, form, Some(problems.wrong())));
        }
    };
    let checked = Checked {
        lines: reading.lines,
        format: reading.format,
        questions: reading.questions,
        done: tokio::sync::Mutex::new(None),
    };
    let operation = app.operation();
    app.former.reservations.hold(operation, app.now(), signed.session().person, checked);
    Ok(see_other(&format!("/taking-over/reservations/{operation}")))
}
