//! The driver: pedals, steering, and the plan of stints and pit stops.
//!
//! Looks a little ahead, wants the speed that corner and braking allow, and moves pedals and wheel no faster than
//! a human does. Each lap is driven a little differently, by the seed; now and then a corner is cut. Reads the
//! car's state and never changes it.

use std::f64::consts::TAU;

use super::car::{BRAKE_N, Car, Inputs};
use super::number::{Random, towards};
use super::pace::Pace;
use super::track::Track;

/// Metres from the line to the pit box, and to the end of the pit lane.
pub(super) const PIT_BOX_M: f64 = 140.0;
const PIT_EXIT_M: f64 = 330.0;
/// Metres before the line at which the pit lane begins.
const PIT_ENTRY_M: f64 = 260.0;
/// Where the pit lane lies, to the left of the centre line.
pub(super) const PIT_LANE_M: f64 = 9.0;
/// Speed in the pit lane: a little below the 50 km/h that are allowed.
const PIT_SPEED_M_S: f64 = 49.0 / 3.6;
/// Deceleration on the way into the pit lane and into the box.
const PIT_BRAKING_M_S2: f64 = 5.0;
/// Length of a pit stop.
const PIT_STOP_S: f64 = 24.0;
/// Wait in the box before the first lap.
const FIRST_WAIT_S: f64 = 3.0;
/// Fuel after a pit stop.
pub(super) const FULL_KG: f64 = 44.0;
/// Fuel at which the driver comes in.
const RESERVE_KG: f64 = 6.0;
/// How often a lap does not count.
const CUTS: f64 = 0.12;

/// Where the driver is in the plan.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Phase {
    /// Standing in the box for so many seconds more.
    Box(f64),
    /// From the box to the end of the pit lane.
    LeavingPit,
    /// Driving laps.
    OnTrack,
    /// The last lap of a stint, up to the line in the pit lane.
    ComingIn,
    /// From the line to the box.
    ToBox,
}

/// How one lap is driven.
#[derive(Clone, Copy, Debug)]
struct Style {
    /// What of the possible speed, on average.
    effort: f64,
    /// Where in the lap the driver is better or worse: part and place of three waves.
    waves: [(f64, f64); 3],
    /// Where to the left or right of the line: metres and place of two waves.
    line: [(f64, f64); 2],
    /// Where the driver goes wide, as a part of the lap.
    cut_at: Option<f64>,
}

impl Style {
    fn new(random: &mut Random) -> Self {
        let effort = random.between(0.978, 0.992);
        let waves = [(); 3].map(|()| (random.between(0.0, 0.0035), random.between(0.0, TAU)));
        let line = [(); 2].map(|()| (random.between(0.1, 0.5), random.between(0.0, TAU)));
        let cuts = random.between(0.0, 1.0) < CUTS;
        let at = random.between(0.15, 0.85);
        Self { effort, waves, line, cut_at: cuts.then_some(at) }
    }

    fn effort(&self, part: f64) -> f64 {
        let turns = [2.0, 5.0, 11.0];
        let waves = self
            .waves
            .iter()
            .zip(turns)
            .map(|((size, phase), turns)| size * (part * turns * TAU + phase).sin());
        self.effort + waves.sum::<f64>()
    }

    fn line_m(&self, part: f64) -> f64 {
        let turns = [3.0, 7.0];
        let waves = self
            .line
            .iter()
            .zip(turns)
            .map(|((size, phase), turns)| size * (part * turns * TAU + phase).sin());
        let wide = if self.cuts(part) { 3.5 } else { 0.0 };
        waves.sum::<f64>() + wide
    }

    fn cuts(&self, part: f64) -> bool {
        self.cut_at.is_some_and(|at| (at..at + 0.02).contains(&part))
    }
}

/// The driver of the player's car.
#[derive(Clone, Debug)]
pub(super) struct Driver {
    pub(super) phase: Phase,
    inputs: Inputs,
    /// Where the car shall be, to the left of the line; moved slowly, so that the line has no corners of its own.
    wanted_m: f64,
    effort: f64,
    style: Style,
    random: Random,
}

impl Driver {
    pub(super) fn new(mut random: Random) -> Self {
        let style = Style { cut_at: None, ..Style::new(&mut random) };
        let phase = Phase::Box(FIRST_WAIT_S);
        Self { phase, inputs: Inputs::default(), wanted_m: PIT_LANE_M, effort: style.effort, style, random }
    }

    /// Whether the car is in the pit lane.
    pub(super) fn in_pit_lane(&self, track: &Track, car: &Car) -> bool {
        match self.phase {
            Phase::Box(_) | Phase::LeavingPit | Phase::ToBox => true,
            Phase::OnTrack => false,
            Phase::ComingIn => track.way_m(car.at) > track.length_m() - PIT_ENTRY_M,
        }
    }

    /// Whether the driver is cutting a corner right now.
    pub(super) fn cuts(&self, track: &Track, car: &Car) -> bool {
        self.phase == Phase::OnTrack && self.style.cuts(track.way_m(car.at) / track.length_m())
    }

    /// Called at the line: the next lap is driven in another way, and maybe the last of the stint.
    pub(super) fn begin_lap(&mut self, car: &Car) {
        self.style = Style::new(&mut self.random);
        self.phase = match self.phase {
            Phase::OnTrack if car.fuel_kg < RESERVE_KG => Phase::ComingIn,
            Phase::ComingIn => Phase::ToBox,
            same => same,
        };
    }

    /// What the driver does for the next `dt_s`.
    pub(super) fn drive(&mut self, track: &Track, pace: &Pace, car: &Car, dt_s: f64) -> Inputs {
        self.plan(track, car, dt_s);
        let speed = self.wanted_speed(track, pace, car, dt_s);
        self.pedals(track, car, speed, dt_s);
        self.inputs.curvature = self.steer(track, car, dt_s);
        self.inputs
    }

    fn plan(&mut self, track: &Track, car: &Car, dt_s: f64) {
        let way_m = track.way_m(car.at);
        self.phase = match self.phase {
            Phase::Box(left_s) if left_s > 0.0 => Phase::Box(left_s - dt_s),
            Phase::Box(_) => Phase::LeavingPit,
            Phase::LeavingPit if way_m > PIT_EXIT_M => Phase::OnTrack,
            Phase::ToBox if way_m > PIT_BOX_M - 3.0 && car.speed_m_s < 2.0 => Phase::Box(PIT_STOP_S),
            same => same,
        };
    }

    /// The speed that the driver wants where the car will be in a moment.
    fn wanted_speed(&mut self, track: &Track, pace: &Pace, car: &Car, dt_s: f64) -> f64 {
        let ahead = car.at + ahead_m(car) / track.at(car.at).stretch_m;
        let warm = car.wheels.iter().map(|wheel| wheel.tyre_c).sum::<f64>() / 4.0;
        // Cold tyres hold a little less.
        let grip = 1.0 - 0.02 * ((82.0 - warm) / 25.0).clamp(0.0, 1.0);
        let way_m = track.way_m(car.at);
        let effort = self.style.effort(way_m / track.length_m()) * grip;
        self.effort = towards(self.effort, effort, 0.01 * dt_s);
        let speed = pace.limit_m_s(track, ahead) * self.effort;
        match self.phase {
            Phase::Box(_) => 0.0,
            Phase::LeavingPit => PIT_SPEED_M_S,
            Phase::OnTrack => speed,
            Phase::ComingIn => {
                speed.min(slowing(PIT_SPEED_M_S, track.length_m() - PIT_ENTRY_M - 15.0 - way_m))
            }
            Phase::ToBox => slowing(0.0, PIT_BOX_M - way_m).min(PIT_SPEED_M_S),
        }
    }

    /// Presses the pedals for the acceleration that leads to `speed_m_s`.
    fn pedals(&mut self, track: &Track, car: &Car, speed_m_s: f64, dt_s: f64) {
        let wanted = (speed_m_s.powi(2) - car.speed_m_s.powi(2)) / (2.0 * ahead_m(car));
        let force = wanted * car.mass_kg() + car.resistance_n();
        let traction = 1.03 * car.traction_n(&track.at(car.at));
        let throttle = (force.min(traction) / car.engine_n()).clamp(0.0, 1.0);
        let standing = matches!(self.phase, Phase::Box(_));
        let brake = if standing { 0.3 } else { (-force / BRAKE_N).clamp(0.0, 1.0) };
        // A foot leaves the throttle faster than it comes; on the brake it is the other way round.
        let rate = if throttle > self.inputs.throttle { 5.0 } else { 11.0 };
        self.inputs.throttle =
            towards(self.inputs.throttle, if standing { 0.0 } else { throttle }, rate * dt_s);
        let rate = if brake > self.inputs.brake { 11.0 } else { 7.0 };
        self.inputs.brake = towards(self.inputs.brake, brake, rate * dt_s);
    }

    /// The curvature that follows the track and leads back to the wanted line.
    fn steer(&mut self, track: &Track, car: &Car, dt_s: f64) -> f64 {
        let line_m = if self.in_pit_lane(track, car) {
            PIT_LANE_M
        } else {
            self.style.line_m(track.way_m(car.at) / track.length_m())
        };
        self.wanted_m = towards(self.wanted_m, line_m, 0.06 * car.speed_m_s * dt_s);
        // The steering lags; the driver knows and turns that much earlier.
        let place = track.at(car.at + 0.08 * car.speed_m_s / track.at(car.at).stretch_m);
        let follow = place.curvature / (1.0 - car.offset_m * place.curvature);
        let speed = car.speed_m_s.max(8.0);
        let back = -0.9 * (car.offset_m - self.wanted_m) - 1.7 * speed * car.drift_rad.sin();
        follow + (back / speed.powi(2)).clamp(-0.02, 0.02)
    }
}

/// How far the driver looks ahead.
fn ahead_m(car: &Car) -> f64 {
    2.0 + 0.3 * car.speed_m_s
}

/// The speed from which the car gets down to `end_m_s` within `left_m`.
fn slowing(end_m_s: f64, left_m: f64) -> f64 {
    (end_m_s.powi(2) + 2.0 * PIT_BRAKING_M_S2 * left_m.max(0.0)).sqrt()
}
