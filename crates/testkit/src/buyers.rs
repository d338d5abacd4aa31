//! Mock buyers: HTTP servers on this machine that answer as the world says.

use std::{
    collections::BTreeMap,
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use pointsman_flow::{Destination, Pays};
use pointsman_lead::Micros;
use serde_json::Value;
use tokio::{net::TcpListener, task::JoinHandle};

use crate::{
    DESTINATIONS, World,
    world::{
        Terms,
        chance::{Purpose, below, stream},
    },
};

mod bids;
mod format;
mod target;

pub use bids::{PingAnswer, PingQuirks, Pinged};

/// A buyer that is not running yet.
///
/// | name | endpoint | yes | no | of its own |
/// | --- | --- | --- | --- | --- |
/// | `acme` | JSON, key in a header | 202 | 422 | now and then 503 with `Retry-After` |
/// | `zenith` | form, key as a field | 200 with `success` 1 | 200 with `success` 0 | phones have exactly 10 digits |
/// | `harbor` | JSON, bearer token | 201 | 409 | 429 above a rate |
/// | `meridian` | query of a GET | 200 `ACCEPTED` with its bid | 200 `REJECTED` | each lead has its own price |
/// | `lakeside` | JSON | 200 `accepted` | 200 `declined` | slow, and now and then it never answers |
#[derive(Debug, Clone)]
pub struct Buyer {
    world: World,
    name: &'static str,
    quirks: Quirks,
}

/// How a buyer misbehaves. Which leads meet with it follows from the lead, never from a count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Quirks {
    /// Answers "not now" instead of no, for one in this many of the leads that it does not want.
    pub busy_one_in: Option<u64>,
    /// Never answers instead of saying no, for one in this many of the leads that it does not want.
    pub mute_one_in: Option<u64>,
    /// Takes the lead and never says so, for one in this many of the leads that it wants. Asked
    /// again with the same idempotency key, it says yes.
    pub lost_one_in: Option<u64>,
    /// How long each answer takes, in real time.
    pub delay: Duration,
    /// Most posts that are looked at.
    pub rate: Option<Rate>,
    /// What goes wrong when it is asked for bids.
    pub pings: PingQuirks,
}

/// A limit on posts. It depends on real time, so that outcomes are no longer a function of the seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Most posts in a window.
    pub posts_max: usize,
    /// Length of the sliding window.
    pub window: Duration,
}

/// What a buyer made of one post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answer {
    /// It took the lead.
    Accepted,
    /// It does not want the lead.
    Rejected,
    /// It wants no lead at this moment.
    Busy,
    /// It did not take the lead, and never said so.
    Mute,
    /// It took the lead, and never said so.
    Lost,
    /// The post was not as it must be: a wrong key, a missing field.
    Malformed,
}

impl Answer {
    /// Whether the buyer has the lead now.
    pub fn took(self) -> bool {
        matches!(self, Self::Accepted | Self::Lost)
    }
}

/// One post as a buyer received it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The header of that name; the click id if there was none.
    pub idempotency_key: String,
    /// Our id of the lead.
    pub lead_id: String,
    /// Our id for postbacks.
    pub click_id: String,
    /// The key of the generated lead, or whatever came in its place.
    pub key: String,
    /// What was made of it.
    pub answer: Answer,
    /// What was promised for it, where the buyer names a price of its own.
    pub bid: Option<Micros>,
}

impl Buyer {
    /// The buyer behind one of the [`DESTINATIONS`], with its usual quirks; `None` for any other name.
    pub fn new(world: World, destination: &str) -> Option<Self> {
        let name = DESTINATIONS.into_iter().find(|name| *name == destination)?;
        let quirks = match name {
            "acme" => Quirks {
                busy_one_in: Some(6),
                ..Quirks::default()
            },
            "lakeside" => Quirks {
                mute_one_in: Some(20),
                delay: Duration::from_millis(40),
                ..Quirks::default()
            },
            _ => Quirks::default(),
        };
        Some(Self {
            world,
            name,
            quirks,
        })
    }

    /// All five, in the order of [`DESTINATIONS`].
    pub fn all(world: World) -> Vec<Self> {
        let buyers = DESTINATIONS.into_iter();
        buyers.filter_map(|name| Self::new(world, name)).collect()
    }

    /// The same buyer with other quirks.
    #[must_use]
    pub fn quirks(self, quirks: Quirks) -> Self {
        Self { quirks, ..self }
    }

    /// Serves its endpoints on a free port of 127.0.0.1.
    ///
    /// # Errors
    ///
    /// If no port can be had.
    pub async fn start(self) -> io::Result<RunningBuyer> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}/leads", listener.local_addr()?);
        let name = self.name;
        let journal = Arc::new(Journal {
            buyer: self,
            pages: Mutex::default(),
        });
        let router = format::router(Arc::clone(&journal));
        let server = tokio::spawn(async move {
            // It serves until it is aborted; a failure shows in the client.
            drop(axum::serve(listener, router).await);
        });
        Ok(RunningBuyer {
            name,
            url,
            journal,
            server,
        })
    }
}

/// A running buyer, which stops when this is dropped.
#[derive(Debug)]
pub struct RunningBuyer {
    /// Its name as a destination.
    pub name: &'static str,
    /// Where it takes leads.
    pub url: String,
    journal: Arc<Journal>,
    server: JoinHandle<()>,
}

impl RunningBuyer {
    /// Every post, in the order in which they came.
    pub fn received(&self) -> Vec<Received> {
        self.journal.pages().received.clone()
    }

    /// Every ping, in the order in which they came.
    pub fn pinged(&self) -> Vec<Pinged> {
        self.journal.pages().pinged.clone()
    }

    /// The posts after the first `n_known`, in the order in which they came.
    pub fn received_since(&self, n_known: usize) -> Vec<Received> {
        let pages = self.journal.pages();
        pages.received.iter().skip(n_known).cloned().collect()
    }

    /// How often each idempotency key came.
    pub fn counts(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for post in &self.journal.pages().received {
            *counts.entry(post.idempotency_key.clone()).or_default() += 1;
        }
        counts
    }

    /// The first post of every lead that the buyer has taken, by idempotency key.
    pub fn taken(&self) -> BTreeMap<String, Received> {
        let mut taken = BTreeMap::new();
        for post in self.received().into_iter().filter(|it| it.answer.took()) {
            taken.entry(post.idempotency_key.clone()).or_insert(post);
        }
        taken
    }

    /// The settings that decide, to register the destination with.
    pub fn settings(&self) -> Destination {
        let terms = Terms::find(self.name).map(|(_, terms)| terms);
        let pays_by_the_sale = terms.is_some_and(Terms::pays_by_the_sale);
        Destination {
            price: terms.and_then(Terms::fixed_price),
            pays: if pays_by_the_sale {
                Pays::Conversion
            } else {
                Pays::Accept
            },
            ..Destination::default()
        }
    }

    /// The same as JSON.
    ///
    /// # Panics
    ///
    /// Never: settings have only texts, numbers and lists.
    pub fn settings_json(&self) -> Value {
        serde_json::to_value(self.settings()).expect("settings are plain JSON")
    }

    /// How to post to it, as the JSON of a delivery target.
    pub fn target_json(&self) -> Value {
        target::json(self.name, &self.url)
    }

    /// The same with the way to ask it for bids.
    pub fn target_with_ping_json(&self) -> Value {
        let mut target = self.target_json();
        target["ping"] = bids::target(&self.url);
        target
    }
}

impl Drop for RunningBuyer {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// A buyer with what it remembers.
#[derive(Debug)]
struct Journal {
    buyer: Buyer,
    pages: Mutex<Pages>,
}

#[derive(Debug, Default)]
struct Pages {
    received: Vec<Received>,
    pinged: Vec<Pinged>,
    /// By idempotency key.
    answers: BTreeMap<String, Answer>,
    /// When posts came that counted for the rate, oldest first.
    recent: Vec<Instant>,
}

/// The result of a request, whatever its format.
#[derive(Debug, Clone, Default)]
struct Post {
    idempotency_key: String,
    lead_id: String,
    click_id: String,
    key: String,
    /// What is wrong with it: names of missing fields, or the key.
    faults: Vec<&'static str>,
}

impl Journal {
    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at a post, and remembers it. The same idempotency key gets the same answer.
    fn take(&self, post: Post) -> (Answer, Option<Micros>) {
        let number = self.buyer.world.number(&post.key);
        let mut pages = self.pages();
        let known = pages.answers.get(&post.idempotency_key).copied();
        let answer = match known {
            Some(Answer::Lost) => Answer::Accepted,
            Some(answer) => answer,
            None if !post.faults.is_empty() => Answer::Malformed,
            None if self.is_over_rate(&mut pages) => Answer::Busy,
            None => self.buyer.judge(number),
        };
        // What was wrong or too early may come again; the rest is settled.
        if known.is_none() && !matches!(answer, Answer::Busy | Answer::Malformed) {
            let key = post.idempotency_key.clone();
            pages.answers.insert(key, answer);
        }
        let bid = self.buyer.world.bid(number, self.buyer.name);
        let bid = bid.filter(|_| answer.took() && self.buyer.name == "meridian");
        let Post {
            idempotency_key,
            lead_id,
            click_id,
            key,
            faults: _,
        } = post;
        pages.received.push(Received {
            idempotency_key,
            lead_id,
            click_id,
            key,
            answer,
            bid,
        });
        (answer, bid)
    }

    fn is_over_rate(&self, pages: &mut Pages) -> bool {
        let Some(rate) = self.buyer.quirks.rate else {
            return false;
        };
        let now = Instant::now();
        pages
            .recent
            .retain(|then| now.duration_since(*then) < rate.window);
        let is_over = pages.recent.len() >= rate.posts_max;
        if !is_over {
            pages.recent.push(now);
        }
        is_over
    }
}

impl Buyer {
    /// The world's truth, and on top of it the quirks that hide it. A quirk never costs a buyer a
    /// lead that it wants, so values and rates of the world hold with all of them.
    fn judge(&self, number: u64) -> Answer {
        let part = DESTINATIONS.iter().position(|name| *name == self.name);
        let part = u64::try_from(part.unwrap_or(0)).unwrap_or(0);
        let mut rng = stream(self.world.seed(), Purpose::Quirk, number, part);
        let mut strikes = |one_in: Option<u64>| one_in.is_some_and(|n| below(&mut rng, n) == 0);
        let Quirks {
            busy_one_in,
            mute_one_in,
            lost_one_in,
            delay: _,
            rate: _,
            pings: _,
        } = self.quirks;
        if self.world.takes(number, self.name) {
            return if strikes(lost_one_in) {
                Answer::Lost
            } else {
                Answer::Accepted
            };
        }
        if strikes(busy_one_in) {
            Answer::Busy
        } else if strikes(mute_one_in) {
            Answer::Mute
        } else {
            Answer::Rejected
        }
    }
}

#[cfg(test)]
mod tests;
