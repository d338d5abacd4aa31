//! A plan as a flow in Rust.

use pointsman_flow::build::{
    Builder, CellOf, Derived, Flow, Integer, Port, Predicate, Score, Target, Zone, any, missing,
    none_of, one_of, starts_with, within,
};
use pointsman_lead::{Decimal, Micros, Timestamp};

use crate::{
    Credit, Person,
    plan::{
        AgeCell, Ask, CompanyCell, CreditCell, DESTINATIONS, Plan, Row, START, Step, Test, To,
        ZONE, whole,
    },
};

pub(crate) fn flow(plan: &Plan) -> Flow<Person> {
    Flow::build("any", |f| write(f, plan))
}

/// What the predicates of a flow may read besides fields.
struct Read<'f> {
    score: Score<'f, Person>,
    burden: Derived<'f, Person, Integer>,
}

/// What ports lead to.
struct Made<'f> {
    steps: Vec<Port<'f, Person>>,
    destinations: [Port<'f, Person>; DESTINATIONS.len()],
    no: Port<'f, Person>,
}

fn write<'f>(f: Builder<'f, Person>, plan: &Plan) -> Port<'f, Person> {
    f.max_sold(plan.max_sold);
    if let Some(title) = &plan.title {
        f.title(title);
    }
    let score = plan
        .points
        .iter()
        .fold(f.scorecard("score"), |score, (ask, points)| {
            score.points(fields(ask), *points)
        });
    let burden = f.derive("burden", Person::AGE * 3 - Person::AGE % 4).or(-1);
    let read = Read { score, burden };
    let mut made = Made {
        steps: Vec::new(),
        destinations: DESTINATIONS.map(|name| f.destination(name)),
        no: f.reject("no").named("no"),
    };
    for (at, step) in plan.steps.iter().enumerate() {
        let port = made.step(f, &read, step, at);
        made.steps.push(port);
    }
    *made.steps.last().unwrap()
}

impl<'f> Made<'f> {
    fn port(&self, to: To) -> Port<'f, Person> {
        match to.seen_from(self.steps.len()) {
            To::Step(step) => self.steps[step],
            To::Destination(destination) => self.destinations[destination],
            To::Reject => self.no,
        }
    }

    fn arms(&self, ports: &[To]) -> Vec<(String, Port<'f, Person>)> {
        let named = ports.iter().enumerate();
        named
            .map(|(arm, to)| (format!("arm-{arm}"), self.port(*to)))
            .collect()
    }

    fn step(
        &self,
        f: Builder<'f, Person>,
        read: &Read<'f>,
        step: &Step,
        at: usize,
    ) -> Port<'f, Person> {
        let name = format!("step-{at}");
        match step {
            Step::When(ask, then, otherwise) => {
                let when = f.when(predicate(ask, Some(read))).then(self.port(*then));
                when.otherwise(self.port(*otherwise)).named(&name)
            }
            Step::Switch(cases, otherwise) => {
                let cases = cases.iter().zip(0..);
                let switch = cases.fold(f.switch(Person::AGE), |switch, (to, ten): (_, i64)| {
                    switch.case([ten * 10, ten * 10 + 1], self.port(*to))
                });
                switch.otherwise(self.port(*otherwise)).named(&name)
            }
            Step::Table(rows, otherwise) => self.table(f, read, rows, *otherwise).named(&name),
            Step::Split(arms, is_sticky) => {
                let weights = whole(arms);
                let ports: Vec<To> = arms.iter().map(|(_, to)| *to).collect();
                let mut arms = self.arms(&ports).into_iter().zip(weights);
                let ((arm, port), weight) = arms.next().unwrap();
                let split = f.split(&name).arm(&arm, weight, port);
                let split = arms.fold(split, |split, ((arm, port), weight)| {
                    split.arm(&arm, weight, port)
                });
                if *is_sticky {
                    split.sticky(Person::COMPANY).port()
                } else {
                    split.port()
                }
            }
            Step::Bandit(arms, explore_ppm, is_apart) => {
                let arms = self.arms(arms);
                let arms = arms.iter().map(|(arm, port)| (arm.as_str(), *port));
                let bandit = f.bandit(&name, arms).explore_ppm(*explore_ppm);
                if *is_apart {
                    bandit.segment_by(Person::CREDIT).port()
                } else {
                    bandit.port()
                }
            }
            Step::Rotate(arms) => {
                let arms = self.arms(arms);
                f.rotate(&name, arms.iter().map(|(arm, port)| (arm.as_str(), *port)))
            }
            Step::Deficit(arms) => {
                let ports: Vec<To> = arms.iter().map(|(_, _, to)| *to).collect();
                let targets = arms
                    .iter()
                    .map(|(daily, monthly, _)| Target::daily(*daily).and_monthly(*monthly));
                let mut arms = self.arms(&ports).into_iter().zip(targets);
                let ((arm, port), target) = arms.next().unwrap();
                let rotation = f
                    .rotate_by_deficit(&name, &Zone::parse(ZONE).unwrap())
                    .arm(&arm, target, port);
                let rotation = arms.fold(rotation, |it, ((arm, port), target)| {
                    it.arm(&arm, target, port)
                });
                rotation.port()
            }
            Step::Auction(bidders, reserve) => {
                let bidders = bidders
                    .iter()
                    .map(|(bidder, penalty)| (self.destinations[*bidder], *penalty));
                let auction = f.auction(bidders).named(&name);
                reserve
                    .map_or(auction, |reserve| auction.reserve(Micros(reserve)))
                    .port()
            }
            Step::Waterfall(ports) => {
                let mut names: Vec<(String, Port<'f, Person>)> = Vec::new();
                for to in ports {
                    let name = format!("{:?}", to.seen_from(at));
                    if names.iter().all(|(known, _)| *known != name) {
                        names.push((name, self.port(*to)));
                    }
                }
                f.waterfall(names.into_iter().map(|(_, port)| port))
                    .named(&name)
            }
        }
    }

    fn table(
        &self,
        f: Builder<'f, Person>,
        read: &Read<'f>,
        rows: &[Row],
        otherwise: To,
    ) -> Port<'f, Person> {
        let table = f.table((Person::CREDIT, Person::AGE, Person::COMPANY));
        let table = rows
            .iter()
            .fold(table, |table, (credit, age, company, ask, to)| {
                let cells = (self::credit(credit), self::age(age), self::company(company));
                match ask {
                    None => table.row(cells, self.port(*to)),
                    Some(ask) => table.row_if(cells, predicate(ask, Some(read)), self.port(*to)),
                }
            });
        table.otherwise(self.port(otherwise))
    }
}

fn labels(positions: &[usize]) -> Vec<Credit> {
    positions
        .iter()
        .map(|position| Credit::ALL[*position])
        .collect()
}

fn credit(cell: &CreditCell) -> CellOf<Credit> {
    match cell {
        CreditCell::Any => any(),
        CreditCell::Missing => missing(),
        CreditCell::OneOf(positions) => one_of(labels(positions)),
        CreditCell::NoneOf(positions) => none_of(labels(positions)),
    }
}

fn age(cell: &AgeCell) -> CellOf<Integer> {
    match cell {
        AgeCell::Any => any(),
        AgeCell::From(from) => within(*from..),
        AgeCell::To(to) => within(..*to),
        AgeCell::Within(from, to) => within(*from..*to),
    }
}

fn company(cell: &CompanyCell) -> CellOf<String> {
    match cell {
        CompanyCell::Any => any(),
        CompanyCell::Starts(prefixes) => starts_with(prefixes.iter().copied()),
    }
}

/// A predicate over fields alone.
fn fields<'f>(ask: &Ask) -> Predicate<'f, Person> {
    predicate(ask, None)
}

/// The method of a comparison; the things that are compared have no common trait.
macro_rules! compared {
    ($subject:expr, $test:expr, $value:expr) => {
        match $test {
            Test::Is => $subject.is($value),
            Test::AtLeast => $subject.at_least($value),
            Test::AtMost => $subject.at_most($value),
            Test::Above => $subject.above($value),
            Test::Below => $subject.below($value),
        }
    };
}

fn predicate<'f>(ask: &Ask, read: Option<&Read<'f>>) -> Predicate<'f, Person> {
    match ask {
        Ask::Age(test, age) => compared!(Person::AGE, test, *age),
        Ask::AgeWithin(from, to) => Person::AGE.within(*from..*to),
        Ask::Rate(test, rate) => compared!(Person::RATE, test, Decimal::<2>::new(*rate)),
        Ask::CreditIn(positions) => Person::CREDIT.one_of(labels(positions)),
        Ask::CreditIsNot(position) => Person::CREDIT.is_not(Credit::ALL[*position]),
        Ask::Company(text) => Person::COMPANY.is(*text),
        Ask::CompanyStarts(text) => Person::COMPANY.starts_with(text),
        Ask::HasCompany => Person::COMPANY.present(),
        Ask::Owns(owns) => Person::OWNS.is(*owns),
        Ask::Since(test, hours) => compared!(
            Person::SINCE,
            test,
            Timestamp(START + hours * 3_600_000_000)
        ),
        Ask::Hour(test, hour) => {
            compared!(Person::SINCE.hour(&Zone::parse(ZONE).unwrap()), test, *hour)
        }
        Ask::Score(test, score) => compared!(read.unwrap().score, test, *score),
        Ask::Burden(test, burden) => compared!(read.unwrap().burden, test, *burden),
        Ask::Not(inner) => !predicate(inner, read),
        Ask::All(both) => predicate(&both[0], read) & predicate(&both[1], read),
        Ask::Any(either) => predicate(&either[0], read) | predicate(&either[1], read),
    }
}
