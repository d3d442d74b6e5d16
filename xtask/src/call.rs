//! One external command: printed, run, judged.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{IsTerminal, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use rustix::process::Pid;

use crate::failure::Failure;
use crate::interrupt;

/// A command under preparation.
pub(crate) struct Call {
    command: Command,
    shown: Vec<String>,
}

impl Call {
    /// A call of this program. What cargo told this very process about its own package is taken out
    /// of the environment, so that builds started from here and by hand are the same.
    pub(crate) fn of(program: impl AsRef<OsStr>) -> Self {
        let program = program.as_ref();
        let mut command = Command::new(program);
        for (name, _) in std::env::vars_os() {
            if name.to_str().is_some_and(is_about_this_package) {
                command.env_remove(name);
            }
        }
        let name = Path::new(program).file_name().unwrap_or(program);
        Self { command, shown: vec![quoted(name)] }
    }

    /// Cargo, as it called us.
    pub(crate) fn of_cargo() -> Self {
        Self::of(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
    }

    /// One more word.
    pub(crate) fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.shown.push(quoted(arg.as_ref()));
        self.command.arg(arg);
        self
    }

    /// More words.
    pub(crate) fn args<A: AsRef<OsStr>>(self, args: impl IntoIterator<Item = A>) -> Self {
        args.into_iter().fold(self, Self::arg)
    }

    /// A variable of the environment, printed in front of the command as a shell would take it.
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.shown.insert(0, format!("{name}={}", quoted(value.as_ref())));
        self.command.env(name, value);
        self
    }

    /// A folder to search for programs before all others.
    pub(crate) fn path_first(mut self, folder: &Path) -> Self {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders = std::iter::once(folder.to_owned()).chain(std::env::split_paths(&path));
        // Joining fails only for a folder with a colon in its name: such a one cannot be searched.
        if let Ok(joined) = std::env::join_paths(folders) {
            self.command.env("PATH", joined);
        }
        self
    }

    /// The folder that the command runs in.
    pub(crate) fn in_folder(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// The user that the command runs as; only root may ask for another.
    pub(crate) fn by_user(mut self, user: Option<(u32, u32)>) -> Self {
        if let Some((uid, gid)) = user {
            self.command.uid(uid).gid(gid);
        }
        self
    }

    /// Prints the command, runs it with our output and no input, and waits for it.
    pub(crate) fn run(mut self) -> Result<(), Failure> {
        interrupt::check()?;
        let line = self.print();
        self.command.stdin(Stdio::null()).process_group(0);
        let mut child = self.command.spawn().map_err(Failure::io(format!("cannot start `{line}`")))?;
        let status = {
            let _watch = interrupt::Watch::over(Pid::from_raw(child.id().cast_signed()));
            child.wait().map_err(Failure::io(format!("lost sight of `{line}`")))?
        };
        interrupt::check()?;
        if status.success() { Ok(()) } else { Err(Failure::Command { line, status }) }
    }

    /// As [`Call::run`], with what the command writes put into a file.
    pub(crate) fn run_quietly(mut self, log: &Path) -> Result<(), Failure> {
        let file = File::create(log).map_err(Failure::io(format!("cannot make {}", log.display())))?;
        let errors = file.try_clone().map_err(Failure::io(format!("cannot share {}", log.display())))?;
        self.command.stdout(file).stderr(errors);
        self.run()
    }

    /// Prints the command and becomes it; comes back only when that is refused.
    pub(crate) fn become_it(mut self) -> Failure {
        let line = self.print();
        Failure::io(format!("cannot start `{line}`"))(self.command.exec())
    }

    /// Runs it silently; what it wrote to its output, if it ended well.
    pub(crate) fn answer(mut self) -> Option<String> {
        let output = self.command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
    }

    fn print(&self) -> String {
        let line = self.shown.join(" ");
        say_dim(&format!("$ {line}"));
        line
    }
}

/// Prints a line in the background's voice, in order with what commands write themselves.
pub(crate) fn say_dim(line: &str) {
    let mut out = std::io::stdout();
    let written =
        if out.is_terminal() { writeln!(out, "\u{1b}[2m{line}\u{1b}[0m") } else { writeln!(out, "{line}") };
    // A closed output is no reason to leave things running: the next step fails by itself.
    let _ = written.and_then(|()| out.flush());
}

fn is_about_this_package(name: &str) -> bool {
    ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_"]
        .iter()
        .any(|start| name.starts_with(start))
        || name == "CARGO_PRIMARY_PACKAGE"
}

/// A word as a shell would take it back.
fn quoted(word: &OsStr) -> String {
    let word = word.to_string_lossy();
    let plain = |c: char| c.is_alphanumeric() || "-_./=:,@+%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.into_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_shown_as_a_shell_takes_it() {
        let call = Call::of("/usr/bin/printf").arg("%s").arg("two words").env("A", "it's");
        assert_eq!(call.shown.join(" "), r"A='it'\''s' printf %s 'two words'");
    }

    #[test]
    fn an_empty_word_stays_a_word() {
        assert_eq!(quoted(OsStr::new("")), "''");
    }

    #[test]
    fn an_answer_comes_only_from_a_command_that_ended_well() {
        assert_eq!(Call::of("echo").arg("yes").answer().as_deref(), Some("yes\n"));
        assert_eq!(Call::of("false").answer(), None);
        assert_eq!(Call::of("/no/such/program").answer(), None);
    }
}
