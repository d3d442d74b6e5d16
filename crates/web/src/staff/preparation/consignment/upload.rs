//! A list with its file: read, checked as a whole, and held for its page.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::extract::multipart::{Field, Multipart, MultipartError};
use axum::http::StatusCode;
use axum::response::Response;
use documents::intake::{IntakeError, Limits};
use domain::guard::{self, Finding};
use store::consignment::Header;

use super::held::Checked;
use super::problem::{Row, SHOWN, unreadable};
use super::read::{Reading, Refusal, read};
use super::{BOX, LIST_DATE, RECEIVED_ON, header, mapping, refusal};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Form, Language, Page, PageError, Texts, respond};
use crate::staff::desk::Signed;
use crate::staff::{Layout, Task};

/// The field of the file.
pub(in crate::staff::preparation) const FILE: &str = "file";

/// What a text field of this form can hold, in bytes.
const TEXT: usize = 4 * 1024;

/// The form of a list with its file, and what was wrong with the last one.
#[derive(Template)]
#[template(path = "staff/preparation/consignment/upload.html")]
pub(crate) struct UploadPage {
    pub(crate) texts: Texts,
    pub(crate) layout: Layout,
    pub(crate) form: Form,
    pub(crate) wrong: Option<Wrong>,
}

/// What was wrong with the lines of a file.
pub(crate) struct Wrong {
    /// One of them is an Individual Number.
    pub(crate) individual_number: bool,
    pub(crate) total: usize,
    pub(crate) rows: Vec<Row>,
}

impl Wrong {
    pub(crate) fn is_cut(&self) -> bool {
        self.total > SHOWN
    }
}

impl Page for UploadPage {
    fn status(&self) -> StatusCode {
        self.form.status()
    }
}

fn page(signed: &Signed, form: Form, wrong: Option<Wrong>) -> Response {
    let mut layout = signed.layout("一覧表を取り込む").within(Task::Preparation);
    layout.refused = form.is_refused();
    respond(&UploadPage { texts: Texts::new(Language::JA), layout, form, wrong })
}

/// Asks for the file.
pub(crate) async fn show(State(app): State<Arc<App>>, signed: Signed) -> Response {
    let mut form = Form::fresh();
    form.fill(RECEIVED_ON, app.today().to_string());
    page(&signed, form, None)
}

/// What was sent: the texts, and the file if one was chosen.
pub(in crate::staff::preparation) struct Sent {
    pub(in crate::staff::preparation) fields: Fields,
    pub(in crate::staff::preparation) file: Option<Result<Vec<u8>, IntakeError>>,
    /// The file's name holds an Individual Number.
    bad_name: bool,
}

impl Sent {
    /// The file, if one was sent that can be looked at; what is wrong becomes the fault of its field.
    pub(in crate::staff::preparation) fn file(self, form: &mut Form) -> Option<Vec<u8>> {
        if self.bad_name {
            form.refuse_ja(
                FILE,
                "ファイルの名前に個人番号と思われる番号があります。ファイルは保存せずに消去しました。",
            );
        }
        match self.file {
            None => {
                form.refuse_ja(FILE, "ファイルを選んでください。");
                None
            }
            Some(Err(error)) => {
                form.refuse_ja(FILE, unreadable(&error));
                None
            }
            Some(Ok(file)) => Some(file),
        }
    }
}

/// Reads the file, and holds it for the page that shows what would be taken.
pub(crate) async fn check(
    State(app): State<Arc<App>>,
    signed: Signed,
    body: Multipart,
) -> Result<Response, PageError> {
    // Each file is in memory in full while it is read.
    let Some(place) = app.uploads.reader() else { return Err(PageError::Full) };
    let sent = receive(body).await?;
    let mut form = sent.fields.form(&[RECEIVED_ON, LIST_DATE, BOX])?;
    let header = header(&app, &mut form);
    let file = sent.file(&mut form);
    let (Some(header), Some(file), false) = (header, file, form.is_refused()) else {
        return Ok(page(&signed, form, None));
    };
    let mapping = mapping(&app, header.list_date).await?;
    let read = tokio::task::spawn_blocking(move || read(&file, &mapping)).await;
    drop(place);
    let reading = match read.map_err(PageError::internal)? {
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
            let wrong = Wrong {
                individual_number: problems.has_individual_number(),
                total: problems.total(),
                rows: problems.rows(),
            };
            return Ok(page(&signed, form, Some(wrong)));
        }
    };
    hold(&app, &signed, form, header, reading).await
}

/// Holds what was read, unless it, or a card on it, was taken before.
async fn hold(
    app: &App,
    signed: &Signed,
    mut form: Form,
    header: Header,
    reading: Reading,
) -> Result<Response, PageError> {
    let header = Header { file_hash: Some(reading.hash), ..header };
    if let Some(sentence) = taken_before(app, &header).await? {
        form.refuse_ja(FILE, sentence);
        return Ok(page(signed, form, None));
    }
    let known = known(app, &reading.lines).await?;
    if !known.is_empty() {
        form.refuse_ja(FILE, "すでに取り込まれたカードが含まれています。何も保存していません。");
        let what = "この交付通知書番号のカードは、すでに取り込まれています。";
        let row = |line: &u32| Row { line: u64::from(*line), column: String::new(), what: what.to_owned() };
        let rows = known.iter().take(SHOWN).map(row).collect();
        return Ok(page(signed, form, Some(Wrong { individual_number: false, total: known.len(), rows })));
    }
    let list = Checked {
        by: signed.session().person,
        header,
        lines: reading.lines,
        questions: reading.questions,
        format: Some(reading.format),
        taken: tokio::sync::Mutex::new(None),
    };
    let operation = app.operation();
    app.uploads.hold(operation, app.now(), list);
    Ok(see_other(&format!("/consignments/checked/{operation}")))
}

/// The sentence for a list that was taken before.
pub(super) async fn taken_before(app: &App, header: &Header) -> Result<Option<String>, PageError> {
    let header = header.clone();
    match app.db.read(move |reader| store::consignment::taken_before(reader, &header)).await {
        Ok(()) => Ok(None),
        Err(error) => refusal(&error).map(Some).ok_or_else(|| PageError::internal(error)),
    }
}

/// The lines of the list whose notice numbers are known, asked in portions so that no read is long.
async fn known(app: &App, lines: &[domain::consignment::Line]) -> Result<Vec<u32>, PageError> {
    let mut known = Vec::new();
    for portion in lines.chunks(store::consignment::CHUNK) {
        let (portion, keys) = (portion.to_vec(), app.keys.clone());
        let found =
            app.db.read(move |reader| store::consignment::known_notices(reader, &keys, &portion)).await?;
        known.extend(found);
    }
    Ok(known)
}

pub(in crate::staff::preparation) async fn receive(mut body: Multipart) -> Result<Sent, PageError> {
    let (mut texts, mut file, mut bad_name) = (Vec::new(), None, false);
    while let Some(field) = body.next_field().await.map_err(|error| refused(&error))? {
        let name = field.name().unwrap_or_default().to_owned();
        let individual = |text: &str| guard::worst(text) == Some(Finding::IndividualNumber);
        if individual(&name) {
            return Err(PageError::IndividualNumber);
        }
        if name == FILE && file.is_none() {
            let chosen = field.file_name().unwrap_or_default();
            bad_name = individual(chosen);
            let nothing = chosen.is_empty();
            let bytes = bounded(field, Limits::default().bytes).await?;
            if !(nothing && matches!(&bytes, Some(bytes) if bytes.is_empty())) {
                let limit = Limits::default().bytes;
                file = Some(bytes.ok_or(IntakeError::TooLarge { limit }));
            }
        } else {
            let bytes = bounded(field, TEXT).await?.ok_or(PageError::BadRequest)?;
            texts.push((name, String::from_utf8(bytes).map_err(|_| PageError::BadRequest)?));
        }
    }
    let pairs: Vec<(&str, &str)> =
        texts.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    Ok(Sent { fields: Fields::of(&pairs), file, bad_name })
}

/// The bytes of a field; none when there are more than allowed, which are then read and dropped.
async fn bounded(mut field: Field<'_>, most: usize) -> Result<Option<Vec<u8>>, PageError> {
    let mut bytes = Some(Vec::new());
    while let Some(chunk) = field.chunk().await.map_err(|error| refused(&error))? {
        bytes = bytes.filter(|bytes: &Vec<u8>| bytes.len() + chunk.len() <= most);
        if let Some(bytes) = &mut bytes {
            bytes.extend_from_slice(&chunk);
        }
    }
    Ok(bytes)
}

fn refused(error: &MultipartError) -> PageError {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE { PageError::TooLarge } else { PageError::BadRequest }
}
