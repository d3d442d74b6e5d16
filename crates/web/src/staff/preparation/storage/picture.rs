//! The picture of what is stored: a table for each cabinet, a row for each shelf, a cell for each box with how full it is.

use std::collections::BTreeMap;

use domain::id::PlaceId;
use domain::place::{PlaceKind, walk_order};
use domain::service::SiteCode;
use store::Reader;
use store::place::Place;

/// A cabinet, or whatever else shelves and boxes stand in.
#[derive(Debug)]
pub(crate) struct Block {
    /// Which; none: what stands in it stands nowhere yet.
    pub(crate) id: Option<PlaceId>,
    pub(crate) name: String,
    /// The room in which it stands.
    pub(crate) room: Option<(PlaceId, String)>,
    pub(crate) shelves: Vec<Shelf>,
}

/// A row of boxes.
#[derive(Debug)]
pub(crate) struct Shelf {
    /// Which; none: the boxes stand in the cabinet itself.
    pub(crate) id: Option<PlaceId>,
    pub(crate) name: String,
    pub(crate) boxes: Vec<Cell>,
}

/// A box.
#[derive(Debug)]
pub(crate) struct Cell {
    pub(crate) id: PlaceId,
    pub(crate) name: String,
    pub(crate) cards: u32,
    pub(crate) capacity: Option<u32>,
}

/// How full something is, in hundredths of its capacity, at most all of it; none where that is not known.
fn hundredths(cards: u32, capacity: Option<u32>) -> Option<u32> {
    let capacity = capacity.filter(|capacity| *capacity > 0)?;
    Some((cards.saturating_mul(100) / capacity).min(100))
}

impl Block {
    pub(crate) fn boxes(&self) -> impl Iterator<Item = &Cell> {
        self.shelves.iter().flat_map(|shelf| &shelf.boxes)
    }

    pub(crate) fn cards(&self) -> u32 {
        self.boxes().map(|cell| cell.cards).sum()
    }

    /// For how many cards its boxes have room; none where that of one of them is not known, or there is no box.
    pub(crate) fn capacity(&self) -> Option<u32> {
        let all: Option<u32> = self.boxes().map(|cell| cell.capacity).sum();
        all.filter(|capacity| *capacity > 0)
    }

    pub(crate) fn full(&self) -> Option<u32> {
        hundredths(self.cards(), self.capacity())
    }
}

impl Cell {
    pub(crate) fn full(&self) -> Option<u32> {
        hundredths(self.cards, self.capacity)
    }

    pub(crate) fn is_full(&self) -> bool {
        self.capacity.is_some_and(|capacity| self.cards >= capacity)
    }
}

/// Everything in which cards are stored, as it stands.
#[derive(Debug)]
pub(crate) struct Furniture {
    /// Rooms, cabinets and shelves.
    pub(crate) outers: Vec<Place>,
    /// The boxes with the cards in each, in the order in which they are walked.
    pub(crate) boxes: Vec<(Place, u32)>,
}

/// Reads it, with the cards in each box.
pub(crate) fn furniture(reader: &mut Reader<'_>, site: &SiteCode) -> Result<Furniture, store::Error> {
    let outers = super::fitting::outers(reader, site)?;
    Ok(Furniture { outers, boxes: walked(reader, site)? })
}

/// The boxes of a site with the cards in each, in the order in which they are walked.
pub(crate) fn walked(reader: &mut Reader<'_>, site: &SiteCode) -> Result<Vec<(Place, u32)>, store::Error> {
    let mut boxes = store::place::filled(reader, site, PlaceKind::Box)?;
    boxes.sort_by_cached_key(|(place, _)| walk_order(&place.name));
    Ok(boxes)
}

impl Furniture {
    /// The names of the places around one, outermost first. Nothing stands in its own kind, so there is no circle.
    pub(crate) fn around(&self, place: &Place) -> Vec<String> {
        let (mut names, mut next) = (Vec::new(), place.parent);
        while let Some(outer) = next.and_then(|id| self.outers.iter().find(|outer| outer.id == id)) {
            names.insert(0, outer.name.clone());
            next = outer.parent;
        }
        names
    }
}

/// Draws it, in the order in which it is walked.
pub(crate) fn blocks(furniture: &Furniture) -> Vec<Block> {
    let mut drawn = Drawn {
        outers: furniture.outers.iter().map(|place| (place.id, place)).collect(),
        blocks: Vec::new(),
    };
    // Empty shelves and cabinets are seen too: they are where new boxes go.
    for place in &furniture.outers {
        match place.kind {
            PlaceKind::Shelf => {
                drawn.shelf(drawn.outer(place.parent), Some(place));
            }
            PlaceKind::Cabinet => {
                drawn.block(Some(place));
            }
            _ => (),
        }
    }
    for (place, cards) in &furniture.boxes {
        let (cabinet, on) = match drawn.outer(place.parent) {
            Some(shelf) if shelf.kind == PlaceKind::Shelf => (drawn.outer(shelf.parent), Some(shelf)),
            other => (other, None),
        };
        let cell = Cell { id: place.id, name: place.name.clone(), cards: *cards, capacity: place.capacity };
        drawn.shelf(cabinet, on).boxes.push(cell);
    }
    // So is a room in which nothing stands.
    for room in furniture.outers.iter().filter(|place| place.kind == PlaceKind::Room) {
        let stands = |block: &Block| block.room.as_ref().is_some_and(|(id, _)| *id == room.id);
        if !drawn.blocks.iter().any(stands) {
            drawn.block(Some(room));
        }
    }
    drawn.blocks
}

/// What of it is a place, or stands in it.
pub(crate) fn within(mut blocks: Vec<Block>, id: PlaceId) -> Vec<Block> {
    blocks.retain_mut(|block| {
        let whole = block.id == Some(id) || block.room.as_ref().is_some_and(|(room, _)| *room == id);
        if !whole {
            block.shelves.retain(|shelf| shelf.id == Some(id));
        }
        whole || !block.shelves.is_empty()
    });
    blocks
}

struct Drawn<'f> {
    outers: BTreeMap<PlaceId, &'f Place>,
    blocks: Vec<Block>,
}

impl<'f> Drawn<'f> {
    fn outer(&self, id: Option<PlaceId>) -> Option<&'f Place> {
        id.and_then(|id| self.outers.get(&id).copied())
    }

    /// The block of a place; it is begun where it is new.
    fn block(&mut self, place: Option<&Place>) -> &mut Block {
        let id = place.map(|place| place.id);
        let at = self.blocks.iter().position(|block| block.id == id);
        let at = at.unwrap_or_else(|| {
            let name =
                place.map_or_else(|| "置く場所を決めていない箱".to_owned(), |place| place.name.clone());
            let room =
                place.and_then(|place| self.outer(place.parent)).map(|room| (room.id, room.name.clone()));
            self.blocks.push(Block { id, name, room, shelves: Vec::new() });
            self.blocks.len() - 1
        });
        // `at` is the place of a block that was found or just put there.
        &mut self.blocks[at]
    }

    /// The same of a row in its block.
    fn shelf(&mut self, cabinet: Option<&Place>, place: Option<&Place>) -> &mut Shelf {
        let block = self.block(cabinet);
        let id = place.map(|place| place.id);
        let at = block.shelves.iter().position(|row| row.id == id);
        let at = at.unwrap_or_else(|| {
            let name = place.map_or_else(|| "棚なし".to_owned(), |place| place.name.clone());
            block.shelves.push(Shelf { id, name, boxes: Vec::new() });
            block.shelves.len() - 1
        });
        &mut block.shelves[at]
    }
}

#[cfg(test)]
mod tests {
    use domain::id::Id;

    use super::*;

    fn place(n: u128, kind: PlaceKind, name: &str, parent: Option<u128>) -> Place {
        Place {
            id: PlaceId::from_parts(1, n),
            parent: parent.map(|parent| PlaceId::from_parts(1, parent)),
            kind,
            site: "honcho".parse().unwrap(),
            name: name.to_owned(),
            label: None,
            capacity: Some(10),
            numbered: false,
        }
    }

    /// A line for every row of the picture.
    fn told(blocks: &[Block]) -> Vec<String> {
        let row = |block: &Block, row: &Shelf| {
            let boxes: Vec<String> =
                row.boxes.iter().map(|cell| format!("{}={:?}", cell.name, cell.full())).collect();
            format!("{} {} {} {}", block.name, block.cards(), row.name, boxes.join(" "))
        };
        blocks.iter().flat_map(|block| block.shelves.iter().map(move |shelf| row(block, shelf))).collect()
    }

    #[test]
    fn r5_c7_the_picture_has_every_shelf_and_every_box_once() {
        let outers = vec![
            place(1, PlaceKind::Room, "保管室", None),
            place(2, PlaceKind::Cabinet, "キャビネット1", Some(1)),
            place(3, PlaceKind::Shelf, "棚1-1", Some(2)),
            place(4, PlaceKind::Shelf, "棚1-2", Some(2)),
        ];
        let boxes = vec![
            (place(5, PlaceKind::Box, "箱1-1-1", Some(3)), 10),
            (place(6, PlaceKind::Box, "箱1-1-2", Some(3)), 4),
            (place(7, PlaceKind::Box, "大箱", Some(2)), 12),
            (place(8, PlaceKind::Box, "仮箱", None), 1),
        ];
        let furniture = Furniture { outers, boxes };
        assert_eq!(furniture.around(&furniture.boxes[0].0), ["保管室", "キャビネット1", "棚1-1"]);
        let told = |blocks: Vec<Block>| told(&blocks);
        assert_eq!(
            told(blocks(&furniture)),
            [
                "キャビネット1 26 棚1-1 箱1-1-1=Some(100) 箱1-1-2=Some(40)",
                "キャビネット1 26 棚1-2 ",
                "キャビネット1 26 棚なし 大箱=Some(100)",
                "置く場所を決めていない箱 1 棚なし 仮箱=Some(10)",
            ]
        );
        assert_eq!(told(within(blocks(&furniture), PlaceId::from_parts(1, 1))).len(), 3);
        assert_eq!(
            told(within(blocks(&furniture), PlaceId::from_parts(1, 3))),
            ["キャビネット1 14 棚1-1 箱1-1-1=Some(100) 箱1-1-2=Some(40)"]
        );
    }

    #[test]
    fn r5_c7_a_room_in_which_nothing_stands_is_seen() {
        let outers = vec![
            place(1, PlaceKind::Room, "保管室", None),
            place(2, PlaceKind::Room, "第2保管室", None),
            place(3, PlaceKind::Cabinet, "キャビネット1", Some(1)),
        ];
        let blocks = blocks(&Furniture { outers, boxes: Vec::new() });
        let names: Vec<&str> = blocks.iter().map(|block| block.name.as_str()).collect();
        assert_eq!(names, ["キャビネット1", "第2保管室"]);
        assert_eq!((blocks[0].capacity(), blocks[0].full()), (None, None));
    }
}
