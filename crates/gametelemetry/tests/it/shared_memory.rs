//! A game that comes, goes, comes back, is another one, or may not be read.

use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use gametelemetry::shared_memory::{PublishedRegion, Region};
use gametelemetry::{
    MemoryMappedFileSource, PackedFrame, Quality, SourceError, StopToken, Telemetry, TelemetrySource,
    telemetry,
};

use crate::support::{Page, unique};

/// Longer than any honest wait, even on a loaded machine.
const LONG: Duration = Duration::from_secs(60);

/// A source that samples on a thread, its frames as they come.
struct Sampling<F> {
    frames: Receiver<(F, Option<u64>)>,
    stop: StopToken,
    thread: JoinHandle<(Result<(), SourceError>, Quality)>,
}

impl<F: Telemetry> Sampling<F> {
    fn start(mut source: MemoryMappedFileSource<F>) -> Self {
        let (sender, frames) = channel();
        let stop = StopToken::new();
        let token = stop.clone();
        let thread = std::thread::spawn(move || {
            let end = loop {
                match source.next_frame(&token) {
                    Ok(Some(sample)) => {
                        let _ = sender.send((sample.frame.clone(), sample.counter));
                    }
                    Ok(None) => break Ok(()),
                    Err(error) => break Err(error),
                }
            };
            (end, source.quality().unwrap().clone())
        });
        Self { frames, stop, thread }
    }

    #[track_caller]
    fn next(&self) -> F {
        self.frames.recv_timeout(LONG).unwrap().0
    }

    /// Nothing comes for as long as some twenty looks take. A look too many could only make the test pass.
    #[track_caller]
    fn nothing(&self) {
        assert_eq!(
            self.frames.recv_timeout(Duration::from_millis(50)).err(),
            Some(RecvTimeoutError::Timeout)
        );
    }

    fn end(self) -> Quality {
        self.stop.stop();
        let (end, quality) = self.thread.join().unwrap();
        end.unwrap();
        quality
    }
}

fn publish(name: &str, number: u32) -> PublishedRegion {
    let mut region = PublishedRegion::create(name, size_of::<Page>()).unwrap();
    region.write(0, Page::numbered(number).bytes());
    region
}

fn source(region: &str) -> MemoryMappedFileSource<Page> {
    MemoryMappedFileSource::new(region).hz(400.0)
}

#[test]
fn a_game_that_is_not_there_is_waited_for() {
    let name = unique("waits");
    let sampling = Sampling::start(source(&name));
    sampling.nothing();
    assert!(Region::open(&name).is_err(), "looking for a game must not make it appear");
    let _game = publish(&name, 7);
    assert_eq!(sampling.next().packet_id(), 7);
    assert_eq!(sampling.end().attached, 1);
}

#[test]
fn a_game_that_never_comes_does_not_hold_up_a_stop() {
    let sampling = Sampling::start(source(&unique("never")));
    sampling.nothing();
    let quality = sampling.end();
    assert_eq!((quality.looks, quality.attached), (0, 0));
}

#[test]
fn fail_fast_says_what_is_missing_and_what_to_do() {
    let name = unique("fail_fast");
    let mut source = source(&name).fail_fast(true).hint("start the game and switch on \"shared memory\"");
    let error = source.next_frame(&StopToken::new()).unwrap_err();
    assert!(matches!(error, SourceError::NotRunning { .. }), "{error:?}");
    let location = Region::location(&name);
    let expected =
        format!("shared memory {location} is not there: start the game and switch on \"shared memory\"");
    assert_eq!(error.to_string(), expected);
}

#[test]
#[cfg_attr(windows, ignore = "Windows rounds a region up to a whole page, which is larger than this frame")]
fn a_region_smaller_than_the_frame_is_an_error_with_both_sizes() {
    let name = unique("too_small");
    let _game = PublishedRegion::create(&name, 799).unwrap();
    let error = source(&name).next_frame(&StopToken::new()).unwrap_err();
    assert!(matches!(error, SourceError::TooSmall { expected: 800, got: 799, .. }), "{error:?}");
    let said = error.to_string();
    assert!(said.contains(&name) && said.contains("799") && said.contains("800"), "{said}");
}

#[test]
fn a_region_of_zeros_is_no_frame() {
    let name = unique("zeros");
    let mut game = PublishedRegion::create(&name, size_of::<Page>()).unwrap();
    let sampling = Sampling::start(source(&name));
    sampling.nothing();
    game.write(0, Page::numbered(1).bytes());
    assert_eq!(sampling.next().packet_id(), 1);
    let quality = sampling.end();
    assert_eq!(quality.looks, quality.unchanged + 1);
}

#[test]
fn a_changed_counter_is_a_new_frame_even_of_equal_bytes_and_an_equal_one_is_none() {
    let name = unique("counter");
    let mut game = publish(&name, 1);
    let sampling = Sampling::start(source(&name));
    let first = sampling.next();
    for number in 2..=20_u32 {
        game.write(0, &number.to_le_bytes());
        let page = sampling.next();
        assert_eq!((page.packet_id(), page.words()), (number, first.words()));
    }
    game.write(4, &[1; 100]);
    sampling.nothing();
    let quality = sampling.end();
    assert_eq!(quality.looks, quality.unchanged + 20);
}

#[test]
fn a_frame_that_has_not_changed_is_given_again_when_that_is_wanted() {
    let name = unique("keep");
    let _game = publish(&name, 3);
    let sampling = Sampling::start(source(&name).keep_unchanged(true));
    for _ in 0..5 {
        assert_eq!(sampling.next().packet_id(), 3);
    }
    let quality = sampling.end();
    assert_eq!((quality.unchanged, quality.attached), (0, 1));
}

/// A page of a game that publishes no counter.
#[telemetry(size = 8)]
struct Uncounted {
    /// Name of a track, as a number.
    track: u32,
    /// Name of a car, as a number.
    car: u32,
}

#[test]
fn a_page_without_a_counter_is_recorded_once_a_change() {
    let name = unique("uncounted");
    let mut game = PublishedRegion::create(&name, 8).unwrap();
    let sampling = Sampling::start(MemoryMappedFileSource::<Uncounted>::new(&name).hz(400.0));
    for (track, car) in [(1_u32, 1_u32), (1, 2), (7, 2), (1, 1)] {
        game.write(0, &[track.to_le_bytes(), car.to_le_bytes()].concat());
        let mut page = sampling.next();
        // The change itself may be seen half done, as two changes.
        while (page.track(), page.car()) != (track, car) {
            page = sampling.next();
        }
        sampling.nothing();
    }
    assert!(sampling.end().unchanged > 0);
}

/// Two pages of a game as one frame; the counter is in the second.
#[telemetry(size = 16, counter = packet_id)]
struct Pair {
    /// In the first page.
    speed: u64,
    /// In the second page.
    packet_id: u32,
    /// In the second page too.
    gear: i32,
}

#[test]
fn several_regions_are_one_frame_and_all_are_waited_for() {
    let (first, second) = (unique("pages_a"), unique("pages_b"));
    let mut a = PublishedRegion::create(&first, 8).unwrap();
    a.write(0, &5_u64.to_le_bytes());
    let sampling =
        Sampling::start(MemoryMappedFileSource::<Pair>::of_pages(&[(&first, 8), (&second, 8)]).hz(400.0));
    sampling.nothing();
    let mut b = PublishedRegion::create(&second, 8).unwrap();
    for number in 1..=5_u32 {
        a.write(0, &u64::from(number * 100).to_le_bytes());
        b.write(4, &3_i32.to_le_bytes());
        b.write(0, &number.to_le_bytes());
        let mut pair = sampling.next();
        while pair.packet_id() != number {
            pair = sampling.next();
        }
        assert_eq!((pair.speed(), pair.gear()), (u64::from(number * 100), 3));
    }
    a.write(0, &1_u64.to_le_bytes());
    sampling.nothing();
    sampling.end();
}

#[test]
fn a_prefix_goes_before_the_name_and_a_check_becomes_a_notice_once() {
    let name = unique("checked");
    let mut game = publish(&format!("bridge_{name}"), 1);
    let source =
        source(&name).prefix("bridge_").check(|page| Some(format!("frame {} is odd", page.packet_id())));
    let sampling = Sampling::start(source);
    assert_eq!(sampling.next().packet_id(), 1);
    game.write(0, Page::numbered(2).bytes());
    while sampling.next().packet_id() != 2 {}
    assert_eq!(sampling.end().notices, ["frame 1 is odd"]);
}

#[cfg(unix)]
mod unix {
    use std::fs::{File, OpenOptions};
    use std::os::unix::fs::{FileExt, MetadataExt};
    use std::process::Command;

    use super::*;
    use crate::support::{ChildProcess, told};

    #[test]
    fn a_game_that_went_and_came_again_is_attached_to_again() {
        let name = unique("again");
        let game = publish(&name, 900);
        let sampling = Sampling::start(source(&name));
        assert_eq!(sampling.next().packet_id(), 900);
        for number in [1, 900] {
            // A restarted game has a new region; its counter may even be the one that was seen last.
            drop(publish(&format!("{name}_other"), 1));
            let _ = std::fs::remove_file(Region::location(&name));
            let next = publish(&name, number);
            assert_eq!(sampling.next().packet_id(), number);
            // The first game's file is gone already, and with it the name of the next one would go.
            std::mem::forget(next);
        }
        assert_eq!(sampling.end().attached, 3);
        drop(game);
    }

    #[test]
    fn a_region_cut_under_our_hands_is_waited_for_and_does_not_crash() {
        let name = unique("cut");
        let game = publish(&name, 1);
        let sampling = Sampling::start(source(&name));
        assert_eq!(sampling.next().packet_id(), 1);
        let file = OpenOptions::new().write(true).open(Region::location(&name)).unwrap();
        for number in 2..=4_u32 {
            file.set_len(0).unwrap();
            sampling.nothing();
            file.set_len(800).unwrap();
            file.write_all_at(Page::numbered(number).bytes(), 0).unwrap();
            assert_eq!(sampling.next().packet_id(), number);
        }
        let quality = sampling.end();
        assert_eq!((quality.attached, quality.looks), (4, quality.unchanged + 4));
        drop(game);
    }

    /// The child: another user, who may not read the region.
    pub(crate) fn stranger() {
        let error = source(&told("REGION")).next_frame(&StopToken::new()).unwrap_err();
        assert!(matches!(error, SourceError::NotAllowed { .. }), "{error:?}");
        println!("said: {error}");
    }

    #[test]
    fn a_region_of_another_user_is_an_error_that_says_what_to_do() {
        let name = unique("not_allowed");
        let _game = publish(&name, 1);
        let file = File::open(Region::location(&name)).unwrap();
        let mut permissions = file.metadata().unwrap().permissions();
        std::os::unix::fs::PermissionsExt::set_mode(&mut permissions, 0o000);
        file.set_permissions(permissions).unwrap();
        let location = Region::location(&name);
        let expected =
            format!("not allowed to read {location}: run the game and this program as the same user");
        if std::fs::metadata("/proc/self").unwrap().uid() != 0 {
            let error = source(&name).next_frame(&StopToken::new()).unwrap_err();
            assert_eq!(error.to_string(), expected);
            return;
        }
        // Nothing is forbidden to root, so a child gives that up.
        let mut setpriv = Command::new("setpriv");
        setpriv.args(["--reuid=65534", "--regid=65534", "--clear-groups"]);
        let may_run = setpriv.arg("true").status().is_ok_and(|status| status.success());
        let mut setpriv = Command::new("setpriv");
        setpriv.args(["--reuid=65534", "--regid=65534", "--clear-groups"]);
        setpriv.arg(std::env::current_exe().unwrap());
        if !may_run {
            println!("left out: as root this needs setpriv");
            return;
        }
        let mut child = ChildProcess::start_by(setpriv, "stranger", &[("REGION", &name)]);
        let said = std::io::read_to_string(child.0.stdout.take().unwrap()).unwrap();
        assert!(child.0.wait().unwrap().success() && said.contains(&expected), "{said}");
    }
}

#[cfg(unix)]
pub(crate) use unix::stranger;

#[test]
fn a_layout_of_run_time_gives_the_same_bytes_as_the_struct() {
    let name = unique("run_time");
    let mut region = publish(&name, 1);
    let source = MemoryMappedFileSource::of_schema(Page::schema().clone(), &[(&name, size_of::<Page>())]);
    let sampling = Sampling::start(source.hz(1000.0));
    let first = sampling.next();
    assert_eq!(first.as_bytes(), Page::numbered(1).bytes());
    assert_eq!(first.schema().counter.as_deref(), Some("packet_id"));
    sampling.nothing();
    region.write(0, Page::numbered(2).bytes());
    let (second, counter) = sampling.frames.recv_timeout(LONG).unwrap();
    assert_eq!((second.as_bytes(), counter), (Page::numbered(2).bytes(), Some(2)));
    sampling.end();
}
