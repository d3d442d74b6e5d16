//! Scans of a stock-taking: the label of a box begins or ends its count, each card is one scan.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::id::{OperationId, PersonId, PlaceId, StocktakingId};
use domain::number::{ControlNumber, PlaceLabel};
use domain::scan::{ScanScreen, Scanned, read};
use domain::stocktaking::{BoxState, Count};
use jiff::{SignedDuration, Timestamp};
use store::op::{Operation, once};
use store::stocktaking::count::{CountError, InBox};
use store::{Lane, Tx};

use super::super::scan::CODE;
use super::answer::{Answer, Last};
use super::count::state;
use super::{box_href, href, in_box};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Form, PageError};
use crate::staff::desk::Signed;
use crate::staff::field::{self, OPERATION};

/// Whoever presses the button knows that somebody else counts the box, or that they counted it themselves.
const ALSO: &str = "also";

/// When a scan was made, in milliseconds since 1970.
const SCANNED: &str = "scanned";

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
    match ended(app, signed, of).await? {
        Ended::Goes(href) => Ok(see_other(&href)),
        Ended::Stays(last) => Ok(to_box(of, last)),
    }
}

/// What became of the end of a count.
enum Ended {
    /// It ended, and this is the page that says what comes next.
    Goes(String),
    /// It did not.
    Stays(Last),
}

async fn ended(app: &App, signed: &Signed, of: InBox) -> Result<Ended, PageError> {
    let (act, person) = (app.act(signed.actor()), signed.session().person);
    let done =
        app.db.write(Lane::Staff, move |tx| store::stocktaking::count::end(tx, &act, of, person)).await;
    let next = format!("{}?ended={}", href(of.stocktaking), of.place);
    match done {
        Ok(ended) if ended.state == BoxState::Differs => Ok(Ended::Goes(box_href(of))),
        // Or the second of two presses, or of two scans of the label.
        Ok(_) | Err(CountError::NotCounting(_)) => Ok(Ended::Goes(next)),
        Err(error) => Ok(Ended::Stays(refused(error)?.into())),
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
    match take(&app, &signed, of, scanned(&form), None).await? {
        Taken::Said(last) => Ok(to_box(of, last)),
        Taken::Ends => end(&app, &signed, of).await,
    }
}

/// A scan that the page sends by itself, at once or when the network is back: its operation makes that it is taken once.
pub(crate) async fn scan_here(
    State(app): State<Arc<App>>,
    Path(of): Path<(String, String)>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let of = in_box(of)?;
    let form = fields.form(&[CODE, OPERATION, SCANNED])?;
    let kept = Kept { operation: field::operation(&form)?, scanned: instant(form.typed(SCANNED), app.now()) };
    match take(&app, &signed, of, scanned(&form), Some(kept)).await? {
        Taken::Said(last) => state(&app, &signed, of, Some(last), String::new()).await,
        Taken::Ends => match ended(&app, &signed, of).await? {
            Ended::Goes(href) => state(&app, &signed, of, None, href).await,
            Ended::Stays(last) => state(&app, &signed, of, Some(last), String::new()).await,
        },
    }
}

/// A scan with the operation that its page made, and when it was scanned, where it was sent later.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kept {
    operation: OperationId,
    scanned: Option<Timestamp>,
}

/// When a scan was made, in milliseconds, as the terminal's clock says. What that clock cannot know, because it goes
/// wrong, is not written down.
fn instant(text: &str, now: Timestamp) -> Option<Timestamp> {
    let at = Timestamp::from_millisecond(text.parse().ok()?).ok()?;
    let earliest = now.checked_sub(SignedDuration::from_hours(24)).ok()?;
    (earliest..=now).contains(&at).then_some(at)
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
    kept: Option<Kept>,
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
        Scanned::Control(number) => card(app, signed, of, number, kept).await.map(Taken::Said),
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

async fn card(
    app: &App,
    signed: &Signed,
    of: InBox,
    number: ControlNumber,
    kept: Option<Kept>,
) -> Result<Last, PageError> {
    let (act, person): (_, PersonId) = (app.act(signed.actor()), signed.session().person);
    let done = app
        .db
        .write(Lane::Staff, move |tx| {
            let scan = |tx: &mut Tx<'_>| {
                let found = store::card::by_control_number(tx, number)?;
                let card = found.ok_or(CountError::NoCard)?;
                let head = store::stocktaking::count::head(tx, of)?.ok_or(CountError::NotFound)?;
                let scanned = kept.and_then(|kept| kept.scanned);
                let seen = store::stocktaking::count::scan(tx, &act, of, person, card, scanned)?;
                Ok::<_, CountError>((card, seen, head.state == BoxState::Second))
            };
            match kept {
                Some(kept) => {
                    let asked = format!("count {of:?} {number}");
                    once(tx, &act, &Operation::new(kept.operation, &asked), scan)
                }
                None => scan(tx),
            }
        })
        .await;
    match done {
        Ok((card, seen, blind)) => Ok(Last { answer: Answer::seen(seen, blind), card: Some(card) }),
        Err(error) => refused(error).map(Last::from),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r5_c7_a_terminal_whose_clock_goes_wrong_says_no_time() {
        let now: Timestamp = "2026-11-24T01:00:00Z".parse().unwrap();
        let of = |at: &str| instant(&at.parse::<Timestamp>().unwrap().as_millisecond().to_string(), now);
        assert!(of("2026-11-24T00:59:00Z").is_some());
        assert_eq!(of("2026-11-24T01:00:01Z"), None);
        assert_eq!(of("2026-11-22T01:00:00Z"), None);
        assert_eq!(instant("", now), None);
        assert_eq!(instant("99999999999999999999", now), None);
    }
}
