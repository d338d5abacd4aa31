//! What an auction may say: destinations that bid, and numbers that leave something of a bid.

use std::collections::BTreeMap;

use super::scope::{Misfit, Scope};
use crate::{AuctionNode, Document, document::reserve};

/// All of a bid.
const WHOLE_PPM: u32 = 1_000_000;

/// Longest wait for bids, in milliseconds; nobody waits longer for a page.
const MAX_DEADLINE_MS: u32 = 30_000;

pub(crate) fn check(auction: &AuctionNode, document: &Document, scope: &mut Scope<'_>) {
    let mut seen = BTreeMap::new();
    for (idx, bidder) in auction.bidders.iter().enumerate() {
        let part = format!("bidders[{idx}]");
        penalty(bidder.penalty_ppm, &part, scope);
        let Some(node) = document.nodes.get(&bidder.to) else {
            continue; // Reported with the ports.
        };
        let Some(name) = node.destination(&bidder.to) else {
            let message = format!(
                "`{}` is a {}, and only destinations bid",
                bidder.to,
                node.kind()
            );
            let misfit = Misfit::new("bidder_kind", message);
            scope.report(
                &format!("{part}.to"),
                None,
                misfit.hint("let the bidders be `destination` nodes"),
            );
            continue;
        };
        if let Some(before) = seen.insert(name, idx) {
            let message = format!("bidder {} is `{name}` too", before + 1);
            let misfit = Misfit::new("duplicate_bidder", message);
            scope.report(
                &part,
                None,
                misfit.hint("nobody is asked twice; delete one"),
            );
        }
    }
    reserve_price(auction.reserve.as_deref(), scope);
    deadline(auction.deadline_ms, scope);
}

fn penalty(penalty_ppm: u32, part: &str, scope: &mut Scope<'_>) {
    if penalty_ppm >= WHOLE_PPM {
        let message = format!("a penalty of {penalty_ppm} parts per million leaves no bid");
        let misfit = Misfit::new("penalty_range", message);
        scope.report(
            &format!("{part}.penalty_ppm"),
            None,
            misfit.hint("write 50000 for five percent"),
        );
    }
}

fn reserve_price(text: Option<&str>, scope: &mut Scope<'_>) {
    let misfit = match reserve(text) {
        Ok(reserve) if reserve.0 < 0 => Misfit::new(
            "reserve_range",
            "a reserve price is not negative".to_owned(),
        )
        .hint("leave it out to take every bid"),
        Ok(_) => return,
        Err(error) => Misfit::new("bad_amount", error.to_string())
            .hint("main units of the flow's currency, such as \"12.50\""),
    };
    scope.report("reserve", None, misfit);
}

fn deadline(deadline_ms: u32, scope: &mut Scope<'_>) {
    let part = "deadline_ms";
    if !(1..=MAX_DEADLINE_MS).contains(&deadline_ms) {
        let message = format!("{deadline_ms} ms are not 1 to {MAX_DEADLINE_MS}");
        let misfit = Misfit::new("deadline_range", message);
        scope.report(part, None, misfit.hint("500 is usual"));
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use crate::fixture::{checked, findings};

    fn found(market: &str) -> String {
        let nodes = format!(
            r#""start": {{"kind": "waterfall", "to": ["market", "end"]}}, "market": {market},
            "end": {{"kind": "waterfall", "to": ["acme", "zenith", "nobody"]}}"#
        );
        match checked(&nodes) {
            Ok(checked) => findings(&checked.warnings),
            Err(found) => findings(&found),
        }
    }

    #[test]
    fn a_sound_auction_has_no_findings_of_its_own() {
        let market = r#"{"kind": "auction", "bidders": [{"to": "acme", "penalty_ppm": 50000}, {"to": "zenith"}],
            "reserve": "12.50"}"#;
        assert_snapshot!(found(market), @"");
    }

    #[test]
    fn every_mistake_of_an_auction_is_reported_at_once() {
        let market = r#"{"kind": "auction", "deadline_ms": 0, "reserve": "a lot", "bidders": [
            {"to": "acme", "penalty_ppm": 1000000}, {"to": "end"}, {"to": "acme"}, {"to": "lost"}]}"#;
        assert_snapshot!(found(market), @r#"
        unknown_node market:bidders[3].to: there is no node `lost` | known are `acme`, `end`, `market`, `nobody`, `start`, `zenith`
        penalty_range market:bidders[0].penalty_ppm: a penalty of 1000000 parts per million leaves no bid | write 50000 for five percent
        bidder_kind market:bidders[1].to: `end` is a waterfall, and only destinations bid | let the bidders be `destination` nodes
        duplicate_bidder market:bidders[2]: bidder 1 is `acme` too | nobody is asked twice; delete one
        bad_amount market:reserve: `a lot` is not an amount; write it like 12.50 | main units of the flow's currency, such as "12.50"
        deadline_range market:deadline_ms: 0 ms are not 1 to 30000 | 500 is usual
        "#);
        let market = r#"{"kind": "auction", "deadline_ms": 60000, "reserve": "-1", "bidders": []}"#;
        assert_snapshot!(found(market), @"
        empty market:bidders: this node has no bidders, so every lead ends here unsold
        reserve_range market:reserve: a reserve price is not negative | leave it out to take every bid
        deadline_range market:deadline_ms: 60000 ms are not 1 to 30000 | 500 is usual
        ");
    }
}
