//! The race: all cars together, the lights, places, events, and the flag.
//!
//! A frame of the game is a sixtieth of a second. The session's clock stands at 0 until the lights go out, as in the
//! game. Knows nothing of packets.

use super::car::{Car, Pit};
use super::circuit::Circuit;
use super::number::{Random, count};

/// The length of a frame.
pub(super) const FRAME_S: f64 = 1.0 / 60.0;
/// Where the speed trap is, as a share of the lap.
const TRAP_AT: f64 = 0.08;
/// How often a lap of the player does not count.
const CUTS: f64 = 0.12;
/// Time between the lights, and from the last of them to the start.
const LIGHT_S: f64 = 1.0;
const START_S: f64 = 6.3;
/// How long the others may drive on after the winner has finished.
const WAIT_S: f64 = 100.0;

/// Something that happened in a frame: its code, and what is said of it by field.
pub(super) type Event = (&'static str, Vec<(&'static str, f64)>);

/// All that a flashback brings back.
#[derive(Clone, Debug)]
pub(super) struct Race {
    pub(super) cars: Vec<Car>,
    /// The cars' indices, the leader's first.
    pub(super) order: Vec<usize>,
    /// Time since the start; 0 before it.
    pub(super) session_s: f64,
    /// Time since the cars came to the grid.
    since_grid_s: f64,
    pub(super) frame: u32,
    lights: u32,
    pub(super) started: bool,
    pub(super) drs_enabled: bool,
    /// When the winner finished.
    won_s: Option<f64>,
    /// The best lap of all, in ms.
    best_ms: Option<u32>,
    /// The greatest speed at the trap, in km/h, and whose it was.
    pub(super) trap: Option<(f64, usize)>,
    /// In which part of this lap the player cuts a corner, if at all.
    cut_at: Option<f64>,
    pub(super) buttons: u32,
    buttons_left: u32,
    pub(super) over: bool,
    random: Random,
    pub(super) player: usize,
    pub(super) laps: u32,
}

impl Race {
    /// The cars on the grid; the player's is the car `player`.
    pub(super) fn new(number: usize, player: usize, laps: u32, circuit: &Circuit, seed: u64) -> Self {
        let mut random = Random::new(seed);
        // Which car starts where: an odd step goes through all of them.
        let first = super::number::index(random.between(0.0, count(number)));
        let order: Vec<usize> = (0..number).map(|place| (first + 7 * place) % number).collect();
        let mut cars: Vec<(usize, Car)> = order
            .iter()
            .zip(1..)
            .map(|(&car, grid)| (car, Car::on_grid(grid, circuit, &mut random)))
            .collect();
        cars.sort_by_key(|(car, _)| *car);
        Self {
            cars: cars.into_iter().map(|(_, car)| car).collect(),
            order,
            session_s: 0.0,
            since_grid_s: 0.0,
            frame: 0,
            lights: 0,
            started: false,
            drs_enabled: false,
            won_s: None,
            best_ms: None,
            trap: None,
            cut_at: None,
            buttons: 0,
            buttons_left: 0,
            over: false,
            random,
            player,
            laps,
        }
    }

    /// The player's car.
    pub(super) fn player(&self) -> Option<&Car> {
        self.cars.get(self.player)
    }

    /// Place of the car `index`, 1 first.
    pub(super) fn place_of(&self, index: usize) -> usize {
        self.order.iter().position(|&car| car == index).map_or(0, |place| place + 1)
    }

    /// Time from the car `index` to the one that is `ahead` places before it, in seconds.
    pub(super) fn gap_s(&self, index: usize, leader: bool) -> f64 {
        let place = self.place_of(index);
        let other = if leader { 0 } else { place.saturating_sub(2) };
        let other = self.order.get(other).and_then(|&other| self.cars.get(other));
        let own = self.cars.get(index);
        own.zip(other)
            .map_or(0.0, |(own, other)| (other.way_m - own.way_m).max(0.0) / own.speed_m_s.max(20.0))
    }

    /// Plays one frame.
    pub(super) fn advance(&mut self, circuit: &Circuit) -> Vec<Event> {
        let mut events = Vec::new();
        self.frame += 1;
        self.since_grid_s += FRAME_S;
        if !self.started {
            self.light(&mut events);
            return events;
        }
        self.session_s += FRAME_S;
        for index in 0..self.cars.len() {
            self.drive(index, circuit, &mut events);
        }
        self.sort(&mut events);
        self.open_drs(circuit, &mut events);
        self.press(&mut events);
        if self.won_s.is_some_and(|won| self.session_s > won + WAIT_S)
            || self.cars.iter().all(|car| car.finished_s.is_some())
        {
            self.over = true;
        }
        events
    }

    /// One light after the other, then none.
    fn light(&mut self, events: &mut Vec<Event>) {
        if self.lights < 5 && self.since_grid_s >= LIGHT_S * f64::from(self.lights + 1) {
            self.lights += 1;
            events.push(("STLG", vec![("details.num_lights", f64::from(self.lights))]));
        }
        if self.since_grid_s >= START_S {
            self.started = true;
            events.push(("LGOT", Vec::new()));
        }
    }

    fn drive(&mut self, index: usize, circuit: &Circuit, events: &mut Vec<Event>) {
        let length_m = circuit.length_m();
        let (now_s, laps, is_player) = (self.session_s, self.laps, index == self.player);
        let Some(car) = self.cars.get_mut(index) else { return };
        let (before, gear) = (car.way_m / length_m, car.gear);
        let in_pit_lane = car.in_pit_lane();
        car.advance(circuit, FRAME_S);
        let after = car.way_m / length_m;
        if is_player && self.cut_at.is_some_and(|at| before < at && after >= at) {
            car.timing.invalid = true;
            events.push(("PENA", penalty(index, car.lap_number(length_m, laps))));
        }
        if car.in_pit_lane() && !in_pit_lane && index != self.player && index / 2 == self.player / 2 {
            events.push(("TMPT", vec![("details.vehicle_index", count(index))]));
        }
        let (shifted, speed_kmh) = (car.gear != gear, car.speed_m_s * 3.6);
        let up = car.gear > gear;
        if car.finished_s.is_none()
            && let Some(lap) = car.timing.advance(before, after, now_s, FRAME_S)
        {
            self.finish_lap(index, lap.time_ms, lap.valid, events);
        }
        if is_player && shifted {
            // R1 shifts up, L1 down.
            (self.buttons, self.buttons_left) = (if up { 0x400 } else { 0x200 }, 7);
        }
        if after > 0.0 && before.fract() < TRAP_AT && after.fract() >= TRAP_AT {
            self.measure(index, speed_kmh, events);
        }
    }

    fn finish_lap(&mut self, index: usize, time_ms: u32, valid: bool, events: &mut Vec<Event>) {
        if valid && self.best_ms.is_none_or(|best| time_ms < best) {
            self.best_ms = Some(time_ms);
            let seconds = f64::from(time_ms) / 1000.0;
            events.push((
                "FTLP",
                vec![("details.vehicle_index", count(index)), ("details.lap_time_s", seconds)],
            ));
        }
        let (laps, now_s, won) = (self.laps, self.session_s, self.won_s.is_some());
        let Some(car) = self.cars.get_mut(index) else { return };
        let done = u32::try_from(car.timing.laps.len()).unwrap_or(u32::MAX);
        if done >= laps || won {
            car.finished_s = Some(now_s);
            if !won {
                self.won_s = Some(now_s);
                events.push(("CHQF", Vec::new()));
                events.push(("RCWN", vec![("details.vehicle_index", count(index))]));
            }
            return;
        }
        car.begin_lap(done + 1, done + 1 == laps, &mut self.random);
        if index == self.player {
            let cuts = self.random.between(0.0, 1.0) < CUTS;
            let at = f64::from(done) + self.random.between(0.2, 0.9);
            self.cut_at = cuts.then_some(at);
        }
    }

    /// A car passes the speed trap.
    fn measure(&mut self, index: usize, speed_kmh: f64, events: &mut Vec<Event>) {
        let Some(car) = self.cars.get_mut(index) else { return };
        let lap = u32::try_from(car.timing.laps.len()).unwrap_or(u32::MAX).saturating_add(1);
        if car.trap.is_some_and(|(best, _)| best >= speed_kmh) {
            return;
        }
        car.trap = Some((speed_kmh, lap));
        let overall = self.trap.is_none_or(|(best, _)| speed_kmh > best);
        if overall {
            self.trap = Some((speed_kmh, index));
        }
        if let Some((fastest_kmh, fastest)) = self.trap.filter(|_| overall || index == self.player) {
            events.push((
                "SPTP",
                vec![
                    ("details.vehicle_index", count(index)),
                    ("details.speed_kmh", speed_kmh),
                    ("details.is_overall_fastest_in_session", f64::from(overall)),
                    ("details.is_driver_fastest_in_session", 1.0),
                    ("details.fastest_vehicle_index_in_session", count(fastest)),
                    ("details.fastest_speed_in_session_kmh", fastest_kmh),
                ],
            ));
        }
    }

    /// Puts the cars in their order; who finished stays where he finished.
    fn sort(&mut self, events: &mut Vec<Event>) {
        let key = |index: usize| {
            let car = self.cars.get(index);
            car.map_or((f64::MAX, 0.0), |car| (car.finished_s.unwrap_or(f64::MAX), -car.way_m))
        };
        let mut order = std::mem::take(&mut self.order);
        let before = order.clone();
        order.sort_by(|&one, &other| {
            let (one, other) = (key(one), key(other));
            one.0.total_cmp(&other.0).then(one.1.total_cmp(&other.1))
        });
        for (place, (&now, &then)) in order.iter().zip(&before).enumerate() {
            // The one that is now a place further back is the one that was overtaken.
            if now != then && order.get(place + 1) == Some(&then) {
                events.push((
                    "OVTK",
                    vec![
                        ("details.overtaking_vehicle_index", count(now)),
                        ("details.being_overtaken_vehicle_index", count(then)),
                    ],
                ));
            }
        }
        self.order = order;
    }

    /// From the third lap on, whoever is close behind another opens DRS on the straight.
    fn open_drs(&mut self, circuit: &Circuit, events: &mut Vec<Event>) {
        let leader = self.order.first().and_then(|&index| self.cars.get(index));
        if !self.drs_enabled && leader.is_some_and(|car| car.timing.laps.len() >= 2) {
            self.drs_enabled = true;
            events.push(("DRSE", Vec::new()));
        }
        for index in 0..self.cars.len() {
            let close = self.drs_enabled && self.place_of(index) > 1 && self.gap_s(index, false) < 1.0;
            let Some(car) = self.cars.get_mut(index) else { return };
            let on_straight = in_drs_zone(car.way_m / circuit.length_m());
            car.drs = (car.drs || close) && on_straight && car.brake < 0.02 && car.pit == Pit::None;
        }
    }

    /// A button that was pressed is an event, and another when it is released.
    fn press(&mut self, events: &mut Vec<Event>) {
        match self.buttons_left {
            7 => events.push(("BUTN", vec![("details.button_status", f64::from(self.buttons))])),
            1 => {
                self.buttons = 0;
                events.push(("BUTN", vec![("details.button_status", 0.0)]));
            }
            _ => {}
        }
        self.buttons_left = self.buttons_left.saturating_sub(1);
    }

    /// From here on chance falls otherwise than it did, so that what comes after a flashback is not what was before it.
    pub(super) fn reseed(&mut self, seed: u64) {
        self.random = Random::new(seed);
    }
}

/// Where DRS may be open, as shares of the lap.
pub(super) const DRS_ZONE: (f64, f64) = (0.93, 0.115);

/// Whether a car that has driven `laps` is where DRS may be open.
fn in_drs_zone(laps: f64) -> bool {
    let part = laps.rem_euclid(1.0);
    part > DRS_ZONE.0 || part < DRS_ZONE.1
}

/// A lap that does not count, because a corner was cut.
fn penalty(index: usize, lap: u32) -> Vec<(&'static str, f64)> {
    vec![
        ("details.penalty_type", 10.0),
        ("details.infringement_type", 25.0),
        ("details.vehicle_index", count(index)),
        ("details.other_vehicle_index", 255.0),
        ("details.time_s", 255.0),
        ("details.lap_num", f64::from(lap)),
        ("details.places_gained", 255.0),
    ]
}
