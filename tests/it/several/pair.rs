//! Two servers on one database that nobody else uses.

use std::time::{Duration, Instant};

use pointsman_store::{DeliveryState, Store};
use pointsman_testkit::Postgres;
use serde_json::{Value, json};

use crate::{
    caller::Caller,
    doctor::diagnosis,
    program::pointsman,
    restart::verify_url,
    server::{Program, Server},
    site::{Destination, put_destination, solar_fields, token},
};

/// Longer than a lease runs and a lead has time.
const SETTLED_MAX: Duration = Duration::from_secs(90);

/// Two servers.
pub(super) struct Pair {
    pub(super) servers: [Server; 2],
    pub(super) store: Store,
    postgres: Postgres,
    name: String,
    source_token: String,
}

impl Pair {
    /// Opens a pair that takes leads of the vertical `solar`; `None` where no PostgreSQL is named.
    pub(super) async fn open() -> Option<Self> {
        // Boxed: opening holds more than a story's stack should.
        Box::pin(Self::opened()).await
    }

    async fn opened() -> Option<Self> {
        let postgres = Postgres::named()?;
        let host = postgres.host().to_owned();
        Some(Box::pin(Self::open_on(postgres, [&host; 2], [pointsman; 2])).await)
    }

    /// The same on a database of any server.
    ///
    /// * `hosts`: by which address each of them reaches the server.
    /// * `programs`: how each of them is started.
    pub(super) async fn open_on(
        postgres: Postgres,
        hosts: [&str; 2],
        programs: [Program; 2],
    ) -> Self {
        let name = postgres.create().await.unwrap();
        let first = Server::start_on(&postgres.url(hosts[0], &name), programs[0]);
        let second = first.beside_on(&postgres.url(hosts[1], &name), programs[1]);
        let url = postgres.url(postgres.host(), &name);
        let schema = json!({"vertical": "solar", "fields": solar_fields()});
        first.admin().change("putLeadSchema", &schema, "").await;
        let source_token = token(&first.admin(), "SOURCE", json!({"source": "web"})).await;
        Self {
            servers: [first, second],
            store: Store::open_read_only(&url, &pointsman_store::Options::default())
                .await
                .unwrap(),
            postgres,
            name,
            source_token,
        }
    }

    /// The administrator at one of them.
    pub(super) fn admin(&self, server: usize) -> Caller {
        self.servers[server].admin()
    }

    /// The source `web` at one of them.
    pub(super) fn source(&self, server: usize) -> Caller {
        self.servers[server].caller(&self.source_token)
    }

    /// Puts a destination at the second of them.
    pub(super) async fn put(&self, destination: &Destination<'_>) {
        let target = destination.buyer.target(destination.timeout_ms);
        let admin = self.admin(1);
        put_destination(&admin, destination.name, &target, &destination.settings).await;
    }

    /// Waits until no lead is under way.
    pub(super) async fn settled(&self) {
        let deadline = Instant::now() + SETTLED_MAX;
        loop {
            let read = self.store.read();
            // Its connections may have been cut, and the first one to be used may not know yet.
            let looked = async {
                let unfinished = read.unfinished_deliveries(0, 1).await?;
                Ok::<_, pointsman_store::Error>(
                    unfinished.is_empty() && read.open_decisions(0, 1).await?.is_empty(),
                )
            };
            if looked.await.unwrap_or(false) {
                return;
            }
            assert!(Instant::now() < deadline, "leads are still under way");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// How many offers a destination has accepted, and of how many nobody knows the answer.
    pub(super) async fn sold_to(&self, name: &str) -> (u64, u64) {
        self.settled().await;
        let read = self.store.read();
        let deliveries = read
            .deliveries_reserved_in_order(0, 1_000_000)
            .await
            .unwrap();
        let of = |state| {
            let those = deliveries.iter();
            let those = those.filter(|it| it.destination == name && it.state == state);
            those.count() as u64
        };
        (of(DeliveryState::Accepted), of(DeliveryState::Held))
    }

    /// How many offers have reached a destination, or may have.
    pub(super) async fn offered_to(&self, name: &str) -> u64 {
        self.settled().await;
        let read = self.store.read();
        let deliveries = read
            .deliveries_reserved_in_order(0, 1_000_000)
            .await
            .unwrap();
        let sent = deliveries
            .iter()
            .filter(|it| it.destination == name && it.state != DeliveryState::NotSent);
        sent.count() as u64
    }

    /// Runs every decision again. What both servers know of bandits' arms has to be what the decisions have taught.
    pub(super) async fn verify(&self) {
        self.settled().await;
        let arms = self.arms().await;
        let n_decisions = self
            .store
            .read()
            .decisions_in_order(0, 1_000_000)
            .await
            .unwrap()
            .len();
        let url = self.postgres.url(self.postgres.host(), &self.name);
        let printed = verify_url(&url, n_decisions);
        // New weights may have been published meanwhile, which is a number in commit order and teaches nothing.
        let mut lines = printed.lines();
        let rebuilt =
            lines.any(|line| line.starts_with("arms at number ") && line.ends_with(&arms));
        assert!(rebuilt, "{arms}: {printed}");
    }

    /// The hash of what both servers know of bandits' arms, once both have come to the same number.
    async fn arms(&self) -> String {
        let query = "{ armState { number hash } }";
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let deadline = Instant::now() + SETTLED_MAX;
        loop {
            let mut known = Vec::new();
            for server in &self.servers {
                let found = server.admin().graphql(query, &json!({})).await;
                let found = &found["armState"];
                known.push((text(&found["number"]), text(&found["hash"])));
            }
            if known[0] == known[1] {
                return known.remove(0).1;
            }
            assert!(Instant::now() < deadline, "the servers disagree: {known:?}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Waits until every lead is added up, and adds all of them up again.
    pub(super) async fn add_up_again(&self) {
        let deadline = Instant::now() + SETTLED_MAX;
        loop {
            let read = self.store.read();
            let last = read.order().await.unwrap().number;
            if read.rollup_progress().await.unwrap().folded_seq >= last {
                break;
            }
            assert!(Instant::now() < deadline, "leads are not added up");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let url = self.postgres.url(self.postgres.host(), &self.name);
        let (level, told) = diagnosis(&url, "rollups");
        assert_eq!(level, "ok", "{told}");
    }

    /// Stops both and removes the database.
    pub(super) async fn close(mut self) {
        for server in &mut self.servers {
            server.stop_after_trouble();
        }
        self.store.close().await.unwrap();
        self.postgres.remove(&self.name).await.unwrap();
    }
}
