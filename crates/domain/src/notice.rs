//! 交付通知書: a citizen asks for it again, and what the city says of one that the post brought back.
//!
//! The contractor prepares the papers, the city makes the notice and posts it (11(5)ウ(エ)); notices that came back are the
//! city's, and only what it tells is written down. No word says where somebody lives or lived.

use crate::codes;

codes! {
    /// How a citizen asked for the notice again.
    pub enum Asked {
        /// By telephone.
        Telephone = "telephone",
        /// At the counter.
        Counter = "counter",
    }
}

codes! {
    /// How a request ended.
    pub enum Ended {
        /// The city posted the notice again.
        Posted = "posted",
        /// The citizen found the notice.
        Found = "found",
        /// The city decided otherwise.
        ByCity = "by_city",
        /// The card was handed out, or is not handed out any more.
        CardOver = "card_over",
        /// It was written down by mistake.
        Mistake = "mistake",
    }
}

codes! {
    /// Why a notice came back, as the city tells it.
    pub enum Undelivered {
        /// あて所に尋ねあたらず.
        Unknown = "unknown",
        /// 転送不要のため: the addressee has moved and the notice is not to be forwarded.
        NotForwarded = "not_forwarded",
        /// 受取拒絶.
        Refused = "refused",
        /// Anything else, and what the city does not tell.
        Other = "other",
    }
}

/// How far a request is that did not end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Asked for; the papers are to be prepared.
    Asked,
    /// A new guide letter was made.
    Prepared,
    /// The papers are with the city, which makes the notice and posts it.
    WithCity,
}

impl Asked {
    /// The word on the screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Telephone => "電話",
            Self::Counter => "窓口",
        }
    }
}

impl Ended {
    /// The word on the screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Posted => "市が発送した",
            Self::Found => "本人が見つけた",
            Self::ByCity => "市の判断で送らない",
            Self::CardOver => "カードを渡した・交付を中止した",
            Self::Mistake => "誤って記録した",
        }
    }

    /// How a person can end a request; that it was posted follows from its letter.
    pub const CHOICES: [Self; 4] = [Self::Found, Self::ByCity, Self::CardOver, Self::Mistake];
}

impl Undelivered {
    /// The word on the screen, as the post puts it on the envelope.
    pub fn label(self) -> &'static str {
        match self {
            Self::Unknown => "あて所に尋ねあたらず",
            Self::NotForwarded => "転送不要のため（転居）",
            Self::Refused => "受取拒絶",
            Self::Other => "その他・市から理由の連絡なし",
        }
    }
}

impl State {
    /// The word on the screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Asked => "依頼を受けた",
            Self::Prepared => "書類を準備した",
            Self::WithCity => "市へ引き継いだ",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r5_c4_nobody_says_by_hand_that_a_notice_was_posted() {
        assert!(!Ended::CHOICES.contains(&Ended::Posted));
        assert_eq!(Ended::CHOICES.len() + 1, Ended::ALL.len());
    }
}
