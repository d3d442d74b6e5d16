//! Mails that did not arrive: which still need somebody, and what is done about them.
//!
//! One needs somebody until a later mail of its booking arrives, its address is gone or another one, or the day of the
//! visit is over. Whoever is needed sends it again or stops the mails of the booking; there is no other way to reach the
//! citizen, who sees it under the number of the reservation.

use domain::id::{MailId, ReservationId};
use domain::journal::{Entry, Slot};
use domain::mail::{Kind, Reply, State};
use domain::number::ControlNumber;
use domain::service::SiteCode;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::act::Act;
use crate::contact::{self, ContactError, Standing};
use crate::error::Result;
use crate::tx::{Reader, Tx};
use crate::{bind, card, statements};

statements! { "outbox.failed":
    OPEN = "SELECT o.id AS id, o.kind AS kind, o.day AS told_day, o.reservation_id AS reservation_id,
        o.attempts AS attempts, o.reply AS reply, o.status AS status, o.ended_at AS ended_at, r.service AS service,
        r.site AS site, r.day AS day, r.start AS start, c.control_number AS control_number
        FROM outbox o JOIN reservation r ON r.id = o.reservation_id LEFT JOIN card c ON c.id = r.card_id
        WHERE o.state = 'bounced' AND o.settled_at IS NULL AND o.day >= $1 AND (o.day > $1 OR o.id > $2)
        AND r.site = $3 ORDER BY o.day, o.id LIMIT $4";
    HOW_MANY = "SELECT COUNT(*) AS n FROM (SELECT o.id AS id FROM outbox o
        JOIN reservation r ON r.id = o.reservation_id WHERE o.state = 'bounced' AND o.settled_at IS NULL
        AND o.day >= $1 AND r.site = $2 LIMIT $3) AS counted";
    FIND = "SELECT id, kind, booking_id, issue, state FROM outbox WHERE id = $1";
    AGAIN = "UPDATE outbox SET state = 'waiting', due = $1, attempts = 0, reply = NULL, status = NULL,
        ended_at = NULL, settled_at = NULL WHERE id = $2 AND state = 'bounced'";
    SETTLE = "UPDATE outbox SET settled_at = $1 WHERE booking_id = $2 AND state = 'bounced' AND settled_at IS NULL";
}

/// A mail that did not arrive.
#[derive(Debug, Clone)]
pub struct Failed {
    /// Its id.
    pub id: MailId,
    /// What it says.
    pub kind: Kind,
    /// The reservation that it is about.
    pub reservation: ReservationId,
    /// When and where that is now.
    pub slot: Slot,
    /// 管理番号; none: a renewal.
    pub control_number: Option<ControlNumber>,
    /// How often it was tried.
    pub attempts: u32,
    /// What the server answered; none: it never did.
    pub reply: Option<Reply>,
    /// When it was given up.
    pub ended_at: Timestamp,
    /// The day of the visit that it told, in whose order the list stands.
    pub told_day: Date,
}

/// A place in the list: the day of the visit and the mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    day: Date,
    /// None: before the first mail of the day.
    id: Option<MailId>,
}

impl Mark {
    /// After a mail that told of a visit on a day.
    pub fn after(day: Date, id: MailId) -> Self {
        Self { day, id: Some(id) }
    }

    /// Before the first mail of a day.
    pub fn from(day: Date) -> Self {
        Self { day, id: None }
    }
}

impl Failed {
    /// Its place in the list.
    pub fn mark(&self) -> Mark {
        Mark::after(self.told_day, self.id)
    }
}

/// The mails of a site that still need somebody, after a mark, the next visit first.
pub fn open(reader: &mut Reader<'_>, site: &SiteCode, after: &Mark, limit: u32) -> Result<Vec<Failed>> {
    // No id is an empty text, and every id comes after it.
    let id = after.id.map(|id| id.to_string()).unwrap_or_default();
    reader.rows(&OPEN, bind![after.day, id, site, limit], |row| {
        Ok(Failed {
            id: row.get("id")?,
            kind: row.get("kind")?,
            reservation: row.get("reservation_id")?,
            slot: Slot {
                service: row.get("service")?,
                site: row.get("site")?,
                day: row.get("day")?,
                start: row.get("start")?,
            },
            control_number: match row.get::<Option<u32>>("control_number")? {
                Some(_) => Some(card::control_number(row)?),
                None => None,
            },
            attempts: row.get("attempts")?,
            reply: super::reply(row)?,
            ended_at: row.get("ended_at")?,
            told_day: row.get("told_day")?,
        })
    })
}

/// How many mails of a site still need somebody, counted up to `most`.
pub fn how_many(reader: &mut Reader<'_>, site: &SiteCode, today: Date, most: u32) -> Result<u32> {
    reader.one(&HOW_MANY, bind![today, site, most], |row| row.get("n"))
}

/// Sends a mail once more that did not arrive, as often as if it were new. Answers whether it does: where somebody else
/// was first nothing is done.
pub fn again(tx: &mut Tx<'_>, act: &Act, id: MailId) -> Result<bool, ContactError> {
    let found = tx.row(&FIND, bind![id], |row| {
        Ok((
            row.get::<Kind>("kind")?,
            row.get::<ReservationId>("booking_id")?,
            row.get::<u32>("issue")?,
            row.get::<State>("state")?,
        ))
    })?;
    let Some((kind, booking, issue, state)) = found else { return Err(ContactError::NotFound) };
    if state != State::Bounced {
        return Ok(false);
    }
    let held = contact::find(tx, booking)?;
    let is_its = held.is_some_and(|held| held.standing != Standing::Gone && held.issue == issue);
    if !is_its {
        return Err(ContactError::Over);
    }
    tx.record(act, &Entry::MailTriedAgain { reservation: booking, what: kind })?;
    if tx.execute(&AGAIN, bind![act.at, id])? == 0 {
        tx.run_again(&AGAIN);
        return Err(crate::Error::Conflict.into());
    }
    Ok(true)
}

/// The booking of a mail, for stopping its mails.
pub fn booking_of(reader: &mut Reader<'_>, id: MailId) -> Result<Option<ReservationId>> {
    reader.row(&FIND, bind![id], |row| row.get("booking_id"))
}

/// What did not arrive of a booking so far needs nobody any more.
pub(crate) fn settle(tx: &mut Tx<'_>, booking: ReservationId, now: Timestamp) -> Result<()> {
    tx.execute(&SETTLE, bind![now, booking]).map(drop)
}
