//! The command line.

use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::str::FromStr;
use std::sync::Arc;

use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::Timestamp;
use jiff::civil::Date;
use store::backup::{BackupError, Checked};
use store::verify::Finding;
use web::kit::clock::{Clock as _, SystemChance, SystemClock};
use web::kit::security::Origin;

use crate::config::{Config, ConfigError};
use crate::demo::{self, Announce, DemoError, Order};
use crate::first_start::{FirstStartError, OneTime, Seeding};
use crate::keys::{self, KeyError};
use crate::logging::{self, LogError};
use crate::renderer::{Limits, Program, Renderer};
use crate::rules::RulesError;
use crate::sample::{self, MADE_ON, SampleEncoding};
use crate::serve::{self, Listeners, ServeError, Service};

/// Madoguchi 窓口: a city's counter operation for 個人番号カード in one program.
#[derive(Debug, Parser)]
#[command(version, about, long_about = None)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the program. Its first start makes the key file and the administrator.
    Serve(Configured),
    /// Run the program with a demo city in a folder of its own.
    Demo(Demo),
    /// Check everything that must always hold; every finding is named.
    Verify(Configured),
    /// Copy the records into a new file, also while the program runs, and check the copy. The key file is not in it.
    Backup(Backup),
    /// Bring a backup back into the configured place, which must be empty, and check what was brought back.
    Restore(Restore),
    /// Give somebody a new one-time password, for whom nobody with an account can help.
    Password {
        /// What they type to sign in.
        login: String,
        #[command(flatten)]
        configured: Configured,
    },
    /// Change the rules of hours, places and deadlines.
    #[command(subcommand)]
    Rules(Rules),
    /// Make samples for trials.
    #[command(subcommand)]
    Sample(Sample),
    /// Make PDFs of what comes in over stdin: started by the program itself.
    #[command(hide = true)]
    Render(Render),
}

#[derive(Debug, Args)]
struct Configured {
    /// The configuration file.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

#[derive(Debug, Args)]
struct Backup {
    #[command(flatten)]
    configured: Configured,
    /// The file to write. It must not be there; its checksum is put beside it as FILE.sha256.
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
    #[command(flatten)]
    programs: Programs,
}

#[derive(Debug, Args)]
struct Restore {
    #[command(flatten)]
    configured: Configured,
    /// The backup, with its FILE.sha256 beside it.
    #[arg(long, value_name = "FILE")]
    from: PathBuf,
    #[command(flatten)]
    programs: Programs,
}

#[derive(Debug, Args)]
struct Programs {
    /// The folder with pg_dump and pg_restore, for PostgreSQL alone; none: they are looked up in PATH.
    #[arg(long, value_name = "DIR")]
    postgres_programs: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct Demo {
    /// The folder of the demo's database and keys; it is made if need be.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// How many cards a new city has.
    #[arg(long, value_name = "N", default_value_t = 300)]
    cards: u32,
    /// Where the chance of a new city begins.
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// A new city has rules, places and people, but no cards.
    #[arg(long, conflicts_with = "cards")]
    empty: bool,
    /// The ports for citizens, staff and operations; 0 takes free ones.
    #[arg(long, value_name = "PUBLIC,STAFF,OPS", default_value = "8100,8101,8102")]
    ports: Ports,
    /// The machine's clock, or one that stands until it is moved by `POST /demo/clock` at the operations address.
    #[arg(long, value_enum, default_value_t = DemoClock::System)]
    clock: DemoClock,
    /// Where a new city's past ends and a manual clock begins, such as 2026-11-24T08:50:00+09:00.
    #[arg(long, value_name = "INSTANT")]
    at: Option<Timestamp>,
    /// How the addresses and sign-ins are said.
    #[arg(long, value_enum, default_value_t = Announce::Text)]
    announce: Announce,
    /// A PostgreSQL to be used in place of a file; the demo makes a schema of its own.
    #[arg(long, value_name = "URL")]
    postgres: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum DemoClock {
    Manual,
    System,
}

/// The ports of the three listeners.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Ports([u16; 3]);

impl FromStr for Ports {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        if text == "0" {
            return Ok(Self([0; 3]));
        }
        let wrong = "write three ports such as 8100,8101,8102, or 0 for free ones";
        let ports: Vec<u16> = text.split(',').map(str::parse).collect::<Result<_, _>>().map_err(|_| wrong)?;
        ports.try_into().map(Self).map_err(|_| wrong)
    }
}

#[derive(Debug, Subcommand)]
enum Rules {
    /// Put the rules of a file in place of the present ones.
    Apply {
        /// TOML with `[[rule]]` as in a profile.
        file: PathBuf,
        #[command(flatten)]
        configured: Configured,
    },
}

#[derive(Debug, Subcommand)]
enum Sample {
    /// A list of cards (カード発行一覧表) as it comes in practice. The same words give the same bytes.
    Consignment {
        /// How many cards.
        #[arg(long, value_name = "N")]
        cards: u32,
        /// Another seed gives other people.
        #[arg(long, value_name = "S", default_value_t = 1)]
        seed: u64,
        /// The day on which the cards were made.
        #[arg(long, value_name = "DAY", default_value_t = MADE_ON)]
        made_on: Date,
        /// With some of each mistake of practice.
        #[arg(long)]
        mistakes: bool,
        /// How it is written.
        #[arg(long, value_enum, default_value_t = SampleEncoding::Cp932)]
        encoding: SampleEncoding,
        /// The file to write; none: stdout.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// A demo city of any size, to be opened by `madoguchi demo --data DIR`.
    City {
        /// How many cards.
        #[arg(long, value_name = "N")]
        cards: u32,
        /// Another seed gives another city.
        #[arg(long, value_name = "S", default_value_t = 1)]
        seed: u64,
        /// The folder.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// Where its past ends; none: now.
        #[arg(long, value_name = "INSTANT")]
        at: Option<Timestamp>,
        /// A PostgreSQL to be used in place of a file.
        #[arg(long, value_name = "URL")]
        postgres: Option<String>,
    },
}

#[derive(Debug, Args)]
struct Render {
    /// A folder with fonts.
    #[arg(long, value_name = "DIR", required = true)]
    fonts: Vec<PathBuf>,
}

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The configuration.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The log.
    #[error(transparent)]
    Log(#[from] LogError),
    /// Starting or serving.
    #[error(transparent)]
    Serve(#[from] ServeError),
    /// The demo.
    #[error(transparent)]
    Demo(#[from] DemoError),
    /// The account.
    #[error(transparent)]
    Account(#[from] FirstStartError),
    /// The rules.
    #[error(transparent)]
    Rules(#[from] RulesError),
    /// The keys.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// The database.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The backup.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// The renderer's fonts.
    #[error("papers cannot be rendered: {0}")]
    Pdf(#[from] pdf::PdfError),
    /// The renderer's pipes.
    #[error("the renderer ends: {0}")]
    Protocol(#[from] pdf::protocol::ProtocolError),
    /// Input or output.
    #[error("{0}")]
    Io(#[from] io::Error),
}

impl Cli {
    /// Does what was asked for.
    pub fn run(self) -> Result<ExitCode, Failure> {
        match self.command {
            Command::Serve(configured) => serve(&configured)?,
            Command::Demo(demo) => demo.run()?,
            Command::Verify(configured) => return verify(&configured),
            Command::Backup(backup) => return backup.run(),
            Command::Restore(restore) => return restore.run(),
            Command::Password { login, configured } => {
                let (_, db) = configured.open()?;
                let seeding = Seeding { db: &db, now: SystemClock.now(), chance: &SystemChance };
                say_once(&seeding.new_password(&login)?)?;
            }
            Command::Rules(Rules::Apply { file, configured }) => {
                let (config, db) = configured.open()?;
                let count = crate::rules::apply(&db, &file, SystemClock.now(), &SystemChance)?;
                writeln!(io::stdout(), "{count} rules are in force ({})", config.profile.file.display())?;
            }
            Command::Sample(sample) => sample.run()?,
            Command::Render(render) => {
                let engine = pdf::Engine::new(&render.fonts)?;
                pdf::protocol::serve(&engine, io::stdin().lock(), io::stdout().lock())?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Configured {
    fn load(&self) -> Result<Config, Failure> {
        let config = Config::load(&self.config)?;
        logging::start(&config.log)?;
        Ok(config)
    }

    fn open(&self) -> Result<(Config, store::Db), Failure> {
        let config = self.load()?;
        let db = serve::open_database(&config.database)?;
        Ok((config, db))
    }
}

fn serve(configured: &Configured) -> Result<(), Failure> {
    let config = configured.load()?;
    let program = Program::of_this(&config.pdf.fonts)?;
    let (house, administrator) = serve::open(&config, &SystemClock, &SystemChance)?;
    if let Some(once) = administrator {
        say_once(&once)?;
    }
    let service = Service {
        house,
        clock: Arc::new(SystemClock),
        by_hand: None,
        chance: Arc::new(SystemChance),
        renderer: Renderer::new(program, Limits::within(config.pdf.time_limit())),
        public: Origin::new(&config.origin.public),
        staff: Origin::new(&config.origin.staff),
        booking_at_once: config.rush.booking_at_once,
        framed_by: config.origin.framed_by.iter().map(|site| Origin::new(site)).collect(),
        mail: config.mail_server()?.map(Arc::new),
        forwarded_for: config.proxy.forwarded_for.clone(),
        networks: Some(config.networks.staff.clone()),
        outage: config.outage.clone(),
        demo: false,
    };
    serve::runtime()?.block_on(async {
        let listen = &config.listen;
        let listeners = Listeners::bind(listen.public, listen.staff, listen.operations).await?;
        service.run(listeners, || {}).await
    })?;
    Ok(())
}

/// Says a one-time password here and nowhere else: not in the log, which is kept.
fn say_once(once: &OneTime) -> Result<(), io::Error> {
    let mut out = io::stdout().lock();
    writeln!(out, "{} may sign in once with this password and must then choose another:", once.login)?;
    writeln!(out, "  login     {}\n  password  {}", once.login, once.password)?;
    out.flush()
}

/// Checks every invariant; a finding is a line on stdout, and the exit code says whether there was one.
fn verify(configured: &Configured) -> Result<ExitCode, Failure> {
    let (config, db) = configured.open()?;
    let keys = keys::read(&config.keys.file)?;
    let findings = db.read_now(move |reader| store::verify::verify(reader, &keys))?;
    report(&findings)
}

/// Names the findings on stdout.
fn report(findings: &[Finding]) -> Result<ExitCode, Failure> {
    let mut out = io::stdout().lock();
    for finding in findings {
        writeln!(out, "{:?}\t{}\t{}", finding.invariant, finding.subject, finding.what)?;
    }
    if findings.is_empty() {
        writeln!(out, "everything holds")?;
        Ok(ExitCode::SUCCESS)
    } else {
        writeln!(out, "{} findings", findings.len())?;
        Ok(ExitCode::FAILURE)
    }
}

impl Backup {
    /// Makes the backup. One with findings is kept, and the exit code says that there were some.
    fn run(self) -> Result<ExitCode, Failure> {
        let config = self.configured.load()?;
        let keys = keys::read(&config.keys.file)?;
        let place = serve::place(&config.database, self.programs.postgres_programs);
        let made = store::backup::make(&place, &keys, &self.to)?;
        writeln!(io::stdout(), "copied {} bytes to {}", made.bytes, self.to.display())?;
        match made.checked {
            Checked::Verified(findings) => report(&findings),
            Checked::Readable => {
                writeln!(io::stdout(), "the copy can be read to its end; a restore looks up what it holds")?;
                Ok(ExitCode::SUCCESS)
            }
        }
    }
}

impl Restore {
    /// Restores. Findings are named as by `verify`, and are a failure.
    fn run(self) -> Result<ExitCode, Failure> {
        let config = self.configured.load()?;
        let keys = keys::read(&config.keys.file)?;
        let place = serve::place(&config.database, self.programs.postgres_programs);
        if let Err(error) = store::backup::restore(&place, &keys, &self.from) {
            if !error.findings().is_empty() {
                report(error.findings())?;
            }
            return Err(error.into());
        }
        writeln!(io::stdout(), "restored {}", self.from.display())?;
        report(&[])
    }
}

impl Demo {
    fn run(self) -> Result<(), DemoError> {
        let order = Order {
            data: self.data,
            cards: if self.empty { 0 } else { self.cards },
            seed: self.seed,
            postgres: self.postgres,
            at: self.at,
            by_hand: self.clock == DemoClock::Manual,
        };
        demo::serve(&order, self.ports.0, self.announce)
    }
}

impl Sample {
    fn run(self) -> Result<(), Failure> {
        match self {
            Self::Consignment { cards, seed, made_on, mistakes, encoding, out } => {
                let file = sample::file(cards, seed, made_on, mistakes, encoding);
                match out {
                    Some(path) => fs::write(path, file)?,
                    None => io::stdout().write_all(&file)?,
                }
            }
            Self::City { cards, seed, data, at, postgres } => {
                let by_hand = false;
                let made = demo::prepare(&Order { data, cards, seed, postgres, at, by_hand })?;
                let mut out = io::stdout();
                let said = match made.took {
                    Some(took) => {
                        writeln!(out, "made a city of {cards} cards in {:.1} s", took.as_secs_f64())
                    }
                    None => writeln!(out, "there is a city already; nothing was changed but its passwords"),
                };
                said?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_fits_together() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_stories_words_are_understood() {
        let words = "madoguchi demo --data /x --empty --ports 0 --clock manual --announce json --postgres postgres://y";
        let Command::Demo(demo) = Cli::try_parse_from(words.split(' ')).unwrap().command else { panic!() };
        assert_eq!(demo.ports, Ports([0; 3]));
        assert!(demo.empty && demo.clock == DemoClock::Manual && demo.announce == Announce::Json);
    }

    #[test]
    fn a_backup_names_both_files() {
        let words = "madoguchi backup --config /c --to /b --postgres-programs /p";
        let Command::Backup(backup) = Cli::try_parse_from(words.split(' ')).unwrap().command else {
            panic!()
        };
        assert_eq!(backup.configured.config, PathBuf::from("/c"));
        assert_eq!(backup.to, PathBuf::from("/b"));
        assert_eq!(backup.programs.postgres_programs, Some(PathBuf::from("/p")));
        for missing in ["madoguchi backup --config /c", "madoguchi restore --from /b"] {
            assert!(Cli::try_parse_from(missing.split(' ')).is_err(), "{missing}");
        }
    }

    #[test]
    fn ports_are_three_or_zero() {
        assert_eq!("1,2,3".parse(), Ok(Ports([1, 2, 3])));
        for wrong in ["", "1", "1,2", "1,2,3,4", "1,2,99999"] {
            assert!(wrong.parse::<Ports>().is_err(), "{wrong}");
        }
    }
}
