//! Changes of settings are kept with who made them, and what the settings said before and after.

#![expect(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

use pointsman_control::{
    ChangeFilter, ChangedSettings, Control, ExpectedStage, NewDestination, NewToken, Publication,
    Role, SettingsChange, SettingsChangeKind as Kind, StageMove,
};
use pointsman_flow::Document;
use pointsman_history::Clock;
use pointsman_store::{Options, Store};
use serde_json::{Value, json};
use tempfile::TempDir;

async fn open(folder: &TempDir) -> Control {
    let url = format!("sqlite://{}", folder.path().join("pointsman.db").display());
    let store = Store::open(&url, &Options::default()).await.unwrap();
    Control::open(store, Clock::real()).await.unwrap()
}

/// Every change, the first one first, with what was said of it.
async fn changes(control: &Control) -> Vec<(SettingsChange, ChangedSettings)> {
    let page = control.changes(&ChangeFilter::default(), None, 100).await;
    let mut found = Vec::new();
    for (_, change) in page.unwrap().entries.into_iter().rev() {
        let changed = control.changed_settings(&change).await.unwrap();
        found.push((change, changed));
    }
    found
}

async fn put(control: &Control, secret: &str, price: &str) {
    let new = NewDestination {
        name: "acme".to_owned(),
        target: json!({ "url": "https://acme.example/leads", "secrets": { "key": secret },
            "headers": { "X-Key": "{{secret.key}}" } }),
        settings: json!({ "price": price }),
        vertical: None,
        expected_revision: None,
    };
    control.put_destination(new).await.unwrap();
}

fn document(first_ppm: u32) -> Document {
    let document = json!({
        "flow": "auto", "vertical": "auto", "currency": "USD", "root": "halves",
        "nodes": {
            "halves": { "kind": "split", "arms": [
                { "name": "first", "weight_ppm": first_ppm, "to": "acme" },
                { "name": "none", "weight_ppm": 1_000_000 - first_ppm, "to": "nobody" } ] },
            "acme": { "kind": "destination" },
            "nobody": { "kind": "reject", "reason": "none" }
        }
    });
    Document::from_json(&document.to_string()).unwrap()
}

async fn publish(control: &Control, document: Document) -> String {
    control.save_draft(document, None).await.unwrap();
    let publication = Publication {
        flow: "auto".to_owned(),
        message: "for a story".to_owned(),
        author: "ann".to_owned(),
        expected_revision: None,
        set_live_if_first: true,
    };
    let published = control.publish(publication.clone()).await.unwrap();
    // The same once more is no change.
    control.publish(publication).await.unwrap();
    published.version.hash
}

/// Settings of all kinds; gives the hash of the version that is live in the end, and the secret of a token.
async fn configure(control: &Control) -> (String, String) {
    let fields = json!([{ "name": "state", "kind": "text" }]);
    control.put_schema("auto", &fields).await.unwrap();
    let ann = control.acting_as("ann");
    put(&ann, "first-secret", "12.50").await;
    put(&ann, "second-secret", "13.00").await;
    put(&ann, "[secret]", "13.00").await;
    publish(&ann, document(500_000)).await;
    let second = publish(&ann, document(300_000)).await;
    let to = StageMove {
        flow: "auto".to_owned(),
        stage: "live".to_owned(),
        version: second.clone(),
        expected: ExpectedStage::Any,
        by: "ann".to_owned(),
    };
    ann.move_stage(to.clone()).await.unwrap();
    // What is refused leaves nothing.
    let stale = StageMove {
        expected: ExpectedStage::Absent,
        ..to
    };
    ann.move_stage(stale).await.unwrap_err();
    let new = NewToken {
        name: "night shift".to_owned(),
        role: Role::Analyst,
        source: None,
        destination: None,
    };
    let created = ann.create_token(new).await.unwrap();
    assert!(ann.revoke_token(created.token.id).await.unwrap());
    assert!(!ann.revoke_token(created.token.id).await.unwrap());
    (second, created.secret)
}

#[tokio::test]
async fn each_change_is_one_row_that_says_who_made_it_and_what_it_did() {
    let folder = tempfile::tempdir().unwrap();
    let control = open(&folder).await;
    let (second, token_secret) = configure(&control).await;
    let found = changes(&control).await;
    let kinds: Vec<Kind> = found.iter().map(|(change, _)| change.kind).collect();
    assert_eq!(
        kinds,
        [
            Kind::LeadSchemaPut,
            Kind::DestinationPut,
            Kind::DestinationPut,
            Kind::DestinationPut,
            Kind::FlowDraftSaved,
            Kind::FlowVersionPublished,
            Kind::FlowDraftSaved,
            Kind::FlowVersionPublished,
            Kind::StageMoved,
            Kind::TokenCreated,
            Kind::TokenRevoked,
        ]
    );
    assert_eq!(found[0].0.by, "pointsman");
    assert!(found[1..].iter().all(|(change, _)| change.by == "ann"));
    let told = |n: usize| -> Vec<&str> {
        let differences = found[n].1.differences.iter();
        differences.map(|it| it.message.as_str()).collect()
    };
    let price = r#"settings.price: "12.50" → "13.00""#;
    let secret = r#"target.secrets.key: "[secret]" → "[secret, changed]""#;
    assert_eq!(told(2), [price, secret]);
    let back = r#"target.secrets.key: "[secret]" → "[secret]""#;
    assert!(
        !told(3).contains(&back) && told(3).is_empty(),
        "{:?}",
        told(3)
    );
    assert_eq!(found[5].1.before, None);
    let live = found[5].1.after.as_ref().unwrap()["live"].clone();
    assert!(live.is_string());
    assert_eq!(found[5].0.note.as_deref(), Some("for a story"));
    assert!(told(6).concat().contains("halves"), "{:?}", told(6));
    assert_eq!(found[7].1.after.as_ref().unwrap()["live"], live);
    let moved = json!({ "stage": "live", "version": second });
    assert_eq!(found[8].1.after, Some(moved));
    assert!(told(8).concat().contains("halves"), "{:?}", told(8));
    assert_eq!(told(10), ["revoked: false → true"]);
    let all: Vec<Value> = found
        .iter()
        .map(|(_, changed)| json!([changed.before, changed.after]))
        .collect();
    let all = json!(all).to_string();
    for secret in ["first-secret", "second-secret", &token_secret] {
        assert!(!all.contains(secret), "{secret}");
    }
    let few = ChangeFilter {
        object: Some("auto".to_owned()),
        kinds: Some(vec![Kind::StageMoved, Kind::LeadSchemaPut]),
        who: Some("ann".to_owned()),
        ..ChangeFilter::default()
    };
    let page = control.changes(&few, None, 1).await.unwrap();
    assert_eq!(page.entries.len(), 1);
    assert!(!page.has_more);
}
