//! A scan into a portion: a place is chosen, or a card is added with its former number or without one.
//!
//! A scan with a number has its effect once by itself; a card without one carries an operation.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::id::{ConsignmentId, PlaceId};
use domain::opening::{FormerError, FormerNumber, SHORTEST_OPENING};
use domain::scan::{ScanScreen, Scanned as Code, read};
use store::former::{Hashed, Kind, hashed};
use store::op::{Operation, once};
use store::opening::draft::{DraftError, Scanned, holds_stock, scan as add};
use store::{Lane, Tx};

use super::begin::failed;
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, PageError};
use crate::staff::desk::Signed;
use crate::staff::field::{self, OPERATION};

const CODE: &str = "code";
const PLACE: &str = "place";

/// What a scan came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Did {
    /// The card is in the portion under this number.
    Added(u32),
    /// It was there before.
    Before(u32),
    /// A place was chosen.
    Place,
    /// It is no place for these cards.
    NoPlace,
    /// A card came before a place.
    PlaceFirst,
    /// The number belongs to another card.
    Known,
    /// The portion is full.
    Full,
    /// It is no number.
    Unreadable,
    /// The number is too short to open a booking.
    Short,
    /// An Individual Number.
    Alarm,
}

const WORDS: [(Did, &str); 8] = [
    (Did::Place, "place"),
    (Did::NoPlace, "no-place"),
    (Did::PlaceFirst, "place-first"),
    (Did::Known, "known"),
    (Did::Full, "full"),
    (Did::Unreadable, "unreadable"),
    (Did::Short, "short"),
    (Did::Alarm, "alarm"),
];

impl Did {
    /// Reads it as it stands in an address; what is malformed is nothing.
    pub(super) fn read(text: &str) -> Option<Self> {
        if let Some((word, n)) = text.split_once('.') {
            let n = n.parse().ok()?;
            return match word {
                "added" => Some(Self::Added(n)),
                "before" => Some(Self::Before(n)),
                _ => None,
            };
        }
        WORDS.iter().find(|(_, word)| *word == text).map(|(did, _)| *did)
    }

    fn text(self) -> String {
        match self {
            Self::Added(n) => format!("added.{n}"),
            Self::Before(n) => format!("before.{n}"),
            // The others are in the table; a test looks.
            other => WORDS.iter().find(|(did, _)| *did == other).map_or("", |(_, word)| word).to_owned(),
        }
    }

    /// The running number of the card, where there is one.
    pub(super) fn line(self) -> Option<u32> {
        match self {
            Self::Added(n) | Self::Before(n) => Some(n),
            _ => None,
        }
    }

    pub(super) fn is_good(self) -> bool {
        matches!(self, Self::Added(_) | Self::Before(_) | Self::Place)
    }

    pub(super) fn words(self) -> String {
        match self {
            Self::Added(n) => format!("{n}枚目に加えました。新しい管理番号"),
            Self::Before(n) => format!("{n}枚目に加えてあります（変更なし）"),
            Self::Place => "場所を選びました".to_owned(),
            Self::NoPlace => {
                "カードを置く場所ではありません。箱のラベル（未検品・検品済は検品机）を選んでください"
                    .to_owned()
            }
            Self::PlaceFirst => "先に場所を選んでください".to_owned(),
            Self::Known => "この番号は、ほかのカードのものです。番号を確かめてください".to_owned(),
            Self::Full => "この組はいっぱいです。確定して、次の組を作ってください".to_owned(),
            Self::Unreadable => "番号を読み取れません。英字と数字で24文字までです".to_owned(),
            Self::Short => format!(
                "予約に使う番号は{SHORTEST_OPENING}文字以上です。短い番号は推測されるため、番号なしで加えて案内を再送してください"
            ),
            Self::Alarm => "個人番号です。カードの裏面は読み取らないでください".to_owned(),
        }
    }
}

fn back(id: ConsignmentId, place: Option<PlaceId>, did: Did) -> Response {
    let place = place.map(|place| format!("place={place}&")).unwrap_or_default();
    see_other(&format!("/taking-over/portions/{id}?{place}did={}", did.text()))
}

/// Adds a card by its former number, or chooses a place.
pub(crate) async fn scan(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: ConsignmentId = field::id(&id)?;
    let form = fields.form(&[CODE, PLACE])?;
    let place: Option<PlaceId> = form.typed(PLACE).parse().ok();
    if form.fault(CODE).is_some() {
        signed.back_scanned(&app, ScanScreen::TakingOver).await?;
        return Ok(back(id, place, Did::Alarm));
    }
    let typed = form.typed(CODE).trim();
    let draft = app.db.read(move |reader| store::opening::draft::find(reader, id)).await?;
    let plan = draft.ok_or(PageError::NotFound)?.plan;
    // A label of ours, or the name of a place: everything else is a number of the former system.
    let named = domain::opening::fold_name(typed);
    let label = if let Code::Place(label) = read(typed) { Some(label) } else { None };
    let site = app.settings.site.clone();
    let chosen = app
        .db
        .read(move |reader| {
            if let Some(label) = label
                && let Some(place) = store::place::by_label(reader, label)?
            {
                return Ok(Some(place));
            }
            let desks = store::place::of_kind(reader, &site, domain::place::PlaceKind::Desk)?;
            Ok::<_, store::Error>(
                desks.into_iter().find(|desk| domain::opening::fold_name(&desk.name) == named),
            )
        })
        .await?;
    if let Some(chosen) = chosen {
        if !holds_stock(chosen.kind, plan.stage) {
            return Ok(back(id, place, Did::NoPlace));
        }
        return Ok(back(id, Some(chosen.id), Did::Place));
    }
    let Some(at) = place else { return Ok(back(id, None, Did::PlaceFirst)) };
    let number = match FormerNumber::read(typed) {
        Ok(number) if plan.opens && !number.may_open() => return Ok(back(id, place, Did::Short)),
        Ok(number) => number,
        Err(FormerError::IndividualNumber) => {
            signed.back_scanned(&app, ScanScreen::TakingOver).await?;
            return Ok(back(id, place, Did::Alarm));
        }
        Err(_) => return Ok(back(id, place, Did::Unreadable)),
    };
    let keys = app.keys.clone();
    let done = app
        .db
        .write(Lane::Staff, move |tx| {
            if store::former::card(tx, &keys, &number)?.is_some() {
                return Err(DraftError::Known);
            }
            add_one(tx, id, at, Some(hashed(&keys, Kind::Card, &number)?))
        })
        .await;
    answer(id, place, done)
}

fn add_one(
    tx: &mut Tx<'_>,
    id: ConsignmentId,
    at: PlaceId,
    former: Option<Hashed>,
) -> Result<Scanned, DraftError> {
    add(tx, id, at, former)
}

/// Adds a card without a number.
pub(crate) async fn plain(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: ConsignmentId = field::id(&id)?;
    let form = fields.form(&[OPERATION, PLACE])?;
    let operation = field::operation(&form)?;
    let Ok(at) = form.typed(PLACE).parse::<PlaceId>() else {
        return Ok(back(id, None, Did::PlaceFirst));
    };
    let operation = Operation::new(operation, &format!("add a card without a number to {id} at {at}"));
    let act = app.act(signed.actor());
    let done = app.db.write(Lane::Staff, move |tx| {
        once(tx, &act, &operation, |tx| match add_one(tx, id, at, None)? {
            Scanned::Added(n) | Scanned::Before(n) => Ok::<u32, DraftError>(n),
        })
    });
    answer(id, Some(at), done.await.map(Scanned::Added))
}

fn answer(
    id: ConsignmentId,
    place: Option<PlaceId>,
    done: Result<Scanned, DraftError>,
) -> Result<Response, PageError> {
    Ok(match done {
        Ok(Scanned::Added(n)) => back(id, place, Did::Added(n)),
        Ok(Scanned::Before(n)) => back(id, place, Did::Before(n)),
        Err(DraftError::Known) => back(id, place, Did::Known),
        Err(DraftError::Full) => back(id, place, Did::Full),
        Err(DraftError::NoPlace) => back(id, None, Did::NoPlace),
        Err(error) => return Err(failed(error)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_scan_came_to_survives_the_address() {
        let every = WORDS.iter().map(|(did, _)| *did).chain([Did::Added(3), Did::Before(12)]);
        for did in every {
            assert_eq!(Did::read(&did.text()), Some(did));
            assert!(!did.words().is_empty());
        }
        assert_eq!((Did::read("added.x"), Did::read("")), (None, None));
    }
}
