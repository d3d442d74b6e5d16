//! 封入の照合: why a letter is taken out of its part, and how far the envelopes of a part are.

use crate::codes;

codes! {
    /// Why a letter is taken out of its part before the city takes the part over.
    pub enum TakenOut {
        /// 交付通知書がない.
        NoNotice = "no_notice",
        /// 交付通知書の番号が違う.
        NoticeDiffers = "notice_differs",
        /// 交付中止・保留のカード.
        CardHeld = "card_held",
        /// 案内の汚れ・印刷の乱れ.
        Damaged = "damaged",
        /// 再発行した: the program takes the letter out by itself, because its key ended.
        Reissued = "reissued",
    }
}

impl TakenOut {
    /// The word on the screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::NoNotice => "交付通知書がない",
            Self::NoticeDiffers => "交付通知書の番号が違う",
            Self::CardHeld => "交付中止・保留のカード",
            Self::Damaged => "案内の汚れ・印刷の乱れ",
            Self::Reissued => "再発行した",
        }
    }

    /// What a person may choose.
    pub const CHOICES: [Self; 4] = [Self::NoNotice, Self::NoticeDiffers, Self::CardHeld, Self::Damaged];
}

/// The three that must agree before the city takes a part over (案内＝交付通知書＝カード).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Letters that were printed as this part.
    pub printed: u32,
    /// Letters that are still in it.
    pub letters: u32,
    /// Of these, letters that are made again for cards whose notice was posted: the city makes the new notice itself, and they
    /// count among notices and cards without being scanned.
    pub by_city: u32,
    /// Envelopes in which the number of the 交付通知書 was confirmed.
    pub notices: u32,
    /// Envelopes whose sleeve was scanned and whose card can still be issued: one that was recalled or suspended since no
    /// longer counts.
    pub cards: u32,
}

impl Counts {
    /// Whether the part can go to the city.
    pub fn agree(self) -> bool {
        self.letters > 0 && self.letters == self.notices && self.letters == self.cards
    }

    /// How many letters were taken out.
    pub fn out(self) -> u32 {
        self.printed.saturating_sub(self.letters)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r5_c4_a_part_goes_to_the_city_only_when_the_three_agree() {
        let all = Counts { printed: 5, letters: 4, by_city: 0, notices: 4, cards: 4 };
        assert!(all.agree());
        assert_eq!(all.out(), 1);
        assert!(!Counts { notices: 3, ..all }.agree());
        assert!(!Counts { cards: 3, ..all }.agree());
        assert!(!Counts { letters: 0, notices: 0, cards: 0, ..all }.agree(), "nothing is no part");
    }
}
