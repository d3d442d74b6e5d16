//! Who has which card: the contractor, the city (for what, since when, taken over by whom), the post or the citizen.

use domain::batch::{BatchKind, CardEnd};
use domain::holder::Holder;
use domain::id::{BatchId, CardId};
use domain::place::PlaceKind;
use domain::service::SiteCode;
use jiff::Timestamp;

use crate::card::Card;
use crate::error::Result;
use crate::place::lying_in;
use crate::tx::Reader;
use crate::{bind, statements};

statements! { "holder":
    SINCE = "SELECT t.at AS at FROM card_step t
        WHERE t.card_id = $1 AND (t.place_from IS NULL OR t.place_from <> t.place_to) ORDER BY t.n DESC LIMIT 1";
    LAST_BATCH = "SELECT b.id AS id, b.kind AS kind, b.receiver AS receiver, k.ended AS ended
        FROM batch_card k JOIN batch b ON b.id = k.batch_id WHERE k.card_id = $1 ORDER BY b.id DESC LIMIT 1";
    HERE = concat!(
        "SELECT p.kind AS kind, ", lying_in!("p.id"), " AS n FROM place p
        WHERE p.site = $1 AND p.kind IN ('box', 'desk', 'tray', 'counter', 'city', 'post', 'missing') ORDER BY p.id"
    );
    WITH_CITIZENS = "SELECT COUNT(*) AS n FROM (SELECT 1 AS one FROM place p JOIN card c ON c.place_id = p.id
        WHERE p.site = $1 AND p.kind = 'citizen' LIMIT $2) t";
    OUT = "SELECT b.kind AS kind, COUNT(*) AS n FROM batch_card k JOIN batch b ON b.id = k.batch_id
        WHERE k.ended IS NULL AND b.site = $1 GROUP BY b.kind ORDER BY b.kind";
}

/// Who has a card.
#[derive(Debug, Clone)]
pub struct Holding {
    /// Who.
    pub holder: Holder,
    /// Since when.
    pub since: Timestamp,
    /// With which batch it went to the city, where it is there with one.
    pub batch: Option<With>,
}

/// The batch with which a card is with the city.
#[derive(Debug, Clone)]
pub struct With {
    /// Which.
    pub id: BatchId,
    /// What for.
    pub kind: BatchKind,
    /// Who of the city took it over.
    pub receiver: String,
    /// Whether the city kept the card for good.
    pub kept: bool,
}

/// How many cards each holder has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// By holder, without citizens.
    pub holders: Vec<(Holder, u32)>,
    /// What the city has with a batch, by what for.
    pub with_city: Vec<(BatchKind, u32)>,
    /// With citizens, no further than [`COUNTED`].
    pub citizens: u32,
}

/// How far the cards of citizens are counted.
pub const COUNTED: u32 = 1_000;

/// Who has a card.
pub fn of(reader: &mut Reader<'_>, card: &Card) -> Result<Holding> {
    let holder = Holder::of(card.place_kind);
    let since = reader.one(&SINCE, bind![card.id], |row| row.get("at"))?;
    let batch = if holder == Holder::City { with_city(reader, card.id)? } else { None };
    Ok(Holding { holder, since, batch })
}

/// The last batch of a card, where it went to the city with it and has not left its hands since.
fn with_city(reader: &mut Reader<'_>, card: CardId) -> Result<Option<With>> {
    let last = reader.row(&LAST_BATCH, bind![card], |row| {
        let ended: Option<CardEnd> = row.get("ended")?;
        let kept = ended == Some(CardEnd::Kept);
        let with = With { id: row.get("id")?, kind: row.get("kind")?, receiver: row.get("receiver")?, kept };
        Ok((with, ended.is_none() || kept))
    })?;
    Ok(last.and_then(|(with, there)| there.then_some(with)))
}

/// How many cards of a site each holder has.
pub fn counts(reader: &mut Reader<'_>, site: &SiteCode) -> Result<Counts> {
    let places: Vec<(PlaceKind, u32)> =
        reader.rows(&HERE, bind![site], |row| Ok((row.get("kind")?, row.get("n")?)))?;
    let of = |wanted: &Holder| {
        places.iter().filter(|(kind, _)| Holder::of(*kind) == *wanted).map(|(_, n)| n).sum::<u32>()
    };
    let holders = Holder::ALL
        .iter()
        .filter(|holder| **holder != Holder::Citizen)
        .map(|holder| (*holder, of(holder)))
        .collect();
    let with_city = reader.rows(&OUT, bind![site], |row| Ok((row.get("kind")?, row.get("n")?)))?;
    let citizens = reader.one(&WITH_CITIZENS, bind![site, COUNTED + 1], |row| row.get("n"))?;
    Ok(Counts { holders, with_city, citizens })
}
