use pointsman_bandit::Allocation;
use pointsman_flow::{Catalog, Document, Program, Semantics, compile_under};
use pointsman_lead::{Fields, Value};
use pointsman_router::Unit;
use pointsman_store::{CatalogRow, LeadRow, LeadStatus, Mode, NewFlowVersion, Options};
use serde_json::json;
use tempfile::TempDir;

use super::*;
use crate::{keep_hash_key, record::json};

const N_PEOPLE: i64 = 40;

/// What a database holds of people whose leads a sticky split has drawn.
#[derive(Debug, Clone, Copy)]
struct Kept {
    /// The e-mail address, which the split sticks to.
    value: bool,
    /// Its hash.
    hash: bool,
    semantics: Semantics,
}

/// A catalog and a flow whose one split stays with an e-mail address.
fn bodies() -> (String, String) {
    let document = json!({
        "flow": "solar", "vertical": "solar", "currency": "USD", "root": "halves",
        "nodes": {
            "halves": {"kind": "split", "sticky": "email", "arms": [
                {"weight_ppm": 500_000, "to": "acme"}, {"weight_ppm": 500_000, "to": "zenith"}]},
            "acme": {"kind": "destination"}, "zenith": {"kind": "destination"},
        },
    });
    let catalog = json!({
        "schema": {"vertical": "solar", "fields": [{"name": "email", "kind": "email"}]},
        "currency": "USD", "destinations": {"acme": {}, "zenith": {}},
    });
    (document.to_string(), catalog.to_string())
}

fn lead_id(n: i64) -> String {
    Id::<kinds::Lead>::new(Timestamp(n * 1_000), [0; 10]).to_string()
}

fn lead_row(n: i64, fields_body: String) -> LeadRow {
    LeadRow {
        id: lead_id(n),
        seq: n,
        vertical: "solar".to_owned(),
        flow: "solar".to_owned(),
        source: "web".to_owned(),
        idempotency_key: None,
        fingerprint: String::new(),
        fields_body,
        unit_key: format!("unit {n}"),
        is_test: false,
        mode: Mode::Sync,
        status: LeadStatus::Queued,
        response_body: None,
        revenue: 0,
        received_at: n,
        settled_at: None,
    }
}

/// The rows of person `n` after the first step.
fn rows(
    n: i64,
    program: &Program,
    hash_key: HashKey,
    kept: Kept,
) -> (LeadRow, DecisionRow, DecisionStepRow) {
    let schema = program.schema();
    let mut values = vec![None; schema.fields().len()];
    let email = usize::from(schema.find("email").unwrap().0);
    values[email] = Some(Value::Text(format!("person{n}@x.example")));
    let fields = Fields::new(values);
    let unit_key = format!("unit {n}");
    let unit = Unit::new(&unit_key, hash_key);
    let subject = Subject::new(program, &Allocation::prior(), &fields, unit);
    let hashes = subject.unit_hashes(program);
    let context = Context {
        program,
        subject: &subject,
    };
    let conditions = Ledger::new().conditions(program, "", Timestamp(n));
    let Step::Offer(offer) = Walk::new(context).next(context, &conditions, Event::Start) else {
        panic!("both destinations are free");
    };
    let destination = &program.destinations()[usize::from(offer.destination.0)];
    let step = DecisionStepRow {
        decision_id: format!("dec_{n}"),
        n: 0,
        seq: n,
        at: n,
        availability: conditions.free.to_hex(),
        trace_body: json(&record::trace(context, &offer.trace)),
        kind: StepKind::Offer,
        destination: Some(destination.name.clone()),
        propensity: offer.propensity,
        outlook_body: json(&record::outlook(program, &offer.outlook)),
        rotation_body: None,
        node: None,
        asked: None,
        bids_body: None,
    };
    let decision = DecisionRow {
        id: format!("dec_{n}"),
        lead_id: lead_id(n),
        flow: "solar".to_owned(),
        version_hash: "v".to_owned(),
        catalog_hash: "c".to_owned(),
        semantics: i64::from(program.semantics().version()),
        epoch: 0,
        unit_key: unit_key.clone(),
        unit_hashes_body: (kept.hash && !hashes.is_empty()).then(|| json(&hashes)),
        started_seq: n,
        end_state: None,
        end_reason: None,
        ended_seq: None,
        lease: 0,
    };
    let fields_body = if kept.value {
        json(&fields.to_json(schema))
    } else {
        "{}".to_owned()
    };
    (lead_row(n, fields_body), decision, step)
}

/// How many of the leads come out as they were decided.
async fn reproduced(kept: Kept) -> u64 {
    let folder = TempDir::new().unwrap();
    let url = format!("sqlite://{}", folder.path().join("past.db").display());
    let store = Store::open(&url, &Options::default()).await.unwrap();
    keep_hash_key(&store).await.unwrap();
    let key = hash_key(&store.read()).await.unwrap();
    assert_ne!(key, HashKey::default());
    keep_hash_key(&store).await.unwrap();
    assert_eq!(hash_key(&store.read()).await.unwrap(), key);
    let (body, catalog_body) = bodies();
    let catalog = Catalog::from_stored(&catalog_body).unwrap();
    let document = Document::from_json(&body).unwrap();
    let program = compile_under(document, &catalog, kept.semantics).unwrap();
    let tx = store.begin().await.unwrap();
    tx.put_flow("solar", "solar", 1).await.unwrap();
    let version = NewFlowVersion {
        hash: "v".to_owned(),
        flow: "solar".to_owned(),
        body,
        message: String::new(),
        author: String::new(),
        at: 1,
        semantics: i64::from(kept.semantics.version()),
    };
    tx.insert_flow_version(version).await.unwrap();
    let catalog = CatalogRow {
        hash: "c".to_owned(),
        body: catalog_body,
        created_at: 1,
    };
    tx.put_catalog(catalog).await.unwrap();
    for n in 1..=N_PEOPLE {
        let (lead, decision, step) = rows(n, &program, key, kept);
        assert!(
            !format!("{decision:?}").contains("person"),
            "a hash tells nobody"
        );
        tx.insert_leads(vec![lead]).await.unwrap();
        tx.insert_decisions(vec![decision]).await.unwrap();
        tx.insert_steps(vec![step]).await.unwrap();
    }
    tx.commit().await.unwrap();
    let found = verify(&store, &mut |_| ()).await.unwrap();
    store.close().await.unwrap();
    assert_eq!(found.decisions, N_PEOPLE.unsigned_abs());
    found.reproduced
}

const ALL: u64 = N_PEOPLE.unsigned_abs();

#[tokio::test]
async fn a_draw_comes_out_again_after_the_value_that_it_stuck_to_was_erased() {
    let kept = Kept {
        value: false,
        hash: true,
        semantics: Semantics::V2,
    };
    assert_eq!(reproduced(kept).await, ALL);
    // Else the leads are drawn by their own keys, and some come out by luck.
    let neither = Kept {
        hash: false,
        ..kept
    };
    assert!(reproduced(neither).await < ALL);
}

#[tokio::test]
async fn a_draw_without_a_stored_hash_comes_out_by_the_value_and_the_key_of_the_database() {
    let kept = Kept {
        value: true,
        hash: false,
        semantics: Semantics::V2,
    };
    assert_eq!(reproduced(kept).await, ALL);
}

#[tokio::test]
async fn decisions_of_semantics_version_1_store_no_hash_and_come_out_by_the_value() {
    let kept = Kept {
        value: true,
        hash: true,
        semantics: Semantics::V1,
    };
    assert_eq!(reproduced(kept).await, ALL);
}
