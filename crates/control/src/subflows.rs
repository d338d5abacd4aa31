//! What flows mean by the names of other flows: versions by hash, and the live ones.

use std::collections::{BTreeMap, BTreeSet};

use pointsman_flow::{Document, Hash, Subflow};
use pointsman_store::Store;

use crate::{
    Error,
    routes::{LIVE, LiveFlow, read_document},
};

/// A live stage that is about to point to another version, with the document of that version.
#[derive(Debug, Clone)]
pub(crate) struct Moving {
    pub(crate) flow: String,
    pub(crate) document: Document,
}

/// Everything that some documents refer to, and what that refers to in turn.
///
/// Flows that nothing refers to are there by name alone, so that a slip of the pen can be told. Without
/// any reference nothing is read.
///
/// # Errors
///
/// [`Error::Stored`] for a version that this release cannot read, and [`Error::Store`].
pub async fn subflows_of(
    store: &Store,
    documents: &[&Document],
) -> Result<BTreeMap<String, Subflow>, Error> {
    resolve(store, documents, None).await
}

/// As [`subflows_of`], with one live stage as it is about to be.
pub(crate) async fn resolve(
    store: &Store,
    documents: &[&Document],
    moving: Option<&Moving>,
) -> Result<BTreeMap<String, Subflow>, Error> {
    let mut wanted: BTreeSet<Wanted> = documents.iter().copied().flat_map(references).collect();
    let mut subflows = BTreeMap::new();
    if wanted.is_empty() {
        return Ok(subflows);
    }
    for row in store.read().flows().await? {
        subflows.insert(row.name, Subflow::default());
    }
    let stages = store.read().stages().await?.into_iter();
    let mut live: BTreeMap<String, Hash> = stages
        .filter(|stage| stage.name == LIVE)
        .map(|stage| Ok((stage.flow, read_hash(&stage.version_hash)?)))
        .collect::<Result<_, Error>>()?;
    let mut known: BTreeMap<Hash, Document> = BTreeMap::new();
    if let Some(Moving { flow, document }) = moving {
        let hash = document.hash();
        subflows.entry(flow.clone()).or_default();
        live.insert(flow.clone(), hash);
        known.insert(hash, document.clone());
    }
    // Each round reads the versions that those of the round before refer to.
    let mut seen: BTreeSet<Wanted> = BTreeSet::new();
    while !wanted.is_empty() {
        let mut found: BTreeSet<(String, Hash)> = BTreeSet::new();
        for (flow, version) in &wanted {
            let hash = version.or_else(|| live.get(flow).copied());
            if let (Some(hash), Some(subflow)) = (hash, subflows.get_mut(flow)) {
                subflow.live = subflow.live.or(version.is_none().then_some(hash));
                found.insert((flow.clone(), hash));
            }
        }
        let unread = found.iter().filter(|(_, hash)| !known.contains_key(hash));
        let hashes: Vec<String> = unread.map(|(_, hash)| hash.to_string()).collect();
        for row in store.read().flow_versions(&hashes).await? {
            let document = read_document(&row.hash, &row.body)?;
            known.insert(read_hash(&row.hash)?, document);
        }
        seen.append(&mut wanted);
        for (flow, hash) in found {
            // A version of another flow is none of this one; the checks say so.
            let document = known.get(&hash).filter(|document| document.flow == flow);
            if let (Some(document), Some(subflow)) = (document, subflows.get_mut(&flow)) {
                wanted.extend(references(document).filter(|wanted| !seen.contains(wanted)));
                subflow.versions.insert(hash, document.clone());
            }
        }
    }
    Ok(subflows)
}

/// A flow, and its version; none: the live one.
type Wanted = (String, Option<Hash>);

fn references(document: &Document) -> impl Iterator<Item = Wanted> + '_ {
    let subflows = document.subflows().into_iter();
    subflows.map(|(flow, version)| (flow.to_owned(), version))
}

fn read_hash(hash: &str) -> Result<Hash, Error> {
    hash.parse().map_err(|_| Error::Stored {
        what: format!("the hash `{hash}` of a flow version"),
    })
}

/// The live flows that follow the live version of a flow, themselves or through others.
///
/// * `subflows`: what all of them refer to.
pub(crate) fn followers(
    flow: &str,
    live: Vec<LiveFlow>,
    subflows: &BTreeMap<String, Subflow>,
) -> Vec<LiveFlow> {
    let follows = |parent: &LiveFlow| {
        let mut seen: BTreeSet<Wanted> = BTreeSet::new();
        let mut open: Vec<Wanted> = references(&parent.document).collect();
        while let Some((name, version)) = open.pop() {
            if name == flow && version.is_none() {
                return true;
            }
            if !seen.insert((name.clone(), version)) {
                continue;
            }
            let subflow = subflows.get(&name);
            let document = subflow.and_then(|it| it.versions.get(&version.or(it.live)?));
            open.extend(document.into_iter().flat_map(references));
        }
        false
    };
    live.into_iter()
        .filter(|parent| parent.flow != flow && follows(parent))
        .collect()
}
