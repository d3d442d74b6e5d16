//! 引き抜き: the cards of a day's reservations come out by scan, in one pass through the boxes. What changed since the
//! list was printed is seen at once: what is still to be taken out, and what lies on the tray for nobody.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::id::CardId;
use domain::journal::{BusinessDay, Subject};
use domain::number::ControlNumber;
use domain::permission::Permission;
use domain::place::{PlaceKind, walk_order};
use domain::recall::State as Recall;
use domain::scan::{ScanScreen, Scanned, read};
use domain::time::{Start, era_date, month_day_ja};
use jiff::civil::Date;
use serde::Deserialize;
use store::Lane;
use store::card::StepError;
use store::journal::View;
use store::pull::Pulled;

use super::super::consignment::inspect::outcome;
use super::super::scan::{CODE, Outcome, RECENT, Recent, Row, Scan};
use super::pull_export::{LISTING, cells};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Page, PageError, respond};
use crate::staff::counter::business;
use crate::staff::desk::Signed;
use crate::staff::field;
use crate::staff::listing::table::{Head, Line as Listed};
use crate::staff::listing::{Arranged, Stands, Table};
use crate::staff::wording::{control, list_line};
use crate::staff::{Layout, Task};

/// The scan screen.
#[derive(Template)]
#[template(path = "staff/preparation/storage/pull.html")]
pub(crate) struct PullPage {
    pub(crate) layout: Layout,
    pub(crate) day: Date,
    pub(crate) title: String,
    pub(crate) wanted: usize,
    pub(crate) done: usize,
    pub(crate) stands: Stands,
    /// The heads of the columns of the cards.
    pub(crate) heads: Vec<Head>,
    pub(crate) boxes: Vec<InBox>,
    pub(crate) astray: Vec<Line>,
    /// What nobody finds, of which the city was told.
    pub(crate) missing: Vec<Line>,
    /// What the city wants back.
    pub(crate) recalled: Vec<Recalled>,
    /// Whether somebody may write down that a card is missing.
    pub(crate) may_tell: bool,
    pub(crate) recent: String,
    pub(crate) rows: Vec<Row>,
    pub(crate) other: Vec<(String, String)>,
}

impl PullPage {
    /// The address of the files, without its ending.
    fn file(&self) -> String {
        format!("/lists/pull/{}", self.day)
    }
}

impl Page for PullPage {}

/// What is to be taken out of a box.
pub(crate) struct InBox {
    pub(crate) name: String,
    pub(crate) table: Table<CardLine>,
}

/// A card that is to be taken out.
#[derive(Debug, Clone)]
pub(crate) struct CardLine {
    pub(crate) card: CardId,
    pub(crate) control: String,
}

/// A card that the city wants back.
pub(crate) struct Recalled {
    pub(crate) line: Line,
    pub(crate) place: String,
    /// Whether it was taken out and waits for the city.
    pub(crate) is_out: bool,
}

/// A card.
pub(crate) struct Line {
    pub(crate) card: CardId,
    pub(crate) control: String,
    pub(crate) reference: String,
    pub(crate) start: Option<Start>,
}

/// The last scans in the address.
#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    recent: String,
}

/// Leads to the next open day, whose cards are pulled on the day before.
pub(crate) async fn first(State(app): State<Arc<App>>) -> Response {
    let (rules, today) = (app.rules(), business(&app, app.today()));
    let next = rules.next_open_day(today.service, &today.site, today.day).unwrap_or(today.day);
    see_other(&format!("/pull/{next}"))
}

/// Shows the screen.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Path(day): Path<String>,
    Query(asked): Query<Asked>,
    signed: Signed,
) -> Result<Response, PageError> {
    let day = business(&app, field::day_in(&day)?);
    let recent = Recent::read(&asked.recent);
    let (last, of, today) = (recent.clone(), day.clone(), app.today());
    let found = app.db.read(move |reader| {
        Ok::<_, store::Error>((
            store::pull::wanted(reader, &of)?,
            store::pull::astray(reader, &of, today)?,
            store::recall::waiting(reader, &of.site)?,
            last.rows(reader)?,
        ))
    });
    let (mut wanted, astray, recalled, rows) = found.await?;
    let arranged = Arranged::read(&app, &signed, &LISTING).await?;
    // One pass through the places; within a box in the order of the cards.
    wanted.sort_by_cached_key(|card| (walk_order(&card.place_name), card.list_date, card.line));
    let found = u32::try_from(wanted.len()).unwrap_or(u32::MAX);
    let subjects = vec![Subject::Day(day.clone())];
    let view = View { screen: "pull", asked: day.to_string(), subjects, found };
    let line = |card: &store::pull::Wanted| Line {
        card: card.card,
        control: control(card.control_number),
        reference: list_line(card.list_date, card.line),
        start: Some(card.start),
    };
    let (missing, lying): (Vec<_>, Vec<_>) =
        wanted.iter().filter(|card| card.is_left()).partition(|card| card.place_kind == PlaceKind::Missing);
    // Within a box the cards stand as the list does; the boxes stay in the order of the way.
    let in_boxes = lying.chunk_by(|one, other| one.place_name == other.place_name);
    let in_box = |cards: &[&store::pull::Wanted]| InBox {
        name: cards.first().map(|card| card.place_name.clone()).unwrap_or_default(),
        table: Table::new(&arranged, cards.iter().map(|card| to_pull(card)).collect()),
    };
    let boxes: Vec<InBox> = in_boxes.map(in_box).collect();
    let back = |card: &store::pull::Astray| Line {
        card: card.card,
        control: control(card.control_number),
        reference: list_line(card.list_date, card.line),
        start: None,
    };
    let back_to_city = |card: &store::recall::Waiting| Recalled {
        line: Line {
            card: card.recall.card,
            control: control(card.control_number),
            reference: list_line(card.list_date, card.line),
            start: None,
        },
        place: card.place_name.clone(),
        is_out: card.place_kind == PlaceKind::Desk,
    };
    let page = PullPage {
        layout: signed.layout(format!("{}の引き抜き", month_day_ja(day.day))).within(Task::Storage),
        day: day.day,
        title: era_date(day.day),
        wanted: wanted.len(),
        done: wanted.iter().filter(|card| !card.is_left()).count(),
        stands: Stands::of(&arranged),
        heads: Table::<CardLine>::new(&arranged, Vec::new()).heads,
        boxes,
        astray: astray.iter().map(back).collect(),
        missing: missing.into_iter().map(line).collect(),
        recalled: recalled
            .iter()
            .filter(|card| card.recall.state == Recall::Ended)
            .map(back_to_city)
            .collect(),
        may_tell: signed.may(Permission::MoveCards),
        recent: recent.text(),
        rows,
        other: others(&app, &day),
    };
    signed.shows(&app, view, || respond(&page)).await
}

fn to_pull(card: &store::pull::Wanted) -> Listed<CardLine> {
    let more = CardLine { card: card.card, control: control(card.control_number) };
    Listed { href: format!("/cards/{}", card.card), cells: cells(card), more }
}

/// Today and the next open day, but for the one that is shown.
fn others(app: &App, shown: &BusinessDay) -> Vec<(String, String)> {
    let (rules, today) = (app.rules(), app.today());
    let next = rules.next_open_day(shown.service, &shown.site, today);
    [Some(today), next]
        .into_iter()
        .flatten()
        .filter(|day| *day != shown.day)
        .map(|day| (format!("/pull/{day}"), month_day_ja(day)))
        .collect()
}

/// A scan: the card comes out for the day, or belongs back where it was.
pub(crate) async fn scan(
    State(app): State<Arc<App>>,
    Path(day): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let day = business(&app, field::day_in(&day)?);
    let form = fields.form(&[CODE, RECENT])?;
    let nothing = |outcome| Scan { card: None, outcome };
    let scanned = if form.fault(CODE).is_some() { Scanned::IndividualNumber } else { read(form.typed(CODE)) };
    let scan = match scanned {
        Scanned::IndividualNumber => {
            signed.back_scanned(&app, ScanScreen::Pull).await?;
            nothing(Outcome::IndividualNumber)
        }
        Scanned::Number(_) | Scanned::Unknown(_) | Scanned::Place(_) => nothing(Outcome::Unknown),
        Scanned::Control(number) => pull(&app, &signed, number, &day).await?,
    };
    let recent = Recent::read(form.typed(RECENT)).with(scan);
    Ok(see_other(&format!("/pull/{}?recent={}", day.day, recent.text())))
}

async fn pull(
    app: &App,
    signed: &Signed,
    number: ControlNumber,
    day: &BusinessDay,
) -> Result<Scan, PageError> {
    let (act, day) = (app.act(signed.actor()), day.clone());
    let done = app.db.write(Lane::Staff, move |tx| {
        let Some(id) = store::card::by_control_number(tx, number)? else {
            return Ok(Scan { card: None, outcome: Outcome::NoCard });
        };
        let outcome = match store::pull::pull(tx, &act, id, &day)? {
            Pulled::Pulled => Outcome::Pulled,
            Pulled::Before => Outcome::Before,
            Pulled::Recalled => Outcome::Recalled,
            Pulled::Suspended => Outcome::Suspended,
            Pulled::NotOfTheDay => Outcome::NotOfTheDay,
        };
        Ok::<_, StepError>(Scan { card: Some(id), outcome })
    });
    outcome(done.await)
}
