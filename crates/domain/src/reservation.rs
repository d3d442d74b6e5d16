//! A reservation: a place in a slot, held for a while or booked.
//!
//! It knows states and deadlines; how many places a slot grants is the business of `capacity`.

use jiff::Timestamp;

use crate::codes;

codes! {
    /// The state of a reservation.
    pub enum State {
        /// Held for a citizen who is still deciding, until an instant.
        Held = "held",
        /// 予約完了.
        Booked = "booked",
        /// The hold ran out or was given back.
        Released = "released",
        /// 取消 by the citizen or an operator.
        Cancelled = "cancelled",
        /// The visitor came and the card was issued.
        Served = "served",
        /// The visitor came and went without the card.
        Unserved = "unserved",
        /// 不来庁: set by a person at the day's close.
        NotCome = "not_come",
    }
}

codes! {
    /// By which way places were taken (11(4), 11(1)ウ(イ), 11(2)ウ(イ), 11(6)オ).
    pub enum Channel {
        /// The public pages.
        Web = "web",
        /// The call centre.
        Telephone = "telephone",
        /// The enquiry counter.
        Counter = "counter",
        /// A visitor without a reservation.
        WalkIn = "walk_in",
    }
}

codes! {
    /// Who comes for a card (11(6)ウ(イ): 本人・任意代理人・法定代理人). It decides what must be brought.
    pub enum Visitor {
        /// 本人.
        Principal = "principal",
        /// 本人 with the 法定代理人.
        WithRepresentative = "with_representative",
        /// 法定代理人 without the person.
        Representative = "representative",
        /// 任意代理人.
        Proxy = "proxy",
    }
}

codes! {
    /// A rule that binds the staff's bookings too. A person with the permission overrides it, with a reason; a closed day
    /// and a past one nobody overrides.
    pub enum Limit {
        /// 定員: every place of the slot is taken.
        Places = "places",
        /// 枠の内訳: places are left, but none of those that this way of booking may have by now.
        Share = "share",
        /// 予約できる期間: the day lies beyond the days for which reservations are taken, or before the first visit that the
        /// posting of the letter allows.
        Window = "window",
        /// 締切: the staff's deadline of booking for the day, or of moving to it, has passed.
        Cutoff = "cutoff",
        /// 開始: the slot has begun.
        Begun = "begun",
    }
}

codes! {
    /// Whether the PINs of the certificates to be renewed are known (11(8)ウ(イ) a–c). The PINs themselves are asked
    /// nowhere.
    pub enum Pins {
        /// Both are known.
        Known = "known",
        /// One of them is not known, or not surely: they are set anew, which takes further papers.
        Forgotten = "forgotten",
    }
}

/// How many cards one booking may have (families); an assumption, to be agreed with the city.
pub const MOST_IN_PARTY: usize = 4;

/// The reservation is not in a state that allows the step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a reservation that is {from} cannot become {wanted}")]
pub struct WrongState {
    /// The state it has.
    pub from: State,
    /// The state that was wanted.
    pub wanted: State,
}

impl State {
    /// Whether the reservation still takes a card's one place among the living.
    pub fn is_live(self) -> bool {
        matches!(self, Self::Held | Self::Booked)
    }

    /// Whether the reservation takes a place in its slot's count. What was kept open until the day itself
    /// stays counted: only what was given back in time is free again.
    pub fn takes_a_place(self) -> bool {
        !matches!(self, Self::Released | Self::Cancelled)
    }

    /// The table of steps.
    pub fn to(self, wanted: State) -> Result<State, WrongState> {
        use State::{Booked, Cancelled, Held, NotCome, Released, Served, Unserved};
        match (self, wanted) {
            (Held, Booked | Released) | (Booked, Cancelled | Served | Unserved | NotCome) => Ok(wanted),
            (from, wanted) => Err(WrongState { from, wanted }),
        }
    }

    /// Which of two states of one reservation is the later. The table has no circles, so this is known without
    /// knowing when each was entered.
    #[must_use]
    pub fn later(self, other: State) -> State {
        let rank = |state: State| match state {
            Self::Held => 0,
            Self::Booked => 1,
            Self::Released | Self::Cancelled | Self::Served | Self::Unserved | Self::NotCome => 2,
        };
        if rank(other) > rank(self) { other } else { self }
    }

    /// The word on the screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Held => "仮押さえ",
            Self::Booked => "予約完了",
            Self::Released => "仮押さえ終了",
            Self::Cancelled => "取消",
            Self::Served => "交付済",
            Self::Unserved => "交付せず",
            Self::NotCome => "不来庁",
        }
    }
}

impl Visitor {
    /// The word on the screen and on lists.
    pub fn label(self) -> &'static str {
        match self {
            Self::Principal => "本人",
            Self::WithRepresentative => "本人と法定代理人",
            Self::Representative => "法定代理人のみ",
            Self::Proxy => "任意代理人",
        }
    }
}

impl Limit {
    /// The word on the screen, for what a booking went beyond.
    pub fn label(self) -> &'static str {
        match self {
            Self::Places => "定員超過",
            Self::Share => "枠の内訳の外",
            Self::Window => "予約できる期間の外",
            Self::Cutoff => "締切の後",
            Self::Begun => "開始の後",
        }
    }
}

impl Pins {
    /// The word on the screen and on lists.
    pub fn label(self) -> &'static str {
        match self {
            Self::Known => "暗証番号わかる",
            Self::Forgotten => "暗証番号の再設定",
        }
    }
}

impl Channel {
    /// The word on the screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Web => "Web",
            Self::Telephone => "電話",
            Self::Counter => "窓口",
            Self::WalkIn => "予約なし",
        }
    }
}

/// Whether a hold has run out. The last instant still belongs to the citizen.
pub fn hold_ran_out(held_until: Timestamp, now: Timestamp) -> bool {
    now > held_until
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r4_d_only_a_booked_reservation_is_cancelled() {
        for &from in State::ALL {
            assert_eq!(from.to(State::Cancelled).is_ok(), from == State::Booked);
        }
    }

    #[test]
    fn what_lives_takes_a_place() {
        for &state in State::ALL {
            assert!(!state.is_live() || state.takes_a_place());
        }
    }
}
