//! The configuration file: TOML that says what the deployment is, and nothing of the operation.
//!
//! Hours, capacity and deadlines are rules in the database. Unknown keys are errors. No error repeats the text of
//! the file, because the address of a database may hold a password.

use std::fs;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use domain::mail::Address;
use domain::service::SiteCode;
use serde::Deserialize;
use web::kit::security::Origin;

use crate::network::Network;
pub use crate::outage::Outage;
use crate::smtp::{Protection, Server};

/// The configuration. Relative paths in it count from the folder of the file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The site of this counter; not needed where the profile knows only one.
    #[serde(default)]
    pub site: Option<SiteCode>,
    /// Where the faces listen.
    pub listen: Listen,
    /// How browsers address them.
    pub origin: Origins,
    /// Where the records are.
    pub database: Database,
    /// The key file.
    pub keys: KeyFile,
    /// The city's profile, from which the database is seeded.
    pub profile: ProfileFile,
    /// Who may come to the staff's listener.
    pub networks: Networks,
    /// The renderer of papers.
    #[serde(default)]
    pub pdf: Pdf,
    /// A proxy in front of the public listener.
    #[serde(default)]
    pub proxy: Proxy,
    /// The server that takes our mail; without it no address is asked for.
    #[serde(default)]
    pub mail: Option<Mail>,
    /// What holds in a rush of citizens.
    #[serde(default)]
    pub rush: Rush,
    /// The folder with papers for an outage; without it none are put by.
    #[serde(default)]
    pub outage: Option<Outage>,
    /// The log.
    #[serde(default)]
    pub log: Log,
}

/// The addresses of the three listeners.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listen {
    /// For citizens.
    pub public: SocketAddr,
    /// For staff.
    pub staff: SocketAddr,
    /// For operations; a loopback address.
    pub operations: SocketAddr,
}

/// Scheme, host and port as browsers send them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Origins {
    /// Of the citizens' pages: it stands in letters and QR codes.
    pub public: String,
    /// Of the staff's pages.
    pub staff: String,
    /// The sites whose pages may show the free days in a frame: the city's own.
    #[serde(default)]
    pub framed_by: Vec<String>,
}

/// The database.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub enum Database {
    /// The embedded one.
    Sqlite {
        /// Its file, on a local disk.
        path: PathBuf,
    },
    /// PostgreSQL, with locale C.
    Postgres {
        /// `postgres://user@host/database`.
        url: String,
        /// The schema to work in; none: the user's own.
        #[serde(default)]
        schema: Option<String>,
        /// A PEM file with the certificates to trust; none: no TLS.
        #[serde(default)]
        certificates: Option<PathBuf>,
    },
}

/// The key file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyFile {
    /// Its path. It is made at the first start.
    pub file: PathBuf,
}

/// The profile.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProfileFile {
    /// Its path.
    pub file: PathBuf,
}

/// Networks.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Networks {
    /// From where staff come: the city's and the contractor's. All others are refused at the staff's listener.
    pub staff: Vec<Network>,
}

/// The renderer.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Pdf {
    /// Folders with fonts.
    pub fonts: Vec<PathBuf>,
    /// How long one paper may take, in seconds.
    pub time_limit_seconds: u64,
}

impl Default for Pdf {
    fn default() -> Self {
        Self {
            fonts: vec![PathBuf::from("/usr/share/fonts"), "/usr/local/share/fonts".into()],
            time_limit_seconds: 60,
        }
    }
}

impl Pdf {
    /// How long one paper may take.
    pub fn time_limit(&self) -> Duration {
        Duration::from_secs(self.time_limit_seconds)
    }
}

/// A proxy in front.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Proxy {
    /// The header in which it names the citizen's address, for the limits of attempts. Only where every request
    /// comes through the proxy.
    pub forwarded_for: Option<String>,
}

/// The server that takes our mail.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// Its name, as in its certificate.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub protection: Protection,
    /// A PEM file with the certificates to trust; needed with TLS.
    #[serde(default)]
    pub certificates: Option<PathBuf>,
    /// The address of the sender.
    pub from: String,
    /// The name beside it, as citizens read it.
    pub name: String,
    /// The account at the server, where it wants one.
    #[serde(default)]
    pub user: Option<String>,
    /// The file with its password, on one line.
    #[serde(default)]
    pub password_file: Option<PathBuf>,
}

impl Mail {
    fn check(&self) -> Result<(), (&'static str, String)> {
        if Address::read(&self.from).is_err() {
            return Err(("mail.from", "is no mail address, such as yoyaku@city.example.jp".to_owned()));
        }
        let is_here = self.host == "localhost" || self.host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback());
        match (self.protection, &self.certificates) {
            (Protection::None, _) if !is_here => {
                let what = "is none, but the server is another machine; mails would be read on the way: say tls or starttls";
                Err(("mail.protection", what.to_owned()))
            }
            (Protection::Tls | Protection::Starttls, None) => {
                let what = "is missing; name the PEM file that the server's certificate is checked with";
                Err(("mail.certificates", what.to_owned()))
            }
            _ if self.user.is_some() != self.password_file.is_some() => {
                Err(("mail.user", "needs mail.password_file, and the other way round".to_owned()))
            }
            _ => Ok(()),
        }
    }
}

/// A rush of citizens.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rush {
    /// How many people may choose a day and a time at once on this node. Who comes then waits for their turn.
    pub booking_at_once: usize,
}

impl Default for Rush {
    fn default() -> Self {
        Self { booking_at_once: 300 }
    }
}

/// The log, on stderr. It never holds a body or an address that was asked for.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// How it is written.
    pub format: LogFormat,
    /// What is logged, as `tracing` filters: `info`, `info,store=debug`.
    pub filter: String,
}

impl Default for Log {
    fn default() -> Self {
        Self { format: LogFormat::Json, filter: "info".to_owned() }
    }
}

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// Lines for people.
    Text,
}

/// The configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("the configuration {path} cannot be read ({why}); name another with --config")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        why: std::io::Error,
    },
    /// The file is not what it should be.
    #[error("the configuration {path}{}: {what}", line.map(|line| format!(", line {line}")).unwrap_or_default())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// The line, where it is known.
        line: Option<usize>,
        /// What is wrong, with the key.
        what: String,
    },
    /// A value is of the right kind, but cannot be.
    #[error("the configuration {path}: {key} {what}")]
    Value {
        /// The file.
        path: PathBuf,
        /// The key.
        key: &'static str,
        /// What is wrong and what to do.
        what: String,
    },
}

impl Config {
    /// Reads and checks the file.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let text =
            fs::read_to_string(path).map_err(|why| ConfigError::Unreadable { path: path.to_owned(), why })?;
        let mut config: Self = toml::from_str(&text).map_err(|error| malformed(path, &text, error))?;
        config.check().map_err(|(key, what)| ConfigError::Value { path: path.to_owned(), key, what })?;
        // An absolute path stays what it is when it is joined.
        let folder = path.parent().unwrap_or(Path::new(""));
        config.keys.file = folder.join(&config.keys.file);
        config.profile.file = folder.join(&config.profile.file);
        match &mut config.database {
            Database::Sqlite { path } => *path = folder.join(&*path),
            Database::Postgres { certificates: Some(file), .. } => *file = folder.join(&*file),
            Database::Postgres { certificates: None, .. } => {}
        }
        if let Some(outage) = &mut config.outage {
            outage.folder = folder.join(&outage.folder);
        }
        if let Some(mail) = &mut config.mail {
            for file in [&mut mail.certificates, &mut mail.password_file].into_iter().flatten() {
                *file = folder.join(&*file);
            }
        }
        Ok(config)
    }

    /// The server that takes our mail, with the files that its part names.
    pub fn mail_server(&self) -> Result<Option<Server>, ConfigError> {
        let Some(mail) = &self.mail else { return Ok(None) };
        let read = |file: &PathBuf| {
            fs::read(file).map_err(|why| ConfigError::Unreadable { path: file.clone(), why })
        };
        let certificates = mail.certificates.as_ref().map(read).transpose()?.unwrap_or_default();
        let password = mail.password_file.as_ref().map(read).transpose()?;
        let password = password.map(|bytes| String::from_utf8_lossy(&bytes).trim_end().to_owned());
        Ok(Some(Server {
            host: mail.host.clone(),
            port: mail.port,
            protection: mail.protection,
            certificates,
            credentials: mail.user.clone().zip(password),
            from: mail.from.clone(),
            name: mail.name.clone(),
            host_name: Origin::new(&self.origin.public)
                .host()
                .split(':')
                .next()
                .unwrap_or_default()
                .to_owned(),
        }))
    }

    fn check(&self) -> Result<(), (&'static str, String)> {
        if !self.listen.operations.ip().is_loopback() {
            let what = "must be a loopback address such as 127.0.0.1:8102: it has no sign-in".to_owned();
            return Err(("listen.operations", what));
        }
        let listens = [self.listen.public, self.listen.staff, self.listen.operations];
        let same = |a: SocketAddr, b: SocketAddr| a == b && a.port() != 0;
        if same(listens[0], listens[1]) || same(listens[0], listens[2]) || same(listens[1], listens[2]) {
            return Err((
                "listen",
                "gives two listeners one address; each face needs a port of its own".to_owned(),
            ));
        }
        origin(&self.origin.public).map_err(|what| ("origin.public", what))?;
        origin(&self.origin.staff).map_err(|what| ("origin.staff", what))?;
        if self.origin.public.eq_ignore_ascii_case(&self.origin.staff) {
            let what =
                "is the same as origin.public; the staff's pages need an address of their own".to_owned();
            return Err(("origin.staff", what));
        }
        for site in &self.origin.framed_by {
            origin(site).map_err(|what| ("origin.framed_by", what))?;
        }
        if self.networks.staff.is_empty() {
            let what =
                "is empty, so nobody could sign in; name the city's and the contractor's networks".to_owned();
            return Err(("networks.staff", what));
        }
        if self.pdf.fonts.is_empty() {
            return Err(("pdf.fonts", "is empty; name the folders with the fonts".to_owned()));
        }
        if self.pdf.time_limit_seconds == 0 {
            return Err(("pdf.time_limit_seconds", "is 0; no paper could be printed".to_owned()));
        }
        if self.rush.booking_at_once == 0 {
            return Err(("rush.booking_at_once", "is 0; nobody could book".to_owned()));
        }
        if let Some(outage) = &self.outage
            && !(1..=Outage::LONGEST).contains(&outage.every_minutes)
        {
            let what =
                format!("is not from 1 to {}; the papers would be too old at an opening", Outage::LONGEST);
            return Err(("outage.every_minutes", what));
        }
        if let Some(mail) = &self.mail {
            mail.check()?;
        }
        if let Some(header) = &self.proxy.forwarded_for
            && axum::http::HeaderName::try_from(header.as_str()).is_err()
        {
            return Err((
                "proxy.forwarded_for",
                "is no name of a header, such as x-forwarded-for".to_owned(),
            ));
        }
        Ok(())
    }
}

/// Scheme, host and port, nothing behind them.
fn origin(text: &str) -> Result<(), String> {
    let host = text.strip_prefix("https://").or_else(|| {
        // Browsers take these for safe without TLS; everything else would lose its cookies.
        text.strip_prefix("http://").filter(|host| host.split(':').next() == Some("localhost"))
    });
    let plain = |host: &str| !host.is_empty() && !host.contains(['/', '?', '#', '@', ' ']);
    if host.is_some_and(plain) {
        Ok(())
    } else {
        Err("must be https:// with a host, and a port where it is not 443, and nothing behind it".to_owned())
    }
}

/// The error without the line of the file that toml would show.
fn malformed(path: &Path, text: &str, mut error: toml::de::Error) -> ConfigError {
    let line = error.span().map(|span| text[..span.start.min(text.len())].matches('\n').count() + 1);
    error.set_input(None);
    ConfigError::Malformed { path: path.to_owned(), line, what: error.to_string().trim().replace('\n', " ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: &str = include_str!("../../../docs/madoguchi.example.toml");

    fn load(text: &str) -> Result<Config, ConfigError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("madoguchi.toml");
        fs::write(&path, text).unwrap();
        Config::load(&path)
    }

    #[test]
    fn the_example_is_a_configuration() {
        let config = load(EXAMPLE).unwrap();
        assert!(matches!(config.database, Database::Sqlite { .. }));
        assert_eq!(config.networks.staff.len(), 2);
        // What stands in the example behind a comment is a configuration too.
        let other = EXAMPLE
            .replace("kind = \"sqlite\"\npath", "# kind = \"sqlite\"\n# path")
            .replace("# kind = \"postgres\"", "kind = \"postgres\"")
            .replace("# url", "url")
            .replace("# schema", "schema")
            .replace("# certificates", "certificates")
            .replace("# forwarded_for", "forwarded_for")
            .replace("# [mail]", "[mail]")
            .replace("# host", "host")
            .replace("# port", "port")
            .replace("# protection", "protection")
            .replace("# from", "from")
            .replace("# name", "name")
            .replace("# user", "user")
            .replace("# password_file", "password_file")
            .replace("# [outage]", "[outage]")
            .replace("# folder =", "folder =")
            .replace("# every_minutes", "every_minutes");
        let config = load(&other).unwrap();
        assert!(matches!(config.database, Database::Postgres { schema: Some(_), certificates: Some(_), .. }));
        assert_eq!(config.proxy.forwarded_for.as_deref(), Some("x-forwarded-for"));
        assert_eq!(config.mail.unwrap().protection, Protection::Starttls);
        assert_eq!(config.outage.unwrap().every_minutes, 5);
        let old = load(&other.replace("every_minutes = 5", "every_minutes = 16")).unwrap_err();
        assert!(old.to_string().contains("outage.every_minutes is not from 1 to 15"), "{old}");
    }

    #[test]
    fn paths_count_from_the_folder_of_the_file() {
        let config = load(&EXAMPLE.replace("/etc/madoguchi/keys.toml", "keys.toml")).unwrap();
        assert!(config.keys.file.is_absolute());
        assert!(config.keys.file.ends_with("keys.toml"));
    }

    #[test]
    fn what_is_wrong_is_named_with_its_key() {
        for (from, to, named) in [
            ("[listen]", "[listen]\nhours = 9", "unknown field `hours`"),
            (
                "operations = \"127.0.0.1:8102\"",
                "operations = \"0.0.0.0:8102\"",
                "listen.operations must be a loopback",
            ),
            ("public = \"0.0.0.0:8100\"", "public = \"0.0.0.0\"", "listen.public"),
            ("staff = \"0.0.0.0:8101\"", "staff = \"0.0.0.0:8100\"", "a port of its own"),
            (
                "https://yoyaku.city.example.jp\"",
                "http://yoyaku.city.example.jp\"",
                "origin.public must be https",
            ),
            (
                "https://yoyaku.city.example.jp\"",
                "https://yoyaku.city.example.jp/\"",
                "origin.public must be https",
            ),
            ("city.example.jp\"]", "city.example.jp/top\"]", "origin.framed_by must be https"),
            ("[\"10.0.0.0/8\", \"192.0.2.0/24\"]", "[]", "networks.staff is empty"),
            ("[\"10.0.0.0/8\", \"192.0.2.0/24\"]", "[\"10.0.0.0/99\"]", "10.0.0.0/99"),
            ("booking_at_once = 300", "booking_at_once = 0", "rush.booking_at_once is 0"),
            ("format = \"json\"", "format = \"xml\"", "xml"),
        ] {
            let text = EXAMPLE.replacen(from, to, 1);
            assert_ne!(text, EXAMPLE, "{from}");
            let error = load(&text).unwrap_err().to_string();
            assert!(error.contains(named), "{error}");
        }
    }

    #[test]
    fn g4_an_error_does_not_show_the_password_of_a_database() {
        let text = EXAMPLE.replace(
            "kind = \"sqlite\"\npath = \"/var/lib/madoguchi/madoguchi.sqlite\"",
            "kind = \"postgres\"\nurl = \"postgres://madoguchi:himitsu@db/madoguchi\" 7",
        );
        let error = load(&text).unwrap_err().to_string();
        assert!(!error.contains("himitsu"), "{error}");
        assert!(error.contains("line "), "{error}");
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let error = Config::load(Path::new("/nowhere/madoguchi.toml")).unwrap_err().to_string();
        assert!(error.contains("/nowhere/madoguchi.toml"), "{error}");
    }
}
