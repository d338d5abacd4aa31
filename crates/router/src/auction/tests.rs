use std::collections::BTreeMap;

use pointsman_flow::{DestinationIdx, Mask, Program};
use pointsman_lead::Micros;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{AuctionState, Bid, net};
use crate::{
    Answer::{self, Accepted, NotSent, Rejected},
    Conditions, Context, Event, Filter, Step, Walk,
    walk::tests::{all_free, program, subject},
};

#[test]
fn what_is_left_of_a_bid_is_rounded_down_and_never_overflows() {
    assert_eq!(net(Micros(10_000_000), 50_000), Micros(9_500_000));
    assert_eq!(net(Micros(1), 1), Micros(0));
    assert_eq!(net(Micros(i64::MAX), 0), Micros(i64::MAX));
    assert_eq!(net(Micros(i64::MAX), 999_999), Micros(9_223_372_036_854));
}

#[test]
fn only_the_first_bid_of_somebody_who_was_asked_counts() {
    let mut auction = AuctionState::new(3);
    let mut asked = Mask::with_len(3);
    asked.set(DestinationIdx(0));
    asked.set(DestinationIdx(1));
    auction.ask(&asked);
    let bid = |destination, amount| Bid {
        destination: DestinationIdx(destination),
        amount: Micros(amount),
    };
    auction.take(&[bid(0, 5), bid(0, 9), bid(1, 0), bid(2, 7)]);
    assert_eq!(auction.of(DestinationIdx(0)), Some(Micros(5)));
    assert_eq!(auction.of(DestinationIdx(1)), None);
    assert_eq!(auction.of(DestinationIdx(2)), None);
}

/// What destinations would pay, in whole units.
type Bids = BTreeMap<&'static str, i64>;

fn names(program: &Program, destinations: &Mask) -> Vec<String> {
    let names = destinations
        .iter()
        .map(|idx| program.destinations()[usize::from(idx.0)].name.clone());
    names.collect()
}

/// What those who are asked bid.
fn bids_of(program: &Program, bids: &Bids, asked: &Mask) -> Vec<Bid> {
    let bids = asked.iter().filter_map(|destination| {
        let name = &program.destinations()[usize::from(destination.0)].name;
        let amount = bids.get(name.as_str())?;
        Some(Bid {
            destination,
            amount: Micros(amount * 1_000_000),
        })
    });
    bids.collect()
}

/// One walk with a filter beside it that takes in the same and must give the same probabilities.
struct Both<'a> {
    context: Context<'a>,
    walk: Walk,
    filter: Filter,
}

impl<'a> Both<'a> {
    fn new(context: Context<'a>) -> Self {
        Self {
            context,
            walk: Walk::new(context),
            filter: Filter::new(context),
        }
    }

    fn next(&mut self, conditions: &Conditions, event: Event) -> Step {
        let ended = match &event {
            Event::Start => None,
            Event::Answer(answer) => self.filter.answer(self.context, *answer),
            Event::Bids(bids) => {
                self.filter.bids(bids);
                None
            }
        };
        let step = self.walk.next(self.context, conditions, event);
        if let (Some(end), Step::Done(done)) = (&ended, &step) {
            assert_eq!(*end, done.end);
            return step;
        }
        let outlook = self.filter.outlook(self.context, conditions).clone();
        let whole = outlook.offers.iter().map(|(_, p)| p).sum::<f64>()
            + outlook.pings.iter().map(|(_, p)| p).sum::<f64>()
            + outlook.declined
            + outlook.unsold;
        assert!((whole - 1.0).abs() < 1e-12, "{outlook:?}");
        let (claimed, propensity) = match &step {
            Step::Ping(ping) => (
                self.filter.observe_ping(&ping.destinations),
                ping.propensity,
            ),
            Step::Offer(offer) => (self.filter.observe(offer.destination), offer.propensity),
            Step::Done(done) => (done.propensity, done.propensity),
        };
        assert_eq!(claimed.to_bits(), propensity.to_bits());
        assert!(propensity > 0.0 && propensity <= 1.0 + 1e-12);
        step
    }
}

/// Walks with these bids and answers and names each step: `ping a b 1.000`, `a 0.500`, or an end.
fn steps(program: &Program, unit: &str, bids: &Bids, answers: &[Answer]) -> Vec<String> {
    let subject = subject(program, None, unit);
    let context = Context {
        program,
        subject: &subject,
    };
    let free = all_free(program);
    let mut both = Both::new(context);
    let mut answers = answers.iter();
    let mut steps = Vec::new();
    let mut event = Event::Start;
    loop {
        match both.next(&free, event) {
            Step::Ping(ping) => {
                let names = names(program, &ping.destinations).join(" ");
                steps.push(format!("ping {names} {:.3}", ping.propensity));
                event = Event::Bids(bids_of(program, bids, &ping.destinations));
            }
            Step::Offer(offer) => {
                let name = &program.destinations()[usize::from(offer.destination.0)].name;
                steps.push(format!("{name} {:.3}", offer.propensity));
                match answers.next() {
                    Some(answer) => event = Event::Answer(*answer),
                    None => return steps,
                }
            }
            Step::Done(done) => {
                steps.push(format!("{} {:.3}", done.end.word(), done.propensity));
                return steps;
            }
        }
    }
}

fn auction(bidders: &Value) -> Value {
    json!({"kind": "auction", "bidders": bidders, "reserve": "10"})
}

#[test]
fn the_highest_net_bid_wins_and_a_refusal_goes_to_the_runner_up() {
    let nodes = json!({
        "auction": auction(&json!([{"to": "a", "penalty_ppm": 500_000}, {"to": "b"}, {"to": "c"}, {"to": "d"}])),
        "falls": {"kind": "waterfall", "to": ["auction", "e"]},
    });
    let program = program(&nodes, "falls", 1);
    // `a` bids most, but half of it comes back; `c` is below the reserve price; `d` does not bid.
    let bids = Bids::from([("a", 30), ("b", 20), ("c", 9)]);
    assert_eq!(
        steps(&program, "u", &bids, &[Rejected, NotSent, Accepted]),
        [
            "ping a b c d 1.000",
            "b 1.000",
            "a 1.000",
            "e 1.000",
            "sold 1.000"
        ]
    );
}

#[test]
fn equal_net_bids_win_as_declared() {
    let nodes = json!({"auction": auction(&json!([{"to": "c"}, {"to": "a"}, {"to": "b", "penalty_ppm": 500_000}]))});
    let program = program(&nodes, "auction", 1);
    let bids = Bids::from([("a", 12), ("b", 24), ("c", 12)]);
    assert_eq!(
        steps(&program, "u", &bids, &[Rejected, Rejected, Rejected]),
        [
            "ping a b c 1.000",
            "c 1.000",
            "a 1.000",
            "b 1.000",
            "unsold 1.000"
        ]
    );
}

#[test]
fn an_auction_without_a_bid_is_passed_back_and_drawn_around() {
    let nodes = json!({
        "auction": auction(&json!([{"to": "a"}, {"to": "b"}])),
        "split": {"kind": "split", "arms": [{"weight_ppm": 400_000, "to": "auction"}, {"weight_ppm": 600_000, "to": "c"}]},
    });
    let program = program(&nodes, "split", 1);
    for unit in 0..20 {
        let steps = steps(&program, &format!("u{unit}"), &Bids::new(), &[Rejected]);
        let paths = [
            ["ping a b 0.400", "c 1.000", "unsold 1.000"],
            ["c 0.600", "ping a b 1.000", "unsold 1.000"],
        ];
        assert!(paths.iter().any(|path| path[..] == steps[..]), "{steps:?}");
    }
}

#[test]
fn nobody_is_asked_twice_about_one_lead() {
    let nodes = json!({
        "first": auction(&json!([{"to": "a"}, {"to": "b"}])),
        "second": {"kind": "auction", "bidders": [{"to": "b"}, {"to": "c"}, {"to": "a"}]},
        "falls": {"kind": "waterfall", "to": ["first", "second"]},
    });
    let program = program(&nodes, "falls", 1);
    // Below the first reserve price, `a` and `b` still have their bids in the second auction.
    let bids = Bids::from([("a", 7), ("b", 5), ("c", 6)]);
    assert_eq!(
        steps(&program, "u", &bids, &[Rejected, Rejected, Accepted]),
        [
            "ping a b 1.000",
            "ping c 1.000",
            "a 1.000",
            "c 1.000",
            "b 1.000",
            "sold 1.000"
        ]
    );
}

#[test]
fn auctions_that_ask_the_same_are_one_outcome_and_differ_by_what_comes_after() {
    let bidders = json!([{"to": "a"}, {"to": "b"}]);
    let nodes = json!({
        "low": {"kind": "auction", "bidders": bidders},
        "high": auction(&bidders),
        "split": {"kind": "split", "arms": [{"weight_ppm": 250_000, "to": "low"}, {"weight_ppm": 750_000, "to": "high"}]},
    });
    let program = program(&nodes, "split", 1);
    let bids = Bids::from([("a", 7)]);
    for unit in 0..20 {
        let steps = steps(&program, &format!("u{unit}"), &bids, &[Accepted]);
        assert_eq!(steps[0], "ping a b 1.000");
        // Where `high` takes nobody, the split draws again, and `low` knows the bids already.
        assert_eq!(steps[1..], ["a 1.000", "sold 1.000"]);
    }
}

#[test]
fn a_bidder_that_closed_after_the_ping_is_skipped() {
    let nodes = json!({"auction": auction(&json!([{"to": "a"}, {"to": "b"}]))});
    let program = program(&nodes, "auction", 1);
    let subject = subject(&program, None, "u");
    let context = Context {
        program: &program,
        subject: &subject,
    };
    let mut both = Both::new(context);
    let mut conditions = all_free(&program);
    let Step::Ping(ping) = both.next(&conditions, Event::Start) else {
        panic!("a ping")
    };
    let bids = bids_of(
        &program,
        &Bids::from([("a", 30), ("b", 20)]),
        &ping.destinations,
    );
    conditions.free.clear(program.destination_idx("a").unwrap());
    let Step::Offer(offer) = both.next(&conditions, Event::Bids(bids)) else {
        panic!("an offer")
    };
    assert_eq!(offer.destination, program.destination_idx("b").unwrap());
}

#[test]
fn a_closed_bidder_is_not_asked_and_without_any_the_auction_is_not_taken() {
    let nodes = json!({
        "auction": auction(&json!([{"to": "a"}, {"to": "b"}])),
        "split": {"kind": "split", "arms": [{"weight_ppm": 900_000, "to": "auction"}, {"weight_ppm": 100_000, "to": "c"}]},
    });
    let program = program(&nodes, "split", 1);
    let subject = subject(&program, None, "u");
    let context = Context {
        program: &program,
        subject: &subject,
    };
    let mut conditions = all_free(&program);
    conditions.free.clear(program.destination_idx("a").unwrap());
    let mut events = vec![];
    for _ in 0..2 {
        events.push(Both::new(context).next(&conditions, Event::Start));
        conditions.free.clear(program.destination_idx("b").unwrap());
    }
    let Step::Offer(offer) = &events[1] else {
        panic!("an offer")
    };
    assert!((offer.propensity - 1.0).abs() < f64::EPSILON);
    match &events[0] {
        Step::Ping(ping) => assert_eq!(names(&program, &ping.destinations), ["b"]),
        Step::Offer(offer) => assert!((offer.propensity - 0.1).abs() < 1e-12),
        Step::Done(done) => panic!("{done:?}"),
    }
}

/// Auctions with a shared bidder below splits, rules and a waterfall.
fn tangled(first_ppm: u32, second_ppm: u32) -> Program {
    let nodes = json!({
        "small": {"kind": "auction", "bidders": [{"to": "a", "penalty_ppm": 100_000}, {"to": "b"}], "reserve": "3"},
        "large": {"kind": "auction", "bidders": [{"to": "b"}, {"to": "c"}, {"to": "d", "penalty_ppm": 200_000}], "reserve": "5"},
        "twin": {"kind": "auction", "bidders": [{"to": "b"}, {"to": "a"}], "reserve": "6"},
        "inner": {"kind": "split", "arms": [{"weight_ppm": second_ppm, "to": "large"}, {"weight_ppm": 1_000_000 - second_ppm, "to": "twin"}]},
        "falls": {"kind": "waterfall", "to": ["inner", "e"]},
        "outer": {"kind": "split", "arms": [{"weight_ppm": first_ppm, "to": "small"}, {"weight_ppm": 1_000_000 - first_ppm, "to": "falls"}]},
        "all": {"kind": "waterfall", "to": ["outer", "f"]},
    });
    program(&nodes, "all", 1)
}

proptest! {
    /// Whatever the weights, the bids, the answers and whoever is free: walk and filter agree to the
    /// bit, outcomes make a whole, nobody is asked or offered twice, and the walk ends.
    #[test]
    fn walk_and_filter_agree_about_auctions(
        first_ppm in 1u32..999_999,
        second_ppm in 1u32..999_999,
        bids in proptest::array::uniform6(0i64..10),
        closed in proptest::collection::vec(0u8..64, 24),
        unit in 0u32..1_000,
        accept in 0u8..8,
    ) {
        let program = tangled(first_ppm, second_ppm);
        let subject = subject(&program, None, &format!("u{unit}"));
        let context = Context { program: &program, subject: &subject };
        let bids: Bids = ["a", "b", "c", "d", "e", "f"].into_iter().zip(bids).collect();
        let mut both = Both::new(context);
        let (mut asked, mut offered) = (Vec::new(), Vec::new());
        let mut event = Event::Start;
        let mut closed = closed.into_iter();
        loop {
            let mut conditions = all_free(&program);
            let bits = closed.next().expect("a walk of six destinations has few steps");
            for idx in (0..6).filter(|bit| bits & (1 << bit) != 0) {
                conditions.free.clear(DestinationIdx(idx));
            }
            match both.next(&conditions, event) {
                Step::Ping(ping) => {
                    for destination in ping.destinations.iter() {
                        prop_assert!(conditions.free.get(destination));
                        prop_assert!(!asked.contains(&destination));
                        asked.push(destination);
                    }
                    event = Event::Bids(bids_of(&program, &bids, &ping.destinations));
                }
                Step::Offer(offer) => {
                    prop_assert!(conditions.free.get(offer.destination));
                    prop_assert!(!offered.contains(&offer.destination));
                    offered.push(offer.destination);
                    event = Event::Answer(if offered.len() > usize::from(accept) { Accepted } else { Rejected });
                }
                Step::Done(_) => break,
            }
        }
    }
}

#[test]
fn the_filter_tells_how_often_walks_with_auctions_go_where() {
    let program = tangled(300_000, 600_000);
    let free = all_free(&program);
    let bids = Bids::from([("a", 4), ("b", 7), ("d", 9)]);
    let n_walks = 10_000;
    let mut paths: BTreeMap<Vec<String>, (f64, f64)> = BTreeMap::new();
    for unit in 0..n_walks {
        let subject = subject(&program, None, &format!("unit-{unit}"));
        let context = Context {
            program: &program,
            subject: &subject,
        };
        let mut both = Both::new(context);
        let (mut path, mut likelihood, mut event) = (Vec::new(), 1.0, Event::Start);
        loop {
            match both.next(&free, event) {
                Step::Ping(ping) => {
                    likelihood *= ping.propensity;
                    path.push(names(&program, &ping.destinations).join(" "));
                    event = Event::Bids(bids_of(&program, &bids, &ping.destinations));
                }
                Step::Offer(offer) => {
                    likelihood *= offer.propensity;
                    path.push(offer.destination.0.to_string());
                    event = Event::Answer(Rejected);
                }
                Step::Done(_) => break,
            }
        }
        let (share, claimed) = paths.entry(path).or_default();
        *share += 1.0 / f64::from(n_walks);
        *claimed = likelihood;
    }
    let whole: f64 = paths.values().map(|(_, claimed)| claimed).sum();
    assert!(
        (whole - 1.0).abs() < 1e-9,
        "every path was walked: {paths:?}"
    );
    assert_eq!(paths.len(), 3, "{paths:?}");
    for (path, (share, claimed)) in &paths {
        let se = (claimed * (1.0 - claimed) / f64::from(n_walks)).sqrt();
        assert!(
            (share - claimed).abs() < 4.0 * se + 1e-12,
            "{path:?}: {share} of walks, {claimed} claimed"
        );
    }
}
