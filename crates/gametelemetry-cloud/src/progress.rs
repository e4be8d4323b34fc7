//! Whether anything moves between here and a server: a request has time for as long as something does.
//!
//! Knows nothing of HTTP. What was handed to the system counts as moved and may still be in its buffers, of which nobody
//! tells; so there is time for that too, by what all requests of a bucket have there, since they share the line.

use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use gametelemetry::clock;

/// As much of a body may wait on this machine for the line: Linux buffers up to 4 MiB, the HTTP and TLS libraries less.
const BUFFERED: u64 = 5 << 20;
/// What waits there is thought to leave at so many bytes a second, until a line proves to be slower.
const USUAL: u64 = 64 << 10;
/// No line is thought to be slower than so many bytes a second.
const SLOWEST: u64 = 1 << 10;
/// Fewer bytes say nothing of how fast a line is.
const TELLING: u64 = 64 << 10;

/// The line to the server of a bucket, which all its requests share.
#[derive(Debug)]
pub(crate) struct Line {
    timeout: Duration,
    /// Bytes of all requests that were handed over, and of which the server may not know yet.
    waiting: AtomicU64,
    /// How fast those leave, at least.
    bytes_per_second: AtomicU64,
}

/// One request on a line.
#[derive(Debug)]
pub(crate) struct Moving {
    line: Arc<Line>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// When something moved last.
    last: Instant,
    /// When the first byte of the body was handed over.
    first: Option<Instant>,
    handed: u64,
    /// This request's part of what waits.
    waiting: u64,
    /// Whether it is we who make it wait.
    is_held: bool,
}

impl Line {
    /// A line on which a request fails when nothing moves for `timeout`.
    pub(crate) fn new(timeout: Duration) -> Arc<Self> {
        let (waiting, bytes_per_second) = (AtomicU64::new(0), AtomicU64::new(USUAL));
        Arc::new(Self { timeout, waiting, bytes_per_second })
    }

    /// A request that begins now.
    pub(crate) fn begin(self: &Arc<Self>) -> Arc<Moving> {
        let last = clock::monotonic();
        let state = State { last, first: None, handed: 0, waiting: 0, is_held: false };
        Arc::new(Moving { line: Arc::clone(self), state: Mutex::new(state) })
    }

    /// How long nothing may move now, and the speed that this is reckoned by.
    fn patience(&self) -> (Duration, u64) {
        let speed = self.bytes_per_second.load(Ordering::Relaxed).max(SLOWEST);
        let millis = self.waiting.load(Ordering::Relaxed).saturating_mul(1000) / speed;
        (self.timeout.saturating_add(Duration::from_millis(millis)), speed)
    }

    /// What was reckoned by `speed` was too little. Requests that notice this together say it once.
    fn is_slower_than(&self, speed: u64) {
        let slower = (speed / 2).max(SLOWEST);
        let _ = self.bytes_per_second.compare_exchange(speed, slower, Ordering::Relaxed, Ordering::Relaxed);
    }
}

impl Moving {
    /// `bytes` of the body go to the system now, as much of which stays there as it has room for.
    pub(crate) fn hand_over(&self, bytes: u64) {
        self.hand_over_at(clock::monotonic(), bytes, BUFFERED);
    }

    /// `bytes` move without anybody telling how far they are, as to a disk.
    pub(crate) fn expect(&self, bytes: u64) {
        self.hand_over_at(clock::monotonic(), bytes, u64::MAX);
    }

    /// Sending waits for the user's own limit until more is handed over, which is no fault of the line.
    pub(crate) fn hold(&self) {
        self.state().is_held = true;
    }

    /// The server answers, so it has what was sent.
    pub(crate) fn hear(&self) {
        self.hear_at(clock::monotonic());
    }

    /// Waits for `work` as long as something moves; else how long nothing did.
    pub(crate) async fn watch<T>(&self, work: impl Future<Output = T>) -> Result<T, Duration> {
        let mut work = pin!(work);
        loop {
            let left = self.left_at(clock::monotonic()).unwrap_or_default();
            if let Ok(result) = tokio::time::timeout(left, &mut work).await {
                return Ok(result);
            }
            let (patience, speed) = self.line.patience();
            if self.left_at(clock::monotonic()).is_none() {
                if self.state().waiting > 0 {
                    self.line.is_slower_than(speed);
                }
                return Err(patience);
            }
        }
    }

    /// Bytes of this request that may be on this machine still.
    #[cfg(test)]
    pub(crate) fn waiting(&self) -> u64 {
        self.state().waiting
    }

    fn hand_over_at(&self, now: Instant, bytes: u64, room: u64) {
        let mut state = self.state();
        let waiting = state.waiting.saturating_add(bytes).min(room);
        self.line.waiting.fetch_add(waiting - state.waiting, Ordering::Relaxed);
        state.first.get_or_insert(now);
        (state.last, state.waiting, state.is_held) = (now, waiting, false);
        state.handed = state.handed.saturating_add(bytes);
    }

    fn hear_at(&self, now: Instant) {
        let mut state = self.state();
        self.line.waiting.fetch_sub(state.waiting, Ordering::Relaxed);
        if let Some(first) = state.first.filter(|_| state.handed >= TELLING) {
            let millis = u64::try_from(now.saturating_duration_since(first).as_millis()).unwrap_or(u64::MAX);
            let speed = state.handed.saturating_mul(1000) / millis.max(1);
            self.line.bytes_per_second.fetch_max(speed.min(USUAL), Ordering::Relaxed);
        }
        *state = State { last: now, first: None, handed: 0, waiting: 0, is_held: false };
    }

    /// How much longer nothing may move; `None` when it was too long already.
    fn left_at(&self, now: Instant) -> Option<Duration> {
        let (patience, _) = self.line.patience();
        let state = self.state();
        if state.is_held {
            return Some(patience);
        }
        let left = patience.saturating_sub(now.saturating_duration_since(state.last));
        (!left.is_zero()).then_some(left)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Moving {
    fn drop(&mut self) {
        self.line.waiting.fetch_sub(self.state().waiting, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMEOUT: Duration = Duration::from_secs(30);

    fn seconds(count: u64) -> Duration {
        Duration::from_secs(count)
    }

    #[test]
    fn a_request_has_time_for_as_long_as_bytes_move() {
        let request = Line::new(TIMEOUT).begin();
        let start = clock::monotonic();
        request.hear_at(start);
        for minute in 0..60 {
            let now = start + seconds(29 * minute);
            assert!(request.left_at(now).is_some(), "{minute}");
            request.hear_at(now);
        }
        let last = start + seconds(29 * 59);
        assert_eq!(request.left_at(last + seconds(10)), Some(seconds(20)));
        assert_eq!(request.left_at(last + seconds(30)), None);
    }

    #[test]
    fn what_all_requests_have_in_buffers_has_time_to_leave() {
        let line = Line::new(TIMEOUT);
        let requests: Vec<_> = (0..4).map(|_| line.begin()).collect();
        let now = clock::monotonic();
        for request in &requests {
            request.hand_over_at(now, 4 << 20, BUFFERED);
        }
        // 16 MiB at 64 KiB/s.
        assert_eq!(requests[0].left_at(now), Some(TIMEOUT + seconds(256)));
        requests[1].hear_at(now);
        drop(requests.into_iter().nth(2));
        assert_eq!(line.waiting.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn no_more_waits_in_buffers_than_they_hold_but_a_disk_says_nothing_until_all_is_there() {
        let line = Line::new(TIMEOUT);
        let (now, request) = (clock::monotonic(), line.begin());
        request.hand_over_at(now, 112 << 20, BUFFERED);
        assert_eq!(request.left_at(now), Some(TIMEOUT + seconds(80)));
        request.hear_at(now);
        request.expect(112 << 20);
        assert!(request.left_at(clock::monotonic()).is_some_and(|left| left > seconds(1700)));
    }

    #[test]
    fn the_users_own_limit_is_nobodys_fault() {
        let request = Line::new(TIMEOUT).begin();
        request.hold();
        let much_later = clock::monotonic() + seconds(3600);
        assert_eq!(request.left_at(much_later), Some(TIMEOUT));
        request.hand_over_at(much_later, 1, BUFFERED);
        assert_eq!(request.left_at(much_later + seconds(31)), None);
    }

    #[test]
    fn a_line_that_proves_slow_gets_more_time_until_it_proves_faster() {
        let line = Line::new(TIMEOUT);
        let (now, request) = (clock::monotonic(), line.begin());
        request.hand_over_at(now, 4 << 20, BUFFERED);
        // Four that time out together have learned one thing.
        (0..4).for_each(|_| line.is_slower_than(USUAL));
        assert_eq!(line.patience(), (TIMEOUT + seconds(128), USUAL / 2));
        (0..40).for_each(|_| line.is_slower_than(line.patience().1));
        assert_eq!(line.patience(), (TIMEOUT + seconds(4096), SLOWEST));
        // 4 MiB in 512 seconds, which is what the next time is reckoned by.
        request.hear_at(now + seconds(512));
        assert_eq!(line.patience(), (TIMEOUT, 8 << 10));
    }

    #[test]
    fn what_does_not_move_is_given_up() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let request = Line::new(Duration::from_millis(1)).begin();
        let stalled = runtime.block_on(request.watch(std::future::pending::<()>()));
        assert_eq!(stalled, Err(Duration::from_millis(1)));
        assert_eq!(runtime.block_on(request.watch(async { 7 })), Ok(7));
    }
}
