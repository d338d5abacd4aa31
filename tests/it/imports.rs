//! Leads out of a file, through the endpoint of their source: killed, started again, and told of row by row.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::{Value, json};

use crate::{
    buyer::{Buyer, Reply},
    program::{pointsman, stdout_of},
    restart::verify,
    site::{Site, one_after_the_other, open_to_all, solar_lead, token},
    wait::until,
};

/// A site whose source `list` sends rows with columns of its own, and the token of that source.
async fn site(buyer: &Buyer, more: &Value) -> (Site, String) {
    let flow = one_after_the_other(&["acme"]);
    let site = Site::open(&flow, &[open_to_all("acme", buyer)]).await;
    let fields = json!({"phone": "Telephone", "home_owner": "Owns a home", "roof": "Roof kind"});
    let mut document = json!({"flow": "solar", "country": "US", "fields": fields});
    for (name, value) in more.as_object().unwrap() {
        document[name] = value.clone();
    }
    let put = json!({"name": "list", "document": document});
    site.admin
        .change("putSource", &put, "source { revision }")
        .await;
    let token = token(&site.admin, "SOURCE", json!({"source": "list"})).await;
    (site, token)
}

/// A file with this text.
fn file(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

fn import(site: &Site, token: &str, file: &Path) -> Command {
    import_as(site, ("list", token), file)
}

fn import_as(site: &Site, (source, token): (&str, &str), file: &Path) -> Command {
    let mut command = pointsman();
    command.arg("import").arg(file).args(["--source", source]);
    command.args(["--server", site.server.base()]);
    // Not among the arguments, which others on the machine see.
    command.env("POINTSMAN_TOKEN", token);
    command
}

/// The lines of a file of results behind the first, as far as they are whole.
fn results(file: &Path) -> Vec<Value> {
    let path = format!("{}.results.ndjson", file.display());
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
    let lines = whole.lines().skip(1);
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// How many different values results have under a name.
fn distinct(results: &[Value], name: &str) -> usize {
    let values = results.iter().map(|result| result[name].to_string());
    values.collect::<BTreeSet<_>>().len()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_is_killed_goes_on_without_a_lead_lost_or_doubled() {
    const ROWS: usize = 1_200;
    let buyer = Buyer::always(Reply::Accept("5")).await;
    let (mut site, token) = site(&buyer, &json!({})).await;
    let folder = tempfile::tempdir().unwrap();
    let rows = (0..ROWS).map(|n| format!("(202) 55{}-{:04},yes,Flat,\n", n / 1_000, n % 1_000));
    let text = format!(
        "Telephone,Owns a home,Roof kind,Note\n{}",
        rows.collect::<String>()
    );
    let file = file(folder.path(), "leads.csv", &text);
    for n_before in [200, 600] {
        let mut running = import(&site, &token, &file);
        let running = running
            .args(["--in-flight", "64"])
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let mut running = running.spawn().unwrap();
        // In steps, since a busy machine takes its time.
        for n_rows in (0..=n_before).step_by(100) {
            until("more rows are sent", async || {
                (results(&file).len() >= n_rows).then_some(())
            })
            .await;
        }
        // Others send leads meanwhile.
        let live = site.source().lead(&solar_lead()).await;
        assert_eq!(live.json()["status"], "sold");
        running.kill().unwrap();
        running.wait().unwrap();
        assert!(results(&file).len() < ROWS, "it was killed in the middle");
    }
    let done = import(&site, &token, &file)
        .args(["--output", "json", "--in-flight", "64"])
        .output();
    let done = done.unwrap();
    let progress = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{progress}");
    assert!(
        progress.contains("1200 of 1200 rows: 1200 sold"),
        "{progress}"
    );
    let told: Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!(
        (&told["rows"], &told["by_status"]),
        (&json!(ROWS), &json!({"sold": ROWS}))
    );
    assert!(told["known_before"].as_u64() >= Some(600), "{told}");

    let results = results(&file);
    assert_eq!(
        (
            results.len(),
            distinct(&results, "row"),
            distinct(&results, "lead_id")
        ),
        (ROWS, ROWS, ROWS)
    );
    let offers = || -> BTreeSet<String> {
        let posts = buyer.posts();
        let keys = posts.iter().map(|post| post.idempotency_key.clone());
        let distinct: BTreeSet<String> = keys.collect();
        assert_eq!(posts.len(), distinct.len(), "no offer is sent twice");
        distinct
    };
    let n_offers = offers().len();
    assert_eq!(n_offers, ROWS + 2);
    // Once more, and under another name of the results, nothing comes that was not there.
    stdout_of(&mut import(&site, &token, &file));
    let elsewhere = folder.path().join("again.ndjson");
    let mut again = import(&site, &token, &file);
    let again = again
        .args(["--in-flight", "64", "--results"])
        .arg(&elsewhere);
    let again = stdout_of(again);
    assert_eq!(again.trim(), "1200 rows: 1200 sold");
    assert_eq!(offers().len(), n_offers);
    site.server.stop();
    verify(&site.server.database(), ROWS + 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_problem_of_a_file_is_told_by_row_and_the_others_are_leads() {
    let buyer = Buyer::always(Reply::Accept("5")).await;
    let (mut site, token) = site(&buyer, &json!({})).await;
    let folder = tempfile::tempdir().unwrap();
    // As a spreadsheet saves it, with what people do to such files.
    let text = "\u{feff}Telephone;Owns a home;Roof kind;id\r\n\r\n\
                2025550143;Yes;flat;a\r\n\
                2025550144;Yes;\"flat\";b;x\r\n\
                ;maybe;thatched;c\r\n\
                \"(202) 555-0145\";no;steep;d\r\n\
                2025550146;yes\r\n\r\n\
                2025550147;yes;steep;e";
    let leads = file(folder.path(), "leads.csv", text);
    let mut command = import(&site, &token, &leads);
    let done = command.args(["--key-column", "id"]).output().unwrap();
    let told = String::from_utf8_lossy(&done.stdout);
    assert_eq!(done.status.code(), Some(1), "{done:?}");
    assert_eq!(told.trim(), "6 rows: 3 refused, 3 sold");
    let mut found = results(&leads);
    found.sort_by_key(|result| result["row"].as_u64());
    let lines: Vec<u64> = found.iter().filter_map(|it| it["line"].as_u64()).collect();
    assert_eq!(lines, [3, 4, 5, 6, 7, 9]);
    let places = |row: usize| -> Vec<String> {
        let problems = found[row]["problems"].as_array();
        let told = |it: &Value| format!("{} {}", it["code"], it["path"]).replace('"', "");
        problems.into_iter().flatten().map(told).collect()
    };
    assert_eq!(places(0), Vec::<String>::new());
    assert_eq!(
        (places(1), places(4)),
        (
            vec!["uneven_row line 4".to_owned()],
            vec!["uneven_row line 7".to_owned()]
        )
    );
    assert_eq!(places(2).len(), 3, "{}", found[2]);
    assert!(
        found[2]["problems"].to_string().contains("fields.roof"),
        "{}",
        found[2]
    );
    assert_eq!(buyer.posts().len(), 3);

    // What would be wrong with every row is told before anything is sent.
    let refused = |who: (&str, &str), more: &[&str], text: &str| {
        let bad = file(folder.path(), "bad.csv", text);
        let _ = std::fs::remove_file(folder.path().join("bad.csv.results.ndjson"));
        let done = import_as(&site, who, &bad).args(more).output().unwrap();
        assert_eq!(done.status.code(), Some(1), "{done:?}");
        String::from_utf8_lossy(&done.stderr).into_owned()
    };
    let own = ("list", token.as_str());
    let twice = refused(own, &[], "a,a,\n1,2,3\n");
    assert!(
        twice.contains("duplicate_name") && twice.contains("empty"),
        "{twice}"
    );
    let ids = refused(own, &["--key-column", "id"], "id,x\n1,\n1,\n,\n");
    assert!(
        ids.contains("duplicate_key") && ids.contains("missing_key"),
        "{ids}"
    );
    let unknown = refused(own, &["--key-column", "ID"], "id\n1\n");
    assert!(unknown.contains("unknown_column"), "{unknown}");
    let empty = refused(own, &[], "Telephone\n");
    assert!(empty.contains("no rows"), "{empty}");
    let of_another = refused(("nobody", &token), &[], "Telephone\n1\n");
    assert!(of_another.contains("403"), "{of_another}");
    let stranger = refused(("list", "pm_wrong"), &[], "Telephone\n1\n");
    assert!(
        stranger.contains("401") && !stranger.contains("pm_wrong"),
        "{stranger}"
    );
    let folder_itself = import(&site, &token, folder.path()).output().unwrap();
    assert_eq!(folder_itself.status.code(), Some(1));
    assert_eq!(buyer.posts().len(), 3);
    site.server.stop();
    verify(&site.server.database(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mended_file_brings_what_was_refused_and_nothing_twice() {
    let buyer = Buyer::always(Reply::Accept("5")).await;
    // The source has ids of its own in some rows.
    let (mut site, token) = site(&buyer, &json!({"idempotency_key": "ref"})).await;
    let folder = tempfile::tempdir().unwrap();
    let text = "Telephone,Owns a home,Roof kind,ref\n\
                2025550143,yes,flat,a-1\n\
                2025550144,yes,thatched,\n\
                2025550145,no,steep,\n\
                2025550145,no,steep,\n";
    let leads = file(folder.path(), "leads.csv", text);
    let done = import(&site, &token, &leads).output().unwrap();
    let told = String::from_utf8_lossy(&done.stdout);
    // Equal rows are leads of their own.
    assert_eq!(told.trim(), "4 rows: 1 refused, 3 sold", "{done:?}");
    let rows = || std::fs::read_to_string(&leads).unwrap();
    let before = results(&leads);
    std::fs::write(&leads, rows().replace("thatched", "flat")).unwrap();
    let changed = import(&site, &token, &leads).output().unwrap();
    let told = String::from_utf8_lossy(&changed.stderr);
    assert!(told.contains("--results"), "{told}");
    assert_eq!(
        results(&leads),
        before,
        "the results of another file are left alone"
    );
    let mended = folder.path().join("mended.ndjson");
    let told = stdout_of(import(&site, &token, &leads).arg("--results").arg(mended));
    assert_eq!(told.trim(), "4 rows: 4 sold");
    assert_eq!(buyer.posts().len(), 4);
    site.server.stop();
    verify(&site.server.database(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_is_sent_again_under_its_key_until_its_end_is_known() {
    let (asked, mut keys) = tokio::sync::mpsc::unbounded_channel::<String>();
    let problem = |status: u16, code: &str| (status, json!({"code": code, "detail": "later"}));
    let answers = [
        problem(503, "busy"),
        problem(409, "in_progress"),
        problem(429, "too_many_leads"),
        problem(500, "internal"),
        (200, json!({"lead_id": "lead_1", "status": "unsold"})),
    ];
    let answers = std::sync::Arc::new(std::sync::Mutex::new(answers.into_iter()));
    let take = axum::routing::post(async move |headers: axum::http::HeaderMap| {
        let key = headers["idempotency-key"].to_str().unwrap().to_owned();
        asked.send(key).unwrap();
        let (status, body) = answers.lock().unwrap().next().unwrap();
        let status = axum::http::StatusCode::from_u16(status).unwrap();
        (status, [("retry-after", "0")], axum::Json(body))
    });
    let app = axum::Router::new().route("/v1/sources/list/leads", take);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    let folder = tempfile::tempdir().unwrap();
    let leads = file(folder.path(), "leads.csv", "a,b\n1,2\n");
    let mut command = pointsman();
    command.arg("import").arg(&leads).args(["--source", "list"]);
    command.args(["--server", &base, "--token", "t"]);
    let done = tokio::task::spawn_blocking(move || stdout_of(&mut command));
    assert_eq!(done.await.unwrap().trim(), "1 rows: 1 unsold");
    let mut sent = Vec::new();
    while let Ok(key) = keys.try_recv() {
        sent.push(key);
    }
    assert_eq!(sent.len(), 5);
    assert!(sent.iter().all(|key| *key == sent[0]), "{sent:?}");
}
