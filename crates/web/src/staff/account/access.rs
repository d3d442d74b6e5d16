//! The register of views: who looked at which records, when (11(4)キ); asked by person, record and time.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use documents::table::Cell;
use domain::journal::Actor;
use domain::time::day_of;
use store::Reader;
use store::journal::{View, Viewed};
use store::question::Question;

use super::asked::{self, Asked, Hours};
use super::export::{self, Rows};
use super::frame;
use super::journal::{Around, LIMIT, MOST, PORTION};
use super::words::{self, Names};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Form, Page, PageError, respond};
use crate::staff::counter::file::CsvQuery;
use crate::staff::desk::Signed;
use crate::staff::layout::Layout;

/// A view as the page shows it.
struct Line {
    seq: Option<i64>,
    day: String,
    time: String,
    actor: String,
    screen: String,
    asked: String,
    found: u32,
    subjects: Vec<String>,
}

/// The page.
#[derive(Template)]
#[template(path = "staff/account/access.html")]
pub(super) struct AccessPage {
    layout: Layout,
    around: Around,
    lines: Vec<Line>,
}

impl AccessPage {
    /// The views of a page.
    pub(super) fn new(layout: Layout, around: Around, views: &[Viewed], names: &Names) -> Self {
        let line = |viewed: &Viewed| Line {
            seq: viewed.seq,
            day: crate::staff::wording::short_date(day_of(viewed.at)),
            time: words::clock_time(viewed.at),
            actor: names.actor(viewed.actor),
            screen: words::screen(&viewed.screen).to_owned(),
            asked: viewed.asked.clone(),
            found: viewed.found,
            subjects: viewed.subjects.split_whitespace().map(str::to_owned).collect(),
        };
        Self { layout, around, lines: views.iter().map(line).collect() }
    }
}

impl Page for AccessPage {
    fn status(&self) -> StatusCode {
        self.around.form.status()
    }
}

/// What of the views is asked beyond what an index tells.
#[derive(Clone, Copy)]
struct Only {
    outside: bool,
    output: bool,
}

impl Only {
    fn answers(self, view: &Viewed, hours: &mut Hours) -> bool {
        (!self.output || words::is_output(&view.screen))
            && (!self.outside || (matches!(view.actor, Actor::Person(_)) && hours.is_outside(view.at)))
    }
}

struct Answer {
    views: Vec<Viewed>,
    names: Names,
    record: Option<String>,
    next: Option<String>,
}

fn answer(reader: &mut Reader<'_>, asked: &asked::Read, mut hours: Hours) -> Result<Answer, store::Error> {
    let only = Only { outside: asked.outside, output: asked.output };
    let mut views: Vec<Viewed> = Vec::new();
    let (mut after, mut looked, mut next) = (asked.after.clone(), 0, None);
    let portion = if only.outside || only.output { PORTION } else { 100 };
    let whole = usize::try_from(portion).unwrap_or(LIMIT);
    loop {
        let rows = store::question::views(reader, &asked.question, &after, portion)?;
        let got = rows.len();
        for row in rows {
            after = row.cursor();
            if only.answers(&row, &mut hours) {
                views.push(row);
                if views.len() == LIMIT {
                    break;
                }
            }
        }
        looked += got;
        if views.len() == LIMIT || (got == whole && looked >= MOST) {
            next = Some(asked::cursor_words(&after));
            break;
        }
        if got < whole {
            break;
        }
    }
    let record = asked::record_words(reader, asked.question.record.as_ref())?;
    Ok(Answer { views, names: Names::people(reader)?, record, next })
}

/// Shows a page of an answer; looking at the register is a view too.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    signed: Signed,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let read = asked.read(&app)?;
    let form = asked.form(&read);
    page(&app, &signed, &asked, &read, form).await
}

/// Takes the form, and leads to the address of its question.
pub(crate) async fn ask(
    State(app): State<Arc<App>>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let (asked, form) = Asked::sent(&app, &fields).await?;
    if form.is_refused() {
        let none = Asked::default();
        return page(&app, &signed, &none, &none.read(&app)?, form).await;
    }
    Ok(see_other(&format!("/access?{}", asked.query())))
}

async fn page(
    app: &App,
    signed: &Signed,
    asked: &Asked,
    read: &asked::Read,
    form: Form,
) -> Result<Response, PageError> {
    let hours = (app.rules(), app.settings.site.clone());
    let question = read.clone();
    let answer = app
        .db
        .read(move |reader| answer(reader, &question, Hours::new(hours.0.clone(), hours.1.clone())))
        .await?;
    let found = u32::try_from(answer.views.len()).unwrap_or(u32::MAX);
    let subjects = read.question.record.iter().cloned().collect();
    signed.viewed(app, View { screen: "access", asked: asked.words(), subjects, found }).await?;
    let layout = frame(signed, "閲覧記録", &form);
    let around = Around::new("/access", asked, read, form, &answer.names, answer.record, answer.next);
    Ok(respond(&AccessPage::new(layout, around, &answer.views, &answer.names)))
}

/// The whole answer as a file.
pub(crate) async fn export(
    State(app): State<Arc<App>>,
    Path(form): Path<String>,
    signed: Signed,
    Query(asked): Query<Asked>,
    Query(query): Query<CsvQuery>,
) -> Result<Response, PageError> {
    let read = asked.read(&app)?;
    let question = asked::up_to_now(&read.question, app.now());
    let only = Only { outside: read.outside, output: read.output };
    let rows = Views { question: question.clone(), after: question.start(), only };
    let asked = export::Wanted {
        form,
        encoding: query.encoding,
        name: "access",
        title: "閲覧記録",
        screens: ["access_csv", "access_xlsx"],
        asked: asked.words(),
        subjects: read.question.record.into_iter().collect(),
    };
    let layout = frame(&signed, "閲覧記録", &Form::fresh());
    export::file(&app, &signed, layout, asked, rows).await
}

/// The views of an export, portion by portion.
#[derive(Clone)]
struct Views {
    question: Question,
    after: store::question::Cursor,
    only: Only,
}

impl Rows for Views {
    const COLUMNS: &'static [&'static str] =
        &["番号", "日付", "時刻", "だれが", "画面", "条件", "件数", "対象"];

    fn next(
        &mut self,
        reader: &mut Reader<'_>,
        hours: &mut Hours,
        names: &mut Names,
    ) -> Result<Option<Vec<Vec<Cell>>>, store::Error> {
        let rows = store::question::views(reader, &self.question, &self.after, PORTION)?;
        let Some(last) = rows.last() else { return Ok(None) };
        self.after = last.cursor();
        if names.people.is_empty() {
            *names = Names::people(reader)?;
        }
        let only = self.only;
        let kept = rows.iter().filter(|view| only.answers(view, hours));
        Ok(Some(kept.map(|view| cells(view, names)).collect()))
    }
}

fn cells(view: &Viewed, names: &Names) -> Vec<Cell> {
    vec![
        view.seq.map_or_else(Cell::empty, Cell::Number),
        Cell::Day(day_of(view.at)),
        Cell::text(words::clock_time(view.at)),
        Cell::text(names.actor(view.actor)),
        Cell::text(words::screen(&view.screen)),
        Cell::text(view.asked.clone()),
        Cell::Number(i64::from(view.found)),
        Cell::text(view.subjects.clone()),
    ]
}
