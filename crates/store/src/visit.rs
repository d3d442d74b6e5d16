//! Visits: a citizen's booking in progress, and the limits of attempts at keys and numbers.
//!
//! A visit begins after the first proven key or number, or after the questions about a renewal were answered, and lives for thirty minutes. Its secret stands in a
//! cookie that only its own pages see; the table knows a hash of it.

use domain::id::{CardId, ReservationId, VisitId};
use domain::number::{Number, NumberKind};
use domain::renewal::{Coming, from_words, in_words};
use domain::reservation::{MOST_IN_PARTY, State};
use domain::service::Service;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::act::Act;
use crate::error::{Error, Result};
use crate::keys::Keys;
use crate::tx::{Reader, Tx};
use crate::value::Row;
use crate::{bind, statements};

statements! { "visit":
    INSERT = "INSERT INTO visit (id, secret, language, card_id, reservation_id, coming, until)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    FIND = "SELECT v.id AS id, v.secret AS secret, v.language AS language, v.card_id AS card_id,
        c.posted_on AS posted_on, c.key_issue AS key_issue, c.key_version AS key_version,
        v.reservation_id AS reservation_id, v.coming AS coming, v.until AS until, r.state AS state,
        (SELECT COUNT(*) FROM visit_member k WHERE k.visit_id = v.id) AS others,
        (SELECT MAX(o.posted_on) FROM visit_member k JOIN card o ON o.id = k.card_id WHERE k.visit_id = v.id)
        AS others_posted_on,
        (SELECT COUNT(*) FROM reservation m WHERE m.party_id = r.party_id AND m.state = 'booked') AS booked,
        (SELECT MAX(o.posted_on) FROM reservation m JOIN card o ON o.id = m.card_id
        WHERE m.party_id = r.party_id AND m.state = 'booked') AS booked_posted_on
        FROM visit v LEFT JOIN card c ON c.id = v.card_id LEFT JOIN reservation r ON r.id = v.reservation_id
        WHERE v.id = $1 AND v.until >= $2";
    OTHERS = "SELECT c.id AS card_id, c.key_issue AS key_issue, c.key_version AS key_version
        FROM visit_member k JOIN card c ON c.id = k.card_id WHERE k.visit_id = $1 ORDER BY k.n, c.id";
    NEXT = "SELECT COALESCE(MAX(n), 0) + 1 AS next FROM visit_member WHERE visit_id = $1";
    ADD_CARD = "INSERT INTO visit_member (visit_id, card_id, n) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    DROP_CARD = "DELETE FROM visit_member WHERE visit_id = $1 AND card_id = $2";
    SET_CARD = "UPDATE visit SET card_id = $1, reservation_id = NULL WHERE id = $2";
    FORGET_CARDS = "DELETE FROM visit_member WHERE visit_id IN (SELECT id FROM visit WHERE until < $1)";
    SET_RESERVATION = "UPDATE visit SET reservation_id = $1 WHERE id = $2";
    LENGTHEN = "UPDATE visit SET until = $1 WHERE id = $2 AND until < $1";
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
    /// The card whose key was proven first; none: the visit is about a renewal.
    pub card: Option<VisitCard>,
    /// Who comes for each renewal that is to be booked.
    pub coming: Vec<Coming>,
    /// How many other cards were proven besides.
    pub others: usize,
    /// How many people the visit books for, or how many the booking has that it looks at.
    pub people: usize,
    /// Whether what it looks at is booked.
    pub is_booked: bool,
    /// When the last of the notices of its cards was posted, which decides the first day of a visit.
    pub posted_on: Option<Date>,
    /// The reservation that is being made or looked at; of a family, one of them.
    pub reservation: Option<ReservationId>,
    /// When it ends.
    pub until: Timestamp,
}

/// A card of a visit, with what its key is derived from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VisitCard {
    /// The card.
    pub card: CardId,
    /// The issue of its key.
    pub key_issue: u32,
    /// The version of the keys from which its key is derived.
    pub key_version: u32,
}

impl Visit {
    /// What it books or looks at.
    pub fn service(&self) -> Service {
        if self.card.is_some() { Service::Issuance } else { Service::Renewal }
    }
}

impl VisitCard {
    /// The last five digits of its 予約キー, by which a family tells its letters apart. They open nothing.
    pub fn key_end(&self, keys: &Keys) -> Result<String> {
        let set = keys.version(self.key_version)?;
        let key =
            Number::derive(set.number.bits(), NumberKind::BookingKey, self.card.to_bytes(), self.key_issue);
        let digits = key.digits();
        Ok(digits.get(digits.len().saturating_sub(5)..).unwrap_or_default().to_owned())
    }
}

/// A visit has as many cards as a booking may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the visit has as many cards as it may")]
pub struct TooManyCards;

/// What a visit is about.
#[derive(Debug, Clone)]
pub enum About {
    /// A card that was proven, and the reservation that is looked at.
    Card(CardId, Option<ReservationId>),
    /// Renewals that are to be booked, with who comes for each.
    Renewals(Vec<Coming>),
    /// A reservation of a renewal that is looked at.
    Renewal(ReservationId),
}

/// Begins a visit, and says when it ends.
pub fn begin(
    tx: &mut Tx<'_>,
    act: &Act,
    secret: &[u8; 32],
    language: &str,
    about: &About,
) -> Result<(VisitId, Timestamp)> {
    let (card, reservation, coming) = match about {
        About::Card(card, reservation) => (Some(*card), *reservation, None),
        About::Renewals(coming) => (None, None, Some(in_words(coming))),
        About::Renewal(reservation) => (None, Some(*reservation), None),
    };
    let id: VisitId = tx.id(act);
    let until = act.at.saturating_add(LIFE).unwrap_or(act.at);
    tx.execute_one(&INSERT, bind![id, secret, language, card, reservation, coming, until])?;
    Ok((id, until))
}

/// A visit that has not ended.
pub fn find(reader: &mut Reader<'_>, id: VisitId, now: Timestamp) -> Result<Option<Visit>> {
    reader.row(&FIND, bind![id, now], |row| {
        let is_booked = row.get::<Option<State>>("state")? == Some(State::Booked);
        let (others, booked) = (row.get::<usize>("others")?, row.get::<usize>("booked")?);
        let besides = if is_booked { "booked_posted_on" } else { "others_posted_on" };
        let posted_on: Option<Date> = row.get("posted_on")?;
        let card = row.get::<Option<CardId>>("card_id")?;
        let coming = match row.get::<Option<String>>("coming")? {
            Some(words) => {
                from_words(&words).ok_or_else(|| Error::Broken("who comes in a visit".to_owned()))?
            }
            None => Vec::new(),
        };
        let to_book = if card.is_some() { others + 1 } else { coming.len() };
        Ok(Visit {
            id: row.get("id")?,
            secret: row.get("secret")?,
            language: row.get("language")?,
            card: card.map(|_| visit_card(row)).transpose()?,
            coming,
            others,
            is_booked,
            people: if is_booked { booked.max(1) } else { to_book },
            posted_on: posted_on.max(row.get(besides)?),
            reservation: row.get("reservation_id")?,
            until: row.get("until")?,
        })
    })
}

fn visit_card(row: &Row<'_>) -> Result<VisitCard> {
    Ok(VisitCard {
        card: row.get("card_id")?,
        key_issue: row.get("key_issue")?,
        key_version: row.get("key_version")?,
    })
}

/// Every card of a visit, in the order in which they were proven. Of a visit with one card nothing is asked.
pub fn cards(reader: &mut Reader<'_>, visit: &Visit) -> Result<Vec<VisitCard>> {
    let mut cards = Vec::from_iter(visit.card);
    if visit.others > 0 {
        cards.extend(reader.rows(&OTHERS, bind![visit.id], visit_card)?);
    }
    Ok(cards)
}

/// Takes another proven card into a visit; the same card again changes nothing. What the visit held before is for its
/// caller to give back: it is no longer what the visit makes.
pub fn add_card(tx: &mut Tx<'_>, visit: &Visit, card: CardId) -> Result<Result<(), TooManyCards>> {
    // A renewal takes no cards.
    let Some(first) = visit.card else { return Ok(Err(TooManyCards)) };
    // The row of the visit is changed first, so that two tabs that add at once come one after the other.
    tx.execute_one(&SET_CARD, bind![first.card, visit.id])?;
    let others = tx.rows(&OTHERS, bind![visit.id], visit_card)?;
    if first.card == card || others.iter().any(|known| known.card == card) {
        return Ok(Ok(()));
    }
    if others.len() + 1 >= MOST_IN_PARTY {
        return Ok(Err(TooManyCards));
    }
    let next = tx.one(&NEXT, bind![visit.id], |row| row.get::<u32>("next"))?;
    tx.execute(&ADD_CARD, bind![visit.id, card, next])?;
    Ok(Ok(()))
}

/// Takes a card out of a visit, but not its last one; as [`add_card`] otherwise.
pub fn drop_card(tx: &mut Tx<'_>, visit: &Visit, card: CardId) -> Result<()> {
    let rest: Vec<CardId> =
        cards(tx, visit)?.into_iter().map(|known| known.card).filter(|known| *known != card).collect();
    let Some(first) = rest.first() else { return Ok(()) };
    tx.execute_one(&SET_CARD, bind![first, visit.id])?;
    for gone in [first, &card] {
        tx.execute(&DROP_CARD, bind![visit.id, gone])?;
    }
    Ok(())
}

/// Notes which reservation the visit makes or looks at.
pub fn set_reservation(tx: &mut Tx<'_>, id: VisitId, reservation: Option<ReservationId>) -> Result<()> {
    tx.execute_one(&SET_RESERVATION, bind![reservation, id])
}

/// Lets a visit live as if it began now: its citizen had to wait.
pub fn lengthen(tx: &mut Tx<'_>, visit: VisitId, now: Timestamp) -> Result<()> {
    tx.execute(&LENGTHEN, bind![now + LIFE, visit])?;
    Ok(())
}

/// Deletes visits and attempts that are over; they are no facts and leave no trace.
pub fn forget(tx: &mut Tx<'_>, now: Timestamp) -> Result<()> {
    tx.execute(&FORGET_CARDS, bind![now])?;
    tx.execute(&FORGET, bind![now])?;
    let before = now.saturating_sub(WINDOW).unwrap_or(now);
    tx.execute(&FORGET_ATTEMPTS, bind![before]).map(drop)
}

/// Counts a failed attempt, or what an address did of something that is limited. `who` is a keyed hash of an address
/// or a number.
pub fn attempt_failed(tx: &mut Tx<'_>, who: &[u8; 32], now: Timestamp) -> Result<()> {
    let begins = now.saturating_sub(WINDOW).unwrap_or(now);
    tx.execute_one(&ATTEMPT, bind![who, now, begins])
}

/// Failed attempts in the present window.
pub fn attempts(reader: &mut Reader<'_>, who: &[u8; 32], now: Timestamp) -> Result<u32> {
    let begins = now.saturating_sub(WINDOW).unwrap_or(now);
    Ok(reader.row(&ATTEMPTS, bind![who, begins], |row| row.get("failures"))?.unwrap_or(0))
}
