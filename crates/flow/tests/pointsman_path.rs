//! A user who depends on `pointsman` alone derives leads too: its paths go through that crate.

extern crate self as pointsman;

/// What `pointsman` re-exports under this name.
pub mod flow {
    pub use pointsman_flow::*;
    pub use pointsman_flow::{PointsmanEnumerated as Enumerated, PointsmanLead as Lead};
}

mod user {
    use pointsman::flow::{
        Enumerated, Lead,
        build::{Flow, Integer},
    };

    #[derive(Enumerated)]
    enum Credit {
        Good,
        Poor,
    }

    #[derive(Lead)]
    struct AutoLoan {
        credit: Credit,
        age: Option<Integer>,
    }

    #[test]
    fn the_derives_work_through_one_crate() {
        let lead = AutoLoan {
            credit: Credit::Poor,
            age: Some(20),
        };
        assert!(matches!(lead.credit, Credit::Good | Credit::Poor) && lead.age.is_some());
        let flow = Flow::<AutoLoan>::build("auto-loan", |f| {
            f.when(AutoLoan::CREDIT.is(Credit::Good))
                .then(f.destination("acme"))
                .otherwise(f.reject("poor credit"))
        });
        assert_eq!(flow.document().vertical, "auto-loan");
        assert_eq!(flow.schema().declared().len(), 2);
    }
}
