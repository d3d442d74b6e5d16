//! Work for a turn: what the browser of somebody who proved nothing computes while they wait in a long queue, so that
//! turns cannot be had by the thousand for nothing ([`super::turn`] says what it gains).
//!
//! The task is a keyed hash of the visit and the minute, so the server keeps nothing and only it can make one. Solved is
//! it by the first number whose PBKDF2 with the task begins with [`BITS`] zeros: browsers compute that themselves, as
//! fast as any other program on the same machine and beside the page, so a telephone is about a second busy and nobody
//! has to do anything; the server checks it with one of the thousand tries. A solution holds for its visit alone, so
//! sending it again gains nothing. In return the visit's browser keeps a cookie that only the server can make.
//!
//! It is no proof of a person, and no wall: who has many machines pays, and gets turns. The limits for each address and
//! key, and the bound of people inside, stand all the same. Nothing of a booking needs it, and without JavaScript the
//! page of those who wait is what it is.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use data_encoding::{BASE32_NOPAD, HEXLOWER};
use domain::id::VisitId;
use jiff::{SignedDuration, Timestamp};
use pbkdf2::pbkdf2_hmac_array;
use sha2::Sha256;
use store::keys::Keys;
use subtle::ConstantTimeEq;

use super::begun::proven;
use crate::App;
use crate::citizen::route;
use crate::kit::cookie::{self, Cookie, SameSite};
use crate::kit::{Fields, PageError};

/// How many zeros a solution begins with: about a thousand tries.
pub const BITS: u32 = 10;

/// Rounds of PBKDF2 for one try: with [`BITS`] about a second of a telephone, and less than a millisecond to check.
pub const ROUNDS: u32 = 1_000;

/// How long a task can be solved. The page of those who wait brings a new one whenever it comes back.
const HOLDS: SignedDuration = SignedDuration::from_mins(10);

/// The cookie of a visit that worked. Its path is the visit's own.
const COOKIE: &str = "__Secure-worked";

const MINUTE: &str = "minute";
const NUMBER: &str = "number";

/// A task: what a visit's browser is asked to compute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Task {
    visit: VisitId,
    /// When it was set, in minutes since 1970.
    minute: i64,
    text: [u8; 32],
}

impl Task {
    /// The task of a visit at an instant.
    pub(crate) fn new(app: &App, visit: VisitId, now: Timestamp) -> Result<Self, PageError> {
        Self::of(app, visit, now.as_second().div_euclid(60))
    }

    fn of(app: &App, visit: VisitId, minute: i64) -> Result<Self, PageError> {
        let (_, set) = app.keys.newest()?;
        Ok(Self { visit, minute, text: Keys::attempt(set, "effort", &format!("{visit} {minute}")) })
    }

    /// What is to be solved, as the page carries it.
    pub fn text(&self) -> String {
        HEXLOWER.encode(&self.text)
    }

    /// When it was set.
    pub fn minute(&self) -> i64 {
        self.minute
    }

    /// Where the solution is sent.
    pub fn href(&self) -> String {
        route::effort(self.visit)
    }

    fn is_solved_by(&self, number: u32) -> bool {
        solves(&self.text, number)
    }

    #[cfg(test)]
    pub(crate) fn sample() -> Self {
        use domain::id::Id;
        Self { visit: VisitId::from_parts(0, 7), minute: 29_904_480, text: [7; 32] }
    }
}

/// Whether a number solves the task with this text: the first block of PBKDF2-HMAC-SHA-256, which browsers compute
/// themselves.
pub fn solves(text: &[u8; 32], number: u32) -> bool {
    let [a, b, c, d] = pbkdf2_hmac_array::<Sha256, 4>(text, number.to_string().as_bytes(), ROUNDS);
    u32::from_be_bytes([a, b, c, d]).leading_zeros() >= BITS
}

/// What the cookie of a visit says that worked.
fn receipt(app: &App, visit: VisitId) -> Result<String, PageError> {
    let (_, set) = app.keys.newest()?;
    Ok(BASE32_NOPAD.encode(&Keys::attempt(set, "worked", &visit.to_string())))
}

/// Whether the browser worked for the turn of this visit.
pub(crate) fn has_worked(app: &App, headers: &HeaderMap, visit: VisitId) -> Result<bool, PageError> {
    let Some(shown) = cookie::read(headers, COOKIE) else { return Ok(false) };
    Ok(receipt(app, visit)?.as_bytes().ct_eq(shown.as_bytes()).into())
}

/// Takes a solution. Only a script comes here, and it looks at nothing but the status.
pub(crate) async fn solved(
    State(app): State<Arc<App>>,
    Path(visit): Path<String>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, PageError> {
    let form = fields.form(&[MINUTE, NUMBER])?;
    let visit = proven(&app, &headers, &visit).await?.id;
    let minute: i64 = form.typed(MINUTE).parse().map_err(|_| PageError::BadRequest)?;
    let number: u32 = form.typed(NUMBER).parse().map_err(|_| PageError::BadRequest)?;
    let age = app.now().as_second().div_euclid(60).saturating_sub(minute);
    // Nothing of the future, and nothing old, is hashed for anybody.
    if !(0..HOLDS.as_mins()).contains(&age) || !Task::of(&app, visit, minute)?.is_solved_by(number) {
        metrics::counter!("citizens_effort", "result" => "refused").increment(1);
        return Err(PageError::BadRequest);
    }
    metrics::counter!("citizens_effort", "result" => "done").increment(1);
    let (value, path) = (receipt(&app, visit)?, route::visit(visit));
    let worked = Cookie {
        name: COOKIE,
        value: &value,
        path: &path,
        max_age: u32::try_from(store::visit::LIFE.as_secs()).ok(),
        same_site: SameSite::Lax,
    };
    let mut response = StatusCode::NO_CONTENT.into_response();
    response.headers_mut().append(header::SET_COOKIE, worked.header().map_err(PageError::internal)?);
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r4_c_a_task_is_solved_by_about_one_number_of_a_thousand() {
        let task = Task::sample();
        let found: Vec<u32> = (0..4_000).filter(|number| task.is_solved_by(*number)).collect();
        assert!((1..=12).contains(&found.len()), "{found:?}");
    }
}
