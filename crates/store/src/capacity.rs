//! Places in slots: the one function that takes and frees them.
//!
//! How many a slot grants, and how many of them a way of booking may have by now, is computed from the rules; stored is
//! only what is taken. Every way to a place goes
//! through [`shift`]: hold, confirm, change, cancel, expiry, telephone, counter, walk-in.

use domain::capacity::{Open, Used};
use domain::journal::Slot;
use domain::reservation::{Channel, Limit};
use domain::rules::RuleSet;
use domain::service::{Service, SiteCode};
use domain::time::Start;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::dialect;
use crate::error::{Error, Result};
use crate::journal::Recorded;
use crate::tx::{Reader, Tx};
use crate::value::Row;
use crate::{bind, statements};

statements! { "capacity":
    EPOCH = "SELECT epoch FROM rule_epoch WHERE id = 1";
    TAKE = "INSERT INTO slot_usage (service, site, day, start, web, telephone, counter, walk_in, ceiling, over)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0)
        ON CONFLICT (service, site, day, start)
        DO UPDATE SET web = slot_usage.web + excluded.web, telephone = slot_usage.telephone + excluded.telephone,
        counter = slot_usage.counter + excluded.counter, walk_in = slot_usage.walk_in + excluded.walk_in,
        ceiling = excluded.ceiling, over = 0
        WHERE slot_usage.web + slot_usage.telephone + slot_usage.counter + slot_usage.walk_in < $10
        AND excluded.web * slot_usage.web + excluded.walk_in * slot_usage.walk_in
        + (excluded.telephone + excluded.counter) * (slot_usage.telephone + slot_usage.counter) < $11";
    FREE = "UPDATE slot_usage SET web = web - $1, telephone = telephone - $2, counter = counter - $3,
        walk_in = walk_in - $4, over = CASE WHEN over > 0 THEN over - 1 ELSE 0 END
        WHERE service = $5 AND site = $6 AND day = $7 AND start = $8
        AND web >= $1 AND telephone >= $2 AND counter >= $3 AND walk_in >= $4";
    TAKE_OVER = "UPDATE slot_usage SET web = web + $1, telephone = telephone + $2, counter = counter + $3,
        walk_in = walk_in + $4, ceiling = $5, over = web + telephone + counter + walk_in + 1 - $5
        WHERE service = $6 AND site = $7 AND day = $8 AND start = $9
        AND web + telephone + counter + walk_in >= $5";
    USED_OF = "SELECT web, telephone + counter AS desk, walk_in FROM slot_usage
        WHERE service = $1 AND site = $2 AND day = $3 AND start = $4";
    USED = "SELECT day, start, web, telephone + counter AS desk, walk_in FROM slot_usage
        WHERE service = $1 AND site = $2 AND day >= $3 AND day <= $4 ORDER BY day, start";
}

/// One place more or less in a slot.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shift {
    /// Which slot.
    pub slot: Slot,
    /// In whose count.
    pub channel: Channel,
    /// Taken, or freed.
    pub take: bool,
}

/// Why places were not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ShiftError {
    /// The slot grants no more, or no more to this way of booking by now.
    #[error("the slot is full")]
    Full(Slot),
    /// The rules changed since the grant was computed: load them and try again.
    #[error("the rules have changed")]
    StaleRules,
    /// The store.
    #[error(transparent)]
    Store(#[from] Error),
}

/// One place in the count of a way of booking, and none in the others: web, telephone, counter, walk-in.
fn one_of(channel: Channel) -> [i64; 4] {
    [Channel::Web, Channel::Telephone, Channel::Counter, Channel::WalkIn].map(|of| i64::from(of == channel))
}

/// The epoch of the rules that are in force, locked until the transaction ends where the engine can.
pub fn epoch_for_share(tx: &mut Tx<'_>) -> Result<i64> {
    let statement = dialect::epoch_for_share(tx.engine());
    tx.one(statement, bind![], |row| row.get("epoch"))
}

/// The epoch of the rules that are in force.
pub fn epoch(reader: &mut Reader<'_>) -> Result<i64> {
    reader.one(&EPOCH, bind![], |row| row.get("epoch"))
}

/// Takes and frees places: sorted by slot, freed before taken, and last before commit, so that the hot row is
/// locked for the shortest time and two transactions never wait for each other in a ring.
///
/// `full` is asked once for each slot that is full: it frees the slot's expired holds (their rows) and answers in
/// whose counts they stood; then the place is tried once more.
pub fn shift(
    tx: &mut Tx<'_>,
    recorded: &Recorded,
    rules: &RuleSet,
    shifts: &[Shift],
    full: &mut dyn FnMut(&mut Tx<'_>, &Slot) -> Result<Vec<Channel>>,
) -> Result<(), ShiftError> {
    run(tx, recorded, rules, shifts, Reach::Share, full).map(drop)
}

/// [`shift`] within all places of a slot, whatever the way of booking may have of them: for reservations that were
/// promised already, elsewhere.
pub fn shift_within_all(
    tx: &mut Tx<'_>,
    recorded: &Recorded,
    rules: &RuleSet,
    shifts: &[Shift],
    full: &mut dyn FnMut(&mut Tx<'_>, &Slot) -> Result<Vec<Channel>>,
) -> Result<(), ShiftError> {
    run(tx, recorded, rules, shifts, Reach::All, full).map(drop)
}

/// [`shift`], with a place beyond the share of the way of booking, and beyond those of the slot, where nothing else can
/// be had: deliberate, by permission. Answers for each place that was taken so in which slot and beyond what, for its
/// flag: [`Limit::Share`] or [`Limit::Places`].
pub fn shift_beyond(
    tx: &mut Tx<'_>,
    recorded: &Recorded,
    rules: &RuleSet,
    shifts: &[Shift],
    full: &mut dyn FnMut(&mut Tx<'_>, &Slot) -> Result<Vec<Channel>>,
) -> Result<Vec<(Slot, Limit)>, ShiftError> {
    run(tx, recorded, rules, shifts, Reach::Beyond, full)
}

/// Gives places back, sorted by slot: for those that are given back and nothing is taken for them.
pub(crate) fn give_back(tx: &mut Tx<'_>, recorded: &Recorded, places: &[Shift]) -> Result<()> {
    let mut ordered: Vec<&Shift> = places.iter().collect();
    ordered.sort_unstable();
    ordered.into_iter().try_for_each(|place| free(tx, recorded, &place.slot, place.channel))
}

/// How far a place may be sought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// Within what the way of booking may have now.
    Share,
    /// Within all places of the slot.
    All,
    /// Beyond them.
    Beyond,
}

fn run(
    tx: &mut Tx<'_>,
    recorded: &Recorded,
    rules: &RuleSet,
    shifts: &[Shift],
    reach: Reach,
    full: &mut dyn FnMut(&mut Tx<'_>, &Slot) -> Result<Vec<Channel>>,
) -> Result<Vec<(Slot, Limit)>, ShiftError> {
    // A free that stands beside a take of the same slot must come first, or the last place could not be moved
    // within its slot.
    let mut ordered: Vec<&Shift> = shifts.iter().collect();
    ordered.sort_by(|a, b| (&a.slot, a.take, a.channel).cmp(&(&b.slot, b.take, b.channel)));
    if shifts.iter().any(|shift| shift.take) && epoch_for_share(tx)? != rules.epoch() {
        return Err(ShiftError::StaleRules);
    }
    let mut taken_beyond = Vec::new();
    for shift in ordered {
        if !shift.take {
            free(tx, recorded, &shift.slot, shift.channel)?;
            continue;
        }
        let (now, first) = (recorded.at(), if reach == Reach::All { Reach::All } else { Reach::Share });
        if take(tx, rules, shift, now, first)? {
            continue;
        }
        let freed = full(tx, &shift.slot)?;
        for channel in &freed {
            free(tx, recorded, &shift.slot, *channel)?;
        }
        if !freed.is_empty() && take(tx, rules, shift, now, first)? {
            continue;
        }
        if reach != Reach::Beyond {
            return Err(ShiftError::Full(shift.slot.clone()));
        }
        if take(tx, rules, shift, now, Reach::All)? {
            taken_beyond.push((shift.slot.clone(), Limit::Share));
            continue;
        }
        match take_beyond(tx, recorded, rules, &shift.slot, shift.channel) {
            Ok(()) => taken_beyond.push((shift.slot.clone(), Limit::Places)),
            // Somebody gave a place back at this moment.
            Err(ShiftError::Full(_)) if take(tx, rules, shift, now, Reach::All)? => {}
            Err(error) => return Err(error),
        }
    }
    Ok(taken_beyond)
}

/// Takes one place if the slot has one left, and the way of booking one of its own. The statement itself asks both, so
/// two at once never share the last.
fn take(tx: &mut Tx<'_>, rules: &RuleSet, shift: &Shift, now: Timestamp, reach: Reach) -> Result<bool> {
    let Slot { service, site, day, start } = &shift.slot;
    let grant = rules.grant(*service, site, *day, *start);
    let places = grant.places;
    let Open { own, whole } = match reach {
        Reach::Share => grant.open(shift.channel, now),
        Reach::All | Reach::Beyond => Open { own: places, whole: places },
    };
    // A slot that grants nothing gets no row; the upsert would otherwise begin with one taken.
    if own == 0 || whole == 0 {
        return Ok(false);
    }
    let [web, telephone, counter, walk_in] = one_of(shift.channel);
    let taken = tx.execute(
        &TAKE,
        bind![service, site, day, start, web, telephone, counter, walk_in, places, whole, own],
    )?;
    Ok(taken == 1)
}

/// What a slot grants, and how much of it is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// How many places it grants.
    pub places: u16,
    /// How many are taken.
    pub taken: u32,
}

impl Room {
    /// Whether every place is taken.
    pub fn is_full(self) -> bool {
        self.taken >= u32::from(self.places)
    }
}

/// The room of a slot.
pub fn room(reader: &mut Reader<'_>, rules: &RuleSet, slot: &Slot) -> Result<Room> {
    let Slot { service, site, day, start } = slot;
    let used = reader.row(&USED_OF, bind![service, site, day, start], used_of)?.unwrap_or_default();
    Ok(Room { places: rules.grant(*service, site, *day, *start).places, taken: used.total() })
}

/// Takes a place beyond those of a slot that is full: deliberate, by permission, and flagged in its row. A slot that
/// grants nothing has no place beyond.
pub fn take_beyond(
    tx: &mut Tx<'_>,
    _recorded: &Recorded,
    rules: &RuleSet,
    slot: &Slot,
    channel: Channel,
) -> Result<(), ShiftError> {
    if epoch_for_share(tx)? != rules.epoch() {
        return Err(ShiftError::StaleRules);
    }
    let Slot { service, site, day, start } = slot;
    let places = rules.grant(*service, site, *day, *start).places;
    let [web, telephone, counter, walk_in] = one_of(channel);
    let taken =
        tx.execute(&TAKE_OVER, bind![web, telephone, counter, walk_in, places, service, site, day, start])?;
    if places == 0 || taken == 0 {
        return Err(ShiftError::Full(slot.clone()));
    }
    Ok(())
}

fn free(tx: &mut Tx<'_>, _recorded: &Recorded, slot: &Slot, channel: Channel) -> Result<()> {
    let Slot { service, site, day, start } = slot;
    let [web, telephone, counter, walk_in] = one_of(channel);
    tx.execute_one(&FREE, bind![web, telephone, counter, walk_in, service, site, day, start])
}

fn used_of(row: &Row<'_>) -> Result<Used> {
    Ok(Used { web: row.get("web")?, desk: row.get("desk")?, walk_in: row.get("walk_in")? })
}

/// What each way of booking has of the slots of some days, inclusive, in order; slots that were never asked for are not
/// listed.
pub fn used(
    reader: &mut Reader<'_>,
    service: Service,
    site: &SiteCode,
    from: Date,
    until: Date,
) -> Result<Vec<(Date, Start, Used)>> {
    reader.rows(&USED, bind![service, site, from, until], |row| {
        Ok((row.get("day")?, row.get("start")?, used_of(row)?))
    })
}

/// [`used`] by all ways together.
pub fn taken(
    reader: &mut Reader<'_>,
    service: Service,
    site: &SiteCode,
    from: Date,
    until: Date,
) -> Result<Vec<(Date, Start, u32)>> {
    let used = used(reader, service, site, from, until)?;
    Ok(used.into_iter().map(|(day, start, used)| (day, start, used.total())).collect())
}
