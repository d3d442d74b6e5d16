//! The first step: the booking key.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::card::Stage;
use domain::id::{CardId, Id};
use domain::number::{Number, NumberError, NumberKind};
use domain::opening::FormerNumber;
use domain::reservation::State as Reserved;
use store::card::Card;
use store::reservation::Reservation;

use super::begun::{self, Beginning};
use super::ended::{Reason, RefusedPage};
use crate::App;
use crate::citizen::attempt::{Attempt, Caller, may_begin, too_many};
use crate::citizen::{Layout, frame};
use crate::key;
use crate::kit::{Asked, Fields, Form, Page, PageError, Texts, respond};

/// The name of the field of a number, also on the page that finds a reservation.
pub const NUMBER: &str = "number";

/// The page of the booking key.
#[derive(Template)]
#[template(path = "citizen/visit/key.html")]
pub struct KeyPage {
    texts: Texts,
    layout: Layout,
    form: Form,
    former: bool,
}

impl KeyPage {
    /// The page with the form as it stands.
    pub fn new(layout: Layout, form: Form) -> Self {
        Self { texts: layout.texts(), layout: layout.with_form(&form), form, former: false }
    }

    /// The same page where numbers of a former system are taken too.
    #[must_use]
    pub fn with_former(self, former: bool) -> Self {
        Self { former, ..self }
    }

    fn support(&self) -> String {
        let support = self.texts.get(key!("key-support")).into_owned();
        if self.former {
            format!("{support} {}", self.texts.get(key!("key-support-former")))
        } else {
            support
        }
    }

    /// Numbers of a former system may have letters, which a number pad lacks.
    fn mode(&self) -> &'static str {
        if self.former { "text" } else { "numeric" }
    }
}

/// What was typed into the field of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Typed {
    /// A number of the kind that the page asks for.
    Number(Number),
    /// Fourteen digits that are nobody's number: a digit is wrong, or two are swapped.
    Nobody,
    /// No number; the field says what is wrong with its shape.
    Malformed,
}

/// Reads the number of a form, of the kind that the page asks for; what is wrong becomes the field's fault.
///
/// Only the shape is judged here. A wrong check digit gets the sentence of an unknown number, so that nobody
/// learns from the sentence which numbers exist.
pub fn read_number(form: &mut Form, wanted: NumberKind) -> Typed {
    match Number::parse(form.typed(NUMBER)) {
        Ok(number) if number.kind() == wanted => return Typed::Number(number),
        Ok(_) if wanted == NumberKind::BookingKey => {
            form.refuse(NUMBER, key!("error-number-other-kind-reservation"));
        }
        Ok(_) => form.refuse(NUMBER, key!("error-number-other-kind-key")),
        // An Individual Number was dropped from the field and has its fault already.
        Err(NumberError::Empty) if form.is_refused() => {}
        Err(NumberError::Empty) => form.refuse(NUMBER, key!("error-number-empty")),
        Err(NumberError::NotDigits) => form.refuse(NUMBER, key!("error-number-not-digits")),
        Err(NumberError::WrongLength(count)) => {
            form.refuse_with(NUMBER, key!("error-number-length"), vec![("count", count.into())]);
        }
        Err(NumberError::WrongCheckDigit | NumberError::WrongKind) => return Typed::Nobody,
    }
    Typed::Malformed
}

/// The one sentence for a key that opens nothing, whatever the reason.
pub fn refuse_unknown(form: &mut Form, wanted: NumberKind) {
    form.refuse(
        NUMBER,
        match wanted {
            NumberKind::BookingKey => key!("error-key-unknown"),
            NumberKind::Reservation => key!("error-reservation-unknown"),
        },
    );
}

impl Page for KeyPage {
    fn status(&self) -> StatusCode {
        self.form.status()
    }
}

/// Asks for the booking key.
pub(crate) async fn show(State(app): State<Arc<App>>, asked: Asked) -> Response {
    respond(&KeyPage::new(frame::layout(&app, &asked), Form::fresh()).with_former(app.former_opens()))
}

/// Proves the booking key and begins a visit. Before it is proven every failure is the same; after it the page
/// says what is the matter.
pub(crate) async fn prove(
    State(app): State<Arc<App>>,
    caller: Caller,
    asked: Asked,
    fields: Fields,
) -> Result<Response, PageError> {
    let mut form = fields.form(&[NUMBER])?;
    let layout = frame::layout(&app, &asked).at(crate::citizen::route::key());
    let mut plain = form.clone();
    let typed = read_number(&mut form, NumberKind::BookingKey);
    let taken = app.former_opens();
    let former = read_former(&plain).filter(|_| taken);
    if typed == Typed::Malformed && former.is_none() {
        return Ok(respond(&KeyPage::new(layout, form).with_former(taken)));
    }
    let attempt = Attempt::new(&app, caller, NumberKind::BookingKey, typed, form.typed(NUMBER))?;
    let Some((card, live)) = find(&app, attempt, taken, former).await? else {
        attempt.failed(&app).await?;
        refuse_unknown(&mut plain, NumberKind::BookingKey);
        return Ok(respond(&KeyPage::new(layout, plain).with_former(taken)));
    };
    // Who lost the 予約番号 finds the reservation with the key: it proves the same card.
    if let Some(booked) = live.filter(|live| live.state == Reserved::Booked) {
        return begun::begin(&app, &asked, Beginning::Look(Some(card.id), booked.id)).await;
    }
    let refused = match refusal(&card).or(by_telephone(&app, &card).await?) {
        None if !may_begin(&app, card.id).await? => Some(Reason::ManyVisits),
        refused => refused,
    };
    match refused {
        Some(reason) => Ok(respond(&RefusedPage::new(layout, reason))),
        None => begun::begin(&app, &asked, Beginning::Book(card.id, card.posted_on)).await,
    }
}

/// Whether a card whose key was proven is left to the telephone, because nobody came for it so often.
pub(crate) async fn by_telephone(app: &App, card: &Card) -> Result<Option<Reason>, PageError> {
    let (rules, id, today) = (app.rules(), card.id, app.today());
    let is = app.db.read(move |reader| store::reservation::is_by_telephone(reader, &rules, id, today));
    Ok(is.await?.then_some(Reason::Telephone))
}

/// The text as a number of a former system, if it can be one that opens something. An Individual Number was dropped
/// from the field, and is none.
pub(crate) fn read_former(form: &Form) -> Option<FormerNumber> {
    FormerNumber::read(form.typed(NUMBER)).ok().filter(FormerNumber::may_open)
}

/// The card of a key that holds, ours or a former system's, with its live reservation.
pub(crate) async fn find(
    app: &App,
    attempt: Attempt,
    taken: bool,
    number: Option<FormerNumber>,
) -> Result<Option<(Card, Option<Reservation>)>, PageError> {
    let (now, keys) = (app.now(), app.keys.clone());
    app.db
        .read(move |reader| {
            if attempt.is_limited(reader, now)? {
                return Ok(Err(too_many()));
            }
            // Every version of the keys is asked, and then for a card, whether found or not, so that the time
            // tells nothing.
            let mut found = None;
            for (_, set) in keys.newest_first() {
                let hit = store::card::by_key(reader, &attempt.sought.lookup(set.lookup.bits()))?;
                found = found.or(hit);
            }
            if taken {
                let hit = store::former::opened(reader, &keys, number.as_ref())?;
                found = found.or(hit);
            }
            let sought = found.unwrap_or_else(|| CardId::from_parts(0, 0));
            let card = store::card::find(reader, sought)?;
            let live = store::reservation::live_of(reader, sought)?;
            Ok::<_, store::Error>(Ok(card.map(|card| (card, live))))
        })
        .await?
}

/// Why a proven card cannot be booked now.
pub(crate) fn refusal(card: &Card) -> Option<Reason> {
    if card.suspended {
        return Some(Reason::Ask);
    }
    match card.stage {
        Stage::Notified => None,
        Stage::Issued => Some(Reason::Issued),
        // The letter arrived before the city's date of posting was written down.
        Stage::Prepared => Some(Reason::Early),
        Stage::Listed | Stage::Inspected | Stage::Ended => Some(Reason::Ask),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::{Fields, Language};

    fn fault(typed: &str, wanted: NumberKind) -> Option<String> {
        let mut form = Fields::of(&[(NUMBER, typed)]).form(&[NUMBER]).unwrap();
        let typed_number = read_number(&mut form, wanted);
        assert_eq!(typed_number == Typed::Malformed, form.is_refused());
        if typed_number == Typed::Nobody {
            refuse_unknown(&mut form, wanted);
        }
        assert!(form.faults().len() < 2, "{typed}: {:?}", form.faults());
        form.fault(NUMBER).map(|fault| fault.text(&Texts::new(Language::EN)))
    }

    #[test]
    fn r4_c_a_number_is_read_as_people_type_it() {
        let key = Number::derive(&[7; 32], NumberKind::BookingKey, [1; 16], 1);
        let shown = key.to_string();
        assert_eq!(fault(&shown, NumberKind::BookingKey), None);
        let wide: String =
            shown.chars().map(|sign| char::from_u32(u32::from(sign) + 0xFEE0).unwrap()).collect();
        assert_eq!(fault(&wide, NumberKind::BookingKey), None);
        assert!(fault(&shown, NumberKind::Reservation).unwrap().starts_with("This is a booking key."));
    }

    #[test]
    fn faults_name_the_shape_and_nothing_else() {
        let unknown = fault("00000000000001", NumberKind::BookingKey).unwrap();
        assert!(unknown.starts_with("This booking key cannot be used."));
        assert_eq!(fault("", NumberKind::BookingKey).unwrap(), "Enter the number.");
        let short = fault("1234-5678", NumberKind::BookingKey).unwrap();
        assert_eq!(short, "The number has 14 digits. You entered 8 digits.");
        assert!(fault("abc", NumberKind::BookingKey).unwrap().starts_with("Use digits only."));
        assert!(fault("123456789018", NumberKind::BookingKey).unwrap().contains("My Number"));
    }
}
