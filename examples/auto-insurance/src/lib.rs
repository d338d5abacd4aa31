//! A flow for leads of auto insurance, written in Rust: what cannot work does not compile.

use pointsman::{
    Enumerated, Lead,
    flow::{
        Objective,
        build::{
            Flow, Integer, Phone, State, any, one_of,
            us::{AK, CA, HI, TX},
            within,
        },
    },
};

/// How a person pays debts.
#[derive(Debug, Clone, Copy, Enumerated)]
pub enum Credit {
    /// Nothing to complain of.
    Good,
    /// Some trouble.
    Fair,
    /// Much trouble.
    Poor,
}

/// A person who looks for an auto insurance. `source`, the sub ids, `received_at` and `is_test` are
/// fields of every lead, and need not be named.
#[derive(Debug, Clone, Lead)]
#[lead(vertical = "auto-insurance")]
pub struct AutoInsurance {
    /// Where the person lives.
    #[lead(required = "ping")]
    pub state: State,
    /// How the person pays debts.
    #[lead(required = "ping")]
    pub credit: Credit,
    /// In years, if the person says so.
    #[lead(min = 16, max = 120)]
    pub age: Option<Integer>,
    /// Whether the person owns a home.
    #[lead(required = "ping")]
    pub home_owner: bool,
    /// For the buyers to call.
    #[lead(pii)]
    pub phone: Phone,
}

/// Good leads go to whoever has turned out to pay best, the others to whoever takes them.
pub fn flow() -> Flow<AutoInsurance> {
    Flow::build("auto-insurance", |f| {
        let (acme, zenith) = (f.destination("acme"), f.destination("zenith"));
        let harbor = f.destination("harbor");
        let unlicensed = f.reject("nobody is licensed in this state");
        let too_young = f.reject("nobody insures drivers under 18");

        // Learns from what is sold, late conversions included; 3 % of draws stay for trying.
        let premium = f
            .bandit("premium", [acme, zenith, harbor])
            .maximize(Objective::NetRevenue)
            .explore_ppm(30_000);
        let standard = f.waterfall([zenith, acme]).named("standard");

        let quality = f
            .scorecard("quality")
            .points(AutoInsurance::CREDIT.is(Credit::Good), 40)
            .points(AutoInsurance::HOME_OWNER.is(true), 20);
        let graded = f
            .when(quality.at_least(40))
            .then(premium)
            .otherwise(standard);

        // The first row that matches; a missing age is in no range.
        f.table((AutoInsurance::STATE, AutoInsurance::AGE))
            .row((one_of([AK, HI]), any()), unlicensed)
            .row((any(), within(..18)), too_young)
            .row((one_of([CA, TX]), any()), graded.named("graded"))
            .otherwise(standard)
            .named("by-state-and-age")
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use pointsman::{
        flow::{Catalog, Destination},
        lead::Currency,
    };

    #[test]
    fn the_flow_runs_once_its_destinations_are_there() {
        let flow = super::flow();
        let names = ["acme", "zenith", "harbor"].map(str::to_owned);
        let destinations: BTreeMap<String, Destination> = names
            .into_iter()
            .map(|name| (name, Destination::default()))
            .collect();
        let catalog = Catalog {
            schema: flow.schema(),
            currency: Currency::USD,
            destinations,
            subflows: BTreeMap::new(),
            lists: BTreeMap::new(),
        };
        assert_eq!(flow.check(&catalog).unwrap().warnings, []);
    }
}
