//! Which connections are used twice: those that their destinations say they keep open.
//!
//! A client that writes into a connection that the other side is closing cannot know whether the request was read, and the
//! lead would be held. A destination may close any connection after its answer without a word. So a connection rests
//! for the next exchange only where the last answer said that it will be kept; everybody else gets a new one each time.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use reqwest::{
    ClientBuilder, Response, Version,
    header::{CONNECTION, HeaderMap},
};
use url::Url;

/// Shorter than the 5 s after which common servers close idle connections.
const IDLE_TIMEOUT: Duration = Duration::from_secs(4);
/// A destination that keeps connections for a shorter time than this closes them too near to their use.
const KEPT_S_MIN: u64 = 5;

/// Two ways to the same destinations, and who may be reached by which.
#[derive(Debug)]
pub(super) struct Connections {
    /// Whose connections rest between exchanges.
    kept: reqwest::Client,
    /// Whose connections end with their exchange.
    single: reqwest::Client,
    hosts: Mutex<BTreeMap<String, Habit>>,
}

/// What a host does with its connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Habit {
    /// It says that it keeps them.
    Keeps,
    /// It broke one that it had said it would keep.
    Breaks,
}

impl Connections {
    /// * `builder`: makes a client, the same each time.
    /// * `idle_per_host`: connections that may rest for each host; 0: none do.
    pub(super) fn new(
        builder: impl Fn() -> ClientBuilder,
        idle_per_host: usize,
    ) -> reqwest::Result<Self> {
        Ok(Self {
            kept: builder()
                .pool_idle_timeout(IDLE_TIMEOUT)
                .pool_max_idle_per_host(idle_per_host)
                .build()?,
            single: builder().pool_max_idle_per_host(0).build()?,
            hosts: Mutex::default(),
        })
    }

    /// The client for the next exchange with the host of an address.
    pub(super) fn to(&self, url: &Url) -> &reqwest::Client {
        let hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        match hosts.get(&host(url)) {
            Some(Habit::Keeps) => &self.kept,
            Some(Habit::Breaks) | None => &self.single,
        }
    }

    /// Notes what an answer says about its connection.
    pub(super) fn note(&self, url: &Url, response: &Response) {
        let keeps = says_it_keeps(response.version(), response.headers());
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        let host = host(url);
        match hosts.get(&host) {
            Some(Habit::Keeps) if !keeps => drop(hosts.remove(&host)),
            None if keeps => drop(hosts.insert(host, Habit::Keeps)),
            _ => {}
        }
    }

    /// Notes that an exchange broke off: where its connection was said to be kept, none is used twice any more.
    pub(super) fn broke(&self, url: &Url) {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(habit) = hosts.get_mut(&host(url)) {
            *habit = Habit::Breaks;
        }
    }
}

fn host(url: &Url) -> String {
    url.origin().ascii_serialization()
}

/// Whether an answer names its connection as one that stays, for long enough.
fn says_it_keeps(version: Version, headers: &HeaderMap) -> bool {
    let tokens = |name: &'static str| {
        let values = headers.get_all(name).into_iter();
        let texts = values.filter_map(|value| value.to_str().ok());
        texts
            .flat_map(|text| text.split([',', ';']))
            .map(|token| token.trim().to_ascii_lowercase())
    };
    let connection = |wanted: &str| tokens(CONNECTION.as_str()).any(|token| token == wanted);
    let is_long = tokens("keep-alive").all(|token| {
        let timeout = token
            .split_once('=')
            .filter(|(name, _)| name.trim() == "timeout");
        timeout.is_none_or(|(_, seconds)| {
            seconds
                .trim()
                .parse()
                .is_ok_and(|seconds: u64| seconds >= KEPT_S_MIN)
        })
    });
    let says_so = connection("keep-alive") || headers.contains_key("keep-alive");
    version == Version::HTTP_11 && says_so && is_long && !connection("close")
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderName, HeaderValue};

    use super::*;

    #[test]
    fn only_a_connection_that_is_said_to_stay_is_used_twice() {
        let says = |lines: &[(&'static str, &'static str)]| {
            let headers = lines.iter().map(|(name, value)| {
                (
                    HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                )
            });
            says_it_keeps(Version::HTTP_11, &headers.collect())
        };
        assert!(!says(&[]));
        assert!(says(&[("connection", "keep-alive")]));
        assert!(says(&[("connection", "Keep-Alive, X-Trace")]));
        assert!(says(&[("keep-alive", "timeout=5, max=100")]));
        assert!(!says(&[("connection", "close")]));
        assert!(!says(&[
            ("connection", "keep-alive"),
            ("connection", "close")
        ]));
        assert!(!says(&[
            ("connection", "keep-alive"),
            ("keep-alive", "timeout=2")
        ]));
        assert!(!says(&[
            ("connection", "keep-alive"),
            ("keep-alive", "timeout=soon")
        ]));
    }
}
