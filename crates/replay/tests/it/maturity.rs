//! Young leads, and what was known at a moment.

use std::fmt::Write as _;

use pointsman_lead::Timestamp;
use pointsman_replay::{
    Matured, Maturity, Options, Report, VerdictKind, evaluate,
    log::{Format, Log, LogLead, Mapping, Payment, write_parquet},
    render_html, render_text, to_json,
};

use crate::{
    evidence::{COLUMNS, Chance, load, run, split},
    world::{A_FIRST, B_FIRST, MIXED, logged, policy, schema},
};

const DAY: i64 = 86_400_000_000;
/// The first day of a log of some days.
const START: i64 = 1_788_220_800_000_000;

/// One lead of a flat log: who got it, when, and when it brought what.
struct Row {
    name: &'static str,
    at: i64,
    paid: Option<(i64, f64)>,
}

/// `B` is worth 3.0 a lead and `A` 2.0, but what `B` pays comes 10 to 25 days later.
fn late_sales(seed: u64, n: i64, days: i64) -> Vec<Row> {
    let mut chance = Chance(seed);
    let rows = (0..n).map(|lead| {
        let is_b = chance.hits(0.5);
        let is_sold = chance.hits(0.2);
        let late = (0..150).filter(|_| chance.hits(0.5)).count();
        let at = START + lead * days * DAY / n;
        let (name, pays, delay) = if is_b {
            (
                "B",
                15.0,
                10 * DAY + i64::try_from(late).unwrap() * DAY / 10,
            )
        } else {
            ("A", 10.0, 0)
        };
        let paid = is_sold.then_some((at + delay, pays));
        Row { name, at, paid }
    });
    rows.collect()
}

/// The log as it was at a moment.
fn as_text(rows: &[Row], known_at: i64) -> String {
    let mut log = "b,p,r,at,paid\n".to_owned();
    for Row { name, at, paid } in rows.iter().filter(|row| row.at <= known_at) {
        let paid = paid.filter(|(paid_at, _)| *paid_at <= known_at);
        let (reward, paid_at) = paid.map_or((0.0, String::new()), |(paid_at, reward)| {
            (reward, Timestamp(paid_at).to_string())
        });
        let _ = writeln!(log, "{name},0.5,{reward},{},{paid_at}", Timestamp(*at));
    }
    log
}

const TIMES: &str = "at = \"at\"\nconverted_at = \"paid\"\n";

#[test]
fn leads_too_young_for_the_window_are_left_out_with_their_number() {
    let rows = late_sales(8, 20_000, 28);
    let end = START + 28 * DAY;
    let log = as_text(&rows, end);
    let b = split(&[("A", 100_000), ("B", 900_000)]);
    // Without times every outcome counts as known, and the dear sales that come late are missed.
    let blind = run(&log, &format!("{COLUMNS}at = \"at\"\n"), &b);
    assert_eq!(blind.verdict.kind, VerdictKind::DoNotShip);
    assert_eq!(blind.maturity, None);
    let with_times = format!("{COLUMNS}{TIMES}");
    let report = run(&log, &with_times, &b);
    assert_eq!(
        (report.immature_leads, report.candidate.n),
        (Some(20_000), 0)
    );
    assert_eq!(report.verdict.kind, VerdictKind::NotEnoughEvidence);
    let told = report.verdict.because.join("\n");
    assert!(
        told.contains("20000 leads are younger than the attribution window of 30 days"),
        "{told}"
    );
    let until = Timestamp(end + 12 * DAY);
    for (keys, left_out, kind) in [
        (
            format!("attribution_window = 26\nobserved_until = {until}\n"),
            10_000,
            VerdictKind::Ship,
        ),
        (
            "attribution_window = 0\n".to_owned(),
            0,
            VerdictKind::DoNotShip,
        ),
    ] {
        let log = as_text(&rows, until.0);
        let log = if left_out == 0 {
            as_text(&rows, end)
        } else {
            log
        };
        let report = run(&log, &format!("{keys}{with_times}"), &b);
        assert_eq!(report.verdict.kind, kind, "{keys} {:?}", report.verdict);
        let found = report.immature_leads.unwrap();
        assert!(found.abs_diff(left_out) < 100, "{keys} {found}");
        let n = report.maturity.as_ref().map(|it| it.leads + it.left_out);
        assert_eq!(n, Some(20_000));
        assert_eq!(report.candidate.n, 20_000 - found);
    }
}

#[test]
fn a_young_tail_hardly_ever_makes_a_verdict_wrong() {
    let b = split(&[("A", 100_000), ("B", 900_000)]);
    let more = format!("attribution_window = 25\n{COLUMNS}{TIMES}");
    let mut kinds = std::collections::BTreeMap::<&str, u32>::new();
    for seed in 0..20 {
        // The log ends with its newest lead, and what is paid later is not in it.
        let rows = late_sales(100 + seed, 6_000, 50);
        let log = as_text(&rows, START + 50 * DAY);
        let report = run(&log, &more, &b);
        *kinds.entry(report.verdict.kind.word()).or_default() += 1;
        assert!(report.candidate.n.abs_diff(3_000) < 10);
    }
    assert_eq!(kinds.get("do_not_ship"), None, "{kinds:?}");
    assert!(kinds["ship"] >= 15, "{kinds:?}");
}

/// What two reports say, but for the count of what the shorter log does not even hold.
fn findings(report: &Report) -> serde_json::Value {
    let mut findings = to_json(std::slice::from_ref(report));
    for key in ["later_leads", "late_payments", "late_rewards"] {
        findings["maturity"].as_object_mut().unwrap().remove(key);
    }
    findings["warnings"] = serde_json::Value::Null;
    findings
}

#[test]
fn a_log_read_as_of_a_moment_says_what_it_said_then() {
    let rows = late_sales(5, 8_000, 60);
    let moment = START + 45 * DAY + 1;
    let (then, now) = (as_text(&rows, moment), as_text(&rows, i64::MAX));
    let b = split(&[("A", 300_000), ("B", 700_000)]);
    let more = format!(
        "attribution_window = 15\nas_of = {}\n{COLUMNS}{TIMES}",
        Timestamp(moment)
    );
    let (then, now) = (run(&then, &more, &b), run(&now, &more, &b));
    assert_eq!(findings(&then), findings(&now));
    let Matured {
        leads,
        left_out,
        later_leads,
        late_payments,
        ..
    } = now.maturity.clone().unwrap();
    assert_eq!(leads + left_out + later_leads, 8_000);
    assert!(
        leads == 4_001 && later_leads == 1_999,
        "{leads} {later_leads}"
    );
    assert!(late_payments > 100, "{late_payments}");
    let pages = [
        render_text(std::slice::from_ref(&now)),
        render_html("r", std::slice::from_ref(&now)),
    ];
    for page in pages {
        assert!(page.contains("1999 leads came after"), "{page}");
        assert!(
            page.contains("later than 15 days after their lead"),
            "{page}"
        );
    }
}

#[test]
fn a_moment_cannot_be_asked_of_a_log_that_knows_no_times() {
    let rows = late_sales(5, 500, 60);
    let log = as_text(&rows, i64::MAX);
    let b = split(&[("A", 300_000), ("B", 700_000)]);
    let codes = |more: &str| -> Vec<String> {
        let problems = load(&log, more, &b, None).unwrap_err();
        problems.into_iter().map(|problem| problem.code).collect()
    };
    let without = format!("as_of = 2026-10-01T00:00:00Z\n{COLUMNS}at = \"at\"\n");
    assert_eq!(codes(&without), ["as_of_without_times"]);
    let twice = format!(
        "as_of = 2026-10-01T00:00:00Z\nobserved_until = 2026-10-01T00:00:00Z\n{COLUMNS}{TIMES}"
    );
    assert_eq!(codes(&twice), ["observed_until_twice"]);
    let wrong = format!("attribution_window = \"a while\"\nobserved_until = \"soon\"\n{COLUMNS}");
    assert_eq!(
        codes(&wrong),
        [
            "attribution_window_invalid",
            "observed_until_invalid",
            "at_missing"
        ]
    );
    assert_eq!(
        codes(&format!("as_of = \"then\"\n{COLUMNS}{TIMES}")),
        ["as_of_invalid"]
    );
    let unreadable = format!("{log}B,0.5,1,2026-10-01T00:00:00Z,soon\n");
    let found = load(&unreadable, &format!("{COLUMNS}{TIMES}"), &b, None).unwrap_err();
    assert_eq!(found[0].code, "not_a_time");
}

/// A log of our own, whose sales pay half at once and half nine days later, of which a part is taken back after 40 days.
fn paid_late() -> Vec<LogLead> {
    let mut leads = logged(MIXED, 7, 3_000);
    for (lead, day) in leads.iter_mut().zip(0_i64..) {
        lead.received_at = Timestamp(START + day * DAY / 50);
        for offer in &mut lead.offers {
            let after = |days: i64| Timestamp(lead.received_at.0 + days * DAY);
            let parts = [(after(0), 0.5), (after(9), 0.6), (after(40), -0.1)];
            if offer.reward > 0.0 {
                let parts = parts.iter().map(|(at, share)| Payment {
                    at: *at,
                    reward: share * offer.reward,
                });
                offer.payments = parts.collect();
                offer.reward = offer.payments.iter().map(|payment| payment.reward).sum();
            }
        }
    }
    leads
}

fn judged(leads: &[LogLead], maturity: Option<Maturity>) -> Report {
    let options = Options {
        maturity,
        ..Options::default()
    };
    let (a, b) = (policy(A_FIRST), policy(B_FIRST));
    evaluate(leads.iter().cloned(), &a, &b, options)
}

#[test]
fn money_after_the_window_counts_for_no_lead() {
    let leads = paid_late();
    let value = |days: i64| {
        let maturity = Maturity {
            window_micros: days * DAY,
            observed_until: Timestamp(START + 365 * DAY),
            is_as_of: false,
        };
        let report = judged(&leads, Some(maturity));
        (report.candidate.ips, report.maturity.unwrap().late_payments)
    };
    let whole = judged(&logged(MIXED, 7, 3_000), None).candidate.ips;
    for (days, share) in [(8, 0.5), (9, 1.1), (39, 1.1), (40, 1.0)] {
        let (ips, late) = value(days);
        assert!((ips - share * whole).abs() < 1e-9, "{days} {ips} {whole}");
        assert_eq!(late == 0, days == 40);
    }
    // Without a window everything counts whenever it comes.
    assert!((value(0).0 - whole).abs() < 1e-9);
}

#[test]
fn times_of_payments_are_written_and_read_again() {
    let leads = paid_late();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.parquet");
    write_parquet(&path, &schema(), leads.clone()).unwrap();
    let log = Log::open(&path, Mapping::Own, Format::default()).unwrap();
    let survey = log.survey(Some(&schema())).unwrap();
    assert_eq!(survey.newest, leads.last().map(|lead| lead.received_at));
    let mut read = Vec::new();
    log.read(&schema(), &survey, &mut |leads, _| {
        read.extend(leads);
        Ok(())
    })
    .unwrap();
    for (written, read) in leads.iter().zip(&read) {
        for (written, read) in written.offers.iter().zip(&read.offers) {
            assert_eq!(written.payments, read.payments);
        }
    }
    let as_of = Some(Maturity {
        window_micros: 10 * DAY,
        observed_until: Timestamp(START + 30 * DAY),
        is_as_of: true,
    });
    let known_then: Vec<LogLead> = leads
        .iter()
        .filter(|lead| lead.received_at.0 <= START + 30 * DAY)
        .cloned()
        .map(|mut lead| {
            for offer in &mut lead.offers {
                offer.payments.retain(|it| it.at.0 <= START + 30 * DAY);
                let known = offer.payments.iter().map(|payment| payment.reward).sum();
                offer.reward = if offer.reward > 0.0 { known } else { 0.0 };
            }
            lead
        })
        .collect();
    assert_eq!(
        findings(&judged(&read, as_of)),
        findings(&judged(&known_then, as_of))
    );
}

#[test]
fn payments_that_do_not_come_to_the_reward_are_refused() {
    let mut leads = paid_late();
    leads.truncate(100);
    let paid = leads.iter_mut().flat_map(|lead| &mut lead.offers);
    let wrong = paid.filter(|offer| offer.reward > 0.0).nth(2).unwrap();
    wrong.reward += 1.0;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.parquet");
    write_parquet(&path, &schema(), leads).unwrap();
    let log = Log::open(&path, Mapping::Own, Format::default()).unwrap();
    let error = log.survey(Some(&schema())).unwrap_err();
    let codes: Vec<String> = error
        .into_problems()
        .into_iter()
        .map(|it| it.code)
        .collect();
    assert_eq!(codes, ["payments_differ"]);
}
