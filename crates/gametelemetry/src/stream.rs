//! Frames as an async `Stream`, for programs that live in an async runtime.
//!
//! The source still samples on its own thread, so its rate does not depend on the runtime; the stream only hands
//! over what was sampled.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use gametelemetry_file::{Telemetry, Timestamp};

use crate::clock::{self, Clock};
use crate::{SourceError, StopToken, TelemetrySource};

/// Frames of one source with their times. Dropping it stops the source.
#[derive(Debug)]
pub struct FrameStream<F> {
    shared: Arc<Mutex<Shared<F>>>,
    stop: StopToken,
}

#[derive(Debug)]
struct Shared<F> {
    frames: VecDeque<(Timestamp, F)>,
    missed: u64,
    end: Option<Option<SourceError>>,
    waker: Option<Waker>,
}

/// Samples `source` on a thread of its own and gives its frames as a stream. At most `capacity` frames wait to be
/// polled; further ones are counted as [missed](FrameStream::missed), because sampling waits for nobody.
///
/// # Errors
/// When the operating system gives no thread.
pub fn into_stream<S: TelemetrySource + 'static>(
    mut source: S,
    capacity: usize,
) -> std::io::Result<FrameStream<S::Frame>> {
    let shared = Shared { frames: VecDeque::new(), missed: 0, end: None, waker: None };
    let shared = Arc::new(Mutex::new(shared));
    let stop = StopToken::new();
    let stream = FrameStream { shared: Arc::clone(&shared), stop: stop.clone() };
    std::thread::Builder::new().name("stream".to_owned()).spawn(move || {
        let mut ending = EndOnDrop { shared: Arc::clone(&shared), end: Some(panicked()) };
        let clock = Clock::system();
        ending.end = loop {
            if stop.is_stopped() {
                break None;
            }
            match source.next_frame(&stop) {
                Ok(Some(sample)) => {
                    let timestamp = clock.at(sample.taken.unwrap_or_else(clock::monotonic));
                    let frame = sample.frame.clone();
                    change(&shared, |shared| shared.push(timestamp, frame, capacity));
                }
                Ok(None) => break None,
                Err(error) => break Some(error),
            }
        };
    })?;
    Ok(stream)
}

/// Tells the stream how the source ended, also when it panicked: a stream that never ends would hang its program.
struct EndOnDrop<F> {
    shared: Arc<Mutex<Shared<F>>>,
    end: Option<SourceError>,
}

impl<F> Drop for EndOnDrop<F> {
    fn drop(&mut self) {
        let end = self.end.take();
        change(&self.shared, |shared| shared.end = Some(end));
    }
}

fn panicked() -> SourceError {
    SourceError::Other { what: "the source panicked, please report it".to_owned(), source: None }
}

fn change<F>(shared: &Mutex<Shared<F>>, change: impl FnOnce(&mut Shared<F>)) {
    let mut shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
    change(&mut shared);
    let waker = shared.waker.take();
    drop(shared);
    if let Some(waker) = waker {
        waker.wake();
    }
}

impl<F> Shared<F> {
    fn push(&mut self, timestamp: Timestamp, frame: F, capacity: usize) {
        if self.frames.len() < capacity {
            self.frames.push_back((timestamp, frame));
        } else {
            self.missed += 1;
        }
    }
}

impl<F> FrameStream<F> {
    /// Frames that were sampled but not polled in time.
    #[must_use]
    pub fn missed(&self) -> u64 {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner).missed
    }
}

impl<F: Telemetry> futures_core::Stream for FrameStream<F> {
    type Item = Result<(Timestamp, F), SourceError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(frame) = shared.frames.pop_front() {
            return Poll::Ready(Some(Ok(frame)));
        }
        match &mut shared.end {
            Some(end) => Poll::Ready(end.take().map(Err)),
            None => {
                shared.waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}

impl<F> Drop for FrameStream<F> {
    fn drop(&mut self) {
        self.stop.stop();
    }
}
