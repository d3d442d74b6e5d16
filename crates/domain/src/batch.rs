//! Counted batches of cards that go to the city: what for, what goes along, and how far each has come.

use crate::codes;
use crate::group::{Group, Papers};

codes! {
    /// What a batch of cards goes to the city for. Each is of one [`Group`].
    pub enum BatchKind {
        /// 交付前設定: the city sets the cards up and gives them back (11(5)ウ(ウ)).
        Setup = "setup",
        /// 郵送分: the city sets the PINs and mails the cards (8(4)).
        Mail = "mail",
        /// 居所地経由: mailed like 郵送分.
        ViaResidence = "via_residence",
        /// 特急: the city mails the cards or gives them back set up.
        Express = "express",
        /// 不一致・不良: the city decides.
        Mismatch = "mismatch",
        /// 既にカードを所持: the city decides.
        AlreadyHolds = "already_holds",
        /// 処理注意: the city decides.
        Attention = "attention",
        /// 有効期限が短い: the city decides.
        ShortValidity = "short_validity",
    }
}

codes! {
    /// How far a batch has come.
    pub enum BatchState {
        /// With the city, at least in part.
        Sent = "sent",
        /// Back from the city, all but what it kept.
        Returned = "returned",
        /// Mailed by the city.
        Mailed = "mailed",
        /// The city kept all of it.
        Kept = "kept",
    }
}

codes! {
    /// How a card of a batch left the city's hands, or stayed for good.
    pub enum CardEnd {
        /// Given back.
        Returned = "returned",
        /// Mailed.
        Mailed = "mailed",
        /// Kept by the city: its process ended.
        Kept = "kept",
    }
}

impl BatchKind {
    /// What the cards of a group go to the city for.
    pub fn of(group: Group) -> Self {
        match group {
            Group::AtIssue => Self::Setup,
            Group::AtApplication => Self::Mail,
            Group::ViaResidence => Self::ViaResidence,
            Group::Express => Self::Express,
            Group::Mismatch => Self::Mismatch,
            Group::AlreadyHolds => Self::AlreadyHolds,
            Group::Attention => Self::Attention,
            Group::ShortValidity => Self::ShortValidity,
        }
    }

    /// The group whose cards go so.
    pub fn group(self) -> Group {
        match self {
            Self::Setup => Group::AtIssue,
            Self::Mail => Group::AtApplication,
            Self::ViaResidence => Group::ViaResidence,
            Self::Express => Group::Express,
            Self::Mismatch => Group::Mismatch,
            Self::AlreadyHolds => Group::AlreadyHolds,
            Self::Attention => Group::Attention,
            Self::ShortValidity => Group::ShortValidity,
        }
    }

    /// What goes along with the cards.
    pub fn papers(self) -> Papers {
        self.group().papers()
    }

    /// Whether the city may mail its cards.
    pub fn is_mailed(self) -> bool {
        matches!(self, Self::Mail | Self::ViaResidence | Self::Express)
    }

    /// Whether cards of it come back set up (交付前設定済).
    pub fn comes_back_set_up(self) -> bool {
        matches!(self, Self::Setup | Self::Express)
    }

    /// Whether cards of it may come back at all.
    pub fn comes_back(self) -> bool {
        self.comes_back_set_up() || self.group().is_decided_by_city()
    }

    /// The words on screen and paper.
    pub fn label(self) -> &'static str {
        match self {
            Self::Setup => "交付前設定",
            Self::Mail => "郵送分",
            Self::ViaResidence
            | Self::Express
            | Self::Mismatch
            | Self::AlreadyHolds
            | Self::Attention
            | Self::ShortValidity => self.group().label(),
        }
    }
}

impl CardEnd {
    /// The word on screen and paper.
    pub fn label(self) -> &'static str {
        match self {
            Self::Returned => "返却済",
            Self::Mailed => "市が発送済",
            Self::Kept => "市が引き取り",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r5_c2_each_group_goes_as_a_kind_of_its_own() {
        for group in Group::ALL {
            assert_eq!(BatchKind::of(*group).group(), *group);
        }
        assert_eq!(BatchKind::ALL.len(), Group::ALL.len());
    }

    #[test]
    fn r5_c3_what_goes_to_the_city_is_mailed_or_can_come_back() {
        for kind in BatchKind::ALL {
            assert!(kind.is_mailed() || kind.comes_back(), "{kind}");
        }
    }
}
