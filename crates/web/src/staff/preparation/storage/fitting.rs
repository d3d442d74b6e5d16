//! What the forms of a place have in common: its capacity, and where it may stand.

use domain::id::PlaceId;
use domain::place::{PlaceKind, walk_order};
use domain::service::SiteCode;
use store::Reader;
use store::place::{Place, PlaceError};

use crate::kit::{Form, PageError};
use crate::staff::field;

pub(super) const NAME: &str = "name";
pub(super) const CAPACITY: &str = "capacity";
pub(super) const PARENT: &str = "parent";

/// The most cards that a place is said to hold.
const MOST: u32 = 10_000;

/// A place in which another may stand.
#[derive(Debug, Clone)]
pub(crate) struct Outer {
    pub(crate) id: PlaceId,
    pub(crate) name: String,
    pub(crate) chosen: bool,
}

/// Every kind of place that people set up, from the outermost.
pub(super) const KINDS: [PlaceKind; 4] =
    [PlaceKind::Room, PlaceKind::Cabinet, PlaceKind::Shelf, PlaceKind::Box];

/// The places of a site in which something stands, in the order in which they are walked.
pub(super) fn outers(reader: &mut Reader<'_>, site: &SiteCode) -> Result<Vec<Place>, store::Error> {
    let mut all = Vec::new();
    for kind in [PlaceKind::Room, PlaceKind::Cabinet, PlaceKind::Shelf] {
        let mut places = store::place::of_kind(reader, site, kind)?;
        places.sort_by_key(|place| walk_order(&place.name));
        all.extend(places);
    }
    Ok(all)
}

/// The choices of a form.
pub(super) fn choices(outers: &[Place], form: &Form) -> Vec<Outer> {
    let chosen = form.typed(PARENT);
    let choice = |place: &Place| Outer {
        id: place.id,
        name: place.name.clone(),
        chosen: place.id.to_string() == chosen,
    };
    outers.iter().map(choice).collect()
}

/// For how many cards there is room; an empty field says nothing of it.
pub(super) fn capacity(form: &mut Form) -> Option<u32> {
    if form.typed(CAPACITY).trim().is_empty() {
        return None;
    }
    let read = field::number(form, CAPACITY, "収容枚数");
    if read.is_some_and(|cards| cards > MOST) {
        form.refuse_ja(CAPACITY, format!("収容枚数は{MOST}枚までにしてください。"));
    }
    read
}

/// In which place it stands; an empty choice is none.
pub(super) fn parent(form: &mut Form) -> Option<PlaceId> {
    let typed = form.typed(PARENT).to_owned();
    let read = typed.parse().ok();
    if read.is_none() && !typed.is_empty() {
        form.refuse_ja(PARENT, "置く場所を選んでください。");
    }
    read
}

/// Puts the reason at its field, or answers that it is none of the form's.
pub(super) fn refuse(form: &mut Form, error: PlaceError) -> Result<(), PageError> {
    match error {
        PlaceError::NameTaken(name) => {
            form.refuse_ja(NAME, format!("「{name}」はすでにあります。ほかの名前にしてください。"));
        }
        PlaceError::WrongParent => {
            form.refuse_ja(
                PARENT,
                "そこには置けません。保管室、キャビネット、棚、箱の順に、外側の場所を選んでください。",
            );
        }
        PlaceError::Changed => {
            form.refuse_ja(
                NAME,
                "ほかの人が先に変更しました。今の内容を確かめて、もう一度変更してください。",
            );
        }
        PlaceError::NotFound => return Err(PageError::NotFound),
        PlaceError::Reused(_) => return Err(PageError::BadRequest),
        PlaceError::Store(error) => return Err(error.into()),
    }
    Ok(())
}
