//! The parent's side of rendering: one warm child process of this program, one paper at a time.
//!
//! Typst never runs in the server: a paper that takes too long, a template that panics and memory that grows all end
//! with the child, and the next paper gets a new one. The child's own side is [`pdf::protocol::serve`].

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use documents::Document;
use pdf::protocol::{self, Answer};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::Mutex;
use web::{PrintError, Printer, Printing};

/// How the child is started.
#[derive(Debug, Clone)]
pub struct Program {
    /// The program.
    pub path: PathBuf,
    /// Its words.
    pub words: Vec<OsString>,
}

impl Program {
    /// `render` of a program, with folders of fonts.
    pub fn render(path: PathBuf, fonts: &[PathBuf]) -> Self {
        let mut words = vec![OsString::from("render")];
        for folder in fonts {
            words.push("--fonts".into());
            words.push(folder.into());
        }
        Self { path, words }
    }

    /// `render` of this very program.
    pub fn of_this(fonts: &[PathBuf]) -> io::Result<Self> {
        Ok(Self::render(std::env::current_exe()?, fonts))
    }
}

/// When a child is replaced.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How long one paper may take; then the child is killed.
    pub time: Duration,
    /// After how many papers it is replaced.
    pub jobs: u32,
    /// Above which resident memory it is replaced, in KiB.
    pub memory_kib: u64,
}

impl Limits {
    /// The usual limits, with a time limit of choice.
    pub fn within(time: Duration) -> Self {
        Self { time, jobs: 200, memory_kib: 400 << 10 }
    }
}

/// The renderer. Clones share the child.
#[derive(Debug, Clone)]
pub struct Renderer {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    program: Program,
    limits: Limits,
    /// Empty while a paper is being made, so that a child whose paper nobody waits for any more is not used again.
    child: Mutex<Option<Worker>>,
}

/// Why a paper was not made.
#[derive(Debug, thiserror::Error)]
enum RenderError {
    #[error("the renderer cannot be started: {0}")]
    Start(io::Error),
    #[error("the renderer ended or does not answer as it should: {0}")]
    Protocol(#[from] protocol::ProtocolError),
    #[error("the renderer took longer than {0:?} and was ended")]
    TooLong(Duration),
    #[error("{0}")]
    Document(String),
}

impl Renderer {
    /// A renderer that starts its child with the first paper, or with [`Renderer::warm`].
    pub fn new(program: Program, limits: Limits) -> Self {
        Self { inner: Arc::new(Inner { program, limits, child: Mutex::new(None) }) }
    }

    /// Starts the child before the first paper needs it: loading the fonts takes most of a second.
    pub async fn warm(&self) {
        let mut child = self.inner.child.lock().await;
        if child.is_none() {
            match self.inner.start() {
                Ok(worker) => *child = Some(worker),
                Err(error) => tracing::error!(%error, "papers cannot be printed"),
            }
        }
    }

    /// The child's process id, while it rests.
    pub async fn resting_child(&self) -> Option<u32> {
        self.inner.child.lock().await.as_ref().and_then(|worker| worker.child.id())
    }
}

impl Printer for Renderer {
    fn print(&self, document: Document) -> Printing {
        let inner = self.inner.clone();
        Box::pin(async move {
            let began = Instant::now();
            let result = inner.render(&document).await;
            metrics::histogram!("renderer_seconds").record(began.elapsed().as_secs_f64());
            result.map_err(|error| {
                metrics::counter!("renderer_failures").increment(1);
                PrintError(error.to_string())
            })
        })
    }
}

impl Inner {
    fn start(&self) -> Result<Worker, RenderError> {
        let mut child = Command::new(&self.program.path)
            .args(&self.program.words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(RenderError::Start)?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        // Both were asked for above.
        let (input, output) = pipes.ok_or_else(|| RenderError::Start(io::ErrorKind::BrokenPipe.into()))?;
        metrics::counter!("renderer_starts").increment(1);
        Ok(Worker { child, input, output, jobs: 0 })
    }

    async fn render(&self, document: &Document) -> Result<Vec<u8>, RenderError> {
        let request = protocol::frame(document)?;
        // The lock is fair, so papers are made in the order in which they were asked for.
        let mut resting = self.child.lock().await;
        if let Some(worker) = resting.take() {
            match self.attempt(worker, &request, &mut resting).await {
                // A child that ended while it rested is no fault of this paper.
                Err(RenderError::Protocol(protocol::ProtocolError::Pipe(error))) => {
                    tracing::warn!(%error, "the renderer had ended; a new one is started");
                }
                result => return result,
            }
        }
        let worker = self.start()?;
        self.attempt(worker, &request, &mut resting).await
    }

    async fn attempt(
        &self,
        mut worker: Worker,
        request: &[u8],
        resting: &mut Option<Worker>,
    ) -> Result<Vec<u8>, RenderError> {
        let asked = tokio::time::timeout(self.limits.time, worker.ask(request)).await;
        let answer = match asked {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => {
                worker.end().await;
                return Err(error.into());
            }
            Err(_) => {
                worker.end().await;
                return Err(RenderError::TooLong(self.limits.time));
            }
        };
        worker.jobs += 1;
        let memory = worker.memory_kib();
        // A gauge need not be exact.
        metrics::gauge!("renderer_memory_bytes")
            .set(f64::from(u32::try_from(memory).unwrap_or(u32::MAX)) * 1024.0);
        if worker.jobs >= self.limits.jobs || memory > self.limits.memory_kib {
            tracing::info!(jobs = worker.jobs, memory_kib = memory, "the renderer is replaced");
            worker.end().await;
            *resting =
                self.start().inspect_err(|error| tracing::error!(%error, "papers cannot be printed")).ok();
        } else {
            *resting = Some(worker);
        }
        answer.map_err(RenderError::Document)
    }
}

/// A child with its pipes.
#[derive(Debug)]
struct Worker {
    child: Child,
    input: ChildStdin,
    output: ChildStdout,
    jobs: u32,
}

impl Worker {
    /// Asks for a paper. `Ok(Err(reason))` is a document that cannot be rendered by a child that is well.
    async fn ask(&mut self, request: &[u8]) -> Result<Result<Vec<u8>, String>, protocol::ProtocolError> {
        self.input.write_all(request).await?;
        self.input.flush().await?;
        let mut prefix = [0; 4];
        self.output.read_exact(&mut prefix).await?;
        let mut header = vec![0; protocol::frame_length(prefix)?];
        self.output.read_exact(&mut header).await?;
        match serde_json::from_slice(&header)? {
            Answer::Pdf { bytes, warnings, .. } => {
                if bytes > protocol::LONGEST_PDF {
                    return Err(protocol::ProtocolError::TooLong);
                }
                for warning in &warnings {
                    tracing::warn!(%warning, "a paper was printed with a warning");
                }
                let length = usize::try_from(bytes).map_err(|_| protocol::ProtocolError::TooLong)?;
                let mut pdf = vec![0; length];
                self.output.read_exact(&mut pdf).await?;
                Ok(Ok(pdf))
            }
            Answer::Failed { reason } => Ok(Err(reason)),
            Answer::Panicked => Err(protocol::ProtocolError::Panicked),
        }
    }

    /// Resident memory; 0 where the system does not tell.
    fn memory_kib(&self) -> u64 {
        let status =
            self.child.id().and_then(|pid| std::fs::read_to_string(format!("/proc/{pid}/status")).ok());
        let line =
            status.as_deref().and_then(|status| status.lines().find_map(|line| line.strip_prefix("VmRSS:")));
        line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0)
    }

    async fn end(mut self) {
        if let Err(error) = self.child.kill().await {
            tracing::warn!(%error, "the renderer could not be ended");
        }
    }
}
