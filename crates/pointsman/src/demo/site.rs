//! The system of the demonstration: buyers, platform, HTTP server.

use std::{
    io::{self, ErrorKind},
    net::SocketAddr,
    time::Duration,
};

use anyhow::{Context as _, bail};
use pointsman_api::ApiOptions;
use pointsman_control::{Control, NewDestination, NewToken, Publication, Role};
use pointsman_delivery::Policy;
use pointsman_history::Clock;
use pointsman_testkit::{Buyer, RunningBuyer, World};
use serde_json::json;

use super::{
    caller::Caller,
    database::DatabaseFile,
    flows::{self, FLOW},
    trial,
};
use crate::{
    cli::Demo,
    descriptors::{self, Descriptors},
    out,
    platform::{Options, Platform},
    server::Server,
    simulate,
};

const TIMEOUT: Duration = Duration::from_secs(10);
const OFFERS_PER_BUYER_MAX: u32 = 64;
/// Leads that people send beside those of the demonstration, in one simulation.
const VISITORS_MAX: u64 = 100_000;
/// The port that is tried if no other is asked for.
const USUAL_PORT: u16 = 8080;
/// The zone in which caps are counted.
const ZONE: &str = "America/Chicago";

/// The running system.
pub(super) struct Site {
    pub(super) platform: Platform,
    pub(super) buyers: Vec<RunningBuyer>,
    pub(super) caller: Caller,
    /// Hashes of version 1 and version 2.
    pub(super) versions: [String; 2],
    pub(super) source_token: String,
    pub(super) postback_token: String,
    /// Address of the server, such as `http://127.0.0.1:8080`.
    pub(super) base: String,
    pub(super) database: DatabaseFile,
    server: Server,
}

impl Site {
    /// Starts everything with an empty database.
    ///
    /// * `zenith_a_day`: the most leads that zenith takes on one day.
    pub(super) async fn open(
        demo: &Demo,
        world: World,
        clock: impl FnOnce() -> Clock,
        zenith_a_day: u64,
    ) -> anyhow::Result<Self> {
        let database = DatabaseFile::anew(demo.db.as_deref())?;
        let mut buyers = Vec::new();
        for buyer in Buyer::all(world) {
            buyers.push(buyer.start().await.context("starting a buyer")?);
        }
        let store = pointsman_store::Options::default();
        let Descriptors { incoming, limits } =
            descriptors::claim(OFFERS_PER_BUYER_MAX, store.readers)?;
        let leads_max = demo.leads.saturating_add(VISITORS_MAX);
        let options = Options {
            jobs: simulate::jobs(&database.url(), &store, leads_max),
            database_url: database.url(),
            store,
            clock: clock(),
            accept_clock: false,
            node: "demo".to_owned(),
            policy: Policy::loopback_too(),
            limits,
            keep_parked: Duration::from_hours(90 * 24),
            suppression: pointsman_engine::Suppression::default(),
        };
        let platform = Platform::open(options).await?;
        for buyer in &buyers {
            put_destination(&platform.control, buyer, zenith_a_day).await?;
        }
        let versions = publish(&platform.control).await?;
        trial::start(&platform.control).await?;
        let source_token = token(&platform.control, "demo sources", Role::Source).await?;
        let postback_token = token(&platform.control, "demo destinations", Role::Postback).await?;
        let server = open_server(&platform, demo.port, incoming).await?;
        let base = format!("http://{}", server.address);
        let caller = Caller::new(&base, &source_token, &postback_token)?;
        Ok(Self {
            platform,
            buyers,
            caller,
            versions,
            source_token,
            postback_token,
            base,
            database,
            server,
        })
    }

    /// Stops the server, then the platform, then the buyers.
    pub(super) async fn close(self) -> anyhow::Result<()> {
        self.server.close(TIMEOUT).await;
        self.platform.engine.stop(TIMEOUT).await?;
        Ok(())
    }
}

/// The cap of zenith.
pub(super) fn zenith_cap(max: u64) -> serde_json::Value {
    json!({"kind": "accepted", "max": max, "window": "day", "zone": ZONE})
}

async fn put_destination(
    control: &Control,
    buyer: &RunningBuyer,
    zenith_a_day: u64,
) -> anyhow::Result<()> {
    let mut settings = buyer.settings_json();
    if buyer.name == "zenith" {
        settings["caps"] = json!([zenith_cap(zenith_a_day)]);
    }
    let new = NewDestination {
        name: buyer.name.to_owned(),
        target: buyer.target_json(),
        settings,
        vertical: None,
        expected_revision: Some(0),
    };
    control
        .put_destination(new)
        .await
        .with_context(|| format!("destination {}", buyer.name))?;
    Ok(())
}

/// Publishes version 1, which goes live, and version 2, which does not.
async fn publish(control: &Control) -> anyhow::Result<[String; 2]> {
    let first = flows::on_trial();
    let registered = control
        .register(first.document().clone(), first.schema())
        .await?;
    let Some(first) = registered.version else {
        bail!("the flow has errors: {:?}", registered.diagnostics);
    };
    let second = flows::for_everybody();
    control.save_draft(second.document().clone(), None).await?;
    let publication = Publication {
        flow: FLOW.to_owned(),
        message: "end the trial: every good lead goes to the bandit".to_owned(),
        author: "demo".to_owned(),
        expected_revision: None,
        set_live_if_first: false,
    };
    let second = control.publish(publication).await?;
    Ok([first.hash, second.version.hash])
}

async fn token(control: &Control, name: &str, role: Role) -> anyhow::Result<String> {
    let new = NewToken {
        name: name.to_owned(),
        role,
        source: None,
        destination: None,
    };
    Ok(control.create_token(new).await?.secret)
}

/// Starts the server for this machine alone; it requires no token.
async fn open_server(
    platform: &Platform,
    port: u16,
    connections_max: usize,
) -> anyhow::Result<Server> {
    let options = ApiOptions {
        graphiql: true,
        open: Some(Role::Admin),
        ..ApiOptions::default()
    };
    let open = |port| {
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        Server::start(platform.clone(), options.clone(), address, connections_max)
    };
    match open(port).await {
        Err(error) if port == USUAL_PORT && is_in_use(&error) => {
            out::note(format!("port {port} is in use; another port is used"));
            open(0).await
        }
        opened => opened,
    }
}

fn is_in_use(error: &anyhow::Error) -> bool {
    let mut causes = error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>());
    causes.any(|cause| cause.kind() == ErrorKind::AddrInUse)
}
