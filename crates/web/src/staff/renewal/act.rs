//! What is done with one renewal: arrived, renewed, sent away, left; cancelled, and who comes.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::check_sheet::Sheet;
use domain::id::{OperationId, ReceptionId, ReservationId};
use domain::reception::Reason;
use domain::reservation::{Channel, Pins};
use domain::service::Service;
use store::op::{Operation, Reused, once};
use store::reception::{ReceptionError, Unserved};
use store::reservation::shown::{Whom, unchanged};
use store::reservation::{BookingError, party};
use store::{Act, Lane, Tx};

use super::show::AskedSheet;
use super::{book, route, show};
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Form, PageError};
use crate::staff::counter::reception::papers::{self, SHEET};
use crate::staff::counter::reception::sentence;
use crate::staff::counter::reservation::shown::{AsShown, SHOWN, changed_since};
use crate::staff::desk::Signed;
use crate::staff::field;

pub(super) const CHANNEL: &str = "channel";
pub(super) const REASON: &str = "reason";
/// Whether the PINs are known, as the sheet was chosen.
const PINS: &str = "known";
/// How many people are cancelled together; none: this one alone.
const ALL: &str = "all";

/// A form about a renewal, as it came.
struct Asked {
    app: Arc<App>,
    signed: Signed,
    id: ReservationId,
    form: Form,
    operation: OperationId,
}

impl Asked {
    fn read(
        app: Arc<App>,
        id: &str,
        signed: Signed,
        fields: &Fields,
        names: &[&'static str],
    ) -> Result<Self, PageError> {
        let id = field::id(id)?;
        let form = fields.form(&[&[field::OPERATION], names].concat())?;
        let operation = field::operation(&form)?;
        Ok(Self { app, signed, id, form, operation })
    }

    /// The renewal again with the form, and with what went wrong.
    async fn again(self, problem: Option<String>) -> Result<Response, PageError> {
        show::page(&self.app, &self.signed, self.id, self.form, problem).await
    }

    /// Does something once, however often the form is sent; `request` stands for all that it asks.
    async fn once<E>(
        &self,
        request: &str,
        act: impl Fn(&mut Tx<'_>, &Act) -> Result<(), E> + Send + 'static,
    ) -> Result<(), E>
    where
        E: From<store::Error> + From<Reused> + Send + 'static,
    {
        let operation = Operation::new(self.operation, &format!("{request} {}", self.id));
        let by = self.app.act(self.signed.actor());
        self.app.db.write(Lane::Staff, move |tx| once(tx, &by, &operation, |tx| act(tx, &by))).await
    }

    /// Takes a step of the reception, and shows the renewal again.
    async fn step(
        self,
        request: &str,
        step: impl Fn(&mut Tx<'_>, &Act, ReceptionId) -> Result<(), ReceptionError> + Send + 'static,
    ) -> Result<Response, PageError> {
        let id = self.id;
        let done = self.once(request, move |tx, act| {
            let visit = store::reception::of_reservation(tx, id)?.ok_or(ReceptionError::NotFound)?;
            step(tx, act, visit.id)
        });
        match done.await {
            Ok(()) => Ok(see_other(&route::renewal(id))),
            Err(error) => self.again(Some(sentence(error)?)).await,
        }
    }

    /// Changes the booking as it was shown, and shows the renewal again; what somebody changed since is left alone.
    async fn change(
        self,
        request: &str,
        change: impl Fn(&mut Tx<'_>, &Act) -> Result<(), BookingError> + Send + 'static,
    ) -> Result<Response, PageError> {
        let shown = AsShown::read(&self.form)?;
        let (id, versions) = (self.id, shown.versions(Whom::All));
        let done = self.once(request, move |tx, act| {
            unchanged(tx, id, &versions)?;
            change(tx, act)
        });
        match done.await {
            Ok(()) => {
                self.app.availability_changed();
                Ok(see_other(&route::renewal(self.id)))
            }
            Err(BookingError::ChangedSince) => {
                let problem = changed_since(&self.app, id, Whom::All, &shown, None).await?;
                self.again(Some(problem)).await
            }
            Err(error) => self.again(Some(refusal(error)?)).await,
        }
    }
}

/// 来庁: the visitor is here.
pub(crate) async fn arrive(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let asked = Asked::read(app, &id, signed, &fields, &[])?;
    let id = asked.id;
    let done = asked.once("arrive", move |tx, act| {
        let found = store::reservation::find(tx, id)?;
        if found.is_none_or(|found| found.slot.service != Service::Renewal) {
            return Err(ReceptionError::NotFound);
        }
        store::reception::arrive(tx, act, id).map(drop)
    });
    match done.await {
        // Another operator received the same visitor: the page shows it.
        Ok(()) | Err(ReceptionError::Already(_)) => Ok(see_other(&route::renewal(id))),
        Err(error) => asked.again(Some(sentence(error)?)).await,
    }
}

/// 書類確認: every line of the sheet for who came was looked at (11(8)ウ(イ)).
pub(crate) async fn check(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let mut asked = Asked::read(app, &id, signed, &fields, &[SHEET, PINS])?;
    let sheet: Sheet = asked.form.typed(SHEET).parse().map_err(|_| PageError::BadRequest)?;
    let pins: Pins = asked.form.typed(PINS).parse().map_err(|_| PageError::BadRequest)?;
    let items = papers::ticked(&mut asked.form, &fields, &sheet.of_renewal(pins))?;
    if asked.form.is_refused() {
        let sheet = AskedSheet { sheet: Some(sheet), known: Some(pins), items };
        return show::page_with(&asked.app, &asked.signed, asked.id, asked.form, None, sheet).await;
    }
    let step = move |tx: &mut Tx<'_>, act: &Act, visit| {
        store::reception::check_renewal(tx, act, visit, (sheet, pins))
    };
    asked.step(&format!("papers {sheet} {pins}"), step).await
}

/// 更新完了: the city renewed the certificates.
pub(crate) async fn done(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let mut asked = Asked::read(app, &id, signed, &fields, &[field::PERSON, field::PAPER])?;
    let Some((renewer, recorded)) = field::city(&mut asked.form, &asked.signed) else {
        return asked.again(None).await;
    };
    let request = format!("renewed {renewer}");
    let step = move |tx: &mut Tx<'_>, act: &Act, visit| {
        store::reception::renewed(tx, act, visit, &renewer, recorded)
    };
    asked.step(&request, step).await
}

/// 持ち帰り: sent away with a reason.
pub(crate) async fn send_away(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let mut asked = Asked::read(app, &id, signed, &fields, &[REASON, field::REMARK])?;
    let remark = field::remark(&mut asked.form);
    let reason: Option<Reason> = asked.form.typed(REASON).parse().ok();
    let reason = reason.filter(|reason| Reason::of(Service::Renewal).any(|of| of == *reason));
    if reason.is_none() {
        asked.form.refuse_ja(REASON, "理由を選んでください。");
    }
    let Some(reason) = reason.filter(|_| !asked.form.is_refused()) else { return asked.again(None).await };
    let request = format!("sent away {reason} {remark}");
    let step = move |tx: &mut Tx<'_>, act: &Act, visit| {
        store::reception::send_away(tx, act, visit, &Unserved::SentAway(reason), &remark)
    };
    asked.step(&request, step).await
}

/// 途中退出.
pub(crate) async fn leave(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let asked = Asked::read(app, &id, signed, &fields, &[])?;
    let step =
        |tx: &mut Tx<'_>, act: &Act, visit| store::reception::send_away(tx, act, visit, &Unserved::Left, "");
    asked.step("left", step).await
}

/// 取消, of this one or of everybody of its booking.
pub(crate) async fn cancel(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let mut asked = Asked::read(app, &id, signed, &fields, &[CHANNEL, ALL, SHOWN])?;
    let Ok(channel @ (Channel::Telephone | Channel::Counter)) = asked.form.typed(CHANNEL).parse() else {
        asked.form.refuse_ja(CHANNEL, "申し出の方法を選んでください。");
        return asked.again(None).await;
    };
    let all: Option<usize> = match asked.form.typed(ALL) {
        "" => None,
        people => Some(people.parse().map_err(|_| PageError::BadRequest)?),
    };
    let (id, rules) = (asked.id, asked.app.rules());
    let change = move |tx: &mut Tx<'_>, act: &Act| match all {
        Some(people) => party::cancel_all(tx, act, &rules, id, people, channel),
        None => store::reservation::cancel(tx, act, &rules, id, channel).map(drop),
    };
    asked.change(&format!("cancel {channel} {all:?}"), change).await
}

/// Who comes, and whether the PINs are known.
pub(crate) async fn coming(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let ([who, ..], [pins, ..]) = (book::VISITORS, book::PINS);
    let mut asked = Asked::read(app, &id, signed, &fields, &[who, pins, SHOWN])?;
    let Some(coming) = book::coming(&mut asked.form, 0) else { return asked.again(None).await };
    let id = asked.id;
    let change = move |tx: &mut Tx<'_>, act: &Act| {
        party::set_coming(tx, act, id, Some(coming.visitor), Some(coming.pins))
    };
    asked.change(&format!("coming {}", coming.code()), change).await
}

/// What a refused change means for the person at the counter.
pub(super) fn refusal(error: BookingError) -> Result<String, PageError> {
    Ok(match error {
        BookingError::Received => "受付が始まっているため変更できません。受付を終わらせてください。",
        BookingError::Over => "予約の日を過ぎているため変更できません。",
        BookingError::TooLate => "予約の時間を過ぎているため変更できません。",
        BookingError::DayClosed => "その日は締めたため予約できません。",
        BookingError::Full => "選んだ時間は、いま埋まりました。別の時間を選んでください。",
        BookingError::Limited(limit) => {
            return Ok(format!("{}の時間のため予約できません。別の日時を選んでください。", limit.label()));
        }
        BookingError::AnotherParty => {
            "一緒の予約が、ほかの操作で変わっています。いまの内容を確かめて、もう一度操作してください。"
        }
        BookingError::WrongState(wrong) => {
            return Ok(format!("「{}」の予約は変更できません。", wrong.from.label()));
        }
        BookingError::NotFound => return Err(PageError::NotFound),
        BookingError::StaleRules => return Err(PageError::Full),
        BookingError::Reused(_) => return Err(field::stale()),
        BookingError::Store(error) => return Err(error.into()),
        other => return Err(PageError::internal(other)),
    }
    .to_owned())
}
