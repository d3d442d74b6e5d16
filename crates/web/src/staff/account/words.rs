//! The journal in words: one Japanese sentence for each kind of entry, for the journal's page and for stories.
//!
//! A sentence names people and places, never a card: whose story it is stands beside it.

use std::collections::BTreeMap;

use domain::id::{PersonId, PlaceId};
use domain::journal::{Actor, BusinessDay, CityRecord, Ending, Entry, Slot};
use domain::mail::Reply;
use domain::recall;
use domain::reservation::{Pins, Visitor};
use domain::rules::{Agreed, Deed, RuleSet};
use domain::service::SiteCode;
use domain::time::{day_of, era_date, minute_of, month_day_ja};
use domain::wish::Wish;
use jiff::Timestamp;
use jiff::civil::Date;
use store::Reader;
use store::journal::Written;

use crate::staff::mail::words::why_not;
use crate::staff::wording::{moment, time};

/// The names that sentences need.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    /// People by id.
    pub(crate) people: BTreeMap<PersonId, String>,
    /// Places by id.
    pub(crate) places: BTreeMap<PlaceId, String>,
    /// Sites by code.
    pub(crate) sites: BTreeMap<SiteCode, String>,
}

impl Names {
    /// Reads the names for some entries, in the snapshot in which the entries were read.
    pub(crate) fn gather(reader: &mut Reader<'_>, entries: &[Written]) -> Result<Self, store::Error> {
        let mut names = Self::people(reader)?;
        for written in entries {
            let place = match &written.entry {
                Entry::PlaceCreated { place }
                | Entry::PlaceChanged { place, .. }
                | Entry::BoxEmptied { to: place, .. }
                | Entry::KeyTaken { place, .. }
                | Entry::KeyReturned { place, .. }
                | Entry::BoxFrozen { place, .. }
                | Entry::BoxCountTaken { place, .. }
                | Entry::CardCounted { place, .. }
                | Entry::BoxCounted { place, .. }
                | Entry::DifferenceExplained { place, .. }
                | Entry::CardPlaced { place, .. }
                | Entry::CardPulled { place, .. } => *place,
                _ => continue,
            };
            if names.places.contains_key(&place) {
                continue;
            }
            if let Some(found) = store::place::find(reader, place)? {
                names.places.insert(place, found.name);
            }
        }
        Ok(names)
    }

    /// Reads the names of people alone.
    pub(crate) fn people(reader: &mut Reader<'_>) -> Result<Self, store::Error> {
        let people = store::person::names(reader)?.into_iter().collect();
        Ok(Self { people, ..Self::default() })
    }

    /// The same with the names that sites have on a day.
    #[must_use]
    pub(crate) fn with_sites(mut self, rules: &RuleSet, day: Date) -> Self {
        self.sites =
            rules.sites(day).into_iter().map(|site| (site.code.clone(), site.name_ja.clone())).collect();
        self
    }

    /// Who did something.
    pub(crate) fn actor(&self, actor: Actor) -> String {
        match actor {
            Actor::Person(id) => self.person(id).to_owned(),
            Actor::Citizen => "市民".to_owned(),
            Actor::System => "システム".to_owned(),
            Actor::Command => "コマンド操作".to_owned(),
        }
    }

    fn person(&self, id: PersonId) -> &str {
        // Accounts are never deleted; a name can be missing only where nobody asked for names.
        self.people.get(&id).map_or("アカウント", String::as_str)
    }

    /// Which sites a grant holds for.
    pub(crate) fn site<'a>(&'a self, site: Option<&'a SiteCode>) -> &'a str {
        match site {
            Some(code) => self.sites.get(code).map_or(code.as_str(), String::as_str),
            None => "すべての履行場所",
        }
    }

    fn place(&self, id: PlaceId) -> &str {
        self.places.get(&id).map_or("保管場所", String::as_str)
    }
}

/// A moment of a day as the journal shows it: 9:05:07.
pub(crate) fn clock_time(at: Timestamp) -> String {
    let minute = minute_of(at);
    // Instants before 1970 do not occur.
    format!("{}:{:02}:{:02}", minute / 60, minute % 60, at.as_second().rem_euclid(60))
}

/// What an entry says. A kind without a sentence does not compile.
pub(crate) fn sentence(entry: &Entry, names: &Names) -> String {
    match entry {
        Entry::PersonCreated { person } => format!("{}のアカウントを作成しました", names.person(*person)),
        Entry::RoleGranted { person, role, site, from, until } => format!(
            "{}に「{}」の役割を付与しました（{}、{}）",
            names.person(*person),
            role.label(),
            names.site(site.as_ref()),
            match until {
                Some(until) => format!("{}から{}まで", era_date(*from), era_date(*until)),
                None => format!("{}から期限なし", era_date(*from)),
            }
        ),
        Entry::RoleEnded { person, role } => {
            format!("{}の「{}」の役割を終了しました", names.person(*person), role.label())
        }
        Entry::PasswordSet { person } => format!("{}のパスワードを設定しました", names.person(*person)),
        Entry::SignedIn { person, .. } => format!("{}がサインインしました", names.person(*person)),
        Entry::SignInRefused { person, locked } => format!(
            "{}のサインインを拒否しました{}",
            names.person(*person),
            if *locked { "（続けて失敗したため15分間停止）" } else { "" }
        ),
        Entry::SignedOut { person, ending, .. } => format!(
            "{}{}",
            names.person(*person),
            match ending {
                Ending::SignedOut => "がサインアウトしました",
                Ending::Idle => "のサインインが、操作のない時間が続いたため終了しました",
                Ending::DayEnd => "のサインインが、日の終わりに終了しました",
                Ending::Revoked => "のサインインが、アカウントの変更により終了しました",
            }
        ),
        Entry::RuleChanged { epoch, deed, agreed, .. } => {
            let deed = match deed {
                Deed::New => "加えました",
                Deed::Changed => "変更しました",
                Deed::Ended => "終了しました",
                Deed::Agreed => "市の同意を得たものとして記録しました",
            };
            let agreed = agreed_words(*agreed);
            let object = if deed.starts_with('市') { "規則を、" } else { "規則を" };
            format!("{object}{deed}（第{epoch}版）{agreed}")
        }
        Entry::RulesApplied { epoch, rules } => format!("規則{rules}件を適用しました（第{epoch}版）"),
        Entry::LedgerDecided { field, agreed, on, version } => format!(
            "市が{}に「{}」の保持{}を{}ました",
            era_date(*on),
            field_words(field),
            version.map_or_else(String::new, |version| format!("（第{version}版）")),
            if *agreed { "認め" } else { "認めないと決定し" }
        ),
        Entry::LedgerProposed { field, version, retention_days } => format!(
            "「{}」の保持（第{version}版、保存期間{retention_days}日）を市に提案しました",
            field.label()
        ),
        Entry::LedgerEnded { field } => format!("市が「{}」の保持を終わりにしました", field.label()),
        Entry::PersonalDeleted { field, count, why } => {
            format!("個人情報「{}」{count}件を削除しました（{}）", field.label(), why.label())
        }
        Entry::MailGiven { .. } => "予約にメールアドレスが登録されました（本人の確認待ち）".to_owned(),
        Entry::MailConfirmed { .. } => "メールアドレスが本人に確認されました".to_owned(),
        Entry::MailRemoved { .. } => "予約のメールアドレスを削除しました".to_owned(),
        Entry::RemindersDue { day, count } => {
            format!("{}の予約について、前日のお知らせメール{count}件を用意しました", era_date(*day))
        }
        Entry::MailBounced { what, reply, status, .. } => {
            let reply = reply.map(|code| Reply { code, status: *status });
            format!("メール（{}）が届きませんでした：{}", what.label(), why_not(reply))
        }
        Entry::MailTriedAgain { what, .. } => {
            format!("届かなかったメール（{}）をもう一度送ることにしました", what.label())
        }
        Entry::PlaceCreated { place } => format!("保管場所「{}」を登録しました", names.place(*place)),
        Entry::PlaceChanged { name, capacity, .. } => format!(
            "保管場所「{name}」の内容を変更しました（{}）",
            capacity.map_or_else(|| "収容枚数の定めなし".to_owned(), |cards| format!("収容{cards}枚"))
        ),
        Entry::KeyTaken { place, person, before } => format!(
            "「{}」の鍵を{}が受け取りました{}",
            names.place(*place),
            names.person(*person),
            before.map_or_else(String::new, |before| format!("（{}から）", names.person(before)))
        ),
        Entry::KeyReturned { place, person } => {
            format!(
                "「{}」の鍵（{}が持っていたもの）が返りました",
                names.place(*place),
                names.person(*person)
            )
        }
        Entry::RegisterChecked { finding, .. } => {
            format!("住民記録と突合しました（{}）", finding.label())
        }
        Entry::StocktakingBegun { sample, .. } => {
            format!("棚卸を始めました（差のない箱の{sample}%を2回数えます）")
        }
        Entry::BoxFrozen { place, cards, .. } => {
            format!("棚卸で「{}」を数え始めました（記録では{cards}枚）", names.place(*place))
        }
        Entry::BoxCountTaken { place, count, person, .. } => format!(
            "棚卸の「{}」の{}を{}が数えます",
            names.place(*place),
            count.label(),
            names.person(*person)
        ),
        Entry::CardCounted { place, count, scanned, .. } => format!(
            "棚卸で「{}」の中に確かめました（{}{}）",
            names.place(*place),
            count.map_or("2回数えた後", domain::stocktaking::Count::label),
            scanned.map_or_else(String::new, |at| format!("。通信が切れていた{}の読み取り", moment(at)))
        ),
        Entry::BoxCounted { place, count, seen, missing, extra, .. } => format!(
            "棚卸の「{}」の{}を終えました（{seen}枚、不足{missing}枚、余り{extra}枚）",
            names.place(*place),
            count.label()
        ),
        Entry::DifferenceExplained { place, difference, reason, .. } => format!(
            "棚卸の「{}」の{}の理由を「{}」と記録しました",
            names.place(*place),
            difference.label(),
            reason.label()
        ),
        Entry::StocktakingClosed { boxes, cards, missing, extra, .. } => {
            format!(
                "棚卸を終えました（箱など{boxes}か所、記録では{cards}枚、不足{missing}枚、余り{extra}枚）"
            )
        }
        Entry::BoxEmptied { to, cards, .. } => {
            format!("箱のカード{cards}枚をまとめて「{}」へ移しました", names.place(*to))
        }
        Entry::ConsignmentTaken { cards, .. } => format!("カード発行一覧表（{cards}枚）を取り込みました"),
        Entry::ConsignmentArrived { boxes, cards, recorded, .. } => {
            format!(
                "J-LISからの{boxes}箱・カード{cards}枚を市から受け取りました{}",
                recorded_words(*recorded)
            )
        }
        Entry::CardPaired { .. } => "ラベルと一覧番号・交付通知書を突き合わせました".to_owned(),
        Entry::ExtraCards { cards, recorded, .. } => {
            format!("一覧表にないカード{cards}枚を市へ返しました{}", recorded_words(*recorded))
        }
        Entry::ExtraCardsWithdrawn { cards, .. } => {
            format!("一覧表にないカード{cards}枚の記録を、誤りとして取り消しました")
        }
        Entry::ConsignmentClosed { missing: 0, extra: 0, .. } => {
            "一覧表と読み取りが一致し、受け入れを完了しました".to_owned()
        }
        Entry::ConsignmentClosed { missing, extra, recorded, .. } => format!(
            "不足{missing}枚・余り{extra}枚の理由を確かめ、受け入れを完了しました{}",
            recorded.map(recorded_words).unwrap_or_default()
        ),
        Entry::OpeningBegun { .. } => "引継ぎ（前事業者から）の組を作り始めました".to_owned(),
        Entry::OpeningDropped { cards, .. } => {
            format!("引継ぎ（前事業者から）の組（{cards}枚）を確定せずに取りやめました")
        }
        Entry::OpeningTaken { cards, .. } => {
            format!("前事業者からカード{cards}枚を引き継ぎました")
        }
        Entry::ReservationTakenOver { over, .. } => {
            format!("前事業者の予約を引き継ぎました{}", if *over { "（定員超過）" } else { "" })
        }
        Entry::CardInspected { pass, finding, .. } => {
            format!("検品（{}）：{}", pass.label(), finding.label())
        }
        Entry::InspectionUndone { pass, .. } => format!("検品（{}）の結果を取り消しました", pass.label()),
        Entry::BatchSent { cards, recorded, .. } => {
            format!("カード{cards}枚を市へ引き継ぎました{}", recorded_words(*recorded))
        }
        Entry::BatchReturned { cards, recorded, .. } => {
            format!("交付前設定済のカード{cards}枚を市から引き継ぎました{}", recorded_words(*recorded))
        }
        Entry::MailBatchSent { cards, recorded, .. } => {
            format!("郵送分のカード{cards}枚を市へ引き継ぎました{}", recorded_words(*recorded))
        }
        Entry::BatchMailed { cards, on, recorded, .. } => {
            format!("市が{}にカード{cards}枚を郵送しました{}", era_date(*on), recorded_words(*recorded))
        }
        Entry::CardSorted { group, .. } => format!("「{}」に仕分けしました", group.label()),
        Entry::GroupSent { group, cards, recorded, .. } => {
            format!("「{}」のカード{cards}枚を市へ引き継ぎました{}", group.label(), recorded_words(*recorded))
        }
        Entry::CardsReturned { group, cards, recorded, .. } => {
            format!("「{}」のカード{cards}枚が市から返りました{}", group.label(), recorded_words(*recorded))
        }
        Entry::CardsKept { cause, cards, recorded, .. } => format!(
            "市がカード{cards}枚を引き取り、交付を終わりにしました（{}）{}",
            cause.label(),
            recorded_words(*recorded)
        ),
        Entry::CardCameBack { on, recorded, .. } => {
            format!("{}に郵便から市へ戻りました{}", era_date(*on), recorded_words(*recorded))
        }
        Entry::CardMailedAgain { on, recorded, .. } => {
            format!("市が{}に再び郵送しました{}", era_date(*on), recorded_words(*recorded))
        }
        Entry::CardRecalled { recorded, .. } => {
            format!("市の引抜き指示を記録し、交付を終わりにしました{}", recorded_words(*recorded))
        }
        Entry::RecalledCardPassed { recorded, .. } => {
            format!("引き抜いたカードを市へ渡しました{}", recorded_words(*recorded))
        }
        Entry::CardStopped { cause, source, recorded, state, until, .. } => {
            let until = until.map(|until| format!("、期限は{}", era_date(until))).unwrap_or_default();
            let how = recorded.map_or("", recorded_words);
            let (cause, source) = (cause.label(), source.label());
            match state {
                recall::State::Suspended => {
                    format!("カードを保留にしました（{cause}、{source}{until}）{how}")
                }
                _ => format!("交付を中止しました（{cause}、{source}{until}）{how}"),
            }
        }
        Entry::SuspensionDecided { state, recorded, .. } => match state {
            recall::State::Lifted => {
                format!("市の判断により、カードの保留を解除しました{}", recorded_words(*recorded))
            }
            _ => format!("市の判断により、保留のカードの交付を終わりにしました{}", recorded_words(*recorded)),
        },
        Entry::TellingAsked { .. } => "市民への連絡が必要になりました".to_owned(),
        Entry::TellingDone { told, .. } => format!("市民への連絡を終えました（{}）", told.label()),
        Entry::BackScanned { screen, .. } => {
            format!("個人番号の読み取りを止め、読み取った内容を消去しました（{}）", screen.label())
        }
        Entry::FilterSaved { .. } => "一覧の絞り込みを保存しました".to_owned(),
        Entry::FilterShared { .. } => "保存した絞り込みを共有しました".to_owned(),
        Entry::FilterRemoved { .. } => "保存した絞り込みを外しました".to_owned(),
        Entry::ListArranged { list, version, agreed, .. } => {
            let agreed = agreed_words(*agreed);
            format!("一覧「{}」のレイアウトを保存しました（第{version}版）{agreed}", list.label())
        }
        Entry::ArrangementEnded { list, .. } => format!("一覧「{}」のレイアウトを終えました", list.label()),
        Entry::ListStandsSo { list, .. } => format!("一覧「{}」のみんなの標準を決めました", list.label()),
        Entry::ListChosen { list, .. } => format!("一覧「{}」の自分のレイアウトを選びました", list.label()),
        Entry::CardPlaced { place, .. } => format!("カードを「{}」に入れました", names.place(*place)),
        Entry::CardPulled { place, day, .. } => {
            format!("{}の予約のため、カードを「{}」から引き抜きました", day_words(day), names.place(*place))
        }
        Entry::LettersPrinted { count, .. } => format!("交付のご案内{count}通を印刷しました"),
        Entry::LetterReissued { issue, .. } => {
            format!("交付のご案内を再印刷しました（{issue}回目。前の予約キーは使えません）")
        }
        Entry::LettersTransferred { count, recorded, .. } => {
            format!("交付のご案内{count}通を市へ引き継ぎました{}", recorded_words(*recorded))
        }
        Entry::LettersPosted { count, on, recorded, .. } => {
            format!("市が交付通知書{count}通を{}に発送しました{}", era_date(*on), recorded_words(*recorded))
        }
        Entry::LetterStuffed { .. } => "案内・交付通知書・カードを照合し、封入しました".to_owned(),
        Entry::StuffingUndone { .. } => "封入の照合を取り消しました".to_owned(),
        Entry::LetterTakenOut { why, again, .. } => {
            let then =
                if *again { "案内を作り直しました" } else { "予約キーは使えません" };
            format!("束から案内を抜き出しました（{}。{then}）", why.label())
        }
        Entry::PostBlockSet { block, .. } => format!("郵便区を{}に直しました", block.label()),
        Entry::EnclosuresSet { kinds, grams, .. } => {
            let grams = grams.map(|grams| format!("、1通{grams}g")).unwrap_or_default();
            format!("同封物{kinds}種類{grams}を記録しました")
        }
        Entry::SupplyAdded { name, .. } => format!("用品「{name}」を加えました"),
        Entry::SupplyChanged { name, .. } => format!("用品「{name}」の使う数・納期などを変えました"),
        Entry::SupplyEnded { name, .. } => format!("用品「{name}」の管理を終えました"),
        Entry::SupplyDelivered { name, pieces, on, .. } => {
            format!("用品「{name}」の納品{pieces}（{}）を記録しました", era_date(*on))
        }
        Entry::SupplyCounted { name, pieces, expected, .. } => {
            let difference = expected.map(|expected| i64::from(*pieces) - expected);
            let words = match difference {
                None => "最初の数".to_owned(),
                Some(0) => "記録と一致".to_owned(),
                Some(difference) => format!("記録との差 {difference:+}"),
            };
            format!("用品「{name}」を数え、{pieces}でした（{words}）")
        }
        Entry::NoticeAsked { asked, .. } => {
            format!("交付通知書の再送の依頼を{}で受けました", asked.label())
        }
        Entry::NoticeRequestEnded { why, .. } => {
            format!("交付通知書の再送の依頼を終えました（{}）", why.label())
        }
        Entry::NoticeCameBack { on, reason, recorded, .. } => format!(
            "交付通知書が{}に市へ戻りました（{}）{}",
            era_date(*on),
            reason.label(),
            recorded_words(*recorded)
        ),
        Entry::ReminderListed { number, count, recorded, .. } => {
            format!("受取勧奨 第{number}回の名簿を作りました（{count}枚）{}", recorded_words(*recorded))
        }
        Entry::ReminderSent { on, recorded, .. } => {
            format!("市が受取勧奨を{}に送付しました{}", era_date(*on), recorded_words(*recorded))
        }
        Entry::ReminderWithdrawn { recorded, .. } => {
            format!("市が受取勧奨の送付を取りやめました{}", recorded_words(*recorded))
        }
        Entry::StorageExtended { reason, until, .. } => {
            format!("保管を{}まで延ばしました（{}）", era_date(*until), reason.label())
        }
        Entry::StorageExtensionEnded { .. } => "保管の延長をやめました".to_owned(),
        Entry::CardDisposed { on, recorded, .. } => {
            format!("市が{}に廃棄しました{}", era_date(*on), recorded_words(*recorded))
        }
        Entry::PlaceHeld { slot, .. } => format!("{}の枠を仮押さえしました", slot_words(slot)),
        Entry::HoldReleased { slot, .. } => format!("{}の仮押さえが終わりました", slot_words(slot)),
        Entry::Booked { slot, channel, party, visitor, .. } => {
            let party = if party.is_some() { "・家族" } else { "" };
            let visitor = visitor.map_or_else(String::new, |visitor| format!("・{}", visitor.label()));
            format!("{}を予約しました（{}{party}{visitor}）", slot_words(slot), channel.label())
        }
        Entry::RuleOverridden { slot, limit, .. } => {
            format!("{}の枠を、理由を付けて取りました（{}）", slot_words(slot), limit.label())
        }
        Entry::VisitorChanged { from, to, .. } => {
            let word = |visitor: &Option<Visitor>| visitor.map_or("未確認", Visitor::label);
            format!("来庁者を「{}」から「{}」に変更しました", word(from), word(to))
        }
        Entry::PartyChanged { to: Some(_), .. } => "家族の予約にまとめました".to_owned(),
        Entry::PartyChanged { to: None, .. } => "家族の予約から分けました".to_owned(),
        Entry::Moved { from, to, by, .. } => {
            format!("{}の予約を{}に変更しました（{}）", slot_words(from), slot_words(to), by.label())
        }
        Entry::Cancelled { slot, channel, .. } => {
            format!("{}の予約を取り消しました（{}）", slot_words(slot), channel.label())
        }
        Entry::OfferingBegun { until, .. } => {
            format!(
                "定員に収まらない予約のために、代わりの枠の確保を始めました（返事の期限 {}）",
                moment(*until)
            )
        }
        Entry::OfferingEnded { offered, without, .. } => {
            format!("代わりの枠の確保が終わりました（案内{offered}件、空きなし{without}件）")
        }
        Entry::PlacesOffered { places, reason, until, .. } => {
            let first = places.first();
            let to = first.map_or_else(String::new, |place| slot_words(&place.to));
            let others = match places.len() {
                0 | 1 => String::new(),
                people => format!("ほか、{people}人分"),
            };
            format!(
                "代わりに{to}{others}の枠を確保し、案内しました（{}、期限 {}）",
                reason.label(),
                moment(*until)
            )
        }
        Entry::NoPlaceFound { reason, .. } => {
            format!("代わりの枠の空きがありませんでした（{}）", reason.label())
        }
        Entry::OfferAccepted { by, .. } => {
            format!("代わりの日時に、市民の同意がありました（{}）", by.label())
        }
        Entry::OfferDeclined { by, .. } => {
            format!("代わりの日時を、市民が辞退しました（{}）", by.label())
        }
        Entry::OfferExpired { .. } => "代わりの日時の案内が、返事のないまま期限を過ぎました".to_owned(),
        Entry::OfferWithdrawn { why, .. } => {
            format!("代わりの日時の案内が終わりました（{}）", why.label())
        }
        Entry::WishLeft { wanted, .. } => {
            format!("早い日の希望を受け付けました（{}）", wish_words(wanted))
        }
        Entry::WishEnded { state, .. } => format!("早い日の希望が終わりました（{}）", state.label()),
        Entry::Arrived { .. } => "来庁を受け付けました".to_owned(),
        Entry::PapersChecked { sheet: None, .. } => "書類を確認しました".to_owned(),
        Entry::PapersChecked { sheet: Some(sheet), notice_card, old_card, pins, .. } => {
            let anew = pins.filter(|pins| *pins == Pins::Forgotten);
            let anew = anew.map_or_else(String::new, |pins| format!("・{}", pins.label()));
            let collected = [("通知カード", notice_card), ("以前のカード", old_card)];
            let collected = collected.into_iter().filter_map(|(what, became)| {
                became.as_ref().map(|became| format!("・{what}：{}", became.label()))
            });
            format!(
                "書類を確認しました（{}のチェックシート{anew}{}）",
                sheet.label(),
                collected.collect::<String>()
            )
        }
        Entry::PassedToCity { .. } => "書類とカードを市へ引き継ぎました".to_owned(),
        Entry::Issued { day, recorded, .. } if day.service == domain::service::Service::Renewal => {
            format!("市が電子証明書を更新しました{}", recorded_words(*recorded))
        }
        Entry::Issued { recorded, .. } => format!("市がカードを交付しました{}", recorded_words(*recorded)),
        Entry::SentAway { reason, .. } => format!("持ち帰りになりました（{}）", reason.label()),
        Entry::Left { .. } => "来庁者が途中で退出しました".to_owned(),
        Entry::NotCome { day, .. } => format!("{}の予約に来庁がありませんでした", day_words(day)),
        Entry::PickupBegun { visitor, copies, .. } => format!(
            "返戻カードの受け取りに来庁しました（{}）。申請書と本人確認書類の写し{copies}枚を市へ引き継ぎました",
            visitor.label()
        ),
        Entry::PickupCardCame { .. } => "返戻カードを市から受け取りました".to_owned(),
        Entry::PickupHanded { .. } => "返戻カードを手渡しました（申請書に受け取りの自署あり）".to_owned(),
        Entry::PickupEnded { why, .. } => format!("返戻カードを渡さずに終えました（{}）", why.label()),
        Entry::TrackingTold { number, recorded, .. } => match number {
            Some(number) => format!("追跡番号は{number}です{}", recorded_words(*recorded)),
            None => format!("追跡番号は市でもわかりません{}", recorded_words(*recorded)),
        },
        Entry::EnteredAfterwards { what, happened_at, checked_by, .. } => format!(
            "停止中の記録を後から入力しました：{} {} {}{}",
            era_date(day_of(*happened_at)),
            time(*happened_at),
            what.label(),
            checked_by
                .map(|person| format!("（書類を確認した人：{}）", names.person(person)))
                .unwrap_or_default()
        ),
        Entry::ListFrozen { day, lines } => {
            format!("{}の予約リスト（{lines}件）を確定しました", day_words(day))
        }
        Entry::ListTransferred { day, recorded } => {
            format!("{}の予約リストを市へ引き継ぎました{}", day_words(day), recorded_words(*recorded))
        }
        Entry::DifferenceSeen { day, .. } => {
            format!("{}の予約リストとの違いを確かめました", day_words(day))
        }
        Entry::DutyTaken { day, duty } => {
            format!("{}の「{}」の担当になりました", day_words(day), duty.label())
        }
        Entry::DutyDone { day, duty } => {
            format!("{}の「{}」が終わりました", day_words(day), duty.label())
        }
        Entry::DayClosed { day, city_count, .. } => {
            format!("{}の窓口を締めました（市の交付枚数：{city_count}枚）", day_words(day))
        }
        Entry::EndCorrected { day, from, to, .. } => {
            let (from, to) = (from.words(day.service), to.words(day.service));
            format!("{}の結果を訂正しました（{from} → {to}）", day_words(day))
        }
        Entry::IncidentOpened { what, .. } => {
            format!("事故として記録しました（{}）", what.label())
        }
        Entry::IncidentTold { .. } => "事故を市の担当者に知らせました".to_owned(),
        Entry::IncidentEnded { outcome, cause, .. } => format!(
            "事故を終わりにしました（{}{}）",
            outcome.label(),
            cause.map_or_else(String::new, |cause| format!("。{}", cause.label()))
        ),
    }
}

fn agreed_words(agreed: Agreed) -> &'static str {
    match agreed {
        Agreed::Account => "",
        Agreed::Told => "（市の担当者の氏名と日時により記録）",
        Agreed::Later => "（市の同意は後で記録）",
    }
}

/// The kinds of entries in words, in the order in which they are chosen.
pub(crate) const KINDS: [(&str, &str); 134] = [
    ("pickup_begun", "返戻カードの受け取りの書類"),
    ("pickup_card_came", "返戻カードを市から受け取り"),
    ("pickup_handed", "返戻カードの手渡し"),
    ("pickup_ended", "返戻カードを渡さず終了"),
    ("tracking_told", "追跡番号"),
    ("entered_afterwards", "停止中の記録"),
    ("consignment_taken", "カード発行一覧表の取込み"),
    ("consignment_arrived", "市からの受け取り（J-LIS分）"),
    ("card_paired", "ラベルの突き合わせ"),
    ("extra_cards", "一覧表にないカード"),
    ("extra_cards_withdrawn", "一覧表にないカードの取消"),
    ("consignment_closed", "受け入れの完了"),
    ("card_inspected", "検品"),
    ("inspection_undone", "検品の取消"),
    ("batch_sent", "市への引継ぎ"),
    ("batch_returned", "市からの引継ぎ"),
    ("mail_batch_sent", "市への引継ぎ（郵送分）"),
    ("batch_mailed", "市による郵送"),
    ("card_sorted", "カードの仕分け"),
    ("group_sent", "市への引継ぎ（仕分け）"),
    ("cards_returned", "市からの返却"),
    ("cards_kept", "市の引き取り"),
    ("card_came_back", "郵便からの戻り"),
    ("card_mailed_again", "市による再発送"),
    ("opening_begun", "前事業者からの引継ぎの開始"),
    ("opening_dropped", "前事業者からの引継ぎの取消"),
    ("opening_taken", "前事業者からの引継ぎ"),
    ("reservation_taken_over", "前事業者の予約の引継ぎ"),
    ("card_recalled", "市の引抜き指示"),
    ("recalled_card_passed", "引き抜いたカードの市への引渡し"),
    ("card_stopped", "交付の中止・保留"),
    ("suspension_decided", "保留のカードの市の判断"),
    ("telling_asked", "市民への連絡が必要"),
    ("telling_done", "市民への連絡の終わり"),
    ("back_scanned", "個人番号の読み取りの停止"),
    ("filter_saved", "絞り込みの保存"),
    ("filter_shared", "絞り込みの共有"),
    ("filter_removed", "絞り込みの削除"),
    ("list_arranged", "一覧のレイアウトの保存"),
    ("arrangement_ended", "一覧のレイアウトの終了"),
    ("list_stands_so", "一覧のみんなの標準"),
    ("list_chosen", "一覧のレイアウトの選択"),
    ("place_created", "保管場所の登録"),
    ("place_changed", "保管場所の変更"),
    ("box_emptied", "箱のカードをまとめて移動"),
    ("key_taken", "鍵の受取り"),
    ("key_returned", "鍵の返却"),
    ("incident_told", "事故を市へ連絡"),
    ("register_checked", "住民記録との突合（保管中）"),
    ("stocktaking_begun", "棚卸の開始"),
    ("box_frozen", "棚卸で箱を数え始め"),
    ("box_count_taken", "棚卸の箱を数える人"),
    ("card_counted", "棚卸で確かめたカード"),
    ("box_counted", "棚卸で箱を数え終わり"),
    ("difference_explained", "棚卸の差の理由"),
    ("stocktaking_closed", "棚卸の終了"),
    ("card_placed", "箱への格納"),
    ("card_pulled", "引き抜き"),
    ("letters_printed", "交付のご案内の印刷"),
    ("letter_reissued", "交付のご案内の再発行"),
    ("letters_transferred", "交付のご案内の引継ぎ"),
    ("letters_posted", "発送"),
    ("letter_stuffed", "封入の照合"),
    ("stuffing_undone", "封入の取消"),
    ("letter_taken_out", "案内の抜き出し"),
    ("post_block_set", "郵便区の訂正"),
    ("enclosures_set", "同封物と重さの記録"),
    ("supply_added", "用品の追加"),
    ("supply_changed", "用品の設定の変更"),
    ("supply_ended", "用品の管理の終了"),
    ("supply_delivered", "用品の納品"),
    ("supply_counted", "用品を数えた"),
    ("notice_asked", "交付通知書の再送の依頼"),
    ("notice_request_ended", "再送の依頼の終わり"),
    ("notice_came_back", "交付通知書の返戻"),
    ("reminder_listed", "受取勧奨の名簿"),
    ("reminder_sent", "受取勧奨の送付"),
    ("reminder_withdrawn", "受取勧奨の取りやめ"),
    ("storage_extended", "保管の延長"),
    ("storage_extension_ended", "保管の延長の終わり"),
    ("card_disposed", "カードの廃棄"),
    ("place_held", "枠の仮押さえ"),
    ("hold_released", "仮押さえの終了"),
    ("booked", "予約"),
    ("rule_overridden", "定員・締切を超えた予約"),
    ("visitor_changed", "来庁者の変更"),
    ("party_changed", "家族の予約の変更"),
    ("moved", "予約の変更"),
    ("cancelled", "予約の取消"),
    ("offering_begun", "代わりの枠の確保の開始"),
    ("offering_ended", "代わりの枠の確保の終了"),
    ("places_offered", "代わりの日時の案内"),
    ("no_place_found", "代わりの枠の空きなし"),
    ("offer_accepted", "代わりの日時への同意"),
    ("offer_declined", "代わりの日時の辞退"),
    ("offer_expired", "代わりの日時の案内の期限切れ"),
    ("offer_withdrawn", "代わりの日時の案内の終了"),
    ("wish_left", "早い日の希望"),
    ("wish_ended", "早い日の希望の終了"),
    ("arrived", "来庁の受付"),
    ("papers_checked", "書類の確認"),
    ("passed_to_city", "窓口から市への引継ぎ"),
    ("issued", "交付"),
    ("sent_away", "持ち帰り"),
    ("left", "途中退出"),
    ("not_come", "不来庁"),
    ("list_frozen", "予約リストの確定"),
    ("list_transferred", "予約リストの引継ぎ"),
    ("difference_seen", "予約リストとの違いの確認"),
    ("duty_taken", "仕事の担当"),
    ("duty_done", "仕事の終了"),
    ("day_closed", "締め"),
    ("end_corrected", "訂正"),
    ("incident_opened", "事故の記録"),
    ("incident_ended", "事故の終了"),
    ("signed_in", "サインイン"),
    ("sign_in_refused", "サインインの拒否"),
    ("signed_out", "サインアウト"),
    ("password_set", "パスワードの設定"),
    ("person_created", "アカウントの作成"),
    ("role_granted", "役割の付与"),
    ("role_ended", "役割の終了"),
    ("rules_applied", "規則の適用"),
    ("rule_changed", "規則の変更"),
    ("ledger_proposed", "個人情報の台帳の提案"),
    ("ledger_decided", "個人情報の台帳の決定"),
    ("ledger_ended", "個人情報の台帳の終了"),
    ("personal_deleted", "個人情報の削除"),
    ("mail_given", "メールアドレスの登録"),
    ("mail_confirmed", "メールアドレスの本人確認"),
    ("mail_removed", "メールアドレスの削除"),
    ("reminders_due", "前日のお知らせの用意"),
    ("mail_bounced", "届かなかったメール"),
    ("mail_tried_again", "届かなかったメールの再送"),
];

/// Whether a screen of the register of views is a paper or a file: what left the program.
pub(crate) fn is_output(screen: &str) -> bool {
    let ending = screen.rsplit('_').next().unwrap_or_default();
    matches!(ending, "pdf" | "csv" | "xlsx" | "file" | "paper" | "labels") || screen == "batch_list"
}

/// The word for a field of the ledger.
pub(crate) fn field_words(field: &str) -> &str {
    match field.parse::<domain::ledger::Field>() {
        Ok(known) => known.label(),
        Err(_) => field,
    }
}

/// The word for a screen of the register of views.
pub(crate) fn screen(code: &str) -> &str {
    match code {
        "people" => "アカウントの一覧",
        "mails" => "届かなかったメール",
        "mails_file" => "届かなかったメールの書き出し",
        "rule_proposal" => "規則の変更案",
        "unplaced" => "定員に収まらない予約",
        "offers" => "代わりの日時の案内の一覧",
        "offers_file" => "代わりの日時の案内の書き出し",
        "offer" => "代わりの日時の案内",
        "wish" => "早い日の希望",
        "offering" => "ほかの日時の提示",
        "unplaced_file" => "定員に収まらない予約の書き出し",
        "person" => "アカウント",
        "journal" => "記録簿",
        "access" => "閲覧記録",
        "cards" => "カードの一覧",
        "cards_file" => "カードの一覧の書き出し",
        "batches_file" => "市への引継ぎの一覧の書き出し",
        "batch_file" => "市との引継ぎの書き出し",
        "consignments_file" => "一覧表の一覧の書き出し",
        "letters_file" => "交付のご案内の束の書き出し",
        "part_file" => "交付のご案内の書き出し",
        "places_file" => "保管場所の書き出し",
        "days_file" => "日ごとの予約数の書き出し",
        "card" => "カード",
        "consignment" => "受入れ",
        "sleeve_labels" => "スリーブのラベル",
        "inspection" => "検品",
        "put_away" => "収納",
        "pull" => "引き抜き",
        "place" => "保管場所",
        "batch" => "市との引継ぎ",
        "group" => "仕分け",
        "pairing" => "ラベルの突き合わせ",
        "consignment_close" => "受け入れの完了",
        "batch_list" => "引継書",
        "letters" => "交付のご案内",
        "letters_paper" => "交付のご案内の印刷",
        "reservations" => "予約の一覧",
        "reservations_pdf" => "予約の一覧の印刷",
        "reservations_csv" => "予約の一覧のCSV",
        "reservations_xlsx" => "予約の一覧のExcel",
        "day_list" => "予約リスト（確定）",
        "day_list_pdf" => "予約リスト（確定）の印刷",
        "day_list_csv" => "予約リスト（確定）のCSV",
        "day_list_xlsx" => "予約リスト（確定）のExcel",
        "reservation" => "予約",
        "book" => "予約を取る画面",
        "move" => "予約の変更",
        "counter" => "窓口",
        "reception" => "受付",
        "close" => "窓口の締め",
        "recall" => "交付の中止",
        "recalls" => "交付中止と保留",
        "notices" => "交付通知書の再送と返戻",
        "notice" => "カードの交付通知書",
        "reminder_targets" => "受取勧奨の対象",
        "reminder" => "受取勧奨の名簿",
        "deadlines" => "保管期限の一覧",
        "storage" => "カードの保管期限",
        "disposals" => "カードの廃棄",
        "deadlines_file" => "保管期限の一覧の書き出し",
        "disposals_file" => "市が廃棄したカードの書き出し",
        "reminders_file" => "受取勧奨の一覧の書き出し",
        "reminder_file" => "受取勧奨の名簿の書き出し",
        "progress_file" => "進捗の書き出し",
        "custody" => "受渡記録",
        "custody_file" => "受渡記録の書き出し",
        "stuffing" => "封入の照合",
        "sorting_file" => "郵便区ごとの仕分けの書き出し",
        "covers_paper" => "束のふた紙の印刷",
        "supplies_file" => "用品の在庫の書き出し",
        "letter_versions_file" => "案内の版とWebの予約の書き出し",
        "incidents_file" => "事故の一覧の書き出し",
        "pull_file" => "引き抜きの一覧の書き出し",
        "people_file" => "アカウントの一覧の書き出し",
        "incidents" => "事故の一覧",
        "incident" => "事故の記録",
        "correct" => "結果の訂正",
        "journal_csv" => "記録簿のCSV",
        "journal_xlsx" => "記録簿のExcel",
        "access_csv" => "閲覧記録のCSV",
        "access_xlsx" => "閲覧記録のExcel",
        other => other,
    }
}

fn recorded_words(recorded: CityRecord) -> &'static str {
    match recorded {
        CityRecord::Account => "",
        CityRecord::Paper => "（市の署名のある書面により記録）",
    }
}

/// A wish, as lists and the journal say it: from which day to which, on which days of the week, at which times.
pub(crate) fn wish_words(wish: &Wish) -> String {
    let day = |day: &Date| month_day_ja(*day);
    let weekdays: String = if wish.weekdays.len() == 7 {
        "どの曜日でも".to_owned()
    } else {
        // A week from a Monday.
        let week = (0..7).filter_map(|n| jiff::civil::Weekday::from_monday_zero_offset(n).ok());
        let names = week.zip(["月", "火", "水", "木", "金", "土", "日"]);
        let named = names.filter(|(day, _)| wish.weekdays.contains(*day)).map(|(_, name)| name);
        named.collect::<Vec<_>>().join("・")
    };
    format!("{}から{}まで・{weekdays}・{}", day(&wish.from), day(&wish.until), wish.times.label())
}

fn slot_words(slot: &Slot) -> String {
    format!("{} {}の{}", month_day_ja(slot.day), slot.start, slot.service.label())
}

fn day_words(day: &BusinessDay) -> String {
    format!("{}の{}", month_day_ja(day.day), day.service.label())
}

#[cfg(test)]
mod tests {
    use domain::id::Id;
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_sentence_names_people_and_sites() {
        let person = PersonId::from_parts(1, 1);
        let mut names = Names::default();
        names.people.insert(person, "窓口 花子".to_owned());
        names.sites.insert("honcho".parse().unwrap(), "本庁".to_owned());
        let granted = Entry::RoleGranted {
            person,
            role: domain::permission::Role::Operator,
            site: Some("honcho".parse().unwrap()),
            from: date(2026, 11, 2),
            until: None,
        };
        assert_eq!(
            sentence(&granted, &names),
            "窓口 花子に「従事者」の役割を付与しました（本庁、令和8年11月2日(月)から期限なし）"
        );
        assert_eq!(names.actor(Actor::Person(person)), "窓口 花子");
    }

    #[test]
    fn r4_g_every_kind_of_entry_can_be_asked_for_in_words() {
        let source = include_str!("../../../../domain/src/journal/about.rs");
        let kinds = source
            .split("pub fn kind(&self)")
            .nth(1)
            .and_then(|rest| rest.split("\n    }\n").next())
            .unwrap();
        let mut known: Vec<&str> =
            kinds.split("=> \"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        let mut words: Vec<&str> = KINDS.iter().map(|(kind, _)| *kind).collect();
        known.sort_unstable();
        words.sort_unstable();
        assert_eq!(known, words);
    }

    #[test]
    fn r4_g_papers_and_files_are_output() {
        for screen in [
            "reservations_pdf",
            "reservations_csv",
            "cards_file",
            "letters_paper",
            "sleeve_labels",
            "batch_list",
        ] {
            assert!(is_output(screen), "{screen}");
        }
        for screen in ["letters", "card", "reservations", "journal"] {
            assert!(!is_output(screen), "{screen}");
        }
    }

    #[test]
    fn a_moment_is_told_in_tokyo() {
        assert_eq!(clock_time("2026-11-24T00:05:07Z".parse().unwrap()), "9:05:07");
    }
}
