//! The journal in words: who did what, when, with the sealed number; asked by person, record, action and time.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use documents::table::Cell;
use domain::journal::Actor;
use domain::permission::Permission;
use domain::time::{day_of, era_date};
use store::Reader;
use store::journal::View;
use store::question::{Question, Told};

use super::asked::{self, Asked, Hours};
use super::export::{self, Rows};
use super::frame;
use super::words::{self, KINDS, Names};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Form, Language, Page, PageError, Texts, respond};
use crate::staff::counter::file::CsvQuery;
use crate::staff::desk::Signed;
use crate::staff::layout::Layout;

/// Rows of a page.
pub(super) const LIMIT: usize = 100;
/// Rows that are read in one go.
pub(super) const PORTION: u32 = 500;
/// Rows that are looked through for one page, where only some of them answer the question.
pub(super) const MOST: usize = 10_000;

/// An entry as the page shows it.
struct Line {
    seq: Option<i64>,
    day: String,
    time: String,
    actor: String,
    words: String,
    about: Option<(String, Option<String>)>,
    remark: Option<String>,
}

/// What stands around an answer, also of the register of views.
pub(super) struct Around {
    /// The path of the register: `/journal` or `/access`.
    pub(super) path: &'static str,
    pub(super) texts: Texts,
    pub(super) form: Form,
    /// The question's parameters.
    pub(super) query: String,
    /// The record in words.
    pub(super) record: Option<String>,
    /// From when to when, in words.
    pub(super) time: String,
    /// Everybody who may have acted: the words of the actor, and the name.
    pub(super) people: Vec<(String, String)>,
    /// The address of the first page, unless this is it.
    pub(super) first: Option<String>,
    /// The address of the next page, if there may be one.
    pub(super) next: Option<String>,
}

impl Around {
    /// What stands around the answer to a question.
    pub(super) fn new(
        path: &'static str,
        asked: &Asked,
        read: &asked::Read,
        form: Form,
        names: &Names,
        record: Option<String>,
        next: Option<String>,
    ) -> Self {
        let query = asked.query();
        let (from, to) = read.days;
        let time = match from {
            Some(from) if from == to => era_date(to),
            Some(from) => format!("{}から{}まで", era_date(from), era_date(to)),
            None => format!("{}まで", era_date(to)),
        };
        Self {
            path,
            texts: Texts::new(Language::JA),
            form,
            record,
            time,
            people: people(names),
            first: if asked.is_first() { None } else { Some(format!("{path}?{query}")) },
            next: next.map(|after| format!("{path}?{query}&after={after}")),
            query,
        }
    }

    /// Which of the questions in words is asked.
    pub(super) fn is_asked(&self, question: &str) -> bool {
        !self.form.typed(question).is_empty()
    }

    /// Whether this is the register of views.
    pub(super) fn is_access(&self) -> bool {
        self.path == "/access"
    }
}

fn people(names: &Names) -> Vec<(String, String)> {
    let mut people: Vec<(String, String)> =
        names.people.iter().map(|(id, name)| (Actor::Person(*id).to_string(), name.clone())).collect();
    people.sort_by(|one, other| one.1.cmp(&other.1));
    let others = [Actor::Citizen, Actor::System, Actor::Command];
    people.extend(others.map(|actor| (actor.to_string(), names.actor(actor))));
    people
}

/// The page.
#[derive(Template)]
#[template(path = "staff/account/journal.html")]
pub(super) struct JournalPage {
    layout: Layout,
    around: Around,
    lines: Vec<Line>,
}

impl JournalPage {
    /// The entries of a page.
    pub(super) fn new(layout: Layout, around: Around, told: &[Told], names: &Names, may_see: bool) -> Self {
        let line = |told: &Told| {
            let written = &told.written;
            Line {
                seq: written.seq,
                day: crate::staff::wording::short_date(written.day),
                time: words::clock_time(written.at),
                actor: names.actor(written.actor),
                words: words::sentence(&written.entry, names),
                about: told
                    .card
                    .map(|(card, number)| (number.to_string(), may_see.then(|| format!("/cards/{card}")))),
                remark: written.remark.clone(),
            }
        };
        Self { layout, around, lines: told.iter().map(line).collect() }
    }
}

impl Page for JournalPage {
    fn status(&self) -> StatusCode {
        self.around.form.status()
    }
}

/// Whether an entry answers the question beyond what its index tells: outside the hours, by a person.
fn answers(told: &Told, outside: bool, hours: &mut Hours) -> bool {
    !outside || (matches!(told.written.actor, Actor::Person(_)) && hours.is_outside(told.written.at))
}

struct Answer {
    told: Vec<Told>,
    names: Names,
    record: Option<String>,
    next: Option<String>,
}

fn answer(reader: &mut Reader<'_>, asked: &asked::Read, mut hours: Hours) -> Result<Answer, store::Error> {
    let mut told: Vec<Told> = Vec::new();
    let (mut after, mut looked, mut next) = (asked.after.clone(), 0, None);
    let portion = if asked.outside { PORTION } else { 100 };
    loop {
        let rows = store::question::entries(reader, &asked.question, &after, portion)?;
        let got = rows.len();
        for row in rows {
            after = row.cursor();
            if answers(&row, asked.outside, &mut hours) {
                told.push(row);
                if told.len() == LIMIT {
                    break;
                }
            }
        }
        looked += got;
        if told.len() == LIMIT || (got == usize::try_from(portion).unwrap_or(LIMIT) && looked >= MOST) {
            next = Some(asked::cursor_words(&after));
            break;
        }
        if got < usize::try_from(portion).unwrap_or(LIMIT) {
            break;
        }
    }
    let written: Vec<_> = told.iter().map(|told| told.written.clone()).collect();
    let names = Names::gather(reader, &written)?;
    let record = asked::record_words(reader, asked.question.record.as_ref())?;
    Ok(Answer { told, names, record, next })
}

/// Shows a page of an answer.
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
    Ok(see_other(&format!("/journal?{}", asked.query())))
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
    let found = u32::try_from(answer.told.len()).unwrap_or(u32::MAX);
    let subjects = read.question.record.iter().cloned().collect();
    signed.viewed(app, View { screen: "journal", asked: asked.words(), subjects, found }).await?;
    let names = answer.names.with_sites(&app.rules(), app.today());
    let layout = frame(signed, "記録簿", &form);
    let around = Around::new("/journal", asked, read, form, &names, answer.record, answer.next);
    let may_see = signed.may(Permission::SeeCards);
    Ok(respond(&JournalPage::new(layout, around, &answer.told, &names, may_see)))
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
    let rows = Entries { question: question.clone(), after: question.start(), outside: read.outside };
    let asked = export::Wanted {
        form,
        encoding: query.encoding,
        name: "journal",
        title: "記録簿",
        screens: ["journal_csv", "journal_xlsx"],
        asked: asked.words(),
        subjects: read.question.record.into_iter().collect(),
    };
    let layout = frame(&signed, "記録簿", &Form::fresh());
    export::file(&app, &signed, layout, asked, rows).await
}

/// The entries of an export, portion by portion.
#[derive(Clone)]
struct Entries {
    question: Question,
    after: store::question::Cursor,
    outside: bool,
}

impl Rows for Entries {
    const COLUMNS: &'static [&'static str] =
        &["番号", "日付", "時刻", "だれが", "操作", "内容", "管理番号", "備考"];

    fn next(
        &mut self,
        reader: &mut Reader<'_>,
        hours: &mut Hours,
        names: &mut Names,
    ) -> Result<Option<Vec<Vec<Cell>>>, store::Error> {
        let rows = store::question::entries(reader, &self.question, &self.after, PORTION)?;
        let Some(last) = rows.last() else { return Ok(None) };
        self.after = last.cursor();
        let written: Vec<_> = rows.iter().map(|told| told.written.clone()).collect();
        let sites = std::mem::take(&mut names.sites);
        *names = Names { sites, ..Names::gather(reader, &written)? };
        let outside = self.outside;
        let kept = rows.iter().filter(|told| answers(told, outside, hours));
        Ok(Some(kept.map(|told| cells(told, names)).collect()))
    }
}

fn cells(told: &Told, names: &Names) -> Vec<Cell> {
    let written = &told.written;
    let kind = written.entry.kind();
    let kind = KINDS.iter().find(|(code, _)| *code == kind).map_or(kind, |(_, words)| *words);
    vec![
        written.seq.map_or_else(Cell::empty, Cell::Number),
        Cell::Day(day_of(written.at)),
        Cell::text(words::clock_time(written.at)),
        Cell::text(names.actor(written.actor)),
        Cell::text(kind),
        Cell::text(words::sentence(&written.entry, names)),
        told.card.map_or_else(Cell::empty, |(_, number)| Cell::text(number.to_string())),
        Cell::text(written.remark.clone().unwrap_or_default()),
    ]
}
