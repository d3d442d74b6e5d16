//! The post of a demo. No mail leaves the machine: a server on loopback takes each and puts it into a folder, from where
//! any mail program opens it.

use std::io;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};

use domain::journal::Actor;
use domain::ledger::{Field, Terms};
use store::ledger::LedgerError;
use store::{Db, Lane};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::first_start::Seeding;
use crate::smtp::{Protection, Server};

/// The folder of the mails in the folder of the demo.
const FOLDER: &str = "mails";
/// The longest mail, in bytes; ours have a few kilobytes.
const LONGEST: u64 = 1 << 20;
/// For how many days after the visit an address is held.
const KEPT: u32 = 7;

/// Lets the city of a demo agree to mail addresses, where nothing was decided yet.
pub(super) fn agree(seeding: &Seeding<'_>) -> Result<(), LedgerError> {
    let field = Field::MailAddress;
    if seeding.db.read_now(move |reader| store::privacy::decided(reader, field.code()))?.is_some() {
        return Ok(());
    }
    let (Some(proposing), Some(deciding)) = (person(seeding.db, "sekinin")?, person(seeding.db, "shikanri")?)
    else {
        return Ok(());
    };
    let (mut propose, mut decide) = (seeding.act(), seeding.act());
    (propose.actor, decide.actor) = (proposing, deciding);
    let terms = Terms {
        necessity: "希望する人に、予約の内容、変更、取消しと前日のお知らせを送るため。".to_owned(),
        protection: "暗号化して保管し、画面にも一覧にも出さない。送信だけに使う。".to_owned(),
        retention_days: KEPT,
    };
    seeding.db.write_now(Lane::Background, move |tx| {
        let version = store::ledger::propose(tx, &propose, field, &terms)?;
        store::ledger::decide(tx, &decide, version, true)
    })
}

fn person(db: &Db, login: &'static str) -> Result<Option<Actor>, LedgerError> {
    let found = db.read_now(move |reader| store::person::by_login(reader, login))?;
    Ok(found.map(|person| Actor::Person(person.id)))
}

/// The server of a demo, and the folder of its mails.
pub(super) struct Post {
    pub(super) server: Server,
    pub(super) folder: PathBuf,
}

/// Begins to take mails into the folder of a demo; it ends with the runtime.
pub(super) async fn open(data: &Path, city: &str) -> io::Result<Post> {
    let folder = data.join(FOLDER);
    std::fs::create_dir_all(&folder)?;
    let folder = folder.canonicalize()?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let server = Server {
        host: Ipv4Addr::LOCALHOST.to_string(),
        port: listener.local_addr()?.port(),
        protection: Protection::None,
        certificates: Vec::new(),
        credentials: None,
        from: "yoyaku@madoguchi.example".to_owned(),
        name: format!("{city} マイナンバーカード窓口（見本）"),
        host_name: "localhost".to_owned(),
    };
    let into = folder.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let into = into.clone();
            tokio::spawn(async move {
                if let Err(error) = take(stream, &into).await {
                    tracing::warn!(%error, "a mail of the demo was not taken");
                }
            });
        }
    });
    Ok(Post { server, folder })
}

/// Takes what one connection brings.
async fn take(stream: TcpStream, folder: &Path) -> io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read.take(LONGEST));
    write.write_all(b"220 demo\r\n").await?;
    let mut line = String::new();
    loop {
        line.clear();
        if lines.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let answer = match line.get(..4).unwrap_or_default().to_ascii_uppercase().as_str() {
            "DATA" => {
                write.write_all(b"354 go on\r\n").await?;
                let mail = body(&mut lines).await?;
                keep(folder, &mail)?;
                "250 taken\r\n"
            }
            "QUIT" => return write.write_all(b"221 bye\r\n").await,
            _ => "250 ok\r\n",
        };
        write.write_all(answer.as_bytes()).await?;
    }
}

/// The lines up to the single dot, with doubled dots undone.
async fn body(lines: &mut (impl AsyncBufReadExt + Unpin)) -> io::Result<Vec<u8>> {
    let mut mail = Vec::new();
    loop {
        let mut line = Vec::new();
        if lines.read_until(b'\n', &mut line).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if line == b".\r\n" {
            return Ok(mail);
        }
        mail.extend(line.strip_prefix(b".").unwrap_or(&line));
    }
}

/// Puts a mail into the folder, whole or not at all. The same mail sent again is the same file.
fn keep(folder: &Path, mail: &[u8]) -> io::Result<()> {
    let name = name(mail).ok_or(io::ErrorKind::InvalidData)?;
    let unfinished = folder.join(format!("{name}.part"));
    std::fs::write(&unfinished, mail)?;
    std::fs::rename(unfinished, folder.join(format!("{name}.eml")))
}

/// The name of a mail: the left part of its Message-ID, which our mails have, and whose order is that of time.
fn name(mail: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(mail);
    let mut header = text.lines().take_while(|line| !line.is_empty());
    let id = header.find_map(|line| line.strip_prefix("Message-ID: <"))?;
    let name = id.split('@').next()?;
    (!name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric())).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use domain::mail::Address;

    use super::*;
    use crate::smtp::{Letter, Outcome};

    #[test]
    fn r4_c_a_demo_s_mails_are_files_and_leave_the_machine_never() {
        let folder = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let letter = Letter {
            id: "01KB2Y0V7M0000000000000000".to_owned(),
            date: std::time::SystemTime::UNIX_EPOCH,
            language: "ja",
            subject: "予約".to_owned(),
            text: ".点\n".to_owned(),
            html: "<p>予約</p>".to_owned(),
            calendar: None,
            stop: "http://localhost/m/x".to_owned(),
        };
        runtime.block_on(async {
            let post = open(folder.path(), "見本市").await.unwrap();
            let to = Address::read("hanako@example.jp").unwrap();
            let bytes = post.server.write(&to, &letter).unwrap();
            for _ in 0..2 {
                assert_eq!(post.server.deliver(&to, &bytes).await.unwrap(), Outcome::Sent);
            }
            let kept: Vec<_> =
                std::fs::read_dir(&post.folder).unwrap().map(|file| file.unwrap().path()).collect();
            assert_eq!(kept.len(), 1, "the same mail is the same file");
            let read = std::fs::read(&kept[0]).unwrap();
            assert_eq!(read.trim_ascii_end(), bytes.trim_ascii_end());
        });
        assert_eq!(name(b"Message-ID: <../../x@localhost>\r\n\r\n"), None);
        assert_eq!(name(b"Subject: x\r\n\r\nMessage-ID: <a@b>\r\n"), None);
    }
}
