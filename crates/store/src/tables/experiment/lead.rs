//! The leads that take part in experiments, and the first arm of each unit.

use std::collections::BTreeMap;

use sea_orm::{
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, entity::prelude::*,
    sea_query::OnConflict,
};

use crate::{Error, Read, WriteTx, batch};

/// A lead that takes part in an experiment.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "experiment_lead")]
pub struct Model {
    /// The experiment.
    #[sea_orm(primary_key, auto_increment = false)]
    pub experiment: String,
    /// The lead.
    #[sea_orm(primary_key, auto_increment = false)]
    pub lead_id: String,
    /// What its arm was drawn by.
    pub unit: String,
    /// The arm that its unit was given first.
    pub arm: String,
    /// Whether it drew another one.
    pub is_crossed: bool,
    /// The weights of the arms that its unit could draw first, JSON.
    pub weights_body: String,
    /// Whether all arms could be drawn that are compared.
    pub is_comparable: bool,
    /// The version that it was decided by.
    pub version_hash: String,
    /// The draw in commit order.
    pub seq: i64,
    /// When it was drawn, microseconds.
    pub drawn_at: i64,
    /// Whether its walk goes on, or an answer is unknown.
    pub is_open: bool,
    /// 1 if somebody took it.
    pub accepted: i64,
    /// 1 if a sale was reported.
    pub converted: i64,
    /// 1 if something was taken back.
    pub returned: i64,
    /// What it brought, micro-units.
    pub revenue: i64,
    /// How long it was on its way, milliseconds.
    pub latency_ms: i64,
    /// 1 if that is more than the plan allows.
    pub slow: i64,
    /// The first covariate of the plan, in millionths; absent where the lead has none, like those that follow.
    pub covariate_1: Option<i64>,
    /// The second.
    pub covariate_2: Option<i64>,
    /// The third.
    pub covariate_3: Option<i64>,
    /// The fourth.
    pub covariate_4: Option<i64>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The first arms of units.
mod assignment {
    use sea_orm::entity::prelude::*;

    #[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "assignment")]
    pub(super) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub(super) experiment: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub(super) unit: String,
        pub(super) arm: String,
        pub(super) weights_body: String,
        pub(super) seq: i64,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub(super) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// What a unit was given first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstArm {
    /// The arm.
    pub arm: String,
    /// The weights of the arms that it could draw, JSON.
    pub weights_body: String,
    /// The draw in commit order.
    pub seq: i64,
}

impl FirstArm {
    /// What a lead gives its unit, if that has nothing yet.
    pub fn of(lead: &Model) -> Self {
        Self {
            arm: lead.arm.clone(),
            weights_body: lead.weights_body.clone(),
            seq: lead.seq,
        }
    }

    /// Lets a lead count for it, whatever the lead drew, unless that was before.
    pub fn give(&self, lead: &mut Model) {
        // Something may be reported of a lead long after its unit was given an arm by another lead.
        if lead.seq < self.seq {
            return;
        }
        lead.is_crossed = self.arm != lead.arm;
        lead.arm.clone_from(&self.arm);
        lead.weights_body.clone_from(&self.weights_body);
    }
}

impl WriteTx {
    /// Gives units their first arms, unless they have one, and gives those of all of them, by unit.
    ///
    /// * `drawn`: leads that drew, in commit order. Draws in which not all arms could be drawn give no arm.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if there is no such experiment.
    pub async fn assign(
        &self,
        experiment: &str,
        drawn: &[Model],
    ) -> Result<BTreeMap<String, FirstArm>, Error> {
        // One after another: of two draws in one statement the database would take either.
        for lead in drawn.iter().filter(|lead| lead.is_comparable) {
            let row = assignment::Model {
                experiment: experiment.to_owned(),
                unit: lead.unit.clone(),
                arm: lead.arm.clone(),
                weights_body: lead.weights_body.clone(),
                seq: lead.seq,
            };
            let keep = [assignment::Column::Experiment, assignment::Column::Unit];
            let keep = OnConflict::columns(keep).do_nothing().to_owned();
            assignment::Entity::insert(row.into_active_model())
                .on_conflict(keep)
                .exec_without_returning(&self.tx)
                .await?;
        }
        let units: Vec<String> = drawn.iter().map(|lead| lead.unit.clone()).collect();
        let mut arms = BTreeMap::new();
        for chunk in units.chunks(200) {
            let rows = assignment::Entity::find()
                .filter(assignment::Column::Experiment.eq(experiment))
                .filter(assignment::Column::Unit.is_in(chunk))
                .all(&self.tx)
                .await?;
            arms.extend(rows.into_iter().map(|row| {
                let first = FirstArm {
                    arm: row.arm,
                    weights_body: row.weights_body,
                    seq: row.seq,
                };
                (row.unit, first)
            }));
        }
        Ok(arms)
    }

    /// Puts leads of an experiment in place of what is stored of them.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if there is no such experiment or lead.
    pub async fn put_experiment_leads(
        &self,
        experiment: &str,
        rows: Vec<Model>,
    ) -> Result<(), Error> {
        let ids: Vec<String> = rows.iter().map(|row| row.lead_id.clone()).collect();
        for chunk in ids.chunks(200) {
            Entity::delete_many()
                .filter(Column::Experiment.eq(experiment))
                .filter(Column::LeadId.is_in(chunk))
                .exec(&self.tx)
                .await?;
        }
        batch::insert(&self.tx, rows).await
    }
}

impl Read<'_> {
    /// The leads of an experiment in commit order of their draws.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn experiment_leads(
        &self,
        experiment: &str,
        after_seq: i64,
        limit: u64,
    ) -> Result<Vec<Model>, Error> {
        let select = Entity::find().filter(Column::Experiment.eq(experiment));
        let select = select.filter(Column::Seq.gt(after_seq));
        let select = select.order_by_asc(Column::Seq).limit(limit);
        Ok(select.all(&self.executor).await?)
    }
}
