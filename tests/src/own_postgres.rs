//! A PostgreSQL server that belongs to one test, which may stop it.

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use pointsman_testkit::Postgres;
use tempfile::TempDir;

/// Where Debian keeps `initdb` and `pg_ctl`, one folder for each release.
const DEBIAN: &str = "/usr/lib/postgresql";
const USER: &str = "pointsman";

/// A server with an empty cluster, on a port of its own. It is stopped when this is dropped.
pub struct OwnPostgres {
    folder: TempDir,
    programs: PathBuf,
    port: u16,
    /// Whether the programs refuse to run as whoever we are, as they do for root.
    is_root: bool,
}

impl OwnPostgres {
    /// Starts a server; `None` where PostgreSQL is not installed.
    ///
    /// # Panics
    ///
    /// If it is not installed where CI runs, since nothing may be left out there.
    pub fn start() -> Option<Self> {
        let Some(programs) = programs() else {
            assert!(
                std::env::var_os("CI").is_none(),
                "CI has to install PostgreSQL"
            );
            return None;
        };
        let own = Self {
            folder: tempfile::tempdir().unwrap(),
            programs,
            port: free_port(),
            is_root: said(Command::new("id").arg("-u")).trim() == "0",
        };
        if own.is_root {
            said(Command::new("chown").arg("postgres").arg(own.folder.path()));
        }
        let cluster = own.cluster();
        own.run(
            "initdb",
            &[
                "--username",
                USER,
                "--auth=trust",
                "--encoding=UTF8",
                "--no-sync",
                "--pgdata",
                &cluster,
            ],
        );
        own.go_on();
        Some(own)
    }

    /// How to reach it.
    pub fn server(&self) -> Postgres {
        Postgres::at(USER, &format!("127.0.0.1:{}", self.port))
    }

    /// Starts it again after [`OwnPostgres::stop`].
    pub fn go_on(&self) {
        let (cluster, log) = (self.cluster(), self.path("log"));
        // Commits reach the disk, since a stop may be a crash.
        let options = format!(
            "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=200",
            self.port
        );
        self.run(
            "pg_ctl",
            &[
                "start",
                "--wait",
                "--silent",
                "--pgdata",
                &cluster,
                "--log",
                &log,
                "--options",
                &options,
            ],
        );
    }

    /// Stops it.
    ///
    /// * `mode`: `fast` ends all sessions and closes well, `immediate` is a crash.
    pub fn stop(&self, mode: &str) {
        self.run(
            "pg_ctl",
            &[
                "stop",
                "--wait",
                "--silent",
                "--pgdata",
                &self.cluster(),
                "--mode",
                mode,
            ],
        );
    }

    fn cluster(&self) -> String {
        self.path("cluster")
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        said(&mut self.command(program, arguments));
    }

    fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let program = self.programs.join(program);
        let mut command = if self.is_root {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.args(arguments).current_dir(self.folder.path());
        command
    }
}

impl Drop for OwnPostgres {
    fn drop(&mut self) {
        let cluster = self.cluster();
        let arguments = ["stop", "--silent", "--mode=immediate", "--pgdata", &cluster];
        // It may be stopped already.
        let _ = self.command("pg_ctl", &arguments).output();
    }
}

/// The folder of `initdb` and `pg_ctl`.
fn programs() -> Option<PathBuf> {
    let in_path = std::env::var_os("PATH").unwrap_or_default();
    let in_path = std::env::split_paths(&in_path);
    let mut of_debian: Vec<PathBuf> = std::fs::read_dir(DEBIAN)
        .into_iter()
        .flatten()
        .filter_map(|release| Some(release.ok()?.path().join("bin")))
        .collect();
    of_debian.sort();
    in_path
        .chain(of_debian.into_iter().rev())
        .find(|folder| has_both(folder))
}

fn has_both(folder: &Path) -> bool {
    ["initdb", "pg_ctl"]
        .iter()
        .all(|name| folder.join(name).exists())
}

/// A port that was free a moment ago.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// What a command wrote.
fn said(command: &mut Command) -> String {
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().unwrap();
    assert!(
        status.success(),
        "{command:?}: {status}\n{}",
        String::from_utf8_lossy(&stderr)
    );
    String::from_utf8(stdout).unwrap()
}
