//! Operations: one press of a button has one effect, however often its form is sent.

use domain::id::OperationId;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::act::Act;
use crate::error::{Error, Result};
use crate::tx::Tx;
use crate::{bind, statements};

statements! { "op":
    FIND = "SELECT id, actor, request, result FROM op WHERE id = $1";
    INSERT = "INSERT INTO op (id, actor, request, result, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO NOTHING";
    FORGET = "DELETE FROM op WHERE id IN (SELECT id FROM op WHERE at < $1 ORDER BY at LIMIT $2)";
}

/// How long an operation is remembered. A form that is older acts on what it finds, as if it were new: whoever is
/// signed out every night has no such form open, and every step is guarded by the state before it.
pub const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The id that was made with the form, and what the form said.
#[derive(Debug, Clone)]
pub struct Operation {
    id: OperationId,
    request: [u8; 32],
}

impl Operation {
    /// Describes an operation: the id from the form, and a text that stands for everything the form asked for.
    pub fn new(id: OperationId, request: &str) -> Self {
        Self { id, request: Sha256::digest(request.as_bytes()).into() }
    }

    /// The id.
    pub fn id(&self) -> OperationId {
        self.id
    }
}

/// The same operation id came with another request, or from somebody else: the form is stale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the operation was used for something else")]
pub struct Reused;

/// Forgets the oldest operations of before [`KEPT`], at most `limit`; the job that runs every minute. Answers how many.
/// They are no facts: what each did stands in the journal.
pub fn forget(tx: &mut Tx<'_>, now: Timestamp, limit: u32) -> Result<u64> {
    let before = now.saturating_sub(KEPT).unwrap_or(now);
    tx.execute(&FORGET, bind![before, limit])
}

/// Runs `act` unless the operation was done before; then its first result is the answer.
///
/// On PostgreSQL two transactions may run the same operation at once. The later one finds what the first one did:
/// either it is refused for it ("this card is booked already"), or it waits at its insert and finds no row inserted.
/// In both cases it is undone, to be run again and to find the first one's result.
pub fn once<T, E>(
    tx: &mut Tx<'_>,
    by: &Act,
    operation: &Operation,
    act: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
) -> Result<T, E>
where
    T: Serialize + DeserializeOwned,
    E: From<Error> + From<Reused>,
{
    let known = tx.row(&FIND, bind![operation.id], |row| {
        Ok((row.get::<String>("actor")?, row.get::<[u8; 32]>("request")?, row.get::<String>("result")?))
    })?;
    if let Some((actor, request, result)) = known {
        if request != operation.request || actor != by.actor.to_string() {
            return Err(E::from(Reused));
        }
        let result = serde_json::from_str(&result)
            .map_err(|error| Error::Broken(format!("result of operation {}: {error}", operation.id)))?;
        return Ok(result);
    }
    let result = match act(tx) {
        Ok(result) => result,
        Err(_) if matches!(tx.row(&FIND, bind![operation.id], |_| Ok(())), Ok(Some(()))) => {
            tx.run_again(&FIND);
            return Err(E::from(Error::Conflict));
        }
        Err(refused) => return Err(refused),
    };
    let text = serde_json::to_string(&result)
        .map_err(|error| Error::Broken(format!("result of an operation: {error}")))?;
    let inserted = tx.execute(&INSERT, bind![operation.id, by.actor, operation.request, text, by.at])?;
    if inserted == 0 {
        tx.run_again(&INSERT);
        return Err(E::from(Error::Conflict));
    }
    Ok(result)
}
