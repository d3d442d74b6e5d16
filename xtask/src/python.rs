//! Python, for the one tool of the stories that is written in it: schemathesis, which sends what no form would.

use std::fs;
use std::path::PathBuf;

use crate::call::Call;
use crate::failure::Failure;
use crate::paths::{self, Paths};

/// Whether this system's Python can make a folder of packages of its own.
pub(crate) fn is_there() -> bool {
    paths::program("python3").is_some_and(|program| {
        Call::of(program)
            .args(["-c", "import ensurepip, sys, venv; print(sys.version_info >= (3, 10))"])
            .answer()
            .is_some_and(|said| said.trim() == "True")
    })
}

/// Schemathesis in our cache, of exactly the releases that `e2e/schemathesis.txt` names.
pub(crate) fn schemathesis(paths: &Paths) -> Result<PathBuf, Failure> {
    let list = paths.stories().join("schemathesis.txt");
    let wanted = fs::read(&list).map_err(Failure::io(format!("cannot read {}", list.display())))?;
    let folder = paths.tools().join("schemathesis");
    let program = folder.join("bin/schemathesis");
    // Written last, so that an interrupted installation does not pass for a whole one.
    let mark = folder.join("installed-from.txt");
    if fs::read(&mark).is_ok_and(|installed| installed == wanted) && paths::is_program(&program) {
        return Ok(program);
    }
    Call::of("python3").args(["-m", "venv", "--clear"]).arg(&folder).run()?;
    Call::of(folder.join("bin/python"))
        .args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--only-binary",
            ":all:",
            "--requirement",
        ])
        .arg(&list)
        .run()?;
    fs::write(&mark, wanted).map_err(Failure::io(format!("cannot write {}", mark.display())))?;
    Ok(program)
}
