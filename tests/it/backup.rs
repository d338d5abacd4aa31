//! Copies that are taken while leads come, and what is restored from them.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, Ordering},
};

use serde_json::{Value, json};

use crate::{
    buyer::{Buyer, Reply},
    program::{pointsman, stdout_of},
    restart::verify,
    site::{Site, one_after_the_other, open_to_all, solar_lead},
    wait::until,
};

/// Connections that send.
const CLIENTS: usize = 8;

fn backup(site: &Site, file: &std::path::Path) -> Value {
    let mut backup = pointsman();
    backup
        .arg("backup")
        .arg(file)
        .arg("--db")
        .arg(site.server.database());
    backup.args(["--output", "json"]);
    serde_json::from_str(&stdout_of(&mut backup)).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_under_load_holds_what_was_acknowledged_before_it() {
    let buyer = Buyer::always(Reply::Accept("5")).await;
    let flow = one_after_the_other(&["acme"]);
    let site = Arc::new(Site::open(&flow, &[open_to_all("acme", &buyer)]).await);
    let acknowledged: Arc<Mutex<Vec<String>>> = Arc::default();
    let is_over = Arc::new(AtomicBool::new(false));
    let clients: Vec<_> = (0..CLIENTS)
        .map(|_| {
            let (site, acknowledged) = (Arc::clone(&site), Arc::clone(&acknowledged));
            let is_over = Arc::clone(&is_over);
            tokio::spawn(async move {
                let source = site.source();
                while !is_over.load(Ordering::SeqCst) {
                    let sent = source.lead(&solar_lead()).await;
                    assert_eq!(sent.status, 200, "{}", sent.text);
                    let id = sent.json()["lead_id"].as_str().unwrap().to_owned();
                    acknowledged.lock().unwrap().push(id);
                }
            })
        })
        .collect();
    let n_sent = || acknowledged.lock().unwrap().len();
    until("some leads are there", async || {
        (n_sent() > 200).then_some(())
    })
    .await;
    let before = acknowledged.lock().unwrap().clone();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("copy.db");
    let manifest = {
        let (site, file) = (Arc::clone(&site), file.clone());
        tokio::task::spawn_blocking(move || backup(&site, &file))
            .await
            .unwrap()
    };
    let after = n_sent();
    until("leads come after it", async || {
        (n_sent() > after + 50).then_some(())
    })
    .await;
    is_over.store(true, Ordering::SeqCst);
    for client in clients {
        client.await.unwrap();
    }

    let restored = folder.path().join("restored").join("pointsman.db");
    std::fs::create_dir(restored.parent().unwrap()).unwrap();
    let restore = || {
        let mut restore = pointsman();
        restore.arg("restore").arg(&file).arg("--db").arg(&restored);
        restore
    };
    stdout_of(&mut restore());
    let n_leads = usize::try_from(manifest["leads"].as_u64().unwrap()).unwrap();
    assert!(n_leads >= before.len() && n_leads < n_sent(), "{manifest}");
    verify(&restored, n_leads);
    let url = format!("sqlite://{}", restored.display());
    let store = pointsman_store::Store::open_read_only(&url, &pointsman_store::Options::default())
        .await
        .unwrap();
    let found = store.read().leads_by_id(&before).await.unwrap();
    assert_eq!(found.len(), before.len());
    store.close().await.unwrap();
    // A second one would overwrite a database that may be in use by now.
    let again = restore().output().unwrap();
    assert_eq!(again.status.code(), Some(1));
    // It goes on where it stood, by the same tokens.
    let server = site.server.beside_on(restored.to_str().unwrap(), pointsman);
    let admin = server.admin();
    let leads = admin
        .graphql("{ leads(first: 1) { nodes { status } } }", &json!({}))
        .await;
    assert_eq!(leads["leads"]["nodes"].as_array().unwrap().len(), 1);
    assert_eq!(admin.lead(&with_source()).await.status, 200);
}

fn with_source() -> Value {
    let mut lead = solar_lead();
    lead["source"] = json!("web");
    lead
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_backup_is_not_restored_and_a_file_is_never_overwritten() {
    let buyer = Buyer::always(Reply::Accept("5")).await;
    let flow = one_after_the_other(&["acme"]);
    let site = Site::open(&flow, &[open_to_all("acme", &buyer)]).await;
    assert_eq!(site.source().lead(&solar_lead()).await.status, 200);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("copy.db");
    backup(&site, &file);
    let mut again = pointsman();
    again
        .arg("backup")
        .arg(&file)
        .arg("--db")
        .arg(site.server.database());
    let again = again.output().unwrap();
    assert_eq!(again.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&again.stderr).contains("exists"));
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&file, &bytes).unwrap();
    let target = folder.path().join("new.db");
    let mut restore = pointsman();
    restore.arg("restore").arg(&file).arg("--db").arg(&target);
    let restored = restore.output().unwrap();
    assert_eq!(restored.status.code(), Some(1));
    let told = String::from_utf8_lossy(&restored.stderr);
    assert!(told.contains("damaged"), "{told}");
    assert!(!target.exists());
    let mut postgres = pointsman();
    postgres.args([
        "backup",
        "x.db",
        "--db",
        "postgres://nobody@127.0.0.1:1/none",
    ]);
    let postgres = postgres.output().unwrap();
    assert_eq!(postgres.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&postgres.stderr).contains("pg_dump"));
}
