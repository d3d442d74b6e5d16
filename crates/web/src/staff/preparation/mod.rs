//! 準備 and 保管: a list comes in, its cards are inspected, go to the city and come back, are put into boxes, and
//! get their letters. A card's page with its whole story is here too.

mod batch;
pub(in crate::staff) mod card;
mod consignment;
mod custody;
pub(crate) mod disposal;
mod letter;
pub(crate) mod notice;
mod opening;
mod paper;
mod progress;
mod recalls;
mod register;
pub(crate) mod reminder;
mod scan;
pub(crate) mod stocktaking;
mod storage;
pub(crate) mod supply;

#[cfg(test)]
mod samples;

use domain::permission::Permission;

use super::desk::{Access, Desk};
use super::listing::Listing;

pub(crate) use consignment::held::Uploads;
pub(crate) use opening::held::Former;

/// The body of an upload: the file within its limit, and some room for the form around it.
const UPLOAD: usize = 24 << 20;

/// The lists of this part.
pub(crate) const LISTINGS: &[&Listing] = &[
    &card::export::LISTING,
    &consignment::export::LISTING,
    &consignment::lines::LISTING,
    &batch::export::BATCHES,
    &batch::export::CARDS,
    &letter::export::PARTS,
    &letter::export::LETTERS,
    &letter::versions::LISTING,
    &letter::sorting::LISTING,
    &supply::list::LISTING,
    &storage::export::LISTING,
    &storage::pull_export::LISTING,
    &progress::export::LISTING,
    &custody::export::LISTING,
    &stocktaking::export::LISTING,
    &stocktaking::export::DIFFERENCE_LISTING,
    &register::export::LISTING,
    &disposal::export::DEADLINE_CELLS,
    &disposal::export::DISPOSED,
    &reminder::export::ROUNDS,
    &reminder::export::CARDS,
];

/// Registers the screens of this part.
pub(crate) fn routes(desk: Desk) -> Desk {
    let desk = consignments(desk);
    let desk = batches(desk);
    let desk = storage(desk);
    let desk = stocktakings(desk);
    let desk = letters(desk);
    let desk = notices(desk);
    let desk = reminders(desk);
    let desk = disposals(desk);
    let desk = supplies(desk);
    let desk = taking_over(desk);
    cards(desk)
}

fn consignments(desk: Desk) -> Desk {
    const INSPECT: Access = Access::May(Permission::InspectCards);
    desk.get("/preparation", Access::May(Permission::SeeCards), consignment::list::show)
        .get("/lists/consignments/{file}", Access::May(Permission::SeeCards), consignment::export::file)
        .get("/lists/consignments/{id}/{file}", Access::May(Permission::SeeCards), consignment::lines::file)
        .get("/consignments/new", INSPECT, consignment::upload::show)
        .upload("/consignments/new", INSPECT, UPLOAD, consignment::upload::check)
        .get("/consignments/new/without-file", INSPECT, consignment::plain::show)
        .post("/consignments/new/without-file", INSPECT, consignment::plain::check)
        .get("/consignments/checked/{operation}", INSPECT, consignment::check::show)
        .post("/consignments/checked/{operation}/take", INSPECT, consignment::take::take)
        .get("/consignments/{id}", Access::May(Permission::SeeCards), consignment::show::show)
        .get(
            "/consignments/{id}/labels.pdf",
            Access::May(Permission::PrintLetters),
            consignment::labels::print,
        )
        .get("/consignments/{id}/arrival", INSPECT, consignment::arrival::show)
        .post("/consignments/{id}/arrival", INSPECT, consignment::arrival::record)
        .get("/consignments/{id}/pair/{card}", INSPECT, consignment::pair::show)
        .post("/consignments/{id}/pair/{card}", INSPECT, consignment::pair::pair)
        .get("/consignments/{id}/close", INSPECT, consignment::close::show)
        .post("/consignments/{id}/close", INSPECT, consignment::close::close)
        .get("/consignments/{id}/extra", INSPECT, consignment::extra::show)
        .post("/consignments/{id}/extra", INSPECT, consignment::extra::record)
        .get("/consignments/{id}/extra/{entry}", INSPECT, consignment::withdraw::show)
        .post("/consignments/{id}/extra/{entry}", INSPECT, consignment::withdraw::withdraw)
        .get("/consignments/{id}/inspect/{pass}", INSPECT, consignment::inspect::show)
        .post("/consignments/{id}/inspect/{pass}", INSPECT, consignment::inspect::scan)
        .post("/consignments/{id}/inspect/{pass}/undo", INSPECT, consignment::inspect::undo)
}

fn batches(desk: Desk) -> Desk {
    const TRANSFER: Access = Access::May(Permission::TransferBatches);
    desk.get("/consignments/{id}/send", TRANSFER, batch::send::show)
        .post("/consignments/{id}/send", TRANSFER, batch::send::send)
        .get("/batches", TRANSFER, batch::list::show)
        .get("/lists/batches/{file}", TRANSFER, batch::export::list)
        .get("/lists/batches/{id}/{file}", TRANSFER, batch::export::cards)
        .get("/batches/new/{group}", TRANSFER, batch::group::show)
        .post("/batches/new/{group}", TRANSFER, batch::group::send)
        .post("/batches/{id}/mailed", TRANSFER, batch::mail::mailed)
        .get("/batches/{id}", TRANSFER, batch::show::show)
        .get("/batches/{id}/list.pdf", TRANSFER, batch::paper::print)
        .post("/batches/{id}/return", TRANSFER, batch::take_back::take_back)
        .get("/batches/{id}/some", TRANSFER, batch::some::show)
        .post("/batches/{id}/some", TRANSFER, batch::some::record)
}

fn storage(desk: Desk) -> Desk {
    const MOVE: Access = Access::May(Permission::MoveCards);
    const PRINT: Access = Access::May(Permission::PrintLetters);
    const KEEP: Access = Access::May(Permission::KeepPlaces);
    desk.get("/storage", MOVE, storage::list::show)
        .get("/storage/places/new", KEEP, storage::set_up::show)
        .post("/storage/places/new", KEEP, storage::set_up::set_up)
        .get("/lists/places/{file}", MOVE, storage::export::file)
        .get("/storage/put", MOVE, storage::put::show)
        .post("/storage/put", MOVE, storage::put::scan)
        .get("/storage/labels.pdf", PRINT, storage::labels::all)
        .get("/lists/pull/{file}", MOVE, storage::pull_export::file)
        .get("/pull", MOVE, storage::pull::first)
        .get("/pull/{day}", MOVE, storage::pull::show)
        .post("/pull/{day}", MOVE, storage::pull::scan)
        .get("/places/{id}", Access::May(Permission::SeeCards), storage::place::show)
        .get("/places/{id}/change", KEEP, storage::change::show)
        .post("/places/{id}/change", KEEP, storage::change::change)
        .post("/places/{id}/key/take", MOVE, storage::key::take)
        .post("/places/{id}/key/return", MOVE, storage::key::give_back)
        .get("/places/{id}/empty", MOVE, storage::empty::show)
        .post("/places/{id}/empty", MOVE, storage::empty::scan)
        .get("/places/{id}/label.pdf", PRINT, storage::labels::one)
}

fn stocktakings(desk: Desk) -> Desk {
    const SEE: Access = Access::May(Permission::SeeCards);
    const MOVE: Access = Access::May(Permission::MoveCards);
    desk.get(stocktaking::INDEX, SEE, stocktaking::index::show)
        .post(stocktaking::INDEX, MOVE, stocktaking::index::begin)
        .get("/stocktakings/{id}", SEE, stocktaking::show::show)
        .post("/stocktakings/{id}/scan", MOVE, stocktaking::scan::choose)
        .post("/stocktakings/{id}/close", Access::May(Permission::CloseDay), stocktaking::show::close)
        .get("/stocktakings/{id}/boxes/{place}", SEE, stocktaking::count::show)
        .post("/stocktakings/{id}/boxes/{place}", MOVE, stocktaking::scan::scan)
        .post("/stocktakings/{id}/boxes/{place}/scans", MOVE, stocktaking::scan::scan_here)
        .post("/stocktakings/{id}/boxes/{place}/begin", MOVE, stocktaking::scan::begin_by_button)
        .post("/stocktakings/{id}/boxes/{place}/end", MOVE, stocktaking::scan::end_by_button)
        .post("/stocktakings/{id}/boxes/{place}/differences/{card}", MOVE, stocktaking::difference::explain)
        .get("/lists/stocktakings/{id}/{file}", SEE, stocktaking::export::file)
        .get(register::CHECKS, SEE, register::check::show)
        .post(register::CHECKS, Access::May(Permission::InspectCards), register::check::record)
        .get("/lists/register-checks/{file}", SEE, register::export::file)
}

fn letters(desk: Desk) -> Desk {
    const TRANSFER: Access = Access::May(Permission::TransferBatches);
    const PRINT: Access = Access::May(Permission::PrintLetters);
    desk.get("/letters", TRANSFER, letter::list::show)
        .get("/lists/letters/{file}", TRANSFER, letter::export::list)
        .get("/lists/letters/{id}/{file}", TRANSFER, letter::export::letters)
        .post("/letters", PRINT, letter::print::print)
        .get("/letters/sorting", TRANSFER, letter::sorting::show)
        .get("/lists/sorting/{file}", TRANSFER, letter::sorting::file)
        .get("/letters/sorting/covers.pdf", TRANSFER, letter::covers::print)
        .get("/letters/versions", TRANSFER, letter::versions::show)
        .get("/lists/letter-versions/{file}", TRANSFER, letter::versions::file)
        .get("/letters/{id}", TRANSFER, letter::show::show)
        .get("/letters/{id}/letters.pdf", PRINT, letter::paper::print)
        .get("/letters/{id}/stuffing", TRANSFER, letter::stuffing::show)
        .post("/letters/{id}/stuffing", TRANSFER, letter::stuffing::scan)
        .post("/letters/{id}/stuffing/undo", TRANSFER, letter::stuffing::undo)
        .get("/letters/{id}/enclosures", TRANSFER, letter::enclosures::show)
        .post("/letters/{id}/enclosures", TRANSFER, letter::enclosures::record)
        .get("/letters/{id}/take-out", TRANSFER, letter::take_out::show)
        .post("/letters/{id}/take-out", TRANSFER, letter::take_out::take_out)
        .post("/letters/{id}/transfer", TRANSFER, letter::transfer::transfer)
        .post("/letters/{id}/posted", TRANSFER, letter::posted::posted)
}

fn notices(desk: Desk) -> Desk {
    const SEE: Access = Access::May(Permission::SeeCards);
    const ASK: Access = Access::May(Permission::Reserve);
    desk.get(notice::LIST, SEE, notice::list::show)
        .get("/cards/{id}/notice", SEE, notice::card::show)
        .post("/cards/{id}/notice/ask", ASK, notice::ask::ask)
        .post("/cards/{id}/notice/requests/{request}/end", ASK, notice::end::end)
        .post(
            "/cards/{id}/notice/came-back",
            Access::May(Permission::TransferBatches),
            notice::came_back::came_back,
        )
}

fn reminders(desk: Desk) -> Desk {
    const SEE: Access = Access::May(Permission::SeeCards);
    const TRANSFER: Access = Access::May(Permission::TransferBatches);
    desk.get(reminder::LIST, SEE, reminder::list::show)
        .post(reminder::LIST, TRANSFER, reminder::make::make)
        .get("/reminders/new", TRANSFER, reminder::new::show)
        .get("/reminders/{id}", SEE, reminder::show::show)
        .post("/reminders/{id}/told", TRANSFER, reminder::told::told)
        .get("/lists/reminders/{file}", SEE, reminder::export::list)
        .get("/lists/reminders/{id}/{file}", SEE, reminder::export::cards)
}

fn disposals(desk: Desk) -> Desk {
    const SEE: Access = Access::May(Permission::SeeCards);
    const TRANSFER: Access = Access::May(Permission::TransferBatches);
    desk.get(disposal::DEADLINES, SEE, disposal::deadlines::show)
        .post(disposal::DEADLINES, TRANSFER, disposal::order::order)
        .get("/lists/deadlines/{file}", SEE, disposal::export::deadlines)
        .get(disposal::DISPOSALS, SEE, disposal::show::show)
        .get("/lists/disposals/{file}", SEE, disposal::export::disposed)
        .get("/disposals/pass", TRANSFER, disposal::pass::show)
        .post("/disposals/pass", TRANSFER, disposal::pass::pass)
        .get("/disposals/record", TRANSFER, disposal::record::show)
        .post("/disposals/record", TRANSFER, disposal::record::record)
        .get("/cards/{id}/storage", SEE, disposal::extend::show)
        .post("/cards/{id}/storage", TRANSFER, disposal::extend::extend)
        .post("/cards/{id}/storage/end", TRANSFER, disposal::extend::end)
}

fn supplies(desk: Desk) -> Desk {
    const SEE: Access = Access::May(Permission::TransferBatches);
    const RECORD: Access = Access::May(Permission::PrintLetters);
    const KEEP: Access = Access::May(Permission::KeepPlaces);
    desk.get(supply::INDEX, SEE, supply::list::show)
        .get("/lists/supplies/{file}", SEE, supply::list::file)
        .get("/supplies/new", KEEP, supply::add::show)
        .post("/supplies/new", KEEP, supply::add::add)
        .get("/supplies/{id}", SEE, supply::show::show)
        .post("/supplies/{id}/count", RECORD, supply::count::count)
        .post("/supplies/{id}/deliver", RECORD, supply::deliver::deliver)
        .get("/supplies/{id}/change", KEEP, supply::change::show)
        .post("/supplies/{id}/change", KEEP, supply::change::change)
        .post("/supplies/{id}/end", KEEP, supply::end::end)
}

fn taking_over(desk: Desk) -> Desk {
    const TAKE: Access = Access::May(Permission::TakeOver);
    desk.get("/taking-over", TAKE, opening::index::show)
        .get("/taking-over/file", TAKE, opening::file::show)
        .upload("/taking-over/file", TAKE, UPLOAD, opening::file::check)
        .get("/taking-over/checked/{operation}", TAKE, opening::check::show)
        .post("/taking-over/checked/{operation}/take", TAKE, opening::check::take)
        .post("/taking-over/portions", TAKE, opening::begin::begin)
        .get("/taking-over/portions/{id}", TAKE, opening::portion::show)
        .post("/taking-over/portions/{id}", TAKE, opening::scan::scan)
        .post("/taking-over/portions/{id}/plain", TAKE, opening::scan::plain)
        .post("/taking-over/portions/{id}/take", TAKE, opening::finish::take)
        .post("/taking-over/portions/{id}/undo", TAKE, opening::finish::undo)
        .get("/taking-over/portions/{id}/labels.pdf", TAKE, opening::labels::print)
        .get("/taking-over/resend", TAKE, opening::resend::show)
        .get("/taking-over/reservations", TAKE, opening::reservations::upload::show)
        .upload("/taking-over/reservations", TAKE, UPLOAD, opening::reservations::upload::check)
        .get("/taking-over/reservations/{operation}", TAKE, opening::reservations::result::show)
        .post("/taking-over/reservations/{operation}/take", TAKE, opening::reservations::take::take)
        .get("/taking-over/reservations/{operation}/refused.csv", TAKE, opening::reservations::result::export)
}

fn cards(desk: Desk) -> Desk {
    const SEE: Access = Access::May(Permission::SeeCards);
    const TRANSFER: Access = Access::May(Permission::TransferBatches);
    desk.get("/cards", SEE, card::list::show)
        .get("/lists/cards/{file}", SEE, card::export::file)
        .post("/cards/filters", SEE, card::saved::save)
        .post("/cards/filters/{id}/share", Access::May(Permission::ShareFilters), card::saved::share)
        .post("/cards/filters/{id}/remove", SEE, card::saved::remove)
        .get("/cards/{id}", SEE, card::show::show)
        .post("/cards/{id}/sort", Access::May(Permission::InspectCards), card::sort::sort)
        .post("/cards/{id}/came-back", TRANSFER, card::posted::came_back)
        .post("/cards/{id}/mailed-again", TRANSFER, card::posted::mailed_again)
        .get("/cards/{id}/tracking", TRANSFER, card::tracking::show)
        .post("/cards/{id}/tracking", TRANSFER, card::tracking::record)
        .get("/cards/{id}/recall", TRANSFER, card::recall::show)
        .post("/cards/{id}/recall", TRANSFER, card::recall::recall)
        .get("/cards/{id}/withdraw", Access::May(Permission::Reserve), card::recall::show_withdrawal)
        .post("/cards/{id}/withdraw", Access::May(Permission::Reserve), card::recall::withdraw)
        .get("/cards/{id}/decide", TRANSFER, card::decide::show)
        .post("/cards/{id}/decide", TRANSFER, card::decide::decide)
        .post("/cards/{id}/recalled-to-city", TRANSFER, card::pass::pass)
        .get("/recalls", SEE, recalls::list::show)
        .get("/progress", SEE, progress::show::show)
        .get("/lists/progress/{file}", SEE, progress::export::file)
        .get("/consignments/{id}/custody", SEE, custody::show::show)
        .get("/lists/custody/{id}/{file}", SEE, custody::export::file)
        .post("/tellings/{id}/done", Access::May(Permission::Reserve), recalls::tell::end)
        .post("/cards/{id}/reprint", Access::May(Permission::PrintLetters), card::reprint::reprint)
}
