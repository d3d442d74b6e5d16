//! The commands of the README: `cargo xtask run`, `test`, `manual` and `bench`.
//!
//! It installs what is missing, starts what a step needs and stops it again, and calls the ordinary
//! tools; every command is printed before it runs, so that each can be repeated by hand. It knows
//! nothing of the program itself beyond its command line, and must build in seconds.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool talks on its terminal")]

mod args;
mod bench;
mod build;
mod call;
mod deny;
mod failure;
mod install;
mod interrupt;
mod manual;
mod node;
mod paths;
mod postgres;
mod python;
mod run;
mod table;
mod test;
mod tools;
mod walls;

use std::process::ExitCode;

use crate::args::Task;
use crate::failure::Failure;
use crate::paths::Paths;

fn main() -> ExitCode {
    match go() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("xtask: {failure}");
            ExitCode::from(failure.exit_code())
        }
    }
}

fn go() -> Result<(), Failure> {
    let task = args::parse(std::env::args().skip(1))?;
    if matches!(task, Task::Help) {
        print!("{}", args::HELP);
        return Ok(());
    }
    let paths = Paths::find(|name| std::env::var_os(name))?;
    interrupt::listen()?;
    match task {
        Task::Help => Ok(()),
        Task::Run { rest } => run::run(&paths, rest),
        Task::Test { only, list } => test::test(&paths, &only, list),
        Task::Manual => manual::manual(&paths),
        Task::Bench { rest } => bench::bench(&paths, rest),
    }
}
