//! The service in a process of its own.

use anyhow::{Context as _, Result};
use pointsman_api::ApiOptions;
use pointsman_history::Clock;
use tokio::{net::TcpListener, signal::unix::SignalKind};

use crate::{cli::Serve, platform::Platform, url::Url};

/// Serves until SIGTERM.
pub(crate) async fn run(serve: &Serve) -> Result<()> {
    let platform = Platform::open(&Url::new(&serve.db), Clock::real()).await?;
    let options = ApiOptions::default();
    let router = pointsman_api::router(platform.control.clone(), platform.engine.clone(), options);
    let listener = TcpListener::bind(serve.listen).await;
    let listener = listener.with_context(|| format!("listening on {}", serve.listen))?;
    let mut terminated = tokio::signal::unix::signal(SignalKind::terminate())?;
    axum::serve(listener, router)
        .with_graceful_shutdown(async move {
            terminated.recv().await;
        })
        .await?;
    platform.stop().await
}
