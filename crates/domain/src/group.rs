//! 仕分け: into which group an inspected card is sorted, which decides for what it goes to the city (11(5)ウ(イ)).
//!
//! A card is sorted once its three passes are done. What speaks against handing it out comes before how it was applied
//! for, so that no card with a question goes on as if there were none:
//!
//! 1. mismatch: the card may be the wrong one, or cannot be used; nothing else matters before that is cleared;
//! 2. already holds a card: it may not be issued at all;
//! 3. 処理注意: the city looks at the resident register before anything is done;
//! 4. short validity: the card would end before it is of use;
//! 5. 特急, then 居所地経由, then 申請時来庁 (with 勤務地等経由 and what the city mails besides);
//! 6. 交付時来庁: all others.

use crate::card::{Cause, Finding, Pass};
use crate::codes;
use crate::consignment::{ApplicationMethod, Way};

codes! {
    /// A group of inspected cards, in the order in which the rule asks.
    pub enum Group {
        /// 不一致・不良: a pass found that it does not agree, or that it is badly printed.
        Mismatch = "mismatch",
        /// 既にカードを所持.
        AlreadyHolds = "already_holds",
        /// 処理注意: yes or no, never the reason.
        Attention = "attention",
        /// 有効期限の短いもの.
        ShortValidity = "short_validity",
        /// 特急: only where it comes to the city at all (8(12)).
        Express = "express",
        /// 居所地経由: handled like 申請時来庁.
        ViaResidence = "via_residence",
        /// 申請時来庁, and 勤務地等経由, which is handled like it.
        AtApplication = "at_application",
        /// 交付時来庁: to 交付前設定.
        AtIssue = "at_issue",
    }
}

codes! {
    /// What goes along to the city with the cards of a group.
    pub enum Papers {
        /// カードと交付通知書.
        WithNotice = "with_notice",
        /// カードのみ.
        CardAlone = "card_alone",
    }
}

/// What is known of a card when it is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts<'a> {
    /// 申請方式.
    pub method: ApplicationMethod,
    /// Who gives the card to the citizen here.
    pub way: Way,
    /// What the passes found.
    pub findings: &'a [(Pass, Finding)],
    /// Whether its validity is short, by the months that the settings name; none: the list does not say.
    pub short_validity: Option<bool>,
}

impl Group {
    /// The group of a card by rule; none: a pass is still to be done.
    pub fn of(facts: &Facts<'_>) -> Option<Self> {
        let done = |pass: &Pass| facts.findings.iter().any(|(which, _)| which == pass);
        if !Pass::ALL.iter().all(done) {
            return None;
        }
        let found = |wanted: Finding| facts.findings.iter().any(|(_, finding)| *finding == wanted);
        Some(if found(Finding::Mismatch) {
            Self::Mismatch
        } else if found(Finding::AlreadyHolds) {
            Self::AlreadyHolds
        } else if found(Finding::Attention) {
            Self::Attention
        } else if facts.short_validity == Some(true) {
            Self::ShortValidity
        } else {
            Self::of_method(facts.method, facts.way)
        })
    }

    /// The group of a card of which nothing else is to be said: nothing was found, or the city cleared it.
    pub fn of_method(method: ApplicationMethod, way: Way) -> Self {
        match (method, way) {
            (ApplicationMethod::Express, _) => Self::Express,
            (ApplicationMethod::ViaResidence, Way::Mailed) => Self::ViaResidence,
            (_, Way::Mailed) => Self::AtApplication,
            (_, Way::Stored) => Self::AtIssue,
        }
    }

    /// Whether the city decides whether its cards go on at all.
    pub fn is_decided_by_city(self) -> bool {
        matches!(self, Self::Mismatch | Self::AlreadyHolds | Self::Attention | Self::ShortValidity)
    }

    /// Whether a person who knows more may put a card of this group by rule into `wanted` by hand. A question that
    /// the rule found is not taken away by hand: the finding is taken back, or the city clears the card.
    pub fn may_become(self, wanted: Self) -> bool {
        self == wanted || wanted.is_decided_by_city() || !self.is_decided_by_city()
    }

    /// The word on screen and paper.
    pub fn label(self) -> &'static str {
        match self {
            Self::Mismatch => "不一致・不良",
            Self::AlreadyHolds => "既にカードを所持",
            Self::Attention => "処理注意",
            Self::ShortValidity => "有効期限が短い",
            Self::Express => "特急",
            Self::ViaResidence => "居所地経由",
            Self::AtApplication => "申請時来庁",
            Self::AtIssue => "交付時来庁",
        }
    }

    /// What goes along with its cards (11(5)ウ(イ)).
    pub fn papers(self) -> Papers {
        match self {
            Self::AlreadyHolds | Self::AtIssue => Papers::CardAlone,
            Self::Mismatch
            | Self::Attention
            | Self::ShortValidity
            | Self::Express
            | Self::ViaResidence
            | Self::AtApplication => Papers::WithNotice,
        }
    }

    /// Why a card of this group most likely ends with the city.
    pub fn usual_cause(self) -> Cause {
        match self {
            Self::Mismatch => Cause::Mismatch,
            Self::AlreadyHolds => Cause::AlreadyHolds,
            Self::ShortValidity => Cause::Expired,
            Self::Attention | Self::Express | Self::ViaResidence | Self::AtApplication | Self::AtIssue => {
                Cause::KeptByCity
            }
        }
    }
}

impl Papers {
    /// The words on screen and paper.
    pub fn label(self) -> &'static str {
        match self {
            Self::WithNotice => "カードと交付通知書",
            Self::CardAlone => "カードのみ",
        }
    }
}

/// What stands in 備考 on the list that goes with a card: how it was applied for where that matters, and what was
/// found. 処理注意 is yes or no; its reason is nowhere.
pub fn remarks(facts: &Facts<'_>) -> String {
    let mut words: Vec<String> = Vec::new();
    if facts.method != ApplicationMethod::AtIssue {
        words.push(facts.method.label_ja().to_owned());
    }
    for (pass, finding) in facts.findings {
        match finding {
            Finding::Good => {}
            Finding::Mismatch => words.push(format!("不一致・不良（{}）", pass.label())),
            Finding::Attention => words.push("処理注意あり".to_owned()),
            Finding::AlreadyHolds => words.push("既にカードを所持".to_owned()),
        }
    }
    if facts.short_validity == Some(true) {
        words.push("有効期限が短い".to_owned());
    }
    words.dedup();
    words.join("、")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;

    fn findings() -> impl Strategy<Value = Vec<(Pass, Finding)>> {
        let one = |pass: Pass| {
            proptest::option::of(select(Finding::ALL)).prop_map(move |found| found.map(|found| (pass, found)))
        };
        (one(Pass::Print), one(Pass::Register), one(Pass::Notice))
            .prop_map(|(print, register, notice)| [print, register, notice].into_iter().flatten().collect())
    }

    proptest! {
        /// Every card whose passes are done is in one group, and none that is still inspected.
        #[test]
        fn r5_c2_each_inspected_card_is_in_one_group(
            method in select(ApplicationMethod::ALL),
            way in select(Way::ALL),
            findings in findings(),
            short_validity in proptest::option::of(any::<bool>()),
        ) {
            let facts = Facts { method, way, findings: &findings, short_validity };
            let found = |wanted| findings.iter().any(|(_, finding)| *finding == wanted);
            // Each group said for itself, without the order of the rule; the first that holds is the card's.
            let question = found(Finding::Mismatch) || found(Finding::AlreadyHolds) || found(Finding::Attention);
            let plain = !question && short_validity != Some(true);
            let express = method == ApplicationMethod::Express;
            let residence = method == ApplicationMethod::ViaResidence && way == Way::Mailed;
            let holds = |group: Group| match group {
                Group::Mismatch => found(Finding::Mismatch),
                Group::AlreadyHolds => found(Finding::AlreadyHolds) && !found(Finding::Mismatch),
                Group::Attention => {
                    found(Finding::Attention) && !found(Finding::Mismatch) && !found(Finding::AlreadyHolds)
                }
                Group::ShortValidity => !question && short_validity == Some(true),
                Group::Express => plain && express,
                Group::ViaResidence => plain && residence,
                Group::AtApplication => plain && !express && !residence && way == Way::Mailed,
                Group::AtIssue => plain && !express && way == Way::Stored,
            };
            let groups: Vec<Group> = Group::ALL.iter().copied().filter(|group| holds(*group)).collect();
            prop_assert_eq!(groups.len(), 1);
            let inspected = findings.len() == Pass::ALL.len();
            prop_assert_eq!(Group::of(&facts), inspected.then(|| groups[0]));
        }

        /// A question that was found outlives every sorting by hand.
        #[test]
        fn r5_c2_no_hand_takes_a_question_away(from in select(Group::ALL), wanted in select(Group::ALL)) {
            if from.is_decided_by_city() && from.may_become(wanted) {
                prop_assert!(wanted.is_decided_by_city());
            }
            prop_assert!(from.may_become(from));
        }

        /// What the city clears goes on as it was applied for, never back to the same question.
        #[test]
        fn r5_c2_a_cleared_card_goes_on(method in select(ApplicationMethod::ALL), way in select(Way::ALL)) {
            prop_assert!(!Group::of_method(method, way).is_decided_by_city());
        }
    }

    #[test]
    fn r5_c2_the_list_says_what_the_city_must_know_and_no_reason() {
        let findings = [(Pass::Register, Finding::Attention), (Pass::Print, Finding::Mismatch)];
        let facts = Facts {
            method: ApplicationMethod::AtApplication,
            way: Way::Mailed,
            findings: &findings,
            short_validity: Some(true),
        };
        assert_eq!(remarks(&facts), "申請時来庁、処理注意あり、不一致・不良（数量・券面）、有効期限が短い");
        let plain =
            Facts { method: ApplicationMethod::AtIssue, findings: &[], short_validity: None, ..facts };
        assert_eq!(remarks(&plain), "");
    }

    #[test]
    fn r5_c2_papers_go_along_as_the_specification_says() {
        for group in Group::ALL {
            let alone = matches!(group, Group::AlreadyHolds | Group::AtIssue);
            assert_eq!(group.papers() == Papers::CardAlone, alone, "{group}");
        }
    }
}
