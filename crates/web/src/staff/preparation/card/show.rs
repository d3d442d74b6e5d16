//! A card: where it is, how far it is, what may be done now, and its story.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::card::{Finding, Pass, Progress, Stage};
use domain::disposal::Months;
use domain::group::Group;
use domain::holder::Holder;
use domain::id::{CardId, ConsignmentId, OperationId, PlaceId};
use domain::incident::Kind;
use domain::journal::{CityRecord, Subject};
use domain::permission::Permission;
use domain::place::PlaceKind;
use domain::time::{era_date, month_day_ja};
use jiff::civil::Date;
use store::Reader;
use store::batch::mail::Posting;
use store::card::Card;
use store::disposal::Extension;
use store::holder::Holding;
use store::journal::View;
use store::keys::Keys;
use store::recall::Recall;
use store::reminder::Reminder;
use store::reservation::Reservation;
use store::tracking::Told;

use super::super::paper::reference;
use super::super::{disposal, reminder};
use super::story::{self, Line};
use crate::App;
use crate::kit::{Form, Language, Page, PageError, Texts, respond};
use crate::staff::counter::say::{Facts, Saying};
use crate::staff::counter::{business, pickup, route};
use crate::staff::desk::Signed;
use crate::staff::field;
use crate::staff::wording::{control, list_line, moment};
use crate::staff::{Layout, Task};

/// How many reservations that ended stand on the page.
const MOST_ENDED: u32 = 10;

/// A card.
#[derive(Template)]
#[template(path = "staff/preparation/card/show.html")]
pub(crate) struct ShowPage {
    pub(crate) texts: Texts,
    pub(crate) form: Form,
    pub(crate) by_paper: bool,
    pub(crate) layout: Layout,
    pub(crate) id: CardId,
    pub(crate) control: String,
    pub(crate) place: PlaceId,
    pub(crate) place_name: String,
    pub(crate) notice: Option<String>,
    /// What to read out on the telephone, and what to do.
    pub(crate) say: Option<Saying>,
    pub(crate) list_line: String,
    pub(crate) consignment: ConsignmentId,
    pub(crate) method: &'static str,
    pub(crate) short_validity: bool,
    pub(crate) posted: Option<String>,
    /// What is under way with its 交付通知書.
    pub(crate) notice_now: Option<String>,
    /// The rounds of reminders that it was in: where, and when the city sent it.
    pub(crate) reminders: Vec<(String, String)>,
    /// Its last day of storage, where it has one, and until when it is kept for longer.
    pub(crate) storage: Option<String>,
    /// When the city destroyed it, and who of it says so.
    pub(crate) disposed: Option<String>,
    pub(crate) way: Vec<Stop>,
    /// How it ended without issuance.
    pub(crate) ended: Option<String>,
    /// Why it is not to be handed out, and by when the city wants it.
    pub(crate) recall: Option<String>,
    /// 保留: it must not be handed out until the city decides.
    pub(crate) suspended: bool,
    pub(crate) findings: Vec<(&'static str, &'static str)>,
    /// When it was last looked up in the resident register while it is stored, and what was found.
    pub(crate) checked: Option<String>,
    /// Its group and how it came into it.
    pub(crate) sorted: Option<String>,
    pub(crate) sorted_into: Option<Group>,
    /// Under which number the post has it, or that the city does not know; of a card that the city mailed.
    pub(crate) tracking: Option<String>,
    /// Who has it.
    pub(crate) holder: String,
    pub(crate) reservation: Option<(String, String)>,
    /// Those that ended: where, when, and how.
    pub(crate) ended_reservations: Vec<(String, String)>,
    /// What is wrong with the card, where an incident is open.
    pub(crate) incident: Option<&'static str>,
    pub(crate) acts: Acts,
    pub(crate) operation: OperationId,
    pub(crate) walk_in_operation: OperationId,
    pub(crate) story: Vec<Line>,
}

impl ShowPage {
    /// The groups into which a person may put it, and which it is in.
    fn sorting(&self) -> Vec<(Group, bool)> {
        self.acts.sort.iter().map(|group| (*group, self.sorted_into == Some(*group))).collect()
    }
}

impl Page for ShowPage {
    fn status(&self) -> StatusCode {
        self.form.status()
    }
}

/// What stands in place of a tracking number that nobody recorded.
const NOT_TOLD: &str = "まだ記録していません（市に聞いて記録します）";

/// A stop on the card's way.
pub(crate) struct Stop {
    pub(crate) label: &'static str,
    pub(crate) passed: bool,
    pub(crate) current: bool,
}

/// What may be done now by this person.
#[derive(Clone, Default)]
pub(crate) struct Acts {
    /// The pass of the inspection that is next.
    pub(crate) inspect: Option<Pass>,
    pub(crate) send: bool,
    /// To the city with the others of its group.
    pub(crate) group: Option<Group>,
    /// The groups into which a person may put it.
    pub(crate) sort: Vec<Group>,
    /// What the post did with it.
    pub(crate) posting: Option<Posting>,
    pub(crate) put: bool,
    pub(crate) reprint: bool,
    /// A 交付通知書 that is asked for again or came back.
    pub(crate) notice: Option<String>,
    /// Booking for the citizen.
    pub(crate) book: Option<String>,
    /// Receiving the citizen who came without a reservation.
    pub(crate) walk_in: bool,
    /// Writing down that nobody finds it, or that it is damaged.
    pub(crate) incident: Option<String>,
    /// Writing down that it is not to be handed out.
    pub(crate) recall: Option<String>,
    /// Writing down that the applicant withdraws.
    pub(crate) withdraw: Option<String>,
    /// Writing down what the city decided of a card that waits.
    pub(crate) decide: Option<String>,
    /// Handing it over at the counter after the post brought it back.
    pub(crate) pickup: Option<String>,
    /// Writing down under which number the post has it.
    pub(crate) tracking: Option<String>,
    /// Writing down that it went to the city, which wanted it back.
    pub(crate) pass: bool,
}

impl Acts {
    fn any(&self) -> bool {
        self.inspect.is_some()
            || self.send
            || self.group.is_some()
            || !self.sort.is_empty()
            || self.posting.is_some()
            || self.put
            || self.reprint
            || self.notice.is_some()
            || self.book.is_some()
            || self.walk_in
            || self.incident.is_some()
            || self.recall.is_some()
            || self.withdraw.is_some()
            || self.decide.is_some()
            || self.pickup.is_some()
            || self.tracking.is_some()
            || self.pass
    }
}

struct Found {
    facts: Facts,
    notice: Option<String>,
    findings: Vec<(Pass, Finding)>,
    checked: Option<(Date, domain::register_check::Finding)>,
    holding: Holding,
    incident: Option<Kind>,
    tracking: Option<Told>,
    /// Somebody came for it at the counter, and that is not over.
    picked_up: bool,
    ended: Vec<Reservation>,
    recall: Option<Recall>,
    reminders: Vec<Reminder>,
    extension: Option<Extension>,
    disposed: Option<(Date, String)>,
    story: Vec<Line>,
}

/// Shows a card.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<Response, PageError> {
    page(&app, &signed, field::id(&id)?, Form::fresh()).await
}

/// The page of a card with the form of the post as it stands.
pub(super) async fn page(app: &App, signed: &Signed, id: CardId, form: Form) -> Result<Response, PageError> {
    let keys = app.keys.clone();
    let found = app.db.read(move |reader| find(reader, &keys, id)).await?.ok_or(PageError::NotFound)?;
    let view = View { screen: "card", asked: id.to_string(), subjects: vec![Subject::Card(id)], found: 1 };
    signed.viewed(app, view).await?;
    let Found { facts, notice, findings, checked, holding, incident, tracking, .. } = found;
    let Found { picked_up, ended: before, recall, reminders, extension, disposed, story, .. } = found;
    let say = signed.may(Permission::Reserve).then(|| Saying::of(&facts, &app.rules(), app.now()));
    let today = business(app, app.today());
    let is_open = app.rules().is_open(today.service, &today.site, today.day);
    let mut acts = acts(signed, &facts, &findings, is_open);
    acts.incident = acts.incident.filter(|_| incident.is_none());
    acts.posting = acts.posting.filter(|_| !picked_up);
    if picked_up && signed.may(Permission::ReceiveVisitors) {
        acts.pickup = Some(pickup::href(id));
    }
    let notice_now = facts.notice.map(notice_words);
    let months = disposal::months(&app.rules(), app.today());
    let storage = storage(&facts, extension.as_ref(), months);
    let Facts { card, live: reservation, .. } = facts;
    let may_see = signed.may(Permission::SeeReservations);
    let link = |of: &Reservation| {
        (route::reservation(of.id), format!("{} {}", month_day_ja(of.slot.day), of.slot.start))
    };
    let reservation = reservation.filter(|_| may_see).as_ref().map(link);
    let how = |of: &Reservation| {
        let (href, when) = link(of);
        (href, format!("{when} {}", of.state.label()))
    };
    let ended_reservations = before.iter().filter(|_| may_see).map(how).collect();
    let mut layout =
        signed.layout(format!("カード {}", control(card.control_number))).within(Task::Preparation);
    layout.refused = form.is_refused();
    Ok(respond(&ShowPage {
        texts: Texts::new(Language::JA),
        layout,
        form,
        by_paper: signed.city_record() == CityRecord::Paper,
        id,
        control: control(card.control_number),
        place: card.place,
        notice,
        list_line: list_line(card.list_date, card.line),
        consignment: card.consignment,
        method: card.method.label_ja(),
        short_validity: card.short_validity == Some(true),
        posted: card.posted_on.map(era_date),
        notice_now,
        reminders: reminders.iter().map(reminded).collect(),
        storage,
        disposed: disposed.map(|(on, person)| format!("{}（{person}）", era_date(on))),
        way: way(card.progress),
        ended: (card.stage == Stage::Ended).then(|| ended(&card)),
        recall: recall.as_ref().map(recalled),
        suspended: card.suspended,
        findings: in_order(&findings),
        checked: checked.map(|(on, finding)| format!("{} {}", month_day_ja(on), finding.label())),
        sorted: card.sorted_into.map(|group| sorted(&card, group)),
        sorted_into: card.sorted_into,
        tracking: store::tracking::fits(&card)
            .then(|| tracking.as_ref().map_or_else(|| NOT_TOLD.to_owned(), super::tracking::words)),
        holder: holder(&card, &holding),
        reservation,
        ended_reservations,
        incident: incident.map(Kind::label),
        acts,
        say,
        operation: app.operation(),
        walk_in_operation: app.operation(),
        story,
        place_name: card.place_name,
    }))
}

fn find(reader: &mut Reader<'_>, keys: &Keys, id: CardId) -> Result<Option<Found>, store::Error> {
    let Some(facts) = Facts::read(reader, id)? else { return Ok(None) };
    Ok(Some(Found {
        notice: reference(reader, keys, id)?,
        findings: store::card::inspected(reader, id)?,
        checked: store::register_check::of_card(reader, id)?,
        holding: store::holder::of(reader, &facts.card)?,
        incident: store::incident::open_of(reader, id)?.map(|(_, kind)| kind),
        tracking: if store::tracking::fits(&facts.card) { store::tracking::of(reader, id)? } else { None },
        picked_up: facts.card.stage == Stage::Ended && store::pickup::is_open(reader, id)?,
        ended: store::reservation::ended_of(reader, id, MOST_ENDED)?,
        recall: store::recall::last_of(reader, id)?,
        reminders: store::reminder::of_card(reader, id)?,
        extension: store::disposal::extension_of(reader, id)?,
        disposed: store::disposal::of_card(reader, id)?,
        story: story::of(reader, id)?,
        facts,
    }))
}

/// The way of a card that is issued, with where this one stands.
pub(crate) fn way(progress: Progress) -> Vec<Stop> {
    let stops = Progress::ALL.iter().filter(|stop| **stop != Progress::Ended);
    let at = Progress::ALL.iter().position(|stop| *stop == progress).filter(|_| progress != Progress::Ended);
    stops
        .enumerate()
        .map(|(n, stop)| Stop {
            label: stop.label(),
            passed: at.is_some_and(|at| n < at),
            current: at == Some(n),
        })
        .collect()
}

/// The group of a card, and who put it there.
fn sorted(card: &Card, group: Group) -> String {
    let by = if card.sorted_by_rule == card.sorted_into { "" } else { "（手で仕分け）" };
    format!("{}{by}", group.label())
}

/// Who has a card, since when, and for what where it is the city.
fn holder(card: &Card, holding: &Holding) -> String {
    let since = moment(holding.since);
    let who = holding.holder.label();
    let what = match (&holding.batch, holding.holder) {
        (Some(with), _) if with.kept => {
            format!("引き取り：{}、受け取った人：{}", with.kind.label(), with.receiver)
        }
        (Some(with), _) => format!("{}のため、受け取った人：{}", with.kind.label(), with.receiver),
        (None, Holder::City) => card.cause.map(|cause| cause.label().to_owned()).unwrap_or_default(),
        (None, _) => String::new(),
    };
    let what = if what.is_empty() { what } else { format!("（{what}）") };
    format!("{who}{what}　{since}から")
}

/// What the passes found, in the order in which they are done.
fn in_order(findings: &[(Pass, Finding)]) -> Vec<(&'static str, &'static str)> {
    Pass::ALL
        .iter()
        .flat_map(|pass| findings.iter().filter(move |(which, _)| which == pass))
        .map(|(pass, finding)| (pass.label(), finding.label()))
        .collect()
}

/// How a card ended, and what it waits for where it came back from the post.
fn ended(card: &Card) -> String {
    if store::tracking::fits(card) && card.place_kind == PlaceKind::Citizen {
        return "このカードは、市が郵送して郵便から戻り、窓口で手渡しました。".to_owned();
    }
    let why = card.cause.map(|cause| format!("（{}）", cause.label())).unwrap_or_default();
    let back = if Posting::MailedAgain.fits(card) {
        "郵便から戻り、市にあります。再び発送するか、窓口で渡すかを、本人に聞いて市の担当へ伝えます。"
    } else if store::recall::waits(card) {
        "カードを引き抜いて、市へ渡してください。"
    } else {
        ""
    };
    format!("このカードは交付窓口では渡さずに終了しました{why}。{back}")
}

/// What is under way with the 交付通知書, in words.
fn notice_words(now: store::notice::Now) -> String {
    use store::notice::Now;
    match now {
        Now::Asked(on, state) => format!("再送の依頼 {}：{}", month_day_ja(on), state.label()),
        Now::Returned(on, reason) => format!("返戻 {}：{}", month_day_ja(on), reason.label()),
    }
}

/// A round of reminders that the card was in, and when the city sent it.
fn reminded(round: &Reminder) -> (String, String) {
    let what = match &round.sent {
        Some((on, _)) => format!("{} 送付", era_date(*on)),
        None => round.state.label().to_owned(),
    };
    (reminder::href(round.id), format!("{}　{what}", reminder::name(round.number)))
}

/// Until when a card is kept that waits for its citizen: its last day, where the city reminded of it, and what puts it off.
fn storage(facts: &Facts, extension: Option<&Extension>, months: Months) -> Option<String> {
    if facts.card.stage != Stage::Notified {
        return None;
    }
    let last = facts.card.posted_on.zip(facts.reminded);
    let last = last.map(|(posted, reminded)| era_date(months.last_day(posted, reminded)));
    let last = last.unwrap_or_else(|| "なし（受取勧奨を送っていません）".to_owned());
    Some(match extension {
        Some(of) => format!("{last}、{}のため{}まで延長", of.reason.label(), era_date(of.until)),
        None => last,
    })
}

/// Why a card is not to be handed out, who said so, how far it is, and by when the city wants it.
fn recalled(recall: &Recall) -> String {
    let until = recall.until.filter(|_| recall.state.is_open());
    let until = until.map(|day| format!("、期限は{}", month_day_ja(day))).unwrap_or_default();
    let (cause, source, state) = (recall.cause.label(), recall.source.label(), recall.state.label());
    format!("{cause}（{source}）：{state}{until}")
}

fn acts(signed: &Signed, facts: &Facts, findings: &[(Pass, Finding)], is_open: bool) -> Acts {
    let card = &facts.card;
    let bookable = facts.is_bookable();
    let waits = card.sorted_into.filter(|_| store::group::waits(card));
    let done = |pass: &Pass| findings.iter().any(|(which, _)| which == pass);
    let inspect = Pass::ALL.iter().copied().find(|pass| !done(pass));
    let movable =
        matches!(card.place_kind, PlaceKind::Desk | PlaceKind::Tray | PlaceKind::Box | PlaceKind::Missing);
    let stored = matches!(card.stage, Stage::Prepared | Stage::Notified);
    Acts {
        inspect: inspect.filter(|_| card.stage == Stage::Listed && signed.may(Permission::InspectCards)),
        send: waits == Some(Group::AtIssue) && signed.may(Permission::TransferBatches),
        group: waits.filter(|group| *group != Group::AtIssue && signed.may(Permission::TransferBatches)),
        sort: if signed.may(Permission::InspectCards) { store::group::choices(card) } else { Vec::new() },
        posting: [Posting::CameBack, Posting::MailedAgain]
            .into_iter()
            .find(|what| what.fits(card) && signed.may(Permission::TransferBatches)),
        put: stored && movable && signed.may(Permission::MoveCards),
        book: (bookable && signed.may(Permission::Reserve)).then(|| route::book(card.id, None)),
        walk_in: bookable
            && is_open
            && matches!(card.place_kind, PlaceKind::Box | PlaceKind::Tray)
            && signed.may(Permission::ReceiveVisitors),
        reprint: stored
            && (card.key_issue > 0 || card.stage == Stage::Notified)
            && signed.may(Permission::PrintLetters),
        notice: (store::notice::fits(card) || facts.notice.is_some())
            .then(|| super::super::notice::card::href(card.id)),
        incident: ((!matches!(card.stage, Stage::Issued | Stage::Ended) || store::recall::waits(card))
            && movable
            && signed.may(Permission::MoveCards))
        .then(|| route::incident(card.id)),
        recall: (store::recall::fits(card) && signed.may(Permission::TransferBatches))
            .then(|| route::recall(card.id)),
        withdraw: (store::recall::fits(card) && signed.may(Permission::Reserve))
            .then(|| route::withdraw(card.id)),
        decide: (card.suspended && signed.may(Permission::TransferBatches)).then(|| route::decide(card.id)),
        pickup: (store::pickup::fits(card) && signed.may(Permission::ReceiveVisitors))
            .then(|| pickup::href(card.id)),
        // Who has the card waits for no mail.
        tracking: (store::tracking::fits(card)
            && card.place_kind != PlaceKind::Citizen
            && signed.may(Permission::TransferBatches))
        .then(|| format!("/cards/{}/tracking", card.id)),
        pass: store::recall::waits(card)
            && card.place_kind != PlaceKind::Missing
            && signed.may(Permission::TransferBatches),
    }
}
