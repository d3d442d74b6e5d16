//! One visitor: where the matter stands, and the one next act.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::check_sheet::{Item, Sheet};
use domain::id::{OperationId, ReceptionId};
use domain::journal::{CityRecord, Subject};
use domain::permission::Permission;
use domain::place::PlaceKind;
use domain::reception::{Reason, State as Visit};
use domain::time::month_day_ja;
use store::card::Card;
use store::journal::View;
use store::reception::Reception;
use store::reservation::Reservation;

use crate::App;
use crate::kit::{Form, Language, Page, PageError, Texts, respond};
use crate::staff::counter::{route, story};
use crate::staff::desk::Signed;
use crate::staff::{Layout, Task};
use crate::staff::{field, wording};

/// The way of a visitor who gets the card.
const WAY: [Visit; 4] = [Visit::Arrived, Visit::Checked, Visit::WithCity, Visit::Issued];

/// What is known of a reception.
struct Known {
    reception: Reception,
    reservation: Reservation,
    card: Card,
    home: Option<String>,
    story: Vec<story::Line>,
}

/// The one next act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// 書類を確認した.
    Papers,
    /// 市へ引継ぎ.
    ToCity,
    /// 交付済.
    Issue {
        /// The city signed a paper, and this person records it.
        from_paper: bool,
    },
    /// Somebody else has to act.
    Others,
    /// The card was issued.
    Issued,
    /// The visitor left without the card, which lies on the tray.
    PutAway,
    /// The visitor left without the card, which is away.
    Over,
}

/// A step of the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) label: &'static str,
    pub(crate) reached: bool,
    pub(crate) current: bool,
}

/// The page of a reception.
#[derive(Template)]
#[template(path = "staff/counter/reception/show.html")]
pub(crate) struct ShowPage {
    pub(crate) texts: Texts,
    pub(crate) layout: Layout,
    pub(crate) form: Form,
    pub(crate) problem: Option<String>,
    pub(crate) id: ReceptionId,
    pub(crate) control: String,
    pub(crate) card_href: String,
    pub(crate) place: String,
    pub(crate) when: String,
    pub(crate) reservation_href: String,
    pub(crate) arrived: String,
    /// How late the visitor came; empty if in time.
    pub(crate) late: String,
    pub(crate) language: &'static str,
    /// Who was to come, and whether a family comes together.
    pub(crate) visitor: String,
    pub(crate) receiver: String,
    pub(crate) issuer: String,
    pub(crate) steps: Vec<Step>,
    pub(crate) standing: &'static str,
    pub(crate) reason: &'static str,
    pub(crate) next: Next,
    /// Whose check sheet is shown.
    pub(crate) sheet: Sheet,
    pub(crate) lines: Vec<Tick>,
    /// Whether the visitor may go without the card, and this person may say so.
    pub(crate) may_end: bool,
    pub(crate) may_put_away: bool,
    pub(crate) home: Option<String>,
    pub(crate) operation: OperationId,
    pub(crate) away_operation: OperationId,
    pub(crate) left_operation: OperationId,
    pub(crate) reasons: Vec<Reason>,
    pub(crate) story: Vec<story::Line>,
}

impl Page for ShowPage {
    fn status(&self) -> StatusCode {
        if self.problem.is_some() { StatusCode::CONFLICT } else { self.form.status() }
    }
}

/// The check sheet that is asked for in the address, and the lines of it that were ticked before something was refused.
#[derive(Debug, Clone, Default, serde::Deserialize)]
pub(crate) struct Ticked {
    pub(super) sheet: Option<Sheet>,
    #[serde(skip)]
    pub(super) items: Vec<Item>,
}

/// A line of the check sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tick {
    pub(crate) item: Item,
    pub(crate) ticked: bool,
}

impl Tick {
    /// The lines of a sheet, with those that were ticked before something was refused.
    pub(crate) fn lines(items: &[Item], ticked: &[Item]) -> Vec<Self> {
        items.iter().map(|item| Self { item: *item, ticked: ticked.contains(item) }).collect()
    }
}

/// Shows a reception.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Query(asked): Query<Ticked>,
    signed: Signed,
) -> Result<Response, PageError> {
    page_with(&app, &signed, field::id(&id)?, Form::fresh(), None, asked).await
}

/// The page with a form as it stands, and with what went wrong.
pub(crate) async fn page(
    app: &App,
    signed: &Signed,
    id: ReceptionId,
    form: Form,
    problem: Option<String>,
) -> Result<Response, PageError> {
    page_with(app, signed, id, form, problem, Ticked::default()).await
}

/// The page with a check sheet.
pub(super) async fn page_with(
    app: &App,
    signed: &Signed,
    id: ReceptionId,
    form: Form,
    problem: Option<String>,
    ticked: Ticked,
) -> Result<Response, PageError> {
    let known = app
        .db
        .read(move |reader| {
            let Some(reception) = store::reception::find(reader, id)? else { return Ok(None) };
            let reservation = store::reservation::find(reader, reception.reservation)?;
            // Visitors for a renewal have a page of their own.
            let Some(of) = reception.card else { return Ok(None) };
            let card = store::card::find(reader, of)?;
            let home = store::card::last_stored(reader, of)?.map(|(_, name)| name);
            let story = story::of(reader, &Subject::Reception(id))?;
            let both = reservation.zip(card);
            let known = both.map(|(reservation, card)| Known { reception, reservation, card, home, story });
            Ok::<_, store::Error>(known)
        })
        .await?;
    let Some(known) = known else { return Err(PageError::NotFound) };
    let subjects = vec![Subject::Reception(id), Subject::Card(known.card.id)];
    signed.viewed(app, View { screen: "reception", asked: id.to_string(), subjects, found: 1 }).await?;
    Ok(respond(&shown(app, signed, known, form, problem, &ticked)))
}

fn shown(
    app: &App,
    signed: &Signed,
    known: Known,
    mut form: Form,
    problem: Option<String>,
    ticked: &Ticked,
) -> ShowPage {
    let Known { reception, reservation, card, home, story } = known;
    let (state, slot) = (reception.state, &reservation.slot);
    let next = next(signed, state, card.place_kind);
    let sheet = ticked.sheet.unwrap_or(Sheet::Principal);
    let receives = signed.may(Permission::ReceiveVisitors);
    if !form.is_refused() {
        fill(&mut form, signed, next, reception.receiver.as_deref());
    }
    let control = wording::control(card.control_number);
    let mut layout = signed.layout(format!("受付 {control}"));
    layout = layout.within(if receives { Task::Counter } else { Task::Reservations });
    layout.refused = form.is_refused();
    ShowPage {
        texts: Texts::new(Language::JA),
        layout,
        form,
        problem,
        id: reception.id,
        control,
        card_href: route::card(card.id),
        place: card.place_name,
        when: format!("{} {}", month_day_ja(slot.day), slot.start),
        reservation_href: route::reservation(reservation.id),
        arrived: wording::time(reception.arrived_at),
        late: wording::late(slot.start, reception.arrived_at),
        language: wording::language(&reservation.language),
        visitor: format!(
            "{}{}",
            wording::visitor(reservation.visitor),
            if reservation.party.is_some() { "（家族の予約）" } else { "" }
        ),
        receiver: reception.receiver.unwrap_or_default(),
        issuer: reception.issuer.unwrap_or_default(),
        steps: steps(state),
        standing: state.label(),
        reason: reception.reason.map_or("", Reason::label),
        next,
        sheet,
        lines: Tick::lines(sheet.items(), &ticked.items),
        may_end: receives && state.is_open(),
        may_put_away: signed.may(Permission::MoveCards),
        home,
        operation: app.operation(),
        away_operation: app.operation(),
        left_operation: app.operation(),
        reasons: Reason::of(super::super::SERVICE).collect(),
        story,
    }
}

/// Names that are known already need not be typed again.
fn fill(form: &mut Form, signed: &Signed, next: Next, receiver: Option<&str>) {
    if !form.typed(field::PERSON).is_empty() {
        return;
    }
    match next {
        Next::Issue { from_paper: false } => form.fill(field::PERSON, signed.name()),
        Next::Issue { from_paper: true } => form.fill(field::PERSON, receiver.unwrap_or_default()),
        _ => {}
    }
}

fn next(signed: &Signed, state: Visit, place: PlaceKind) -> Next {
    let receives = signed.may(Permission::ReceiveVisitors);
    match state {
        Visit::Arrived if receives => Next::Papers,
        Visit::Checked if receives => Next::ToCity,
        Visit::WithCity if signed.may(Permission::RecordIssue) => {
            Next::Issue { from_paper: signed.city_record() == CityRecord::Paper }
        }
        Visit::Arrived | Visit::Checked | Visit::WithCity => Next::Others,
        Visit::Issued => Next::Issued,
        Visit::SentAway | Visit::Left if place == PlaceKind::Tray => Next::PutAway,
        Visit::SentAway | Visit::Left => Next::Over,
    }
}

/// The way as a line of steps; a visit that ended otherwise has its end in place of the issue.
pub(crate) fn steps(state: Visit) -> Vec<Step> {
    match WAY.iter().position(|step| *step == state) {
        Some(at) => (0..)
            .zip(WAY)
            .map(|(n, step)| Step { label: step.label(), reached: n <= at, current: n == at })
            .collect(),
        None => [Visit::Arrived, state]
            .map(|step| Step { label: step.label(), reached: true, current: step == state })
            .to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r6_c4_the_way_shows_where_the_visitor_stands() {
        let words = |state| -> Vec<(&str, bool)> {
            steps(state).iter().map(|step| (step.label, step.current)).collect()
        };
        assert_eq!(words(Visit::Checked)[1], ("書類確認済", true));
        assert_eq!(steps(Visit::Checked).iter().filter(|step| step.reached).count(), 2);
        assert_eq!(words(Visit::SentAway), [("受付済", false), ("持ち帰り", true)]);
    }
}
