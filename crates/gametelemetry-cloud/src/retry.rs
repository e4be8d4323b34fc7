//! Asking again: exponential back-off with jitter, until it works or waiting is no use. Knows nothing of requests.

use std::time::{Duration, Instant};

use gametelemetry::{StopToken, clock};

use crate::CloudError;

/// How often and how long something is tried again.
#[derive(Clone, Debug)]
pub struct Retry {
    /// The wait after the first failure; each further one is up to twice as long.
    pub first: Duration,
    /// The longest wait between two attempts.
    pub most: Duration,
    /// How long failures may go on without a success, from the first of them; `None` tries for ever.
    pub patience: Option<Duration>,
}

impl Default for Retry {
    /// Half a second, a minute, ten minutes.
    fn default() -> Self {
        Self {
            first: Duration::from_millis(500),
            most: Duration::from_secs(60),
            patience: Some(Duration::from_secs(600)),
        }
    }
}

impl Retry {
    /// Makes an `attempt`, and further ones as long as they fail with what waiting may mend.
    ///
    /// # Errors
    /// The last attempt's, when it is of another kind or patience is over; [`CloudError::Stopped`] when `stop` was
    /// stopped while waiting.
    pub fn run<T>(
        &self,
        stop: &StopToken,
        attempt: impl FnMut() -> Result<T, CloudError>,
    ) -> Result<T, CloudError> {
        self.run_by(&clock::monotonic, |wait| stop.wait_for(wait), stop, attempt)
    }

    /// The same by another clock: `pause` waits, and says whether `stop` was stopped meanwhile.
    fn run_by<T>(
        &self,
        now: &dyn Fn() -> Instant,
        pause: impl Fn(Duration) -> bool,
        stop: &StopToken,
        mut attempt: impl FnMut() -> Result<T, CloudError>,
    ) -> Result<T, CloudError> {
        // What an attempt that fails late has taken is no failure yet: large objects take long on slow lines.
        let mut first_failure = None;
        let mut jitter = Jitter::new();
        for failures in 0_u32.. {
            if stop.is_stopped() {
                break;
            }
            let error = match attempt() {
                Ok(value) => return Ok(value),
                Err(error) => error,
            };
            let failing = now().saturating_duration_since(*first_failure.get_or_insert_with(now));
            let is_over = self.patience.is_some_and(|patience| failing >= patience);
            if !error.is_transient() || is_over {
                return Err(error);
            }
            let wait = jitter.between_half_and_whole(self.longest_wait(failures));
            let wait = wait.saturating_add(asked_wait(&error)).min(self.most);
            tracing::info!(%error, ?wait, failures, "trying again");
            if pause(wait) {
                break;
            }
        }
        Err(CloudError::Stopped)
    }

    /// The longest wait after so many failures before this one.
    fn longest_wait(&self, failures: u32) -> Duration {
        self.first.saturating_mul(1_u32.checked_shl(failures).unwrap_or(u32::MAX)).min(self.most)
    }
}

/// How long the server asks to be left alone.
fn asked_wait(error: &CloudError) -> Duration {
    match error {
        CloudError::Busy { retry_after: Some(asked), .. } => *asked,
        _ => Duration::ZERO,
    }
}

/// Differs between machines and from call to call, so that rigs that were offline together do not come back in step.
struct Jitter(u64);

impl Jitter {
    fn new() -> Self {
        use std::hash::{BuildHasher, Hasher};
        Self(std::hash::RandomState::new().build_hasher().finish() | 1)
    }

    fn between_half_and_whole(&mut self, wait: Duration) -> Duration {
        // Xorshift: nothing here has to be hard to guess.
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        let thousandths = u32::try_from(500 + self.0 % 501).unwrap_or(1000);
        wait.saturating_mul(thousandths) / 1000
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    fn busy() -> CloudError {
        CloudError::Busy { url: String::new(), said: String::new(), retry_after: None }
    }

    /// A clock that only attempts and waits move.
    struct FakeClock {
        start: Instant,
        passed: Cell<Duration>,
    }

    impl FakeClock {
        fn new() -> Self {
            Self { start: clock::monotonic(), passed: Cell::default() }
        }

        fn pass(&self, time: Duration) {
            self.passed.set(self.passed.get() + time);
        }

        fn run<T>(
            &self,
            retry: &Retry,
            attempt: impl FnMut() -> Result<T, CloudError>,
        ) -> Result<T, CloudError> {
            let now = || self.start + self.passed.get();
            let pause = |wait| {
                self.pass(wait);
                false
            };
            retry.run_by(&now, pause, &StopToken::new(), attempt)
        }
    }

    fn quick(patience: Option<Duration>) -> Retry {
        Retry { first: Duration::from_nanos(1), most: Duration::from_nanos(8), patience }
    }

    #[test]
    fn what_may_mend_is_tried_until_it_works() {
        let mut calls = 0;
        let result = quick(None).run(&StopToken::new(), || {
            calls += 1;
            if calls < 50 { Err(busy()) } else { Ok(calls) }
        });
        assert_eq!(result.unwrap(), 50);
    }

    #[test]
    fn what_waiting_does_not_mend_ends_at_once_and_patience_ends_too() {
        let mut calls = 0;
        let missing = |calls: &mut i32| {
            *calls += 1;
            Err::<(), _>(CloudError::Missing { key: "a".to_owned() })
        };
        assert!(quick(None).run(&StopToken::new(), || missing(&mut calls)).is_err());
        assert_eq!(calls, 1);
        let over = quick(Some(Duration::ZERO)).run(&StopToken::new(), || Err::<(), _>(busy()));
        assert!(matches!(over, Err(CloudError::Busy { .. })));
    }

    #[test]
    fn patience_begins_with_the_first_failure() {
        let clock = FakeClock::new();
        let mut calls = 0;
        let sent = clock.run(&Retry::default(), || {
            calls += 1;
            clock.pass(Duration::from_secs(11 * 60));
            if calls == 1 { Err(busy()) } else { Ok(calls) }
        });
        assert_eq!(sent.unwrap(), 2);
        // It still ends: ten minutes after the first failure, or with the one that comes then.
        let clock = FakeClock::new();
        assert!(clock.run(&Retry::default(), || Err::<(), _>(busy())).is_err());
        let minutes = clock.passed.get().as_secs_f64() / 60.0;
        assert!((10.0..=11.0).contains(&minutes), "{minutes}");
    }

    #[test]
    fn a_server_that_says_when_is_left_alone_until_then_but_no_longer_than_the_longest_wait() {
        for (asked_s, least_s, most_s) in [(7, 7, 8), (3600, 60, 60), (0, 0, 1)] {
            let clock = FakeClock::new();
            let mut calls = 0;
            let result = clock.run(&Retry::default(), || {
                calls += 1;
                if calls == 2 {
                    return Ok(());
                }
                Err(busy().with_retry_after(Some(Duration::from_secs(asked_s))))
            });
            assert!(result.is_ok());
            let passed = clock.passed.get();
            assert!(passed >= Duration::from_secs(least_s), "{asked_s}: {passed:?}");
            assert!(passed <= Duration::from_secs(most_s), "{asked_s}: {passed:?}");
        }
    }

    #[test]
    fn stopping_ends_the_wait() {
        let stop = StopToken::new();
        let retry =
            Retry { first: Duration::from_secs(3600), most: Duration::from_secs(3600), patience: None };
        let result = retry.run(&stop, || {
            stop.stop();
            Err::<(), _>(busy())
        });
        assert!(matches!(result, Err(CloudError::Stopped)));
    }

    #[test]
    fn waits_double_up_to_the_longest() {
        let retry = Retry::default();
        let waits = [0, 1, 2, 6, 7, 200].map(|failures| retry.longest_wait(failures).as_millis());
        assert_eq!(waits, [500, 1000, 2000, 32_000, 60_000, 60_000]);
        let mut jitter = Jitter::new();
        for _ in 0..1000 {
            let wait = jitter.between_half_and_whole(Duration::from_secs(10));
            assert!((Duration::from_secs(5)..=Duration::from_secs(10)).contains(&wait), "{wait:?}");
        }
    }
}
