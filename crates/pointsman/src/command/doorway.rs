//! Lets in as many connections as there is room for; the others wait a moment, and are then told to come back.

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

/// Connections that wait for a place, or are being told that there is none; more are closed without a word.
const ON_THE_PORCH: usize = 20;
/// How long a connection waits for a place.
const WAIT_MAX: Duration = Duration::from_millis(500);
/// How long a caller gets to hear it.
const TELLING: Duration = Duration::from_millis(500);
/// Most bytes of a request that are read for no other reason than that the answer is heard.
const UNHEARD_BYTES_MAX: u64 = 64 * 1024;

const NO_ROOM: &str = "HTTP/1.1 503 Service Unavailable\r\n\
    content-type: application/problem+json\r\n\
    content-length: 161\r\n\
    retry-after: 1\r\n\
    connection: close\r\n\r\n";
const NO_ROOM_BODY: &str = r#"{"type":"urn:pointsman:problem:busy","title":"Busy","status":503,"detail":"as many connections as there is room for are open; send it again later","code":"busy"}"#;

/// Counts connections. Clones count together.
#[derive(Debug, Clone)]
pub(super) struct Doorway {
    places: Arc<Semaphore>,
    porch: Arc<Semaphore>,
}

impl Doorway {
    /// * `connections_max`: most connections at once.
    pub(super) fn new(connections_max: usize) -> Self {
        Self {
            places: Arc::new(Semaphore::new(connections_max)),
            porch: Arc::new(Semaphore::new(ON_THE_PORCH)),
        }
    }
}

impl<S: Send + 'static> Accept<TcpStream, S> for Doorway {
    type Stream = Counted;
    type Service = S;
    type Future = Pin<Box<dyn Future<Output = io::Result<(Counted, S)>> + Send>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        if let Ok(place) = Arc::clone(&self.places).try_acquire_owned() {
            let counted = Counted {
                stream,
                _place: place,
            };
            return Box::pin(std::future::ready(Ok((counted, service))));
        }
        let waiting = Arc::clone(&self.porch).try_acquire_owned();
        let place = Arc::clone(&self.places).acquire_owned();
        Box::pin(async move {
            let no_room = || io::Error::other("no room for another connection");
            let _waiting = waiting.map_err(|_| no_room())?;
            if let Ok(Ok(place)) = tokio::time::timeout(WAIT_MAX, place).await {
                let counted = Counted {
                    stream,
                    _place: place,
                };
                return Ok((counted, service));
            }
            // Whoever does not listen is not waited for.
            let _ = tokio::time::timeout(TELLING, refuse(stream)).await;
            Err(no_room())
        })
    }
}

/// Says that there is no room, and reads on for a while: closing with bytes unread would take the answer back.
async fn refuse(mut stream: TcpStream) -> io::Result<()> {
    let answer = format!("{NO_ROOM}{NO_ROOM_BODY}");
    stream.write_all(answer.as_bytes()).await?;
    stream.shutdown().await?;
    let mut rest = stream.take(UNHEARD_BYTES_MAX);
    tokio::io::copy(&mut rest, &mut tokio::io::sink()).await?;
    Ok(())
}

/// A connection that counts until it is closed.
#[derive(Debug)]
pub(super) struct Counted {
    stream: TcpStream,
    _place: OwnedSemaphorePermit,
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
    fn the_refusal_is_a_whole_answer() {
        let told = format!("content-length: {}\r\n", NO_ROOM_BODY.len());
        assert!(NO_ROOM.contains(&told), "{told}");
    }

    #[tokio::test]
    async fn who_finds_no_room_hears_so_and_the_next_one_gets_in() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let doorway = Doorway::new(1);
        let mut first = TcpStream::connect(address).await.unwrap();
        let (inside, ()) = doorway
            .accept(listener.accept().await.unwrap().0, ())
            .await
            .unwrap();
        let mut second = TcpStream::connect(address).await.unwrap();
        second.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
        let refused = doorway.accept(listener.accept().await.unwrap().0, ());
        let mut heard = String::new();
        let (refused, ()) = tokio::join!(refused, async {
            second.read_to_string(&mut heard).await.unwrap();
            drop(second);
        });
        assert!(refused.is_err());
        assert!(heard.starts_with("HTTP/1.1 503 "), "{heard}");
        assert!(heard.ends_with(NO_ROOM_BODY), "{heard}");
        drop(inside);
        assert_eq!(first.read(&mut [0]).await.unwrap(), 0);
        let _third = TcpStream::connect(address).await.unwrap();
        let third = listener.accept().await.unwrap().0;
        let third = doorway.accept(third, ()).await.unwrap();
        // Who waits gets in as soon as somebody leaves.
        let _fourth = TcpStream::connect(address).await.unwrap();
        let fourth = doorway.accept(listener.accept().await.unwrap().0, ());
        let (fourth, ()) = tokio::join!(fourth, async { drop(third) });
        assert!(fourth.is_ok());
    }
}
