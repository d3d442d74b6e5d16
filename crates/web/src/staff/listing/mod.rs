//! Lists whose columns and order are chosen on screen and kept under a name, as the city agreed to it (レイアウト). One
//! arrangement holds for the screen, the paper and the files of a list.

pub(crate) mod arranged;
pub(crate) mod choose;
pub(crate) mod column;
pub(crate) mod edit;
#[cfg(test)]
pub(crate) mod samples;
pub(crate) mod save;
pub(crate) mod show;
pub(crate) mod table;

use std::sync::Arc;

use axum::extract::State;
use domain::arrangement::StaffList;
use domain::permission::Permission;
use store::arrangement::{ArrangementError, OfList};

pub(crate) use self::arranged::Arranged;
pub(crate) use self::column::{Column, Listing, Look, Medium, column};
pub(crate) use self::table::{Line, Stands, Table};
use super::desk::{Access, Desk, Signed};
use super::{account, counter, field, mail, preparation, renewal, wish};
use crate::App;
use crate::kit::{Fields, PageError};

/// Every list.
pub(crate) fn all() -> impl Iterator<Item = &'static Listing> {
    let rooms = [
        preparation::LISTINGS,
        counter::LISTINGS,
        renewal::LISTINGS,
        wish::LISTINGS,
        mail::LISTINGS,
        account::LISTINGS,
    ];
    rooms.into_iter().flatten().copied()
}

/// Registers the screens of this part. How a list stands for oneself is chosen by whoever sees the list.
pub(crate) fn routes(desk: Desk) -> Desk {
    const ARRANGE: Access = Access::May(Permission::ArrangeLists);
    let chosen = |desk: Desk, listing: &'static Listing| {
        let access = Access::May(listing.permission);
        let show = move |State(app): State<Arc<App>>, signed: Signed| show::show(app, signed, listing);
        let choose = move |State(app): State<Arc<App>>, signed: Signed, fields: Fields| {
            choose::choose(app, signed, listing, fields)
        };
        desk.get(listing.address, access, show).post(listing.address, access, choose)
    };
    all()
        .fold(desk, chosen)
        .get("/layouts/{list}/new", ARRANGE, edit::new)
        .post("/layouts/{list}/edit", ARRANGE, save::edit)
        .post("/layouts/{list}/everybody", ARRANGE, choose::stand)
        .get("/layouts/{list}/{id}", ARRANGE, edit::again)
        .post("/layouts/{list}/{id}/end", ARRANGE, choose::end)
}

/// The list of an address, for somebody who sees it.
fn of_address(signed: &Signed, code: &str) -> Result<&'static Listing, PageError> {
    let list: StaffList = field::id(code)?;
    let listing = all().find(|listing| listing.list == list).ok_or(PageError::NotFound)?;
    if signed.may(listing.permission) { Ok(listing) } else { Err(PageError::Forbidden) }
}

fn of_list(app: &App, listing: &Listing) -> OfList {
    OfList { site: app.settings.site.clone(), list: listing.list }
}

/// The answer to what the store refused and no field of a form can be blamed for.
fn failed(error: ArrangementError) -> PageError {
    match error {
        ArrangementError::Store(error) => error.into(),
        ArrangementError::Gone | ArrangementError::Stale => PageError::Conflict(
            "このレイアウトは、ほかの人が先に変えたか、終えました。列と並びの画面を開き直してください。"
                .to_owned(),
        ),
        ArrangementError::Reused(_) => field::stale(),
        other => PageError::internal(other),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn r4_f_every_list_can_be_arranged_and_has_its_own_address() {
        let known: BTreeSet<StaffList> = all().map(|listing| listing.list).collect();
        assert_eq!(known.into_iter().collect::<Vec<_>>(), StaffList::ALL);
        assert_eq!(all().count(), StaffList::ALL.len());
        for listing in all() {
            assert_eq!(listing.address, format!("/layouts/{}", listing.list));
        }
    }

    #[test]
    fn r4_f_every_column_has_a_code_and_a_name_of_its_own() {
        for listing in all() {
            let codes: BTreeSet<&str> = listing.columns.iter().map(|column| column.code).collect();
            let names: BTreeSet<&str> = listing.columns.iter().map(|column| column.name).collect();
            let wanted = listing.columns.len();
            assert_eq!((codes.len(), names.len()), (wanted, wanted), "{}", listing.list);
            // What stands before anybody arranges it is an arrangement, and has columns on every medium.
            let built_in = arranged::built_in(listing);
            assert_eq!(built_in.to_string().parse(), Ok(built_in), "{}", listing.list);
            for medium in listing.media() {
                let seen = |column: &&Column| column.seen.on(*medium);
                assert!(listing.columns.iter().any(|column| seen(&column)), "{} {medium:?}", listing.list);
            }
            assert_eq!(
                listing.columns.iter().filter(|column| column.links).count(),
                usize::from(listing.has_screen)
            );
        }
    }
}
