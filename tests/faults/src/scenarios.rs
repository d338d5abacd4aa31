//! The scenarios, each with its criteria.

use std::{future::Future, pin::Pin, time::Instant};

use pointsman_testkit::Postgres;

use crate::{outcome::Outcome, plan::Plan};

mod addresses;
mod backups;
mod buyers;
mod deploys;
mod hang_ups;
mod junk;
mod kills;
mod outages;
mod overload;
mod postbacks;
mod soak;

/// A scenario that runs.
pub type Running = Pin<Box<dyn Future<Output = Option<Outcome>> + Send>>;

/// A scenario.
pub struct Scenario {
    /// Its name, such as `R1`.
    pub name: &'static str,
    /// What goes wrong, in a few words.
    pub what: &'static str,
    /// How often in a full run.
    pub rounds: u64,
    /// How often in a test beside others; 0: it is none.
    pub rounds_small: u64,
    /// Runs it; nothing where PostgreSQL is needed and not there.
    pub run: fn(Plan) -> Running,
}

/// All of them, in the order in which they are run.
pub const ALL: &[Scenario] = &[
    Scenario {
        name: "R1",
        what: "kills at random moments, one server on SQLite",
        rounds: 100,
        rounds_small: 3,
        run: |plan| Box::pin(kills::on_sqlite(plan)),
    },
    Scenario {
        name: "R1-postgres",
        what: "kills at random moments of one of two servers on PostgreSQL",
        rounds: 30,
        rounds_small: 2,
        run: |plan| Box::pin(kills::on_postgres(plan)),
    },
    Scenario {
        name: "R4",
        what: "one of five buyers hangs, fails, breaks off, flaps or is late",
        rounds: 5,
        rounds_small: 1,
        run: |plan| Box::pin(buyers::run(plan)),
    },
    Scenario {
        name: "R5",
        what: "reports a thousand times over, in any order, too early, a month late, and junk",
        rounds: 10,
        rounds_small: 1,
        run: |plan| Box::pin(postbacks::run(plan)),
    },
    Scenario {
        name: "R3",
        what: "PostgreSQL crashes, stops or is away; a server stands still; two servers",
        rounds: 12,
        rounds_small: 2,
        run: |plan| Box::pin(outages::run(plan)),
    },
    Scenario {
        name: "R9",
        what: "bad input on every address",
        rounds: 3,
        rounds_small: 1,
        run: |plan| Box::pin(junk::run(plan)),
    },
    Scenario {
        name: "R11",
        what: "servers are asked to stop under load, on SQLite",
        rounds: 20,
        rounds_small: 2,
        run: |plan| Box::pin(deploys::on_sqlite(plan)),
    },
    Scenario {
        name: "R11-postgres",
        what: "servers are asked to stop under load, two on PostgreSQL",
        rounds: 20,
        rounds_small: 2,
        run: |plan| Box::pin(deploys::on_postgres(plan)),
    },
    Scenario {
        name: "R7",
        what: "callers hang up at any moment; a round is a thousand of them",
        rounds: 10,
        rounds_small: 1,
        run: |plan| Box::pin(hang_ups::run(plan)),
    },
    Scenario {
        name: "R8",
        what: "many times more leads than can be stored; a round is six seconds",
        rounds: 10,
        rounds_small: 1,
        run: |plan| Box::pin(overload::run(plan)),
    },
    Scenario {
        name: "R13",
        what: "backups under load and migrations, between kills",
        rounds: 10,
        rounds_small: 1,
        run: |plan| Box::pin(backups::run(plan)),
    },
    Scenario {
        name: "R15",
        what: "addresses that nobody may be connected to",
        rounds: 1,
        rounds_small: 1,
        run: |plan| Box::pin(addresses::run(plan)),
    },
    Scenario {
        name: "R16",
        what: "kills and bad buyers, mixed; a round is a minute",
        rounds: 30,
        rounds_small: 0,
        run: |plan| Box::pin(soak::run(plan)),
    },
];

/// Runs a scenario, also to an end that it did not expect.
pub async fn run(scenario: &Scenario, plan: Plan) -> Option<Outcome> {
    let began = Instant::now();
    let ended = tokio::spawn((scenario.run)(plan)).await;
    let mut outcome = match ended {
        Ok(outcome) => outcome?,
        Err(error) => {
            let mut outcome = Outcome::of(scenario.name, "", &plan);
            outcome.must("it comes to its end", error, false);
            outcome
        }
    };
    scenario.name.clone_into(&mut outcome.name);
    outcome.seconds = began.elapsed().as_secs();
    Some(outcome)
}

/// The server that is named, for databases that several servers share.
fn postgres() -> Option<Postgres> {
    Postgres::named()
}
