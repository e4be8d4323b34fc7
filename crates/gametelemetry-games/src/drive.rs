//! The car that the simulated games drive when they have none of their own: ACC's, in SI units and one set of axes.
//!
//! Each simulator turns a [`Moment`] into the packets of its game. World axes: x right on the map, y up, z forwards
//! (left-handed); the rally games, whose worlds are right-handed, mirror x by [`mirrored`]. Car axes: right, up, forwards. Pure
//! and repeatable like the simulator below it; knows no packet.

use crate::acc::simulator::Simulator;

/// Parts of a step: ACC writes its graphics page 60 times a second only, so lap times are at most a part late.
const PARTS: u32 = 4;
/// What ACC writes for a time that it does not have.
const NO_TIME_MS: i32 = i32::MAX;
/// Engine speed without throttle, in rpm; ACC does not say it.
pub(crate) const IDLE_RPM: f64 = 1900.0;
/// Radius of the tyres, in m.
pub(crate) const TYRE_RADIUS_M: f64 = 0.33;
/// Gravity, in m/s².
pub(crate) const GRAVITY_M_S2: f64 = 9.806_65;
/// Kilograms of a litre of fuel.
pub(crate) const FUEL_KG_L: f64 = 0.75;
/// Time between the end of a stage and the next one, in s.
const BETWEEN_STAGES_S: f64 = 2.0;

/// A car that drives laps.
#[derive(Clone, Debug)]
pub(crate) struct Drive {
    game: Simulator,
    time_s: f64,
    /// Time of the lap that began in the pit box, which ACC does not give and other games do.
    first_lap_ms: Option<i32>,
}

/// Everything that a packet may say of the car at one moment. Wheels are FL, FR, RL, RR.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    pub(crate) time_s: f64,
    pub(crate) throttle: f64,
    pub(crate) brake: f64,
    /// -1 full left to 1 full right.
    pub(crate) steer: f64,
    /// 1 is first.
    pub(crate) gear: u8,
    pub(crate) engine_rpm: f64,
    pub(crate) engine_rpm_max: f64,
    pub(crate) speed_m_s: f64,
    pub(crate) position_m: [f64; 3],
    pub(crate) velocity_m_s: [f64; 3],
    /// To the right, up, forwards.
    pub(crate) acceleration_m_s2: [f64; 3],
    /// Pitch, yaw, roll; yaw grows to the left.
    pub(crate) rotation_rad_s: [f64; 3],
    /// 0 looks along z, growing to the left.
    pub(crate) heading_rad: f64,
    pub(crate) pitch_rad: f64,
    pub(crate) roll_rad: f64,
    /// Directions of length 1 in world axes.
    pub(crate) right: [f64; 3],
    pub(crate) up: [f64; 3],
    pub(crate) forward: [f64; 3],
    pub(crate) wheel_speed_rad_s: [f64; 4],
    pub(crate) suspension_m: [f64; 4],
    pub(crate) slip_ratio: [f64; 4],
    pub(crate) slip_angle_rad: [f64; 4],
    pub(crate) tyre_c: [f64; 4],
    pub(crate) brake_c: [f64; 4],
    pub(crate) fuel_kg: f64,
    pub(crate) laps_completed: u16,
    pub(crate) lap_time_ms: i32,
    pub(crate) last_lap_ms: Option<i32>,
    pub(crate) best_lap_ms: Option<i32>,
    /// Metres from the line.
    pub(crate) lap_m: f64,
    pub(crate) distance_m: f64,
    pub(crate) race_position: u8,
    /// The car stands in its pit box.
    pub(crate) in_box: bool,
}

impl Drive {
    pub(crate) fn new(seed: u64) -> Self {
        Self { game: Simulator::new(seed).with_a_picture_a_step(), time_s: 0.0, first_lap_ms: None }
    }

    /// Lets `seconds` pass, at most 1.
    pub(crate) fn step(&mut self, seconds: f64) {
        let seconds = if seconds > 0.0 { seconds.min(1.0) } else { return };
        let part_s = seconds / f64::from(PARTS);
        for _ in 0..PARTS {
            self.game.step(part_s);
            self.time_s += part_s;
            let graphics = self.game.graphics();
            if self.first_lap_ms.is_none() && graphics.completed_laps() == 1 {
                // The first lap began with the clock, and this one at the line.
                self.first_lap_ms = Some(whole(self.time_s * 1000.0) - graphics.i_current_time_ms());
            }
        }
    }

    /// Length of a lap, in m.
    pub(crate) fn lap_length_m(&self) -> f64 {
        self.game.track_length_m()
    }

    /// The car now.
    pub(crate) fn now(&self) -> Moment {
        let (physics, graphics) = (self.game.physics(), self.game.graphics());
        let ([forward, ..], [up, ..]) = (physics.tyre_contact_heading(), physics.tyre_contact_normal());
        let (forward, up) = (forward.map(f64::from), up.map(f64::from));
        let time = |ms: i32| (ms != NO_TIME_MS).then_some(ms);
        let wide = |values: [f32; 4]| values.map(f64::from);
        Moment {
            time_s: self.time_s,
            throttle: physics.gas().into(),
            brake: physics.brake().into(),
            steer: physics.steer_angle().into(),
            gear: u8::try_from(physics.gear() - 1).unwrap_or(0),
            engine_rpm: physics.rpm().into(),
            engine_rpm_max: physics.current_max_rpm().into(),
            speed_m_s: f64::from(physics.speed_kmh()) / 3.6,
            position_m: middle(physics.tyre_contact_point_m()),
            velocity_m_s: physics.velocity_m_s().map(f64::from),
            acceleration_m_s2: physics.acc_g().map(|g| f64::from(g) * GRAVITY_M_S2),
            rotation_rad_s: physics.local_angular_vel_rad_s().map(f64::from),
            heading_rad: physics.heading_rad().into(),
            pitch_rad: physics.pitch_rad().into(),
            roll_rad: physics.roll_rad().into(),
            right: cross(up, forward),
            up,
            forward,
            wheel_speed_rad_s: wide(physics.wheel_angular_speed_rad_s()),
            suspension_m: wide(physics.suspension_travel_m()),
            slip_ratio: wide(physics.slip_ratio()),
            slip_angle_rad: wide(physics.slip_angle_rad()),
            tyre_c: wide(physics.tyre_core_temp_c()),
            brake_c: wide(physics.brake_temp_c()),
            fuel_kg: physics.fuel_kg().into(),
            laps_completed: u16::try_from(graphics.completed_laps()).unwrap_or(0),
            lap_time_ms: graphics.i_current_time_ms(),
            last_lap_ms: time(graphics.i_last_time_ms()).or(self.first_lap_ms),
            best_lap_ms: time(graphics.i_best_time_ms()).or(self.first_lap_ms),
            lap_m: f64::from(graphics.normalized_car_position()) * self.lap_length_m(),
            distance_m: graphics.distance_traveled_m().into(),
            race_position: u8::try_from(graphics.position()).unwrap_or(0),
            in_box: graphics.is_in_pit(),
        }
    }
}

/// Tells how many pictures a game makes in a step, and so how many packets it sends.
#[derive(Clone, Debug)]
pub(crate) struct Pictures {
    every_s: f64,
    since_s: f64,
}

impl Pictures {
    pub(crate) fn new(hz: f64) -> Self {
        Self { every_s: 1.0 / hz, since_s: 0.0 }
    }

    /// The pictures that are due after `seconds` more, at most 1; none when it is not above 0.
    pub(crate) fn after(&mut self, seconds: f64) -> u32 {
        // NaN is not above 0 either.
        self.since_s += if seconds > 0.0 { seconds.min(1.0) } else { 0.0 };
        let mut due = 0;
        while self.since_s >= self.every_s {
            self.since_s -= self.every_s;
            due += 1;
        }
        due
    }
}

/// What a rally stage does in a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StageState {
    /// The car waits for the start.
    Ready,
    /// The clock runs.
    Running,
    /// The car crossed the line in this step.
    Finished,
    /// Menus, until the next stage.
    Between,
}

/// A car that drives rally stages: each goes once around the circuit, from a standing start to the line, and the next
/// one is driven a little differently. The first metres, which are ACC's pit lane, are driven slowly.
#[derive(Clone, Debug)]
pub(crate) struct Stage {
    drive: Drive,
    seed: u64,
    state: StageState,
    start_m: f64,
    clock_s: f64,
    between_s: f64,
    /// Times at which the quarters of the stage ended.
    quarters_s: Vec<f64>,
}

impl Stage {
    pub(crate) fn new(seed: u64) -> Self {
        let drive = Drive::new(seed);
        let start_m = drive.now().lap_m;
        Self {
            drive,
            seed,
            state: StageState::Ready,
            start_m,
            clock_s: 0.0,
            between_s: 0.0,
            quarters_s: Vec::new(),
        }
    }

    /// Lets `seconds` pass, at most 1.
    pub(crate) fn step(&mut self, seconds: f64) {
        match self.state {
            StageState::Ready | StageState::Running => self.drive_on(seconds),
            StageState::Finished | StageState::Between => {
                self.state = StageState::Between;
                self.between_s += seconds;
                if self.between_s >= BETWEEN_STAGES_S {
                    *self = Self::new(self.seed.wrapping_add(1));
                }
            }
        }
    }

    fn drive_on(&mut self, seconds: f64) {
        self.drive.step(seconds);
        if self.state == StageState::Ready && !self.drive.now().in_box {
            self.state = StageState::Running;
        }
        if self.state == StageState::Running {
            self.clock_s += seconds;
            while self.progress() * 4.0 >= (self.quarters_s.len() + 1) as f64 {
                self.quarters_s.push(self.clock_s);
            }
        }
        if self.drive.now().laps_completed > 0 {
            self.state = StageState::Finished;
        }
    }

    pub(crate) fn state(&self) -> StageState {
        self.state
    }

    pub(crate) fn now(&self) -> Moment {
        self.drive.now()
    }

    /// Time since the start, in s.
    pub(crate) fn clock_s(&self) -> f64 {
        self.clock_s
    }

    pub(crate) fn length_m(&self) -> f64 {
        self.drive.lap_length_m() - self.start_m
    }

    /// Metres from the start along the road.
    pub(crate) fn distance_m(&self) -> f64 {
        let now = self.drive.now();
        if now.laps_completed > 0 { self.length_m() } else { (now.lap_m - self.start_m).max(0.0) }
    }

    /// Share of the stage that is driven, 0 to 1.
    pub(crate) fn progress(&self) -> f64 {
        self.distance_m() / self.length_m()
    }

    /// The quarter that the car is in, from 0, and how long the first two took, 0 until they are driven.
    pub(crate) fn quarters(&self) -> (u8, [f64; 2]) {
        let (mut took, mut before) = ([0.0; 2], 0.0);
        for (took, end) in took.iter_mut().zip(&self.quarters_s) {
            *took = end - before;
            before = *end;
        }
        (u8::try_from(self.quarters_s.len().min(3)).unwrap_or(3), took)
    }
}

/// A vector of these axes in a right-handed world, whose x points left of z.
pub(crate) fn mirrored([x, y, z]: [f64; 3]) -> [f64; 3] {
    [-x, y, z]
}

/// `value` as a packet holds it.
#[expect(clippy::cast_possible_truncation, reason = "a packet has 32 bits; the rounding is meant")]
pub(crate) fn single(value: f64) -> f32 {
    value as f32
}

/// Values as a packet holds them.
pub(crate) fn singles<const N: usize>(values: [f64; N]) -> [f32; N] {
    values.map(single)
}

/// `value` rounded; what is outside 0 to 255 becomes the nearest of them.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` saturates, which is meant")]
pub(crate) fn byte(value: f64) -> u8 {
    value.round() as u8
}

/// `value` rounded; what is too large becomes the largest.
#[expect(clippy::cast_possible_truncation, reason = "`as` saturates, which is meant")]
pub(crate) fn whole(value: f64) -> i32 {
    value.round() as i32
}

fn middle(points: [[f32; 3]; 4]) -> [f64; 3] {
    points.iter().fold([0.0; 3], |[x, y, z], point| {
        let [dx, dy, dz] = point.map(|part| f64::from(part) / 4.0);
        [x + dx, y + dy, z + dz]
    })
}

fn cross([ax, ay, az]: [f64; 3], [bx, by, bz]: [f64; 3]) -> [f64; 3] {
    [ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
        a.iter().zip(b).map(|(a, b)| a * b).sum()
    }

    #[test]
    fn a_turn_to_the_right_accelerates_to_the_right_and_turns_the_heading_back() {
        let mut drive = Drive::new(3);
        let mut turns = 0;
        for _ in 0..3600 {
            drive.step(1.0 / 60.0);
            let now = drive.now();
            let [right, _, _] = now.acceleration_m_s2;
            if now.speed_m_s > 20.0 && right.abs() > 5.0 {
                turns += 1;
                assert_eq!(right > 0.0, now.rotation_rad_s[1] < 0.0, "at {} s", now.time_s);
            }
            assert!(
                (dot(now.right, now.forward)).abs() < 1e-3 && (dot(now.right, now.right) - 1.0).abs() < 1e-3
            );
            assert!(now.speed_m_s < 5.0 || dot(now.velocity_m_s, now.forward) > 0.9 * now.speed_m_s);
        }
        assert!(turns > 300, "{turns}");
    }

    #[test]
    fn a_stage_is_driven_from_a_standing_start_to_its_end_and_the_next_one_follows() {
        let mut stage = Stage::new(5);
        let (mut finished_s, mut before_m) = (None, 0.0);
        while finished_s.is_none() {
            stage.step(1.0 / 60.0);
            assert!(stage.distance_m() >= before_m && stage.distance_m() <= stage.length_m());
            before_m = stage.distance_m();
            assert!(stage.clock_s() < 300.0, "a stage without an end");
            finished_s = (stage.state() == StageState::Finished).then(|| stage.clock_s());
        }
        assert!(finished_s > Some(60.0) && stage.progress() == 1.0, "{finished_s:?}");
        assert_eq!(stage.quarters().0, 3);
        for _ in 0..130 {
            stage.step(1.0 / 60.0);
        }
        assert_eq!((stage.state(), stage.clock_s()), (StageState::Ready, 0.0));
    }
}
