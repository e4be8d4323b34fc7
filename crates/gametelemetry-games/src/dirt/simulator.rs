//! A simulated DiRT Rally 2.0: one stage after the other, each ended by a packet of zeros.
//!
//! Sends what the game would, 60 times a second. Pure: the same seed gives the same bytes.

use gametelemetry::{PackedFrame as _, Telemetry as _};

use super::{SOURCE, Telemetry};
use crate::drive::{
    GRAVITY_M_S2, IDLE_RPM, Moment, Pictures, Stage, StageState, TYRE_RADIUS_M, mirrored, single, singles,
};
use crate::game::{SimulatedDatagram, Simulator};

/// Pictures, and so packets, a second.
const HZ: f64 = 60.0;

/// The simulated game.
#[derive(Clone, Debug)]
pub(super) struct DirtSimulator {
    stage: Stage,
    pictures: Pictures,
    /// Suspension travel in the last picture, to see how fast it moves.
    suspension_m: [f64; 4],
    ready: Vec<SimulatedDatagram>,
}

impl DirtSimulator {
    pub(super) fn new(seed: u64) -> Self {
        let stage = Stage::new(seed);
        let suspension_m = stage.now().suspension_m;
        Self { stage, pictures: Pictures::new(HZ), suspension_m, ready: Vec::new() }
    }

    fn picture(&mut self) {
        self.stage.step(1.0 / HZ);
        let packet = match self.stage.state() {
            StageState::Ready | StageState::Running => self.packet(),
            StageState::Finished => Telemetry::zeroed(),
            StageState::Between => return,
        };
        self.ready.push(SimulatedDatagram { source: SOURCE, bytes: packet.as_bytes().to_vec() });
    }

    fn packet(&mut self) -> Telemetry {
        let now = self.stage.now();
        let mut packet = Telemetry::zeroed();
        stage(&mut packet, &self.stage);
        motion(&mut packet, &now);
        packet.set_throttle(single(now.throttle));
        packet.set_brake(single(now.brake));
        packet.set_steering(single(now.steer));
        packet.set_gear(now.gear.into());
        packet.set_engine_rate_10_rpm(single(now.engine_rpm / 10.0));
        packet.set_max_rate_10_rpm(single(now.engine_rpm_max / 10.0));
        packet.set_idle_rate_10_rpm(single(IDLE_RPM / 10.0));
        packet.set_max_gears(6.0);
        packet.set_brake_temperature_c(rear_first(now.brake_c));
        packet.set_wheel_speed_m_s(rear_first(now.wheel_speed_rad_s.map(|speed| speed * TYRE_RADIUS_M)));
        packet.set_suspension_position_mm(rear_first(now.suspension_m.map(|travel| travel * 1000.0)));
        let mut moved = now.suspension_m;
        for (now, before) in moved.iter_mut().zip(self.suspension_m) {
            *now = (*now - before) * 1000.0 * HZ;
        }
        packet.set_suspension_velocity_mm_s(rear_first(moved));
        self.suspension_m = now.suspension_m;
        packet
    }
}

fn stage(packet: &mut Telemetry, stage: &Stage) {
    packet.set_run_time_s(single(stage.now().time_s));
    packet.set_lap_time_s(single(stage.clock_s()));
    packet.set_lap_distance_m(single(stage.distance_m()));
    packet.set_progress(single(stage.progress()));
    packet.set_track_length_m(single(stage.length_m()));
    packet.set_total_laps(1.0);
    packet.set_race_position(1.0);
    packet.set_sli_pro_native_support(1.0);
    let (quarter, [first_s, second_s]) = stage.quarters();
    packet.set_sector(quarter.into());
    packet.set_sector_1_time_s(single(first_s));
    packet.set_sector_2_time_s(single(second_s));
}

fn motion(packet: &mut Telemetry, now: &Moment) {
    packet.set_position_m(singles(mirrored(now.position_m)));
    packet.set_speed_m_s(single(now.speed_m_s));
    packet.set_velocity_m_s(singles(mirrored(now.velocity_m_s)));
    packet.set_right_direction(singles(mirrored(now.right)));
    packet.set_forward_direction(singles(mirrored(now.forward)));
    let [right, _, forward] = now.acceleration_m_s2;
    packet.set_g_force_lateral_g(single(-right / GRAVITY_M_S2));
    packet.set_g_force_longitudinal_g(single(forward / GRAVITY_M_S2));
}

/// Wheels in the packet's order.
fn rear_first([fl, fr, rl, rr]: [f64; 4]) -> [f32; 4] {
    singles([rl, rr, fl, fr])
}

impl Simulator for DirtSimulator {
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
