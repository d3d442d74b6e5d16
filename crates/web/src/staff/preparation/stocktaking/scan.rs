//! Scans of a stock-taking: the label of a box begins or ends its count, each card is one scan.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::id::{PersonId, PlaceId, StocktakingId};
use domain::number::{ControlNumber, PlaceLabel};
use domain::scan::{ScanScreen, Scanned, read};
use domain::stocktaking::{BoxState, Count};
use store::Lane;
use store::stocktaking::count::{CountError, InBox};

use super::super::scan::CODE;
use super::answer::{Answer, Last};
use super::{box_href, href, in_box};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Form, PageError};
use crate::staff::desk::Signed;
use crate::staff::field;

/// Whoever presses the button knows that somebody else counts the box, or that they counted it themselves.
const ALSO: &str = "also";

fn scanned(form: &Form) -> Scanned {
    if form.fault(CODE).is_some() { Scanned::IndividualNumber } else { read(form.typed(CODE)) }
}

/// Back to a box, with what the last scan came to.
fn to_box(of: InBox, last: Last) -> Response {
    see_other(&format!("{}?last={}", box_href(of), last.text()))
}

/// Back to the stock-taking.
fn to_all(id: StocktakingId, last: Last) -> Response {
    see_other(&format!("{}?last={}", href(id), last.text()))
}

/// A scan on the page of the stock-taking: the label of a box begins its count.
pub(crate) async fn choose(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: StocktakingId = field::id(&id)?;
    let form = fields.form(&[CODE])?;
    let answer = match scanned(&form) {
        Scanned::IndividualNumber => {
            signed.back_scanned(&app, ScanScreen::Stocktaking).await?;
            Answer::IndividualNumber
        }
        Scanned::Number(_) | Scanned::Unknown(_) => Answer::Unknown,
        Scanned::Control(_) => Answer::PlaceFirst,
        Scanned::Place(label) => match place(&app, label).await? {
            None => Answer::NoPlace,
            Some(place) => {
                let of = InBox { stocktaking: id, place };
                match begin(&app, &signed, of, false).await? {
                    // Its page says what it waits for: a count, or the reasons of its differences.
                    Answer::Begun => return Ok(to_box(of, Answer::Begun.into())),
                    Answer::Over => return Ok(see_other(&box_href(of))),
                    answer => answer,
                }
            }
        },
    };
    Ok(to_all(id, answer.into()))
}

async fn place(app: &App, label: PlaceLabel) -> Result<Option<PlaceId>, PageError> {
    let place = app.db.read(move |reader| store::place::by_label(reader, label)).await?;
    Ok(place.map(|place| place.id))
}

async fn begin(app: &App, signed: &Signed, of: InBox, also: bool) -> Result<Answer, PageError> {
    let (act, person) = (app.act(signed.actor()), signed.session().person);
    let done = app
        .db
        .write(Lane::Staff, move |tx| store::stocktaking::count::begin(tx, &act, of, person, also))
        .await;
    match done {
        Ok(()) => Ok(Answer::Begun),
        Err(error) => refused(error),
    }
}

fn refused(error: CountError) -> Result<Answer, PageError> {
    match (Answer::refused(&error), error) {
        (Some(answer), _) => Ok(answer),
        (None, CountError::NotFound) => Err(PageError::NotFound),
        (None, CountError::Reused(_)) => Err(field::stale()),
        (None, CountError::Store(error)) => Err(error.into()),
        (None, other) => Err(PageError::internal(other)),
    }
}

/// The button that begins a count without a label: the desk, the tray, or a second count by whoever counted first.
pub(crate) async fn begin_by_button(
    State(app): State<Arc<App>>,
    Path(of): Path<(String, String)>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let of = in_box(of)?;
    let form = fields.form(&[ALSO])?;
    let also = form.typed(ALSO) == "yes";
    let answer = begin(&app, &signed, of, also).await?;
    Ok(to_box(of, answer.into()))
}

/// The button that ends a count: whatever was not scanned is missing.
pub(crate) async fn end_by_button(
    State(app): State<Arc<App>>,
    Path(of): Path<(String, String)>,
    signed: Signed,
) -> Result<Response, PageError> {
    end(&app, &signed, in_box(of)?).await
}

async fn end(app: &App, signed: &Signed, of: InBox) -> Result<Response, PageError> {
    let (act, person) = (app.act(signed.actor()), signed.session().person);
    let done =
        app.db.write(Lane::Staff, move |tx| store::stocktaking::count::end(tx, &act, of, person)).await;
    match done {
        Ok(ended) if ended.state == BoxState::Differs => Ok(see_other(&box_href(of))),
        Ok(_) => Ok(see_other(&format!("{}?ended={}", href(of.stocktaking), of.place))),
        // The second of two presses, or of two scans of the label.
        Err(CountError::NotCounting(_)) => {
            Ok(see_other(&format!("{}?ended={}", href(of.stocktaking), of.place)))
        }
        Err(error) => Ok(to_box(of, refused(error)?.into())),
    }
}

/// A scan on the page of a box: a card, or the label of the box, which ends its count.
pub(crate) async fn scan(
    State(app): State<Arc<App>>,
    Path(of): Path<(String, String)>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let of = in_box(of)?;
    let form = fields.form(&[CODE])?;
    match take(&app, &signed, of, scanned(&form)).await? {
        Taken::Said(last) => Ok(to_box(of, last)),
        Taken::Ends => end(&app, &signed, of).await,
    }
}

/// What a scan in a box asks for.
pub(super) enum Taken {
    /// It has its answer.
    Said(Last),
    /// It ends the count.
    Ends,
}

/// Takes a scan in a box.
pub(super) async fn take(
    app: &App,
    signed: &Signed,
    of: InBox,
    scanned: Scanned,
) -> Result<Taken, PageError> {
    let said = |answer: Answer| Ok(Taken::Said(answer.into()));
    match scanned {
        Scanned::IndividualNumber => {
            signed.back_scanned(app, ScanScreen::Stocktaking).await?;
            said(Answer::IndividualNumber)
        }
        Scanned::Number(_) | Scanned::Unknown(_) => said(Answer::Unknown),
        Scanned::Place(label) => match place(app, label).await? {
            None => said(Answer::NoPlace),
            Some(place) if place != of.place => said(Answer::OtherPlace),
            // A label that is read twice at the beginning must not end the count of a full box.
            Some(_) if is_untouched(app, of).await? => said(Answer::NothingYet),
            Some(_) => Ok(Taken::Ends),
        },
        Scanned::Control(number) => card(app, signed, of, number).await.map(Taken::Said),
    }
}

async fn is_untouched(app: &App, of: InBox) -> Result<bool, PageError> {
    let found = app
        .db
        .read(move |reader| {
            let head = store::stocktaking::count::head(reader, of)?;
            let seen = store::stocktaking::count::seen(reader, of)?;
            Ok::<_, store::Error>((head, seen))
        })
        .await?;
    Ok(match found {
        (Some(head), (first, second)) => match head.state.counting() {
            Some(Count::First) => first == 0,
            Some(Count::Second) => second == 0,
            None => false,
        },
        (None, _) => false,
    })
}

async fn card(app: &App, signed: &Signed, of: InBox, number: ControlNumber) -> Result<Last, PageError> {
    let (act, person): (_, PersonId) = (app.act(signed.actor()), signed.session().person);
    let done = app
        .db
        .write(Lane::Staff, move |tx| {
            let Some(card) = store::card::by_control_number(tx, number)? else {
                return Err(CountError::NoCard);
            };
            let head = store::stocktaking::count::head(tx, of)?.ok_or(CountError::NotFound)?;
            let seen = store::stocktaking::count::scan(tx, &act, of, person, card, None)?;
            Ok((card, seen, head.state == BoxState::Second))
        })
        .await;
    match done {
        Ok((card, seen, blind)) => Ok(Last { answer: Answer::seen(seen, blind), card: Some(card) }),
        Err(error) => refused(error).map(Last::from),
    }
}
