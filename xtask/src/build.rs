//! Cargo as all tasks call it, so that nothing is compiled twice.

use crate::call::Call;
use crate::failure::Failure;
use crate::paths::Paths;

/// Cargo in the checkout, with the shared target folder and our own tools in reach.
pub(crate) fn cargo(paths: &Paths) -> Call {
    Call::of_cargo()
        .in_folder(&paths.root)
        .env("CARGO_TARGET_DIR", &paths.target)
        .path_first(&paths.tools().join("bin"))
}

/// Builds the program. The whole workspace is selected although one binary is wanted: then cargo
/// unites the same features as for the tests, and typst is compiled once.
pub(crate) fn program(paths: &Paths) -> Result<(), Failure> {
    cargo(paths).args(["build", "--locked", "--workspace", "--bin", "madoguchi"]).run()
}

/// Builds the bench, likewise, and the program beside it, which renders papers in a child process.
pub(crate) fn bench(paths: &Paths) -> Result<(), Failure> {
    cargo(paths).args(["build", "--locked", "--workspace", "--bin", "bench", "--bin", "madoguchi"]).run()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    /// The packages of a graph, each with the features it is built with.
    fn packages(selected: &[&str], edges: &str) -> BTreeSet<String> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let tree = Call::of_cargo()
            .in_folder(root)
            .args(["tree", "--locked", "--offline", "--prefix", "none", "--format", "{p} {f}"])
            .args(["--edges", edges])
            .args(selected)
            .answer()
            .expect("cargo knows the graph of the workspace that it is testing");
        tree.lines().map(|line| line.trim_end_matches(" (*)").to_owned()).collect()
    }

    fn without_features(package: &str) -> Vec<&str> {
        package.split(' ').take(2).collect()
    }

    /// Development dependencies may add packages. If one adds a feature to a package of the program,
    /// typst is compiled once for `run` and once more for `test`: give that feature to a package
    /// that is not a development dependency, as this one does with bitflags through rustix.
    #[test]
    fn run_and_test_build_the_same_packages() {
        let program = packages(&["--package", "madoguchi"], "normal,build");
        let linked: BTreeSet<_> = program.iter().map(|package| without_features(package)).collect();
        assert!(linked.len() > 100, "the graph was read");
        let run = packages(&["--workspace"], "normal,build");
        let test = packages(&["--workspace"], "normal,build,dev");
        let twice: Vec<_> =
            run.difference(&test).filter(|package| linked.contains(&without_features(package))).collect();
        assert!(twice.is_empty(), "built twice: {twice:?}");
    }
}
