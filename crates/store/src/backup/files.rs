//! Files of a backup: made beside their name, which they get only when they are whole and on disk.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};

use super::{BackupError, Result};

/// What SQLite may put beside a database.
pub(super) const SIDES: [&str; 3] = ["-wal", "-shm", "-journal"];

/// The name with something behind it.
pub(super) fn beside(name: &Path, ending: &str) -> PathBuf {
    let mut whole: OsString = name.into();
    whole.push(ending);
    whole.into()
}

/// Where the checksum of a backup stands.
pub(super) fn checksum_of(backup: &Path) -> PathBuf {
    beside(backup, ".sha256")
}

/// An error of a file.
pub(super) fn io(path: &Path) -> impl Fn(io::Error) -> BackupError {
    move |why| BackupError::Io { path: path.to_owned(), why }
}

/// Refuses a name that something has already, be it a link that leads nowhere.
pub(super) fn absent(path: &Path) -> Result<()> {
    match fs::symlink_metadata(path) {
        Ok(_) => Err(BackupError::Exists(path.to_owned())),
        Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(why) => Err(io(path)(why)),
    }
}

/// A new file for the program's account alone, until it is published under `NAME.part`. What is dropped before is
/// removed.
pub(super) struct New {
    name: PathBuf,
    part: PathBuf,
    file: File,
}

impl New {
    /// Makes the file. Both names must be free.
    pub(super) fn create(name: &Path) -> Result<Self> {
        absent(name)?;
        let part = beside(name, ".part");
        let mut options = OpenOptions::new();
        match options.read(true).write(true).create_new(true).mode(0o600).open(&part) {
            Ok(file) => Ok(Self { name: name.to_owned(), part, file }),
            Err(why) if why.kind() == io::ErrorKind::AlreadyExists => Err(BackupError::Exists(part)),
            Err(why) => Err(io(&part)(why)),
        }
    }

    /// Where it stands until then.
    pub(super) fn part(&self) -> &Path {
        &self.part
    }

    /// The file itself.
    pub(super) fn file(&self) -> Result<File> {
        self.file.try_clone().map_err(io(&self.part))
    }

    /// Gives it its name once all of it is on disk, and the name too.
    ///
    /// A hard link is the one way that never takes a name from another file, be it made a moment ago. Folders that
    /// know none (FAT) know no mode of files either, and are no place for these records.
    pub(super) fn publish(self) -> Result<()> {
        self.file.sync_all().map_err(io(&self.part))?;
        fs::hard_link(&self.part, &self.name).map_err(|why| match why.kind() {
            io::ErrorKind::AlreadyExists => BackupError::Exists(self.name.clone()),
            _ => io(&self.name)(why),
        })?;
        let folder = self.name.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new("."));
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(io(folder))
    }
}

impl Drop for New {
    fn drop(&mut self) {
        // Best effort, and often there is nothing: a part that stays is named by the next attempt.
        drop(fs::remove_file(&self.part));
        for side in SIDES {
            drop(fs::remove_file(beside(&self.part, side)));
        }
    }
}

/// Reads a file to its end, hands on what it reads, and answers how many bytes there were and their SHA-256.
fn digest(path: &Path, mut take: impl FnMut(&[u8]) -> Result<()>) -> Result<(u64, String)> {
    let mut file = File::open(path).map_err(io(path))?;
    let (mut sum, mut bytes) = (Sha256::new(), 0);
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = file.read(&mut buffer).map_err(io(path))?;
        if read == 0 {
            return Ok((bytes, HEXLOWER.encode(&sum.finalize())));
        }
        sum.update(&buffer[..read]);
        bytes += read as u64;
        take(&buffer[..read])?;
    }
}

/// Writes down the checksum of what stands in `new`, in the words of `sha256sum`. Answers the file of the checksum,
/// which is not published yet, and how many bytes there are.
pub(super) fn seal(new: &New) -> Result<(New, u64)> {
    let sum = New::create(&checksum_of(&new.name))?;
    let (bytes, digest) = digest(new.part(), |_| Ok(()))?;
    let name = new.name.file_name().unwrap_or_default().to_string_lossy();
    writeln!(sum.file()?, "{digest}  {name}").map_err(io(sum.part()))?;
    Ok((sum, bytes))
}

/// Makes sure that a backup is what was written, byte by byte; `take` gets all of it.
pub(super) fn unseal(backup: &Path, take: impl FnMut(&[u8]) -> Result<()>) -> Result<()> {
    let beside = checksum_of(backup);
    let text = fs::read_to_string(&beside).map_err(|why| match why.kind() {
        io::ErrorKind::NotFound => BackupError::NoChecksum(beside.clone()),
        _ => io(&beside)(why),
    })?;
    // `sha256sum` begins the line with a backslash where the name has signs that it must escape.
    let known = text.split_whitespace().next().unwrap_or_default().trim_start_matches('\\');
    let (_, found) = digest(backup, take)?;
    if known.eq_ignore_ascii_case(&found) {
        Ok(())
    } else {
        let what = format!("its bytes are not those of {}", beside.display());
        Err(BackupError::Damaged { file: backup.to_owned(), what })
    }
}
