//! A recording of which only the last part is kept: what a mark writes is exactly that, a session like any other, and
//! whatever happens to a mark, recording goes on.

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use gametelemetry::clock::{self, Clock};
use gametelemetry::{
    FieldKind, FileWatcherSource, FrameSize, GameSession, Gap, JsonLinesWriter, LapProcessor, Ledger,
    MarkError, MessageKind, PackedFrame, RawFrame, RunningSession, Sample, Schema, SessionError,
    SessionOptions, SourceDescription, SourceError, StopToken, Summary, TelemetrySource, Timestamp, files,
    telemetry, verify,
};

use crate::support::{Contents, Page, folder, wait_until};

/// The longest time by which a session may begin too early.
const SEGMENT: Duration = Duration::from_millis(200);
const MINUTE: Duration = Duration::from_secs(60);

/// A frame of the scripted game.
#[derive(Clone)]
struct Frame {
    at: Duration,
    data: Vec<u8>,
    suspect: bool,
    rewind: bool,
}

impl Frame {
    fn new(at: Duration, data: &[u8]) -> Self {
        Self { at, data: data.to_vec(), suspect: false, rewind: false }
    }
}

/// A message that comes in parts.
#[telemetry(size = 3)]
struct EntryList {
    /// Always 3.
    kind: u8,
    /// From 0 on.
    part: u8,
    /// How many.
    parts: u8,
}

/// Gives frames as the test sends them, each as if taken at its time: hours pass in a moment.
struct Told {
    description: SourceDescription,
    frames: Receiver<Frame>,
    begin: Instant,
    frame: RawFrame,
}

impl TelemetrySource for Told {
    type Frame = RawFrame;

    fn describe(&self) -> SourceDescription {
        self.description.clone()
    }

    fn next_frame(&mut self, stop: &StopToken) -> Result<Option<Sample<'_, RawFrame>>, SourceError> {
        let told = loop {
            match self.frames.recv_timeout(Duration::from_millis(5)) {
                Ok(frame) => break frame,
                Err(RecvTimeoutError::Timeout) if !stop.is_stopped() => {}
                Err(_) => return Ok(None),
            }
        };
        *self.frame.bytes_mut() = told.data;
        let taken = Some(self.begin + told.at);
        let sample = Sample::new(&self.frame);
        Ok(Some(Sample { taken, suspect: told.suspect, rewind: told.rewind, ..sample }))
    }
}

/// A running session with sources that the test speaks for.
struct Game {
    session: RunningSession,
    begin: Timestamp,
    sources: Vec<(String, Sender<Frame>, u64)>,
}

impl Game {
    /// Keeps the last `keep` of sources of these names and layouts.
    fn start(out: &Path, keep: Duration, sources: &[(&str, Schema)], options: SessionOptions) -> Self {
        let clock = Clock::system();
        let begin = clock::monotonic();
        let begin_time = clock.at(begin);
        let mut session = GameSession::new("demo").save_to(out).options(options).keep_last(keep).clock(clock);
        let mut senders = Vec::new();
        for (name, schema) in sources {
            let (sender, frames) = channel();
            let mut description = SourceDescription::new(*name, schema.clone());
            description.gap_after = Some(Duration::from_secs(1));
            let frame = RawFrame::new(Arc::new(schema.clone()));
            session = session.source(Told { description, frames, begin, frame });
            senders.push(((*name).to_owned(), sender, 0));
        }
        Self { session: session.start().unwrap(), begin: begin_time, sources: senders }
    }

    fn say(&mut self, source: &str, frame: Frame) {
        let (_, sender, sent) = self.sources.iter_mut().find(|(name, ..)| name == source).unwrap();
        sender.send(frame).unwrap();
        *sent += 1;
    }

    /// Pages of these numbers, ten a second: page 10 at second 1.
    fn pages(&mut self, source: &str, numbers: impl Iterator<Item = u32>) {
        numbers.for_each(|number| self.say(source, Frame::new(at(number), Page::numbered(number).bytes())));
    }

    /// Marks when everything said has come.
    fn mark(&self) -> Result<Summary, MarkError> {
        wait_until("every frame", || {
            let status = self.session.status();
            let taken = status.iter().map(|(_, ledger)| ledger.frames);
            taken.zip(&self.sources).all(|(taken, (.., sent))| taken == *sent)
        });
        self.session.mark()
    }

    fn time(&self, at: Duration) -> Timestamp {
        self.begin + at
    }
}

fn at(number: u32) -> Duration {
    Duration::from_millis(u64::from(number) * 100)
}

fn page_schema() -> Schema {
    Page::schema().clone()
}

/// A queue that no test fills: they give frames as fast as they can.
fn options() -> SessionOptions {
    SessionOptions { queue_bytes: 1 << 30, ..SessionOptions::default() }
}

fn file(summary: &Summary, source: &str) -> std::path::PathBuf {
    summary.folder.join(format!("{source}.gtel"))
}

/// Checks that a session is whole, of one piece, and as its summary says.
fn check(summary: &Summary) {
    let mut ids = Vec::new();
    for source in &summary.sources {
        let mut reader = files::open(&file(summary, &source.name)).unwrap();
        ids.push((reader.header().session.clone(), reader.header().clock.started));
        let verdict = verify(&mut reader, |_| ()).unwrap();
        assert!(verdict.is_whole(), "{verdict:?}");
        let ledger = verdict.ledger.unwrap();
        assert_eq!(ledger, source.ledger);
        assert!(ledger.finished && verdict.backwards == 0);
        assert_eq!(ledger.frames, ledger.recorded + ledger.dropped);
        let written = source.written.unwrap();
        assert_eq!((written.records, written.record_bytes), (verdict.records, verdict.record_bytes));
        assert_eq!(written.file_bytes, std::fs::metadata(file(summary, &source.name)).unwrap().len());
    }
    ids.dedup();
    assert_eq!(ids.len(), 1, "{ids:?}");
    let name = format!("{}_demo", ids[0].1.folder_name());
    assert!(summary.folder.file_name().unwrap().to_str().unwrap().starts_with(&name));
}

fn ledger<'a>(summary: &'a Summary, source: &str) -> &'a Ledger {
    &summary.sources.iter().find(|it| it.name == source).unwrap().ledger
}

fn session_id(summary: &Summary, source: &str) -> String {
    files::open(&file(summary, source)).unwrap().header().session.clone()
}

#[test]
fn a_mark_writes_the_last_minute_of_an_hour_and_nothing_was_written_before() {
    let out = folder("keep_last");
    let mut game = Game::start(out.path(), MINUTE, &[("physics", page_schema())], options());
    game.pages("physics", 1..=36_000);
    wait_until("an hour", || game.session.status()[0].1.recorded > 35_000);
    assert_eq!(std::fs::read_dir(out.path()).unwrap().count(), 0);
    let summary = game.mark().unwrap();
    check(&summary);
    let contents = Contents::read(&file(&summary, "physics"));
    let counters = contents.counters();
    assert!(counters.iter().copied().eq(counters[0]..=36_000), "a frame is missing");
    let (first, last) = (contents.records[0].0, contents.records.last().unwrap().0);
    let span = last.duration_since(first).unwrap();
    assert!((MINUTE..MINUTE + SEGMENT).contains(&span), "{span:?}");
    assert_eq!(last, game.time(at(36_000)));
    assert!(contents.pages().iter().all(Page::is_whole));
    let header = files::open(&file(&summary, "physics")).unwrap().header().clone();
    assert_eq!((header.clock.started, header.game.as_str()), (first, "demo"));
    let held = game.session.marker().unwrap().held().unwrap();
    assert_eq!((held.until, held.is_short), (last, false));
    assert!(held.span() <= MINUTE && held.bytes < 2 << 20, "{held:?}");
    // The end writes nothing more.
    let end = game.session.stop().unwrap();
    assert_eq!((end.folder.as_path(), end.recorded(), end.lost_data()), (out.path(), 36_000, false));
    assert_eq!(std::fs::read_dir(out.path()).unwrap().count(), 1);
}

#[test]
fn each_mark_writes_what_precedes_it_and_recording_goes_on() {
    let out = folder("marks");
    let mut game = Game::start(out.path(), MINUTE, &[("physics", page_schema())], options());
    game.pages("physics", 1..=300);
    let first = game.mark().unwrap();
    game.pages("physics", 301..=700);
    let second = game.mark().unwrap();
    let marker = game.session.marker().unwrap();
    game.pages("physics", 701..=2000);
    let third = game.mark().unwrap();
    game.session.stop().unwrap();
    // Held until the marker goes.
    let fourth = marker.mark().unwrap();
    for (summary, numbers) in
        [(&first, 1..=300), (&second, 99..=700), (&third, 1399..=2000), (&fourth, 1399..=2000)]
    {
        check(summary);
        let counters = Contents::read(&file(summary, "physics")).counters();
        assert_eq!(*counters.last().unwrap(), *numbers.end());
        assert!((0..=2).contains(&(counters[0].abs_diff(*numbers.start()))), "{} {numbers:?}", counters[0]);
        assert!(counters.iter().copied().eq(counters[0]..=*numbers.end()));
    }
    let mut ids: Vec<_> = [&first, &second, &third, &fourth].map(|it| session_id(it, "physics")).into();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 4, "each session has an id of its own");
    assert_eq!(std::fs::read_dir(out.path()).unwrap().count(), 4);
}

/// What was said once, an hour before the mark, is in the session; and counts as said at its start.
#[test]
fn what_a_source_said_last_is_kept_however_long_ago_that_is() {
    let out = folder("said");
    let opaque = Schema::opaque("Static", FrameSize::Fixed(4));
    let sources = [("physics", page_schema()), ("static", opaque)];
    let mut game = Game::start(out.path(), MINUTE, &sources, options());
    game.say("static", Frame::new(Duration::ZERO, b"old!"));
    game.say("static", Frame::new(Duration::from_secs(1), b"car7"));
    game.pages("physics", 1..=20_000);
    let summary = game.mark().unwrap();
    check(&summary);
    let said = Contents::read(&file(&summary, "static")).records;
    assert_eq!(said, [(game.time(Duration::from_secs(1)), b"car7".to_vec())], "as it was said, and when");
    assert_eq!(ledger(&summary, "static").notices, ["the first record is older than the part that was kept"]);
    let physics = Contents::read(&file(&summary, "physics"));
    assert!((600..=603).contains(&physics.records.len()), "{}", physics.records.len());
    assert!(ledger(&summary, "physics").notices.is_empty());
    // It is still there when it is said again, and not twice.
    game.say("static", Frame::new(at(20_100), b"car8"));
    game.pages("physics", 20_001..=20_200);
    let summary = game.mark().unwrap();
    check(&summary);
    assert_eq!(
        Contents::read(&file(&summary, "static")).records,
        [(game.time(at(20_100)), b"car8".to_vec())]
    );
}

#[test]
fn of_each_kind_of_message_the_last_before_the_window_is_kept() {
    let kind = |name: &str, id| MessageKind::new(name, FrameSize::Fixed(3)).when(0, FieldKind::U8, &[id]);
    let mut list = MessageKind::of::<EntryList>("entry_list").when(0, FieldKind::U8, &[3]);
    list.parts = Some(gametelemetry::Parts {
        number: "part".to_owned(),
        count: "parts".to_owned(),
        first: 0,
        message: Vec::new(),
        running: None,
    });
    let schema = Schema::of_kinds("Packets", vec![kind("participants", 1), kind("motion", 2), list]);
    let out = folder("kinds");
    let mut game = Game::start(out.path(), MINUTE, &[("packets", schema)], options());
    let secs = Duration::from_secs;
    for (at, data) in
        [(1, [1, 1, 1]), (2, [3, 0, 2]), (3, [3, 1, 2]), (4, [1, 7, 7]), (5, [9, 9, 9]), (6, [2, 0, 0])]
    {
        game.say("packets", Frame::new(secs(at), &data));
    }
    for number in 100..=10_000_u32 {
        game.say("packets", Frame::new(at(number), &[2, number as u8, (number >> 8) as u8]));
    }
    let summary = game.mark().unwrap();
    check(&summary);
    let records = Contents::read(&file(&summary, "packets")).records;
    let older: Vec<_> = records.iter().map(|(at, data)| (*at, data.as_slice())).take(4).collect();
    let expected: [(Timestamp, &[u8]); 4] = [
        (game.time(secs(2)), &[3, 0, 2]),
        (game.time(secs(3)), &[3, 1, 2]),
        (game.time(secs(4)), &[1, 7, 7]),
        (game.time(secs(5)), &[9, 9, 9]),
    ];
    assert_eq!(older, expected, "each kind and part once, in order; motion is in what is kept");
    assert!(records[4..].iter().all(|(_, data)| data[0] == 2));
    assert!((600..=603).contains(&(records.len() - 4)), "{}", records.len());
    let header = files::open(&file(&summary, "packets")).unwrap().header().clone();
    assert_eq!(header.clock.started, records[4].0);
}

#[test]
fn a_source_that_stands_still_goes_by_the_time_of_the_others() {
    let out = folder("silent");
    let sources = [("physics", page_schema()), ("graphics", page_schema())];
    let mut game = Game::start(out.path(), MINUTE, &sources, options());
    game.pages("graphics", 1..=100);
    game.pages("physics", 1..=9000);
    let summary = game.mark().unwrap();
    check(&summary);
    assert_eq!(Contents::read(&file(&summary, "graphics")).counters(), [100]);
    assert_eq!(ledger(&summary, "graphics").gap_count, 0);
    assert_eq!(*Contents::read(&file(&summary, "physics")).counters().last().unwrap(), 9000);
}

#[test]
fn memory_is_bounded_and_it_is_said_when_that_costs_something() {
    const LIMIT: usize = 512 << 10;
    let out = folder("memory");
    let bounded = SessionOptions { held_bytes: LIMIT, ..options() };
    let sources = [("physics", page_schema()), ("graphics", page_schema())];
    let mut game = Game::start(out.path(), 60 * MINUTE, &sources, bounded);
    let marker = game.session.marker().unwrap();
    game.say("graphics", Frame::new(Duration::ZERO, Page::numbered(1).bytes()));
    let mut most = 0;
    for part in 0..20 {
        game.pages("physics", 1 + part * 500..=(part + 1) * 500);
        wait_until("these frames", || game.session.status()[0].1.recorded >= u64::from(part + 1) * 500);
        most = most.max(marker.held().unwrap().bytes);
    }
    let summary = game.mark().unwrap();
    check(&summary);
    let held = marker.held().unwrap();
    most = most.max(held.bytes);
    // One segment is sealed before the oldest one goes.
    assert!(held.is_short && most <= LIMIT + (32 << 10), "{most}");
    assert!(held.bytes > LIMIT / 2, "{held:?}");
    let counters = Contents::read(&file(&summary, "physics")).counters();
    assert!(counters[0] > 1 && counters.iter().copied().eq(counters[0]..=10_000));
    let notice = &ledger(&summary, "physics").notices[0];
    assert!(notice.contains("memory was short") && notice.contains("524.3 kB"), "{notice}");
    assert_eq!(Contents::read(&file(&summary, "graphics")).counters(), [1], "said last, so it stays");
}

#[test]
fn the_ledger_tells_of_the_kept_part_alone() {
    let out = folder("ledger_of_part");
    let mut game = Game::start(out.path(), MINUTE, &[("physics", page_schema())], options());
    let frame = |number: u32| Frame::new(at(number), Page::numbered(number).bytes());
    // More than a ledger lists, long before; and one of each in the part that is kept.
    for number in 1..=5000 {
        game.say("physics", Frame { suspect: number < 2000, rewind: number < 2000, ..frame(number) });
    }
    game.pages("physics", 5020..=9000);
    game.pages("physics", 9020..=9100);
    game.say("physics", Frame { suspect: true, ..frame(9101) });
    game.say("physics", Frame { rewind: true, ..frame(9102) });
    let summary = game.mark().unwrap();
    check(&summary);
    let ledger = ledger(&summary, "physics");
    let counters = Contents::read(&file(&summary, "physics")).counters();
    let number = |counter| counters.iter().position(|&it| it == counter).unwrap() as u64;
    assert_eq!((ledger.suspect, &ledger.suspects), (1, &vec![number(9101)]));
    assert_eq!((ledger.rewind_count, &ledger.rewinds), (1, &vec![number(9102)]));
    assert_eq!(ledger.gaps, [Gap { from: game.time(at(9000)), to: game.time(at(9020)) }]);
    assert_eq!(ledger.recorded, counters.len() as u64);
    let (first, last) = (ledger.first_frame.unwrap(), ledger.last_frame.unwrap());
    assert_eq!(last.duration_since(first).unwrap(), at(9102) - at(counters[0]));
    assert_eq!(game.session.stop().unwrap().sources[0].ledger.suspect, 2000, "the recording's own tells all");
}

#[test]
fn a_mark_before_anything_came_says_so_and_leaves_nothing() {
    let out = folder("nothing");
    let mut game = Game::start(out.path(), MINUTE, &[("physics", page_schema())], options());
    let marker = game.session.marker().unwrap();
    assert!(marker.held().is_none());
    assert!(matches!(game.mark(), Err(MarkError::Nothing)));
    assert_eq!(std::fs::read_dir(out.path()).unwrap().count(), 0);
    game.pages("physics", 1..=10);
    check(&game.mark().unwrap());
}

#[test]
fn a_mark_that_cannot_be_written_says_why_and_the_next_one_has_it_all() {
    let out = folder("unwritable");
    let sessions = out.path().join("sessions");
    let mut game = Game::start(&sessions, MINUTE, &[("physics", page_schema())], options());
    game.pages("physics", 1..=100);
    std::fs::remove_dir(&sessions).unwrap();
    std::fs::write(&sessions, b"in the way").unwrap();
    let error = game.mark().unwrap_err();
    assert!(matches!(error, MarkError::Folder(_)), "{error:?}");
    assert!(!game.session.has_ended());
    std::fs::remove_file(&sessions).unwrap();
    game.pages("physics", 101..=200);
    let summary = game.mark().unwrap();
    check(&summary);
    assert!(Contents::read(&file(&summary, "physics")).counters().into_iter().eq(1..=200));
}

#[cfg(target_os = "linux")]
#[test]
fn a_mark_on_a_full_disk_leaves_no_half_session_and_recording_goes_on() {
    let out = folder("full_mark");
    let Some(_disk) = crate::disk_full::SmallDisk::mount(out.path()) else {
        println!("left out: only root may mount a small disk");
        return;
    };
    let sources = [("first", page_schema()), ("physics", page_schema())];
    let mut game = Game::start(out.path(), 60 * MINUTE, &sources, options());
    game.pages("first", 1..=10);
    game.pages("physics", 1..=10_000);
    let error = game.mark().unwrap_err();
    let MarkError::Write { source_name, source } = error else { panic!("{error:?}") };
    assert_eq!(source_name, "physics");
    assert!(source.to_string().contains("the disk is full"), "{source}");
    assert_eq!(std::fs::read_dir(out.path()).unwrap().count(), 0, "nothing is left behind");
    game.pages("physics", 10_001..=10_010);
    wait_until("later frames", || game.session.status()[1].1.frames == 10_010);
    assert!(!game.session.is_stopping());
    assert!(!game.session.stop().unwrap().lost_data());
}

#[test]
fn what_cannot_be_held_is_refused_at_the_start() {
    let out = folder("refused");
    let session = || {
        let source = crate::support::Scripted::pages("physics", 1..=3);
        GameSession::new("demo").source(source).save_to(out.path())
    };
    let running = session().start().unwrap();
    assert!(matches!(running.mark(), Err(MarkError::NotHeld)) && running.marker().is_none());
    running.stop().unwrap();
    let with_processor = session().keep_last(MINUTE).process(LapProcessor::new()).0.start();
    let make = |header: &gametelemetry::Header, folder: &Path| JsonLinesWriter::create(header, folder);
    let with_writer = session().keep_last(MINUTE).writer(make).start();
    for refused in [with_processor, with_writer] {
        assert!(matches!(refused, Err(SessionError::HeldInMemory)), "{refused:?}");
    }
    let copies = session().keep_last(MINUTE).source(FileWatcherSource::new(["*.rec"])).start();
    let Err(SessionError::Begin { source_name, source }) = copies else { panic!("{copies:?}") };
    assert_eq!(source_name, "files");
    assert!(source.to_string().contains("--keep-last"), "{source}");
    assert!(out.path().exists(), "the folder of sessions is not ours to remove");
}
