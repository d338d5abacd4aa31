//! Money against one number of a flow, as it is asked over GraphQL.

use pointsman_testkit::Postgres;
use serde_json::{Value, json};

use crate::{
    buyer::{Buyer, Reply},
    program::pointsman,
    server::Server,
    site::{Site, open_to_all, solar_flow, solar_lead},
    wait::until,
};

/// Leads of the story.
const LEADS: u32 = 1_000;

/// What is asked of a simulation with a sweep.
const QUERY: &str = "query($id: ID!) { simulation(id: $id) { state error progress
    sweep { parameter present unit band findings points { value isSupported reason perLead difference
        perLeadInterval { low high } differenceInterval { low high } differenceBand { low high }
        effectiveLeads unsupportedShare } } } }";

/// People under 30 go to `south` alone; of the others, those of 50 and more are split in another proportion.
fn flow() -> Value {
    let nodes = json!({
        "young": {"kind": "when", "if": "age < 30", "then": "south", "otherwise": "gate"},
        "gate": {"kind": "when", "if": "age >= 50", "then": "even", "otherwise": "uneven"},
        "even": {"kind": "split", "arms": [{"to": "north", "weight_ppm": 500_000}, {"to": "south", "weight_ppm": 500_000}]},
        "uneven": {"kind": "split", "arms": [{"to": "north", "weight_ppm": 200_000}, {"to": "south", "weight_ppm": 800_000}]},
        "north": {"kind": "destination"}, "south": {"kind": "destination"},
    });
    solar_flow("young", &nodes)
}

async fn start(site: &Site, scenario: Value, sweep: Value) -> Value {
    let input = json!({"scenario": scenario, "sweep": sweep});
    let fields = "simulation { id }";
    site.admin.mutation("startSimulation", &input, fields).await
}

fn question(parameter: &str, from: &str, to: &str, points: i64) -> Value {
    json!({"parameter": parameter, "from": from, "to": to, "points": points})
}

/// What is asked of the draft against itself, once it is done.
async fn asked(site: &Site, candidate: &Value, sweep: Value) -> Value {
    let scenario = json!({"flow": "solar", "candidate": candidate, "baseline": "candidate", "attribution_window_days": 0});
    let started = start(site, scenario, sweep).await;
    let id = &started["simulation"]["id"];
    assert!(id.is_string(), "{started:#}");
    until("the simulation has ended", async || {
        let mut found = site.admin.graphql(QUERY, &json!({"id": id})).await;
        let found = found["simulation"].take();
        let has_ended = found["state"] != "PENDING" && found["state"] != "RUNNING";
        has_ended.then_some(found)
    })
    .await
}

fn points(found: &Value) -> &Vec<Value> {
    assert_eq!(found["state"], "DONE", "{found:#}");
    found["sweep"]["points"].as_array().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_is_swept_over_past_leads_and_stops_where_they_support_nothing() {
    Box::pin(story(Server::start())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_is_swept_on_postgresql() {
    let Some(postgres) = Postgres::named() else {
        return;
    };
    let name = postgres.create().await.unwrap();
    let url = postgres.url(postgres.host(), &name);
    Box::pin(story(Server::start_on(&url, pointsman))).await;
    postgres.remove(&name).await.unwrap();
}

async fn story(server: Server) {
    let (north, south) = (
        Buyer::always(Reply::Accept("8")).await,
        Buyer::always(Reply::Accept("2")).await,
    );
    let destinations = [open_to_all("north", &north), open_to_all("south", &south)];
    let site = Site::open_on(server, &flow(), &destinations).await;
    nothing_to_replay(&site).await;
    send(&site).await;
    a_threshold(&site).await;
    a_share_of_the_live_version(&site).await;
    without_support(&site).await;
    refused(&site).await;
}

async fn nothing_to_replay(site: &Site) {
    let found = asked(site, &flow(), question("gate.if", "40", "60", 3)).await;
    assert_eq!(found["state"], "FAILED");
    assert_eq!(
        found["error"],
        "flow `solar` has no settled leads in this time"
    );
    assert!(found["sweep"].is_null());
}

/// Leads of people of 20 to 69, each age as often.
async fn send(site: &Site) {
    let source = site.source();
    for n in 0..LEADS {
        let mut lead = solar_lead();
        lead["fields"]["age"] = (20 + n % 50).into();
        lead["fields"]["phone"] = format!("+1202555{n:04}").into();
        // Arms are drawn by this key: the same ones in every run.
        lead["idempotency_key"] = format!("lead-{n}").into();
        let answer = source.lead(&lead).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
    }
}

/// More of those who are split evenly go to `north`, which pays more: the lower the threshold, the more is earned.
async fn a_threshold(site: &Site) {
    let found = asked(site, &flow(), question("gate.if", "30", "70", 5)).await;
    let sweep = &found["sweep"];
    assert_eq!(sweep["parameter"], "gate.if");
    assert_eq!(
        (&sweep["present"], &sweep["unit"]),
        (&json!("50"), &json!("USD"))
    );
    assert!(
        sweep["band"].as_str().unwrap().contains("Bonferroni"),
        "{sweep:#}"
    );
    let points = points(&found);
    let number = |at: usize, name: &str| points[at][name].as_f64().unwrap();
    for (at, value) in ["30", "40", "50", "60", "70"].iter().enumerate() {
        let point = &points[at];
        assert_eq!(point["value"], *value);
        assert_eq!(
            (&point["isSupported"], &point["reason"]),
            (&json!(true), &Value::Null),
            "{point:#}"
        );
        let band = &point["differenceBand"];
        let [low, high] = ["low", "high"].map(|end| band[end].as_f64().unwrap());
        // A year of age is a fiftieth of the leads, of which three tenths go from 2 to 8.
        let truth = (50.0 - value.parse::<f64>().unwrap()) / 50.0 * 0.3 * 6.0;
        assert!(low - 0.3 <= truth && truth <= high + 0.3, "{point:#}");
        assert!(low <= number(at, "difference") && number(at, "difference") <= high);
        assert!(number(at, "effectiveLeads") > 100.0);
    }
    let now = &points[2];
    assert_eq!(now["difference"], 0.0);
    assert_eq!(now["differenceBand"], json!({"low": 0.0, "high": 0.0}));
    assert!(number(0, "difference") > number(4, "difference"));
}

async fn a_share_of_the_live_version(site: &Site) {
    let query = "{ flow(name: \"solar\") { stage { versionHash } } }";
    let live = site.admin.graphql(query, &json!({})).await;
    let hash = &live["flow"]["stage"]["versionHash"];
    let sweep = question("uneven.arms[0].weight_ppm", "0", "1000000", 6);
    let found = asked(site, hash, sweep).await;
    let points = points(&found);
    assert_eq!(points.len(), 6);
    assert_eq!(points[1]["value"], "200000");
    assert_eq!(points[1]["difference"], 0.0);
    assert!(
        points.iter().all(|point| point["isSupported"] == true),
        "{found:#}"
    );
    assert!(
        points[5]["differenceBand"]["low"].as_f64().unwrap() > 0.0,
        "{found:#}"
    );
}

/// Nobody under 30 was ever offered to `north`.
async fn without_support(site: &Site) {
    let found = asked(site, &flow(), question("young.if", "20", "40", 3)).await;
    let points = points(&found);
    let [young, now, old] = [&points[0], &points[1], &points[2]];
    assert_eq!(young["isSupported"], false, "{young:#}");
    assert!(
        young["reason"]
            .as_str()
            .unwrap()
            .contains("go where the log never goes"),
        "{young:#}"
    );
    for name in [
        "perLead",
        "difference",
        "differenceBand",
        "differenceInterval",
    ] {
        assert!(young[name].is_null(), "{name}: {young:#}");
    }
    assert_eq!(now["isSupported"], true, "{now:#}");
    assert_eq!(old["isSupported"], true, "{old:#}");
    let told = found["sweep"]["findings"].to_string();
    assert!(told.contains("does not support 1 of 3 values"), "{told}");
}

/// Everything that is wrong is told at once, before anything waits.
async fn refused(site: &Site) {
    let told = async |candidate: Value, sweep: Value| -> Vec<String> {
        let scenario = json!({"flow": "solar", "candidate": candidate});
        let answer = start(site, scenario, sweep).await;
        assert!(answer["simulation"].is_null(), "{answer:#}");
        let errors = answer["userErrors"].as_array().unwrap().iter();
        let words = errors.map(|error| {
            let path: Vec<&str> = error["path"]
                .as_array()
                .unwrap()
                .iter()
                .map(|it| it.as_str().unwrap())
                .collect();
            format!("{} {}", error["code"].as_str().unwrap(), path.join("."))
        });
        words.collect()
    };
    assert_eq!(
        told(flow(), question("gaet.if", "x", "1e3", 102)).await,
        [
            "sweep_node_unknown sweep.parameter",
            "sweep_malformed sweep.from",
            "sweep_malformed sweep.to",
            "sweep_malformed sweep.points",
        ]
    );
    assert_eq!(
        told(flow(), question("gate.then", "2", "1", 0)).await,
        [
            "sweep_parameter_unknown sweep.parameter",
            "sweep_malformed sweep.points",
            "sweep_malformed sweep.to",
        ]
    );
    let beyond = told(
        flow(),
        question("even.arms[1].weight_ppm", "-1", "1000001", 3),
    )
    .await;
    assert!(
        beyond.iter().any(|it| it.ends_with("sweep.from")),
        "{beyond:?}"
    );
    assert!(
        beyond.iter().any(|it| it.ends_with("sweep.to")),
        "{beyond:?}"
    );
    let halves = told(flow(), question("gate.if", "1.5", "2.5", 3)).await;
    assert!(halves.iter().all(|it| it.contains(" sweep.")), "{halves:?}");
    let long = format!("gate.{}", "x".repeat(100_000));
    assert_eq!(
        told(flow(), question(&long, "1", "2", 3)).await,
        ["sweep_parameter_unknown sweep.parameter"]
    );
    let nobody = told(json!("0".repeat(64)), question("gate.if", "1", "2", 3)).await;
    assert_eq!(nobody, ["unknown_version scenario.candidate"]);
    let mut broken = flow();
    broken["nodes"]["even"]["arms"][0]["to"] = "nobody".into();
    let broken = told(broken, question("gate.if", "1", "2", 3)).await;
    assert!(
        broken.iter().all(|it| it.ends_with(" scenario.candidate")),
        "{broken:?}"
    );
    let twice =
        json!({"flow": "solar", "candidate": flow(), "sweep": question("gate.if", "1", "2", 3)});
    let twice = start(site, twice, question("gate.if", "1", "2", 3)).await;
    assert_eq!(twice["userErrors"][0]["code"], "sweep_twice", "{twice:#}");
}
