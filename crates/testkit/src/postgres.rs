//! A PostgreSQL server that tests may make databases on, named by `POINTSMAN_TEST_POSTGRES`.

use std::{
    io,
    sync::atomic::{AtomicU32, Ordering},
    time::{SystemTime, UNIX_EPOCH},
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// The server, by its address: `postgres://user@host:port/name`.
#[derive(Debug, Clone)]
pub struct Postgres {
    user: String,
    host: String,
    name: String,
}

impl Postgres {
    /// The server that was named.
    ///
    /// # Panics
    ///
    /// If none was named where CI runs, since nothing may be left out there; or if the name is none.
    pub fn named() -> Option<Self> {
        let Ok(url) = std::env::var("POINTSMAN_TEST_POSTGRES") else {
            assert!(
                std::env::var_os("CI").is_none(),
                "CI has to name a server in POINTSMAN_TEST_POSTGRES"
            );
            return None;
        };
        let parts = url.split_once("://").and_then(|(_, rest)| {
            let (user, rest) = rest.split_once('@')?;
            let (host, name) = rest.split_once('/')?;
            let name = name.split('?').next().unwrap_or_default();
            Some([user.to_owned(), host.to_owned(), name.to_owned()])
        });
        let Some([user, host, name]) = parts else {
            panic!("write POINTSMAN_TEST_POSTGRES as postgres://user@host:port/name");
        };
        Some(Self { user, host, name })
    }

    /// A server that asks for no password.
    ///
    /// * `user`: who may make databases there.
    /// * `host`: host and port.
    pub fn at(user: &str, host: &str) -> Self {
        Self {
            user: user.to_owned(),
            host: host.to_owned(),
            name: "postgres".to_owned(),
        }
    }

    /// Host and port.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Makes a database of a new name, and gives the name.
    ///
    /// # Errors
    ///
    /// Whatever the server or the network says.
    pub async fn create(&self) -> io::Result<String> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let started = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_err(io::Error::other)?;
        let (micros, id) = (started.as_micros(), std::process::id());
        let name = format!("pointsman_test_{micros}_{id}_{count}");
        self.execute(&self.name, &format!("CREATE DATABASE {name}"))
            .await?;
        Ok(name)
    }

    /// Removes a database that [`Postgres::create`] made, even if it is still in use.
    ///
    /// # Errors
    ///
    /// Whatever the server or the network says.
    pub async fn remove(&self, name: &str) -> io::Result<()> {
        self.execute(&self.name, &format!("DROP DATABASE {name} WITH (FORCE)"))
            .await
    }

    /// The address of a database, at this server or at a proxy before it.
    pub fn url(&self, host: &str, name: &str) -> String {
        format!("postgres://{}@{host}/{name}", self.user)
    }

    /// Runs a statement in a session of its own.
    ///
    /// # Errors
    ///
    /// Whatever the server or the network says. The server must ask for no password.
    ///
    /// # Source
    ///
    /// PostgreSQL documentation, *Frontend/Backend Protocol*, version 3.0.
    pub async fn execute(&self, name: &str, sql: &str) -> io::Result<()> {
        let mut stream = TcpStream::connect(&self.host).await?;
        let start = format!("user\0{}\0database\0{name}\0\0", self.user);
        let mut message = len_of(&start, 8).to_vec();
        message.extend([0, 3, 0, 0]);
        message.extend(start.as_bytes());
        stream.write_all(&message).await?;
        until_ready(&mut stream).await?;
        let query = format!("{sql}\0");
        let mut message = vec![b'Q'];
        message.extend(len_of(&query, 4));
        message.extend(query.as_bytes());
        stream.write_all(&message).await?;
        until_ready(&mut stream).await
    }
}

fn len_of(text: &str, more: usize) -> [u8; 4] {
    u32::try_from(text.len() + more)
        .unwrap_or(u32::MAX)
        .to_be_bytes()
}

/// Reads messages until the server waits for the next one.
async fn until_ready(stream: &mut TcpStream) -> io::Result<()> {
    let mut failed = None;
    loop {
        let kind = stream.read_u8().await?;
        let len = stream.read_u32().await?.saturating_sub(4);
        let mut body = vec![0; usize::try_from(len).unwrap_or(usize::MAX)];
        stream.read_exact(&mut body).await?;
        match kind {
            b'E' => failed = Some(String::from_utf8_lossy(&body).replace('\0', " ")),
            b'R' if body.get(..4) != Some(&[0; 4]) => {
                return Err(io::Error::other("the server asks for a password"));
            }
            b'Z' => return failed.map_or(Ok(()), |said| Err(io::Error::other(said))),
            _ => {}
        }
        // After an error at the start there is no more to come.
        if let Some(said) = failed.as_ref().filter(|said| said.contains("FATAL")) {
            return Err(io::Error::other(said.clone()));
        }
    }
}
