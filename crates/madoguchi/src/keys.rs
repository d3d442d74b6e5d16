//! The key file: made once, readable by the program's user alone, and never made anew behind a database that was
//! made with another.
//!
//! No error and no log line repeats a word of the file.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use store::keys::Keys;
use store::{Db, Lane};
use web::kit::clock::Chance;

/// Why the program does not start with these keys; every sentence says what to do.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The database was made with keys that are not here.
    #[error(
        "the key file {0} is missing, but the database was made with keys: put back the copy that is kept elsewhere; \
         without it no number can be derived and no personal field read, and no new file can replace it"
    )]
    Missing(PathBuf),
    /// Others may read or write it.
    #[error(
        "the key file {path} may be read by others (mode {mode:04o}): run `chmod 600 {path}`, and make sure that nobody copied it"
    )]
    Open {
        /// The file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// It is no key file.
    #[error("the key file {path} is malformed{}: {what}; put back the copy that is kept elsewhere", line.map(|line| format!(" at line {line}")).unwrap_or_default())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// The line, where it is known.
        line: Option<usize>,
        /// What is wrong, without its text.
        what: &'static str,
    },
    /// It belongs to another database.
    #[error(
        "the key file {0} does not belong to this database: name the file that was made with it in [keys], or name its database"
    )]
    OtherDatabase(PathBuf),
    /// The system refuses.
    #[error(
        "the key file {path} cannot be used ({why}): its folder must exist and belong to the program's user"
    )]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        why: io::Error,
    },
    /// The database.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// Reads the keys, or makes the file where the database knows none yet; makes sure that both belong together.
pub fn open(path: &Path, db: &Db, chance: &dyn Chance) -> Result<Keys, KeyError> {
    let known = db.read_now(|reader| store::meta::get(reader, "key_check.1"))?.is_some();
    let keys = match read(path) {
        Err(KeyError::Io { why, .. }) if why.kind() == io::ErrorKind::NotFound && known => {
            return Err(KeyError::Missing(path.to_owned()));
        }
        Err(KeyError::Io { why, .. }) if why.kind() == io::ErrorKind::NotFound => make(path, chance)?,
        other => other?,
    };
    let checked = keys.clone();
    if db.write_now(Lane::Background, move |tx| checked.matches_database(tx))? {
        Ok(keys)
    } else {
        Err(KeyError::OtherDatabase(path.to_owned()))
    }
}

/// Reads the file.
pub fn read(path: &Path) -> Result<Keys, KeyError> {
    let io = |why| KeyError::Io { path: path.to_owned(), why };
    let mode = fs::metadata(path).map_err(io)?.mode() & 0o7777;
    if mode & 0o077 != 0 {
        return Err(KeyError::Open { path: path.to_owned(), mode });
    }
    let text = fs::read_to_string(path).map_err(io)?;
    toml::from_str(&text).map_err(|error| KeyError::Malformed {
        path: path.to_owned(),
        line: error.span().map(|span| text[..span.start.min(text.len())].matches('\n').count() + 1),
        // Not the library's own words: they may show a part of a key.
        what: "it must hold a table for each version, with number, lookup and personal as 64 hexadecimal digits",
    })
}

/// Makes the file. It is on disk, and its name too, before anything is derived from it.
fn make(path: &Path, chance: &dyn Chance) -> Result<Keys, KeyError> {
    let io = |why| KeyError::Io { path: path.to_owned(), why };
    let mut bits = [0; 96];
    chance.fill(&mut bits);
    let keys = Keys::first(&bits);
    let tables = toml::to_string(&keys).map_err(|_| KeyError::Malformed {
        path: path.to_owned(),
        line: None,
        what: "it cannot be written",
    })?;
    let text = format!(
        "# The keys of Madoguchi. Keep a copy elsewhere, never with the backup of the database: without this file\n\
         # no number can be derived and no personal field read, and nobody can make it anew.\n\n{tables}"
    );
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(io)?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(io)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(io)?;
    tracing::info!(path = %path.display(), "made the key file; keep a copy of it elsewhere");
    Ok(keys)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use tempfile::TempDir;
    use web::kit::clock::SeededChance;

    use super::*;

    struct House {
        folder: TempDir,
        db: Db,
    }

    fn house() -> House {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::sqlite(&folder.path().join("madoguchi.sqlite")).unwrap();
        House { folder, db }
    }

    impl House {
        fn path(&self) -> PathBuf {
            self.folder.path().join("keys.toml")
        }

        fn open(&self, seed: u64) -> Result<Keys, KeyError> {
            open(&self.path(), &self.db, &SeededChance::new(seed))
        }
    }

    #[test]
    fn g4_the_first_start_makes_the_file_for_the_program_alone() {
        let house = house();
        let keys = house.open(1).unwrap();
        assert_eq!(fs::metadata(house.path()).unwrap().mode() & 0o7777, 0o600);
        assert_eq!(house.open(2).unwrap(), keys);
    }

    #[test]
    fn g4_a_missing_file_is_not_made_anew() {
        let house = house();
        house.open(1).unwrap();
        fs::remove_file(house.path()).unwrap();
        let error = house.open(1).unwrap_err();
        assert!(matches!(error, KeyError::Missing(_)));
        assert!(error.to_string().contains("put back the copy"));
        assert!(!house.path().exists());
    }

    #[test]
    fn g4_a_file_that_others_may_read_is_refused() {
        let house = house();
        house.open(1).unwrap();
        for mode in [0o640, 0o604, 0o620, 0o601] {
            fs::set_permissions(house.path(), fs::Permissions::from_mode(mode)).unwrap();
            let error = house.open(1).unwrap_err();
            assert!(matches!(error, KeyError::Open { .. }), "{mode:o}");
            assert!(error.to_string().contains("chmod 600"));
        }
    }

    #[test]
    fn g4_a_malformed_file_is_refused_without_showing_it() {
        let house = house();
        house.open(1).unwrap();
        let text = fs::read_to_string(house.path()).unwrap();
        for broken in
            [text.replace("lookup", "look"), text.replace("number = \"", "number = \"zz"), String::new()]
        {
            fs::write(house.path(), &broken).unwrap();
            let error = house.open(1).unwrap_err();
            assert!(matches!(error, KeyError::Malformed { .. }), "{error}");
            let hidden: Vec<&str> = text.split('"').filter(|word| word.len() == 64).collect();
            assert_eq!(hidden.len(), 3);
            assert!(hidden.iter().all(|key| !error.to_string().contains(key)));
        }
    }

    #[test]
    fn g4_the_file_of_another_database_is_refused() {
        let (house, other) = (house(), house());
        house.open(1).unwrap();
        other.open(2).unwrap();
        fs::copy(other.path(), house.path()).unwrap();
        assert!(matches!(house.open(1), Err(KeyError::OtherDatabase(_))));
    }

    #[test]
    fn g4_a_folder_that_is_not_there_is_told() {
        let house = house();
        let path = house.folder.path().join("nowhere/keys.toml");
        let error = open(&path, &house.db, &SeededChance::new(1)).unwrap_err().to_string();
        assert!(error.contains("its folder must exist"), "{error}");
    }
}
