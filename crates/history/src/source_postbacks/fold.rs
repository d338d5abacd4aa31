//! Postbacks to sources of a stretch of the commit order.

use std::collections::BTreeMap;

use pointsman_lead::{ALWAYS, Id, Schema, Timestamp, kinds};
use pointsman_source::{PostbackValues, SourcePostback};
use pointsman_store::{LeadRow, Read, SourcePostbackRow, SourcePostbackState};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use super::{
    PostbackContent,
    events::{LeadEvent, events},
    settings::DatedPostbacks,
};
use crate::{
    Error, StoredWalk,
    currencies::Currencies,
    money::payouts::{DatedTerms, Payable},
};

/// Walks that are read at once.
const PAGE: usize = 200;
/// Microseconds in a second.
const SECOND: i64 = 1_000_000;

/// What trackers are told of stretches of the commit order. It remembers nothing but the currencies of versions.
#[derive(Debug, Default)]
pub struct PostbackFold {
    currencies: Currencies,
}

impl PostbackFold {
    /// What is to be told of a stretch, by number.
    ///
    /// * `from`, `until`: numbers in commit order, the first excluded. All up to `until` are committed.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], and [`Error::Stored`] for rows that this release cannot read.
    pub async fn between(
        &mut self,
        read: &Read<'_>,
        from: i64,
        until: i64,
    ) -> Result<Vec<SourcePostbackRow>, Error> {
        let settings = DatedPostbacks::load(read).await?;
        if settings.since().is_none_or(|since| since > until) {
            return Ok(Vec::new());
        }
        let terms = DatedTerms::load(read).await?;
        let schemas = schemas(read).await?;
        let touched = read.decisions_numbered(from, until).await?;
        let touched: Vec<String> = touched.into_iter().collect();
        let mut rows = Vec::new();
        for ids in touched.chunks(PAGE) {
            let decisions = read.decisions_by_id(ids).await?;
            self.currencies.learn(read, &decisions).await?;
            for walk in StoredWalk::load(read, decisions).await? {
                let lead = &walk.lead;
                if !settings.has(&lead.source) {
                    continue;
                }
                let payable = Payable::new(terms.of(lead), self.currencies.of(&walk.decision));
                let fields = Fields::of(lead, schemas.get(&lead.vertical))?;
                for event in events(&walk, &payable, (from, until)) {
                    let postbacks = settings.at(&lead.source, event.number);
                    let told = postbacks.iter().enumerate();
                    let told = told.filter(|(_, postback)| postback.on == event.event);
                    for (position, postback) in told {
                        rows.push(row(&walk, event, (position, postback), &fields)?);
                    }
                }
            }
        }
        rows.sort_by(|a, b| (a.number, &a.id).cmp(&(b.number, &b.id)));
        Ok(rows)
    }
}

/// The schemas of today, by vertical.
async fn schemas(read: &Read<'_>) -> Result<BTreeMap<String, Schema>, Error> {
    let rows = read.lead_schemas().await?.into_iter();
    let schemas = rows.map(|row| {
        let schema = serde_json::from_str(&row.body).map_err(|_| Error::Stored {
            what: format!("the lead schema of {}", row.vertical),
        })?;
        Ok((row.vertical, schema))
    });
    schemas.collect()
}

/// The fields of a lead that tell nobody who a person is.
struct Fields(Map<String, Value>);

impl Fields {
    fn of(lead: &LeadRow, schema: Option<&Schema>) -> Result<Self, Error> {
        // Without them a tracker would be told less than was agreed, and nobody would know.
        let fields: Map<String, Value> =
            serde_json::from_str(&lead.fields_body).map_err(|_| Error::Stored {
                what: format!("the fields of lead {}", lead.id),
            })?;
        let is_open = |name: &str| {
            // Of an erased lead there are values that stand in for those that were removed.
            let known = schema.filter(|_| !lead.is_erased());
            let found = known.and_then(|schema| Some((schema, schema.find(name)?)));
            ALWAYS.contains(&name) || found.is_some_and(|(schema, it)| !schema.field(it).pii)
        };
        let open = fields.into_iter().filter(|(name, _)| is_open(name));
        Ok(Self(open.collect()))
    }

    /// Those that a postback names.
    fn named_by(&self, postback: &SourcePostback) -> Map<String, Value> {
        let named = postback.fields().into_iter();
        let found = named.filter_map(|name| Some((name.to_owned(), self.0.get(name)?.clone())));
        found.collect()
    }
}

/// What tells of an event, to be stored. Of one event there is one id.
fn row(
    walk: &StoredWalk,
    event: LeadEvent,
    (position, postback): (usize, &SourcePostback),
    fields: &Fields,
) -> Result<SourcePostbackRow, Error> {
    let lead = &walk.lead;
    let (word, number) = (event.event.word(), event.number);
    let hash = Sha256::digest(format!("{}/{word}/{number}/{position}", lead.id));
    let mut random = [0; 10];
    random.copy_from_slice(&hash[..10]);
    let id: Id<kinds::SourcePostback> = Id::new(Timestamp(event.at), random);
    let money = event.money;
    let values = PostbackValues {
        postback_id: id.to_string(),
        lead_id: lead.id.clone(),
        source: lead.source.clone(),
        flow: walk.decision.flow.clone(),
        event: word.to_owned(),
        status: event.status.word().to_owned(),
        payout: money.map_or_else(String::new, |it| it.payout.to_string()),
        payout_total: money.map_or_else(String::new, |it| it.total.to_string()),
        currency: money.map_or_else(String::new, |it| it.currency.to_string()),
        event_time: event.at.div_euclid(SECOND),
        fields: fields.named_by(postback),
    };
    let content = PostbackContent {
        postback: postback.clone(),
        values,
    };
    Ok(SourcePostbackRow {
        id: id.to_string(),
        lead_id: lead.id.clone(),
        source: lead.source.clone(),
        event: word.to_owned(),
        number,
        position: i64::try_from(position).unwrap_or(i64::MAX),
        at: event.at,
        content_body: serde_json::to_string(&content).map_err(|_| Error::Stored {
            what: format!("a postback of lead {}", lead.id),
        })?,
        state: SourcePostbackState::Waiting,
        due_at: Some(event.at),
        n_attempts: 0,
        n_before: 0,
        attempted_at: None,
        status: None,
        error: None,
        answer_excerpt: None,
    })
}
