//! Databases with a flow, a buyer and a token in them, each for one measurement.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use pointsman_control::{NewDestination, NewToken, Publication, Role};
use pointsman_flow::Document;
use pointsman_testkit::World;
use sea_orm::sqlx::{self, Connection as _, Executor as _, PgConnection};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{options::Options, service::Service};

/// What becomes of the leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Setup {
    /// A rule says no: lead, decision and step.
    Decided,
    /// The buyer takes it at once: lead, decision, two steps, delivery and attempt.
    Sold,
}

impl Setup {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Decided => "decided",
            Self::Sold => "sold",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [Self::Decided, Self::Sold]
            .into_iter()
            .find(|it| it.name() == name)
    }

    /// What the answers to all leads hold.
    pub(crate) fn answer(self) -> &'static str {
        match self {
            Self::Decided => r#""status":"declined""#,
            Self::Sold => r#""status":"sold""#,
        }
    }

    /// The node where all leads end.
    fn end(self) -> &'static str {
        match self {
            Self::Decided => "nobody",
            Self::Sold => "buyer",
        }
    }

    /// The flow of its name. Both have rules by state and a score; they differ in where all leads end.
    fn document(self) -> Value {
        let last = match self {
            Self::Decided => json!({"kind": "reject", "reason": "nobody buys such leads"}),
            Self::Sold => json!({"kind": "destination"}),
        };
        let end = self.end();
        json!({
            "flow": self.name(), "vertical": "auto-insurance", "currency": "USD", "root": "by-state",
            "nodes": {
                "by-state": {"kind": "table", "columns": ["state", "age"], "otherwise": "graded", "rows": [
                    {"cells": [["AK", "HI"], null], "to": "shared"},
                    {"cells": [["CA", "TX"], {"to": 21}], "to": "shared"},
                ]},
                "quality": {"kind": "scorecard", "points": [
                    {"if": "credit == 'good' || credit == 'excellent'", "points": 50},
                    {"if": "home_owner", "points": 20},
                    {"if": "currently_insured", "points": 20},
                ]},
                "graded": {"kind": "when", "if": "quality >= 50", "then": end, "otherwise": "shared"},
                "shared": {"kind": "split", "arms": [
                    {"name": "a", "weight_ppm": 500_000, "to": end},
                    {"name": "b", "weight_ppm": 500_000, "to": end},
                ]},
                end: last,
            },
        })
    }
}

/// Where databases come from: copies of one that holds what leads need.
#[derive(Debug)]
pub(crate) struct Site {
    origin: Origin,
    /// What sources authenticate with.
    pub(crate) token: String,
    /// A version of each flow that is not live.
    others: Vec<(Setup, String)>,
}

#[derive(Debug)]
enum Origin {
    Files {
        folder: PathBuf,
        /// Removed with everything in it when this is dropped.
        _temporary: Option<TempDir>,
    },
    Server {
        /// The URL without the name of the database.
        base: String,
        url: String,
    },
}

/// The database that all others are copies of.
const TEMPLATE: &str = "pointsman_intake_template";

impl Site {
    /// * `buyer`: where the buyer is.
    pub(crate) async fn open(options: &Options, buyer: &str) -> Result<Self> {
        let origin = match (&options.database, &options.folder) {
            (Some(url), _) => {
                let (base, _) = url.rsplit_once('/').context("the URL names no database")?;
                Origin::Server {
                    base: base.to_owned(),
                    url: url.clone(),
                }
            }
            (None, Some(folder)) => Origin::Files {
                folder: folder.clone(),
                _temporary: None,
            },
            (None, None) => {
                let temporary = tempfile::tempdir()?;
                Origin::Files {
                    folder: temporary.path().to_owned(),
                    _temporary: Some(temporary),
                }
            }
        };
        let mut site = Self {
            origin,
            token: String::new(),
            others: Vec::new(),
        };
        site.remove(TEMPLATE).await?;
        if let Origin::Server { .. } = site.origin {
            site.ask(&format!("CREATE DATABASE {TEMPLATE}")).await?;
        }
        let service = Service::start(&site.url(TEMPLATE), "bench").await?;
        (site.token, site.others) = configure(&service, buyer).await?;
        service.stop().await?;
        Ok(site)
    }

    /// A new database, under this name.
    pub(crate) async fn database(&self, name: &str) -> Result<String> {
        self.remove(name).await?;
        match &self.origin {
            Origin::Files { folder, .. } => {
                std::fs::copy(file(folder, TEMPLATE), file(folder, name))?;
            }
            Origin::Server { .. } => {
                let sql = format!("CREATE DATABASE {name} TEMPLATE {TEMPLATE}");
                self.ask(&sql).await?;
            }
        }
        Ok(self.url(name))
    }

    /// Removes a database if it is there.
    pub(crate) async fn remove(&self, name: &str) -> Result<()> {
        match &self.origin {
            Origin::Files { folder, .. } => {
                let path = file(folder, name).into_os_string();
                for ending in ["", "-wal", "-shm", ".lock"] {
                    let mut path = path.clone();
                    path.push(ending);
                    // What is not there need not go.
                    let _ = std::fs::remove_file(path);
                }
                Ok(())
            }
            Origin::Server { .. } => {
                let sql = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
                self.ask(&sql).await
            }
        }
    }

    /// Whether several servers may use one of its databases.
    pub(crate) fn is_shared(&self) -> bool {
        matches!(self.origin, Origin::Server { .. })
    }

    /// The hash of a version of a setup's flow that is not live.
    pub(crate) fn other_version(&self, setup: Setup) -> Option<&str> {
        let mut others = self.others.iter();
        let found = others.find(|(of, _)| *of == setup);
        found.map(|(_, hash)| hash.as_str())
    }

    /// What the databases are on.
    pub(crate) fn kind(&self) -> &'static str {
        match &self.origin {
            Origin::Files { .. } => "SQLite, WAL, synchronous=FULL",
            Origin::Server { .. } => "PostgreSQL",
        }
    }

    fn url(&self, name: &str) -> String {
        match &self.origin {
            Origin::Files { folder, .. } => format!("sqlite://{}", file(folder, name).display()),
            Origin::Server { base, .. } => format!("{base}/{name}"),
        }
    }

    async fn ask(&self, sql: &str) -> Result<()> {
        if let Origin::Server { url, .. } = &self.origin {
            let mut connection = PgConnection::connect(url).await?;
            let sql = sqlx::AssertSqlSafe(sql.to_owned());
            connection.execute(sqlx::raw_sql(sql)).await?;
            connection.close().await?;
        }
        Ok(())
    }
}

fn file(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.db"))
}

/// Puts schema, buyer and flows in, and gives the token of a source and the other version of each flow.
async fn configure(service: &Service, buyer: &str) -> Result<(String, Vec<(Setup, String)>)> {
    let control = &service.control;
    let schema = World::new(0).schema_json();
    control
        .put_schema("auto-insurance", &schema["fields"])
        .await?;
    let target = json!({
        "url": buyer,
        "headers": {"X-Api-Key": "{{secret.api_key}}"},
        "secrets": {"api_key": "bench-key-1"},
        "body": {
            "lead_id": "{{lead_id}}", "click_id": "{{click_id}}", "external_id": "{{sub_id_5}}",
            "state": "{{lead.state}}", "credit": "{{lead.credit}}", "age": "{{lead.age}}",
            "home_owner": "{{lead.home_owner}}", "phone": "{{lead.phone}}", "email": "{{lead.email}}",
            "name": "{{lead.first_name}} {{lead.last_name}}",
        },
        "response": {"accepted": [{"path": "$.ok", "equals": true}]},
    });
    let destination = NewDestination {
        name: "buyer".to_owned(),
        target,
        settings: json!({"price": "12.50"}),
        vertical: None,
        expected_revision: Some(0),
    };
    control.put_destination(destination).await?;
    let mut others = Vec::new();
    for setup in [Setup::Decided, Setup::Sold] {
        // The second version is not live, and asks for more.
        let mut other = setup.document();
        other["nodes"]["graded"]["if"] = "quality >= 70".into();
        for document in [setup.document(), other] {
            let document: Document = serde_json::from_value(document)?;
            control.save_draft(document, None).await?;
            let publication = Publication {
                flow: setup.name().to_owned(),
                message: "for the benchmark".to_owned(),
                author: "bench".to_owned(),
                expected_revision: None,
                set_live_if_first: true,
            };
            let published = control.publish(publication).await?;
            others.retain(|(of, _)| *of != setup);
            others.push((setup, published.version.hash));
        }
    }
    let token = NewToken {
        name: "bench".to_owned(),
        role: Role::Source,
        source: None,
        destination: None,
    };
    Ok((control.create_token(token).await?.secret, others))
}
