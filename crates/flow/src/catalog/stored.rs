//! Catalogs and destinations as databases keep them and as hashes count them: with prices in
//! micro-units.
//!
//! Files, settings and answers say `"12.50"`; what is stored says `12500000`, as it did before there
//! was a decimal form. So stored rows stay readable, and a catalog keeps its hash.

use std::collections::BTreeMap;

use pointsman_lead::{Currency, Micros, Schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::{Cap, Catalog, Destination, OnUnknown, Pays, Schedule, yes};
use crate::{Dedupe, NamedList, Returns, Subflow, named_list::StoredList};

/// The stored form of a [`Destination`].
#[derive(Serialize, Deserialize)]
#[serde(remote = "Destination", deny_unknown_fields)]
struct StoredDestination {
    #[serde(default = "yes")]
    active: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    price: Option<Micros>,
    #[serde(default)]
    pays: Pays,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    criteria: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    caps: Vec<Cap>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    schedule: Option<Schedule>,
    #[serde(default)]
    on_unknown: OnUnknown,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dedupe: Option<Dedupe>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    returns: Option<Returns>,
}

/// The stored form of a [`Catalog`].
#[derive(Serialize, Deserialize)]
#[serde(remote = "Catalog", deny_unknown_fields)]
struct StoredCatalog {
    schema: Schema,
    currency: Currency,
    #[serde(serialize_with = "write_all", deserialize_with = "read_all")]
    destinations: BTreeMap<String, Destination>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    subflows: BTreeMap<String, Subflow>,
    #[serde(
        default,
        skip_serializing_if = "BTreeMap::is_empty",
        serialize_with = "write_lists"
    )]
    lists: BTreeMap<String, NamedList>,
}

#[derive(Serialize)]
struct Written<'a>(#[serde(with = "StoredDestination")] &'a Destination);

#[derive(Deserialize)]
struct Read(#[serde(with = "StoredDestination")] Destination);

fn write_all<S: Serializer>(
    destinations: &BTreeMap<String, Destination>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let destinations = destinations.iter();
    serializer.collect_map(destinations.map(|(name, destination)| (name, Written(destination))))
}

fn read_all<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, Destination>, D::Error> {
    let read = BTreeMap::<String, Read>::deserialize(deserializer)?.into_iter();
    Ok(read
        .map(|(name, Read(destination))| (name, destination))
        .collect())
}

/// Lists by their hashes: their values are stored once, and not with each catalog.
fn write_lists<S: Serializer>(
    lists: &BTreeMap<String, NamedList>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let lists = lists.iter();
    serializer.collect_map(lists.map(|(name, list)| (name, StoredList::from(list))))
}

/// The stored form of destinations, as the hash of a catalog counts it.
pub(super) fn value_of(destinations: &BTreeMap<String, Destination>) -> serde_json::Result<Value> {
    write_all(destinations, serde_json::value::Serializer)
}

impl Destination {
    /// Reads the settings of a destination as a database keeps them.
    ///
    /// # Errors
    ///
    /// Says what of the JSON is not as [`Destination::to_stored`] writes it.
    pub fn from_stored(body: &str) -> serde_json::Result<Self> {
        let mut json = serde_json::Deserializer::from_str(body);
        let destination = StoredDestination::deserialize(&mut json)?;
        json.end()?;
        Ok(destination)
    }

    /// The settings as a database keeps them: JSON with the price in micro-units.
    ///
    /// # Errors
    ///
    /// None for settings that were read or made from their parts.
    pub fn to_stored(&self) -> serde_json::Result<String> {
        serde_json::to_string(&Written(self))
    }
}

impl Catalog {
    /// Reads a catalog as a database keeps it.
    ///
    /// # Errors
    ///
    /// Says what of the JSON is not as [`Catalog::to_stored`] writes it.
    pub fn from_stored(body: &str) -> serde_json::Result<Self> {
        let mut json = serde_json::Deserializer::from_str(body);
        let catalog = StoredCatalog::deserialize(&mut json)?;
        json.end()?;
        Ok(catalog)
    }

    /// The catalog as a database keeps it: JSON with prices in micro-units.
    ///
    /// # Errors
    ///
    /// None for a catalog that was read or made from its parts.
    pub fn to_stored(&self) -> serde_json::Result<String> {
        let mut body = Vec::new();
        StoredCatalog::serialize(self, &mut serde_json::Serializer::new(&mut body))?;
        // serde_json writes UTF-8, so this cannot fail.
        Ok(String::from_utf8_lossy(&body).into_owned())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::fixture;

    #[test]
    fn a_stored_catalog_keeps_prices_in_micro_units_and_its_hash() {
        let catalog = fixture::catalog();
        let body = catalog.to_stored().unwrap();
        let stored: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(
            stored["destinations"],
            json!({
                "acme": {"active": true, "pays": "accept", "on_unknown": "hold"},
                "picky": {
                    "active": true, "pays": "accept", "on_unknown": "hold",
                    "criteria": "credit == 'good' && !(age < 25)",
                },
                "zenith": {"active": true, "price": 12_500_000, "pays": "accept", "on_unknown": "hold"},
            })
        );
        let read = Catalog::from_stored(&body).unwrap();
        assert_eq!(read, catalog);
        assert_eq!(read.hash(), catalog.hash());
        assert_eq!(
            catalog.hash().to_string(),
            "37c5479e3e45bcc481091c38872b776ebd78e7b086a69bf56ccc1ae772f35d7a",
            "catalogs that were stored before prices had a decimal form keep their hashes"
        );
    }

    #[test]
    fn a_price_is_decimal_text_outside_and_micro_units_in_what_is_stored() {
        let destination: Destination = serde_json::from_value(json!({"price": "12.5"})).unwrap();
        assert_eq!(destination.price, Some(Micros(12_500_000)));
        assert_eq!(
            serde_json::to_value(&destination).unwrap()["price"],
            "12.50"
        );
        let body = destination.to_stored().unwrap();
        assert_eq!(
            body,
            r#"{"active":true,"price":12500000,"pays":"accept","on_unknown":"hold"}"#
        );
        assert_eq!(Destination::from_stored(&body).unwrap(), destination);
        assert!(Destination::from_stored(r#"{"price": "12.50"}"#).is_err());
        for price in [
            json!(12_500_000),
            json!(12.5),
            json!("12,50"),
            json!("much"),
        ] {
            let refused = serde_json::from_value::<Destination>(json!({ "price": price }));
            assert!(refused.is_err(), "{price}");
        }
    }
}
