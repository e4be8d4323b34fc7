//! A game that is slow in the middle of writing a frame: what the guard lets through.

use std::path::Path;
use std::time::Duration;

use gametelemetry::{GameSession, Guard, Ledger, MemoryMappedFileSource};

use crate::publisher::{Manner, Publisher};
use crate::support::{Contents, Page, folder, only_file, unique};

const RATES: [f64; 3] = [100.0, 333.0, 1000.0];

/// A game that pauses in the middle of one write in twenty, as if it computed something there.
fn pausing(counter_first: bool) -> Manner {
    Manner { hz: 333.0, counter_first, pause_one_in: 20, pause_us: (50, 120) }
}

/// What one recorder got.
struct Recording {
    ledger: Ledger,
    pages: Vec<Page>,
}

/// Records the game in `region` by `guard` at every rate at once, for `seconds`.
fn record(region: &str, guard: Guard, seconds: u64, out: &Path) -> Vec<Recording> {
    let sessions = RATES.map(|hz| {
        let source = MemoryMappedFileSource::<Page>::new(region).hz(hz).guard(guard);
        let out = out.join(format!("{hz}"));
        (GameSession::new("torn").source(source).save_to(&out).start().unwrap(), out)
    });
    sessions[0].0.wait_for(Duration::from_secs(seconds));
    let end = |(session, out): (gametelemetry::RunningSession, std::path::PathBuf)| {
        let ledger = session.stop().unwrap().sources.remove(0).ledger;
        Recording { ledger, pages: Contents::read(&only_file(&out)).pages() }
    };
    sessions.map(end).into()
}

impl Recording {
    /// Torn pages that are not listed as suspect, less those whose write took longer than the guard waits: the
    /// publisher was stopped in the middle of it, which is outside the promise.
    fn broken_promises(&self, game: &Publisher, manner: Manner, settle: Duration) -> Vec<u32> {
        let torn =
            self.pages.iter().enumerate().filter(|(number, page)| {
                !page.is_whole() && !self.ledger.suspects.contains(&(*number as u64))
            });
        // The counter in a torn page is that of the write under way if it is written first, else of the one before.
        let write = |page: &Page| page.packet_id() + u32::from(!manner.counter_first);
        let took_longer = |page: &Page| game.write_took(write(page)).is_none_or(|took| took > settle);
        let broken = torn.filter(|(_, page)| !took_longer(page));
        broken.map(|(_, page)| page.packet_id()).collect()
    }
}

#[track_caller]
fn check(test: &str, counter_first: bool) {
    let (region, out, manner) = (unique(test), folder(test), pausing(counter_first));
    let game = Publisher::start_in(&region, manner);
    let guard = Guard::default();
    let recordings = record(&region, guard, 4, out.path());
    for recording in &recordings {
        let broken = recording.broken_promises(&game, manner, guard.settle);
        assert!(broken.is_empty(), "torn frames recorded as good: {broken:?}");
        assert_eq!(recording.ledger.suspect, recording.ledger.suspects.len() as u64);
        assert_eq!(recording.ledger.recorded, recording.pages.len() as u64);
        assert!(recording.pages.len() > 10, "{} frames", recording.pages.len());
    }
    let torn: u64 = recordings.iter().map(|recording| recording.ledger.torn).sum();
    let retried: u64 = recordings.iter().map(|recording| recording.ledger.retried).sum();
    assert!(torn > 0 && retried >= torn, "torn {torn}, retried {retried}");
}

#[test]
fn torn_frames_are_not_recorded_as_good_when_the_counter_is_written_last() {
    check("torn_last", false);
}

#[test]
fn torn_frames_are_not_recorded_as_good_when_the_counter_is_written_first() {
    check("torn_first", true);
}

#[test]
fn frames_that_no_retry_could_settle_are_recorded_and_listed_as_suspect() {
    let (region, out) = (unique("suspect"), folder("suspect"));
    let manner = Manner { hz: 1000.0, counter_first: true, pause_one_in: 2, pause_us: (300, 300) };
    let game = Publisher::start_in(&region, manner);
    let guard = Guard { settle: Duration::from_millis(2), retries: 0 };
    for recording in record(&region, guard, 1, out.path()) {
        assert!(recording.ledger.suspect > 0);
        assert_eq!(recording.ledger.suspect, recording.ledger.suspects.len() as u64);
        let broken = recording.broken_promises(&game, manner, guard.settle);
        assert!(broken.is_empty(), "torn frames recorded as good: {broken:?}");
        assert!(recording.ledger.suspects.iter().all(|&number| number < recording.ledger.recorded));
    }
}
