//! 交付中止: a card that is not to be handed out. One form for the city's word and for what the register shows, one for an
//! applicant who withdraws. Each says what the card has before anything is done: a reservation is kept with it until the
//! city decides, or cancelled and somebody tells the citizen.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::card::{Cause, Stage};
use domain::id::{CardId, OperationId};
use domain::journal::{CityRecord, Subject};
use domain::place::PlaceKind;
use domain::recall::{Booked, Source};
use domain::reservation::State as Booking;
use domain::time::month_day_ja;
use jiff::civil::Date;
use store::card::{Card, StepError};
use store::journal::View;
use store::op::{Operation, once};
use store::recall::{Order, RecallError};

use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Form, Language, Page, PageError, Texts, respond};
use crate::staff::counter::route;
use crate::staff::desk::Signed;
use crate::staff::field::{self, OPERATION, PAPER, PERSON};
use crate::staff::wording::control;
use crate::staff::{Layout, Task};

/// The field that says who said so.
const SOURCE: &str = "source";
/// The field of the cause.
const CAUSE: &str = "cause";
/// The field of the day by which the city wants the card.
const UNTIL: &str = "until";
/// The field that says what becomes of the reservation.
const BOOKED: &str = "booked";

/// Which of the two forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Face {
    /// The city's word, or what the register shows.
    City,
    /// The applicant withdraws.
    Applicant,
}

impl Face {
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::City => "交付の中止",
            Self::Applicant => "申請の取下げ",
        }
    }

    fn sources(self) -> &'static [Source] {
        match self {
            Self::City => &[Source::City, Source::Register],
            Self::Applicant => &[Source::Telephone, Source::Counter],
        }
    }

    fn part(self) -> &'static str {
        match self {
            Self::City => "recall",
            Self::Applicant => "withdraw",
        }
    }
}

/// The form.
#[derive(Template)]
#[template(path = "staff/preparation/card/recall.html")]
pub(crate) struct RecallPage {
    pub(crate) texts: Texts,
    pub(crate) layout: Layout,
    pub(crate) face: Face,
    pub(crate) form: Form,
    pub(crate) problem: Option<String>,
    pub(crate) by_paper: bool,
    pub(crate) id: CardId,
    pub(crate) control: String,
    pub(crate) place: String,
    /// What is special about the place where it is.
    pub(crate) elsewhere: Option<&'static str>,
    /// The reservation that it has.
    pub(crate) reservation: Option<String>,
    /// Whether the card can be recalled as it is now.
    pub(crate) fits: bool,
    pub(crate) operation: OperationId,
}

impl RecallPage {
    fn causes(&self) -> Vec<(Cause, bool)> {
        let chosen = self.form.typed(CAUSE);
        Source::City.causes().iter().map(|cause| (*cause, cause.code() == chosen)).collect()
    }

    fn sources(&self) -> Vec<(Source, bool)> {
        let chosen = self.form.typed(SOURCE);
        let first = (chosen.is_empty() && self.face == Face::City).then_some(Source::City);
        let is = |source: &Source| source.code() == chosen || Some(*source) == first;
        self.face.sources().iter().map(|source| (*source, is(source))).collect()
    }

    fn is_city(&self) -> bool {
        self.face == Face::City
    }

    fn is_booked(&self, wanted: Booked) -> bool {
        self.form.typed(BOOKED) == wanted.code()
    }
}

impl Page for RecallPage {
    fn status(&self) -> StatusCode {
        if self.problem.is_some() { StatusCode::CONFLICT } else { self.form.status() }
    }
}

/// Shows the form of the city's word.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<Response, PageError> {
    let id: CardId = field::id(&id)?;
    // What the month's check against the register found is chosen already.
    let found = app.db.read(move |reader| store::register_check::of_card(reader, id)).await?;
    let mut form = Form::fresh();
    if let Some(cause) = found.and_then(|(_, finding)| finding.cause()) {
        form.fill(SOURCE, Source::Register.code());
        form.fill(CAUSE, cause.code());
    }
    page(&app, &signed, id, Face::City, form, None).await
}

/// Shows the form of an applicant who withdraws.
pub(crate) async fn show_withdrawal(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<Response, PageError> {
    page(&app, &signed, field::id(&id)?, Face::Applicant, Form::fresh(), None).await
}

async fn page(
    app: &App,
    signed: &Signed,
    id: CardId,
    face: Face,
    form: Form,
    problem: Option<String>,
) -> Result<Response, PageError> {
    let found = app.db.read(move |reader| {
        let Some(card) = store::card::find(reader, id)? else { return Ok(None) };
        Ok::<_, store::Error>(Some((card, store::reservation::live_of(reader, id)?)))
    });
    let (card, live) = found.await?.ok_or(PageError::NotFound)?;
    let view = View { screen: "recall", asked: id.to_string(), subjects: vec![Subject::Card(id)], found: 1 };
    signed.viewed(app, view).await?;
    let mut layout = signed.layout(face.title()).within(Task::Storage);
    layout.refused = form.is_refused();
    let booked = live.filter(|live| live.state == Booking::Booked);
    Ok(respond(&RecallPage {
        texts: Texts::new(Language::JA),
        layout,
        face,
        form,
        problem,
        by_paper: signed.city_record() == CityRecord::Paper,
        id,
        control: control(card.control_number),
        elsewhere: elsewhere(&card),
        fits: store::recall::fits(&card),
        place: card.place_name,
        reservation: booked.map(|live| format!("{} {}", month_day_ja(live.slot.day), live.slot.start)),
        operation: app.operation(),
    }))
}

/// What becomes of a card that nobody can take out here.
fn elsewhere(card: &Card) -> Option<&'static str> {
    match (card.place_kind, card.stage) {
        (PlaceKind::City, Stage::Inspected) => Some(
            "カードは交付前設定などのため市にあります。記録すると保留になり、市から戻ったあとに、終わりにするかを記録します。",
        ),
        (PlaceKind::Post, _) => Some(
            "カードは市が郵送したあとです。記録すると保留になり、戻ってきたときに市が再び発送しないようにします。",
        ),
        (PlaceKind::City, Stage::Ended) => {
            Some("カードは郵便から戻り、市にあります。記録すると、市は再び発送しません。")
        }
        _ => None,
    }
}

/// Writes the city's word down, or what the register shows.
pub(crate) async fn recall(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let mut form = fields.form(&[OPERATION, SOURCE, CAUSE, PERSON, PAPER, UNTIL, BOOKED])?;
    let id = field::id(&id)?;
    let Some(source) = chosen(&mut form, SOURCE, Face::City.sources(), "だれによるものかを選んでください。")
    else {
        return page(&app, &signed, id, Face::City, form, None).await;
    };
    let cause = chosen(&mut form, CAUSE, source.causes(), "この理由は、市の指示のときだけ選べます。");
    let city = if source == Source::City { field::city(&mut form, &signed) } else { None };
    let until = until(&mut form, app.today());
    let (Some(cause), false) = (cause, form.is_refused()) else {
        return page(&app, &signed, id, Face::City, form, None).await;
    };
    let order = Order { card: id, cause, source, city, until, booked: booked(&form) };
    record(&app, &signed, Face::City, order, form).await
}

/// Writes down that the applicant withdraws.
pub(crate) async fn withdraw(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let mut form = fields.form(&[OPERATION, SOURCE, BOOKED])?;
    let id = field::id(&id)?;
    let fault = "申出を受けた方法を選んでください。";
    let Some(source) = chosen(&mut form, SOURCE, Face::Applicant.sources(), fault) else {
        return page(&app, &signed, id, Face::Applicant, form, None).await;
    };
    let cause = Cause::Withdrawn;
    let order = Order { card: id, cause, source, city: None, until: None, booked: booked(&form) };
    record(&app, &signed, Face::Applicant, order, form).await
}

/// One of a closed list.
fn chosen<T: std::str::FromStr + PartialEq + Copy>(
    form: &mut Form,
    name: &'static str,
    of: &[T],
    fault: &str,
) -> Option<T> {
    let read = form.typed(name).parse().ok().filter(|read| of.contains(read));
    if read.is_none() && form.fault(name).is_none() {
        form.refuse_ja(name, fault.to_owned());
    }
    read
}

/// The day by which the city wants the card, which may be left open.
fn until(form: &mut Form, today: Date) -> Option<Date> {
    if form.typed(UNTIL).trim().is_empty() {
        return None;
    }
    let day = field::day(form, UNTIL, "期限")?;
    if day < today {
        form.refuse_ja(UNTIL, "期限には、今日からあとの日を選んでください。".to_owned());
    }
    Some(day)
}

/// What becomes of the reservation, where something was said.
fn booked(form: &Form) -> Option<Booked> {
    form.typed(BOOKED).parse().ok()
}

async fn record(
    app: &App,
    signed: &Signed,
    face: Face,
    order: Order,
    mut form: Form,
) -> Result<Response, PageError> {
    let id = order.card;
    let request = format!(
        "recall {id} {} {} {:?} {:?} {:?}",
        order.source, order.cause, order.city, order.until, order.booked
    );
    let operation = Operation::new(field::operation(&form)?, &request);
    let done = app.write_recall(signed.actor(), move |tx, act, rules| {
        once(tx, act, &operation, |tx| store::recall::record(tx, act, rules, &order).map(drop))
    });
    match done.await {
        Ok(()) => {
            app.availability_changed();
            Ok(see_other(&route::card(id)))
        }
        // A reservation that the form showed, or one that was made since.
        Err(RecallError::Booked) => {
            form.refuse_ja(
                BOOKED,
                "このカードには予約があります。予約をどうするかを選んでください。".to_owned(),
            );
            page(app, signed, id, face, form, None).await
        }
        Err(error) => {
            let problem = sentence(error)?;
            page(app, signed, id, face, form, Some(problem)).await
        }
    }
}

/// What a refusal means; what is no matter of the person is an error page.
pub(in crate::staff::preparation) fn sentence(error: RecallError) -> Result<String, PageError> {
    Ok(match error {
        RecallError::Already => "この交付の中止・保留は、ほかの人が先に記録しました。".to_owned(),
        RecallError::Decided => "このカードの保留は、ほかの人が先に終わらせました。".to_owned(),
        RecallError::NotHere(place) => format!(
            "このカードはいま「{}」にあり、ここからは引き抜けません。カードの場所を確かめてください。",
            place.label()
        ),
        RecallError::Received => {
            "このカードの来庁者を受け付けています。窓口の受付を、持ち帰りまたは途中退出にしてから記録してください。"
                .to_owned()
        }
        RecallError::DayOpen(day) => format!(
            "{}の予約の結果がまだ記録されていません。その日を締めてから記録してください。",
            month_day_ja(day)
        ),
        RecallError::Step(StepError::WrongStage(_)) => {
            "このカードは交付済か、すでに終了しています。".to_owned()
        }
        RecallError::Step(StepError::NoCard) => return Err(PageError::NotFound),
        RecallError::Step(StepError::Changed) => {
            "同時にほかの人がカードを動かしました。カードの場所を確かめてやり直してください。".to_owned()
        }
        RecallError::StaleRules => "予約枠の規則が変わったところです。もう一度押してください。".to_owned(),
        RecallError::Reused(_) => return Err(field::stale()),
        RecallError::Store(error) | RecallError::Step(StepError::Store(error)) => return Err(error.into()),
        other => return Err(PageError::internal(other)),
    })
}
