//! A reception: one visitor's way through the issuance counter on the day (11(6)ウ(イ)–(オ)).
//!
//! The state says who has to act next. A visitor is never closed by the clock: each end is set by a person.

use crate::codes;
use crate::service::Service;
use crate::time::{SLOT_MINUTES, Start};

codes! {
    /// Where the visitor's matter stands.
    pub enum State {
        /// 受付済: arrived, the reservation is matched.
        Arrived = "arrived",
        /// 書類確認済: the papers are checked with the check sheet.
        Checked = "checked",
        /// 市へ引継済: papers and card are with the city.
        WithCity = "with_city",
        /// 交付済: the city issued the card.
        Issued = "issued",
        /// 持ち帰り: sent away, with a reason.
        SentAway = "sent_away",
        /// 途中退出: left before the end.
        Left = "left",
    }
}

codes! {
    /// Why a visitor was sent away (knowledge of the field: 持帰り理由).
    pub enum Reason {
        /// 本人確認書類の不足.
        IdentityPapers = "identity_papers",
        /// 交付通知書の不備・持参忘れ.
        Notice = "notice",
        /// 代理人の書類不備.
        ProxyPapers = "proxy_papers",
        /// 回収すべきカード (通知カード・旧カード) の持参忘れ.
        CardsToReturn = "cards_to_return",
        /// 券面や登録内容の相違.
        Difference = "difference",
        /// 更新するマイナンバーカードの持参忘れ.
        CardForgotten = "card_forgotten",
        /// 更新できる期間の前.
        TooEarly = "too_early",
        /// システム障害.
        System = "system",
        /// その他 (備考に記入).
        Other = "other",
    }
}

/// How many minutes after the beginning of their slot a visitor came who came after its end; none for everybody else.
/// Who is late is received all the same.
pub fn late(start: Start, arrived: u16) -> Option<u16> {
    let minutes = arrived.saturating_sub(start.minutes());
    (minutes >= SLOT_MINUTES).then_some(minutes)
}

/// The reception is not in a state that allows the step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a reception that is {from} cannot become {wanted}")]
pub struct WrongState {
    /// The state it has.
    pub from: State,
    /// The state that was wanted.
    pub wanted: State,
}

impl State {
    /// Whether the visitor is still with us; the day does not close while one is.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Arrived | Self::Checked | Self::WithCity)
    }

    /// The table of steps. Only what the city holds can be issued (design: the city's acts).
    pub fn to(self, wanted: State) -> Result<State, WrongState> {
        use State::{Arrived, Checked, Issued, Left, SentAway, WithCity};
        match (self, wanted) {
            (Arrived, Checked)
            | (Checked, WithCity)
            | (WithCity, Issued)
            | (Arrived | Checked | WithCity, SentAway | Left) => Ok(wanted),
            (from, wanted) => Err(WrongState { from, wanted }),
        }
    }

    /// Which of two states of one reception is the later. The table has no circles, so this is known without
    /// knowing when each was entered.
    #[must_use]
    pub fn later(self, other: State) -> State {
        let rank = |state: State| match state {
            Self::Arrived => 0,
            Self::Checked => 1,
            Self::WithCity => 2,
            Self::Issued | Self::SentAway | Self::Left => 3,
        };
        if rank(other) > rank(self) { other } else { self }
    }

    /// The word on the screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Arrived => "受付済",
            Self::Checked => "書類確認済",
            Self::WithCity => "市へ引継済",
            Self::Issued => "交付済",
            Self::SentAway => "持ち帰り",
            Self::Left => "途中退出",
        }
    }
}

impl Reason {
    /// The reasons for which a visitor of a service is sent away, in the order of the list.
    pub fn of(service: Service) -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(move |reason| match reason {
            Self::Notice | Self::CardsToReturn => service != Service::Renewal,
            Self::CardForgotten | Self::TooEarly => service == Service::Renewal,
            _ => true,
        })
    }

    /// The word on the screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::IdentityPapers => "本人確認書類の不足",
            Self::Notice => "交付通知書の不備・持参忘れ",
            Self::ProxyPapers => "代理人の書類不備",
            Self::CardsToReturn => "回収するカードの持参忘れ",
            Self::Difference => "券面・登録内容の相違",
            Self::CardForgotten => "更新するカードの持参忘れ",
            Self::TooEarly => "更新できる期間の前",
            Self::System => "システム障害",
            Self::Other => "その他",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r6_c4_only_what_the_city_holds_is_issued() {
        for &from in State::ALL {
            assert_eq!(from.to(State::Issued).is_ok(), from == State::WithCity);
        }
    }

    #[test]
    fn r6_c2_late_is_who_comes_after_the_own_slot() {
        let start: Start = "9:00".parse().unwrap();
        let minutes = [(8 * 60 + 50, None), (9 * 60, None), (9 * 60 + 9, None), (9 * 60 + 10, Some(10))];
        for (arrived, minutes) in minutes.into_iter().chain([(13 * 60 + 5, Some(245))]) {
            assert_eq!(late(start, arrived), minutes, "{arrived}");
        }
    }

    #[test]
    fn an_end_is_an_end() {
        for &from in State::ALL.iter().filter(|s| !s.is_open()) {
            for &wanted in State::ALL {
                assert!(from.to(wanted).is_err());
            }
        }
    }
}
