//! `cargo xtask run`: the program with its demo city.

use crate::build;
use crate::call::Call;
use crate::failure::Failure;
use crate::install::{self, Need};
use crate::paths::Paths;

/// Installs, builds, and becomes the program, which prints its addresses and sign-ins.
pub(crate) fn run(paths: &Paths, rest: Vec<String>) -> Result<(), Failure> {
    if !install::install(&[Need::Fonts])?.is_empty() {
        println!("going on without: letters and lists cannot be printed until it is there");
    }
    build::program(paths)?;
    let mut call = Call::of(paths.program()).arg("demo");
    if !names_data(&rest) {
        call = call.arg("--data").arg(paths.root.join("data"));
    }
    Err(call.args(rest).become_it())
}

fn names_data(words: &[String]) -> bool {
    words.iter().any(|word| word == "--data" || word.starts_with("--data="))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_was_named_is_not_named_again() {
        assert!(names_data(&["--data".into(), "x".into()]));
        assert!(names_data(&["--data=x".into()]));
        assert!(!names_data(&["--database".into()]));
    }
}
