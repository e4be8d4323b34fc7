//! What the ledger says of a recording is what the recording itself shows.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use gametelemetry::clock::{self, Pacer};
use gametelemetry::shared_memory::PublishedRegion;
use gametelemetry::{GameSession, Gap, Ledger, MemoryMappedFileSource};

use crate::support::{ChildProcess, Contents, Page, folder, only_file, told, unique, wait_until};

/// The child: a game that publishes at 333 Hz until it is killed, and writes down what it published.
pub(crate) fn game() {
    let mut region = PublishedRegion::create(&told("REGION"), size_of::<Page>()).unwrap();
    let mut log = OpenOptions::new().append(true).create_new(true).open(told("LOG")).unwrap();
    let mut pacer = Pacer::new(333.0);
    for number in 1_u32.. {
        std::thread::sleep(pacer.next_deadline().saturating_duration_since(clock::monotonic()));
        // Written down first, so that nothing is recorded that the game does not know of.
        log.write_all(&number.to_le_bytes()).unwrap();
        region.write(0, Page::numbered(number).bytes());
    }
}

/// A game in a process of its own.
struct Game {
    process: ChildProcess,
    region: String,
    log: std::path::PathBuf,
}

impl Game {
    fn start(test: &str, out: &Path) -> Self {
        let (region, log) = (unique(test), out.join("published"));
        let variables = [("REGION", region.as_str()), ("LOG", log.to_str().unwrap())];
        let game = Self { process: ChildProcess::start("game", &variables), region, log };
        wait_until("the first frame", || game.published() > 0);
        game
    }

    /// Number of frames published so far.
    fn published(&self) -> u64 {
        std::fs::metadata(&self.log).map_or(0, |log| log.len() / 4)
    }

    fn signal(&self, signal: &str) {
        let pid = self.process.0.id().to_string();
        assert!(Command::new("sh").args(["-c", "kill -$0 $1", signal, &pid]).status().unwrap().success());
    }
}

impl Drop for Game {
    fn drop(&mut self) {
        let _ = self.process.0.kill();
        let _ = std::fs::remove_file(gametelemetry::shared_memory::Region::location(&self.region));
    }
}

/// Checks every count of the ledger against the records.
#[track_caller]
fn check(ledger: &Ledger, contents: &Contents, hz: f64) {
    let counters = contents.counters();
    assert_eq!(ledger.looks, ledger.frames + ledger.unchanged);
    assert_eq!(ledger.looks, ledger.lateness.count());
    assert_eq!((ledger.frames, ledger.recorded, ledger.dropped), (counters.len() as u64, ledger.frames, 0));
    let jumps: u64 = counters.windows(2).map(|pair| u64::from(pair[1] - pair[0] - 1)).sum();
    assert_eq!(ledger.missed, jumps);
    let times: Vec<_> = contents.records.iter().map(|record| record.0).collect();
    assert_eq!((ledger.first_frame, ledger.last_frame), (times.first().copied(), times.last().copied()));
    let allowed = Duration::from_millis(100).max(Duration::from_secs_f64(3.0 / hz));
    let silent = |pair: &&[_]| gametelemetry::Timestamp::duration_since(pair[1], pair[0]).unwrap() > allowed;
    let gaps: Vec<_> =
        times.windows(2).filter(silent).map(|pair| Gap { from: pair[0], to: pair[1] }).collect();
    assert_eq!((&ledger.gaps, ledger.gap_count), (&gaps, gaps.len() as u64));
    assert_eq!((ledger.attached, ledger.requested_hz), (1, Some(hz)));
    assert!(ledger.finished);
}

#[test]
fn rate_and_missed_frames_are_those_of_the_game() {
    let out = folder("rates");
    let game = Game::start("rates", out.path());
    let before = game.published();
    let started = clock::monotonic();
    let sessions = [100.0, 1000.0].map(|hz| {
        let folder = out.path().join(format!("{hz}"));
        let source = MemoryMappedFileSource::<Page>::new(&game.region).hz(hz);
        (GameSession::new("ledger").source(source).save_to(&folder).start().unwrap(), folder, hz)
    });
    sessions[0].0.wait_for(Duration::from_secs(3));
    for (session, folder, hz) in sessions {
        let mut summary = session.stop().unwrap();
        let elapsed = started.elapsed().as_secs_f64();
        let ledger = summary.sources.remove(0).ledger;
        let contents = Contents::read(&only_file(&folder));
        check(&ledger, &contents, hz);
        // What was seen and what was missed is what the game published from the first frame to the last.
        let counters = contents.counters();
        let (first, last) = (counters[0], *counters.last().unwrap());
        assert_eq!(ledger.frames + ledger.missed, u64::from(last - first + 1));
        assert!(u64::from(first) >= before && u64::from(last) <= game.published());
        // Looks keep to their grid: never more than fit into the time, however late some were.
        assert!(ledger.looks as f64 <= elapsed * hz + 2.0, "{} looks in {elapsed} s", ledger.looks);
        // The achieved rate is the game's own, less what was missed.
        let seconds = ledger.last_frame.unwrap().seconds_since(ledger.first_frame.unwrap());
        let published_hz = f64::from(last - first) / seconds;
        let share = (ledger.frames - 1) as f64 / f64::from(last - first);
        let achieved = ledger.achieved_hz().unwrap();
        assert!((achieved - published_hz * share).abs() < 0.01 * achieved, "{achieved} Hz");
        println!("{hz} Hz: {achieved:.1} of {published_hz:.1} Hz, {} missed", ledger.missed);
    }
}

#[test]
fn a_game_that_stops_for_a_while_is_one_gap_of_that_length() {
    let out = folder("gap");
    let game = Game::start("gap", out.path());
    let source = MemoryMappedFileSource::<Page>::new(&game.region).hz(1000.0);
    let session = GameSession::new("ledger").source(source).save_to(out.path()).start().unwrap();
    let frames = || session.status()[0].1.frames;
    wait_until("frames before the gap", || frames() > 50);
    game.signal("STOP");
    let stopped = clock::monotonic();
    std::thread::sleep(Duration::from_millis(700));
    let silent = stopped.elapsed();
    let before = frames();
    game.signal("CONT");
    wait_until("frames after the gap", || frames() > before + 50);
    let whole = stopped.elapsed();
    let ledger = session.stop().unwrap().sources.remove(0).ledger;
    check(&ledger, &Contents::read(&only_file(out.path())), 1000.0);
    let lengths: Vec<Duration> =
        ledger.gaps.iter().map(|gap| gap.to.duration_since(gap.from).unwrap()).collect();
    let long: Vec<&Duration> =
        lengths.iter().filter(|length| **length > Duration::from_millis(400)).collect();
    // Stopping takes effect a little after it is asked for, so the gap may be a little shorter than the silence.
    let [length] = *long else { panic!("{lengths:?}") };
    assert!(*length > silent.mul_f64(0.8) && *length < whole + Duration::from_millis(100), "{lengths:?}");
}
