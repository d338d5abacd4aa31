use pointsman_bandit::{Objective, Observation, State};
use pointsman_lead::{Answer, Timestamp};

use super::RewardAttribution;
use crate::{BanditRecord, TraceRecord};

fn draw(node: &str, arm: &str, maximize: Objective) -> TraceRecord {
    TraceRecord {
        node: node.to_owned(),
        choice: 0,
        arm: Some(arm.to_owned()),
        bandit: Some(BanditRecord {
            segment: String::new(),
            maximize,
            origin: None,
        }),
    }
}

/// Trials and rewards in short: `acme: trial` or `acme: 0 -> 12 taken, sold`.
fn told(observations: &[Observation]) -> Vec<String> {
    let tell = |observation: &Observation| match observation {
        Observation::Trial { arm, at, .. } => format!("{arm}: trial at {at}"),
        Observation::Unanswered { arm, is_over, .. } => {
            format!(
                "{arm}: {}",
                if *is_over { "answered" } else { "unanswered" }
            )
        }
        Observation::Reward {
            arm,
            trial_at,
            before,
            after,
            ..
        } => {
            let what = match (after.accepted, after.converted) {
                (true, true) => "taken, sold",
                (true, false) => "taken",
                (false, true) => "sold",
                (false, false) => "neither",
            };
            let elsewhere = match after.elsewhere {
                0 => String::new(),
                micros => format!(" ({micros} elsewhere)"),
            };
            format!(
                "{arm}: {} -> {}{elsewhere} {what} for {trial_at}",
                before.revenue, after.revenue
            )
        }
    };
    observations.iter().map(tell).collect()
}

#[test]
fn a_rejected_first_draw_is_a_trial_and_earns_what_comes_after_it() {
    let mut attribution = RewardAttribution::new("auto");
    attribution.offered(
        &[draw("premium", "acme", Objective::NetRevenue)],
        Timestamp(10),
    );
    assert_eq!(
        told(&attribution.answered(0, Answer::Rejected, 0, Timestamp(11))),
        ["acme: trial at 10"]
    );
    // The second draw of the same node sees a lead that acme refused: it does not teach.
    attribution.offered(
        &[draw("premium", "zenith", Objective::NetRevenue)],
        Timestamp(12),
    );
    assert_eq!(
        told(&attribution.answered(1, Answer::Accepted, 30, Timestamp(13))),
        ["acme: 0 -> 30 (30 elsewhere) taken for 10"]
    );
}

#[test]
fn an_offer_that_was_not_sent_does_not_teach_and_an_unknown_answer_is_told_until_it_is_known() {
    let mut attribution = RewardAttribution::new("auto");
    attribution.offered(
        &[draw("premium", "acme", Objective::NetRevenue)],
        Timestamp(10),
    );
    assert!(
        attribution
            .answered(0, Answer::NotSent, 0, Timestamp(11))
            .is_empty()
    );
    assert_eq!(
        told(&attribution.answered(0, Answer::Unknown, 0, Timestamp(11))),
        ["acme: unanswered"]
    );
    assert!(
        attribution
            .answered(0, Answer::Unknown, 0, Timestamp(12))
            .is_empty()
    );
    assert_eq!(
        told(&attribution.converted(0, 5, 1, Timestamp(20))),
        [
            "acme: answered",
            "acme: trial at 10",
            "acme: 0 -> 5 taken, sold for 10"
        ]
    );
}

#[test]
fn a_cancellation_turns_a_success_back() {
    let mut attribution = RewardAttribution::new("auto");
    attribution.offered(
        &[draw("premium", "acme", Objective::Conversions)],
        Timestamp(10),
    );
    assert_eq!(
        told(&attribution.answered(0, Answer::Accepted, 0, Timestamp(11))),
        ["acme: trial at 10", "acme: 0 -> 0 taken for 10"]
    );
    assert_eq!(
        told(&attribution.converted(0, 40, 1, Timestamp(12))),
        ["acme: 0 -> 40 taken, sold for 10"]
    );
    assert_eq!(
        told(&attribution.converted(0, -40, -1, Timestamp(13))),
        ["acme: 40 -> 0 taken for 10"]
    );
}

#[test]
fn what_was_offered_before_a_draw_is_not_its_merit() {
    let mut attribution = RewardAttribution::new("auto");
    attribution.offered(&[], Timestamp(9));
    assert!(
        attribution
            .answered(0, Answer::Accepted, 70, Timestamp(9))
            .is_empty()
    );
    attribution.offered(
        &[draw("premium", "acme", Objective::NetRevenue)],
        Timestamp(10),
    );
    attribution.answered(1, Answer::Rejected, 0, Timestamp(11));
    assert!(attribution.converted(0, 5, 1, Timestamp(12)).is_empty());
}

#[test]
fn the_order_of_observations_does_not_matter_to_the_state() {
    let mut attribution = RewardAttribution::new("auto");
    attribution.offered(
        &[draw("premium", "acme", Objective::NetRevenue)],
        Timestamp(10),
    );
    let mut all = attribution.answered(0, Answer::Accepted, 12, Timestamp(11));
    all.extend(attribution.converted(0, 30, 1, Timestamp(99)));
    let state = |observations: &[Observation]| {
        let mut state = State::default();
        for observation in observations {
            state.apply(observation);
        }
        state
    };
    let forwards = state(&all);
    all.reverse();
    assert_eq!(state(&all), forwards);
}

fn choice(node: &str) -> TraceRecord {
    TraceRecord {
        node: node.to_owned(),
        choice: 0,
        arm: None,
        bandit: None,
    }
}

#[test]
fn what_offers_below_the_arm_earn_is_its_own_and_what_comes_after_it_is_left_is_not() {
    let mut attribution = RewardAttribution::new("auto");
    let drawn = draw("premium", "first", Objective::NetRevenue);
    attribution.offered(&[choice("root"), drawn, choice("ladder")], Timestamp(10));
    attribution.answered(0, Answer::Rejected, 0, Timestamp(11));
    // The next rung of the arm's own waterfall.
    attribution.offered(&[choice("ladder")], Timestamp(12));
    assert_eq!(
        told(&attribution.answered(1, Answer::Accepted, 7, Timestamp(13))),
        ["first: 0 -> 7 taken for 10"]
    );
    // A shared lead goes on above the bandit.
    attribution.offered(&[choice("root")], Timestamp(14));
    assert_eq!(
        told(&attribution.answered(2, Answer::Accepted, 4, Timestamp(15))),
        ["first: 7 -> 11 (4 elsewhere) taken for 10"]
    );
    // Its own buyer reports a sale later.
    assert_eq!(
        told(&attribution.converted(1, 50, 1, Timestamp(99))),
        ["first: 11 -> 61 (4 elsewhere) taken, sold for 10"]
    );
}

#[test]
fn a_lead_that_only_others_took_is_not_taken_by_the_arm() {
    let mut attribution = RewardAttribution::new("auto");
    attribution.offered(
        &[draw("premium", "acme", Objective::NetRevenue)],
        Timestamp(10),
    );
    attribution.answered(0, Answer::Rejected, 0, Timestamp(11));
    attribution.offered(
        &[draw("premium", "zenith", Objective::NetRevenue)],
        Timestamp(12),
    );
    let taught = attribution.answered(1, Answer::Accepted, 30, Timestamp(13));
    let [Observation::Reward { after, .. }] = taught.as_slice() else {
        panic!("{taught:?} is not one reward");
    };
    assert!(after.accepted && !after.is_taken());
}
