//! Where the car is and how it moves, in the axes of the game.
//!
//! World axes: x right and z forwards on the map, y up (left-handed). Heading 0 looks along z and grows to the left,
//! so the nose points to (-sin, cos) in x, z: how the directions of ACC's cars were seen to go in recordings. Car
//! axes: x right, y up, z forwards. Signs of pitch (nose up) and roll (right side down) are not documented by the
//! game; these are the simulator's. Acceleration and rotation are differences between two poses.

use super::car::{Car, GRAVITY_M_S2, SLIP_ANGLE_RAD, TRACK_WIDTH_M, WHEELBASE_M};
use super::number::wrapped;
use super::track::Track;

/// How far the body leans for each m/s² in a corner, and nods for each m/s² along the road.
const LEAN_RAD: f64 = 0.0022;
const NOD_RAD: f64 = 0.0011;

/// Position, velocity and attitude at one moment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pose {
    pub(super) position_m: [f64; 3],
    pub(super) velocity_m_s: [f64; 3],
    pub(super) heading_rad: f64,
    pub(super) pitch_rad: f64,
    pub(super) roll_rad: f64,
    /// Slope of the road under the car.
    slope_rad: f64,
}

/// Directions of length 1 in world axes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Axes {
    pub(super) right: [f64; 3],
    pub(super) up: [f64; 3],
    pub(super) forward: [f64; 3],
}

impl Axes {
    fn new(heading_rad: f64, pitch_rad: f64, roll_rad: f64) -> Self {
        let ((sh, ch), (sp, cp), (sr, cr)) = (heading_rad.sin_cos(), pitch_rad.sin_cos(), roll_rad.sin_cos());
        let (level_right, level_up) = ([ch, 0.0, sh], [sh * sp, cp, -ch * sp]);
        Self {
            right: sum(level_right, cr, level_up, -sr),
            up: sum(level_up, cr, level_right, sr),
            forward: [-sh * cp, sp, ch * cp],
        }
    }

    /// A vector of world axes in these axes: to the right, up, forwards.
    pub(super) fn seen(&self, vector: [f64; 3]) -> [f64; 3] {
        [self.right, self.up, self.forward].map(|axis| dot(axis, vector))
    }
}

impl Pose {
    pub(super) fn new(track: &Track, car: &Car) -> Self {
        let place = track.at(car.at);
        let course = place.heading_rad + car.drift_rad;
        let ((s_course, c_course), (s_line, c_line)) = (course.sin_cos(), place.heading_rad.sin_cos());
        let (s_slope, c_slope) = car.slope_rad.sin_cos();
        let [x, y, z] = place.position_m;
        // In a corner the rear tyres slip outwards, so that the nose points further in than the car goes; without
        // slip it is the other way round, because the middle of the car runs on a larger circle than its rear.
        let nose = -SLIP_ANGLE_RAD * car.right_m_s2 - car.curvature * WHEELBASE_M / 2.0;
        Self {
            position_m: [x - car.offset_m * c_line, y, z - car.offset_m * s_line],
            velocity_m_s: [-s_course * c_slope, s_slope, c_course * c_slope].map(|part| part * car.speed_m_s),
            heading_rad: wrapped(course + nose),
            pitch_rad: car.slope_rad + NOD_RAD * car.forward_m_s2,
            roll_rad: -LEAN_RAD * car.right_m_s2,
            slope_rad: car.slope_rad,
        }
    }

    /// The axes of the car's body.
    pub(super) fn body(&self) -> Axes {
        Axes::new(self.heading_rad, self.pitch_rad, self.roll_rad)
    }

    /// The axes of the road under the car.
    pub(super) fn ground(&self) -> Axes {
        Axes::new(self.heading_rad, self.slope_rad, 0.0)
    }

    /// Where the wheels FL, FR, RL, RR touch the ground.
    pub(super) fn contact_points_m(&self) -> [[f64; 3]; 4] {
        let ground = self.ground();
        let (side, length) = (TRACK_WIDTH_M / 2.0, WHEELBASE_M / 2.0);
        [(-side, length), (side, length), (-side, -length), (side, -length)].map(|(to_right, ahead)| {
            sum(sum(self.position_m, 1.0, ground.right, to_right), 1.0, ground.forward, ahead)
        })
    }

    /// Acceleration since `before`, `dt_s` ago, in car axes and g; 0 when standing, so without gravity.
    pub(super) fn acceleration_g(&self, before: &Self, dt_s: f64) -> [f64; 3] {
        let change = sum(self.velocity_m_s, 1.0, before.velocity_m_s, -1.0);
        self.body().seen(change.map(|part| part / dt_s / GRAVITY_M_S2))
    }

    /// Rotation since `before`, `dt_s` ago, around the car's axes: pitch, yaw, roll.
    pub(super) fn rotation_rad_s(&self, before: &Self, dt_s: f64) -> [f64; 3] {
        let turned = wrapped(self.heading_rad - before.heading_rad);
        [self.pitch_rad - before.pitch_rad, turned, self.roll_rad - before.roll_rad].map(|angle| angle / dt_s)
    }
}

fn dot([ax, ay, az]: [f64; 3], [bx, by, bz]: [f64; 3]) -> f64 {
    ax * bx + ay * by + az * bz
}

/// a × `part_a` + b × `part_b`.
fn sum([ax, ay, az]: [f64; 3], part_a: f64, [bx, by, bz]: [f64; 3], part_b: f64) -> [f64; 3] {
    [ax * part_a + bx * part_b, ay * part_a + by * part_b, az * part_a + bz * part_b]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_stand_at_right_angles_and_turn_left_with_the_heading() {
        let axes = Axes::new(0.7, 0.1, -0.05);
        for (one, other) in [(axes.right, axes.up), (axes.up, axes.forward), (axes.forward, axes.right)] {
            assert!(dot(one, other).abs() < 1e-12);
            assert!((dot(one, one) - 1.0).abs() < 1e-12);
        }
        let left = Axes::new(std::f64::consts::FRAC_PI_2, 0.0, 0.0);
        assert!((left.forward[0] + 1.0).abs() < 1e-12, "a quarter turn to the left looks along -x");
    }
}
