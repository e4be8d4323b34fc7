//! The last minutes of a drive, kept by a mark: laps, track, car and driver are those that the whole recording tells, even
//! where the game said them once at the beginning.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use gametelemetry::clock::{self, Clock};
use gametelemetry::{
    GameSession, Lap, LapProcessor, Laps, RawFrame, Recognized, Sample, Schema, SessionOptions, SessionPass,
    SourceDescription, SourceError, StopToken, TelemetrySource, files, verify,
};
use gametelemetry_games::{Game, Simulator, acc, f1};

/// How long is driven, how much of it is kept, and the simulated steps a second.
const DRIVEN: f64 = 450.0;
const KEPT: Duration = Duration::from_secs(270);
const HZ: f64 = 50.0;

/// One source of a simulated game, as fast as it can be worked out.
struct Drive {
    name: &'static str,
    region: Option<&'static str>,
    schema: Arc<Schema>,
    simulator: Box<dyn Simulator>,
    begin: Instant,
    time: f64,
    waiting: VecDeque<Vec<u8>>,
    last: Vec<u8>,
    told: HashSet<String>,
    frame: RawFrame,
}

/// Kinds of messages that this game tells once, however often the real one does.
const ONCE: [&str; 2] = ["participants", "session"];

impl Drive {
    fn of(game: &dyn Game, begin: Instant) -> Vec<Self> {
        let regions =
            [("physics", "acpmf_physics"), ("graphics", "acpmf_graphics"), ("static", "acpmf_static")];
        let drive = |(name, schema): (&'static str, &'static Schema)| Self {
            name,
            region: regions.iter().find(|(of, _)| *of == name).map(|(_, region)| *region),
            schema: Arc::new(schema.clone()),
            simulator: game.simulator(5).unwrap(),
            begin,
            time: 0.0,
            waiting: VecDeque::new(),
            last: Vec::new(),
            told: HashSet::new(),
            frame: RawFrame::new(Arc::new(schema.clone())),
        };
        game.schemas().into_iter().map(drive).collect()
    }

    fn step(&mut self) {
        self.simulator.step(1.0 / HZ);
        self.time += 1.0 / HZ;
        for page in self.simulator.pages() {
            if Some(page.region) == self.region && page.bytes != self.last {
                self.last = page.bytes.to_vec();
                self.waiting.push_back(self.last.clone());
            }
        }
        for datagram in self.simulator.datagrams() {
            let is_news = match self.schema.recognize(&datagram.bytes) {
                Recognized::Kind(kind) if ONCE.contains(&kind.name.as_str()) => {
                    self.told.insert(kind.name.clone())
                }
                _ => true,
            };
            if datagram.source == self.name && is_news {
                self.waiting.push_back(datagram.bytes);
            }
        }
    }
}

impl TelemetrySource for Drive {
    type Frame = RawFrame;

    fn describe(&self) -> SourceDescription {
        SourceDescription::new(self.name, self.schema.as_ref().clone())
    }

    fn next_frame(&mut self, stop: &StopToken) -> Result<Option<Sample<'_, RawFrame>>, SourceError> {
        while self.waiting.is_empty() {
            if self.time > DRIVEN || stop.is_stopped() {
                return Ok(None);
            }
            self.step();
        }
        *self.frame.bytes_mut() = self.waiting.pop_front().unwrap_or_default();
        let taken = Some(self.begin + Duration::from_secs_f64(self.time));
        let sample = Sample::new(&self.frame);
        Ok(Some(Sample { taken, ..sample }))
    }
}

/// The drive recorded, all of it or the last part; split into laps.
fn laps(game: &dyn Game, keep: Option<Duration>) -> Laps {
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::system();
    let begin = clock::monotonic();
    let options = SessionOptions { queue_bytes: 1 << 30, ..SessionOptions::default() };
    let session = GameSession::new(game.info().id).channels(game.info().channels).clock(clock);
    let mut session = session.save_to(folder.path()).options(options);
    for source in Drive::of(game, begin) {
        session = session.source(source);
    }
    let session = match keep {
        Some(time) => session.keep_last(time).start().unwrap(),
        None => session.start().unwrap(),
    };
    session.wait();
    let marked = keep.map(|_| session.mark().unwrap());
    let stopped = session.stop().unwrap();
    let path = marked.map_or(stopped.folder, |marked| marked.folder);
    for file in files::session_files(&path).unwrap() {
        let verdict = verify(&mut files::open(&file).unwrap(), |_| ()).unwrap();
        assert!(verdict.is_whole(), "{}: {verdict:?}", file.display());
    }
    let mut pass = SessionPass::open(&path).unwrap();
    let laps = pass.add(LapProcessor::new());
    pass.run().unwrap();
    laps.take().unwrap()
}

#[test]
fn the_kept_part_of_a_drive_tells_the_same_laps_track_car_and_driver() {
    for game in [&acc::GAME as &dyn Game, &f1::GAME] {
        let (all, kept) = (laps(game, None), laps(game, Some(KEPT)));
        let id = game.info().id;
        assert_eq!(kept.parts.len(), 1, "{id}: {:#?}", kept.parts);
        let of_part = |laps: &Laps| {
            let part = laps.parts.last().unwrap();
            [&part.session_type, &part.track, &part.car, &part.driver].map(Clone::clone)
        };
        assert_eq!(of_part(&kept), of_part(&all), "{id}");
        // Not the track: this F1 tells its number, and no name.
        assert!(of_part(&kept)[2..].iter().all(|text| !text.is_empty()), "{id}: {:?}", of_part(&kept));
        let part = &kept.parts[0];
        let length = part.end.duration_since(part.start).unwrap();
        assert!(length < KEPT + Duration::from_secs(2), "{id}: {length:?}, not from when the track was told");
        let whole = |laps: &Laps| {
            let whole = laps.laps.iter().filter(|lap| lap.is_whole());
            whole
                .map(|lap: &Lap| (lap.lap, lap.time.map(|time| time.as_millis()), lap.official_time))
                .collect::<Vec<_>>()
        };
        let (all, kept) = (whole(&all), whole(&kept));
        assert!(!kept.is_empty() && kept.len() < all.len(), "{id}: {kept:?} of {all:?}");
        assert!(all.ends_with(&kept), "{id}: {kept:?} of {all:?}");
    }
}
