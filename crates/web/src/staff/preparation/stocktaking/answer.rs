//! What a scan of a stock-taking came to, in a word, a colour and a sound.

use domain::id::CardId;
use store::stocktaking::count::{CountError, Seen};

/// What a scan came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// The count of the box began.
    Begun,
    /// The card belongs to the box.
    Good,
    /// The card was scanned; whether it belongs to the box is not told in the second count.
    Blind,
    /// It was scanned in this count before.
    Before,
    /// The program has it elsewhere.
    Extra,
    /// It was missing, and is found.
    Found,
    /// The counts are over, and it is none of the missing.
    NotMissed,
    /// There is no such card.
    NoCard,
    /// There is no such place, or its cards are not counted.
    NoPlace,
    /// A card was scanned before the label of a box.
    PlaceFirst,
    /// The label of another box, while this one is not ended.
    OtherPlace,
    /// The box would end before a single card was scanned.
    NothingYet,
    /// Somebody else counts the box.
    Other,
    /// The same person counted it the first time.
    Same,
    /// The counts of the box are over.
    Over,
    /// It is no code of ours.
    Unknown,
    /// An Individual Number: the back of a card.
    IndividualNumber,
}

/// How an answer sounds and looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    /// Go on.
    Good,
    /// Nothing changed: the card was scanned before.
    Again,
    /// Stop and look.
    Bad,
}

const ANSWERS: [(Answer, char, Tone, &str); 17] = [
    (Answer::Begun, 'b', Tone::Good, "数え始めました。カードを1枚ずつ読み取ってください"),
    (Answer::Good, 'g', Tone::Good, "この箱のカードです"),
    (Answer::Blind, 's', Tone::Good, "読み取りました"),
    (Answer::Before, 'd', Tone::Again, "読み取り済みのカードです（数えません）"),
    (Answer::Extra, 'x', Tone::Bad, "この箱のカードではありません。別に置いてください"),
    (Answer::Found, 'f', Tone::Good, "不足していたカードです。見つかったと記録しました"),
    (Answer::NotMissed, 'm', Tone::Bad, "この箱で不足しているカードではありません"),
    (Answer::NoCard, 'k', Tone::Bad, "この管理番号のカードはありません。別に置いてください"),
    (Answer::NoPlace, 'p', Tone::Bad, "棚卸で数える場所のラベルではありません"),
    (Answer::PlaceFirst, 'l', Tone::Bad, "先に、数える箱のラベルを読み取ってください"),
    (
        Answer::OtherPlace,
        'z',
        Tone::Bad,
        "ほかの箱のラベルです。先に、この箱のラベルをもう一度読み取って終えてください",
    ),
    (
        Answer::NothingYet,
        'y',
        Tone::Bad,
        "まだ1枚も読み取っていません。箱が空のときは「この箱を数え終えた」を押してください",
    ),
    (Answer::Other, 'o', Tone::Bad, "ほかの人が数えている箱です。別の箱を数えてください"),
    (Answer::Same, 'w', Tone::Bad, "1回目を数えた人とは別の人が数えます。別の箱を数えてください"),
    (Answer::Over, 'e', Tone::Bad, "この箱は数え終わっています"),
    (Answer::Unknown, 'u', Tone::Bad, "読み取れません。もう一度読み取ってください"),
    (Answer::IndividualNumber, 'n', Tone::Bad, "個人番号です。カードの裏面は読み取らないでください"),
];

impl Tone {
    /// The word in the page, for the sound and the colour.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Again => "again",
            Self::Bad => "bad",
        }
    }
}

impl Answer {
    fn row(self) -> (char, Tone, &'static str) {
        let found = ANSWERS.iter().find(|(answer, ..)| *answer == self);
        // Every answer is in the table; a test looks.
        found.map_or(('u', Tone::Bad, ""), |(_, code, tone, word)| (*code, *tone, word))
    }

    /// The sentence on the screen.
    pub(crate) fn word(self) -> &'static str {
        self.row().2
    }

    /// How it sounds and looks.
    pub(crate) fn tone(self) -> Tone {
        self.row().1
    }

    /// What a scan that the store took came to. The second count tells nothing of what is expected.
    pub(super) fn seen(seen: Seen, blind: bool) -> Self {
        match seen {
            Seen::Good | Seen::Extra if blind => Self::Blind,
            Seen::Good => Self::Good,
            Seen::Extra => Self::Extra,
            Seen::Before => Self::Before,
            Seen::Found => Self::Found,
            Seen::NotMissed => Self::NotMissed,
        }
    }

    /// What the store refused is an answer too; none: it is no answer to a person.
    pub(super) fn refused(error: &CountError) -> Option<Self> {
        match error {
            CountError::WrongPlace => Some(Self::NoPlace),
            CountError::Other(_) => Some(Self::Other),
            CountError::Same => Some(Self::Same),
            CountError::NotCounting(_) => Some(Self::Over),
            CountError::NoCard => Some(Self::NoCard),
            CountError::NotFound | CountError::Reused(_) | CountError::Store(_) => None,
        }
    }
}

/// The last scan, as it stands in an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Last {
    /// What it came to.
    pub(crate) answer: Answer,
    /// Which card, where there was one.
    pub(crate) card: Option<CardId>,
}

impl Last {
    /// Reads it; what is malformed is left out.
    pub(super) fn read(text: &str) -> Option<Self> {
        let (code, card) = text.split_once('.')?;
        let (answer, ..) = ANSWERS.iter().find(|(_, known, ..)| code.chars().eq([*known]))?;
        Some(Self { answer: *answer, card: card.parse().ok() })
    }

    /// As it stands in an address.
    pub(super) fn text(self) -> String {
        let card = self.card.map(|card| card.to_string()).unwrap_or_default();
        format!("{}.{card}", self.answer.row().0)
    }
}

impl From<Answer> for Last {
    fn from(answer: Answer) -> Self {
        Self { answer, card: None }
    }
}

#[cfg(test)]
mod tests {
    use domain::id::Id;

    use super::*;

    #[test]
    fn every_answer_has_a_code_and_a_sentence_of_its_own_and_survives_its_address() {
        let mut codes: Vec<char> = ANSWERS.iter().map(|(_, code, ..)| *code).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), ANSWERS.len());
        for (answer, _, tone, word) in ANSWERS {
            let last = Last { answer, card: Some(CardId::from_parts(1, 2)) };
            assert_eq!(Last::read(&last.text()), Some(last));
            assert_eq!((answer.word(), answer.tone()), (word, tone));
        }
        assert_eq!(Last::read("nonsense"), None);
    }

    #[test]
    fn r5_c7_the_second_count_tells_nothing_of_what_is_expected() {
        assert_eq!(Answer::seen(Seen::Extra, true), Answer::seen(Seen::Good, true));
        assert_ne!(Answer::seen(Seen::Extra, false), Answer::seen(Seen::Good, false));
    }
}
