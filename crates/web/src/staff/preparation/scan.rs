//! What scan screens have in common: the outcome of a scan, and the last six of them in the address.
//!
//! A scan carries no operation id. The same card in the same pass, or in the same place, has its effect once by
//! itself; and the next card is often scanned before the answer to the last one has arrived, from the same form.

use domain::id::CardId;
use domain::journal::Subject;
use store::Reader;
use store::card::Card;
use store::journal::View;

use crate::App;
use crate::kit::PageError;
use crate::staff::desk::Signed;
use crate::staff::wording::{control, list_line};

/// The field of a scan.
pub(super) const CODE: &str = "code";
/// The field, and the parameter, of the last scans.
pub(super) const RECENT: &str = "recent";

/// The last scan and the five before it.
const KEPT: usize = 6;

/// What a scan came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The pass is good.
    Good,
    /// The last pass is good: 検品済.
    Complete,
    /// Set aside: 不一致・不良.
    Mismatch,
    /// Set aside: 処理注意.
    Attention,
    /// Set aside: 既にカードを所持.
    AlreadyHolds,
    /// Scanned before; nothing changed.
    Before,
    /// The city's transfer of the consignment is not recorded yet.
    NotArrived,
    /// A label that was never seen on its card; it is paired at the desk first.
    Unpaired,
    /// The last finding was taken back.
    Undone,
    /// The card is now in the place.
    Put,
    /// The card is out of its box and on the tray.
    Pulled,
    /// The card is not to be handed out, and goes to the city.
    Recalled,
    /// The card waits for the city's decision.
    Suspended,
    /// Nobody comes for the card on that day.
    NotOfTheDay,
    /// A place was chosen.
    Place,
    /// The card is of another consignment.
    OtherList,
    /// There is no such card.
    NoCard,
    /// There is no such place, or it is none where cards are stored.
    NoPlace,
    /// A card came before its place, and waits for it.
    PlaceFirst,
    /// The card is not at the stage of this screen.
    WrongStage,
    /// The card is recorded elsewhere: with the city, at the counter, with the citizen.
    Elsewhere,
    /// It is no code of this screen.
    Unknown,
    /// An Individual Number: the back of a card.
    IndividualNumber,
    /// Somebody else was faster.
    Again,
    /// A letter was read; its sleeve comes next.
    SleeveNext,
    /// A sleeve was read; its letter comes next.
    LetterNext,
    /// Letter and sleeve are of one card; the number of the notice is confirmed next.
    Paired,
    /// The envelope is recorded.
    Stuffed,
    /// Letter and sleeve are of two cards.
    WrongPair,
    /// The notice is of another card.
    NoticeDiffers,
    /// The letter or the card belongs to another part.
    OtherPart,
    /// No letter that holds has this key.
    NoLetter,
    /// The letter was taken out of its part.
    LetterOut,
    /// The card was suspended or recalled since its letter was printed.
    CardHeld,
    /// The next was read before the number of the notice was confirmed.
    ConfirmFirst,
    /// The 郵便区 was set right.
    BlockSet,
}

const OUTCOMES: [(Outcome, char, bool, &str); 36] = [
    (Outcome::Good, 'g', true, "良好"),
    (Outcome::Complete, 'c', true, "検品済"),
    (Outcome::Mismatch, 'm', false, "不一致・不良：別に置いてください"),
    (Outcome::Attention, 'a', false, "処理注意：別に置いてください"),
    (Outcome::AlreadyHolds, 'h', false, "既にカードを所持：別に置いてください"),
    (Outcome::Before, 'b', true, "読み取り済み（変更なし）"),
    (Outcome::NotArrived, 'w', false, "先に、市からの受け取り（箱と枚数）を記録してください"),
    (Outcome::Unpaired, 't', false, "検品していないラベルです：先に検品でカードと突き合わせてください"),
    (Outcome::Undone, 'x', true, "取り消しました"),
    (Outcome::Put, 'i', true, "入れました"),
    (Outcome::Pulled, 'q', true, "引き抜きました"),
    (Outcome::Recalled, 'y', false, "交付中止のカードです：検品机に別に置き、市へ渡してください"),
    (Outcome::Suspended, 'j', false, "保留のカードです：引き抜かずに、元の場所へ戻してください"),
    (Outcome::NotOfTheDay, 'd', false, "この日の予約のカードではありません：元の場所に戻してください"),
    (Outcome::Place, 'l', true, "箱を選びました"),
    (Outcome::OtherList, 'o', false, "ほかの一覧表のカードです：別に置いてください"),
    (Outcome::NoCard, 'k', false, "この管理番号のカードはありません"),
    (Outcome::NoPlace, 'p', false, "カードを入れる箱ではありません"),
    (Outcome::PlaceFirst, 'f', true, "続けて、入れる箱のラベルを読み取ってください"),
    (Outcome::WrongStage, 's', false, "この作業の段階にないカードです"),
    (Outcome::Elsewhere, 'e', false, "市・窓口・市民にあると記録されたカードです"),
    (Outcome::Unknown, 'u', false, "読み取れません。もう一度読み取ってください"),
    (Outcome::IndividualNumber, 'n', false, "個人番号です。カードの裏面は読み取らないでください"),
    (Outcome::Again, 'r', false, "ほかの操作と重なりました。もう一度読み取ってください"),
    (Outcome::SleeveNext, 'S', true, "続けて、スリーブのラベルを読み取ってください"),
    (Outcome::LetterNext, 'L', true, "続けて、案内のQRコードを読み取ってください"),
    (Outcome::Paired, 'P', true, "案内とカードは同じです。交付通知書の番号を確かめてください"),
    (Outcome::Stuffed, 'T', true, "封入しました"),
    (Outcome::WrongPair, 'W', false, "案内とカードが違います：封入せず、組み直してください"),
    (Outcome::NoticeDiffers, 'N', false, "交付通知書の番号が違います：封入せず、組み直してください"),
    (Outcome::OtherPart, 'O', false, "この束の案内・カードではありません：別に置いてください"),
    (
        Outcome::NoLetter,
        'K',
        false,
        "いま使える案内ではありません（再発行の前の案内など）：封入しないでください",
    ),
    (Outcome::LetterOut, 'E', false, "束から抜き出した案内です：封入しないでください"),
    (Outcome::CardHeld, 'H', false, "交付中止・保留のカードです：封入せず、案内を束から抜き出してください"),
    (Outcome::ConfirmFirst, 'C', false, "先に、交付通知書の番号を確かめてください"),
    (Outcome::BlockSet, 'B', true, "郵便区を直しました"),
];

impl Outcome {
    fn row(self) -> (char, bool, &'static str) {
        let found = OUTCOMES.iter().find(|(outcome, ..)| *outcome == self);
        // Every outcome is in the table; a test looks.
        found.map_or(('u', false, ""), |(_, code, good, word)| (*code, *good, word))
    }

    fn of_code(code: &str) -> Option<Self> {
        OUTCOMES.iter().find(|(_, known, ..)| code.chars().eq([*known])).map(|(outcome, ..)| *outcome)
    }
}

/// A scan that was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Scan {
    /// Which card, where there was one.
    pub(super) card: Option<CardId>,
    /// What it came to.
    pub(super) outcome: Outcome,
}

/// The last scans, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Recent(Vec<Scan>);

impl Recent {
    /// Reads them as they stand in an address or a form; what is malformed is left out.
    pub(super) fn read(text: &str) -> Self {
        let scan = |item: &str| {
            let (card, code) = item.split_once('.')?;
            Some(Scan { card: card.parse().ok(), outcome: Outcome::of_code(code)? })
        };
        Self(text.split('~').take(KEPT).filter_map(scan).collect())
    }

    /// Adds the newest.
    #[must_use]
    pub(super) fn with(mut self, scan: Scan) -> Self {
        self.0.insert(0, scan);
        self.0.truncate(KEPT);
        self
    }

    /// Without the newest, after it was taken back.
    #[must_use]
    pub(super) fn without_newest(mut self) -> Self {
        if !self.0.is_empty() {
            self.0.remove(0);
        }
        self
    }

    /// As it stands in an address or a form.
    pub(super) fn text(&self) -> String {
        let item = |scan: &Scan| {
            let card = scan.card.map(|card| card.to_string()).unwrap_or_default();
            format!("{card}.{}", scan.outcome.row().0)
        };
        self.0.iter().map(item).collect::<Vec<_>>().join("~")
    }

    /// Notes that these cards are shown.
    pub(super) async fn viewed(
        &self,
        app: &App,
        signed: &Signed,
        screen: &'static str,
    ) -> Result<(), PageError> {
        let subjects: Vec<Subject> = self.0.iter().filter_map(|scan| scan.card.map(Subject::Card)).collect();
        if subjects.is_empty() {
            return Ok(());
        }
        let found = u32::try_from(subjects.len()).unwrap_or(u32::MAX);
        signed.viewed(app, View { screen, asked: "last scans".to_owned(), subjects, found }).await
    }

    /// The rows of the screen, newest first.
    pub(super) fn rows(&self, reader: &mut Reader<'_>) -> Result<Vec<Row>, store::Error> {
        let mut rows = Vec::new();
        for scan in &self.0 {
            let card = match scan.card {
                Some(card) => store::card::find(reader, card)?,
                None => None,
            };
            let (_, good, word) = scan.outcome.row();
            // In which slot it goes is what the hands wait for.
            let said = match (scan.outcome, card.as_ref().and_then(|card| card.position)) {
                (Outcome::Put, Some(position)) => format!("位置 {position} に{word}"),
                _ => word.to_owned(),
            };
            rows.push(Row {
                card: card.as_ref().map(|card| card.id),
                name: card.map(|card| name(&card, scan.outcome)).unwrap_or_default(),
                word: said,
                good,
                undoable: matches!(
                    scan.outcome,
                    Outcome::Stuffed
                        | Outcome::Good
                        | Outcome::Mismatch
                        | Outcome::Attention
                        | Outcome::AlreadyHolds
                ),
            });
        }
        Ok(rows)
    }
}

/// How the card of a scan is named; one that belongs back is named with where it belongs.
fn name(card: &Card, outcome: Outcome) -> String {
    let name = format!("{}（{}）", control(card.control_number), list_line(card.list_date, card.line));
    match (outcome, card.position) {
        (Outcome::NotOfTheDay, _) => format!("{name} 置き場所：{}", card.place_name),
        (Outcome::Before, Some(position)) => format!("{name} 位置：{position}"),
        (Outcome::Stuffed, _) => format!("{name} 郵便区：{}", card.post_block.label()),
        _ => name,
    }
}

/// A scan on the screen.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) card: Option<CardId>,
    pub(super) name: String,
    pub(super) word: String,
    pub(super) good: bool,
    pub(super) undoable: bool,
}

#[cfg(test)]
mod tests {
    use domain::id::Id;

    use super::*;

    #[test]
    fn the_last_six_scans_survive_the_address() {
        let mut recent = Recent::default();
        for n in 0..9 {
            let outcome = OUTCOMES[usize::try_from(n).unwrap()].0;
            recent = recent.with(Scan { card: Some(CardId::from_parts(n, 1)), outcome });
        }
        recent = recent.with(Scan { card: None, outcome: Outcome::Unknown });
        assert_eq!(recent.0.len(), KEPT);
        assert_eq!(Recent::read(&recent.text()), recent);
        assert_eq!(Recent::read("nonsense~.zz~"), Recent::default());
    }

    #[test]
    fn every_outcome_has_a_code_and_a_word_of_its_own() {
        let mut codes: Vec<char> = OUTCOMES.iter().map(|(_, code, ..)| *code).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), OUTCOMES.len());
        assert!(OUTCOMES.iter().all(|(outcome, _, _, word)| !word.is_empty() && outcome.row().2 == *word));
    }
}
