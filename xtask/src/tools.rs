//! Tools of cargo's own, built once into the cache where the system has none.

use crate::failure::Failure;
use crate::paths::Paths;

const NEXTEST: &str = "0.9.143";

/// Makes sure that `cargo nextest` can be called.
pub(crate) fn install_nextest(paths: &Paths) -> Result<(), Failure> {
    let there = crate::build::cargo(paths).args(["nextest", "--version"]).answer().is_some();
    if there { Ok(()) } else { build(paths, "cargo-nextest", NEXTEST) }
}

/// Builds a tool into the cache and keeps nothing but the program.
pub(crate) fn build(paths: &Paths, name: &str, version: &str) -> Result<(), Failure> {
    println!("{name} is built once, into {}", paths.tools().display());
    let build = paths.tools().join("build");
    crate::build::cargo(paths)
        .args(["install", "--locked", name, "--version", version, "--root"])
        .arg(paths.tools())
        .arg("--target-dir")
        .arg(&build)
        .run()?;
    std::fs::remove_dir_all(&build).map_err(Failure::io(format!("cannot remove {}", build.display())))
}
