//! Accounts and what stands behind the work: signing in, passwords, people and their roles, the rules and how they are
//! changed, the ledger, the journal and the register of views.

mod access;
mod asked;
mod export;
mod journal;
mod ledger;
mod one_time;
mod password;
mod people;
pub(crate) mod rules;
mod settings;
mod sign_in;
mod sign_out;
pub(crate) mod words;

use domain::permission::Permission;

use super::desk::{Access, Desk, PASSWORD, SIGN_IN, Signed};
use super::layout::{Layout, Task};
use super::listing::Listing;
use crate::kit::Form;

#[cfg(test)]
mod samples;

/// The lists of this part.
pub(crate) const LISTINGS: &[&Listing] =
    &[&rules::over::LISTING, &rules::offers::LISTING, &people::export::LISTING];

/// Registers the screens of this part.
pub(crate) fn routes(desk: Desk) -> Desk {
    const PEOPLE: Access = Access::May(Permission::ManagePeople);
    const RULES: Access = Access::May(Permission::SeeRules);
    const JOURNAL: Access = Access::May(Permission::ReadJournal);
    const CHANGE: Access = Access::May(Permission::ChangeRules);
    const SEE: Access = Access::May(Permission::SeeReservations);
    const RESERVE: Access = Access::May(Permission::Reserve);
    const KEEP: Access = Access::May(Permission::OverrideRules);
    const PROPOSE: Access = Access::May(Permission::ProposeLedger);
    const DECIDE: Access = Access::May(Permission::DecideLedger);
    desk.get(SIGN_IN, Access::Open, sign_in::show)
        .post(SIGN_IN, Access::Open, sign_in::sign_in)
        .post("/sign-out", Access::SignedIn, sign_out::sign_out)
        .get(PASSWORD, Access::SignedIn, password::show)
        .post(PASSWORD, Access::SignedIn, password::change)
        .get("/settings", RULES, settings::show)
        .get("/people", PEOPLE, people::list::show)
        .get("/lists/people/{file}", PEOPLE, people::export::file)
        .get("/people/new", PEOPLE, people::new::show)
        .post("/people/new", PEOPLE, people::new::create)
        .get("/people/{id}", PEOPLE, people::show::show)
        .post("/people/{id}/grant", PEOPLE, people::grant::grant)
        .post("/people/{id}/end-role", PEOPLE, people::end_role::end_role)
        .post("/people/{id}/reset", PEOPLE, people::reset::reset)
        .post("/people/{id}/end", PEOPLE, people::end::end)
        .get("/rules", RULES, rules::show)
        .get("/rules/month", RULES, rules::month::show)
        .get("/rules/slots/{day}", RULES, rules::slots::show)
        .get("/rules/new", CHANGE, rules::edit::new)
        .get("/rules/{id}/edit", CHANGE, rules::edit::edit)
        .get("/rules/{id}/end", CHANGE, rules::edit::end)
        .get("/rules/{id}/agree", CHANGE, rules::propose::agree)
        .get("/rules/over", SEE, rules::over::show)
        .post("/rules/over/keep", KEEP, rules::over::keep)
        .get("/lists/rules/{file}", SEE, rules::over::file)
        .post("/rules/over/hold", CHANGE, rules::hold::hold)
        .get("/offers", SEE, rules::offers::show)
        .get("/lists/offers/{file}", SEE, rules::offers::file)
        .get("/offers/{id}", SEE, rules::offer::show)
        .post("/offers/{id}/accept", RESERVE, rules::offer::accept)
        .post("/offers/{id}/decline", RESERVE, rules::offer::decline)
        .post("/offers/{id}/withdraw", CHANGE, rules::offer::withdraw)
        .post("/rules/propose", CHANGE, rules::propose::propose)
        .post("/rules/change", CHANGE, rules::apply::change)
        .get("/ledger", RULES, ledger::list::show)
        .get("/ledger/{field}", RULES, ledger::show::show)
        .post("/ledger/{field}/propose", PROPOSE, ledger::propose::propose)
        .post("/ledger/{field}/decide", DECIDE, ledger::decide::decide)
        .post("/ledger/{field}/end", DECIDE, ledger::end::end)
        .get("/journal", JOURNAL, journal::show)
        .post("/journal", JOURNAL, journal::ask)
        .get("/journal/export/{form}", JOURNAL, journal::export)
        .get("/access", JOURNAL, access::show)
        .post("/access", JOURNAL, access::ask)
        .get("/access/export/{form}", JOURNAL, access::export)
}

/// The field of the id that was made with the form.
const OPERATION: &str = "operation";

/// The frame of a page of 設定, with the form it shows.
fn frame(signed: &Signed, title: impl Into<String>, form: &Form) -> Layout {
    let mut layout = signed.layout(title).within(Task::Settings);
    layout.refused = form.is_refused();
    layout
}
