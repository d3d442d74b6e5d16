//! A database for one test, gone with it.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use store::backup::{self, Server};
use store::{Db, Durability};

/// A database for one test.
pub struct TestDb {
    /// The database.
    pub db: Db,
    place: Place,
}

enum Place {
    Sqlite(tempfile::TempDir),
    Postgres { url: String, schema: String },
}

/// The variable that names a PostgreSQL server for tests.
pub const POSTGRES: &str = "MADOGUCHI_TEST_POSTGRES";

/// The URL of the PostgreSQL server for tests; its absence fails the test.
pub fn postgres_url() -> String {
    std::env::var(POSTGRES)
        .unwrap_or_else(|_| panic!("{POSTGRES} must name a PostgreSQL server; run cargo xtask test"))
}

impl TestDb {
    /// A new embedded database.
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a folder for the database");
        let db = Db::sqlite_with(&folder.path().join("madoguchi.db"), Durability::Full)
            .expect("an embedded database");
        Self { db, place: Place::Sqlite(folder) }
    }

    /// A new schema on the PostgreSQL server for tests.
    pub fn postgres() -> Self {
        let url = postgres_url();
        let unique = tempfile::Builder::new().prefix("t").rand_bytes(12).tempfile().expect("a unique name");
        let name = unique.path().file_name().expect("a name").to_string_lossy().to_lowercase();
        let schema: String = format!("s{}_{name}", std::process::id())
            .chars()
            .filter(|sign| sign.is_ascii_alphanumeric() || *sign == '_')
            .collect();
        execute(&url, &format!("CREATE SCHEMA {schema}"));
        let db = Db::postgres(&url, Some(&schema), None).expect("a database on PostgreSQL");
        Self { db, place: Place::Postgres { url, schema } }
    }

    /// A new schema on a server of the test's own.
    pub fn in_cluster(cluster: &crate::Cluster, schema: &str) -> Self {
        let url = cluster.url();
        execute(&url, &format!("CREATE SCHEMA {schema}"));
        let db = Db::postgres(&url, Some(schema), None).expect("a database on PostgreSQL");
        Self { db, place: Place::Postgres { url, schema: schema.to_owned() } }
    }

    /// Runs SQL behind the program's back: the way in which a test breaks what must hold.
    pub fn by_hand(&self, sql: &str) {
        match &self.place {
            Place::Sqlite(folder) => {
                store::by_hand::sqlite(&folder.path().join("madoguchi.db"), sql).expect("SQL by hand");
            }
            Place::Postgres { url, schema } => execute(url, &format!("SET search_path = {schema}; {sql}")),
        }
    }

    /// How many rows a table has, whatever the program says.
    pub fn rows_of(&self, table: &str) -> u64 {
        match &self.place {
            Place::Sqlite(folder) => {
                store::by_hand::sqlite_rows(&folder.path().join("madoguchi.db"), table).expect("a table")
            }
            Place::Postgres { url, schema } => {
                let sql = format!("SELECT COUNT(*) FROM {schema}.{table}");
                let count: i64 = connected(url, move |client| client.query_one(&sql, &[]))
                    .and_then(|row| row.try_get(0))
                    .expect("a table");
                count.cast_unsigned()
            }
        }
    }

    /// The file of an embedded database.
    pub fn file(&self) -> Option<PathBuf> {
        match &self.place {
            Place::Sqlite(folder) => Some(folder.path().join("madoguchi.db")),
            Place::Postgres { .. } => None,
        }
    }

    /// The URL and the schema of a database on PostgreSQL.
    pub fn server(&self) -> Option<(String, String)> {
        match &self.place {
            Place::Sqlite(_) => None,
            Place::Postgres { url, schema } => Some((url.clone(), schema.clone())),
        }
    }

    /// Where the database is, for its backup.
    pub fn place(&self) -> backup::Place {
        match &self.place {
            Place::Sqlite(folder) => backup::Place::Sqlite(folder.path().join("madoguchi.db")),
            Place::Postgres { url, schema } => backup::Place::Postgres(server(url, schema)),
        }
    }

    /// An empty place of the same engine.
    pub fn spare(&self) -> Spare {
        match &self.place {
            Place::Sqlite(_) => {
                let folder = tempfile::tempdir().expect("a folder for the copy");
                let place = backup::Place::Sqlite(folder.path().join("copy.db"));
                Spare { place, _folder: Some(folder), gone: None }
            }
            Place::Postgres { url, schema } => {
                let (server_url, _) = url.rsplit_once('/').expect("a URL with a database");
                let name = format!("copy_{schema}_{}", SPARES.fetch_add(1, Ordering::Relaxed));
                execute(
                    url,
                    &format!(
                        "CREATE DATABASE {name} TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C' ENCODING 'UTF8'"
                    ),
                );
                let place = backup::Place::Postgres(server(&format!("{server_url}/{name}"), schema));
                Spare { place, _folder: None, gone: Some((url.clone(), name)) }
            }
        }
    }

    /// A second handle with threads and connections of its own, as another node would have.
    pub fn another_node(&self) -> Db {
        match &self.place {
            Place::Sqlite(folder) => Db::sqlite(&folder.path().join("madoguchi.db")).expect("the same file"),
            Place::Postgres { url, schema } => {
                Db::postgres(url, Some(schema), None).expect("the same schema")
            }
        }
    }
}

/// A schema with the server's own programs.
fn server(url: &str, schema: &str) -> Server {
    let programs = std::env::var(crate::cluster::PROGRAMS)
        .unwrap_or_else(|_| panic!("{} must name a folder; run cargo xtask test", crate::cluster::PROGRAMS));
    Server {
        url: url.to_owned(),
        schema: Some(schema.to_owned()),
        certificates: None,
        programs: Some(programs.into()),
    }
}

/// Databases for copies that this process made; their names must differ.
static SPARES: AtomicU32 = AtomicU32::new(0);

/// An empty place for a copy: a file that is not there, or a database without the schema.
pub struct Spare {
    /// The place.
    pub place: backup::Place,
    _folder: Option<tempfile::TempDir>,
    gone: Option<(String, String)>,
}

impl Spare {
    /// Opens what was put there.
    pub fn open(&self) -> Db {
        match &self.place {
            backup::Place::Sqlite(file) => Db::sqlite(file),
            backup::Place::Postgres(server) => Db::postgres(&server.url, server.schema.as_deref(), None),
        }
        .expect("the copy opens")
    }

    /// Whether nothing was put there.
    pub fn is_empty(&self) -> bool {
        match &self.place {
            backup::Place::Sqlite(file) => {
                let folder = file.parent().expect("a folder");
                std::fs::read_dir(folder).expect("a folder").next().is_none()
            }
            backup::Place::Postgres(server) => {
                let sql = "SELECT COUNT(*) FROM information_schema.tables
                    WHERE table_schema NOT IN ('pg_catalog', 'information_schema')";
                let count: i64 = connected(&server.url, |client| client.query_one(sql, &[]))
                    .and_then(|row| row.try_get(0))
                    .expect("tables can be counted");
                count == 0
            }
        }
    }
}

impl Drop for Spare {
    fn drop(&mut self) {
        if let Some((url, name)) = self.gone.take() {
            // Best effort, as for the schemas.
            let dropping = std::thread::spawn(move || {
                if let Ok(mut client) = postgres::Client::connect(&url, postgres::NoTls) {
                    drop(client.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)")));
                }
            });
            drop(dropping.join());
        }
    }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        if let Place::Postgres { url, schema } = &self.place {
            let (url, sql) = (url.clone(), format!("DROP SCHEMA {schema} CASCADE"));
            // Best effort: the server itself is thrown away after the run.
            let dropping = std::thread::spawn(move || {
                if let Ok(mut client) = postgres::Client::connect(&url, postgres::NoTls) {
                    drop(client.batch_execute(&format!("SET lock_timeout = '2s'; {sql}")));
                }
            });
            drop(dropping.join());
        }
    }
}

/// The synchronous client must not run inside the asynchronous runtime, so each use has a thread of its own.
fn connected<T: Send + 'static>(
    url: &str,
    act: impl FnOnce(&mut postgres::Client) -> Result<T, postgres::Error> + Send + 'static,
) -> Result<T, postgres::Error> {
    let url = url.to_owned();
    std::thread::spawn(move || {
        let mut client =
            postgres::Client::connect(&url, postgres::NoTls).expect("the PostgreSQL server for tests");
        act(&mut client)
    })
    .join()
    .expect("SQL by hand")
}

fn execute(url: &str, sql: &str) {
    let sql = sql.to_owned();
    connected(url, move |client| client.batch_execute(&sql)).expect("SQL by hand");
}
