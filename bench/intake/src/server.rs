//! The HTTP server of `pointsman serve`, for the service and for the door.

use std::{net::SocketAddr, time::Duration};

use anyhow::{Context as _, Result};
use axum::Router;
use axum_server::Handle;
use tokio::task::JoinHandle;

const HEADER_TIMEOUT: Duration = Duration::from_secs(10);

/// A running server.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    handle: Handle<SocketAddr>,
    task: JoinHandle<std::io::Result<()>>,
}

impl Server {
    pub(crate) async fn start(router: Router) -> Result<Self> {
        let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
        listener.set_nonblocking(true)?;
        let handle = Handle::new();
        let mut http = axum_server::from_tcp(listener)?
            .http1_only()
            .handle(handle.clone());
        http.http_builder()
            .http1()
            .header_read_timeout(HEADER_TIMEOUT);
        let task = tokio::spawn(http.serve(router.into_make_service()));
        let address = handle.listening().await;
        Ok(Self {
            address: address.context("the server does not start")?,
            handle,
            task,
        })
    }

    /// Stops; whoever is still connected is cut off.
    pub(crate) async fn stop(self) -> Result<()> {
        self.handle.graceful_shutdown(Some(Duration::from_secs(1)));
        Ok(self.task.await??)
    }
}
