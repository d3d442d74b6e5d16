//! The duties of an open day by the clock: ready at ten to opening, the list with the city before noon, the pull before
//! closing, the close after it (chapter 7, 11(5)ウ(オ)). Each has an hour, one who took it, and one who did it.

use std::collections::BTreeMap;

use domain::capacity::Grant;
use domain::day_list::Duty as Kind;
use domain::id::OperationId;
use domain::journal::{Actor, BusinessDay};
use domain::permission::Permission;
use domain::time::{SLOT_MINUTES, Start, month_day_ja};
use jiff::civil::Date;
use store::Reader;
use store::day_list::{Changed, DayList, Days, DutyOf};
use store::report::Closed;

use super::route;
use crate::App;
use crate::staff::account::words::Names;
use crate::staff::desk::Signed;
use crate::staff::renewal::route as renewal;
use crate::staff::wording;

/// Everything stands ready so long before the counter opens (chapter 7: 8:50).
const READY_BEFORE: u16 = 10;
/// The list of the next open day is with the city before noon (11(5)ウ(オ)).
const LIST_DEADLINE: u16 = 12 * 60;
/// A close that is not done an hour after closing is late.
const CLOSE_WITHIN: u16 = 60;

/// What the database knows of the duties.
pub(crate) struct Facts {
    lists: Vec<DayList>,
    differences: Vec<Changed>,
    duties: Vec<DutyOf>,
    closed: Option<Closed>,
    names: Names,
    renewals: Option<RenewalList>,
}

/// The list of renewals of their next open day, where somebody is on it.
struct RenewalList {
    day: Date,
    booked: u32,
    list: Option<DayList>,
    duty: Option<DutyOf>,
}

/// Reads what the duties of the first of these days need, and the list of renewals of their next open day.
pub(crate) fn read(
    reader: &mut Reader<'_>,
    days: &Days,
    next_renewals: Option<BusinessDay>,
) -> Result<Facts, store::Error> {
    let lists = store::day_list::known(reader, days)?;
    // Without a frozen list nothing can be otherwise than on it.
    let differences = if lists.is_empty() { Vec::new() } else { store::day_list::differences(reader, days)? };
    Ok(Facts {
        lists,
        differences,
        duties: store::day_list::duties(reader, days)?,
        closed: store::report::closed(reader, &days.from)?,
        names: Names::people(reader)?,
        renewals: match next_renewals {
            Some(day) => renewals(reader, day)?,
            None => None,
        },
    })
}

fn renewals(reader: &mut Reader<'_>, of: BusinessDay) -> Result<Option<RenewalList>, store::Error> {
    let booked = store::reservation::count_of_day(reader, of.service, &of.site, of.day)?;
    let list = store::day_list::find(reader, &of)?;
    // A list of nobody is no work; one that was frozen goes to the city also if everybody cancelled since.
    if booked == 0 && list.is_none() {
        return Ok(None);
    }
    let day = of.day;
    let duties = store::day_list::duties(reader, &Days::from(of))?;
    let duty = duties.into_iter().find(|known| known.duty == Kind::List);
    Ok(Some(RenewalList { day, booked, list, duty }))
}

impl Facts {
    /// How many differences of each day nobody saw yet.
    pub(crate) fn not_seen(&self) -> BTreeMap<Date, usize> {
        let mut counts = BTreeMap::new();
        for changed in self.differences.iter().filter(|changed| changed.seen.is_none()) {
            *counts.entry(changed.day).or_default() += 1;
        }
        counts
    }

    fn list(&self, day: Date) -> Option<&DayList> {
        self.lists.iter().find(|list| list.day == day)
    }

    fn duty(&self, day: Date, duty: Kind) -> Option<&DutyOf> {
        self.duties.iter().find(|known| known.day == day && known.duty == duty)
    }

    fn done(&self, at: jiff::Timestamp, by: Actor) -> String {
        format!("{} {}", wording::time(at), self.names.actor(by))
    }
}

/// What time it is in a day, and what the day is like.
pub(crate) struct Moment {
    today: Date,
    minute: u16,
    opens: Option<u16>,
    ends: Option<u16>,
    next: Option<(Date, u32)>,
}

impl Moment {
    /// The minute of a day with these slots, before the next open day with so many reservations.
    pub(crate) fn of(
        slots: &[(Start, Grant)],
        today: &BusinessDay,
        next: Option<(Date, u32)>,
        minute: u16,
    ) -> Self {
        Self {
            today: today.day,
            minute,
            opens: slots.first().map(|(start, _)| start.minutes()),
            ends: slots.last().map(|(start, _)| start.minutes() + SLOT_MINUTES),
            next,
        }
    }
}

/// How a duty stands against the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Its hour has not come.
    Later,
    /// It is to be done now.
    Due,
    /// It should have been done.
    Late,
    /// It is done.
    Done,
}

/// A duty on the board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Duty {
    /// Where taking it and saying that it is done are sent.
    pub(crate) base: String,
    /// The minute of the day by which it is to be done.
    pub(crate) until: u16,
    pub(crate) what: String,
    pub(crate) standing: Standing,
    /// How much is left of it, or who did it.
    pub(crate) how_much: String,
    /// Who took it; empty if nobody did.
    pub(crate) owner: String,
    /// Where it is done.
    pub(crate) act: Option<(String, &'static str)>,
    /// The press of taking it.
    pub(crate) take: Option<OperationId>,
    /// The press that says it is done, where nothing else says so.
    pub(crate) done: Option<OperationId>,
}

impl Duty {
    /// The hour on the board.
    pub(crate) fn hour(&self) -> String {
        format!("{}まで", wording::minute(self.until))
    }
}

/// The duties of today by the clock. `left` is how many cards are still to be pulled by day.
pub(crate) fn lines(
    app: &App,
    signed: &Signed,
    now: &Moment,
    facts: &Facts,
    left: &BTreeMap<Date, u32>,
) -> Vec<Duty> {
    let (Some(opens), Some(ends)) = (now.opens, now.ends) else { return Vec::new() };
    let may = signed.may(Permission::TransferBatches);
    let left = |day: Date| left.get(&day).copied().unwrap_or(0);
    let line_of = |kind: Kind, base: String, known: Option<&DutyOf>, until: u16, what: String, how: How| {
        let owner = known.and_then(|duty| duty.owner);
        let standing = match (&how.done, until) {
            (Some(_), _) => Standing::Done,
            (None, until) if now.minute >= until => Standing::Late,
            (None, _) if now.minute < how.from => Standing::Later,
            (None, _) => Standing::Due,
        };
        let is_open = standing != Standing::Done;
        Duty {
            base,
            until,
            what,
            standing,
            how_much: how.done.unwrap_or(how.left),
            owner: owner.map(|by| facts.names.actor(by)).unwrap_or_default(),
            act: how.act.filter(|_| is_open),
            take: (is_open && may && owner != Some(signed.actor())).then(|| app.operation()),
            done: (is_open && may && kind == Kind::Ready).then(|| app.operation()),
        }
    };
    let line = |kind: Kind, day: Date, until: u16, what: String, how: How| {
        line_of(kind, route::duty(day, kind), facts.duty(day, kind), until, what, how)
    };
    let mut lines = vec![line(
        Kind::Ready,
        now.today,
        opens.saturating_sub(READY_BEFORE),
        Kind::Ready.label().to_owned(),
        ready(signed, now, facts, left(now.today)),
    )];
    if let Some((next, booked)) = now.next {
        let what = format!("{}の予約リスト", month_day_ja(next));
        let how = list(facts, facts.list(next), route::list(next), booked, now.minute);
        lines.push(line(Kind::List, next, LIST_DEADLINE, what, how));
        let what = format!("{}の引き抜き", month_day_ja(next));
        lines.push(line(Kind::Pull, next, ends, what, pull(signed, facts, next, booked, left(next))));
    }
    if let Some(of) = &facts.renewals {
        let what = format!("{}の更新の予約リスト", month_day_ja(of.day));
        let how = list(facts, of.list.as_ref(), renewal::day(of.day), of.booked, now.minute);
        let base = renewal::duty(of.day, Kind::List);
        lines.push(line_of(Kind::List, base, of.duty.as_ref(), LIST_DEADLINE, what, how));
    }
    let what = format!("今日の{}", Kind::Close.label());
    lines.push(line(
        Kind::Close,
        now.today,
        ends + CLOSE_WITHIN,
        what,
        close(signed, facts, now.today, ends),
    ));
    // On days of short hours the order is another one.
    lines.sort_by_key(|duty| duty.until);
    lines
}

/// How far a duty is.
struct How {
    done: Option<String>,
    left: String,
    act: Option<(String, &'static str)>,
    /// From which minute of the day on it can be done.
    from: u16,
}

fn ready(signed: &Signed, now: &Moment, facts: &Facts, left: u32) -> How {
    let not_seen = facts.not_seen().get(&now.today).copied().unwrap_or(0);
    let done = facts.duty(now.today, Kind::Ready).and_then(|duty| duty.done);
    let act = if not_seen > 0 {
        Some((route::list(now.today), "違いを確かめる"))
    } else {
        to_pull(signed, now.today).filter(|_| left > 0)
    };
    How {
        done: done.map(|(at, by)| facts.done(at, by)),
        left: format!("確かめていない違い {not_seen}件・引き抜き残り {left}枚"),
        act,
        from: 0,
    }
}

/// Where the cards of a day are pulled, for those who move cards.
fn to_pull(signed: &Signed, day: Date) -> Option<(String, &'static str)> {
    signed.may(Permission::MoveCards).then(|| (route::pull(day), "引き抜く"))
}

fn list(facts: &Facts, list: Option<&DayList>, href: String, booked: u32, minute: u16) -> How {
    let transfer = list.and_then(|list| list.transfer.as_ref());
    let state = match list {
        Some(list) => format!("確定済（{}件）・市へ未引継ぎ", list.lines),
        None => format!("未確定（いまの予約{booked}件）"),
    };
    let left = match LIST_DEADLINE.checked_sub(minute).filter(|left| *left > 0) {
        Some(left) => format!("{state}・あと{}", wording::minutes(i64::from(left))),
        None => state,
    };
    let words = if list.is_some() { "市へ引き継ぐ" } else { "リストを確定する" };
    How {
        done: transfer.map(|transfer| {
            format!("{}（受取：{}）", facts.done(transfer.at, transfer.by), transfer.receiver)
        }),
        left,
        act: Some((href, words)),
        from: 0,
    }
}

fn pull(signed: &Signed, facts: &Facts, next: Date, booked: u32, left: u32) -> How {
    // Cards are pulled by the list, so there is nothing to pull before it is frozen.
    let frozen = facts.list(next).is_some();
    let done = frozen && left == 0;
    How {
        done: done.then(|| format!("{booked}件の予約のカードを引き抜きました")),
        left: format!("残り{left}枚（予約{booked}件）"),
        act: to_pull(signed, next),
        from: if frozen { 0 } else { LIST_DEADLINE },
    }
}

fn close(signed: &Signed, facts: &Facts, today: Date, ends: u16) -> How {
    How {
        done: facts.closed.as_ref().map(|closed| facts.done(closed.at, closed.actor)),
        left: format!("窓口は{}まで", wording::minute(ends)),
        act: signed.may(Permission::CloseDay).then(|| (route::close(today), "締めの画面へ")),
        from: ends,
    }
}
