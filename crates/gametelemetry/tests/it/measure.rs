//! Measurements behind docs/decisions/0003 to 0005. Each prints a table and is no test: run them by
//! `cargo test --release -p gametelemetry --test it measure -- --ignored --nocapture --test-threads 1`.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Write;
use std::time::Duration;

use gametelemetry::clock::{self, Pacer};
use gametelemetry::shared_memory::Region;
use gametelemetry::{GameSession, Guard, MemoryMappedFileSource, PackedFrame, StopToken, TelemetrySource};

use crate::publisher::{Manner, Publisher};
use crate::support::{Page, folder, unique};

const RATES: [f64; 3] = [100.0, 333.0, 1000.0];

/// Processor time of this thread so far, in nanoseconds.
fn cpu_ns() -> u64 {
    cpu_of("/proc/thread-self/schedstat").unwrap()
}

fn cpu_of(schedstat: &str) -> Option<u64> {
    std::fs::read_to_string(schedstat).ok()?.split(' ').next()?.parse().ok()
}

/// What one way of sampling saw.
#[derive(Default)]
struct Sampled {
    looks: u64,
    cpu_ns: u64,
    frames: BTreeSet<u32>,
}

impl Sampled {
    fn accept(&mut self, page: &Page, suspect: bool, torn: &mut Vec<u32>) {
        self.frames.insert(page.packet_id());
        if !page.is_whole() && !suspect {
            torn.push(page.packet_id());
        }
    }
}

/// Samples by the source of the library.
fn by_guard(region: &str, hz: f64, guard: Guard, seconds: f64) -> (Sampled, Vec<u32>) {
    let (mut sampled, mut torn) = (Sampled::default(), Vec::new());
    let mut source = MemoryMappedFileSource::<Page>::new(region).hz(hz).guard(guard);
    let stop = StopToken::new();
    let (end, before) = (clock::monotonic() + Duration::from_secs_f64(seconds), cpu_ns());
    while clock::monotonic() < end
        && let Some(sample) = source.next_frame(&stop).unwrap()
    {
        sampled.accept(sample.frame, sample.suspect, &mut torn);
    }
    (sampled.looks, sampled.cpu_ns) = (source.quality().unwrap().looks, cpu_ns() - before);
    (sampled, torn)
}

/// Samples as most programs do: counter, copy, counter again.
fn by_counter(region: &str, hz: f64, seconds: f64) -> (Sampled, Vec<u32>) {
    let (mut sampled, mut torn) = (Sampled::default(), Vec::new());
    let region = Region::open(region).unwrap();
    let (mut bytes, mut counters) = ([0; size_of::<Page>()], [[0; 4]; 2]);
    let (mut pacer, mut last) = (Pacer::new(hz), [0; 4]);
    let (end, cpu) = (clock::monotonic() + Duration::from_secs_f64(seconds), cpu_ns());
    while clock::monotonic() < end {
        std::thread::sleep(pacer.next_deadline().saturating_duration_since(clock::monotonic()));
        sampled.looks += 1;
        for _ in 0..8 {
            region.copy(0, &mut counters[0]).unwrap();
            if counters[0] == last {
                break;
            }
            region.copy(0, &mut bytes).unwrap();
            region.copy(0, &mut counters[1]).unwrap();
            if counters[0] == counters[1] {
                last = counters[0];
                sampled.accept(Page::view(&bytes).unwrap(), false, &mut torn);
                break;
            }
        }
    }
    sampled.cpu_ns = cpu_ns() - cpu;
    (sampled, torn)
}

#[test]
#[ignore = "a measurement of three minutes"]
fn measure_torn_frames_by_guard() {
    const SECONDS: f64 = 30.0;
    let guards = [0, 100, 200, 500].map(|settle| Guard { settle: Duration::from_micros(settle), retries: 8 });
    println!(
        "| counter | looks | guard | torn as good per 1000 paused writes | of these beyond settle | frames got | CPU a look |"
    );
    println!("|---|---|---|---|---|---|---|");
    for (counter_first, hz) in [false, true].into_iter().flat_map(|first| RATES.map(|hz| (first, hz))) {
        let manner = Manner { hz: 333.0, counter_first, pause_one_in: 4, pause_us: (50, 120) };
        let region = unique("measure_torn");
        let game = Publisher::start_in(&region, manner);
        let first = game.published();
        let results: Vec<_> = std::thread::scope(|scope| {
            let region = &region;
            let counter = scope.spawn(move || by_counter(region, hz, SECONDS));
            let others = guards.map(|guard| scope.spawn(move || by_guard(region, hz, guard, SECONDS)));
            std::iter::once(counter).chain(others).map(|thread| thread.join().unwrap()).collect()
        });
        let published = game.published() - first;
        std::thread::sleep(Duration::from_millis(50));
        let paused = f64::from(published) / f64::from(manner.pause_one_in);
        let settles = [Duration::ZERO].into_iter().chain(guards.map(|guard| guard.settle));
        let names = ["counter before and after".to_owned()]
            .into_iter()
            .chain(guards.map(|guard| format!("two copies, {} µs apart", guard.settle.as_micros())));
        for (((sampled, torn), settle), name) in results.iter().zip(settles).zip(names) {
            let write = |counter: u32| counter + u32::from(!counter_first);
            let beyond = torn
                .iter()
                .filter(|&&counter| game.write_took(write(counter)).is_none_or(|took| took > settle))
                .count();
            println!(
                "| {} | {hz} Hz | {name} | {:.1} | {beyond} of {} | {:.1} % | {:.1} µs |",
                if counter_first { "first" } else { "last" },
                torn.len() as f64 * 1000.0 / paused,
                torn.len(),
                sampled.frames.len() as f64 * 100.0 / f64::from(published),
                sampled.cpu_ns as f64 / sampled.looks as f64 / 1000.0,
            );
        }
    }
}

/// The loop that everything is compared with: sleeps to a deadline, copies, compresses and writes each ten.
fn bare_loop(region: &str, hz: f64, seconds: f64) -> f64 {
    let region = Region::open(region).unwrap();
    let folder = folder("bare");
    let mut out = lz4_flex::frame::FrameEncoder::new(File::create(folder.path().join("bare")).unwrap());
    let (mut bytes, mut pacer) = ([0; size_of::<Page>()], Pacer::new(hz));
    let (ticks, before) = ((hz * seconds) as u32, cpu_ns());
    for tick in 1..=ticks {
        std::thread::sleep(pacer.next_deadline().saturating_duration_since(clock::monotonic()));
        region.copy(0, &mut bytes).unwrap();
        out.write_all(&bytes).unwrap();
        if tick.is_multiple_of(10) {
            out.flush().unwrap();
        }
    }
    (cpu_ns() - before) as f64 / f64::from(ticks) / 1000.0
}

/// Processor time a tick of a session's sampling thread and of its writer thread, in microseconds.
fn session(region: &str, hz: f64, guard: Guard, seconds: f64) -> [f64; 2] {
    let out = folder("measured");
    let source = MemoryMappedFileSource::<Page>::new(region).hz(hz).guard(guard).name("measured");
    let session = GameSession::new("measured").source(source).save_to(out.path()).start().unwrap();
    session.wait_for(Duration::from_secs_f64(seconds));
    let mut cpu = [0.0; 2];
    for task in std::fs::read_dir("/proc/self/task").unwrap() {
        let task = task.unwrap().path();
        let comm = std::fs::read_to_string(task.join("comm")).unwrap_or_default();
        let thread = ["measured", "measured writer"].iter().position(|name| *name == comm.trim());
        if let Some(thread) = thread {
            let spent = cpu_of(task.join("schedstat").to_str().unwrap()).unwrap();
            cpu[thread] = spent as f64 / (hz * seconds) / 1000.0;
        }
    }
    session.stop().unwrap();
    cpu
}

#[test]
#[ignore = "a measurement of three minutes"]
fn measure_processor_time_of_a_tick() {
    const SECONDS: f64 = 3.0;
    const ROUNDS: usize = 7;
    let region = unique("measure_cpu");
    let _game = Publisher::start(&region, 333.0);
    println!("| looks | bare loop | settle 0: sampling, writer | settle 200 µs: sampling, writer |");
    println!("|---|---|---|---|");
    for hz in RATES {
        // By turns, and the middle one counts: the same loop costs twice as much on a busy machine.
        let rounds: Vec<[f64; 5]> = (0..ROUNDS)
            .map(|_| {
                let bare = bare_loop(&region, hz, SECONDS);
                let [zero, settled] = [0, 200].map(|settle| {
                    let guard = Guard { settle: Duration::from_micros(settle), ..Guard::default() };
                    session(&region, hz, guard, SECONDS)
                });
                [bare, zero[0], zero[1], settled[0], settled[1]]
            })
            .collect();
        let [bare, zero, zero_writer, settled, settled_writer] = std::array::from_fn(|column| {
            let mut values: Vec<f64> = rounds.iter().map(|round| round[column]).collect();
            values.sort_by(f64::total_cmp);
            values[ROUNDS / 2]
        });
        println!(
            "| {hz} Hz | {bare:.1} µs | {zero:.1}, {zero_writer:.1} µs | {settled:.1}, {settled_writer:.1} µs |"
        );
    }
}

#[test]
#[ignore = "a measurement"]
fn measure_reading_and_syncing() {
    let region = unique("measure_read");
    let _game = Publisher::start(&region, 333.0);
    let region = Region::open(&region).unwrap();
    for size in [4, 800] {
        let mut bytes = vec![0; size];
        let started = clock::monotonic();
        (0..200_000).for_each(|_| region.copy(0, &mut bytes).unwrap());
        println!("copy of {size} bytes: {:.0} ns", started.elapsed().as_nanos() as f64 / 200_000.0);
    }
    let folder = folder("sync");
    let mut file = File::create(folder.path().join("sync")).unwrap();
    let second = file.try_clone().unwrap();
    let stop = StopToken::new();
    let token = stop.clone();
    let syncing = std::thread::spawn(move || {
        let mut times = Vec::new();
        while !token.wait_for(Duration::from_millis(100)) {
            let started = clock::monotonic();
            second.sync_data().unwrap();
            times.push(started.elapsed());
        }
        times
    });
    let mut writes = Vec::new();
    let mut pacer = Pacer::new(100.0);
    for _ in 0..2000 {
        std::thread::sleep(pacer.next_deadline().saturating_duration_since(clock::monotonic()));
        let started = clock::monotonic();
        file.write_all(&[7; 3000]).unwrap();
        writes.push(started.elapsed());
    }
    stop.stop();
    for (name, mut times) in [("sync", syncing.join().unwrap()), ("write meanwhile", writes)] {
        times.sort();
        let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
        println!("{name}: median {:.0?}, p99 {:.0?}, longest {:.0?}", at(0.5), at(0.99), at(1.0));
    }
}
