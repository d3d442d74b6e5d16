//! The report on the screen: who has how many of the cards, whether that is all of them, and each with its mark.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::holder::Holder;
use domain::id::ConsignmentId;
use domain::journal::Subject;
use store::consignment::Consignment;
use store::custody::Kept;
use store::journal::View;

use super::export::{LISTING, cells};
use crate::App;
use crate::kit::{Page, PageError, respond};
use crate::staff::account::words::Names;
use crate::staff::desk::Signed;
use crate::staff::listing::{Arranged, Line, Table};
use crate::staff::wording::list_name;
use crate::staff::{Layout, Task, field};

/// The report.
#[derive(Template)]
#[template(path = "staff/preparation/custody/show.html")]
pub(crate) struct ShowPage {
    pub(crate) layout: Layout,
    pub(crate) id: ConsignmentId,
    /// Cards of the list.
    pub(crate) listed: u32,
    /// How many cards each holder has.
    pub(crate) holders: Vec<(&'static str, usize)>,
    /// Cards whose steps do not lead to where they are said to be.
    pub(crate) broken: usize,
    pub(crate) table: Table,
}

impl ShowPage {
    /// Where the files are, without their endings.
    fn file_path(&self) -> String {
        format!("/lists/custody/{}/cards", self.id)
    }

    /// Cards that stand in the report.
    fn told(&self) -> usize {
        self.holders.iter().map(|(_, n)| n).sum()
    }

    /// Whether every card of the list stands in it.
    fn agrees(&self) -> bool {
        usize::try_from(self.listed).is_ok_and(|listed| listed == self.told())
    }
}

impl Page for ShowPage {}

/// What the page and the file are made of, of one snapshot.
pub(super) struct Report {
    pub(super) consignment: Consignment,
    pub(super) cards: Vec<Kept>,
    pub(super) names: Names,
}

impl Report {
    /// How many cards each holder has, of those who have any.
    fn holders(&self) -> Vec<(&'static str, usize)> {
        let of = |holder: &Holder| self.cards.iter().filter(|card| card.holder == *holder).count();
        let counted = Holder::ALL.iter().map(|holder| (holder.label(), of(holder)));
        counted.filter(|(_, n)| *n > 0).collect()
    }

    /// The same as one line.
    pub(super) fn sum(&self) -> String {
        let parts: Vec<String> = self.holders().into_iter().map(|(who, n)| format!("{who}{n}枚")).collect();
        format!("一覧表{}枚：{}", self.consignment.cards, parts.join("、"))
    }
}

/// Reads the report.
pub(super) async fn read(app: &App, id: ConsignmentId) -> Result<Report, PageError> {
    let found = app.db.read(move |reader| {
        let Some(consignment) = store::consignment::find(reader, id)? else { return Ok(None) };
        let (cards, names) = (store::custody::of_consignment(reader, id)?, Names::people(reader)?);
        Ok::<_, store::Error>(Some(Report { consignment, cards, names }))
    });
    found.await?.ok_or(PageError::NotFound)
}

/// Shows the report.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<Response, PageError> {
    let id: ConsignmentId = field::id(&id)?;
    let report = read(&app, id).await?;
    let arranged = Arranged::read(&app, &signed, &LISTING).await?;
    let Report { consignment, cards, names } = &report;
    let name = list_name(consignment.list_date, &consignment.box_name, consignment.is_opening);
    let line = |card: &Kept| Line::new(format!("/cards/{}", card.id), cells(card, names));
    let page = ShowPage {
        layout: signed.layout(format!("受渡記録　{name}")).within(Task::Preparation),
        id,
        listed: consignment.cards,
        holders: report.holders(),
        broken: cards.iter().filter(|card| !card.way.is_unbroken()).count(),
        table: Table::new(&arranged, cards.iter().map(line).collect()),
    };
    let view = View {
        screen: "custody",
        asked: id.to_string(),
        subjects: vec![Subject::Consignment(id)],
        found: u32::try_from(cards.len()).unwrap_or(u32::MAX),
    };
    signed.shows(&app, view, || respond(&page)).await
}
