//! A small history in which everything is as it must be, in the real tables.

use std::{collections::BTreeSet, fs, io::Write as _};

use checker::{BUYERS, JOURNAL, Report};
use pointsman_migrations::migrate;
use sea_orm::{ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection};
use tempfile::TempDir;

/// Lead 1 is sold to `a`. Lead 2 is refused by `a` and sold to `b`. Of lead 3 nobody knows what `a` said when the server was
/// killed. Lead 4 is refused by `b`.
const ROWS: &str = r#"
INSERT INTO flow (name, vertical, draft_revision, created_at, updated_at) VALUES ('solar', 'solar', 1, 0, 0);
INSERT INTO flow_version (hash, flow, number, body, message, author, created_at) VALUES ('v', 'solar', 1, '{}', '', '', 0);
INSERT INTO catalog (hash, body, created_at) VALUES ('c', '{}', 0);
INSERT INTO destination (name, target_body, settings_body, revision, created_at, updated_at) VALUES
    ('a', '{}', '{"caps": [{"kind": "accepted", "max": 3, "window": "lifetime"}, {"kind": "offers", "max": 3, "window": "day"}]}', 1, 0, 0),
    ('b', '{}', '{"caps": [{"kind": "in_flight", "max": 2}]}', 1, 0, 0);
INSERT INTO lead (id, seq, vertical, flow, source, idempotency_key, fingerprint, fields_body, unit_key, is_test, mode, status, revenue, received_at) VALUES
    ('lead-1', 1, 'solar', 'solar', 'web', 'k1', '', '{}', '', 0, 'sync', 'sold', 7000000, 0),
    ('lead-2', 4, 'solar', 'solar', 'web', 'k2', '', '{}', '', 0, 'sync', 'sold', 8000000, 0),
    ('lead-3', 9, 'solar', 'solar', 'web', 'k3', '', '{}', '', 0, 'sync', 'held', 0, 0),
    ('lead-4', 12, 'solar', 'solar', 'web', 'k4', '', '{}', '', 0, 'async', 'unsold', 0, 0);
INSERT INTO decision (id, lead_id, flow, version_hash, catalog_hash, semantics, epoch, unit_key, started_seq, end_state, ended_seq) VALUES
    ('x1', 'lead-1', 'solar', 'v', 'c', 2, 0, '', 1, 'sold', 3),
    ('x2', 'lead-2', 'solar', 'v', 'c', 2, 0, '', 4, 'sold', 8),
    ('x3', 'lead-3', 'solar', 'v', 'c', 2, 0, '', 9, 'held', 20),
    ('x4', 'lead-4', 'solar', 'v', 'c', 2, 0, '', 12, 'unsold', 14);
INSERT INTO delivery (id, lead_id, decision_id, n, destination, click_id, state, reserved_seq, settled_seq, price, created_at, deadline_at) VALUES
    ('d1', 'lead-1', 'x1', 0, 'a', 'c1', 'accepted', 2, 3, 5000000, 1, 1),
    ('d2', 'lead-2', 'x2', 0, 'a', 'c2', 'rejected', 5, 6, NULL, 5, 1),
    ('d3', 'lead-2', 'x2', 1, 'b', 'c3', 'accepted', 7, 8, 7000000, 7, 1),
    ('d4', 'lead-3', 'x3', 0, 'a', 'c4', 'held', 10, 20, NULL, 3600000000, 1),
    ('d5', 'lead-4', 'x4', 0, 'b', 'c5', 'rejected', 13, 14, NULL, 13, 1);
INSERT INTO conversion (id, seq, delivery_id, natural_key, click_id, txid, status, original_status, revenue, currency, occurred_at, received_at, raw_body, sales) VALUES
    ('v1', 21, 'd1', 'n1', 'c1', 't1', 'sale', 'sale', 2000000, 'USD', 0, 0, '{}', 1),
    ('v2', 22, 'd3', 'n2', 'c3', 't2', 'sale', 'sale', 1000000, 'USD', 0, 0, '{}', 1);
UPDATE commit_order SET number = 50;
"#;
const TOLD: &str = r#"
{"did":"acknowledged","at":3,"source":"web","key":"k1","lead_id":"lead-1","status":"sold","destination":"a"}
{"did":"acknowledged","at":8,"source":"web","key":"k2","lead_id":"lead-2","status":"sold","destination":"b"}
{"did":"killed","at":25}
{"did":"acknowledged","at":26,"source":"web","key":"k3","lead_id":"lead-3","status":"held","destination":null}
{"did":"acknowledged","at":27,"source":"web","key":"k4","lead_id":"lead-4","status":"queued","destination":null}
{"did":"acknowledged","at":28,"source":"web","key":"k4","lead_id":"lead-4","status":"unsold","destination":null}
"#;
const OF_A: &str = r#"
{"did":"received","at":2,"key":"d1","lead_id":"lead-1","click_id":"c1","takes":true,"says":"yes","price":5000000}
{"did":"answered","at":3,"key":"d1"}
{"did":"received","at":5,"key":"d2","lead_id":"lead-2","click_id":"c2","takes":false,"says":"no","price":null}
{"did":"answered","at":6,"key":"d2"}
{"did":"received","at":20,"key":"d4","lead_id":"lead-3","click_id":"c4","takes":true,"says":"yes","price":5000000}
{"did":"reported","at":21,"click_id":"c1","txid":"t1","event":"sale","amount":2000000,"answer":200}
{"did":"reported","at":22,"click_id":"c1","txid":"t1","event":"sale","amount":2000000,"answer":200}
{"did":"reported","at":22,"click_id":"c9","txid":"t9","event":"sale","amount":2000000,"answer":202}
"#;
const OF_B: &str = r#"
{"did":"received","at":7,"key":"d3","lead_id":"lead-2","click_id":"c3","takes":true,"says":"yes","price":7000000}
{"did":"answered","at":8,"key":"d3"}
{"did":"received","at":13,"key":"d5","lead_id":"lead-4","click_id":"c5","takes":false,"says":"no","price":null}
{"did":"answered","at":14,"key":"d5"}
{"did":"reported","at":23,"click_id":"c3","txid":"t2","event":"sale","amount":1000000,"answer":200}
"#;

/// A history in a folder of its own.
pub(crate) struct History {
    folder: TempDir,
}

impl History {
    /// One in which nothing is wrong.
    pub(crate) async fn honest() -> Self {
        let history = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        let database = history.connect().await;
        migrate(&database).await.unwrap();
        database.close().await.unwrap();
        history.execute(ROWS).await;
        fs::create_dir(history.folder.path().join(BUYERS)).unwrap();
        for (file, lines) in [
            (JOURNAL, TOLD),
            ("buyers/a.ndjson", OF_A),
            ("buyers/b.ndjson", OF_B),
        ] {
            fs::write(history.folder.path().join(file), lines.trim_start()).unwrap();
        }
        history
    }

    fn url(&self, mode: &str) -> String {
        let file = self.folder.path().join("history.db");
        format!("sqlite://{}?mode={mode}", file.display())
    }

    async fn connect(&self) -> DatabaseConnection {
        let mut options = ConnectOptions::new(self.url("rwc"));
        options.max_connections(1).sqlx_logging(false);
        // Boxed: what it holds is too large for the stacks of those who wait.
        Box::pin(Database::connect(options)).await.unwrap()
    }

    /// Runs statements, also such as no key would let through.
    pub(crate) async fn execute(&self, sql: &str) {
        let database = self.connect().await;
        let all = format!("PRAGMA foreign_keys = OFF; {sql}");
        database.execute_unprepared(&all).await.unwrap();
        database.close().await.unwrap();
    }

    /// Adds a line to a file.
    pub(crate) fn write(&self, file: &str, line: &str) {
        let path = self.folder.path().join(file);
        let mut file = fs::OpenOptions::new().append(true).open(path).unwrap();
        writeln!(file, "{line}").unwrap();
    }

    pub(crate) async fn try_report(&self) -> Result<Report, String> {
        let report = checker::check(&self.url("ro"), self.folder.path()).await;
        report.map_err(|error| format!("{error:#}"))
    }

    pub(crate) async fn report(&self) -> Report {
        self.try_report().await.unwrap()
    }

    /// The codes of what is found, each once.
    pub(crate) async fn codes(&self) -> Vec<&'static str> {
        let found = self.report().await.violations;
        let codes: BTreeSet<&str> = found.iter().map(|it| it.code).collect();
        codes.into_iter().collect()
    }
}
