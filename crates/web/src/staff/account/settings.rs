//! 設定: what the person may open here.

use askama::Template;
use axum::response::Response;
use domain::permission::Permission;

use super::frame;
use crate::kit::{Form, Page, respond};
use crate::staff::desk::Signed;
use crate::staff::layout::Layout;

/// A page of this task.
pub(super) struct Choice {
    href: &'static str,
    title: &'static str,
    about: &'static str,
    permission: Permission,
}

const CHOICES: [Choice; 6] = [
    Choice {
        href: "/rules",
        title: "規則",
        about: "履行時間、休み、予約枠、期限。その日に何が適用されるか",
        permission: Permission::SeeRules,
    },
    Choice {
        href: "/ledger",
        title: "個人情報の台帳",
        about: "どの項目を保持してよいか、なぜ、いつまで。提案と市の決定",
        permission: Permission::SeeRules,
    },
    Choice {
        href: "/taking-over",
        title: "引継ぎ（前事業者から）",
        about: "保管中のカード、郵送済みのご案内の番号、予約の引継ぎ",
        permission: Permission::TakeOver,
    },
    Choice {
        href: "/people",
        title: "アカウント",
        about: "アカウントの作成と終了、役割の付与",
        permission: Permission::ManagePeople,
    },
    Choice {
        href: "/journal",
        title: "記録簿",
        about: "いつ、だれが、何をしたか",
        permission: Permission::ReadJournal,
    },
    Choice {
        href: "/access",
        title: "閲覧記録",
        about: "いつ、だれが、どの記録を見たか",
        permission: Permission::ReadJournal,
    },
];

/// The start page of the task.
#[derive(Template)]
#[template(path = "staff/account/settings.html")]
pub(super) struct SettingsPage {
    layout: Layout,
    choices: Vec<Choice>,
}

impl SettingsPage {
    /// The page with what a person may open.
    pub(super) fn new(layout: Layout, may: impl Fn(Permission) -> bool) -> Self {
        let choices = CHOICES.into_iter().filter(|choice| may(choice.permission)).collect();
        Self { layout, choices }
    }
}

impl Page for SettingsPage {}

/// Lists what the person may open.
pub(crate) async fn show(signed: Signed) -> Response {
    let layout = frame(&signed, "設定", &Form::fresh());
    respond(&SettingsPage::new(layout, |permission| signed.may(permission)))
}
