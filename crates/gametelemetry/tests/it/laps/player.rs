//! Plays scripted drives as a game would tell them, and writes them as a session.
//!
//! The car goes along the track at the speeds of the script; the game around it counts laps, runs timers, and is late,
//! paused, set back or silent where the script says so. What is not modelled is how a car drives.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use gametelemetry::{
    BinarySessionWriter, ChannelMapping, Field, FieldKind, FrameSize, Header, LapProcessor, Laps, Ledger,
    Schema, SessionPass, SessionWriter as _, Timestamp, WriterOptions,
};

/// What the game knows at one moment; a flashback brings all of it back.
#[derive(Clone, Debug)]
struct Game {
    /// Metres from the line of the first lap.
    place: f64,
    session_time: f64,
    speed: f64,
    /// When the lap timer began, and whether it runs.
    lap_began: f64,
    timer_runs: bool,
    lap: f64,
    /// Lap number and last time that are not told yet: when, and what.
    late_lap: Option<(f64, f64)>,
    late_time: Option<(f64, f64)>,
    last_lap: f64,
    told_lap: f64,
    sector_times: [f64; 2],
    sector: f64,
}

/// A drive that is being played.
pub(crate) struct Player {
    pub(crate) track_m: f64,
    pub(crate) hz: f64,
    pub(crate) jitter_ms: f64,
    /// Seconds after the line at which the counter goes up (negative: before), and the time is told.
    pub(crate) counter_late: f64,
    pub(crate) time_late: f64,
    /// The first crossing is that from the grid, and counts for nothing.
    pub(crate) grid: bool,
    pub(crate) negative_before_line: bool,
    pub(crate) limits: Vec<f64>,
    channels: Vec<String>,
    /// Channels with a value that the script set.
    set: Vec<(String, f64)>,
    game: Game,
    /// What the game was, step by step, for flashbacks.
    past: Vec<Game>,
    wall: f64,
    frames: u64,
    pub(crate) is_silent: bool,
    pub(crate) writer: Option<BinarySessionWriter>,
    path: PathBuf,
    random: u64,
}

impl Player {
    pub(crate) fn new(folder: &Path, channels: &[String], track_m: f64, hz: f64, place: f64) -> Self {
        let path = folder.join("car.gtel");
        let mut schema = Schema::new("Car", FrameSize::Fixed(8 * channels.len() as u32));
        let mut header_channels = Vec::new();
        for (number, name) in channels.iter().enumerate() {
            let offset = 8 * number as u32;
            let kind = FieldKind::F64;
            schema.fields.push(Field { name: name.clone(), kind, offset, count: 1, ..Field::default() });
            let mut mapping = ChannelMapping::new("", "car", "");
            (mapping.channel, mapping.field) = (name.clone().into(), name.clone().into());
            header_channels.push(mapping);
        }
        let mut header = Header::new("script", "car", schema, at(0.0));
        header.channels = header_channels;
        let writer = BinarySessionWriter::create(&path, &header, WriterOptions::default()).unwrap();
        Self {
            track_m,
            hz,
            jitter_ms: 0.0,
            counter_late: 0.0,
            time_late: 0.0,
            grid: false,
            negative_before_line: false,
            limits: Vec::new(),
            channels: channels.to_vec(),
            set: Vec::new(),
            game: Game {
                place,
                session_time: 3.0,
                speed: 0.0,
                lap_began: 3.0,
                timer_runs: true,
                lap: 1.0,
                late_lap: None,
                late_time: None,
                last_lap: f64::NAN,
                told_lap: 1.0,
                sector_times: [f64::NAN; 2],
                sector: 0.0,
            },
            past: Vec::new(),
            wall: 0.0,
            frames: 0,
            is_silent: false,
            writer: Some(writer),
            path,
            random: 7,
        }
    }

    pub(crate) fn set(&mut self, name: &str, value: f64) {
        match name {
            "timer_runs" => {
                self.game.timer_runs = value > 0.5;
                self.game.lap_began = self.game.session_time;
            }
            "timer" => self.game.lap_began = self.game.session_time - value,
            "lap" => (self.game.lap, self.game.told_lap) = (value, value),
            "place" => self.game.place = value,
            "last_lap" => self.game.last_lap = value,
            "counter_late" => self.counter_late = value,
            "time_late" => self.time_late = value,
            "silent" => self.is_silent = value > 0.5,
            _ => {
                self.set.retain(|(known, _)| known != name);
                self.set.push((name.to_owned(), value));
            }
        }
    }

    /// The game tells the channel itself again.
    pub(crate) fn unset(&mut self, name: &str) {
        self.set.retain(|(known, _)| known != name);
    }

    /// Drives `metres` at `speed`, in m/s.
    pub(crate) fn drive(&mut self, metres: f64, speed: f64) {
        let end = self.game.place + metres;
        let step = speed / self.hz;
        while self.game.place < end - 1e-9 {
            let on = step.min(end - self.game.place);
            self.game.speed = speed;
            self.step(on, on / speed);
        }
    }

    /// Stands for `seconds`.
    pub(crate) fn stand(&mut self, seconds: f64) {
        self.game.speed = 0.0;
        for _ in 0..(seconds * self.hz) as u64 {
            self.step(0.0, 1.0 / self.hz);
        }
    }

    /// The game is paused: the wall's clock goes on, alone. With `frames` they come as before, all equal.
    pub(crate) fn pause(&mut self, seconds: f64, frames: bool) {
        if !frames {
            self.wall += seconds;
            return;
        }
        for _ in 0..(seconds * self.hz) as u64 {
            self.wall += 1.0 / self.hz;
            self.frame();
        }
    }

    /// The game goes back by `seconds`.
    pub(crate) fn flashback(&mut self, seconds: f64) {
        let to = self.game.session_time - seconds;
        self.past.retain(|game| game.session_time <= to);
        self.game = self.past.last().unwrap().clone();
        self.frame();
    }

    /// The game begins anew, at `place`.
    pub(crate) fn restart(&mut self, place: f64) {
        self.past.clear();
        let game = &mut self.game;
        (game.place, game.session_time, game.lap_began, game.speed) = (place, 0.0, 0.0, 0.0);
        (game.lap, game.told_lap, game.late_lap, game.late_time) = (1.0, 1.0, None, None);
        game.last_lap = f64::NAN;
    }

    pub(crate) fn jump_clock(&mut self, seconds: f64) {
        self.wall += seconds;
    }

    /// The car is put to `place`; the game goes on.
    pub(crate) fn tow(&mut self, place: f64) {
        let laps = (self.game.place / self.track_m).floor();
        self.game.place = laps * self.track_m + place;
        self.game.speed = 0.0;
    }

    fn step(&mut self, metres: f64, seconds: f64) {
        let before = self.game.place;
        self.game.place += metres;
        self.game.session_time += seconds;
        self.wall += seconds;
        let (lap_before, lap_now) =
            ((before / self.track_m).floor(), (self.game.place / self.track_m).floor());
        if lap_now > lap_before {
            if self.grid && before < 0.0 {
                // From the grid: the first lap goes on.
            } else {
                let rest = (self.game.place - lap_now * self.track_m) / metres;
                self.cross(self.game.session_time - seconds * rest);
            }
        }
        self.sectors(before, seconds, metres);
        self.tell_late();
        let game = self.game.clone();
        self.past.push(game);
        if !self.is_silent {
            self.frame();
        }
    }

    fn cross(&mut self, crossing: f64) {
        let time = ((crossing - self.game.lap_began) * 1000.0).round() / 1000.0;
        let game = &mut self.game;
        game.lap += 1.0;
        game.late_lap = Some((crossing + self.counter_late.max(0.0), game.lap));
        game.late_time = Some((crossing + self.time_late, time));
        game.lap_began = crossing;
        game.timer_runs = true;
        (game.sector, game.sector_times) = (0.0, [f64::NAN; 2]);
    }

    fn sectors(&mut self, before: f64, seconds: f64, metres: f64) {
        let lap = (self.game.place / self.track_m).floor() * self.track_m;
        for (number, limit) in self.limits.clone().into_iter().enumerate() {
            let limit = lap + limit;
            if before < limit && self.game.place >= limit {
                let crossing = self.game.session_time - seconds * (self.game.place - limit) / metres;
                let earlier: f64 = self.game.sector_times.iter().take(number).sum();
                let time = crossing - self.game.lap_began - earlier;
                if let Some(place) = self.game.sector_times.get_mut(number) {
                    *place = (time * 1000.0).round() / 1000.0;
                }
                self.game.sector = number as f64 + 1.0;
            }
        }
    }

    fn tell_late(&mut self) {
        let now = self.game.session_time;
        // Early: the counter goes up before the line, by the speed of now.
        if self.counter_late < 0.0 && self.game.speed > 0.0 {
            let ahead = self.game.place - self.counter_late * self.game.speed;
            let (here, there) = ((self.game.place / self.track_m).floor(), (ahead / self.track_m).floor());
            self.game.told_lap = self.game.lap + (there - here);
        }
        if let Some((at, lap)) = self.game.late_lap.filter(|(at, _)| *at <= now) {
            let _ = at;
            (self.game.told_lap, self.game.late_lap) = (lap, None);
        }
        if let Some((_, time)) = self.game.late_time.filter(|(at, _)| *at <= now) {
            (self.game.last_lap, self.game.late_time) = (time, None);
        }
    }

    fn value(&self, name: &str) -> f64 {
        if let Some((_, value)) = self.set.iter().find(|(set, _)| set == name) {
            return *value;
        }
        let game = &self.game;
        let in_lap = game.place.rem_euclid(self.track_m);
        match name {
            "session_time" => game.session_time,
            "lap_distance" if self.negative_before_line && game.place < 0.0 => game.place,
            "lap_distance" => in_lap,
            "lap_position" => in_lap / self.track_m,
            "lap_time" if !game.timer_runs => 0.0,
            "lap_time" => game.session_time - game.lap_began,
            "lap_number" => game.told_lap,
            "laps_completed" => game.told_lap - 1.0,
            "last_lap_time" => game.last_lap,
            "speed" => game.speed + 1e-3 * (game.session_time * 7.0).sin(),
            "sector" => game.sector,
            "sector_1_time" => game.sector_times[0],
            "sector_2_time" => game.sector_times[1],
            "track_length" => self.track_m,
            "lap_valid" => 1.0,
            // A track that crosses itself: a figure of eight.
            "position_x" => (in_lap / self.track_m * std::f64::consts::TAU).sin() * 300.0,
            "position_z" => (in_lap / self.track_m * 2.0 * std::f64::consts::TAU).sin() * 150.0,
            _ => 0.0,
        }
    }

    /// One frame of what the game knows.
    pub(crate) fn frame(&mut self) {
        let mut data = Vec::with_capacity(8 * self.channels.len());
        for name in &self.channels {
            data.extend_from_slice(&self.value(name).to_le_bytes());
        }
        self.random =
            self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let jitter = (self.random >> 40) as f64 / f64::from(1 << 24) * self.jitter_ms / 1000.0;
        self.frames += 1;
        self.writer.as_mut().unwrap().write(at(self.wall + jitter), &data).unwrap();
    }

    /// Metres from the line of the first lap.
    pub(crate) fn place(&self) -> f64 {
        self.game.place
    }

    pub(crate) fn frames(&self) -> u64 {
        self.frames
    }

    /// Ends the session and splits it.
    pub(crate) fn laps(mut self) -> Laps {
        self.writer.take().unwrap().finish(&Ledger::default()).unwrap();
        let mut pass = SessionPass::open(&self.path).unwrap();
        let told = Arc::new(Mutex::new(Vec::new()));
        let teller = Arc::clone(&told);
        let laps = pass.add(LapProcessor::new().on_lap(move |lap| teller.lock().unwrap().push(lap.start)));
        pass.run().unwrap();
        let laps = laps.take().unwrap();
        let mut told = told.lock().unwrap().clone();
        let mut starts: Vec<Timestamp> = laps.laps.iter().map(|lap| lap.start).collect();
        told.sort_unstable();
        starts.sort_unstable();
        assert_eq!(told, starts, "every lap is handed out once");
        laps
    }
}

/// The moment `seconds` after the session began.
pub(crate) fn at(seconds: f64) -> Timestamp {
    let begin: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
    let by = Duration::from_secs_f64(seconds.abs());
    if seconds < 0.0 { begin - by } else { begin + by }
}
