//! Filters of lists that people saved under a name: their own, and those that were shared with the site.

use domain::id::{FilterId, PersonId};
use domain::journal::Entry;
use domain::service::SiteCode;

use crate::act::Act;
use crate::error::{Error, Result};
use crate::tx::{Reader, Tx};
use crate::{bind, statements};

statements! { "saved":
    LIST = "SELECT f.id AS id, f.name AS name, f.asked AS asked, f.shared AS shared,
        CAST(1 AS BIGINT) AS own FROM saved_filter f
        WHERE f.owner = $1 AND f.screen = $2 AND f.site = $3 AND f.removed_by IS NULL
        UNION ALL SELECT f.id AS id, f.name AS name, f.asked AS asked, f.shared AS shared, CAST(0 AS BIGINT) AS own
        FROM saved_filter f WHERE f.site = $3 AND f.screen = $2 AND f.shared = 1 AND f.removed_by IS NULL
        AND f.owner <> $1 ORDER BY own DESC, name, id LIMIT 200";
    FIND = "SELECT owner, site, shared FROM saved_filter WHERE id = $1 AND removed_by IS NULL";
    INSERT = "INSERT INTO saved_filter (id, screen, site, owner, shared, name, asked, entry_id)
        VALUES ($1, $2, $3, $4, 0, $5, $6, $7) ON CONFLICT DO NOTHING";
    SHARE = "UPDATE saved_filter SET shared = 1 WHERE id = $1 AND removed_by IS NULL";
    REMOVE = "UPDATE saved_filter SET removed_by = $1 WHERE id = $2 AND removed_by IS NULL";
}

/// Saved filters of one person for one list.
pub const MOST: usize = 30;

/// A saved filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved {
    /// Its id.
    pub id: FilterId,
    /// The name that was given to it.
    pub name: String,
    /// The filter, as the address of the list carries it.
    pub asked: String,
    /// Whether everybody at the site has it.
    pub shared: bool,
    /// Whether it is the person's own.
    pub own: bool,
}

/// Whose filter of which list.
#[derive(Debug, Clone)]
pub struct Owner {
    /// The person.
    pub person: PersonId,
    /// At which site.
    pub site: SiteCode,
    /// The list, as a code word.
    pub screen: &'static str,
}

/// Why a filter was not saved, shared or removed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SavedError {
    /// The person has another one of this name.
    #[error("another filter has this name")]
    SameName,
    /// The person has [`MOST`] already.
    #[error("no more than {MOST} filters")]
    TooMany,
    /// It is not there, or not the person's to change.
    #[error("no such filter of this person")]
    NotTheirs,
    /// The operation was used for something else.
    #[error(transparent)]
    Reused(#[from] crate::op::Reused),
    /// The store.
    #[error(transparent)]
    Store(#[from] Error),
}

/// The filters that a person has for a list: their own, then the shared ones of others, by name.
pub fn list(reader: &mut Reader<'_>, owner: &Owner) -> Result<Vec<Saved>> {
    reader.rows(&LIST, bind![owner.person, owner.screen, owner.site], |row| {
        Ok(Saved {
            id: row.get("id")?,
            name: row.get("name")?,
            asked: row.get("asked")?,
            shared: row.get("shared")?,
            own: row.get("own")?,
        })
    })
}

/// Saves a filter under a name.
pub fn save(
    tx: &mut Tx<'_>,
    act: &Act,
    owner: &Owner,
    name: &str,
    asked: &str,
) -> Result<FilterId, SavedError> {
    if list(tx, owner)?.iter().filter(|saved| saved.own).count() >= MOST {
        return Err(SavedError::TooMany);
    }
    let id: FilterId = tx.id(act);
    let recorded = tx.record(act, &Entry::FilterSaved { filter: id })?;
    let inserted = tx
        .execute(&INSERT, bind![id, owner.screen, owner.site, owner.person, name, asked, recorded.entry()])?;
    if inserted == 0 {
        return Err(SavedError::SameName);
    }
    Ok(id)
}

/// Shares a person's own filter with everybody at the site.
pub fn share(tx: &mut Tx<'_>, act: &Act, person: PersonId, id: FilterId) -> Result<(), SavedError> {
    let (owner, _, shared) = find(tx, id)?.ok_or(SavedError::NotTheirs)?;
    if owner != person {
        return Err(SavedError::NotTheirs);
    }
    if !shared {
        tx.record(act, &Entry::FilterShared { filter: id })?;
        tx.execute_one(&SHARE, bind![id])?;
    }
    Ok(())
}

/// Removes a person's own filter, or a shared one of the site by who may share.
pub fn remove(
    tx: &mut Tx<'_>,
    act: &Act,
    owner: &Owner,
    may_share: bool,
    id: FilterId,
) -> Result<(), SavedError> {
    let (whose, site, shared) = find(tx, id)?.ok_or(SavedError::NotTheirs)?;
    if whose != owner.person && !(may_share && shared && site == owner.site) {
        return Err(SavedError::NotTheirs);
    }
    let recorded = tx.record(act, &Entry::FilterRemoved { filter: id })?;
    tx.execute_one(&REMOVE, bind![recorded.entry(), id])?;
    Ok(())
}

fn find(reader: &mut Reader<'_>, id: FilterId) -> Result<Option<(PersonId, SiteCode, bool)>> {
    reader.row(&FIND, bind![id], |row| Ok((row.get("owner")?, row.get("site")?, row.get("shared")?)))
}
