//! Starts the service in a process of its own, and looks at it from outside.

use std::{
    net::{SocketAddr, TcpListener},
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail, ensure};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    process::{Child, Command},
};

use crate::url::Url;

/// Between two looks whether it is ready, at least and at most.
const LOOK: Duration = Duration::from_millis(5);
const LOOK_SELDOM: Duration = Duration::from_millis(500);
/// How long one look may take.
const LOOK_MAX: Duration = Duration::from_secs(5);
/// How long it may take to be ready: a first start folds all of history.
const READY_MAX: Duration = Duration::from_hours(3);
/// From there to the look at its memory.
const REST: Duration = Duration::from_secs(5);
const STOP_MAX: Duration = Duration::from_mins(2);

/// What a start came to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Start {
    /// From the start of the process to the first 200 of `/readyz`.
    pub(crate) ready: Duration,
    /// Resident memory at rest, in MiB.
    pub(crate) at_rest: f64,
    /// The most that it ever held.
    pub(crate) most: f64,
}

/// Starts the service, waits until it is ready and at rest, and stops it.
///
/// * `log`: what it logs.
pub(crate) async fn measure(binary: Option<&Path>, url: &Url, log: &str) -> Result<Start> {
    let listen = free_address()?;
    let program = match binary {
        Some(binary) => binary.to_owned(),
        None => std::env::current_exe().context("the path of this program")?,
    };
    let mut command = command(&program, binary.is_none(), url, listen, log);
    let started = Instant::now();
    let mut child = command
        .spawn()
        .with_context(|| format!("cannot start {}", program.display()))?;
    while !is_ready(listen).await {
        if let Some(ended) = child.try_wait()? {
            bail!("the service has ended: {ended}");
        }
        ensure!(started.elapsed() < READY_MAX, "the service is not ready");
        // What takes long need not be looked at often.
        tokio::time::sleep((started.elapsed() / 200).clamp(LOOK, LOOK_SELDOM)).await;
    }
    let ready = started.elapsed();
    tokio::time::sleep(REST).await;
    let pid = child.id().context("the service has ended")?;
    let start = Start {
        ready,
        at_rest: memory(pid, "VmRSS:")?,
        most: memory(pid, "VmHWM:")?,
    };
    stop(child, pid).await?;
    Ok(start)
}

fn command(program: &Path, is_own: bool, url: &Url, listen: SocketAddr, log: &str) -> Command {
    let listen = listen.to_string();
    let mut command = Command::new(program);
    command.args(["serve", "--db", url.as_str(), "--listen", &listen]);
    command.arg("--allow-loopback").kill_on_drop(true);
    if is_own {
        command.args(["--log", log]);
    } else {
        command.env("POINTSMAN_LOG_FILTER", log);
    }
    command
}

fn free_address() -> Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    Ok(listener.local_addr()?)
}

async fn is_ready(listen: SocketAddr) -> bool {
    let looked = tokio::time::timeout(LOOK_MAX, ask(listen)).await;
    matches!(looked, Ok(Ok(true)))
}

async fn ask(listen: SocketAddr) -> std::io::Result<bool> {
    let mut stream = TcpStream::connect(listen).await?;
    stream
        .write_all(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        .await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer.starts_with("HTTP/1.1 200"))
}

/// What the system says of a process's memory, in MiB.
fn memory(pid: u32, field: &str) -> Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix(field));
    let kib = line.and_then(|line| line.split_whitespace().next());
    let kib: f64 = kib.context("the memory of the service")?.parse()?;
    Ok(kib / 1024.0)
}

async fn stop(mut child: Child, pid: u32) -> Result<()> {
    let kill = Command::new("kill")
        .args(["-TERM", &pid.to_string()])
        .status();
    ensure!(kill.await?.success(), "the service cannot be stopped");
    let ended = tokio::time::timeout(STOP_MAX, child.wait()).await;
    let ended = ended.context("the service does not stop")??;
    ensure!(ended.success(), "the service has ended badly: {ended}");
    Ok(())
}
