//! The ledger of personal data: a field is proposed by one person, decided by another one of the city, and can be ended
//! again (11(4)イ). Every version stays.
//!
//! What holds now stands in the one row of a field that [`privacy`] asks before anything is held.

use domain::id::{LedgerId, PersonId};
use domain::journal::{Actor, Entry};
use domain::ledger::{Field, State, Terms};
use domain::time::day_of;
use jiff::Timestamp;

use crate::act::Act;
use crate::error::{Error, Result};
use crate::journal::Recorded;
use crate::privacy::{self, Decision};
use crate::tx::{Reader, Tx};
use crate::value::Row;
use crate::{bind, person, statements};

statements! { "ledger":
    VERSIONS = "SELECT v.id AS id, v.field AS field, v.n AS n, v.state AS state, v.necessity AS necessity,
        v.protection AS protection, v.retention_days AS retention_days, v.proposed_by AS proposed_by,
        v.proposed_at AS proposed_at, p.name AS proposer, d.name AS decider, v.decided_at AS decided_at,
        v.ended_at AS ended_at FROM ledger_version v JOIN person p ON p.id = v.proposed_by
        LEFT JOIN person d ON d.id = v.decided_by WHERE v.field = $1 ORDER BY v.n DESC";
    FIND = "SELECT v.id AS id, v.field AS field, v.n AS n, v.state AS state, v.necessity AS necessity,
        v.protection AS protection, v.retention_days AS retention_days, v.proposed_by AS proposed_by,
        v.proposed_at AS proposed_at, p.name AS proposer, d.name AS decider, v.decided_at AS decided_at,
        v.ended_at AS ended_at FROM ledger_version v JOIN person p ON p.id = v.proposed_by
        LEFT JOIN person d ON d.id = v.decided_by WHERE v.id = $1";
    LAST = "SELECT COALESCE(MAX(n), 0) AS n FROM ledger_version WHERE field = $1";
    PROPOSE = "INSERT INTO ledger_version (id, field, n, state, necessity, protection, retention_days, proposed_by,
        proposed_at, entry_id) VALUES ($1, $2, $3, 'proposed', $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING";
    WITHDRAW = "UPDATE ledger_version SET state = 'withdrawn', ended_at = $1 WHERE field = $2 AND state = 'proposed'";
    DECIDE = "UPDATE ledger_version SET state = $1, decided_by = $2, decided_at = $3
        WHERE id = $4 AND state = 'proposed'";
    CLOSE = "UPDATE ledger_version SET state = $1, ended_at = $2 WHERE field = $3 AND state = 'approved'";
}

/// A version of what was written down of a field.
#[derive(Debug, Clone)]
pub struct Version {
    /// Its id.
    pub id: LedgerId,
    /// Of which field.
    pub field: Field,
    /// Its number within the field, from 1.
    pub n: u32,
    /// How it stands.
    pub state: State,
    /// What was written down.
    pub terms: Terms,
    /// Who proposed it.
    pub proposed_by: PersonId,
    /// That person's name.
    pub proposer: String,
    /// When.
    pub proposed_at: Timestamp,
    /// Who decided for the city.
    pub decider: Option<String>,
    /// When.
    pub decided_at: Option<Timestamp>,
    /// When it was ended, withdrawn or replaced.
    pub ended_at: Option<Timestamp>,
}

/// Why the ledger was not changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
    /// There is no such version.
    #[error("not found")]
    NotFound,
    /// Only people write to the ledger.
    #[error("the ledger is written by people")]
    Nobody,
    /// Who proposed it does not decide it.
    #[error("one person proposed it and would decide it")]
    SamePerson,
    /// It was decided, or another proposal took its place.
    #[error("it does not wait for a decision")]
    NotProposed(State),
    /// The field is not held, so it cannot end.
    #[error("the field is not held")]
    NotHeld,
    /// The operation was used for something else.
    #[error(transparent)]
    Reused(#[from] crate::op::Reused),
    /// The store.
    #[error(transparent)]
    Store(#[from] Error),
}

fn version(row: &Row<'_>) -> Result<Version> {
    Ok(Version {
        id: row.get("id")?,
        field: row.get("field")?,
        n: row.get("n")?,
        state: row.get("state")?,
        terms: Terms {
            necessity: row.get("necessity")?,
            protection: row.get("protection")?,
            retention_days: row.get("retention_days")?,
        },
        proposed_by: row.get("proposed_by")?,
        proposer: row.get("proposer")?,
        proposed_at: row.get("proposed_at")?,
        decider: row.get("decider")?,
        decided_at: row.get("decided_at")?,
        ended_at: row.get("ended_at")?,
    })
}

/// Every version of a field, newest first. They are few.
pub fn versions(reader: &mut Reader<'_>, field: Field) -> Result<Vec<Version>> {
    reader.rows(&VERSIONS, bind![field], version)
}

fn person_of(act: &Act) -> Result<PersonId, LedgerError> {
    match act.actor {
        Actor::Person(person) => Ok(person),
        Actor::Citizen | Actor::System | Actor::Command => Err(LedgerError::Nobody),
    }
}

/// Writes down what a field is needed for, how it is protected and how long it is kept, for the city to decide. It takes
/// the place of a proposal that waits; what is in force stays in force meanwhile.
pub fn propose(tx: &mut Tx<'_>, act: &Act, field: Field, terms: &Terms) -> Result<LedgerId, LedgerError> {
    let person = person_of(act)?;
    let n: u32 = tx.one(&LAST, bind![field], |row| row.get("n"))?;
    let (id, n) = (tx.id::<LedgerId>(act), n + 1);
    let entry = Entry::LedgerProposed { field, version: n, retention_days: terms.retention_days };
    let recorded = tx.record(act, &entry)?;
    tx.execute(&WITHDRAW, bind![act.at, field])?;
    let Terms { necessity, protection, retention_days } = terms;
    let inserted = tx.execute(
        &PROPOSE,
        bind![id, field, n, necessity, protection, retention_days, person, act.at, recorded.entry()],
    )?;
    if inserted == 0 {
        // Somebody else proposed the same field at this moment.
        tx.run_again(&PROPOSE);
        return Err(Error::Conflict.into());
    }
    Ok(id)
}

/// The city's decision on a proposal, by another person than the one who proposed it.
pub fn decide(tx: &mut Tx<'_>, act: &Act, id: LedgerId, agreed: bool) -> Result<(), LedgerError> {
    let person = person_of(act)?;
    let Some(proposed) = tx.row(&FIND, bind![id], version)? else { return Err(LedgerError::NotFound) };
    if proposed.state != State::Proposed {
        return Err(LedgerError::NotProposed(proposed.state));
    }
    if proposed.proposed_by == person {
        return Err(LedgerError::SamePerson);
    }
    let Some(decider) = person::find(tx, person)? else { return Err(LedgerError::NotFound) };
    let (field, on) = (proposed.field, day_of(act.at));
    let entry =
        Entry::LedgerDecided { field: field.code().to_owned(), agreed, on, version: Some(proposed.n) };
    let recorded = tx.record(act, &entry)?;
    let state = if agreed { State::Approved } else { State::Refused };
    if agreed {
        close(tx, &recorded, field, State::Replaced)?;
    }
    if tx.execute(&DECIDE, bind![state, person, act.at, id])? == 0 {
        tx.run_again(&DECIDE);
        return Err(Error::Conflict.into());
    }
    if agreed {
        let decision = Decision {
            field: field.code().to_owned(),
            agreed,
            decided_by: decider.name,
            decided_on: on,
            retention_days: Some(proposed.terms.retention_days),
        };
        privacy::set_decision(tx, &recorded, &decision)?;
    }
    Ok(())
}

fn close(tx: &mut Tx<'_>, recorded: &Recorded, field: Field, state: State) -> Result<()> {
    tx.execute(&CLOSE, bind![state, recorded.at(), field]).map(drop)
}

/// Ends a field for the city: from now on nothing is held, and what is held is deleted by [`privacy::sweep`].
pub fn end(tx: &mut Tx<'_>, act: &Act, field: Field) -> Result<(), LedgerError> {
    let person = person_of(act)?;
    let Some(held) = privacy::decided(tx, field.code())?.filter(|decision| decision.agreed) else {
        return Err(LedgerError::NotHeld);
    };
    let Some(decider) = person::find(tx, person)? else { return Err(LedgerError::NotFound) };
    let recorded = tx.record(act, &Entry::LedgerEnded { field })?;
    close(tx, &recorded, field, State::Ended)?;
    let decision = Decision { agreed: false, decided_by: decider.name, decided_on: day_of(act.at), ..held };
    privacy::set_decision(tx, &recorded, &decision)?;
    Ok(())
}
