//! 停止中の記録: what was done on paper while the system was down, a line each, with the time at which it happened.
//!
//! The acts are those of the counter (`store::afterwards`). A line that contradicts the records is refused whole, with a
//! sentence; what the records say already is told and does no harm.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::check_sheet::{Collected, Sheet};
use domain::id::{OperationId, PersonId};
use domain::journal::{Actor, BusinessDay, Entry, Subject};
use domain::outage::OnPaper;
use domain::permission::Permission;
use domain::reception::Reason;
use domain::scan::{ScanScreen, Scanned, read};
use domain::service::Service;
use domain::time::{day_of, instant_at, minute_from_text, month_day_ja};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;
use store::Lane;
use store::afterwards::{AfterwardsError, Entered, Line, Of, Paper, enter};
use store::journal::View;
use store::op::{Operation, once};
use store::reception::{Checked, ReceptionError};

use super::ENTRIES;
use crate::App;
use crate::kit::page::see_other;
use crate::kit::{Fields, Form, Language, Page, PageError, Texts, respond};
use crate::staff::counter::reception::sentence as step_sentence;
use crate::staff::counter::route;
use crate::staff::counter::scan::{AlarmPage, Target, find};
use crate::staff::desk::Signed;
use crate::staff::{Layout, Task, field, wording};

const WHAT: &str = "what";
const DAY: &str = "day";
const FROM: &str = "from";
const UNTIL: &str = "until";
const TIME: &str = "time";
const CODE: &str = "code";
const BOX: &str = "box";
const SHEET: &str = "sheet";
const NOTICE_CARD: &str = "notice_card";
const OLD_CARD: &str = "old_card";
const CHECKED_BY: &str = "checked_by";
const REASON: &str = "reason";

/// A line as it stands in the list.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) happened: String,
    pub(crate) what: &'static str,
    pub(crate) name: String,
    pub(crate) href: String,
    pub(crate) checked_by: String,
    pub(crate) entered: String,
}

/// The page.
#[derive(Template)]
#[template(path = "staff/outage/enter.html")]
pub(crate) struct EnterPage {
    pub(crate) texts: Texts,
    pub(crate) layout: Layout,
    pub(crate) form: Form,
    pub(crate) problem: Option<String>,
    /// What the line before came to.
    pub(crate) done: Option<&'static str>,
    pub(crate) what: OnPaper,
    /// What this person may enter, each with its address.
    pub(crate) kinds: Vec<(OnPaper, String)>,
    pub(crate) people: Vec<(PersonId, String)>,
    pub(crate) reasons: Vec<Reason>,
    /// Whether the city's act is recorded from a paper.
    pub(crate) from_paper: bool,
    pub(crate) rows: Vec<Row>,
    pub(crate) operation: OperationId,
}

impl EnterPage {
    /// Whether somebody is the one who was chosen.
    pub(crate) fn typed_person(&self, id: &PersonId) -> bool {
        self.form.typed(CHECKED_BY) == id.to_string()
    }
}

impl Page for EnterPage {
    fn status(&self) -> StatusCode {
        if self.problem.is_some() { StatusCode::CONFLICT } else { self.form.status() }
    }
}

/// What the address says: the outage, the kind of line, and what the line before came to.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    what: String,
    #[serde(default)]
    day: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    until: String,
    #[serde(default)]
    done: String,
}

/// Shows the form, and what was entered about the day.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Query(asked): Query<Asked>,
    signed: Signed,
) -> Result<Response, PageError> {
    // Days and times that are none would lead back here with strange words in the fields.
    let day = field::day_in(&asked.day).unwrap_or_else(|_| app.today()).to_string();
    let time = |text: &str| minute_from_text(text).map(wording::minute).unwrap_or_default();
    let pairs =
        [(WHAT, asked.what.clone()), (DAY, day), (FROM, time(&asked.from)), (UNTIL, time(&asked.until))];
    let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let form = Fields::of(&pairs).form(&[WHAT, DAY, FROM, UNTIL])?;
    let done = match asked.done.as_str() {
        "recorded" => Some("記録しました。"),
        "before" => Some("すでに記録されています。二重には記録していません。"),
        _ => None,
    };
    page(&app, &signed, form, None, done).await
}

/// What somebody may enter: the city's issue and the places of cards are for those who record them in the program too.
fn may(signed: &Signed, what: OnPaper) -> bool {
    match what {
        OnPaper::HandedOver => signed.may(Permission::RecordIssue),
        OnPaper::PutBack => signed.may(Permission::MoveCards),
        OnPaper::NotCome | OnPaper::SentAway => signed.may(Permission::ReceiveVisitors),
    }
}

async fn page(
    app: &App,
    signed: &Signed,
    form: Form,
    problem: Option<String>,
    done: Option<&'static str>,
) -> Result<Response, PageError> {
    let allowed: Vec<OnPaper> = OnPaper::ALL.iter().copied().filter(|what| may(signed, *what)).collect();
    let what = form.typed(WHAT).parse().ok().filter(|what| allowed.contains(what));
    let Some(what) = what.or(allowed.first().copied()) else { return Err(PageError::Forbidden) };
    // A day that cannot be read is refused at its field; beside it stand the lines of today.
    let day: Date = form.typed(DAY).parse().unwrap_or_else(|_| app.today());
    let days = [Service::Issuance, Service::Renewal].map(|service| BusinessDay {
        service,
        site: app.settings.site.clone(),
        day,
    });
    let asked = days.clone();
    let (lines, people) = app
        .db
        .read(move |reader| {
            let mut lines = Vec::new();
            for day in &asked {
                lines.extend(store::afterwards::of(reader, day)?);
            }
            Ok::<_, store::Error>((lines, store::person::names(reader)?))
        })
        .await?;
    let found = u32::try_from(lines.len()).unwrap_or(u32::MAX);
    let subjects = days.into_iter().map(Subject::Day).collect();
    signed.viewed(app, View { screen: "afterwards", asked: day.to_string(), subjects, found }).await?;
    let name = |id: PersonId| {
        people.iter().find(|(known, _)| *known == id).map(|(_, name)| name.clone()).unwrap_or_default()
    };
    let rows = lines.into_iter().rev().filter_map(|line| row(line, &name)).collect();
    let kinds = allowed.into_iter().map(|what| (what, address(&form, what, ""))).collect();
    let mut layout = signed.layout("停止中の記録").within(Task::Today);
    layout.refused = form.is_refused();
    Ok(respond(&EnterPage {
        texts: Texts::new(Language::JA),
        layout,
        form,
        problem,
        done,
        what,
        kinds,
        people,
        reasons: Reason::of(Service::Issuance).collect(),
        from_paper: signed.city_record() == domain::journal::CityRecord::Paper,
        rows,
        operation: app.operation(),
    }))
}

fn row(line: Line, name: &dyn Fn(PersonId) -> String) -> Option<Row> {
    let Entry::EnteredAfterwards { what, reservation, card, happened_at, checked_by, .. } = line.entry else {
        return None;
    };
    let href = reservation.map(route::reservation).or_else(|| card.map(route::card)).unwrap_or_default();
    let control = line.control_number.map(wording::control).unwrap_or_default();
    let entered_by = match line.actor {
        Actor::Person(person) => name(person),
        _ => String::new(),
    };
    Some(Row {
        happened: wording::time(happened_at),
        what: what.label(),
        name: if control.is_empty() { "更新の予約".to_owned() } else { control },
        href,
        checked_by: checked_by.map(name).unwrap_or_default(),
        entered: format!("{} {entered_by}", wording::moment(line.at)),
    })
}

/// The address with the outage of a form, for a kind of line.
fn address(form: &Form, what: OnPaper, done: &str) -> String {
    // What was typed may hold anything; only days and times go into an address.
    let time = |field| minute_from_text(form.typed(field).trim()).map(wording::minute).unwrap_or_default();
    let day: Option<Date> = form.typed(DAY).trim().parse().ok();
    let day = day.map(|day| day.to_string()).unwrap_or_default();
    let done = if done.is_empty() { String::new() } else { format!("&done={done}") };
    format!("{ENTRIES}?what={what}&day={day}&from={}&until={}{done}", time(FROM), time(UNTIL))
}

/// Takes a line.
pub(crate) async fn take(
    State(app): State<Arc<App>>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, PageError> {
    let names = [
        field::OPERATION,
        WHAT,
        DAY,
        FROM,
        UNTIL,
        TIME,
        CODE,
        BOX,
        SHEET,
        NOTICE_CARD,
        OLD_CARD,
        CHECKED_BY,
        field::PERSON,
        field::PAPER,
        REASON,
        field::REMARK,
    ];
    let mut form = match fields.form(&names) {
        Err(PageError::IndividualNumber) => return alarm(&app, &signed).await,
        other => other?,
    };
    let scanned = [CODE, BOX]
        .iter()
        .any(|name| form.fault(name).is_some() || read(form.typed(name)) == Scanned::IndividualNumber);
    if scanned {
        return alarm(&app, &signed).await;
    }
    let operation = field::operation(&form)?;
    let what: OnPaper = form.typed(WHAT).parse().map_err(|_| PageError::BadRequest)?;
    if !may(&signed, what) {
        return Err(PageError::Forbidden);
    }
    let happened = happened(&mut form, app.now());
    let of = scanned_of(&app, &mut form).await?;
    let paper = paper(&app, &signed, &mut form, what).await?;
    let (Some(happened), Some(of), Some(paper), false) = (happened, of, paper, form.is_refused()) else {
        return page(&app, &signed, form, None, None).await;
    };
    let operation = Operation::new(operation, &format!("afterwards {of:?} {happened} {paper:?}"));
    let (act, site) = (app.act(signed.actor()), app.settings.site.clone());
    let done = app
        .db
        .write(Lane::Staff, move |tx| {
            once(tx, &act, &operation, |tx| enter(tx, &act, &site, (of, happened), &paper))
        })
        .await;
    match done {
        Ok(entered) => {
            app.availability_changed();
            let done = if entered == Entered::Recorded { "recorded" } else { "before" };
            Ok(see_other(&address(&form, what, done)))
        }
        Err(error) => {
            let problem = sentence(error)?;
            page(&app, &signed, form, Some(problem), None).await
        }
    }
}

async fn alarm(app: &App, signed: &Signed) -> Result<Response, PageError> {
    signed.back_scanned(app, ScanScreen::Afterwards).await?;
    Ok(respond(&AlarmPage::new(signed.layout("個人番号の読み取りを止めました"))))
}

/// When it happened: within the outage, and not in the future.
fn happened(form: &mut Form, now: Timestamp) -> Option<Timestamp> {
    let day = field::day(form, DAY, "停止した日")?;
    let time = |form: &mut Form, name, what: &str| {
        let minute = minute_from_text(form.typed(name).trim());
        if minute.is_none() && form.fault(name).is_none() {
            form.refuse_ja(name, format!("{what}を「9:05」のように入力してください。"));
        }
        minute
    };
    let from = time(form, FROM, "止まった時刻");
    let until = time(form, UNTIL, "直った時刻");
    let at = time(form, TIME, "したことの時刻");
    let (from, until, at) = (from?, until?, at?);
    if day > day_of(now) {
        form.refuse_ja(DAY, "今日より後の日です。停止した日を選んでください。");
        return None;
    }
    if from > until {
        form.refuse_ja(UNTIL, "直った時刻が、止まった時刻より前です。");
        return None;
    }
    let happened = instant_at(day, at);
    if happened > now {
        form.refuse_ja(TIME, "まだ来ていない時刻です。紙に書いた時刻を入力してください。");
    } else if !(from..=until).contains(&at) {
        let (from, until) = (wording::minute(from), wording::minute(until));
        form.refuse_ja(TIME, format!("停止していた時間（{from}〜{until}）の中の時刻を入力してください。"));
    }
    Some(happened)
}

/// The card or the reservation whose number was scanned.
async fn scanned_of(app: &App, form: &mut Form) -> Result<Option<Of>, PageError> {
    let typed = form.typed(CODE).to_owned();
    if typed.trim().is_empty() {
        form.refuse_ja(CODE, "ラベルの管理番号か、予約番号を読み取ってください。");
        return Ok(None);
    }
    let of = match find(app, &typed, false).await? {
        Some(Target::Card(id)) => Some(Of::Card(id)),
        Some(Target::Reservation(id) | Target::Renewal(id)) => Some(Of::Reservation(id)),
        Some(Target::Reception(id)) => {
            let visit = app.db.read(move |reader| store::reception::find(reader, id)).await?;
            visit.map(|visit| Of::Reservation(visit.reservation))
        }
        Some(Target::Place(_)) | None => None,
    };
    if of.is_none() {
        form.refuse_ja(CODE, "この番号のカードや予約はありません。もう一度読み取ってください。");
    }
    Ok(of)
}

/// What was done, from the fields of its kind.
async fn paper(
    app: &App,
    signed: &Signed,
    form: &mut Form,
    what: OnPaper,
) -> Result<Option<Paper>, PageError> {
    Ok(match what {
        OnPaper::NotCome => Some(Paper::NotCome),
        OnPaper::SentAway => {
            let reason: Option<Reason> = form.typed(REASON).parse().ok();
            let remark = field::remark(form);
            match reason {
                None => form.refuse_ja(REASON, "持ち帰りの理由を選んでください。"),
                Some(Reason::Other) if remark.is_empty() && form.fault(field::REMARK).is_none() => {
                    form.refuse_ja(field::REMARK, "理由が「その他」のときは備考を入力してください。");
                }
                Some(_) => {}
            }
            reason.map(|reason| Paper::SentAway { reason, remark })
        }
        OnPaper::PutBack => {
            let place = match read(form.typed(BOX)) {
                Scanned::Place(label) => {
                    app.db.read(move |reader| store::place::by_label(reader, label)).await?
                }
                _ => None,
            };
            let place = place.filter(|place| place.kind.is_storage());
            if place.is_none() {
                form.refuse_ja(BOX, "箱のラベルを読み取ってください。");
            }
            place.map(|place| Paper::PutBack { place: place.id })
        }
        OnPaper::HandedOver => {
            let sheet: Option<Sheet> = form.typed(SHEET).parse().ok();
            if sheet.is_none() {
                form.refuse_ja(SHEET, "紙のチェックシートの種類を選んでください。");
            }
            let notice_card = collected(form, NOTICE_CARD);
            let old_card = collected(form, OLD_CARD);
            let checked_by = checked_by(app, form).await?;
            let city = field::city(form, signed);
            match (sheet, notice_card, old_card, checked_by, city) {
                (
                    Some(sheet),
                    Some(notice_card),
                    Some(old_card),
                    Some(checked_by),
                    Some((issuer, record)),
                ) => {
                    let checked = Checked { sheet, notice_card, old_card };
                    Some(Paper::HandedOver { checked, checked_by, issuer, record })
                }
                _ => None,
            }
        }
    })
}

fn collected(form: &mut Form, name: &'static str) -> Option<Collected> {
    let read = form.typed(name).parse().ok();
    if read.is_none() && form.fault(name).is_none() {
        form.refuse_ja(name, "どれかを選んでください。");
    }
    read
}

/// Who checked the papers: somebody with an account here.
async fn checked_by(app: &App, form: &mut Form) -> Result<Option<PersonId>, PageError> {
    let id: Option<PersonId> = form.typed(CHECKED_BY).parse().ok();
    let known = match id {
        Some(id) => app.db.read(move |reader| store::person::find(reader, id)).await?.map(|_| id),
        None => None,
    };
    if known.is_none() {
        form.refuse_ja(CHECKED_BY, "紙のチェックシートで書類を確認した人を選んでください。");
    }
    Ok(known)
}

/// Why a line was not taken, and what to do.
fn sentence(error: AfterwardsError) -> Result<String, PageError> {
    let not_taken = |why: &str| format!("記録していません。{why}");
    Ok(match error {
        AfterwardsError::NoReservation => {
            not_taken("その日の予約がありません。日付と番号を紙の記録と照らし合わせてください。")
        }
        AfterwardsError::Renewal => not_taken(
            "電子証明書の更新の予約です。この画面では「来なかった」と「持ち帰りになった」だけを記録できます。",
        ),
        AfterwardsError::Recalled => not_taken(
            "このカードは交付中止か保留です。渡してはいけないカードでした。渡していたときは、すぐに市の担当へ知らせて、事故として記録してください。",
        ),
        AfterwardsError::Otherwise(state) => not_taken(&format!(
            "記録ではすでに「{}」です。紙の記録とどちらが正しいかを、業務責任者に確かめてください。",
            state.label()
        )),
        AfterwardsError::Stage(_) => not_taken(
            "交付前設定が終わっていないか、手続きの終わったカードです。箱に入れる前に、カードの画面を確かめてください。",
        ),
        AfterwardsError::NotPulled => {
            not_taken("カードをその日の予約のために箱から出せません。カードの画面を確かめてください。")
        }
        AfterwardsError::Reception(ReceptionError::AnotherDay(day)) => {
            not_taken(&format!("{}の予約です。日付と番号を確かめてください。", month_day_ja(day)))
        }
        AfterwardsError::Reception(ReceptionError::DayClosed) => {
            not_taken("その日は締めました。業務責任者が、予約の画面の「結果を訂正する」で直します。")
        }
        AfterwardsError::Reception(ReceptionError::NotLive(state)) => not_taken(&format!(
            "予約が「{}」になっています。紙の記録とどちらが正しいかを、業務責任者に確かめてください。",
            state.label()
        )),
        AfterwardsError::Reception(error) => not_taken(&step_sentence(error)?),
        AfterwardsError::Step(error) => not_taken(&step_sentence(ReceptionError::Step(error))?),
        AfterwardsError::Reused(_) => return Err(field::stale()),
        AfterwardsError::Store(error) => return Err(error.into()),
    })
}
