//! Where things are: the checkout, the cache of the user, the programs of the system.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// The folders that every task works with; all absolute.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Paths {
    /// The checkout.
    pub(crate) root: PathBuf,
    /// What may be thrown away at any time: target folder and tools.
    pub(crate) cache: PathBuf,
    /// The target folder of `run`, `test` and `bench`, so that typst is compiled once for all three.
    pub(crate) target: PathBuf,
}

impl Paths {
    /// Reads the environment: `CARGO_TARGET_DIR`, else a folder under `XDG_CACHE_HOME`, else under
    /// `~/.cache`. A relative `XDG_CACHE_HOME` is ignored, as its specification demands.
    pub(crate) fn find(env: impl Fn(&str) -> Option<OsString>) -> Result<Self, Failure> {
        let path = |name: &str| env(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let manifest = path("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        let root = manifest
            .parent()
            .ok_or_else(|| Failure::Missing(format!("no checkout above {}", manifest.display())))?
            .to_owned();
        let cache = match path("XDG_CACHE_HOME").filter(|path| path.is_absolute()) {
            Some(cache) => cache,
            None => path("HOME")
                .ok_or_else(|| Failure::Missing("neither HOME nor XDG_CACHE_HOME is set".into()))?
                .join(".cache"),
        }
        .join("madoguchi");
        let target = match path("CARGO_TARGET_DIR") {
            Some(target) => root.join(target),
            None => cache.join("target"),
        };
        Ok(Self { root, cache, target })
    }

    /// Tools that this task built or fetched for itself.
    pub(crate) fn tools(&self) -> PathBuf {
        self.cache.join("tools")
    }

    /// The browser stories.
    pub(crate) fn stories(&self) -> PathBuf {
        self.root.join("e2e")
    }

    /// The program once `build` has made it.
    pub(crate) fn program(&self) -> PathBuf {
        self.target.join("debug").join("madoguchi")
    }

    /// The bench once `build` has made it.
    pub(crate) fn bench(&self) -> PathBuf {
        self.target.join("debug").join("bench")
    }
}

/// The program of this name in the search path.
pub(crate) fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| is_program(file))
}

/// Whether this is a file that can be run.
pub(crate) fn is_program(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

/// The first number in what a program says of its version: `v20.20.2` → 20,
/// `postgres (PostgreSQL) 15.18 (Debian 15.18-0)` → 15.
pub(crate) fn major_version(text: &str) -> Option<u32> {
    text.split_whitespace().find_map(|word| {
        let digits = word.strip_prefix('v').unwrap_or(word);
        let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
        digits[..end].parse().ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(pairs: &[(&str, &str)]) -> Result<Paths, Failure> {
        Paths::find(|name| {
            let wanted = pairs.iter().find(|(key, _)| *key == name);
            wanted.map(|(_, value)| OsString::from(value))
        })
    }

    #[test]
    fn the_target_folder_is_in_the_cache_unless_one_is_named() {
        let base = [("HOME", "/home/a"), ("CARGO_MANIFEST_DIR", "/src/house/xtask")];
        let plain = find(&base).unwrap();
        assert_eq!(plain.root, Path::new("/src/house"));
        assert_eq!(plain.target, Path::new("/home/a/.cache/madoguchi/target"));
        assert_eq!(plain.program(), Path::new("/home/a/.cache/madoguchi/target/debug/madoguchi"));

        let moved = find(&[base[0], base[1], ("XDG_CACHE_HOME", "/fast")]).unwrap();
        assert_eq!(moved.target, Path::new("/fast/madoguchi/target"));

        let named = find(&[base[0], base[1], ("CARGO_TARGET_DIR", "out")]).unwrap();
        assert_eq!(named.target, Path::new("/src/house/out"));
        assert_eq!(named.tools(), Path::new("/home/a/.cache/madoguchi/tools"));
    }

    #[test]
    fn empty_and_relative_values_count_as_not_set() {
        let paths = find(&[
            ("HOME", "/home/a"),
            ("XDG_CACHE_HOME", "cache"),
            ("CARGO_TARGET_DIR", ""),
            ("CARGO_MANIFEST_DIR", "/src/house/xtask"),
        ]);
        assert_eq!(paths.unwrap().target, Path::new("/home/a/.cache/madoguchi/target"));
    }

    #[test]
    fn without_a_home_it_says_so() {
        assert!(find(&[("CARGO_MANIFEST_DIR", "/src/house/xtask")]).is_err());
    }

    #[test]
    fn versions_are_read_from_what_programs_say() {
        assert_eq!(major_version("v20.20.2\n"), Some(20));
        assert_eq!(major_version("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"), Some(15));
        assert_eq!(major_version("PostgreSQL 17devel"), Some(17));
        assert_eq!(major_version("no such thing"), None);
    }
}
