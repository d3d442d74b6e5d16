//! The journal, what folds from it, and everything that is counted, sealed or free text.

use std::collections::{BTreeMap, BTreeSet};

use domain::correction::{self, End};
use domain::id::{BatchId, ConsignmentId, EntryId, LetterBatchId, ReceptionId, ReservationId};
use domain::journal::{BusinessDay, Entry, Slot, Subject};
use domain::number::{Number, NumberKind};
use domain::reception::State as Reception;
use domain::report::Main;
use domain::reservation::{Channel, Limit, Pins, State as Booking, Visitor};
use domain::time::day_of;
use jiff::Timestamp;
use jiff::civil::Date;

use super::{
    Findings, Invariant, PAGE, cabinet_keys, desks, disposals, incidents, offers, pickups, recalls,
    reminders, stocktakings, supplies, texts, wishes,
};
use crate::error::Result;
use crate::journal;
use crate::keys::Keys;
use crate::tx::Reader;
use crate::value::Row;
use crate::{bind, report, statements};

statements! { "verify.facts":
    ENTRIES = "SELECT id, at, day, kind, data FROM journal WHERE id > $1 ORDER BY id LIMIT $2";
    SUBJECTS = "SELECT subject, entry_id FROM journal_subject WHERE entry_id > $1 AND entry_id <= $2
        ORDER BY entry_id, subject";
    SEALER = "SELECT journal_seq, access_seq FROM sealer WHERE id = 1";
    NUMBERED = "SELECT COUNT(seq) AS n, MIN(seq) AS least, MAX(seq) AS most FROM journal";
    VIEWS_NUMBERED = "SELECT COUNT(seq) AS n, MIN(seq) AS least, MAX(seq) AS most FROM access";
    RESERVATIONS = "SELECT id, service, site, day, start, state, card_id, party_id, visitor, pins, number_issue, key_version, number_lookup, over, changes, web_changes FROM reservation
        WHERE id > $1 ORDER BY id LIMIT $2";
    RECEPTIONS = "SELECT v.id AS id, v.state AS state, r.id AS reservation_id, r.state AS reservation_state
        FROM reception v JOIN reservation r ON r.id = v.reservation_id WHERE v.id > $1 ORDER BY v.id LIMIT $2";
    CONSIGNMENTS = "SELECT c.id AS id, c.cards AS cards, c.kind AS kind,
        (SELECT COUNT(*) FROM card k WHERE k.consignment_id = c.id) AS rows_found
        FROM consignment c WHERE c.state = 'taken' ORDER BY c.id";
    BATCHES = "SELECT b.id AS id, b.cards AS cards,
        (SELECT COUNT(*) FROM batch_card k WHERE k.batch_id = b.id) AS rows_found FROM batch b ORDER BY b.id";
    LETTERS = "SELECT b.id AS id, b.letters AS letters,
        (SELECT COUNT(*) FROM letter k WHERE k.letter_batch_id = b.id) AS rows_found
        FROM letter_batch b ORDER BY b.id";
    LISTS = "SELECT l.service AS service, l.site AS site, l.day AS day,
        (SELECT COUNT(*) FROM day_list_line n WHERE n.service = l.service AND n.site = l.site AND n.day = l.day)
        AS rows_found FROM day_list l ORDER BY l.service, l.site, l.day";
    CLOSES = "SELECT c.service AS service, c.site AS site, c.day AS day, c.through_seq AS through_seq, j.seq AS seq
        FROM day_close c LEFT JOIN journal j ON j.id = c.entry_id ORDER BY c.service, c.site, c.day";
}

/// What the journal says of each noun.
#[derive(Default)]
struct Folded {
    consignments: BTreeMap<ConsignmentId, u32>,
    openings: BTreeMap<ConsignmentId, u32>,
    batches: BTreeMap<BatchId, u32>,
    letters: BTreeMap<LetterBatchId, u32>,
    lists: BTreeMap<BusinessDay, u32>,
    reservations: BTreeMap<ReservationId, Told>,
    receptions: BTreeMap<ReceptionId, Reception>,
    /// The receptions of those whose end was corrected.
    corrected: BTreeMap<ReservationId, ReceptionId>,
    incidents: incidents::Told,
    offers: offers::Told,
    recalls: recalls::Told,
    reminders: reminders::Told,
    disposals: disposals::Told,
    wishes: wishes::Told,
    stocktakings: stocktakings::Told,
    keys: cabinet_keys::Told,
    desks: desks::Told,
    pickups: pickups::Told,
}

/// What a booking began with.
struct Booked {
    party: Option<ReservationId>,
    visitor: Option<Visitor>,
    pins: Option<Pins>,
}

/// What the journal says of a reservation.
#[derive(Default)]
struct Told {
    state: Option<Booking>,
    /// The slot it was held or booked in first.
    first: Option<Slot>,
    /// From which slot to which it was moved, in whatever order.
    moves: Vec<(Slot, Slot)>,
    /// How many of these the citizen made on the web.
    on_web: u32,
    /// Its end as it was first recorded, and what was corrected of it, in whatever order.
    end: Option<End>,
    corrections: Vec<(End, End)>,
    /// In whose family's booking it was booked and who was to come, once it was.
    booked: Option<Booked>,
    /// In which slots it took a place beyond theirs, on purpose.
    beyond: Vec<Slot>,
    /// Whether it was taken over beyond the places of its first slot.
    taken_over_beyond: bool,
    /// Which booking it left for which, in whatever order.
    parties: Vec<(Option<ReservationId>, Option<ReservationId>)>,
    /// How that changed, in whatever order.
    visitors: Vec<(Option<Visitor>, Option<Visitor>)>,
    /// The same of what is known of the PINs.
    pins: Vec<(Option<Pins>, Option<Pins>)>,
}

/// What is left of a first value after all its changes, whose order is not known: one value, or the entries
/// contradict each other.
pub(super) fn left<'a, T: Ord>(first: Option<&'a T>, changes: &'a [(T, T)]) -> Vec<&'a T> {
    let mut net: BTreeMap<&T, i32> = first.into_iter().map(|value| (value, 1)).collect();
    for (from, to) in changes {
        *net.entry(from).or_default() -= 1;
        *net.entry(to).or_default() += 1;
    }
    net.into_iter().filter(|(_, count)| *count != 0).map(|(value, _)| value).collect()
}

impl Told {
    /// Whether the journal says that it takes a place beyond those of a slot.
    fn is_beyond(&self, slot: &Slot) -> bool {
        self.beyond.contains(slot) || (self.taken_over_beyond && self.first.as_ref() == Some(slot))
    }

    /// The slots in which it is after all its moves: one, or the entries contradict each other.
    fn slots(&self) -> Vec<&Slot> {
        left(self.first.as_ref(), &self.moves)
    }
}

impl Folded {
    fn take(&mut self, entry: &Entry) {
        self.offers.take(entry);
        self.recalls.take(entry);
        self.reminders.take(entry);
        self.disposals.take(entry);
        self.wishes.take(entry);
        self.stocktakings.take(entry);
        self.keys.take(entry);
        self.desks.take(entry);
        self.pickups.take(entry);
        match entry {
            Entry::ConsignmentTaken { consignment, cards } => {
                self.consignments.insert(*consignment, *cards);
            }
            Entry::OpeningTaken { consignment, cards } => {
                self.openings.insert(*consignment, *cards);
            }
            Entry::BatchSent { batch, cards, .. }
            | Entry::MailBatchSent { batch, cards, .. }
            | Entry::GroupSent { batch, cards, .. } => {
                self.batches.insert(*batch, *cards);
            }
            Entry::LettersPrinted { letters, count } => {
                self.letters.insert(*letters, *count);
            }
            Entry::ListFrozen { day, lines } => {
                self.lists.insert(day.clone(), *lines);
            }
            Entry::PlaceHeld { reservation, slot, .. } => {
                self.booking(*reservation, Booking::Held).first = Some(slot.clone());
            }
            Entry::HoldReleased { reservation, .. } => {
                self.booking(*reservation, Booking::Released);
            }
            Entry::Booked { reservation, slot, party, visitor, pins, .. } => {
                let told = self.booking(*reservation, Booking::Booked);
                told.first = Some(slot.clone());
                told.booked = Some(Booked { party: *party, visitor: *visitor, pins: *pins });
            }
            Entry::VisitorChanged { reservation, from, to, pins_from, pins_to, .. } => {
                let told = self.booking(*reservation, Booking::Booked);
                told.visitors.push((*from, *to));
                told.pins.push((*pins_from, *pins_to));
            }
            Entry::PartyChanged { reservation, from, to, .. } => {
                self.booking(*reservation, Booking::Booked).parties.push((*from, *to));
            }
            Entry::Moved { reservation, from, to, by, forced, .. } => {
                let told = self.booking(*reservation, Booking::Booked);
                told.moves.push((from.clone(), to.clone()));
                told.on_web += u32::from(*by == Channel::Web && !forced);
            }
            Entry::RuleOverridden { reservation, slot, limit: Limit::Places, .. } => {
                self.booking(*reservation, Booking::Booked).beyond.push(slot.clone());
            }
            Entry::ReservationTakenOver { reservation, over, .. } => {
                self.booking(*reservation, Booking::Booked).taken_over_beyond = *over;
            }
            Entry::Cancelled { reservation, .. } => {
                self.booking(*reservation, Booking::Cancelled);
            }
            Entry::NotCome { reservation, .. } => {
                self.booking(*reservation, Booking::NotCome).end = Some(End::NotCome);
            }
            Entry::EndCorrected { reservation, reception, from, to, .. } => {
                self.reservations.entry(*reservation).or_default().corrections.push((*from, *to));
                self.corrected.insert(*reservation, *reception);
            }
            Entry::IncidentOpened { .. } | Entry::IncidentTold { .. } | Entry::IncidentEnded { .. } => {
                self.incidents.take(entry);
            }
            Entry::Arrived { reception, .. } => self.visitor(*reception, Reception::Arrived),
            Entry::PapersChecked { reception, .. } => self.visitor(*reception, Reception::Checked),
            Entry::PassedToCity { reception, .. } => self.visitor(*reception, Reception::WithCity),
            Entry::Issued { reception, reservation, .. } => {
                self.visitor(*reception, Reception::Issued);
                self.booking(*reservation, Booking::Served).end = Some(End::Issued);
            }
            Entry::SentAway { reception, reservation, reason, .. } => {
                self.visitor(*reception, Reception::SentAway);
                self.booking(*reservation, Booking::Unserved).end = Some(End::SentAway { reason: *reason });
            }
            Entry::Left { reception, reservation, .. } => {
                self.visitor(*reception, Reception::Left);
                self.booking(*reservation, Booking::Unserved).end = Some(End::Left);
            }
            _ => {}
        }
    }

    /// Puts the ends as they were corrected in the place of those first recorded.
    fn correct(&mut self, findings: &mut Findings) {
        for (id, reception) in &self.corrected {
            let told = self.reservations.entry(*id).or_default();
            let last = told.end.map(|end| correction::last(end, &told.corrections));
            match last {
                Some(Ok(end)) => {
                    told.state = Some(end.booking());
                    if let Some(visit) = end.visit() {
                        self.receptions.insert(*reception, visit);
                    }
                }
                _ => findings.add(
                    Invariant::Fold,
                    format!("reservation:{id}"),
                    "its corrections contradict each other",
                ),
            }
        }
    }

    fn booking(&mut self, id: ReservationId, state: Booking) -> &mut Told {
        let told = self.reservations.entry(id).or_default();
        told.state = Some(told.state.map_or(state, |known| known.later(state)));
        told
    }

    fn visitor(&mut self, id: ReceptionId, state: Reception) {
        self.receptions.entry(id).and_modify(|known| *known = known.later(state)).or_insert(state);
    }
}

pub(super) fn check(reader: &mut Reader<'_>, keys: &Keys, findings: &mut Findings) -> Result<()> {
    let mut folded = journal_itself(reader, findings)?;
    numbering(reader, findings)?;
    reservations(reader, keys, &mut folded, findings)?;
    receptions(reader, &mut folded, findings)?;
    counts(reader, &mut folded, findings)?;
    incidents::check(reader, std::mem::take(&mut folded.incidents), findings)?;
    offers::check(reader, std::mem::take(&mut folded.offers), findings)?;
    recalls::check(reader, std::mem::take(&mut folded.recalls), findings)?;
    reminders::check(reader, std::mem::take(&mut folded.reminders), findings)?;
    disposals::check(reader, std::mem::take(&mut folded.disposals), findings)?;
    wishes::check(reader, std::mem::take(&mut folded.wishes), findings)?;
    stocktakings::check(reader, std::mem::take(&mut folded.stocktakings), findings)?;
    desks::check(reader, std::mem::take(&mut folded.desks), findings)?;
    pickups::check(reader, std::mem::take(&mut folded.pickups), findings)?;
    cabinet_keys::check(reader, &folded.keys, findings)?;
    supplies::check(reader, findings)?;
    closes(reader, findings)?;
    texts::check(reader, findings)
}

fn journal_itself(reader: &mut Reader<'_>, findings: &mut Findings) -> Result<Folded> {
    // The way of each noun has no circles, so the order of the entries does not matter, and none is kept.
    let mut folded = Folded::default();
    let mut after = String::new();
    loop {
        let entries = reader.rows(&ENTRIES, bind![after, PAGE], |row| {
            Ok((
                row.get::<EntryId>("id")?,
                row.get::<Timestamp>("at")?,
                row.get::<Date>("day")?,
                row.get::<String>("kind")?,
                journal::entry(row),
            ))
        })?;
        let Some(last) = entries.last() else { break };
        let last = last.0.to_string();
        let mut subjects: BTreeMap<EntryId, BTreeSet<String>> = BTreeMap::new();
        for (entry, subject) in reader.rows(&SUBJECTS, bind![after, last], |row| {
            Ok((row.get::<EntryId>("entry_id")?, row.get::<String>("subject")?))
        })? {
            subjects.entry(entry).or_default().insert(subject);
        }
        for (id, at, day, kind, entry) in entries {
            let name = format!("entry:{id}");
            if day != day_of(at) {
                findings.add(Invariant::Journal, &name, "its business day is not the day of its instant");
            }
            match entry {
                Err(_) => findings.add(Invariant::Journal, &name, "it cannot be read"),
                Ok(entry) => {
                    if entry.kind() != kind {
                        findings.add(Invariant::Journal, &name, "its kind is not that of its data");
                    }
                    let wanted: BTreeSet<String> = entry.subjects().iter().map(Subject::to_string).collect();
                    if wanted != subjects.remove(&id).unwrap_or_default() {
                        findings.add(Invariant::Journal, &name, "it is not found under its subjects");
                    }
                    folded.take(&entry);
                }
            }
        }
        after = last;
    }
    folded.correct(findings);
    Ok(folded)
}

fn numbering(reader: &mut Reader<'_>, findings: &mut Findings) -> Result<()> {
    let sealer = reader.row(&SEALER, bind![], |row| Ok((row.get("journal_seq")?, row.get("access_seq")?)))?;
    let (journal_seq, access_seq): (i64, i64) = sealer.unwrap_or((0, 0));
    for (name, statement, sealed) in
        [("journal", &NUMBERED, journal_seq), ("access", &VIEWS_NUMBERED, access_seq)]
    {
        let (n, least, most) = reader.one(statement, bind![], |row| {
            Ok((row.get::<i64>("n")?, row.get::<Option<i64>>("least")?, row.get::<Option<i64>>("most")?))
        })?;
        if n != sealed || least.unwrap_or(1) != 1 || most.unwrap_or(0) != sealed {
            let what =
                format!("{n} numbered, the sealer gave {sealed}, the highest is {}", most.unwrap_or(0));
            findings.add(Invariant::Journal, name, what);
        }
    }
    Ok(())
}

fn reservations(
    reader: &mut Reader<'_>,
    keys: &Keys,
    folded: &mut Folded,
    findings: &mut Findings,
) -> Result<()> {
    let mut after = String::new();
    loop {
        let page = reader.rows(&RESERVATIONS, bind![after, PAGE], |row| {
            Ok((
                row.get::<ReservationId>("id")?,
                row.get::<Booking>("state")?,
                row.get::<u32>("number_issue")?,
                row.get::<u32>("key_version")?,
                row.get::<Option<[u8; 32]>>("number_lookup")?,
                (
                    super::slots::slot(row)?,
                    row.get("party_id")?,
                    row.get("visitor")?,
                    row.get("pins")?,
                    row.get::<bool>("over")?,
                ),
                (row.get::<usize>("changes")?, row.get::<u32>("web_changes")?),
            ))
        })?;
        let Some(last) = page.last() else { break };
        after = last.0.to_string();
        for (id, state, issue, version, lookup, (slot, party, visitor, pins, over), changes) in page {
            let name = format!("reservation:{id}");
            match folded.reservations.remove(&id) {
                None => findings.add(Invariant::Fold, &name, "the journal does not know it"),
                Some(told) => {
                    if let Some(told) = told.state.filter(|told| *told != state) {
                        let what = format!("the journal says {told}, stored is {state}");
                        findings.add(Invariant::Fold, &name, what);
                    }
                    // A hold's family is no fact yet; of a booking it is told.
                    if let Some(booked) = &told.booked {
                        if left(Some(&booked.party), &told.parties) != [&party] {
                            let what = "the journal says another family than is stored";
                            findings.add(Invariant::Fold, &name, what);
                        }
                        if left(Some(&booked.visitor), &told.visitors) != [&visitor] {
                            let what = "the journal says another visitor than is stored";
                            findings.add(Invariant::Fold, &name, what);
                        }
                        if left(Some(&booked.pins), &told.pins) != [&pins] {
                            let what = "the journal says otherwise of the PINs than is stored";
                            findings.add(Invariant::Fold, &name, what);
                        }
                    }
                    if over && !told.is_beyond(&slot) {
                        let what = "it takes a place beyond its slot's, and the journal says no reason";
                        findings.add(Invariant::Fold, &name, what);
                    }
                    if changes != (told.moves.len(), told.on_web) {
                        let what = "the journal says it was moved another number of times than is stored";
                        findings.add(Invariant::Fold, &name, what);
                    }
                    if told.slots() != [&slot] {
                        findings.add(Invariant::Fold, &name, "the journal says another slot than is stored");
                    }
                }
            }
            let set = keys.version(version)?;
            let number = Number::derive(set.number.bits(), NumberKind::Reservation, id.to_bytes(), issue);
            if lookup != Some(number.lookup(set.lookup.bits())) {
                findings.add(
                    Invariant::Number,
                    &name,
                    "it is found under another number than the one derived from it",
                );
            }
        }
    }
    for id in folded.reservations.keys() {
        findings.add(
            Invariant::Fold,
            format!("reservation:{id}"),
            "the journal knows it, the table does not",
        );
    }
    Ok(())
}

fn receptions(reader: &mut Reader<'_>, folded: &mut Folded, findings: &mut Findings) -> Result<()> {
    let mut after = String::new();
    loop {
        let page = reader.rows(&RECEPTIONS, bind![after, PAGE], |row| {
            Ok((
                row.get::<ReceptionId>("id")?,
                row.get::<Reception>("state")?,
                row.get::<Booking>("reservation_state")?,
            ))
        })?;
        let Some(last) = page.last() else { break };
        after = last.0.to_string();
        for (id, state, booking) in page {
            let name = format!("reception:{id}");
            match folded.receptions.remove(&id) {
                None => findings.add(Invariant::Fold, &name, "the journal does not know it"),
                Some(told) if told != state => {
                    findings.add(
                        Invariant::Fold,
                        &name,
                        format!("the journal says {told}, stored is {state}"),
                    );
                }
                Some(_) => {}
            }
            let wanted = match state {
                Reception::Arrived | Reception::Checked | Reception::WithCity => Booking::Booked,
                Reception::Issued => Booking::Served,
                Reception::SentAway | Reception::Left => Booking::Unserved,
            };
            if booking != wanted {
                findings.add(Invariant::Fold, &name, format!("it is {state} and its reservation {booking}"));
            }
        }
    }
    for id in folded.receptions.keys() {
        findings.add(Invariant::Fold, format!("reception:{id}"), "the journal knows it, the table does not");
    }
    Ok(())
}

fn counts(reader: &mut Reader<'_>, folded: &mut Folded, findings: &mut Findings) -> Result<()> {
    let count = |row: &Row<'_>, column| Ok((row.get::<u32>(column)?, row.get::<u32>("rows_found")?));
    for (id, is_opening, (said, rows)) in reader.rows(&CONSIGNMENTS, bind![], |row| {
        let is_opening = row.get::<String>("kind")? == "opening";
        Ok((row.get::<ConsignmentId>("id")?, is_opening, count(row, "cards")?))
    })? {
        let told = if is_opening { &folded.openings } else { &folded.consignments };
        compare(findings, format!("consignment:{id}"), said, rows, told.get(&id).copied());
    }
    for (id, (said, rows)) in
        reader.rows(&BATCHES, bind![], |row| Ok((row.get::<BatchId>("id")?, count(row, "cards")?)))?
    {
        compare(findings, format!("batch:{id}"), said, rows, folded.batches.get(&id).copied());
    }
    for (id, (said, rows)) in
        reader.rows(&LETTERS, bind![], |row| Ok((row.get::<LetterBatchId>("id")?, count(row, "letters")?)))?
    {
        compare(findings, format!("letters:{id}"), said, rows, folded.letters.get(&id).copied());
    }
    for (day, rows) in reader.rows(&LISTS, bind![], |row| {
        let day = BusinessDay { service: row.get("service")?, site: row.get("site")?, day: row.get("day")? };
        Ok((day, row.get::<u32>("rows_found")?))
    })? {
        compare(findings, format!("list:{day}"), rows, rows, folded.lists.get(&day).copied());
    }
    Ok(())
}

fn compare(findings: &mut Findings, name: String, said: u32, rows: u32, told: Option<u32>) {
    if said != rows || told != Some(said) {
        let told = told.map_or_else(|| "nothing".to_owned(), |n| n.to_string());
        findings.add(Invariant::Count, name, format!("it says {said}, has {rows}, the journal says {told}"));
    }
}

fn closes(reader: &mut Reader<'_>, findings: &mut Findings) -> Result<()> {
    let closes = reader.rows(&CLOSES, bind![], |row| {
        let day = BusinessDay { service: row.get("service")?, site: row.get("site")?, day: row.get("day")? };
        Ok((day, row.get::<i64>("through_seq")?, row.get::<Option<i64>>("seq")?))
    })?;
    for (day, through, seq) in closes {
        let name = format!("day:{day}");
        if seq != Some(through) {
            findings.add(Invariant::Count, &name, "its report does not end with its close");
        }
        match report::counts(reader, &day) {
            Ok(counts) if counts.reconciles() && counts.is_complete() => {
                let state = report::closed(reader, &day)?.and_then(|closed| closed.state);
                if state.is_some_and(|state| state.main != Main::from(&counts)) {
                    findings.add(Invariant::Count, &name, "its close says other figures than its entries");
                }
            }
            Ok(_) => findings.add(Invariant::Count, &name, "its counts do not reconcile"),
            Err(report::CloseError::Store(error)) => return Err(error),
            Err(error) => findings.add(Invariant::Count, &name, error.to_string()),
        }
    }
    Ok(())
}
