//! `cargo xtask bench`: figures of the program beside limits that were measured in the same run.
//!
//! Each figure is the median of interleaved rounds, with its spread. Machines differ and are noisy, so what
//! counts is the ratio; nothing here decides whether a change may land. What goes over HTTP is answered by a
//! process of its own, so that its memory is not the memory of those who ask.
//!
//! `--only booking|citizens|days|rules|lists|custody|exports|board|papers|rush` measures one part, `--on
//! sqlite|postgresql` on one database, `--rounds N` in so many rounds.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a bench that cannot run must say so; figures are for the eye"
)]

mod board;
mod booking;
mod citizens;
mod city;
mod client;
mod custody;
mod days;
mod exports;
mod lists;
mod pace;
mod papers;
mod rules;
mod rush;
mod server;
mod table;

use city::Engine;
use table::Table;

/// What the words after the command ask for.
struct Wanted {
    only: Option<String>,
    /// One database; none: both.
    on: Option<Engine>,
    rounds: usize,
}

const PARTS: [&str; 10] =
    ["booking", "citizens", "days", "rules", "lists", "custody", "exports", "board", "papers", "rush"];

impl Wanted {
    fn read(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut wanted = Self { only: None, on: None, rounds: 5 };
        while let Some(word) = words.next() {
            let value = words.next().ok_or_else(|| format!("{word} needs a value"))?;
            match word.as_str() {
                "--only" if PARTS.contains(&value.as_str()) => wanted.only = Some(value),
                "--on" => {
                    let engine =
                        Engine::ALL.into_iter().find(|engine| engine.name().eq_ignore_ascii_case(&value));
                    wanted.on = Some(engine.ok_or_else(|| format!("{value} is no database"))?);
                }
                "--rounds" => {
                    let rounds = value.parse().ok().filter(|rounds| *rounds > 0);
                    wanted.rounds = rounds.ok_or_else(|| format!("{value} is no number of rounds"))?;
                }
                _ => {
                    return Err(format!(
                        "{word} {value} is not known: --only {}, --on sqlite|postgresql, --rounds N",
                        PARTS.join("|")
                    ));
                }
            }
        }
        Ok(wanted)
    }

    fn has(&self, part: &str, engine: Engine) -> bool {
        self.only.as_deref().is_none_or(|only| only == part) && self.on.is_none_or(|on| on == engine)
    }
}

fn main() {
    if let Some(ask) = server::asked() {
        return server::serve(&ask);
    }
    if let Some(form) = exports::asked() {
        return exports::write(form);
    }
    let wanted = match Wanted::read(std::env::args().skip(1)) {
        Ok(wanted) => wanted,
        Err(why) => panic!("{why}"),
    };
    let mut table = Table::default();
    for (part, measure) in [
        (PARTS[0], booking::measure as fn(&mut Table, Engine, usize)),
        (PARTS[1], citizens::measure),
        (PARTS[2], days::measure),
        (PARTS[3], rules::measure),
        (PARTS[4], lists::measure),
        (PARTS[5], custody::measure),
        (PARTS[6], exports::measure),
        (PARTS[7], board::measure),
        (PARTS[8], papers::measure),
        (PARTS[9], rush::measure),
    ] {
        for engine in Engine::ALL.into_iter().filter(|engine| wanted.has(part, *engine)) {
            measure(&mut table, engine, wanted.rounds);
        }
    }
    table.print();
}
