//! The subscriptions of one connection.

use std::collections::BTreeMap;

use async_graphql::Response as Answer;
use futures_util::{
    StreamExt as _,
    stream::{self, AbortHandle, BoxStream, SelectAll},
};

/// An answer of a subscription, by its number; none: it has ended.
type Numbered = (u64, Option<Answer>);

/// What a client follows, by its ids.
pub(super) struct Running {
    answers: SelectAll<BoxStream<'static, Numbered>>,
    /// A number of our own tells a subscription from an earlier one of the same id, of which answers may still come.
    numbers: BTreeMap<String, (u64, AbortHandle)>,
    last: u64,
}

impl Running {
    pub(super) fn new() -> Self {
        Self {
            answers: SelectAll::new(),
            numbers: BTreeMap::new(),
            last: 0,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.numbers.len()
    }

    pub(super) fn contains(&self, id: &str) -> bool {
        self.numbers.contains_key(id)
    }

    pub(super) fn start(&mut self, id: String, answers: BoxStream<'static, Answer>) {
        self.last += 1;
        let number = self.last;
        let (answers, stop) = stream::abortable(answers);
        let end = stream::once(async move { (number, None) });
        let numbered = answers.map(move |answer| (number, Some(answer)));
        self.answers.push(numbered.chain(end).boxed());
        self.numbers.insert(id, (number, stop));
    }

    /// Ends a subscription; nothing more comes of it. One that is not there stays so.
    pub(super) fn stop(&mut self, id: &str) {
        if let Some((_, stop)) = self.numbers.remove(id) {
            stop.abort();
        }
    }

    /// The next answer of a subscription that was not stopped, with its id; an empty one where it has ended. None while nothing runs.
    pub(super) async fn next(&mut self) -> Option<(String, Option<Answer>)> {
        loop {
            let (number, answer) = self.answers.next().await?;
            let mut ids = self.numbers.iter();
            if let Some((id, _)) = ids.find(|(_, (running, _))| *running == number) {
                return Some((id.clone(), answer));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::Value;

    use super::*;

    fn answers(n: i32) -> BoxStream<'static, Answer> {
        stream::iter(0..n)
            .map(|i| Answer::new(Value::from(i)))
            .boxed()
    }

    #[tokio::test]
    async fn what_was_stopped_says_nothing_more_also_if_its_id_comes_again() {
        let mut running = Running::new();
        running.start("a".to_owned(), answers(5));
        running.stop("a");
        running.start("a".to_owned(), answers(1));
        let (id, answer) = running.next().await.unwrap();
        assert_eq!((&*id, answer.unwrap().data), ("a", Value::from(0)));
        let (id, answer) = running.next().await.unwrap();
        assert!(id == "a" && answer.is_none());
        running.stop("a");
        assert!(running.next().await.is_none() && running.len() == 0);
    }
}
