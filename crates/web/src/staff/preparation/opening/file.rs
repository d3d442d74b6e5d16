//! The file of the opening stock: read, checked as a whole, and held for its page.

use std::collections::HashMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::extract::multipart::Multipart;
use axum::http::StatusCode;
use axum::response::Response;
use documents::intake::Format;
use domain::id::ConsignmentId;
use domain::number::PlaceLabel;
use domain::opening::{self as words, Checker, PlaceName, Problem, ProblemKind, STOCK};
use domain::place::PlaceKind;
use store::consignment::{CHUNK, Header, TakeError};
use store::former::{Kind, hashed};
use store::opening::Stock;
use store::opening::draft::holds_stock;
use store::place::Place;

use super::begin::{DEFAULT_NAME, NAME};
use super::problem::Problems;
use super::{Reading, Refusal, read};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Form, Language, Page, PageError, Texts, respond};
use crate::staff::desk::Signed;
use crate::staff::field;
use crate::staff::preparation::consignment::problem::unreadable;
use crate::staff::preparation::consignment::upload::{FILE, Wrong, receive};
use crate::staff::{Layout, Task};

/// A file that was checked and may be taken.
#[derive(Debug)]
pub(super) struct Checked {
    /// The header of the portion that it becomes.
    pub(super) header: Header,
    /// Its cards.
    pub(super) lines: Vec<Stock>,
    /// The names of the places.
    pub(super) places: Vec<(String, usize)>,
    /// What it was.
    pub(super) format: Format,
    /// How many cells have twelve digits that are to be asked back.
    pub(super) questions: usize,
    /// What it became. Held locked while it is being taken, so that a second press waits for the first.
    pub(super) taken: tokio::sync::Mutex<Option<ConsignmentId>>,
}

/// The form of the file.
#[derive(Template)]
#[template(path = "staff/preparation/opening/file.html")]
pub(crate) struct FilePage {
    pub(crate) texts: Texts,
    pub(crate) layout: Layout,
    pub(crate) form: Form,
    pub(crate) wrong: Option<Wrong>,
    pub(crate) columns: Vec<(&'static str, bool)>,
}

/// The columns of the file, and which must be there.
pub(in crate::staff::preparation::opening) fn columns() -> Vec<(&'static str, bool)> {
    STOCK.iter().map(|(field, needed)| (field.label(), *needed)).collect()
}

impl Page for FilePage {
    fn status(&self) -> StatusCode {
        self.form.status()
    }
}

fn page(signed: &Signed, form: Form, wrong: Option<Wrong>) -> Response {
    let mut layout = signed.layout("カードの一覧を取り込む（引継ぎ）").within(Task::Settings);
    layout.refused = form.is_refused();
    respond(&FilePage { texts: Texts::new(Language::JA), layout, form, wrong, columns: columns() })
}

/// Asks for the file.
pub(crate) async fn show(signed: Signed) -> Response {
    let mut form = Form::fresh();
    form.fill(NAME, DEFAULT_NAME);
    page(&signed, form, None)
}

const REFUSED: &str = "ファイルに誤りがあります。何も保存していません。下の一覧を確かめてください。";

/// Reads the file, and holds it for the page that shows what would be taken.
pub(crate) async fn check(
    State(app): State<Arc<App>>,
    signed: Signed,
    body: Multipart,
) -> Result<Response, PageError> {
    // Each file is in memory in full while it is read.
    let Some(place) = app.uploads.reader() else { return Err(PageError::Full) };
    let sent = receive(body).await?;
    let mut form = sent.fields.form(&[NAME])?;
    let name = field::name(&mut form, NAME, "組の名前");
    let file = sent.file(&mut form);
    let (Some(name), Some(file), false) = (name, file, form.is_refused()) else {
        return Ok(page(&signed, form, None));
    };
    let today = app.today();
    let reading = tokio::task::spawn_blocking(move || read(&file, &STOCK, today, Checker::stock)).await;
    drop(place);
    let reading = match reading.map_err(PageError::internal)? {
        Ok(reading) => reading,
        Err(Refusal::File(error)) => {
            form.refuse_ja(FILE, unreadable(&error));
            return Ok(page(&signed, form, None));
        }
        Err(Refusal::Lines(problems)) => {
            form.refuse_ja(FILE, REFUSED);
            return Ok(page(&signed, form, Some(problems.wrong())));
        }
    };
    let header = Header {
        site: app.settings.site.clone(),
        received_on: today,
        list_date: today,
        box_name: name,
        file_hash: Some(reading.hash),
    };
    hold(&app, &signed, form, header, reading).await
}

/// Holds what was read, unless it, or a card of it, was taken before.
async fn hold(
    app: &App,
    signed: &Signed,
    mut form: Form,
    header: Header,
    reading: Reading<words::Stock>,
) -> Result<Response, PageError> {
    let asked = header.clone();
    match app.db.read(move |reader| store::consignment::taken_before(reader, &asked)).await {
        Ok(()) => {}
        Err(error) => {
            let sentence = refusal(&error).ok_or_else(|| PageError::internal(error))?;
            form.refuse_ja(FILE, sentence);
            return Ok(page(signed, form, None));
        }
    }
    let places = Places::load(app).await?;
    let mut problems = Problems::default();
    let mut counts: HashMap<String, usize> = HashMap::new();
    let mut lines = Vec::with_capacity(reading.lines.len());
    for (n, line) in (1..).zip(&reading.lines) {
        match places.find(line) {
            Ok(place) => {
                *counts.entry(place.name.clone()).or_default() += 1;
                lines.push(stock(app, n, line, place)?);
            }
            Err(kind) => {
                problems.add([Problem { line: line.line, column: Some(line.place_column), kind }]);
            }
        }
    }
    problems.add(known(app, &reading.lines).await?);
    if !problems.is_empty() {
        form.refuse_ja(FILE, REFUSED);
        return Ok(page(signed, form, Some(problems.wrong())));
    }
    let mut places: Vec<(String, usize)> = counts.into_iter().collect();
    places.sort();
    let checked = Checked {
        header,
        lines,
        places,
        format: reading.format,
        questions: reading.questions,
        taken: tokio::sync::Mutex::new(None),
    };
    let operation = app.operation();
    app.former.stocks.hold(operation, app.now(), signed.session().person, checked);
    Ok(see_other(&format!("/taking-over/checked/{operation}")))
}

fn stock(app: &App, n: u32, line: &words::Stock, place: &Place) -> Result<Stock, PageError> {
    let hash = |number: &words::FormerNumber| hashed(&app.keys, Kind::Card, number);
    Ok(Stock {
        n,
        label: line.label.as_ref().map(hash).transpose()?,
        letter: line.letter.as_ref().map(hash).transpose()?,
        stage: line.stage,
        posted_on: line.posted_on,
        place: place.id,
        list_date: line.list_date,
        list_line: line.list_line,
        method: line.method,
        post_block: line.post_block,
        short_validity: line.short_validity,
    })
}

/// The lines whose numbers belong to cards already, asked in portions so that no read is long.
async fn known(app: &App, lines: &[words::Stock]) -> Result<Vec<Problem>, PageError> {
    let mut known = Vec::new();
    for portion in lines.chunks(CHUNK) {
        let (portion, keys) = (portion.to_vec(), app.keys.clone());
        let found = app.db.read(move |reader| {
            let mut found = Vec::new();
            for line in &portion {
                for number in line.label.iter().chain(&line.letter) {
                    if store::former::is_known(reader, &keys, number)? {
                        found.push(Problem { line: line.line, column: None, kind: ProblemKind::Taken });
                        break;
                    }
                }
            }
            Ok::<_, store::Error>(found)
        });
        known.extend(found.await?);
    }
    Ok(known)
}

/// The places of the site, by label and by name.
struct Places {
    labels: HashMap<PlaceLabel, Place>,
    names: HashMap<String, Vec<Place>>,
}

impl Places {
    async fn load(app: &App) -> Result<Self, PageError> {
        let site = app.settings.site.clone();
        let all = app.db.read(move |reader| {
            let mut all = store::place::of_kind(reader, &site, PlaceKind::Box)?;
            all.extend(store::place::of_kind(reader, &site, PlaceKind::Desk)?);
            Ok::<_, store::Error>(all)
        });
        let (mut labels, mut names) = (HashMap::new(), HashMap::<String, Vec<Place>>::new());
        for place in all.await? {
            names.entry(words::fold_name(&place.name)).or_default().push(place.clone());
            if let Some(label) = place.label {
                labels.insert(label, place);
            }
        }
        Ok(Self { labels, names })
    }

    fn find(&self, line: &words::Stock) -> Result<&Place, ProblemKind> {
        let place = match &line.place {
            PlaceName::Label(label) => self.labels.get(label),
            PlaceName::Name(name) => match self.names.get(name).map(Vec::as_slice) {
                Some([place]) => Some(place),
                _ => None,
            },
        };
        let place = place.ok_or(ProblemKind::UnknownPlace)?;
        if holds_stock(place.kind, line.stage) { Ok(place) } else { Err(ProblemKind::NotOnDesk) }
    }
}

/// The sentence for a file that is not taken.
pub(super) fn refusal(error: &TakeError) -> Option<String> {
    match error {
        TakeError::SameFile(_) => Some("このファイルはすでに取り込まれています。".to_owned()),
        TakeError::SameList(_) => {
            Some("同じ日に同じ名前の組がすでにあります。組の名前を変えてください。".to_owned())
        }
        TakeError::NoticeTaken { line } => Some(format!(
            "{line}枚目のカードの番号は、ほかのカードのものです。もう一度ファイルを確かめてください。"
        )),
        TakeError::Gone | TakeError::Reused(_) | TakeError::Store(_) => None,
    }
}
