//! Flow documents: read, printed, checked, compiled and walked.

use std::collections::BTreeMap;

use pointsman_bandit::Allocation;
use pointsman_flow::{
    Catalog, Destination, Diagnostic, Document, Form, Mask, Program, Severity, Source, Subflow,
    check, compile, diff, dot, mermaid,
};
use pointsman_lead::{Field, Fields, Schema};
use pointsman_router::{
    Answer, Bid, Conditions, Context, Event, Filter, HashKey, OFFERS_MAX, Step, Subject, Unit, Walk,
};

use crate::parts;

/// Reads a flow in JSON or TOML, and behind it flows that it may refer to.
///
/// What is read prints and reads back to itself. The checks find the same again, and what has no
/// mistakes compiles and lets a lead walk to its end.
pub fn document(input: &[u8]) {
    let Some(parts) = parts(input) else { return };
    let [text, others @ ..] = parts.as_slice() else {
        return;
    };
    let Some(document) = read(text) else { return };
    let mut subflows: BTreeMap<String, Subflow> = BTreeMap::new();
    for other in others.iter().filter_map(|text| read(text)) {
        let subflow = subflows.entry(other.flow.clone()).or_default();
        subflow.publish(other);
    }
    let catalog = catalog(&document, subflows);
    let checked = check(&document, &catalog);
    let findings = match &checked {
        Ok(checked) => &checked.warnings,
        Err(findings) => findings,
    };
    render(findings, text);
    drawn(&document);
    let is_sound = checked.is_ok();
    assert_ne!(is_sound, has_error(findings), "{findings:?}");
    let compiled = compile(&document, &catalog);
    // Not the other way round: stored versions may hold mistakes that earlier releases did not look for.
    assert!(compiled.is_ok() || !is_sound, "{findings:?}");
    if let Ok(checked) = checked {
        let program = checked.program;
        assert_eq!(program.flow_hash(), document.hash());
        assert_eq!(
            compiled.map(|it| it.catalog_hash()),
            Ok(program.catalog_hash())
        );
        // A stored version is compiled again with no more than its own part of the catalog.
        assert!(compile(&document, program.catalog()).is_ok());
        walk(&program, input);
    }
}

/// Reads a document in either form. What is read has one text in each, and reads back from both.
fn read(text: &str) -> Option<Document> {
    let from_json = Document::from_json(text);
    let document = match from_json {
        Ok(document) => document,
        Err(json) => match Document::from_toml(text) {
            Ok(document) => document,
            Err(toml) => {
                render(&json, text);
                render(&toml, text);
                assert!(has_error(&json) && has_error(&toml));
                return None;
            }
        },
    };
    assert_eq!(
        Document::from_json(&document.to_json()).as_ref(),
        Ok(&document)
    );
    assert_eq!(
        Document::from_toml(&document.to_toml()).as_ref(),
        Ok(&document)
    );
    Some(document)
}

fn has_error(findings: &[Diagnostic]) -> bool {
    findings
        .iter()
        .any(|finding| finding.severity == Severity::Error)
}

/// Shows findings as the command line does, with the line of the file.
fn render(findings: &[Diagnostic], text: &str) {
    for form in [Form::Json, Form::Toml] {
        let source = Source {
            name: "fuzz",
            text,
            form,
        };
        for finding in findings {
            assert!(
                !finding.render_in(&source).is_empty() && !finding.render(Some(text)).is_empty()
            );
        }
    }
}

/// Everything else that takes a document as it comes.
fn drawn(document: &Document) {
    let _ = (mermaid(document), dot(document));
    assert!(diff(document, document).is_empty());
}

/// Leads of many kinds, and whatever destinations the flow and its subflows name.
fn catalog(document: &Document, subflows: BTreeMap<String, Subflow>) -> Catalog {
    let assumed = Catalog::assumed(document, subflows);
    let fields: Vec<Field> =
        serde_json::from_str(include_str!("fields.json")).expect("it is written so");
    let schema = Schema::new(&document.vertical, fields);
    let picky = Destination {
        criteria: Some("credit != 'poor' && !(age > 80)".to_owned()),
        ..Destination::default()
    };
    let schema = schema.unwrap_or_else(|_| Schema::bare(&document.vertical));
    let is_known = schema.find("credit").is_some();
    let mut destinations = assumed.destinations;
    destinations.entry("picky".to_owned()).and_modify(|it| {
        if is_known {
            *it = picky;
        }
    });
    Catalog {
        schema,
        destinations,
        ..assumed
    }
}

/// Lets a lead of which nothing is known walk, and a filter beside it.
fn walk(program: &Program, input: &[u8]) {
    let fields = Fields::new(vec![None; program.schema().fields().len()]);
    let subject = Subject::new(
        program,
        &Allocation::prior(),
        &fields,
        Unit::new("unit", HashKey::default()),
    );
    let context = Context {
        program,
        subject: &subject,
    };
    let n_destinations = u16::try_from(program.destinations().len()).expect("flows are bounded");
    let conditions: Conditions = Mask::full(n_destinations).into();
    let (mut walk, mut filter) = (Walk::new(context), Filter::new(context));
    let (mut event, mut n_offers) = (Event::Start, 0);
    // Everybody is asked once and offered once.
    for step in 0..=2 * program.destinations().len() {
        let byte = input.get(step).copied().unwrap_or_default();
        match walk.next(context, &conditions, event) {
            Step::Done(_) => return,
            Step::Ping(ping) => {
                filter.outlook(context, &conditions);
                assert!(filter.observe_ping(&ping.destinations) > 0.0);
                let bids = ping.destinations.iter().zip(1_i64..);
                let bids: Vec<Bid> = bids
                    .filter(|(_, at)| at % 4 != i64::from(byte % 4))
                    .map(|(destination, at)| Bid {
                        destination,
                        amount: pointsman_lead::Micros(at * 1_000_000),
                    })
                    .collect();
                filter.bids(&bids);
                event = Event::Bids(bids);
            }
            Step::Offer(offer) => {
                n_offers += 1;
                assert!(n_offers <= OFFERS_MAX);
                filter.outlook(context, &conditions);
                assert!(filter.observe(offer.destination) > 0.0);
                let answers = [
                    Answer::Rejected,
                    Answer::NotSent,
                    Answer::Unknown,
                    Answer::Accepted,
                ];
                let answer = answers[usize::from(byte % 4)];
                filter.answer(context, answer);
                event = Event::Answer(answer);
            }
        }
    }
    panic!("the walk does not end");
}
