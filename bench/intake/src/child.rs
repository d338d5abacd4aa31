//! The other processes: this program, executed again.

use std::process::Stdio;

use anyhow::{Context as _, Result, ensure};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    process::{Child, Command},
};

use crate::load::{Load, LoadSpec};

/// A buyer in a process of its own, which ends when this is dropped.
#[derive(Debug)]
pub(crate) struct BuyerProcess {
    /// Where it buys.
    pub(crate) url: String,
    _process: Child,
}

impl BuyerProcess {
    pub(crate) async fn start() -> Result<Self> {
        let mut process = again("buyer")?
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .context("starting the buyer")?;
        let stdout = process.stdout.take().context("the buyer has no output")?;
        let mut address = String::new();
        BufReader::new(stdout).read_line(&mut address).await?;
        ensure!(!address.is_empty(), "the buyer does not start");
        Ok(Self {
            url: format!("http://{}/leads", address.trim()),
            _process: process,
        })
    }
}

/// Sends leads from a process of its own.
pub(crate) async fn load(spec: &LoadSpec) -> Result<Load> {
    let mut process = again("load")?
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("starting the load generator")?;
    let mut stdin = process.stdin.take().context("the generator has no input")?;
    stdin.write_all(&serde_json::to_vec(spec)?).await?;
    drop(stdin);
    let output = process.wait_with_output().await?;
    ensure!(output.status.success(), "the load generator failed");
    Ok(serde_json::from_slice(&output.stdout)?)
}

fn again(role: &str) -> Result<Command> {
    let program = std::env::current_exe().context("this program does not know its own file")?;
    let mut command = Command::new(program);
    command.arg(role).kill_on_drop(true);
    Ok(command)
}
