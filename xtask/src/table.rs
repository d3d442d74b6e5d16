//! The closing table of a test run.

use std::fmt::Write as _;
use std::time::Duration;

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Without a fault.
    Passed,
    /// It stopped the run.
    Failed,
    /// An earlier one stopped the run.
    NotReached,
}

/// One line.
#[derive(Debug)]
pub(crate) struct Row {
    /// The step's name.
    pub(crate) name: &'static str,
    /// How it ended.
    pub(crate) outcome: Outcome,
    /// By the wall clock.
    pub(crate) took: Duration,
    /// What was not done, and why; empty if there is nothing to say.
    pub(crate) note: String,
}

/// The table as text, with the whole time below.
pub(crate) fn render(rows: &[Row]) -> String {
    let mut text = String::from("\n");
    let mut line = |name: &str, word: &str, took: &str, note: &str| {
        let full = format!("{name:<10}{word:<12}{took:>10}   {note}");
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{}", full.trim_end());
    };
    line("step", "outcome", "time", "");
    for row in rows {
        let word = match row.outcome {
            Outcome::Passed => "passed",
            Outcome::Failed => "FAILED",
            Outcome::NotReached => "not reached",
        };
        let took = if row.outcome == Outcome::NotReached { String::new() } else { spell(row.took) };
        line(row.name, word, &took, &row.note);
    }
    let all = if rows.iter().all(|row| row.outcome == Outcome::Passed) { "passed" } else { "FAILED" };
    line("all", all, &spell(rows.iter().map(|row| row.took).sum()), "");
    text
}

/// `0.3 s`, `59.9 s`, `12 min 03 s`.
fn spell(took: Duration) -> String {
    let tenths = (took.as_millis() + 50) / 100;
    if tenths < 600 {
        format!("{}.{} s", tenths / 10, tenths % 10)
    } else {
        let seconds = (took.as_millis() + 500) / 1000;
        format!("{} min {:02} s", seconds / 60, seconds % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_spelled_without_rounding_into_sixty_seconds() {
        assert_eq!(spell(Duration::from_millis(349)), "0.3 s");
        assert_eq!(spell(Duration::from_millis(59_949)), "59.9 s");
        assert_eq!(spell(Duration::from_millis(59_960)), "1 min 00 s");
        assert_eq!(spell(Duration::from_secs(723)), "12 min 03 s");
    }

    #[test]
    fn one_failure_fails_the_whole() {
        let row = |name, outcome| Row { name, outcome, took: Duration::from_secs(1), note: String::new() };
        let good = render(&[row("fmt", Outcome::Passed)]);
        assert!(good.ends_with("all       passed           1.0 s\n"), "{good}");
        let bad = render(&[row("fmt", Outcome::Failed), row("deny", Outcome::NotReached)]);
        assert!(bad.contains("deny      not reached\n"), "{bad}");
        assert!(bad.contains("all       FAILED"), "{bad}");
    }
}
