//! Runs the server: platform, HTTP, and an orderly shutdown.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use pointsman_api::ApiOptions;
use pointsman_delivery::Policy;
use pointsman_history::Clock;

use super::database;
use crate::{
    alerts::Alerts,
    built_in::BuiltIn,
    cli::Serve,
    descriptors,
    metrics::Monitor,
    out,
    platform::{Options, Platform},
    server::{Server, StopSignal},
    settings::Settings,
    simulate,
};

pub(super) async fn run(
    settings: Settings,
    serve: &Serve,
    flows: &[BuiltIn],
) -> anyhow::Result<()> {
    let store = database::options(&settings)?;
    let listen = serve.listen.as_deref().unwrap_or(&settings.listen);
    let listen: SocketAddr = listen
        .parse()
        .with_context(|| format!("`{listen}` is not an address and port"))?;
    let descriptors = descriptors::claim(settings.offers_per_destination_max, store.readers)?;
    let database_url = database::url(&settings, serve.database.db.as_deref());
    let options = Options {
        jobs: simulate::jobs(&database_url, &store, settings.simulation_leads_max),
        database_url,
        store: pointsman_store::Options {
            migrate: true,
            ..store
        },
        clock: Clock::real(),
        accept_clock: serve.accept_clock,
        node: settings.node(listen),
        policy: policy(&settings, serve.allow_loopback)?,
        limits: descriptors.limits,
        keep_parked: settings.keep_parked(),
        suppression: settings.suppression.into(),
    };
    let platform = Platform::open(options).await?;
    register(&platform, flows).await?;
    let api = ApiOptions {
        graphiql: settings.graphiql,
        open: None,
        public_url: settings.public_url()?,
        alerts: Some(settings.alerts_shown()),
        ..ApiOptions::default()
    };
    let mut server = Server::start(platform.clone(), api, listen, descriptors.incoming).await?;
    let told = (
        policy(&settings, serve.allow_loopback)?,
        settings.node(listen),
    );
    Alerts::start(&platform, &settings, told)?;
    let monitor = monitor(&platform, &settings).await?;
    let mut stop_signal = StopSignal::listen()?;
    out::note(format!("the console is at http://{}", server.address));
    out::note(format!("listening on http://{}", server.address));
    let stopped = tokio::select! {
        () = stop_signal.received() => Ok(()),
        broken = platform.engine.wait_for_broken() => Err(anyhow::Error::new(broken)),
        ended = server.ended() => Err(ended),
    };
    out::note("stopping");
    drop(monitor);
    stop(
        server,
        platform,
        Duration::from_secs(settings.shutdown_timeout_s),
    )
    .await?;
    // A start reads everything again, so a supervisor should restart the process.
    stopped.context("the server cannot continue; restart it")
}

/// Shows figures to monitors, if that is wanted.
async fn monitor(platform: &Platform, settings: &Settings) -> anyhow::Result<Option<Monitor>> {
    if settings.metrics_listen.is_empty() {
        return Ok(None);
    }
    let monitor = Monitor::start(platform.clone(), &settings.metrics_listen).await?;
    out::note(format!("metrics are at http://{}/metrics", monitor.address));
    Ok(Some(monitor))
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
async fn register(platform: &Platform, flows: &[BuiltIn]) -> anyhow::Result<()> {
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
