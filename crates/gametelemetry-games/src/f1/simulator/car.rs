//! One car: how it goes round, and what that does to wheels, tyres, brakes, fuel and battery.
//!
//! It follows the pace of the circuit as well as its driver can, within what engine, brakes and air allow; everything
//! else is worked out from that motion. Sees no other car. Wheels come RL, RR, FL, FR, as the game lists them.

use super::circuit::{Circuit, DRAG, POWER_W_KG, Place, TRACTION_M_S2, acceleration};
use super::number::{Random, count, settle, towards};
use super::timing::Timing;

/// Gravity.
pub(super) const GRAVITY_M_S2: f64 = 9.806_65;
/// Car and driver, without fuel.
const DRY_MASS_KG: f64 = 798.0;
/// Downforce at 1 m/s, in N.
const DOWNFORCE: f64 = 2.6;
/// Front axle to rear axle, and left wheel to right.
const WHEELBASE_M: f64 = 3.6;
const TRACK_WIDTH_M: f64 = 1.6;
/// Height of the centre of gravity.
pub(super) const GRAVITY_CENTRE_M: f64 = 0.25;
/// Force for a millimetre of suspension.
const SPRING_N_MM: f64 = 163.0;
/// Turn of the front wheels at full lock.
const LOCK_RAD: f64 = 0.3;
/// Greatest deceleration that the brakes are used for.
const BRAKING_M_S2: f64 = 48.0;
/// Fuel at the start; what the tank holds; what 100 km take.
const START_FUEL_KG: f64 = 60.0;
pub(super) const TANK_KG: f64 = 110.0;
const FUEL_KG_M: f64 = 0.000_42;
/// What the battery holds.
const BATTERY_J: f64 = 4e6;
/// Top speed of each gear.
const GEARS_M_S: [f64; 8] = [27.0, 37.0, 47.0, 56.0, 65.0, 74.0, 83.0, 97.0];
pub(super) const MAX_RPM: f64 = 13_000.0;
pub(super) const IDLE_RPM: f64 = 4000.0;
/// The pit lane: how far before the line it begins, and behind it the box and the end.
const PIT_ENTRY_M: f64 = 300.0;
const PIT_BOX_M: f64 = 60.0;
const PIT_EXIT_M: f64 = 280.0;
pub(super) const PIT_SPEED_KMH: f64 = 80.0;
const PIT_SPEED_M_S: f64 = (PIT_SPEED_KMH - 1.0) / 3.6;
const PIT_STOP_S: f64 = 2.6;
/// The pit lane lies beside the line, to the right.
const PIT_LANE_M: f64 = -12.0;

/// Where a car is with its stop.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Pit {
    /// Not stopping in this lap.
    None,
    /// Stops at the end of this lap; not yet in the pit lane.
    Coming,
    /// In the pit lane, for so many seconds.
    Entering(f64),
    /// In the box: seconds in the pit lane, seconds stood.
    Standing(f64, f64),
    /// In the pit lane again, with the length of the stop.
    Leaving(f64, f64),
}

/// One car.
#[derive(Clone, Debug)]
pub(super) struct Car {
    /// Place on the grid, 1 first.
    pub(super) grid: usize,
    /// Metres driven since the line; negative on the grid.
    pub(super) way_m: f64,
    pub(super) speed_m_s: f64,
    /// Forward acceleration.
    pub(super) forward_m_s2: f64,
    /// Metres to the left of the centre line.
    pub(super) offset_m: f64,
    offset_wanted_m: f64,
    /// What of the pace the driver reaches in general, in this lap, and now.
    skill: f64,
    effort_wanted: f64,
    effort: f64,
    pub(super) throttle: f64,
    pub(super) brake: f64,
    /// 1 is first, 0 neutral.
    pub(super) gear: usize,
    pub(super) rpm: f64,
    pub(super) drs: bool,
    pub(super) fuel_kg: f64,
    pub(super) battery_j: f64,
    pub(super) deployed_j: f64,
    pub(super) harvested_k_j: f64,
    pub(super) harvested_h_j: f64,
    pub(super) brakes_c: [f64; 4],
    pub(super) surface_c: [f64; 4],
    pub(super) inner_c: [f64; 4],
    pub(super) wear_percent: [f64; 4],
    pub(super) load_n: [f64; 4],
    /// Suspension: place, speed and acceleration.
    pub(super) travel_mm: [f64; 4],
    pub(super) travel_mm_s: [f64; 4],
    pub(super) travel_mm_s2: [f64; 4],
    pub(super) pit: Pit,
    pub(super) stops: u32,
    /// The last stop's length.
    pub(super) stop_s: f64,
    /// Laps at whose ends the tyres were changed.
    pub(super) stints: Vec<u32>,
    next_stop: u32,
    pub(super) timing: Timing,
    /// Greatest speed at the trap, and its lap.
    pub(super) trap: Option<(f64, u32)>,
    /// When the car saw the flag, since the start.
    pub(super) finished_s: Option<f64>,
    pub(super) place: Place,
}

impl Car {
    /// The car that starts at `grid`, 1 first.
    pub(super) fn on_grid(grid: usize, circuit: &Circuit, random: &mut Random) -> Self {
        let way_m = -8.0 * count(grid) - 4.0;
        let skill = 0.988 - 0.0017 * count(grid) + random.between(-0.004, 0.004);
        Self {
            grid,
            way_m,
            speed_m_s: 0.0,
            forward_m_s2: 0.0,
            offset_m: if grid.is_multiple_of(2) { -3.0 } else { 3.0 },
            offset_wanted_m: 0.0,
            skill,
            effort_wanted: skill - 0.02,
            effort: skill - 0.02,
            throttle: 0.0,
            brake: 0.0,
            gear: 1,
            rpm: IDLE_RPM,
            drs: false,
            fuel_kg: START_FUEL_KG,
            battery_j: BATTERY_J,
            deployed_j: 0.0,
            harvested_k_j: 0.0,
            harvested_h_j: 0.0,
            brakes_c: [180.0; 4],
            surface_c: [82.0; 4],
            inner_c: [86.0; 4],
            wear_percent: [0.0; 4],
            load_n: [0.0; 4],
            travel_mm: [20.0; 4],
            travel_mm_s: [0.0; 4],
            travel_mm_s2: [0.0; 4],
            pit: Pit::None,
            stops: 0,
            stop_s: 0.0,
            stints: Vec::new(),
            next_stop: super::number::whole(random.between(2.0, 5.0)),
            timing: Timing::default(),
            trap: None,
            finished_s: None,
            place: circuit.at(way_m),
        }
    }

    pub(super) fn mass_kg(&self) -> f64 {
        DRY_MASS_KG + self.fuel_kg
    }

    /// Sideways acceleration, above 0 to the left.
    pub(super) fn left_m_s2(&self) -> f64 {
        self.speed_m_s * self.speed_m_s * self.place.curvature
    }

    /// How fast it turns, above 0 to the left.
    pub(super) fn yaw_rate(&self) -> f64 {
        self.speed_m_s * self.place.curvature
    }

    /// How far the front wheels are turned, above 0 to the left.
    pub(super) fn front_wheels_rad(&self) -> f64 {
        (WHEELBASE_M * self.place.curvature).atan() + 0.0012 * self.left_m_s2()
    }

    /// The steering wheel, -1 left to 1 right.
    pub(super) fn steer(&self) -> f64 {
        (-self.front_wheels_rad() / LOCK_RAD).clamp(-1.0, 1.0)
    }

    /// Whether it is in the pit lane.
    pub(super) fn in_pit_lane(&self) -> bool {
        !matches!(self.pit, Pit::None | Pit::Coming)
    }

    /// Number of the lap, 1 first; after the flag it stays.
    pub(super) fn lap_number(&self, length_m: f64, laps: u32) -> u32 {
        (super::number::whole(self.way_m.max(0.0) / length_m) + 1).min(laps)
    }

    /// Moves on by `dt_s`, once the lights are out.
    pub(super) fn advance(&mut self, circuit: &Circuit, dt_s: f64) {
        let wanted = self.wanted_speed(circuit, dt_s);
        let (most, least) = (acceleration(self.speed_m_s), -BRAKING_M_S2);
        let before = self.speed_m_s;
        self.speed_m_s = (before + (wanted - before).clamp(least * dt_s, most * dt_s)).max(0.0);
        self.forward_m_s2 = (self.speed_m_s - before) / dt_s;
        self.way_m += f64::midpoint(before, self.speed_m_s) * dt_s;
        self.place = circuit.at(self.way_m);
        self.effort = towards(self.effort, self.effort_wanted, 0.01 * dt_s);
        let wanted_m = if self.in_pit_lane() { PIT_LANE_M } else { self.offset_wanted_m };
        self.offset_m = towards(self.offset_m, wanted_m, 0.05 * self.speed_m_s * dt_s);
        self.pedals();
        self.shift();
        self.load(dt_s);
        self.heat(dt_s);
        self.spend(dt_s);
    }

    /// The driver begins a lap: no two are alike, and some end in the pits.
    pub(super) fn begin_lap(&mut self, lap: u32, last: bool, random: &mut Random) {
        self.effort_wanted = self.skill * random.between(0.993, 1.0);
        self.offset_wanted_m = random.between(-1.5, 1.5);
        if lap >= self.next_stop && self.pit == Pit::None && !last {
            self.pit = Pit::Coming;
            self.next_stop = lap + super::number::whole(random.between(9.0, 14.0));
        }
        (self.deployed_j, self.harvested_k_j, self.harvested_h_j) = (0.0, 0.0, 0.0);
    }

    fn wanted_speed(&mut self, circuit: &Circuit, dt_s: f64) -> f64 {
        let free = circuit.at(self.way_m + self.speed_m_s * dt_s).pace_m_s * self.effort;
        let part_m = self.way_m.rem_euclid(circuit.length_m());
        let to_line_m = circuit.length_m() - part_m;
        let slowing = |end: f64, left_m: f64| (end * end + 2.0 * 24.0 * left_m.max(0.0)).sqrt();
        match self.pit {
            Pit::None if self.finished_s.is_some() => free.min(50.0),
            Pit::None => free,
            Pit::Coming if to_line_m > PIT_ENTRY_M => {
                free.min(slowing(PIT_SPEED_M_S, to_line_m - PIT_ENTRY_M))
            }
            Pit::Coming => self.pits(Pit::Entering(0.0), PIT_SPEED_M_S),
            Pit::Entering(lane_s) => {
                let left_m = if part_m > circuit.length_m() / 2.0 {
                    to_line_m + PIT_BOX_M
                } else {
                    PIT_BOX_M - part_m
                };
                let speed = slowing(0.0, left_m).min(PIT_SPEED_M_S);
                if left_m < 0.5 {
                    self.change_tyres(circuit);
                    return self.pits(Pit::Standing(lane_s, 0.0), 0.0);
                }
                self.pits(Pit::Entering(lane_s + dt_s), speed.max(0.6))
            }
            Pit::Standing(lane_s, stood_s) if stood_s > PIT_STOP_S => {
                self.pits(Pit::Leaving(lane_s, stood_s), 0.0)
            }
            Pit::Standing(lane_s, stood_s) => self.pits(Pit::Standing(lane_s + dt_s, stood_s + dt_s), 0.0),
            Pit::Leaving(_, stood_s) if part_m > PIT_EXIT_M => {
                self.stop_s = stood_s;
                self.pits(Pit::None, free)
            }
            Pit::Leaving(lane_s, stood_s) => self.pits(Pit::Leaving(lane_s + dt_s, stood_s), PIT_SPEED_M_S),
        }
    }

    fn pits(&mut self, pit: Pit, speed_m_s: f64) -> f64 {
        self.pit = pit;
        speed_m_s
    }

    fn change_tyres(&mut self, circuit: &Circuit) {
        // The box is behind the line, so the stint ended with the lap before.
        self.stints.push(super::number::whole(self.way_m / circuit.length_m()));
        self.stops += 1;
        self.wear_percent = [0.0; 4];
        (self.surface_c, self.inner_c) = ([75.0; 4], [78.0; 4]);
    }

    fn pedals(&mut self) {
        let force = self.forward_m_s2 + DRAG * self.speed_m_s * self.speed_m_s;
        let possible = TRACTION_M_S2.min(POWER_W_KG / self.speed_m_s.max(1.0));
        self.throttle = (force / possible).clamp(0.0, 1.0);
        self.brake = (-force / (BRAKING_M_S2 - 4.0)).clamp(0.0, 1.0);
    }

    fn shift(&mut self) {
        let top = |gear: usize| GEARS_M_S.get(gear.saturating_sub(1)).copied().unwrap_or(1.0);
        while self.gear < GEARS_M_S.len() && self.speed_m_s > 0.93 * top(self.gear) {
            self.gear += 1;
        }
        while self.gear > 1 && self.speed_m_s < 0.8 * top(self.gear - 1) {
            self.gear -= 1;
        }
        let turning = self.speed_m_s / top(self.gear) * 12_600.0;
        self.rpm = turning.max(IDLE_RPM + 3500.0 * self.throttle * f64::from(self.gear == 1)).min(MAX_RPM);
    }

    /// Spreads weight and downforce over the wheels, and lets the suspension follow.
    fn load(&mut self, dt_s: f64) {
        let weight = self.mass_kg() * GRAVITY_M_S2;
        let down = DOWNFORCE * self.speed_m_s * self.speed_m_s;
        let to_rear = self.mass_kg() * self.forward_m_s2 * GRAVITY_CENTRE_M / WHEELBASE_M;
        let to_right = self.mass_kg() * self.left_m_s2() * GRAVITY_CENTRE_M / TRACK_WIDTH_M;
        let (rear, front) = (0.54 * (weight + down) + to_rear, 0.46 * (weight + down) - to_rear);
        let loads = [
            rear / 2.0 - 0.5 * to_right,
            rear / 2.0 + 0.5 * to_right,
            front / 2.0 - 0.5 * to_right,
            front / 2.0 + 0.5 * to_right,
        ];
        // The road is not quite even; each wheel meets its own bumps.
        let moving = (self.speed_m_s / 20.0).min(1.0);
        for (wheel, load) in loads.into_iter().enumerate() {
            let bump = 1.2 * moving * (0.31 * self.way_m + 1.7 * count(wheel)).sin();
            let (Some(place), Some(speed), Some(change), Some(stored)) = (
                self.travel_mm.get_mut(wheel),
                self.travel_mm_s.get_mut(wheel),
                self.travel_mm_s2.get_mut(wheel),
                self.load_n.get_mut(wheel),
            ) else {
                return;
            };
            let (place_before, speed_before) = (*place, *speed);
            *stored = load.max(0.0);
            *place = settle(place_before, *stored / SPRING_N_MM + bump, 0.04, dt_s);
            *speed = (*place - place_before) / dt_s;
            *change = (*speed - speed_before) / dt_s;
        }
    }

    fn heat(&mut self, dt_s: f64) {
        let corner = self.left_m_s2().abs() / 40.0;
        let slide = corner * corner + 0.3 * self.throttle * (1.0 - self.speed_m_s / 100.0) + 0.5 * self.brake;
        let rolling = (self.speed_m_s / 80.0).min(1.0);
        let wheels = self.brakes_c.iter_mut().zip(&mut self.surface_c).zip(&mut self.inner_c);
        for (wheel, ((brake, surface), inner)) in wheels.enumerate() {
            let share = if wheel < 2 { 0.44 } else { 0.56 };
            let cooling = (*brake - 60.0) * (0.05 + 0.001_5 * self.speed_m_s);
            *brake =
                (*brake + (16.0 * share * self.brake * self.speed_m_s - cooling) * dt_s).clamp(40.0, 1100.0);
            *surface = settle(*surface, 72.0 + 12.0 * rolling + 45.0 * slide, 2.5, dt_s);
            *inner = settle(*inner, 84.0 + 0.3 * (*surface - 80.0) + 6.0 * rolling, 25.0, dt_s);
        }
        for (wheel, wear) in self.wear_percent.iter_mut().enumerate() {
            let share = if wheel < 2 { 1.15 } else { 0.9 };
            *wear = (*wear + share * slide * self.speed_m_s * 0.001_3 * dt_s).min(100.0);
        }
    }

    fn spend(&mut self, dt_s: f64) {
        let way_m = self.speed_m_s * dt_s;
        self.fuel_kg = (self.fuel_kg - FUEL_KG_M * (0.2 + 1.1 * self.throttle) * way_m).max(0.0);
        let deploy = if self.throttle > 0.95 && self.speed_m_s > 40.0 { 60e3 * dt_s } else { 0.0 };
        let deploy = deploy.min(self.battery_j);
        let (kinetic, heat) = (120e3 * self.brake.min(1.0) * dt_s, 14e3 * self.throttle * dt_s);
        self.deployed_j += deploy;
        self.harvested_k_j += kinetic;
        self.harvested_h_j += heat;
        self.battery_j = (self.battery_j - deploy + kinetic + heat).clamp(0.0, BATTERY_J);
    }

    /// How fast each wheel's tread goes, RL, RR, FL, FR.
    pub(super) fn tread_m_s(&self) -> [f64; 4] {
        let slips = self.slip_ratios();
        let side = self.yaw_rate() * TRACK_WIDTH_M / 2.0;
        // In a left turn the left wheels go the shorter way.
        let ground =
            [self.speed_m_s - side, self.speed_m_s + side, self.speed_m_s - side, self.speed_m_s + side];
        let mut treads = ground;
        for (tread, slip) in treads.iter_mut().zip(slips) {
            *tread = (*tread * (1.0 + slip)).max(0.0);
        }
        treads
    }

    /// Lengthways slip, RL, RR, FL, FR.
    pub(super) fn slip_ratios(&self) -> [f64; 4] {
        if self.speed_m_s < 0.5 {
            return [0.0; 4];
        }
        let (drive, brake) = (0.015 * self.throttle, -0.035 * self.brake);
        [drive + 0.8 * brake, drive + 0.8 * brake, brake, brake]
    }

    /// Tyre pressures, RL, RR, FL, FR: they follow the temperature.
    pub(super) fn pressures_psi(&self) -> [f64; 4] {
        let mut pressures = self.inner_c;
        for (wheel, value) in pressures.iter_mut().enumerate() {
            let at_80 = if wheel < 2 { 21.0 } else { 23.5 };
            *value = at_80 * (*value + 273.15) / 353.15;
        }
        pressures
    }
}
