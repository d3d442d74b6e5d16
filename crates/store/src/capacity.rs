//! Places in slots: the one function that takes and frees them.
//!
//! How many a slot grants is computed from the rules; stored is only what is taken. Every way to a place goes
//! through [`shift`]: hold, confirm, change, cancel, expiry, telephone, counter, walk-in.

use domain::journal::Slot;
use domain::reservation::Channel;
use domain::rules::RuleSet;
use domain::service::{Service, SiteCode};
use domain::time::Start;
use jiff::civil::Date;

use crate::dialect;
use crate::error::{Error, Result};
use crate::journal::Recorded;
use crate::statement::Statement;
use crate::tx::{Reader, Tx};
use crate::{bind, statements};

statements! { "capacity":
    EPOCH = "SELECT epoch FROM rule_epoch WHERE id = 1";
    TAKE_WEB = "INSERT INTO slot_usage (service, site, day, start, web, telephone, counter, walk_in, ceiling, over)
        VALUES ($1, $2, $3, $4, 1, 0, 0, 0, $5, 0)
        ON CONFLICT (service, site, day, start)
        DO UPDATE SET web = slot_usage.web + 1, ceiling = excluded.ceiling, over = 0
        WHERE slot_usage.web + slot_usage.telephone + slot_usage.counter + slot_usage.walk_in < excluded.ceiling";
    TAKE_TELEPHONE = "INSERT INTO slot_usage
        (service, site, day, start, web, telephone, counter, walk_in, ceiling, over)
        VALUES ($1, $2, $3, $4, 0, 1, 0, 0, $5, 0)
        ON CONFLICT (service, site, day, start)
        DO UPDATE SET telephone = slot_usage.telephone + 1, ceiling = excluded.ceiling, over = 0
        WHERE slot_usage.web + slot_usage.telephone + slot_usage.counter + slot_usage.walk_in < excluded.ceiling";
    TAKE_COUNTER = "INSERT INTO slot_usage
        (service, site, day, start, web, telephone, counter, walk_in, ceiling, over)
        VALUES ($1, $2, $3, $4, 0, 0, 1, 0, $5, 0)
        ON CONFLICT (service, site, day, start)
        DO UPDATE SET counter = slot_usage.counter + 1, ceiling = excluded.ceiling, over = 0
        WHERE slot_usage.web + slot_usage.telephone + slot_usage.counter + slot_usage.walk_in < excluded.ceiling";
    TAKE_WALK_IN = "INSERT INTO slot_usage
        (service, site, day, start, web, telephone, counter, walk_in, ceiling, over)
        VALUES ($1, $2, $3, $4, 0, 0, 0, 1, $5, 0)
        ON CONFLICT (service, site, day, start)
        DO UPDATE SET walk_in = slot_usage.walk_in + 1, ceiling = excluded.ceiling, over = 0
        WHERE slot_usage.web + slot_usage.telephone + slot_usage.counter + slot_usage.walk_in < excluded.ceiling";
    FREE_WEB = "UPDATE slot_usage SET web = web - 1,
        over = CASE WHEN over > 0 THEN over - 1 ELSE 0 END
        WHERE service = $1 AND site = $2 AND day = $3 AND start = $4 AND web > 0";
    FREE_TELEPHONE = "UPDATE slot_usage SET telephone = telephone - 1,
        over = CASE WHEN over > 0 THEN over - 1 ELSE 0 END
        WHERE service = $1 AND site = $2 AND day = $3 AND start = $4 AND telephone > 0";
    FREE_COUNTER = "UPDATE slot_usage SET counter = counter - 1,
        over = CASE WHEN over > 0 THEN over - 1 ELSE 0 END
        WHERE service = $1 AND site = $2 AND day = $3 AND start = $4 AND counter > 0";
    FREE_WALK_IN = "UPDATE slot_usage SET walk_in = walk_in - 1,
        over = CASE WHEN over > 0 THEN over - 1 ELSE 0 END
        WHERE service = $1 AND site = $2 AND day = $3 AND start = $4 AND walk_in > 0";
    TAKE_OVER = "UPDATE slot_usage SET web = web + $1, telephone = telephone + $2, counter = counter + $3,
        walk_in = walk_in + $4, ceiling = $5, over = web + telephone + counter + walk_in + 1 - $5
        WHERE service = $6 AND site = $7 AND day = $8 AND start = $9
        AND web + telephone + counter + walk_in >= $5";
    TAKEN_OF = "SELECT web + telephone + counter + walk_in AS taken FROM slot_usage
        WHERE service = $1 AND site = $2 AND day = $3 AND start = $4";
    USED = "SELECT day, start, web + telephone + counter + walk_in AS taken FROM slot_usage
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
    /// The slot grants no more.
    #[error("the slot is full")]
    Full(Slot),
    /// The rules changed since the grant was computed: load them and try again.
    #[error("the rules have changed")]
    StaleRules,
    /// The store.
    #[error(transparent)]
    Store(#[from] Error),
}

fn taking(channel: Channel) -> &'static Statement {
    match channel {
        Channel::Web => &TAKE_WEB,
        Channel::Telephone => &TAKE_TELEPHONE,
        Channel::Counter => &TAKE_COUNTER,
        Channel::WalkIn => &TAKE_WALK_IN,
    }
}

fn freeing(channel: Channel) -> &'static Statement {
    match channel {
        Channel::Web => &FREE_WEB,
        Channel::Telephone => &FREE_TELEPHONE,
        Channel::Counter => &FREE_COUNTER,
        Channel::WalkIn => &FREE_WALK_IN,
    }
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
    run(tx, recorded, rules, shifts, false, full).map(drop)
}

/// [`shift`], with a place beyond those of a slot where it is full and nothing else can be had: deliberate, by
/// permission. Answers for each place that was taken so in which slot, for its flag.
pub fn shift_beyond(
    tx: &mut Tx<'_>,
    recorded: &Recorded,
    rules: &RuleSet,
    shifts: &[Shift],
    full: &mut dyn FnMut(&mut Tx<'_>, &Slot) -> Result<Vec<Channel>>,
) -> Result<Vec<Slot>, ShiftError> {
    run(tx, recorded, rules, shifts, true, full)
}

fn run(
    tx: &mut Tx<'_>,
    recorded: &Recorded,
    rules: &RuleSet,
    shifts: &[Shift],
    beyond: bool,
    full: &mut dyn FnMut(&mut Tx<'_>, &Slot) -> Result<Vec<Channel>>,
) -> Result<Vec<Slot>, ShiftError> {
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
        if take(tx, rules, shift)? {
            continue;
        }
        let freed = full(tx, &shift.slot)?;
        for channel in &freed {
            free(tx, recorded, &shift.slot, *channel)?;
        }
        if !freed.is_empty() && take(tx, rules, shift)? {
            continue;
        }
        if !beyond {
            return Err(ShiftError::Full(shift.slot.clone()));
        }
        match take_beyond(tx, recorded, rules, &shift.slot, shift.channel) {
            Ok(()) => taken_beyond.push(shift.slot.clone()),
            // Somebody gave a place back at this moment.
            Err(ShiftError::Full(_)) if take(tx, rules, shift)? => {}
            Err(error) => return Err(error),
        }
    }
    Ok(taken_beyond)
}

fn take(tx: &mut Tx<'_>, rules: &RuleSet, shift: &Shift) -> Result<bool> {
    let Slot { service, site, day, start } = &shift.slot;
    let places = rules.grant(*service, site, *day, *start).places;
    // A slot that grants nothing gets no row; the upsert would otherwise begin with one taken.
    if places == 0 {
        return Ok(false);
    }
    Ok(tx.execute(taking(shift.channel), bind![service, site, day, start, places])? == 1)
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
    let taken = reader.row(&TAKEN_OF, bind![service, site, day, start], |row| row.get("taken"))?;
    Ok(Room { places: rules.grant(*service, site, *day, *start).places, taken: taken.unwrap_or(0) })
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
    let [web, telephone, counter, walk_in] =
        [Channel::Web, Channel::Telephone, Channel::Counter, Channel::WalkIn]
            .map(|one| i64::from(one == channel));
    let taken =
        tx.execute(&TAKE_OVER, bind![web, telephone, counter, walk_in, places, service, site, day, start])?;
    if places == 0 || taken == 0 {
        return Err(ShiftError::Full(slot.clone()));
    }
    Ok(())
}

fn free(tx: &mut Tx<'_>, _recorded: &Recorded, slot: &Slot, channel: Channel) -> Result<()> {
    let Slot { service, site, day, start } = slot;
    tx.execute_one(freeing(channel), bind![service, site, day, start])
}

/// What is taken of the slots of some days, inclusive, in order; slots with nothing taken are not listed.
pub fn taken(
    reader: &mut Reader<'_>,
    service: Service,
    site: &SiteCode,
    from: Date,
    until: Date,
) -> Result<Vec<(Date, Start, u32)>> {
    reader.rows(&USED, bind![service, site, from, until], |row| {
        Ok((row.get("day")?, row.get("start")?, row.get("taken")?))
    })
}
