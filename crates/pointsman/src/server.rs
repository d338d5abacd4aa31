//! The running HTTP server, and the signals that stop it.

use std::{net::SocketAddr, time::Duration};

use anyhow::Context as _;
use axum_server::Handle;
use pointsman_api::{ApiOptions, OpenSockets};
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::platform::Platform;

mod connections;

use connections::ConnectionLimit;

/// Real time for the headers of a request to arrive, and for a connection to be idle.
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);

/// The running HTTP server.
pub(crate) struct Server {
    /// The address that it listens on.
    pub(crate) address: SocketAddr,
    handle: Handle<SocketAddr>,
    /// Connections that subscribe, of which the listener knows nothing any more.
    sockets: OpenSockets,
    /// Empty once it has ended.
    task: Option<tokio::task::JoinHandle<std::io::Result<()>>>,
}

impl Server {
    /// Listens and serves requests.
    ///
    /// * `connections_max`: most connections at once.
    pub(crate) async fn start(
        platform: Platform,
        options: ApiOptions,
        listen: SocketAddr,
        connections_max: usize,
    ) -> anyhow::Result<Self> {
        let listener = std::net::TcpListener::bind(listen)
            .with_context(|| format!("listening on {listen}"))?;
        listener.set_nonblocking(true)?;
        let sockets = options.sockets.clone();
        let router = pointsman_api::router(platform.control, platform.engine, options);
        let handle = Handle::new();
        let mut http = axum_server::from_tcp(listener)?
            .acceptor(ConnectionLimit::new(connections_max))
            // A silent connection is never classified, and its headers never time out.
            .first_request_timeout(HEADER_TIMEOUT)
            .handle(handle.clone());
        // HTTP/1 only, by the builder itself, since the server's own setting knows no upgrades to web sockets.
        let builder = http.http_builder();
        *builder = builder.clone().http1_only();
        // A client that never finishes its headers must not hold a connection for ever, and neither must
        // one that sends no first or no further request: this counts from the end of the last answer.
        http.http_builder()
            .http1()
            .header_read_timeout(HEADER_TIMEOUT);
        let task =
            tokio::spawn(http.serve(router.into_make_service_with_connect_info::<SocketAddr>()));
        let address = handle
            .listening()
            .await
            .context("the server does not start")?;
        Ok(Self {
            address,
            handle,
            sockets,
            task: Some(task),
        })
    }

    /// Waits until the server has ended by itself, and returns the reason.
    pub(crate) async fn ended(&mut self) -> anyhow::Error {
        let Some(task) = &mut self.task else {
            return std::future::pending().await;
        };
        let ended = task.await;
        self.task = None;
        match ended {
            Ok(Ok(())) => anyhow::anyhow!("the HTTP server has stopped"),
            Ok(Err(error)) => anyhow::Error::new(error).context("the HTTP server has stopped"),
            Err(error) => anyhow::Error::new(error).context("the HTTP server has failed"),
        }
    }

    /// Accepts no new connection and waits for the open ones.
    pub(crate) async fn close(self, shutdown_timeout: Duration) {
        self.handle.graceful_shutdown(Some(shutdown_timeout));
        self.sockets.close(shutdown_timeout).await;
        if let Some(task) = self.task {
            let _ = task.await;
        }
    }
}

/// SIGINT (Ctrl-C) and SIGTERM, from when it is made: until then they end the process as they would any other.
pub(crate) struct StopSignal {
    interrupted: Signal,
    terminated: Signal,
}

impl StopSignal {
    /// Begins to listen. Make it before anybody is told that the process can be stopped.
    ///
    /// # Errors
    ///
    /// If the system refuses a handler.
    pub(crate) fn listen() -> anyhow::Result<Self> {
        let handler = |kind| signal(kind).context("no handler for the signals that stop a process");
        Ok(Self {
            interrupted: handler(SignalKind::interrupt())?,
            terminated: handler(SignalKind::terminate())?,
        })
    }

    /// Waits for one of them.
    pub(crate) async fn received(&mut self) {
        tokio::select! {
            _ = self.interrupted.recv() => {}
            _ = self.terminated.recv() => {}
        }
    }
}
