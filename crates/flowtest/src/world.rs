//! What a flow on a page refers to: schema, destinations, weights.

use std::collections::BTreeMap;

use pointsman_bandit::Allocation;
use pointsman_flow::{Catalog, Destination, Document, NamedList, Subflow};
use pointsman_lead::{Currency, Schema, json};
use serde::de::DeserializeOwned;

use crate::block::{Block, Kind, Syntax};

/// Everything that stands for the blocks below, until another block of its kind replaces it.
#[derive(Debug, Default)]
pub(crate) struct World {
    schema: Option<Schema>,
    destinations: Option<BTreeMap<String, Destination>>,
    currency: Option<Currency>,
    subflows: BTreeMap<String, Subflow>,
    lists: BTreeMap<String, NamedList>,
    pub(crate) allocation: Allocation,
}

impl World {
    /// Takes in a block of the world; others change nothing.
    pub(crate) fn take(&mut self, block: &Block<'_>) -> Result<(), String> {
        match block.kind {
            Kind::Schema => self.schema = Some(read(block)?),
            Kind::Destinations => self.destinations = Some(read(block)?),
            Kind::Allocation => self.allocation = read(block)?,
            Kind::Catalog => {
                let Catalog {
                    schema,
                    currency,
                    destinations,
                    subflows,
                    lists,
                } = read(block)?;
                self.schema = Some(schema);
                self.currency = Some(currency);
                self.destinations = Some(destinations);
                self.subflows = subflows;
                self.lists = lists;
            }
            Kind::Lists => self.lists = read(block)?,
            Kind::Subflow => self.subflow(block)?,
            Kind::Flow | Kind::Findings | Kind::Leads => {}
        }
        Ok(())
    }

    /// Adds a version of a flow that others name; the last one of a name is live.
    fn subflow(&mut self, block: &Block<'_>) -> Result<(), String> {
        let document = block.document().map_err(|findings| {
            let texts: Vec<String> = findings.iter().map(ToString::to_string).collect();
            texts.join("\n")
        })?;
        let subflow = self.subflows.entry(document.flow.clone()).or_default();
        subflow.publish(document);
        Ok(())
    }

    /// The catalog for a flow. What the page does not say is assumed: leads without fields,
    /// destinations that take every lead, the currency of the flow.
    pub(crate) fn catalog(&self, document: &Document) -> Catalog {
        let assumed = Catalog::assumed(document, self.subflows.clone());
        Catalog {
            schema: self.schema.clone().unwrap_or(assumed.schema),
            currency: self.currency.unwrap_or(assumed.currency),
            destinations: self.destinations.clone().unwrap_or(assumed.destinations),
            subflows: assumed.subflows,
            lists: self.lists.clone(),
        }
    }
}

fn read<T: DeserializeOwned>(block: &Block<'_>) -> Result<T, String> {
    match block.syntax {
        Syntax::Toml => toml::from_str(block.text).map_err(|error| error.to_string()),
        Syntax::Json | Syntax::Text => json::parse(block.text),
    }
}
