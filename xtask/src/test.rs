//! `cargo xtask test`: every check, cheapest first, ended by the first that fails.
//!
//! What a check needs is installed before it, and a check that still cannot run fails: a skipped
//! check would be a green one.

use std::time::{Duration, Instant};

use crate::failure::Failure;
use crate::install::{self, Need};
use crate::paths::Paths;
use crate::postgres::Postgres;
use crate::table::{self, Outcome, Row};
use crate::{build, deny, interrupt, node, python, tools};

/// A check that can be asked for by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// The format of the source.
    Format,
    /// Licences, bans and sources of what we build on.
    Deny,
    /// The compiler's and clippy's warnings.
    Clippy,
    /// The tests in Rust, on both databases.
    Nextest,
    /// The stories in a real browser.
    Browser,
}

impl Step {
    /// In the order of a run.
    pub(crate) const ALL: [Self; 5] = [Self::Format, Self::Deny, Self::Clippy, Self::Nextest, Self::Browser];

    /// The word on the command line and in the table.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Format => "fmt",
            Self::Deny => "deny",
            Self::Clippy => "clippy",
            Self::Nextest => "nextest",
            Self::Browser => "browser",
        }
    }

    /// The step of this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.name() == name)
    }

    fn about(self) -> &'static str {
        match self {
            Self::Format => "the source is formatted",
            Self::Deny => "licences, bans and sources; advisories where their database is present",
            Self::Clippy => "no warning in any target",
            Self::Nextest => "all tests in Rust, on SQLite and on a PostgreSQL of our own",
            Self::Browser => {
                "the stories in Chromium, with axe; every form and JSON route under schemathesis"
            }
        }
    }

    fn needs_postgres(self) -> bool {
        matches!(self, Self::Nextest | Self::Browser)
    }
}

/// Runs the steps asked for, or all.
pub(crate) fn test(paths: &Paths, only: &[Step], list: bool) -> Result<(), Failure> {
    if list {
        for step in Step::ALL {
            println!("{:<9} {}", step.name(), step.about());
        }
        return Ok(());
    }
    let wanted: Vec<_> =
        Step::ALL.into_iter().filter(|step| only.is_empty() || only.contains(step)).collect();
    let mut run = Run { rows: Vec::new() };
    // The server lives until the table is about to be printed, and is stopped however the steps end.
    let mut postgres = None;
    let result = steps(paths, &wanted, &mut run, &mut postgres);
    drop(postgres);
    for step in wanted {
        if run.rows.iter().all(|row| row.name != step.name()) {
            run.push(step.name(), Outcome::NotReached, Duration::ZERO, String::new());
        }
    }
    print!("{}", table::render(&run.rows));
    result
}

fn steps(
    paths: &Paths,
    wanted: &[Step],
    run: &mut Run,
    postgres: &mut Option<Postgres>,
) -> Result<(), Failure> {
    run.time("install", || install_for(paths, wanted).map(|()| String::new()))?;
    for step in wanted {
        if step.needs_postgres() && postgres.is_none() {
            run.time("postgres", || {
                *postgres = Some(Postgres::start()?);
                Ok(String::new())
            })?;
        }
        run.time(step.name(), || perform(paths, *step, postgres.as_ref()))?;
    }
    Ok(())
}

fn install_for(paths: &Paths, wanted: &[Step]) -> Result<(), Failure> {
    let mut needs = Vec::new();
    if wanted.iter().any(|step| step.needs_postgres()) {
        needs.extend([Need::PostgreSql, Need::Fonts, Need::Poppler, Need::Zbar]);
    }
    if wanted.contains(&Step::Browser) {
        // Named with the others, so that apt-get is called once.
        needs.extend([Need::Node, Need::Chromium, Need::Python]);
    }
    install::demand(&needs)?;
    if wanted.contains(&Step::Deny) {
        deny::install(paths)?;
    }
    if wanted.contains(&Step::Nextest) {
        tools::install_nextest(paths)?;
    }
    if wanted.contains(&Step::Browser) {
        node::find(paths)?;
        node::install_packages(paths)?;
        python::schemathesis(paths)?;
    }
    Ok(())
}

/// Performs one step; what it returns is said beside it in the table.
fn perform(paths: &Paths, step: Step, postgres: Option<&Postgres>) -> Result<String, Failure> {
    let cargo = || build::cargo(paths);
    match step {
        Step::Format => cargo().args(["fmt", "--all", "--check"]).run()?,
        Step::Deny => return deny::check(paths),
        Step::Clippy => cargo()
            .args(["clippy", "--locked", "--workspace", "--all-targets", "--", "-D", "warnings"])
            .run()?,
        Step::Nextest => {
            let postgres = running(postgres)?;
            cargo()
                .args(["nextest", "run", "--locked", "--workspace"])
                .env("MADOGUCHI_TEST_POSTGRES", postgres.url())
                .env("MADOGUCHI_POSTGRES_PROGRAMS", postgres.programs_folder())
                .run()?;
        }
        Step::Browser => {
            build::program(paths)?;
            let chromium = install::chromium()
                .ok_or_else(|| Failure::Missing("cannot go on without Chromium".into()))?;
            node::find(paths)?
                .playwright(&paths.stories())
                .arg("test")
                .env("MADOGUCHI_BIN", paths.program())
                .env("MADOGUCHI_CHROMIUM", chromium)
                .env("MADOGUCHI_SCHEMATHESIS", python::schemathesis(paths)?)
                .env("MADOGUCHI_TEST_POSTGRES", running(postgres)?.url())
                .run()?;
        }
    }
    Ok(String::new())
}

fn running(postgres: Option<&Postgres>) -> Result<&Postgres, Failure> {
    postgres.ok_or_else(|| Failure::Missing("PostgreSQL is not running".into()))
}

/// What has been done so far.
struct Run {
    rows: Vec<Row>,
}

impl Run {
    fn time(
        &mut self,
        name: &'static str,
        work: impl FnOnce() -> Result<String, Failure>,
    ) -> Result<(), Failure> {
        interrupt::check()?;
        println!("\n== {name}");
        let begun = Instant::now();
        let result = work();
        let took = begun.elapsed();
        let (outcome, note, result) = match result {
            Ok(note) => (Outcome::Passed, note, Ok(())),
            Err(failure) => (Outcome::Failed, String::new(), Err(failure)),
        };
        self.push(name, outcome, took, note);
        result
    }

    fn push(&mut self, name: &'static str, outcome: Outcome, took: Duration, note: String) {
        self.rows.push(Row { name, outcome, took, note });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_is_found_by_its_name() {
        for step in Step::ALL {
            assert_eq!(Step::named(step.name()), Some(step));
        }
        assert_eq!(Step::named("everything"), None);
    }

    #[test]
    fn a_step_that_fails_is_in_the_table_and_ends_the_run() {
        let mut run = Run { rows: Vec::new() };
        run.time("fmt", || Ok("said".into())).unwrap();
        run.time("deny", || Err(Failure::Missing("gone".into()))).unwrap_err();
        let outcomes: Vec<_> =
            run.rows.iter().map(|row| (row.name, row.outcome, row.note.as_str())).collect();
        assert_eq!(outcomes, [("fmt", Outcome::Passed, "said"), ("deny", Outcome::Failed, "")]);
    }
}
