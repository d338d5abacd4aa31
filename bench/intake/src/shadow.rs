//! What a shadow costs: the same leads with a version that decides all of them beside the live one, and without.

use anyhow::{Context as _, Result};
use pointsman_control::NewShadow;
use serde::Serialize;

use crate::{
    child,
    load::{Load, LoadSpec},
    options::Options,
    report,
    server::Server,
    service::Service,
    site::{Setup, Site},
    span::median,
};

/// One setup with one number of clients.
#[derive(Debug, Serialize)]
struct Compared {
    setup: &'static str,
    clients: usize,
    /// Leads a second with a shadow.
    leads_per_s: f64,
    /// Of what is done without one in the same round.
    share_of_without: f64,
    /// From request to answer, with a shadow and without.
    p99_ms: f64,
    without_p99_ms: f64,
    /// Leads that the shadow had decided when the last one was answered, as a share.
    share_decided: f64,
}

/// Compares everything, and prints it.
pub(crate) async fn all(
    options: &Options,
    site: &Site,
    leads: impl Fn(Setup) -> usize,
) -> Result<()> {
    let mut results = Vec::new();
    for &clients in &options.clients {
        for &setup in &options.setups {
            let mut rounds = Vec::new();
            for n in 1..=options.rounds {
                report::note(&format!("{}, {clients} clients, round {n}", setup.name()));
                let spec = LoadSpec {
                    addresses: Vec::new(),
                    flow: setup.name().to_owned(),
                    token: site.token.clone(),
                    clients,
                    leads: leads(setup),
                    rate: None,
                };
                // Whoever comes second finds a machine that has worked.
                let (without, with) = if n % 2 == 0 {
                    let with = serve(site, setup, &spec, true).await?;
                    (serve(site, setup, &spec, false).await?, with)
                } else {
                    let without = serve(site, setup, &spec, false).await?;
                    (without, serve(site, setup, &spec, true).await?)
                };
                rounds.push((without.0, with.0, with.1));
            }
            let middle =
                |of: fn(&(Load, Load, f64)) -> f64| median(rounds.iter().map(of).collect());
            results.push(Compared {
                setup: setup.name(),
                clients,
                leads_per_s: middle(|(_, with, _)| with.leads_per_s),
                share_of_without: middle(|(without, with, _)| {
                    with.leads_per_s / without.leads_per_s
                }),
                p99_ms: middle(|(_, with, _)| with.spans.p99_ms),
                without_p99_ms: middle(|(without, _, _)| without.spans.p99_ms),
                share_decided: middle(|(_, _, decided)| *decided),
            });
        }
    }
    report::out(&format!("{}\n", serde_json::to_string_pretty(&results)?))
}

/// Sends leads to the service; the share of them that its shadow had decided by the end.
async fn serve(
    site: &Site,
    setup: Setup,
    spec: &LoadSpec,
    has_shadow: bool,
) -> Result<(Load, f64)> {
    let url = site.database("shadowed").await?;
    let service = Service::start(&url, "bench").await?;
    let flow = setup.name();
    if has_shadow {
        let version = site.other_version(setup).context("no other version")?;
        let shadow = NewShadow {
            flow: flow.to_owned(),
            version: version.to_owned(),
            share_ppm: 1_000_000,
            note: None,
            by: "bench".to_owned(),
        };
        service.control.set_shadow(shadow).await?;
    }
    let server = Server::start(service.router()).await?;
    let spec = LoadSpec {
        addresses: vec![server.address],
        ..spec.clone()
    };
    let load = child::load(&spec).await?;
    let shadow = service.control.latest_shadow(flow).await?;
    #[expect(clippy::cast_precision_loss, reason = "numbers of leads")]
    let decided = shadow.map_or(0.0, |it| it.leads as f64 / spec.leads as f64);
    server.stop().await?;
    service.stop().await?;
    site.remove("shadowed").await?;
    Ok((load, decided))
}
