//! A card on its way from J-LIS's box to the citizen: the stage of its process and what is shown of it.
//!
//! Process and place are two facts. A stage says nothing of where the card is, and a move changes no stage.

use crate::codes;

codes! {
    /// The stage of a card's process (11(4)カ, 11(5)).
    pub enum Stage {
        /// Its line on カード発行一覧表 is taken; nothing is checked yet.
        Listed = "listed",
        /// 検品・突合済: count and print, resident register and notice agree.
        Inspected = "inspected",
        /// 交付前設定済: the city set it up and gave it back.
        Prepared = "prepared",
        /// 交付通知書発送: its notice is posted, booking is open.
        Notified = "notified",
        /// カード交付完了: in the citizen's hands.
        Issued = "issued",
        /// Ended without issuance, for a [`Cause`].
        Ended = "ended",
    }
}

codes! {
    /// Why a card's process ended without issuance (11(5)ウ(イ), (キ)). A closed list: no other reason is ever kept.
    pub enum Cause {
        /// 取下げ: the applicant withdrew.
        Withdrawn = "withdrawn",
        /// 引抜き指示: the city took it back.
        Recalled = "recalled",
        /// 有効期限切れ.
        Expired = "expired",
        /// 申請時来庁 and the like: the city mails it.
        MailedByCity = "mailed_by_city",
        /// 転出.
        Moved = "moved",
        /// 死亡.
        Died = "died",
        /// 再交付: another card is made for the applicant.
        Reissued = "reissued",
        /// 保管期間の経過: nobody collected it in time, and the city has it destroyed.
        KeptTooLong = "kept_too_long",
        /// その他: what only the city knows.
        Other = "other",
        /// 不一致・不良: the city kept it.
        Mismatch = "mismatch",
        /// 既にカードを所持: the city kept it.
        AlreadyHolds = "already_holds",
        /// 市の判断: the city kept it and need not say why.
        KeptByCity = "kept_by_city",
    }
}

codes! {
    /// What lists show: stage and live reservation together (11(4)カ).
    pub enum Progress {
        /// 一覧表取込済.
        Listed = "listed",
        /// 検品済.
        Inspected = "inspected",
        /// 交付前設定済.
        Prepared = "prepared",
        /// 交付通知書発送.
        Notified = "notified",
        /// 予約完了.
        Booked = "booked",
        /// カード交付完了.
        Issued = "issued",
        /// 交付せず終了.
        Ended = "ended",
    }
}

codes! {
    /// A pass of the inspection (11(5)ウ(ア)).
    pub enum Pass {
        /// 数量・券面: counted, and the print is good.
        Print = "print",
        /// 住民記録システムとの突合.
        Register = "register",
        /// 交付通知書との照合.
        Notice = "notice",
    }
}

codes! {
    /// What a pass of the inspection found.
    pub enum Finding {
        /// 一致・良好.
        Good = "good",
        /// 不一致・不良: to the city.
        Mismatch = "mismatch",
        /// 処理注意: yes or no, never the reason.
        Attention = "attention",
        /// 既にカードを所持.
        AlreadyHolds = "already_holds",
    }
}

/// The step is not in the table of stages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a card that is {from} cannot become {wanted}")]
pub struct WrongStage {
    /// The stage the card has.
    pub from: Stage,
    /// The stage that was wanted.
    pub wanted: Stage,
}

impl Stage {
    /// The table of steps. The store guards each again with the stage in its `WHERE`.
    pub fn to(self, wanted: Stage) -> Result<Stage, WrongStage> {
        use Stage::{Ended, Inspected, Issued, Listed, Notified, Prepared};
        match (self, wanted) {
            (Listed, Inspected)
            | (Inspected, Prepared)
            | (Prepared, Notified)
            | (Notified, Issued)
            | (Listed | Inspected | Prepared | Notified, Ended) => Ok(wanted),
            (from, wanted) => Err(WrongStage { from, wanted }),
        }
    }
}

impl Progress {
    /// Derives what is shown from the stage and whether a booked reservation lives.
    pub fn of(stage: Stage, booked: bool) -> Self {
        match (stage, booked) {
            (Stage::Listed, _) => Self::Listed,
            (Stage::Inspected, _) => Self::Inspected,
            (Stage::Prepared, _) => Self::Prepared,
            (Stage::Notified, false) => Self::Notified,
            (Stage::Notified, true) => Self::Booked,
            (Stage::Issued, _) => Self::Issued,
            (Stage::Ended, _) => Self::Ended,
        }
    }

    /// The word on the screen (11(4)カ).
    pub const fn label(self) -> &'static str {
        match self {
            Self::Listed => "一覧表取込済",
            Self::Inspected => "検品済",
            Self::Prepared => "交付前設定済",
            Self::Notified => "交付通知書発送",
            Self::Booked => "予約完了",
            Self::Issued => "カード交付完了",
            Self::Ended => "交付せず終了",
        }
    }
}

impl Cause {
    /// Why the city keeps a card that went to it in a group, in the order of the choice.
    pub const KEPT: [Self; 5] =
        [Self::Mismatch, Self::AlreadyHolds, Self::Expired, Self::Withdrawn, Self::KeptByCity];

    /// The word on the screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Withdrawn => "申請の取下げ",
            Self::Recalled => "市の引抜き指示",
            Self::Expired => "有効期限切れ",
            Self::MailedByCity => "市が郵送",
            Self::Moved => "転出",
            Self::Died => "死亡",
            Self::Reissued => "再交付",
            Self::KeptTooLong => "保管期間の経過による廃棄",
            Self::Other => "その他",
            Self::Mismatch => "不一致・不良",
            Self::AlreadyHolds => "既にカードを所持",
            Self::KeptByCity => "市の判断",
        }
    }

    /// Whether it is a recall (交付中止): the card is taken out of storage and goes to the city.
    pub fn is_recall(self) -> bool {
        !matches!(self, Self::MailedByCity | Self::Mismatch | Self::AlreadyHolds | Self::KeptByCity)
    }
}

impl Pass {
    /// The word on the screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Print => "数量・券面",
            Self::Register => "住民記録との突合",
            Self::Notice => "交付通知書との照合",
        }
    }
}

impl Finding {
    /// The word on the screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Good => "良好",
            Self::Mismatch => "不一致・不良",
            Self::Attention => "処理注意",
            Self::AlreadyHolds => "既にカードを所持",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r4_f_a_card_passes_every_stage_in_order() {
        let way = [Stage::Listed, Stage::Inspected, Stage::Prepared, Stage::Notified, Stage::Issued];
        for pair in way.windows(2) {
            assert_eq!(pair[0].to(pair[1]), Ok(pair[1]));
        }
    }

    #[test]
    fn r4_f_no_stage_is_skipped_and_an_end_is_an_end() {
        for &from in Stage::ALL {
            for &wanted in Stage::ALL {
                let next = [(0, 1), (1, 2), (2, 3), (3, 4), (0, 5), (1, 5), (2, 5), (3, 5)];
                let place = |s: Stage| Stage::ALL.iter().position(|&x| x == s).unwrap();
                assert_eq!(from.to(wanted).is_ok(), next.contains(&(place(from), place(wanted))));
            }
        }
    }

    #[test]
    fn r4_f_only_a_notified_card_can_show_a_reservation() {
        assert_eq!(Progress::of(Stage::Notified, true), Progress::Booked);
        assert_eq!(Progress::of(Stage::Notified, false), Progress::Notified);
        assert_eq!(Progress::of(Stage::Issued, true), Progress::Issued);
    }

    #[test]
    fn codes_survive_their_text() {
        for &stage in Stage::ALL {
            assert_eq!(stage.code().parse(), Ok(stage));
        }
        assert!("gone".parse::<Stage>().is_err());
    }
}
