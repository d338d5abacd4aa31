//! A plan as a document written by hand, in one of many spellings that mean the same.

use std::collections::BTreeMap;

use pointsman_cel::quote;
use pointsman_flow::Document;
use pointsman_lead::{Decimal, Enumerated as _, Timestamp};
use serde_json::{Value as Json, json};

use crate::{
    Credit,
    plan::{
        AgeCell, Ask, CompanyCell, CreditCell, DESTINATIONS, Plan, Row, START, Step, Test, To,
        ZONE, whole,
    },
};

pub(crate) fn document(plan: &Plan, seed: u64) -> Document {
    let mut hand = Hand(seed);
    let mut nodes: BTreeMap<String, Json> = BTreeMap::new();
    let points = plan
        .points
        .iter()
        .map(|(ask, points)| json!({"if": hand.predicate(ask), "points": points}));
    nodes.insert(
        "score".to_owned(),
        json!({"kind": "scorecard", "points": points.collect::<Vec<_>>()}),
    );
    let burden = hand.one_of(&["age * 3 - age % 4", "(lead.age*3) - (age % 4)"]);
    nodes.insert(
        "burden".to_owned(),
        json!({"kind": "derive", "value": burden, "default": -1}),
    );
    for name in DESTINATIONS {
        let destination = hand.one_of(&[
            json!({"kind": "destination"}),
            json!({"kind": "destination", "destination": name}),
        ]);
        nodes.insert(name.to_owned(), destination);
    }
    nodes.insert("no".to_owned(), json!({"kind": "reject", "reason": "no"}));
    for (at, step) in plan.steps.iter().enumerate() {
        nodes.insert(format!("step-{at}"), hand.step(step, at));
    }
    let document = json!({
        "flow": "any", "vertical": "person", "currency": "USD", "max_sold": plan.max_sold,
        "root": format!("step-{}", plan.steps.len() - 1), "nodes": nodes, "notes": "by hand",
    });
    Document::from_json(&document.to_string()).unwrap()
}

fn port(to: To, at: usize) -> String {
    match to.seen_from(at) {
        To::Step(step) => format!("step-{step}"),
        To::Destination(destination) => DESTINATIONS[destination].to_owned(),
        To::Reject => "no".to_owned(),
    }
}

fn arms(ports: &[To], at: usize) -> Vec<Json> {
    let named = ports.iter().enumerate();
    named
        .map(|(arm, to)| json!({"name": format!("arm-{arm}"), "to": port(*to, at)}))
        .collect()
}

fn label(position: usize) -> &'static str {
    Credit::LABELS[position]
}

/// Writes things in one of several ways, by the digits of a random number.
struct Hand(u64);

impl Hand {
    fn one_of<T: Clone>(&mut self, ways: &[T]) -> T {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ways[usize::try_from(self.0 >> 33).unwrap() % ways.len()].clone()
    }

    fn step(&mut self, step: &Step, at: usize) -> Json {
        match step {
            Step::When(ask, then, otherwise) => json!({
                "kind": "when", "if": self.predicate(ask), "then": port(*then, at), "otherwise": port(*otherwise, at)}),
            Step::Switch(cases, otherwise) => {
                let cases = cases.iter().zip(0..).map(|(to, ten): (_, i64)| {
                    let values = self.one_of(&[[ten * 10, ten * 10 + 1], [ten * 10 + 1, ten * 10]]);
                    json!({"in": values, "to": port(*to, at)})
                });
                json!({"kind": "switch", "on": "age", "cases": cases.collect::<Vec<_>>(), "otherwise": port(*otherwise, at)})
            }
            Step::Table(rows, otherwise) => {
                let rows: Vec<Json> = rows.iter().map(|row| self.row(row, at)).collect();
                json!({"kind": "table", "columns": ["credit", "age", "company"], "rows": rows, "otherwise": port(*otherwise, at)})
            }
            Step::Split(weighted, is_sticky) => {
                let ports: Vec<To> = weighted.iter().map(|(_, to)| *to).collect();
                let mut arms = arms(&ports, at);
                for (arm, weight) in arms.iter_mut().zip(whole(weighted)) {
                    arm["weight_ppm"] = json!(weight);
                }
                json!({"kind": "split", "arms": arms, "sticky": is_sticky.then_some("company")})
            }
            Step::Bandit(ports, explore_ppm, is_apart) => {
                let segment_by = if *is_apart {
                    vec!["credit"]
                } else {
                    Vec::new()
                };
                json!({"kind": "bandit", "explore_ppm": explore_ppm, "segment_by": segment_by, "arms": arms(ports, at)})
            }
            Step::Rotate(ports) => {
                json!({"kind": "rotate", "by": "least_recently_sold", "arms": arms(ports, at)})
            }
            Step::Deficit(targets) => {
                let ports: Vec<To> = targets.iter().map(|(_, _, to)| *to).collect();
                let mut arms = arms(&ports, at);
                for (arm, (daily, monthly, _)) in arms.iter_mut().zip(targets) {
                    arm["daily"] = json!(daily);
                    arm["monthly"] = json!(monthly);
                }
                json!({"kind": "rotate", "by": "deficit", "zone": ZONE, "arms": arms})
            }
            Step::Auction(bidders, reserve) => {
                let bidders = bidders.iter().map(|(bidder, penalty)| json!({"to": DESTINATIONS[*bidder], "penalty_ppm": penalty}));
                let reserve = reserve.map(|reserve| Decimal::<6>::new(reserve).to_string());
                json!({"kind": "auction", "bidders": bidders.collect::<Vec<_>>(), "reserve": reserve, "deadline_ms": 500})
            }
            Step::Waterfall(ports) => {
                let mut to: Vec<String> = Vec::new();
                for name in ports.iter().map(|to| port(*to, at)) {
                    if !to.contains(&name) {
                        to.push(name);
                    }
                }
                json!({"kind": "waterfall", "to": to})
            }
        }
    }

    fn row(&mut self, (credit, age, company, ask, to): &Row, at: usize) -> Json {
        let mut labels = |positions: &[usize]| {
            let mut labels: Vec<&str> = positions.iter().map(|position| label(*position)).collect();
            if self.one_of(&[true, false]) {
                labels.reverse();
            }
            labels
        };
        let credit = match credit {
            CreditCell::Any => Json::Null,
            CreditCell::Missing => json!({"missing": true}),
            CreditCell::OneOf(positions) => json!(labels(positions)),
            CreditCell::NoneOf(positions) => json!({"not_in": labels(positions)}),
        };
        let age = match age {
            AgeCell::Any => self.one_of(&[Json::Null, json!({"any": true})]),
            AgeCell::From(from) => json!({"from": from}),
            AgeCell::To(to) => json!({"to": to, "from": null}),
            AgeCell::Within(from, to) => json!({"to": to, "from": from}),
        };
        let company = match company {
            CompanyCell::Any => Json::Null,
            CompanyCell::Starts(prefixes) => json!({"starts_with": prefixes}),
        };
        let mut row = json!({"cells": [credit, age, company], "to": port(*to, at)});
        if let Some(ask) = ask {
            row["if"] = json!(self.predicate(ask));
        }
        row
    }

    fn predicate(&mut self, ask: &Ask) -> String {
        let text = match ask {
            Ask::Age(test, age) => self.compared("age", *test, &age.to_string()),
            Ask::AgeWithin(from, to) => {
                let (from, to) = (
                    self.compared("age", Test::AtLeast, &from.to_string()),
                    self.compared("age", Test::Below, &to.to_string()),
                );
                format!("{from} && {to}")
            }
            Ask::Rate(test, rate) => {
                self.compared("rate", *test, &Decimal::<2>::new(*rate).to_string())
            }
            Ask::CreditIn(positions) => {
                let labels: Vec<String> = positions
                    .iter()
                    .map(|position| quote(label(*position)))
                    .collect();
                format!("credit in [{}]", labels.join(", "))
            }
            Ask::CreditIsNot(position) => format!("{} != credit", quote(label(*position))),
            Ask::Company(text) => self.compared("company", Test::Is, &quote(text)),
            Ask::CompanyStarts(text) => {
                let text = quote(text);
                self.one_of(&[
                    format!("company.startsWith({text})"),
                    format!("startsWith(company, {text})"),
                ])
            }
            Ask::HasCompany => self
                .one_of(&["has(company)", "has( lead.company )"])
                .to_owned(),
            Ask::Owns(owns) => self.compared("owns", Test::Is, &owns.to_string()),
            Ask::Since(test, hours) => {
                let at = Timestamp(START + hours * 3_600_000_000);
                let at = self.one_of(&[
                    format!("timestamp('{at}')"),
                    format!("timestamp('{}') + duration('{hours}h')", Timestamp(START)),
                ]);
                self.compared("since", *test, &at)
            }
            Ask::Hour(test, hour) => {
                let subject = self.one_of(&[
                    format!("hour(since, '{ZONE}')"),
                    format!("since.getHours(\"{ZONE}\")"),
                ]);
                self.compared(&subject, *test, &hour.to_string())
            }
            Ask::Score(test, score) => self.compared("score", *test, &score.to_string()),
            Ask::Burden(test, burden) => self.compared("burden", *test, &burden.to_string()),
            Ask::Not(inner) => format!("!({})", self.predicate(inner)),
            Ask::All(both) => format!(
                "({}) && ({})",
                self.predicate(&both[0]),
                self.predicate(&both[1])
            ),
            Ask::Any(either) => format!(
                "({}) || ({})",
                self.predicate(&either[0]),
                self.predicate(&either[1])
            ),
        };
        self.one_of(&[text.clone(), format!("( {text} )")])
    }

    fn compared(&mut self, subject: &str, test: Test, literal: &str) -> String {
        let (operator, flipped) = match test {
            Test::Is => ("==", "=="),
            Test::AtLeast => (">=", "<="),
            Test::AtMost => ("<=", ">="),
            Test::Above => (">", "<"),
            Test::Below => ("<", ">"),
        };
        self.one_of(&[
            format!("{subject} {operator} {literal}"),
            format!("{literal}{flipped}{subject}"),
        ])
    }
}
