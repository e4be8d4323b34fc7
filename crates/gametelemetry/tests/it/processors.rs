//! Processors: several sources in one pass, the same beside a recording as over its files.

use std::path::Path;
use std::time::Duration;

use gametelemetry::{
    BinarySessionWriter, ChannelMapping, ChannelRequest, DerivedChannel, End, Field, FieldKind, FrameSize,
    GameSession, Header, Ledger, Moment, PassError, Schema, SessionError, SessionFacts, SessionPass,
    SessionProcessor, SessionWriter, Slot, Timestamp, WriterOptions,
};

use crate::support::{Page, Scripted, folder};

/// Notes, of each moment: its time in ms, its source, and of each channel the newest value and the fresh one.
struct Notes {
    names: &'static [&'static str],
    slots: Vec<Slot>,
    notes: Vec<Note>,
}

#[derive(Clone, Debug, PartialEq)]
struct Note {
    at_ms: i64,
    source: usize,
    newest: Vec<Option<f64>>,
    fresh: Vec<Option<f64>>,
    text: Option<String>,
}

impl Notes {
    fn of(names: &'static [&'static str]) -> Self {
        Self { names, slots: Vec::new(), notes: Vec::new() }
    }
}

impl SessionProcessor for Notes {
    type Output = Vec<Note>;

    fn begin(&mut self, channels: &mut ChannelRequest) {
        self.slots = self.names.iter().map(|name| channels.want(name)).collect();
    }

    fn push(&mut self, moment: &Moment<'_>) {
        self.notes.push(Note {
            at_ms: moment.timestamp().ticks() / 10_000,
            source: moment.source(),
            newest: self.slots.iter().map(|slot| moment.get(*slot)).collect(),
            fresh: self.slots.iter().map(|slot| moment.fresh(*slot)).collect(),
            text: self.slots.iter().find_map(|slot| moment.text(*slot)).map(str::to_owned),
        });
    }

    fn finish(self, _: &SessionFacts) -> Self::Output {
        self.notes
    }
}

fn at(milliseconds: i64) -> Timestamp {
    Timestamp::from_ticks(milliseconds * 10_000)
}

fn field(name: &str, kind: FieldKind, offset: u32, count: u32) -> Field {
    Field { name: name.into(), kind, offset, count, ..Field::default() }
}

/// Writes a source `[speed u8][gear u8]` and a source `[fuel u8][track 3 bytes]`.
fn write(folder: &Path, physics: &[(i64, [u8; 2])], graphics: &[(i64, &[u8; 4])]) {
    let write = |name: &str, schema: Schema, channels: Vec<ChannelMapping>, records: Vec<(i64, &[u8])>| {
        let mut header = Header::new("demo", name, schema, at(0));
        header.channels = channels;
        let path = folder.join(format!("{name}.gtel"));
        let mut writer = BinarySessionWriter::create(&path, &header, WriterOptions::default()).unwrap();
        for (time, record) in records {
            writer.write(at(time), record).unwrap();
        }
        writer.finish(&Ledger::default()).unwrap();
    };
    let mut schema = Schema::new("Physics", FrameSize::Fixed(2));
    schema.fields = vec![field("speed", FieldKind::U8, 0, 1), field("gear", FieldKind::U8, 1, 1)];
    let channels = vec![
        ChannelMapping::new("speed", "physics", "speed").missing(255.0),
        ChannelMapping::new("gear", "physics", "gear").offset(-1.0),
    ];
    write("physics", schema, channels, physics.iter().map(|(time, bytes)| (*time, &bytes[..])).collect());
    let mut schema = Schema::new("Graphics", FrameSize::Fixed(4));
    schema.fields = vec![field("fuel", FieldKind::U8, 0, 1), field("track", FieldKind::Utf8, 1, 3)];
    let channels = vec![
        ChannelMapping::new("fuel_mass", "graphics", "fuel"),
        ChannelMapping::new("track", "graphics", "track"),
    ];
    write("graphics", schema, channels, graphics.iter().map(|(time, bytes)| (*time, &bytes[..])).collect());
}

#[test]
fn sources_of_different_rates_are_merged_by_time() {
    let out = folder("merged");
    write(out.path(), &[(0, [10, 1]), (10, [255, 2]), (20, [30, 3])], &[(5, b"\x40Spa"), (20, b"\x3fSpa")]);
    let mut pass = SessionPass::open(out.path()).unwrap();
    assert_eq!(pass.available_channels(), ["fuel_mass", "gear", "speed", "track"]);
    let channels = pass.add(Notes::of(&["speed", "fuel_mass", "track", "steer"]));
    let raw = pass.add(Notes::of(&["physics:gear"]));
    let facts = pass.run().unwrap();
    let note = |at_ms, source, newest: [Option<f64>; 2], fresh: [Option<f64>; 2], text: Option<&str>| Note {
        at_ms,
        source,
        newest: newest.into_iter().chain([None, None]).collect(),
        fresh: fresh.into_iter().chain([None, None]).collect(),
        text: text.map(str::to_owned),
    };
    assert_eq!(
        channels.take().unwrap(),
        [
            note(0, 1, [Some(10.0), None], [Some(10.0), None], None),
            note(5, 0, [Some(10.0), Some(64.0)], [None, Some(64.0)], Some("Spa")),
            // 255 is what this game writes for unknown; what was known before is still the newest.
            note(10, 1, [Some(10.0), Some(64.0)], [None, None], Some("Spa")),
            note(20, 0, [Some(10.0), Some(63.0)], [None, Some(63.0)], Some("Spa")),
            note(20, 1, [Some(30.0), Some(63.0)], [Some(30.0), None], Some("Spa")),
        ]
    );
    let gears: Vec<_> = raw.take().unwrap().iter().filter_map(|note| note.fresh[0]).collect();
    assert_eq!(gears, [1.0, 2.0, 3.0], "a field as the game has it");
    let sources: Vec<_> = facts.sources.iter().map(|it| (it.header.source.as_str(), it.records)).collect();
    assert_eq!(sources, [("graphics", 2), ("physics", 3)]);
    assert!(!facts.is_damaged() && facts.sources.iter().all(|source| source.end == Some(End::Complete)));
}

#[test]
fn a_channel_worked_out_from_others_is_as_good_as_the_game_s_own() {
    let out = folder("derived");
    write(out.path(), &[(0, [10, 1]), (10, [20, 2])], &[(5, b"\x02Spa")]);
    let mut pass = SessionPass::open(out.path()).unwrap();
    pass.derive(DerivedChannel::new("range", "m", ["speed", "fuel_mass"], |values, _| values[0] * values[1]));
    pass.derive(DerivedChannel::new("twice", "m", ["range"], |values, _| values[0] * 2.0));
    pass.derive(DerivedChannel::new("speed", "m/s", ["gear"], |_, _| panic!("the game has it")));
    pass.derive(DerivedChannel::new("lost", "", ["brake"], |_, _| panic!("never told")));
    assert_eq!(
        pass.available_channels(),
        ["fuel_mass", "gear", "range", "speed", "track", "twice"],
        "one whose inputs are not there is not there either"
    );
    let notes = pass.add(Notes::of(&["twice", "range", "lost"]));
    let _ = pass.run().unwrap();
    let notes = notes.take().unwrap();
    let of = |place: usize| notes.iter().map(|note| note.fresh[place]).collect::<Vec<_>>();
    assert_eq!(of(0), [None, Some(40.0), Some(80.0)]);
    assert_eq!(of(1), [None, Some(20.0), Some(40.0)]);
    assert_eq!(of(2), [None, None, None]);
}

#[test]
fn a_part_of_a_session_knows_what_was_told_before_it() {
    let out = folder("part");
    let physics: Vec<(i64, [u8; 2])> = (0..20_000).map(|n| (n * 10, [(n % 250) as u8, 1])).collect();
    write(out.path(), &physics, &[(0, b"\x40Spa")]);
    let mut pass = SessionPass::open(out.path()).unwrap().between(at(150_000), at(150_100));
    let notes = pass.add(Notes::of(&["speed", "track"]));
    let _ = pass.run().unwrap();
    let notes = notes.take().unwrap();
    assert_eq!((notes.len(), notes[0].at_ms, notes[10].at_ms), (11, 150_000, 150_100));
    assert_eq!(notes[0].text.as_deref(), Some("Spa"));
}

#[test]
fn what_cannot_be_read_is_told_and_the_rest_is_processed() {
    let out = folder("unreadable");
    write(out.path(), &[(0, [10, 1]), (10, [20, 2])], &[(5, b"\x02Spa")]);
    std::fs::write(out.path().join("graphics.gtel"), b"no recording at all").unwrap();
    let whole = std::fs::read(out.path().join("physics.gtel")).unwrap();
    std::fs::write(out.path().join("physics.gtel"), &whole[..whole.len() - 300]).unwrap();
    let mut pass = SessionPass::open(out.path()).unwrap();
    let notes = pass.add(Notes::of(&["speed"]));
    let facts = pass.run().unwrap();
    assert_eq!(notes.take().unwrap().len(), 2);
    assert!(facts.is_damaged() && facts.unreadable.len() == 1);
    std::fs::write(out.path().join("physics.gtel"), b"").unwrap();
    let empty = SessionPass::open(out.path());
    assert!(empty.is_ok() || matches!(empty, Err(PassError::Unreadable { .. })));
    std::fs::remove_file(out.path().join("physics.gtel")).unwrap();
    let error = SessionPass::open(out.path()).unwrap_err();
    assert!(matches!(error, PassError::Unreadable { .. }), "{error}");
}

/// A source of pages, one every 2 ms.
fn pages(name: &'static str, count: u32) -> Scripted<Page> {
    let mut number = 0;
    Scripted::new(name, move |stop| {
        if stop.wait_for(Duration::from_millis(2)) || number == count {
            return Ok(None);
        }
        number += 1;
        Ok(Some(Page::numbered(number)))
    })
}

#[test]
fn beside_a_recording_a_processor_sees_what_a_pass_over_the_file_sees() {
    const NAMES: &[&str] = &["speed", "gear", "fast:words[3]"];
    let out = folder("live");
    let channels =
        [ChannelMapping::new("speed", "fast", "packet_id"), ChannelMapping::new("gear", "slow", "packet_id")];
    let session = GameSession::new("demo")
        .source(pages("fast", 400))
        .source(pages("slow", 100))
        .channels(&channels)
        .save_to(out.path());
    let (session, live) = session.process(Notes::of(NAMES));
    let session = session.start().unwrap();
    assert!(live.take().is_none());
    session.wait();
    let summary = session.stop().unwrap();
    let live = live.take().unwrap();
    let mut pass = SessionPass::open(&summary.folder).unwrap();
    let after = pass.add(Notes::of(NAMES));
    let _ = pass.run().unwrap();
    let after = after.take().unwrap();
    assert_eq!((live.len(), after.len()), (500, 500));
    // A machine so busy that a frame was late in its file may have shown it a moment later; each source is in order.
    for source in 0..2 {
        let of = |notes: &[Note]| -> Vec<_> {
            let own = notes.iter().filter(|note| note.source == source);
            own.map(|note| (note.at_ms, note.fresh.clone())).collect()
        };
        assert_eq!(of(&live), of(&after));
    }
}

#[test]
fn a_processor_beside_a_user_s_own_writer_is_refused_before_anything_is_recorded() {
    let out = folder("own_writer");
    let session = GameSession::new("demo")
        .source(pages("fast", 1))
        .save_to(out.path())
        .writer(|_, _| unreachable!("no writer is asked for"));
    let (session, _live) = session.process(Notes::of(&["speed"]));
    let error = session.start().unwrap_err();
    assert!(matches!(error, SessionError::ProcessorsNeedFiles), "{error}");
    assert_eq!(std::fs::read_dir(out.path()).unwrap().count(), 0);
}
