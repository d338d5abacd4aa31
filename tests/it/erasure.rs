//! Persons who want to be forgotten: nothing of them is left, and every decision comes out as before.

use std::{collections::BTreeSet, path::Path};

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    buyer::{Buyer, Reply},
    caller::answer,
    program::{pointsman, stdout_of},
    restart::verify,
    server::Server,
    site::{Destination, Site, open_to_all, publish, put_destination, solar_fields, solar_flow},
    wait::until,
};

/// A word that is in every address of a person who is erased, and in nobody else's.
const MARK: &str = "quixote";

/// Fields of which four tell who a person is, each read by some rule.
fn fields() -> Value {
    let mut fields = solar_fields();
    let personal = [
        json!({"name": "email", "kind": "email", "pii": true}),
        json!({"name": "last_name", "kind": "text", "max_chars": 80, "pii": true}),
        json!({"name": "born", "kind": "integer", "min": 1900, "max": 2020, "pii": true}),
    ];
    fields.as_array_mut().unwrap().extend(personal);
    fields
}

/// A flow that reads what is personal wherever it may: in rules, in computed values, in a sticky split, for duplicates.
fn flow() -> Value {
    let mut flow = solar_flow(
        "by-name",
        &json!({
            // Odd or even: no value stands in for another by what rules name.
            "parity": {"kind": "derive", "value": "born - born / 2 * 2", "default": 7},
            "by-name": {"kind": "when", "if": "last_name.startsWith(\"Q\")", "then": "by-parity", "otherwise": "by-phone"},
            "by-parity": {"kind": "when", "if": "parity == 1", "then": "sticky", "otherwise": "in-turn"},
            "by-phone": {"kind": "when", "if": "phone.startsWith(\"+1202\")", "then": "in-turn", "otherwise": "sticky"},
            "sticky": {"kind": "split", "sticky": "email", "arms": [
                {"weight_ppm": 500_000, "to": "acme"}, {"weight_ppm": 500_000, "to": "zenith"}]},
            "in-turn": {"kind": "waterfall", "to": ["acme", "zenith"]},
            "acme": {"kind": "destination"},
            "zenith": {"kind": "destination"},
        }),
    );
    flow["dedupe"] = json!({"fields": ["email"], "window_minutes": 60});
    flow
}

fn lead(n: usize) -> Value {
    // Every fourth person is one of those who will be forgotten.
    let name = if n.is_multiple_of(4) { MARK } else { "sancho" };
    let last = ["Quixana", "Panza", "Quirós"][n % 3];
    json!({"flow": "solar", "fields": {
        "home_owner": n.is_multiple_of(2), "roof": "flat", "age": 20 + n % 50,
        "phone": format!("+1{}555{:04}", if n.is_multiple_of(5) { 202 } else { 303 }, n),
        "email": format!("{name}.{n}@example.com"), "last_name": format!("{last} {name}"), "born": 1_940 + n % 70,
    }})
}

fn email(n: usize) -> String {
    format!("{MARK}.{n}@example.com")
}

async fn site(server: Server, buyers: [&Buyer; 2]) -> Site {
    let destinations = [
        open_to_all("acme", buyers[0]),
        Destination {
            settings: json!({"criteria": "born >= 1960 || born == 1950"}),
            ..open_to_all("zenith", buyers[1])
        },
    ];
    let plain = solar_flow("acme", &json!({"acme": {"kind": "destination"}}));
    let site = Site::open_on(server, &plain, &destinations[..1]).await;
    let schema = json!({"vertical": "solar", "fields": fields()});
    site.admin.change("putLeadSchema", &schema, "").await;
    let zenith = &destinations[1];
    let target = zenith.buyer.target(zenith.timeout_ms);
    put_destination(&site.admin, "zenith", &target, &zenith.settings).await;
    publish(&site.admin, &flow()).await;
    site
}

/// Sends leads one after the other; gives their ids.
async fn send(site: &Site, leads: impl IntoIterator<Item = usize>) -> Vec<String> {
    let source = site.source();
    let mut ids = Vec::new();
    for n in leads {
        let sent = source.lead_as(&format!("key-{n}"), &lead(n)).await;
        assert_eq!(sent.status, 200, "{}", sent.text);
        ids.push(sent.json()["lead_id"].as_str().unwrap().to_owned());
    }
    ids
}

async fn finished(site: &Site, id: &Value) -> Value {
    const QUERY: &str = "query($id: ID!) { erasure(id: $id) {
        isDone isRetention leads rows { table rows } fields by finishedAt } }";
    until("the erasure is done", async || {
        let found = site.admin.graphql(QUERY, &json!({"id": id})).await;
        let found = found["erasure"].clone();
        (found["isDone"] == true).then_some(found)
    })
    .await
}

/// Whether any byte of the database tells of those who were erased.
fn traces(database: &Path) -> Vec<String> {
    traces_of(MARK, database)
}

/// Every place of a text in a database and its log, in capitals or not.
pub(crate) fn traces_of(mark: &str, database: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for suffix in ["", "-wal"] {
        let mut path = database.as_os_str().to_owned();
        path.push(suffix);
        let bytes = std::fs::read(&path).unwrap_or_default();
        for at in bytes
            .windows(mark.len())
            .enumerate()
            .filter(|(_, it)| it.eq_ignore_ascii_case(mark.as_bytes()))
        {
            let around = &bytes[at.0.saturating_sub(60)..(at.0 + 60).min(bytes.len())];
            found.push(format!(
                "{suffix}@{}: {}",
                at.0,
                String::from_utf8_lossy(around)
            ));
        }
    }
    found
}

/// What a replay of everything under a flow that reads personal fields comes to.
async fn verdict(site: &Site, candidate: &str) -> Value {
    let scenario = json!({"flow": "solar", "candidate": candidate, "attribution_window_days": 0});
    let started = site
        .admin
        .change(
            "startSimulation",
            &json!({"scenario": scenario}),
            "simulation { id }",
        )
        .await;
    let id = &started["simulation"]["id"];
    until("the replay is done", async || {
        const QUERY: &str = "query($id: ID!) { simulation(id: $id) { state report error } }";
        let found = site.admin.graphql(QUERY, &json!({"id": id})).await;
        let found = &found["simulation"];
        assert_eq!(found["error"], json!(null), "{found}");
        let report = &found["report"];
        (found["state"] == "DONE").then(|| {
            json!([
                report["verdict"],
                report["candidate"],
                report["baseline"],
                report["difference"]
            ])
        })
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_left_of_a_person_and_every_decision_comes_out_as_before() {
    let acme = Buyer::scripted(|n| {
        if n % 3 == 1 {
            Reply::Reject
        } else {
            Reply::Accept("5")
        }
    })
    .await;
    let zenith = Buyer::always(Reply::Accept("7")).await;
    let mut site = site(Server::start(), [&acme, &zenith]).await;
    // A version that decides otherwise by the same values.
    let mut other = flow();
    other["nodes"]["by-name"]["then"] = json!("by-phone");
    other["nodes"]["by-phone"]["if"] = json!("phone.startsWith(\"+1202\") || !has(email)");
    let candidate = publish(&site.admin, &other).await;
    publish(&site.admin, &flow()).await;
    let ids = send(&site, 0..80).await;
    // A buyer tells more than it is asked.
    let sold = site.lead(&ids[0]).await;
    let click = accepted(&sold)["clickId"].as_str().unwrap();
    let told = format!("click_id={click}&payout=3&txid=1&email={}", email(0));
    assert_eq!(site.postback(&told).await.status, 200);
    verify(&site.server.database(), 80);
    let before = verdict(&site, &candidate).await;
    assert_eq!(before[1]["n"], 80, "{before}");
    let ends_before = ends(&site).await;
    assert!(!traces(&site.server.database()).is_empty());

    // Some by their address, in another spelling, and some by a lead.
    let of_marked: Vec<usize> = (0..80_usize).filter(|n| n.is_multiple_of(4)).collect();
    let (by_value, by_lead) = of_marked.split_at(10);
    let values: Vec<Value> = by_value
        .iter()
        .map(|n| json!({"field": "email", "value": email(*n).to_uppercase()}))
        .collect();
    let lead_ids: Vec<&String> = by_lead.iter().map(|n| &ids[*n]).collect();
    let input = json!({"values": values, "leadIds": lead_ids, "note": "they asked"});
    let begun = site
        .admin
        .change("erasePersons", &input, "erasure { id }")
        .await;
    let receipt = finished(&site, &begun["erasure"]["id"]).await;
    assert_eq!(receipt["leads"], 20, "{receipt}");
    assert_eq!(receipt["by"], "acceptance");
    assert_eq!(receipt["fields"], json!(["email", "phone"]));
    let rows = receipt["rows"].as_array().unwrap();
    let tables: BTreeSet<&str> = rows
        .iter()
        .map(|it| it["table"].as_str().unwrap())
        .collect();
    assert!(
        tables.is_superset(&BTreeSet::from(["attempt", "conversion", "lead"])),
        "{tables:?}"
    );

    let erased = site.lead(&ids[0]).await;
    let kept: BTreeSet<&str> = erased["fields"]
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    for name in ["email", "phone", "last_name", "born"] {
        assert!(!kept.contains(name), "{erased}");
    }
    assert!(kept.contains("roof") && kept.contains("age"), "{erased}");
    let conversion = &accepted(&erased)["conversions"][0];
    assert_eq!(conversion["txid"], "1", "{erased}");
    let other = site.lead(&ids[1]).await;
    assert_eq!(other["fields"]["email"], "sancho.1@example.com");

    verify(&site.server.database(), 80);
    assert_eq!(verdict(&site, &candidate).await, before);
    assert_eq!(ends(&site).await, ends_before);
    // Whoever comes later is refused, under any key and spelling, and leaves no trace.
    for (key, spelling) in [("key-0", email(0)), ("new", email(0).to_uppercase())] {
        let mut again = lead(0);
        again["fields"]["email"] = json!(spelling);
        let sent = site.source().lead_as(key, &again).await;
        assert_eq!(sent.status, 422, "{}", sent.text);
        assert_eq!(
            sent.json()["problems"][0]["code"],
            "suppressed",
            "{}",
            sent.text
        );
        assert!(!sent.text.to_lowercase().contains(MARK), "{}", sent.text);
    }
    // What a buyer reports later counts, and tells nothing of the person.
    let told = format!("click_id={click}&payout=4&txid=2&email={}", email(0));
    assert_eq!(site.postback(&told).await.status, 200);
    site.server.stop();
    assert_eq!(traces(&site.server.database()), Vec::<String>::new());
    verify(&site.server.database(), 80);
    assert_doctor(&site);
    site.start_again();
    assert_eq!(send(&site, [81]).await.len(), 1);
}

/// The offer of a sold lead that was accepted.
fn accepted(lead: &Value) -> &Value {
    let mut deliveries = lead["deliveries"].as_array().unwrap().iter();
    deliveries.find(|it| it["state"] == "ACCEPTED").unwrap()
}

/// How each lead ended and what it earned.
async fn ends(site: &Site) -> Value {
    const QUERY: &str = "{ leads(first: 100) { nodes { id status revenue } } }";
    site.admin.graphql(QUERY, &json!({})).await
}

#[track_caller]
fn assert_doctor(site: &Site) {
    let mut doctor = pointsman();
    let database = site.server.database();
    doctor.args(["doctor", "--db", database.to_str().unwrap()]);
    let report = stdout_of(&mut doctor);
    assert!(!report.to_lowercase().contains("differ"), "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_in_the_middle_of_an_erasure_leaves_it_to_the_next_start() {
    let acme = Buyer::always(Reply::Accept("5")).await;
    let mut site = site(Server::start(), [&acme, &acme]).await;
    send(&site, 0..40).await;
    let values: Vec<Value> = (0..40)
        .step_by(4)
        .map(|n| json!({"field": "email", "value": email(n)}))
        .collect();
    let begun = site
        .admin
        .change("erasePersons", &json!({"values": values}), "erasure { id }")
        .await;
    site.server.kill();
    site.start_again();
    let receipt = finished(&site, &begun["erasure"]["id"]).await;
    assert_eq!(receipt["leads"], 10, "{receipt}");
    site.server.stop();
    assert_eq!(traces(&site.server.database()), Vec::<String>::new());
    verify(&site.server.database(), 40);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_erases_beside_a_server_and_without_one() {
    let acme = Buyer::always(Reply::Accept("5")).await;
    let mut site = site(Server::start(), [&acme, &acme]).await;
    let ids = send(&site, 0..12).await;
    let database = site.server.database();
    let erase = |more: &[&str]| {
        let mut erase = pointsman();
        erase.args([
            "erase",
            "--db",
            database.to_str().unwrap(),
            "--output",
            "json",
        ]);
        erase.args(more);
        let receipt = stdout_of(&mut erase);
        serde_json::from_str::<Value>(&receipt).unwrap()
    };
    let receipt = erase(&["--value", &format!("email={}", email(0))]);
    assert_eq!(
        (&receipt["leads"], &receipt["done"]),
        (&json!(1), &json!(true))
    );
    site.server.stop();
    let receipt = erase(&["--lead", &ids[4], "--lead", &ids[8], "--note", "they wrote"]);
    assert_eq!(
        (&receipt["leads"], &receipt["done"]),
        (&json!(2), &json!(true))
    );
    assert_eq!(receipt["by"], "command line");
    assert_eq!(traces(&database), Vec::<String>::new());
    verify(&database, 12);
    site.start_again();
    let refused = site.source().lead(&lead(4)).await;
    assert_eq!(refused.status, 422);
    let mut wrong = pointsman();
    wrong.args([
        "erase",
        "--db",
        database.to_str().unwrap(),
        "--value",
        "quixote.0@example.com",
    ]);
    let wrong = wrong.output().unwrap();
    assert_eq!(wrong.status.code(), Some(1));
    assert!(!String::from_utf8_lossy(&wrong.stderr).contains(MARK));
}

#[tokio::test(flavor = "multi_thread")]
async fn mistakes_of_a_request_come_at_once_and_erase_nobody() {
    let acme = Buyer::always(Reply::Accept("5")).await;
    let site = site(Server::start(), [&acme, &acme]).await;
    let ids = send(&site, 0..2).await;
    let input = json!({"leadIds": [ids[0], "lead_0"], "values": [
        {"field": "roof", "value": "flat"}, {"field": "email", "value": "no address"},
        {"field": "phone", "value": 7}, {"field": "email", "value": email(0)}]});
    let payload = site
        .admin
        .mutation("erasePersons", &input, "erasure { id }")
        .await;
    assert_eq!(payload["erasure"], json!(null));
    let codes = payload["userErrors"].as_array().unwrap().iter();
    let codes: Vec<String> = codes
        .map(|it| format!("{} {}", it["code"].as_str().unwrap(), it["path"]))
        .collect();
    assert_eq!(codes.len(), 4, "{codes:?}");
    assert!(!payload.to_string().contains("no address"), "{payload}");
    let none = site
        .admin
        .mutation("erasePersons", &json!({}), "erasure { id }")
        .await;
    assert_eq!(none["userErrors"][0]["code"], "out_of_range");
    assert_eq!(site.lead(&ids[0]).await["fields"]["email"], email(0));
    assert_eq!(site.source().lead_as("again", &lead(5)).await.status, 200);
    // A role that may not read persons may not erase them either.
    let editor = crate::site::token(&site.admin, "EDITOR", json!({})).await;
    let editor = site.server.caller(&editor);
    let asked = editor
        .ask(
            "mutation { erasePersons(input: {leadIds: [\"lead_0\"]}) { userErrors { code } } }",
            &json!({}),
        )
        .await;
    assert_eq!(asked.json()["errors"][0]["extensions"]["code"], "FORBIDDEN");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_digests_keeps_people_out_until_they_are_lifted() {
    let acme = Buyer::always(Reply::Accept("5")).await;
    let site = site(Server::start(), [&acme, &acme]).await;
    // printf %s quixote.4@example.com | sha256sum
    let digest = "14aab29532ea2ba574e43d4bad072ed52f4b1193b24d82fc7011c2678c011ce9";
    let input = json!({"list": "partner", "kind": "EMAIL", "digests": [digest, digest]});
    let added = site.admin.change("addSuppressions", &input, "added").await;
    assert_eq!(added["added"], 1);
    assert_eq!(site.source().lead(&lead(4)).await.status, 422);
    assert_eq!(site.source().lead(&lead(5)).await.status, 200);
    let wrong = json!({"list": "", "kind": "EMAIL", "digests": ["", "zz"]});
    let wrong = site
        .admin
        .mutation("addSuppressions", &wrong, "added")
        .await;
    assert_eq!(wrong["userErrors"].as_array().unwrap().len(), 3, "{wrong}");
    let lift = json!({"values": [{"field": "email", "value": email(4)}]});
    let lifted = site.admin.change("liftSuppressions", &lift, "lifted").await;
    assert_eq!(lifted["lifted"], 1);
    assert_eq!(site.source().lead(&lead(4)).await.status, 200);
    let counts = site
        .admin
        .graphql("{ suppressions { origin values } }", &json!({}))
        .await;
    assert_eq!(counts["suppressions"], json!([]));
}

/// `pointsman`, with the setting that stores leads of suppressed persons.
fn declining() -> std::process::Command {
    let mut command = pointsman();
    command.env("POINTSMAN_SUPPRESSION", "decline");
    command
}

#[tokio::test(flavor = "multi_thread")]
async fn a_declined_person_is_offered_to_nobody_and_nothing_of_them_is_stored() {
    let acme = Buyer::always(Reply::Accept("5")).await;
    let mut site = site(Server::start_on("pointsman.db", declining), [&acme, &acme]).await;
    let values: Vec<Value> = [0, 4]
        .iter()
        .map(|n| json!({"field": "email", "value": email(*n)}))
        .collect();
    let begun = site
        .admin
        .change("erasePersons", &json!({"values": values}), "erasure { id }")
        .await;
    finished(&site, &begun["erasure"]["id"]).await;
    let before = acme.posts().len();
    for (n, key) in [(0, "a"), (4, "b"), (0, "a")] {
        let sent = site.source().lead_as(key, &lead(n)).await;
        assert_eq!(sent.status, 200, "{}", sent.text);
        assert_eq!(sent.json()["status"], "suppressed", "{}", sent.text);
    }
    assert_eq!(acme.posts().len(), before);
    let stored = site
        .admin
        .graphql(
            "{ leads(first: 9) { nodes { status fields } } }",
            &json!({}),
        )
        .await;
    let stored = stored["leads"]["nodes"].as_array().unwrap().clone();
    assert_eq!(stored.len(), 2);
    assert!(
        stored.iter().all(|it| it["status"] == "SUPPRESSED"),
        "{stored:?}"
    );
    site.server.stop();
    assert_eq!(traces(&site.server.database()), Vec::<String>::new());
    verify(&site.server.database(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_given_and_who_was_sent_by_a_form_is_erased_too() {
    let acme = Buyer::always(Reply::Accept("5")).await;
    let mut site = site(Server::start(), [&acme, &acme]).await;
    let document = json!({"flow": "solar", "preset": "form", "unknown": "keep"});
    let put = json!({"name": "forms", "document": document});
    site.admin
        .change("putSource", &put, "source { revision }")
        .await;
    let token = crate::site::token(&site.admin, "SOURCE", json!({"source": "forms"})).await;
    let form = format!(
        "home_owner=yes&roof=Flat&phone=%2B13035550001&email={}&last_name=Q&born=1970&comment=call+{MARK}",
        email(0)
    );
    let stranger = site.server.stranger();
    let request = stranger.request(Method::POST, &format!("/v1/intake/{token}"));
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    let sent = answer(request.body(form)).await;
    assert!(sent.status < 300, "{}", sent.text);
    let value = json!([{"field": "email", "value": email(0)}]);
    let begun = site
        .admin
        .change("erasePersons", &json!({"values": value}), "erasure { id }")
        .await;
    let receipt = finished(&site, &begun["erasure"]["id"]).await;
    assert_eq!(receipt["leads"], 1);
    site.server.stop();
    assert_eq!(traces(&site.server.database()), Vec::<String>::new());
    verify(&site.server.database(), 1);
}
