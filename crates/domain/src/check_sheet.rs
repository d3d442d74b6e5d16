//! The check sheet of the issuance counter: what is looked at before card and papers go to the city, for the person
//! (11(6)ウ(イ)a), a proxy of their choice (b) and a legal representative (c).
//!
//! A sheet says what was seen, never what stood on it: no name, no number, no kind of document that would tell of a
//! health or a family matter.

use crate::codes;

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
            assert!(Sheet::ALL.iter().any(|sheet| sheet.items().contains(item)), "{item}");
        }
    }
}
