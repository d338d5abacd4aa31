//! The kind `auction`: the highest net bid.

use super::{DescribeNode, PartText, Shape, part, percent, port, words};
use crate::{
    AuctionNode, Bidder, Catalog, Document,
    check::{CheckNode, Scope, arms, auction},
    document::{NodeParts, Part, ReadNode, Reader, Reads, deadline_ms, numbered, reserve},
    hash::Encoder,
    lower::{Assembly, LowerNode},
    program::{Op, ProgramBidder},
    typed_flow::Rule,
};

impl ReadNode for AuctionNode {
    const MEMBERS: &'static [&'static str] = &["kind", "bidders", "reserve", "deadline_ms"];

    fn read(reader: &mut Reader) -> Option<Self> {
        let bidders = reader.list("bidders", |reader, part, value| {
            reader.object(part, value, &["to", "penalty_ppm"], |bidder| {
                let to = bidder.required("to");
                let penalty_ppm = bidder.optional("penalty_ppm");
                Some(Bidder {
                    to: to?,
                    penalty_ppm: penalty_ppm.unwrap_or_default(),
                })
            })
        });
        let reserve = reader.optional("reserve");
        let deadline: Option<u32> = reader.optional("deadline_ms");
        Some(Self {
            bidders: bidders?,
            reserve,
            deadline_ms: deadline.unwrap_or_else(deadline_ms),
        })
    }
}

impl NodeParts for AuctionNode {
    fn ports(&self) -> Vec<Part<'_>> {
        numbered(
            "bidders",
            ".to",
            self.bidders.iter().map(|bidder| &bidder.to),
        )
    }

    fn ports_mut(&mut self) -> Vec<&mut String> {
        self.bidders
            .iter_mut()
            .map(|bidder| &mut bidder.to)
            .collect()
    }

    fn reads(&self) -> Reads<'_> {
        Reads::default()
    }
}

impl DescribeNode for AuctionNode {
    fn encode(&self, _name: &str, _document: &Document, encoder: &mut Encoder) {
        encoder.list(self.bidders.len());
        for bidder in &self.bidders {
            encoder.integer(i64::from(bidder.penalty_ppm));
        }
        // A reserve price counts as an amount; one that cannot be read, as it is written.
        match reserve(self.reserve.as_deref()) {
            Ok(reserve) => encoder.integer(reserve.0),
            Err(_) => encoder.text(self.reserve.as_deref().unwrap_or_default()),
        }
        encoder.integer(i64::from(self.deadline_ms));
    }

    fn shape(&self) -> Shape {
        Shape::Auction
    }

    fn said(&self) -> String {
        let deadline_ms = self.deadline_ms;
        match &self.reserve {
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

    fn parts(&self, _name: &str, _document: &Document) -> Vec<PartText> {
        vec![
            part("reserve", words::least(self.reserve.as_deref())),
            part("deadline_ms", self.deadline_ms.to_string()),
        ]
    }

    fn list(&self) -> (&'static str, &'static str) {
        ("bidders", "bidder")
    }

    fn entries(&self, _document: &Document) -> Vec<Vec<PartText>> {
        let bidders = self.bidders.iter().map(|bidder| {
            let penalty = bidder.penalty_ppm.to_string();
            vec![port("to", &bidder.to), part("penalty_ppm", penalty)]
        });
        bidders.collect()
    }
}

impl CheckNode for AuctionNode {
    fn check(
        &self,
        _name: &str,
        document: &Document,
        _catalog: &Catalog,
        scope: &mut Scope<'_>,
    ) -> Option<Rule> {
        arms::count("bidders", "bidders", self.bidders.len(), scope);
        auction::check(self, document, scope);
        None
    }
}

impl LowerNode for AuctionNode {
    fn op(&self, _name: &str, assembly: &Assembly<'_>) -> Option<Op> {
        let bidders = self.bidders.iter().map(|bidder| {
            Some(ProgramBidder {
                destination: assembly.destination_at(&bidder.to)?,
                to: assembly.position(&bidder.to)?,
                penalty_ppm: bidder.penalty_ppm,
            })
        });
        Some(Op::Auction {
            bidders: bidders.collect::<Option<_>>()?,
            reserve: reserve(self.reserve.as_deref()).ok()?,
            deadline_ms: self.deadline_ms,
        })
    }
}
