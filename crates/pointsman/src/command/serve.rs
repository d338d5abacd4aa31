//! The server: platform, HTTP, and an orderly shutdown.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use axum_server::Handle;
use pointsman_api::ApiOptions;
use pointsman_delivery::Policy;
use pointsman_history::Clock;

use super::{connections::ConnectionLimit, database};
use crate::{
    app::BuiltIn,
    cli::Serve,
    descriptors, out,
    platform::{Options, Platform},
    settings::Settings,
    simulate,
};

/// Real time for the headers of a request to arrive, and for a connection to be idle.
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);

pub(super) async fn run(
    settings: Settings,
    serve: &Serve,
    flows: &[BuiltIn],
) -> anyhow::Result<()> {
    let store = database::options(&settings);
    let descriptors = descriptors::claim(settings.offers_per_destination_max, store.readers)?;
    let options = Options {
        database_url: database::url(&settings, serve.database.db.as_deref()),
        store: pointsman_store::Options {
            migrate: true,
            ..store
        },
        clock: Clock::real(),
        accept_clock: serve.accept_clock,
        policy: policy(&settings, serve.allow_loopback)?,
        limits: descriptors.limits,
        jobs: simulate::jobs(
            &database::url(&settings, serve.database.db.as_deref()),
            settings.simulation_leads_max,
        ),
    };
    let platform = Platform::open(options).await?;
    register(&platform, flows).await?;
    let listen = serve.listen.as_deref().unwrap_or(&settings.listen);
    let listen: SocketAddr = listen
        .parse()
        .with_context(|| format!("`{listen}` is not an address and port"))?;
    let api = ApiOptions {
        graphiql: settings.graphiql,
        open: None,
    };
    let mut server = Server::start(platform.clone(), api, listen, descriptors.incoming).await?;
    out::note(format!("listening on http://{}", server.address));
    let stopped = tokio::select! {
        () = stop_signal() => Ok(()),
        broken = platform.engine.wait_for_broken() => Err(anyhow::Error::new(broken)),
        ended = server.ended() => Err(ended),
    };
    out::note("stopping");
    stop(
        server,
        platform,
        Duration::from_secs(settings.shutdown_timeout_s),
    )
    .await?;
    // A start reads everything again, so a supervisor should restart the process.
    stopped.context("the server cannot continue; restart it")
}

/// Stops within the time limit, whatever is in progress: first the connections, then offers and jobs.
async fn stop(
    server: Server,
    platform: Platform,
    shutdown_timeout: Duration,
) -> anyhow::Result<()> {
    let started = Instant::now();
    let stopped = tokio::time::timeout(shutdown_timeout, async {
        server.close(shutdown_timeout * 3 / 4).await;
        // The platform waits twice, for offers and for all other work.
        platform
            .engine
            .stop(shutdown_timeout.saturating_sub(started.elapsed()) * 2 / 5)
            .await
    });
    if let Ok(stopped) = stopped.await {
        stopped?;
    } else {
        tracing::warn!("the database did not close in time");
    }
    Ok(())
}

/// The addresses that destinations may have.
fn policy(settings: &Settings, allow_loopback: bool) -> anyhow::Result<Policy> {
    let mut policy = if allow_loopback {
        Policy::loopback_too()
    } else {
        Policy::public_only()
    };
    for network in &settings.allow_networks {
        policy
            .allow
            .push(pointsman_delivery::read_network(network).context("allow_networks")?);
    }
    Ok(policy)
}

/// Publishes the flows that are built into the binary.
pub(crate) async fn register(platform: &Platform, flows: &[BuiltIn]) -> anyhow::Result<()> {
    for BuiltIn { document, schema } in flows {
        let registered = platform
            .control
            .register(document.clone(), schema.clone())
            .await?;
        for diagnostic in &registered.diagnostics {
            tracing::warn!(flow = document.flow, "{}", diagnostic.render(None));
        }
        if registered.version.is_none() {
            tracing::warn!(
                flow = document.flow,
                "the flow has errors and is kept as a draft"
            );
        }
    }
    Ok(())
}

/// The running HTTP server.
pub(crate) struct Server {
    /// The address that it listens on.
    pub(crate) address: SocketAddr,
    handle: Handle<SocketAddr>,
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
        let router = pointsman_api::router(platform.control, platform.engine, options);
        let handle = Handle::new();
        // HTTP/1 only: with two protocols, a silent connection would never be classified, and never time out.
        let mut http = axum_server::from_tcp(listener)?
            .acceptor(ConnectionLimit::new(connections_max))
            .http1_only()
            .handle(handle.clone());
        // A client that never finishes its headers must not hold a connection for ever, and neither must
        // one that sends no first or no further request: this counts from the end of the last answer.
        http.http_builder()
            .http1()
            .header_read_timeout(HEADER_TIMEOUT);
        let task = tokio::spawn(http.serve(router.into_make_service()));
        let address = handle
            .listening()
            .await
            .context("the server does not start")?;
        Ok(Self {
            address,
            handle,
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
        if let Some(task) = self.task {
            let _ = task.await;
        }
    }
}

/// Waits for SIGINT (Ctrl-C) or SIGTERM.
pub(crate) async fn stop_signal() {
    let interrupted = tokio::signal::ctrl_c();
    let Ok(mut terminated) =
        tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
    else {
        let _ = interrupted.await;
        return;
    };
    tokio::select! {
        _ = interrupted => {}
        _ = terminated.recv() => {}
    }
}
