//! Contact by mail: the address that a citizen gave for a booking, confirmed by a link, removed by a button or a day.
//!
//! Only where the ledger allows the field. A family's booking has one address, that of the first of its reservations:
//! where that one goes to another day without the rest, the address goes along, and who stays has none until they give
//! one ([`party`]).

use domain::id::{Id, MailToken, ReservationId};
use domain::journal::{BusinessDay, Entry, Subject};
use domain::ledger::Field;
use domain::mail::{Address, Kind};
use domain::reservation::State as Reserved;
use domain::service::{Service, SiteCode};
use domain::time::day_of;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::act::Act;
use crate::error::{Error, Result};
use crate::journal::Recorded;
use crate::keys::{KeySet, Keys};
use crate::outbox::{self, Mail, failed};
use crate::privacy::{self, Holding};
use crate::reservation::{self, Reservation, party};
use crate::tx::{Reader, Tx};
use crate::value::Row;
use crate::{bind, statements};

statements! { "contact":
    FIND = "SELECT reservation_id, state, language, issue, key_version FROM contact WHERE reservation_id = $1";
    BY_TOKEN = "SELECT reservation_id, state, language, issue, key_version FROM contact WHERE token_lookup = $1";
    GIVE = "INSERT INTO contact (reservation_id, state, language, issue, key_version, token_lookup, entry_id)
        VALUES ($1, 'asked', $2, $3, $4, $5, $6) ON CONFLICT (reservation_id) DO UPDATE SET state = 'asked',
        language = excluded.language, issue = excluded.issue, key_version = excluded.key_version,
        token_lookup = excluded.token_lookup, confirmed_at = NULL, entry_id = excluded.entry_id";
    CONFIRM = "UPDATE contact SET state = 'confirmed', confirmed_at = $1
        WHERE reservation_id = $2 AND state = 'asked' AND issue = $3";
    GONE = "UPDATE contact SET state = 'gone', confirmed_at = NULL WHERE reservation_id = $1 AND state <> 'gone'";
    CONFIRMED_OF_DAY = "SELECT r.id AS id FROM reservation r
        JOIN contact c ON c.reservation_id = COALESCE(r.party_id, r.id)
        WHERE r.service = $1 AND r.site = $2 AND r.day = $3 AND r.state = 'booked' AND c.state = 'confirmed'
        ORDER BY r.id";
    TO_REMIND = "SELECT c.reservation_id AS booking_id, MIN(r.id) AS reservation_id, c.language AS language,
        c.issue AS issue FROM reservation r JOIN contact c ON c.reservation_id = COALESCE(r.party_id, r.id)
        WHERE r.service = $1 AND r.site = $2 AND r.day = $3 AND r.state = 'booked'
        AND c.state = 'confirmed' AND c.confirmed_at < $4
        AND NOT EXISTS (SELECT 1 FROM card k WHERE k.id = r.card_id AND k.suspended = 1)
        AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.booking_id = c.reservation_id AND o.kind = 'reminder'
        AND o.day = $3) GROUP BY c.reservation_id, c.language, c.issue ORDER BY c.reservation_id LIMIT $5";
}

/// How often an address may be given for one booking: nobody is flooded with mail through our pages.
pub const MOST: u32 = 5;

/// How an address stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It was given, and its owner has not pressed the button yet.
    Asked,
    /// Its owner confirmed it.
    Confirmed,
    /// It was removed.
    Gone,
}

/// The contact of a booking.
#[derive(Debug, Clone)]
pub struct Contact {
    /// The booking: the first of its reservations.
    pub booking: ReservationId,
    /// How it stands.
    pub standing: Standing,
    /// The citizen's language, as a code.
    pub language: String,
    /// Rises with every address that is given.
    pub issue: u32,
    /// The version of the keys from which its token is derived.
    pub key_version: u32,
}

impl Contact {
    /// The one-time token of the link, derived again; it is stored nowhere.
    pub fn token(&self, keys: &Keys) -> Result<MailToken> {
        Ok(token(keys.version(self.key_version)?, self.booking, self.issue))
    }
}

/// Why an address was not taken or confirmed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ContactError {
    /// The ledger does not allow it.
    #[error("the ledger does not allow mail addresses")]
    NotAllowed,
    /// There is no such booking, token or mail, or the address is gone.
    #[error("not found")]
    NotFound,
    /// The booking is over or was cancelled.
    #[error("the booking is over")]
    Over,
    /// Too many addresses were given for the booking.
    #[error("too many addresses for one booking")]
    TooOften,
    /// Whoever gives it gave too many addresses for whatever bookings.
    #[error("too many addresses from one network")]
    TooMany,
    /// The operation was used for something else.
    #[error(transparent)]
    Reused(#[from] crate::op::Reused),
    /// The store.
    #[error(transparent)]
    Store(#[from] Error),
}

fn token(set: &KeySet, booking: ReservationId, issue: u32) -> MailToken {
    let bits = u128::from_be_bytes(Keys::mail_token(set, booking.to_bytes(), issue));
    // An id is 48 bits of an instant and 80 of chance; here all of them are derived. The 48 bits always fit.
    let milliseconds = u64::try_from(bits >> 80).unwrap_or_default();
    MailToken::from_parts(milliseconds, bits & ((1 << 80) - 1))
}

fn contact(row: &Row<'_>) -> Result<Contact> {
    let standing = match row.get::<String>("state")?.as_str() {
        "asked" => Standing::Asked,
        "confirmed" => Standing::Confirmed,
        "gone" => Standing::Gone,
        other => return Err(Error::Broken(format!("a contact that is {other}"))),
    };
    Ok(Contact {
        booking: row.get("reservation_id")?,
        standing,
        language: row.get("language")?,
        issue: row.get("issue")?,
        key_version: row.get("key_version")?,
    })
}

/// The booking to which a reservation belongs, as contacts know it.
pub fn booking_of(reservation: &Reservation) -> ReservationId {
    reservation.party.unwrap_or(reservation.id)
}

/// The contact of a booking, also if it is gone.
pub fn find(reader: &mut Reader<'_>, booking: ReservationId) -> Result<Option<Contact>> {
    reader.row(&FIND, bind![booking], contact)
}

/// The contact whose link has this token, under every version of the keys.
pub fn by_token(reader: &mut Reader<'_>, keys: &Keys, token: MailToken) -> Result<Option<Contact>> {
    let mut found = None;
    for (_, set) in keys.newest_first() {
        let lookup = Keys::mail_lookup(set, &token.to_string());
        found = found.or(reader.row(&BY_TOKEN, bind![lookup], contact)?);
    }
    Ok(found)
}

/// The address of a contact, while it is held.
pub fn address(reader: &mut Reader<'_>, keys: &Keys, booking: ReservationId) -> Result<Option<Address>> {
    let subject = Subject::Reservation(booking);
    let held = privacy::open(reader, keys, &subject, Field::MailAddress.code())?;
    let broken = |_| Error::Broken(format!("the mail address of {subject} is none"));
    held.map(|text| Address::read(&text).map_err(broken)).transpose()
}

/// What a citizen gives.
#[derive(Debug, Clone)]
pub struct Giving {
    /// One of the reservations of the booking.
    pub reservation: ReservationId,
    /// The address.
    pub address: Address,
    /// The citizen's language, as a code.
    pub language: String,
    /// 24 random bytes.
    pub nonce: [u8; 24],
    /// Whether its owner is asked by mail. Who was asked often enough in a short time is not: then the link that they
    /// have stays good where it is for this booking, and otherwise the address waits, and is gone with the next day.
    pub ask: bool,
}

/// Holds an address until its owner confirms it, at most until the end of the next day, and asks them by mail.
pub fn give(tx: &mut Tx<'_>, act: &Act, keys: &Keys, giving: &Giving) -> Result<(), ContactError> {
    let Some(allowed) = privacy::allowed(tx, Field::MailAddress)? else {
        return Err(ContactError::NotAllowed);
    };
    let Some(reservation) = reservation::find(tx, giving.reservation)? else {
        return Err(ContactError::NotFound);
    };
    if reservation.state != Reserved::Booked || reservation.slot.day < day_of(act.at) {
        return Err(ContactError::Over);
    }
    let booking = booking_of(&reservation);
    let known = find(tx, booking)?;
    if !giving.ask && known.as_ref().is_some_and(|known| known.standing == Standing::Asked) {
        let held = address(tx, keys, booking)?;
        if held.is_some_and(|held| held == giving.address) {
            return Ok(());
        }
    }
    let issue = known.map_or(1, |known| known.issue + 1);
    if issue > MOST {
        return Err(ContactError::TooOften);
    }
    let recorded = tx.record(act, &Entry::MailGiven { reservation: booking })?;
    let subject = &Subject::Reservation(booking);
    privacy::delete(tx, &recorded, subject, Field::MailAddress)?;
    let today = day_of(act.at);
    // Never without a day: after the last one of the calendar there is none to wait for.
    let delete_on = Some(today.tomorrow().unwrap_or(today));
    let holding = Holding { subject, value: giving.address.as_str(), nonce: giving.nonce, delete_on };
    privacy::hold(tx, keys, &allowed, &[holding])?;
    let (version, set) = keys.newest()?;
    let lookup = Keys::mail_lookup(set, &token(set, booking, issue).to_string());
    tx.execute_one(&GIVE, bind![booking, giving.language, issue, version, lookup, recorded.entry()])?;
    failed::settle(tx, booking, act.at)?;
    if !giving.ask {
        return Ok(());
    }
    let mail = Mail {
        kind: Kind::Confirm,
        booking,
        reservation: reservation.id,
        language: giving.language.clone(),
        issue,
        day: reservation.slot.day,
    };
    outbox::enqueue(tx, act, &recorded, &mail)?;
    Ok(())
}

/// Confirms the address whose owner pressed the button; pressing it again changes nothing.
pub fn confirm(tx: &mut Tx<'_>, act: &Act, keys: &Keys, token: MailToken) -> Result<(), ContactError> {
    let Some(contact) = by_token(tx, keys, token)? else { return Err(ContactError::NotFound) };
    match contact.standing {
        Standing::Asked => {}
        Standing::Confirmed => return Ok(()),
        Standing::Gone => return Err(ContactError::NotFound),
    }
    let Some(allowed) = privacy::allowed(tx, Field::MailAddress)? else {
        return Err(ContactError::NotAllowed);
    };
    let Some(first) = reservation::find(tx, contact.booking)? else { return Err(ContactError::NotFound) };
    let booked = party::speaker(tx, &first)?;
    if booked.state != Reserved::Booked || booked.slot.day < day_of(act.at) {
        return Err(ContactError::Over);
    }
    let recorded = tx.record(act, &Entry::MailConfirmed { reservation: contact.booking })?;
    if tx.execute(&CONFIRM, bind![act.at, contact.booking, contact.issue])? == 0 {
        tx.run_again(&CONFIRM);
        return Err(Error::Conflict.into());
    }
    let subject = Subject::Reservation(contact.booking);
    privacy::delete_on(tx, &recorded, &subject, Field::MailAddress, allowed.until(booked.slot.day))?;
    let mail = Mail {
        kind: Kind::Booked,
        booking: contact.booking,
        reservation: booked.id,
        language: contact.language,
        issue: contact.issue,
        day: booked.slot.day,
    };
    outbox::enqueue(tx, act, &recorded, &mail)?;
    Ok(())
}

/// Removes the address of a booking at once: by the citizen, or by staff after a mail did not arrive.
pub fn remove(tx: &mut Tx<'_>, act: &Act, booking: ReservationId) -> Result<(), ContactError> {
    let known = find(tx, booking)?.filter(|contact| contact.standing != Standing::Gone);
    if known.is_none() {
        return Ok(());
    }
    let recorded = tx.record(act, &Entry::MailRemoved { reservation: booking })?;
    privacy::delete(tx, &recorded, &Subject::Reservation(booking), Field::MailAddress)?;
    tx.execute(&GONE, bind![booking])?;
    Ok(failed::settle(tx, booking, act.at)?)
}

/// The value behind a contact was deleted by its day.
pub(crate) fn gone(tx: &mut Tx<'_>, recorded: &Recorded, subject: &str) -> Result<()> {
    let booking = subject.strip_prefix("reservation:").and_then(|booking| booking.parse().ok());
    let booking: ReservationId =
        booking.ok_or_else(|| Error::Broken(format!("a mail address is held for {subject}")))?;
    tx.execute(&GONE, bind![booking])?;
    failed::settle(tx, booking, recorded.at())
}

/// What became of a booking, for those who are told by mail.
pub(crate) fn told(tx: &mut Tx<'_>, act: &Act, recorded: &Recorded, changed: &Reservation) -> Result<()> {
    let booking = booking_of(changed);
    let Some(contact) = find(tx, booking)?.filter(|contact| contact.standing == Standing::Confirmed) else {
        return Ok(());
    };
    let Some(now) = reservation::find(tx, changed.id)? else { return Ok(()) };
    // Who left the family on another day is not among them any more: they have no address until they give one.
    let rest = party::of_booking(tx, booking)?;
    let booked = rest.iter().filter(|member| member.state == Reserved::Booked).min_by_key(|member| member.id);
    let (kind, of) = booked.map_or((Kind::Cancelled, &now), |booked| (Kind::Changed, booked));
    let counted_from = if kind == Kind::Cancelled { day_of(act.at) } else { of.slot.day };
    let until = privacy::allowed(tx, Field::MailAddress)?.and_then(|allowed| allowed.until(counted_from));
    let subject = Subject::Reservation(booking);
    privacy::delete_on(tx, recorded, &subject, Field::MailAddress, until)?;
    let mail = Mail {
        kind,
        booking,
        reservation: of.id,
        language: contact.language,
        issue: contact.issue,
        day: of.slot.day,
    };
    outbox::enqueue(tx, act, recorded, &mail)?;
    Ok(())
}

/// Other places are held for a booking: whoever is told by mail is asked by mail.
pub(crate) fn offered(tx: &mut Tx<'_>, act: &Act, recorded: &Recorded, of: &Reservation) -> Result<()> {
    let booking = booking_of(of);
    let Some(contact) = find(tx, booking)?.filter(|contact| contact.standing == Standing::Confirmed) else {
        return Ok(());
    };
    let mail = Mail {
        kind: Kind::Offered,
        booking,
        reservation: of.id,
        language: contact.language,
        issue: contact.issue,
        day: of.slot.day,
    };
    outbox::enqueue(tx, act, recorded, &mail)
}

/// The reservations of a day whose booking has a confirmed address.
pub fn confirmed_of_day(reader: &mut Reader<'_>, day: &BusinessDay) -> Result<Vec<ReservationId>> {
    reader.rows(&CONFIRMED_OF_DAY, bind![day.service, day.site, day.day], |row| row.get("id"))
}

/// Which bookings of a day are to be reminded.
#[derive(Debug, Clone)]
pub struct Reminding {
    /// Of which service.
    pub service: Service,
    /// At which site.
    pub site: SiteCode,
    /// Of which day: tomorrow.
    pub day: Date,
    /// Who confirmed their address after this instant was told a moment ago.
    pub before: Timestamp,
}

/// Whether anybody is still to be reminded: looking first keeps an idle house from writing.
pub fn has_to_remind(reader: &mut Reader<'_>, reminding: &Reminding) -> Result<bool> {
    let Reminding { service, site, day, before } = reminding;
    Ok(reader.row(&TO_REMIND, bind![service, site, day, before, 1_u32], |_| Ok(()))?.is_some())
}

/// Puts the reminders of a day into the outbox, at most `limit`, and answers how many.
pub fn remind(tx: &mut Tx<'_>, act: &Act, reminding: &Reminding, limit: u32) -> Result<u32> {
    let Reminding { service, site, day, before } = reminding;
    let mails = tx.rows(&TO_REMIND, bind![service, site, day, before, limit], |row| {
        Ok(Mail {
            kind: Kind::Reminder,
            booking: row.get("booking_id")?,
            reservation: row.get("reservation_id")?,
            language: row.get("language")?,
            issue: row.get("issue")?,
            day: *day,
        })
    })?;
    let count = u32::try_from(mails.len()).unwrap_or(limit);
    if count > 0 {
        let recorded = tx.record(act, &Entry::RemindersDue { day: *day, count })?;
        for mail in &mails {
            outbox::enqueue(tx, act, &recorded, mail)?;
        }
    }
    Ok(count)
}
