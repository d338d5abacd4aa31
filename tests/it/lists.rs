//! Named lists: put, asked, put again while leads come, and what was decided by each version.

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    buyer::{Buyer, Reply},
    caller::{Answer, Caller, answer},
    program::{pointsman, stdout_of},
    restart::verify,
    site::{
        BUYER_MS, Destination, Site, open_to_all, publish, put_destination, solar_flow, solar_lead,
    },
    wait::until,
};

/// Telephone numbers that fall into no other story.
fn phone(n: usize) -> String {
    format!("+1202555{n:05}")
}

/// A list of telephone numbers as a file has it.
fn phones(numbers: impl Iterator<Item = usize>) -> String {
    numbers.map(|n| format!("{}\r\n", phone(n))).collect()
}

/// Puts a list over HTTP.
async fn put(caller: &Caller, name: &str, body: String) -> Answer {
    let path = format!("/v1/lists/{name}?kind=phone");
    let request = caller.request(Method::PUT, &path);
    answer(request.header("content-type", "text/plain").body(body)).await
}

/// What putting a list would change, told by a dry run.
async fn tried(caller: &Caller, name: &str, body: String) -> Answer {
    let path = format!("/v1/lists/{name}?kind=phone&dry_run=true");
    let request = caller.request(Method::PUT, &path);
    answer(request.header("content-type", "text/plain").body(body)).await
}

/// Sends a lead with a telephone number, and gives who bought it.
async fn bought_by(site: &Site, n: usize) -> Value {
    let mut lead = solar_lead();
    lead["fields"]["phone"] = phone(n).into();
    let answer = site.source().lead(&lead).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()["destination"].take()
}

/// Acme wants who is on the list; the flow declines flat roofs that another list holds.
fn flow() -> Value {
    solar_flow(
        "roofs",
        &json!({
            "roofs": {"kind": "when", "if": "roof in list(\"no-roofs\")", "then": "no", "otherwise": "in-turn"},
            "no": {"kind": "reject", "reason": "no such roofs"},
            "in-turn": {"kind": "waterfall", "to": ["acme", "zenith"]},
            "acme": {"kind": "destination"}, "zenith": {"kind": "destination"},
        }),
    )
}

async fn site(buyer: &Buyer) -> Site {
    let server = crate::server::Server::start();
    let admin = server.admin();
    let roofs = json!({"name": "no-roofs", "values": ["thatched", "steep"]});
    admin.change("putList", &roofs, "").await;
    let first = put(&admin, "vips", phones(0..10)).await;
    assert_eq!(first.status, 200, "{first:?}");
    let vips = Destination {
        name: "acme",
        buyer,
        timeout_ms: BUYER_MS,
        settings: json!({"criteria": "phone in list(\"vips\")"}),
    };
    Site::open_on(server, &flow(), &[vips, open_to_all("zenith", buyer)]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_version_counts_at_once_and_each_decision_is_made_again_by_its_own() {
    let buyer = Buyer::always(Reply::Accept("5")).await;
    let mut site = site(&buyer).await;
    assert_eq!(bought_by(&site, 3).await, "acme");
    assert_eq!(bought_by(&site, 20_003).await, "zenith");
    let mut steep = solar_lead();
    steep["fields"]["roof"] = "steep".into();
    assert_eq!(
        site.source().lead(&steep).await.json()["status"],
        "declined"
    );

    // 20,000 others come in while leads do, and not one of these is refused.
    let (put, n_sold) = tokio::join!(put(&site.admin, "vips", phones(20_000..40_000)), async {
        for n in 0..30 {
            assert!(["acme", "zenith"].contains(&bought_by(&site, n).await.as_str().unwrap()));
        }
        30
    });
    let told = put.json();
    assert_eq!(
        (put.status, &told["revision"], &told["values"]),
        (200, &json!(2), &json!(20_000))
    );
    assert_eq!(put.header("etag"), "\"2\"");
    assert_eq!(bought_by(&site, 3).await, "zenith");
    assert_eq!(bought_by(&site, 20_003).await, "acme");

    const LIST: &str = "{ list(name: \"vips\") { kind valueCount revision hash flows
        versions { revision valueCount }
        difference(from: 1) { addedCount removedCount added removed } none: difference(from: 7) { addedCount } } }";
    let list = site.admin.graphql(LIST, &json!({})).await["list"].take();
    assert_eq!(list["kind"], "PHONE");
    assert_eq!(list["flows"], json!(["solar"]));
    assert_eq!(
        list["versions"],
        json!([{"revision": 2, "valueCount": 20_000}, {"revision": 1, "valueCount": 10}])
    );
    assert_eq!(list["hash"], told["hash"]);
    assert_eq!(list["none"], Value::Null);
    let difference = &list["difference"];
    assert_eq!(
        (&difference["addedCount"], &difference["removedCount"]),
        (&json!(20_000), &json!(10))
    );
    assert_eq!(difference["removed"][0], phone(0));
    assert_eq!(difference["added"].as_array().unwrap().len(), 20);

    // After a crash both versions are there.
    site.server.kill();
    site.start_again();
    assert_eq!(bought_by(&site, 20_003).await, "acme");
    site.server.stop();
    verify(&site.server.database(), 3 + n_sold + 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_tells_what_would_change_and_changes_nothing() {
    let buyer = Buyer::always(Reply::Accept("5")).await;
    let mut site = site(&buyer).await;
    let trial = tried(&site.admin, "vips", phones(5..40)).await;
    assert_eq!(trial.status, 200, "{trial:?}");
    let told = trial.json();
    assert_eq!(
        (&told["revision"], &told["values_before"], &told["values"]),
        (&json!(1), &json!(10), &json!(35))
    );
    assert_eq!(
        (&told["added"]["count"], &told["removed"]["count"]),
        (&json!(30), &json!(5))
    );
    assert_eq!(told["removed"]["first"][0], phone(0));
    assert_eq!(told["added"]["first"].as_array().unwrap().len(), 20);
    // A list that is not there yet, and mistakes as at a real upload.
    let new = tried(&site.admin, "late", phones(0..3)).await.json();
    assert_eq!(
        (
            &new["revision"],
            &new["values_before"],
            &new["added"]["count"]
        ),
        (&json!(0), &json!(0), &json!(3))
    );
    let wrong = tried(&site.admin, "vips", "three\n+1\n".to_owned()).await;
    let n_problems = wrong.json()["problems"].as_array().unwrap().len();
    assert_eq!((wrong.status, n_problems), (422, 2), "{wrong:?}");
    let path = "/v1/lists/vips?kind=email&dry_run=true";
    let request = site.admin.request(Method::PUT, path);
    let request = request.header("content-type", "text/plain");
    let other = answer(request.body("a@x.example")).await;
    assert_eq!(
        other.json()["problems"][0]["code"],
        "kind_fixed",
        "{other:?}"
    );
    assert_eq!(
        tried(&site.source(), "vips", phones(0..1)).await.status,
        403
    );
    let path = "/v1/lists/vips?dry_run=perhaps&dry_run=true&kind=phones&x=1";
    let request = site.admin.request(Method::PUT, path);
    let request = request.header("content-type", "text/plain");
    let confused = answer(request.body(phone(1))).await;
    let n_problems = confused.json()["problems"].as_array().unwrap().len();
    assert_eq!((confused.status, n_problems), (422, 4), "{confused:?}");
    let lists = "{ lists { nodes { name revision valueCount } } }";
    assert_eq!(
        site.admin.graphql(lists, &json!({})).await["lists"]["nodes"],
        json!([
            {"name": "no-roofs", "revision": 1, "valueCount": 2},
            {"name": "vips", "revision": 1, "valueCount": 10},
        ])
    );
    site.server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lead_under_way_keeps_the_version_that_it_came_with_and_others_pass_it() {
    let buyer = Buyer::scripted(|n| match n {
        0 => Reply::AcceptOnWord("5"),
        _ => Reply::Accept("5"),
    });
    let buyer = buyer.await;
    let mut site = site(&buyer).await;
    const VERSIONS: usize = 3;
    let (sold, ()) = tokio::join!(bought_by(&site, 3), async {
        until("its offer is under way", async || {
            (!buyer.posts().is_empty()).then_some(())
        })
        .await;
        for version in 0..VERSIONS {
            let numbers = phones(20_000 + version..20_100);
            assert_eq!(put(&site.admin, "vips", numbers).await.status, 200);
            assert_eq!(bought_by(&site, 20_050).await, "acme");
            assert_eq!(bought_by(&site, 3).await, "zenith");
        }
        buyer.give_word(1);
    });
    assert_eq!(sold, "acme");
    site.server.stop();
    verify(&site.server.database(), 1 + 2 * VERSIONS);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_mistake_about_lists_has_its_code_and_place() {
    let buyer = Buyer::always(Reply::Accept("5")).await;
    let mut site = site(&buyer).await;
    let wrong = put(&site.admin, "vips", format!("{}\nthree\n\n+1\n", phone(1))).await;
    let problems = wrong.json()["problems"].take();
    assert_eq!((wrong.status, problems.as_array().unwrap().len()), (422, 2));
    assert_eq!(
        (&problems[0]["path"], &problems[1]["path"]),
        (&json!("line 2"), &json!("line 4"))
    );
    assert!(
        !wrong.text.contains("three"),
        "what may be personal is repeated: {wrong:?}"
    );
    let codes = async |input: Value| -> Vec<String> {
        let payload = site.admin.mutation("putList", &input, "").await;
        let errors = payload["userErrors"].as_array().unwrap();
        let code = |error: &Value| error["code"].as_str().unwrap().to_owned();
        errors.iter().map(code).collect()
    };
    assert_eq!(
        codes(json!({"name": "vips", "kind": "EMAIL", "values": ["a@x.example"]})).await,
        ["kind_fixed"]
    );
    assert_eq!(
        codes(json!({"name": "Vips!", "values": ["a"]})).await,
        ["bad_name"]
    );
    assert_eq!(codes(json!({"name": "new", "values": []})).await, ["empty"]);
    let stale = json!({"name": "vips", "values": [phone(1)], "expectedRevision": 7});
    assert_eq!(codes(stale).await, ["conflict"]);
    // The same values in another order are the same version.
    let again = put(&site.admin, "vips", phones((0..10).rev())).await;
    assert_eq!(again.json()["revision"], 1);
    let may_not = put(&site.source(), "vips", phones(0..1)).await;
    assert_eq!(may_not.status, 403, "{may_not:?}");
    let zipped = site
        .admin
        .request(Method::PUT, "/v1/lists/vips")
        .header("content-type", "application/zip");
    assert_eq!(answer(zipped.body("x")).await.status, 415);
    let twice = "/v1/lists/vips?kind=phone&kind=email";
    let twice = site
        .admin
        .request(Method::PUT, twice)
        .header("content-type", "text/plain");
    let twice = answer(twice.body(phone(1))).await;
    assert_eq!(
        (twice.status, twice.json()["problems"][0]["code"].as_str()),
        (422, Some("duplicate_parameter"))
    );

    // A flow and a destination that name a list which is not there.
    let mut unknown = flow();
    unknown["nodes"]["roofs"]["if"] = "roof in list(\"no-roof\")".into();
    let draft = json!({"document": unknown});
    let saved = site
        .admin
        .change(
            "saveFlowDraft",
            &draft,
            "diagnostics { code node part span { from to } hint }",
        )
        .await;
    let finding = &saved["diagnostics"][0];
    assert_eq!(
        (&finding["code"], &finding["node"], &finding["part"]),
        (&json!("unknown_list"), &json!("roofs"), &json!("if")),
        "{saved}"
    );
    assert_eq!(finding["hint"], "did you mean `no-roofs`?");
    let target = buyer.target(BUYER_MS);
    let settings = json!({"criteria": "phone in list(\"nobody\")"});
    let input = json!({"name": "acme", "target": target, "settings": settings});
    let refused = site.admin.mutation("putDestination", &input, "").await;
    assert!(
        refused["userErrors"]
            .to_string()
            .contains("there is no list `nobody`"),
        "{refused}"
    );
    // Once the list is there, so may the destination.
    let nobody = put(&site.admin, "nobody", phones(90_000..90_001)).await;
    assert_eq!(nobody.status, 200, "{nobody:?}");
    put_destination(&site.admin, "acme", &target, &settings).await;
    assert_eq!(bought_by(&site, 3).await, "zenith");
    publish(&site.admin, &flow()).await;
    site.server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_put_shown_and_compared_by_command_beside_the_server() {
    let buyer = Buyer::always(Reply::Accept("5")).await;
    let mut site = site(&buyer).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("vips.txt");
    std::fs::write(&file, format!("\u{feff}{}", phones(5..12))).unwrap();
    let database = site.server.database();
    let list = |words: &[&str]| {
        let mut command = pointsman();
        command.arg("list").args(words).arg("--db").arg(&database);
        command
    };
    let put = stdout_of(list(&["put", "vips"]).arg(&file));
    assert!(
        put.starts_with("vips  7 values of kind phone  revision 2  "),
        "{put}"
    );
    let diff = stdout_of(&mut list(&["diff", "vips", "1"]));
    assert_eq!(diff.lines().next(), Some("2 added, 5 removed"), "{diff}");
    assert!(
        diff.contains(&format!("+ {}", phone(11))) && diff.contains(&format!("- {}", phone(0))),
        "{diff}"
    );
    let shown = stdout_of(list(&["show", "vips"]).args(["--revision", "1"]));
    assert_eq!(shown.lines().count(), 10);
    let all = stdout_of(&mut list(&["list"]));
    assert!(
        all.lines().count() == 2 && all.starts_with("no-roofs  2 values of kind text"),
        "{all}"
    );
    // The server follows what was put beside it.
    until("the list of the command counts", async || {
        (bought_by(&site, 11).await == "acme").then_some(())
    })
    .await;
    site.server.stop();
}
