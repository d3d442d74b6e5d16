//! The list of a day as a paper and as a table.

use std::collections::BTreeMap;

use documents::day_list::{DayList, Entry};
use domain::id::CardId;
use domain::journal::BusinessDay;
use domain::reservation::State as Booking;
use jiff::Timestamp;
use store::reservation::OfDay;

use crate::App;
use crate::staff::counter::site_name;
use crate::staff::wording;

/// What is known of a day: its reservations, and the numbers of the 交付通知書 where the city agreed to them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Known {
    /// The reservations in order of time.
    pub(crate) lines: Vec<OfDay>,
    /// The numbers by card.
    pub(crate) notices: BTreeMap<CardId, String>,
}

/// Reads a day.
pub(crate) async fn read(app: &App, day: &BusinessDay) -> Result<Known, store::Error> {
    let (keys, day) = (app.keys.clone(), day.clone());
    app.db
        .read(move |reader| {
            let lines = store::reservation::of_day(reader, day.service, &day.site, day.day)?;
            let field = store::privacy::NOTICE_NUMBER;
            Ok(Known { lines, notices: store::privacy::open_of_day(reader, &keys, &day, field)? })
        })
        .await
}

/// The paper, which is also what the table is made of.
pub(crate) fn paper(app: &App, day: &BusinessDay, known: &Known, printed_by: &str) -> DayList {
    let families = known.lines.iter().map(|line| (line.id, line.party)).collect::<Vec<_>>();
    let lines = known.lines.iter().zip(wording::families(&families));
    let entries = lines.map(|(line, family)| entry(line, family, known)).collect();
    paper_of(app, day, app.now(), printed_by, entries)
}

/// The list of a day as it stood at an instant.
pub(crate) fn paper_of(
    app: &App,
    day: &BusinessDay,
    as_of: Timestamp,
    printed_by: &str,
    entries: Vec<Entry>,
) -> DayList {
    DayList {
        city: app.settings.profile.city.name_ja.clone(),
        site: site_name(app, day),
        service: day.service.label().to_owned(),
        day: day.day,
        as_of,
        printed_at: app.now(),
        printed_by: printed_by.to_owned(),
        entries,
    }
}

fn entry(line: &OfDay, family: String, known: &Known) -> Entry {
    Entry {
        start: line.start,
        control_number: Some(line.control_number.digits()),
        reference: known.notices.get(&line.card).cloned(),
        list_date: Some(line.list_date),
        list_line: Some(line.line),
        place: Some(line.place_name.clone()),
        channel: line.channel.label().to_owned(),
        visitor: wording::visitor(line.visitor).to_owned(),
        family,
        remark: remark(line),
    }
}

/// What the reader of the list must know: the language, a place beyond those of the slot, and where the visit stands once it began.
fn remark(line: &OfDay) -> String {
    let standing = wording::standing(line.state, line.reception.map(|(_, state)| state));
    let begun = line.reception.is_some() || line.state != Booking::Booked;
    let over = if line.over { "定員超過" } else { "" };
    let parts = [wording::language(&line.language), over, if begun { standing } else { "" }];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("・")
}
