//! Putting cards away: the box is scanned, then its cards.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use domain::card::Stage;
use domain::id::PlaceId;
use domain::number::{ControlNumber, PlaceLabel};
use domain::scan::{ScanScreen, Scanned, read};
use serde::Deserialize;
use store::Lane;
use store::card::StepError;

use super::super::consignment::inspect::outcome;
use super::super::scan::{CODE, Outcome, RECENT, Recent, Row, Scan};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Page, PageError, respond};
use crate::staff::desk::Signed;
use crate::staff::{Layout, Task};

const PLACE: &str = "place";

/// The scan screen.
#[derive(Template)]
#[template(path = "staff/preparation/storage/put.html")]
pub(crate) struct PutPage {
    pub(crate) layout: Layout,
    pub(crate) place: Option<Chosen>,
    pub(crate) recent: String,
    pub(crate) rows: Vec<Row>,
}

impl Page for PutPage {}

/// The box into which cards go.
pub(crate) struct Chosen {
    pub(crate) id: PlaceId,
    pub(crate) name: String,
    pub(crate) cards: u32,
}

/// Box and last scans in the address.
#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    place: Option<PlaceId>,
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
    let (last, wanted) = (recent.clone(), asked.place);
    let (place, rows) = app
        .db
        .read(move |reader| {
            let place = match wanted {
                Some(id) => store::place::find(reader, id)?.filter(|place| place.kind.is_storage()),
                None => None,
            };
            let chosen = match place {
                Some(place) => {
                    let cards = store::place::cards_in(reader, place.id)?;
                    Some(Chosen { id: place.id, name: place.name, cards })
                }
                None => None,
            };
            Ok::<_, store::Error>((chosen, last.rows(reader)?))
        })
        .await?;
    Ok(respond(&PutPage {
        layout: signed.layout("カードを箱に入れる").within(Task::Storage),
        place,
        recent: recent.text(),
        rows,
    }))
}

/// A scan: a box is chosen, a card goes into it.
pub(crate) async fn scan(
    State(app): State<Arc<App>>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let form = fields.form(&[CODE, PLACE, RECENT])?;
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
                nothing(Outcome::Place)
            }
            None => nothing(Outcome::NoPlace),
        },
        Scanned::Control(number) => match place {
            Some(place) => put(&app, &signed, number, place).await?,
            None => nothing(Outcome::PlaceFirst),
        },
    };
    let recent = Recent::read(form.typed(RECENT)).with(scan);
    let place = place.map(|place| format!("place={place}&")).unwrap_or_default();
    Ok(see_other(&format!("/storage/put?{place}recent={}", recent.text())))
}

async fn choose(app: &App, label: PlaceLabel) -> Result<Option<PlaceId>, PageError> {
    let place = app.db.read(move |reader| store::place::by_label(reader, label)).await?;
    Ok(place.filter(|place| place.kind.is_storage()).map(|place| place.id))
}

async fn put(app: &App, signed: &Signed, number: ControlNumber, place: PlaceId) -> Result<Scan, PageError> {
    let act = app.act(signed.actor());
    let done = app
        .db
        .write(Lane::Staff, move |tx| {
            let nothing = |outcome| Ok(Scan { card: None, outcome });
            let Some(id) = store::card::by_control_number(tx, number)? else {
                return nothing(Outcome::NoCard);
            };
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
