//! A PostgreSQL of our own: a private folder and port for one task, gone when the task is over.
//!
//! Its settings of durability are the server's own: what is measured and killed here is what a city
//! would run. It trusts whoever reaches its port on this machine, and holds nothing but test data.

use std::fs::{self, DirBuilder, File};
use std::net::TcpListener;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, geteuid, kill_process, test_kill_process};

use crate::call::{Call, say_dim};
use crate::failure::Failure;
use crate::interrupt;
use crate::paths::{is_program, major_version, program};

const OLDEST: u32 = 15;
/// Enough for every test thread to hold a few lanes.
const CONNECTIONS: u32 = 200;
const ROLE: &str = "madoguchi";
const FOLDER: &str = "madoguchi-postgres-";
const PATIENCE: Duration = Duration::from_secs(30);

/// The folder with `initdb` and `postgres`, the newest first.
pub(crate) fn programs() -> Option<PathBuf> {
    let told = Call::of("pg_config").arg("--bindir").answer().map(|line| PathBuf::from(line.trim()));
    let mut debian: Vec<_> = Path::new("/usr/lib/postgresql")
        .read_dir()
        .map(|entries| entries.flatten().map(|entry| entry.path().join("bin")).collect())
        .unwrap_or_default();
    debian.sort_by_key(|folder| std::cmp::Reverse(release_of(folder)));
    let searched = program("initdb").and_then(|file| file.parent().map(Path::to_owned));
    debian.into_iter().chain(told).chain(searched).find(|folder| {
        let version = || Call::of(folder.join("postgres")).arg("--version").answer();
        is_program(&folder.join("initdb"))
            && version().as_deref().and_then(major_version).is_some_and(|major| major >= OLDEST)
    })
}

/// 15 of `/usr/lib/postgresql/15/bin`.
fn release_of(folder: &Path) -> u32 {
    let release = folder.parent().and_then(Path::file_name).and_then(|name| name.to_str());
    release.and_then(|name| name.parse().ok()).unwrap_or(0)
}

/// A running server; dropping it stops it and removes its folder.
pub(crate) struct Postgres {
    server: Child,
    folder: PathBuf,
    programs: PathBuf,
    port: u16,
}

impl Postgres {
    /// Makes and starts a server. Before that, what an earlier run left behind when it was killed
    /// is stopped and removed.
    pub(crate) fn start() -> Result<Self, Failure> {
        let programs = programs()
            .ok_or_else(|| Failure::Missing(format!("cannot go on without PostgreSQL {OLDEST} or later")))?;
        let user = server_user()?;
        let base = base();
        sweep(&base, user);

        let folder = base.join(format!("{FOLDER}{}", std::process::id()));
        DirBuilder::new()
            .mode(0o700)
            .create(&folder)
            .map_err(Failure::io(format!("cannot make {}", folder.display())))?;
        let started = Self::start_in(&folder, programs, user);
        if started.is_err() {
            show_log(&folder);
            let _ = fs::remove_dir_all(&folder);
        }
        started
    }

    fn start_in(folder: &Path, programs: PathBuf, user: Option<(u32, u32)>) -> Result<Self, Failure> {
        if let Some((uid, gid)) = user {
            chown(folder, Some(uid), Some(gid))
                .map_err(Failure::io(format!("cannot give away {}", folder.display())))?;
        }
        let data = folder.join("data");
        Call::of(programs.join("initdb"))
            .args(["--locale=C", "--encoding=UTF8", "--auth=trust", "--no-sync", "--no-instructions"])
            .arg(format!("--username={ROLE}"))
            .arg("--pgdata")
            .arg(&data)
            .in_folder(folder)
            .by_user(user)
            .run_quietly(&folder.join("initdb.log"))?;

        let port = free_port()?;
        let log = folder.join("server.log");
        let log = File::create(&log).map_err(Failure::io(format!("cannot make {}", log.display())))?;
        let errors = log.try_clone().map_err(Failure::io("cannot share the server's log"))?;
        let postgres = programs.join("postgres");
        // Should this process be killed outright, the kernel asks the server to stop.
        let mut command = match program("setpriv") {
            Some(setpriv) => {
                let mut command = Command::new(setpriv);
                command.args(["--pdeathsig", "INT", "--"]).arg(&postgres);
                command
            }
            None => Command::new(&postgres),
        };
        if let Some((uid, gid)) = user {
            command.uid(uid).gid(gid);
        }
        command.arg("-D").arg(&data);
        for setting in [
            "listen_addresses=127.0.0.1".to_owned(),
            format!("port={port}"),
            format!("unix_socket_directories={}", folder.display()),
            format!("max_connections={CONNECTIONS}"),
        ] {
            command.arg("-c").arg(setting);
        }
        say_dim(&format!("$ {} -D {} -c port={port} &", postgres.display(), data.display()));
        // A group of its own: Ctrl-C reaches the tests, and they may still speak to the server.
        let server = command
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(log)
            .stderr(errors)
            .process_group(0)
            .spawn()
            .map_err(Failure::io("cannot start PostgreSQL"))?;
        let mut running = Self { server, folder: folder.to_owned(), programs, port };
        running.wait_until_ready(&data)?;
        Ok(running)
    }

    /// The server says in its own lock file when it takes connections, as `pg_ctl` reads it.
    fn wait_until_ready(&mut self, data: &Path) -> Result<(), Failure> {
        let begun = Instant::now();
        loop {
            interrupt::check()?;
            let ended = self.server.try_wait().map_err(Failure::io("lost sight of PostgreSQL"))?;
            if ended.is_some() || begun.elapsed() > PATIENCE {
                show_log(&self.folder);
                return Err(Failure::Missing("PostgreSQL did not start; its log is above".into()));
            }
            if fs::read_to_string(data.join("postmaster.pid")).is_ok_and(|text| says_ready(&text)) {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Where tests find it: `postgres://…`, with the right to make databases.
    pub(crate) fn url(&self) -> String {
        format!("postgres://{ROLE}@127.0.0.1:{}/postgres", self.port)
    }

    /// The folder of its programs, for tests that start servers of their own to kill them.
    pub(crate) fn programs_folder(&self) -> &Path {
        &self.programs
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if let Ok(None) = self.server.try_wait()
            && let Some(pid) = Pid::from_raw(self.server.id().cast_signed())
        {
            end(pid, Signal::INT, || matches!(self.server.try_wait(), Ok(Some(_))));
            let _ = self.server.wait();
        }
        if let Err(error) = fs::remove_dir_all(&self.folder) {
            eprintln!("cannot remove {}: {error}", self.folder.display());
        }
    }
}

/// Asks a server to end, then tells it to, then makes it.
fn end(pid: Pid, first: Signal, mut is_gone: impl FnMut() -> bool) {
    for (signal, patience) in [(first, 10), (Signal::QUIT, 5), (Signal::KILL, 5)] {
        // An error means that it has gone, which is what the loop looks for.
        let _ = kill_process(pid, signal);
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(patience) {
            if is_gone() {
                return;
            }
            thread::sleep(Duration::from_millis(20));
        }
    }
}

/// Outside of any home: the server's user cannot enter root's. On a disk, so that a sync is a sync.
fn base() -> PathBuf {
    let disk = PathBuf::from("/var/tmp");
    if disk.is_dir() { disk } else { std::env::temp_dir() }
}

/// PostgreSQL refuses to run as root: then it runs as the user that its package made.
fn server_user() -> Result<Option<(u32, u32)>, Failure> {
    if !geteuid().is_root() {
        return Ok(None);
    }
    let users = fs::read_to_string("/etc/passwd").map_err(Failure::io("cannot read /etc/passwd"))?;
    let user = find_user(&users, "postgres");
    user.map(Some).ok_or_else(|| Failure::Missing("there is no user `postgres` to run the server as".into()))
}

/// User and group of a name in the text of `/etc/passwd`.
fn find_user(users: &str, name: &str) -> Option<(u32, u32)> {
    users.lines().find_map(|line| {
        let fields: Vec<_> = line.split(':').collect();
        let [found, _, uid, gid, ..] = fields[..] else { return None };
        if found == name { Some((uid.parse().ok()?, gid.parse().ok()?)) } else { None }
    })
}

/// The eighth line of `postmaster.pid` is the state.
fn says_ready(text: &str) -> bool {
    text.lines().nth(7).is_some_and(|state| state.trim() == "ready")
}

fn free_port() -> Result<u16, Failure> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(Failure::io("no free port"))?;
    Ok(listener.local_addr().map_err(Failure::io("no free port"))?.port())
}

/// Stops and removes servers whose task was killed. Only folders of the server's own user with our
/// name are touched, and only a process that works inside the folder is ended.
fn sweep(base: &Path, user: Option<(u32, u32)>) {
    let owner = user.map_or_else(|| geteuid().as_raw(), |(uid, _)| uid);
    let Ok(entries) = base.read_dir() else { return };
    for entry in entries.flatten() {
        let folder = entry.path();
        let task = entry.file_name().to_str().and_then(task_of);
        let is_ours = folder.symlink_metadata().is_ok_and(|meta| meta.is_dir() && meta.uid() == owner);
        let Some(task) = task.filter(|_| is_ours) else { continue };
        if is_running_task(task) {
            continue;
        }
        say_dim(&format!("removing {}, left behind by an earlier run", folder.display()));
        if let Some(server) = server_of(&folder.join("data")) {
            end(server, Signal::QUIT, || test_kill_process(server).is_err());
        }
        if let Err(error) = fs::remove_dir_all(&folder) {
            eprintln!("cannot remove {}: {error}", folder.display());
        }
    }
}

/// The task's process id in the name of its folder.
fn task_of(folder: &str) -> Option<u32> {
    folder.strip_prefix(FOLDER)?.parse().ok()
}

/// Whether this process is one of ours, and not another that got the same id later.
fn is_running_task(pid: u32) -> bool {
    fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|name| name.trim() == "xtask")
}

/// The server that works in this folder, if it still does.
fn server_of(data: &Path) -> Option<Pid> {
    let lock = fs::read_to_string(data.join("postmaster.pid")).ok()?;
    let pid: i32 = lock.lines().next()?.trim().parse().ok()?;
    let works_in = fs::read_link(format!("/proc/{pid}/cwd")).ok()?;
    if works_in == data { Pid::from_raw(pid) } else { None }
}

fn show_log(folder: &Path) {
    for name in ["initdb.log", "server.log"] {
        if let Ok(text) = fs::read_to_string(folder.join(name)) {
            eprint!("{text}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_user_is_read_from_the_right_line() {
        let users = "root:x:0:0::/root:/bin/sh\npostgres2:x:7:7::/:/bin/sh\npostgres:x:101:104::/:/bin/sh\n";
        assert_eq!(find_user(users, "postgres"), Some((101, 104)));
        assert_eq!(find_user(users, "nobody"), None);
    }

    #[test]
    fn the_state_is_read_from_the_eighth_line() {
        let lock = "77\n/d\n1700000000\n5433\n/d\n127.0.0.1\n 1 2\n";
        assert!(!says_ready(lock));
        assert!(!says_ready(&format!("{lock}starting\n")));
        assert!(says_ready(&format!("{lock}ready   \n")));
    }

    #[test]
    fn only_folders_with_our_name_and_a_number_are_ours() {
        assert_eq!(task_of("madoguchi-postgres-4711"), Some(4711));
        assert_eq!(task_of("madoguchi-postgres-"), None);
        assert_eq!(task_of("madoguchi-postgres-4711.old"), None);
        assert_eq!(task_of("postgres-4711"), None);
    }

    #[test]
    fn the_newest_release_is_read_from_debians_folder() {
        assert_eq!(release_of(Path::new("/usr/lib/postgresql/17/bin")), 17);
        assert_eq!(release_of(Path::new("/usr/lib/postgresql/current/bin")), 0);
    }
}
