//! A killed recording: nothing in the middle is missing, nothing is altered, and at most ten frames are lost.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use gametelemetry::{
    End, GameSession, MemoryMappedFileSource, Sample, SourceDescription, SourceError, StopToken, Telemetry,
    TelemetrySource, clock, recover,
};

use crate::publisher::Publisher;
use crate::support::{ChildProcess, Contents, Page, folder, only_file, told, unique, wait_until};

/// The promise.
const MOST_LOST: usize = 10;

/// Writes down every frame that the source gives, before anybody else sees it. The file is not buffered, so what is
/// in it survives the kill.
struct Delivered<S> {
    source: S,
    log: File,
}

impl<S: TelemetrySource<Frame = Page>> TelemetrySource for Delivered<S> {
    type Frame = Page;

    fn describe(&self) -> SourceDescription {
        self.source.describe()
    }

    fn next_frame(&mut self, stop: &StopToken) -> Result<Option<Sample<'_, Page>>, SourceError> {
        let sample = self.source.next_frame(stop)?;
        if let Some(sample) = &sample {
            self.log.write_all(Telemetry::as_bytes(sample.frame)).unwrap();
        }
        Ok(sample)
    }

    fn quality(&self) -> Option<&gametelemetry::Quality> {
        self.source.quality()
    }
}

/// The child: records until it is killed.
pub(crate) fn recorder() {
    let out = told("OUT");
    let source = MemoryMappedFileSource::<Page>::new(&told("REGION")).hz(1000.0);
    let log = File::create_new(Path::new(&out).join("delivered")).unwrap();
    let session = GameSession::new("killed").source(Delivered { source, log }).save_to(&out).start().unwrap();
    session.wait();
}

#[test]
fn sigkill_loses_at_most_ten_frames() {
    let kills = std::env::var("GAMETELEMETRY_KILLS").map_or(200, |kills| kills.parse().unwrap());
    let seed = std::env::var("GAMETELEMETRY_SEED").map_or(1, |seed| seed.parse().unwrap());
    println!("seed {seed} (GAMETELEMETRY_SEED), {kills} kills (GAMETELEMETRY_KILLS)");
    let started = clock::monotonic();
    let region = unique("kill");
    let _game = Publisher::start(&region, 1500.0);
    let next = AtomicU32::new(0);
    let losses = Mutex::new(Vec::new());
    let worker = || {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= kills {
                break;
            }
            let lost = kill_one(&region, moment(seed, number));
            losses.lock().unwrap().push(lost);
        }
    };
    // Two at once, so that recorders are disturbed as they are on a busy machine.
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(worker);
        }
    });
    let losses = losses.into_inner().unwrap();
    let worst = losses.iter().copied().max().unwrap_or(0);
    let mean = losses.iter().sum::<usize>() as f64 / losses.len().max(1) as f64;
    let counts: Vec<usize> = (0..=worst).map(|lost| losses.iter().filter(|&&l| l == lost).count()).collect();
    println!(
        "{} kills: worst loss {worst} frames, mean {mean:.1}, by loss {counts:?}, in {:.0?}",
        losses.len(),
        started.elapsed()
    );
    assert_eq!(losses.len(), kills as usize);
    assert!(worst <= MOST_LOST);
}

/// How long after its first frame recording number `number` is killed: 30 to 400 ms, and one in eight around the
/// first sync to the disk, a second after the start.
fn moment(seed: u64, number: u32) -> Duration {
    let mut state = (seed << 32 | u64::from(number)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    state = (state ^ (state >> 31)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let random = (state ^ (state >> 27)) % 370_000;
    let start = if number % 8 == 7 { 850_000 } else { 30_000 };
    Duration::from_micros(start + random)
}

/// Gives how many delivered frames the file lacks at its end.
fn kill_one(region: &str, moment: Duration) -> usize {
    let out = folder("kill");
    let log = out.path().join("delivered");
    let mut child =
        ChildProcess::start("recorder to kill", &[("OUT", out.path().to_str().unwrap()), ("REGION", region)]);
    wait_until("the first frame", || std::fs::metadata(&log).is_ok_and(|log| log.len() >= 800));
    std::thread::sleep(moment);
    child.0.kill().unwrap();
    child.0.wait().unwrap();

    let delivered = std::fs::read(&log).unwrap();
    let delivered: Vec<&[u8]> = delivered.chunks_exact(size_of::<Page>()).collect();
    let file = only_file(out.path());
    let before = Contents::read(&file);
    assert_ne!(before.end, End::Complete);
    assert_eq!(before.damaged, 0);
    let recorded: Vec<&[u8]> = before.records.iter().map(|(_, data)| data.as_slice()).collect();
    let (got, given) = (recorded.len(), delivered.len());
    assert!(delivered.starts_with(&recorded), "{got} records are not the first of {given} frames delivered");
    check_recovery(&file, &before);
    delivered.len() - recorded.len()
}

fn check_recovery(file: &Path, before: &Contents) {
    let recovered = recover(file, |_| {}).unwrap();
    assert_eq!((recovered.end, recovered.records), (before.end, before.records.len() as u64));
    assert!(!recovered.untouched && recovered.kept.is_none(), "{recovered:?}");
    let after = Contents::read(file);
    assert_eq!((after.end, after.damaged), (End::Complete, 0));
    assert!(after.records == before.records, "recovering changed the records");
    let again = recover(file, |_| {}).unwrap();
    assert!(again.untouched, "{again:?}");
}
