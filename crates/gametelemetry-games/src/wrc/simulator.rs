//! A simulated EA SPORTS WRC: one stage after the other, each with its start and its end.
//!
//! Sends what the game would if `session_update` of structure `wrc` and the rare packets of `wrc_experimental` were
//! switched on. Pure: the same seed gives the same bytes.

use gametelemetry::{PackedFrame as _, Telemetry as _};

use super::{Clock, Controls, EngineLimits, Head, Length, Motion, SOURCE, StartLimits, UpdateHead};
use crate::drive::{IDLE_RPM, Moment, Pictures, Stage, StageState, TYRE_RADIUS_M, mirrored, single, singles};
use crate::game::{SimulatedDatagram, Simulator};

/// Pictures, and so packets, a second.
const HZ: f64 = 60.0;
const SHIFT_LIGHT_FROM_RPM: f64 = 6800.0;
const SHIFT_LIGHT_TO_RPM: f64 = 8200.0;
const GEARS: u8 = 6;
const REVERSE: u8 = 10;
/// Time since the game was started, when it begins.
const BOOT_S: f64 = 90.0;

/// The simulated game.
#[derive(Clone, Debug)]
pub(super) struct WrcSimulator {
    stage: Stage,
    pictures: Pictures,
    time_s: f64,
    frames: u64,
    packets: u64,
    /// Suspension travel in the last picture, to see how fast it moves.
    suspension_m: [f64; 4],
    /// The start of this stage was said.
    started: bool,
    ready: Vec<SimulatedDatagram>,
}

impl WrcSimulator {
    pub(super) fn new(seed: u64) -> Self {
        let stage = Stage::new(seed);
        Self {
            suspension_m: stage.now().suspension_m,
            stage,
            pictures: Pictures::new(HZ),
            time_s: BOOT_S,
            frames: 5400,
            packets: 0,
            started: false,
            ready: Vec::new(),
        }
    }

    fn picture(&mut self) {
        self.stage.step(1.0 / HZ);
        self.time_s += 1.0 / HZ;
        self.frames += 1;
        match self.stage.state() {
            StageState::Between => self.started = false,
            StageState::Finished => {
                self.update();
                let clock = self.clock();
                self.rare(*b"SESE", clock.as_bytes());
            }
            StageState::Ready | StageState::Running => {
                if !self.started {
                    self.started = true;
                    let limits = self.start_limits();
                    self.rare(*b"SESS", limits.as_bytes());
                }
                self.update();
            }
        }
    }

    fn send(&mut self, bytes: Vec<u8>) {
        self.packets += 1;
        self.ready.push(SimulatedDatagram { source: SOURCE, bytes });
    }

    /// A packet of structure `wrc_experimental`.
    fn rare(&mut self, letters: [u8; 4], rest: &[u8]) {
        let mut head = Head::zeroed();
        head.set_packet_uid(self.packets);
        head.set_game_total_time(single(self.time_s));
        head.set_game_frame_count(self.frames);
        let letters_and_rest = head.as_bytes().iter().skip(letters.len()).chain(rest);
        let bytes = letters.iter().chain(letters_and_rest).copied().collect();
        self.send(bytes);
    }

    /// A packet of structure `wrc`.
    fn update(&mut self) {
        let now = self.stage.now();
        let mut limits = EngineLimits::zeroed();
        limits.set_vehicle_engine_rpm_max(single(now.engine_rpm_max));
        limits.set_vehicle_engine_rpm_idle(single(IDLE_RPM));
        let mut length = Length::zeroed();
        length.set_stage_length(self.stage.length_m());
        let parts = [
            self.head(&now).as_bytes(),
            self.motion(&now).as_bytes(),
            limits.as_bytes(),
            controls(&now).as_bytes(),
            self.clock().as_bytes(),
            length.as_bytes(),
        ]
        .concat();
        self.suspension_m = now.suspension_m;
        self.send(parts);
    }

    fn head(&self, now: &Moment) -> UpdateHead {
        let mut head = UpdateHead::zeroed();
        head.set_packet_uid(self.packets);
        head.set_game_total_time(single(self.time_s));
        head.set_game_delta_time(single(1.0 / HZ));
        head.set_game_frame_count(self.frames);
        let light = (now.engine_rpm - SHIFT_LIGHT_FROM_RPM) / (SHIFT_LIGHT_TO_RPM - SHIFT_LIGHT_FROM_RPM);
        head.set_shiftlights_fraction(single(light.clamp(0.0, 1.0)));
        head.set_shiftlights_rpm_start(single(SHIFT_LIGHT_FROM_RPM));
        head.set_shiftlights_rpm_end(single(SHIFT_LIGHT_TO_RPM));
        head.set_shiftlights_rpm_valid(true);
        head.set_vehicle_gear_index(now.gear);
        head.set_vehicle_gear_index_reverse(REVERSE);
        head.set_vehicle_gear_maximum(GEARS);
        head
    }

    fn start_limits(&self) -> StartLimits {
        let mut limits = StartLimits::zeroed();
        limits.set_shiftlights_rpm_start(single(SHIFT_LIGHT_FROM_RPM));
        limits.set_shiftlights_rpm_end(single(SHIFT_LIGHT_TO_RPM));
        limits.set_vehicle_gear_index_reverse(REVERSE);
        limits.set_vehicle_gear_maximum(GEARS);
        limits.set_vehicle_engine_rpm_max(single(self.stage.now().engine_rpm_max));
        limits.set_vehicle_engine_rpm_idle(single(IDLE_RPM));
        limits.set_stage_length(self.stage.length_m());
        limits
    }

    fn clock(&self) -> Clock {
        let mut clock = Clock::zeroed();
        clock.set_stage_current_time(single(self.stage.clock_s()));
        clock.set_stage_current_distance(self.stage.distance_m());
        clock
    }

    fn motion(&self, now: &Moment) -> Motion {
        let mut motion = Motion::zeroed();
        motion.set_vehicle_speed(single(now.speed_m_s));
        let treads = now.wheel_speed_rad_s.map(|speed| speed * TYRE_RADIUS_M);
        let [_, _, rl, rr] = treads;
        motion.set_vehicle_transmission_speed(single(f64::midpoint(rl, rr)));
        place(&mut motion, now);
        directions(&mut motion, now);
        wheels(&mut motion, now, treads, self.suspension_m);
        motion
    }
}

fn place(motion: &mut Motion, now: &Moment) {
    let [x, y, z] = singles(mirrored(now.position_m));
    motion.set_vehicle_position_x(x);
    motion.set_vehicle_position_y(y);
    motion.set_vehicle_position_z(z);
    let [x, y, z] = singles(mirrored(now.velocity_m_s));
    motion.set_vehicle_velocity_x(x);
    motion.set_vehicle_velocity_y(y);
    motion.set_vehicle_velocity_z(z);
    let [right, up, forward] = now.acceleration_m_s2;
    let mut acceleration = [0.0; 3];
    for (part, axis) in [(right, now.right), (up, now.up), (forward, now.forward)] {
        for (sum, along) in acceleration.iter_mut().zip(axis) {
            *sum += part * along;
        }
    }
    let [x, y, z] = singles(mirrored(acceleration));
    motion.set_vehicle_acceleration_x(x);
    motion.set_vehicle_acceleration_y(y);
    motion.set_vehicle_acceleration_z(z);
}

fn directions(motion: &mut Motion, now: &Moment) {
    let [x, y, z] = singles(mirrored(now.right.map(|part| -part)));
    motion.set_vehicle_left_direction_x(x);
    motion.set_vehicle_left_direction_y(y);
    motion.set_vehicle_left_direction_z(z);
    let [x, y, z] = singles(mirrored(now.forward));
    motion.set_vehicle_forward_direction_x(x);
    motion.set_vehicle_forward_direction_y(y);
    motion.set_vehicle_forward_direction_z(z);
    let [x, y, z] = singles(mirrored(now.up));
    motion.set_vehicle_up_direction_x(x);
    motion.set_vehicle_up_direction_y(y);
    motion.set_vehicle_up_direction_z(z);
}

fn wheels(motion: &mut Motion, now: &Moment, treads: [f64; 4], before_m: [f64; 4]) {
    let [fl, fr, rl, rr] = singles(now.suspension_m);
    motion.set_vehicle_hub_position_bl(rl);
    motion.set_vehicle_hub_position_br(rr);
    motion.set_vehicle_hub_position_fl(fl);
    motion.set_vehicle_hub_position_fr(fr);
    let mut moved = now.suspension_m;
    for (now, before) in moved.iter_mut().zip(before_m) {
        *now = (*now - before) * HZ;
    }
    let [fl, fr, rl, rr] = singles(moved);
    motion.set_vehicle_hub_velocity_bl(rl);
    motion.set_vehicle_hub_velocity_br(rr);
    motion.set_vehicle_hub_velocity_fl(fl);
    motion.set_vehicle_hub_velocity_fr(fr);
    let [fl, fr, rl, rr] = singles(treads);
    motion.set_vehicle_cp_forward_speed_bl(rl);
    motion.set_vehicle_cp_forward_speed_br(rr);
    motion.set_vehicle_cp_forward_speed_fl(fl);
    motion.set_vehicle_cp_forward_speed_fr(fr);
    let [fl, fr, rl, rr] = singles(now.brake_c);
    motion.set_vehicle_brake_temperature_bl(rl);
    motion.set_vehicle_brake_temperature_br(rr);
    motion.set_vehicle_brake_temperature_fl(fl);
    motion.set_vehicle_brake_temperature_fr(fr);
}

fn controls(now: &Moment) -> Controls {
    let mut controls = Controls::zeroed();
    controls.set_vehicle_engine_rpm_current(single(now.engine_rpm));
    controls.set_vehicle_throttle(single(now.throttle));
    controls.set_vehicle_brake(single(now.brake));
    controls.set_vehicle_steering(single(now.steer));
    controls
}

impl Simulator for WrcSimulator {
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
        let (part, now) = (self.stage.progress() * 100.0, self.stage.now());
        format!("stage {part:.0} %, {:.0} km/h", now.speed_m_s * 3.6)
    }
}
