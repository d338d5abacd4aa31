//! What the leads of an experiment add up to.

use pointsman_store::{ExperimentLeadRow, ExperimentRow, ExperimentState, Store};

use crate::{
    database::{Database, on_both_databases},
    rows::insert_walks,
};

on_both_databases! {
    covariates_add_up_by_unit,
    a_covariate_that_nobody_has_adds_up_to_nothing,
}

fn experiment() -> ExperimentRow {
    ExperimentRow {
        name: "ab".to_owned(),
        flow: "main".to_owned(),
        revision: 1,
        state: ExperimentState::Running,
        plan_body: "{}".to_owned(),
        candidate_hash: None,
        share_ppm: 0,
        created_at: 0,
        created_by: "ann".to_owned(),
        started_at: Some(0),
        started_seq: Some(0),
        concluded_at: None,
        conclusion_body: None,
        folded_seq: 0,
    }
}

/// Lead `n`, accepted if `n` is odd, of a unit and with what is known of it.
fn lead(n: i64, unit: &str, known: [Option<i64>; 2]) -> ExperimentLeadRow {
    ExperimentLeadRow {
        experiment: "ab".to_owned(),
        lead_id: format!("lead_{n:04}"),
        unit: unit.to_owned(),
        arm: "acme".to_owned(),
        is_crossed: false,
        weights_body: "{}".to_owned(),
        is_comparable: true,
        version_hash: "v1".to_owned(),
        seq: n,
        drawn_at: n,
        is_open: false,
        accepted: n % 2,
        converted: 0,
        returned: 0,
        revenue: n * 1_500_000,
        latency_ms: 10 * n,
        slow: 0,
        covariate_1: known[0],
        covariate_2: known[1],
        covariate_3: None,
        covariate_4: None,
    }
}

async fn store_of(database: &Database, leads: Vec<ExperimentLeadRow>) -> Store {
    let store = database.open().await;
    insert_walks(&store, 1..=6).await;
    let tx = store.begin().await.unwrap();
    tx.insert_experiment(experiment()).await.unwrap();
    tx.put_experiment_leads("ab", leads).await.unwrap();
    tx.commit().await.unwrap();
    store
}

async fn covariates_add_up_by_unit(database: Database) {
    // Years of birth, which a mean of about 1980 is taken off; the second covariate is as large as one can be.
    let year = |year: i64| Some(year * 1_000_000);
    let large = 1_000_000_000_000_000_000;
    let leads = vec![
        lead(1, "ann", [year(1_970), Some(large)]),
        lead(2, "ann", [year(1_980), Some(-large)]),
        lead(3, "bob", [year(1_990), None]),
        lead(4, "cal", [None, None]),
        // Too young, and with an answer that is not known.
        lead(6, "dan", [year(2_000), None]),
        ExperimentLeadRow {
            is_open: true,
            ..lead(5, "eve", [year(2_000), None])
        },
    ];
    let store = store_of(&database, leads).await;
    let read = store.read();
    let found = read.experiment_covariates("ab", 5, 1).await.unwrap();
    assert_eq!(found.len(), 1);
    let found = &found[0];
    // By unit, less 1980: -10 of two leads, 10 of one, and one that is missing.
    assert_eq!(found.sums, [0.0, 1.0]);
    assert_eq!(found.leads, [-10.0, 1.0]);
    assert_eq!(found.products, [[200.0, 0.0], [0.0, 1.0]]);
    // Accepted: one of each of the first two; money: 4.5, 4.5 and 6.
    assert_eq!(found.metrics[0], [0.0, 0.0]);
    assert_eq!(found.metrics[3], [0.0, 6.0]);
    // Time: 30 ms of ann, 30 of bob, 40 of cal.
    assert_eq!(found.metrics[4], [0.0, 40.0]);
    let sums = read.experiment_sums("ab", 5).await.unwrap();
    assert_eq!(
        (
            sums[0].latency,
            sums[0].latency_squared,
            sums[0].latency_leads
        ),
        (100.0, 3_400.0, 130.0)
    );
    assert_eq!((sums[0].slow, sums[0].slow_squared), (0.0, 0.0));
    let both = read.experiment_covariates("ab", 5, 2).await.unwrap();
    assert_eq!(both[0].sums[..2], [0.0, 1.0]);
    assert_eq!(both[0].sums[2..], [0.0, 2.0]);
    assert!(both[0].products.iter().flatten().all(|it| it.is_finite()));
    assert_eq!(read.experiment_covariates("none", 5, 1).await.unwrap(), []);
    store.close().await.unwrap();
}

async fn a_covariate_that_nobody_has_adds_up_to_nothing(database: Database) {
    let leads = vec![lead(1, "ann", [None; 2]), lead(2, "bob", [None; 2])];
    let store = store_of(&database, leads).await;
    let found = store
        .read()
        .experiment_covariates("ab", 5, 4)
        .await
        .unwrap();
    assert_eq!(found[0].sums, [0.0, 2.0].repeat(4));
    assert_eq!(found[0].products[1], [0.0, 2.0].repeat(4));
    store.close().await.unwrap();
}
