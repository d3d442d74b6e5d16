//! The command line.

use crate::failure::Failure;
use crate::test::Step;

/// What `cargo xtask help` prints.
pub(crate) const HELP: &str = "\
cargo xtask run [ARGS]       install what is missing, build, start with a demo city in ./data
                             (--data DIR and all other ARGS go to `madoguchi demo`)
cargo xtask test             install what is missing and run every check, cheapest first
    --only STEP              this step alone; may be given again
    --list                   the steps and what each does
cargo xtask bench [ARGS]     the measured figures, on SQLite and PostgreSQL
                             (ARGS go to `madoguchi bench`)
cargo xtask manual           the pictures of docs/manual from those that the browser stories took
cargo xtask help             this text
";

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Task {
    /// Show the commands.
    Help,
    /// Start the program with its demo city; the words go to it as they are.
    Run {
        /// For `madoguchi demo`.
        rest: Vec<String>,
    },
    /// Run the checks.
    Test {
        /// The steps asked for; empty means all.
        only: Vec<Step>,
        /// Only name the steps.
        list: bool,
    },
    /// Refresh the pictures of the manuals.
    Manual,
    /// Measure; the words go to the program as they are.
    Bench {
        /// For `madoguchi bench`.
        rest: Vec<String>,
    },
}

/// Reads the words after `cargo xtask`.
pub(crate) fn parse(words: impl IntoIterator<Item = String>) -> Result<Task, Failure> {
    let mut words = words.into_iter();
    let Some(first) = words.next() else { return Ok(Task::Help) };
    match first.as_str() {
        "help" | "-h" | "--help" => Ok(Task::Help),
        "run" => Ok(Task::Run { rest: words.collect() }),
        "bench" => Ok(Task::Bench { rest: words.collect() }),
        "manual" => Ok(Task::Manual),
        "test" => parse_test(words),
        other => Err(Failure::Usage(format!("no such command: {other}\n\n{HELP}"))),
    }
}

fn parse_test(mut words: impl Iterator<Item = String>) -> Result<Task, Failure> {
    let mut only = Vec::new();
    let mut list = false;
    while let Some(word) = words.next() {
        let name = match word.as_str() {
            "--list" => {
                list = true;
                continue;
            }
            "--only" => {
                words.next().ok_or_else(|| Failure::Usage("--only needs the name of a step".into()))?
            }
            other => match other.strip_prefix("--only=") {
                Some(name) => name.to_owned(),
                None => return Err(Failure::Usage(format!("`test` does not know {other}\n\n{HELP}"))),
            },
        };
        let step = Step::named(&name).ok_or_else(|| {
            let names: Vec<_> = Step::ALL.iter().map(|step| step.name()).collect();
            Failure::Usage(format!("no such step: {name} (there are {})", names.join(", ")))
        })?;
        if !only.contains(&step) {
            only.push(step);
        }
    }
    Ok(Task::Test { only, list })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Result<Task, Failure> {
        parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn nothing_said_is_a_call_for_help() {
        assert_eq!(words("").unwrap(), Task::Help);
        assert_eq!(words("--help").unwrap(), Task::Help);
    }

    #[test]
    fn run_and_bench_pass_their_words_on() {
        let rest = vec!["--data".to_owned(), "elsewhere".to_owned(), "--only".to_owned()];
        assert_eq!(words("run --data elsewhere --only").unwrap(), Task::Run { rest });
        assert_eq!(words("bench").unwrap(), Task::Bench { rest: vec![] });
    }

    #[test]
    fn steps_are_named_once_in_either_spelling() {
        let only = vec![Step::Deny, Step::Format];
        assert_eq!(
            words("test --only deny --only=fmt --only deny").unwrap(),
            Task::Test { only, list: false }
        );
        assert_eq!(words("test --list").unwrap(), Task::Test { only: vec![], list: true });
    }

    #[test]
    fn what_is_not_understood_is_refused_with_what_there_is() {
        for line in ["test --fast", "test --only", "test --only lint", "deploy"] {
            let failure = words(line).unwrap_err();
            assert_eq!(failure.exit_code(), 2, "{line}");
        }
        assert!(words("test --only lint").unwrap_err().to_string().contains("clippy"));
    }
}
