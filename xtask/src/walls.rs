//! The walls between the rooms, read from the manifests: which room may name which.

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::path::{Path, PathBuf};

    /// Each room, with the rooms it may name. What is not listed is not allowed.
    const WALLS: &[(&str, &[&str])] = &[
        ("domain", &[]),
        ("store", &["domain"]),
        ("documents", &["domain"]),
        ("pdf", &["documents"]),
        ("web", &["domain", "documents", "store"]),
        ("madoguchi", &["domain", "documents", "pdf", "store", "web"]),
    ];

    /// Rooms for tests alone: the program may name them only under `[dev-dependencies]`.
    const FOR_TESTS: &[(&str, &[&str])] = &[
        ("testkit", &["domain", "store"]),
        ("storykit", &["domain", "documents", "store", "testkit", "web"]),
        ("bench", &["domain", "documents", "madoguchi", "store", "storykit", "testkit", "web"]),
    ];

    fn crates() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates")
    }

    /// The names under `[dependencies]` of a manifest, in the plain form in which ours are written.
    fn dependencies(room: &str) -> BTreeSet<String> {
        let text = std::fs::read_to_string(crates().join(room).join("Cargo.toml")).unwrap();
        let mut section = String::new();
        let mut names = BTreeSet::new();
        for line in text.lines().map(str::trim) {
            if line.starts_with('[') {
                section = line.to_owned();
            } else if section == "[dependencies]" || section == "[build-dependencies]" {
                let name = line.split(['.', '=', ' ']).next().unwrap();
                if !name.is_empty() && !name.starts_with('#') {
                    names.insert(name.to_owned());
                }
            }
        }
        names
    }

    fn all() -> BTreeMap<&'static str, BTreeSet<&'static str>> {
        let rooms = WALLS.iter().chain(FOR_TESTS);
        rooms.map(|(room, may)| (*room, may.iter().copied().collect())).collect()
    }

    #[test]
    fn every_room_has_its_walls() {
        let rooms: BTreeSet<String> = std::fs::read_dir(crates())
            .unwrap()
            .map(|entry| entry.unwrap())
            .filter(|entry| entry.path().join("Cargo.toml").exists())
            .map(|entry| entry.file_name().into_string().unwrap())
            .collect();
        let known: BTreeSet<String> = all().keys().map(|room| (*room).to_owned()).collect();
        assert_eq!(rooms, known);
    }

    #[test]
    fn no_room_names_another_through_a_wall() {
        let walls = all();
        for (room, may) in &walls {
            for named in dependencies(room).iter().filter(|name| walls.contains_key(name.as_str())) {
                assert!(may.contains(named.as_str()), "{room} must not name {named}");
            }
        }
    }

    #[test]
    fn domain_knows_neither_clock_nor_chance_nor_io() {
        for name in ["tokio", "getrandom", "rand", "rusqlite", "postgres", "axum", "tracing", "parking_lot"] {
            assert!(!dependencies("domain").contains(name), "domain must not name {name}");
        }
    }

    #[test]
    fn web_knows_no_sql() {
        for name in ["rusqlite", "postgres", "typst"] {
            assert!(!dependencies("web").contains(name), "web must not name {name}");
        }
    }
}
