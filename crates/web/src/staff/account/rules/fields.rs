//! The fields of a rule's form, and the rule that they say. Each kind of rule has its own; what is wrong becomes the
//! fault of its field, and what was typed stays.

use domain::rules::{
    Closed, Cut, Emergency, Hours, Places, Reduction, Release, RuleBody, RuleFault, Shares, TimeOfDay,
    Weekdays, When,
};
use domain::service::{Service, SiteCode};
use domain::time::SLOT_MINUTES;
use jiff::civil::{Date, Weekday};

use super::terms::{self, Number, Text};
use crate::kit::{Fields, Form, PageError};
use crate::staff::field;

pub(super) const KIND: &str = "kind";
pub(super) const SITE: &str = "site";
pub(super) const SERVICE: &str = "service";
pub(super) const ON: &str = "on";
pub(super) const DAY: &str = "day";
pub(super) const FIRST: &str = "first";
pub(super) const LAST: &str = "last";
pub(super) const NTH_WEEKDAY: &str = "nth_weekday";
pub(super) const FROM: &str = "from";
pub(super) const UNTIL: &str = "until";
pub(super) const PLACES: &str = "places";
pub(super) const CUT: &str = "cut";
pub(super) const CUT_TO: &str = "cut_to";
pub(super) const CUT_PERCENT: &str = "cut_percent";
pub(super) const REASON: &str = "reason";
pub(super) const WEB: &str = "web";
pub(super) const DESK: &str = "desk";
pub(super) const WALK_IN: &str = "walk_in";
pub(super) const RESERVE: &str = "reserve";
pub(super) const RELEASE: &str = "release";
pub(super) const RELEASE_DAYS: &str = "release_days";
pub(super) const RELEASE_AT: &str = "release_at";
pub(super) const VALID_FROM: &str = "valid_from";
pub(super) const VALID_UNTIL: &str = "valid_until";
pub(super) const WHY: &str = "why";
/// What stands over the public pages while a counter is closed.
pub(super) const NOTICE: &str = "notice";

/// The value of [`SITE`] for every site.
pub(super) const EVERY: &str = "*";
/// What a box sends that is ticked.
pub(super) const YES: &str = "yes";

/// The boxes of the days of the week, from Monday on.
pub(super) const WEEK: [(&str, Weekday, &str); 7] = [
    ("mon", Weekday::Monday, "月"),
    ("tue", Weekday::Tuesday, "火"),
    ("wed", Weekday::Wednesday, "水"),
    ("thu", Weekday::Thursday, "木"),
    ("fri", Weekday::Friday, "金"),
    ("sat", Weekday::Saturday, "土"),
    ("sun", Weekday::Sunday, "日"),
];
/// The boxes of the days of the week within a range.
pub(super) const RANGE_WEEK: [(&str, Weekday, &str); 7] = [
    ("range_mon", Weekday::Monday, "月"),
    ("range_tue", Weekday::Tuesday, "火"),
    ("range_wed", Weekday::Wednesday, "水"),
    ("range_thu", Weekday::Thursday, "木"),
    ("range_fri", Weekday::Friday, "金"),
    ("range_sat", Weekday::Saturday, "土"),
    ("range_sun", Weekday::Sunday, "日"),
];
/// The boxes of the nth of a day of the week.
pub(super) const NTH: [(&str, u8); 5] = [("nth1", 1), ("nth2", 2), ("nth3", 3), ("nth4", 4), ("nth5", 5)];
/// The boxes of the services.
pub(super) const SERVICES: [(&str, Service); 5] = [
    ("of_issuance", Service::Issuance),
    ("of_renewal", Service::Renewal),
    ("of_application", Service::Application),
    ("of_linkage_support", Service::LinkageSupport),
    ("of_enquiry", Service::Enquiry),
];

const SINGLE: [&str; 26] = [
    KIND,
    SITE,
    SERVICE,
    ON,
    DAY,
    FIRST,
    LAST,
    NTH_WEEKDAY,
    FROM,
    UNTIL,
    PLACES,
    CUT,
    CUT_TO,
    CUT_PERCENT,
    REASON,
    WEB,
    DESK,
    WALK_IN,
    RESERVE,
    RELEASE,
    RELEASE_DAYS,
    RELEASE_AT,
    VALID_FROM,
    VALID_UNTIL,
    WHY,
    NOTICE,
];

/// The longest reason.
const LONGEST: usize = 80;

/// A kind of rule that has a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Kind {
    /// Opening hours.
    Hours,
    /// A closure of whole days.
    Closed,
    /// Places.
    Places,
    /// Fewer places.
    Reduction,
    /// Shares.
    Shares,
    /// Deadlines and limits of reservations.
    Booking,
    /// Mistakes at numbers.
    Attempts,
    /// How kept cards are watched over.
    Custody,
    /// Windows.
    Windows,
    /// An office of the city.
    Branch,
    /// A site.
    Site,
}

impl Kind {
    pub(in super::super) const ALL: [Self; 11] = [
        Self::Hours,
        Self::Closed,
        Self::Places,
        Self::Reduction,
        Self::Shares,
        Self::Booking,
        Self::Attempts,
        Self::Custody,
        Self::Windows,
        Self::Branch,
        Self::Site,
    ];

    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Hours => "hours",
            Self::Closed => "closed",
            Self::Places => "places",
            Self::Reduction => "reduction",
            Self::Shares => "shares",
            Self::Booking => "booking",
            Self::Attempts => "attempts",
            Self::Custody => "custody",
            Self::Windows => "windows",
            Self::Branch => "branch",
            Self::Site => "site",
        }
    }

    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Hours => "履行時間",
            Self::Closed => "休み",
            Self::Places => "予約枠",
            Self::Reduction => "枠の削減",
            Self::Shares => "枠の内訳",
            Self::Booking => "予約の期限",
            Self::Attempts => "入力の誤り",
            Self::Custody => "カードの保管",
            Self::Windows => "窓口",
            Self::Branch => "出張所",
            Self::Site => "履行場所",
        }
    }

    pub(super) fn about(self) -> &'static str {
        match self {
            Self::Hours => "開く日と時間",
            Self::Closed => "1日を通して休む日。理由は市民の画面にも出ます",
            Self::Places => "10分ごとに予約を取る人数",
            Self::Reduction => {
                "理由（駐車場使用不可など）のあるあいだ、枠を減らす。重なるときは最も少ない数になります"
            }
            Self::Shares => "Web、電話と窓口、予約なしが使える上限と、残りを全員に開放する時期",
            Self::Booking => "予約・変更・取消の締切、予約できる期間、枠を確保する時間、変更などの回数",
            Self::Attempts => "予約キーと予約番号の誤りを、回線と番号ごとに何回まで受け付けるか",
            Self::Custody => "棚卸で2回数える箱の割合と、事故を市へ知らせるまでの期限",
            Self::Windows => "窓口の名前、数、業務。市民の画面にも出ます",
            Self::Branch => "市の出張所の日と時間、手続き、予約が必要か。市民の画面にも出ます",
            Self::Site => "窓口のある建物の名前、住所、電話。市民の画面と案内にも出ます",
        }
    }

    pub(super) fn read(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    pub(in super::super) fn of(body: &RuleBody) -> Self {
        match body {
            RuleBody::Hours(_) => Self::Hours,
            RuleBody::Closed(_) => Self::Closed,
            RuleBody::Places(_) => Self::Places,
            RuleBody::Reduction(_) => Self::Reduction,
            RuleBody::Shares(_) => Self::Shares,
            RuleBody::Booking(_) => Self::Booking,
            RuleBody::Attempts(_) => Self::Attempts,
            RuleBody::Custody(_) => Self::Custody,
            RuleBody::Windows(_) => Self::Windows,
            RuleBody::Branch(_) => Self::Branch,
            RuleBody::Site(_) => Self::Site,
        }
    }

    /// Whether it speaks of one service alone.
    pub(super) fn of_one_service(self) -> bool {
        matches!(self, Self::Places | Self::Shares | Self::Booking)
    }

    /// Whether it speaks of several services, each with its box.
    pub(super) fn of_services(self) -> bool {
        matches!(self, Self::Hours | Self::Closed | Self::Reduction | Self::Windows | Self::Branch)
    }

    /// Whether it speaks of a site.
    pub(super) fn of_site(self) -> bool {
        self.of_days() || self == Self::Windows
    }

    /// Whether it holds on certain days, and not on every day of its validity.
    pub(super) fn of_days(self) -> bool {
        matches!(self, Self::Hours | Self::Closed | Self::Places | Self::Reduction | Self::Shares)
    }

    /// Its numbers.
    pub(super) fn numbers(self) -> &'static [Number] {
        terms::numbers(self)
    }

    /// Its texts.
    pub(super) fn texts(self) -> &'static [Text] {
        terms::texts(self)
    }

    /// Whether it may speak of every site.
    pub(super) fn of_every_site(self) -> bool {
        matches!(self, Self::Closed | Self::Reduction)
    }

    /// Whether an emergency may ask for it before the city agreed.
    pub(super) fn closes(self) -> bool {
        matches!(self, Self::Closed | Self::Reduction)
    }
}

/// What the notice of a closure says, for the choice.
pub(super) const NOTICES: [(&str, &str); 4] = [
    ("", "出さない"),
    ("system", "国のシステムの障害のため"),
    ("weather", "悪天候・災害のため"),
    ("other", "臨時に（理由は書かない）"),
];

/// Every field of the form, in the order in which it is sent on.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    let boxes = WEEK.iter().chain(&RANGE_WEEK).map(|(name, ..)| *name);
    let boxes = boxes.chain(NTH.iter().map(|(name, _)| *name)).chain(SERVICES.iter().map(|(name, _)| *name));
    SINGLE.into_iter().chain(boxes).chain(terms::names())
}

/// Takes the form as it was sent, with further fields.
pub(super) fn taken(fields: &Fields, more: &[&'static str]) -> Result<Form, PageError> {
    let names: Vec<&'static str> = names().chain(more.iter().copied()).collect();
    fields.form(&names)
}

/// What the form says: the rule, from which day on and until which.
pub(super) struct Said {
    pub(super) body: RuleBody,
    pub(super) from: Date,
    pub(super) until: Option<Date>,
}

/// Reads the form of a kind.
pub(super) fn read(form: &mut Form, kind: Kind, today: Date) -> Option<Said> {
    let body = body(form, kind);
    let (from, until) = validity(form, today);
    if let Some(body) = &body
        && let Err(fault) = body.check()
    {
        refuse(form, kind, fault);
    }
    if form.is_refused() { None } else { Some(Said { body: body?, from: from?, until }) }
}

fn body(form: &mut Form, kind: Kind) -> Option<RuleBody> {
    let site = kind.of_site().then(|| site(form, kind)).flatten();
    let when = kind.of_days().then(|| when(form)).flatten();
    match kind {
        Kind::Booking => {
            let service = service(form);
            terms::booking(form, service)
        }
        Kind::Attempts => terms::attempts(form),
        Kind::Custody => terms::custody(form),
        Kind::Windows => {
            let services = services(form);
            terms::windows(form, site.flatten(), services)
        }
        Kind::Branch => {
            let services = services(form);
            terms::branch(form, services)
        }
        Kind::Site => terms::site(form),
        Kind::Hours => {
            let (services, times) = (services(form), times(form));
            let (opens, closes) = times?;
            Some(RuleBody::Hours(Hours { services, site: site??, when: when?, opens, closes }))
        }
        Kind::Closed => {
            let (services, reason) = (services(form), reason(form, true));
            let notice = notice(form)?;
            Some(RuleBody::Closed(Closed { services, site: site?, when: when?, reason: reason?, notice }))
        }
        Kind::Places => {
            let (service, times, places) = (service(form), slot_times(form), few(form, PLACES, "人数"));
            let reason = reason(form, false).filter(|reason| !reason.is_empty());
            let (from, until) = times?;
            let places = places?;
            Some(RuleBody::Places(Places {
                service: service?,
                site: site??,
                when: when?,
                from,
                until,
                places,
                reason,
            }))
        }
        Kind::Reduction => {
            let (services, times, cut, reason) =
                (services(form), slot_times(form), cut(form), reason(form, true));
            let notice = notice(form)?;
            let (from, until) = times?;
            let (cut, reason) = (cut?, reason?);
            Some(RuleBody::Reduction(Reduction {
                services,
                site: site?,
                when: when?,
                from,
                until,
                cut,
                reason,
                notice,
            }))
        }
        Kind::Shares => {
            let (service, times) = (service(form), slot_times(form));
            let [web, desk, walk_in] = [WEB, DESK, WALK_IN].map(|name| maybe(form, name, "人数"));
            let reserve = maybe(form, RESERVE, "人数").unwrap_or_default();
            let released = release(form);
            let (from, until) = times?;
            let (service, site, when) = (service?, site??, when?);
            Some(RuleBody::Shares(Shares {
                service,
                site,
                when,
                from,
                until,
                web,
                desk,
                walk_in,
                reserve,
                released,
            }))
        }
    }
}

/// The site; `Some(None)` is every site.
#[expect(clippy::option_option, reason = "what is wrong, every site, and one site are three things")]
fn site(form: &mut Form, kind: Kind) -> Option<Option<SiteCode>> {
    let typed = form.typed(SITE).to_owned();
    if typed == EVERY && kind.of_every_site() {
        return Some(None);
    }
    let site = typed.parse().ok();
    if site.is_none() {
        form.refuse_ja(SITE, "履行場所を選んでください。");
    }
    site.map(Some)
}

fn service(form: &mut Form) -> Option<Service> {
    let service = form.typed(SERVICE).parse().ok();
    if service.is_none() {
        form.refuse_ja(SERVICE, "業務を選んでください。");
    }
    service
}

/// The services whose boxes are ticked; all of them are none, as the rules say it.
fn services(form: &mut Form) -> Vec<Service> {
    let ticked = SERVICES.iter().filter(|(name, _)| form.typed(name) == YES);
    let services: Vec<Service> = ticked.map(|(_, service)| *service).collect();
    if services.is_empty() {
        form.refuse_ja(SERVICES[0].0, "業務を一つ以上選んでください。");
    }
    if services.len() == SERVICES.len() { Vec::new() } else { services }
}

fn weekdays(form: &Form, boxes: &[(&'static str, Weekday, &str)]) -> Weekdays {
    Weekdays::of(boxes.iter().filter(|(name, ..)| form.typed(name) == YES).map(|(_, day, _)| *day))
}

fn when(form: &mut Form) -> Option<When> {
    let on = form.typed(ON).to_owned();
    let when = match on.as_str() {
        "always" => When::Always,
        "weekdays" => {
            let days = weekdays(form, &WEEK);
            if days.is_empty() {
                form.refuse_ja(WEEK[0].0, "曜日を一つ以上選んでください。");
                return None;
            }
            When::Weekdays { days }
        }
        "nth_weekday" => {
            let nth: Vec<u8> =
                NTH.iter().filter(|(name, _)| form.typed(name) == YES).map(|(_, n)| *n).collect();
            if nth.is_empty() {
                form.refuse_ja(NTH[0].0, "第何週かを一つ以上選んでください。");
            }
            let weekday =
                WEEK.iter().find(|(code, ..)| *code == form.typed(NTH_WEEKDAY)).map(|(_, day, _)| *day);
            if weekday.is_none() {
                form.refuse_ja(NTH_WEEKDAY, "曜日を選んでください。");
            }
            When::NthWeekday { weekday: weekday?, nth }
        }
        "range" => {
            let (from, until) = (field::day(form, FIRST, "最初の日"), field::day(form, LAST, "最後の日"));
            let (from, until) = (from?, until?);
            if until < from {
                form.refuse_ja(LAST, "最後の日は、最初の日以後にしてください。");
                return None;
            }
            let days = weekdays(form, &RANGE_WEEK);
            // A single day is that day, before which nothing comes.
            if from == until && days.is_empty() {
                return Some(When::Date { day: from });
            }
            When::Range { from, until, weekdays: Some(days).filter(|days| !days.is_empty()) }
        }
        "date" => When::Date { day: field::day(form, DAY, "日")? },
        "holidays" => When::Holidays,
        "year_end" => When::YearEnd,
        _ => {
            form.refuse_ja(ON, "どの日の規則かを選んでください。");
            return None;
        }
    };
    Some(when)
}

fn time(form: &mut Form, name: &'static str, what: &str) -> Option<TimeOfDay> {
    let read = form.typed(name).trim().parse().ok();
    if read.is_none() && form.fault(name).is_none() {
        form.refuse_ja(name, format!("{what}を、例のように入力してください（9:00）。"));
    }
    read
}

fn times(form: &mut Form) -> Option<(TimeOfDay, TimeOfDay)> {
    let (from, until) = (time(form, FROM, "始まる時刻"), time(form, UNTIL, "終わる時刻"));
    let (from, until) = (from?, until?);
    if until <= from {
        form.refuse_ja(UNTIL, "終わる時刻は、始まる時刻より後にしてください。");
        return None;
    }
    Some((from, until))
}

/// Times that cut no slot.
fn slot_times(form: &mut Form) -> Option<(TimeOfDay, TimeOfDay)> {
    let (from, until) = times(form)?;
    for (name, time) in [(FROM, from), (UNTIL, until)] {
        if !time.minutes().is_multiple_of(SLOT_MINUTES) {
            form.refuse_ja(name, "時刻は10分単位で入力してください（9:00、9:10 など）。");
        }
    }
    Some((from, until)).filter(|_| !form.is_refused())
}

fn few(form: &mut Form, name: &'static str, what: &str) -> Option<u16> {
    let count = field::count(form, name, what)?;
    let few = u16::try_from(count).ok().filter(|few| *few <= 999);
    if few.is_none() {
        form.refuse_ja(name, format!("{what}は999までにしてください。"));
    }
    few
}

/// A number that may be left open.
fn maybe(form: &mut Form, name: &'static str, what: &str) -> Option<u16> {
    if form.typed(name).trim().is_empty() { None } else { few(form, name, what) }
}

fn cut(form: &mut Form) -> Option<Cut> {
    match form.typed(CUT) {
        "zero" => Some(Cut::To(0)),
        "to" => few(form, CUT_TO, "人数").map(Cut::To),
        "percent" => {
            let percent = field::count(form, CUT_PERCENT, "割合")?;
            let percent = u8::try_from(percent).ok().filter(|percent| *percent < 100);
            if percent.is_none() {
                form.refuse_ja(
                    CUT_PERCENT,
                    "割合は0から99までにしてください。100%は減らさないのと同じです。",
                );
            }
            percent.map(Cut::KeepPercent)
        }
        _ => {
            form.refuse_ja(CUT, "減らし方を選んでください。");
            None
        }
    }
}

fn reason(form: &mut Form, needed: bool) -> Option<String> {
    let typed = form.typed(REASON).trim().to_owned();
    if typed.is_empty() && needed && form.fault(REASON).is_none() {
        form.refuse_ja(REASON, "理由を入力してください。");
    }
    if typed.chars().count() > LONGEST {
        form.refuse_ja(REASON, format!("理由は{LONGEST}文字までにしてください。"));
    }
    if form.fault(REASON).is_some() { None } else { Some(typed) }
}

/// The notice to the public; `Some(None)` is none.
#[expect(clippy::option_option, reason = "what is wrong, no notice, and a notice are three things")]
fn notice(form: &mut Form) -> Option<Option<Emergency>> {
    let typed = form.typed(NOTICE).to_owned();
    if typed.is_empty() {
        return Some(None);
    }
    let notice = typed.parse().ok();
    if notice.is_none() {
        form.refuse_ja(NOTICE, "お知らせを選んでください。");
    }
    notice.map(Some)
}

fn release(form: &mut Form) -> Option<Release> {
    match form.typed(RELEASE) {
        "at" => {
            let days = few(form, RELEASE_DAYS, "何開庁日前か");
            let at = time(form, RELEASE_AT, "開放する時刻");
            let days = days.and_then(|days| u8::try_from(days).ok());
            if days.is_none() && form.fault(RELEASE_DAYS).is_none() {
                form.refuse_ja(RELEASE_DAYS, "255開庁日前までにしてください。");
            }
            Some(Release { open_days_before: days?, at: at? })
        }
        "never" => None,
        _ => {
            form.refuse_ja(RELEASE, "残りを開放するかどうかを選んでください。");
            None
        }
    }
}

/// The days from which on and until which the rule is valid.
fn validity(form: &mut Form, today: Date) -> (Option<Date>, Option<Date>) {
    let from = field::day(form, VALID_FROM, "いつから有効か");
    if from.is_some_and(|from| from < today) {
        form.refuse_ja(VALID_FROM, "今日以後の日を選んでください。過ぎた日の規則は変えられません。");
    }
    if form.typed(VALID_UNTIL).trim().is_empty() {
        return (from, None);
    }
    let until = field::day(form, VALID_UNTIL, "いつまで有効か");
    if from.zip(until).is_some_and(|(from, until)| until < from) {
        form.refuse_ja(VALID_UNTIL, "「いつまで」は「いつから」以後の日にしてください。");
    }
    (from, until)
}

/// A fault that the fields alone did not show.
fn refuse(form: &mut Form, kind: Kind, fault: RuleFault) {
    match fault {
        RuleFault::WrongShare if kind == Kind::Shares => {
            form.refuse_ja(WEB, "上限か窓口だけの人数を、一つ以上入力してください。");
        }
        RuleFault::NoticeOfSome => form.refuse_ja(
            NOTICE,
            "市民の画面のお知らせは、「予約を取らない（0人）」のときに出せます。減らし方を選び直してください。",
        ),
        RuleFault::EndlessNotice => form.refuse_ja(
            NOTICE,
            "市民の画面のお知らせは、「1日だけ」か「期間」のときに出せます。どの日かを選び直してください。",
        ),
        other if !kind.of_days() => {
            form.refuse_ja(VALID_FROM, format!("この内容では規則になりません（{other}）。"));
        }
        other => form.refuse_ja(ON, format!("この内容では規則になりません（{other}）。")),
    }
}
