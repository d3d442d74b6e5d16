//! Mails to citizens as the staff see them: on the page of each reservation what was sent, and the list of those that did
//! not arrive. The address itself is shown nowhere: who needs it is the mail server alone.

pub(crate) mod act;
pub(crate) mod list;
#[cfg(test)]
pub(crate) mod samples;
pub(crate) mod told;
pub(crate) mod words;

use domain::id::MailId;
use domain::permission::Permission;

use super::desk::{Access, Desk};
use super::listing::Listing;

/// The mails that did not arrive.
pub(crate) const FAILED: &str = "/mails";

/// Sending a mail once more.
pub(crate) fn again(mail: MailId) -> String {
    format!("{FAILED}/{mail}/again")
}

/// Stopping the mails of the booking of a mail.
pub(crate) fn stop(mail: MailId) -> String {
    format!("{FAILED}/{mail}/stop")
}

/// The lists of this part.
pub(crate) const LISTINGS: &[&Listing] = &[&list::LISTING];

/// Registers the screens of this part.
pub(crate) fn routes(desk: Desk) -> Desk {
    let may = Access::May;
    desk.get(FAILED, may(Permission::SeeReservations), list::show)
        .get("/lists/mails/{file}", may(Permission::SeeReservations), list::file)
        .post("/mails/again", may(Permission::Reserve), act::all_again)
        .post("/mails/{id}/again", may(Permission::Reserve), act::again)
        .post("/mails/{id}/stop", may(Permission::Reserve), act::stop)
}
