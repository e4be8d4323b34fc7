//! A simulated Forza: a moment in the menus, then laps.
//!
//! Sends the packets that the game would, 60 a second: those of Motorsport (2023) unless another is asked for. Pure: the
//! same seed gives the same bytes.

use gametelemetry::{PackedFrame as _, Telemetry as _};

use super::{Dash, HorizonExtra, HorizonTail, MotorsportExtra, SOURCE, Sled};
use crate::drive::{Drive, FUEL_KG_L, IDLE_RPM, Moment, Pictures, byte, single, singles, whole};
use crate::game::{SimulatedDatagram, Simulator};

/// Pictures, and so packets, a second.
const HZ: f64 = 60.0;
/// Time in the menus before the race.
const MENU_S: f64 = 1.0;
/// Slip at which the grip ends, which the game's numbers are shares of.
const LARGEST_SLIP: f64 = 0.1;
/// Suspension travel from stretched to compressed.
const TRAVEL_M: f64 = 0.1;
/// A full tank.
const TANK_KG: f64 = 60.0 * FUEL_KG_L;
/// Way in which a tyre wears down.
const TYRE_LIFE_M: f64 = 200e3;

/// Which game it is, and with it the packets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sends {
    /// Any of them, with Data Out Packet Format "Sled".
    Sled,
    /// Motorsport 7.
    Dash,
    /// Horizon 4 to 6.
    Horizon,
    /// Motorsport (2023).
    Motorsport,
}

/// The simulated game.
#[derive(Clone, Debug)]
pub(super) struct ForzaSimulator {
    sends: Sends,
    drive: Drive,
    clock_s: f64,
    pictures: Pictures,
    ready: Vec<SimulatedDatagram>,
}

impl ForzaSimulator {
    pub(super) fn new(seed: u64) -> Self {
        Self::of(Sends::Motorsport, seed)
    }

    pub(super) fn of(sends: Sends, seed: u64) -> Self {
        let (drive, pictures) = (Drive::new(seed), Pictures::new(HZ));
        Self { sends, drive, clock_s: 0.0, pictures, ready: Vec::new() }
    }

    fn picture(&mut self) {
        let bytes = if self.clock_s < MENU_S {
            let mut sled = Sled::zeroed();
            sled.set_timestamp_ms(self.timestamp_ms());
            packet(self.sends, &sled, &Dash::zeroed(), &MotorsportExtra::zeroed())
        } else {
            self.drive.step(1.0 / HZ);
            let now = self.drive.now();
            packet(self.sends, &self.sled(&now), &dash(&now), &extra(&now))
        };
        self.ready.push(SimulatedDatagram { source: SOURCE, bytes });
        self.clock_s += 1.0 / HZ;
    }

    /// The game's clock begins long before the race.
    fn timestamp_ms(&self) -> u32 {
        600_000_u32.saturating_add_signed(whole(self.clock_s * 1000.0))
    }

    fn sled(&self, now: &Moment) -> Sled {
        let mut sled = Sled::zeroed();
        sled.set_is_race_on(true);
        sled.set_timestamp_ms(self.timestamp_ms());
        sled.set_engine_max_rpm(single(now.engine_rpm_max));
        sled.set_engine_idle_rpm(single(IDLE_RPM));
        sled.set_engine_rpm(single(now.engine_rpm));
        sled.set_acceleration_m_s2(singles(now.acceleration_m_s2));
        let seen = [now.right, now.up, now.forward].map(|axis| dot(axis, now.velocity_m_s));
        sled.set_velocity_m_s(singles(seen));
        // In left-handed axes a turn to the right is positive.
        let [pitch, yaw, roll] = now.rotation_rad_s;
        sled.set_angular_velocity_rad_s(singles([pitch, -yaw, roll]));
        sled.set_yaw_rad(single(-now.heading_rad));
        sled.set_pitch_rad(single(now.pitch_rad));
        sled.set_roll_rad(single(now.roll_rad));
        sled.set_normalized_suspension_travel(singles(
            now.suspension_m.map(|travel| (travel / TRAVEL_M).clamp(0.0, 1.0)),
        ));
        sled.set_suspension_travel_m(singles(now.suspension_m));
        sled.set_wheel_rotation_speed_rad_s(singles(now.wheel_speed_rad_s));
        slip(&mut sled, now);
        describe_car(&mut sled);
        sled
    }
}

fn slip(sled: &mut Sled, now: &Moment) {
    let (ratio, angle) =
        (now.slip_ratio.map(|slip| slip / LARGEST_SLIP), now.slip_angle_rad.map(|slip| slip / LARGEST_SLIP));
    let mut combined = ratio;
    for (both, across) in combined.iter_mut().zip(angle) {
        *both = both.hypot(across);
    }
    sled.set_tire_slip_ratio(singles(ratio));
    sled.set_tire_slip_angle(singles(angle));
    sled.set_tire_combined_slip(singles(combined));
}

fn describe_car(sled: &mut Sled) {
    sled.set_car_ordinal(2267);
    sled.set_car_class(5);
    sled.set_car_performance_index(830);
    sled.set_drivetrain_type(1);
    sled.set_num_cylinders(8);
}

fn dash(now: &Moment) -> Dash {
    let mut dash = Dash::zeroed();
    dash.set_position_m(singles(now.position_m));
    dash.set_speed_m_s(single(now.speed_m_s));
    let torque_n_m = 520.0 * now.throttle;
    dash.set_torque_n_m(single(torque_n_m));
    dash.set_power_w(single(torque_n_m * now.engine_rpm * std::f64::consts::TAU / 60.0));
    dash.set_tire_temperature_f(singles(now.tyre_c.map(|celsius| celsius * 1.8 + 32.0)));
    dash.set_fuel(single((now.fuel_kg / TANK_KG).min(1.0)));
    dash.set_distance_traveled_m(single(now.distance_m));
    let seconds = |ms: Option<i32>| single(f64::from(ms.unwrap_or(0)) / 1000.0);
    dash.set_best_lap_s(seconds(now.best_lap_ms));
    dash.set_last_lap_s(seconds(now.last_lap_ms));
    dash.set_current_lap_s(seconds(Some(now.lap_time_ms)));
    dash.set_current_race_time_s(single(now.time_s));
    dash.set_lap_number(now.laps_completed);
    dash.set_race_position(now.race_position);
    dash.set_accel(byte(now.throttle * 255.0));
    dash.set_brake(byte(now.brake * 255.0));
    dash.set_gear(if now.gear == 0 { 11 } else { now.gear });
    dash.set_steer(i8::try_from(whole(now.steer * 127.0)).unwrap_or(0));
    dash
}

fn extra(now: &Moment) -> MotorsportExtra {
    let mut extra = MotorsportExtra::zeroed();
    extra.set_tire_wear([single((now.distance_m / TYRE_LIFE_M).min(1.0)); 4]);
    extra.set_track_ordinal(530);
    extra
}

fn packet(sends: Sends, sled: &Sled, dash: &Dash, extra: &MotorsportExtra) -> Vec<u8> {
    let (sled, dash) = (sled.as_bytes(), dash.as_bytes());
    match sends {
        Sends::Sled => sled.to_vec(),
        Sends::Dash => [sled, dash].concat(),
        Sends::Horizon => {
            [sled, HorizonExtra::zeroed().as_bytes(), dash, HorizonTail::zeroed().as_bytes()].concat()
        }
        Sends::Motorsport => [sled, dash, extra.as_bytes()].concat(),
    }
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

impl Simulator for ForzaSimulator {
    fn step(&mut self, seconds: f64) {
        self.ready.clear();
        for _ in 0..self.pictures.after(seconds) {
            self.picture();
        }
    }

    fn datagrams(&mut self) -> Vec<SimulatedDatagram> {
        std::mem::take(&mut self.ready)
    }

    fn hz(&self) -> f64 {
        HZ
    }

    fn status(&self) -> String {
        let now = self.drive.now();
        format!("lap {}, {:.0} km/h", now.laps_completed + 1, now.speed_m_s * 3.6)
    }
}
