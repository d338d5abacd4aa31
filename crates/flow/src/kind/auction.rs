//! The kind `auction`: the highest net bid.

use super::{Kind, Part, Shape, part, percent, port, words};
use crate::{Bidder, Document, document::reserve, hash::Encoder};

pub(super) struct AuctionView<'a> {
    pub(super) bidders: &'a [Bidder],
    pub(super) reserve: Option<&'a str>,
    pub(super) deadline_ms: u32,
}

impl Kind for AuctionView<'_> {
    fn encode(&self, _name: &str, _document: &Document, encoder: &mut Encoder) {
        encoder.list(self.bidders.len());
        for bidder in self.bidders {
            encoder.integer(i64::from(bidder.penalty_ppm));
        }
        // A reserve price counts as an amount; one that cannot be read, as it is written.
        match reserve(self.reserve) {
            Ok(reserve) => encoder.integer(reserve.0),
            Err(_) => encoder.text(self.reserve.unwrap_or_default()),
        }
        encoder.integer(i64::from(self.deadline_ms));
    }

    fn shape(&self) -> Shape {
        Shape::Auction
    }

    fn said(&self) -> String {
        let deadline_ms = self.deadline_ms;
        match self.reserve {
            Some(reserve) => format!("at least {reserve}, within {deadline_ms} ms"),
            None => format!("within {deadline_ms} ms"),
        }
    }

    fn arrows(&self, _document: &Document) -> Vec<(String, String)> {
        let bidders = self.bidders.iter().map(|bidder| {
            let word = match bidder.penalty_ppm {
                0 => "bid".to_owned(),
                penalty_ppm => format!("bid less {}", percent(penalty_ppm)),
            };
            (word, bidder.to.clone())
        });
        bidders.collect()
    }

    fn parts(&self, _name: &str, _document: &Document) -> Vec<Part> {
        vec![
            part("reserve", words::least(self.reserve)),
            part("deadline_ms", self.deadline_ms.to_string()),
        ]
    }

    fn list(&self) -> (&'static str, &'static str) {
        ("bidders", "bidder")
    }

    fn entries(&self, _document: &Document) -> Vec<Vec<Part>> {
        let bidders = self.bidders.iter().map(|bidder| {
            let penalty = bidder.penalty_ppm.to_string();
            vec![port("to", &bidder.to), part("penalty_ppm", penalty)]
        });
        bidders.collect()
    }
}
