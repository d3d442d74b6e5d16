//! Accounts: who has one, with which roles, where and until when (11(4)キ).

pub(super) mod end;
pub(super) mod end_role;
pub(super) mod export;
pub(super) mod grant;
pub(super) mod list;
pub(super) mod new;
pub(super) mod reset;
pub(super) mod show;

use domain::id::{OperationId, PersonId};
use domain::permission::Role;
use domain::service::SiteCode;
use domain::time::era_date;
use jiff::Timestamp;
use jiff::civil::Date;
use store::person::{Grant, Person, PersonError};

use super::OPERATION;
use super::words::Names;
use crate::App;
use crate::kit::{Form, PageError};

pub(super) const ROLE: &str = "role";
pub(super) const SITE: &str = "site";
pub(super) const FROM: &str = "from";
pub(super) const UNTIL: &str = "until";

/// The value of the field of the site that means every site.
pub(super) const EVERY_SITE: &str = "all";

/// One choice of a list of choices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Choice {
    /// What is sent.
    pub(super) value: String,
    /// What is shown.
    pub(super) words: String,
}

impl Choice {
    /// Whether the form says this one.
    pub(super) fn is_chosen(&self, typed: &str) -> bool {
        self.value == typed
    }
}

/// The roles that somebody with some roles may grant. Whether the first of a city is still to be made, the store knows.
pub(super) fn roles(own: &[Role]) -> Vec<Choice> {
    let may = |role: &&Role| {
        own.iter().any(|own| own.grants().contains(role) || own.begins_with().as_ref() == Some(*role))
    };
    let choice = |role: &Role| Choice { value: role.code().to_owned(), words: role.label().to_owned() };
    Role::ALL.iter().filter(may).map(choice).collect()
}

/// Why somebody cannot grant a role.
pub(super) fn not_theirs(role: Role) -> String {
    match role {
        Role::CityStaff | Role::CityAdministrator | Role::Auditor => {
            format!("「{}」の役割は市管理者が付与します。市管理者に依頼してください。", role.label())
        }
        _ => format!("「{}」の役割は付与できません。ほかの管理者に依頼してください。", role.label()),
    }
}

/// The sites of today, then all of them.
pub(super) fn sites(app: &App) -> Vec<Choice> {
    let rules = app.rules();
    let sites = rules.sites(app.today()).into_iter();
    let mut choices: Vec<Choice> =
        sites.map(|site| Choice { value: site.code.to_string(), words: site.name_ja.clone() }).collect();
    choices.push(Choice { value: EVERY_SITE.to_owned(), words: "すべての履行場所".to_owned() });
    choices
}

/// A form of a grant that nobody has touched: this site, from today.
pub(super) fn fresh_grant(app: &App) -> Form {
    let mut form = Form::fresh();
    form.fill(SITE, app.settings.site.as_str());
    form.fill(FROM, app.today().to_string());
    form
}

/// What a form grants.
#[derive(Debug, Clone)]
pub(super) struct Granting {
    role: Role,
    site: Option<SiteCode>,
    from: Date,
    until: Option<Date>,
}

impl Granting {
    /// Reads the four fields; what is wrong becomes a field's fault.
    pub(super) fn read(app: &App, form: &mut Form) -> Option<Self> {
        let role = form.typed(ROLE).parse().ok();
        if role.is_none() {
            form.refuse_ja(ROLE, "役割を選んでください。");
        }
        let site = match form.typed(SITE) {
            EVERY_SITE => Some(None),
            code => code.parse().ok().filter(|site| app.rules().site(site, app.today()).is_some()).map(Some),
        };
        if site.is_none() {
            form.refuse_ja(SITE, "履行場所を選んでください。");
        }
        let from = day(form, FROM);
        match from {
            None => form.refuse_ja(FROM, "開始日を、例のように入力してください（2026-04-01）。"),
            Some(from) if from < app.today() => form.refuse_ja(FROM, "開始日は今日以降にしてください。"),
            Some(_) => {}
        }
        let until = if form.typed(UNTIL).trim().is_empty() { Some(None) } else { day(form, UNTIL).map(Some) };
        match (from, until) {
            (_, None) => form.refuse_ja(UNTIL, "終了日を、例のように入力してください（2027-03-31）。"),
            (Some(from), Some(Some(until))) if until < from => {
                form.refuse_ja(UNTIL, "終了日は開始日以降にしてください。");
            }
            _ => {}
        }
        if form.is_refused() {
            return None;
        }
        Some(Self { role: role?, site: site?, from: from?, until: until? })
    }

    /// Which role.
    pub(super) fn role(&self) -> Role {
        self.role
    }

    /// The grant for a person.
    pub(super) fn to(&self, person: PersonId) -> Grant {
        Grant { person, role: self.role, site: self.site.clone(), from: self.from, until: self.until }
    }
}

fn day(form: &Form, field: &str) -> Option<Date> {
    form.typed(field).trim().parse().ok()
}

/// The operation of a form.
pub(super) fn operation(form: &Form) -> Result<OperationId, PageError> {
    form.typed(OPERATION).parse().map_err(|_| PageError::BadRequest)
}

/// The page for what the store refused.
pub(super) fn refused(error: PersonError) -> PageError {
    match error {
        PersonError::Store(error) => error.into(),
        PersonError::NotFound => PageError::Conflict(
            "ほかの人が先にこのアカウントを変更しました。画面を開き直して確かめてください。".to_owned(),
        ),
        PersonError::NotTheirs => PageError::Conflict(
            "このアカウントの役割は、あなたの役割では変更できません。市の職員の分は市管理者、システム管理者の分はほかのシステム管理者に依頼してください。"
                .to_owned(),
        ),
        PersonError::LoginTaken => PageError::Conflict("このログイン名は使われています。".to_owned()),
        PersonError::Reused(_) => {
            PageError::Conflict("この画面は古くなっています。開き直してから操作してください。".to_owned())
        }
    }
}

/// How an account stands.
pub(super) fn standing(person: &Person, now: Timestamp) -> &'static str {
    if person.ended {
        "終了"
    } else if person.locked_until.is_some_and(|until| now < until) {
        "一時停止中"
    } else if person.must_change {
        "仮パスワード"
    } else {
        "有効"
    }
}

/// The days of a grant: from, until, and whether today is one of them.
pub(super) fn period(grant: &Grant, today: Date) -> String {
    let until = grant.until.map_or_else(|| "期限なし".to_owned(), |until| format!("{}まで", era_date(until)));
    let mark = if grant.until.is_some_and(|until| until < today) {
        "（期限切れ）"
    } else if today < grant.from {
        "（開始前）"
    } else {
        ""
    };
    format!("{}から {until}{mark}", era_date(grant.from))
}

/// The names of the sites of today.
pub(super) fn site_names(app: &App) -> Names {
    Names::default().with_sites(&app.rules(), app.today())
}

#[cfg(test)]
mod tests {
    use domain::id::Id;
    use jiff::civil::date;

    use super::*;

    #[test]
    fn r4_g_a_grant_says_whether_it_holds() {
        let grant = Grant {
            person: PersonId::from_parts(1, 1),
            role: Role::Operator,
            site: None,
            from: date(2026, 4, 1),
            until: Some(date(2027, 3, 31)),
        };
        let told = |today| period(&grant, today);
        assert_eq!(told(date(2026, 11, 24)), "令和8年4月1日(水)から 令和9年3月31日(水)まで");
        assert!(told(date(2027, 4, 1)).ends_with("（期限切れ）"));
        assert!(told(date(2026, 3, 31)).ends_with("（開始前）"));
    }
}
