//! Licences, bans, sources and known faults of what we build on, by cargo-deny.

use std::path::{Path, PathBuf};

use crate::call::Call;
use crate::failure::Failure;
use crate::paths::{Paths, is_program};
use crate::tools;

const VERSION: &str = "0.20.2";

/// Makes sure that cargo-deny is in the cache.
pub(crate) fn install(paths: &Paths) -> Result<(), Failure> {
    if is_program(&program(paths)) { Ok(()) } else { tools::build(paths, "cargo-deny", VERSION) }
}

/// Licences, bans and sources; known faults of what we build on only where their database lies
/// already, because a check contacts nobody. Returns what to say about that.
pub(crate) fn check(paths: &Paths) -> Result<String, Failure> {
    let call = || Call::of(program(paths)).in_folder(&paths.root);
    call().args(["--locked", "check", "bans", "licenses", "sources"]).run()?;
    let folder = databases();
    if folder.as_deref().is_some_and(holds_database) {
        call().args(["--locked", "check", "--disable-fetch", "advisories"]).run()?;
        return Ok("with advisories".into());
    }
    let place = folder.map_or_else(|| "cargo's folder".into(), |folder| folder.display().to_string());
    let note = format!("advisories not checked: no database in {place} (`cargo deny fetch` gets one)");
    println!("{note}");
    Ok(note)
}

fn program(paths: &Paths) -> PathBuf {
    paths.tools().join("bin/cargo-deny")
}

/// Where cargo-deny keeps its databases.
fn databases() -> Option<PathBuf> {
    let home = std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| Path::new(&home).join(".cargo")))?;
    Some(home.join("advisory-dbs"))
}

fn holds_database(folder: &Path) -> bool {
    let Ok(mut entries) = folder.read_dir() else { return false };
    entries.any(|entry| entry.is_ok_and(|entry| entry.path().join(".git").exists()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_folder_is_no_database() {
        let folder = std::env::temp_dir().join(format!("xtask-advisories-{}", std::process::id()));
        assert!(!holds_database(&folder));
        std::fs::create_dir_all(folder.join("advisory-db-1")).unwrap();
        assert!(!holds_database(&folder));
        std::fs::create_dir_all(folder.join("advisory-db-1/.git")).unwrap();
        assert!(holds_database(&folder));
        std::fs::remove_dir_all(folder).unwrap();
    }
}
