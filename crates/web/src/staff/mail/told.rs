//! What the page of a reservation says of mail: whether there is an address, and what was sent to it. Never the address.

use domain::id::{MailId, OperationId};
use domain::permission::Permission;
use store::Reader;
use store::contact::{self, Contact, Standing};
use store::outbox::{self, OfBooking};
use store::reservation::Reservation;

use super::words;
use crate::App;
use crate::staff::desk::Signed;
use crate::staff::wording;

/// How many mails are shown.
const MOST: u32 = 30;

/// What the database knows.
pub(crate) struct Known {
    contact: Option<Contact>,
    mails: Vec<OfBooking>,
}

/// Reads the mails of a booking.
pub(crate) fn read(reader: &mut Reader<'_>, reservation: &Reservation) -> Result<Known, store::Error> {
    let booking = contact::booking_of(reservation);
    let contact = contact::find(reader, booking)?;
    // Without an address nothing was ever sent.
    let mails = match contact {
        Some(_) => outbox::of_booking(reader, booking, MOST)?,
        None => Vec::new(),
    };
    Ok(Known { contact, mails })
}

/// A mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) id: MailId,
    pub(crate) at: String,
    pub(crate) what: &'static str,
    pub(crate) standing: &'static str,
    pub(crate) said: String,
    /// The presses of sending it again and of stopping, while somebody is needed who may.
    pub(crate) acts: Option<[OperationId; 2]>,
}

impl Line {
    pub(crate) fn again(&self) -> String {
        super::again(self.id)
    }

    pub(crate) fn stop(&self) -> String {
        super::stop(self.id)
    }
}

/// The part of the page; nothing where no address was ever given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    /// How the address stands.
    pub(crate) contact: &'static str,
    /// The mails, the latest first.
    pub(crate) lines: Vec<Line>,
    /// The page that it is a part of.
    pub(crate) back: String,
}

/// Puts what is known into words.
pub(crate) fn told(app: &App, signed: &Signed, known: Known, back: String) -> Option<Told> {
    let contact = known.contact?;
    let today = app.today();
    let may = signed.may(Permission::Reserve) && contact.standing != Standing::Gone;
    let line = |mail: OfBooking| {
        let (standing, said) = words::standing(&mail, today);
        let acts =
            (may && mail.is_open && mail.issue == contact.issue).then(|| [app.operation(), app.operation()]);
        Line { id: mail.id, at: wording::moment(mail.at), what: mail.kind.label(), standing, said, acts }
    };
    Some(Told {
        contact: match contact.standing {
            Standing::Asked => "登録あり（本人の確認待ち。確認されるまで、ほかのお知らせは送りません）",
            Standing::Confirmed => "登録あり（本人が確認済）",
            Standing::Gone => "削除済",
        },
        lines: known.mails.into_iter().map(line).collect(),
        back,
    })
}
