//! A disk that is full, and then is not any more.
#![cfg(target_os = "linux")]

use std::process::Command;

use crate::{
    buyer::{Buyer, Reply},
    program::pointsman_on_a_small_disk,
    server::Server,
    site::{Site, one_after_the_other, open_to_all, solar_lead},
    wait::until,
};

/// Lets files of a process grow up to this many bytes, as a disk that is full lets none grow.
fn let_files_grow_to(process: u32, bytes: &str) {
    let set = Command::new("prlimit")
        .args(["--pid", &process.to_string()])
        // Only the soft limit, which may be raised again.
        .arg(format!("--fsize={bytes}:"))
        .status();
    assert!(set.unwrap().success());
}

#[tokio::test]
async fn a_full_disk_refuses_leads_and_says_so_and_takes_them_again_when_there_is_room() {
    let buyer = Buyer::always(Reply::Accept("5")).await;
    let server = Server::start_on("pointsman.db", pointsman_on_a_small_disk);
    let flow = one_after_the_other(&["acme"]);
    let mut site = Site::open_on(server, &flow, &[open_to_all("acme", &buyer)]).await;
    let source = site.source();
    let stranger = site.server.stranger();
    let mut ids = Vec::new();
    for _ in 0..3 {
        let sold = source.lead(&solar_lead()).await;
        assert_eq!(sold.status, 200, "{sold:?}");
        ids.push(sold.json()["lead_id"].as_str().unwrap().to_owned());
    }
    assert_eq!(stranger.get("/readyz").await.status, 200);

    let_files_grow_to(site.server.process(), "1");
    for _ in 0..5 {
        let refused = source.lead(&solar_lead()).await;
        assert_eq!(refused.status, 503, "{refused:?}");
    }
    until("it says that it cannot take leads", async || {
        (stranger.get("/readyz").await.status == 503).then_some(())
    })
    .await;
    assert_eq!(stranger.get("/livez").await.status, 200);

    let_files_grow_to(site.server.process(), "unlimited");
    until("it says that it can again", async || {
        (stranger.get("/readyz").await.status == 200).then_some(())
    })
    .await;
    for _ in 0..3 {
        let sold = source.lead(&solar_lead()).await;
        assert_eq!(sold.status, 200, "{sold:?}");
        ids.push(sold.json()["lead_id"].as_str().unwrap().to_owned());
    }
    // What was acknowledged is on the disk, and not only in the memory of the process.
    site.server.kill();
    site.start_again();
    for id in ids {
        assert_eq!(site.lead(&id).await["status"], "SOLD");
    }
}
