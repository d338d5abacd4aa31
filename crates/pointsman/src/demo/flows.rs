//! The flow of the demonstration in two versions.

use pointsman_flow::{
    Enumerated, Lead, Objective,
    build::{
        Builder, Email, Flow, Integer, Phone, Port, PostalCode, State,
        us::{AK, HI},
    },
};
use pointsman_testkit::{Credit as WorldCredit, Traits};

/// Name of the flow.
pub(super) const FLOW: &str = "auto-insurance";
/// Name of its bandit.
pub(super) const BANDIT: &str = "learned";

/// Name of the split between what people chose and what is learned.
pub(super) const TRIAL: &str = "trial";
/// Its arms, that of before first.
pub(super) const TRIAL_ARMS: [&str; 2] = ["by-hand", "learned"];

/// Of each million good leads, those that go on as people decided before there was a bandit.
const BY_HAND_PPM: u32 = 200_000;
/// Of each million draws of the bandit, those spread evenly.
pub(super) const EXPLORE_PPM: u32 = 50_000;
/// The least score of a good lead.
const GOOD: i64 = 50;

/// How a person pays debts.
#[derive(Enumerated)]
pub(super) enum Credit {
    Excellent,
    Good,
    Fair,
    Poor,
}

/// A person who looks for an auto insurance.
#[derive(Lead)]
#[lead(vertical = "auto-insurance")]
pub(super) struct AutoInsurance {
    #[lead(required = "ping")]
    state: State,
    #[lead(required = "ping")]
    credit: Credit,
    #[lead(min = 16, max = 120)]
    age: Option<Integer>,
    #[lead(required = "ping")]
    home_owner: bool,
    currently_insured: Option<bool>,
    #[lead(pii)]
    phone: Phone,
    #[lead(pii)]
    email: Email,
    #[lead(pii, max_chars = 80)]
    first_name: String,
    #[lead(pii, max_chars = 80)]
    last_name: String,
    postal_code: PostalCode,
}

/// Version 1: of the good leads a fifth keeps the old order, the others go to the bandit.
pub(super) fn on_trial() -> Flow<AutoInsurance> {
    Flow::<AutoInsurance>::build(FLOW, |f| {
        let trial = f
            .split(TRIAL)
            .arm(TRIAL_ARMS[0], BY_HAND_PPM, by_hand(f))
            .arm(TRIAL_ARMS[1], 1_000_000 - BY_HAND_PPM, learned(f));
        graded(f, trial.port())
    })
}

/// Version 2: the trial is over, and every good lead goes to the bandit.
pub(super) fn for_everybody() -> Flow<AutoInsurance> {
    Flow::<AutoInsurance>::build(FLOW, |f| graded(f, learned(f)))
}

/// The order that people chose: who takes most leads comes first.
fn by_hand(f: Builder<'_, AutoInsurance>) -> Port<'_, AutoInsurance> {
    let ports = ["zenith", "acme", "meridian"].map(|name| f.destination(name));
    f.waterfall(ports).named("by-hand")
}

/// All five, by what they have earned; a lead that one refuses goes to the others.
fn learned(f: Builder<'_, AutoInsurance>) -> Port<'_, AutoInsurance> {
    let arms = ["acme", "zenith", "harbor", "meridian", "lakeside"];
    let arms = arms.map(|name| f.destination(name));
    let bandit = f.bandit(BANDIT, arms).maximize(Objective::NetRevenue);
    bandit.explore_ppm(EXPLORE_PPM).port()
}

/// By state, then by quality: good leads go to `good`, the others where hardly any is refused.
fn graded<'f>(
    f: Builder<'f, AutoInsurance>,
    good: Port<'f, AutoInsurance>,
) -> Port<'f, AutoInsurance> {
    f.title("Auto insurance");
    let unlicensed = f
        .reject("nobody is licensed in this state")
        .named("unlicensed");
    let plain = f.waterfall([f.destination("zenith"), f.destination("acme")]);
    let quality = f
        .scorecard("quality")
        .points(
            AutoInsurance::CREDIT.one_of([Credit::Excellent, Credit::Good]),
            50,
        )
        .points(AutoInsurance::CREDIT.is(Credit::Fair), 30)
        .points(AutoInsurance::CREDIT.is(Credit::Poor), -20)
        .points(AutoInsurance::HOME_OWNER.is(true), 20)
        .points(AutoInsurance::CURRENTLY_INSURED.is(true), 20);
    let by_quality = f
        .when(quality.at_least(GOOD))
        .then(good)
        .otherwise(plain.named("plain"));
    let by_state = f.when(AutoInsurance::STATE.one_of([AK, HI]));
    by_state
        .then(unlicensed)
        .otherwise(by_quality.named("by-quality"))
        .named("by-state")
}

/// Whether such a lead is a good one, of which the bandit gets most: the truth about its arms is
/// the truth among these.
pub(super) fn is_good(traits: &Traits) -> bool {
    let by_credit = match traits.credit {
        WorldCredit::Excellent | WorldCredit::Good => 50,
        WorldCredit::Fair => 30,
        WorldCredit::Poor => -20,
    };
    let points = |holds: bool| if holds { 20 } else { 0 };
    let score = by_credit + points(traits.home_owner) + points(traits.currently_insured);
    score >= GOOD && !["AK", "HI"].contains(&traits.state)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use pointsman_flow::{Catalog, Destination};
    use pointsman_lead::{Currency, Envelope, Schema, Stage, Timestamp};
    use pointsman_testkit::{DESTINATIONS, GeneratedLead, World};

    use super::*;

    fn catalog(schema: Schema) -> Catalog {
        let names = DESTINATIONS.map(str::to_owned);
        let destinations: BTreeMap<String, Destination> = names
            .into_iter()
            .map(|name| (name, Destination::default()))
            .collect();
        Catalog {
            schema,
            currency: Currency::USD,
            destinations,
            subflows: BTreeMap::new(),
            lists: BTreeMap::new(),
        }
    }

    fn envelope(lead: &GeneratedLead) -> Envelope<'_> {
        Envelope {
            source: lead.source,
            sub_ids: lead.sub_ids(),
            received_at: Timestamp(0),
            is_test: false,
            stage: Stage::Post,
        }
    }

    #[test]
    fn both_versions_run_without_a_warning() {
        let (first, second) = (on_trial(), for_everybody());
        let warnings = [
            first.check(&catalog(first.schema())).unwrap().warnings,
            second.check(&catalog(second.schema())).unwrap().warnings,
        ];
        assert_eq!(warnings.concat(), []);
        assert_ne!(first.document().hash(), second.document().hash());
    }

    #[test]
    fn true_values_are_those_of_the_leads_that_reach_the_bandit() {
        let flow = for_everybody();
        let program = flow.check(&catalog(flow.schema())).unwrap().program;
        let world = World::new(7);
        for lead in world.leads(2_000) {
            let fields = program
                .schema()
                .parse(&lead.fields, &envelope(&lead))
                .unwrap();
            let codes = program.encode(&fields);
            let mut node = program.root();
            while program.node(node).is_rule() {
                node = program.node(node).children()[usize::from(program.pick(node, &codes))];
            }
            let reached = program.node(node).bandit().is_some();
            assert_eq!(reached, is_good(&world.traits(&lead)), "{}", lead.key);
        }
    }
}
