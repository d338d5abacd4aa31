//! Leases: what processes hold while they serve, and the work that one of them does for all.

use sea_orm::{
    ConnectionTrait as _, FromQueryResult as _, QueryFilter as _, QueryOrder as _, Statement,
    entity::prelude::*,
};

use crate::{Error, Read, WriteTx};

/// A lease.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "lease")]
pub struct Model {
    /// 1 for the first, and one more for each.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i64,
    /// The process as people know it.
    pub node: String,
    /// Version of its program.
    pub program: String,
    /// When it began, microseconds; like the two below by the clock of a database that processes share.
    pub began_at: i64,
    /// When its process last showed that it is there.
    pub renewed_at: i64,
    /// When others may take over what it has under way.
    pub expires_at: i64,
    /// The lease that took that over; absent: none.
    pub taken_by: Option<i64>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// A lease to begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLease {
    /// The process as people know it.
    pub node: String,
    /// Version of its program.
    pub program: String,
    /// Now, microseconds.
    pub now: i64,
    /// When it runs out.
    pub expires_at: i64,
}

impl WriteTx {
    /// Begins a lease and gives its number.
    ///
    /// # Errors
    ///
    /// [`Error::Conflict`] if another process was faster; try again.
    pub async fn begin_lease(&self, new: NewLease) -> Result<i64, Error> {
        let NewLease {
            node,
            program,
            now,
            expires_at,
        } = new;
        let statement = Statement::from_sql_and_values(
            self.read().backend(),
            "INSERT INTO lease (number, node, program, began_at, renewed_at, expires_at)
             SELECT MAX(number) + 1, $1, $2, $3, $4, $5 FROM lease
             RETURNING number",
            [
                node.into(),
                program.into(),
                now.into(),
                now.into(),
                expires_at.into(),
            ],
        );
        let row = self.tx.query_one_raw(statement).await?;
        let row = row.ok_or_else(|| Error::not_found("lease"))?;
        Ok(row.try_get("", "number")?)
    }

    /// Renews a lease, also one that has run out, unless it was taken over; whether it was not.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn renew_lease(&self, number: i64, now: i64, expires_at: i64) -> Result<bool, Error> {
        let renewed = Entity::update_many()
            .col_expr(Column::RenewedAt, now.into())
            .col_expr(Column::ExpiresAt, expires_at.into())
            .filter(Column::Number.eq(number))
            .filter(Column::TakenBy.is_null())
            .exec(&self.tx)
            .await?;
        Ok(renewed.rows_affected == 1)
    }

    /// Takes over what is under way of every lease that has run out, and what those had taken over; gives the numbers
    /// of all of them.
    ///
    /// * `by`: a lease that has not run out.
    /// * `node`: leases of this name are taken over also before they run out; empty: of none.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn take_over_leases(&self, by: i64, node: &str, now: i64) -> Result<Vec<i64>, Error> {
        let statement = Statement::from_sql_and_values(
            self.read().backend(),
            "WITH ended AS (
                SELECT number FROM lease
                WHERE taken_by IS NULL AND number <> $1 AND (expires_at <= $2 OR node = $3)
             )
             UPDATE lease SET taken_by = $4
             WHERE number IN (SELECT number FROM ended) OR taken_by IN (SELECT number FROM ended)
             RETURNING number",
            [by.into(), now.into(), node.into(), by.into()],
        );
        let rows = self.tx.query_all_raw(statement).await?;
        let numbers = rows.iter().map(|row| row.try_get("", "number"));
        let mut numbers = numbers.collect::<Result<Vec<i64>, _>>()?;
        numbers.sort_unstable();
        Ok(numbers)
    }

    /// Gives a piece of work that one process does for all to a lease, if it is nobody's whose lease still runs;
    /// whether it is that lease's now. Work that nobody has claimed before is nobody's.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn claim_duty(&self, name: &str, lease: i64, now: i64) -> Result<bool, Error> {
        let statement = Statement::from_sql_and_values(
            self.read().backend(),
            "INSERT INTO duty (name, lease) VALUES ($1, $2)
             ON CONFLICT (name) DO UPDATE SET lease = excluded.lease
             WHERE duty.lease = excluded.lease OR duty.lease NOT IN (
                SELECT number FROM lease WHERE taken_by IS NULL AND expires_at > $3
             )",
            [name.into(), lease.into(), now.into()],
        );
        Ok(self.tx.execute_raw(statement).await?.rows_affected() == 1)
    }
}

impl Read<'_> {
    /// The leases that nobody has taken over, the oldest first.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn open_leases(&self) -> Result<Vec<Model>, Error> {
        let leases = Entity::find()
            .filter(Column::TakenBy.is_null())
            .order_by_asc(Column::Number)
            .all(&self.executor)
            .await?;
        Ok(leases)
    }

    /// Work that one process does for all, by its name, and the lease of that process.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn duties(&self) -> Result<Vec<(String, i64)>, Error> {
        let sql = "SELECT name, lease FROM duty ORDER BY name";
        let statement = Statement::from_string(self.backend(), sql);
        let rows = self.executor.query_all_raw(statement).await?;
        let duties = rows
            .iter()
            .map(|row| Ok::<_, Error>((row.try_get("", "name")?, row.try_get("", "lease")?)));
        duties.collect()
    }

    /// The lease whose process does a piece of work for all; absent if there is no such work.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn duty(&self, name: &str) -> Result<Option<Model>, Error> {
        let statement = Statement::from_sql_and_values(
            self.backend(),
            "SELECT lease.* FROM lease JOIN duty ON duty.lease = lease.number WHERE duty.name = $1",
            [name.into()],
        );
        let row = self.executor.query_one_raw(statement).await?;
        Ok(row
            .map(|row| Model::from_query_result(&row, ""))
            .transpose()?)
    }
}
