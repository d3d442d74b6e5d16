//! The lists of cards: by progress, by consignment, by place and the like, each a page along an index.
//!
//! What is asked for together is a [`Filter`], in [`filter`].

use domain::card::{Progress, Stage};
use domain::consignment::{ApplicationMethod, Way};
use domain::id::{CardId, ConsignmentId, PlaceId, ReservationId};
use domain::number::ControlNumber;
use domain::place::PlaceKind;
use domain::service::{Service, SiteCode};
use domain::time::Start;
use jiff::civil::Date;

use super::control_number;
use crate::error::Result;
use crate::tx::Reader;
use crate::value::Row;
use crate::{bind, statements};

pub mod filter;

pub use filter::{Booked, Filter, Mark, Walked};

/// What a list shows of a card, beginning at the card; a condition follows.
macro_rules! cards {
    ($($rest:literal),+) => { cards!(@ "COALESCE(c.list_line, c.line)", "COALESCE(c.list_date, s.list_date)", $($rest),+) };
    // In its own list a card of a portion of opening stock keeps the portion's numbering.
    (own $($rest:literal),+) => { cards!(@ "c.line", "s.list_date", $($rest),+) };
    (@ $line:literal, $date:literal, $($rest:literal),+) => {
        concat!(
            "SELECT c.id AS id, c.consignment_id AS consignment_id, ", $line, " AS line,
        c.control_number AS control_number, c.method AS method, c.way AS way, c.stage AS stage,
        c.progress AS progress, c.posted_on AS posted_on, c.place_id AS place_id, p.kind AS place_kind,
        p.name || COALESCE('-' || c.position, '') AS place_name, ", $date, " AS list_date, s.box AS box, r.id AS reservation_id, r.day AS day,
        r.start AS start
        FROM card c CROSS JOIN place p CROSS JOIN consignment s
        LEFT JOIN reservation r ON r.card_id = c.id AND r.state = 'booked'
        WHERE p.id = c.place_id AND s.id = c.consignment_id AND s.state = 'taken' AND ",
            $($rest),+
        )
    };
}

// Lists are walked along the index of what they ask for. Written as `progress = $1 ORDER BY id`, PostgreSQL's plan for
// all values walked the primary key past 168,000 of 200,000 cards to find a rare progress; a comparison of rows
// leaves it only the index that has both. SQLite keeps the order of a CROSS JOIN; left to itself it began with the
// consignments and sorted all their cards. Boxes are many, so their cards are sorted, by ids out of the index alone;
// cards of a consignment that is not taken lie on the desk, of which a site has one.
statements! { "card.list":
    LIST = cards!("(c.progress, c.id) > ($1, $2) AND c.progress <= $1 ORDER BY c.progress, c.id LIMIT $3");
    LIST_ALL = cards!("c.id > $1 ORDER BY c.id LIMIT $2");
    OF_METHOD = cards!("(c.method, c.id) > ($1, $2) AND c.method <= $1 ORDER BY c.method, c.id LIMIT $3");
    OF_CONSIGNMENT = cards!(own "c.consignment_id = $1 AND c.line > $2 ORDER BY c.line LIMIT $3");
    IN_PLACE = cards!("(c.place_id, c.id) > ($1, $2) AND c.place_id <= $1 ORDER BY c.place_id, c.id LIMIT $3");
    POSTED = cards!("(c.posted_on, c.id) > ($1, $2) AND c.posted_on <= $3 ORDER BY c.posted_on, c.id LIMIT $4");
    IN_KIND = "SELECT c.id AS id, c.consignment_id AS consignment_id, COALESCE(c.list_line, c.line) AS line,
        c.control_number AS control_number, c.method AS method, c.way AS way, c.stage AS stage,
        c.progress AS progress, c.posted_on AS posted_on, c.place_id AS place_id, p.kind AS place_kind,
        p.name || COALESCE('-' || c.position, '') AS place_name, COALESCE(c.list_date, s.list_date) AS list_date, s.box AS box, r.id AS reservation_id, r.day AS day,
        r.start AS start
        FROM (SELECT k.id AS id FROM place q CROSS JOIN card k
              WHERE q.site = $1 AND q.kind = $2 AND k.place_id = q.id AND k.id > $3 ORDER BY k.id LIMIT $4) t
        CROSS JOIN card c CROSS JOIN place p CROSS JOIN consignment s
        LEFT JOIN reservation r ON r.card_id = c.id AND r.state = 'booked'
        WHERE c.id = t.id AND p.id = c.place_id AND s.id = c.consignment_id AND s.state = 'taken' ORDER BY t.id";
    BOOKED = "SELECT c.id AS id, c.consignment_id AS consignment_id, COALESCE(c.list_line, c.line) AS line,
        c.control_number AS control_number, c.method AS method, c.way AS way, c.stage AS stage,
        c.progress AS progress, c.posted_on AS posted_on, c.place_id AS place_id, p.kind AS place_kind,
        p.name || COALESCE('-' || c.position, '') AS place_name, COALESCE(c.list_date, s.list_date) AS list_date, s.box AS box, r.id AS reservation_id, r.day AS day,
        r.start AS start
        FROM reservation r CROSS JOIN card c CROSS JOIN place p CROSS JOIN consignment s
        WHERE r.service = $1 AND r.site = $2 AND r.day = $3 AND (r.start, r.id) > ($4, $5) AND r.start <= $6
        AND r.state IN ('booked', 'served', 'unserved', 'not_come') AND c.id = r.card_id AND p.id = c.place_id
        AND s.id = c.consignment_id AND s.state = 'taken' ORDER BY r.start, r.id LIMIT $7";
    COUNTS_UP_TO = "SELECT 'listed' AS progress, COUNT(*) AS n FROM
            (SELECT 1 AS one FROM card c CROSS JOIN consignment s
             WHERE s.id = c.consignment_id AND (c.progress, c.id) > ('listed', '') AND c.progress <= 'listed'
             AND s.state = 'taken' ORDER BY c.progress, c.id LIMIT $1) t
        UNION ALL SELECT 'inspected' AS progress, COUNT(*) AS n FROM
            (SELECT 1 AS one FROM card c WHERE (c.progress, c.id) > ('inspected', '') AND c.progress <= 'inspected'
             ORDER BY c.progress, c.id LIMIT $1) t
        UNION ALL SELECT 'prepared' AS progress, COUNT(*) AS n FROM
            (SELECT 1 AS one FROM card c WHERE (c.progress, c.id) > ('prepared', '') AND c.progress <= 'prepared'
             ORDER BY c.progress, c.id LIMIT $1) t
        UNION ALL SELECT 'notified' AS progress, COUNT(*) AS n FROM
            (SELECT 1 AS one FROM card c WHERE (c.progress, c.id) > ('notified', '') AND c.progress <= 'notified'
             ORDER BY c.progress, c.id LIMIT $1) t
        UNION ALL SELECT 'booked' AS progress, COUNT(*) AS n FROM
            (SELECT 1 AS one FROM card c WHERE (c.progress, c.id) > ('booked', '') AND c.progress <= 'booked'
             ORDER BY c.progress, c.id LIMIT $1) t
        UNION ALL SELECT 'issued' AS progress, COUNT(*) AS n FROM
            (SELECT 1 AS one FROM card c WHERE (c.progress, c.id) > ('issued', '') AND c.progress <= 'issued'
             ORDER BY c.progress, c.id LIMIT $1) t
        UNION ALL SELECT 'ended' AS progress, COUNT(*) AS n FROM
            (SELECT 1 AS one FROM card c WHERE (c.progress, c.id) > ('ended', '') AND c.progress <= 'ended'
             ORDER BY c.progress, c.id LIMIT $1) t";
    STAGED_STOCK = "SELECT c.progress AS progress, COUNT(*) AS n FROM consignment s CROSS JOIN card c
        WHERE s.kind = 'opening' AND s.state IN ('staged', 'dropped') AND c.consignment_id = s.id
        AND c.progress <> 'listed' GROUP BY c.progress ORDER BY c.progress";
}

/// A card in a list.
#[derive(Debug, Clone)]
pub struct Listed {
    /// Its id.
    pub id: CardId,
    /// The consignment it came with.
    pub consignment: ConsignmentId,
    /// 管理番号.
    pub control_number: ControlNumber,
    /// Date of カード発行一覧表.
    pub list_date: Date,
    /// The box of the consignment.
    pub box_name: String,
    /// Line on カード発行一覧表.
    pub line: u32,
    /// 申請方式.
    pub method: ApplicationMethod,
    /// Who gives the card to the citizen.
    pub way: Way,
    /// The stage of its process.
    pub stage: Stage,
    /// What lists show.
    pub progress: Progress,
    /// Where it is.
    pub place: PlaceId,
    /// The kind of place.
    pub place_kind: PlaceKind,
    /// The place's name, with the position in it where the card has one.
    pub place_name: String,
    /// The city's date of posting of the notice.
    pub posted_on: Option<Date>,
    /// The live booking; in a list by day of reservation the one that is asked for, over or not.
    pub booked: Option<(ReservationId, Date, Start)>,
}

fn listed(row: &Row<'_>) -> Result<Listed> {
    let reservation = row.get::<Option<ReservationId>>("reservation_id")?;
    let booked = match reservation {
        Some(id) => Some((id, row.get("day")?, row.get("start")?)),
        None => None,
    };
    Ok(Listed {
        id: row.get("id")?,
        consignment: row.get("consignment_id")?,
        control_number: control_number(row)?,
        list_date: row.get("list_date")?,
        box_name: row.get("box")?,
        line: row.get("line")?,
        method: row.get("method")?,
        way: row.get("way")?,
        stage: row.get("stage")?,
        progress: row.get("progress")?,
        place: row.get("place_id")?,
        place_kind: row.get("place_kind")?,
        place_name: row.get("place_name")?,
        posted_on: row.get("posted_on")?,
        booked,
    })
}

fn after_text(after: Option<CardId>) -> String {
    after.map(|id| id.to_string()).unwrap_or_default()
}

/// A page of cards with a progress, or of all, after an id (`None` for the first page).
pub fn list(
    reader: &mut Reader<'_>,
    progress: Option<Progress>,
    after: Option<CardId>,
    limit: u32,
) -> Result<Vec<Listed>> {
    match progress {
        Some(progress) => reader.rows(&LIST, bind![progress, after_text(after), limit], listed),
        None => reader.rows(&LIST_ALL, bind![after_text(after), limit], listed),
    }
}

/// A page of a consignment's cards in list order, after a line (0 for the first page).
pub fn of_consignment(
    reader: &mut Reader<'_>,
    consignment: ConsignmentId,
    after_line: u32,
    limit: u32,
) -> Result<Vec<Listed>> {
    reader.rows(&OF_CONSIGNMENT, bind![consignment, after_line, limit], listed)
}

/// A page of the cards in a place, after an id (`None` for the first page).
pub fn in_place(
    reader: &mut Reader<'_>,
    place: PlaceId,
    after: Option<CardId>,
    limit: u32,
) -> Result<Vec<Listed>> {
    reader.rows(&IN_PLACE, bind![place, after_text(after), limit], listed)
}

/// A page of the cards applied for by a method, after an id.
fn of_method(
    reader: &mut Reader<'_>,
    method: ApplicationMethod,
    after: Option<CardId>,
    limit: u32,
) -> Result<Vec<Listed>> {
    reader.rows(&OF_METHOD, bind![method, after_text(after), limit], listed)
}

/// A page of the cards in all places of a kind at a site, after an id.
fn in_kind(
    reader: &mut Reader<'_>,
    (site, kind): (&SiteCode, PlaceKind),
    after: Option<CardId>,
    limit: u32,
) -> Result<Vec<Listed>> {
    reader.rows(&IN_KIND, bind![site, kind, after_text(after), limit], listed)
}

/// A page of the cards whose notices were posted on the days until one, after a day and an id.
fn posted(reader: &mut Reader<'_>, (day, id): (&str, &str), until: &str, limit: u32) -> Result<Vec<Listed>> {
    reader.rows(&POSTED, bind![day, id, until, limit], listed)
}

/// A page of the cards reserved for a day, after a start and a reservation, until a start.
fn booked(
    reader: &mut Reader<'_>,
    (service, site, day): (Service, &SiteCode, Date),
    (start, id): (u16, &str),
    until: u16,
    limit: u32,
) -> Result<Vec<Listed>> {
    reader.rows(&BOOKED, bind![service, site, day, start, id, until, limit], listed)
}

/// How many cards have each progress, in the order of the way, counted no further than `limit` each. Cards of a
/// staged consignment are listed and nothing more, so only there the statement looks at the consignment; those of a
/// portion of opening stock, of which there is rarely one, are counted apart and taken off.
pub fn counts_up_to(reader: &mut Reader<'_>, limit: u32) -> Result<Vec<(Progress, u32)>> {
    let count = |row: &Row<'_>| Ok((row.get::<Progress>("progress")?, row.get::<u32>("n")?));
    let staged = reader.rows(&STAGED_STOCK, bind![], count)?;
    let more: u32 = staged.iter().map(|(_, n)| n).sum();
    let counts = reader.rows(&COUNTS_UP_TO, bind![limit.saturating_add(more)], count)?;
    let of = |progress: &Progress| {
        let off = staged.iter().find(|(known, _)| known == progress).map_or(0, |(_, n)| *n);
        let found = counts.iter().find(|(known, _)| known == progress);
        found.map(|(known, n)| (*known, n.saturating_sub(off).min(limit)))
    };
    Ok(Progress::ALL.iter().filter_map(of).collect())
}
