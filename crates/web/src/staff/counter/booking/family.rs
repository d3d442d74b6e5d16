//! Adding a card of the family by scan: before the telephone's booking is made, and to one that stands. What was scanned
//! may be a citizen's secret, so it is in no address and on no page.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::id::{CardId, ReservationId};
use domain::reservation::{Channel, MOST_IN_PARTY};
use store::Lane;
use store::card::Card;
use store::op::{Operation, once};
use store::reservation::BookingError;
use store::reservation::party::{self, Addition};
use store::reservation::shown::{Whom, unchanged};

use super::new::{Wished, joined, others, page, problem};
use super::slots::{CHANNEL, DAY, Problem, VISITORS, WITH, visitor};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Form, PageError, respond};
use crate::staff::counter::reservation::show;
use crate::staff::counter::reservation::shown::{AsShown, SHOWN, changed_since};
use crate::staff::counter::route;
use crate::staff::counter::say::Saying;
use crate::staff::counter::scan::{AlarmPage, card_of};
use crate::staff::desk::Signed;
use crate::staff::field;

/// The field of the scan; not the scan box of the frame, which opens things.
pub(crate) const MEMBER: &str = "member";
/// The field of who comes for the one who is added.
const WHO: &str = VISITORS[0];

/// The card that was scanned; or the field says why there is none to be added.
async fn scanned(app: &App, form: &mut Form) -> Result<Option<Card>, PageError> {
    let found = card_of(app, form.typed(MEMBER)).await?;
    let Some(facts) = found else {
        form.refuse_ja(
            MEMBER,
            "この番号のカードはありません。予約キー（14桁）か管理番号（9桁）を確かめてください。",
        );
        return Ok(None);
    };
    if !facts.is_bookable() {
        let sentence = Saying::of(&facts, &app.rules(), app.now()).words;
        form.refuse_ja(MEMBER, format!("この方は一緒に予約できません。「{sentence}」"));
        return Ok(None);
    }
    Ok(Some(facts.card))
}

/// Adds a card to those for which times are shown.
pub(crate) async fn choose(
    State(app): State<Arc<App>>,
    Path(card): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: CardId = field::id(&card)?;
    let mut form = fields.form(&[MEMBER, WITH, DAY])?;
    if form.is_refused() {
        return Ok(respond(&AlarmPage::new(signed.layout("個人番号の読み取りを止めました"))));
    }
    let (mut with, day) = (others(form.typed(WITH))?, form.typed(DAY).parse().ok());
    let Some(card) = scanned(&app, &mut form).await? else {
        form.fill(MEMBER, "");
        return page(&app, &signed, id, Wished::of(with, day), form, Problem::default()).await;
    };
    if card.id == id || with.contains(&card.id) {
        form.fill(MEMBER, "");
        form.refuse_ja(MEMBER, "この方は、もう入っています。");
        return page(&app, &signed, id, Wished::of(with, day), form, Problem::default()).await;
    }
    if with.len() + 1 >= MOST_IN_PARTY {
        form.refuse_ja(MEMBER, "一緒に予約できるのは4人までです。");
        return page(&app, &signed, id, Wished::of(with, day), form, Problem::default()).await;
    }
    with.push(card.id);
    Ok(see_other(&route::book_with(id, &joined(&with), day.unwrap_or_else(|| app.today()))))
}

/// Adds a card to a booking, at a time of it or directly after or before.
pub(crate) async fn add(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let id: ReservationId = field::id(&id)?;
    let mut form = fields.form(&[field::OPERATION, MEMBER, CHANNEL, WHO, SHOWN])?;
    if form.is_refused() {
        return Ok(respond(&AlarmPage::new(signed.layout("個人番号の読み取りを止めました"))));
    }
    let (operation, shown) = (field::operation(&form)?, AsShown::read(&form)?);
    let visitor = visitor(&form, WHO)?;
    let Ok(channel @ (Channel::Telephone | Channel::Counter)) = form.typed(CHANNEL).parse() else {
        return Err(PageError::BadRequest);
    };
    let Some(card) = scanned(&app, &mut form).await? else {
        form.fill(MEMBER, "");
        return show::page(&app, &signed, id, form, None).await;
    };
    form.fill(MEMBER, "");
    let asks_for = format!("add {id} {} {channel} {}", card.id, form.typed(WHO));
    let language = app.db.read(move |reader| store::reservation::find(reader, id)).await?;
    let language = language.ok_or(PageError::NotFound)?.language;
    let addition = Addition { card: card.id, channel, language, visitor };
    let (keys, operation) = (app.keys.clone(), Operation::new(operation, &asks_for));
    let versions = shown.versions(Whom::All);
    let done = app.write_with_rules(Lane::Staff, signed.actor(), move |tx, act, rules| {
        once(tx, act, &operation, |tx| {
            unchanged(tx, id, &versions)?;
            party::add(tx, act, &keys, rules, id, &addition).map(drop)
        })
    });
    match done.await {
        Ok(()) => {
            app.availability_changed();
            Ok(see_other(&route::reservation(id)))
        }
        Err(BookingError::Full) => {
            app.availability_changed();
            form.refuse_ja(
                MEMBER,
                "この予約と同じ時間にも、その直後・直前の時間にも空きがありません。日時を変更してから追加してください。",
            );
            show::page(&app, &signed, id, form, None).await
        }
        Err(BookingError::ChangedSince) => {
            let problem = changed_since(&app, id, Whom::All, &shown, None).await?;
            show::page(&app, &signed, id, form, Some(problem)).await
        }
        Err(error) => {
            let problem = problem(error)?;
            show::page(&app, &signed, id, form, Some(problem)).await
        }
    }
}
