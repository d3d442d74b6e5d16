//! The free places as data: the days that the web books now, and the slots of one of them.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::Response;
use domain::time;
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use super::counter::Counter;
use super::problem::Problem;
use crate::App;
use crate::availability;
use crate::citizen::visit::Availability;
use crate::kit::PageError;

/// How long a copy may be shown. The picture behind it is at most a second old.
const KEPT: HeaderValue = HeaderValue::from_static("public, max-age=5");

/// How much room a day or a slot has, in the words of the citizens' pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Room {
    /// Places are free (空きあり).
    Free,
    /// A few places are free (残りわずか).
    Few,
    /// All places are taken (満員).
    Full,
    /// Nothing can be booked (受付なし).
    Closed,
}

impl From<Availability> for Room {
    fn from(room: Availability) -> Self {
        match room {
            Availability::Free => Self::Free,
            Availability::Few => Self::Few,
            Availability::Full => Self::Full,
            Availability::Closed => Self::Closed,
        }
    }
}

/// One day.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OneDay {
    /// The day in Japan (Asia/Tokyo).
    #[schema(value_type = String, format = Date, example = "2026-11-27")]
    day: Date,
    /// How much room it has.
    room: Room,
    /// How many places the web may book; 0 on days that are closed.
    #[schema(example = 204)]
    places: u32,
    /// How many of them are free.
    #[schema(example = 12)]
    free: u32,
    /// Whether a place before noon is free.
    morning: bool,
    /// Whether a place after noon is free.
    afternoon: bool,
}

impl From<&availability::Day> for OneDay {
    fn from(day: &availability::Day) -> Self {
        let half =
            |morning| day.slots.iter().any(|slot| slot.start.is_morning() == morning && slot.free() > 0);
        Self {
            day: day.day,
            room: Availability::of_day(day).into(),
            places: day.places(),
            free: day.free(),
            morning: half(true),
            afternoon: half(false),
        }
    }
}

/// The days of a service.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AllDays {
    /// The service.
    #[schema(example = "issuance")]
    service: &'static str,
    /// Its name in Japanese.
    #[schema(example = "カードの交付")]
    name: &'static str,
    /// The code of the site.
    #[schema(example = "honcho")]
    site: String,
    /// When this was looked up, with the offset of Japan.
    #[schema(format = DateTime, example = "2026-11-24T09:00:00+09:00")]
    as_of: String,
    /// The first day with a free place; null where there is none.
    #[schema(value_type = Option<String>, format = Date, example = "2026-11-27")]
    first_free: Option<Date>,
    /// Every day from the first to the last that the web books now, closed ones too; none while nothing can be booked.
    days: Vec<OneDay>,
}

/// One slot of ten minutes.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Slot {
    /// When it begins, in Japan.
    #[schema(pattern = "^[0-2][0-9]:[0-5]0$", example = "09:00")]
    start: String,
    /// How much room it has.
    room: Room,
    /// How many places the web may book.
    #[schema(example = 4)]
    places: u32,
    /// How many of them are free.
    #[schema(example = 1)]
    free: u32,
}

/// One day with its slots.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DayWithSlots {
    /// When this was looked up, with the offset of Japan.
    #[schema(format = DateTime, example = "2026-11-24T09:00:00+09:00")]
    as_of: String,
    /// The day.
    #[serde(flatten)]
    day: OneDay,
    /// Its slots in order; none on a day that is closed.
    slots: Vec<Slot>,
}

/// The days of a service with their free places.
#[utoipa::path(
    get,
    path = super::route::DAYS,
    operation_id = "days",
    params(("service" = String, Path, description = "`issuance` (カードの交付) or `renewal` (電子証明書の更新)", example = "issuance")),
    responses(
        (status = 200, description = "The days", body = AllDays),
        (status = 404, description = "No such service takes reservations", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Too many requests are under way", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn days(
    State(app): State<Arc<App>>,
    Path(service): Path<String>,
) -> Result<Json<AllDays>, PageError> {
    days_of(&app, Counter::of(&app, &service, None)?).await
}

/// The days of a service at a site with their free places.
#[utoipa::path(
    get,
    path = super::route::DAYS_OF_SITE,
    operation_id = "days_of_site",
    params(
        ("site" = String, Path, description = "The code of a site, as in the list of counters", example = "honcho"),
        ("service" = String, Path, description = "The code of a service, as in the list of counters", example = "issuance"),
    ),
    responses(
        (status = 200, description = "The days", body = AllDays),
        (status = 404, description = "No such counter takes reservations", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Too many requests are under way", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn days_of_site(
    State(app): State<Arc<App>>,
    Path((site, service)): Path<(String, String)>,
) -> Result<Json<AllDays>, PageError> {
    days_of(&app, Counter::of(&app, &service, Some(&site))?).await
}

async fn days_of(app: &App, counter: Counter) -> Result<Json<AllDays>, PageError> {
    let picture = counter.picture(app).await?;
    Ok(Json(AllDays {
        service: counter.service.code(),
        name: counter.service.label(),
        site: counter.site.to_string(),
        as_of: as_of(&picture),
        first_free: picture.first_free().map(|day| day.day),
        days: picture.days.iter().map(OneDay::from).collect(),
    }))
}

/// One day of a service with its slots.
#[utoipa::path(
    get,
    path = super::route::DAY,
    operation_id = "day",
    params(
        ("service" = String, Path, description = "`issuance` (カードの交付) or `renewal` (電子証明書の更新)", example = "issuance"),
        ("day" = String, Path, format = Date, description = "A day between the first and the last of the days", example = "2026-11-27"),
    ),
    responses(
        (status = 200, description = "The day", body = DayWithSlots),
        (status = 404, description = "No such service, or the web does not book this day", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Too many requests are under way", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn day(
    State(app): State<Arc<App>>,
    Path((service, day)): Path<(String, String)>,
) -> Result<Json<DayWithSlots>, PageError> {
    day_of(&app, Counter::of(&app, &service, None)?, &day).await
}

/// One day of a service at a site with its slots.
#[utoipa::path(
    get,
    path = super::route::DAY_OF_SITE,
    operation_id = "day_of_site",
    params(
        ("site" = String, Path, description = "The code of a site, as in the list of counters", example = "honcho"),
        ("service" = String, Path, description = "The code of a service, as in the list of counters", example = "issuance"),
        ("day" = String, Path, format = Date, description = "A day between the first and the last of the days", example = "2026-11-27"),
    ),
    responses(
        (status = 200, description = "The day", body = DayWithSlots),
        (status = 404, description = "No such counter, or the web does not book this day", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Too many requests are under way", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn day_of_site(
    State(app): State<Arc<App>>,
    Path((site, service, day)): Path<(String, String, String)>,
) -> Result<Json<DayWithSlots>, PageError> {
    day_of(&app, Counter::of(&app, &service, Some(&site))?, &day).await
}

async fn day_of(app: &App, counter: Counter, day: &str) -> Result<Json<DayWithSlots>, PageError> {
    let picture = counter.picture(app).await?;
    let day: Date = day.parse().map_err(|_| PageError::NotFound)?;
    let day = picture.day(day).ok_or(PageError::NotFound)?;
    let slot = |slot: &availability::Slot| Slot {
        start: format!("{:02}:{:02}", slot.start.minutes() / 60, slot.start.minutes() % 60),
        room: Availability::of_slot(slot).into(),
        places: slot.places,
        free: slot.free(),
    };
    let slots = day.slots.iter().map(slot).collect();
    Ok(Json(DayWithSlots { as_of: as_of(&picture), day: day.into(), slots }))
}

fn as_of(picture: &availability::Availability) -> String {
    let local = time::TOKYO.to_datetime(picture.as_of);
    format!("{}+09:00", local.strftime("%Y-%m-%dT%H:%M:%S"))
}

/// Pages of every origin may read the answer, and keep it for a moment.
pub(super) async fn for_everybody(mut answer: Response) -> Response {
    let is_good = answer.status().is_success();
    let headers = answer.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("cross-origin"),
    );
    if is_good {
        headers.insert(header::CACHE_CONTROL, KEPT);
    }
    answer
}
