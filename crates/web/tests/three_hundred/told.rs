//! What the story knows of every card, told where it is done and never read from the program.

use std::collections::BTreeMap;

use documents::intake::{Intake, Limits};

/// A line of the list.
pub(crate) type Line = u32;

pub(crate) const DESK: &str = "検品机";
pub(crate) const CITY: &str = "市";
pub(crate) const POST: &str = "郵便";
pub(crate) const TRAY: &str = "当日トレイ";
pub(crate) const COUNTER: &str = "窓口";
pub(crate) const CITIZEN: &str = "市民";
pub(crate) const MISSING: &str = "所在不明";

/// A card as the report must show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) state: String,
    /// Why it is with the city, where it went there with a batch: the words and the city's person.
    pub(crate) with: String,
    /// Everywhere it was, from the desk on.
    pub(crate) way: Vec<String>,
    pub(crate) marks: String,
}

impl Known {
    fn holder(&self) -> &'static str {
        match self.way.last().map(String::as_str) {
            Some(CITY) => "市",
            Some(POST) => "郵便",
            Some(CITIZEN) => "市民",
            Some(MISSING) => "所在不明",
            _ => "受託者",
        }
    }

    /// The columns of the report that do not depend on the minute.
    fn row(&self) -> [String; 6] {
        [
            self.state.clone(),
            self.holder().to_owned(),
            self.with.clone(),
            self.way.len().to_string(),
            self.way.join(" → "),
            self.marks.clone(),
        ]
    }
}

/// All cards by their lines.
#[derive(Debug, Default)]
pub(crate) struct Told(BTreeMap<Line, Known>);

impl Told {
    /// A card lies on the desk with its list.
    pub(crate) fn comes(&mut self, line: Line) {
        let known = Known {
            state: "一覧表取込済".to_owned(),
            with: String::new(),
            way: vec![DESK.to_owned()],
            marks: String::new(),
        };
        self.0.insert(line, known);
    }

    fn of(&mut self, line: Line) -> &mut Known {
        self.0.get_mut(&line).unwrap()
    }

    /// A card is somewhere else now.
    pub(crate) fn goes(&mut self, line: Line, place: &str) {
        let known = self.of(line);
        if known.way.last().is_none_or(|last| last != place) {
            known.way.push(place.to_owned());
        }
        if place != CITY {
            known.with.clear();
        }
    }

    /// A card went to the city with a batch.
    pub(crate) fn with(&mut self, line: Line, batch: &str) {
        self.goes(line, CITY);
        batch.clone_into(&mut self.of(line).with);
    }

    pub(crate) fn is(&mut self, line: Line, state: &str) {
        state.clone_into(&mut self.of(line).state);
    }

    pub(crate) fn marks(&mut self, line: Line, marks: &str) {
        marks.clone_into(&mut self.of(line).marks);
    }

    /// How many cards each holder has.
    pub(crate) fn holders(&self) -> BTreeMap<&'static str, usize> {
        let mut holders = BTreeMap::new();
        for known in self.0.values() {
            *holders.entry(known.holder()).or_default() += 1;
        }
        holders
    }

    /// Where a card is.
    pub(crate) fn place(&self, line: Line) -> &str {
        self.0[&line].way.last().unwrap()
    }

    /// Compares the report with what was done, card by card.
    #[track_caller]
    pub(crate) fn agrees(&self, report: &[u8]) {
        let read = Intake::open(report, &Limits::default()).unwrap();
        let mut lines = 0;
        for row in read.rows() {
            let fields = row.unwrap().fields;
            let Ok(line) = fields[0].parse::<Line>() else { continue };
            let [_, _, state, holder, with, place, _, _, by, moves, way, marks] = &fields[..] else {
                panic!("a row of twelve columns: {fields:?}")
            };
            let shown = [state, holder, with, moves, way, marks].map(Clone::clone);
            assert_eq!(shown, self.0[&line].row(), "line {line}");
            assert_eq!(place, self.place(line), "line {line}");
            assert!(!by.is_empty(), "line {line} was moved by nobody");
            lines += 1;
        }
        assert_eq!(lines, self.0.len(), "every card stands in the report once");
    }
}
