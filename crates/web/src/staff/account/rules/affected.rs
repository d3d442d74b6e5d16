//! The reservations that a change leaves without a place of their own, as the staff find them.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::ReservationId;
use domain::journal::{BusinessDay, Slot};
use domain::proposal::Placed;
use domain::reservation::State;
use domain::service::Service;
use domain::time::month_day_ja;
use store::Reader;
use store::keys::Keys;

use crate::staff::{counter, renewal, wording};

/// A reservation.
#[derive(Debug, Clone)]
pub(in super::super) struct Affected {
    /// Which one.
    pub(in super::super) reservation: ReservationId,
    /// Its slot.
    pub(in super::super) slot: Slot,
    /// Its page.
    pub(in super::super) href: String,
    /// When: 11月24日(火) 9:00.
    pub(in super::super) when: String,
    /// The service.
    pub(in super::super) service: &'static str,
    /// The card's 管理番号; a renewal has none.
    pub(in super::super) control: String,
    /// The number of the 交付通知書, where the city agreed to it.
    pub(in super::super) notice: String,
    /// The language, where it is not Japanese.
    pub(in super::super) language: &'static str,
    /// 予約, or 手続き中 while a citizen still chooses.
    pub(in super::super) state: &'static str,
}

impl Affected {
    /// Whether it is booked, and no citizen is still choosing.
    pub(super) fn is_booked(&self) -> bool {
        self.state == State::Booked.label()
    }

    /// Where it is moved.
    pub(super) fn move_href(&self) -> String {
        format!("{}/move", self.href)
    }
}

/// Reads what is known of them: two statements for each of their days.
pub(in super::super) fn read(
    reader: &mut Reader<'_>,
    keys: &Keys,
    unfit: &[Placed],
) -> Result<Vec<Affected>, store::Error> {
    let issued = unfit.iter().map(|placed| placed.slot.business_day());
    let days: BTreeSet<BusinessDay> = issued.filter(|day| day.service == Service::Issuance).collect();
    let mut known = BTreeMap::new();
    for day in days {
        let notices = store::privacy::open_of_day(reader, keys, &day, store::privacy::NOTICE_NUMBER)?;
        for line in store::reservation::of_day(reader, day.service, &day.site, day.day)? {
            let notice = notices.get(&line.card).cloned().unwrap_or_default();
            known.insert(line.id, (line, notice));
        }
    }
    let one = |placed: &Placed| {
        let (id, slot) = (placed.reservation, &placed.slot);
        let found = known.get(&id);
        let is_renewal = slot.service == Service::Renewal;
        Affected {
            reservation: id,
            slot: slot.clone(),
            href: if is_renewal { renewal::route::renewal(id) } else { counter::route::reservation(id) },
            when: format!("{} {}", month_day_ja(slot.day), slot.start),
            service: slot.service.label(),
            control: found.map_or_else(|| "－".to_owned(), |(line, _)| wording::control(line.control_number)),
            notice: found.map_or_else(|| "－".to_owned(), |(_, notice)| notice.clone()),
            language: found.map_or("", |(line, _)| wording::language(&line.language)),
            state: match found {
                None if !is_renewal => "手続き中",
                _ => State::Booked.label(),
            },
        }
    };
    Ok(unfit.iter().map(one).collect())
}
