//! Scenarios that are wrong: all of it is told at once, with codes and places.

use pointsman_lead::Problem;
use pointsman_replay::Scenario;

const FLOW: &str = r#"{"flow": "f", "vertical": "v", "currency": "USD", "root": "s", "nodes": {
    "s": {"kind": "split", "arms": [{"weight_ppm": 500000, "to": "acme"}, {"weight_ppm": 500000, "to": "zenith"}]},
    "acme": {"kind": "destination"}, "zenith": {"kind": "destination"}}}"#;
const LOG: &str = "to,p,paid,age\nacme,0.5,1,30\nzenith,0.5,0,40\n";
const SCENARIO: &str = "log = \"log.csv\"\ncandidate = \"flow.json\"\n[columns]\ndestination = \"to\"\npropensity = \"p\"\nreward = \"paid\"\n";

/// The problems of a scenario in a folder with a flow and a log.
fn problems(scenario: &str, flow: &str, log: &str) -> Vec<Problem> {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [
        ("scenario.toml", scenario),
        ("flow.json", flow),
        ("log.csv", log),
    ] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    Scenario::load(folder.path()).err().unwrap_or_default()
}

fn shown(problems: &[Problem]) -> Vec<String> {
    problems
        .iter()
        .map(|problem| format!("{} {}", problem.code, problem.path))
        .collect()
}

#[test]
fn a_sound_scenario_has_no_problems() {
    assert_eq!(problems(SCENARIO, FLOW, LOG), []);
}

/// A scenario, what is added to it, and the codes and places of its mistakes.
const MISTAKES: [(&str, &str, &[&str]); 12] = [
    ("log = 1 2", "", &["toml_malformed scenario.toml"]),
    ("candidate = \"logged\"", "", &["key_missing log"]),
    (
        "log = \"log.csv\"\n[columns]\ndestination = \"to\"\npropensity = \"p\"",
        "",
        &["key_missing candidate"],
    ),
    (
        "log = \"nolog.csv\"\ncandidate = \"noflow.json\"",
        "",
        &["file_unreadable candidate", "log_missing log"],
    ),
    (
        "log = \"scenario.toml\"\ncandidate = \"logged\"",
        "",
        &["log_kind_unknown log"],
    ),
    (
        SCENARIO,
        "[columns.fields]\nage = \"agee\"\nreceived_at = \"age\"",
        &[
            "field_reserved columns.fields.received_at",
            "column_missing columns.fields.age",
        ],
    ),
    (
        SCENARIO,
        "lead_id = \"lead\"\ncluster = \"who\"",
        &[
            "column_missing columns.lead_id",
            "column_missing columns.cluster",
        ],
    ),
    (
        SCENARIO,
        "destinatoin = \"x\"",
        &["unknown_key columns.destinatoin"],
    ),
    (
        SCENARIO,
        "[reward]\ncolum = \"x\"",
        &["unknown_key reward.colum"],
    ),
    (
        SCENARIO,
        "[[run]]\nname = \"one\"\ntolerance = -1\n[[run]]\nname = \"one\"\nbaseline = 3",
        &[
            "name_taken run[1].name",
            "tolerance_invalid run[0].tolerance",
            "wrong_kind run[1].baseline",
        ],
    ),
    (
        SCENARIO,
        "[[run]]\nname = \"one\"\ntolerance = \"1 %\"\nallocation = \"none.json\"",
        &["file_unreadable allocation"],
    ),
    (
        SCENARIO,
        "[schema]\nvertical = \"v\"",
        &["schema_invalid schema"],
    ),
];

#[test]
fn mistakes_of_a_scenario_have_codes_and_places() {
    for (scenario, more, expected) in MISTAKES {
        let scenario = format!("{scenario}\n{more}");
        let mut found = shown(&problems(&scenario, FLOW, LOG));
        let mut expected: Vec<String> = expected.iter().map(|&text| text.to_owned()).collect();
        found.sort();
        expected.sort();
        assert_eq!(found, expected, "{scenario}");
    }
}

#[test]
fn a_missing_column_is_answered_with_those_that_are_there() {
    let scenario = SCENARIO.replace("\"paid\"", "\"pain\"");
    let problems = problems(&scenario, FLOW, LOG);
    assert_eq!(shown(&problems), ["column_missing columns.reward"]);
    assert!(
        problems[0]
            .message
            .ends_with("has no column `pain`; it has to, p, paid, age"),
        "{}",
        problems[0].message
    );
    assert_eq!(problems[0].hint.as_deref(), Some("did you mean `paid`?"));
}

#[test]
fn mistakes_in_rows_are_counted_and_shown_by_their_first_row() {
    let log = "to,p,paid,age\nacme,0.5,1,30\nacme,0,1,30\nacme,1.5,1,30\nacme,half,1,30\n,0.5,1,30\nacme,,1,30\nacme,0.5,much,30\nacme,nan,1,3\n";
    let problems = problems(SCENARIO, FLOW, log);
    let shown: Vec<String> = problems
        .iter()
        .map(|problem| format!("{} {}: {}", problem.code, problem.path, problem.message))
        .collect();
    assert_eq!(
        shown,
        [
            "not_a_number log.p: `half` is not a number; first in row 4, in all 2 rows",
            "not_a_number log.paid: `much` is not a number; first in row 7, in all 1 row",
            "propensity_missing log.p: an offer has no propensity; first in row 6, in all 1 row",
            "propensity_out_of_range log.p: 0 is not a probability above 0 and up to 1; first in row 2, in all 2 rows",
            "value_missing log.to: a row holds nothing here; first in row 5, in all 1 row",
        ]
    );
}

#[test]
fn mistakes_of_scenario_flow_and_log_come_together() {
    let flow = FLOW.replace("\"root\": \"s\"", "\"root\": \"nowhere\"");
    let scenario = SCENARIO.replace("[columns]", "tolerence = 1\n[columns]");
    let found = shown(&problems(&scenario, &flow, "to,p,paid\nacme,2,1\n"));
    assert!(
        found.contains(&"unknown_key tolerence".to_owned()),
        "{found:?}"
    );
    assert!(
        found.contains(&"propensity_out_of_range log.p".to_owned()),
        "{found:?}"
    );
}

#[test]
fn a_field_that_the_flow_tests_and_the_log_lacks_is_a_mistake_of_the_flow() {
    let flow = FLOW.replace(r#""root": "s", "nodes": {"#, r#""root": "w", "nodes": {"w": {"kind": "when", "if": "age >= 35", "then": "acme", "otherwise": "s"},"#);
    let found = problems(SCENARIO, &flow, LOG);
    assert!(
        !found.is_empty()
            && found
                .iter()
                .all(|problem| problem.path.starts_with("candidate.w")),
        "{found:?}"
    );
    assert_eq!(
        problems(
            &format!("{SCENARIO}[columns.fields]\nage = \"age\"\n"),
            &flow,
            LOG
        ),
        []
    );
}

#[test]
fn a_flow_without_a_destination_of_the_log_is_a_mistake_of_names() {
    let found = problems(SCENARIO, FLOW, "to,p,paid,age\n1,0.5,1,30\n2,0.5,0,40\n");
    assert_eq!(shown(&found), ["destinations_disjoint candidate"]);
}

#[test]
fn an_empty_log_is_a_mistake() {
    assert_eq!(
        shown(&problems(SCENARIO, FLOW, "to,p,paid,age\n")),
        ["log_empty log.rows"]
    );
}
