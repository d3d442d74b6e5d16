//! 郵便区番号ごとの仕分け: on which pile the envelopes lie that the city has not posted, and what is in the envelopes of a
//! part. This is the one place that says which envelopes of a part are ready.

use domain::id::LetterBatchId;
use domain::journal::Entry;
use domain::service::SiteCode;
use domain::sorting::{Pile, Portion, piles};

use crate::act::Act;
use crate::error::Result;
use crate::letter::LetterError;
use crate::tx::{Reader, Tx};
use crate::value::Row;
use crate::{bind, statements, stuffing};

// A letter that is made again for a card whose notice was posted lies on no pile of ours: the city puts it into its
// envelope (`stuffing::counts`). An envelope whose card was recalled before the transfer stays here.
statements! { "sorting":
    UNPOSTED = "SELECT b.id AS id, b.state AS state, b.grams AS grams, c.post_block AS post_block, COUNT(*) AS letters,
        SUM(CASE WHEN l.stuffed_by IS NOT NULL AND (b.state <> 'printed' OR (c.suspended = 0 AND c.stage IN ('prepared', 'notified')))
        THEN 1 ELSE 0 END) AS ready
        FROM letter_batch b JOIN letter l ON l.letter_batch_id = b.id JOIN card c ON c.id = l.card_id
        WHERE b.state IN ('printed', 'transferred') AND b.site = $1 AND l.taken_out IS NULL
        AND (l.stuffed_by IS NOT NULL OR c.stage <> 'notified')
        GROUP BY b.id, b.state, b.grams, c.post_block ORDER BY b.id";
    OF_PART = "SELECT b.id AS id, b.state AS state, b.grams AS grams, c.post_block AS post_block, COUNT(*) AS letters,
        SUM(CASE WHEN l.stuffed_by IS NOT NULL AND (b.state <> 'printed' OR (c.suspended = 0 AND c.stage IN ('prepared', 'notified')))
        THEN 1 ELSE 0 END) AS ready
        FROM letter_batch b JOIN letter l ON l.letter_batch_id = b.id JOIN card c ON c.id = l.card_id
        WHERE b.id = $1 AND l.taken_out IS NULL AND (l.stuffed_by IS NOT NULL OR c.stage <> 'notified')
        GROUP BY b.id, b.state, b.grams, c.post_block ORDER BY b.id";
    ENCLOSURES = "SELECT leaflet, version FROM letter_enclosure WHERE letter_batch_id = $1 ORDER BY n";
    LAST = "SELECT MAX(e.letter_batch_id) AS id FROM letter_enclosure e JOIN letter_batch b ON b.id = e.letter_batch_id
        WHERE b.site = $1 AND e.letter_batch_id < $2";
    GRAMS = "SELECT grams FROM letter_batch WHERE id = $1";
    FORGET = "DELETE FROM letter_enclosure WHERE letter_batch_id = $1";
    ENCLOSE = "INSERT INTO letter_enclosure (letter_batch_id, n, leaflet, version) VALUES ($1, $2, $3, $4)";
    WEIGH = "UPDATE letter_batch SET grams = $1 WHERE id = $2";
}

/// A leaflet that lies in the envelopes of a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enclosure {
    /// Which leaflet.
    pub leaflet: String,
    /// Its version.
    pub version: String,
}

/// What lies in the envelopes of a part, and what one of them weighs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Inside {
    /// The leaflets, in the order in which they were entered.
    pub enclosures: Vec<Enclosure>,
    /// Grams of one envelope; none: nobody weighed one yet.
    pub grams: Option<u32>,
}

fn portion(row: &Row<'_>) -> Result<Portion> {
    Ok(Portion {
        part: row.get("id")?,
        is_transferred: row.get::<String>("state")? == "transferred",
        block: row.get("post_block")?,
        grams: row.get("grams")?,
        letters: row.get("letters")?,
        ready: row.get("ready")?,
    })
}

/// The piles of what the city has not posted yet.
pub fn unposted(reader: &mut Reader<'_>, site: &SiteCode) -> Result<Vec<Pile>> {
    Ok(piles(reader.rows(&UNPOSTED, bind![site], portion)?))
}

/// The piles of one part.
pub fn of_part(reader: &mut Reader<'_>, id: LetterBatchId) -> Result<Vec<Pile>> {
    Ok(piles(reader.rows(&OF_PART, bind![id], portion)?))
}

/// What lies in the envelopes of a part.
pub fn inside(reader: &mut Reader<'_>, id: LetterBatchId) -> Result<Inside> {
    let enclosures = reader.rows(&ENCLOSURES, bind![id], |row| {
        Ok(Enclosure { leaflet: row.get("leaflet")?, version: row.get("version")? })
    })?;
    let grams = reader.row(&GRAMS, bind![id], |row| row.get::<Option<u32>>("grams"))?.flatten();
    Ok(Inside { enclosures, grams })
}

/// What lay in the envelopes of the last part before this one for which it was said: most often it is the same again.
pub fn inside_before(reader: &mut Reader<'_>, site: &SiteCode, id: LetterBatchId) -> Result<Option<Inside>> {
    let last = reader.one(&LAST, bind![site, id], |row| row.get::<Option<LetterBatchId>>("id"))?;
    last.map(|last| inside(reader, last)).transpose()
}

/// Says what lies in the envelopes of a part that the city has not taken over.
pub fn enclose(tx: &mut Tx<'_>, act: &Act, id: LetterBatchId, inside: &Inside) -> Result<(), LetterError> {
    stuffing::printed(tx, id)?;
    let kinds = u32::try_from(inside.enclosures.len()).unwrap_or(u32::MAX);
    tx.record(act, &Entry::EnclosuresSet { letters: id, kinds, grams: inside.grams })?;
    tx.execute(&FORGET, bind![id])?;
    for (n, enclosure) in (1_u32..).zip(&inside.enclosures) {
        tx.execute_one(&ENCLOSE, bind![id, n, enclosure.leaflet, enclosure.version])?;
    }
    Ok(tx.execute_one(&WEIGH, bind![inside.grams, id])?)
}
