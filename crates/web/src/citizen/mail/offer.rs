//! What the pages of a booking say about mail.

use domain::id::VisitId;
use domain::ledger::Field;
use store::contact::{self, Standing};
use store::{outbox, privacy};

use crate::App;
use crate::citizen::route;
use crate::citizen::visit::begun::Booking;
use crate::key;
use crate::kit::{PageError, Texts};

/// How the contact of a booking stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contact {
    /// None was given, or it was removed.
    None,
    /// Its owner has not confirmed it yet.
    Asked,
    /// It is confirmed.
    Confirmed,
    /// The last mail did not arrive.
    Bounced,
}

/// What a page says, with the link to the page of the address.
#[derive(Debug, Clone)]
pub struct Offer {
    /// How it stands.
    pub contact: Contact,
    /// The address with most of its signs hidden.
    pub hint: String,
    /// The page of the address.
    pub href: String,
}

impl Offer {
    /// What is said.
    pub fn text(&self, texts: &Texts) -> String {
        let said = match self.contact {
            Contact::None => return texts.get(key!("mail-offer")).into_owned(),
            Contact::Asked => key!("mail-asked"),
            Contact::Confirmed => key!("mail-confirmed"),
            Contact::Bounced => key!("mail-bounced"),
        };
        texts.with(said, "address", &self.hint)
    }

    /// The message of the link.
    pub fn link(&self) -> &'static str {
        if self.contact == Contact::None { key!("mail-give") } else { key!("mail-other") }
    }
}

/// What to say on the pages of a booking; nothing where no address may be held.
pub(crate) async fn offer(app: &App, visit: VisitId, booking: &Booking) -> Result<Option<Offer>, PageError> {
    if !app.settings.mails {
        return Ok(None);
    }
    let (keys, of) = (app.keys.clone(), contact::booking_of(&booking.first));
    let found = app.db.read(move |reader| {
        if privacy::allowed(reader, Field::MailAddress)?.is_none() {
            return Ok::<_, store::Error>(None);
        }
        let known = contact::find(reader, of)?.filter(|known| known.standing != Standing::Gone);
        let address = contact::address(reader, &keys, of)?;
        let Some((known, address)) = known.zip(address) else {
            return Ok(Some((Contact::None, String::new())));
        };
        let contact = match known.standing {
            _ if outbox::last_bounced(reader, of)? => Contact::Bounced,
            Standing::Confirmed => Contact::Confirmed,
            Standing::Asked | Standing::Gone => Contact::Asked,
        };
        Ok(Some((contact, address.hinted())))
    });
    Ok(found.await?.map(|(contact, hint)| Offer { contact, hint, href: route::mail(visit) }))
}
