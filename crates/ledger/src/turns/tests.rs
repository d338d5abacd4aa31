use std::collections::BTreeMap;

use pointsman_flow::{Catalog, Destination, Document, Op, Program, check};
use pointsman_lead::{Answer, Schema, Timestamp};
use serde_json::{Value, json};

use super::{RotationArm, TurnsTaken, fill::Fill};
use crate::{Ledger, LedgerEvent, fixture::settled};

/// A rotation called `fair`, and a ledger that has seen nothing.
struct World {
    program: Program,
    ledger: Ledger,
    n_offers: u32,
}

impl World {
    fn new(by: &str, arms: &Value) -> Self {
        let mut fair = json!({"kind": "rotate", "by": by, "arms": arms});
        if by != "least_recently_sold" {
            fair["zone"] = json!("America/New_York");
        }
        Self {
            program: program(&fair),
            ledger: Ledger::new(),
            n_offers: 0,
        }
    }

    /// Offers a lead to the first arm of the order, and says to whom and under which id.
    fn offer(&mut self, at: &str) -> (String, String) {
        let at = at.parse().unwrap();
        let root = self.program.root();
        let conditions = self.ledger.conditions(&self.program, "web", at);
        let arm = conditions.orders.of(root).unwrap()[0];
        let (arms, _) = self.program.node(root).rotation().unwrap();
        let &Op::Destination(idx) = self.program.node(arms[usize::from(arm)].to) else {
            panic!("each arm is a destination")
        };
        let turns = vec![RotationArm::at(&self.program, root, arm).unwrap()];
        let destination = &self.program.destinations()[usize::from(idx.0)];
        self.n_offers += 1;
        let (offer, name) = (self.n_offers.to_string(), destination.name.clone());
        let event = LedgerEvent::reserved(&offer, (&name, &destination.settings), "web", turns);
        self.ledger.apply(&event, at);
        (name, offer)
    }

    fn settle(&mut self, offer: &str, answer: Answer) {
        self.ledger
            .apply(&settled(offer, answer, false), Timestamp(0));
    }

    /// Sells so many leads, one after the other, and says to whom in one text.
    fn sell(&mut self, n: usize, at: &str) -> String {
        let sold = (0..n).map(|_| {
            let (name, offer) = self.offer(at);
            self.settle(&offer, Answer::Accepted);
            name
        });
        sold.collect()
    }

    fn taken(&self, arm: &str, at: &str) -> TurnsTaken {
        let arm = RotationArm::find(&self.program, "fair", arm).unwrap();
        self.ledger.turns_taken(&arm, at.parse().unwrap())
    }
}

/// The one place that knows how a program is made: its root is `fair`, and `a` to `d` take every lead.
fn program(fair: &Value) -> Program {
    const NAMES: [&str; 4] = ["a", "b", "c", "d"];
    let mut nodes = json!({"fair": fair});
    for name in NAMES {
        nodes[name] = json!({"kind": "destination"});
    }
    let document = json!({
        "flow": "test", "vertical": "test", "currency": "USD", "root": "fair", "nodes": nodes,
    });
    let document = Document::from_json(&document.to_string()).unwrap();
    let destinations = NAMES.map(|name| (name.to_owned(), Destination::default()));
    let catalog = Catalog {
        schema: Schema::bare("test"),
        currency: "USD".parse().unwrap(),
        destinations: destinations.into(),
        subflows: BTreeMap::new(),
        lists: BTreeMap::new(),
    };
    check(&document, &catalog).unwrap().program
}

/// Three arms have got 60 leads of a month, and a fourth joins: to whom the next ones go.
fn joined(by: &str, target: u32, n_leads: usize) -> String {
    let arms = |fourth: Option<Value>| {
        let three = ["a", "b", "c"].map(|to| json!({"to": to, "monthly": 1_000}));
        three.into_iter().chain(fourth).collect::<Value>()
    };
    let mut world = World::new(by, &arms(None));
    world.sell(60, NOON);
    let with = arms(Some(json!({"to": "d", "monthly": target})));
    world.program = World::new(by, &with).program;
    world.sell(n_leads, NOON)
}

#[test]
fn an_arm_that_joins_gets_its_due_share_where_it_is_calibrated() {
    let of_d = |sold: &str| sold.matches('d').count();
    assert_eq!(
        of_d(&joined("deficit", 1_000, 20)),
        20,
        "it makes up for all"
    );
    assert_eq!(of_d(&joined("calibrated_deficit", 1_000, 20)), 5);
    assert_eq!(of_d(&joined("calibrated_deficit", 1_000, 400)), 100);
    // A tenth of what the others are to get, and three times as much.
    let tenth = of_d(&joined("calibrated_deficit", 100, 310));
    assert!((10..=11).contains(&tenth), "{tenth}");
    let thrice = of_d(&joined("calibrated_deficit", 3_000, 60));
    assert!((30..=31).contains(&thrice), "{thrice}");
}

#[test]
fn who_begins_a_month_together_is_not_calibrated_against_each_other() {
    let arms = json!([{"to": "a", "daily": 3}, {"to": "b", "daily": 2}, {"to": "c", "daily": 1}]);
    let mut calibrated = World::new("calibrated_deficit", &arms);
    let mut plain = World::new("deficit", &arms);
    for at in [NOON, "2026-03-11T16:00:00Z", "2026-04-02T16:00:00Z"] {
        assert_eq!(calibrated.sell(12, at), plain.sell(12, at), "{at}");
    }
}

const NOON: &str = "2026-03-10T16:00:00Z";

#[test]
fn who_has_waited_longest_is_next_and_who_never_had_any_before_them() {
    let arms = json!([{"to": "a"}, {"to": "b"}, {"to": "c"}]);
    let mut world = World::new("least_recently_sold", &arms);
    assert_eq!(world.sell(7, NOON), "abcabca");
}

#[test]
fn an_arm_is_charged_when_it_is_offered_and_not_when_it_answers() {
    let mut world = World::new("least_recently_sold", &json!([{"to": "a"}, {"to": "b"}]));
    // `a` is slow: nobody has answered yet.
    let offered: String = (0..6).map(|_| world.offer(NOON).0).collect();
    assert_eq!(offered, "ababab");
}

#[test]
fn a_rejection_or_a_lead_not_sent_gives_the_turn_back() {
    for (answer, next) in [
        (Answer::Rejected, "a"),
        (Answer::NotSent, "a"),
        (Answer::Accepted, "b"),
        (Answer::Unknown, "b"),
    ] {
        let mut world = World::new("least_recently_sold", &json!([{"to": "a"}, {"to": "b"}]));
        world.sell(2, NOON);
        assert_eq!(world.offer(NOON).0, "a");
        let ledger = world.ledger.clone();
        assert_eq!(world.offer(NOON).0, "b", "while {answer:?} is open");
        let mut world = World::new("least_recently_sold", &json!([{"to": "a"}, {"to": "b"}]));
        world.sell(2, NOON);
        let (_, offer) = world.offer(NOON);
        assert_eq!(world.ledger, ledger, "the same history, the same ledger");
        world.settle(&offer, answer);
        assert_eq!(world.offer(NOON).0, next, "after {answer:?}");
    }
}

#[test]
fn a_turn_given_back_leaves_the_arm_where_it_was() {
    let arms = json!([{"to": "a"}, {"to": "b"}, {"to": "c"}]);
    let mut world = World::new("least_recently_sold", &arms);
    assert_eq!(world.sell(2, NOON), "ab");
    let (name, offer) = world.offer("2026-03-10T17:00:00Z");
    assert_eq!(name, "c");
    world.settle(&offer, Answer::Rejected);
    assert_eq!(world.taken("c", NOON), TurnsTaken::default());
    assert_eq!(world.taken("a", NOON).last_at, Some(NOON.parse().unwrap()));
    assert_eq!(world.sell(3, NOON), "cab");
}

#[test]
fn the_furthest_behind_its_target_is_next() {
    let arms = json!([{"to": "a", "daily": 6}, {"to": "b", "daily": 2}, {"to": "c", "daily": 1}]);
    let mut world = World::new("deficit", &arms);
    let sold = world.sell(9, NOON);
    let count = |arm| sold.matches(arm).count();
    assert_eq!((count("a"), count("b"), count("c")), (6, 2, 1), "{sold}");
    assert_eq!(sold, "abcaabaaa");
}

#[test]
fn a_target_is_no_cap_and_the_proportions_hold_beyond_it() {
    let arms = json!([{"to": "a", "daily": 2}, {"to": "b", "daily": 1}]);
    let mut world = World::new("deficit", &arms);
    let sold = world.sell(300, NOON);
    assert_eq!(sold.matches('a').count(), 200);
}

#[test]
fn of_two_targets_the_fuller_one_counts() {
    let arms = json!([{"to": "a", "daily": 10, "monthly": 12}, {"to": "b", "daily": 10}]);
    let mut world = World::new("deficit", &arms);
    assert_eq!(
        world.sell(20, NOON).matches('a').count(),
        10,
        "10 a day is fuller than 12 a month on the first day"
    );
    let sold = world.sell(10, "2026-03-11T16:00:00Z");
    assert_eq!(
        sold.matches('a').count(),
        1,
        "its month is nearly over: {sold}"
    );
    let sold = world.sell(10, "2026-04-01T16:00:00Z");
    assert_eq!(sold.matches('a').count(), 5, "a new month: {sold}");
}

#[test]
fn days_and_months_begin_in_the_zone_of_the_rotation() {
    let arms = json!([{"to": "a", "daily": 10}, {"to": "b", "monthly": 10}]);
    let mut world = World::new("deficit", &arms);
    // Half past eleven at night in New York is the next day in UTC.
    world.sell(2, "2026-03-11T03:30:00Z");
    assert_eq!(world.taken("a", "2026-03-11T03:59:59Z").today, 1);
    assert_eq!(world.taken("a", "2026-03-11T04:00:00Z").today, 0);
    assert_eq!(world.taken("a", "2026-04-01T03:59:59Z").this_month, 1);
    assert_eq!(world.taken("a", "2026-04-01T04:00:00Z").this_month, 0);
}

#[test]
fn equally_full_arms_take_turns() {
    let arms = json!([{"to": "a", "daily": 10}, {"to": "b", "daily": 10}]);
    let mut world = World::new("deficit", &arms);
    let days = ["2026-03-10", "2026-03-11", "2026-03-12", "2026-03-13"];
    let sold: String = days
        .iter()
        .map(|day| world.sell(1, &format!("{day}T16:00:00Z")))
        .collect();
    assert_eq!(
        sold, "abab",
        "one lead a day does not go to the first arm each time"
    );
}

#[test]
fn an_edit_of_the_flow_forgets_nothing() {
    let mut world = World::new("least_recently_sold", &json!([{"to": "a"}, {"to": "b"}]));
    assert_eq!(world.sell(1, NOON), "a");
    let edited = World::new(
        "least_recently_sold",
        &json!([{"to": "c", "name": "a"}, {"to": "d"}, {"to": "b"}]),
    );
    world.program = edited.program;
    assert_eq!(world.sell(3, NOON), "dbc");
}

#[test]
fn a_turn_is_charged_to_the_day_on_which_it_was_taken() {
    let arms = json!([{"to": "a", "daily": 10}, {"to": "b", "daily": 10}]);
    let mut world = World::new("deficit", &arms);
    let (name, yesterday) = world.offer("2026-03-11T03:59:59Z");
    assert_eq!(name, "a");
    world.sell(2, "2026-03-11T04:00:01Z");
    assert_eq!(world.taken("a", "2026-03-11T05:00:00Z").today, 1);
    world.settle(&yesterday, Answer::Rejected);
    assert_eq!(world.taken("a", "2026-03-11T05:00:00Z").today, 1);
}

#[test]
fn fills_are_compared_without_rounding() {
    let fill = |n_leads, target| Fill { n_leads, target };
    assert!(fill(333_333_333, 1_000_000_000) < fill(1, 3));
    assert!(fill(2, 6) == fill(1, 3));
    assert!(fill(u64::MAX, 1) > fill(u64::MAX - 1, 1));
}

#[test]
fn a_clock_that_steps_back_finds_the_leads_of_that_day_again() {
    let arms = json!([{"to": "a", "daily": 2}, {"to": "b", "daily": 1}]);
    let mut world = World::new("deficit", &arms);
    assert_eq!(world.sell(3, NOON), "aba");
    // One lead while the clock is 400 days ahead, and the clock is put right.
    assert_eq!(world.sell(1, "2027-04-14T16:00:00Z"), "b");
    assert_eq!(world.taken("b", NOON).today, 1);
    assert_eq!(world.sell(3, NOON), "aba");
    let (a, b) = (world.taken("a", NOON), world.taken("b", NOON));
    assert_eq!((a.today, a.this_month, b.today, b.this_month), (4, 4, 2, 2));
}
