//! A session with several sources, callbacks and writers, and everything that can go wrong around it.

use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use gametelemetry::clock::{self, Clock};
use gametelemetry::{
    End, FrameSize, GameSession, JsonLinesWriter, Ledger, PackedFrame, RawFrame, RecordSizeError, Sample,
    Schema, SessionError, SessionOptions, SessionWriter, SourceDescription, SourceError, StopToken,
    TelemetrySource, Timestamp, WriteError, Written, telemetry,
};

use crate::support::{Contents, Page, Scripted, folder, only_file, wait_until};

/// A frame type that no source here gives.
#[telemetry(size = 4)]
struct Unheard {
    /// Nothing.
    nothing: u32,
}

fn numbers(last: u32) -> std::ops::RangeInclusive<u32> {
    1..=last
}

/// An error with all its causes.
fn text(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

#[test]
fn sources_of_one_name_get_a_file_each() {
    let out = folder("names");
    let session = GameSession::new("demo")
        .source(Scripted::pages("physics", numbers(5)))
        .source(Scripted::pages("physics", 101..=107))
        .save_to(out.path())
        .start()
        .unwrap();
    session.wait();
    let summary = session.stop().unwrap();
    let counters = |name| Contents::read(&summary.folder.join(name)).counters();
    assert_eq!(counters("physics.gtel"), [1, 2, 3, 4, 5]);
    assert_eq!(counters("physics_2.gtel"), [101, 102, 103, 104, 105, 106, 107]);
    let names: Vec<_> = summary.sources.iter().map(|source| source.name.as_str()).collect();
    assert_eq!((names, summary.recorded()), (vec!["physics", "physics_2"], 12));
}

#[test]
fn sessions_of_one_second_get_a_folder_each() {
    let out = folder("folders");
    let start = || {
        let noon = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
        let session = GameSession::new("demo").source(Scripted::pages("physics", numbers(1)));
        session.clock(Clock::with_wall(move || noon)).save_to(out.path()).start().unwrap()
    };
    let name = |folder: &Path| folder.file_name().unwrap().to_str().unwrap().to_owned();
    let (first, second) = (start(), start());
    assert_eq!(name(second.folder()), format!("{}_2", name(first.folder())));
    let summaries = [first.stop().unwrap(), second.stop().unwrap()];
    for summary in summaries {
        assert_eq!(Contents::read(&summary.folder.join("physics.gtel")).end, End::Complete);
    }
}

#[test]
fn a_callback_that_would_never_be_called_is_an_error_at_the_start() {
    let out = folder("never_called");
    let session =
        || GameSession::new("demo").source(Scripted::pages("physics", numbers(1))).save_to(out.path());
    let error = session().on_frame(|_: &Unheard, _| ()).start().unwrap_err();
    let said = error.to_string();
    for part in ["Unheard", "Page", "physics"] {
        assert!(said.contains(part), "{said}");
    }
    let error = session().on_frame_of("graphics", |_: &Page, _| ()).start().unwrap_err();
    assert!(matches!(error, SessionError::NoSourceFor { .. }), "{error}");
    assert!(error.to_string().contains("graphics"), "{error}");
    assert_eq!(std::fs::read_dir(out.path()).unwrap().count(), 0, "nothing is left behind");
    assert!(matches!(GameSession::new("demo").start(), Err(SessionError::NoSource)));
}

#[test]
fn callbacks_get_every_frame_of_their_sources() {
    let out = folder("callbacks");
    let (all, of_second) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(Vec::new())));
    let keep = |seen: &Arc<Mutex<Vec<(u32, Timestamp)>>>| {
        let seen = Arc::clone(seen);
        move |page: &Page, timestamp| seen.lock().unwrap().push((page.packet_id(), timestamp))
    };
    let session = GameSession::new("demo")
        .source(Scripted::pages("first", numbers(100)))
        .source(Scripted::pages("second", 1001..=1100))
        .on_frame(keep(&all))
        .on_frame_of("second", keep(&of_second))
        .save_to(out.path())
        .start()
        .unwrap();
    session.wait();
    let summary = session.stop().unwrap();
    let mut all: Vec<u32> = all.lock().unwrap().iter().map(|&(counter, _)| counter).collect();
    all.sort_unstable();
    assert_eq!(all, (1..=100).chain(1001..=1100).collect::<Vec<_>>());
    let file = Contents::read(&summary.folder.join("second.gtel"));
    let recorded: Vec<_> =
        file.counters().into_iter().zip(file.records.iter().map(|record| record.0)).collect();
    assert_eq!(*of_second.lock().unwrap(), recorded, "a callback gets the frames and times of the file");
    assert!(summary.sources.iter().all(|source| source.ledger.missed_by_callbacks == 0));
}

#[test]
fn a_slow_callback_holds_up_nothing_and_what_it_misses_is_counted() {
    let out = folder("slow_callback");
    let (open, gate) = channel::<()>();
    let called = Arc::new(Mutex::new(0));
    let counted = Arc::clone(&called);
    let session = GameSession::new("demo")
        .source(Scripted::pages("physics", numbers(1000)))
        .on_frame(move |_: &Page, _| {
            wait_at(&gate);
            *counted.lock().unwrap() += 1;
        })
        .save_to(out.path())
        .start()
        .unwrap();
    session.wait();
    // Sampling and writing go on to their end while the callback is still busy with the first frame.
    wait_until("the writer's end", || session.status()[0].1.recorded == 1000);
    assert_eq!(*called.lock().unwrap(), 0);
    drop(open);
    let summary = session.stop().unwrap();
    let missed = summary.sources[0].ledger.missed_by_callbacks;
    assert!(missed >= 700, "{missed}");
    assert_eq!(*called.lock().unwrap() + missed, 1000);
    assert_eq!(
        Contents::read(&summary.folder.join("physics.gtel")).counters(),
        numbers(1000).collect::<Vec<_>>()
    );
}

#[test]
fn a_callback_that_never_returns_does_not_hang_the_end() {
    let out = folder("stuck_callback");
    let (_open, gate) = channel::<()>();
    let session = GameSession::new("demo")
        .source(Scripted::pages("physics", numbers(20)))
        .on_frame(move |_: &Page, _| wait_at(&gate))
        .save_to(out.path())
        .start()
        .unwrap();
    session.wait();
    assert_eq!(session.stop().unwrap().recorded(), 20);
}

#[test]
fn a_panicking_callback_ends_itself_only_and_the_ledger_says_so() {
    let out = folder("panicking_callback");
    let seen = Arc::new(Mutex::new(0));
    let counted = Arc::clone(&seen);
    let session = GameSession::new("demo")
        .source(Scripted::endless("physics"))
        .on_frame(|page: &Page, _| assert!(page.packet_id() < 3, "the callback panics as it should"))
        .on_frame(move |_: &Page, _| *counted.lock().unwrap() += 1)
        .save_to(out.path())
        .start()
        .unwrap();
    wait_until("the notice", || !session.status()[0].1.notices.is_empty());
    let summary = session.stop().unwrap();
    let ledger = &summary.sources[0].ledger;
    assert_eq!(*seen.lock().unwrap(), ledger.recorded, "the other callback gets every frame");
    assert!(ledger.notices[0].contains("a callback panicked"), "{:?}", ledger.notices);
    assert!(ledger.missed_by_callbacks > 0 && ledger.frames == ledger.recorded);
}

#[test]
fn a_panicking_source_is_reported_and_what_it_gave_is_stored() {
    let out = folder("panicking_source");
    let mut pages = numbers(25);
    let source =
        Scripted::new("physics", move |_| Ok(Some(Page::numbered(pages.next().expect("as it should")))));
    let session = GameSession::new("demo")
        .source(source)
        .source(Scripted::endless("other"))
        .save_to(out.path())
        .start()
        .unwrap();
    let folder = session.folder().to_owned();
    let file = || Contents::read(&folder.join("physics.gtel"));
    wait_until("the end of the file", || file().end == End::Complete);
    let before = session.status()[1].1.frames;
    wait_until("a further frame of the other source", || session.status()[1].1.frames > before);
    match session.stop() {
        Err(SessionError::Panicked { source_name, summary }) => {
            assert_eq!((source_name.as_str(), summary.sources[0].ledger.recorded), ("physics", 25));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(file().counters(), numbers(25).collect::<Vec<_>>());
}

#[test]
fn a_source_that_fails_is_reported_and_what_it_gave_is_stored() {
    let out = folder("failing_source");
    let mut pages = numbers(3);
    let source = Scripted::new("physics", move |_| match pages.next() {
        Some(number) => Ok(Some(Page::numbered(number))),
        None => Err(SourceError::Other { what: "the wheel came off".into(), source: None }),
    });
    let session = GameSession::new("demo").source(source).save_to(out.path()).start().unwrap();
    session.wait();
    let error = session.stop().unwrap_err();
    assert_eq!(text(&error), "source physics ended early: the wheel came off");
    let file = Contents::read(&only_file(out.path()));
    assert_eq!((file.counters(), file.end), (vec![1, 2, 3], End::Complete));
}

#[test]
fn a_source_that_ends_by_itself_ends_the_session() {
    let out = folder("ends");
    let session =
        GameSession::new("demo").source(Scripted::pages("physics", numbers(33))).save_to(out.path()).start();
    let session = session.unwrap();
    session.wait();
    assert!(session.has_ended());
    let summary = session.stop().unwrap();
    let file = Contents::read(&only_file(out.path()));
    assert_eq!((file.counters().len(), file.end, summary.recorded()), (33, End::Complete, 33));
    assert!(!summary.lost_data());
}

#[test]
fn a_stop_token_ends_the_session_and_so_does_dropping_it() {
    let out = folder("stops");
    let token = StopToken::new();
    let session = GameSession::new("demo").source(Scripted::endless("physics")).stop_token(&token);
    let session = session.save_to(out.path()).start().unwrap();
    wait_until("ten frames", || session.status()[0].1.frames >= 10);
    token.stop();
    session.wait();
    let recorded = session.stop().unwrap().recorded();
    let file = Contents::read(&only_file(out.path()));
    assert_eq!((file.counters().len() as u64, file.end), (recorded, End::Complete));

    let out = folder("drops");
    let session = GameSession::new("demo").source(Scripted::endless("physics")).save_to(out.path());
    let session = session.start().unwrap();
    wait_until("ten frames", || session.status()[0].1.frames >= 10);
    drop(session);
    let file = Contents::read(&only_file(out.path()));
    assert!(file.counters().len() >= 10);
    assert_eq!(file.end, End::Complete);
}

#[test]
fn a_wall_clock_set_back_does_not_turn_the_timestamps() {
    let out = folder("wall_clock");
    let (started, set_back) = (clock::monotonic(), Arc::new(Mutex::new(Duration::ZERO)));
    let shown = Arc::clone(&set_back);
    let wall = move || {
        let noon = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
        noon + started.elapsed() - *shown.lock().unwrap()
    };
    let session = GameSession::new("demo").source(Scripted::endless("physics")).clock(Clock::with_wall(wall));
    let session = session.save_to(out.path()).start().unwrap();
    wait_until("frames before", || session.status()[0].1.frames >= 10);
    *set_back.lock().unwrap() = Duration::from_secs(3600);
    let before = session.status()[0].1.frames;
    wait_until("frames after", || session.status()[0].1.frames >= before + 10);
    let ledger = session.stop().unwrap().sources.remove(0).ledger;
    let file = Contents::read(&only_file(out.path()));
    assert!(file.records.is_sorted_by_key(|record| record.0));
    let span = ledger.last_frame.unwrap().seconds_since(ledger.first_frame.unwrap());
    assert!((0.0..60.0).contains(&span), "{span}");
    // Two clocks cannot be read at the very same moment, least of all on a busy machine.
    assert!((ledger.wall_clock_moved_ms + 3_600_000).abs() < 5000, "{}", ledger.wall_clock_moved_ms);
}

#[test]
fn a_folder_may_have_spaces_and_letters_of_any_script_and_is_made_with_its_parents() {
    let out = folder("odd folder");
    let inner = out.path().join("Nürburgring 24h").join("サーキット ü").join("sessions");
    let session = GameSession::new("demo").source(Scripted::pages("physics", numbers(3))).save_to(&inner);
    session.start().unwrap().stop().unwrap();
    assert_eq!(Contents::read(&only_file(&inner)).end, End::Complete);
}

#[test]
fn a_file_in_the_place_of_the_folder_is_named_in_the_error() {
    let out = folder("file_as_folder");
    let file = out.path().join("sessions");
    std::fs::write(&file, "precious").unwrap();
    let session = GameSession::new("demo").source(Scripted::pages("physics", numbers(3))).save_to(&file);
    let error = session.start().unwrap_err();
    assert!(matches!(error, SessionError::Folder(_)), "{error:?}");
    let said = text(&error);
    assert!(said.contains(file.to_str().unwrap()), "{said}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "precious");
}

/// Gives frames of raw bytes, each with whether it is suspect.
struct Raw(RawFrame, std::vec::IntoIter<(Vec<u8>, bool)>);

impl TelemetrySource for Raw {
    type Frame = RawFrame;

    fn describe(&self) -> SourceDescription {
        SourceDescription::new("raw", self.0.schema().as_ref().clone())
    }

    fn next_frame(&mut self, _: &StopToken) -> Result<Option<Sample<'_, RawFrame>>, SourceError> {
        let Some((bytes, suspect)) = self.1.next() else { return Ok(None) };
        *self.0.bytes_mut() = bytes;
        Ok(Some(Sample { suspect, ..Sample::new(&self.0) }))
    }
}

#[test]
fn frames_that_the_writer_refuses_are_counted_and_shift_no_suspect() {
    let out = folder("refused");
    let schema = Schema::opaque("Four", FrameSize::Fixed(4));
    let frames: Vec<_> =
        (0..30_u8).map(|number| (vec![number; if number % 3 == 0 { 5 } else { 4 }], number == 20)).collect();
    let session = GameSession::new("demo").source(Raw(RawFrame::new(schema.into()), frames.into_iter()));
    let session = session.save_to(out.path()).start().unwrap();
    session.wait();
    let summary = session.stop().unwrap();
    let ledger = &summary.sources[0].ledger;
    assert_eq!((ledger.frames, ledger.recorded, ledger.dropped), (30, 20, 10));
    assert!(summary.lost_data());
    let records = Contents::read(&only_file(out.path())).records;
    let [suspect] = *ledger.suspects else { panic!("{:?}", ledger.suspects) };
    assert_eq!(records[usize::try_from(suspect).unwrap()].1, [20; 4]);
}

/// A user's own writer: keeps counters, and does before each frame what the test says.
struct Own {
    kept: Arc<Mutex<Vec<u32>>>,
    before: Box<dyn FnMut(u32) -> Result<(), WriteError> + Send>,
}

impl SessionWriter for Own {
    fn write(&mut self, _: Timestamp, data: &[u8]) -> Result<(), WriteError> {
        let number = Page::view(data).unwrap().packet_id();
        (self.before)(number)?;
        self.kept.lock().unwrap().push(number);
        Ok(())
    }

    fn flush(&mut self) -> Result<(), WriteError> {
        Ok(())
    }

    fn finish(&mut self, ledger: &Ledger) -> Result<Written, WriteError> {
        assert!(ledger.finished);
        Ok(Written { records: self.kept.lock().unwrap().len() as u64, ..Written::default() })
    }
}

type Kept = Arc<Mutex<Vec<u32>>>;

/// A session that is written by an [`Own`], and what that keeps.
fn written_by(
    source: Scripted<Page>,
    out: &Path,
    before: impl FnMut(u32) -> Result<(), WriteError> + Send + 'static,
) -> (GameSession, Kept) {
    let kept = Kept::default();
    let writer = Mutex::new(Some(Own { kept: Arc::clone(&kept), before: Box::new(before) }));
    let session = GameSession::new("demo").source(source).save_to(out);
    let session = session
        .writer(move |_, _| Ok(Box::new(writer.lock().unwrap().take().expect("one source")) as Box<_>));
    (session, kept)
}

#[test]
fn a_writer_of_the_user_gets_every_frame_in_order() {
    let out = folder("own_writer");
    let refused = |number| match number {
        7 => Err(RecordSizeError { got: 800, allowed: FrameSize::Fixed(1) }.into()),
        _ => Ok(()),
    };
    let (session, kept) = written_by(Scripted::pages("physics", numbers(100)), out.path(), refused);
    let session = session.start().unwrap();
    session.wait();
    let summary = session.stop().unwrap();
    assert_eq!(*kept.lock().unwrap(), numbers(100).filter(|&number| number != 7).collect::<Vec<_>>());
    assert_eq!(summary.sources[0].written.unwrap().records, 99);
    assert_eq!(summary.sources[0].ledger.dropped, 1);
}

fn wait_at(gate: &Receiver<()>) {
    let _ = gate.recv();
}

#[test]
fn a_writer_too_slow_for_its_queue_costs_frames_that_are_counted_and_sampling_goes_on() {
    let out = folder("overflow");
    let (open, gate) = channel::<()>();
    let (session, kept) = written_by(Scripted::pages("physics", numbers(2000)), out.path(), move |_| {
        wait_at(&gate);
        Ok(())
    });
    let session = session.options(SessionOptions { queue_bytes: 100 * 812, ..SessionOptions::default() });
    let session = session.start().unwrap();
    // The source comes to its end while the writer has not stored a single frame.
    session.wait();
    let ledger = &session.status()[0].1;
    assert_eq!((ledger.frames, ledger.recorded), (2000, 0));
    drop(open);
    let ledger = session.stop().unwrap().sources.remove(0).ledger;
    let kept = kept.lock().unwrap();
    assert!(kept.is_sorted() && kept.len() >= 100, "{kept:?}");
    assert_eq!((ledger.recorded, ledger.recorded + ledger.dropped), (kept.len() as u64, 2000));
    assert!(ledger.dropped >= 1700, "{}", ledger.dropped);
}

#[test]
fn a_writer_that_fails_or_panics_ends_the_session() {
    let out = folder("failing_writer");
    let fails = |number| match number {
        30 => Err(WriteError::Other { what: "the bucket is full".into(), source: None }),
        _ => Ok(()),
    };
    let (session, kept) = written_by(Scripted::endless("physics"), out.path(), fails);
    let session = session.start().unwrap();
    session.wait();
    let error = session.stop().unwrap_err();
    assert_eq!(text(&error), "source physics was not stored to its end: the bucket is full");
    let SessionError::Write { summary: Some(summary), .. } = error else { panic!("{error:?}") };
    let ledger = &summary.sources[0].ledger;
    assert!(summary.lost_data() && ledger.recorded <= kept.lock().unwrap().len() as u64);
    assert_eq!(ledger.frames, ledger.recorded + ledger.dropped);

    let panics = |number| panic!("the writer panics at {number}, as it should");
    let (session, _) = written_by(Scripted::endless("physics"), out.path(), panics);
    let session = session.start().unwrap();
    session.wait();
    assert!(matches!(session.stop(), Err(SessionError::Panicked { .. })));
}

#[test]
fn json_lines_have_every_field_of_every_frame() {
    let out = folder("json");
    let session = GameSession::new("demo").source(Scripted::pages("physics", numbers(25)));
    let session = session.writer(JsonLinesWriter::create).save_to(out.path()).start().unwrap();
    session.wait();
    let summary = session.stop().unwrap();
    let text = std::fs::read_to_string(summary.folder.join("physics.jsonl")).unwrap();
    assert_eq!(summary.sources[0].written.unwrap().file_bytes, text.len() as u64);
    let mut before = Timestamp::MIN;
    for (line, number) in text.lines().zip(numbers(25)) {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        let page = Page::numbered(number);
        assert_eq!(line["packet_id"], number);
        assert_eq!(line["words"], serde_json::json!(page.words().to_vec()));
        assert_eq!(line.as_object().unwrap().len(), 3);
        let timestamp: Timestamp = line["timestamp"].as_str().unwrap().parse().unwrap();
        assert!(timestamp >= before);
        before = timestamp;
    }
    assert_eq!(text.lines().count(), 25);
}

#[test]
fn frames_of_a_burst_reach_the_file_before_more_than_promised_are_at_risk() {
    const FRAMES: u32 = 200;
    let out = folder("burst");
    let file = Arc::new(Mutex::new(None::<std::path::PathBuf>));
    let at_risk = Arc::new(Mutex::new(Vec::new()));
    let (path, seen) = (Arc::clone(&file), Arc::clone(&at_risk));
    let mut numbers = numbers(FRAMES);
    let source = Scripted::new("physics", move |_| {
        let next = numbers.next();
        // Before it gives a frame: how many given earlier are not in the file?
        if let (Some(number), Some(path)) = (next, path.lock().unwrap().as_ref()) {
            seen.lock().unwrap().push(number as usize - 1 - Contents::read(path).records.len());
        }
        Ok(next.map(Page::numbered))
    });
    let hold = file.lock().unwrap();
    let session = GameSession::new("demo").source(source).save_to(out.path()).start().unwrap();
    let mut hold = hold;
    *hold = Some(only_file(out.path()));
    drop(hold);
    session.wait();
    assert_eq!(session.stop().unwrap().recorded(), u64::from(FRAMES));
    let at_risk = at_risk.lock().unwrap();
    // Nine, and the frame to come makes ten. A machine that stops the writer in the middle of its write for longer
    // than the source waits for it may exceed that; it must be rare.
    let beyond = at_risk.iter().filter(|&&frames| frames > 9).count();
    assert!(at_risk.len() == FRAMES as usize && beyond <= 10, "{at_risk:?}");
}
