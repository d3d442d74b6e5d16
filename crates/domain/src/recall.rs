//! 交付中止: a card that is not to be handed out, whoever says so, and the citizen who has to be told.
//!
//! Why it is so is one of the causes of [`card`](crate::card) and never a text: what the city knows stays with the city.

use crate::card::Cause;
use crate::codes;

codes! {
    /// Who said that the card is not to be handed out.
    pub enum Source {
        /// 市の指示.
        City = "city",
        /// The applicant, at the counter.
        Counter = "counter",
        /// The applicant, by telephone.
        Telephone = "telephone",
        /// 住民記録システムとの突合: the contractor looked it up.
        Register = "register",
    }
}

codes! {
    /// How far it has come.
    pub enum State {
        /// 保留: the card must not be handed out until the city decides; its process and its reservation stay.
        Suspended = "suspended",
        /// 交付中止: its process ended, and it goes to the city.
        Ended = "ended",
        /// 市へ渡した: it is with the city.
        Passed = "passed",
        /// 保留解除: the city decided that it is handed out after all.
        Lifted = "lifted",
    }
}

codes! {
    /// What becomes of the reservation that the card has.
    pub enum Booked {
        /// 保留: it stays, and the city decides.
        Suspend = "suspend",
        /// 取消: it is cancelled, and somebody tells the citizen.
        Cancel = "cancel",
    }
}

codes! {
    /// What the city decides of a card that waits for it.
    pub enum Decision {
        /// 交付中止: it is not handed out.
        End = "end",
        /// 保留解除: it is handed out after all.
        Lift = "lift",
    }
}

codes! {
    /// How 「市民へ連絡」 ended.
    pub enum Told {
        /// 連絡した.
        Told = "told",
        /// 市が連絡する.
        ByCity = "by_city",
        /// つながらず、市へ伝えた.
        Unreached = "unreached",
        /// 連絡しない (市の指示).
        NotWanted = "not_wanted",
    }
}

impl Source {
    /// The word on the screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::City => "市の指示",
            Self::Counter => "本人から窓口で",
            Self::Telephone => "本人から電話で",
            Self::Register => "住民記録との突合",
        }
    }

    /// The causes that it can give. An applicant withdraws, and nothing else; what the register shows is what stands there.
    pub fn causes(self) -> &'static [Cause] {
        use Cause::{Died, Expired, KeptTooLong, Moved, Other, Recalled, Reissued, Withdrawn};
        match self {
            Self::City => &[Recalled, Withdrawn, Expired, Moved, Died, Reissued, KeptTooLong, Other],
            Self::Counter | Self::Telephone => &[Withdrawn],
            Self::Register => &[Moved, Died, Expired, Other],
        }
    }
}

impl State {
    /// The word on the screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Suspended => "保留",
            Self::Ended => "交付中止",
            Self::Passed => "市へ渡した",
            Self::Lifted => "保留解除",
        }
    }

    /// Whether something is still to be done.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Suspended | Self::Ended)
    }
}

impl Told {
    /// The word on the screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Told => "連絡した",
            Self::ByCity => "市が連絡する",
            Self::Unreached => "つながらず、市へ伝えた",
            Self::NotWanted => "連絡しない（市の指示）",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r5_c5_every_cause_of_a_recall_is_the_citys_to_give_and_no_other() {
        for &cause in Cause::ALL {
            assert_eq!(Source::City.causes().contains(&cause), cause.is_recall(), "{cause}");
        }
        for &source in Source::ALL {
            assert!(source.causes().iter().all(|cause| cause.is_recall()), "{source}");
        }
        assert_eq!(Source::Telephone.causes(), [Cause::Withdrawn]);
    }

    #[test]
    fn only_what_waits_is_open() {
        let open: Vec<_> = State::ALL.iter().filter(|state| state.is_open()).collect();
        assert_eq!(open, [&State::Suspended, &State::Ended]);
    }
}
