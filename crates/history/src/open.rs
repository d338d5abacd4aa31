//! Opens a database whose past may be added to.

use pointsman_lead::Timestamp;
use pointsman_store::{Options, Store};

use crate::{Clock, ClockBehind, Error, keep_hash_key, restate};

/// Opens the database, compares the clock with what was stored last, gives it the key of its hashes at
/// the first start, and reckons again what earlier releases reckoned otherwise.
///
/// * `url`: `sqlite://…` or `postgres://…`.
/// * `accept_clock`: whether the clock is right even where it lies far behind what was stored last.
///
/// # Errors
///
/// [`Error::Store`], [`Error::Clock`] and [`Error::Random`].
pub async fn open(
    url: &str,
    options: &Options,
    clock: &Clock,
    accept_clock: bool,
) -> Result<Store, Error> {
    let store = Store::open(url, options).await?;
    if let Some(now) = store.read().order().await?.now {
        clock.follow(Timestamp(now));
    }
    match ClockBehind::find(&store, clock.now()).await? {
        None => {}
        Some(behind) if accept_clock => {
            tracing::warn!("{behind}; it is accepted, and counts from now on");
            behind.accept(&store).await?;
        }
        Some(behind) => return Err(Error::Clock(behind)),
    }
    keep_hash_key(&store).await?;
    restate(&store, clock.now()).await?;
    Ok(store)
}
