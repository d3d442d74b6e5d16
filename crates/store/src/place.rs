//! Places: one tree, with one desk, tray, counter, city, post, citizen and missing per site.

use std::collections::BTreeSet;

use domain::consignment::PostBlock;
use domain::id::{CardId, PlaceId};
use domain::journal::Entry;
use domain::number::{ControlNumber, PlaceLabel};
use domain::place::PlaceKind;
use domain::service::SiteCode;

use crate::act::Act;
use crate::card::{self, Change, StepError};
use crate::error::{Error, Result};
use crate::tx::{Reader, Tx};
use crate::value::Row;
use crate::{bind, meta, statements};

/// How many cards lie in a place, along the index of places. What is not taken does not count: a list lies on the desk
/// before it is, a portion of opening stock in its boxes.
macro_rules! lying_in {
    ($place:literal) => {
        concat!(
            "(SELECT COUNT(*) FROM card c WHERE c.place_id = ",
            $place,
            ")
        - (SELECT COUNT(*) FROM consignment s CROSS JOIN card d
            WHERE s.state IN ('staged', 'dropped') AND d.consignment_id = s.id AND d.place_id = ",
            $place,
            ")"
        )
    };
}
pub(crate) use lying_in;

statements! { "place":
    INSERT = "INSERT INTO place (id, parent_id, kind, site, name, label, capacity, numbered, entry_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    FIND = "SELECT id, parent_id, kind, site, name, label, capacity, numbered FROM place WHERE id = $1";
    BY_LABEL = "SELECT id, parent_id, kind, site, name, label, capacity, numbered FROM place WHERE label = $1";
    OF_KIND = "SELECT id, parent_id, kind, site, name, label, capacity, numbered FROM place
        WHERE site = $1 AND kind = $2 ORDER BY id";
    NAMED = "SELECT id FROM place WHERE site = $1 AND kind = $2 AND name = $3";
    CHANGE = "UPDATE place SET name = $1, capacity = $2, parent_id = $3
        WHERE id = $4 AND name = $5 AND COALESCE(capacity, 0) = $6 AND COALESCE(parent_id, '') = $7";
    // A card that was issued long ago is no neighbour, so only so many are looked at.
    NEIGHBOUR = "SELECT n.place_id AS id FROM
            (SELECT control_number, place_id FROM card WHERE control_number < $1 ORDER BY control_number DESC LIMIT 200) n
        JOIN place p ON p.id = n.place_id
        WHERE p.kind = 'box' AND p.site = $2 ORDER BY n.control_number DESC LIMIT 1";
    // The same of those of one 郵便区. Applicants of elsewhere are few, so further numbers are looked at.
    NEIGHBOUR_OF_BLOCK = "SELECT n.place_id AS id FROM
            (SELECT control_number, place_id, post_block FROM card WHERE control_number < $1
                ORDER BY control_number DESC LIMIT 2000) n
        JOIN place p ON p.id = n.place_id
        WHERE p.kind = 'box' AND p.site = $2 AND n.post_block = $3 ORDER BY n.control_number DESC LIMIT 1";
    STRANGE = "SELECT p.id AS id FROM place p WHERE p.site = $1 AND p.kind = 'box'
        AND EXISTS (SELECT 1 FROM card c WHERE c.place_id = p.id AND c.post_block <> $2) ORDER BY p.id";
    BLOCK_IN = "SELECT post_block FROM card WHERE place_id = $1 ORDER BY id DESC LIMIT 1";
    HAVE_BOX = "UPDATE card SET steps = steps WHERE place_id = $1";
    IN_BOX = "SELECT c.id AS id FROM card c JOIN consignment s ON s.id = c.consignment_id
        WHERE c.place_id = $1 AND s.state = 'taken' ORDER BY COALESCE(c.position, 0), c.id LIMIT $2";
    HAVE_NUMBERED = "UPDATE place SET numbered = numbered WHERE id = $1 AND numbered = 1";
    // The lowest number from 1 on that no card of the box has.
    FREE = "SELECT MIN(x.n) AS n FROM
            (SELECT 1 AS n UNION ALL SELECT c.position + 1 AS n FROM card c WHERE c.place_id = $1 AND c.position IS NOT NULL) x
        WHERE NOT EXISTS (SELECT 1 FROM card d WHERE d.place_id = $1 AND d.position = x.n)";
    STAND = "UPDATE card SET position = $1 WHERE id = $2";
    FILLED = concat!(
        "SELECT p.id AS id, p.parent_id AS parent_id, p.kind AS kind, p.site AS site, p.name AS name,
        p.label AS label, p.capacity AS capacity, p.numbered AS numbered, ", lying_in!("p.id"), " AS cards
        FROM place p WHERE p.site = $1 AND p.kind = $2 ORDER BY p.id"
    );
    CARDS_IN = concat!("SELECT ", lying_in!("$1"), " AS n");
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
    /// For how many cards it has room; none: nobody said.
    pub capacity: Option<u32>,
    /// Whether its slots are numbered: each card in it has a position (位置).
    pub numbered: bool,
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
        capacity: row.get("capacity")?,
        numbered: row.get("numbered")?,
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

/// Why a place was not set up or changed, or a box not emptied.
#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    /// The site has a place of this kind and name.
    #[error("there is a place with the name {0}")]
    NameTaken(String),
    /// It cannot stand there: that place is at another site, or of a kind in which this one does not stand.
    #[error("a place of this kind does not stand there")]
    WrongParent,
    /// It is no place that people set up, or it is gone.
    #[error("there is no such place to be changed")]
    NotFound,
    /// Somebody else changed it since it was shown.
    #[error("the place was changed by somebody else")]
    Changed,
    /// The operation was used for something else.
    #[error(transparent)]
    Reused(#[from] crate::op::Reused),
    /// The store.
    #[error(transparent)]
    Store(#[from] Error),
}

/// What people say of a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fitted {
    /// Its name on screen and label.
    pub name: String,
    /// For how many cards it has room; none: nobody said.
    pub capacity: Option<u32>,
    /// In which place it stands.
    pub parent: Option<PlaceId>,
}

impl From<&Place> for Fitted {
    fn from(place: &Place) -> Self {
        Self { name: place.name.clone(), capacity: place.capacity, parent: place.parent }
    }
}

/// Sets up places of one kind, all or none; boxes get the next labels. Whether the slots of a box are `numbered` is said
/// now and never changed: a card that comes in at the same moment must not miss its position.
pub fn set_up(
    tx: &mut Tx<'_>,
    act: &Act,
    site: &SiteCode,
    kind: PlaceKind,
    numbered: bool,
    places: &[Fitted],
) -> Result<Vec<PlaceId>, PlaceError> {
    if numbered && !kind.is_storage() {
        return Err(Error::Broken(format!("the slots of a {kind} are not numbered")).into());
    }
    alone(tx)?;
    let mut made = Vec::new();
    for place in places {
        fits(tx, site, kind, place, None)?;
        made.push(insert(tx, act, site, kind, numbered, place)?);
    }
    Ok(made)
}

/// Gives a place another name or capacity, or says that it stands elsewhere, with all that is in it.
/// `seen` is what the person saw before the change.
pub fn change(
    tx: &mut Tx<'_>,
    act: &Act,
    id: PlaceId,
    seen: &Fitted,
    wanted: &Fitted,
) -> Result<(), PlaceError> {
    alone(tx)?;
    let place = find(tx, id)?.filter(|place| place.kind.is_furniture()).ok_or(PlaceError::NotFound)?;
    fits(tx, &place.site, place.kind, wanted, Some(id))?;
    let Fitted { name, capacity, parent } = wanted.clone();
    tx.record(act, &Entry::PlaceChanged { place: id, name, capacity, parent })?;
    let before = seen.parent.map(|parent| parent.to_string()).unwrap_or_default();
    let changed = tx.execute(
        &CHANGE,
        bind![
            wanted.name,
            wanted.capacity,
            wanted.parent,
            id,
            seen.name,
            seen.capacity.unwrap_or_default(),
            before
        ],
    )?;
    if changed == 0 { Err(PlaceError::Changed) } else { Ok(()) }
}

/// Those who set up places go one after the other, so that two of them cannot give the same name.
fn alone(tx: &mut Tx<'_>) -> Result<()> {
    meta::take_numbers(tx, "places_set_up", 1).map(drop)
}

fn fits(
    reader: &mut Reader<'_>,
    site: &SiteCode,
    kind: PlaceKind,
    wanted: &Fitted,
    own: Option<PlaceId>,
) -> Result<(), PlaceError> {
    if let Some(parent) = wanted.parent {
        let outer = find(reader, parent)?.ok_or(PlaceError::WrongParent)?;
        if outer.site != *site || !kind.may_stand_in(outer.kind) {
            return Err(PlaceError::WrongParent);
        }
    }
    let named: Vec<PlaceId> = reader.rows(&NAMED, bind![site, kind, wanted.name], |row| row.get("id"))?;
    if named.iter().any(|id| Some(*id) != own) {
        return Err(PlaceError::NameTaken(wanted.name.clone()));
    }
    Ok(())
}

fn insert(
    tx: &mut Tx<'_>,
    act: &Act,
    site: &SiteCode,
    kind: PlaceKind,
    numbered: bool,
    place: &Fitted,
) -> Result<PlaceId> {
    let id: PlaceId = tx.id(act);
    let recorded = tx.record(act, &Entry::PlaceCreated { place: id })?;
    let label = if kind.is_storage() { Some(meta::take_numbers(tx, "place_label", 1)?) } else { None };
    let Fitted { name, capacity, parent } = place;
    tx.execute_one(
        &INSERT,
        bind![id, parent, kind, site, name, label, capacity, numbered, recorded.entry()],
    )?;
    Ok(id)
}

/// Makes a place when a house is set up; boxes get the next label.
pub fn create(
    tx: &mut Tx<'_>,
    act: &Act,
    site: &SiteCode,
    kind: PlaceKind,
    name: &str,
    parent: Option<PlaceId>,
) -> Result<PlaceId> {
    insert(tx, act, site, kind, false, &Fitted { name: name.to_owned(), capacity: None, parent })
}

/// The box of the card before one in the order of the 管理番号; of the same 郵便区 where `block` is given.
pub fn neighbour(
    reader: &mut Reader<'_>,
    site: &SiteCode,
    number: ControlNumber,
    block: Option<PostBlock>,
) -> Result<Option<PlaceId>> {
    match block {
        None => reader.row(&NEIGHBOUR, bind![number.base(), site], |row| row.get("id")),
        Some(block) => {
            reader.row(&NEIGHBOUR_OF_BLOCK, bind![number.base(), site, block], |row| row.get("id"))
        }
    }
}

/// The boxes of a site in which cards of another 郵便区 lie.
pub fn strange(reader: &mut Reader<'_>, site: &SiteCode, block: PostBlock) -> Result<BTreeSet<PlaceId>> {
    Ok(reader.rows(&STRANGE, bind![site, block], |row| row.get("id"))?.into_iter().collect())
}

/// The 郵便区 of a card in a box, of the one that came last to the program; none: the box is empty.
pub fn block_in(reader: &mut Reader<'_>, id: PlaceId) -> Result<Option<PostBlock>> {
    reader.row(&BLOCK_IN, bind![id], |row| row.get("post_block"))
}

/// Gives a card that came into a box the lowest free position of it, and answers which; none: its slots have no numbers, or
/// it is no box. To be called after the card's own row was changed, as everybody does it in this order.
pub(crate) fn stand(tx: &mut Tx<'_>, card: CardId, place: PlaceId) -> Result<Option<u32>> {
    // Who puts another card into this box waits here, and finds this position taken.
    if tx.execute(&HAVE_NUMBERED, bind![place])? == 0 {
        return Ok(None);
    }
    let position: u32 = tx.one(&FREE, bind![place], |row| row.get("n"))?;
    tx.execute_one(&STAND, bind![position, card])?;
    Ok(Some(position))
}

/// Moves all cards of a box into another one of the site by one act, in the order of their positions where they have any,
/// and answers how many. Each of them takes a step of its own, so that its story goes on; a card that somebody took out meanwhile stays where they put it.
///
/// `None`: there are more than `most`, which would hold other writers for too long.
pub fn empty_into(
    tx: &mut Tx<'_>,
    act: &Act,
    from: PlaceId,
    to: PlaceId,
    most: u32,
) -> Result<Option<u32>, StepError> {
    let kinds = [find(tx, from)?, find(tx, to)?];
    let [Some(out), Some(into)] = kinds else {
        return Err(Error::Broken("no such place".to_owned()).into());
    };
    let storage = out.kind.is_storage() && into.kind.is_storage();
    if !storage || out.site != into.site || from == to {
        return Err(StepError::WrongPlace { from: out.kind, to: into.kind });
    }
    // From here on nobody takes one of its cards until all have moved.
    tx.execute(&HAVE_BOX, bind![from])?;
    let cards: Vec<CardId> = tx.rows(&IN_BOX, bind![from, most + 1], |row| row.get("id"))?;
    let count = u32::try_from(cards.len()).unwrap_or(u32::MAX);
    if count > most {
        return Ok(None);
    }
    if count > 0 {
        let recorded = tx.record(act, &Entry::BoxEmptied { from, to, cards: count })?;
        for id in cards {
            card::step(tx, &recorded, id, &Change { place: Some(to), ..Change::default() })?;
        }
    }
    Ok(Some(count))
}
