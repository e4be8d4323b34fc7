//! From a recording to traces, comparison, figures and users' channels: a made-up session whose truth is known exactly.
//!
//! Two sources of different rates; the second lap has a pause in it, the third a stretch that was taken back. The laps are
//! given by hand, so that only what works on laps is tried here.

use std::f64::consts::TAU;
use std::path::Path;
use std::time::Duration;

use gametelemetry::analysis::{
    CornerRules, LapStatistics, LapTrace, MathChannel, ProgressSource, Range, Resampler, STATISTICS,
    TraceProcessor, compare, corners, enrich,
};
use gametelemetry::{
    BinarySessionWriter, ChannelKind, ChannelMapping, ChannelRequest, Header, Lap, LapKind, Laps, Ledger,
    Moment, PackedFrame, Sector, SessionFacts, SessionPart, SessionPass, SessionProcessor, SessionWriter,
    Slot, Telemetry, Timestamp, WriterOptions, telemetry,
};

use crate::support::folder;

/// What the made-up game tells of the car, 100 times a second.
#[telemetry(size = 24)]
struct Car {
    /// Speed.
    speed: f32,
    /// Place.
    x: f32,
    /// Place.
    z: f32,
    /// Height.
    y: f32,
    /// Pedal.
    throttle: f32,
    /// Pedal.
    brake: f32,
}

/// What it tells of the lap, 25 times a second.
#[telemetry(size = 20)]
struct Timing {
    /// Metres since the line.
    distance: f32,
    /// Share of the lap.
    share: f32,
    /// Litres.
    fuel: f32,
    /// Pascal.
    pressure: f32,
    /// 0 or 1.
    paused: u32,
}

const LENGTH_M: f64 = 3000.0;

/// m/s of lap `lap` (0 first) at `s` metres.
fn speed(lap: usize, s: f64) -> f64 {
    // All laps are equally fast at the line, as a car is.
    40.0 + [0.0, 3.0, 1.5][lap.min(2)] * (s / LENGTH_M * TAU / 2.0).sin().powi(2)
        + 10.0 * (s / LENGTH_M * TAU).cos()
}

/// Seconds of lap `lap` until `s` metres.
fn lap_time_s(lap: usize, s: f64) -> f64 {
    let steps = 3000;
    let way = s / f64::from(steps);
    (0..steps).map(|step| way / speed(lap, (f64::from(step) + 0.5) * way)).sum()
}

/// A channel, the source that has it, and its field.
const CHANNELS: [(&str, &str, &str); 11] = [
    ("speed", "car", "speed"),
    ("position_x", "car", "x"),
    ("position_y", "car", "y"),
    ("position_z", "car", "z"),
    ("throttle", "car", "throttle"),
    ("brake", "car", "brake"),
    ("lap_distance", "timing", "distance"),
    ("lap_position", "timing", "share"),
    ("fuel_volume", "timing", "fuel"),
    ("tyre_pressure_fl", "timing", "pressure"),
    ("paused", "timing", "paused"),
];

/// A session that is written while it is driven.
struct Recording {
    car: BinarySessionWriter,
    timing: BinarySessionWriter,
    start: Timestamp,
    /// Milliseconds of the recording, and of the game.
    now: u64,
    laps: Laps,
}

impl Recording {
    fn create(path: &Path, without: &[&str]) -> Self {
        let start = "2026-11-23T12:00:00Z".parse().unwrap();
        let writer = |source: &str, schema| {
            let mut header = Header::new("made_up", source, schema, start);
            let kept = CHANNELS.iter().filter(|(name, of, _)| *of == source && !without.contains(name));
            header.channels = kept.map(|(name, of, field)| ChannelMapping::new(name, of, field)).collect();
            BinarySessionWriter::create(
                &path.join(format!("{source}.gtel")),
                &header,
                WriterOptions::default(),
            )
            .unwrap()
        };
        let part = SessionPart {
            track: "made up".to_owned(),
            track_length_m: Some(LENGTH_M),
            ..SessionPart::default()
        };
        Self {
            car: writer("car", Car::schema().clone()),
            timing: writer("timing", Timing::schema().clone()),
            start,
            now: 0,
            laps: Laps { laps: Vec::new(), parts: vec![part] },
        }
    }

    fn time(&self, milliseconds: u64) -> Timestamp {
        self.start + Duration::from_millis(milliseconds)
    }

    /// One millisecond at `s` metres of lap `lap`.
    fn tell(&mut self, lap: usize, s: f64, paused: bool) {
        let time = self.time(self.now);
        if self.now.is_multiple_of(10) {
            let (angle, radius) = (s / LENGTH_M * TAU, LENGTH_M / TAU);
            let mut car = Car::zeroed();
            car.set_speed(speed(lap, s) as f32);
            car.set_x((angle.cos() * radius) as f32);
            car.set_z((angle.sin() * radius) as f32);
            car.set_y(f32::NAN);
            car.set_throttle(if s < 1500.0 { 0.0 } else { 1.0 });
            car.set_brake(if s < 1000.0 { 0.8 } else { 0.0 });
            self.car.write(time, Telemetry::as_bytes(&car)).unwrap();
        }
        if self.now % 40 == 3 {
            let mut timing = Timing::zeroed();
            timing.set_distance(s as f32);
            timing.set_share((s / LENGTH_M) as f32);
            let fuel = 50.0 - 2.0 * (lap as f64 + s / LENGTH_M);
            timing.set_fuel((if lap == 1 && s > 1500.0 || lap > 1 { fuel + 10.0 } else { fuel }) as f32);
            timing.set_pressure((170_000.0 + s) as f32);
            timing.set_paused(u32::from(paused));
            self.timing.write(time, Telemetry::as_bytes(&timing)).unwrap();
        }
        self.now += 1;
    }

    /// Drives lap `lap`, stopping for `pause_ms` in its middle, and driving `taken_back_ms` of it twice.
    fn drive(&mut self, lap: usize, pause_ms: u64, taken_back_ms: u64) {
        let begun = self.now;
        let (mut s, mut told) = (0.0, 0);
        let (mut paused, mut taken_back) = (Vec::new(), Vec::new());
        while s < LENGTH_M {
            self.tell(lap, s, false);
            // The middle of the step, so that the time of the lap comes out to a hundredth of a millisecond.
            s += speed(lap, s + speed(lap, s) / 2000.0) / 1000.0;
            told += 1;
            if told == 30_000 {
                let from = self.now;
                (0..pause_ms).for_each(|_| self.tell(lap, s, true));
                if self.now > from {
                    paused.push((self.time(from), self.time(self.now)));
                }
            }
            if told == 50_000 && taken_back_ms > 0 {
                let (from, place) = (self.now, s);
                for _ in 0..taken_back_ms {
                    self.tell(lap, s, false);
                    s += speed(lap, s) / 1000.0;
                }
                s = place;
                taken_back.push((self.time(from), self.time(self.now)));
            }
        }
        let time = Duration::from_secs_f64(lap_time_s(lap, LENGTH_M));
        let third = |number: u32| Sector {
            number,
            time: Some(time / 3),
            end: Some(self.time(begun) + time / 3 * number),
            is_official: true,
        };
        let sectors = if paused.is_empty() && taken_back.is_empty() {
            (1..=3).map(third).collect()
        } else {
            Vec::new()
        };
        self.laps.laps.push(Lap {
            lap: lap as u32 + 1,
            kind: LapKind::Flying,
            valid: true,
            time: Some(time),
            official_time: None,
            sectors,
            reason: String::new(),
            part: 0,
            start: self.time(begun),
            end: self.time(begun) + time + Duration::from_millis(pause_ms + taken_back_ms),
            length_m: Some(LENGTH_M),
            taken_back,
            paused,
        });
    }

    fn finish(mut self) -> Laps {
        self.car.finish(&Ledger::default()).unwrap();
        self.timing.finish(&Ledger::default()).unwrap();
        self.laps
    }
}

/// Three laps, and a little of a fourth, of a game that does not have the channels `without`.
fn session(path: &Path, without: &[&str]) -> Laps {
    let mut recording = Recording::create(path, without);
    recording.drive(0, 0, 0);
    recording.drive(1, 7000, 0);
    recording.drive(2, 0, 4000);
    for step in 0..500 {
        recording.tell(0, f64::from(step) * 0.05, false);
    }
    recording.finish()
}

fn traces(
    path: &Path,
    laps: &Laps,
    channels: &[&str],
    prepare: impl FnOnce(&mut SessionPass),
) -> Vec<LapTrace> {
    let processor = TraceProcessor::new(laps, 0..laps.laps.len(), channels.iter().copied());
    let (from, until) = processor.span().unwrap();
    let mut pass = SessionPass::open(path).unwrap().between(from, until);
    prepare(&mut pass);
    let traces = pass.add(processor);
    pass.run().unwrap();
    traces.take().unwrap()
}

/// The greatest error of the lap's time along the lap, in seconds.
fn worst_time(trace: &LapTrace) -> f64 {
    let lap = trace.number;
    let places = (0..=100).map(|step| LENGTH_M * f64::from(step) / 100.0);
    places.map(|metres| (trace.time_at(metres) - lap_time_s(lap, metres)).abs()).fold(0.0, f64::max)
}

#[test]
fn pauses_and_what_was_taken_back_are_no_part_of_a_lap() {
    let folder = folder("analysis");
    let laps = session(folder.path(), &[]);
    let traces = traces(folder.path(), &laps, &["fuel_volume", "lap_distance"], |_| {});
    assert_eq!(traces.iter().map(|trace| trace.number).collect::<Vec<_>>(), [0, 1, 2]);
    for trace in &traces {
        assert_eq!((trace.progress_from, trace.progress_m.len()), (ProgressSource::LapDistance, 2000));
        assert!(worst_time(trace) < 0.003, "lap {}: {} s", trace.number, worst_time(trace));
        let known = trace.progress_m.iter().map(|&metres| speed(trace.number, metres));
        let worst = trace.channel("speed").unwrap().values.iter().zip(known);
        let worst = worst.map(|(found, known)| (f64::from(*found) - known).abs()).fold(0.0, f64::max);
        assert!(worst < 0.05, "{worst} m/s");
        // A distance that begins anew at the line has none of the lap before in it; of the first lap's first three
        // milliseconds nothing is known.
        let distance = &trace.channel("lap_distance").unwrap().values;
        assert!(
            distance[usize::from(trace.number == 0)] < 10.0 && distance[1999] > 2950.0,
            "{} {}",
            distance[0],
            distance[1999]
        );
        let end = trace.timestamp_at(LENGTH_M).unwrap();
        assert!(end.seconds_since(trace.lap.end).abs() < 1e-5);
        assert!((trace.progress_at(trace.timestamp_at(2000.0).unwrap()).unwrap() - 2000.0).abs() < 0.01);
    }
    assert!((traces[0].sector_ends_m[2] - LENGTH_M).abs() < 1e-6 && traces[1].sector_ends_m.is_empty());
}

#[test]
fn any_laps_compare_whatever_tells_their_progress() {
    let folder = folder("analysis");
    let table: [(&[&str], ProgressSource, f64); 3] = [
        (&[], ProgressSource::LapDistance, 0.003),
        (&["lap_distance"], ProgressSource::LapPosition, 0.003),
        (&["lap_distance", "lap_position", "position_x"], ProgressSource::Speed, 0.005),
    ];
    for (number, (without, source, tolerance)) in table.into_iter().enumerate() {
        let path = folder.path().join(number.to_string());
        std::fs::create_dir(&path).unwrap();
        let laps = session(&path, without);
        let traces = traces(&path, &laps, &[], |_| {});
        assert_eq!(traces[0].progress_from, source);
        let found = compare(&traces.iter().collect::<Vec<_>>(), &CornerRules::default()).unwrap();
        for (lap, trace) in found.laps.iter().zip(&traces) {
            let is_by_position = !without.contains(&"position_x");
            assert_eq!((lap.number, lap.is_by_position), (trace.number, is_by_position));
            for (delta, &metres) in lap.delta_s.iter().zip(&found.progress_m).step_by(50) {
                let known = lap_time_s(lap.number, metres) - lap_time_s(0, metres);
                assert!(
                    (delta - known).abs() < tolerance,
                    "{without:?} at {metres} m: {delta}, known {known}"
                );
            }
            let end = lap.delta_s.last().unwrap();
            assert!((end - lap.difference_s).abs() < 1e-6, "{end} {}", lap.difference_s);
        }
    }
}

#[test]
fn a_session_that_tells_no_progress_has_no_traces_and_one_without_position_has_no_map() {
    let folder = folder("analysis");
    let laps = session(folder.path(), &["lap_distance", "lap_position", "speed", "position_x", "position_z"]);
    assert!(traces(folder.path(), &laps, &["throttle"], |_| {}).is_empty());
    let other = folder.path().join("other");
    std::fs::create_dir(&other).unwrap();
    let laps = session(&other, &["position_x"]);
    assert!(traces(&other, &laps, &["throttle"], |_| {}).iter().all(|trace| trace.position.is_none()));
}

#[test]
fn users_channels_and_built_in_ones_are_traces_like_any_other() {
    let folder = folder("analysis");
    let laps = session(folder.path(), &[]);
    let traces = traces(folder.path(), &laps, &["twice", "g_lon", "distance", "slope", "{wrong}"], |pass| {
        let added: Vec<&str> = enrich(pass).iter().map(|it| it.name).collect();
        assert_eq!(added, ["g_lon", "distance"]);
        MathChannel::parse("twice [m/s] = speed * 2 + {car:throttle} * 0").unwrap().add_to(pass).unwrap();
        MathChannel::parse("slope [m/s²] = derivative(speed)").unwrap().add_to(pass).unwrap();
        let error = MathChannel::parse("x = sped").unwrap().add_to(pass).unwrap_err();
        assert!(error.to_string().ends_with("did you mean \"speed\"?"), "{error}");
    });
    let trace = &traces[0];
    let names: Vec<(&str, &str)> =
        trace.channels.iter().map(|it| (it.name.as_str(), it.unit.as_str())).collect();
    assert_eq!(names[..4], [("twice", "m/s"), ("g_lon", "g"), ("distance", "m"), ("slope", "m/s²")]);
    for metres in [500.0, 1500.0, 2500.0] {
        let at = |name: &str| trace.channel(name).unwrap().at(&trace.progress_m, metres);
        assert!((at("twice") - 2.0 * speed(0, metres)).abs() < 0.1);
        let slope = -10.0 * (metres / LENGTH_M * TAU).sin() * TAU / LENGTH_M * speed(0, metres);
        assert!((at("slope") - slope).abs() < 0.03, "{metres}: {} {slope}", at("slope"));
        assert!((at("g_lon") - slope / 9.806_65).abs() < 0.003);
        assert!((at("distance") - metres).abs() < 1.0, "{metres}: {}", at("distance"));
    }
    // The pause is no distance.
    let end = *traces[1].channel("distance").unwrap().values.last().unwrap();
    assert!((f64::from(end) - 2.0 * LENGTH_M).abs() < 3.0, "{end}");
}

#[test]
fn figures_of_a_lap_are_those_that_were_driven() {
    let folder = folder("analysis");
    let laps = session(folder.path(), &[]);
    let traces = traces(folder.path(), &laps, STATISTICS, |_| {});
    let corners =
        corners(&traces[0], &CornerRules { radius_m: 600.0, open_radius_m: 900.0, ..CornerRules::default() });
    assert_eq!(corners.len(), 1, "the whole track is one corner");
    let figures = LapStatistics::new(&traces[0], &corners);
    let fuel = figures.fuel.unwrap();
    assert!((fuel.used - 2.0).abs() < 0.01 && fuel.refuelled == 0.0, "{fuel:?}");
    assert!((figures.top_speed_m_s.unwrap() - 50.0).abs() < 0.01);
    let shares = figures.shares.unwrap();
    let total = lap_time_s(0, LENGTH_M);
    let known =
        [total - lap_time_s(0, 1500.0), lap_time_s(0, 1000.0), lap_time_s(0, 1500.0) - lap_time_s(0, 1000.0)];
    for (found, known) in [shares.full_throttle, shares.braking, shares.coasting].into_iter().zip(known) {
        assert!((found - known / total).abs() < 0.002, "{found} {}", known / total);
    }
    let pressure = figures.tyre_pressure[0].unwrap();
    assert!((pressure.min - 170_000.0).abs() < 5.0 && (pressure.max - 173_000.0).abs() < 5.0, "{pressure:?}");
    assert!(figures.tyre_pressure[1].is_none() && figures.tyre_wear_change == [None; 4]);
    let ranges: Vec<Range> = figures.ranges.iter().map(|it| it.range).collect();
    assert_eq!(ranges, [Range::Lap, Range::Sector(1), Range::Sector(2), Range::Sector(3), Range::Corner(1)]);
    let mean = figures.ranges[0].channels.iter().find(|(name, _)| name == "speed").unwrap().1.mean;
    assert!((mean - LENGTH_M / total).abs() < 0.02, "{mean}");
    // Ten litres were filled in during the second lap.
    let fuel = LapStatistics::new(&traces[1], &corners).fuel.unwrap();
    assert!((fuel.used - 2.0).abs() < 0.03 && (fuel.refuelled - 10.0).abs() < 0.03, "{fuel:?}");
}

#[test]
fn a_whole_session_is_resampled_to_one_rate() {
    /// Rows of speed and fuel.
    struct Rows(Option<(Slot, Slot)>, Resampler, Vec<(u64, [f64; 2])>);
    impl SessionProcessor for Rows {
        type Output = Vec<(u64, [f64; 2])>;
        fn begin(&mut self, channels: &mut ChannelRequest) {
            self.0 = Some((channels.want("speed"), channels.want("fuel_volume")));
        }
        fn push(&mut self, moment: &Moment<'_>) {
            let Some((speed, fuel)) = self.0 else { return };
            let fresh = |column: usize| moment.fresh(if column == 0 { speed } else { fuel });
            self.1.push(moment.timestamp(), fresh, |row| {
                self.2.push((row.number, [row.values[0], row.values[1]]))
            });
        }
        fn finish(mut self, _: &SessionFacts) -> Self::Output {
            self.1.finish(|row| self.2.push((row.number, [row.values[0], row.values[1]])));
            self.2
        }
    }
    let folder = folder("analysis");
    session(folder.path(), &[]);
    let mut pass = SessionPass::open(folder.path()).unwrap();
    let resampler = Resampler::new(vec![ChannelKind::Continuous; 2], 50.0);
    let rows = pass.add(Rows(None, resampler, Vec::new()));
    pass.run().unwrap();
    let rows = rows.take().unwrap();
    assert!(rows.iter().enumerate().all(|(place, row)| row.0 == place as u64));
    let mut s = 0.0;
    for (number, [found, fuel]) in rows.iter().take(3500) {
        let time = *number as f64 / 50.0;
        assert!((found - speed(0, s)).abs() < 0.02, "{time} s: {found}");
        assert!(*number == 0 || (fuel - (50.0 - 2.0 * s / LENGTH_M)).abs() < 0.01, "{time} s: {fuel}");
        (0..20).for_each(|_| s += speed(0, s + speed(0, s) / 2000.0) / 1000.0);
    }
}
