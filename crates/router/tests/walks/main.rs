//! Random walks through random flows: they end within their bounds, and every probability is what an enumeration of
//! all paths says.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod flow;
mod naive;

use flow::{DESTINATIONS, Given, any_flow, any_given};
use naive::Naive;
use pointsman_flow::{Mask, Program};
use pointsman_router::{
    Answer, Bid, Conditions, Context, DestinationIdx, End, Event, Filter, OFFERS_MAX, Outlook, PPM,
    Step, Subject, Walk,
};
use proptest::prelude::*;

/// Far below any propensity of these flows, far above what sums of a few thousand terms are off by.
const TOLERANCE: f64 = 1e-9;

/// What a walk has done so far, seen from outside.
#[derive(Default)]
struct Seen {
    offered: Vec<DestinationIdx>,
    asked: Vec<DestinationIdx>,
    n_sold: u8,
}

/// Takes one lead through a flow, with a filter and an enumeration beside the walk.
fn follow(program: &Program, given: &Given) -> Result<(), TestCaseError> {
    let subject = given.subject(program);
    weights_make_a_whole(program, &subject)?;
    let context = Context {
        program,
        subject: &subject,
    };
    let (mut walk, mut filter) = (Walk::new(context), Filter::new(context));
    let mut naive = Naive::new(program, &subject, given.allocation(program));
    let mut seen = Seen::default();
    let mut event = Event::Start;
    let mut ended = None;
    // A ping asks somebody new, and so does an offer.
    for step in 0..=2 * DESTINATIONS.len() {
        let conditions = given.conditions(program, step);
        let next = walk.next(context, &conditions, event);
        if let (Some(end), Step::Done(done)) = (&ended, &next) {
            prop_assert_eq!(end, &done.end);
            return Ok(());
        }
        prop_assert_eq!(&ended, &None, "the filter has ended, and the walk goes on");
        let outlook = filter.outlook(context, &conditions).clone();
        same(&outlook, &naive.outlook(&conditions))?;
        event = match next {
            Step::Ping(ping) => {
                let claimed = filter.observe_ping(&ping.destinations);
                likely(ping.propensity, claimed)?;
                let bids = asks(&mut seen, &ping.destinations, &conditions, given)?;
                naive.observe_ping(&ping.destinations);
                naive.bids(&bids);
                filter.bids(&bids);
                Event::Bids(bids)
            }
            Step::Offer(offer) => {
                let claimed = filter.observe(offer.destination);
                likely(offer.propensity, claimed)?;
                let answer = offers(&mut seen, offer.destination, &conditions, (program, given))?;
                prop_assert!(subject.criteria().get(offer.destination));
                naive.observe(offer.destination);
                ended = filter.answer(context, answer);
                Event::Answer(answer)
            }
            Step::Done(done) => {
                let claimed = match done.end {
                    End::Declined { .. } => outlook.declined,
                    _ => outlook.unsold + outlook.declined,
                };
                likely(done.propensity, claimed)?;
                prop_assert_eq!(matches!(done.end, End::Sold), seen.n_sold > 0);
                return Ok(());
            }
        };
    }
    Err(TestCaseError::fail("the walk does not end"))
}

/// The weights of every node that draws are integers that make a whole.
fn weights_make_a_whole(program: &Program, subject: &Subject) -> Result<(), TestCaseError> {
    for (node, op) in program.nodes() {
        let weights = subject.weights(node, op);
        let n_arms = if weights.is_empty() {
            0
        } else {
            op.children().len()
        };
        prop_assert_eq!(weights.len(), n_arms);
        prop_assert!(weights.is_empty() || weights.iter().sum::<u32>() == PPM);
    }
    Ok(())
}

/// The outcomes of a step make a whole, and each is as likely as the paths to it.
fn same(outlook: &Outlook, naive: &naive::Outcomes) -> Result<(), TestCaseError> {
    let offers = outlook.offers.iter().map(|(_, probability)| probability);
    let pings = outlook.pings.iter().map(|(_, probability)| probability);
    let whole = offers.chain(pings).sum::<f64>() + outlook.declined + outlook.unsold;
    prop_assert!((whole - 1.0).abs() < TOLERANCE, "{:?}", outlook);
    let near = |a: f64, b: f64| (a - b).abs() < TOLERANCE;
    prop_assert!(near(outlook.declined, naive.declined) && near(outlook.unsold, naive.unsold));
    prop_assert_eq!(outlook.offers.len(), naive.offers.len());
    for (destination, probability) in &naive.offers {
        prop_assert!(near(outlook.of(*destination), *probability), "{:?}", naive);
    }
    prop_assert_eq!(outlook.pings.len(), naive.pings.len());
    for (asked, probability) in &naive.pings {
        prop_assert!(near(outlook.of_ping(asked), *probability), "{:?}", naive);
    }
    Ok(())
}

/// What a walk says of its own step is what the filter says of it, to the bit, and it can happen.
fn likely(propensity: f64, claimed: f64) -> Result<(), TestCaseError> {
    prop_assert_eq!(propensity.to_bits(), claimed.to_bits());
    prop_assert!(
        propensity > 0.0 && propensity < 1.0 + TOLERANCE,
        "{}",
        propensity
    );
    Ok(())
}

/// A ping asks somebody, everybody once, and only those that are free.
fn asks(
    seen: &mut Seen,
    destinations: &Mask,
    conditions: &Conditions,
    given: &Given,
) -> Result<Vec<Bid>, TestCaseError> {
    prop_assert!(!destinations.is_empty());
    for destination in destinations.iter() {
        prop_assert!(conditions.free.get(destination));
        prop_assert!(!seen.asked.contains(&destination), "nobody is asked twice");
        seen.asked.push(destination);
    }
    Ok(given.bids(destinations))
}

/// An offer goes to somebody who is free and has not had the lead; and there are not too many.
fn offers(
    seen: &mut Seen,
    destination: DestinationIdx,
    conditions: &Conditions,
    (program, given): (&Program, &Given),
) -> Result<Answer, TestCaseError> {
    prop_assert!(conditions.free.get(destination));
    prop_assert!(
        !seen.offered.contains(&destination),
        "nobody gets a lead twice"
    );
    prop_assert!(seen.n_sold < program.max_sold());
    seen.offered.push(destination);
    prop_assert!(seen.offered.len() <= OFFERS_MAX);
    let answer = given.answer(seen.offered.len());
    seen.n_sold += u8::from(answer == Answer::Accepted);
    Ok(answer)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_024))]

    /// Whatever the flow, the lead, who is free, whose turn it is, and whatever is bid and answered.
    #[test]
    fn walks_end_and_are_as_likely_as_the_ways_they_may_take(flow in any_flow(), given in any_given()) {
        follow(&flow.program(), &given)?;
    }
}

#[test]
fn a_lead_that_everybody_refuses_is_offered_sixteen_times() {
    let program = flow::everybody().program();
    let given = Given::refused();
    let subject = given.subject(&program);
    let context = Context {
        program: &program,
        subject: &subject,
    };
    let (mut walk, mut event, mut n_offers) = (Walk::new(context), Event::Start, 0);
    while let Step::Offer(_) = walk.next(context, &given.conditions(&program, 0), event) {
        n_offers += 1;
        event = Event::Answer(Answer::Rejected);
    }
    assert_eq!(n_offers, OFFERS_MAX);
    follow(&program, &given).unwrap();
}
