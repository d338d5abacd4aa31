//! Worlds: the same for ever, and as they say.

use std::collections::BTreeMap;

use pointsman_lead::{Envelope, Stage};

use super::{Credit, DAY, DESTINATIONS, GeneratedLead, Postback, Traits, World};

fn line(lead: &GeneratedLead) -> String {
    // Sorted here, because a map may keep another order where other crates ask for that.
    let fields: BTreeMap<_, _> = lead.fields.iter().collect();
    let fields = serde_json::to_string(&fields).unwrap();
    format!(
        "{} {} {} {} {fields}",
        lead.key, lead.at, lead.source, lead.sub_id_1
    )
}

#[test]
fn the_first_leads_of_seed_7_never_change() {
    let lines: Vec<String> = World::new(7)
        .leads(240_000)
        .take(3)
        .map(|lead| line(&lead))
        .collect();
    assert_eq!(lines, GOLDEN);
}

const GOLDEN: [&str; 3] = [
    r#"w7-0000000 2026-01-05T06:00:26.724123Z content-review p6 {"age":52,"credit":"good","currently_insured":true,"email":"frank.owens.0@example.com","first_name":"Frank","home_owner":true,"last_name":"Owens","phone":"+13705553777","postal_code":"30368","state":"GA"}"#,
    r#"w7-0000001 2026-01-05T06:01:44.379247Z email-partner p4 {"age":44,"credit":"good","currently_insured":true,"email":"umar.evans.1@example.com","first_name":"Umar","home_owner":true,"last_name":"Evans","phone":"+18775553935","postal_code":"03110","state":"NH"}"#,
    r#"w7-0000002 2026-01-05T06:02:48.456612Z search-generic p5 {"age":40,"credit":"good","currently_insured":true,"email":"frank.ito.2@example.com","first_name":"Frank","home_owner":false,"last_name":"Ito","phone":"+14575550064","postal_code":"60634","state":"IL"}"#,
];

#[test]
fn the_truth_of_seed_7_never_changes() {
    let world = World::new(7);
    let truth =
        |lead: GeneratedLead| DESTINATIONS.map(|name| world.net_revenue(&lead, name).0 / 10_000);
    let truths: Vec<[i64; 5]> = world.leads(1_000).take(8).map(truth).collect();
    assert_eq!(truths, GOLDEN_TRUTH);
}

/// Cents by destination, a lead a line.
const GOLDEN_TRUTH: [[i64; 5]; 8] = [
    [0, 900, 0, 1_760, 0],
    [1_600, 900, 0, 0, 0],
    [1_600, 900, 0, 1_280, 0],
    [1_600, 900, 0, 2_280, 0],
    [0, 900, 0, 0, 0],
    [1_600, 900, 0, 2_090, 0],
    [1_600, 900, 0, 0, 15_000],
    [0, 900, 0, 1_760, 0],
];

#[test]
fn every_lead_fits_the_schema() {
    let world = World::new(3);
    let schema = world.schema();
    for lead in world.leads(2_000) {
        let envelope = Envelope {
            source: lead.source,
            sub_ids: lead.sub_ids(),
            received_at: lead.at,
            is_test: false,
            stage: Stage::Post,
        };
        let parsed = schema.parse(&lead.fields, &envelope);
        assert!(parsed.is_ok(), "{}: {parsed:?}", line(&lead));
    }
}

#[test]
fn there_are_exactly_as_many_leads_as_asked_for_and_in_order() {
    let world = World::new(11).over_days(30);
    let leads: Vec<GeneratedLead> = world.leads(5_000).collect();
    assert_eq!(leads.len(), 5_000);
    assert!(leads.is_sorted_by_key(|lead| lead.at));
    let span = leads.last().unwrap().at.0 - leads[0].at.0;
    assert!((28 * DAY..30 * DAY).contains(&span));
    let (short, long) = (World::new(11).over_days(1), World::new(11));
    let who = |world: World| world.leads(100).map(|lead| lead.fields).collect::<Vec<_>>();
    assert_eq!(who(short), who(long));
}

#[test]
fn arrivals_vary_more_than_chance_alone() {
    let counts = super::arrivals::counts(5, 120, 240_000);
    // The same hour of Mondays to Fridays, around noon local time.
    let noons: Vec<f64> = counts
        .chunks(24)
        .enumerate()
        .filter(|(day, _)| day % 7 < 5)
        .map(|(_, hours)| f64::from(hours[12]))
        .collect();
    let n = f64::from(u32::try_from(noons.len()).unwrap());
    let mean = noons.iter().sum::<f64>() / n;
    let variance = noons
        .iter()
        .map(|count| (count - mean).powi(2))
        .sum::<f64>()
        / (n - 1.0);
    assert!(
        (2.0..8.0).contains(&(variance / mean)),
        "{}",
        variance / mean
    );
}

#[test]
fn combinations_of_traits_are_all_there_is() {
    let sum: f64 = Traits::all().map(|(_, p)| p).sum();
    assert!((sum - 1.0).abs() < 1e-9, "{sum}");
    let mut share = BTreeMap::new();
    let (world, n) = (World::new(9), 20_000);
    for lead in world.leads(n) {
        *share.entry(world.traits(&lead).credit).or_insert(0_u32) += 1;
    }
    for credit in Credit::ALL {
        let expected: f64 = Traits::all()
            .filter(|(traits, _)| traits.credit == credit)
            .map(|(_, p)| p)
            .sum();
        let seen = f64::from(share[&credit]) / 20_000.0;
        assert!(
            (seen - expected).abs() < 0.015,
            "{credit}: {seen} of {expected}"
        );
    }
}

#[test]
fn what_happens_agrees_with_the_expected_values() {
    let world = World::new(21);
    let leads: Vec<GeneratedLead> = world.leads(40_000).collect();
    let n = 40_000.0;
    for name in DESTINATIONS {
        #[expect(clippy::cast_precision_loss, reason = "an amount of a test")]
        let values = leads
            .iter()
            .map(|lead| world.net_revenue(lead, name).0 as f64 / 1e6);
        let (sum, squares) = values.fold((0.0, 0.0), |(sum, squares), value| {
            (sum + value, squares + value * value)
        });
        let mean: f64 = sum / n;
        let error = ((squares / n - mean * mean) / n).sqrt();
        let expected = world.expected_value(name);
        let apart = (mean - expected).abs() / error;
        assert!(
            apart < 4.0,
            "{name}: {mean} ± {error} instead of {expected}"
        );
        let taken = leads
            .iter()
            .filter(|lead| world.accepts(lead, name))
            .count();
        let rate = f64::from(u32::try_from(taken).unwrap()) / n;
        assert!(
            (rate - world.accept_rate(name)).abs() < 0.012,
            "{name}: {rate}"
        );
    }
}

#[test]
fn the_best_destination_is_slow_and_the_best_for_some_is_another() {
    let world = World::new(1);
    assert_eq!(world.best_arm(), "lakeside");
    let by_a_day = DESTINATIONS.map(|name| (world.value_by(name, DAY), name));
    let naive = by_a_day
        .into_iter()
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .unwrap();
    assert_eq!(naive.1, "acme");
    assert!(world.expected_value("lakeside") > 1.2 * world.expected_value("acme"));
    let best = |credit| world.best_arm_where(|traits| traits.credit == credit);
    assert_eq!(
        Credit::ALL.map(best),
        ["lakeside", "lakeside", "acme", "zenith"]
    );
    let rates = DESTINATIONS.map(|name| world.accept_rate(name));
    assert!(
        rates.iter().all(|rate| (0.38..=0.96).contains(rate)),
        "{rates:?}"
    );
}

#[test]
fn sales_are_reported_late_sometimes_twice_and_sometimes_taken_back() {
    let world = World::new(2);
    let (mut sales, mut doubled, mut cancelled) = (0_u32, 0_u32, 0_u32);
    for lead in world.leads(40_000) {
        let calls = world.postbacks(&lead, "lakeside", "clk_1");
        let Some(sale) = world.conversion(&lead, "lakeside") else {
            assert!(calls.is_empty());
            continue;
        };
        assert!(world.accepts(&lead, "lakeside"));
        assert!(calls.is_sorted_by_key(|call| call.after));
        assert!((3_600_000_000..=21 * DAY).contains(&sale.after));
        let of = |status| calls.iter().filter(move |call| call.status == status);
        sales += 1;
        doubled += u32::from(of("sale").count() == 2);
        cancelled += u32::from(of("rejected").count() > 0);
        assert_eq!(of("rejected").count() > 0, sale.cancelled_after.is_some());
        assert!(calls.iter().all(|call| call.payout == sale.revenue));
    }
    let share = |count| f64::from(count) / f64::from(sales);
    assert!((share(doubled) - 0.25).abs() < 0.03, "{doubled} of {sales}");
    assert!(
        (share(cancelled) - 0.05).abs() < 0.015,
        "{cancelled} of {sales}"
    );
    assert!(
        world
            .leads(500)
            .all(|lead| world.postbacks(&lead, "acme", "c").is_empty())
    );
}

#[test]
fn a_postback_is_a_query() {
    let postback = Postback {
        after: 5,
        click_id: "clk_1".to_owned(),
        txid: "harbor-w7-0000001".to_owned(),
        status: "sale",
        payout: pointsman_lead::Micros(80_000_000),
    };
    assert_eq!(
        postback.query(),
        "click_id=clk_1&txid=harbor-w7-0000001&status=sale&payout=80.00&currency=USD"
    );
}

#[test]
fn keys_lead_back_to_their_leads() {
    let world = World::new(7);
    for lead in world.leads(50) {
        assert_eq!(world.number(&lead.key), lead.number);
    }
    let stranger = world.number("made by hand");
    assert_eq!(stranger, world.number("made by hand"));
    assert!(stranger > u64::from(u32::MAX) && stranger != world.number("w8-0000001"));
}

#[test]
fn delays_and_shares_undo_each_other() {
    use super::terms::{Pays, TERMS, delay_at, share_by};
    for terms in &TERMS {
        let Pays::Sale { delay, .. } = terms.pays else {
            continue;
        };
        for percent in 0..=100 {
            let share = f64::from(percent) / 100.0;
            assert!((share_by(delay, delay_at(delay, share)) - share).abs() < 1e-6);
        }
        assert!(share_by(delay, 0).abs() < 1e-12);
        assert!((share_by(delay, i64::MAX) - 1.0).abs() < 1e-12);
    }
}
