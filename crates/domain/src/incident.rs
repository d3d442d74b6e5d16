//! Incidents with a card: what happened, and how it ended. The city is told of each, by name and time (11(6)).

use crate::codes;

codes! {
    /// What is wrong with the card.
    pub enum Kind {
        /// 所在不明: nobody knows where it is, and it is searched for.
        Missing = "missing",
        /// 破損・汚損.
        Damaged = "damaged",
        /// その他 (備考に記入).
        Other = "other",
    }
}

codes! {
    /// How an incident ended.
    pub enum Outcome {
        /// 発見: the missing card was found.
        Found = "found",
        /// 解決: settled with the city.
        Settled = "settled",
    }
}

codes! {
    /// Why it came to it, as far as that was found out.
    pub enum Cause {
        /// 入れる場所・戻す場所の間違い.
        WrongPlace = "wrong_place",
        /// 動かした記録の漏れ.
        NotRecorded = "not_recorded",
        /// 渡す相手・渡すカードの間違い.
        WrongHands = "wrong_hands",
        /// 取扱い中の破損・汚損.
        Handling = "handling",
        /// 不明.
        Unknown = "unknown",
        /// その他 (備考に記入).
        Other = "other",
    }
}

impl Cause {
    /// The word on the screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::WrongPlace => "入れる場所・戻す場所の間違い",
            Self::NotRecorded => "動かした記録の漏れ",
            Self::WrongHands => "渡す相手・カードの間違い",
            Self::Handling => "取扱い中の破損・汚損",
            Self::Unknown => "原因は不明",
            Self::Other => "その他（備考に記入）",
        }
    }
}

impl Kind {
    /// The word on the screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Missing => "所在不明",
            Self::Damaged => "破損・汚損",
            Self::Other => "その他",
        }
    }

    /// Whether an incident of this kind can end so: only what is missing is found.
    pub fn may_end(self, outcome: Outcome) -> bool {
        self == Self::Missing || outcome == Outcome::Settled
    }
}

impl Outcome {
    /// The word on the screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Found => "発見",
            Self::Settled => "市と協議して解決",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r6_c5_only_what_is_missing_is_found() {
        for &kind in Kind::ALL {
            assert_eq!(kind.may_end(Outcome::Found), kind == Kind::Missing);
            assert!(kind.may_end(Outcome::Settled));
        }
    }
}
