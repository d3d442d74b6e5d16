//! The check sheets of the counters: what is looked at before card and papers go to the city, for the person, a proxy of
//! their choice and a legal representative; for the issuance by 11(6)ウ(イ)a to c, for the renewal by 11(8)ウ(イ)a to e.
//!
//! A sheet says what was seen, never what stood on it: no name, no number, no kind of document that would tell of a
//! health or a family matter.

use crate::codes;
use crate::reservation::{Pins, Visitor};

codes! {
    /// Whose sheet it is.
    pub enum Sheet {
        /// 本人.
        Principal = "principal",
        /// 法定代理人, with the person or alone.
        Representative = "representative",
        /// 任意代理人.
        Proxy = "proxy",
    }
}

codes! {
    /// A line of a sheet.
    pub enum Item {
        /// 交付通知書: the answer's part is filled in and signed.
        Notice = "notice",
        /// The card in hand is the one of the notice.
        CardMatches = "card_matches",
        /// The person's identity documents: one with a photograph (A), or two others (B).
        Identity = "identity",
        /// The person's identity documents for an issue to a proxy: two A, or A and B, or three B with a photograph.
        IdentityForProxy = "identity_for_proxy",
        /// 委任状欄.
        Mandate = "mandate",
        /// The PINs are covered with the 目隠しシール.
        Sealed = "sealed",
        /// The proxy's own documents: two A, or A and B.
        ProxyIdentity = "proxy_identity",
        /// 出頭困難の疎明資料.
        Difficulty = "difficulty",
        /// The representative's own documents.
        RepresentativeIdentity = "representative_identity",
        /// The status, from the resident register or from papers.
        RepresentativeStatus = "representative_status",
        /// The identity documents were copied.
        Copied = "copied",
        /// 更新: the card whose certificates are renewed was taken to be passed to the city.
        OwnCard = "own_card",
        /// 更新: the forms are filled in.
        RenewalForm = "renewal_form",
        /// 更新: address and the like agree with the resident register.
        Register = "register",
        /// 更新: the PINs of the certificates are known.
        PinsKnown = "pins_known",
        /// 更新: further identity documents, for PINs that are set anew.
        MoreIdentity = "more_identity",
        /// 更新: the form for setting PINs anew is filled in.
        ResetForm = "reset_form",
        /// 更新: the identity documents of who comes in place of the person.
        AgentIdentity = "agent_identity",
        /// 更新: the mandate of a proxy.
        RenewalMandate = "renewal_mandate",
        /// 更新: 照会書兼回答書, filled in and still sealed.
        SealedAnswer = "sealed_answer",
    }
}

codes! {
    /// What became of a card that is collected when the new one is issued.
    pub enum Collected {
        /// It was handed in.
        HandedIn = "handed_in",
        /// It was lost, and the form for that was taken.
        Lost = "lost",
        /// The person has none.
        None = "none",
    }
}

impl Sheet {
    /// Every line of the sheet; all of them are needed.
    pub fn items(self) -> &'static [Item] {
        use Item as I;
        match self {
            Self::Principal => &[I::Notice, I::CardMatches, I::Identity, I::Copied],
            Self::Representative => &[
                I::Notice,
                I::CardMatches,
                I::Identity,
                I::RepresentativeIdentity,
                I::RepresentativeStatus,
                I::Copied,
            ],
            Self::Proxy => &[
                I::Notice,
                I::CardMatches,
                I::Mandate,
                I::Sealed,
                I::IdentityForProxy,
                I::ProxyIdentity,
                I::Difficulty,
                I::Copied,
            ],
        }
    }

    /// Every line of the sheet of a renewal; all of them are needed. Where the person comes and knows the PINs, nothing is
    /// copied: the card itself goes to the city (11(8)ウ(イ)b). The PINs of somebody who sends a proxy stand in the sealed
    /// answer, and nobody asks for them.
    pub fn of_renewal(self, pins: Pins) -> Vec<Item> {
        use Item as I;
        let mut items = vec![I::OwnCard, I::RenewalForm, I::Register];
        match self {
            Self::Principal => {}
            Self::Representative => items.extend([I::AgentIdentity, I::RepresentativeStatus]),
            Self::Proxy => items.extend([I::AgentIdentity, I::RenewalMandate, I::SealedAnswer]),
        }
        match pins {
            _ if self == Self::Proxy => {}
            Pins::Known => items.push(I::PinsKnown),
            Pins::Forgotten => items.extend([I::MoreIdentity, I::ResetForm]),
        }
        if self != Self::Principal || pins == Pins::Forgotten {
            items.push(I::Copied);
        }
        items
    }

    /// The sheet for who comes; the person's own where nobody asked.
    pub fn of_visitor(visitor: Option<Visitor>) -> Self {
        match visitor {
            None | Some(Visitor::Principal) => Self::Principal,
            Some(Visitor::WithRepresentative | Visitor::Representative) => Self::Representative,
            Some(Visitor::Proxy) => Self::Proxy,
        }
    }

    /// The word on the screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Principal => "本人",
            Self::Representative => "法定代理人",
            Self::Proxy => "任意代理人",
        }
    }
}

impl Item {
    /// The sentence on the screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Notice => "交付通知書の回答書欄に記入と署名がある",
            Self::CardMatches => "カードが交付通知書のものと一致している",
            Self::Identity => "本人の本人確認書類（顔写真付きの官公署発行1点、またはその他2点）",
            Self::IdentityForProxy => {
                "本人の本人確認書類（顔写真付き2点、顔写真付き1点とその他1点、または顔写真証明書を含む3点）"
            }
            Self::Mandate => "交付通知書の委任状欄に記入がある",
            Self::Sealed => "暗証番号の記載欄に目隠しシールが貼られている",
            Self::ProxyIdentity => "代理人の本人確認書類（顔写真付き2点、または顔写真付き1点とその他1点）",
            Self::Difficulty => "本人が来られないことを示す資料",
            Self::RepresentativeIdentity => {
                "法定代理人の本人確認書類（顔写真付き2点、または顔写真付き1点とその他1点）"
            }
            Self::RepresentativeStatus => "法定代理人であることを住民記録または書類で確認した",
            Self::Copied => "本人確認書類を複写した",
            Self::OwnCard => "更新する個人番号カードを預かった",
            Self::RenewalForm => "申請書など必要な書類に記入がある",
            Self::Register => "住所などが住民記録と一致している（違うときは本人か市の職員に確認した）",
            Self::PinsKnown => "更新する電子証明書の暗証番号を覚えている（番号は聞かない）",
            Self::MoreIdentity => "暗証番号の再設定のため、追加の本人確認書類がある",
            Self::ResetForm => "暗証番号の再設定に必要な書類に記入がある",
            Self::AgentIdentity => "代理人の本人確認書類がある",
            Self::RenewalMandate => "委任状の内容を確かめた",
            Self::SealedAnswer => "照会書兼回答書に記入があり、封がされたままである（開けない）",
        }
    }
}

impl Collected {
    /// The word on the screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::HandedIn => "回収した",
            Self::Lost => "紛失届を受け取った",
            Self::None => "持っていない",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn r6_c2_every_sheet_begins_with_the_notice_and_ends_with_the_copies() {
        for sheet in Sheet::ALL {
            let items = sheet.items();
            assert_eq!((items.first(), items.last()), (Some(&Item::Notice), Some(&Item::Copied)));
            assert_eq!(items.iter().collect::<BTreeSet<_>>().len(), items.len());
        }
    }

    #[test]
    fn r6_c2_a_proxy_needs_the_mandate_and_the_reason_and_a_representative_the_status() {
        let has = |sheet: Sheet, item| sheet.items().contains(&item);
        for item in [Item::Mandate, Item::Sealed, Item::Difficulty] {
            assert!(
                has(Sheet::Proxy, item) && !has(Sheet::Principal, item) && !has(Sheet::Representative, item)
            );
        }
        assert!(has(Sheet::Representative, Item::RepresentativeStatus));
    }

    #[test]
    fn every_line_stands_on_a_sheet() {
        for item in Item::ALL {
            let renewal = |sheet: &Sheet| Pins::ALL.iter().any(|pins| sheet.of_renewal(*pins).contains(item));
            assert!(Sheet::ALL.iter().any(|sheet| sheet.items().contains(item) || renewal(sheet)), "{item}");
        }
    }

    #[test]
    fn r8_c2_a_renewal_is_copied_unless_the_person_comes_and_knows_the_pins() {
        for sheet in Sheet::ALL {
            for pins in Pins::ALL {
                let items = sheet.of_renewal(*pins);
                let alone = (*sheet, *pins) == (Sheet::Principal, Pins::Known);
                assert_eq!(items.contains(&Item::Copied), !alone, "{sheet} {pins}");
                assert_eq!(items.first(), Some(&Item::OwnCard));
                assert_eq!(items.iter().collect::<BTreeSet<_>>().len(), items.len());
                // Nobody asks a proxy for the PINs, which are under the seal.
                let asked = items.contains(&Item::PinsKnown) || items.contains(&Item::ResetForm);
                assert_eq!(asked, *sheet != Sheet::Proxy);
                assert_eq!(items.contains(&Item::SealedAnswer), *sheet == Sheet::Proxy);
            }
        }
        assert_eq!(Sheet::of_visitor(Some(Visitor::WithRepresentative)), Sheet::Representative);
    }
}
