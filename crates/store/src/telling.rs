//! 市民へ連絡: a reservation was cancelled because its card is not handed out, and a person has to tell the citizen.
//!
//! What is said, and how the citizen is reached, is not kept here: contacts stand where the ledger allows them.

use domain::id::{CardId, ReservationId, TellingId};
use domain::journal::Entry;
use domain::number::ControlNumber;
use domain::recall::Told;
use domain::service::SiteCode;
use domain::time::Start;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::act::Act;
use crate::error::{Error, Result};
use crate::tx::{Reader, Tx};
use crate::{bind, card, statements};

statements! { "telling":
    INSERT = "INSERT INTO telling (id, card_id, reservation_id, site, entry_id) VALUES ($1, $2, $3, $4, $5)";
    FIND = "SELECT card_id, reservation_id, told FROM telling WHERE id = $1";
    END = "UPDATE telling SET told = $1, ended_by = $2 WHERE id = $3 AND ended_by IS NULL";
    OPEN = "SELECT t.id AS id, t.card_id AS card_id, t.reservation_id AS reservation_id, j.at AS at,
        c.control_number AS control_number, r.day AS day, r.start AS start
        FROM telling t JOIN journal j ON j.id = t.entry_id JOIN card c ON c.id = t.card_id
        JOIN reservation r ON r.id = t.reservation_id
        WHERE t.site = $1 AND t.ended_by IS NULL ORDER BY t.id";
}

/// A citizen who has to be told.
#[derive(Debug, Clone)]
pub struct Telling {
    /// Its id.
    pub id: TellingId,
    /// The card.
    pub card: CardId,
    /// 管理番号.
    pub control_number: ControlNumber,
    /// The reservation that was cancelled.
    pub reservation: ReservationId,
    /// Its day and time.
    pub when: (Date, Start),
    /// Since when.
    pub since: Timestamp,
}

/// Why it was not ended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TellingError {
    /// There is no such task.
    #[error("not found")]
    NotFound,
    /// Somebody else ended it before.
    #[error("it ended before")]
    Over(Told),
    /// The operation was used for something else.
    #[error(transparent)]
    Reused(#[from] crate::op::Reused),
    /// The store.
    #[error(transparent)]
    Store(#[from] Error),
}

/// Somebody has to tell the citizen of a reservation that was cancelled.
pub(crate) fn ask(
    tx: &mut Tx<'_>,
    act: &Act,
    card: CardId,
    reservation: ReservationId,
    site: &SiteCode,
) -> Result<()> {
    let id: TellingId = tx.id(act);
    let recorded = tx.record(act, &Entry::TellingAsked { telling: id, card, reservation })?;
    tx.execute_one(&INSERT, bind![id, card, reservation, site, recorded.entry()])
}

/// It is done, in one way or another.
pub fn end(tx: &mut Tx<'_>, act: &Act, id: TellingId, told: Told, remark: &str) -> Result<(), TellingError> {
    let found = tx.row(&FIND, bind![id], |row| {
        Ok((row.get("card_id")?, row.get("reservation_id")?, row.get::<Option<Told>>("told")?))
    })?;
    let Some((card, reservation, before)) = found else { return Err(TellingError::NotFound) };
    if let Some(before) = before {
        return Err(TellingError::Over(before));
    }
    let recorded = tx.record(act, &Entry::TellingDone { telling: id, card, reservation, told })?;
    tx.remark(&recorded, remark)?;
    if tx.execute(&END, bind![told, recorded.entry(), id])? == 0 {
        tx.run_again(&END);
        return Err(Error::Conflict.into());
    }
    Ok(())
}

/// The citizens of a site who have to be told, in the order in which it was asked. They are few.
pub fn open(reader: &mut Reader<'_>, site: &SiteCode) -> Result<Vec<Telling>> {
    reader.rows(&OPEN, bind![site], |row| {
        Ok(Telling {
            id: row.get("id")?,
            card: row.get("card_id")?,
            control_number: card::control_number(row)?,
            reservation: row.get("reservation_id")?,
            when: (row.get("day")?, row.get("start")?),
            since: row.get("at")?,
        })
    })
}
