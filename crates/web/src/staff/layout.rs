//! The frame around every staff page, and the page of errors.

use askama::Template;
use axum::response::Response;
use domain::permission::Permission;
use domain::time::era_date;
use jiff::civil::Date;

use crate::kit::error::{Face, PageError};
use crate::kit::request::Asked;
use crate::kit::{Page, asset, respond};

/// A task of the left column, in the order of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// 今日.
    Today,
    /// 予約.
    Reservations,
    /// 準備.
    Preparation,
    /// 保管.
    Storage,
    /// 窓口.
    Counter,
    /// 報告.
    Reports,
    /// 設定.
    Settings,
}

impl Task {
    /// Every task in its order.
    pub const ALL: [Self; 7] = [
        Self::Today,
        Self::Reservations,
        Self::Preparation,
        Self::Storage,
        Self::Counter,
        Self::Reports,
        Self::Settings,
    ];

    /// The word in the column.
    pub fn label(self) -> &'static str {
        match self {
            Self::Today => "今日",
            Self::Reservations => "予約",
            Self::Preparation => "準備",
            Self::Storage => "保管",
            Self::Counter => "窓口",
            Self::Reports => "報告",
            Self::Settings => "設定",
        }
    }

    /// Its key: Alt and this digit open it from anywhere. It is the same for everybody, whatever they may see.
    pub fn key(self) -> u8 {
        match self {
            Self::Today => 1,
            Self::Reservations => 2,
            Self::Preparation => 3,
            Self::Storage => 4,
            Self::Counter => 5,
            Self::Reports => 6,
            Self::Settings => 7,
        }
    }

    /// The first page of the task.
    pub fn href(self) -> &'static str {
        match self {
            Self::Today => "/",
            Self::Reservations => "/reservations",
            Self::Preparation => "/preparation",
            Self::Storage => "/storage",
            Self::Counter => "/counter",
            Self::Reports => "/reports",
            Self::Settings => "/settings",
        }
    }

    /// The permission without which the task is not shown.
    pub fn permission(self) -> Permission {
        match self {
            Self::Today => Permission::SeeToday,
            Self::Reservations => Permission::SeeReservations,
            Self::Preparation => Permission::SeeCards,
            Self::Storage => Permission::MoveCards,
            Self::Counter => Permission::ReceiveVisitors,
            Self::Reports => Permission::SeeReports,
            Self::Settings => Permission::SeeRules,
        }
    }
}

/// Who is signed in, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The name on the badge.
    pub name: String,
    /// The roles, for the eye: 従事者・業務責任者.
    pub role: String,
    /// The place of work: 本庁.
    pub place: String,
    /// What the person may do here today.
    pub permissions: Vec<Permission>,
}

impl Person {
    /// Whether the person may.
    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.contains(&permission)
    }
}

/// How the scan box behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ScanBox {
    /// It is reached with F2.
    #[default]
    Offered,
    /// It has the focus and gets it back: scan screens whose own field is the box.
    Held,
}

/// The frame of a staff page.
#[derive(Debug, Clone)]
pub struct Layout {
    /// The title of the page, without the name of the program.
    pub title: String,
    /// The business day.
    pub day: Date,
    /// Who is signed in; nobody on the sign-in page.
    pub person: Option<Person>,
    /// The task this page belongs to.
    pub task: Option<Task>,
    /// The scan box.
    pub scan: ScanBox,
    /// A sentence about what was just done.
    pub notice: Option<String>,
    /// Whether the page shows a refused form: the title then begins with エラー.
    pub refused: bool,
    /// The instant shown where the clock is moved by hand (databases made as a demo).
    pub clock_by_hand: Option<String>,
}

impl Layout {
    /// A frame with its title.
    pub fn new(title: impl Into<String>, day: Date, person: Option<Person>) -> Self {
        Self {
            title: title.into(),
            day,
            person,
            task: None,
            scan: ScanBox::default(),
            notice: None,
            refused: false,
            clock_by_hand: None,
        }
    }

    /// The same frame within a task.
    #[must_use]
    pub fn within(self, task: Task) -> Self {
        Self { task: Some(task), ..self }
    }

    /// The tasks that the person may see.
    pub fn tasks(&self) -> Vec<Task> {
        let may = |task: &Task| self.person.as_ref().is_some_and(|person| person.may(task.permission()));
        Task::ALL.into_iter().filter(may).collect()
    }

    /// The first page that the person may see: an auditor has no 今日.
    pub fn home(&self) -> &'static str {
        self.tasks().first().map_or("/", |task| task.href())
    }

    /// Whether the page belongs to this task.
    pub fn is_current(&self, task: &Task) -> bool {
        self.task == Some(*task)
    }

    /// Whether the scan box keeps the focus.
    pub fn scan_is_held(&self) -> bool {
        self.scan == ScanBox::Held
    }

    /// The business day as papers write it.
    pub fn day_text(&self) -> String {
        era_date(self.day)
    }

    /// The address of a file of ours.
    pub fn asset(&self, name: &str) -> String {
        asset::href(name)
    }
}

#[derive(Template)]
#[template(path = "staff/error.html")]
struct ErrorPage {
    layout: Layout,
    next: String,
    incident: String,
}

impl Page for ErrorPage {}

/// The staff face, for errors. A handler that knows its layout puts it into the answer's extensions;
/// without one the page has no column and no name.
#[derive(Debug, Clone, Copy, Default)]
pub struct Staff;

impl Face for Staff {
    fn error(&self, asked: &Asked, error: &PageError, answer: &Response) -> Response {
        let layout = answer.extensions().get::<Layout>().cloned();
        respond(&error_page(asked, error, layout))
    }
}

fn error_page(asked: &Asked, error: &PageError, layout: Option<Layout>) -> ErrorPage {
    let (title, next) = match error {
        PageError::NotFound => ("見つかりません", "番号またはアドレスを確かめてください。"),
        PageError::Forbidden => {
            ("この操作はできません", "権限がありません。必要なときは業務責任者に申し出てください。")
        }
        PageError::Conflict(sentence) => ("先にほかの操作がありました", sentence.as_str()),
        PageError::TooMany(_) => ("しばらく待ってください", "続けて間違えたため、15分ほど止めています。"),
        PageError::Full | PageError::Wait(..) => {
            ("混み合っています", "何も変わっていません。少し待ってからもう一度操作してください。")
        }
        PageError::BadRequest => ("送られた内容を読み取れません", "前の画面に戻ってやり直してください。"),
        PageError::TooLarge => {
            ("大きすぎます", "ファイルまたは入力が上限を超えています。何も保存していません。")
        }
        PageError::IndividualNumber => (
            "個人番号と思われる番号がありました",
            "内容は保存せずに消去しました。個人番号は入力も読み取りもしないでください。",
        ),
        PageError::VisitEnded => ("終わっています", "もう一度サインインしてください。"),
        PageError::Internal(_) => {
            ("システムに問題が起きました", "続くときは、下の番号をシステム管理者に知らせてください。")
        }
    };
    let mut layout = layout.unwrap_or_else(|| Layout::new("", Date::MIN, None));
    title.clone_into(&mut layout.title);
    ErrorPage { layout, next: next.to_owned(), incident: asked.incident.to_string() }
}

#[cfg(test)]
pub(crate) mod samples {
    use jiff::civil::date;

    use super::*;

    pub(crate) fn person() -> Person {
        Person {
            name: "窓口 花子".to_owned(),
            role: "従事者".to_owned(),
            place: "本庁".to_owned(),
            permissions: domain::permission::Role::Operator.permissions().to_vec(),
        }
    }

    pub(crate) fn error(asked: &Asked) -> String {
        let mut layout = Layout::new("", date(2026, 11, 24), Some(person())).within(Task::Counter);
        layout.clock_by_hand = Some("令和8年11月24日(火) 9時12分".to_owned());
        error_page(
            asked,
            &PageError::Conflict("この札はほかの人が先に受け付けました。".to_owned()),
            Some(layout),
        )
        .render()
        .unwrap()
    }

    #[test]
    fn tasks_follow_permissions() {
        let layout = Layout::new("今日", date(2026, 11, 24), Some(person()));
        assert!(layout.tasks().contains(&Task::Counter));
        assert!(!layout.tasks().contains(&Task::Settings));
        assert!(Layout::new("", date(2026, 11, 24), None).tasks().is_empty());
    }
}
