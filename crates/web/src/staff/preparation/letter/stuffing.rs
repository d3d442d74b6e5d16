//! 封入の照合: the QR code of a letter and the label of a sleeve in either order, then the number of the 交付通知書, and the
//! envelope goes on the pile of its 郵便区. What is half scanned stands in the form alone; another person goes on with the
//! envelopes that are left.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::consignment::PostBlock;
use domain::id::{CardId, LetterBatchId};
use domain::number::{Number, NumberKind};
use domain::scan::{ScanScreen, Scanned, Unknown, read};
use domain::sorting::{Pile, piles_of};
use domain::stuffing::Counts;
use serde::Deserialize;
use store::keys::Keys;
use store::letter::{LetterError, PartState};
use store::stuffing::{Envelope, Stuffed};
use store::{Lane, Reader};

use super::super::paper::reference;
use super::super::scan::{CODE, Outcome, RECENT, Recent, Row, Scan};
use super::failed;
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Form, Page, PageError, respond};
use crate::staff::desk::Signed;
use crate::staff::field;
use crate::staff::wording::{control, list_line, short};
use crate::staff::{Layout, Task};

const LETTER: &str = "letter";
const SLEEVE: &str = "sleeve";
const ENVELOPE: &str = "envelope";
const ANSWER: &str = "answer";
const CARD: &str = "card";
/// The answer that the notice bears another number.
const DIFFERS: &str = "differs";

/// The scan screen.
#[derive(Template)]
#[template(path = "staff/preparation/letter/stuffing.html")]
pub(crate) struct StuffingPage {
    pub(crate) layout: Layout,
    pub(crate) id: LetterBatchId,
    pub(crate) name: String,
    pub(crate) is_open: bool,
    pub(crate) counts: Counts,
    pub(crate) piles: Vec<Pile>,
    pub(crate) half: Half,
    pub(crate) envelope: Option<Shown>,
    pub(crate) recent: String,
    pub(crate) rows: Vec<Row>,
}

impl StuffingPage {
    fn undoable(&self) -> Option<CardId> {
        self.rows.first().filter(|row| row.undoable && self.is_open).and_then(|row| row.card)
    }
}

impl Page for StuffingPage {}

/// The envelope whose notice is looked at.
pub(crate) struct Shown {
    pub(crate) card: CardId,
    pub(crate) control: String,
    pub(crate) line: String,
    /// The number of the 交付通知書, where the city agreed that it is held.
    pub(crate) notice: Option<String>,
    pub(crate) block: String,
    /// Each pile with its key, its code, its word, and whether it is the one.
    pub(crate) piles: Vec<(usize, String, String, bool)>,
}

/// What was scanned of an envelope so far, in the address and in the form.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub(crate) struct Half {
    letter: Option<CardId>,
    sleeve: Option<CardId>,
    envelope: Option<CardId>,
}

impl Half {
    fn read(form: &Form) -> Self {
        let of = |field| form.typed(field).parse().ok();
        Self { letter: of(LETTER), sleeve: of(SLEEVE), envelope: of(ENVELOPE) }
    }

    /// One is read; the other half comes next, or it was there and both are of one card.
    fn with(self, card: CardId, is_letter: bool) -> (Self, Scan) {
        let other = if is_letter { self.sleeve } else { self.letter };
        match other {
            Some(other) if other == card => {
                let half = Self { envelope: Some(card), ..Self::default() };
                (half, Scan { card: Some(card), outcome: Outcome::Paired })
            }
            Some(_) => (Self::default(), Scan { card: Some(card), outcome: Outcome::WrongPair }),
            None if is_letter => {
                let half = Self { letter: Some(card), ..Self::default() };
                (half, Scan { card: Some(card), outcome: Outcome::SleeveNext })
            }
            None => {
                let half = Self { sleeve: Some(card), ..Self::default() };
                (half, Scan { card: Some(card), outcome: Outcome::LetterNext })
            }
        }
    }

    fn query(self) -> String {
        let of = |name, card: Option<CardId>| card.map(|card| format!("{name}={card}&")).unwrap_or_default();
        of(LETTER, self.letter) + &of(SLEEVE, self.sleeve) + &of(ENVELOPE, self.envelope)
    }
}

/// The state of the screen in the address.
#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    letter: Option<CardId>,
    sleeve: Option<CardId>,
    envelope: Option<CardId>,
    #[serde(default)]
    recent: String,
}

/// Shows the screen.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
    signed: Signed,
) -> Result<Response, PageError> {
    let id: LetterBatchId = field::id(&id)?;
    let recent = Recent::read(&asked.recent);
    recent.viewed(&app, &signed, "stuffing").await?;
    let half = Half { letter: asked.letter, sleeve: asked.sleeve, envelope: asked.envelope };
    let (last, keys) = (recent.clone(), app.keys.clone());
    let (part, counts, piles, envelope, rows) = app
        .db
        .read(move |reader| {
            let part = store::letter::find(reader, id)?;
            let envelope = match half.envelope {
                Some(card) => store::stuffing::envelope(reader, id, card)?.map(|envelope| (card, envelope)),
                None => None,
            };
            let envelope = match envelope {
                Some((card, envelope)) => Some((card, envelope, reference(reader, &keys, card)?)),
                None => None,
            };
            let counts = store::stuffing::counts(reader, id)?;
            let piles = store::sorting::of_part(reader, id)?;
            Ok::<_, store::Error>((part, counts, piles, envelope, last.rows(reader)?))
        })
        .await?;
    let part = part.ok_or(PageError::NotFound)?;
    let choices = piles_of(&app.settings.profile.consignment.post_blocks);
    Ok(respond(&StuffingPage {
        layout: signed.layout(format!("封入の照合 {}", short(id))).within(Task::Preparation),
        id,
        name: short(id),
        is_open: part.state == PartState::Printed,
        counts,
        piles,
        half,
        envelope: envelope.map(|(card, envelope, notice)| shown(card, &envelope, notice, &choices)),
        recent: recent.text(),
        rows,
    }))
}

fn shown(card: CardId, envelope: &Envelope, notice: Option<String>, piles: &[PostBlock]) -> Shown {
    Shown {
        card,
        control: control(envelope.control_number),
        line: list_line(envelope.list_date, envelope.line),
        notice,
        block: envelope.post_block.label(),
        piles: (1..)
            .zip(piles)
            .map(|(key, block)| (key, block.code(), block.label(), *block == envelope.post_block))
            .collect(),
    }
}

/// A scan, or the answer to what the screen asks.
pub(crate) async fn scan(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: LetterBatchId = field::id(&id)?;
    let form = fields.form(&[CODE, LETTER, SLEEVE, ENVELOPE, ANSWER, RECENT])?;
    let half = Half::read(&form);
    let scanned = if form.fault(CODE).is_some() { Scanned::IndividualNumber } else { read(form.typed(CODE)) };
    let (half, scan) = if scanned == Scanned::IndividualNumber {
        signed.back_scanned(&app, ScanScreen::Stuffing).await?;
        (half, Scan { card: None, outcome: Outcome::IndividualNumber })
    } else if let Some(card) = half.envelope {
        confirm(&app, &signed, (id, card), &form, scanned).await?
    } else {
        one(&app, id, half, scanned).await?
    };
    Ok(back(id, half, &Recent::read(form.typed(RECENT)).with(scan)))
}

fn back(id: LetterBatchId, half: Half, recent: &Recent) -> Response {
    see_other(&format!("/letters/{id}/stuffing?{}recent={}", half.query(), recent.text()))
}

/// A letter or a sleeve.
async fn one(app: &App, id: LetterBatchId, half: Half, scanned: Scanned) -> Result<(Half, Scan), PageError> {
    let keys = app.keys.clone();
    let found = app
        .db
        .read(move |reader| {
            let (card, is_letter) = match scanned {
                Scanned::Number(number) if number.kind() == NumberKind::BookingKey => {
                    (letter_of(reader, &keys, number)?, true)
                }
                Scanned::Control(number) => (store::card::by_control_number(reader, number)?, false),
                _ => return Ok(Err(Outcome::Unknown)),
            };
            let Some(card) = card else {
                return Ok(Err(if is_letter { Outcome::NoLetter } else { Outcome::NoCard }));
            };
            let outcome = match store::stuffing::envelope(reader, id, card)? {
                None => Outcome::OtherPart,
                Some(envelope) if envelope.taken_out.is_some() => Outcome::LetterOut,
                Some(envelope) if envelope.stuffed => Outcome::Before,
                Some(envelope) if !envelope.is_ready => Outcome::CardHeld,
                Some(_) => return Ok(Ok((card, is_letter))),
            };
            Ok::<_, store::Error>(Err(outcome))
        })
        .await?;
    Ok(match found {
        Ok((card, is_letter)) => half.with(card, is_letter),
        // What could not be read can be read again; what is wrong ends the pair.
        Err(Outcome::Unknown) => (half, Scan { card: None, outcome: Outcome::Unknown }),
        Err(outcome) => (Half::default(), Scan { card: None, outcome }),
    })
}

/// The card of a letter whose key holds, under any version of the keys.
fn letter_of(reader: &mut Reader<'_>, keys: &Keys, key: Number) -> Result<Option<CardId>, store::Error> {
    for (_, set) in keys.newest_first() {
        if let Some(card) = store::card::by_key(reader, &key.lookup(set.lookup.bits()))? {
            return Ok(Some(card));
        }
    }
    Ok(None)
}

/// Which pile one digit names, from 0, in either width.
fn pile_key(typed: &str) -> Option<usize> {
    let mut typed = typed.chars();
    let (Some(digit), None) = (typed.next(), typed.next()) else { return None };
    ["123456789", "１２３４５６７８９"].iter().find_map(|keys| keys.chars().position(|key| key == digit))
}

/// The number of the notice is the same, or not; or the pile is another.
async fn confirm(
    app: &App,
    signed: &Signed,
    (id, card): (LetterBatchId, CardId),
    form: &Form,
    scanned: Scanned,
) -> Result<(Half, Scan), PageError> {
    let (waits, typed) = (Half { envelope: Some(card), ..Half::default() }, form.typed(CODE).trim());
    let scan = |outcome| Scan { card: Some(card), outcome };
    let piles = piles_of(&app.settings.profile.consignment.post_blocks);
    let chosen = if typed.is_empty() {
        piles.iter().find(|block| block.code() == form.typed(ANSWER)).copied()
    } else {
        pile_key(typed).and_then(|at| piles.get(at)).copied()
    };
    let act = app.act(signed.actor());
    if let Some(block) = chosen {
        let set = move |tx: &mut store::Tx<'_>| match store::stuffing::envelope(tx, id, card)? {
            Some(_) => store::stuffing::set_block(tx, &act, card, block),
            None => Err(LetterError::NotReady),
        };
        app.db.write(Lane::Staff, set).await.map_err(failed)?;
        return Ok((waits, scan(Outcome::BlockSet)));
    }
    if typed.is_empty() && form.typed(ANSWER) == DIFFERS {
        return Ok((Half::default(), scan(Outcome::NoticeDiffers)));
    }
    if !typed.is_empty() {
        let number = app.settings.profile.notice_number.layout.read(typed).ok();
        let keys = app.keys.clone();
        let held = app.db.read(move |reader| reference(reader, &keys, card)).await?;
        let is_held = number.as_ref().zip(held.as_deref()).map(|(read, held)| read.as_str() == held);
        match (is_held, scanned) {
            (Some(true), _) => {}
            (_, Scanned::Number(_) | Scanned::Control(_)) => return Ok((waits, scan(Outcome::ConfirmFirst))),
            (Some(false), _) => return Ok((Half::default(), scan(Outcome::NoticeDiffers))),
            (None, _) => return Ok((waits, scan(Outcome::Unknown))),
        }
    } else if scanned != Scanned::Unknown(Unknown::Empty) {
        return Ok((waits, scan(Outcome::Unknown)));
    }
    let stuff = move |tx: &mut store::Tx<'_>| store::stuffing::stuff(tx, &act, id, card);
    let outcome = match app.db.write(Lane::Staff, stuff).await.map_err(failed)? {
        Stuffed::Noted => Outcome::Stuffed,
        Stuffed::Before => Outcome::Before,
        Stuffed::Out => Outcome::LetterOut,
        Stuffed::Held => Outcome::CardHeld,
        Stuffed::OtherPart => Outcome::OtherPart,
    };
    Ok((Half::default(), scan(outcome)))
}

/// Takes the last envelope back.
pub(crate) async fn undo(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: LetterBatchId = field::id(&id)?;
    let form = fields.form(&[CARD, RECENT])?;
    let card: CardId = form.typed(CARD).parse().map_err(|_| PageError::BadRequest)?;
    let act = app.act(signed.actor());
    let undo = move |tx: &mut store::Tx<'_>| store::stuffing::undo(tx, &act, id, card);
    let undone = app.db.write(Lane::Staff, undo).await.map_err(failed)?;
    let outcome = if undone { Outcome::Undone } else { Outcome::Again };
    let recent = Recent::read(form.typed(RECENT)).without_newest().with(Scan { card: Some(card), outcome });
    Ok(back(id, Half::default(), &recent))
}
