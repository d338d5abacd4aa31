//! The scenarios, run small: every promise but those about time.

#![expect(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

use faults::{
    plan::Plan,
    scenarios::{ALL, run},
};

/// What each run of the tests uses; `cargo xtask soak` takes another one each time.
const SEED: u64 = 7;

/// Runs one scenario, and fails with all that is not as promised.
async fn holds(name: &str) {
    let scenario = ALL.iter().find(|it| it.name == name).unwrap();
    let plan = Plan {
        seed: SEED,
        rounds: scenario.rounds_small,
        is_whole: false,
    };
    if let Some(outcome) = run(scenario, plan).await {
        outcome.assert_holds();
    }
}

/// A test for each scenario that fits into the time of a check.
macro_rules! scenarios {
    ($($test:ident: $name:literal,)*) => {
        $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
        async fn $test() {
            holds($name).await;
        })*
    };
}

scenarios! {
    r1_kills_lose_nothing_and_sell_nothing_twice: "R1",
    r1_kills_of_one_of_two_servers_lose_nothing_and_sell_nothing_twice: "R1-postgres",
    r4_a_buyer_that_misbehaves_costs_others_nothing: "R4",
    r5_every_report_counts_once: "R5",
    r3_a_database_that_goes_away_loses_and_doubles_nothing: "R3",
    r9_bad_input_is_refused_with_a_code: "R9",
    r11_a_stop_cuts_nothing_off: "R11",
    r11_one_of_two_servers_that_stops_cuts_nothing_off: "R11-postgres",
    r7_callers_that_hang_up_leave_nothing_behind: "R7",
    r8_what_is_too_much_is_refused_and_forgotten: "R8",
    r13_a_backup_holds_what_was_told_before_it: "R13",
    r15_nobody_is_connected_to_who_is_not_public: "R15",
}
