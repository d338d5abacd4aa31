//! Ten thousand things that happen, in an order that a seed gives: what is kept of an experiment and of a shadow is what the
//! decisions come to.

use pointsman_control::{ExperimentStep, NewExperiment};
use pointsman_engine::LeadRequest;
use pointsman_experiment::{Metric, Plan, Subject};
use pointsman_history::{Library, OpenExperiment, hash_key};
use pointsman_store::{ExperimentLeadRow, LeadFilter};
use serde_json::{Map, Value, json};
use tokio::task::JoinSet;

use crate::{
    platform::{Buyer, Platform, TIMEOUT, until},
    shadows,
};

/// What happens in all.
const N_EVENTS: usize = 10_000;
/// Leads that are on their way at once.
const AT_ONCE: usize = 64;
/// The seed of the order.
const SEED: u64 = 20_261_130;

/// `SplitMix64`: small, and the same everywhere.
struct Seeded(u64);

impl Seeded {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % n
    }

    fn position(&mut self, len: usize) -> usize {
        usize::try_from(self.below(len as u64)).unwrap()
    }
}

/// The story so far.
struct Story {
    platform: Platform,
    buyer: Buyer,
    seeded: Seeded,
    /// Versions of the flow that are live now and then.
    versions: Vec<String>,
    sending: JoinSet<()>,
    /// Reports that were made up and not sent yet.
    reports: Vec<[(String, String); 4]>,
    n_reports: usize,
}

fn halves(first_ppm: u32) -> Value {
    json!({
        "halves": {"kind": "split", "sticky": "email", "arms": [
            {"to": "acme", "weight_ppm": first_ppm}, {"to": "zenith", "weight_ppm": 1_000_000 - first_ppm}]},
        "acme": {"kind": "destination"}, "zenith": {"kind": "destination"},
    })
}

fn step() -> ExperimentStep {
    ExperimentStep {
        name: "ab".to_owned(),
        expected_revision: None,
        note: None,
        by: "tests".to_owned(),
    }
}

fn experiment() -> NewExperiment {
    NewExperiment {
        name: "ab".to_owned(),
        flow: "story".to_owned(),
        plan: Plan {
            hypothesis: "none".to_owned(),
            subject: Subject::Split {
                node: "halves".to_owned(),
                arms: vec!["acme".to_owned(), "zenith".to_owned()],
            },
            primary: Metric::Revenue,
            smallest_effect_ppm: 50_000,
            guardrails: Vec::new(),
            secondary: Vec::new(),
            covariates: vec!["age".to_owned()],
            slow_ms: pointsman_experiment::SLOW_MS,
            sticky: None,
            layer: None,
            window_hours: 24,
            confidence_ppm: 950_000,
        },
        candidate: None,
        share_ppm: 0,
        by: "tests".to_owned(),
    }
}

impl Story {
    async fn send(&mut self) {
        if self.sending.len() >= AT_ONCE {
            self.sending.join_next().await;
        }
        // One in eight has a key that is used several times, and then always for the same lead.
        let key = (self.seeded.below(8) == 0).then(|| self.seeded.below(400));
        let person = key.unwrap_or_else(|| self.seeded.below(300));
        let mut fields = vec![
            ("state".to_owned(), json!("TX")),
            ("email".to_owned(), json!(format!("p{person}@example.com"))),
        ];
        if person % 5 != 0 {
            fields.push(("age".to_owned(), json!(18 + person % 60)));
        }
        let request = LeadRequest {
            flow: "story".to_owned(),
            source: "web".to_owned(),
            idempotency_key: key.map(|key| format!("key-{key}")),
            is_test: key.is_none() && self.seeded.below(40) == 0,
            fields: Map::from_iter(fields),
            ..LeadRequest::default()
        };
        let intake = self.platform.engine.intake().clone();
        self.sending.spawn(async move {
            // The same key may be on its way at this moment.
            let _ = intake.submit(request).await;
        });
    }

    /// Makes reports up of late leads.
    async fn make_reports_up(&mut self) {
        let read = self.platform.engine.store().read();
        let leads = read.leads(&LeadFilter::default(), None, 200).await.unwrap();
        let ids: Vec<String> = leads.items.into_iter().map(|it| it.id).collect();
        for delivery in read.deliveries_of_leads(&ids).await.unwrap() {
            let all = [
                ("pending", "0"),
                ("sale", "7"),
                ("sale", "9"),
                ("returned", "7"),
            ];
            for (status, payout) in all {
                let txid = self.seeded.below(2).to_string();
                let report = [
                    ("click_id", delivery.click_id.as_str()),
                    ("payout", payout),
                    ("status", status),
                    ("txid", txid.as_str()),
                ];
                if self.seeded.below(3) == 0 {
                    let report = report.map(|(name, value)| (name.to_owned(), value.to_owned()));
                    self.reports.push(report);
                }
            }
        }
    }

    /// Sends a report that was made up, out of turn and perhaps once more later.
    async fn report(&mut self) {
        if self.reports.is_empty() {
            self.make_reports_up().await;
        }
        if self.reports.is_empty() {
            return;
        }
        let chosen = self.seeded.position(self.reports.len());
        let report = if self.seeded.below(4) == 0 {
            self.reports[chosen].clone()
        } else {
            self.reports.swap_remove(chosen)
        };
        let postbacks = self.platform.engine.postbacks();
        // One that makes no sense is refused, and changes nothing.
        let _ = postbacks.report(&report.into(), None, Vec::new()).await;
        self.n_reports += 1;
    }

    /// Changes a destination, the live version, or whether leads take part.
    async fn edit(&mut self) {
        match self.seeded.below(8) {
            // It may be in that state already.
            0 => {
                let _ = self.platform.control.pause_experiment(step()).await;
            }
            1 | 2 => {
                let _ = self.platform.control.start_experiment(step()).await;
            }
            3 | 4 => {
                let chosen = self.seeded.position(self.versions.len());
                self.platform.live_is(&self.versions[chosen]).await;
            }
            n => {
                let name = if n % 2 == 0 { "acme" } else { "zenith" };
                let settings = json!({"price": "5.00", "active": self.seeded.below(4) > 0});
                self.platform.put(name, &self.buyer, settings).await;
            }
        }
    }

    async fn settle(&mut self) {
        while self.sending.join_next().await.is_some() {}
    }
}

/// Waits until all leads of the experiment are known, and compares them with what the decisions come to.
pub(crate) async fn compare(platform: &Platform) -> Vec<ExperimentLeadRow> {
    compare_of(platform, "ab").await
}

/// The same of another experiment.
pub(crate) async fn compare_of(platform: &Platform, name: &str) -> Vec<ExperimentLeadRow> {
    let read = platform.engine.store().read();
    until("all leads are counted", async || {
        let last = read.order().await.unwrap().number;
        let row = read.find_experiment(name).await.unwrap().unwrap();
        (row.folded_seq >= last).then_some(())
    })
    .await;
    let row = read.find_experiment(name).await.unwrap().unwrap();
    let experiment = OpenExperiment::of(&read, &row).await.unwrap();
    let mut library = Library::new(hash_key(&read).await.unwrap());
    let rebuilt = experiment.rebuilt(&mut library, &read).await.unwrap();
    let stored = read.experiment_leads(name, 0, 100_000).await.unwrap();
    assert_eq!(stored.len(), rebuilt.len());
    for (stored, rebuilt) in stored.iter().zip(&rebuilt) {
        assert_eq!(stored, rebuilt);
    }
    stored
}

async fn begun() -> (Story, i64) {
    let buyer = Buyer::takes(9).await;
    let platform = Platform::open().await;
    for name in ["acme", "zenith"] {
        platform.put(name, &buyer, json!({"price": "5.00"})).await;
    }
    let mut versions = Vec::new();
    for first_ppm in [500_000, 300_000, 800_000] {
        versions.push(platform.publish(&halves(first_ppm), "halves").await);
    }
    let tried = platform.publish(&halves(100_000), "halves").await;
    platform
        .control
        .create_experiment(experiment())
        .await
        .unwrap();
    platform.control.start_experiment(step()).await.unwrap();
    let shadow = shadows::set(&platform, tried, 1_000_000).await;
    let story = Story {
        platform,
        buyer,
        seeded: Seeded(SEED),
        versions,
        sending: JoinSet::new(),
        reports: Vec::new(),
        n_reports: 0,
    };
    (story, shadow.number)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_kept_after_ten_thousand_events_is_what_the_decisions_come_to() {
    let (mut story, shadow) = begun().await;
    for n in 1..=N_EVENTS {
        match story.seeded.below(200) {
            0 | 1 => story.edit().await,
            2..60 => story.report().await,
            _ => story.send().await,
        }
        if n % 2_500 == 0 {
            story.settle().await;
            story = Story {
                platform: story.platform.restart().await,
                ..story
            };
        }
    }
    story.settle().await;
    let leads = compare(&story.platform).await;
    let sums = shadows::compare(&story.platform, shadow).await;
    assert!(leads.len() > 2_000, "{}", leads.len());
    assert!(leads.iter().any(|lead| lead.is_crossed));
    assert!(leads.iter().any(|lead| !lead.is_comparable));
    assert!(leads.iter().any(|lead| lead.returned == 1));
    assert!(leads.iter().any(|lead| lead.covariate_1.is_some()));
    assert!(leads.iter().any(|lead| lead.covariate_1.is_none()));
    assert!(
        sums.row.leads > 4_000 && sums.row.elsewhere > 500,
        "{:?}",
        sums.row
    );
    assert!(story.n_reports > 2_000, "{}", story.n_reports);
    story.platform.engine.stop(TIMEOUT).await.unwrap();
}
