//! The cards of a group to the city as one counted batch, of every consignment of the site together (11(5)ウ(イ)).
//! Only 交付時来庁 goes by consignment, with its list; that is `batch::send`.

use domain::batch::BatchKind;
use domain::group::Group;
use domain::id::{BatchId, CardId};
use domain::journal::{CityRecord, Entry};
use domain::service::SiteCode;

use super::{BatchError, hand_over};
use crate::act::Act;
use crate::group;
use crate::tx::Tx;

/// Transfers the cards that wait in a group to a named person of the city, counted by both.
pub fn send(
    tx: &mut Tx<'_>,
    act: &Act,
    site: &SiteCode,
    sorted: Group,
    counted: u32,
    receiver: &str,
    recorded: CityRecord,
) -> Result<BatchId, BatchError> {
    let cards: Vec<CardId> = group::waiting(tx, site, sorted)?.into_iter().map(|card| card.id).collect();
    let kind = BatchKind::of(sorted);
    hand_over(tx, act, site, kind, &cards, (counted, receiver), |batch, cards| match kind {
        BatchKind::Setup => Entry::BatchSent { batch, cards, recorded },
        BatchKind::Mail => Entry::MailBatchSent { batch, cards, recorded },
        _ => Entry::GroupSent { batch, group: sorted, cards, recorded },
    })
}
