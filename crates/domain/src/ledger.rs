//! The ledger of personal data: which optional fields there are, and what must be written down of one before the city
//! can allow it (11(4)イ).
//!
//! A field stands here together with the code that uses it, never before: what nothing uses is not even proposed.

use crate::codes;

codes! {
    /// An optional field of personal data.
    pub enum Field {
        /// 交付通知書の番号, the reference that city, contractor and citizen share.
        NoticeNumber = "notice_number",
        /// メールアドレス, which a citizen gives to be told of their own reservation.
        MailAddress = "mail_address",
    }
}

codes! {
    /// How a version of a field's terms stands.
    pub enum State {
        /// 提案中: waits for the city.
        Proposed = "proposed",
        /// 承認済: in force.
        Approved = "approved",
        /// 否認: the city said no.
        Refused = "refused",
        /// 取下げ: another proposal took its place before the city decided.
        Withdrawn = "withdrawn",
        /// 改定済: a later version took its place.
        Replaced = "replaced",
        /// 終了: the city ended it, and what was held is deleted.
        Ended = "ended",
    }
}

codes! {
    /// Why personal data was deleted.
    pub enum Deletion {
        /// 保存期間が過ぎた.
        Retention = "retention",
        /// 台帳で終わりにした.
        Ended = "ended",
    }
}

impl Field {
    /// The word on the screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::NoticeNumber => "交付通知書の番号",
            Self::MailAddress => "メールアドレス",
        }
    }

    /// What it is used for, for those who decide.
    pub fn about(self) -> &'static str {
        match self {
            Self::MailAddress => {
                "希望した市民に、自分の予約の確認・変更・取消と前日のお知らせを送るために使います。"
            }
            Self::NoticeNumber => {
                "市・受託者・市民が同じカードを指すための番号です。検索、市へ渡す一覧、スリーブのラベルに使います。"
            }
        }
    }

    /// From when its days are counted.
    pub fn counted_from(self) -> &'static str {
        match self {
            Self::MailAddress => "来庁日（取り消したときは取消しの日）",
            Self::NoticeNumber => "カードの交付または手続きの終わりの日",
        }
    }
}

impl State {
    /// The word on the screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Proposed => "提案中",
            Self::Approved => "承認済",
            Self::Refused => "否認",
            Self::Withdrawn => "取下げ",
            Self::Replaced => "改定済",
            Self::Ended => "終了",
        }
    }
}

impl Deletion {
    /// The word on the screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Retention => "保存期間の終わり",
            Self::Ended => "台帳での終了",
        }
    }
}

/// What must be written down of a field before the city can allow it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// 必要性: what it is needed for, and why nothing less will do.
    pub necessity: String,
    /// 保護の方法.
    pub protection: String,
    /// 保存期間, in whole days from [`Field::counted_from`]; with 0 it is deleted in the night after that day.
    pub retention_days: u32,
}

/// The longest retention that can be written down: ten years.
pub const LONGEST_RETENTION: u32 = 3_650;
