//! Logs as trackers, lead systems and spreadsheets write them: from the file to a first verdict, or to an honest refusal.

use std::path::{Path, PathBuf};

use pointsman_lead::Problem;
use pointsman_replay::{Inspection, Report, Scenario, VerdictKind, inspect};

/// Lines of a scenario that an analyst may have to change at most.
const EDITS_MAX: usize = 5;

/// What becomes of a foreign file.
#[derive(Debug, Clone, Copy)]
enum Outcome {
    /// Leads, and the destination and reward columns that were found.
    Replayed(u64, &'static str, &'static str),
    /// A verdict by weights.
    Valued(u64),
    /// The code of the refusal.
    Refused(&'static str),
}

use Outcome::{Refused, Replayed, Valued};

type File = (
    &'static str,
    &'static [(&'static str, &'static str)],
    Outcome,
);

/// Each file, the lines that are changed in its scenario, and what becomes of it.
const FILES: [File; 13] = [
    (
        "binom-conversions.csv",
        &[],
        // 167 leads came in the last 30 days of the log, and may still sell.
        Replayed(193, "Offer", "Payout"),
    ),
    ("boberdoo-leads.csv", &[], Replayed(260, "Partner", "Price")),
    (
        "everflow-conversions.csv",
        &[],
        // The same for 180.
        Replayed(180, "advertiser", "revenue"),
    ),
    (
        "hubspot-kontakte.csv",
        &[],
        Replayed(380, "Käufer", "Erlös"),
    ),
    (
        "keitaro-conversions.csv",
        &[],
        Replayed(340, "Offer", "Revenue"),
    ),
    (
        "leads-france.txt",
        &[],
        Replayed(360, "Acheteur", "Prix de vente"),
    ),
    (
        "leadspedia-leads.csv",
        &[],
        Replayed(400, "Buyer", "Sold Price"),
    ),
    (
        "phonexa-leads.csv",
        &[("date_order", "date_order = \"day_first\"")],
        Replayed(360, "Comprador", "Ingresos"),
    ),
    (
        "redtrack-conversions.ndjson",
        &[],
        Replayed(380, "advertiser", "revenue"),
    ),
    ("roteador-leads.csv", &[], Valued(900)),
    ("salesforce-leads.csv", &[], Replayed(360, "Lead Owner", "")),
    ("voluum-campaigns.csv", &[], Refused("log_of_sums")),
    (
        "voluum-conversions.csv",
        &[],
        Replayed(164, "Offer name", "Revenue"),
    ),
];

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../simulations/foreign")
        .join(name)
}

/// The first scenario of a file with some lines changed, and what it comes to.
fn replayed(found: &Inspection, edits: &[(&str, &str)]) -> Result<Report, Vec<Problem>> {
    let folder = tempfile::tempdir().unwrap();
    found.write(folder.path()).unwrap();
    let path = folder.path().join("scenario.toml");
    let mut text = std::fs::read_to_string(&path).unwrap();
    for (key, line) in edits {
        let old = text
            .lines()
            .find(|old| old.starts_with(&format!("{key} =")))
            .unwrap()
            .to_owned();
        text = text.replace(&old, line);
    }
    std::fs::write(&path, text).unwrap();
    let mut reports = Scenario::load(folder.path())?
        .run(&mut |_| ())
        .map_err(pointsman_replay::Error::into_problems)?;
    Ok(reports.remove(0))
}

fn role<'a>(found: &'a Inspection, role: &str) -> &'a str {
    let mut columns = found.columns.iter();
    let column = columns.find(|column| column.role.as_deref() == Some(role));
    column.map_or("", |column| &column.name)
}

#[test]
fn every_file_comes_to_a_verdict_or_an_honest_refusal_with_few_edits() {
    for (name, edits, outcome) in FILES {
        assert!(edits.len() <= EDITS_MAX, "{name}");
        let path = data(name);
        let found = inspect(&path, &path.display().to_string());
        let found = found.unwrap_or_else(|problems| panic!("{name}: {problems:#?}"));
        let told = format!("{name}\n{}", pointsman_replay::render_inspection(&found));
        match outcome {
            Refused(code) => {
                let codes: Vec<&str> = found
                    .refusals
                    .iter()
                    .map(|problem| &*problem.code)
                    .collect();
                assert_eq!(codes, [code], "{told}");
                assert!(found.refusals.iter().all(|problem| problem.hint.is_some()));
                assert!(found.files().is_empty());
            }
            Replayed(n, destination, reward) => {
                assert_eq!(
                    (role(&found, "destination"), role(&found, "reward")),
                    (destination, reward),
                    "{told}"
                );
                let report = replayed(&found, edits)
                    .unwrap_or_else(|problems| panic!("{told}\n{problems:#?}"));
                assert_eq!(report.candidate.n, n, "{told}");
                assert_eq!(
                    report.verdict.kind,
                    VerdictKind::NotEnoughEvidence,
                    "{told}"
                );
                let assumed = report.assumed.as_ref().unwrap();
                let matched = assumed.baseline.matched.unwrap();
                assert!(matched.is_finite() && matched > 0.0, "{told}");
                assert!(
                    report
                        .verdict
                        .because
                        .iter()
                        .any(|because| because.contains("assumption")),
                    "{told}"
                );
            }
            Valued(n) => {
                let report = replayed(&found, edits)
                    .unwrap_or_else(|problems| panic!("{told}\n{problems:#?}"));
                assert_eq!(report.candidate.n, n, "{told}");
                assert!(
                    report.assumed.is_none() && report.candidate.ips_ci95.is_some(),
                    "{told}"
                );
            }
        }
    }
}

#[test]
fn each_guess_is_a_line_of_the_scenario_with_its_question_above() {
    for (name, _, outcome) in FILES {
        if matches!(outcome, Refused(_)) {
            continue;
        }
        let found = inspect(&data(name), "x.csv").unwrap();
        let (_, text) = found
            .files()
            .iter()
            .find(|(name, _)| *name == "scenario.toml")
            .unwrap();
        for guess in &found.guesses {
            assert!(
                !guess.question.is_empty() && !guess.otherwise.is_empty(),
                "{name} {guess:?}"
            );
            let key = guess.key.rsplit('.').next().unwrap();
            let value = format!("= {}", guess.value);
            let line = text
                .lines()
                .any(|line| line.ends_with(&value) && !line.starts_with('#'));
            assert!(line, "{name}: no line for {key} {value}\n{text}");
        }
        assert!(
            text.lines()
                .next()
                .unwrap()
                .starts_with("# A first scenario")
        );
    }
}

#[test]
fn nothing_that_is_there_is_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let found = inspect(&data("binom-conversions.csv"), "x.csv").unwrap();
    std::fs::write(folder.path().join("flow.toml"), "mine").unwrap();
    let error = found.write(folder.path()).unwrap_err().to_string();
    assert!(error.contains("flow.toml` is there already"), "{error}");
    let left: Vec<String> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(left, ["flow.toml"]);
    assert_eq!(
        std::fs::read_to_string(folder.path().join("flow.toml")).unwrap(),
        "mine"
    );
}

#[test]
fn data_of_persons_is_neither_shown_nor_mapped() {
    for (name, column) in [
        ("hubspot-kontakte.csv", "E-Mail"),
        ("hubspot-kontakte.csv", "Telefon"),
        ("phonexa-leads.csv", "Teléfono"),
    ] {
        let found = inspect(&data(name), "x.csv").unwrap();
        let found = found
            .columns
            .iter()
            .find(|known| known.name == column)
            .unwrap();
        assert!(
            found.examples.is_empty() && found.role.is_none(),
            "{found:?}"
        );
    }
}
