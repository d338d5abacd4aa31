//! Limits the number of connections: further ones wait a moment and are then answered with 503.

use std::{
    future::Future,
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use axum_server::accept::Accept;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf},
    net::TcpStream,
    sync::{OwnedSemaphorePermit, Semaphore},
};

/// Most connections that wait for a slot or are being refused; further ones are closed without an answer.
const WAITING_MAX: usize = 20;
/// How long a connection waits for a slot.
const WAIT_MAX: Duration = Duration::from_millis(500);
/// How long a client may take to read the refusal.
const REFUSAL_TIMEOUT: Duration = Duration::from_millis(500);
/// Most bytes of a refused request that are read, so that the client receives the answer.
const DISCARDED_BYTES_MAX: u64 = 64 * 1024;

const REFUSAL_HEAD: &str = "HTTP/1.1 503 Service Unavailable\r\n\
    content-type: application/problem+json\r\n\
    content-length: 144\r\n\
    retry-after: 1\r\n\
    connection: close\r\n\r\n";
const REFUSAL_BODY: &str = r#"{"type":"urn:pointsman:problem:busy","title":"Busy","status":503,"detail":"the limit of open connections is reached; retry later","code":"busy"}"#;

/// Accepts a limited number of connections. Clones share the limit.
#[derive(Debug, Clone)]
pub(super) struct ConnectionLimit {
    slots: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
}

impl ConnectionLimit {
    /// * `connections_max`: most connections at once.
    pub(super) fn new(connections_max: usize) -> Self {
        Self {
            slots: Arc::new(Semaphore::new(connections_max)),
            waiting: Arc::new(Semaphore::new(WAITING_MAX)),
        }
    }
}

impl<S: Send + 'static> Accept<TcpStream, S> for ConnectionLimit {
    type Stream = Counted;
    type Service = S;
    type Future = Pin<Box<dyn Future<Output = io::Result<(Counted, S)>> + Send>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        if let Ok(slot) = Arc::clone(&self.slots).try_acquire_owned() {
            let counted = Counted {
                stream,
                _slot: slot,
            };
            return Box::pin(std::future::ready(Ok((counted, service))));
        }
        let waiting = Arc::clone(&self.waiting).try_acquire_owned();
        let slot = Arc::clone(&self.slots).acquire_owned();
        Box::pin(async move {
            let refused = || io::Error::other("the limit of open connections is reached");
            let _waiting = waiting.map_err(|_| refused())?;
            if let Ok(Ok(slot)) = tokio::time::timeout(WAIT_MAX, slot).await {
                let counted = Counted {
                    stream,
                    _slot: slot,
                };
                return Ok((counted, service));
            }
            // A client that does not read is not waited for.
            let _ = tokio::time::timeout(REFUSAL_TIMEOUT, refuse(stream)).await;
            Err(refused())
        })
    }
}

/// Answers with 503 and reads on for a while: closing with unread bytes would reset the connection before
/// the client has read the answer.
async fn refuse(mut stream: TcpStream) -> io::Result<()> {
    let answer = format!("{REFUSAL_HEAD}{REFUSAL_BODY}");
    stream.write_all(answer.as_bytes()).await?;
    stream.shutdown().await?;
    let mut rest = stream.take(DISCARDED_BYTES_MAX);
    tokio::io::copy(&mut rest, &mut tokio::io::sink()).await?;
    Ok(())
}

/// A connection that holds a slot until it is closed.
#[derive(Debug)]
pub(super) struct Counted {
    stream: TcpStream,
    _slot: OwnedSemaphorePermit,
}

impl AsyncRead for Counted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Counted {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_refusal_has_its_length() {
        let length = format!("content-length: {}\r\n", REFUSAL_BODY.len());
        assert!(REFUSAL_HEAD.contains(&length), "{length}");
    }

    #[tokio::test]
    async fn a_connection_beyond_the_limit_gets_503_and_a_later_one_is_accepted() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let limit = ConnectionLimit::new(1);
        let mut first = TcpStream::connect(address).await.unwrap();
        let (accepted, ()) = limit
            .accept(listener.accept().await.unwrap().0, ())
            .await
            .unwrap();
        let mut second = TcpStream::connect(address).await.unwrap();
        second.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
        let refused = limit.accept(listener.accept().await.unwrap().0, ());
        let mut answer = String::new();
        let (refused, ()) = tokio::join!(refused, async {
            second.read_to_string(&mut answer).await.unwrap();
            drop(second);
        });
        assert!(refused.is_err());
        assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
        assert!(answer.ends_with(REFUSAL_BODY), "{answer}");
        drop(accepted);
        assert_eq!(first.read(&mut [0]).await.unwrap(), 0);
        let _third = TcpStream::connect(address).await.unwrap();
        let third = listener.accept().await.unwrap().0;
        let third = limit.accept(third, ()).await.unwrap();
        // A waiting connection is accepted as soon as another one closes.
        let _fourth = TcpStream::connect(address).await.unwrap();
        let fourth = limit.accept(listener.accept().await.unwrap().0, ());
        let (fourth, ()) = tokio::join!(fourth, async { drop(third) });
        assert!(fourth.is_ok());
    }
}
