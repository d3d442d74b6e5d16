//! How a list of the staff stands (レイアウト): which columns, in which order, where each is seen, and by which column the
//! rows are sorted (11(4)カ). A list's columns are known to its screen; here they are code words, so that an arrangement
//! that has grown old is still read, and what it names and nobody has any more can be told.

use std::fmt;
use std::str::FromStr;

use crate::codes;

codes! {
    /// A list of the staff whose columns are chosen on screen.
    pub enum StaffList {
        /// Cards by whatever is asked.
        Cards = "cards",
        /// Consignments.
        Consignments = "consignments",
        /// The lines of a consignment with what was found of each.
        ConsignmentLines = "consignment_lines",
        /// Batches to the city.
        Batches = "batches",
        /// The cards of a batch.
        BatchCards = "batch_cards",
        /// Parts of guide letters.
        Letters = "letters",
        /// The letters of a part.
        PartLetters = "part_letters",
        /// By which way the cards with each version of the letter were booked.
        LetterVersions = "letter_versions",
        /// What is to be posted, by 郵便区.
        Sorting = "sorting",
        /// Supplies, what is left of each and when it runs out.
        Supplies = "supplies",
        /// Places with how many cards each holds.
        Places = "places",
        /// The cards that a day's reservations want out of their boxes.
        Pull = "pull",
        /// Incidents.
        Incidents = "incidents",
        /// Where and whom to ask for a card that nobody finds.
        IncidentSearch = "incident_search",
        /// The boxes of a stock-taking.
        StocktakingBoxes = "stocktaking_boxes",
        /// The differences of a stock-taking.
        StocktakingDifferences = "stocktaking_differences",
        /// Cards of which the resident register says something.
        RegisterFindings = "register_findings",
        /// Cards whose last day is over or near.
        Deadlines = "deadlines",
        /// Cards that the city destroyed.
        Disposals = "disposals",
        /// Rounds of reminders.
        Reminders = "reminders",
        /// The cards of a round of reminders.
        ReminderCards = "reminder_cards",
        /// The reservations of a day of the issuance.
        Reservations = "reservations",
        /// The frozen list of a day of the issuance, as the city gets it.
        Frozen = "frozen",
        /// How many reservations each day has.
        Days = "days",
        /// The renewals of a day.
        Renewals = "renewals",
        /// The frozen list of a day of the renewal.
        FrozenRenewals = "frozen_renewals",
        /// Reservations without a place of their own after a change of the rules.
        Unplaced = "unplaced",
        /// Other places that were offered.
        Offers = "offers",
        /// Wishes for an earlier day that wait.
        Wishes = "wishes",
        /// Mails that did not arrive.
        Mails = "mails",
        /// How far each consignment is.
        Progress = "progress",
        /// The way of each card of a consignment.
        Custody = "custody",
        /// Accounts.
        People = "people",
    }
}

impl StaffList {
    /// The words on the screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Cards => "カード一覧",
            Self::Consignments => "カード発行一覧表の一覧",
            Self::ConsignmentLines => "一覧表の備考",
            Self::Batches => "市への引継ぎの一覧",
            Self::BatchCards => "引継ぎのカード",
            Self::Letters => "交付のご案内の束",
            Self::PartLetters => "束の交付のご案内",
            Self::LetterVersions => "案内の版とWebの予約",
            Self::Sorting => "郵便区ごとの仕分け",
            Self::Supplies => "用品の在庫",
            Self::Places => "保管場所",
            Self::Pull => "引き抜きリスト",
            Self::Incidents => "事故の記録",
            Self::IncidentSearch => "探索リスト",
            Self::StocktakingBoxes => "棚卸の箱",
            Self::StocktakingDifferences => "棚卸の差",
            Self::RegisterFindings => "住民記録との突合の対象者",
            Self::Deadlines => "保管期限の一覧",
            Self::Disposals => "市が廃棄したカード",
            Self::Reminders => "受取勧奨の一覧",
            Self::ReminderCards => "受取勧奨の名簿",
            Self::Reservations => "予約（カードの交付）",
            Self::Frozen => "予約リスト（確定）",
            Self::Days => "日ごとの予約数",
            Self::Renewals => "予約（電子証明書の更新）",
            Self::FrozenRenewals => "更新の予約リスト（確定）",
            Self::Unplaced => "定員に収まらない予約",
            Self::Offers => "代わりの日時の案内",
            Self::Wishes => "早い日の空き待ち",
            Self::Mails => "届かなかったメール",
            Self::Progress => "進捗（一覧表ごと）",
            Self::Custody => "受渡記録",
            Self::People => "アカウント",
        }
    }
}

/// Columns of one arrangement at most; no list has more.
pub const MOST_COLUMNS: usize = 40;

/// A column in its place, and where it is seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// The code word of the column: small letters, digits and `_`.
    pub column: String,
    /// Whether it stands on the screen.
    pub screen: bool,
    /// Whether it stands on paper.
    pub paper: bool,
    /// Whether it stands in files (CSV, workbook).
    pub file: bool,
}

impl Placed {
    /// Whether it is seen anywhere.
    pub fn is_used(&self) -> bool {
        self.screen || self.paper || self.file
    }
}

/// By which column the rows are sorted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sort {
    /// The code word of the column.
    pub column: String,
    /// Whether the greatest stands first.
    pub descending: bool,
}

/// The columns of a list in their order, and the order of its rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Arrangement {
    /// The columns that are used, each once.
    pub columns: Vec<Placed>,
    /// The order of the rows; none: as the list has it.
    pub sort: Option<Sort>,
}

/// The text is no arrangement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no arrangement of columns")]
pub struct MalformedArrangement;

fn is_code(text: &str) -> bool {
    let sign = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    !text.is_empty() && text.len() <= 40 && text.bytes().all(sign)
}

/// As it is stored: `control:spf place:s order=place`, where `order=-place` begins with the greatest.
impl fmt::Display for Arrangement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, placed) in self.columns.iter().enumerate() {
            let space = if at == 0 { "" } else { " " };
            write!(f, "{space}{}:", placed.column)?;
            for (seen, sign) in [(placed.screen, 's'), (placed.paper, 'p'), (placed.file, 'f')] {
                if seen {
                    write!(f, "{sign}")?;
                }
            }
        }
        if let Some(sort) = &self.sort {
            write!(f, " order={}{}", if sort.descending { "-" } else { "" }, sort.column)?;
        }
        Ok(())
    }
}

impl FromStr for Arrangement {
    type Err = MalformedArrangement;

    fn from_str(text: &str) -> Result<Self, MalformedArrangement> {
        let mut read = Self::default();
        for part in text.split(' ') {
            if read.sort.is_some() {
                return Err(MalformedArrangement);
            }
            if let Some(order) = part.strip_prefix("order=") {
                let (column, descending) =
                    order.strip_prefix('-').map_or((order, false), |rest| (rest, true));
                if !is_code(column) {
                    return Err(MalformedArrangement);
                }
                read.sort = Some(Sort { column: column.to_owned(), descending });
                continue;
            }
            let (column, seen) = part.split_once(':').ok_or(MalformedArrangement)?;
            let [screen, paper, file] = ['s', 'p', 'f'].map(|sign| seen.contains(sign));
            let placed = Placed { column: column.to_owned(), screen, paper, file };
            let again = read.columns.iter().any(|known| known.column == column);
            let only = seen.len() == [screen, paper, file].iter().filter(|seen| **seen).count();
            if !is_code(column) || !only || !placed.is_used() || again {
                return Err(MalformedArrangement);
            }
            read.columns.push(placed);
        }
        if read.columns.is_empty() || read.columns.len() > MOST_COLUMNS {
            return Err(MalformedArrangement);
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn placed() -> impl Strategy<Value = Placed> {
        ("[a-z][a-z0-9_]{0,12}", 1_u8..8).prop_map(|(column, seen)| Placed {
            column,
            screen: seen & 1 > 0,
            paper: seen & 2 > 0,
            file: seen & 4 > 0,
        })
    }

    proptest! {
        #[test]
        fn r4_f_an_arrangement_survives_its_text(
            columns in proptest::collection::vec(placed(), 1..12),
            sort in proptest::option::of(("[a-z_]{1,12}", any::<bool>())),
        ) {
            let mut columns = columns;
            let mut known = std::collections::BTreeSet::new();
            columns.retain(|placed| known.insert(placed.column.clone()));
            let sort = sort.map(|(column, descending)| Sort { column, descending });
            let arrangement = Arrangement { columns, sort };
            prop_assert_eq!(arrangement.to_string().parse(), Ok(arrangement));
        }
    }

    #[test]
    fn r4_f_what_is_no_arrangement_is_refused() {
        for text in [
            "",
            "control",
            "control:",
            "control:x",
            "control:ss",
            "Control:s",
            "a:s a:p",
            "order=a",
            "a:s  b:s",
            "a:s order=",
            "a:s order=-b c:s",
        ] {
            assert_eq!(text.parse::<Arrangement>(), Err(MalformedArrangement), "{text}");
        }
    }

    #[test]
    fn r4_f_every_list_has_words_of_its_own() {
        let words: std::collections::BTreeSet<_> = StaffList::ALL.iter().map(|list| list.label()).collect();
        assert_eq!(words.len(), StaffList::ALL.len());
    }
}
