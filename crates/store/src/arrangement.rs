//! How the lists of the staff stand: arrangements under a name, versioned, each agreed with the city; by which of them a
//! list stands for everybody at a site, and by which for a person.

use domain::arrangement::{Arrangement, StaffList};
use domain::id::{ArrangementId, PersonId};
use domain::journal::{Actor, Entry};
use domain::rules::Agreed;
use domain::service::SiteCode;
use jiff::Timestamp;

use crate::act::Act;
use crate::error::{Error, Result};
use crate::tx::{Reader, Tx};
use crate::value::Row;
use crate::{bind, statements};

statements! { "arrangement":
    IN_USE = "SELECT a.id AS id, a.name AS name, a.stands AS stands, CAST(1 AS BIGINT) AS own
        FROM list_chosen c JOIN list_arrangement a ON a.id = c.arrangement_id
        WHERE c.person_id = $1 AND c.site = $2 AND c.of_list = $3 AND a.ended_by IS NULL
        UNION ALL SELECT a.id AS id, a.name AS name, a.stands AS stands, CAST(0 AS BIGINT) AS own
        FROM list_standing s JOIN list_arrangement a ON a.id = s.arrangement_id
        WHERE s.site = $2 AND s.of_list = $3 AND a.ended_by IS NULL ORDER BY own DESC LIMIT 1";
    LIST = "SELECT a.id AS id, a.version AS version, a.name AS name, a.stands AS stands, a.agreement AS agreement,
        j.at AS at, j.actor AS actor, a.ended_by AS ended_by, s.arrangement_id AS for_all
        FROM list_arrangement a JOIN journal j ON j.id = a.entry_id
        LEFT JOIN list_standing s ON s.site = a.site AND s.of_list = a.of_list AND s.arrangement_id = a.id
        WHERE a.site = $1 AND a.of_list = $2 AND a.ended_by IS NULL ORDER BY a.name, a.id";
    VERSIONS = "SELECT a.id AS id, a.version AS version, a.name AS name, a.stands AS stands, a.agreement AS agreement,
        j.at AS at, j.actor AS actor, a.ended_by AS ended_by, s.arrangement_id AS for_all
        FROM list_arrangement a JOIN journal j ON j.id = a.entry_id
        LEFT JOIN list_standing s ON s.site = a.site AND s.of_list = a.of_list AND s.arrangement_id = a.id
        WHERE a.id = $1 AND a.site = $2 AND a.of_list = $3 ORDER BY a.version DESC";
    INSERT = "INSERT INTO list_arrangement (id, version, site, of_list, name, stands, agreement, entry_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING";
    END = "UPDATE list_arrangement SET ended_by = $1 WHERE id = $2 AND version = $3 AND ended_by IS NULL";
    STAND = "INSERT INTO list_standing (site, of_list, arrangement_id, entry_id) VALUES ($1, $2, $3, $4)
        ON CONFLICT (site, of_list) DO UPDATE SET arrangement_id = EXCLUDED.arrangement_id, entry_id = EXCLUDED.entry_id";
    STAND_NO_MORE = "DELETE FROM list_standing WHERE site = $1 AND of_list = $2";
    CHOOSE = "INSERT INTO list_chosen (person_id, site, of_list, arrangement_id, entry_id)
        VALUES ($1, $2, $3, $4, $5) ON CONFLICT (person_id, site, of_list)
        DO UPDATE SET arrangement_id = EXCLUDED.arrangement_id, entry_id = EXCLUDED.entry_id";
    CHOOSE_NONE = "DELETE FROM list_chosen WHERE person_id = $1 AND site = $2 AND of_list = $3";
}

/// Arrangements of one list at a site.
pub const MOST: usize = 20;

/// Which list of which site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfList {
    /// The site.
    pub site: SiteCode,
    /// The list.
    pub list: StaffList,
}

/// The arrangement by which a list stands for somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InUse {
    /// Which.
    pub id: ArrangementId,
    /// Its name.
    pub name: String,
    /// The columns and their order.
    pub arrangement: Arrangement,
    /// Whether the person chose it; otherwise it stands so for everybody.
    pub own: bool,
}

/// A version of an arrangement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Which arrangement.
    pub id: ArrangementId,
    /// Its number, from 1.
    pub version: u32,
    /// Its name.
    pub name: String,
    /// The columns and their order.
    pub arrangement: Arrangement,
    /// The city's agreement, in words.
    pub agreement: String,
    /// When it was saved.
    pub at: Timestamp,
    /// By whom.
    pub by: Actor,
    /// Whether it is the one that holds.
    pub is_live: bool,
    /// Whether the list stands so for everybody who chose nothing else.
    pub for_all: bool,
}

/// What is saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saving {
    /// The version that it follows; none: a new arrangement.
    pub follows: Option<(ArrangementId, u32)>,
    /// Its name.
    pub name: String,
    /// The columns and their order.
    pub arrangement: Arrangement,
    /// The city's agreement, in words, and how it was recorded.
    pub agreement: (String, Agreed),
}

/// Why an arrangement was not saved, ended or chosen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArrangementError {
    /// Another one of the list has this name.
    #[error("another arrangement has this name")]
    SameName,
    /// The list has [`MOST`] already.
    #[error("no more than {MOST} arrangements")]
    TooMany,
    /// Somebody saved the next version, or ended it.
    #[error("it was changed or ended")]
    Stale,
    /// It is not there, or of another list.
    #[error("no such arrangement")]
    Gone,
    /// The operation was used for something else.
    #[error(transparent)]
    Reused(#[from] crate::op::Reused),
    /// The store.
    #[error(transparent)]
    Store(#[from] Error),
}

fn arrangement(row: &Row<'_>) -> Result<Arrangement> {
    let stands: String = row.get("stands")?;
    stands.parse().map_err(|error| Error::Broken(format!("an arrangement of a list: {error}")))
}

fn version(row: &Row<'_>) -> Result<Version> {
    Ok(Version {
        id: row.get("id")?,
        version: row.get("version")?,
        name: row.get("name")?,
        arrangement: arrangement(row)?,
        agreement: row.get("agreement")?,
        at: row.get("at")?,
        by: row.get("actor")?,
        is_live: row.get::<Option<String>>("ended_by")?.is_none(),
        for_all: row.get::<Option<String>>("for_all")?.is_some(),
    })
}

/// How a list stands for a person: as they chose, else as it stands for everybody, else `None`.
pub fn in_use(reader: &mut Reader<'_>, person: PersonId, of: &OfList) -> Result<Option<InUse>> {
    reader.row(&IN_USE, bind![person, of.site, of.list], |row| {
        Ok(InUse {
            id: row.get("id")?,
            name: row.get("name")?,
            arrangement: arrangement(row)?,
            own: row.get("own")?,
        })
    })
}

/// The arrangements of a list that hold, by name.
pub fn list(reader: &mut Reader<'_>, of: &OfList) -> Result<Vec<Version>> {
    reader.rows(&LIST, bind![of.site, of.list], version)
}

/// Every version of an arrangement of a list, newest first.
pub fn versions(reader: &mut Reader<'_>, of: &OfList, id: ArrangementId) -> Result<Vec<Version>> {
    reader.rows(&VERSIONS, bind![id, of.site, of.list], version)
}

/// The version of an arrangement that holds.
pub fn find(reader: &mut Reader<'_>, of: &OfList, id: ArrangementId) -> Result<Option<Version>> {
    Ok(versions(reader, of, id)?.into_iter().find(|version| version.is_live))
}

/// Saves an arrangement: a new one, or the next version of one, if nobody saved another since it was shown.
pub fn save(
    tx: &mut Tx<'_>,
    act: &Act,
    of: &OfList,
    saving: &Saving,
) -> Result<(ArrangementId, u32), ArrangementError> {
    let (id, number) = match saving.follows {
        Some((id, before)) => (id, before + 1),
        None if list(tx, of)?.len() >= MOST => return Err(ArrangementError::TooMany),
        None => (tx.id(act), 1),
    };
    let (agreement, agreed) = &saving.agreement;
    let entry = Entry::ListArranged { list: of.list, arrangement: id, version: number, agreed: *agreed };
    let recorded = tx.record(act, &entry)?;
    if let Some((id, before)) = saving.follows {
        // Of this list and this site, or somebody made the address up.
        find(tx, of, id)?.filter(|live| live.version == before).ok_or(ArrangementError::Stale)?;
        if tx.execute(&END, bind![recorded.entry(), id, before])? == 0 {
            return Err(ArrangementError::Stale);
        }
    }
    let stands = saving.arrangement.to_string();
    let inserted = tx.execute(
        &INSERT,
        bind![id, number, of.site, of.list, saving.name, stands, agreement, recorded.entry()],
    )?;
    if inserted == 0 { Err(ArrangementError::SameName) } else { Ok((id, number)) }
}

/// Ends an arrangement. Whoever used it sees the list as it stands for everybody, or as it stood before.
pub fn end(
    tx: &mut Tx<'_>,
    act: &Act,
    of: &OfList,
    (id, before): (ArrangementId, u32),
) -> Result<(), ArrangementError> {
    find(tx, of, id)?.ok_or(ArrangementError::Gone)?;
    let recorded = tx.record(act, &Entry::ArrangementEnded { list: of.list, arrangement: id })?;
    if tx.execute(&END, bind![recorded.entry(), id, before])? == 0 {
        return Err(ArrangementError::Stale);
    }
    Ok(())
}

/// Sets how a list stands for everybody who chose nothing else; none: as it stood before anybody arranged it.
pub fn stand(
    tx: &mut Tx<'_>,
    act: &Act,
    of: &OfList,
    id: Option<ArrangementId>,
) -> Result<(), ArrangementError> {
    if let Some(id) = id {
        find(tx, of, id)?.ok_or(ArrangementError::Gone)?;
    }
    let recorded = tx.record(act, &Entry::ListStandsSo { list: of.list, arrangement: id })?;
    match id {
        Some(id) => tx.execute_one(&STAND, bind![of.site, of.list, id, recorded.entry()])?,
        None => tx.execute(&STAND_NO_MORE, bind![of.site, of.list]).map(drop)?,
    }
    Ok(())
}

/// A person chooses how a list stands for them; none: as for everybody.
pub fn choose(
    tx: &mut Tx<'_>,
    act: &Act,
    person: PersonId,
    of: &OfList,
    id: Option<ArrangementId>,
) -> Result<(), ArrangementError> {
    if let Some(id) = id {
        find(tx, of, id)?.ok_or(ArrangementError::Gone)?;
    }
    let recorded = tx.record(act, &Entry::ListChosen { list: of.list, arrangement: id })?;
    match id {
        Some(id) => tx.execute_one(&CHOOSE, bind![person, of.site, of.list, id, recorded.entry()])?,
        None => tx.execute(&CHOOSE_NONE, bind![person, of.site, of.list]).map(drop)?,
    }
    Ok(())
}
