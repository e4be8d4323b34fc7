//! One wheel: load, slip, spring, and the heat in tyre and brake.
//!
//! Everything follows from what the car asks of the wheel. Does not act back on the car, whose grip is fixed.

use super::car::TYRE_RADIUS_M;
use super::number::mix;

/// Temperature of the air.
pub(super) const AIR_C: f64 = 24.0;
/// Temperature of the road.
pub(super) const ROAD_C: f64 = 33.0;
/// Pressure of a tyre at the temperature of the air.
const COLD_PSI: f64 = 23.6;
/// Pressure of the air.
const AIR_PSI: f64 = 14.7;
/// Force for a metre of spring.
const SPRING_N_M: f64 = 190e3;
/// Force for lengthwise slip 1, as a part of the load.
const STIFFNESS: f64 = 18.0;
/// What it takes to warm a brake disc.
const DISC_J_K: f64 = 4600.0;
/// A new brake pad, and a new disc.
const NEW_PAD: f64 = 29.0;
const NEW_DISC: f64 = 32.0;

/// What the car asks of a wheel.
#[derive(Clone, Copy, Debug)]
pub(super) struct Strain {
    pub(super) load_n: f64,
    /// Speed of the ground under the wheel.
    pub(super) speed_m_s: f64,
    /// Force along the road, above 0 when driving.
    pub(super) force_n: f64,
    /// The part of it that the brake makes, never below 0.
    pub(super) brake_n: f64,
    pub(super) slip_angle_rad: f64,
}

/// The state of one wheel.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wheel {
    pub(super) load_n: f64,
    pub(super) angular_speed_rad_s: f64,
    /// -1 locked, 0 rolling, above 0 spinning.
    pub(super) slip_ratio: f64,
    pub(super) slip_angle_rad: f64,
    /// Compression of the spring.
    pub(super) travel_m: f64,
    spring_m: f64,
    pub(super) tyre_c: f64,
    pub(super) brake_c: f64,
    pub(super) brake_n: f64,
    pub(super) pad: f64,
    pub(super) disc: f64,
    /// Where along the road this wheel's bumps begin, so that the four do not move alike.
    bumps_m: f64,
}

impl Wheel {
    /// FL, FR, RL, RR of a car that stands, its tyres from the warmers.
    pub(super) fn four() -> [Self; 4] {
        [0.0, 1.3, -2.65, -1.4].map(|bumps_m| Self {
            load_n: 3300.0,
            angular_speed_rad_s: 0.0,
            slip_ratio: 0.0,
            slip_angle_rad: 0.0,
            travel_m: 3300.0 / SPRING_N_M,
            spring_m: 3300.0 / SPRING_N_M,
            tyre_c: 68.0,
            brake_c: 120.0,
            brake_n: 0.0,
            pad: NEW_PAD,
            disc: NEW_DISC,
            bumps_m,
        })
    }

    /// Moves on by `dt_s`, after `distance_m` of way.
    pub(super) fn advance(&mut self, strain: &Strain, distance_m: f64, dt_s: f64) {
        let &Strain { load_n, speed_m_s, force_n, brake_n, slip_angle_rad } = strain;
        self.load_n = load_n.max(60.0);
        let slip = (force_n / (STIFFNESS * self.load_n)).clamp(-0.3, 0.3);
        self.slip_ratio = if speed_m_s > 0.5 { slip } else { 0.0 };
        self.slip_angle_rad = slip_angle_rad;
        self.angular_speed_rad_s = speed_m_s * (1.0 + self.slip_ratio) / TYRE_RADIUS_M;
        self.brake_n = brake_n;
        self.spring_m = mix(self.spring_m, self.load_n / SPRING_N_M, (dt_s / 0.035).min(1.0));
        self.travel_m = (self.spring_m + self.bump_m(distance_m, speed_m_s)).max(0.0);
        self.heat(speed_m_s, brake_n, dt_s);
    }

    /// Slip lengthwise and sideways together, 1 at about the limit.
    pub(super) fn slip(&self) -> f64 {
        (self.slip_ratio / 0.1).hypot(self.slip_angle_rad / 0.1)
    }

    /// What the road's unevenness adds: two waves, long and short, that a standing car does not feel.
    fn bump_m(&self, distance_m: f64, speed_m_s: f64) -> f64 {
        let way = distance_m + self.bumps_m;
        (0.0016 * (way * 0.53).sin() + 0.0007 * (way * 2.17).sin()) * (speed_m_s / 15.0).min(1.0)
    }

    fn heat(&mut self, speed_m_s: f64, brake_n: f64, dt_s: f64) {
        let rubbing = self.load_n / 3500.0 * self.slip().powi(2) * (speed_m_s / 40.0);
        let rolling = 0.35 * (speed_m_s / 40.0);
        let settled = ROAD_C + 68.0 * rolling + 85.0 * rubbing;
        self.tyre_c = mix(self.tyre_c, settled, (dt_s / 75.0).min(1.0));

        let cooling = (self.brake_c - AIR_C) * (0.004 + 0.0005 * speed_m_s);
        self.brake_c += (brake_n * speed_m_s / DISC_J_K - cooling) * dt_s;
        let worn = brake_n * speed_m_s * dt_s;
        self.pad = (self.pad - worn * 4e-10).max(0.0);
        self.disc = (self.disc - worn * 1.5e-10).max(0.0);
    }

    /// Pressure that follows from the temperature: the gas inside is cooler than the rubber.
    pub(super) fn pressure_psi(&self) -> f64 {
        let warmer = 0.42 * (self.tyre_c - AIR_C);
        (COLD_PSI + AIR_PSI) * (1.0 + warmer / (AIR_C + 273.15)) - AIR_PSI
    }
}
