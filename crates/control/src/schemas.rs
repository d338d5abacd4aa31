//! Lead schemas by vertical.

use std::sync::Arc;

use pointsman_flow::Diagnostic;
use pointsman_history::Routes;
use pointsman_lead::{Schema, Timestamp};
use pointsman_store::{LeadSchemaRow, NewLeadSchema};
use serde_json::{Value, json};

use crate::{
    Control, Error, SettingsChangeKind,
    changes::{ChangeRecord, said},
    routes::{for_all, live_flows, rebuild},
};

/// The lead schema of a vertical as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeadSchema {
    /// The schema itself.
    pub schema: Schema,
    /// Content address of the schema.
    pub hash: String,
    /// When it was first put.
    pub created_at: Timestamp,
    /// When it was last put.
    pub updated_at: Timestamp,
    /// Where it was just put: what is odd about the live flows that read it.
    pub findings: Vec<Diagnostic>,
}

impl LeadSchema {
    fn of(row: &LeadSchemaRow) -> Result<Self, Error> {
        let unreadable = |_| Error::Stored {
            what: format!("the schema of {}", row.vertical),
        };
        Ok(Self {
            schema: Schema::from_json(&row.body).map_err(unreadable)?,
            hash: row.hash.clone(),
            created_at: Timestamp(row.created_at),
            updated_at: Timestamp(row.updated_at),
            findings: Vec::new(),
        })
    }
}

impl Control {
    /// Puts the fields of a vertical in place of those it has, and recompiles the live flows that
    /// read them.
    ///
    /// * `fields`: a list of fields as schemas are written in files.
    ///
    /// # Errors
    ///
    /// [`Error::Problems`] for mistakes in the fields, [`Error::Flow`] for a live flow that would not
    /// run with them.
    pub async fn put_schema(&self, vertical: &str, fields: &Value) -> Result<LeadSchema, Error> {
        let document = json!({ "vertical": vertical, "fields": fields });
        let schema = Schema::from_value(&document).map_err(Error::Problems)?;
        self.change(schema, |control, schema| async move {
            control.put_schema_in_turn(schema).await
        })
        .await
    }

    /// The same, if the schema that is there is the expected one.
    ///
    /// * `expected`: its hash; empty: there must be none yet.
    ///
    /// # Errors
    ///
    /// As [`Control::put_schema`], and [`Error::Conflict`] for another schema than expected.
    pub async fn replace_schema(
        &self,
        vertical: &str,
        fields: &Value,
        expected: &str,
    ) -> Result<LeadSchema, Error> {
        let document = json!({ "vertical": vertical, "fields": fields });
        let schema = Schema::from_value(&document).map_err(Error::Problems)?;
        let expected = expected.to_owned();
        self.change(
            (schema, expected),
            |control, (schema, expected)| async move {
                let present = control.find_schema(schema.vertical()).await?;
                if present.map(|present| present.hash).unwrap_or_default() != expected {
                    let what = format!("the schema of `{}`", schema.vertical());
                    return Err(Error::conflict(what));
                }
                control.put_schema_in_turn(schema).await
            },
        )
        .await
    }

    pub(crate) async fn put_schema_in_turn(&self, schema: Schema) -> Result<LeadSchema, Error> {
        let inner = &self.inner;
        let known = inner.routes.revision();
        let live = live_flows(&inner.store).await?;
        let mut surroundings = for_all(&inner.store, &live).await?;
        let vertical = schema.vertical().to_owned();
        let before = surroundings
            .schemas
            .insert(vertical.clone(), schema.clone());
        let change = ChangeRecord::new(SettingsChangeKind::LeadSchemaPut, &vertical)
            .from(before.as_ref().map(said))
            .to(said(&schema));
        let present = inner.routes.get();
        let mut rebuilt = rebuild(&Arc::new(surroundings), live, &present).await;
        rebuilt.refuse_harm(&present)?;

        let at = inner.clock.now().0;
        let body = serde_json::to_string(&schema).map_err(|_| Error::Stored {
            what: format!("the schema of {vertical}"),
        })?;
        let new = NewLeadSchema {
            vertical: vertical.clone(),
            hash: schema.hash(),
            body,
            at,
        };
        let catalogs = rebuilt.catalogs(at)?;
        let stored = self.store_routed(known, change, |tx| {
            Box::pin(async move {
                tx.put_lead_schema(new).await?;
                for catalog in catalogs {
                    tx.put_catalog(catalog).await?;
                }
                tx.read().find_lead_schema(&vertical).await
            })
        });
        let (row, revision) = stored.await?;
        self.inner.routes.put(Routes {
            revision,
            ..rebuilt.routes
        });
        let row = row.ok_or_else(|| Error::not_found("vertical", schema.vertical()))?;
        Ok(LeadSchema {
            findings: rebuilt.findings,
            ..LeadSchema::of(&row)?
        })
    }

    /// The lead schema of a vertical.
    ///
    /// # Errors
    ///
    /// [`Error::Stored`] and [`Error::Store`].
    pub async fn find_schema(&self, vertical: &str) -> Result<Option<LeadSchema>, Error> {
        let row = self.inner.store.read().find_lead_schema(vertical).await?;
        row.as_ref().map(LeadSchema::of).transpose()
    }

    /// Every lead schema, by vertical.
    ///
    /// # Errors
    ///
    /// [`Error::Stored`] and [`Error::Store`].
    pub async fn schemas(&self) -> Result<Vec<LeadSchema>, Error> {
        self.inner
            .store
            .read()
            .lead_schemas()
            .await?
            .iter()
            .map(LeadSchema::of)
            .collect()
    }
}
