//! The reservations that a change leaves without a place of their own, as the staff find them.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::{OfferId, ReservationId};
use domain::journal::{BusinessDay, Slot};
use domain::offer::{Reason, State};
use domain::proposal::Placed;
use domain::reservation::State as Booking;
use domain::service::Service;
use domain::time::month_day_ja;
use jiff::{SignedDuration, Timestamp};
use store::Reader;
use store::keys::Keys;
use store::offer::Offer;
use store::offer::list::Listed;

use crate::staff::wording::moment;
use crate::staff::{counter, renewal, wording};

/// A reservation.
#[derive(Debug, Clone)]
pub(in crate::staff) struct Affected {
    /// Which one.
    pub(in crate::staff) reservation: ReservationId,
    /// Its slot.
    pub(in crate::staff) slot: Slot,
    /// Its page.
    pub(in crate::staff) href: String,
    /// When: 11月24日(火) 9:00.
    pub(in crate::staff) when: String,
    /// The service.
    pub(in crate::staff) service: &'static str,
    /// The card's 管理番号; a renewal has none.
    pub(in crate::staff) control: String,
    /// By what people tell it from the others of its slot: the 管理番号, or the end of a renewal's own number.
    pub(in crate::staff) name: String,
    /// The number of the 交付通知書, where the city agreed to it.
    pub(in crate::staff) notice: String,
    /// The language, where it is not Japanese.
    pub(in crate::staff) language: &'static str,
    /// 予約, or 手続き中 while a citizen still chooses.
    pub(in crate::staff) state: &'static str,
    /// Whether mail reaches the citizen; the address itself is shown to nobody.
    pub(in crate::staff) has_mail: bool,
    /// What was offered to the booking last; for lists that tell of it ([`with_offers`]).
    pub(in crate::staff) offer: Option<Offered>,
}

/// What was offered to a booking, in a line.
#[derive(Debug, Clone)]
pub(crate) struct Offered {
    /// Its page.
    pub(crate) href: String,
    /// When the places are that are or were held; empty: there was none.
    pub(crate) to: String,
    /// How it stands.
    pub(crate) state: State,
    /// Until when an answer is awaited: 11月27日(金) 23:59; empty: it is over.
    pub(crate) until: String,
}

impl Offered {
    /// The line of an offer as it stands at an instant.
    pub(crate) fn of(offer: &Offer, now: Timestamp) -> Self {
        let state = offer.seen(now);
        Self {
            href: route_of(offer.id),
            to: times(offer.places.iter().map(|place| &place.to)),
            state,
            until: if state == State::Open { moment(offer.until) } else { String::new() },
        }
    }

    /// 11月25日(水) 9:00（返事待ち、11月27日(金) 23:59まで）.
    pub(crate) fn text(&self) -> String {
        let until = if self.until.is_empty() { String::new() } else { format!("、{}まで", self.until) };
        if self.to.is_empty() {
            self.state.label().to_owned()
        } else {
            format!("{}（{}{until}）", self.to, self.state.label())
        }
    }
}

/// The page of an offer.
pub(crate) fn route_of(id: OfferId) -> String {
    format!("/offers/{id}")
}

/// When people come: 11月25日(水) 9:00・9:10.
pub(crate) fn times<'a>(slots: impl Iterator<Item = &'a Slot>) -> String {
    let mut slots: Vec<&Slot> = slots.collect();
    slots.sort_unstable();
    slots.dedup();
    let Some(first) = slots.first() else { return String::new() };
    let starts: Vec<String> = slots.iter().map(|slot| slot.start.to_string()).collect();
    format!("{} {}", month_day_ja(first.day), starts.join("・"))
}

impl Affected {
    /// Whether it is booked, and no citizen is still choosing.
    pub(super) fn is_booked(&self) -> bool {
        self.state == Booking::Booked.label()
    }

    /// Whether it is one of a renewal, of which neither card nor notice is known.
    pub(in crate::staff) fn is_renewal(&self) -> bool {
        self.slot.service == Service::Renewal
    }

    /// What contact there is, in a word.
    pub(in crate::staff) fn contact(&self) -> &'static str {
        if self.has_mail { "メール" } else { "なし" }
    }

    /// Where it is moved.
    pub(super) fn move_href(&self) -> String {
        format!("{}/move", self.href)
    }
}

/// How long an offer is shown after it was made.
const SHOWN: SignedDuration = SignedDuration::from_hours(60 * 24);
/// More offers than a city makes in that time.
const MOST: u32 = 20_000;

/// The offers that were made within [`SHOWN`], the last first.
pub(super) fn offers(reader: &mut Reader<'_>, now: Timestamp) -> Result<Vec<Listed>, store::Error> {
    // Before the beginning of time nothing was offered.
    store::offer::list::since(reader, now.saturating_sub(SHOWN).unwrap_or(Timestamp::MIN), MOST)
}

/// [`read`], with what was offered to each last: two statements more.
pub(super) fn with_offers(
    reader: &mut Reader<'_>,
    keys: &Keys,
    unfit: &[Placed],
    now: Timestamp,
) -> Result<Vec<Affected>, store::Error> {
    let mut last: BTreeMap<ReservationId, Offered> = BTreeMap::new();
    for Listed { offer, .. } in offers(reader, now)? {
        // What was offered to a wish is no answer to a place that is gone (`store::offer::bulk`).
        if offer.reason == Reason::Wish {
            continue;
        }
        let line = Offered::of(&offer, now);
        for of in offer.places.iter().map(|place| place.reservation).chain([offer.booking]) {
            last.entry(of).or_insert_with(|| line.clone());
        }
    }
    let mut lines = read(reader, keys, unfit)?;
    for line in &mut lines {
        line.offer = last.remove(&line.reservation);
    }
    Ok(lines)
}

/// Reads what is known of them: three statements for each of their days, two where these are renewals.
pub(in crate::staff) fn read(
    reader: &mut Reader<'_>,
    keys: &Keys,
    unfit: &[Placed],
) -> Result<Vec<Affected>, store::Error> {
    let mut by_mail = BTreeSet::new();
    for day in unfit.iter().map(|placed| placed.slot.business_day()).collect::<BTreeSet<_>>() {
        by_mail.extend(store::contact::confirmed_of_day(reader, &day)?);
    }
    let issued = unfit.iter().map(|placed| placed.slot.business_day());
    let days: BTreeSet<BusinessDay> = issued.filter(|day| day.service == Service::Issuance).collect();
    let mut renewals = BTreeMap::new();
    let renewed = unfit.iter().map(|placed| placed.slot.business_day());
    let renewed = renewed.filter(|day| day.service == Service::Renewal).collect::<BTreeSet<BusinessDay>>();
    for day in renewed {
        for line in store::renewals::of_day(reader, &day)? {
            renewals.insert(line.id, line.language);
        }
    }
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
        let (found, renewal) = (known.get(&id), renewals.get(&id));
        let is_renewal = slot.service == Service::Renewal;
        let language = renewal.or_else(|| found.map(|(line, _)| &line.language));
        let control = found.map(|(line, _)| wording::control(line.control_number));
        Affected {
            reservation: id,
            slot: slot.clone(),
            href: if is_renewal { renewal::route::renewal(id) } else { counter::route::reservation(id) },
            when: format!("{} {}", month_day_ja(slot.day), slot.start),
            service: slot.service.label(),
            name: control.clone().unwrap_or_else(|| wording::short(id)),
            control: control.unwrap_or_else(|| "－".to_owned()),
            notice: found.map_or_else(|| "－".to_owned(), |(_, notice)| notice.clone()),
            language: language.map_or("", |code| wording::language(code)),
            // What is only held stands on no list of the day.
            state: if found.is_none() && renewal.is_none() {
                "手続き中"
            } else {
                Booking::Booked.label()
            },
            has_mail: by_mail.contains(&id),
            offer: None,
        }
    };
    Ok(unfit.iter().map(one).collect())
}
