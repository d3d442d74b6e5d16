//! Slots: counted from the reservations, compared with what is stored.

use std::collections::BTreeMap;

use domain::id::{CardId, ReservationId};
use domain::journal::Slot;
use domain::reservation::{Channel, MOST_IN_PARTY};
use domain::service::Service;

use super::{Findings, Invariant};
use crate::error::Result;
use crate::tx::Reader;
use crate::{bind, statements};

statements! { "verify.slots":
    USAGE = "SELECT service, site, day, start, web, telephone, counter, walk_in, ceiling, over FROM slot_usage
        ORDER BY service, site, day, start";
    TAKEN = "SELECT service, site, day, start, channel, COUNT(*) AS n FROM reservation
        WHERE state IN ('held', 'booked', 'served', 'unserved', 'not_come')
        GROUP BY service, site, day, start, channel ORDER BY service, site, day, start, channel";
    HELD_FOR_OFFERS = "SELECT service, site, day, start, channel, COUNT(*) AS n FROM offer_place
        WHERE state = 'held' GROUP BY service, site, day, start, channel
        ORDER BY service, site, day, start, channel";
    LIVE_TWICE = "SELECT card_id, COUNT(*) AS n FROM reservation WHERE state IN ('held', 'booked') AND card_id IS NOT NULL
        GROUP BY card_id HAVING COUNT(*) > 1 ORDER BY card_id";
    PARTIES = "SELECT party_id, COUNT(*) AS n, MIN(service) AS service_least, MAX(service) AS service_most,
        MIN(site) AS site_least, MAX(site) AS site_most, MIN(day) AS day_least, MAX(day) AS day_most FROM reservation
        WHERE party_id IS NOT NULL AND state IN ('held', 'booked', 'served', 'unserved', 'not_come')
        GROUP BY party_id ORDER BY party_id";
    STRAY = "SELECT r.id AS id FROM reservation r LEFT JOIN reservation f ON f.id = r.party_id
        WHERE r.party_id IS NOT NULL AND f.id IS NULL ORDER BY r.id LIMIT 100";
    SHARED = "SELECT r.id AS id FROM reservation r WHERE r.party_id IS NULL AND r.state = 'booked' AND EXISTS (SELECT 1
        FROM reservation m WHERE m.party_id = r.id AND m.state = 'booked') ORDER BY r.id LIMIT 100";
    CARD_AND_SERVICE = "SELECT id, service FROM reservation WHERE (card_id IS NULL) <> (service = 'renewal')
        ORDER BY id LIMIT 100";
}

pub(super) fn check(reader: &mut Reader<'_>, findings: &mut Findings) -> Result<()> {
    let mut counted: BTreeMap<Slot, BTreeMap<Channel, u32>> = BTreeMap::new();
    // A place is taken by a reservation that has it, or by an offer that holds it for one.
    for statement in [&TAKEN, &HELD_FOR_OFFERS] {
        for (slot, channel, n) in reader.rows(statement, bind![], |row| {
            Ok((slot(row)?, row.get::<Channel>("channel")?, row.get::<u32>("n")?))
        })? {
            *counted.entry(slot).or_default().entry(channel).or_default() += n;
        }
    }
    let usage = reader.rows(&USAGE, bind![], |row| {
        let by_channel: BTreeMap<Channel, u32> = BTreeMap::from([
            (Channel::Web, row.get("web")?),
            (Channel::Telephone, row.get("telephone")?),
            (Channel::Counter, row.get("counter")?),
            (Channel::WalkIn, row.get("walk_in")?),
        ]);
        Ok((slot(row)?, by_channel, row.get::<i64>("ceiling")?, row.get::<i64>("over")?))
    })?;
    for (slot, stored, ceiling, over) in usage {
        let name = slot_name(&slot);
        let total: u32 = stored.values().sum();
        if (i64::from(total) - ceiling).max(0) != over {
            findings.add(Invariant::Slot, &name, format!("{total} taken of {ceiling}, {over} beyond"));
        }
        let by_reservation = counted.remove(&slot).unwrap_or_default();
        for (channel, n) in stored {
            let rows = by_reservation.get(&channel).copied().unwrap_or(0);
            if rows != n {
                findings.add(Invariant::Slot, &name, format!("{channel}: {n} stored, {rows} reservations"));
            }
        }
    }
    for (slot, by_channel) in counted {
        let n: u32 = by_channel.values().sum();
        findings.add(Invariant::Slot, slot_name(&slot), format!("nothing stored, {n} reservations"));
    }
    for (card, n) in
        reader.rows(&LIVE_TWICE, bind![], |row| Ok((row.get::<CardId>("card_id")?, row.get::<u32>("n")?)))?
    {
        findings.add(Invariant::OneLiveReservation, format!("card:{card}"), format!("{n} live reservations"));
    }
    parties(reader, findings)?;
    for (id, service) in reader.rows(&CARD_AND_SERVICE, bind![], |row| {
        Ok((row.get::<ReservationId>("id")?, row.get::<Service>("service")?))
    })? {
        let what = if service == Service::Renewal { "a renewal has a card" } else { "it has no card" };
        findings.add(Invariant::OneLiveReservation, format!("reservation:{id}"), what);
    }
    Ok(())
}

/// Families come on one day to one counter, and are not more than a booking may have.
fn parties(reader: &mut Reader<'_>, findings: &mut Findings) -> Result<()> {
    let parties = reader.rows(&PARTIES, bind![], |row| {
        let one = |least, most| -> Result<bool> { Ok(row.get::<String>(least)? == row.get::<String>(most)?) };
        let together = one("service_least", "service_most")?
            && one("site_least", "site_most")?
            && one("day_least", "day_most")?;
        Ok((row.get::<ReservationId>("party_id")?, row.get::<usize>("n")?, together))
    })?;
    for (party, n, together) in parties {
        let name = format!("party:{party}");
        if !together {
            findings.add(Invariant::Party, &name, "its reservations are not of one day of one counter");
        }
        if n > MOST_IN_PARTY {
            findings.add(Invariant::Party, &name, format!("{n} reservations"));
        }
    }
    for id in reader.rows(&STRAY, bind![], |row| row.get::<ReservationId>("id"))? {
        findings.add(Invariant::Party, format!("reservation:{id}"), "the first of its family does not exist");
    }
    for id in reader.rows(&SHARED, bind![], |row| row.get::<ReservationId>("id"))? {
        let what = "it is alone, and another booking has its name";
        findings.add(Invariant::Party, format!("reservation:{id}"), what);
    }
    Ok(())
}

pub(super) fn slot(row: &crate::value::Row<'_>) -> Result<Slot> {
    Ok(Slot {
        service: row.get("service")?,
        site: row.get("site")?,
        day: row.get("day")?,
        start: row.get("start")?,
    })
}

fn slot_name(slot: &Slot) -> String {
    format!("slot:{}/{}", slot.business_day(), slot.start)
}
