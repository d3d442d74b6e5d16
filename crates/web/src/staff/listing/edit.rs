//! The form of an arrangement: which columns, in which order, where each is seen, and the order of the rows. It works
//! with buttons alone; what is moved is not saved before it is said.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::arrangement::{Arrangement, Placed};
use domain::id::{ArrangementId, OperationId};
use domain::journal::CityRecord;

use super::arranged::{built_in, gone};
use super::column::{Column, Listing, Medium, Seen};
use super::{of_address, of_list, show};
use crate::App;
use crate::kit::{Form, Language, Page, PageError, Texts, respond};
use crate::staff::Layout;
use crate::staff::agreement;
use crate::staff::desk::Signed;
use crate::staff::field;

pub(super) const NAME: &str = "name";
/// The version that is changed, as `ID.NUMBER`; empty: a new arrangement.
pub(super) const FOLLOWS: &str = "follows";
/// By which column rows are sorted, and whether from the greatest on.
pub(super) const SORT: &str = "sort";
pub(super) const DESCENDING: &str = "descending";
/// The table of columns, for its faults.
pub(super) const COLUMNS: &str = "columns";

/// A column of the form, in its place.
#[derive(Debug, Clone)]
pub(crate) struct Choice {
    pub(crate) column: &'static Column,
    pub(crate) seen: Seen,
}

/// Every column of a list, those of an arrangement first and in its order.
pub(super) fn choices(listing: &'static Listing, arrangement: &Arrangement) -> Vec<Choice> {
    let known = |placed: &Placed| {
        let column = listing.columns.get(listing.find(&placed.column)?)?;
        let seen = Seen { screen: placed.screen, paper: placed.paper, file: placed.file };
        Some(Choice { column, seen })
    };
    let mut choices: Vec<Choice> = arrangement.columns.iter().filter_map(known).collect();
    let rest = listing
        .columns
        .iter()
        .filter(|column| arrangement.columns.iter().all(|one| one.column != column.code));
    let unseen = Seen { screen: false, paper: false, file: false };
    choices.extend(rest.map(|column| Choice { column, seen: unseen }));
    choices
}

/// What the form shows beside what was typed.
#[derive(Debug, Default)]
pub(crate) struct Beside {
    /// The button that has the focus: `up` or `down`, and the column's code word.
    pub(crate) focus: Option<(&'static str, &'static str)>,
    /// What somebody else saved meanwhile, in words.
    pub(crate) other: Option<Other>,
}

/// A version that somebody else saved meanwhile.
#[derive(Debug)]
pub(crate) struct Other {
    pub(crate) saved: String,
    pub(crate) name: String,
    pub(crate) media: Vec<(&'static str, String)>,
    pub(crate) order: String,
}

/// The page.
#[derive(Template)]
#[template(path = "staff/listing/edit.html")]
pub(crate) struct EditPage {
    pub(crate) texts: Texts,
    pub(crate) layout: Layout,
    pub(crate) form: Form,
    pub(crate) listing: &'static Listing,
    pub(crate) choices: Vec<Choice>,
    /// The code words of columns that the arrangement names and the list no longer has.
    pub(crate) gone: String,
    pub(crate) beside: Beside,
    pub(crate) by_account: bool,
    pub(crate) operation: OperationId,
}

impl EditPage {
    fn media(&self) -> Vec<(Medium, &'static str, &'static str)> {
        let media = self.listing.media().iter();
        media.map(|medium| (*medium, medium_field(*medium), show::word(*medium))).collect()
    }

    fn has_focus(&self, way: &str, column: &Column) -> bool {
        self.beside.focus.is_some_and(|(button, code)| button == way && code == column.code)
    }

    fn is_last(&self, column: &Column) -> bool {
        self.choices.last().is_some_and(|choice| choice.column.code == column.code)
    }
}

impl Page for EditPage {
    fn status(&self) -> StatusCode {
        if self.beside.other.is_some() { StatusCode::CONFLICT } else { self.form.status() }
    }
}

/// The name of the check boxes of a medium.
pub(super) fn medium_field(medium: Medium) -> &'static str {
    match medium {
        Medium::Screen => "screen",
        Medium::Paper => "paper",
        Medium::File => "file",
    }
}

/// The form of a new arrangement, which begins as the list stands before anybody arranges it.
pub(crate) async fn new(
    State(app): State<Arc<App>>,
    Path(list): Path<String>,
    signed: Signed,
) -> Result<Response, PageError> {
    let listing = of_address(&signed, &list)?;
    let form = fresh(&app, "", None, &built_in(listing));
    let choices = choices(listing, &built_in(listing));
    Ok(page(&app, &signed, listing, form, choices, String::new(), Beside::default()))
}

/// The form of an arrangement that is changed.
pub(crate) async fn again(
    State(app): State<Arc<App>>,
    Path((list, id)): Path<(String, String)>,
    signed: Signed,
) -> Result<Response, PageError> {
    let listing = of_address(&signed, &list)?;
    let (id, of): (ArrangementId, _) = (field::id(&id)?, of_list(&app, listing));
    let found = app.db.read(move |reader| store::arrangement::find(reader, &of, id)).await?;
    let version = found.ok_or(PageError::NotFound)?;
    let gone = gone(listing, &version.arrangement).collect::<Vec<_>>().join("、");
    let form = fresh(&app, &version.name, Some((id, version.version)), &version.arrangement);
    let choices = choices(listing, &version.arrangement);
    Ok(page(&app, &signed, listing, form, choices, gone, Beside::default()))
}

fn fresh(app: &App, name: &str, follows: Option<(ArrangementId, u32)>, arrangement: &Arrangement) -> Form {
    let mut form = Form::fresh();
    form.fill(NAME, name);
    form.fill(FOLLOWS, follows.map(|(id, version)| format!("{id}.{version}")).unwrap_or_default());
    if let Some(sort) = &arrangement.sort {
        form.fill(SORT, sort.column.clone());
        form.fill(DESCENDING, if sort.descending { "yes" } else { "" });
    }
    form.fill(agreement::AGREED_ON, app.today().to_string());
    form
}

/// The form as it stands.
pub(super) fn page(
    app: &App,
    signed: &Signed,
    listing: &'static Listing,
    form: Form,
    choices: Vec<Choice>,
    gone: String,
    beside: Beside,
) -> Response {
    let what = if form.typed(FOLLOWS).is_empty() {
        "レイアウトを作る"
    } else {
        "レイアウトを変える"
    };
    let mut layout = signed.layout(format!("{}：{what}", listing.list.label())).within(listing.task);
    layout.refused = form.is_refused();
    respond(&EditPage {
        texts: Texts::new(Language::JA),
        layout,
        form,
        listing,
        choices,
        gone,
        beside,
        by_account: signed.city_record() == CityRecord::Account,
        operation: app.operation(),
    })
}
