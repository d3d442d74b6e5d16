//! The scan box: says which of our codes was read, and opens the right thing.
//!
//! What was read is never in an address, a log or on a page: it may be a secret of a citizen, or the Individual
//! Number on a card's back. That one is dropped, and answered with its own alarm.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::id::{CardId, PlaceId, ReceptionId, ReservationId};
use domain::number::{Number, NumberKind};
use domain::opening::FormerNumber;
use domain::permission::Permission;
use domain::reservation::State as Booking;
use domain::scan::{ScanScreen, Scanned, Unknown, read};
use domain::tracking::TrackingNumber;
use jiff::civil::Date;
use store::Reader;
use store::keys::Keys;
use store::reservation::party;

use super::route;
use super::say::Facts;
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Page, PageError, respond};
use crate::staff::Layout;
use crate::staff::desk::Signed;
use crate::staff::layout::ScanBox;

/// The field of the scan box.
const SCAN: &str = "scan";

/// What a scan leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::staff) enum Target {
    Card(CardId),
    Reservation(ReservationId),
    Reception(ReceptionId),
    Renewal(ReservationId),
    Place(PlaceId),
}

impl Target {
    fn href(self) -> String {
        match self {
            Self::Card(id) => route::card(id),
            Self::Reservation(id) => route::reservation(id),
            Self::Reception(id) => route::reception(id),
            Self::Renewal(id) => crate::staff::renewal::route::renewal(id),
            Self::Place(id) => route::place(id),
        }
    }
}

/// The page after a scan that opened nothing.
#[derive(Template)]
#[template(path = "staff/counter/unknown.html")]
pub(crate) struct UnknownPage {
    layout: Layout,
    sentence: String,
    status: StatusCode,
}

impl UnknownPage {
    /// Says why nothing was opened.
    pub(crate) fn new(layout: Layout, sentence: String, status: StatusCode) -> Self {
        Self { layout: Layout { scan: ScanBox::Held, ..layout }, sentence, status }
    }
}

impl Page for UnknownPage {
    fn status(&self) -> StatusCode {
        self.status
    }
}

/// The alarm after the back of a card was scanned.
#[derive(Template)]
#[template(path = "staff/counter/alarm.html")]
pub(crate) struct AlarmPage {
    layout: Layout,
}

impl AlarmPage {
    /// The alarm.
    pub(crate) fn new(layout: Layout) -> Self {
        Self { layout: Layout { scan: ScanBox::Held, ..layout } }
    }
}

impl Page for AlarmPage {
    fn status(&self) -> StatusCode {
        StatusCode::UNPROCESSABLE_ENTITY
    }
}

/// Opens what was scanned.
pub(crate) async fn scan(
    State(app): State<Arc<App>>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let form = match fields.form(&[SCAN]) {
        Ok(form) if form.is_refused() => return alarm(&app, &signed).await,
        Err(PageError::IndividualNumber) => return alarm(&app, &signed).await,
        other => other?,
    };
    let typed = form.typed(SCAN);
    let scanned = read(typed);
    if scanned == Scanned::IndividualNumber {
        return alarm(&app, &signed).await;
    }
    // Who works at the counter means the visitor; everybody else means the card.
    let at_counter = signed.may(Permission::ReceiveVisitors) || signed.may(Permission::RecordIssue);
    if let Some(target) = find(&app, typed, at_counter).await? {
        return Ok(see_other(&target.href()));
    }
    let is_notice = app.settings.profile.notice_number.layout.read(typed).is_ok();
    let (sentence, status) = refusal(scanned, is_notice);
    Ok(respond(&UnknownPage::new(signed.layout("読み取れませんでした"), sentence, status)))
}

async fn alarm(app: &App, signed: &Signed) -> Result<Response, PageError> {
    signed.back_scanned(app, ScanScreen::Box).await?;
    Ok(respond(&AlarmPage::new(signed.layout("個人番号の読み取りを止めました"))))
}

/// What a number stands for; `at_counter`: a card whose visitor is expected today stands for the visit.
pub(in crate::staff) async fn find(
    app: &App,
    typed: &str,
    at_counter: bool,
) -> Result<Option<Target>, PageError> {
    let scanned = read(typed);
    let notice = app.settings.profile.notice_number.layout.read(typed).ok();
    let former = FormerNumber::read(typed).ok();
    let tracking = TrackingNumber::read(typed).ok();
    let (keys, today, site) = (app.keys.clone(), app.today(), app.settings.site.clone());
    let find = move |reader: &mut Reader<'_>| {
        let card = match scanned {
            Scanned::Number(number) if number.kind() == NumberKind::Reservation => {
                if let Some(id) = store::reservation::by_number(reader, &keys, &number)? {
                    return at_reservation(reader, id).map(Some);
                }
                None
            }
            Scanned::Number(number) => by_key(reader, &keys, number)?,
            Scanned::Control(number) => store::card::by_control_number(reader, number)?,
            Scanned::Place(label) => {
                if let Some(place) = store::place::by_label(reader, label)? {
                    return Ok(Some(Target::Place(place.id)));
                }
                None
            }
            Scanned::IndividualNumber | Scanned::Unknown(_) => None,
        };
        let card = match (card, &notice) {
            (None, Some(notice)) => store::privacy::card_with_notice(reader, &keys, notice.as_str())?,
            (card, _) => card,
        };
        let card = match (card, tracking) {
            (None, Some(number)) => store::tracking::by_number(reader, number)?,
            (card, _) => card,
        };
        // A number of a former system can look like anything, so it is asked for last.
        let card = match (card, &former) {
            (None, Some(former)) => match store::former::reservation(reader, &keys, Some(former))? {
                Some(id) => return at_reservation(reader, id).map(Some),
                None => store::former::card(reader, &keys, former)?,
            },
            (card, _) => card,
        };
        let Some(card) = card else { return Ok(None) };
        if at_counter && let Some(id) = expected(reader, card, today, &site)? {
            return at_reservation(reader, id).map(Some);
        }
        Ok(Some(Target::Card(card)))
    };
    Ok(app.db.read::<_, store::Error, _>(find).await?)
}

/// The card of a 予約キー, a 管理番号 or a number of a 交付通知書 that was typed into a field of a form, with what can be
/// said of it.
pub(super) async fn card_of(app: &App, typed: &str) -> Result<Option<Facts>, PageError> {
    let (keys, scanned) = (app.keys.clone(), read(typed));
    let notice = app.settings.profile.notice_number.layout.read(typed).ok();
    let found = app.db.read(move |reader| {
        let card = match scanned {
            Scanned::Number(number) if number.kind() == NumberKind::BookingKey => {
                by_key(reader, &keys, number)?
            }
            Scanned::Control(number) => store::card::by_control_number(reader, number)?,
            _ => None,
        };
        let card = match (card, &notice) {
            (None, Some(notice)) => store::privacy::card_with_notice(reader, &keys, notice.as_str())?,
            (card, _) => card,
        };
        match card {
            Some(id) => Facts::read(reader, id),
            None => Ok::<_, store::Error>(None),
        }
    });
    Ok(found.await?)
}

/// The card of a 予約キー, under every version of the keys.
fn by_key(reader: &mut Reader<'_>, keys: &Keys, number: Number) -> Result<Option<CardId>, store::Error> {
    for (_, set) in keys.newest_first() {
        if let Some(card) = store::card::by_key(reader, &number.lookup(set.lookup.bits()))? {
            return Ok(Some(card));
        }
    }
    Ok(None)
}

/// The reservation for which a card is booked at this counter today.
fn expected(
    reader: &mut Reader<'_>,
    card: CardId,
    today: Date,
    site: &domain::service::SiteCode,
) -> Result<Option<ReservationId>, store::Error> {
    let live = store::reservation::live_of(reader, card)?;
    let of_today = live.filter(|live| {
        live.state == Booking::Booked
            && live.slot.day == today
            && live.slot.service == super::SERVICE
            && live.slot.site == *site
    });
    Ok(of_today.map(|live| live.id))
}

/// The reception of a visitor who is here, or the reservation with its button of arrival. The number of a card that
/// was taken out of a family's booking leads to one of the others.
fn at_reservation(reader: &mut Reader<'_>, id: ReservationId) -> Result<Target, store::Error> {
    let id = match store::reservation::find(reader, id)? {
        Some(found) if found.card.is_none() => {
            return Ok(Target::Renewal(party::speaker(reader, &found)?.id));
        }
        Some(found) if found.state == Booking::Cancelled => party::speaker(reader, &found)?.id,
        _ => id,
    };
    let reception = store::reception::of_reservation(reader, id)?;
    Ok(reception.map_or(Target::Reservation(id), |reception| Target::Reception(reception.id)))
}

/// Why nothing was opened: never with what was scanned.
fn refusal(scanned: Scanned, is_notice: bool) -> (String, StatusCode) {
    let missing =
        |what: &str| (format!("{what}として読み取りましたが、登録がありません。"), StatusCode::NOT_FOUND);
    let sentence = match scanned {
        Scanned::Number(number) if number.kind() == NumberKind::Reservation => return missing("予約番号"),
        Scanned::Number(_) => {
            return (
                "予約キーとして読み取りましたが、登録がないか、案内の再発行で使えなくなっています。"
                    .to_owned(),
                StatusCode::NOT_FOUND,
            );
        }
        Scanned::Control(_) => return missing("管理番号"),
        Scanned::Place(_) => return missing("保管場所の番号"),
        _ if is_notice => return missing("交付通知書の番号"),
        Scanned::IndividualNumber | Scanned::Unknown(Unknown::Empty) => {
            "何も読み取れていません。もう一度読み取ってください。".to_owned()
        }
        Scanned::Unknown(Unknown::NoDigits) => {
            "番号がありません。コードをもう一度読み取るか、番号を数字で入力してください。".to_owned()
        }
        Scanned::Unknown(Unknown::WrongLength(digits)) => format!(
            "{digits}桁の番号は使っていません。管理番号は9桁、予約番号と予約キーは14桁、保管場所は8桁です。"
        ),
        Scanned::Unknown(Unknown::WrongCheckDigit | Unknown::WrongKind) => {
            "番号のどこかが違います。もう一度読み取るか、入力し直してください。".to_owned()
        }
    };
    (sentence, StatusCode::UNPROCESSABLE_ENTITY)
}
