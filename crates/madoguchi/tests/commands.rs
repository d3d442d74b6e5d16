//! The commands as people call them.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up must fail loudly")]

use std::path::Path;
use std::process::{Command, Output};

fn run(words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_madoguchi")).args(words).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn r5_c1_a_sample_is_written_alike_to_a_file_and_to_stdout() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("list.csv");
    let words =
        ["sample", "consignment", "--cards", "12", "--seed", "3", "--mistakes", "--encoding", "utf8-bom"];
    let said = run(&words);
    assert!(said.status.success(), "{}", text(&said.stderr));
    assert!(said.stdout.starts_with("\u{feff}一覧番号,".as_bytes()));
    let file_name = file.to_str().unwrap();
    assert!(run(&[&words[..], &["--out", file_name]].concat()).status.success());
    assert_eq!(std::fs::read(&file).unwrap(), said.stdout);
    // The default is the encoding in which lists come.
    let cp932 = run(&["sample", "consignment", "--cards", "3"]);
    assert!(cp932.status.success() && std::str::from_utf8(&cp932.stdout).is_err());
    assert_eq!(cp932.stdout.split(|byte| *byte == b'\n').count(), 5);
}

fn configuration(folder: &Path) -> String {
    let profile = concat!(env!("CARGO_MANIFEST_DIR"), "/../../profiles/suita.toml");
    let text = format!(
        r#"
listen = {{ public = "127.0.0.1:0", staff = "127.0.0.1:0", operations = "127.0.0.1:0" }}
origin = {{ public = "https://a.example", staff = "https://b.example" }}
database = {{ kind = "sqlite", path = "db.sqlite" }}
keys = {{ file = "keys.toml" }}
profile = {{ file = "{profile}" }}
networks = {{ staff = ["10.0.0.0/8"] }}
"#
    );
    let path = folder.join("madoguchi.toml");
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn r4_g_serve_says_the_first_password_once_and_verify_finds_nothing() {
    use std::io::{BufRead as _, BufReader};
    let folder = tempfile::tempdir().unwrap();
    let config = configuration(folder.path());
    let start = || {
        Command::new(env!("CARGO_BIN_EXE_madoguchi"))
            .args(["serve", "--config", &config])
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap()
    };
    let mut passwords = Vec::new();
    for _ in 0..2 {
        let mut server = start();
        let mut log = BufReader::new(server.stderr.take().unwrap());
        let mut line = String::new();
        while !line.contains("\"open\"") {
            line.clear();
            assert_ne!(log.read_line(&mut line).unwrap(), 0, "it ended before it was open");
        }
        let pid = server.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        let mut rest = String::new();
        std::io::Read::read_to_string(&mut log, &mut rest).unwrap();
        let output = server.wait_with_output().unwrap();
        assert!(output.status.success(), "{rest}");
        assert!(!rest.contains("password"));
        passwords.push(text(&output.stdout));
    }
    assert!(passwords[0].contains("password  "));
    assert_eq!(passwords[1], "");
    let checked = run(&["verify", "--config", &config]);
    assert_eq!(text(&checked.stdout), "everything holds\n", "{}", text(&checked.stderr));
    // The database without its keys is refused with a sentence that helps.
    std::fs::remove_file(folder.path().join("keys.toml")).unwrap();
    let refused = run(&["serve", "--config", &config]);
    assert!(!refused.status.success());
    assert!(text(&refused.stderr).contains("put back the copy"), "{}", text(&refused.stderr));
}

#[test]
fn a_backup_is_restored_into_an_empty_place_with_the_key_file_brought_apart() {
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (config, other) = (configuration(here.path()), configuration(there.path()));
    let file = here.path().join("madoguchi.backup");
    let file = file.to_str().unwrap();
    // Neither records nor keys: nothing to copy, and nothing is made for it.
    let refused = run(&["backup", "--config", &config, "--to", file]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(!here.path().join("db.sqlite").exists() && !here.path().join("keys.toml").exists());

    let mut server = serving(&config);
    let saved = run(&["backup", "--config", &config, "--to", file]);
    assert!(saved.status.success(), "{}", text(&saved.stderr));
    assert!(text(&saved.stdout).ends_with("everything holds\n"), "{}", text(&saved.stdout));
    let again = run(&["backup", "--config", &config, "--to", file]);
    assert_eq!(again.status.code(), Some(1));
    assert!(text(&again.stderr).contains("nothing is overwritten"), "{}", text(&again.stderr));
    let over = run(&["restore", "--config", &config, "--from", file]);
    assert_eq!(over.status.code(), Some(1));
    server.kill().unwrap();
    server.wait().unwrap();

    let without = run(&["restore", "--config", &other, "--from", file]);
    assert_eq!(without.status.code(), Some(1), "the key file is not in the backup");
    assert!(text(&without.stderr).contains("keys.toml"), "{}", text(&without.stderr));
    std::fs::copy(here.path().join("keys.toml"), there.path().join("keys.toml")).unwrap();
    let restored = run(&["restore", "--config", &other, "--from", file]);
    assert!(restored.status.success(), "{}", text(&restored.stderr));
    assert!(text(&restored.stdout).ends_with("everything holds\n"));
    let checked = run(&["verify", "--config", &other]);
    assert_eq!(text(&checked.stdout), "everything holds\n", "{}", text(&checked.stderr));
}

/// A program that has opened.
fn serving(config: &str) -> std::process::Child {
    use std::io::{BufRead as _, BufReader};
    let mut server = Command::new(env!("CARGO_BIN_EXE_madoguchi"))
        .args(["serve", "--config", config])
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut log = BufReader::new(server.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("\"open\"") {
        line.clear();
        assert_ne!(log.read_line(&mut line).unwrap(), 0, "it ended before it was open");
    }
    // Whoever stops to read a log must not stop the program that writes it.
    std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
    server
}

#[test]
fn a_configuration_that_is_not_there_is_one_clear_line() {
    let refused = run(&["verify", "--config", "/nowhere/madoguchi.toml"]);
    assert_eq!(refused.status.code(), Some(1));
    let said = text(&refused.stderr);
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.contains("/nowhere/madoguchi.toml"));
}
