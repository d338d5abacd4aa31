//! The service with its doors open.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use axum_server::Handle;
use pointsman_api::ApiOptions;
use pointsman_delivery::Policy;
use pointsman_history::Clock;

use super::{database, doorway::Doorway};
use crate::{
    app::BuiltIn,
    cli::Serve,
    descriptors, out,
    platform::{Options, Platform},
    settings::Settings,
    simulate,
};

/// Real time for the headers of a request to arrive, and for a connection to be idle.
const HEADER_PATIENCE: Duration = Duration::from_secs(10);

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
    let mut doors = Doors::open(platform.clone(), api, listen, descriptors.incoming).await?;
    out::note(format!("listening at http://{}", doors.address));
    let asked = tokio::select! {
        () = stop_signal() => Ok(()),
        broken = platform.engine.wait_for_broken() => Err(anyhow::Error::new(broken)),
        ended = doors.ended() => Err(ended),
    };
    out::note("stopping");
    stop(
        doors,
        platform,
        Duration::from_secs(settings.stop_patience_s),
    )
    .await?;
    // A start reads everything again, so whoever watches over this process should start it anew.
    asked.context("the service cannot go on; start it again")
}

/// Ends within `shutdown_timeout`, whatever is under way: first the connections, then offers and work.
async fn stop(doors: Doors, platform: Platform, shutdown_timeout: Duration) -> anyhow::Result<()> {
    let started = Instant::now();
    let stopped = tokio::time::timeout(shutdown_timeout, async {
        doors.close(shutdown_timeout * 3 / 4).await;
        // It waits twice, for offers and for all other work.
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

/// Which addresses destinations may have.
fn policy(settings: &Settings, allow_loopback: bool) -> anyhow::Result<Policy> {
    let mut policy = if allow_loopback {
        Policy::loopback_too()
    } else {
        Policy::public_only()
    };
    for network in &settings.allow_networks {
        policy.allow.push(
            network
                .parse()
                .with_context(|| format!("allow_networks: `{network}`"))?,
        );
    }
    Ok(policy)
}

/// Publishes the flows that come with the binary.
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
                "kept as a draft until its mistakes are mended"
            );
        }
    }
    Ok(())
}

/// The open doors.
pub(crate) struct Doors {
    /// Where they are.
    pub(crate) address: SocketAddr,
    handle: Handle<SocketAddr>,
    /// Empty once it has ended.
    task: Option<tokio::task::JoinHandle<std::io::Result<()>>>,
}

impl Doors {
    /// Listens and serves.
    ///
    /// * `connections_max`: most connections at once.
    pub(crate) async fn open(
        platform: Platform,
        options: ApiOptions,
        listen: SocketAddr,
        connections_max: usize,
    ) -> anyhow::Result<Self> {
        let listener = std::net::TcpListener::bind(listen)
            .with_context(|| format!("listening at {listen}"))?;
        listener.set_nonblocking(true)?;
        let router = pointsman_api::router(platform.control, platform.engine, options);
        let handle = Handle::new();
        // HTTP/1 and nothing else: a connection that says nothing would wait for ever to be told apart.
        let mut server = axum_server::from_tcp(listener)?
            .acceptor(Doorway::new(connections_max))
            .http1_only()
            .handle(handle.clone());
        // A client that never finishes its headers must not hold a connection for ever, and neither must
        // one that sends no first or no further request: this counts from the end of the last answer.
        server
            .http_builder()
            .http1()
            .header_read_timeout(HEADER_PATIENCE);
        let task = tokio::spawn(server.serve(router.into_make_service()));
        let address = handle.listening().await.context("the doors do not open")?;
        Ok(Self {
            address,
            handle,
            task: Some(task),
        })
    }

    /// Waits until nobody is let in any more, though nobody closed the doors; and says why.
    pub(crate) async fn ended(&mut self) -> anyhow::Error {
        let Some(task) = &mut self.task else {
            return std::future::pending().await;
        };
        let ended = task.await;
        self.task = None;
        match ended {
            Ok(Ok(())) => anyhow::anyhow!("the doors are shut"),
            Ok(Err(error)) => anyhow::Error::new(error).context("the doors are shut"),
            Err(error) => anyhow::Error::new(error).context("the doors broke off"),
        }
    }

    /// Takes no new connection and waits for the open ones.
    pub(crate) async fn close(self, shutdown_timeout: Duration) {
        self.handle.graceful_shutdown(Some(shutdown_timeout));
        if let Some(task) = self.task {
            let _ = task.await;
        }
    }
}

/// Waits for Ctrl-C or a polite kill.
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
