//! The folder from which the counter works while the system is down (R4.h): who comes, and which card lies where, as PDF
//! and CSV on another disk or a share.
//!
//! Each file is written beside its place, brought to the disk and renamed, so that whoever finds the folder never finds
//! half a file; the index, which says how old all of it is, comes last. A list whose rows are the same is not printed
//! again. The folder is never made here: where its disk is not mounted, that would put the papers on the wrong one. What
//! is not ours stays. What fails is told on the board and in `/ready` ([`web::outage`]), and tried again soon.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use domain::time::{day_of, era_date, minute_of};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use tokio::sync::Mutex;
use web::App;
use web::outage::{Folder, Why};
use web::staff::outage::{OutagePaper, papers};

use crate::jobs::Jobs;

/// How long the folder may take for one turn. A share whose server is away may never answer.
const PATIENCE: Duration = Duration::from_mins(1);

/// After how long a turn that failed is tried again, so that a share that comes back is not left for long.
const AGAIN: SignedDuration = SignedDuration::from_mins(1);

/// The file that says what all of it is.
const INDEX: &str = "index.txt";

/// The ending of a file that is not whole yet.
const PART: &str = ".part";

/// The folder with papers for an outage.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outage {
    /// The folder, on another disk or on a share. It must be there: a folder that is made where a disk is not mounted
    /// would be on the wrong disk.
    pub folder: PathBuf,
    /// How often it is written, in minutes. Bounded, so that it is fresh at each opening by itself.
    #[serde(default = "Outage::usual_minutes")]
    pub every_minutes: u8,
}

impl Outage {
    /// The longest time between two turns, in minutes.
    pub(crate) const LONGEST: u8 = 15;

    fn usual_minutes() -> u8 {
        5
    }

    /// What the pages tell of it.
    pub fn told(&self) -> Folder {
        let every = SignedDuration::from_mins(i64::from(self.every_minutes));
        Folder { path: self.folder.display().to_string(), every }
    }
}

/// The folder, and what this process knows of it.
#[derive(Debug)]
pub(crate) struct OutageFolder {
    path: PathBuf,
    every: SignedDuration,
    /// One turn at a time.
    turn: Mutex<Turns>,
    /// Whether a turn that took too long still waits for the disk.
    waits: Arc<AtomicBool>,
}

#[derive(Debug, Default)]
struct Turns {
    /// When the last turn began, and whether it went well.
    last: Option<(Timestamp, bool)>,
    /// What stands in the folder.
    lists: BTreeMap<String, Standing>,
}

/// A list that stands in the folder.
#[derive(Debug, Clone)]
struct Standing {
    csv: Vec<u8>,
    files: Vec<String>,
    made_at: Timestamp,
}

/// A file of a turn: its name, and its bytes where it is written anew.
type Named = (String, Vec<u8>);

impl OutageFolder {
    pub(crate) fn of(outage: &Outage) -> Self {
        Self {
            path: outage.folder.clone(),
            every: outage.told().every,
            turn: Mutex::default(),
            waits: Arc::default(),
        }
    }

    fn is_due(&self, turns: &Turns, now: Timestamp) -> bool {
        turns.last.is_none_or(|(at, well)| {
            // A clock that was moved back by hand must not keep the folder old.
            now < at || now.duration_since(at) >= if well { self.every } else { AGAIN.min(self.every) }
        })
    }
}

impl Jobs {
    /// Writes the papers for an outage, if their time has come.
    pub async fn put_by(&self) {
        let Some(folder) = &self.outage else { return };
        let mut turns = folder.turn.lock().await;
        let now = self.app.now();
        if folder.is_due(&turns, now) {
            let written = turn(&self.app, folder, &mut turns, now).await;
            turns.last = Some((now, written.is_ok()));
            match written {
                Ok(()) => self.app.outage_written(now),
                Err((why, error)) => {
                    self.app.outage_failed(why);
                    metrics::counter!("job_failures", "job" => "put_by").increment(1);
                    tracing::error!(folder = %folder.path.display(), %error, "the folder for an outage is not written");
                }
            }
        }
        if let Some(at) = self.app.outage_written_at() {
            metrics::gauge!("outage_folder_age_seconds").set(now.duration_since(at).as_secs_f64().max(0.0));
        }
    }
}

/// Makes what is to be there and writes what is new.
async fn turn(
    app: &Arc<App>,
    folder: &OutageFolder,
    turns: &mut Turns,
    now: Timestamp,
) -> Result<(), (Why, String)> {
    let not_made = |error: &dyn std::fmt::Display| (Why::NotMade, error.to_string());
    if folder.waits.load(Ordering::Acquire) {
        return Err((Why::Silent, "the turn before still waits for it".to_owned()));
    }
    let papers = papers(app).await.map_err(|error| not_made(&error))?;
    let present = on_disk(folder, present).await.map_err(told)?;
    let (mut lists, mut files, mut lines) = (BTreeMap::new(), Vec::new(), String::new());
    for paper in papers {
        let stands = turns.lists.get(&paper.name).filter(|stands| {
            stands.csv == paper.csv && stands.files.iter().all(|file| present.contains(file))
        });
        let standing = if let Some(stands) = stands {
            stands.clone()
        } else {
            let (named, standing) = printed(app, &paper, now).await.map_err(|error| not_made(&error))?;
            files.extend(named);
            standing
        };
        describe(&mut lines, &paper, &standing);
        lists.insert(paper.name, standing);
    }
    let wanted: BTreeSet<String> = lists.values().flat_map(|list| list.files.iter().cloned()).collect();
    let index = index(&app.settings.profile.city.name_ja, now, folder.every, &lines);
    files.push((INDEX.to_owned(), index.into_bytes()));
    on_disk(folder, move |path| write(path, &files, &wanted)).await.map_err(told)?;
    turns.lists = lists;
    Ok(())
}

fn told(error: io::Error) -> (Why, String) {
    (Why::of(&error), error.to_string())
}

/// The files of a list: its CSV and its papers.
async fn printed(
    app: &App,
    paper: &OutagePaper,
    made_at: Timestamp,
) -> Result<(Vec<Named>, Standing), web::PrintError> {
    let mut named = vec![(format!("{}.csv", paper.name), paper.csv.clone())];
    let many = paper.documents.len() > 1;
    for (at, document) in paper.documents.iter().enumerate() {
        let part = if many { format!("-{:02}", at + 1) } else { String::new() };
        named.push((format!("{}{part}.pdf", paper.name), app.printer.print(document.clone()).await?));
    }
    let files = named.iter().map(|(name, _)| name.clone()).collect();
    Ok((named, Standing { csv: paper.csv.clone(), files, made_at }))
}

/// Does something with the folder off the threads that answer requests, and waits no longer than it may take.
async fn on_disk<T: Send + 'static>(
    folder: &OutageFolder,
    act: impl FnOnce(&Path) -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    let (path, waits) = (folder.path.clone(), folder.waits.clone());
    let acting = tokio::task::spawn_blocking(move || {
        waits.store(true, Ordering::Release);
        let result = act(&path);
        waits.store(false, Ordering::Release);
        result
    });
    match tokio::time::timeout(PATIENCE, acting).await {
        Ok(result) => result.map_err(io::Error::other)?,
        Err(_) => Err(io::ErrorKind::TimedOut.into()),
    }
}

/// The names of what is in the folder.
fn present(folder: &Path) -> io::Result<BTreeSet<String>> {
    fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
}

/// Writes the files in their order, each whole or not at all, then removes ours of other days.
fn write(folder: &Path, files: &[Named], wanted: &BTreeSet<String>) -> io::Result<()> {
    for (name, bytes) in files {
        let part = folder.join(format!("{name}{PART}"));
        let mut file = File::create(&part)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&part, folder.join(name))?;
    }
    for name in present(folder)? {
        if is_ours(&name) && !wanted.contains(&name) {
            fs::remove_file(folder.join(name))?;
        }
    }
    // The names too are on the disk before it is said that they are. A share that cannot do this has its own ways.
    match File::open(folder).and_then(|folder| folder.sync_all()) {
        Err(error) if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) => {
            Ok(())
        }
        result => result,
    }
}

/// Whether a file is one that this program puts into the folder, other than the index. Everything else stays.
fn is_ours(name: &str) -> bool {
    let whole = name.strip_suffix(PART).unwrap_or(name);
    let Some(stem) = whole.strip_suffix(".csv").or_else(|| whole.strip_suffix(".pdf")) else { return false };
    let plain = |rest: &str| rest.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    ["reservations-", "renewals-", "storage"].iter().any(|name| stem.strip_prefix(name).is_some_and(plain))
}

fn time(at: Timestamp) -> String {
    let minute = minute_of(at);
    format!("{}:{:02}", minute / 60, minute % 60)
}

fn describe(lines: &mut String, paper: &OutagePaper, standing: &Standing) {
    let Standing { files, made_at, .. } = standing;
    // Writing to a String cannot fail.
    let _ignored = write!(
        lines,
        "\r\n■ {}（{}件）\r\n　内容が最後に変わった時刻：{} {}\r\n　{}\r\n",
        paper.what,
        paper.rows,
        era_date(day_of(*made_at)),
        time(*made_at),
        files.join("　")
    );
}

/// The index, for whoever finds the folder. With a mark of its encoding and line ends for any editor.
fn index(city: &str, now: Timestamp, every: SignedDuration, lines: &str) -> String {
    format!(
        "\u{feff}システムが使えないときの控え（{city}　マイナンバーカード窓口）\r\n\
         \r\n\
         書いた時刻：{} {}\r\n\
         ・この時刻までの予約と保管場所です。これより後の予約・変更・取消・カードの移動は載っていません。\r\n\
         ・{}分ごとに書き直します。時刻がそれより古いときは、その時刻で止まっています。\r\n\
         {lines}\
         \r\n\
         ・連絡先（電話番号・メールアドレス）と交付通知書番号は入れていません。\r\n\
         ・予約番号は入れていません。来庁した人は、交付通知書とカードの管理番号で照合します。\r\n\
         ・取扱注意：印刷した紙は、使い終わったら業務責任者へ渡してください。\r\n\
         ・復旧したら、「今日」→「停止への備えと停止中の記録」で、紙に書いたことを入力します。\r\n",
        era_date(day_of(now)),
        time(now),
        every.as_mins(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r4_h_what_is_not_ours_stays_in_the_folder() {
        for ours in [
            "reservations-2026-11-24.pdf",
            "renewals-2026-11-24.csv",
            "storage.csv",
            "storage-02.pdf",
            "storage.pdf.part",
        ] {
            assert!(is_ours(ours), "{ours}");
        }
        for other in ["index.txt", "storage plan.pdf", "reservations-2026-11-24.xlsx", "memo.csv", "storage"]
        {
            assert!(!is_ours(other), "{other}");
        }
    }
}
