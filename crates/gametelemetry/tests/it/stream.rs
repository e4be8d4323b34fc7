//! Frames as an async stream, by the smallest executor there is.

use std::pin::pin;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;

use futures_core::Stream;
use gametelemetry::{FrameStream, SourceError, Timestamp, into_stream};

use crate::support::{Page, Scripted, wait_until};

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// The next item of `stream`, waited for without an async runtime.
fn next(stream: &mut FrameStream<Page>) -> Option<Result<(Timestamp, Page), SourceError>> {
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut stream = pin!(stream);
    loop {
        match stream.as_mut().poll_next(&mut Context::from_waker(&waker)) {
            Poll::Ready(item) => return item,
            Poll::Pending => std::thread::park(),
        }
    }
}

#[test]
fn frames_arrive_in_order_and_the_end_after_them() {
    let mut stream = into_stream(Scripted::pages("physics", 1..=500), 500).unwrap();
    let mut before = Timestamp::MIN;
    for number in 1..=500 {
        let (timestamp, page) = next(&mut stream).unwrap().unwrap();
        assert_eq!(page.packet_id(), number);
        assert!(page.is_whole() && timestamp >= before);
        before = timestamp;
    }
    assert!(next(&mut stream).is_none());
    assert!(next(&mut stream).is_none(), "the end stays the end");
    assert_eq!(stream.missed(), 0);
}

#[test]
fn frames_come_while_the_source_runs() {
    let mut stream = into_stream(Scripted::endless("physics"), 1_000_000).unwrap();
    for number in 1..=50 {
        assert_eq!(next(&mut stream).unwrap().unwrap().1.packet_id(), number);
    }
}

#[test]
fn an_error_of_the_source_comes_after_its_frames() {
    let mut pages = 1..=2;
    let source = Scripted::new("physics", move |_| match pages.next() {
        Some(number) => Ok(Some(Page::numbered(number))),
        None => Err(SourceError::Other { what: "the wheel came off".into(), source: None }),
    });
    let mut stream = into_stream(source, 10).unwrap();
    for number in 1..=2 {
        assert_eq!(next(&mut stream).unwrap().unwrap().1.packet_id(), number);
    }
    assert_eq!(next(&mut stream).unwrap().unwrap_err().to_string(), "the wheel came off");
    assert!(next(&mut stream).is_none());
}

#[test]
fn a_panic_of_the_source_is_an_error_not_silence_for_ever() {
    let source = Scripted::new("physics", |_| panic!("the source panics, as it should"));
    let mut stream = into_stream(source, 10).unwrap();
    let error = next(&mut stream).unwrap().unwrap_err();
    assert!(error.to_string().contains("panicked"), "{error}");
    assert!(next(&mut stream).is_none());
}

#[test]
fn frames_beyond_the_capacity_are_counted_as_missed() {
    let (ended, end) = channel::<()>();
    let mut pages = 1..=100;
    let source = Scripted::new("physics", move |_| {
        let _ended = &ended;
        Ok(pages.next().map(Page::numbered))
    });
    let mut stream = into_stream(source, 10).unwrap();
    assert!(end.recv().is_err(), "the source is dropped at its end");
    for number in 1..=10 {
        assert_eq!(next(&mut stream).unwrap().unwrap().1.packet_id(), number);
    }
    assert!(next(&mut stream).is_none());
    assert_eq!(stream.missed(), 90);
}

#[test]
fn dropping_the_stream_stops_the_source() {
    let alive = Arc::new(());
    let held = Arc::clone(&alive);
    let source = Scripted::new("physics", move |stop| {
        let _held = &held;
        stop.wait();
        Ok(None)
    });
    let stream = into_stream(source, 10).unwrap();
    assert_eq!(Arc::strong_count(&alive), 2);
    drop(stream);
    wait_until("the end of the source", || Arc::strong_count(&alive) == 1);
}
