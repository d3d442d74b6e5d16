//! The mails that did not arrive and still need somebody, the next visit first.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use documents::table::Cell;
use domain::arrangement::StaffList;
use domain::id::{MailId, OperationId};
use domain::journal::Subject;
use domain::number::ControlNumber;
use domain::permission::Permission;
use domain::service::{Service, SiteCode};
use domain::time::{day_of, month_day_ja};
use jiff::civil::Date;
use store::Reader;
use store::journal::View;
use store::outbox::failed::{self, Failed, Mark};

use super::words::why_not;
use crate::App;
use crate::kit::{Page, PageError, respond};
use crate::staff::counter::route;
use crate::staff::desk::Signed;
use crate::staff::export::{self, List, Paper, Portion, Rows, export};
use crate::staff::listing::{Arranged, Column, Listing, Look, Stands, column};
use crate::staff::renewal::route as renewal;
use crate::staff::wording;
use crate::staff::{Layout, Task};

/// How many stand on a page, and are sent again by one press.
pub(crate) const PAGE: u32 = 50;
/// Rows of one short read.
const PORTION: u32 = 500;

const COLUMNS: &[Column] = &[
    column("day", "来庁日").look(Look::Code),
    column("time", "時刻").look(Look::Code),
    column("service", "業務"),
    column("control", "管理番号").look(Look::Control).needs(Permission::SeeCards),
    column("kind", "メールの内容").look(Look::Code),
    column("failed_day", "不達の日").look(Look::Code),
    column("failed_time", "不達の時刻").look(Look::Code),
    column("attempts", "送った回数").look(Look::Count).in_files(),
    column("reply", "応答").in_files(),
    column("why", "理由"),
];

/// The list, as it is arranged; on the screen each mail has its acts beside it, and its own form.
pub(crate) static LISTING: Listing = Listing {
    list: StaffList::Mails,
    columns: COLUMNS,
    sorts: false,
    has_screen: false,
    permission: Permission::SeeReservations,
    href: super::FAILED,
    address: "/layouts/mails",
    task: Task::Reservations,
};

/// A mail.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) id: MailId,
    /// The page of the reservation.
    pub(crate) href: String,
    pub(crate) when: String,
    /// 管理番号, or what it is instead.
    pub(crate) name: String,
    pub(crate) what: &'static str,
    pub(crate) ended: String,
    pub(crate) why: String,
    /// The presses of sending it again and of stopping.
    pub(crate) operations: [OperationId; 2],
}

impl Line {
    fn again(&self) -> String {
        super::again(self.id)
    }

    fn stop(&self) -> String {
        super::stop(self.id)
    }
}

/// The page.
#[derive(Template)]
#[template(path = "staff/mail/list.html")]
pub(crate) struct MailsPage {
    pub(crate) layout: Layout,
    pub(crate) lines: Vec<Line>,
    pub(crate) stands: Stands,
    /// Where the list goes on.
    pub(crate) next: Option<String>,
    /// Whether mails can be sent again and stopped.
    pub(crate) may_act: bool,
    pub(crate) operation: OperationId,
}

impl Page for MailsPage {}

/// The page of a reservation.
pub(super) fn reservation(failed: &Failed) -> String {
    match failed.slot.service {
        Service::Renewal => renewal::renewal(failed.reservation),
        _ => route::reservation(failed.reservation),
    }
}

/// Where the list goes on, and what was just done.
#[derive(Debug, Default, serde::Deserialize)]
pub(crate) struct Asked {
    day: Option<Date>,
    id: Option<MailId>,
    again: Option<u32>,
}

/// Shows the list.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Query(asked): Query<Asked>,
    signed: Signed,
) -> Result<Response, PageError> {
    let (site, today) = (app.settings.site.clone(), app.today());
    let after = match (asked.day, asked.id) {
        (Some(day), Some(id)) if day >= today => Mark::after(day, id),
        _ => Mark::from(today),
    };
    let mut found = app.db.read(move |reader| failed::open(reader, &site, &after, PAGE + 1)).await?;
    let page = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let goes_on = found.len() > page;
    found.truncate(page);
    let next = found.last().filter(|_| goes_on).map(|last| {
        let day = last.told_day;
        format!("{}?day={day}&id={}", super::FAILED, last.id)
    });
    let subjects: Vec<Subject> = found.iter().map(|mail| Subject::Reservation(mail.reservation)).collect();
    let count = u32::try_from(subjects.len()).unwrap_or(u32::MAX);
    let mut layout = signed.layout("届かなかったメール").within(Task::Reservations);
    layout.notice = asked.again.map(|sent| match sent {
        0 => "ほかの人が先に送り直したか、お知らせを止めました。".to_owned(),
        sent => format!("{sent}件をもう一度送ります。"),
    });
    let line = |mail: Failed| Line {
        id: mail.id,
        href: reservation(&mail),
        when: format!("{} {}", month_day_ja(mail.slot.day), mail.slot.start),
        name: mail.control_number.map_or_else(|| "更新の予約".to_owned(), wording::control),
        what: mail.kind.label(),
        ended: wording::moment(mail.ended_at),
        why: why_not(mail.reply),
        operations: [app.operation(), app.operation()],
    };
    let stands = Stands::of(&Arranged::read(&app, &signed, &LISTING).await?);
    let page = MailsPage {
        layout,
        lines: found.into_iter().map(line).collect(),
        stands,
        next,
        may_act: signed.may(Permission::Reserve),
        operation: app.operation(),
    };
    let view = View { screen: "mails", asked: "failed".to_owned(), subjects, found: count };
    signed.shows(&app, view, || respond(&page)).await
}

/// The mails of a site from a day on.
struct Mails {
    site: SiteCode,
    from: Date,
}

impl Rows for Mails {
    type Mark = Mark;

    fn portion(&self, reader: &mut Reader<'_>, after: Option<&Mark>) -> Result<Portion<Mark>, store::Error> {
        let first = Mark::from(self.from);
        let found = failed::open(reader, &self.site, after.unwrap_or(&first), PORTION)?;
        let is_whole = found.len() < usize::try_from(PORTION).unwrap_or(usize::MAX);
        Ok(Portion {
            subjects: found.iter().map(|mail| Subject::Reservation(mail.reservation)).collect(),
            rows: found.iter().map(cells).collect(),
            next: found.last().filter(|_| !is_whole).map(Failed::mark),
        })
    }
}

fn cells(mail: &Failed) -> Vec<Cell> {
    vec![
        Cell::Day(mail.slot.day),
        Cell::text(mail.slot.start.to_string()),
        Cell::text(mail.slot.service.label()),
        Cell::text(mail.control_number.map(ControlNumber::digits).unwrap_or_default()),
        Cell::text(mail.kind.label()),
        Cell::Day(day_of(mail.ended_at)),
        Cell::text(wording::time(mail.ended_at)),
        Cell::Number(i64::from(mail.attempts)),
        Cell::text(mail.reply.map(|reply| reply.to_string()).unwrap_or_default()),
        Cell::text(why_not(mail.reply)),
    ]
}

/// Makes the file.
pub(crate) async fn file(
    State(app): State<Arc<App>>,
    Path(file): Path<String>,
    Query(asked): Query<export::Asked>,
    signed: Signed,
) -> Result<Response, PageError> {
    let form = export::form(&file, "mails")?;
    let list = List {
        title: "届かなかったメール".to_owned(),
        name: "mails",
        task: Task::Reservations,
        screen: "mails_file",
        asked: file,
        words: Vec::new(),
        subjects: Vec::new(),
        listing: &LISTING,
        paper: Paper::Plain,
        rows: Mails { site: app.settings.site.clone(), from: app.today() },
    };
    export(&app, &signed, list, form, asked).await
}
