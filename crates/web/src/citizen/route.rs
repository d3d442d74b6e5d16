//! The addresses of the citizens' pages: the one place where they are written.
//!
//! The constants are patterns for the router; the functions give the address of one page.

use domain::id::{ReservationId, VisitId};
use domain::time::Start;
use jiff::civil::Date;

use super::visit::people::in_address;
use crate::kit::Language;
use crate::kit::message::Given;

/// The first page.
pub const FIRST: &str = "/";
/// The booking key; the QR code on the letter is this address with `#NUMBER`.
pub const KEY: &str = "/k";
/// The reservation number, to see or cancel a reservation.
pub const FIND: &str = "/reservation";
/// Booking a renewal of certificates: what is confirmed first.
pub const RENEWAL: &str = "/renewal";
/// The same for several people.
pub const RENEWAL_FOR: &str = "/renewal/people/{people}";
/// For those who are registered elsewhere.
pub const RENEWAL_ELSEWHERE: &str = "/renewal/elsewhere";
/// For proxies without the sealed answer.
pub const RENEWAL_TWO_VISITS: &str = "/renewal/two-visits";
/// The first day of renewal.
pub const RENEWAL_WHEN: &str = "/renewal/when";
/// The branch offices.
pub const BRANCHES: &str = "/renewal/branches";
/// What to do with the notice about the card itself.
pub const APPLICATION: &str = "/application";
/// What to do without a notice.
pub const MISSING: &str = "/missing";
/// Choosing a language; `back` says where to return.
pub const LANGUAGE: &str = "/language/{code}";
/// The root of a visit, which is also the path of its cookie.
pub const VISIT: &str = "/y/{visit}";
/// The list of days.
pub const DAYS: &str = "/y/{visit}/days";
/// A month of days as a grid.
pub const MONTH: &str = "/y/{visit}/months/{month}";
/// The times of a day.
pub const TIMES: &str = "/y/{visit}/days/{day}";
/// Holding a time.
pub const HOLD: &str = "/y/{visit}/hold";
/// Checking what was chosen.
pub const CHECK: &str = "/y/{visit}/check";
/// The others of the family whose cards are booked together.
pub const FAMILY: &str = "/y/{visit}/family";
/// Taking one of them out before a time is chosen.
pub const FAMILY_DROP: &str = "/y/{visit}/family/drop";
/// Who comes.
pub const WHO: &str = "/y/{visit}/who";
/// Checking what was chosen, with the answers who comes.
pub const CHECKED: &str = "/y/{visit}/check/{who}";
/// Whether the chosen day lies in the period of renewal.
pub const CHECK_WHEN: &str = "/y/{visit}/check-when";
/// Confirming it.
pub const BOOK: &str = "/y/{visit}/book";
/// The reservation just made.
pub const DONE: &str = "/y/{visit}/done";
/// A reservation that was looked up.
pub const SHOW: &str = "/y/{visit}/reservation";
/// Changing it to another slot: asks.
pub const CHANGE: &str = "/y/{visit}/change/{day}/{minute}";
/// Changing it: does.
pub const MOVE: &str = "/y/{visit}/change";
/// After it was changed.
pub const MOVED: &str = "/y/{visit}/moved";
/// Adding a card of the family to a booking.
pub const ADD: &str = "/y/{visit}/add";
/// Taking one card out of a booking: GET asks, POST does.
pub const TAKE_OUT: &str = "/y/{visit}/take-out/{reservation}";
/// Changing who comes for a card.
pub const VISITOR: &str = "/y/{visit}/visitor/{reservation}";
/// The booking after something else of it was changed.
pub const CHANGED: &str = "/y/{visit}/changed/{what}";
/// Other places that are held for the booking.
pub const OFFER: &str = "/y/{visit}/offer";
/// Moving the booking to them.
pub const OFFER_ACCEPT: &str = "/y/{visit}/offer/accept";
/// Giving them back.
pub const OFFER_DECLINE: &str = "/y/{visit}/offer/decline";
/// A wish for an earlier day.
pub const WISH: &str = "/y/{visit}/wish";
/// Taking it back.
pub const WISH_WITHDRAW: &str = "/y/{visit}/wish/withdraw";
/// Cancelling it: GET asks, POST does.
pub const CANCEL: &str = "/y/{visit}/cancel";
/// After it was cancelled.
pub const CANCELLED: &str = "/y/{visit}/cancelled";
/// The mail address of a booking.
pub const MAIL: &str = "/y/{visit}/mail";
/// Taking it away.
pub const MAIL_REMOVE: &str = "/y/{visit}/mail/remove";
/// Work for a turn in a long queue.
pub const EFFORT: &str = "/y/{visit}/effort";
/// What stands behind the link in a mail.
pub const OWNER: &str = "/m/{token}";
/// Confirming the address.
pub const OWNER_CONFIRM: &str = "/m/{token}/confirm";
/// Taking the address away from there.
pub const OWNER_REMOVE: &str = "/m/{token}/remove";
/// The appointment for a calendar program.
pub const CALENDAR: &str = "/y/{visit}/madoguchi.ics";

/// The first page.
pub fn first() -> &'static str {
    FIRST
}

/// The page of the booking key.
pub fn key() -> &'static str {
    KEY
}

/// The page of the reservation number.
pub fn find() -> &'static str {
    FIND
}

/// The page that begins a renewal.
pub fn renewal() -> &'static str {
    RENEWAL
}

/// The page that begins a renewal for so many people.
pub fn renewal_for(people: impl Given<usize>) -> String {
    match people.given() {
        1 => RENEWAL.to_owned(),
        people => RENEWAL_FOR.replace("{people}", &people.to_string()),
    }
}

/// Whether the chosen day lies in the period of renewal.
pub fn check_when(visit: VisitId) -> String {
    of(CHECK_WHEN, visit)
}

/// The page about applying for a new card.
pub fn application() -> &'static str {
    APPLICATION
}

/// The page for those without a notice.
pub fn missing() -> &'static str {
    MISSING
}

/// The link that changes the language and comes back. `back` is a path of ours.
pub fn language(language: &Language, back: &str) -> String {
    format!("/language/{}?back={back}", language.code())
}

/// The path of a visit, for its cookie.
pub fn visit(visit: VisitId) -> String {
    of(VISIT, visit)
}

/// The list of days.
pub fn days(visit: VisitId) -> String {
    of(DAYS, visit)
}

/// The month in which a day lies, as a grid.
pub fn month(visit: VisitId, day: Date) -> String {
    of(MONTH, visit).replace("{month}", &format!("{:04}-{:02}", day.year(), day.month()))
}

/// The times of a day.
pub fn times(visit: VisitId, day: Date) -> String {
    of(TIMES, visit).replace("{day}", &day.to_string())
}

/// Holding a time.
pub fn hold(visit: VisitId) -> String {
    of(HOLD, visit)
}

/// Checking what was chosen.
pub fn check(visit: VisitId) -> String {
    of(CHECK, visit)
}

/// Checking what was chosen, with the answers who comes.
pub fn checked(visit: VisitId, who: &str) -> String {
    of(CHECKED, visit).replace("{who}", who)
}

/// The others of the family.
pub fn family(visit: VisitId) -> String {
    of(FAMILY, visit)
}

/// Taking one of them out before a time is chosen.
pub fn family_drop(visit: VisitId) -> String {
    of(FAMILY_DROP, visit)
}

/// Who comes.
pub fn who(visit: VisitId) -> String {
    of(WHO, visit)
}

/// Adding a card of the family to a booking.
pub fn add(visit: VisitId) -> String {
    of(ADD, visit)
}

/// Taking one card out of a booking.
pub fn take_out(visit: VisitId, reservation: ReservationId) -> String {
    of(TAKE_OUT, visit).replace("{reservation}", &reservation.to_string())
}

/// Changing who comes for a card.
pub fn visitor(visit: VisitId, reservation: ReservationId) -> String {
    of(VISITOR, visit).replace("{reservation}", &reservation.to_string())
}

/// The booking after something of it was changed.
pub fn changed(visit: VisitId, what: &str) -> String {
    of(CHANGED, visit).replace("{what}", what)
}

/// Confirming it.
pub fn book(visit: VisitId) -> String {
    of(BOOK, visit)
}

/// The reservation just made.
pub fn done(visit: VisitId) -> String {
    of(DONE, visit)
}

/// A reservation that was looked up.
pub fn show(visit: VisitId) -> String {
    of(SHOW, visit)
}

/// Asking whether to change it to other slots. The starts stand as minutes of the day, one for each person.
pub fn change(visit: VisitId, day: Date, starts: &[Start]) -> String {
    of(CHANGE, visit).replace("{day}", &day.to_string()).replace("{minute}", &in_address(starts))
}

/// Changing it.
pub fn move_to(visit: VisitId) -> String {
    of(MOVE, visit)
}

/// After it was changed.
pub fn moved(visit: VisitId) -> String {
    of(MOVED, visit)
}

/// Other places that are held for the booking.
pub fn offer(visit: VisitId) -> String {
    of(OFFER, visit)
}

/// A wish for an earlier day.
pub fn wish(visit: VisitId) -> String {
    of(WISH, visit)
}

/// Taking it back.
pub fn wish_withdraw(visit: VisitId) -> String {
    of(WISH_WITHDRAW, visit)
}

/// Moving the booking to them.
pub fn offer_accept(visit: VisitId) -> String {
    of(OFFER_ACCEPT, visit)
}

/// Giving them back.
pub fn offer_decline(visit: VisitId) -> String {
    of(OFFER_DECLINE, visit)
}

/// Cancelling it.
pub fn cancel(visit: VisitId) -> String {
    of(CANCEL, visit)
}

/// After it was cancelled.
pub fn cancelled(visit: VisitId) -> String {
    of(CANCELLED, visit)
}

/// The appointment for a calendar program.
pub fn calendar(visit: VisitId) -> String {
    of(CALENDAR, visit)
}

/// The mail address of a booking.
pub fn mail(visit: VisitId) -> String {
    of(MAIL, visit)
}

/// Taking it away.
pub fn mail_remove(visit: VisitId) -> String {
    of(MAIL_REMOVE, visit)
}

/// Work for a turn in a long queue.
pub fn effort(visit: VisitId) -> String {
    of(EFFORT, visit)
}

/// What stands behind the link in a mail.
pub fn owner(token: &str) -> String {
    OWNER.replace("{token}", token)
}

/// Confirming the address.
pub fn owner_confirm(token: &str) -> String {
    OWNER_CONFIRM.replace("{token}", token)
}

/// Taking the address away from there.
pub fn owner_remove(token: &str) -> String {
    OWNER_REMOVE.replace("{token}", token)
}

/// Reads the month of [`MONTH`]: its first day.
pub fn month_from_text(text: &str) -> Option<Date> {
    let digits = text.len() == 7 && text.bytes().enumerate().all(|(at, byte)| (at == 4) == (byte == b'-'));
    if digits { format!("{text}-01").parse().ok() } else { None }
}

fn of(pattern: &str, visit: VisitId) -> String {
    pattern.replace("{visit}", &visit.to_string())
}

#[cfg(test)]
mod tests {
    use domain::id::Id;
    use jiff::civil::date;

    use super::*;

    #[test]
    fn addresses_fill_their_patterns() {
        let id = VisitId::from_parts(0, 7);
        assert_eq!(times(id, date(2026, 11, 24)), format!("/y/{id}/days/2026-11-24"));
        assert_eq!(month(id, date(2026, 11, 24)), format!("/y/{id}/months/2026-11"));
        assert!(!calendar(id).contains('{'));
    }

    #[test]
    fn months_are_read_back() {
        assert_eq!(month_from_text("2026-11"), Some(date(2026, 11, 1)));
        for wrong in ["2026-13", "2026-1", "2026-11-01", "abcd-ef", "", "-026-11"] {
            assert_eq!(month_from_text(wrong), None, "{wrong}");
        }
    }
}
