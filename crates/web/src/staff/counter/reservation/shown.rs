//! A booking as a form of the staff showed it: sent along with the form, so that nothing is done with what somebody
//! changed in the meantime, and so that the page can say what was there and what is there now.

use domain::id::ReservationId;
use domain::journal::Subject;
use domain::reservation::Visitor;
use domain::time::{Start, month_day_ja};
use jiff::civil::Date;
use store::reservation::Reservation;
use store::reservation::shown::{Shown, Whom};

use crate::App;
use crate::kit::{Form, PageError};
use crate::staff::counter::story;
use crate::staff::wording;

/// The field.
pub(crate) const SHOWN: &str = "shown";

/// What stood on the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AsShown {
    day: Date,
    starts: Vec<Start>,
    visitor: Option<Visitor>,
    versions: Vec<u32>,
}

impl AsShown {
    /// The people of a booking, in their order, with who comes for the one whose page it is.
    pub(crate) fn of<'a>(this: &Reservation, people: impl Iterator<Item = &'a Reservation>) -> Self {
        let (starts, versions) = people.map(|person| (person.slot.start, person.version)).unzip();
        Self { day: this.slot.day, starts, visitor: this.visitor, versions }
    }

    /// As the form sends it. Letters stand between the digits, or they could look like a number that is refused.
    pub(crate) fn text(&self) -> String {
        let joined = |parts: Vec<String>| parts.join("v");
        format!(
            "{}T{}V{}W{}",
            self.day,
            joined(self.starts.iter().map(Start::to_string).collect()),
            joined(self.versions.iter().map(u32::to_string).collect()),
            self.visitor.map_or("", |visitor| visitor.code())
        )
    }

    /// Reads what [`AsShown::text`] wrote.
    pub(crate) fn read(form: &Form) -> Result<Self, PageError> {
        Self::parse(form.typed(SHOWN)).ok_or(PageError::BadRequest)
    }

    fn parse(text: &str) -> Option<Self> {
        let (day, rest) = text.split_once('T')?;
        let (starts, rest) = rest.split_once('V')?;
        let (versions, visitor) = rest.split_once('W')?;
        let starts: Option<Vec<Start>> = starts.split('v').map(|start| start.parse().ok()).collect();
        let versions: Option<Vec<u32>> = versions.split('v').map(|version| version.parse().ok()).collect();
        let visitor = if visitor.is_empty() { None } else { Some(visitor.parse().ok()?) };
        Some(Self { day: day.parse().ok()?, starts: starts?, visitor, versions: versions? })
    }

    /// What the store compares.
    pub(crate) fn versions(&self, whom: Whom) -> Shown {
        Shown { whom, versions: self.versions.clone() }
    }

    fn words(&self) -> String {
        let mut starts: Vec<String> = self.starts.iter().map(Start::to_string).collect();
        starts.dedup();
        let people =
            if self.versions.len() > 1 { format!("・{}人", self.versions.len()) } else { String::new() };
        let visitor = wording::visitor(self.visitor);
        format!("{} {}{people}・来庁者：{visitor}", month_day_ja(self.day), starts.join("・"))
    }
}

/// The lines for a form that was sent about a booking which somebody changed since: what it showed, what is there now,
/// what was done last and by whom, and what this person had chosen.
pub(crate) async fn changed_since(
    app: &App,
    id: ReservationId,
    whom: Whom,
    shown: &AsShown,
    chosen: Option<String>,
) -> Result<String, PageError> {
    let now = app.db.read(move |reader| {
        let Some(this) = store::reservation::find(reader, id)? else { return Ok(None) };
        let people = match whom {
            Whom::Alone => vec![this.clone()],
            Whom::All => store::reservation::party::together(reader, &this)?,
        };
        let last = story::of(reader, &Subject::Reservation(id))?.pop();
        Ok::<_, store::Error>(Some((AsShown::of(&this, people.iter()), last)))
    });
    let (now, last) = now.await?.ok_or(PageError::NotFound)?;
    let mut lines = vec![
        "この画面を開いたあとに、ほかの操作で予約が変わりました。何も変更していません。".to_owned(),
        format!("開いたとき：{}", shown.words()),
        format!("いま：{}", now.words()),
    ];
    lines.extend(last.map(|line| format!("最後の操作：{} {}（{}）", line.at, line.what, line.who)));
    lines.extend(chosen.map(|chosen| format!("選んだもの：{chosen}")));
    lines.push("いまの内容を確かめて、もう一度操作してください。".to_owned());
    Ok(lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use domain::guard;
    use jiff::civil::date;

    use super::*;

    #[test]
    fn r1_c2_what_was_shown_survives_its_form_and_is_no_number() {
        for visitor in [None, Some(Visitor::Proxy)] {
            for people in 1..=4 {
                let shown = AsShown {
                    day: date(2026, 11, 24),
                    starts: (0..people).map(|n| Start::new(540 + n * 10).unwrap()).collect(),
                    visitor,
                    versions: (0..u32::from(people)).map(|n| n * 1_000_001).collect(),
                };
                assert_eq!(AsShown::parse(&shown.text()), Some(shown.clone()));
                assert_eq!(guard::worst(&shown.text()), None, "{}", shown.text());
            }
        }
        for wrong in
            ["", "2026-11-24", "2026-11-24T9:00V1", "2026-11-24T9:05V1W", "2026-11-24T9:00VxW", "T9:00V1Wme"]
        {
            assert_eq!(AsShown::parse(wrong), None, "{wrong}");
        }
    }
}
