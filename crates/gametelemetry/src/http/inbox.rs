//! Between the connections and the source: messages that wait to be taken, and what was counted.
//!
//! Bounded in bytes and in messages: who sends faster than is taken is told so, nobody waits and nothing grows.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use gametelemetry_file::MessageCounts;

/// Messages that may wait.
const MOST_MESSAGES: usize = 1024;

/// One body, and when it had come whole.
#[derive(Debug)]
pub(super) struct Message {
    pub(super) taken: Instant,
    pub(super) body: Vec<u8>,
}

#[derive(Debug)]
pub(super) struct Inbox {
    shared: Mutex<Shared>,
    changed: Condvar,
    most_bytes: usize,
}

#[derive(Debug, Default)]
struct Shared {
    messages: VecDeque<Message>,
    bytes: usize,
    counts: MessageCounts,
    notices: Vec<String>,
}

impl Inbox {
    /// Room for `most_bytes` of messages.
    pub(super) fn new(most_bytes: usize) -> Self {
        Self { shared: Mutex::default(), changed: Condvar::new(), most_bytes }
    }

    /// Puts a message in and counts it; gives `false` when there is no room.
    pub(super) fn put(&self, message: Message, count: impl FnOnce(&mut MessageCounts)) -> bool {
        let mut shared = self.lock();
        let bytes = shared.bytes.saturating_add(message.body.len());
        if bytes > self.most_bytes || shared.messages.len() >= MOST_MESSAGES {
            return false;
        }
        shared.bytes = bytes;
        shared.messages.push_back(message);
        // Under the same lock, so that nobody sees the message without its count.
        count(&mut shared.counts);
        self.changed.notify_one();
        true
    }

    /// The message that has waited longest; waits up to `patience` for one.
    pub(super) fn take(&self, patience: Duration) -> Option<Message> {
        let is_empty = |shared: &mut Shared| shared.messages.is_empty();
        let waited = self.changed.wait_timeout_while(self.lock(), patience, is_empty);
        let (mut shared, _) = waited.unwrap_or_else(PoisonError::into_inner);
        let message = shared.messages.pop_front()?;
        shared.bytes = shared.bytes.saturating_sub(message.body.len());
        Some(message)
    }

    /// Counts what `change` counts.
    pub(super) fn count(&self, change: impl FnOnce(&mut MessageCounts)) {
        change(&mut self.lock().counts);
    }

    /// Says once what the user should know.
    pub(super) fn notice(&self, notice: &str) {
        let notices = &mut self.lock().notices;
        if !notices.iter().any(|known| known == notice) {
            tracing::warn!("{notice}");
            notices.push(notice.to_owned());
        }
    }

    /// What was counted, and what the user should know.
    pub(super) fn counted(&self) -> (MessageCounts, Vec<String>) {
        let shared = self.lock();
        (shared.counts.clone(), shared.notices.clone())
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock;

    fn put(inbox: &Inbox, size: usize) -> bool {
        inbox.put(Message { taken: clock::monotonic(), body: vec![0; size] }, |counts| counts.unknown += 1)
    }

    #[test]
    fn a_full_inbox_takes_no_more_until_something_is_taken_out() {
        let inbox = Inbox::new(10);
        assert!(put(&inbox, 6) && !put(&inbox, 5) && put(&inbox, 4));
        assert_eq!(inbox.take(Duration::ZERO).map(|message| message.body.len()), Some(6));
        assert!(put(&inbox, 5));
        assert!(!put(&inbox, 65_535));
        assert_eq!(inbox.counted().0.unknown, 3);
        let small = Inbox::new(10);
        assert_eq!((0..MOST_MESSAGES + 9).filter(|_| put(&small, 0)).count(), MOST_MESSAGES);
    }
}
