//! Postbacks of clicks that nobody knows.

use anyhow::Result;
use sea_orm::{ConnectionTrait as _, DbBackend};

use crate::{multiply::be_quick, report::Bar, template::Pace, url::Url};

/// Postbacks of one statement.
const PIECE: u64 = 50_000;

/// Parks postbacks, spread over the year.
///
/// * `n_leads`: how many leads the history has.
pub(crate) async fn park(url: &Url, n_parked: u64, n_leads: u64, pace: Pace) -> Result<()> {
    let connection = url.writer().await?;
    be_quick(&connection).await?;
    let bar = Bar::new("parking postbacks", n_parked);
    let length = pace.gap * i64::try_from(n_leads)?;
    let gap = length / i64::try_from(n_parked.max(1))?;
    let (hex, random) = match connection.get_database_backend() {
        DbBackend::Postgres => (
            "lpad(to_hex(at / 1000), 12, '0') || '7000' || '8' || lpad(to_hex(n), 15, '0')",
            "md5(random()::text || n) || md5(random()::text)",
        ),
        _ => (
            "printf('%012x70008%015x', at / 1000, n)",
            "lower(hex(randomblob(32)))",
        ),
    };
    let start = pace.start.0;
    let mut first = 0;
    while first < n_parked {
        let last = (first + PIECE).min(n_parked) - 1;
        let sql = format!(
            "WITH RECURSIVE number (n) AS (
                 SELECT CAST({first} AS BIGINT) UNION ALL SELECT n + 1 FROM number WHERE n < {last}
             ), timed AS (SELECT n, {start} + n * {gap} AS at FROM number)
             INSERT INTO parked_postback (id, click_id, natural_key, raw_body, received_at, reason)
             SELECT 'pbk_' || {hex}, 'clk_' || {hex}, {random},
                 '{{\"click_id\":\"clk_' || {hex} || '\",\"payout\":\"3.25\",\"status\":\"sale\"}}', at, 'unknown_click'
             FROM timed"
        );
        connection.execute_unprepared(&sql).await?;
        bar.add(last + 1 - first);
        first = last + 1;
    }
    bar.done();
    Ok(connection.close().await?)
}
