//! Versions that decide leads beside the live one without sending anything.

use pointsman_flow::Document;
use pointsman_history::{FirstChoice, Page, Place};
use pointsman_lead::{Micros, Problem, Timestamp};
use pointsman_store::{
    CatalogRow, Error as StoreError, NewShadow as NewRow, ShadowCellRow, ShadowEnd, ShadowLeadRow,
    ShadowRow, WriteTx,
};
use serde_json::{Value, json};

use crate::{
    Control, Error,
    changes::{ChangeRecord, SettingsChangeKind},
    experiments::{TEXT_MAX_CHARS, no_live},
    names,
};

mod following;

pub(crate) use following::watch;

/// Parts per million in a whole.
const WHOLE_PPM: u32 = 1_000_000;

/// A version to decide leads without sending anything.
#[derive(Debug, Clone)]
pub struct NewShadow {
    /// The flow.
    pub flow: String,
    /// Hash of the version.
    pub version: String,
    /// The share of leads that it decides, in parts per million.
    pub share_ppm: u32,
    /// Why.
    pub note: Option<String>,
    /// Who sets it.
    pub by: String,
}

/// A version that decides leads without sending anything, and what that came to.
#[derive(Debug, Clone)]
pub struct Shadow {
    /// The number in commit order of its start, which names it.
    pub number: i64,
    /// The flow.
    pub flow: String,
    /// Hash of the version.
    pub version: String,
    /// The share of leads that it decides, in parts per million.
    pub share_ppm: u32,
    /// Its start.
    pub since: ShadowChange,
    /// Its end; absent while it goes on.
    pub until: Option<ShadowChange>,
    /// The number in commit order up to which its leads are known.
    pub folded_seq: i64,
    /// Leads that it decided.
    pub leads: u64,
    /// Those that it sends elsewhere first.
    pub moved: u64,
    /// Those of which it cannot be known.
    pub undecided: u64,
}

/// The start or the end of a shadow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShadowChange {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: String,
    /// Why, if somebody said so.
    pub note: Option<String>,
}

/// What leads add up to that the live version treated in one way, and the shadow would have treated in another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShadowCell {
    /// What the live version did first.
    pub live: FirstChoice,
    /// What the shadow would have done first.
    pub candidate: FirstChoice,
    /// Leads.
    pub leads: u64,
    /// Those of them for whose destination nothing is known of caps and breakers.
    pub assumed: u64,
    /// The probabilities that the shadow gives to this, over all leads, in parts per million.
    pub expected_ppm: i64,
    /// Leads that somebody took.
    pub accepted: i64,
    /// What they brought.
    pub revenue: Micros,
}

/// A lead that a shadow sends elsewhere.
#[derive(Debug, Clone, PartialEq)]
pub struct MovedLead {
    /// Its id.
    pub lead_id: String,
    /// What the live version did first.
    pub live: FirstChoice,
    /// What the shadow would have done first.
    pub candidate: FirstChoice,
    /// How likely the shadow is to do so.
    pub probability: f64,
    /// Whether nothing is known of caps and breakers of the destination.
    pub is_assumed: bool,
}

impl From<ShadowRow> for Shadow {
    fn from(row: ShadowRow) -> Self {
        let until = row.until_at.map(|at| ShadowChange {
            at: Timestamp(at),
            by: row.until_by.unwrap_or_default(),
            note: row.until_note,
        });
        Self {
            number: row.since_seq,
            flow: row.flow,
            version: row.version_hash,
            share_ppm: u32::try_from(row.share_ppm).unwrap_or(0),
            since: ShadowChange {
                at: Timestamp(row.since_at),
                by: row.since_by,
                note: row.since_note,
            },
            until,
            folded_seq: row.folded_seq,
            leads: count(row.leads),
            moved: count(row.elsewhere),
            undecided: count(row.undecided),
        }
    }
}

fn count(stored: i64) -> u64 {
    u64::try_from(stored).unwrap_or(0)
}

impl From<ShadowCellRow> for ShadowCell {
    fn from(row: ShadowCellRow) -> Self {
        Self {
            live: FirstChoice::of_key(&row.live),
            candidate: FirstChoice::of_key(&row.candidate),
            leads: count(row.leads),
            assumed: count(row.assumed),
            expected_ppm: row.expected_ppm,
            accepted: row.accepted,
            revenue: Micros(row.revenue),
        }
    }
}

impl From<ShadowLeadRow> for MovedLead {
    fn from(row: ShadowLeadRow) -> Self {
        Self {
            live: FirstChoice::of_key(&row.live),
            candidate: FirstChoice::of_key(&row.candidate),
            lead_id: row.lead_id,
            probability: row.probability,
            is_assumed: row.is_assumed,
        }
    }
}

impl Control {
    /// Lets a version decide leads of its flow that come from now on, without sending anything. The one that did so
    /// before ends.
    ///
    /// # Errors
    ///
    /// [`Error::Problems`] with everything that is wrong with it, [`Error::Flow`] if it would not run,
    /// [`Error::NotFound`] for an unknown flow or version.
    pub async fn set_shadow(&self, new: NewShadow) -> Result<Shadow, Error> {
        self.change(new, |control, new| async move {
            control.set_shadow_in_turn(new).await
        })
        .await
    }

    async fn set_shadow_in_turn(&self, new: NewShadow) -> Result<Shadow, Error> {
        self.refuse_while_rolled_out(&new.flow).await?;
        let note = new.note.as_deref();
        let problem = note.and_then(|note| names::check_text("note", note, TEXT_MAX_CHARS));
        let mut problems: Vec<Problem> = problem.into_iter().collect();
        problems.extend(bad_share(new.share_ppm));
        self.flow_row(&new.flow).await?;
        let Some(live) = self.live_document(&new.flow).await? else {
            problems.push(no_live(&new.flow));
            return Err(Error::Problems(problems));
        };
        let (row, catalog) = match self.shadow_of(&live, &new).await? {
            Ok(shadow) if problems.is_empty() => shadow,
            Ok(_) => return Err(Error::Problems(problems)),
            Err(more) => {
                problems.extend(more);
                return Err(Error::Problems(problems));
            }
        };
        let before = self.open_shadow(&new.flow).await?;
        let change = ChangeRecord::new(SettingsChangeKind::ShadowSet, &new.flow)
            .by(&new.by)
            .because(new.note.as_deref())
            .from(before.as_ref().map(shadow_said))
            .to(json!({ "version": new.version, "share_ppm": new.share_ppm }));
        let known = before.map(|row| row.since_seq);
        let stored = self.store_unrouted(change, move |tx| {
            Box::pin(async move {
                require_shadow(tx, &row.flow, known).await?;
                tx.put_catalog(catalog).await?;
                tx.set_shadow(row).await
            })
        });
        Ok(stored.await?.into())
    }

    /// The rows of a shadow to be set, or what is wrong with it.
    pub(crate) async fn shadow_of(
        &self,
        live: &Document,
        new: &NewShadow,
    ) -> Result<Result<(NewRow, CatalogRow), Vec<Problem>>, Error> {
        let catalog = match self.candidate_catalog(live, &new.version).await? {
            Ok(catalog) => catalog,
            Err(mut problems) => {
                for problem in &mut problems {
                    "version".clone_into(&mut problem.path);
                }
                return Ok(Err(problems));
            }
        };
        let row = NewRow {
            flow: new.flow.clone(),
            version_hash: new.version.clone(),
            catalog_hash: catalog.hash.clone(),
            share_ppm: i64::from(new.share_ppm),
            at: self.inner.clock.now().0,
            by: new.by.clone(),
            note: new.note.clone(),
        };
        Ok(Ok((row, catalog)))
    }

    /// Lets no version decide leads of a flow without sending anything any more. What it came to stays.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if none does, [`Error::Problems`].
    pub async fn clear_shadow(
        &self,
        flow: &str,
        note: Option<String>,
        by: &str,
    ) -> Result<Shadow, Error> {
        let asked = (flow.to_owned(), note, by.to_owned());
        self.change(asked, |control, (flow, note, by)| async move {
            control.refuse_while_rolled_out(&flow).await?;
            let problem = note.as_deref();
            let problem = problem.and_then(|it| names::check_text("note", it, TEXT_MAX_CHARS));
            if let Some(problem) = problem {
                return Err(Error::problem(problem));
            }
            control.clear_shadow_in_turn(flow, note, by).await
        })
        .await
    }

    async fn clear_shadow_in_turn(
        &self,
        flow: String,
        note: Option<String>,
        by: String,
    ) -> Result<Shadow, Error> {
        let open = self.open_shadow(&flow).await?;
        let open = open.ok_or_else(|| Error::not_found("shadow of flow", &flow))?;
        let number = open.since_seq;
        let change = ChangeRecord::new(SettingsChangeKind::ShadowCleared, &flow)
            .by(&by)
            .because(note.as_deref())
            .from(Some(shadow_said(&open)));
        let at = self.inner.clock.now().0;
        let end = ShadowEnd { flow, at, by, note };
        let ended = self.store_unrouted(change, move |tx| {
            Box::pin(async move {
                require_shadow(tx, &end.flow, Some(number)).await?;
                tx.end_shadow(end).await?;
                tx.read().find_shadow(number).await
            })
        });
        let ended = ended.await?;
        let ended = ended.ok_or_else(|| Error::not_found("shadow", &number.to_string()))?;
        Ok(ended.into())
    }

    async fn open_shadow(&self, flow: &str) -> Result<Option<ShadowRow>, Error> {
        let open = self.inner.store.read().open_shadows().await?;
        Ok(open.into_iter().find(|row| row.flow == flow))
    }

    /// The shadows of a flow, the latest first; only that may still go on.
    ///
    /// # Errors
    ///
    /// [`Error::Stored`] and [`Error::Store`].
    pub async fn shadows(
        &self,
        flow: &str,
        after: Option<&Place>,
        limit: u64,
    ) -> Result<Page<Shadow>, Error> {
        let after = after.map(Place::cursor);
        let page = self.inner.store.read().shadows(flow, after, limit).await?;
        Page::of(page, |row| Ok::<_, Error>(Shadow::from(row)))
    }

    /// The latest shadow of a flow, which need not go on.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn latest_shadow(&self, flow: &str) -> Result<Option<Shadow>, Error> {
        let page = self.inner.store.read().shadows(flow, None, 1).await?;
        Ok(page.items.into_iter().next().map(Shadow::from))
    }

    /// What the leads of a shadow add up to; the pair with most leads first.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn shadow_cells(&self, number: i64) -> Result<Vec<ShadowCell>, Error> {
        let rows = self.inner.store.read().shadow_cells(number).await?;
        let mut cells: Vec<ShadowCell> = rows.into_iter().map(ShadowCell::from).collect();
        cells.sort_by_key(|cell| std::cmp::Reverse((cell.leads, cell.expected_ppm)));
        Ok(cells)
    }

    /// The latest leads that a shadow sends elsewhere, the latest first.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn moved_leads(&self, number: i64, limit: u64) -> Result<Vec<MovedLead>, Error> {
        let rows = self.inner.store.read().shadow_leads(number, limit).await?;
        Ok(rows.into_iter().map(MovedLead::from).collect())
    }

    /// How many numbers in commit order have been given out whose leads are not known yet.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn shadow_behind(&self, shadow: &Shadow) -> Result<u64, Error> {
        let row = self.inner.store.read().find_shadow(shadow.number).await?;
        let Some(row) = row else {
            return Ok(0);
        };
        let last = self.inner.store.read().order().await?.number;
        let last = row.until_seq.map_or(last, |until| last.min(until));
        Ok(count(last - row.folded_seq))
    }
}

/// What a shadow says, as it is kept with changes.
fn shadow_said(row: &ShadowRow) -> Value {
    json!({ "version": row.version_hash, "share_ppm": row.share_ppm })
}

/// Refuses where the shadow of a flow is not the one that a change was made from.
async fn require_shadow(tx: &WriteTx, flow: &str, known: Option<i64>) -> Result<(), StoreError> {
    let open = tx.read().open_shadows().await?;
    let open = open.into_iter().find(|row| row.flow == flow);
    if open.map(|row| row.since_seq) == known {
        Ok(())
    } else {
        Err(StoreError::Outdated)
    }
}

fn bad_share(share_ppm: u32) -> Option<Problem> {
    if (1..=WHOLE_PPM).contains(&share_ppm) {
        return None;
    }
    let message = format!("{share_ppm} is not within 1 to 1,000,000 parts per million");
    let problem = Problem::new("out_of_range", "share_ppm", message);
    Some(problem.hint("10,000 are 1 %; nothing is sent, so all leads may take part"))
}
