//! 同封物と重さ: which leaflets, in which version, lie in the envelopes of a part, and what one envelope weighs.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::id::{LetterBatchId, OperationId};
use domain::sorting::MOST_GRAMS;
use store::Lane;
use store::letter::{LetterError, PartState};
use store::op::{Operation, once};
use store::sorting::{Enclosure, Inside};

use super::failed;
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Form, Language, Page, PageError, Texts, respond};
use crate::staff::desk::Signed;
use crate::staff::field::{self, OPERATION};
use crate::staff::wording::short;
use crate::staff::{Layout, Task};

const GRAMS: &str = "grams";
/// Leaflet and version, as many as an envelope usually holds.
const ROWS: [(&str, &str); 4] = [
    ("leaflet_1", "version_1"),
    ("leaflet_2", "version_2"),
    ("leaflet_3", "version_3"),
    ("leaflet_4", "version_4"),
];
/// Characters of a leaflet's name, and of a version.
const LONGEST: usize = 40;

/// The form.
#[derive(Template)]
#[template(path = "staff/preparation/letter/enclosures.html")]
pub(crate) struct EnclosuresPage {
    pub(crate) texts: Texts,
    pub(crate) layout: Layout,
    pub(crate) form: Form,
    pub(crate) operation: OperationId,
    pub(crate) id: LetterBatchId,
    pub(crate) name: String,
    /// Whether what stands in the fields is that of the part before.
    pub(crate) is_of_before: bool,
    /// Number, leaflet and version of each row.
    pub(crate) lines: Vec<(usize, &'static str, &'static str)>,
}

/// The rows of the form with their numbers.
fn lines() -> Vec<(usize, &'static str, &'static str)> {
    (1..).zip(ROWS).map(|(n, (leaflet, version))| (n, leaflet, version)).collect()
}

impl Page for EnclosuresPage {
    fn status(&self) -> StatusCode {
        self.form.status()
    }
}

/// Shows the form, with what was said of this part or else of the one before.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<Response, PageError> {
    let id: LetterBatchId = field::id(&id)?;
    let site = app.settings.site.clone();
    let (part, inside, before) = app
        .db
        .read(move |reader| {
            let part = store::letter::find(reader, id)?;
            let inside = store::sorting::inside(reader, id)?;
            let before = store::sorting::inside_before(reader, &site, id)?;
            Ok::<_, store::Error>((part, inside, before))
        })
        .await?;
    let part = part.ok_or(PageError::NotFound)?;
    if part.state != PartState::Printed {
        return Err(failed(LetterError::NotReady));
    }
    let is_of_before = inside == Inside::default() && before.is_some();
    let shown = if is_of_before { before.unwrap_or_default() } else { inside };
    let mut form = Form::fresh();
    for ((leaflet, version), enclosure) in ROWS.iter().zip(&shown.enclosures) {
        form.fill(leaflet, enclosure.leaflet.as_str());
        form.fill(version, enclosure.version.as_str());
    }
    if let Some(grams) = shown.grams {
        form.fill(GRAMS, grams.to_string());
    }
    Ok(page(&app, &signed, id, form, is_of_before))
}

fn page(app: &App, signed: &Signed, id: LetterBatchId, form: Form, is_of_before: bool) -> Response {
    let mut layout = signed.layout("同封物と重さ").within(Task::Preparation);
    layout.refused = form.is_refused();
    respond(&EnclosuresPage {
        texts: Texts::new(Language::JA),
        layout,
        form,
        operation: app.operation(),
        id,
        name: short(id),
        is_of_before,
        lines: lines(),
    })
}

/// Records them.
pub(crate) async fn record(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: LetterBatchId = field::id(&id)?;
    let names: Vec<&'static str> =
        ROWS.iter().flat_map(|(leaflet, version)| [*leaflet, *version]).chain([OPERATION, GRAMS]).collect();
    let mut form = fields.form(&names)?;
    let operation = field::operation(&form)?;
    let mut enclosures = Vec::new();
    for (leaflet, version) in ROWS {
        let of = |form: &Form, name| form.typed(name).trim().to_owned();
        let enclosure = Enclosure { leaflet: of(&form, leaflet), version: of(&form, version) };
        for (name, text) in [(leaflet, &enclosure.leaflet), (version, &enclosure.version)] {
            if text.chars().count() > LONGEST {
                form.refuse_ja(name, format!("{LONGEST}文字までで入力してください。"));
            }
        }
        match (enclosure.leaflet.is_empty(), enclosure.version.is_empty()) {
            (true, true) => {}
            (true, false) => form.refuse_ja(leaflet, "同封物の名前を入力してください。"),
            (false, true) => form.refuse_ja(version, "同封物の版を入力してください（例：第2版）。"),
            (false, false) => enclosures.push(enclosure),
        }
    }
    let grams = if form.typed(GRAMS).trim().is_empty() && form.fault(GRAMS).is_none() {
        None
    } else {
        field::number(&mut form, GRAMS, "封筒1通の重さ（g）")
    };
    if grams.is_some_and(|grams| grams > MOST_GRAMS) {
        form.refuse_ja(GRAMS, format!("封筒1通の重さは{MOST_GRAMS}gまでで入力してください。"));
    }
    if form.is_refused() {
        return Ok(page(&app, &signed, id, form, false));
    }
    let inside = Inside { enclosures, grams };
    let operation = Operation::new(operation, &format!("enclose {id} {inside:?}"));
    let act = app.act(signed.actor());
    app.db
        .write(Lane::Staff, move |tx| {
            once(tx, &act, &operation, |tx| store::sorting::enclose(tx, &act, id, &inside))
        })
        .await
        .map_err(failed)?;
    Ok(see_other(&format!("/letters/{id}")))
}
