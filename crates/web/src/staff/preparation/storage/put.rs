//! Putting cards away: the box is scanned, then its cards. A card that is scanned first is told its box, and goes into the
//! one that is scanned next.

use std::collections::BTreeSet;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use domain::card::Stage;
use domain::consignment::PostBlock;
use domain::id::{CardId, PlaceId};
use domain::number::{ControlNumber, PlaceLabel};
use domain::scan::{ScanScreen, Scanned, read};
use domain::service::SiteCode;
use domain::storage::{Filled, Order, Suggested, suggest};
use serde::Deserialize;
use store::card::StepError;
use store::{Lane, Reader};

use super::super::consignment::inspect::outcome;
use super::super::scan::{CODE, Outcome, RECENT, Recent, Row, Scan};
use super::picture::walked;
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Page, PageError, respond};
use crate::staff::desk::Signed;
use crate::staff::wording::control;
use crate::staff::{Layout, Task};

const PLACE: &str = "place";
const CARD: &str = "card";

/// The scan screen.
#[derive(Template)]
#[template(path = "staff/preparation/storage/put.html")]
pub(crate) struct PutPage {
    pub(crate) layout: Layout,
    pub(crate) place: Option<Chosen>,
    /// The card that waits for its box.
    pub(crate) waiting: Option<Waiting>,
    pub(crate) recent: String,
    pub(crate) rows: Vec<Row>,
}

impl Page for PutPage {}

/// The box into which cards go.
pub(crate) struct Chosen {
    pub(crate) id: PlaceId,
    pub(crate) name: String,
    pub(crate) cards: u32,
    pub(crate) capacity: Option<u32>,
    /// Where the next card goes, once this one is full.
    pub(crate) next: Option<String>,
}

impl Chosen {
    fn is_full(&self) -> bool {
        self.capacity.is_some_and(|capacity| self.cards >= capacity)
    }
}

/// A card without a box, and the one that is suggested.
pub(crate) struct Waiting {
    pub(crate) card: CardId,
    pub(crate) control: String,
    /// The box and why; none: every box is full.
    pub(crate) place: Option<(String, String)>,
}

/// Box and last scans in the address.
#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    place: Option<PlaceId>,
    card: Option<CardId>,
    #[serde(default)]
    recent: String,
}

/// Shows the screen.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Query(asked): Query<Asked>,
    signed: Signed,
) -> Result<Response, PageError> {
    let recent = Recent::read(&asked.recent);
    recent.viewed(&app, &signed, "put_away").await?;
    let (last, site) = (recent.clone(), app.settings.site.clone());
    let order = app.settings.profile.storage.order;
    let (place, waiting, rows) = app
        .db
        .read(move |reader| {
            let chosen = match asked.place {
                Some(id) => chosen(reader, &site, order, id)?,
                None => None,
            };
            let waiting = match asked.card {
                Some(id) if chosen.is_none() => waiting(reader, &site, order, id)?,
                _ => None,
            };
            Ok::<_, store::Error>((chosen, waiting, last.rows(reader)?))
        })
        .await?;
    Ok(respond(&PutPage {
        layout: signed.layout("カードを箱に入れる").within(Task::Storage),
        place,
        waiting,
        recent: recent.text(),
        rows,
    }))
}

fn chosen(
    reader: &mut Reader<'_>,
    site: &SiteCode,
    order: Order,
    id: PlaceId,
) -> Result<Option<Chosen>, store::Error> {
    let Some(place) = store::place::find(reader, id)?.filter(|place| place.kind.is_storage()) else {
        return Ok(None);
    };
    let cards = store::place::cards_in(reader, id)?;
    let mut chosen = Chosen { id, name: place.name, cards, capacity: place.capacity, next: None };
    if chosen.is_full() {
        let block = match order {
            Order::ControlNumber => None,
            Order::PostBlock => store::place::block_in(reader, id)?,
        };
        chosen.next = suggested(reader, site, Some(id), block)?.map(|(name, _)| name);
    }
    Ok(Some(chosen))
}

fn waiting(
    reader: &mut Reader<'_>,
    site: &SiteCode,
    order: Order,
    id: CardId,
) -> Result<Option<Waiting>, store::Error> {
    let Some(card) = store::card::find(reader, id)? else { return Ok(None) };
    let block = (order == Order::PostBlock).then_some(card.post_block);
    let neighbour = store::place::neighbour(reader, site, card.control_number, block)?;
    let place = suggested(reader, site, neighbour, block)?;
    Ok(Some(Waiting { card: id, control: control(card.control_number), place }))
}

/// The name of the box that is suggested beside another, and why; `block` where boxes are kept apart by 郵便区.
fn suggested(
    reader: &mut Reader<'_>,
    site: &SiteCode,
    neighbour: Option<PlaceId>,
    block: Option<PostBlock>,
) -> Result<Option<(String, String)>, store::Error> {
    let boxes = walked(reader, site)?;
    let strange = match block {
        None => BTreeSet::new(),
        Some(block) => store::place::strange(reader, site, block)?,
    };
    let filled: Vec<Filled> = boxes
        .iter()
        .map(|(place, cards)| Filled {
            id: place.id,
            cards: *cards,
            capacity: place.capacity,
            strange: strange.contains(&place.id),
        })
        .collect();
    let Some(suggested) = suggest(&filled, neighbour) else { return Ok(None) };
    let why = match (suggested, block.map(PostBlock::label)) {
        (Suggested::Beside(_), None) => "一つ前の管理番号のカードがある箱".to_owned(),
        (Suggested::Beside(_), Some(block)) => format!("郵便区{block}の一つ前の管理番号のカードがある箱"),
        (Suggested::After(_), _) => "次の空きのある箱".to_owned(),
        (Suggested::First(_), None) => "空きのある箱".to_owned(),
        (Suggested::First(_), Some(block)) => format!("郵便区{block}のカードを入れ始める箱"),
        (Suggested::Mixed(_), _) => "空きのある箱。ほかの郵便区のカードも入っています".to_owned(),
    };
    let name =
        boxes.into_iter().find(|(place, _)| place.id == suggested.place()).map(|(place, _)| place.name);
    Ok(name.map(|name| (name, why)))
}

/// A scan: a box is chosen, a card goes into it.
pub(crate) async fn scan(
    State(app): State<Arc<App>>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let form = fields.form(&[CODE, PLACE, CARD, RECENT])?;
    let mut waits: Option<CardId> = form.typed(CARD).parse().ok();
    let mut place: Option<PlaceId> = form.typed(PLACE).parse().ok();
    let nothing = |outcome| Scan { card: None, outcome };
    let scanned = if form.fault(CODE).is_some() { Scanned::IndividualNumber } else { read(form.typed(CODE)) };
    let scan = match scanned {
        Scanned::IndividualNumber => {
            signed.back_scanned(&app, ScanScreen::PutAway).await?;
            nothing(Outcome::IndividualNumber)
        }
        Scanned::Number(_) | Scanned::Unknown(_) => nothing(Outcome::Unknown),
        Scanned::Place(label) => match choose(&app, label).await? {
            Some(chosen) => {
                place = Some(chosen);
                match waits.take() {
                    Some(card) => put(&app, &signed, Wanted::Card(card), chosen).await?,
                    None => nothing(Outcome::Place),
                }
            }
            None => nothing(Outcome::NoPlace),
        },
        Scanned::Control(number) => {
            if let Some(place) = place {
                put(&app, &signed, Wanted::Number(number), place).await?
            } else {
                let card = app.db.read(move |reader| store::card::by_control_number(reader, number)).await?;
                waits = card;
                Scan { card, outcome: if card.is_some() { Outcome::PlaceFirst } else { Outcome::NoCard } }
            }
        }
    };
    let recent = Recent::read(form.typed(RECENT)).with(scan);
    let place = place.map(|place| format!("place={place}&")).unwrap_or_default();
    let waits = waits.map(|card| format!("card={card}&")).unwrap_or_default();
    Ok(see_other(&format!("/storage/put?{place}{waits}recent={}", recent.text())))
}

async fn choose(app: &App, label: PlaceLabel) -> Result<Option<PlaceId>, PageError> {
    let place = app.db.read(move |reader| store::place::by_label(reader, label)).await?;
    Ok(place.filter(|place| place.kind.is_storage()).map(|place| place.id))
}

/// Which card goes into the box.
#[derive(Debug, Clone, Copy)]
enum Wanted {
    Number(ControlNumber),
    Card(CardId),
}

async fn put(app: &App, signed: &Signed, wanted: Wanted, place: PlaceId) -> Result<Scan, PageError> {
    let act = app.act(signed.actor());
    let done = app
        .db
        .write(Lane::Staff, move |tx| {
            let nothing = |outcome| Ok(Scan { card: None, outcome });
            let id = match wanted {
                Wanted::Number(number) => store::card::by_control_number(tx, number)?,
                Wanted::Card(id) => Some(id),
            };
            let Some(id) = id else { return nothing(Outcome::NoCard) };
            let Some(card) = store::card::find(tx, id)? else { return nothing(Outcome::NoCard) };
            if store::place::find(tx, place)?.is_none() {
                return nothing(Outcome::NoPlace);
            }
            // What is not set up by the city yet waits on the desk, where transfers look for it.
            let outcome = if !matches!(card.stage, Stage::Prepared | Stage::Notified) {
                Outcome::WrongStage
            } else if card.place == place {
                Outcome::Before
            } else {
                store::card::put_away(tx, &act, id, place)?;
                Outcome::Put
            };
            Ok::<_, StepError>(Scan { card: Some(id), outcome })
        })
        .await;
    outcome(done)
}
