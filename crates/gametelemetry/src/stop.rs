//! How a session is told to end: one token that every thread looks at and can wait on.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::clock;

/// The longest wait that is slept through in one piece. Longer ones are waited for on a condition variable, which a
/// stop interrupts but Windows times to its 15.6 ms tick; the last piece is slept, which is precise on both.
const PRECISE: Duration = Duration::from_millis(40);

/// Tells threads to stop. Clones are the same token.
#[derive(Clone, Debug, Default)]
pub struct StopToken {
    inner: Arc<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    stopped: AtomicBool,
    lock: Mutex<()>,
    changed: Condvar,
}

impl StopToken {
    /// A token that nobody has stopped yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Tells everyone who holds the token to stop; waiting ones wake at once.
    pub fn stop(&self) {
        let _guard = self.inner.lock.lock().unwrap_or_else(PoisonError::into_inner);
        self.inner.stopped.store(true, Ordering::Release);
        self.inner.changed.notify_all();
    }

    /// Whether it is time to stop.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.inner.stopped.load(Ordering::Acquire)
    }

    /// Waits until `deadline`, precisely; earlier when stopped. Gives whether it was stopped.
    pub fn wait_until(&self, deadline: Instant) -> bool {
        loop {
            if self.is_stopped() {
                return true;
            }
            let left = deadline.saturating_duration_since(clock::monotonic());
            if left.is_zero() {
                return false;
            }
            if left <= PRECISE {
                std::thread::sleep(left);
                return self.is_stopped();
            }
            self.wait_roughly(left - PRECISE / 2);
        }
    }

    /// Waits for `duration`; earlier when stopped. Gives whether it was stopped.
    pub fn wait_for(&self, duration: Duration) -> bool {
        let Some(deadline) = clock::monotonic().checked_add(duration) else { return self.wait() };
        if duration <= PRECISE {
            return self.wait_until(deadline);
        }
        // Nobody who waits for so long needs a precise end, which would cost waking twice.
        while !self.is_stopped() {
            let left = deadline.saturating_duration_since(clock::monotonic());
            if left.is_zero() {
                return false;
            }
            self.wait_roughly(left);
        }
        true
    }

    /// Waits until stopped; always gives `true`.
    pub fn wait(&self) -> bool {
        while !self.is_stopped() {
            self.wait_roughly(Duration::from_secs(3600));
        }
        true
    }

    /// Stops the token when the user presses Ctrl+C, or the system asks the program to end.
    ///
    /// # Errors
    /// When the program has another handler for Ctrl+C already.
    pub fn stop_on_ctrl_c(&self) -> Result<(), CtrlCError> {
        let token = self.clone();
        ctrlc::set_handler(move || token.stop()).map_err(CtrlCError)
    }

    fn wait_roughly(&self, duration: Duration) {
        let guard = self.inner.lock.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.is_stopped() {
            let _ = self.inner.changed.wait_timeout(guard, duration);
        }
    }
}

/// Ctrl+C cannot be handled.
#[derive(Debug, thiserror::Error)]
#[error("cannot handle Ctrl+C, another part of the program does so already")]
pub struct CtrlCError(#[source] ctrlc::Error);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stop_interrupts_a_long_wait() {
        let token = StopToken::new();
        let other = token.clone();
        let waiting = std::thread::spawn(move || other.wait_for(Duration::from_secs(600)));
        token.stop();
        assert!(waiting.join().unwrap());
        assert!(token.wait_for(Duration::MAX));
    }

    #[test]
    fn a_wait_is_not_shorter_than_asked() {
        let start = clock::monotonic();
        assert!(!StopToken::new().wait_for(Duration::from_millis(60)));
        assert!(start.elapsed() >= Duration::from_millis(60));
    }
}
