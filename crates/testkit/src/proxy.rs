//! A proxy before PostgreSQL that loses what a network may lose: answers, connections, and time.

use std::{
    collections::VecDeque,
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::watch,
    task::JoinHandle,
};

/// What happens to a `COMMIT` on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The server commits. Its answer is lost, and the connection is cut.
    AnswerLost,
    /// The server gets it. Its answer is discarded: the client is cut off at once, and the server
    /// learns of that only when it has answered.
    CutAtOnce,
    /// The server commits. Its answer is lost, and the connection stays open without another word.
    Silence,
    /// The server never gets it, and the connection is cut.
    CutBefore,
    /// The server never gets the first statement after a `BEGIN`, and the connection is cut.
    CutInside,
}

/// A proxy on a port of its own. Connections end when it is dropped.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    road: Arc<Road>,
    acceptor: JoinHandle<()>,
}

#[derive(Debug)]
struct Road {
    server: String,
    /// What is to happen to the next commits, first come, first served.
    troubles: Mutex<VecDeque<Trouble>>,
    n_met: watch::Sender<usize>,
    /// How long each answer takes more than it would.
    delay: Mutex<Duration>,
    /// Raised to cut every connection of before.
    n_cuts: watch::Sender<usize>,
    closed: watch::Sender<bool>,
}

impl Proxy {
    /// Opens a proxy before a server.
    ///
    /// * `server`: host and port.
    ///
    /// # Errors
    ///
    /// Whatever keeps it from listening.
    pub async fn before(server: &str) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let road = Arc::new(Road {
            server: server.to_owned(),
            troubles: Mutex::default(),
            n_met: watch::Sender::new(0),
            delay: Mutex::default(),
            n_cuts: watch::Sender::new(0),
            closed: watch::Sender::new(false),
        });
        let acceptor = tokio::spawn(accept(listener, Arc::clone(&road)));
        Ok(Self {
            address,
            road,
            acceptor,
        })
    }

    /// Where it listens: host and port.
    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// Prepares trouble for one of the next commits.
    pub fn prepare(&self, trouble: Trouble) {
        let mut troubles = self.road.troubles();
        troubles.push_back(trouble);
    }

    /// Waits until this many troubles have come to pass.
    pub async fn met(&self, n_troubles: usize) {
        let mut n_met = self.road.n_met.subscribe();
        // The sender lives as long as this.
        let _ = n_met.wait_for(|n_met| *n_met >= n_troubles).await;
    }

    /// Lets every answer take this much longer.
    pub fn delay(&self, delay: Duration) {
        *self
            .road
            .delay
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = delay;
    }

    /// Cuts every open connection.
    pub fn cut_all(&self) {
        self.road.n_cuts.send_modify(|n_cuts| *n_cuts += 1);
    }

    /// Cuts every open connection and accepts no new one, as if the server were away; or accepts connections again.
    pub fn close(&self, closed: bool) {
        self.road.closed.send_replace(closed);
        if closed {
            self.cut_all();
        }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.acceptor.abort();
        self.cut_all();
    }
}

impl Road {
    fn troubles(&self) -> std::sync::MutexGuard<'_, VecDeque<Trouble>> {
        self.troubles.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is to happen to a message of the client.
    fn trouble_for(&self, message: &[u8], is_inside: bool) -> Option<Trouble> {
        let mut troubles = self.troubles();
        let is_meant = match troubles.front()? {
            Trouble::CutInside => is_inside,
            _ => is_query(message, b"COMMIT"),
        };
        let trouble = is_meant.then(|| troubles.pop_front()).flatten()?;
        self.n_met.send_modify(|n_met| *n_met += 1);
        Some(trouble)
    }
}

async fn accept(listener: TcpListener, road: Arc<Road>) {
    while let Ok((client, _)) = listener.accept().await {
        if *road.closed.borrow() {
            continue;
        }
        tokio::spawn(pass(client, Arc::clone(&road)));
    }
}

/// Passes everything on until one side is gone, or trouble comes.
async fn pass(client: TcpStream, road: Arc<Road>) -> io::Result<()> {
    let mut cuts = road.n_cuts.subscribe();
    cuts.mark_unchanged();
    let server = TcpStream::connect(&road.server).await?;
    // Small messages go back and forth; they must not wait for each other.
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let (from_client, mut to_client) = client.into_split();
    let (mut from_server, to_server) = server.into_split();
    let ended = tokio::select! {
        trouble = requests(from_client, to_server, &road) => trouble,
        _ = answers(&mut from_server, &mut to_client, &road) => Ok(None),
        _ = cuts.changed() => Ok(None),
    };
    let Ok(Some((trouble, to_server))) = ended else {
        return Ok(());
    };
    match trouble {
        Trouble::AnswerLost => {
            from_server.read_u8().await?;
        }
        Trouble::CutAtOnce => {
            drop(to_client);
            from_server.read_u8().await?;
        }
        Trouble::Silence => {
            // Until the server or another part ends it.
            while from_server.read_u8().await.is_ok() {}
            cuts.changed().await.map_err(io::Error::other)?;
        }
        Trouble::CutBefore | Trouble::CutInside => {}
    }
    drop(to_server);
    Ok(())
}

async fn answers(
    server: &mut OwnedReadHalf,
    client: &mut OwnedWriteHalf,
    road: &Road,
) -> io::Result<()> {
    let mut answer = vec![0; 64 * 1024];
    loop {
        let n_bytes = server.read(&mut answer).await?;
        if n_bytes == 0 {
            return Ok(());
        }
        let delay = *road.delay.lock().unwrap_or_else(PoisonError::into_inner);
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        client.write_all(&answer[..n_bytes]).await?;
    }
}

/// Passes on what the client sends, a message at a time, until trouble comes.
async fn requests(
    mut client: OwnedReadHalf,
    mut server: OwnedWriteHalf,
    road: &Road,
) -> io::Result<Option<(Trouble, OwnedWriteHalf)>> {
    // Before the first message with a type come requests for encryption and for a session.
    let (mut has_started, mut is_inside) = (false, false);
    let mut buffer = Vec::new();
    let mut bytes = vec![0; 64 * 1024];
    loop {
        let n_bytes = client.read(&mut bytes).await?;
        if n_bytes == 0 {
            return Ok(None);
        }
        buffer.extend_from_slice(&bytes[..n_bytes]);
        while let Some(len) = message_len(&buffer, has_started) {
            let message: Vec<u8> = buffer.drain(..len).collect();
            if !has_started {
                has_started = message.get(4..8) == Some(&SESSION);
            } else if let Some(trouble) = road.trouble_for(&message, is_inside) {
                if !matches!(trouble, Trouble::CutBefore | Trouble::CutInside) {
                    server.write_all(&message).await?;
                }
                return Ok(Some((trouble, server)));
            } else {
                is_inside = is_query(&message, b"BEGIN");
            }
            server.write_all(&message).await?;
        }
    }
}

/// Version 3.0 of the protocol, which asks for a session.
const SESSION: [u8; 4] = [0, 3, 0, 0];

/// Length of the first message, if all of it is there.
fn message_len(buffer: &[u8], has_type: bool) -> Option<usize> {
    let start = usize::from(has_type);
    let len = buffer.get(start..start + 4)?;
    let len = u32::from_be_bytes(len.try_into().ok()?);
    let len = start + usize::try_from(len).ok()?;
    (buffer.len() >= len).then_some(len)
}

/// Whether a message is a query of this text, simple or prepared.
fn is_query(message: &[u8], sql: &[u8]) -> bool {
    let text = match message.first() {
        Some(b'Q') => message.get(5..),
        // After the name of the statement.
        Some(b'P') => message
            .get(5..)
            .and_then(|rest| rest.splitn(2, |byte| *byte == 0).nth(1)),
        _ => None,
    };
    text.is_some_and(|text| text.starts_with(sql))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commits_are_found_in_whole_messages() {
        let commit = b"Q\0\0\0\x0bCOMMIT\0";
        assert_eq!(message_len(commit, true), Some(12));
        assert_eq!(message_len(&commit[..11], true), None);
        assert!(is_query(commit, b"COMMIT"));
        assert!(is_query(b"P\0\0\0\x10s1\0COMMIT\0\0\0", b"COMMIT"));
        assert!(!is_query(b"Q\0\0\0\x0aBEGIN\0", b"COMMIT"));
    }
}
