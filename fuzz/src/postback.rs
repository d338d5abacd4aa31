//! Postbacks, as the parameters of an address.

use std::collections::BTreeMap;

use pointsman_lead::{
    AMOUNT_MAX, ConversionEvent, ConversionKind, ConversionTotals, Micros, Postback, Transaction,
};

/// A click of ours, which inputs name too.
const CLICK: &str = "clk_0192f0c1d2e37abc8def0123456789ab";

/// Reads parameters a line each, `name=value`, an empty line between two postbacks.
///
/// What is refused has a problem with a hint. What is read is bounded, is read the same way again, and is
/// worth the same in any order: forwards, backwards and repeated.
pub fn postback(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else {
        return;
    };
    let mut said = Vec::new();
    for block in text.split("\n\n").take(12) {
        let params: BTreeMap<String, String> = block
            .split('\n')
            .filter_map(|line| line.split_once('='))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        match Postback::from_params(&params) {
            Ok(postback) => said.push(read(&postback)),
            Err(problems) => {
                assert!(!problems.is_empty());
                assert!(
                    problems
                        .iter()
                        .all(|it| it.hint.is_some() && !it.message.contains('\0'))
                );
            }
        }
    }
    // What is said again after a decline is the one thing that order decides.
    let is_revisable = |(_, event): &(_, ConversionEvent)| event.kind == ConversionKind::Declined;
    if said.iter().any(is_revisable) {
        return;
    }
    let forwards = earned(said.iter());
    assert_eq!(earned(said.iter().rev()), forwards);
    assert_eq!(earned(said.iter().chain(&said)), forwards);
}

fn read(postback: &Postback) -> (Option<String>, ConversionEvent) {
    assert_eq!(Postback::from_params(&postback.raw).as_ref(), Ok(postback));
    let bounded = 0..=AMOUNT_MAX.0;
    assert!(
        postback
            .revenue
            .is_none_or(|revenue| bounded.contains(&revenue.0))
    );
    assert!(!postback.clicks.is_empty());
    let texts = postback.clicks.iter().chain([&postback.original_status]);
    for text in texts {
        assert!(text.len() <= 255 && !text.contains('\0'), "{text:?}");
    }
    let reported = postback.about(CLICK, Some(Micros(7)));
    let stored = serde_json::to_string(&reported.event).expect("an event is JSON");
    assert_eq!(
        serde_json::from_str(&stored).ok().as_ref(),
        Some(&reported.event)
    );
    (reported.txid, reported.event)
}

fn earned<'a>(said: impl Iterator<Item = &'a (Option<String>, ConversionEvent)>) -> Micros {
    let mut transactions: BTreeMap<&Option<String>, Transaction> = BTreeMap::new();
    let mut totals = ConversionTotals::default();
    for (txid, event) in said {
        let transaction = transactions.entry(txid).or_default();
        let before = transaction.totals(txid.is_some());
        transaction.record(event.clone());
        totals = totals.changed(before, transaction.totals(txid.is_some()));
    }
    let earned = totals.earned(Micros(30));
    assert!(earned.0 >= 0);
    earned
}
