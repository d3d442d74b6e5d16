//! A PostgreSQL server of a test's own, to be killed with everything that belongs to it.

use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The variable that names the folder with `initdb` and `postgres`.
pub const PROGRAMS: &str = "MADOGUCHI_POSTGRES_PROGRAMS";

/// A server of a test's own.
pub struct Cluster {
    folder: tempfile::TempDir,
    port: u16,
    server: Option<Child>,
}

impl Cluster {
    /// Makes a cluster and starts it.
    pub fn start() -> Self {
        let folder = tempfile::Builder::new().prefix("madoguchi-cluster").tempdir().unwrap();
        if is_root() {
            let given = Command::new("chown").arg("postgres").arg(folder.path()).status().unwrap();
            assert!(given.success(), "the folder must belong to the user postgres");
        }
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let made = as_server_user("initdb")
            .args(["--no-sync", "--locale=C", "-E", "UTF8", "--auth=trust", "-U", "postgres", "-D"])
            .arg(folder.path().join("data"))
            .stdout(Stdio::null())
            .status()
            .unwrap();
        assert!(made.success(), "initdb must work");
        let mut cluster = Self { folder, port, server: None };
        cluster.restart();
        cluster
    }

    /// The address of the server.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// Starts the server again after it was killed.
    pub fn restart(&mut self) {
        self.restart_with("");
    }

    /// Starts the server with further settings (`-c name=value`).
    pub fn restart_with(&mut self, settings: &str) {
        let data = self.folder.path().join("data");
        drop(std::fs::remove_file(data.join("postmaster.pid")));
        let mut command = as_server_user("postgres");
        command.arg("-D").arg(&data).args(["-p", &self.port.to_string()]);
        // No socket file: its lock would outlive a killed server.
        command
            .args(["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="])
            .args(settings.split_whitespace());
        let log = std::fs::File::create(self.folder.path().join("log")).unwrap();
        // A group of its own, so that all of it can be killed at once.
        self.server = Some(command.stdout(Stdio::null()).stderr(log).process_group(0).spawn().unwrap());
        let began = Instant::now();
        loop {
            let url = self.url();
            let answered =
                std::thread::spawn(move || postgres::Client::connect(&url, postgres::NoTls).is_ok());
            if answered.join().unwrap() {
                return;
            }
            let log = || std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
            assert!(began.elapsed() < Duration::from_secs(30), "the server did not start: {}", log());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Kills the server and every process of it with SIGKILL.
    pub fn kill(&mut self) {
        let Some(mut server) = self.server.take() else { return };
        // The postmaster first, or it would notice its children and end in order.
        let pids = processes(&self.folder.path().join("data"));
        for pid in std::iter::once(server.id()).chain(pids) {
            drop(Command::new("kill").args(["-9", &pid.to_string()]).stderr(Stdio::null()).status());
        }
        drop(server.kill());
        drop(server.wait());
        std::thread::sleep(Duration::from_millis(100));
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.kill();
    }
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    id.stdout.trim_ascii() == b"0"
}

fn as_server_user(program: &str) -> Command {
    let folder: PathBuf = std::env::var(PROGRAMS)
        .unwrap_or_else(|_| panic!("{PROGRAMS} must name a folder; run cargo xtask test"))
        .into();
    let program = folder.join(program);
    if is_root() {
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--"]).arg(program);
        command
    } else {
        Command::new(program)
    }
}

/// The postmaster of a data folder and its children, from /proc: `runuser` stands between us and them.
fn processes(data: &std::path::Path) -> Vec<u32> {
    let pid_file = std::fs::read_to_string(data.join("postmaster.pid")).unwrap_or_default();
    let Some(postmaster) = pid_file.lines().next().and_then(|line| line.trim().parse::<u32>().ok()) else {
        return Vec::new();
    };
    let mut found = vec![postmaster];
    for entry in std::fs::read_dir("/proc").unwrap().flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else {
            continue;
        };
        let stat = std::fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        // After the name in parentheses: the state, then the parent.
        let parent =
            stat.rsplit(')').next().and_then(|rest| rest.split_whitespace().nth(1)?.parse::<u32>().ok());
        if parent == Some(postmaster) {
            found.push(pid);
        }
    }
    found
}
