//! 進捗: how many cards of a site stand at which step of their way, by consignment and by the day since which they do.
//!
//! Two statements, however many consignments there are: one along the cards that are under way, one along the index of
//! consignments for those whose way is over.

use domain::card::Progress;
use domain::funnel::{Group, Step};
use domain::id::ConsignmentId;
use domain::service::SiteCode;
use jiff::civil::Date;

use crate::error::Result;
use crate::tx::Reader;
use crate::{bind, statements};

statements! { "funnel":
    UNDER_WAY = "SELECT c.consignment_id AS consignment, c.progress AS progress,
        CASE WHEN p.kind = 'city' THEN 1 ELSE 0 END AS at_city, CASE WHEN c.key_issue > 0 THEN 1 ELSE 0 END AS has_letter,
        COALESCE(c.since_day, s.received_on) AS since, COUNT(*) AS n
        FROM card c JOIN place p ON p.id = c.place_id JOIN consignment s ON s.id = c.consignment_id
        WHERE c.progress IN ('listed', 'inspected', 'prepared', 'notified', 'booked') AND s.site = $1
        AND s.state = 'taken'
        GROUP BY c.consignment_id, c.progress, CASE WHEN p.kind = 'city' THEN 1 ELSE 0 END,
        CASE WHEN c.key_issue > 0 THEN 1 ELSE 0 END, COALESCE(c.since_day, s.received_on)
        ORDER BY c.consignment_id, c.progress, since";
    OVER = "SELECT s.id AS consignment, c.progress AS progress, s.received_on AS since, COUNT(*) AS n
        FROM consignment s JOIN card c ON c.consignment_id = s.id
        WHERE s.state = 'taken' AND s.site = $1 AND c.progress IN ('issued', 'ended')
        GROUP BY s.id, c.progress, s.received_on ORDER BY s.id, c.progress";
    CONSIGNMENTS = "SELECT id, kind, received_on, list_date, box FROM consignment
        WHERE state = 'taken' AND site = $1 ORDER BY id DESC";
}

/// A consignment of the funnel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consignment {
    /// Its id.
    pub id: ConsignmentId,
    /// When the city received it.
    pub received_on: Date,
    /// Date of カード発行一覧表.
    pub list_date: Date,
    /// The box, or the portion of a former contractor's stock.
    pub box_name: String,
    /// Whether it is such a portion.
    pub is_opening: bool,
}

fn step(progress: Progress, at_city: bool, has_letter: bool) -> Step {
    match progress {
        Progress::Listed => Step::ToInspect,
        Progress::Inspected if at_city => Step::AtCity,
        Progress::Inspected => Step::ToSend,
        Progress::Prepared if has_letter => Step::ToPost,
        Progress::Prepared => Step::ToPrint,
        Progress::Notified => Step::ToBook,
        Progress::Booked => Step::ToVisit,
        Progress::Issued => Step::Issued,
        Progress::Ended => Step::Ended,
    }
}

/// The cards of a site by consignment, step and day.
pub fn groups(reader: &mut Reader<'_>, site: &SiteCode) -> Result<Vec<Group>> {
    let mut groups = reader.rows(&UNDER_WAY, bind![site], |row| {
        let step = step(row.get("progress")?, row.get("at_city")?, row.get("has_letter")?);
        Ok(Group {
            consignment: row.get("consignment")?,
            step,
            since: row.get("since")?,
            cards: row.get("n")?,
        })
    })?;
    groups.extend(reader.rows(&OVER, bind![site], |row| {
        let step = step(row.get("progress")?, false, false);
        Ok(Group {
            consignment: row.get("consignment")?,
            step,
            since: row.get("since")?,
            cards: row.get("n")?,
        })
    })?);
    Ok(groups)
}

/// The consignments of a site, newest first: some hundreds in the years of a contract.
pub fn consignments(reader: &mut Reader<'_>, site: &SiteCode) -> Result<Vec<Consignment>> {
    reader.rows(&CONSIGNMENTS, bind![site], |row| {
        Ok(Consignment {
            id: row.get("id")?,
            received_on: row.get("received_on")?,
            list_date: row.get("list_date")?,
            box_name: row.get("box")?,
            is_opening: row.get::<String>("kind")? == "opening",
        })
    })
}
