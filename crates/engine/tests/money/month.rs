//! A month of generated money against a model of our own: statements, entries and leads come to the same, to the micro-unit.

use std::collections::BTreeMap;

use pointsman_engine::{PostbackOutcome, ReturnRequest, ReturnSubject, ReturnVerdict};
use pointsman_history::{
    Clock, LeadReturn, ManualClock, ReturnKind, StatementParty, StatementQuestion, statement_csv,
};
use pointsman_lead::Timestamp;
use serde_json::json;

use crate::platform::Platform;

/// Leads of the month; 200,000 where somebody asks for them.
const LEADS: usize = 1_200;
/// Midnight of the last day of October in New York, a day before clocks are put back.
const BEGIN: i64 = 1_793_419_200_000_000;
const HOUR: i64 = 3_600_000_000;
const DAY: i64 = 24 * HOUR;
/// Clocks are put back: 2026-11-01 06:00 UTC.
const CHANGE: i64 = BEGIN + DAY + 2 * HOUR;

fn n_leads() -> usize {
    let asked = std::env::var("MONEY_LEADS").ok();
    asked.map_or(LEADS, |asked| asked.parse().unwrap())
}

/// Numbers that are the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: i64) -> i64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(self.0 >> 33).unwrap() % n
    }
}

/// Columns of a statement, as the model counts them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Leads,
    Sold,
    Sales,
    Conversions,
    Refunds,
    Returns,
    Chargebacks,
}

/// A lead, as the model knows it.
struct Sold {
    click: String,
    buyer: &'static str,
    source: &'static str,
    currency: &'static str,
    price: i64,
    /// What each transaction is worth, and what of it was given back.
    sales: Vec<(i64, i64)>,
    returned: Option<LeadReturn>,
}

impl Sold {
    fn earned(&self) -> i64 {
        match self.returned {
            Some(_) => 0,
            None => {
                self.price
                    + self
                        .sales
                        .iter()
                        .map(|(sale, back)| sale - back)
                        .sum::<i64>()
            }
        }
    }
}

/// Sums by day since the beginning, account and currency.
#[derive(Default)]
struct Model {
    destinations: BTreeMap<(i64, String, String), [i64; 7]>,
    sources: BTreeMap<(i64, String, String), [i64; 7]>,
    total: BTreeMap<String, i64>,
}

impl Model {
    fn add(&mut self, at: i64, lead: &Sold, part: Part, amount: i64) {
        // By the clocks of New York, which show an hour less from the first of November on.
        let shown = if at < CHANGE { at } else { at - HOUR };
        let day = (shown - BEGIN).div_euclid(DAY);
        let key = |account: &str| (day, account.to_owned(), lead.currency.to_owned());
        let destination = self.destinations.entry(key(lead.buyer)).or_default();
        destination[part as usize] += amount;
        let source = self.sources.entry(key(lead.source)).or_default();
        source[part as usize] += amount;
        if !matches!(part, Part::Leads | Part::Sold) {
            *self.total.entry(lead.currency.to_owned()).or_default() += amount;
        }
    }

    /// The lines of days from `first` to `last`, as cells.
    fn lines(
        cells: &BTreeMap<(i64, String, String), [i64; 7]>,
        (first, last): (i64, i64),
    ) -> String {
        let mut balances: BTreeMap<(String, String), i64> = BTreeMap::new();
        let mut text = "day,account,currency,opening,leads,sold,sales,conversions,refunds,returns,chargebacks,net,closing\r\n".to_owned();
        for ((day, account, currency), cell) in cells {
            let balance = balances
                .entry((account.clone(), currency.clone()))
                .or_default();
            let net: i64 = cell[2..].iter().sum();
            if (first..=last).contains(day) {
                let name = match day {
                    0 => "2026-10-31".to_owned(),
                    day => format!("2026-11-{day:02}"),
                };
                let mut line = vec![name, account.clone(), currency.clone(), money(*balance)];
                line.extend(cell[..2].iter().map(ToString::to_string));
                line.extend(cell[2..].iter().map(|amount| money(*amount)));
                line.extend([money(net), money(*balance + net)]);
                text.push_str(&line.join(","));
                text.push_str("\r\n");
            }
            *balance += net;
        }
        text
    }
}

/// An amount as people write it, with two to six digits.
fn money(micros: i64) -> String {
    let sign = if micros < 0 { "-" } else { "" };
    let micros = micros.unsigned_abs();
    let digits = format!("{:06}", micros % 1_000_000);
    let kept = digits.trim_end_matches('0').len().max(2);
    format!("{sign}{}.{}", micros / 1_000_000, &digits[..kept])
}

/// Returns a lead or charges it back, or reverses that; `None` if it was returned too often.
async fn give_back(
    platform: &Platform,
    lead: &mut Sold,
    is_chargeback: bool,
    at: i64,
) -> Option<Part> {
    let part = |kind| match kind {
        ReturnKind::Return => Part::Returns,
        ReturnKind::Chargeback => Part::Chargebacks,
    };
    let returns = platform.engine.returns();
    if let Some(open) = lead.returned.take() {
        let reversed = returns.decide(Some(open.id), ReturnVerdict::Reverse, "", "ann");
        reversed.await.unwrap();
        return Some(part(open.kind));
    }
    let kind = if is_chargeback {
        ReturnKind::Chargeback
    } else {
        ReturnKind::Return
    };
    let request = ReturnRequest {
        subject: ReturnSubject::Click(lead.click.clone()),
        key: format!("{}-{at}", lead.click),
        reason: "so it is".to_owned(),
        kind,
        by: "ann".to_owned(),
        destination: None,
    };
    lead.returned = Some(returns.request(request).await.ok()?);
    Some(part(kind))
}

/// Lets something happen to a lead that was sold before, on both sides.
async fn happen(platform: &Platform, model: &mut Model, dice: &mut Dice, lead: &mut Sold, at: i64) {
    let before = lead.earned();
    let report = async |text: String| {
        let query = format!("click_id={}&{text}", lead.click);
        assert_eq!(
            platform.report(&query).await,
            Ok(PostbackOutcome::Applied),
            "{query}"
        );
    };
    let number = lead.sales.len();
    let open = lead.sales.iter().position(|(sale, back)| sale > back);
    let part = match (dice.below(10), open) {
        (0..=3, _) | (4..=6, None) => {
            let sale = 1 + dice.below(90_000_000);
            report(format!("txid=t{number}&payout={}", money(sale))).await;
            lead.sales.push((sale, 0));
            Part::Conversions
        }
        (kind @ 4..=6, Some(position)) => {
            let (sale, back) = lead.sales[position];
            let part = 1 + dice.below(sale - back);
            let word = if kind == 6 { "chargeback" } else { "refunded" };
            // Its own number tells it from others of this amount.
            let own = format!(
                "txid=t{position}&event_id=e{at}&payout={}&status={word}",
                money(part)
            );
            report(own).await;
            lead.sales[position].1 += part;
            if kind == 6 {
                Part::Chargebacks
            } else {
                Part::Refunds
            }
        }
        (kind, _) => match give_back(platform, lead, kind == 9, at).await {
            Some(part) => part,
            None => return,
        },
    };
    model.add(at, lead, part, lead.earned() - before);
}

#[tokio::test(flavor = "multi_thread")]
async fn statements_of_a_month_are_those_of_an_independent_model() {
    let time = ManualClock::new(Timestamp(BEGIN));
    let settings = json!({"returns": {"window_days": 366, "decision": "automatic"}});
    let mut platform = Platform::open_at(Clock::from(&time), 1, settings, json!({})).await;
    for (flow, currency) in [("euros", "EUR"), ("yen", "JPY")] {
        platform.publish(flow, currency).await;
    }
    let (mut model, mut dice) = (Model::default(), Dice(7));
    let mut leads: Vec<Sold> = Vec::new();
    let n_leads = n_leads();
    let step = 31 * DAY / i64::try_from(n_leads).unwrap();
    let mut at = BEGIN;
    for n in 0..n_leads {
        at += 1 + dice.below(step * 2 - 1);
        time.set(Timestamp(at));
        let (flow, currency) = [("auto", "USD"), ("euros", "EUR"), ("yen", "JPY")][n % 3];
        let source = ["mail", "web"][usize::try_from(dice.below(2)).unwrap()];
        let sent = platform.send_as(flow, source);
        let (buyer, offer) = platform.offered().await;
        let price = dice.below(40_000_000);
        let lead = Sold {
            click: offer.click.clone(),
            buyer,
            source,
            currency,
            price,
            sales: Vec::new(),
            returned: None,
        };
        offer.accept(&json!({"price": money(price)}).to_string());
        sent.await.unwrap();
        for (part, amount) in [(Part::Leads, 1), (Part::Sold, 1), (Part::Sales, price)] {
            model.add(at, &lead, part, amount);
        }
        leads.push(lead);
        if dice.below(3) > 0 {
            at += 1 + dice.below(1_000);
            time.set(Timestamp(at));
            let position =
                usize::try_from(dice.below(i64::try_from(leads.len()).unwrap())).unwrap();
            happen(&platform, &mut model, &mut dice, &mut leads[position], at).await;
        }
    }
    let history = platform.engine.history();
    for (party, cells) in [
        (StatementParty::Destination, &model.destinations),
        (StatementParty::Source, &model.sources),
    ] {
        for (from, until, days) in [
            ("2026-10-31", "2026-11-30", (0, 30)),
            ("2026-11-05", "2026-11-19", (5, 19)),
        ] {
            let question = StatementQuestion {
                party,
                account: None,
                from: from.to_owned(),
                until: until.to_owned(),
                zone: "America/New_York".to_owned(),
            };
            let statement = history.statement(&question).await.unwrap().unwrap();
            assert_eq!(
                statement_csv(&statement.lines),
                Model::lines(cells, days),
                "{party:?} from {from}"
            );
        }
    }
    let check = history.check_money().await.unwrap();
    assert!(check.is_balanced(), "{check:#?}");
    let total = model
        .total
        .into_iter()
        .map(|(currency, amount)| (currency, i128::from(amount)));
    assert_eq!(check.totals, total.collect());
    platform.verified().await;
}
