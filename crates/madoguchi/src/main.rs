//! The program. Everything is in the library beside it, so that tests can use it.

use std::process::ExitCode;

fn main() -> ExitCode {
    madoguchi::run()
}
