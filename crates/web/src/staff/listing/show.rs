//! The arrangements of a list: which is used, which holds for everybody, and what each of them shows.

use std::sync::Arc;

use askama::Template;
use axum::response::Response;
use domain::arrangement::Arrangement;
use domain::id::{ArrangementId, OperationId};
use domain::permission::Permission;
use store::arrangement::{InUse, Version};

use super::arranged::{BUILT_IN, built_in, gone};
use super::column::{Listing, Medium};
use super::of_list;
use crate::App;
use crate::kit::{Page, PageError, respond};
use crate::staff::Layout;
use crate::staff::account::words::Names;
use crate::staff::desk::Signed;
use crate::staff::wording::moment;

/// The page.
#[derive(Template)]
#[template(path = "staff/listing/show.html")]
pub(crate) struct ShowPage {
    pub(crate) layout: Layout,
    pub(crate) listing: &'static Listing,
    /// The name of the one that is used, and whether it is one's own choice.
    pub(crate) used: (String, bool),
    pub(crate) lines: Vec<Line>,
    pub(crate) arranges: bool,
    pub(crate) operation: OperationId,
}

impl Page for ShowPage {}

/// An arrangement.
pub(crate) struct Line {
    /// Which; empty for the one that nobody made.
    pub(crate) id: String,
    pub(crate) version: u32,
    pub(crate) name: String,
    pub(crate) media: Vec<(&'static str, String)>,
    pub(crate) order: String,
    pub(crate) agreement: String,
    pub(crate) saved: String,
    /// The code words of columns that are there no more.
    pub(crate) gone: String,
    pub(crate) is_used: bool,
    pub(crate) for_all: bool,
    pub(crate) operation: OperationId,
}

/// The columns of an arrangement on each medium, in words.
pub(crate) fn media(listing: &Listing, arrangement: &Arrangement) -> Vec<(&'static str, String)> {
    let names = |medium: Medium| {
        let seen = arrangement.columns.iter().filter(|placed| match medium {
            Medium::Screen => placed.screen,
            Medium::Paper => placed.paper,
            Medium::File => placed.file,
        });
        let name =
            |code: &String| listing.find(code).and_then(|at| listing.columns.get(at)).map(|one| one.name);
        seen.filter_map(|placed| name(&placed.column)).collect::<Vec<_>>().join("、")
    };
    listing.media().iter().map(|medium| (word(*medium), names(*medium))).collect()
}

/// The word for a medium.
pub(crate) fn word(medium: Medium) -> &'static str {
    match medium {
        Medium::Screen => "画面",
        Medium::Paper => "紙（PDF）",
        Medium::File => "ファイル",
    }
}

/// The order of the rows in words; empty: as the list has it.
pub(crate) fn order(listing: &Listing, arrangement: &Arrangement) -> String {
    let Some(sort) = &arrangement.sort else { return String::new() };
    let name = listing.find(&sort.column).and_then(|at| listing.columns.get(at)).map(|column| column.name);
    let way = if sort.descending { "大きい・新しい順" } else { "小さい・古い順" };
    name.map(|name| format!("{name}の{way}")).unwrap_or_default()
}

/// Shows the arrangements of a list.
pub(crate) async fn show(
    app: Arc<App>,
    signed: Signed,
    listing: &'static Listing,
) -> Result<Response, PageError> {
    let (of, person) = (of_list(&app, listing), signed.session().person);
    let read = app.db.read(move |reader| {
        let used = store::arrangement::in_use(reader, person, &of)?;
        Ok::<_, store::Error>((used, store::arrangement::list(reader, &of)?, Names::people(reader)?))
    });
    let (used, versions, names) = read.await?;
    Ok(respond(&page(&app, &signed, listing, used.as_ref(), &versions, &names)))
}

fn page(
    app: &App,
    signed: &Signed,
    listing: &'static Listing,
    used: Option<&InUse>,
    versions: &[Version],
    names: &Names,
) -> ShowPage {
    let used_id: Option<ArrangementId> = used.map(|used| used.id);
    let standard = built_in(listing);
    let first = Line {
        id: String::new(),
        version: 0,
        name: BUILT_IN.to_owned(),
        media: media(listing, &standard),
        order: String::new(),
        agreement: String::new(),
        saved: String::new(),
        gone: String::new(),
        is_used: used_id.is_none(),
        for_all: versions.iter().all(|version| !version.for_all),
        operation: app.operation(),
    };
    let line = |version: &Version| Line {
        id: version.id.to_string(),
        version: version.version,
        name: version.name.clone(),
        media: media(listing, &version.arrangement),
        order: order(listing, &version.arrangement),
        agreement: version.agreement.clone(),
        saved: format!("第{}版　{} {}", version.version, moment(version.at), names.actor(version.by)),
        gone: gone(listing, &version.arrangement).collect::<Vec<_>>().join("、"),
        is_used: used_id == Some(version.id),
        for_all: version.for_all,
        operation: app.operation(),
    };
    ShowPage {
        layout: signed.layout(format!("{}：列と並び", listing.list.label())).within(listing.task),
        listing,
        used: used.map_or_else(|| (BUILT_IN.to_owned(), false), |used| (used.name.clone(), used.own)),
        lines: std::iter::once(first).chain(versions.iter().map(line)).collect(),
        arranges: signed.may(Permission::ArrangeLists),
        operation: app.operation(),
    }
}
