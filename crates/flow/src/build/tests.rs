use std::collections::BTreeMap;

use pointsman_cel as cel;
use pointsman_flow_macros::{Enumerated, Lead};
use pointsman_lead::{Currency, Decimal, Lead as _, Timestamp};

use super::{
    ArmPort, Builder, Flow, Port, Predicate, State, Target, Weekday, Zone, any, missing, none_of,
    one_of, starts_with,
    us::{CA, NY, TX},
    within,
};
use crate::{
    Catalog, Cell, DelayPrior, Destination, Diagnostic, Hit, LearningSettings, Literal, Node,
    Objective, OfKind as _, SubflowNode, TableNode,
};

#[derive(Enumerated)]
#[lead(crate = "crate")]
enum Credit {
    Excellent,
    Good,
    #[lead(label = "not so good")]
    Poor,
}

#[derive(Lead)]
#[lead(crate = "crate")]
struct AutoInsurance {
    state: State,
    #[lead(required = "ping")]
    credit: Credit,
    #[lead(min = 16, max = 120)]
    age: Option<u8>,
    home_owner: bool,
    rate: Option<Decimal<2>>,
    #[lead(max_chars = 40, pii)]
    last_name: Option<String>,
}

/// Each predicate's text, which is the normal form of itself.
fn texts<const N: usize>(predicates: [Predicate<'_, AutoInsurance>; N]) -> String {
    let normal = |predicate: Predicate<'_, AutoInsurance>| {
        let text = predicate.into_text();
        assert_eq!(cel::normal_form(&cel::parse(&text).unwrap()), text);
        text
    };
    predicates.map(normal).join("\n")
}

/// All that is odd about a flow whose destinations are `acme` and `zenith`.
fn findings(flow: &Flow<AutoInsurance>) -> Vec<Diagnostic> {
    let names = ["acme", "zenith"].map(str::to_owned);
    let catalog = Catalog {
        schema: flow.schema(),
        currency: flow.document().currency,
        destinations: names.map(|name| (name, Destination::default())).into(),
        subflows: BTreeMap::new(),
        lists: BTreeMap::new(),
    };
    match flow.check(&catalog) {
        Ok(checked) => {
            assert_eq!(checked.program.document().hash(), flow.document().hash());
            checked.warnings
        }
        Err(findings) => findings,
    }
}

/// The flow without its steps, then a line for each step.
fn shown<L: pointsman_lead::Lead>(flow: &Flow<L>) -> String {
    let mut head = flow.document().clone();
    let nodes = std::mem::take(&mut head.nodes);
    let head = serde_json::to_string(&head).unwrap();
    let lines = nodes
        .iter()
        .map(|(name, node)| format!("{name}: {}", serde_json::to_string(node).unwrap()));
    std::iter::once(head)
        .chain(lines)
        .collect::<Vec<_>>()
        .join("\n")
}

fn flow(
    write: impl for<'f> FnOnce(Builder<'f, AutoInsurance>) -> Port<'f, AutoInsurance>,
) -> Flow<AutoInsurance> {
    Flow::build("auto-insurance", write)
}

#[test]
fn a_flow_in_rust_is_a_document() {
    let flow = flow(|f| {
        let (acme, zenith) = (f.destination("acme"), f.destination("zenith"));
        let nobody = f.reject("no buyer wants it");
        let premium = f
            .bandit("premium", [acme, zenith])
            .maximize(Objective::NetRevenue)
            .explore_ppm(20_000);
        let standard = f.waterfall([zenith, acme]);
        let quality = f
            .scorecard("quality")
            .points(AutoInsurance::CREDIT.is(Credit::Good), 40)
            .points(AutoInsurance::HOME_OWNER.is(true), 20);
        let graded = f
            .when(quality.at_least(50))
            .then(premium)
            .otherwise(standard);
        f.when(AutoInsurance::STATE.one_of([CA, TX]))
            .then(graded)
            .otherwise(nobody)
    });
    assert_eq!(findings(&flow), []);
    insta::assert_snapshot!(shown(&flow), @r#"
    {"flow":"auto-insurance","vertical":"auto-insurance","currency":"USD","root":"when-2","max_sold":1,"nodes":{}}
    acme: {"kind":"destination"}
    premium: {"kind":"bandit","arms":[{"to":"acme"},{"to":"zenith"}],"maximize":"net_revenue","explore_ppm":20000}
    quality: {"kind":"scorecard","points":[{"if":"credit == \"good\"","points":40},{"if":"home_owner == true","points":20}]}
    reject-1: {"kind":"reject","reason":"no buyer wants it"}
    waterfall-1: {"kind":"waterfall","to":["zenith","acme"]}
    when-1: {"kind":"when","if":"quality >= 50","then":"premium","otherwise":"waterfall-1"}
    when-2: {"kind":"when","if":"state in [\"CA\", \"TX\"]","then":"when-1","otherwise":"reject-1"}
    zenith: {"kind":"destination"}
    "#);
}

#[test]
fn every_other_step_is_a_document_too() {
    let flow = flow(|f| {
        f.currency("EUR".parse().unwrap());
        f.max_sold(3);
        f.title("By state");
        let acme = f.destination("acme").named("acme-west");
        let half = f
            .split("half")
            .arm("old", 500_000, acme)
            .arm(
                "new",
                500_000,
                f.waterfall([acme, f.destination("zenith")]).named("both"),
            )
            .sticky(AutoInsurance::SUB_ID_1);
        let learned = f
            .bandit(
                "learned",
                [("west", acme), ("east", f.destination("zenith"))],
            )
            .segment_by(AutoInsurance::STATE)
            .segment_by(AutoInsurance::SOURCE);
        let turns = f.rotate("turns", [acme, f.destination("zenith")]);
        let fair = f
            .rotate_by_deficit("fair", &Zone::parse("America/New_York").unwrap())
            .arm("west", Target::daily(100).and_monthly(1_000), acme)
            .arm("rest", Target::daily(10), turns);
        f.switch(AutoInsurance::STATE)
            .case([CA], half)
            .case([NY], learned)
            .case([TX], fair)
            .otherwise(f.reject("elsewhere"))
            .named("start")
    });
    assert_eq!(findings(&flow), []);
    insta::assert_snapshot!(shown(&flow), @r#"
    {"flow":"auto-insurance","vertical":"auto-insurance","currency":"EUR","root":"start","max_sold":3,"nodes":{},"title":"By state"}
    acme-west: {"kind":"destination","destination":"acme"}
    both: {"kind":"waterfall","to":["acme-west","zenith"]}
    fair: {"kind":"rotate","by":"deficit","zone":"America/New_York","arms":[{"name":"west","to":"acme-west","daily":100,"monthly":1000},{"name":"rest","to":"turns","daily":10}]}
    half: {"kind":"split","arms":[{"name":"old","weight_ppm":500000,"to":"acme-west"},{"name":"new","weight_ppm":500000,"to":"both"}],"sticky":"sub_id_1"}
    learned: {"kind":"bandit","arms":[{"name":"west","to":"acme-west"},{"name":"east","to":"zenith"}],"maximize":"net_revenue","explore_ppm":20000,"segment_by":["state","source"]}
    reject-1: {"kind":"reject","reason":"elsewhere"}
    start: {"kind":"switch","on":"state","cases":[{"in":["CA"],"to":"half"},{"in":["NY"],"to":"learned"},{"in":["TX"],"to":"fair"}],"otherwise":"reject-1"}
    turns: {"kind":"rotate","by":"least_recently_sold","arms":[{"to":"acme-west"},{"to":"zenith"}]}
    zenith: {"kind":"destination"}
    "#);
}

#[test]
fn a_bandit_says_how_it_learns_and_between_what_its_arms_stay() {
    let flow = flow(|f| {
        let (acme, zenith) = (f.destination("acme"), f.destination("zenith"));
        let arms = [
            ArmPort::from(("west", acme)).ceiling_ppm(600_000),
            ArmPort::from(zenith).floor_ppm(50_000),
        ];
        let settings = LearningSettings {
            half_life_hours: Some(336),
            delay_prior: Some(DelayPrior {
                mean_hours: 72,
                strength: 5,
            }),
            ..LearningSettings::default()
        };
        f.bandit("best", arms).learning(settings).into()
    });
    assert_eq!(findings(&flow), []);
    let shown = shown(&flow);
    let best = shown.lines().find(|line| line.contains("best:")).unwrap();
    assert_eq!(
        best.trim(),
        r#"best: {"kind":"bandit","arms":[{"name":"west","to":"acme","ceiling_ppm":600000},{"to":"zenith","floor_ppm":50000}],"maximize":"net_revenue","explore_ppm":20000,"learning":{"half_life_hours":336,"delay_prior":{"mean_hours":72,"strength":5}}}"#
    );
}

#[test]
fn an_auction_names_its_bidders_and_what_they_lose() {
    let flow = flow(|f| {
        let (acme, zenith) = (f.destination("acme"), f.destination("zenith"));
        let market = f
            .auction([(acme, 50_000), (zenith, 0)])
            .reserve("12.5".parse().unwrap())
            .deadline_ms(300)
            .named("market");
        f.waterfall([market, f.auction([acme, zenith])])
    });
    assert_eq!(findings(&flow), []);
    insta::assert_snapshot!(shown(&flow), @r#"
    {"flow":"auto-insurance","vertical":"auto-insurance","currency":"USD","root":"waterfall-1","max_sold":1,"nodes":{}}
    acme: {"kind":"destination"}
    auction-1: {"kind":"auction","bidders":[{"to":"acme"},{"to":"zenith"}],"deadline_ms":500}
    market: {"kind":"auction","bidders":[{"to":"acme","penalty_ppm":50000},{"to":"zenith"}],"reserve":"12.50","deadline_ms":300}
    waterfall-1: {"kind":"waterfall","to":["market","auction-1"]}
    zenith: {"kind":"destination"}
    "#);
}

#[test]
fn rows_say_what_they_exclude_and_ask_a_predicate() {
    let flow = flow(|f| {
        let acme = f.destination("acme");
        f.table((AutoInsurance::CREDIT, AutoInsurance::LAST_NAME))
            .row((none_of([Credit::Poor]), starts_with(["O", "Mc"])), acme)
            .row_if(
                (any(), any()),
                AutoInsurance::HOME_OWNER.is(true) & AutoInsurance::AGE.at_least(30),
                acme,
            )
            .otherwise(f.reject("nobody"))
    });
    assert_eq!(findings(&flow), []);
    let rows = serde_json::to_string(&flow.document().nodes["table-1"]).unwrap();
    insta::assert_snapshot!(rows, @r#"{"kind":"table","hit":"first","columns":["credit","last_name"],"rows":[{"cells":[{"not_in":["not so good"]},{"starts_with":["O","Mc"]}],"to":"acme"},{"cells":[null,null],"if":"home_owner == true && age >= 30","to":"acme"}],"otherwise":"reject-1"}"#);
}

#[test]
fn the_cells_of_a_table_are_of_its_columns() {
    let flow = flow(|f| {
        let acme = f.destination("acme");
        let score = f
            .scorecard("score")
            .points(AutoInsurance::AGE.missing(), -5);
        f.table((
            AutoInsurance::CREDIT,
            AutoInsurance::AGE,
            AutoInsurance::RATE,
            &score,
        ))
        .unique()
        .row(
            (one_of([Credit::Poor]), within(18..25), missing(), any()),
            acme,
        )
        .row(
            (any(), missing(), within(..Decimal::new(150)), within(1..)),
            acme,
        )
        .exhaustive()
    });
    let TableNode {
        hit,
        columns,
        rows,
        otherwise,
    } = TableNode::of(&flow.document().nodes["table-1"]).unwrap();
    let integer = |integer| Some(Literal::Integer(integer));
    let text = |text: &str| Literal::Text(text.to_owned());
    assert_eq!((*hit, otherwise), (Hit::Unique, &None));
    assert_eq!(columns, &["credit", "age", "rate", "score"]);
    assert_eq!(
        rows[0].cells,
        [
            Cell::OneOf(vec![text("not so good")]),
            Cell::Range {
                from: integer(18),
                to: integer(25)
            },
            Cell::Missing,
            Cell::Any,
        ]
    );
    assert_eq!(
        rows[1].cells,
        [
            Cell::Any,
            Cell::Missing,
            Cell::Range {
                from: None,
                to: Some(text("1.50"))
            },
            Cell::Range {
                from: integer(1),
                to: None
            },
        ]
    );
}

#[test]
fn predicates_print_as_cel() {
    let zone = Zone::parse("America/New_York").unwrap();
    let noon: Timestamp = "2026-01-31T12:00:00Z".parse().unwrap();
    let adult = || AutoInsurance::AGE.at_least(18);
    let rich = || AutoInsurance::RATE.above("12.5".parse::<Decimal<2>>().unwrap());
    insta::assert_snapshot!(texts([
        AutoInsurance::CREDIT.is_not(Credit::Excellent),
        AutoInsurance::CREDIT.one_of([Credit::Good, Credit::Poor]),
        AutoInsurance::AGE.within(25..65),
        AutoInsurance::AGE.within(..65),
        AutoInsurance::AGE.at_most(64) & AutoInsurance::AGE.below(65),
        AutoInsurance::LAST_NAME.is("O\"Neil\\"),
        AutoInsurance::LAST_NAME.starts_with("O"),
        AutoInsurance::LAST_NAME.present() & !AutoInsurance::AGE.missing(),
        AutoInsurance::RECEIVED_AT.below(noon),
        AutoInsurance::RECEIVED_AT.hour(&zone).within(9..17),
        AutoInsurance::RECEIVED_AT.weekday(&zone).one_of([Weekday::Saturday, Weekday::Sunday]),
        adult() & rich() & AutoInsurance::IS_TEST.is(false),
        adult() & (rich() | AutoInsurance::STATE.is(CA)),
        !(adult() | rich()) | adult(),
        !adult(),
        !!adult(),
    ]), @r#"
    credit != "excellent"
    credit in ["good", "not so good"]
    age >= 25 && age < 65
    age < 65
    age <= 64 && age < 65
    last_name == "O\"Neil\\"
    last_name.startsWith("O")
    has(last_name) && !!has(age)
    received_at < timestamp("2026-01-31T12:00:00Z")
    hour(received_at, "America/New_York") >= 9 && hour(received_at, "America/New_York") < 17
    weekday(received_at, "America/New_York") in [6, 7]
    age >= 18 && rate > 12.5 && is_test == false
    age >= 18 && (rate > 12.5 || state == "CA")
    !(age >= 18 || rate > 12.5) || age >= 18
    !(age >= 18)
    !!(age >= 18)
    "#);
}

#[test]
fn a_predicate_may_be_written_once_for_many_flows() {
    fn west<'f>() -> Predicate<'f, AutoInsurance> {
        AutoInsurance::STATE.is(CA)
    }
    for name in ["one", "two"] {
        Flow::build(name, |f| {
            f.when(west())
                .then(f.destination("a"))
                .otherwise(f.reject("b"))
        });
    }
}

#[test]
fn generated_names_step_aside() {
    let flow = flow(|f| {
        let first = f.waterfall([f.destination("acme")]);
        let second = f.waterfall([first]).named("waterfall-1");
        assert_eq!(f.destination("acme").step(), 0, "the same step");
        f.waterfall([first, second])
    });
    let names: Vec<_> = flow.document().nodes.keys().collect();
    assert_eq!(names, ["acme", "waterfall-1", "waterfall-2", "waterfall-3"]);
    assert_eq!(flow.document().root, "waterfall-3");
}

#[test]
fn a_name_taken_twice_tells_both_places() {
    let panic = std::panic::catch_unwind(|| {
        flow(|f| f.waterfall([f.destination("acme"), f.reject("no").named("acme")]))
    });
    let message = *panic.unwrap_err().downcast::<String>().unwrap();
    assert!(
        message.starts_with("two steps are called `acme`: one of crates"),
        "{message}"
    );
    assert_eq!(message.matches("tests.rs:").count(), 2, "{message}");
}

#[test]
fn the_derived_schema_says_what_the_struct_says() {
    insta::assert_snapshot!(serde_json::to_string(&AutoInsurance::schema()).unwrap(), @r#"{"vertical":"auto-insurance","fields":[{"name":"state","kind":"region","required":"post","pii":false},{"name":"credit","kind":"enum","labels":["excellent","good","not so good"],"required":"ping","pii":false},{"name":"age","kind":"integer","min":16,"max":120,"required":"never","pii":false},{"name":"home_owner","kind":"boolean","required":"post","pii":false},{"name":"rate","kind":"decimal","scale":2,"required":"never","pii":false},{"name":"last_name","kind":"text","max_chars":40,"required":"never","pii":true}]}"#);
    let lead = AutoInsurance {
        state: TX,
        credit: Credit::Poor,
        age: Some(30),
        home_owner: true,
        rate: None,
        last_name: None,
    };
    insta::assert_snapshot!(serde_json::to_string(&lead.to_json()).unwrap(), @r#"{"age":30,"credit":"not so good","home_owner":true,"last_name":null,"rate":null,"state":"TX"}"#);
    assert_eq!(flow(|f| f.reject("no")).document().currency, Currency::USD);
}

#[test]
fn another_flow_stands_behind_a_port() {
    let version = flow(|f| f.reject("no")).document().hash();
    let flow = flow(|f| {
        let (west, east) = (
            f.subflow("west"),
            f.subflow_version("east", version).named("old-east"),
        );
        f.when(AutoInsurance::STATE.is(CA))
            .then(west)
            .otherwise(east)
    });
    let nodes = &flow.document().nodes;
    let subflow = |flow: &str, version| {
        let flow = flow.to_owned();
        Node::from(SubflowNode { flow, version })
    };
    assert_eq!(nodes["subflow-1"], subflow("west", None));
    assert_eq!(nodes["old-east"], subflow("east", Some(version)));
}
