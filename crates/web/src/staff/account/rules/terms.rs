//! The fields of the rules that are numbers and texts alone: deadlines and limits of reservations, mistakes at numbers,
//! windows, offices and sites. Each number has its bounds, beyond which it would be a slip of the finger.

use domain::rules::{Attempts, Booking, Branch, Custody, RuleBody, Site, Windows};
use domain::service::{Service, SiteCode};

use super::fields::{Kind, YES};
use crate::kit::Form;
use crate::staff::field;

/// A whole number of a rule.
#[derive(Debug, Clone, Copy)]
pub(super) struct Number {
    /// The field.
    pub(super) name: &'static str,
    /// What it is, beside the field and in its fault.
    pub(super) label: &'static str,
    /// What a value means.
    pub(super) support: &'static str,
    /// The least that can be meant.
    pub(super) least: u16,
    /// The most that can be meant.
    pub(super) most: u16,
}

const fn number(name: &'static str, label: &'static str, support: &'static str, most: u16) -> Number {
    Number { name, label, support, least: 0, most }
}

impl Number {
    const fn from(self, least: u16) -> Self {
        Self { least, ..self }
    }

    /// Reads it within its bounds.
    fn read(self, form: &mut Form) -> Option<u16> {
        let Self { name, label, least, most, .. } = self;
        let read = field::count(form, name, &format!("「{label}」"))?;
        let read = u16::try_from(read).ok().filter(|read| (least..=most).contains(read));
        if read.is_none() {
            form.refuse_ja(name, format!("「{label}」は{least}から{most}までにしてください。"));
        }
        read
    }
}

const OPENS: Number =
    number("opens", "受付の開始（発送から何開庁日後の来庁分からか）", "0は、発送の日から", 30);
const WINDOW: Number = number("window", "何日先まで予約できるか", "電話と窓口も同じです", 366).from(1);
const WEB_CUTOFF: Number = number(
    "web_cutoff",
    "Webの締切（来庁日の何開庁日前の終わりか）",
    "その日への変更も同じです。0は、来庁日の終わり",
    30,
);
const STAFF_CUTOFF: Number = number(
    "staff_cutoff",
    "電話と窓口の締切（来庁日の何開庁日前の終わりか）",
    "その日への変更も同じです。0は、予約の時間まで",
    30,
);
const MOVE_AWAY: Number =
    number("move_away", "Webで別の日時に変えられるのは、予約の何分前までか", "0は、予約の時間まで", 10_080);
const CANCEL: Number =
    number("cancel", "Webで取り消せるのは、予約の何分前までか", "0は、予約の時間まで", 10_080);
const HOLD: Number =
    number("hold", "選んだ枠を確保する時間（分）", "予約の手続きは30分で終わります", 30).from(3);
const WEB_CHANGES: Number = number(
    "web_changes",
    "Webで日時を変えられる回数（1件の予約につき）",
    "0は、制限しない。以後は電話と窓口",
    99,
);
const OFFER: Number = number(
    "offer",
    "代わりの日時の案内に返事を待つ期間（何開庁日後の終わりまでか）",
    "その間、案内した枠を確保します。0は、その日の終わりまで",
    30,
);
const WISH: Number = number(
    "wish",
    "早い日の希望に案内した枠を確保する期間（何開庁日後の終わりまでか）",
    "その日のWebの締切までを限度とします。0は、希望を受け付けない",
    30,
);
const NOT_COME: Number = number(
    "not_come",
    "来庁しなかった回数が何回になったら電話と窓口だけにするか",
    "0は、制限しない。人ではなくカードごとに数えます",
    99,
);
const HOLDS: Number = number(
    "holds",
    "同じ回線から30分に枠を確保できる回数",
    "番号を確かめずに取る予約（更新）だけに効きます。0は、制限しない",
    9_999,
);
const BOOKINGS: Number = number(
    "bookings",
    "同じ回線から30分に予約できる回数",
    "番号を確かめずに取る予約（更新）だけに効きます。0は、制限しない",
    9_999,
);

const DEADLINES: [Number; 13] = [
    OPENS,
    WINDOW,
    WEB_CUTOFF,
    STAFF_CUTOFF,
    MOVE_AWAY,
    CANCEL,
    HOLD,
    OFFER,
    WISH,
    WEB_CHANGES,
    NOT_COME,
    HOLDS,
    BOOKINGS,
];

const PER_ADDRESS: Number = number(
    "per_address",
    "同じ回線から30分に間違えられる回数",
    "家庭や職場、携帯電話の回線は多くの人が同時に使います",
    Attempts::MOST_OF_ADDRESS,
)
.from(Attempts::LEAST);
const PER_NUMBER: Number = number(
    "per_number",
    "同じ番号で30分に間違えられる回数",
    "予約キーと予約番号のそれぞれ",
    Attempts::MOST_OF_NUMBER,
)
.from(Attempts::LEAST);

const ATTEMPTS: [Number; 2] = [PER_ADDRESS, PER_NUMBER];

const SECOND_COUNT: Number = number(
    "second_count",
    "棚卸で、差のない箱のうち2回数える割合（%）",
    "差のあった箱は、いつも2回数えます",
    100,
);

const TOLD_WITHIN: Number = number(
    "told_within",
    "事故を記録してから市へ知らせるまでの期限（分）",
    "過ぎると「今日」に出ます",
    1_440,
)
.from(5);

const POSTED_MONTHS: Number = number(
    "posted_months",
    "カードを保管する月数（交付通知書の最初の発送から）",
    "最後の受取勧奨からの月数と比べ、遅い日が保管期限になります",
    60,
)
.from(1);

const REMINDED_MONTHS: Number = number(
    "reminded_months",
    "カードを保管する月数（最後の受取勧奨から）",
    "受取勧奨を送っていないカードに、保管期限はありません",
    60,
)
.from(1);

const CUSTODY: [Number; 4] = [SECOND_COUNT, TOLD_WITHIN, POSTED_MONTHS, REMINDED_MONTHS];

const COUNT: Number = number("count", "窓口の数", "", 99).from(1);

/// A text of a rule.
#[derive(Debug, Clone, Copy)]
pub(super) struct Text {
    /// The field.
    pub(super) name: &'static str,
    /// What it is.
    pub(super) label: &'static str,
    /// Whether it must be there.
    pub(super) needed: bool,
}

const fn text(name: &'static str, label: &'static str) -> Text {
    Text { name, label, needed: true }
}

const NAME_JA: Text = text("name_ja", "名前（日本語）");
const NAME_EN: Text = text("name_en", "名前（英語）");
const ADDRESS_JA: Text = text("address_ja", "住所（日本語）");
const ADDRESS_EN: Text = text("address_en", "住所（英語）");
const HOURS_JA: Text = text("hours_ja", "開く日と時間（日本語）");
const HOURS_EN: Text = text("hours_en", "開く日と時間（英語）");
const TELEPHONE: Text = text("telephone", "電話番号");
const ANSWERED_JA: Text = text("hours_ja", "電話に出る日と時間（日本語）");
const ANSWERED_EN: Text = text("hours_en", "電話に出る日と時間（英語）");
const BRANCH_TELEPHONE: Text =
    Text { name: "telephone", label: "電話番号（空欄は市の代表）", needed: false };
const BRANCH_ADDRESS_JA: Text = Text { name: "address_ja", label: "住所（日本語）", needed: false };
const BRANCH_ADDRESS_EN: Text = Text { name: "address_en", label: "住所（英語）", needed: false };

const OF_WINDOWS: [Text; 2] = [NAME_JA, NAME_EN];
const OF_SITE: [Text; 7] = [NAME_JA, NAME_EN, ADDRESS_JA, ADDRESS_EN, TELEPHONE, ANSWERED_JA, ANSWERED_EN];
const OF_BRANCH: [Text; 7] =
    [NAME_JA, NAME_EN, HOURS_JA, HOURS_EN, BRANCH_ADDRESS_JA, BRANCH_ADDRESS_EN, BRANCH_TELEPHONE];

/// The code of a site, which never changes: reservations and journal name it.
pub(super) const CODE: &str = "code";
/// Whether an office wants a reservation.
pub(super) const RESERVATION: &str = "reservation";

/// The longest text.
const LONGEST: usize = 200;

/// Every field of these rules.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    let numbers = DEADLINES.iter().chain(&ATTEMPTS).chain(&CUSTODY).chain([&COUNT]).map(|number| number.name);
    // A site and an office have the same fields.
    let texts = OF_SITE.iter().map(|text| text.name);
    numbers.chain(texts).chain([CODE, RESERVATION])
}

/// The numbers of a kind, in the order of its form.
pub(super) fn numbers(kind: Kind) -> &'static [Number] {
    match kind {
        Kind::Booking => &DEADLINES,
        Kind::Attempts => &ATTEMPTS,
        Kind::Custody => &CUSTODY,
        Kind::Windows => std::slice::from_ref(&COUNT),
        _ => &[],
    }
}

/// The texts of a kind, in the order of its form.
pub(super) fn texts(kind: Kind) -> &'static [Text] {
    match kind {
        Kind::Windows => &OF_WINDOWS,
        Kind::Branch => &OF_BRANCH,
        Kind::Site => &OF_SITE,
        _ => &[],
    }
}

fn read_text(form: &mut Form, text: Text) -> Option<String> {
    let Text { name, label, needed } = text;
    let typed = form.typed(name).trim().to_owned();
    if typed.is_empty() && needed && form.fault(name).is_none() {
        form.refuse_ja(name, format!("{label}を入力してください。"));
    }
    if typed.chars().count() > LONGEST {
        form.refuse_ja(name, format!("{label}は{LONGEST}文字までにしてください。"));
    }
    if form.fault(name).is_some() { None } else { Some(typed) }
}

/// A telephone number as people dial it.
fn telephone(form: &mut Form, text: Text) -> Option<String> {
    let typed = read_text(form, text)?;
    let dialled = |sign: char| sign.is_ascii_digit() || matches!(sign, '-' | '+' | '(' | ')' | ' ');
    if !typed.chars().all(dialled) {
        form.refuse_ja(text.name, "電話番号を、半角の数字とハイフンで入力してください（06-0000-0000）。");
        return None;
    }
    Some(typed)
}

/// Reads every field before the first fault ends it, so that all faults are told at once.
fn all<const N: usize>(form: &mut Form, numbers: [Number; N]) -> Option<[u16; N]> {
    let read = numbers.map(|number| number.read(form));
    let known: Vec<u16> = read.into_iter().flatten().collect();
    known.try_into().ok()
}

/// Few days, or hundredths, as the rule has them.
fn days(days: u16) -> u8 {
    // The bounds of the fields are far below.
    u8::try_from(days).unwrap_or(u8::MAX)
}

/// Reads the deadlines and limits of a service's reservations.
pub(super) fn booking(form: &mut Form, service: Option<Service>) -> Option<RuleBody> {
    let [opens, window, web, staff, away, cancel, hold, offer, wish, changes, not_come, holds, bookings] =
        all(form, DEADLINES)?;
    Some(RuleBody::Booking(Booking {
        service: service?,
        opens_business_days_after_posting: days(opens),
        window_days: window,
        web_cutoff_open_days: days(web),
        web_move_away_minutes: away,
        web_cancel_minutes: cancel,
        staff_cutoff_open_days: days(staff),
        hold_minutes: hold,
        offer_open_days: days(offer),
        wish_open_days: days(wish),
        web_holds_per_address: holds,
        web_bookings_per_address: bookings,
        web_changes: changes,
        not_come_then_telephone: not_come,
    }))
}

/// Reads how many mistakes are borne.
pub(super) fn attempts(form: &mut Form) -> Option<RuleBody> {
    let [per_address, per_number] = all(form, ATTEMPTS)?;
    Some(RuleBody::Attempts(Attempts { per_address, per_number }))
}

/// Reads how kept cards are watched over.
pub(super) fn custody(form: &mut Form) -> Option<RuleBody> {
    let [second_count, told_minutes, posted, reminded] = all(form, CUSTODY)?;
    Some(RuleBody::Custody(Custody {
        second_count_percent: days(second_count),
        told_minutes,
        posted_months: days(posted),
        reminded_months: days(reminded),
    }))
}

/// Reads windows of one kind.
pub(super) fn windows(form: &mut Form, site: Option<SiteCode>, services: Vec<Service>) -> Option<RuleBody> {
    let [name_ja, name_en] = OF_WINDOWS.map(|text| read_text(form, text));
    let [count] = all(form, [COUNT])?;
    let (name_ja, name_en) = (name_ja?, name_en?);
    Some(RuleBody::Windows(Windows { site: site?, services, name_ja, name_en, count }))
}

/// Reads an office. It names its services one by one, so all of them are all.
pub(super) fn branch(form: &mut Form, services: Vec<Service>) -> Option<RuleBody> {
    let services = if services.is_empty() { Service::ALL.to_vec() } else { services };
    let [name_ja, name_en, hours_ja, hours_en, address_ja, address_en] =
        [NAME_JA, NAME_EN, HOURS_JA, HOURS_EN, BRANCH_ADDRESS_JA, BRANCH_ADDRESS_EN]
            .map(|text| read_text(form, text));
    let telephone = telephone(form, BRANCH_TELEPHONE);
    let reservation = match form.typed(RESERVATION) {
        YES => Some(true),
        "no" => Some(false),
        _ => {
            form.refuse_ja(RESERVATION, "予約が必要かどうかを選んでください。");
            None
        }
    };
    Some(RuleBody::Branch(Branch {
        name_ja: name_ja?,
        name_en: name_en?,
        address_ja: address_ja?,
        address_en: address_en?,
        hours_ja: hours_ja?,
        hours_en: hours_en?,
        telephone: telephone.map(|number| Some(number).filter(|number| !number.is_empty()))?,
        reservation: reservation?,
        services,
    }))
}

/// Reads a site.
pub(super) fn site(form: &mut Form) -> Option<RuleBody> {
    let code: Option<SiteCode> = form.typed(CODE).trim().parse().ok();
    if code.is_none() {
        form.refuse_ja(
            CODE,
            "符号は、英小文字で始め、英小文字・数字・「_」で32文字までにしてください（senri など）。",
        );
    }
    let [name_ja, name_en, address_ja, address_en, telephone_hours_ja, telephone_hours_en] =
        [NAME_JA, NAME_EN, ADDRESS_JA, ADDRESS_EN, ANSWERED_JA, ANSWERED_EN]
            .map(|text| read_text(form, text));
    let telephone = telephone(form, TELEPHONE);
    Some(RuleBody::Site(Site {
        code: code?,
        name_ja: name_ja?,
        name_en: name_en?,
        address_ja: address_ja?,
        address_en: address_en?,
        telephone: telephone?,
        telephone_hours_ja: telephone_hours_ja?,
        telephone_hours_en: telephone_hours_en?,
    }))
}

fn fill_numbers<const N: usize>(form: &mut Form, numbers: [Number; N], values: [u16; N]) {
    for (number, value) in numbers.into_iter().zip(values) {
        form.fill(number.name, value.to_string());
    }
}

fn fill_texts<const N: usize>(form: &mut Form, texts: [Text; N], values: [&str; N]) {
    for (text, value) in texts.into_iter().zip(values) {
        form.fill(text.name, value);
    }
}

/// Fills the form with deadlines and limits.
pub(super) fn fill_booking(form: &mut Form, body: &Booking) {
    let values = [
        u16::from(body.opens_business_days_after_posting),
        body.window_days,
        u16::from(body.web_cutoff_open_days),
        u16::from(body.staff_cutoff_open_days),
        body.web_move_away_minutes,
        body.web_cancel_minutes,
        body.hold_minutes,
        u16::from(body.offer_open_days),
        u16::from(body.wish_open_days),
        body.web_changes,
        body.not_come_then_telephone,
        body.web_holds_per_address,
        body.web_bookings_per_address,
    ];
    fill_numbers(form, DEADLINES, values);
}

/// Fills the form with how many mistakes are borne.
pub(super) fn fill_attempts(form: &mut Form, body: Attempts) {
    fill_numbers(form, ATTEMPTS, [body.per_address, body.per_number]);
}

/// Fills the form with how kept cards are watched over.
pub(super) fn fill_custody(form: &mut Form, body: Custody) {
    let Custody { second_count_percent, told_minutes, posted_months, reminded_months } = body;
    let numbers =
        [u16::from(second_count_percent), told_minutes, u16::from(posted_months), u16::from(reminded_months)];
    fill_numbers(form, CUSTODY, numbers);
}

/// Fills the form with windows.
pub(super) fn fill_windows(form: &mut Form, body: &Windows) {
    fill_texts(form, OF_WINDOWS, [&body.name_ja, &body.name_en]);
    fill_numbers(form, [COUNT], [body.count]);
}

/// Fills the form with an office.
pub(super) fn fill_branch(form: &mut Form, body: &Branch) {
    let telephone = body.telephone.as_deref().unwrap_or_default();
    let Branch { name_ja, name_en, hours_ja, hours_en, address_ja, address_en, .. } = body;
    fill_texts(form, OF_BRANCH, [name_ja, name_en, hours_ja, hours_en, address_ja, address_en, telephone]);
    form.fill(RESERVATION, if body.reservation { YES } else { "no" });
}

/// Fills the form with a site.
pub(super) fn fill_site(form: &mut Form, body: &Site) {
    let Site { name_ja, name_en, address_ja, address_en, telephone, .. } = body;
    let (answered_ja, answered_en) = (&body.telephone_hours_ja, &body.telephone_hours_en);
    fill_texts(
        form,
        OF_SITE,
        [name_ja, name_en, address_ja, address_en, telephone, answered_ja, answered_en],
    );
    form.fill(CODE, body.code.to_string());
}

#[cfg(test)]
mod tests {
    use super::super::fields;
    use super::*;
    use crate::kit::Fields;
    use crate::staff::account::samples::rules;

    fn form(kind: Kind, body: &RuleBody, changes: &[(&str, &str)]) -> Form {
        let mut filled = Form::fresh();
        super::super::fill::body(&mut filled, body);
        filled.fill(fields::VALID_FROM, "2026-11-24");
        let pairs: Vec<(&str, &str)> =
            changes.iter().copied().chain(fields::names().map(|name| (name, filled.typed(name)))).collect();
        let mut form = fields::taken(&Fields::of(&pairs), &[]).unwrap();
        form.fill(fields::KIND, kind.code());
        form
    }

    fn read(kind: Kind, body: &RuleBody, changes: &[(&str, &str)]) -> Result<RuleBody, Vec<&'static str>> {
        let mut form = form(kind, body, changes);
        let said = fields::read(&mut form, kind, jiff::civil::date(2026, 11, 24));
        said.map(|said| said.body).ok_or_else(|| form.faults().iter().map(|fault| fault.field).collect())
    }

    #[test]
    fn r4_e_every_rule_of_the_profile_comes_back_from_its_form() {
        let mut kinds = std::collections::BTreeSet::new();
        for rule in rules().rules() {
            let kind = Kind::of(&rule.body);
            kinds.insert(kind.code());
            assert_eq!(read(kind, &rule.body, &[]).as_ref(), Ok(&rule.body), "{}", kind.label());
        }
        for kind in [Kind::Booking, Kind::Windows, Kind::Branch, Kind::Site] {
            assert!(kinds.contains(kind.code()), "{}", kind.label());
        }
        let attempts = RuleBody::Attempts(Attempts::default());
        assert_eq!(read(Kind::Attempts, &attempts, &[]), Ok(attempts));
        let custody = RuleBody::Custody(Custody::default());
        assert_eq!(read(Kind::Custody, &custody, &[]), Ok(custody));
    }

    #[test]
    fn r4_e_a_number_out_of_its_bounds_is_told_at_its_field() {
        let all = rules();
        let of = |kind: Kind| {
            let found = all.rules().iter().find(|rule| Kind::of(&rule.body) == kind);
            found.map_or_else(|| RuleBody::Attempts(Attempts::default()), |rule| rule.body.clone())
        };
        for (kind, field, wrong) in [
            (Kind::Booking, "window", "0"),
            (Kind::Booking, "window", "367"),
            (Kind::Booking, "hold", "2"),
            (Kind::Booking, "hold", "31"),
            (Kind::Booking, "web_cutoff", "31"),
            (Kind::Booking, "web_changes", "いくつか"),
            (Kind::Booking, "cancel", "-1"),
            (Kind::Booking, "bookings", "10000"),
            (Kind::Attempts, "per_address", "2"),
            (Kind::Attempts, "per_number", "1001"),
            (Kind::Windows, "count", "0"),
            (Kind::Windows, "name_en", " "),
            (Kind::Branch, "reservation", ""),
            (Kind::Branch, "telephone", "電話"),
            (Kind::Site, "telephone", ""),
            (Kind::Site, "code", "本庁"),
            (Kind::Site, "name_ja", &"あ".repeat(201)),
        ] {
            assert_eq!(read(kind, &of(kind), &[(field, wrong)]), Err(vec![field]), "{field} {wrong}");
        }
        // All of them are told at once, and digits of any width are read.
        let two = read(Kind::Booking, &of(Kind::Booking), &[("window", ""), ("hold", "")]);
        assert_eq!(two, Err(vec!["window", "hold"]));
        let wide = read(Kind::Booking, &of(Kind::Booking), &[("window", "９０")]);
        assert!(matches!(wide, Ok(RuleBody::Booking(Booking { window_days: 90, .. }))));
    }
}
