//! Keys of rooms and cabinets: who holds which. A key is with one person or hangs where it belongs, and whoever takes it
//! says so by their own account.

use domain::id::{PersonId, PlaceId};
use domain::journal::Entry;
use domain::service::SiteCode;
use jiff::Timestamp;

use crate::act::Act;
use crate::error::{Error, Result};
use crate::tx::{Reader, Tx};
use crate::value::Row;
use crate::{bind, place, statements};

statements! { "cabinet_key":
    HELD = "SELECT k.place_id AS place_id, p.name AS place_name, k.person_id AS person_id, n.name AS person_name, j.at AS at
        FROM place p JOIN place_key k ON k.place_id = p.id JOIN person n ON n.id = k.person_id
        JOIN journal j ON j.id = k.entry_id WHERE p.site = $1 ORDER BY p.id";
    OF = "SELECT k.place_id AS place_id, p.name AS place_name, k.person_id AS person_id, n.name AS person_name, j.at AS at
        FROM place_key k JOIN place p ON p.id = k.place_id JOIN person n ON n.id = k.person_id
        JOIN journal j ON j.id = k.entry_id WHERE k.place_id = $1";
    LOCK = "UPDATE place SET name = name WHERE id = $1";
    TAKE = "INSERT INTO place_key (place_id, person_id, entry_id) VALUES ($1, $2, $3)
        ON CONFLICT (place_id) DO NOTHING";
    HAND_OVER = "UPDATE place_key SET person_id = $1, entry_id = $2 WHERE place_id = $3 AND person_id = $4";
    RETURN = "DELETE FROM place_key WHERE place_id = $1 AND person_id = $2";
}

/// A key that somebody holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Of which place.
    pub place: PlaceId,
    /// Its name.
    pub place_name: String,
    /// Who holds it.
    pub person: PersonId,
    /// Their name.
    pub person_name: String,
    /// Since when.
    pub since: Timestamp,
}

/// Why a key did not change hands.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// There is no such place, or it has no key.
    #[error("there is no such key")]
    NotFound,
    /// It is with somebody else than the person saw.
    #[error("the key is elsewhere by now")]
    Elsewhere,
    /// The store.
    #[error(transparent)]
    Store(#[from] Error),
}

fn held(row: &Row<'_>) -> Result<Held> {
    Ok(Held {
        place: row.get("place_id")?,
        place_name: row.get("place_name")?,
        person: row.get("person_id")?,
        person_name: row.get("person_name")?,
        since: row.get("at")?,
    })
}

/// The keys of a site that somebody holds.
pub fn held_at(reader: &mut Reader<'_>, site: &SiteCode) -> Result<Vec<Held>> {
    reader.rows(&HELD, bind![site], held)
}

/// Who holds the key of a place; none: it hangs where it belongs.
pub fn of(reader: &mut Reader<'_>, place: PlaceId) -> Result<Option<Held>> {
    reader.row(&OF, bind![place], held)
}

/// A person takes the key: from its hook, or from the person who was seen to hold it. Whoever holds it already has taken
/// it by the first of two presses.
pub fn take(
    tx: &mut Tx<'_>,
    act: &Act,
    place: PlaceId,
    person: PersonId,
    before: Option<PersonId>,
) -> Result<(), KeyError> {
    if lock(tx, place)?.is_some_and(|held| held.person == person) {
        return Ok(());
    }
    let recorded = tx.record(act, &Entry::KeyTaken { place, person, before })?;
    let changed = match before {
        None => tx.execute(&TAKE, bind![place, person, recorded.entry()])?,
        Some(before) => tx.execute(&HAND_OVER, bind![person, recorded.entry(), place, before])?,
    };
    if changed == 0 { Err(KeyError::Elsewhere) } else { Ok(()) }
}

/// The key that a person held hangs where it belongs again, if it does not already.
pub fn give_back(tx: &mut Tx<'_>, act: &Act, place: PlaceId, person: PersonId) -> Result<(), KeyError> {
    if lock(tx, place)?.is_none() {
        return Ok(());
    }
    tx.record(act, &Entry::KeyReturned { place, person })?;
    if tx.execute(&RETURN, bind![place, person])? == 0 { Err(KeyError::Elsewhere) } else { Ok(()) }
}

/// Has the key to oneself until the end of the transaction, and answers who holds it: two presses of a button go one
/// after the other.
fn lock(tx: &mut Tx<'_>, id: PlaceId) -> Result<Option<Held>, KeyError> {
    if !place::find(tx, id)?.is_some_and(|place| place.kind.has_key()) {
        return Err(KeyError::NotFound);
    }
    tx.execute_one(&LOCK, bind![id])?;
    Ok(of(tx, id)?)
}
