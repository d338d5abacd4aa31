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
    time::Duration,
};

use pointsman_store::Store;
use tempfile::TempDir;

use crate::{
    caller::Caller,
    program::{pointsman, stdout_of},
};

/// Longest wait for a line of a server that starts: it may have tables to make, on a machine that does other things.
const STARTED_MAX: Duration = Duration::from_mins(3);

/// What the server prints when it listens.
const LISTENING: &str = "listening on ";

/// A running server with a database in a folder of its own. It is killed when this is dropped.
pub struct Server {
    folder: TempDir,
    /// Its database as it is told to it: a file in the folder, or a URL.
    db: String,
    program: Program,
    child: Child,
    base: String,
    admin: String,
    /// What `serve` is told besides its database and address.
    flags: &'static [&'static str],
    log: Log,
}

/// Buyers of stories are on this machine.
const ALLOW_LOOPBACK: &[&str] = &["--allow-loopback"];

/// Makes the command that starts the program.
pub type Program = fn() -> Command;

/// What the server wrote to stderr since the first start.
type Log = Arc<Mutex<Vec<String>>>;

impl Server {
    /// Starts a server with an empty database, in which there is a token for an administrator.
    pub fn start() -> Self {
        Self::start_on("pointsman.db", pointsman)
    }

    /// The same on another database than a file in its folder, or by another command.
    pub fn start_on(db: &str, program: Program) -> Self {
        Self::start_with(db, program, ALLOW_LOOPBACK)
    }

    /// One that connects to no address that is not public unless its settings say so, with an empty database.
    pub fn start_guarded(program: Program) -> Self {
        Self::start_with("pointsman.db", program, &[])
    }

    fn start_with(db: &str, program: Program, flags: &'static [&'static str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut create = pointsman();
        create
            .args(["token", "create", "--name", "acceptance", "--role", "admin"])
            .args(["--db", db])
            .current_dir(folder.path());
        let admin = stdout_of(&mut create).trim().to_owned();
        let log = Log::default();
        let (child, base) = spawn(&folder, (db, program), &log, flags);
        Self {
            folder,
            db: db.to_owned(),
            program,
            child,
            base,
            admin,
            flags,
            log,
        }
    }

    /// Another server on the same database, which it may reach by another address or be started by another command.
    #[must_use]
    pub fn beside_on(&self, db: &str, program: Program) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let log = Log::default();
        let (child, base) = spawn(&folder, (db, program), &log, self.flags);
        Self {
            folder,
            db: db.to_owned(),
            program,
            child,
            base,
            admin: self.admin.clone(),
            flags: self.flags,
            log,
        }
    }

    /// It starts by another command from now on.
    pub fn set_program(&mut self, program: Program) {
        self.program = program;
    }

    /// Its address, such as `http://127.0.0.1:40001`.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Somebody with every right.
    pub fn admin(&self) -> Caller {
        self.caller(&self.admin)
    }

    /// The administrator's token.
    pub fn admin_token(&self) -> &str {
        &self.admin
    }

    /// Somebody with a token.
    pub fn caller(&self, token: &str) -> Caller {
        Caller::new(&self.base, Some(token))
    }

    /// Somebody without a token.
    pub fn stranger(&self) -> Caller {
        Caller::new(&self.base, None)
    }

    /// The database file.
    pub fn database(&self) -> PathBuf {
        self.folder.path().join("pointsman.db")
    }

    /// The database to look into; the server may run meanwhile.
    pub async fn store(&self) -> Store {
        let url = format!("sqlite://{}", self.database().display());
        Store::open_read_only(&url, &pointsman_store::Options::default())
            .await
            .unwrap()
    }

    /// The number of its process.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// Kills it with SIGKILL: nothing is flushed, nobody is told.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts it again on the same database, at another port, after it was killed or stopped.
    pub fn start_again(&mut self) {
        self.start_again_with(&[]);
    }

    /// Starts it again with more arguments.
    pub fn start_again_with(&mut self, more: &[&str]) {
        let what = (&*self.db, self.program);
        let flags: Vec<&str> = self.flags.iter().chain(more).copied().collect();
        (self.child, self.base) = spawn(&self.folder, what, &self.log, &flags);
    }

    /// Starts it again, and kills it after some time, wherever it has come to by then.
    pub fn start_again_and_kill(&mut self, after: Duration) {
        self.child = begin(&self.folder, (&*self.db, self.program), self.flags);
        // Dropped when it is killed, which ends the reader.
        drop(follow(&mut self.child, Arc::clone(&self.log)));
        thread::sleep(after);
        self.kill();
    }

    /// The memory that it holds, in KiB; absent where the system does not tell.
    pub fn resident_kib(&self) -> Option<u64> {
        let path = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(path).ok()?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
        line.split_whitespace().nth(1)?.parse().ok()
    }

    /// Stops it politely, and fails if it did not end well or ever logged an error or a panic.
    pub fn stop(&mut self) {
        self.stop_after_trouble();
        let log = self.log();
        let bad: Vec<&str> = log.lines().filter(|line| is_bad(line)).collect();
        assert!(bad.is_empty(), "in the log:\n{}", bad.join("\n"));
    }

    /// Stops it politely after a story whose trouble it had to log.
    pub fn stop_after_trouble(&mut self) {
        let terminated = Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status();
        assert!(terminated.unwrap().success());
        let status = self.child.wait().unwrap();
        assert!(status.success(), "{status}\n{}", self.log());
    }

    /// Everything that it logged so far.
    pub fn log(&self) -> String {
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

/// Starts the program.
fn begin(folder: &TempDir, (db, program): (&str, Program), flags: &[&str]) -> Child {
    program()
        .args(["serve", "--db", db, "--listen", "127.0.0.1:0"])
        .args(flags)
        .current_dir(folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Starts the program and waits until it listens.
fn spawn(folder: &TempDir, what: (&str, Program), log: &Log, flags: &[&str]) -> (Child, String) {
    let mut child = begin(folder, what, flags);
    let lines = follow(&mut child, Arc::clone(log));
    loop {
        // The channel closes when the program ends.
        let Ok(line) = lines.recv_timeout(STARTED_MAX) else {
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
