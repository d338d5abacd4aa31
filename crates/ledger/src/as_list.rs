//! Sets, and maps whose keys are no texts, as JSON lists.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub(crate) fn serialize<'a, C, S>(collection: &'a C, serializer: S) -> Result<S::Ok, S::Error>
where
    &'a C: IntoIterator<Item: Serialize>,
    S: Serializer,
{
    serializer.collect_seq(collection)
}

pub(crate) fn deserialize<'de, C, D>(deserializer: D) -> Result<C, D::Error>
where
    C: IntoIterator<Item: Deserialize<'de>> + FromIterator<C::Item>,
    D: Deserializer<'de>,
{
    let items = Vec::<C::Item>::deserialize(deserializer)?;
    Ok(items.into_iter().collect())
}
