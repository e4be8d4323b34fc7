//! A simulated console with Gran Turismo 7: sends encrypted packets to whoever asks.
//!
//! Answers as the real one was seen to: the first heartbeat says which packet is sent, and without another one it
//! ends after some 16 s. Pure: the same seed and the same heartbeats give the same bytes.

use gametelemetry::{PackedFrame as _, Telemetry as _, Utf8};

use super::{AddedB, AddedC, AddedTilde, MAGIC, PacketA, SOURCE, encrypt};
use crate::drive::{Drive, FUEL_KG_L, Moment, Pictures, TYRE_RADIUS_M, byte, single, singles, whole};
use crate::game::{SimulatedDatagram, Simulator};

/// Packets a second.
const HZ: f64 = 60.0;
/// Packets that follow a heartbeat.
const PATIENCE: u32 = 960;
/// Time of day at the start: 14:00.
const START_MS: i32 = 14 * 3_600_000;
/// Turn of the steering wheel from the middle to its end.
const LOCK_RAD: f64 = 4.7;
/// Turn of the front wheels then.
const WHEEL_LOCK_RAD: f64 = 0.45;
const WHEELBASE_M: f64 = 2.65;
/// What a suspension has without load.
const SUSPENSION_M: f64 = 0.27;
const CAR_ID: i32 = 3298;

/// The simulated console.
#[derive(Clone, Debug)]
pub(super) struct Gt7Simulator {
    drive: Drive,
    pictures: Pictures,
    packet_id: i32,
    seed: u64,
    /// The letter asked for, and how many packets still follow.
    asked: Option<(u8, u32)>,
    /// Goes on for ever with what it was made to send.
    unasked: bool,
    ready: Vec<SimulatedDatagram>,
}

impl Gt7Simulator {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            drive: Drive::new(seed),
            pictures: Pictures::new(HZ),
            packet_id: 1000,
            seed,
            asked: None,
            unasked: false,
            ready: Vec::new(),
        }
    }

    /// A console that sends the packets of `letter`, whatever it is asked for.
    pub(super) fn sending(letter: u8, seed: u64) -> Self {
        Self { asked: Some((letter, PATIENCE)), unasked: true, ..Self::new(seed) }
    }

    fn picture(&mut self) {
        self.drive.step(1.0 / HZ);
        self.packet_id = self.packet_id.wrapping_add(1);
        let Some((letter, left)) = self.asked else { return };
        if !self.unasked {
            self.asked = left.checked_sub(1).map(|left| (letter, left));
        }
        let now = self.drive.now();
        let mut bytes = self.base(&now).as_bytes().to_vec();
        if letter != b'A' {
            bytes.extend_from_slice(steering(&now).as_bytes());
        }
        if letter == b'~' || letter == b'C' {
            bytes.extend_from_slice(pedals(&now).as_bytes());
        }
        if letter == b'C' {
            bytes.extend_from_slice(surface(&now).as_bytes());
        }
        encrypt(&mut bytes);
        self.ready.push(SimulatedDatagram { source: SOURCE, bytes });
    }

    /// What a packet is encrypted with: another number each time, as the console takes.
    fn nonce(&self) -> u32 {
        let mixed =
            (self.seed ^ u64::from(self.packet_id.cast_unsigned())).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        u32::try_from(mixed >> 32).unwrap_or(0)
    }

    fn base(&self, now: &Moment) -> PacketA {
        let mut packet = PacketA::zeroed();
        packet.set_magic(MAGIC);
        packet.set_seed(self.nonce());
        packet.set_packet_id(self.packet_id);
        motion(&mut packet, now);
        engine(&mut packet, now);
        wheels(&mut packet, now);
        times(&mut packet, now);
        packet.set_car_id(CAR_ID);
        packet
    }
}

fn motion(packet: &mut PacketA, now: &Moment) {
    packet.set_position_m(singles(world(now.position_m)));
    packet.set_velocity_m_s(singles(world(now.velocity_m_s)));
    packet.set_rotation(singles(quaternion(now)));
    packet.set_angular_velocity_rad_s(singles(now.rotation_rad_s));
    packet.set_body_height_m(0.06);
    packet.set_speed_m_s(single(now.speed_m_s));
    packet.set_road_plane(singles(world(now.up)));
    let distance_m: f64 = now.up.iter().zip(now.position_m).map(|(up, place)| up * place).sum();
    packet.set_road_plane_distance_m(single(-distance_m));
}

/// A vector in the game's right-handed world, where a car without any turn looks against z.
fn world([x, y, z]: [f64; 3]) -> [f64; 3] {
    [x, y, -z]
}

/// The attitude: turned around z, then x, then y.
fn quaternion(now: &Moment) -> [f64; 4] {
    let half = |angle: f64| (angle / 2.0).sin_cos();
    let ((sh, ch), (sp, cp), (sr, cr)) = (half(now.heading_rad), half(now.pitch_rad), half(-now.roll_rad));
    [
        ch * sp * cr + sh * cp * sr,
        sh * cp * cr - ch * sp * sr,
        ch * cp * sr - sh * sp * cr,
        ch * cp * cr + sh * sp * sr,
    ]
}

fn engine(packet: &mut PacketA, now: &Moment) {
    packet.set_engine_rpm(single(now.engine_rpm));
    packet.set_clutch_output_rpm(single(now.engine_rpm));
    packet.set_clutch_engagement(1.0);
    packet.set_fuel_level_l(single(now.fuel_kg / FUEL_KG_L));
    packet.set_fuel_capacity_l(100.0);
    packet.set_oil_pressure_bar(single(2.0 + 5.0 * now.engine_rpm / now.engine_rpm_max));
    packet.set_water_temperature_c(85.0);
    packet.set_oil_temperature_c(110.0);
    packet.set_shift_light_from_rpm(7600);
    packet.set_shift_light_to_rpm(8400);
    packet.set_top_speed_kmh(290);
    packet.set_throttle(byte(now.throttle * 255.0));
    packet.set_brake(byte(now.brake * 255.0));
    let gear = if now.gear == 0 { 15 } else { now.gear };
    packet.set_gears(0xF0 | gear);
    let shift_light = now.engine_rpm > 8300.0;
    packet.set_flags(1 | u16::from(now.gear > 0) << 3 | u16::from(shift_light) << 5);
    packet.set_gear_ratios([3.2, 2.3, 1.76, 1.42, 1.2, 1.03, 0.0, 0.0]);
    packet.set_top_speed_ratio(3.5);
}

fn wheels(packet: &mut PacketA, now: &Moment) {
    packet.set_wheel_speed_rad_s(singles(now.wheel_speed_rad_s.map(|speed| -speed)));
    packet.set_tyre_radius_m([single(TYRE_RADIUS_M); 4]);
    packet.set_suspension_height_m(singles(now.suspension_m.map(|travel| SUSPENSION_M + travel)));
    packet.set_tyre_surface_temperature_c(singles(now.tyre_c));
}

fn times(packet: &mut PacketA, now: &Moment) {
    packet.set_current_lap(i16::try_from(now.laps_completed).unwrap_or(i16::MAX - 1).saturating_add(1));
    packet.set_laps_in_race(0);
    packet.set_best_lap_time_ms(now.best_lap_ms.unwrap_or(-1));
    packet.set_last_lap_time_ms(now.last_lap_ms.unwrap_or(-1));
    packet.set_time_of_day_ms(START_MS.wrapping_add(whole(now.time_s * 1000.0)) % 86_400_000);
    packet.set_start_position(-1);
    packet.set_cars_at_start(-1);
}

fn steering(now: &Moment) -> AddedB {
    let mut added = AddedB::zeroed();
    added.set_steering_wheel_rad(single(-now.steer * LOCK_RAD));
    let [sway, heave, surge] = now.acceleration_m_s2;
    added.set_sway_m_s2(single(sway));
    added.set_heave_m_s2(single(heave));
    added.set_surge_m_s2(single(surge));
    added
}

fn pedals(now: &Moment) -> AddedTilde {
    let mut added = AddedTilde::zeroed();
    added.set_throttle_input(byte(now.throttle * 255.0));
    added.set_brake_output(byte(now.brake * 255.0));
    added
}

fn surface(now: &Moment) -> AddedC {
    let mut added = AddedC::zeroed();
    added.set_surface(*b"TTTT");
    added.set_current_lap_time_ms(now.lap_time_ms);
    added.set_front_wheel_rad([single(-now.steer * WHEEL_LOCK_RAD); 2]);
    added.set_wheelbase_left_m(single(WHEELBASE_M));
    added.set_category(Utf8::new("GR3"));
    added
}

impl Simulator for Gt7Simulator {
    fn step(&mut self, seconds: f64) {
        self.ready.clear();
        for _ in 0..self.pictures.after(seconds) {
            self.picture();
        }
    }

    fn datagrams(&mut self) -> Vec<SimulatedDatagram> {
        std::mem::take(&mut self.ready)
    }

    fn heartbeat(&mut self, message: &[u8]) {
        let [letter @ (b'A' | b'B' | b'~' | b'C')] = message else { return };
        // While packets are sent, only their own letter prolongs them.
        if self.asked.is_none_or(|(current, _)| current == *letter) {
            self.asked = Some((*letter, PATIENCE));
        }
    }

    fn hz(&self) -> f64 {
        HZ
    }

    fn status(&self) -> String {
        let now = self.drive.now();
        let waits = if self.asked.is_none() { ", waiting for a heartbeat" } else { "" };
        format!("lap {}, {:.0} km/h{waits}", now.laps_completed + 1, now.speed_m_s * 3.6)
    }
}
