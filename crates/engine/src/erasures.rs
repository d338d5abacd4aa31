//! Removes the values that tell who a person is, beside the work.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use pointsman_flow::Program;
use pointsman_history::{Clock, Eraser, Library, LiveRoutes, OpenShadow, person_key};
use pointsman_lead::Schema;
use pointsman_router::HashKey;
use pointsman_store::{ErasureKind, ErasureRow, LeadRow, Read, Store};

use crate::{
    Error,
    follower::{Follow, Follower},
};

mod looked_for;
mod piece;
mod retention;

use looked_for::LookedFor;
use piece::{Found, Pieces};

/// Leads that are looked through at once.
const PAGE: u64 = 200;
/// After each page it rests so many times as long as the page took.
const REST: u32 = 2;
/// Real time between two looks for what is too old.
const RETENTION_EVERY: Duration = Duration::from_mins(1);

/// Removes the values of persons who asked for it, and those that are too old.
#[derive(Debug)]
pub(crate) struct Erasures {
    hash_key: HashKey,
    clock: Clock,
    routes: LiveRoutes,
    pieces: Pieces,
    /// When it was last looked for what is too old.
    looked: Option<Instant>,
    /// Whether what was removed may still be in the log of the database.
    is_in_log: bool,
}

/// What a page came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Looked {
    /// There is nothing more to look through.
    Done,
    /// There is more.
    More,
    /// The next lead is still on its way.
    Waits,
}

impl Follow for Erasures {
    const DUTY: &'static str = "erasures";
    const FAILED: &'static str = "personal values could not be removed yet";

    async fn look(&mut self, follower: &Follower) -> Result<(), Error> {
        let store = &follower.store;
        let read = store.read();
        let mut running = read.running_erasures().await?;
        running.retain(|row| row.kind == ErasureKind::Person);
        let is_time = self.looked.is_none_or(|at| at.elapsed() >= RETENTION_EVERY)
            && !read.retentions().await?.is_empty();
        if running.is_empty() && !is_time && !self.is_in_log {
            return Ok(());
        }
        if !follower.claims::<Self>().await? {
            return Ok(());
        }
        let mut eraser = self.eraser(&store.read()).await?;
        let mut has_erased = !running.is_empty();
        loop {
            let began = Instant::now();
            let looked = self.page(store, &mut eraser).await?;
            match looked {
                Looked::More => {
                    if follower.rest(began, REST).await {
                        return Ok(());
                    }
                }
                Looked::Done | Looked::Waits => break,
            }
        }
        if is_time {
            self.looked = Some(Instant::now());
            has_erased |= self.forget_old(follower, &mut eraser).await?;
        }
        // What was removed is in the write-ahead log of SQLite until that is emptied, which somebody who reads may hinder.
        self.is_in_log |= has_erased;
        if self.is_in_log {
            self.is_in_log = !store.checkpoint().await?;
        }
        Ok(())
    }
}

impl Erasures {
    pub(crate) fn new(hash_key: HashKey, clock: Clock, routes: LiveRoutes) -> Self {
        Self {
            hash_key,
            clock,
            routes,
            pieces: Pieces::default(),
            looked: None,
            is_in_log: false,
        }
    }

    /// What removes values, with the settings of this moment.
    async fn eraser(&self, read: &Read<'_>) -> Result<Eraser, Error> {
        let rows = read.lead_schemas().await?;
        let schemas = rows.into_iter().filter_map(|row| {
            let schema: Schema = serde_json::from_str(&row.body).ok()?;
            Some((row.vertical, schema))
        });
        let mut library = Library::new(self.hash_key);
        let routes = self.routes.get();
        let mut others: Vec<Arc<Program>> = routes
            .all()
            .map(|route| Arc::clone(&route.program))
            .collect();
        for row in read.open_shadows().await? {
            let shadow = OpenShadow::of(read, &row).await?;
            others.extend(shadow.programs(&mut library, read).await?);
        }
        Ok(Eraser::new(library, schemas.collect(), others))
    }

    /// Looks through the next leads for all persons at once.
    async fn page(&mut self, store: &Store, eraser: &mut Eraser) -> Result<Looked, Error> {
        let read = store.read();
        let mut running = read.running_erasures().await?;
        running.retain(|row| row.kind == ErasureKind::Person);
        let (Some(from), Some(until)) = (
            running.iter().map(|row| row.scanned_seq).min(),
            running.iter().map(|row| row.until_seq).max(),
        ) else {
            return Ok(Looked::Done);
        };
        let mut leads = read.leads_in_order(from, PAGE).await?;
        leads.retain(|lead| lead.seq <= until);
        let is_last = leads.is_empty();
        let found = self.found(&read, eraser, &running, &leads).await?;
        let mut scanned = leads.last().map_or(until, |lead| lead.seq);
        if let Some(open) = found.open_at {
            scanned = open - 1;
        }
        for lead in &found.leads {
            let erased = eraser.erased(&read, &lead.row, (&lead.erasure_id, self.clock.now().0));
            self.pieces
                .add(store, erased.await?, &lead.erasure_id)
                .await?;
        }
        self.pieces.finish(store).await?;
        if self.pieces.take_missed() {
            // Nothing of the page counts as looked through: it is read again.
            return Ok(Looked::Waits);
        }
        for row in running {
            let scanned = scanned.min(row.until_seq).max(row.scanned_seq);
            let is_done = scanned >= row.until_seq;
            let at = self.clock.now().0;
            self.pieces
                .scanned(store, row.id, scanned, is_done.then_some(at))
                .await?;
        }
        Ok(match found.open_at {
            Some(_) => Looked::Waits,
            None if is_last => Looked::Done,
            None => Looked::More,
        })
    }

    /// Those of some leads that are of somebody who is looked for, up to the first of them that is still on its way.
    async fn found(
        &self,
        read: &Read<'_>,
        eraser: &mut Eraser,
        running: &[ErasureRow],
        leads: &[LeadRow],
    ) -> Result<Found, Error> {
        let key = person_key(read).await?;
        let looked_for = LookedFor::of(running)?;
        let ids: Vec<String> = leads.iter().map(|lead| lead.id.clone()).collect();
        let decisions = read.decisions_of_leads(&ids).await?.into_iter();
        let catalogs: BTreeMap<String, String> = decisions
            .map(|decision| (decision.lead_id, decision.catalog_hash))
            .collect();
        let mut found = Found::default();
        for lead in leads {
            let mut hashes = Vec::new();
            if let (Some(key), Some(catalog)) = (&key, catalogs.get(&lead.id)) {
                for (field, value) in eraser.values_of(read, lead, catalog).await? {
                    hashes.push(key.hash_of(&field, value.borrowed()));
                }
            }
            let Some(erasure_id) = looked_for.erasure_of(lead, &hashes) else {
                continue;
            };
            if lead.settled_at.is_none() {
                found.open_at = Some(lead.seq);
                break;
            }
            found.add(lead.clone(), erasure_id);
        }
        Ok(found)
    }
}

/// Does all that is asked for now, where no server does it, and says whether it is done: a lead that is still on its way
/// waits for a server.
///
/// # Errors
///
/// [`enum@Error`]; what is left is done when it is called again, or by the next server.
pub async fn erase_now(
    store: &Store,
    hash_key: HashKey,
    clock: &Clock,
    routes: &LiveRoutes,
) -> Result<bool, Error> {
    let mut erasures = Erasures::new(hash_key, clock.clone(), routes.clone());
    let mut eraser = erasures.eraser(&store.read()).await?;
    let is_done = loop {
        match erasures.page(store, &mut eraser).await? {
            Looked::More => {}
            Looked::Waits => break false,
            Looked::Done => break true,
        }
    };
    store.checkpoint().await?;
    Ok(is_done)
}
