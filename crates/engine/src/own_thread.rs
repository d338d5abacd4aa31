//! Work that everybody waits for, on a thread of its own.

use std::thread;

use tokio::{runtime, sync::oneshot};
use tokio_util::sync::CancellationToken;

/// Runs work to its end on a thread of its own, with a runtime of its own.
///
/// Each statement of a transaction is answered by the thread of the database's driver. On the runtime of all others,
/// whoever waits for that answer comes back after all tasks that are ready before it: some hundred requests, dozens of
/// times for each transaction.
///
/// Ends when the work has ended or panicked. Dropping this drops the work too.
///
/// # Panics
///
/// If the system gives no thread.
pub(crate) async fn on_own_thread(
    name: &'static str,
    work: impl Future<Output = ()> + Send + 'static,
) {
    let dropped = CancellationToken::new();
    let _guard = dropped.clone().drop_guard();
    let (done, ended) = oneshot::channel();
    let run = move || {
        let runtime = runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.expect("a runtime needs a few open files");
        runtime.block_on(async {
            tokio::select! {
                biased;
                () = dropped.cancelled() => {}
                () = work => {}
            }
        });
        // Who has gone away needs no answer.
        let _ = done.send(());
    };
    let thread = thread::Builder::new().name(name.to_owned()).spawn(run);
    drop(thread.expect("the system gives a thread"));
    // An error is a panic, which the hook of panics has logged.
    let _ = ended.await;
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    };

    use super::*;

    #[tokio::test]
    async fn work_ends_with_what_it_does_or_with_its_panic() {
        let done = Arc::new(AtomicBool::new(false));
        let doing = Arc::clone(&done);
        on_own_thread("works", async move {
            tokio::task::yield_now().await;
            doing.store(true, Ordering::SeqCst);
        })
        .await;
        assert!(done.load(Ordering::SeqCst));
        on_own_thread("panics", async { panic!("for a test") }).await;
    }

    #[tokio::test]
    async fn work_that_nobody_waits_for_any_more_is_dropped() {
        let (held, dropped) = oneshot::channel::<()>();
        let waiting = on_own_thread("waits", async move {
            std::future::pending::<()>().await;
            drop(held);
        });
        tokio::select! {
            biased;
            () = waiting => unreachable!("it waits for ever"),
            () = tokio::task::yield_now() => {}
        }
        assert!(dropped.await.is_err());
    }
}
