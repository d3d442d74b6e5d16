//! Node.js and the packages of the browser stories.

use std::fs;
use std::path::{Path, PathBuf};

use crate::call::Call;
use crate::failure::Failure;
use crate::paths::{self, Paths};

/// The oldest release line that the test runner supports.
const OLDEST: u32 = 20;
/// What is fetched where the system's is older, as on Debian 12: the same program as a package of
/// npm, checked by npm against the registry's digest.
const FETCHED: &str = "22.23.3";

/// A Node.js that is new enough.
pub(crate) struct Node {
    program: PathBuf,
}

/// The system's Node.js, or the one in our cache, which is fetched once if there is no other.
pub(crate) fn find(paths: &Paths) -> Result<Node, Failure> {
    let package = format!("node-linux-{}", architecture(std::env::consts::ARCH)?);
    let folder = paths.tools().join("node");
    let fetched = folder.join("node_modules").join(&package).join("bin/node");
    for program in paths::program("node").into_iter().chain([fetched.clone()]) {
        if is_new_enough(&program) {
            return Ok(Node { program });
        }
    }
    println!("the Node.js of this system is older than {OLDEST}: a newer one goes into the cache");
    fs::create_dir_all(&folder).map_err(Failure::io(format!("cannot make {}", folder.display())))?;
    Call::of("npm")
        .args(["install", "--no-save", "--no-audit", "--no-fund", "--prefix"])
        .arg(&folder)
        .arg(format!("{package}@{FETCHED}"))
        .run()?;
    if is_new_enough(&fetched) {
        Ok(Node { program: fetched })
    } else {
        Err(Failure::Missing(format!("cannot go on without Node.js {OLDEST} or later")))
    }
}

impl Node {
    /// A call of the stories' test runner.
    pub(crate) fn playwright(&self, stories: &Path) -> Call {
        let call = Call::of(&self.program).in_folder(stories).arg("node_modules/@playwright/test/cli.js");
        // The runner starts its workers by the path of this very program, helpers by the search path.
        match self.program.parent() {
            Some(folder) => call.path_first(folder),
            None => call,
        }
    }
}

/// Installs exactly what the lock file names, unless that is what is there.
pub(crate) fn install_packages(paths: &Paths) -> Result<(), Failure> {
    let stories = paths.stories();
    let lock = stories.join("package-lock.json");
    let wanted = fs::read(&lock).map_err(Failure::io(format!("cannot read {}", lock.display())))?;
    // Written last, so that an interrupted installation does not pass for a whole one.
    let mark = stories.join("node_modules/.installed-from.json");
    if fs::read(&mark).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    // npm itself runs on the Node.js that it came with.
    Call::of("npm").arg("ci").in_folder(&stories).env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1").run()?;
    fs::write(&mark, wanted).map_err(Failure::io(format!("cannot write {}", mark.display())))
}

fn is_new_enough(program: &Path) -> bool {
    let version = Call::of(program).arg("--version").answer();
    version.as_deref().and_then(paths::major_version).is_some_and(|major| major >= OLDEST)
}

/// Node's name for what Rust calls an architecture.
fn architecture(rust: &str) -> Result<&'static str, Failure> {
    match rust {
        "x86_64" => Ok("x64"),
        "aarch64" => Ok("arm64"),
        other => Err(Failure::Missing(format!("no Node.js is known for {other}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn architectures_are_named_as_node_names_them() {
        assert_eq!(architecture("x86_64").unwrap(), "x64");
        assert_eq!(architecture("aarch64").unwrap(), "arm64");
        assert!(architecture("riscv64").is_err());
    }
}
