//! The table of figures, for the eye and as JSON.

use serde::Serialize;

/// One line: a figure over the rounds, perhaps with the goal it is held to.
#[derive(Debug, Serialize)]
pub(crate) struct Line {
    name: String,
    unit: &'static str,
    median: f64,
    least: f64,
    most: f64,
    goal: Option<String>,
    met: Option<bool>,
}

/// The figures so far.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Table {
    lines: Vec<Line>,
    notes: Vec<String>,
}

/// What a figure is held to.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Goal {
    AtLeast(f64),
    Below(f64),
    Exactly(f64),
    None,
}

impl Table {
    /// Adds a figure measured in several rounds.
    pub(crate) fn add(&mut self, name: impl Into<String>, unit: &'static str, rounds: &[f64], goal: Goal) {
        let mut sorted = rounds.to_vec();
        sorted.sort_by(f64::total_cmp);
        let median = sorted[sorted.len() / 2];
        let (goal, met) = match goal {
            Goal::AtLeast(least) => (Some(format!(">= {least}")), Some(median >= least)),
            Goal::Below(most) => (Some(format!("< {most}")), Some(median < most)),
            Goal::Exactly(wanted) => {
                // The worst round counts, in either direction.
                let met = sorted.iter().all(|figure| (figure - wanted).abs() < f64::EPSILON);
                (Some(format!("= {wanted}")), Some(met))
            }
            Goal::None => (None, None),
        };
        let (least, most) = (sorted[0], sorted[sorted.len() - 1]);
        let line = Line { name: name.into(), unit, median, least, most, goal, met };
        println!("{}", line.text());
        self.lines.push(line);
    }

    /// Says what could not be measured, or how something was.
    pub(crate) fn note(&mut self, text: impl Into<String>) {
        let text = text.into();
        println!("{text}");
        self.notes.push(text);
    }

    /// Prints everything once more as a table and as JSON.
    pub(crate) fn print(&self) {
        println!("\n| figure | median | spread | goal |\n| --- | ---: | --- | --- |");
        for line in &self.lines {
            let goal = line.goal.as_deref().unwrap_or("");
            let word = line.met.map_or("", |met| if met { " met" } else { " NOT MET" });
            println!(
                "| {} | {} {} | {} – {} | {goal}{word} |",
                line.name,
                number(line.median),
                line.unit,
                number(line.least),
                number(line.most)
            );
        }
        if !self.notes.is_empty() {
            println!("\n{}", self.notes.join("\n"));
        }
        println!("\n{}", serde_json::to_string(self).unwrap());
    }
}

impl Line {
    fn text(&self) -> String {
        format!(
            "{}: {} {} ({} – {})",
            self.name,
            number(self.median),
            self.unit,
            number(self.least),
            number(self.most)
        )
    }
}

fn number(value: f64) -> String {
    if value >= 100.0 { format!("{value:.0}") } else { format!("{value:.2}") }
}
