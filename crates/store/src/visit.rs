//! Visits: a citizen's booking in progress, and the limits of attempts at keys and numbers.
//!
//! A visit begins after the first proven key or number and lives for thirty minutes. Its secret stands in a
//! cookie that only its own pages see; the table knows a hash of it.

use domain::id::{CardId, ReservationId, VisitId};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::act::Act;
use crate::error::Result;
use crate::tx::{Reader, Tx};
use crate::{bind, statements};

statements! { "visit":
    INSERT = "INSERT INTO visit (id, secret, language, card_id, reservation_id, until) VALUES ($1, $2, $3, $4, $5, $6)";
    FIND = "SELECT v.id AS id, v.secret AS secret, v.language AS language, v.card_id AS card_id,
        c.posted_on AS posted_on, v.reservation_id AS reservation_id, v.until AS until
        FROM visit v JOIN card c ON c.id = v.card_id WHERE v.id = $1 AND v.until >= $2";
    SET_RESERVATION = "UPDATE visit SET reservation_id = $1 WHERE id = $2";
    FORGET = "DELETE FROM visit WHERE until < $1";
    ATTEMPT = "INSERT INTO attempt (who, since, failures) VALUES ($1, $2, 1)
        ON CONFLICT (who) DO UPDATE SET failures = CASE WHEN attempt.since < $3 THEN 1 ELSE attempt.failures + 1 END,
        since = CASE WHEN attempt.since < $3 THEN excluded.since ELSE attempt.since END";
    ATTEMPTS = "SELECT failures FROM attempt WHERE who = $1 AND since >= $2";
    FORGET_ATTEMPTS = "DELETE FROM attempt WHERE since < $1";
}

/// How long a visit lives.
pub const LIFE: SignedDuration = SignedDuration::from_mins(30);

/// The window in which failed attempts are counted.
pub const WINDOW: SignedDuration = SignedDuration::from_mins(30);

/// A visit.
#[derive(Debug, Clone)]
pub struct Visit {
    /// Its id, part of the address of its pages.
    pub id: VisitId,
    /// SHA-256 of the secret in the cookie.
    pub secret: [u8; 32],
    /// The citizen's language, as a code.
    pub language: String,
    /// The card whose key was proven.
    pub card: CardId,
    /// When the notice of the card was posted, which decides the first day of a visit.
    pub posted_on: Option<Date>,
    /// The reservation that is being made or looked at.
    pub reservation: Option<ReservationId>,
    /// When it ends.
    pub until: Timestamp,
}

/// Begins a visit.
pub fn begin(
    tx: &mut Tx<'_>,
    act: &Act,
    secret: &[u8; 32],
    language: &str,
    card: CardId,
    reservation: Option<ReservationId>,
) -> Result<VisitId> {
    let id: VisitId = tx.id(act);
    let until = act.at.saturating_add(LIFE).unwrap_or(act.at);
    tx.execute_one(&INSERT, bind![id, secret, language, card, reservation, until])?;
    Ok(id)
}

/// A visit that has not ended.
pub fn find(reader: &mut Reader<'_>, id: VisitId, now: Timestamp) -> Result<Option<Visit>> {
    reader.row(&FIND, bind![id, now], |row| {
        Ok(Visit {
            id: row.get("id")?,
            secret: row.get("secret")?,
            language: row.get("language")?,
            card: row.get("card_id")?,
            posted_on: row.get("posted_on")?,
            reservation: row.get("reservation_id")?,
            until: row.get("until")?,
        })
    })
}

/// Notes which reservation the visit makes or looks at.
pub fn set_reservation(tx: &mut Tx<'_>, id: VisitId, reservation: Option<ReservationId>) -> Result<()> {
    tx.execute_one(&SET_RESERVATION, bind![reservation, id])
}

/// Deletes visits and attempts that are over; they are no facts and leave no trace.
pub fn forget(tx: &mut Tx<'_>, now: Timestamp) -> Result<()> {
    tx.execute(&FORGET, bind![now])?;
    let before = now.saturating_sub(WINDOW).unwrap_or(now);
    tx.execute(&FORGET_ATTEMPTS, bind![before]).map(drop)
}

/// Counts a failed attempt. `who` is a keyed hash of an address or a number.
pub fn attempt_failed(tx: &mut Tx<'_>, who: &[u8; 32], now: Timestamp) -> Result<()> {
    let begins = now.saturating_sub(WINDOW).unwrap_or(now);
    tx.execute_one(&ATTEMPT, bind![who, now, begins])
}

/// Failed attempts in the present window.
pub fn attempts(reader: &mut Reader<'_>, who: &[u8; 32], now: Timestamp) -> Result<u32> {
    let begins = now.saturating_sub(WINDOW).unwrap_or(now);
    Ok(reader.row(&ATTEMPTS, bind![who, begins], |row| row.get("failures"))?.unwrap_or(0))
}
