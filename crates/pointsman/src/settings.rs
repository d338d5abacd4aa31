//! Settings: compiled-in defaults, then a file, then the environment, then flags.

use std::{collections::BTreeMap, net::SocketAddr, path::Path, time::Duration};

use anyhow::{Context as _, bail};
use pointsman_api::AlertOptions;
use pointsman_engine::Suppression;
use pointsman_store::{Durability, MasterKeys};
use serde::{Deserialize, Serialize};
use toml::{Table, Value};
use url::Url;

const DEFAULTS: &str = include_str!("defaults.toml");
const FILE: &str = "pointsman.toml";
const PREFIX: &str = "POINTSMAN_";
/// Variables with the prefix that are not settings, among them the path of the settings file and the token of commands.
const NOT_SETTINGS: &[&str] = &[
    "POINTSMAN_CONFIG",
    "POINTSMAN_TOKEN",
    "POINTSMAN_TEST_POSTGRES",
    "POINTSMAN_CI_CACHE",
];

/// The settings in force. `defaults.toml` says what each means.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    pub(crate) database_url: String,
    pub(crate) listen: String,
    pub(crate) metrics_listen: String,
    pub(crate) public_url: String,
    pub(crate) node: String,
    pub(crate) durability: DurabilityName,
    pub(crate) allow_networks: Vec<String>,
    pub(crate) graphiql: bool,
    pub(crate) offers_per_destination_max: u32,
    pub(crate) shutdown_timeout_s: u64,
    pub(crate) simulation_leads_max: u64,
    pub(crate) parked_postbacks_days: u32,
    pub(crate) master_keys: String,
    pub(crate) suppression: SuppressionName,
    pub(crate) alerts_url: String,
    pub(crate) alerts_silence_minutes: u32,
    pub(crate) alerts_failures_percent: u32,
    pub(crate) log_format: LogFormat,
    pub(crate) log_filter: String,
}

/// How safe a commit is.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DurabilityName {
    Full,
    Normal,
}

impl From<DurabilityName> for Durability {
    fn from(name: DurabilityName) -> Self {
        match name {
            DurabilityName::Full => Self::Full,
            DurabilityName::Normal => Self::Normal,
        }
    }
}

/// What becomes of leads of persons on the suppression list.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SuppressionName {
    Refuse,
    Decline,
}

impl From<SuppressionName> for Suppression {
    fn from(name: SuppressionName) -> Self {
        match name {
            SuppressionName::Refuse => Self::Refuse,
            SuppressionName::Decline => Self::Decline,
        }
    }
}

/// The form of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LogFormat {
    Text,
    Json,
}

impl Settings {
    /// Reads all layers but the flags.
    ///
    /// # Errors
    ///
    /// An unknown key or variable, or a value of the wrong kind, with the name of its layer.
    pub(crate) fn load(
        file: Option<&Path>,
        environment: &BTreeMap<String, String>,
    ) -> anyhow::Result<Self> {
        let mut table: Table = DEFAULTS.parse().context("the compiled-in defaults")?;
        let known: Vec<String> = table.keys().cloned().collect();
        for (key, value) in from_file(file)? {
            if !known.contains(&key) {
                bail!(
                    "unknown setting `{key}` in the settings file; the settings are {}",
                    known.join(", ")
                );
            }
            table.insert(key, value);
        }
        for (name, text) in environment
            .iter()
            .filter(|(name, _)| name.starts_with(PREFIX))
        {
            if NOT_SETTINGS.contains(&name.as_str()) {
                continue;
            }
            let key = name[PREFIX.len()..].to_ascii_lowercase();
            let Some(default) = table.get(&key) else {
                bail!(
                    "unknown variable {name}; the settings are {}",
                    known.join(", ")
                );
            };
            let value = like(default, text).with_context(|| format!("{name}={text}"))?;
            table.insert(key, value);
        }
        Value::Table(table).try_into().context("the settings")
    }

    /// The address by which browsers reach the server, where a proxy stands before it.
    ///
    /// # Errors
    ///
    /// A text that is no address of HTTP.
    pub(crate) fn public_url(&self) -> anyhow::Result<Option<Url>> {
        if self.public_url.is_empty() {
            return Ok(None);
        }
        let url = Url::parse(&self.public_url)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        let url = url.with_context(|| {
            format!(
                "public_url = \"{}\" is no address such as https://leads.example.com",
                self.public_url
            )
        })?;
        Ok(Some(url))
    }

    /// This process as people know it: by its setting, or by its machine and where it listens.
    pub(crate) fn node(&self, listen: SocketAddr) -> String {
        if !self.node.is_empty() {
            return self.node.clone();
        }
        let machine = hostname::get().map_or_else(
            |_| "unknown".to_owned(),
            |name| name.to_string_lossy().into_owned(),
        );
        match listen.port() {
            // The system picks one, and only after the name is needed.
            0 => format!("{machine}:{}", std::process::id()),
            port => format!("{machine}:{port}"),
        }
    }

    /// The master keys, where a file of them is named.
    ///
    /// # Errors
    ///
    /// A file that cannot be read, or a line of it that is no key.
    pub(crate) fn master_keys(&self) -> anyhow::Result<Option<MasterKeys>> {
        if self.master_keys.is_empty() {
            return Ok(None);
        }
        let what = || format!("master_keys = \"{}\"", self.master_keys);
        let text = std::fs::read_to_string(&self.master_keys).with_context(what)?;
        MasterKeys::parse(&text).map(Some).with_context(what)
    }

    /// How long postbacks are kept that could not be applied.
    pub(crate) fn keep_parked(&self) -> Duration {
        Duration::from_hours(24) * self.parked_postbacks_days
    }

    /// What alerts are raised about, without what may be secret.
    pub(crate) fn alerts_shown(&self) -> AlertOptions {
        let url = without_path(&self.alerts_url);
        AlertOptions {
            webhook: (!url.is_empty()).then_some(url),
            silence_minutes: self.alerts_silence_minutes,
            failures_percent: self.alerts_failures_percent,
        }
    }

    /// The same settings without passwords.
    pub(crate) fn redacted(&self) -> Self {
        Self {
            database_url: redacted(&self.database_url),
            alerts_url: without_path(&self.alerts_url),
            ..self.clone()
        }
    }
}

fn from_file(file: Option<&Path>) -> anyhow::Result<Table> {
    let (path, must_exist) = file.map_or((Path::new(FILE), false), |path| (path, true));
    if !must_exist && !path.exists() {
        return Ok(Table::new());
    }
    let text = std::fs::read_to_string(path).with_context(|| format!("{}", path.display()))?;
    text.parse().with_context(|| format!("{}", path.display()))
}

/// Reads a variable as the kind of value that the default has.
fn like(default: &Value, text: &str) -> anyhow::Result<Value> {
    Ok(match default {
        Value::Boolean(_) => Value::Boolean(text.parse()?),
        Value::Integer(_) => Value::Integer(text.parse()?),
        Value::Array(_) => Value::Array(
            text.split(',')
                .map(str::trim)
                .filter(|part| !part.is_empty())
                .map(Value::from)
                .collect(),
        ),
        _ => Value::from(text),
    })
}

/// A URL without what comes after its host: addresses of webhooks are secrets as a whole.
fn without_path(url: &str) -> String {
    let scheme = url.find("://").map_or(0, |at| at + 3);
    match url[scheme..].find('/') {
        Some(at) if at + 1 < url.len() - scheme => format!("{}/***", &url[..scheme + at]),
        _ => redacted(url),
    }
}

/// A URL whose password is left out.
fn redacted(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    match rest.rsplit_once('@') {
        Some((user, host)) => {
            let user = user.split_once(':').map_or(user, |(user, _)| user);
            format!("{scheme}://{user}:***@{host}")
        }
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(variables: &[(&str, &str)]) -> anyhow::Result<Settings> {
        let variables = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Settings::load(None, &variables.collect())
    }

    #[test]
    fn the_defaults_are_complete() {
        assert_eq!(load(&[]).unwrap().listen, "127.0.0.1:8080");
    }

    #[test]
    fn variables_go_on_top() {
        let settings = load(&[
            ("POINTSMAN_SHUTDOWN_TIMEOUT_S", "3"),
            ("POINTSMAN_ALLOW_NETWORKS", "127.0.0.0/8, ::1/128"),
            ("HOME", "/"),
        ]);
        let settings = settings.unwrap();
        assert_eq!(settings.shutdown_timeout_s, 3);
        assert_eq!(settings.allow_networks, ["127.0.0.0/8", "::1/128"]);
    }

    #[test]
    fn a_public_address_is_one_of_http() {
        let read = |text| {
            load(&[("POINTSMAN_PUBLIC_URL", text)])
                .unwrap()
                .public_url()
        };
        assert_eq!(read("").unwrap(), None);
        let url = read("https://leads.example.com").unwrap().unwrap();
        assert_eq!(url.scheme(), "https");
        for wrong in ["leads.example.com", "ftp://leads.example.com", "https://"] {
            let error = read(wrong).unwrap_err().to_string();
            assert!(error.contains("public_url"), "{error}");
        }
    }

    #[test]
    fn an_unknown_variable_is_an_error() {
        let error = load(&[("POINTSMAN_LISTNE", "x")]).unwrap_err();
        assert!(error.to_string().contains("POINTSMAN_LISTNE"), "{error}");
    }

    #[test]
    fn a_password_is_never_shown() {
        assert_eq!(
            redacted("postgres://ann:secret@db/leads"),
            "postgres://ann:***@db/leads"
        );
        assert_eq!(redacted("sqlite://leads.db"), "sqlite://leads.db");
        let hook = "https://hooks.example/services/T0/B0/key";
        assert_eq!(without_path(hook), "https://hooks.example/***");
        assert_eq!(
            without_path("https://hooks.example/"),
            "https://hooks.example/"
        );
        assert_eq!(without_path(""), "");
    }
}
