//! The reservations without a place of their own, after a change of the rules: each waits for a decision. It is kept
//! beyond the places, other places are held for it and offered ([`hold`]), or another time is agreed on with the citizen,
//! on the reservation's own page. Nothing here cancels.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use documents::table::Cell;
use domain::arrangement::StaffList;
use domain::id::{OperationId, ReservationId};
use domain::journal::Subject;
use domain::offer::State as Standing;
use domain::permission::Permission;
use domain::time::month_day_ja;
use jiff::ToSpan;
use store::Lane;
use store::journal::View;
use store::op::{Operation, once};
use store::reservation::BookingError;
use store::reservation::unplaced;

use super::affected::{self, Affected, Offered};
use super::{frame, hold};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Form, Language, Page, PageError, Texts, respond};
use crate::staff::desk::Signed;
use crate::staff::export::{self, List, Paper, Short, export};
use crate::staff::layout::Layout;
use crate::staff::listing::{Arranged, Column, Line, Listing, Look, Table, column};
use crate::staff::{Task, field};

/// The reservations that are kept.
pub(super) const KEPT: &str = "kept";
/// How far ahead they are looked for; nobody books further.
const DAYS: i32 = 366;

const COLUMNS: &[Column] = &[
    column("when", "日時").look(Look::Code).on_screen().links(),
    column("day", "来庁日").look(Look::Code).off_screen(),
    column("time", "時刻").look(Look::Code).off_screen(),
    column("service", "業務").look(Look::Code),
    column("notice", "交付通知書番号").look(Look::Code),
    column("control", "管理番号").look(Look::Code).needs(Permission::SeeCards),
    column("language", "言語"),
    column("state", "状態").look(Look::Code),
    column("contact", "連絡先"),
    column("offer", "代わりの日時の案内"),
];

/// The list, as it is arranged.
pub(crate) static LISTING: Listing = Listing {
    list: StaffList::Unplaced,
    columns: COLUMNS,
    sorts: true,
    has_screen: true,
    permission: Permission::SeeReservations,
    href: "/rules/over",
    address: "/layouts/unplaced",
    task: Task::Settings,
};

/// The page.
#[derive(Template)]
#[template(path = "staff/account/rules/over.html")]
pub(in super::super) struct OverPage {
    texts: Texts,
    layout: Layout,
    form: Form,
    table: Table<Affected>,
    /// How many bookings were never offered anything, or whose offer ran out.
    to_offer: usize,
    may: May,
    chosen: Vec<ReservationId>,
    operation: OperationId,
    hold_operation: OperationId,
}

fn to_offer(lines: &[Affected]) -> usize {
    let open = |line: &&Affected| {
        let answered = [Standing::Open, Standing::Declined];
        line.is_booked() && line.offer.as_ref().is_none_or(|offer| !answered.contains(&offer.state))
    };
    lines.iter().filter(open).count()
}

/// What somebody may do with the list.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct May {
    /// See the rules.
    pub(in super::super) see: bool,
    /// Keep them beyond the places.
    pub(in super::super) keep: bool,
    /// Hold other places and offer them.
    pub(in super::super) hold: bool,
}

impl OverPage {
    /// The list, for somebody who may do something about it or not.
    pub(in super::super) fn new(
        layout: Layout,
        form: Form,
        (arranged, lines): (&Arranged, Vec<Affected>),
        (may, chosen): (May, Vec<ReservationId>),
        [operation, hold_operation]: [OperationId; 2],
    ) -> Self {
        let to_offer = to_offer(&lines);
        let line = |one: Affected| Line { href: one.href.clone(), cells: cells(&one), more: one };
        let table = Table::new(arranged, lines.into_iter().map(line).collect());
        let texts = Texts::new(Language::JA);
        Self { texts, layout, form, table, to_offer, may, chosen, operation, hold_operation }
    }

    /// Whether renewals are among them, whose citizens nobody knows.
    fn has_renewals(&self) -> bool {
        self.table.rows.iter().any(|row| row.more.is_renewal())
    }

    /// Whether something is to be chosen.
    fn chooses(&self) -> bool {
        self.may.keep || self.may.hold
    }
}

impl Page for OverPage {
    fn status(&self) -> StatusCode {
        self.form.status()
    }
}

async fn lines(app: &Arc<App>) -> Result<Vec<Affected>, store::Error> {
    let (rules, keys, today, now) = (app.reload_rules().await?, app.keys.clone(), app.today(), app.now());
    let until = today.saturating_add(DAYS.days());
    app.db
        .read(move |reader| {
            let undecided = unplaced::undecided(reader, &rules, today, until)?;
            affected::with_offers(reader, &keys, &undecided, now)
        })
        .await
}

fn subjects(lines: &[Affected]) -> Vec<Subject> {
    lines.iter().map(|line| Subject::Reservation(line.reservation)).collect()
}

/// A reservation as a row: a cell for every column.
fn cells(line: &Affected) -> Vec<Cell> {
    vec![
        Cell::text(line.when.as_str()),
        Cell::Day(line.slot.day),
        Cell::text(line.slot.start.to_string()),
        Cell::text(line.service),
        Cell::text(line.notice.as_str()),
        Cell::text(line.control.as_str()),
        Cell::text(line.language),
        Cell::text(line.state),
        Cell::text(line.contact()),
        Cell::text(line.offer.as_ref().map_or_else(|| "－".to_owned(), Offered::text)),
    ]
}

/// What was just done.
#[derive(Debug, Default, serde::Deserialize)]
pub(crate) struct Done {
    kept: Option<u32>,
    of: Option<u32>,
    held: Option<String>,
}

/// Shows the list.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    signed: Signed,
    Query(done): Query<Done>,
) -> Result<Response, PageError> {
    let notice = done.kept.zip(done.of).map(|(kept, of)| match of - kept.min(of) {
        0 => format!("{kept}件を、定員を超えて受け入れることにしました。"),
        rest => format!(
            "{kept}件を、定員を超えて受け入れることにしました。{rest}件は、ほかの人が先に扱いを決めたか、定員に収まったため、そのままです。"
        ),
    });
    let held = done.held.map(|_| {
        "代わりの枠を押さえて、案内しました。空きのなかった予約は「空きなし」と表示しています。返事は「代わりの日時の案内」で確かめられます。"
            .to_owned()
    });
    page(&app, &signed, Form::fresh(), notice.or(held), Vec::new()).await
}

pub(super) async fn page(
    app: &Arc<App>,
    signed: &Signed,
    mut form: Form,
    notice: Option<String>,
    chosen: Vec<ReservationId>,
) -> Result<Response, PageError> {
    let lines = lines(app).await?;
    hold::fill(app, &mut form, &lines);
    let found = u32::try_from(lines.len()).unwrap_or(u32::MAX);
    let view = View { screen: "unplaced", asked: String::new(), subjects: subjects(&lines), found };
    let mut layout = frame(signed, "定員に収まらない予約", &form);
    layout.notice = notice;
    let may = May {
        see: signed.may(Permission::SeeRules),
        keep: signed.may(Permission::OverrideRules),
        hold: signed.may(Permission::ChangeRules),
    };
    let arranged = Arranged::read(app, signed, &LISTING).await?;
    let operations = [app.operation(), app.operation()];
    let page = OverPage::new(layout, form, (&arranged, lines), (may, chosen), operations);
    signed.shows(app, view, || respond(&page)).await
}

/// Keeps those that were chosen.
pub(crate) async fn keep(
    State(app): State<Arc<App>>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let mut form = fields.form(&[field::OPERATION, field::REMARK, hold::UNTIL, hold::SCOPE])?;
    let pressed = field::operation(&form)?;
    let chosen = fields.all(KEPT)?.into_iter().map(str::parse).collect::<Result<Vec<ReservationId>, _>>();
    let chosen = chosen.map_err(|_| PageError::BadRequest)?;
    let reason = field::remark(&mut form);
    if chosen.is_empty() {
        form.refuse_ja(KEPT, "受け入れる予約を選んでください。");
    }
    if reason.is_empty() && form.fault(field::REMARK).is_none() {
        form.refuse_ja(field::REMARK, "理由を入力してください。記録簿に残ります。");
    }
    if form.is_refused() {
        return page(&app, &signed, form, None, chosen).await;
    }
    let of = chosen.len();
    let operation = Operation::new(pressed, &format!("keep {chosen:?} {reason}"));
    let (act, rules) = (app.act(signed.actor()), app.reload_rules().await?);
    let kept = app.db.write(Lane::Staff, move |tx| {
        once(tx, &act, &operation, |tx| {
            let mut kept = 0_u32;
            for id in &chosen {
                kept += u32::from(unplaced::keep(tx, &act, &rules, *id, &reason)?);
            }
            Ok::<_, BookingError>(kept)
        })
    });
    match kept.await {
        Ok(kept) => Ok(see_other(&format!("/rules/over?kept={kept}&of={of}"))),
        Err(BookingError::Store(error)) => Err(error.into()),
        Err(BookingError::NotFound) => Err(PageError::NotFound),
        Err(_) => Err(field::stale()),
    }
}

/// The list as a file, for the city.
pub(crate) async fn file(
    State(app): State<Arc<App>>,
    Path(file): Path<String>,
    Query(asked): Query<export::Asked>,
    signed: Signed,
) -> Result<Response, PageError> {
    let form = export::form(&file, "over")?;
    let lines = lines(&app).await?;
    let list = List {
        title: "定員に収まらない予約".to_owned(),
        name: "unplaced-reservations",
        task: Task::Settings,
        screen: "unplaced_file",
        asked: file,
        words: vec![format!("{}以後の予約", month_day_ja(app.today()))],
        subjects: subjects(&lines),
        listing: &LISTING,
        paper: Paper::Plain,
        rows: Short(lines.iter().map(cells).collect()),
    };
    export(&app, &signed, list, form, asked).await
}
