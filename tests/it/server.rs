//! A server of its own for each story, which can be killed and started again.

use std::{
    io::{BufRead as _, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{self, Receiver},
    },
    thread,
};

use pointsman_store::Store;
use tempfile::TempDir;

use crate::{
    caller::Caller,
    program::{pointsman, stdout_of},
    wait::TIMEOUT,
};

/// What the server prints when it listens.
const LISTENING: &str = "listening on ";

/// A running server with a database in a folder of its own. It is killed when this is dropped.
pub(crate) struct Server {
    folder: TempDir,
    /// Its database as it is told to it: a file in the folder, or a URL.
    db: String,
    program: Program,
    child: Child,
    base: String,
    admin: String,
    log: Log,
}

/// Makes the command that starts the program.
pub(crate) type Program = fn() -> Command;

/// What the server wrote to stderr since the first start.
type Log = Arc<Mutex<Vec<String>>>;

impl Server {
    /// Starts a server with an empty database, in which there is a token for an administrator.
    pub(crate) fn start() -> Self {
        Self::start_on("pointsman.db", pointsman)
    }

    /// The same on another database than a file in its folder, or by another command.
    pub(crate) fn start_on(db: &str, program: Program) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut create = pointsman();
        create
            .args(["token", "create", "--name", "acceptance", "--role", "admin"])
            .args(["--db", db])
            .current_dir(folder.path());
        let admin = stdout_of(&mut create).trim().to_owned();
        let log = Log::default();
        let (child, base) = spawn(&folder, (db, program), &log, &[]);
        Self {
            folder,
            db: db.to_owned(),
            program,
            child,
            base,
            admin,
            log,
        }
    }

    /// Another server on the same database, which it may reach by another address or be started by another command.
    pub(crate) fn beside_on(&self, db: &str, program: Program) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let log = Log::default();
        let (child, base) = spawn(&folder, (db, program), &log, &[]);
        Self {
            folder,
            db: db.to_owned(),
            program,
            child,
            base,
            admin: self.admin.clone(),
            log,
        }
    }

    /// It starts by another command from now on.
    pub(crate) fn set_program(&mut self, program: Program) {
        self.program = program;
    }

    /// Its address, such as `http://127.0.0.1:40001`.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// Somebody with every right.
    pub(crate) fn admin(&self) -> Caller {
        self.caller(&self.admin)
    }

    /// The administrator's token.
    pub(crate) fn admin_token(&self) -> &str {
        &self.admin
    }

    /// Somebody with a token.
    pub(crate) fn caller(&self, token: &str) -> Caller {
        Caller::new(&self.base, Some(token))
    }

    /// Somebody without a token.
    pub(crate) fn stranger(&self) -> Caller {
        Caller::new(&self.base, None)
    }

    /// The database file.
    pub(crate) fn database(&self) -> PathBuf {
        self.folder.path().join("pointsman.db")
    }

    /// The database to look into; the server may run meanwhile.
    pub(crate) async fn store(&self) -> Store {
        let url = format!("sqlite://{}", self.database().display());
        Store::open_read_only(&url, &pointsman_store::Options::default())
            .await
            .unwrap()
    }

    /// The number of its process.
    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }

    /// Kills it with SIGKILL: nothing is flushed, nobody is told.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts it again on the same database, at another port, after it was killed or stopped.
    pub(crate) fn start_again(&mut self) {
        self.start_again_with(&[]);
    }

    /// Starts it again with more arguments.
    pub(crate) fn start_again_with(&mut self, more: &[&str]) {
        let what = (&*self.db, self.program);
        (self.child, self.base) = spawn(&self.folder, what, &self.log, more);
    }

    /// Stops it politely, and fails if it did not end well or ever logged an error or a panic.
    pub(crate) fn stop(&mut self) {
        self.stop_after_trouble();
        let log = self.log();
        let bad: Vec<&str> = log.lines().filter(|line| is_bad(line)).collect();
        assert!(bad.is_empty(), "in the log:\n{}", bad.join("\n"));
    }

    /// Stops it politely after a story whose trouble it had to log.
    pub(crate) fn stop_after_trouble(&mut self) {
        let terminated = Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status();
        assert!(terminated.unwrap().success());
        let status = self.child.wait().unwrap();
        assert!(status.success(), "{status}\n{}", self.log());
    }

    /// Everything that it logged so far.
    pub(crate) fn log(&self) -> String {
        self.log
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .join("\n")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn is_bad(line: &str) -> bool {
    line.contains("panicked") || line.contains(" ERROR ") || line.contains("ERROR\u{1b}")
}

/// Starts the program and waits until it listens.
fn spawn(
    folder: &TempDir,
    (db, program): (&str, Program),
    log: &Log,
    more: &[&str],
) -> (Child, String) {
    let mut child = program()
        .args(["serve", "--db", db, "--listen", "127.0.0.1:0"])
        .arg("--allow-loopback")
        .args(more)
        .current_dir(folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = follow(&mut child, Arc::clone(log));
    loop {
        // The channel closes when the program ends.
        let Ok(line) = lines.recv_timeout(TIMEOUT) else {
            let _ = child.kill();
            let log = log.lock().unwrap_or_else(PoisonError::into_inner);
            panic!("the server does not start:\n{}", log.join("\n"));
        };
        if let Some((_, base)) = line.split_once(LISTENING) {
            return (child, base.trim().to_owned());
        }
    }
}

/// Reads what the program writes to stderr for as long as it runs, so that it never waits for a reader.
fn follow(child: &mut Child, log: Log) -> Receiver<String> {
    let stderr = BufReader::new(child.stderr.take().unwrap());
    let (sender, lines) = mpsc::channel();
    thread::spawn(move || {
        for line in stderr.lines().map_while(Result::ok) {
            log.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(line.clone());
            // The receiver is gone once the server listens.
            let _ = sender.send(line);
        }
    });
    lines
}
