//! Numbers of a former system, on sleeves, letters and reservations: known by their keyed hashes alone.
//!
//! A card is found by its former number as long as its consignment is taken. A number that stood on a letter opens
//! the card's booking until a letter of ours is made; then it ends.

use domain::id::{CardId, ReservationId};
use domain::opening::FormerNumber;

use crate::error::Result;
use crate::keys::Keys;
use crate::tx::{Reader, Tx};
use crate::{bind, statements};

statements! { "former":
    OPENS_ANY = "SELECT lookup FROM former_key WHERE opens = 1 LIMIT 1";
    RESERVED_ANY = "SELECT lookup FROM former_reservation WHERE kind = 'number' LIMIT 1";
    CARD = "SELECT f.card_id AS id FROM former_key f JOIN card c ON c.id = f.card_id
        JOIN consignment s ON s.id = c.consignment_id WHERE f.lookup = $1 AND s.state = 'taken'";
    OPENED = "SELECT f.card_id AS id FROM former_key f JOIN card c ON c.id = f.card_id
        JOIN consignment s ON s.id = c.consignment_id WHERE f.lookup = $1 AND f.opens = 1 AND s.state = 'taken'";
    IN_DRAFT = "SELECT l.opening_id AS id FROM opening_line l WHERE l.former = $1";
    KEEP = "INSERT INTO former_key (lookup, card_id, key_version, opens) VALUES ($1, $2, $3, $4)
        ON CONFLICT (lookup) DO NOTHING";
    END = "DELETE FROM former_key WHERE card_id = $1 AND opens = 1";
    DROP = "DELETE FROM former_key WHERE card_id = $1";
    OF_CARD = "SELECT opens FROM former_key WHERE card_id = $1 ORDER BY opens";
    RESERVATION = "SELECT reservation_id AS id FROM former_reservation WHERE lookup = $1";
    KEEP_RESERVATION = "INSERT INTO former_reservation (lookup, kind, reservation_id, key_version)
        VALUES ($1, $2, $3, $4)";
}

/// The keyed hash of a number, and the version of the keys under which it was made. It is all that is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hashed {
    /// HMAC under the lookup key, apart from every other use of that key.
    pub lookup: [u8; 32],
    /// The version of the keys.
    pub version: u32,
}

/// What the former system's number was for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A card: on its sleeve or its letter.
    Card,
    /// A reservation.
    Reservation,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Reservation => "reservation",
        }
    }
}

/// The hash of a number under the newest keys.
pub fn hashed(keys: &Keys, kind: Kind, number: &FormerNumber) -> Result<Hashed> {
    let (version, set) = keys.newest()?;
    Ok(Hashed { lookup: Keys::former(set, kind.word(), number.as_str()), version })
}

/// The hashes of a number under every version of the keys; of none, hashes that no row has, so that a search for
/// nothing takes as long.
fn lookups(keys: &Keys, kind: Kind, number: Option<&FormerNumber>) -> Vec<[u8; 32]> {
    let text = number.map_or("", FormerNumber::as_str);
    keys.newest_first().map(|(_, set)| Keys::former(set, kind.word(), text)).collect()
}

/// Whether any letter of a former system still opens a booking.
pub fn opens_any(reader: &mut Reader<'_>) -> Result<bool> {
    Ok(reader.row(&OPENS_ANY, bind![], |row| row.get::<[u8; 32]>("lookup"))?.is_some())
}

/// Whether any reservation is known by a number of a former system.
pub fn reserved_any(reader: &mut Reader<'_>) -> Result<bool> {
    Ok(reader.row(&RESERVED_ANY, bind![], |row| row.get::<[u8; 32]>("lookup"))?.is_some())
}

/// The card of a former number, for staff: on the sleeve or on the letter.
pub fn card(reader: &mut Reader<'_>, keys: &Keys, number: &FormerNumber) -> Result<Option<CardId>> {
    let mut found = None;
    for lookup in lookups(keys, Kind::Card, Some(number)) {
        found = found.or(reader.row(&CARD, bind![lookup], |row| row.get("id"))?);
    }
    Ok(found)
}

/// The card whose booking a number on a former letter opens. Every version is asked, whether found or not.
pub fn opened(reader: &mut Reader<'_>, keys: &Keys, number: Option<&FormerNumber>) -> Result<Option<CardId>> {
    let mut found = None;
    for lookup in lookups(keys, Kind::Card, number) {
        found = found.or(reader.row(&OPENED, bind![lookup], |row| row.get("id"))?);
    }
    Ok(found)
}

/// The reservation of a former number. Every version is asked, whether found or not.
pub fn reservation(
    reader: &mut Reader<'_>,
    keys: &Keys,
    number: Option<&FormerNumber>,
) -> Result<Option<ReservationId>> {
    let mut found = None;
    for lookup in lookups(keys, Kind::Reservation, number) {
        found = found.or(reader.row(&RESERVATION, bind![lookup], |row| row.get("id"))?);
    }
    Ok(found)
}

/// Whether a number belongs to a card, or to a line of a portion that is being scanned.
pub fn is_known(reader: &mut Reader<'_>, keys: &Keys, number: &FormerNumber) -> Result<bool> {
    if card(reader, keys, number)?.is_some() {
        return Ok(true);
    }
    for lookup in lookups(keys, Kind::Card, Some(number)) {
        if reader.row(&IN_DRAFT, bind![lookup], |row| row.get::<String>("id"))?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Which kinds of former numbers a card has: whether each opens a booking.
pub fn of_card(reader: &mut Reader<'_>, card: CardId) -> Result<Vec<bool>> {
    reader.rows(&OF_CARD, bind![card], |row| row.get("opens"))
}

/// Keeps a number for a card that is being taken. Answers whether it was free.
pub(crate) fn keep(tx: &mut Tx<'_>, number: Hashed, card: CardId, opens: bool) -> Result<bool> {
    Ok(tx.execute(&KEEP, bind![number.lookup, card, number.version, opens])? == 1)
}

/// Ends the numbers that open a card's booking: a letter of ours is made for it.
pub(crate) fn end(tx: &mut Tx<'_>, card: CardId) -> Result<()> {
    tx.execute(&END, bind![card]).map(drop)
}

/// Drops every number of a card that was never taken.
pub(crate) fn drop_all(tx: &mut Tx<'_>, card: CardId) -> Result<()> {
    tx.execute(&DROP, bind![card]).map(drop)
}

/// The reservation that a line of a former file became, whatever became of it since.
pub(crate) fn of_line(reader: &mut Reader<'_>, keys: &Keys, line: &str) -> Result<Option<ReservationId>> {
    let mut found = None;
    for (_, set) in keys.newest_first() {
        let lookup = Keys::former(set, "line", line);
        found = found.or(reader.row(&RESERVATION, bind![lookup], |row| row.get("id"))?);
    }
    Ok(found)
}

/// Remembers which line of a former file a reservation was, and the number that the former system gave it.
pub(crate) fn keep_reservation(
    tx: &mut Tx<'_>,
    keys: &Keys,
    id: ReservationId,
    line: &str,
    number: Option<Hashed>,
) -> Result<()> {
    let (version, set) = keys.newest()?;
    tx.execute_one(&KEEP_RESERVATION, bind![Keys::former(set, "line", line), "line", id, version])?;
    match number {
        Some(number) => tx.execute_one(&KEEP_RESERVATION, bind![number.lookup, "number", id, number.version]),
        None => Ok(()),
    }
}
