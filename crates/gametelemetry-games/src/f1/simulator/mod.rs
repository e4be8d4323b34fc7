//! A simulated F1: all cars race on a circuit of their own, and the packets say what the game's would.
//!
//! For the demo, for tests, and for whoever has no game at hand. Pure: no clock, no socket, no thread; the same seed
//! and the same steps give the same packets. It races as the game does when its packets are sent at 60 Hz: lights,
//! start, laps with a stop now and then, the flag, the classification, and after a few seconds the next race. A lobby and
//! a short time trial come before the first race when they are asked for, see [`Simulator::with_opening`].
//!
//! ```
//! use gametelemetry_games::f1::{self, Format, simulator::Simulator};
//!
//! let mut game = Simulator::of_format(Format::F2026, 7);
//! game.step(1.0 / 60.0);
//! let packets = game.packets();
//! assert!(packets.iter().all(|packet| f1::schema().view(packet).kind().is_some()));
//! ```

mod car;
mod circuit;
mod number;
mod opening;
mod packet;
mod packets;
mod race;
mod timing;

use std::collections::VecDeque;

use super::Format;
use circuit::Circuit;
use number::{Random, count, index};
use packets::Scene;
use race::{Event, FRAME_S, Race};

/// Laps of a race unless told otherwise.
const LAPS: u32 = 12;
/// The longest step, in seconds.
const LONGEST_S: f64 = 1.0;
/// A flashback can go to a moment of every half second of the last half minute.
const KEPT_EVERY: u32 = 30;
const KEPT: usize = 60;
/// How long nothing is sent between two races.
const MENU_S: f64 = 5.0;

/// What is sent each frame.
const EACH_FRAME: [&str; 6] =
    ["motion", "lap_data", "car_telemetry", "car_status", "motion_ex", "car_telemetry_2"];

/// The simulated game.
#[derive(Clone, Debug)]
pub struct Simulator {
    format: Format,
    circuit: Circuit,
    race: Race,
    random: Random,
    session_uid: u64,
    overall_frame: u32,
    /// Time that has passed and is not yet a whole frame.
    left_s: f64,
    /// Frames of the menu that are left before the next race.
    menu_frames: u32,
    /// Frames of the lobby and the time trial that are left before the first race.
    opening_frames: u32,
    paused: bool,
    /// Earlier moments, for flashbacks.
    kept: VecDeque<Race>,
    sent: Vec<Vec<u8>>,
    /// What the next step sends first.
    waiting: Vec<Vec<u8>>,
}

impl Simulator {
    /// F1 25 at the start of a race. Other seeds give other races.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self::of_format(Format::F2025, seed)
    }

    /// The game that sends `format`, at the start of a race.
    #[must_use]
    pub fn of_format(format: Format, seed: u64) -> Self {
        let circuit = Circuit::new();
        let mut random = Random::new(seed);
        let race = Race::new(format.cars(), format.cars() - 3, LAPS, &circuit, random.bits());
        Self {
            session_uid: random.bits() | 1,
            format,
            circuit,
            race,
            random,
            overall_frame: 0,
            left_s: 0.0,
            menu_frames: 0,
            opening_frames: 0,
            paused: false,
            kept: VecDeque::new(),
            sent: Vec::new(),
            waiting: Vec::new(),
        }
    }

    /// Lets a second in a lobby and two seconds of a time trial, with its classification, come before the first race, so
    /// that within moments every kind of packet has come.
    #[must_use]
    pub fn with_opening(mut self) -> Self {
        self.opening_frames = opening::FRAMES;
        self
    }

    /// Makes races `laps` laps long, 1 to 100; 12 unless set.
    #[must_use]
    pub fn laps(mut self, laps: u32) -> Self {
        self.race.laps = laps.clamp(1, 100);
        self
    }

    /// Lets `seconds` of the game pass, at most 1 s, and sends the packets of each frame of 1/60 s in it. A step that is
    /// not above 0 sends nothing, and neither does a paused game.
    pub fn step(&mut self, seconds: f64) {
        self.sent.clear();
        // NaN is not above 0 either.
        let passed_s = if seconds > 0.0 && !self.paused { seconds.min(LONGEST_S) } else { return };
        self.sent.append(&mut self.waiting);
        self.left_s += passed_s;
        // A hundred steps of a sixtieth are a hundred frames, whatever the last digit of their sum is.
        while self.left_s > FRAME_S - 1e-9 {
            self.left_s -= FRAME_S;
            self.frame();
        }
    }

    /// The packets that the last step sent, in their order; none when asked again.
    pub fn packets(&mut self) -> Vec<Vec<u8>> {
        std::mem::take(&mut self.sent)
    }

    /// Goes back by about `seconds`, as the player's flashback does: the frame identifier and the session's time go back,
    /// the overall frame identifier does not. The event is among the packets of the next step. Gives how far it went
    /// back, in seconds; 0 when there is nowhere to go.
    pub fn flashback(&mut self, seconds: f64) -> f64 {
        // What is over stays over.
        if self.race.over {
            return 0.0;
        }
        let wanted = self.race.session_s - seconds;
        let place = self.kept.iter().rposition(|race| race.session_s <= wanted).unwrap_or(0);
        let Some(mut then) = self.kept.get(place).cloned().filter(|then| then.frame < self.race.frame) else {
            return 0.0;
        };
        let gone_s = self.race.session_s - then.session_s;
        let details = vec![
            ("details.flashback_frame_identifier", f64::from(then.frame)),
            ("details.flashback_session_time_s", then.session_s),
        ];
        // The event still bears the frame that is left.
        let event = self.event(&("FLBK", details));
        self.waiting.extend(event.map(|packet| packet.bytes));
        then.reseed(self.random.bits());
        self.race = then;
        self.kept.truncate(place + 1);
        gone_s
    }

    /// Pauses the game, or lets it go on. A paused game sends nothing.
    pub fn pause(&mut self, paused: bool) {
        self.paused = paused;
    }

    /// Number of the player's lap, 1 first.
    #[must_use]
    pub fn lap_number(&self) -> u32 {
        self.race.player().map_or(0, |car| car.lap_number(self.circuit.length_m(), self.race.laps))
    }

    /// Speed of the player's car, in km/h.
    #[must_use]
    pub fn speed_kmh(&self) -> f64 {
        self.race.player().map_or(0.0, |car| car.speed_m_s * 3.6)
    }

    /// Length of a lap, in metres.
    #[must_use]
    pub fn track_length_m(&self) -> f64 {
        self.circuit.length_m()
    }

    /// One frame of the game.
    fn frame(&mut self) {
        if self.opening_frames > 0 {
            self.opening_frame();
            return;
        }
        if self.menu_frames > 0 {
            self.menu_frames -= 1;
            if self.menu_frames == 0 {
                self.next_race();
            }
            return;
        }
        if self.race.frame == 0 {
            self.send_event(&("SSTA", Vec::new()));
        }
        self.keep();
        let events = self.race.advance(&self.circuit);
        self.overall_frame += 1;
        for event in &events {
            self.send_event(event);
        }
        self.send_frame();
        if self.race.over {
            self.end();
        }
    }

    /// Keeps this moment for a flashback, every half second.
    fn keep(&mut self) {
        if self.race.started && self.race.frame.is_multiple_of(KEPT_EVERY) {
            if self.kept.len() >= KEPT {
                self.kept.pop_front();
            }
            self.kept.push_back(self.race.clone());
        }
    }

    fn scene(&self, ended: bool) -> Scene<'_> {
        Scene {
            format: self.format,
            circuit: &self.circuit,
            race: &self.race,
            session_uid: self.session_uid,
            overall_frame: self.overall_frame,
            ended,
            time_trial: false,
        }
    }

    fn send(&mut self, packet: Option<packet::Packet>) {
        self.sent.extend(packet.map(|packet| packet.bytes));
    }

    fn send_named(&mut self, name: &str) {
        let packet = self.scene(false).full(name);
        self.send(packet);
    }

    fn send_event(&mut self, event: &Event) {
        let packet = self.event(event);
        self.send(packet);
    }

    /// The packet of an event; `None` when the format does not have it.
    fn event(&self, (code, details): &Event) -> Option<packet::Packet> {
        let mut packet = self.scene(*code == "SEND").packet(&format!("event.{code}"))?;
        for &(field, value) in details {
            packet.put(field, value);
        }
        Some(packet)
    }

    /// What is due in this frame.
    fn send_frame(&mut self) {
        // The first frame has everything once.
        let frame = self.overall_frame - 1;
        let damage_every = if self.format == Format::F2022 { 30 } else { 6 };
        let seldom = [
            ("session", 30),
            ("participants", 300),
            ("car_setups", 30),
            ("car_damage", damage_every),
            ("lap_positions", 60),
        ];
        for (name, every) in seldom {
            if frame.is_multiple_of(every) {
                self.send_named(name);
            }
        }
        for name in EACH_FRAME {
            self.send_named(name);
        }
        // Twenty times a second each, one car after the other.
        let car = index(f64::from(frame / 3) % count(self.race.cars.len()));
        match frame % 3 {
            0 => {
                let packet = self.scene(false).history(car);
                self.send(packet);
            }
            1 => {
                let packet = self.scene(false).tyre_sets(car);
                self.send(packet);
            }
            _ => {}
        }
    }

    /// The end of the race: the classification, the event, and all histories once more.
    fn end(&mut self) {
        let classification = self.scene(true).full("final_classification");
        self.send(classification);
        self.send_event(&("SEND", Vec::new()));
        for car in 0..self.race.cars.len() {
            let history = self.scene(true).history(car);
            self.send(history);
        }
        self.menu_frames = number::whole(MENU_S / FRAME_S);
    }

    fn next_race(&mut self) {
        let laps = self.race.laps;
        let seed = self.random.bits();
        self.race = Race::new(self.format.cars(), self.format.cars() - 3, laps, &self.circuit, seed);
        self.session_uid = self.random.bits() | 1;
        self.overall_frame = 0;
        self.kept.clear();
    }
}
