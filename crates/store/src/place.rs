//! Places: one tree, with one desk, tray, counter, city, post, citizen and missing per site.

use domain::id::PlaceId;
use domain::journal::Entry;
use domain::number::PlaceLabel;
use domain::place::PlaceKind;
use domain::service::SiteCode;

use crate::act::Act;
use crate::error::{Error, Result};
use crate::meta;
use crate::tx::{Reader, Tx};
use crate::value::Row;
use crate::{bind, statements};

// Cards of a portion of opening stock are in their places before the portion is taken; until then they do not count.
statements! { "place":
    INSERT = "INSERT INTO place (id, parent_id, kind, site, name, label, entry_id) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    FIND = "SELECT id, parent_id, kind, site, name, label FROM place WHERE id = $1";
    BY_LABEL = "SELECT id, parent_id, kind, site, name, label FROM place WHERE label = $1";
    OF_KIND = "SELECT id, parent_id, kind, site, name, label FROM place WHERE site = $1 AND kind = $2 ORDER BY id";
    FILLED = "SELECT p.id AS id, p.parent_id AS parent_id, p.kind AS kind, p.site AS site, p.name AS name,
        p.label AS label, (SELECT COUNT(*) FROM card c WHERE c.place_id = p.id) - (SELECT COUNT(*) FROM consignment s CROSS JOIN card d
            WHERE s.kind = 'opening' AND s.state IN ('staged', 'dropped') AND d.consignment_id = s.id
            AND d.place_id = p.id) AS cards
        FROM place p WHERE p.site = $1 AND p.kind = $2 ORDER BY p.id";
    CARDS_IN = "SELECT (SELECT COUNT(*) FROM card c WHERE c.place_id = $1) - (SELECT COUNT(*) FROM consignment s CROSS JOIN card d
            WHERE s.kind = 'opening' AND s.state IN ('staged', 'dropped') AND d.consignment_id = s.id
            AND d.place_id = $1) AS n";
}

/// A place.
#[derive(Debug, Clone)]
pub struct Place {
    /// Its id.
    pub id: PlaceId,
    /// In which other place it stands.
    pub parent: Option<PlaceId>,
    /// What kind of place it is.
    pub kind: PlaceKind,
    /// At which site.
    pub site: SiteCode,
    /// Its name on screen and label.
    pub name: String,
    /// The number on its label, for places that are scanned.
    pub label: Option<PlaceLabel>,
}

fn place(row: &Row<'_>) -> Result<Place> {
    let label = row
        .get::<Option<u32>>("label")?
        .map(|base| {
            PlaceLabel::from_base(base)
                .map_err(|_| Error::Broken(format!("place label {base} is out of range")))
        })
        .transpose()?;
    Ok(Place {
        id: row.get("id")?,
        parent: row.get("parent_id")?,
        kind: row.get("kind")?,
        site: row.get("site")?,
        name: row.get("name")?,
        label,
    })
}

/// A place by its id.
pub fn find(reader: &mut Reader<'_>, id: PlaceId) -> Result<Option<Place>> {
    reader.row(&FIND, bind![id], place)
}

/// A place by its label.
pub fn by_label(reader: &mut Reader<'_>, label: PlaceLabel) -> Result<Option<Place>> {
    reader.row(&BY_LABEL, bind![label.base()], place)
}

/// The places of a kind at a site.
pub fn of_kind(reader: &mut Reader<'_>, site: &SiteCode, kind: PlaceKind) -> Result<Vec<Place>> {
    reader.rows(&OF_KIND, bind![site, kind], place)
}

/// The places of a kind at a site with the number of cards in each.
pub fn filled(reader: &mut Reader<'_>, site: &SiteCode, kind: PlaceKind) -> Result<Vec<(Place, u32)>> {
    reader.rows(&FILLED, bind![site, kind], |row| Ok((place(row)?, row.get("cards")?)))
}

/// How many cards are in a place.
pub fn cards_in(reader: &mut Reader<'_>, id: PlaceId) -> Result<u32> {
    reader.one(&CARDS_IN, bind![id], |row| row.get("n"))
}

/// The one place of a kind that a site has only once: desk, tray, counter, city, post, citizen, missing.
pub fn the(reader: &mut Reader<'_>, site: &SiteCode, kind: PlaceKind) -> Result<PlaceId> {
    let places = of_kind(reader, site, kind)?;
    match places.first() {
        Some(place) => Ok(place.id),
        None => Err(Error::Broken(format!("site {site} has no place of kind {kind}"))),
    }
}

/// Makes a place; boxes get the next label.
pub fn create(
    tx: &mut Tx<'_>,
    act: &Act,
    site: &SiteCode,
    kind: PlaceKind,
    name: &str,
    parent: Option<PlaceId>,
) -> Result<PlaceId> {
    let id: PlaceId = tx.id(act);
    let recorded = tx.record(act, &Entry::PlaceCreated { place: id })?;
    let label = if kind.is_storage() { Some(meta::take_numbers(tx, "place_label", 1)?) } else { None };
    tx.execute_one(&INSERT, bind![id, parent, kind, site, name, label, recorded.entry()])?;
    Ok(id)
}
