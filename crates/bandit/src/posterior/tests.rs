use super::*;
use crate::{BUCKET_WIDTH, BanditKey, Observation, Outcome, State};

const HOUR: i64 = BUCKET_WIDTH;
const UNIT: i64 = 1_000_000;

/// Leads given to an arm in an hour: so many are taken, and pay at once; so many of those are sold later.
#[derive(Clone, Copy)]
struct Batch {
    hour: i64,
    segment: &'static str,
    arm: &'static str,
    trials: u64,
    taken: u64,
    price: i64,
    sold: u64,
    payout: i64,
    /// Hours until a sale.
    delay: i64,
}

fn batch(hour: i64, arm: &'static str, trials: u64, taken: u64) -> Batch {
    Batch {
        hour,
        segment: "",
        arm,
        trials,
        taken,
        price: 0,
        sold: 0,
        payout: 0,
        delay: 1,
    }
}

fn key(segment: &str) -> BanditKey {
    BanditKey {
        segment: segment.to_owned(),
        ..BanditKey::unsegmented("auto", "premium")
    }
}

impl Batch {
    fn observe(&self, state: &mut State) {
        let at = self.hour * HOUR;
        for n in 0..self.trials {
            let (key, arm) = (key(self.segment), self.arm.to_owned());
            state.apply(&Observation::Trial {
                key: key.clone(),
                arm: arm.clone(),
                at,
            });
            let taken = Outcome {
                accepted: true,
                revenue: self.price * UNIT,
                ..Outcome::default()
            };
            let sold = Outcome {
                converted: true,
                revenue: (self.price + self.payout) * UNIT,
                ..taken
            };
            let mut change = |at, before, after, is_later| {
                state.apply(&Observation::Reward {
                    key: key.clone(),
                    arm: arm.clone(),
                    trial_at: self.hour * HOUR,
                    at,
                    before,
                    after,
                    is_later,
                });
            };
            if n < self.taken {
                change(at, Outcome::default(), taken, false);
            }
            if n < self.sold {
                change(at + self.delay * HOUR, taken, sold, true);
            }
        }
    }
}

fn observed(batches: &[Batch]) -> State {
    let mut state = State::default();
    for batch in batches {
        batch.observe(&mut state);
    }
    state
}

/// So many leads that an arm has refused in the first hour are sold to others, for so much each.
fn sell_elsewhere(state: &mut State, segment: &str, arm: &str, leads: u64, price: i64) {
    let elsewhere = Outcome {
        accepted: true,
        only_elsewhere: true,
        revenue: price * UNIT,
        elsewhere: price * UNIT,
        ..Outcome::default()
    };
    for _ in 0..leads {
        state.apply(&Observation::Reward {
            key: key(segment),
            arm: arm.to_owned(),
            trial_at: 0,
            at: 0,
            before: Outcome::default(),
            after: elsewhere,
            is_later: false,
        });
    }
}

fn believed(
    state: &State,
    segment: &str,
    arms: &[&str],
    objective: Objective,
    hour: i64,
) -> Vec<Posterior> {
    let node = state.node("auto", "premium").unwrap();
    posteriors(
        node,
        segment,
        arms,
        objective,
        hour * HOUR,
        &Config::default(),
    )
}

fn money(state: &State, segment: &str, arms: &[&str], hour: i64) -> Vec<Posterior> {
    let mut believed = believed(state, segment, arms, Objective::NetRevenue, hour);
    for posterior in &mut believed {
        posterior.mean_value /= 1e6;
    }
    believed
}

#[test]
fn a_new_arm_is_believed_average_and_no_better() {
    let state = observed(&[batch(0, "a", 400, 40), batch(0, "b", 400, 20)]);
    let [a, b, new] = believed(&state, "", &["a", "b", "new"], Objective::Accepted, 10)
        .try_into()
        .unwrap();
    assert!((new.mean_value - 61.0 / 802.0).abs() < 1e-9, "{new:?}");
    assert!(b.mean_value < new.mean_value && new.mean_value < a.mean_value);
    assert!(new.sd > 3.0 * a.sd && (new.trials, new.successes) == (0, 0));
    assert!((a.best + b.best + new.best - 1.0).abs() < 1e-9);
}

#[test]
fn more_successes_never_lower_a_belief() {
    let mean = |taken| {
        let state = observed(&[batch(0, "a", 50, taken), batch(0, "b", 50, 10)]);
        believed(&state, "", &["a", "b"], Objective::Accepted, 10)[0].mean_value
    };
    assert!((0..50).all(|taken| mean(taken) < mean(taken + 1)));
}

#[test]
fn a_young_trial_is_not_yet_a_failure() {
    let sold = |hour, arm, sold| Batch {
        sold,
        payout: 50,
        delay: 96,
        ..batch(hour, arm, 200, 200)
    };
    let state = observed(&[sold(0, "old", 30), sold(1_000, "young", 0)]);
    let at = |hour| money(&state, "", &["old", "young"], hour);
    let (soon, late) = (at(1_012), at(1_600));
    assert!(soon[1].mean_value > 0.3 * soon[0].mean_value, "{soon:?}");
    assert!(late[1].mean_value < 0.2 * late[0].mean_value, "{late:?}");
    let waiting = |posterior: &Posterior| {
        posterior
            .streams
            .iter()
            .find(|stream| stream.kind == Kind::Sale)
            .unwrap()
            .waiting
    };
    assert!(waiting(&soon[1]) > 0.4 && waiting(&late[1]) < 0.2 && waiting(&soon[0]) < 0.1);
}

#[test]
fn slow_dear_money_is_not_judged_by_quick_cheap_money_that_came_first() {
    // Both arms pay at once; one also pays 150 after days, of which the first have just come.
    let steady = |hour| Batch {
        price: 12,
        ..batch(hour, "steady", 20, 16)
    };
    let slow = |hour, sold| Batch {
        price: 1,
        sold,
        payout: 150,
        delay: 60,
        ..batch(hour, "slow", 20, 16)
    };
    let mut batches = Vec::new();
    for day in 0..4 {
        batches.extend([steady(24 * day), slow(24 * day, 3)]);
    }
    let state = observed(&batches);
    let now = money(&state, "", &["steady", "slow"], 98);
    assert!(now[1].mean_value > now[0].mean_value, "{now:?}");
    assert!((now[0].mean_value - 12.0 * 0.8).abs() < 5.0, "{now:?}");
}

#[test]
fn what_refused_leads_earn_elsewhere_belongs_to_the_worth_of_an_arm() {
    let mut state = observed(&[Batch {
        price: 10,
        ..batch(0, "picky", 100, 50)
    }]);
    sell_elsewhere(&mut state, "", "picky", 50, 8);
    let picky = &money(&state, "", &["picky", "other"], 800)[0];
    // 0.5 of the leads pay 10, and the others 8 elsewhere.
    assert!((picky.mean_value - 9.0).abs() < 0.4, "{picky:?}");
    let sum: f64 = picky.streams.iter().map(|stream| stream.mean_value).sum();
    assert!((sum / 1e6 - picky.mean_value).abs() < 0.02, "{picky:?}");
}

#[test]
fn returns_are_taken_off() {
    let paid = |arm| Batch {
        price: 10,
        ..batch(0, arm, 200, 200)
    };
    let mut state = observed(&[paid("kept"), paid("returned")]);
    let taken = Outcome {
        accepted: true,
        revenue: 10 * UNIT,
        ..Outcome::default()
    };
    for _ in 0..80 {
        state.apply(&Observation::Reward {
            key: key(""),
            arm: "returned".to_owned(),
            trial_at: 0,
            at: 48 * HOUR,
            before: taken,
            after: Outcome {
                revenue: 0,
                ..taken
            },
            is_later: true,
        });
    }
    let [kept, returned] = money(&state, "", &["kept", "returned"], 1_000)
        .try_into()
        .unwrap();
    assert!(
        (kept.mean_value - returned.mean_value - 4.0).abs() < 0.5,
        "{kept:?} {returned:?}"
    );
    assert!(kept.best > 0.99, "{kept:?}");
}

#[test]
fn a_payout_belongs_to_its_segment() {
    let in_segment = |segment, arm, payout| Batch {
        segment,
        sold: 50,
        payout,
        ..batch(0, arm, 100, 100)
    };
    let state = observed(&[
        in_segment("state=CA", "acme", 100),
        in_segment("state=CA", "zenith", 30),
        Batch {
            trials: 30,
            taken: 30,
            sold: 15,
            ..in_segment("state=TX", "acme", 5)
        },
        Batch {
            trials: 30,
            taken: 30,
            sold: 15,
            ..in_segment("state=TX", "zenith", 30)
        },
    ]);
    let best = |segment| money(&state, segment, &["acme", "zenith"], 1_000)[1].best;
    assert!(best("state=TX") > 0.95, "{}", best("state=TX"));
    assert!(best("state=CA") < 0.01, "{}", best("state=CA"));
}

/// A mean amount of next to nothing is as unsure as it is small: it must not carry the law of the whole away.
#[test]
fn an_arm_that_pays_nothing_at_once_is_judged_by_its_sales_in_each_segment() {
    let late = |segment, trials| Batch {
        segment,
        sold: trials / 15,
        payout: 100,
        ..batch(0, "late", trials, 2 * trials / 3)
    };
    let soon = |segment, price| Batch {
        segment,
        price,
        ..batch(0, "soon", 300, 270)
    };
    let mut state = observed(&[
        late("state=CA", 9_000),
        soon("state=CA", 5),
        late("state=TX", 3_000),
        soon("state=TX", 17),
    ]);
    sell_elsewhere(&mut state, "state=CA", "late", 3_000, 5);
    sell_elsewhere(&mut state, "state=TX", "late", 1_000, 17);
    let [late, soon] = &money(&state, "state=TX", &["late", "soon"], 1_000)[..] else {
        panic!("two arms");
    };
    let quantiles = late.quantiles.map(|quantile| quantile / 1e6);
    assert!(
        (late.mean_value - (100.0 / 15.0 + 17.0 / 3.0)).abs() < 0.5,
        "{late:?}"
    );
    assert!(
        late.mean_value - 2.0 < quantiles[0] && quantiles[2] < late.mean_value + 2.0,
        "{late:?}"
    );
    assert!(soon.best > 0.999, "{soon:?}");
}

#[test]
fn a_segment_starts_from_what_the_others_say_and_goes_its_own_way() {
    let in_segment = |segment, arm, trials, taken| Batch {
        segment,
        ..batch(0, arm, trials, taken)
    };
    let mut batches = vec![
        in_segment("state=CA", "a", 10_000, 1_000),
        in_segment("state=CA", "b", 10_000, 500),
    ];
    let unseen = believed(
        &observed(&batches),
        "state=TX",
        &["a", "b"],
        Objective::Accepted,
        10,
    );
    assert!(
        (unseen[0].mean_value - 0.1).abs() < 1e-3 && unseen[0].trials == 0,
        "{unseen:?}"
    );
    assert!(unseen[0].best > 0.8 && unseen[0].sd > 0.03, "{unseen:?}");
    batches.push(in_segment("state=TX", "a", 2_000, 100));
    let seen = believed(
        &observed(&batches),
        "state=TX",
        &["a", "b"],
        Objective::Accepted,
        10,
    );
    assert!(
        (seen[0].mean_value - 105.0 / 2_050.0).abs() < 1e-3,
        "{seen:?}"
    );
}

#[test]
fn leads_without_an_answer_become_failures() {
    let mut state = observed(&[
        Batch {
            price: 10,
            ..batch(0, "silent", 70, 70)
        },
        Batch {
            price: 8,
            ..batch(0, "sure", 100, 100)
        },
    ]);
    for _ in 0..30 {
        state.apply(&Observation::Unanswered {
            key: key(""),
            arm: "silent".to_owned(),
            at: 0,
            is_over: false,
        });
    }
    let at = |hour| money(&state, "", &["silent", "sure"], hour)[0].best;
    assert!(at(1) > 0.8 && at(100) < 0.1, "{} {}", at(1), at(100));
}

#[test]
fn an_objective_that_is_changed_counts_its_own_successes_from_the_beginning() {
    let state = observed(&[
        Batch {
            sold: 1,
            payout: 40,
            ..batch(0, "eager", 10, 10)
        },
        Batch {
            sold: 3,
            payout: 40,
            ..batch(0, "picky", 10, 3)
        },
    ]);
    let successes = |objective| -> Vec<i64> {
        let believed = believed(&state, "", &["eager", "picky"], objective, 10_000);
        believed
            .iter()
            .map(|posterior| posterior.successes)
            .collect()
    };
    assert_eq!(successes(Objective::Accepted), [10, 3]);
    assert_eq!(successes(Objective::Conversions), [1, 3]);
    assert_eq!(successes(Objective::NetRevenue), [1, 3]);
}

#[test]
fn rates_that_have_changed_are_judged_by_what_came_after() {
    let mut batches: Vec<Batch> = (0..480)
        .map(|hour| Batch {
            price: 10,
            ..batch(hour, "a", 10, 8)
        })
        .collect();
    batches.extend((480..504).map(|hour| Batch {
        price: 10,
        ..batch(hour, "a", 10, 4)
    }));
    let steady = &money(&observed(&batches[..480]), "", &["a"], 480)[0];
    assert_eq!(steady.changed_at, None);
    let changed = &money(&observed(&batches), "", &["a"], 504)[0];
    let at = changed.changed_at.unwrap();
    assert!((470 * HOUR..490 * HOUR).contains(&at), "{}", at / HOUR);
    assert!((changed.mean_value - 4.0).abs() < 0.8, "{changed:?}");
}

#[test]
fn money_has_no_unit_of_its_own() {
    let scaled = |by: i64| {
        observed(&[
            Batch {
                price: 3 * by,
                ..batch(0, "a", 40, 30)
            },
            Batch {
                sold: 5,
                payout: 40 * by,
                ..batch(0, "b", 40, 20)
            },
        ])
    };
    let best = |by: i64| -> Vec<f64> {
        believed(&scaled(by), "", &["a", "b", "c"], Objective::NetRevenue, 30)
            .iter()
            .map(|it| it.best)
            .collect()
    };
    for (one, thousand) in best(1).into_iter().zip(best(1_000)) {
        assert!((one - thousand).abs() < 1e-6, "{one} {thousand}");
    }
}
