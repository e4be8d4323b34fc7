//! The car: engine, forces, and the motion that follows from them.
//!
//! Position, speed and direction are integrated from the forces; what the pages say of acceleration is taken from
//! that motion afterwards (`motion`), never invented. Sideways the car follows the curvature that the driver
//! steers; along the road it obeys engine, brakes, air and slope. Tyres and brakes are in `wheel`.

use super::number::mix;
use super::track::{Place, Track};
use super::wheel::{Strain, Wheel};

/// Gravity.
pub(super) const GRAVITY_M_S2: f64 = 9.806_65;
/// Car and driver, without fuel.
const DRY_MASS_KG: f64 = 1345.0;
/// Car, driver and half the fuel: what the pace is planned for.
pub(super) const MASS_KG: f64 = 1375.0;
/// Friction of the tyres.
pub(super) const GRIP: f64 = 1.5;
/// Downforce at 1 m/s, in N.
pub(super) const DOWNFORCE: f64 = 1.5;
/// Air drag at 1 m/s, in N.
pub(super) const DRAG: f64 = 0.62;
/// Rolling resistance, in N.
const ROLLING_N: f64 = 190.0;
/// Power at the wheels, at its best.
pub(super) const POWER_W: f64 = 350e3;
/// Part of the engine's torque that reaches the wheels.
const EFFICIENCY: f64 = 0.92;
/// Braking force with the pedal pressed, if the tyres can.
pub(super) const BRAKE_N: f64 = 34e3;
/// Part of it at the front.
pub(super) const BRAKE_BIAS: f64 = 0.58;
/// Radius of the tyres.
pub(super) const TYRE_RADIUS_M: f64 = 0.33;
/// Turns of the engine for a turn of the wheels, first gear first.
const RATIOS: [f64; 6] = [11.2, 8.1, 6.2, 5.0, 4.2, 3.62];
/// Engine speed without throttle.
const IDLE_RPM: f64 = 1900.0;
/// Engine speed at the limiter.
pub(super) const LIMITER_RPM: f64 = 8650.0;
/// Engine speed at which the driver shifts up.
const SHIFT_UP_RPM: f64 = 8250.0;
/// Engine speed that a shift down may end at.
const SHIFT_DOWN_RPM: f64 = 7000.0;
/// Time without drive while the gearbox shifts.
const SHIFT_S: f64 = 0.06;
/// Energy of a kilogram of fuel that the engine turns into work.
const FUEL_J_KG: f64 = 43e6 * 0.29;
/// Front axle to rear axle.
pub(super) const WHEELBASE_M: f64 = 2.65;
/// Left wheel to right wheel.
pub(super) const TRACK_WIDTH_M: f64 = 1.65;
/// Height of the centre of gravity.
const GRAVITY_CENTRE_M: f64 = 0.38;
/// Turn of the wheels for the acceleration in a corner: the car understeers.
const UNDERSTEER_RAD: f64 = 0.0009;
/// Slip angle of the rear tyres for the acceleration in a corner, in rad for each m/s².
pub(super) const SLIP_ANGLE_RAD: f64 = 0.0034;
/// How fast the steering follows the driver's hands.
const STEERING_S: f64 = 0.08;

/// What the driver does.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Inputs {
    /// Throttle pedal, 0 to 1.
    pub(super) throttle: f64,
    /// Brake pedal, 0 to 1.
    pub(super) brake: f64,
    /// Curvature that the car shall follow, above 0 to the left.
    pub(super) curvature: f64,
}

/// The state of the car.
#[derive(Clone, Debug)]
pub(super) struct Car {
    /// Where along the track: parameter of [`Track::at`].
    pub(super) at: f64,
    /// Metres to the left of the centre line.
    pub(super) offset_m: f64,
    /// Direction of travel against the centre line's, above 0 to the left.
    pub(super) drift_rad: f64,
    /// Speed, never below 0.
    pub(super) speed_m_s: f64,
    /// Curvature that the car follows now.
    pub(super) curvature: f64,
    /// Forward acceleration.
    pub(super) forward_m_s2: f64,
    /// Acceleration to the right.
    pub(super) right_m_s2: f64,
    /// Slope along the way that the car takes.
    pub(super) slope_rad: f64,
    /// What the driver does.
    pub(super) inputs: Inputs,
    pub(super) engine_rpm: f64,
    /// 1 is first.
    pub(super) gear: usize,
    shift_left_s: f64,
    pub(super) fuel_kg: f64,
    /// How much the traction control cuts, 0 to 1.
    pub(super) traction_control: f64,
    /// How much the anti-lock brake cuts, 0 to 1.
    pub(super) anti_lock: f64,
    /// FL, FR, RL, RR.
    pub(super) wheels: [Wheel; 4],
    /// Metres driven.
    pub(super) distance_m: f64,
    pub(super) water_c: f64,
}

impl Car {
    /// A car that stands at `at`, `offset_m` to the left of the centre line.
    pub(super) fn standing(at: f64, offset_m: f64, fuel_kg: f64) -> Self {
        Self {
            at,
            offset_m,
            drift_rad: 0.0,
            speed_m_s: 0.0,
            curvature: 0.0,
            forward_m_s2: 0.0,
            right_m_s2: 0.0,
            slope_rad: 0.0,
            inputs: Inputs::default(),
            engine_rpm: IDLE_RPM,
            gear: 1,
            shift_left_s: 0.0,
            fuel_kg,
            traction_control: 0.0,
            anti_lock: 0.0,
            wheels: Wheel::four(),
            distance_m: 0.0,
            water_c: 74.0,
        }
    }

    pub(super) fn mass_kg(&self) -> f64 {
        DRY_MASS_KG + self.fuel_kg
    }

    /// Weight and downforce on all four wheels together, with what a dip adds.
    fn load_n(&self, place: &Place) -> f64 {
        let squared = self.speed_m_s.powi(2);
        self.mass_kg() * (GRAVITY_M_S2 * self.slope_rad.cos() + place.dip * squared) + DOWNFORCE * squared
    }

    /// The part of the tyres' grip that the corner leaves, 0 to 1.
    fn left_over(&self, load_n: f64) -> f64 {
        let used = (self.mass_kg() * self.right_m_s2 / (GRIP * load_n)).clamp(-0.99, 0.99);
        (1.0 - used * used).sqrt()
    }

    /// The greatest force that the rear tyres can put on the road now.
    pub(super) fn traction_n(&self, place: &Place) -> f64 {
        let [_, _, left, right] = &self.wheels;
        GRIP * (left.load_n + right.load_n) * self.left_over(self.load_n(place))
    }

    /// The force that the engine can give at the wheels in this gear.
    pub(super) fn engine_n(&self) -> f64 {
        let torque = (520.0 * (1.0 - ((self.engine_rpm - 6200.0) / 5200.0).powi(2))).max(250.0);
        torque * self.ratio(self.gear) * EFFICIENCY / TYRE_RADIUS_M
    }

    /// Force against the motion from air, road and slope.
    pub(super) fn resistance_n(&self) -> f64 {
        DRAG * self.speed_m_s.powi(2) + ROLLING_N + self.mass_kg() * GRAVITY_M_S2 * self.slope_rad.sin()
    }

    fn ratio(&self, gear: usize) -> f64 {
        RATIOS.get(gear.wrapping_sub(1)).copied().unwrap_or(1.0)
    }

    /// Moves everything on by `dt_s`.
    pub(super) fn advance(&mut self, track: &Track, inputs: Inputs, dt_s: f64) {
        self.inputs = inputs;
        let place = track.at(self.at);
        let (drive_n, brake_n) = self.forces(&place);
        self.shift(dt_s);
        self.integrate(&place, drive_n - brake_n, dt_s);
        self.burn(drive_n, dt_s);
        self.load_wheels(&place, drive_n, brake_n, dt_s);
    }

    /// What engine and brakes do at the road, after the aids have taken their part.
    fn forces(&mut self, place: &Place) -> (f64, f64) {
        let shifting = self.shift_left_s > 0.0 || self.engine_rpm >= LIMITER_RPM;
        let asked = if shifting { 0.0 } else { self.inputs.throttle * self.engine_n() };
        // Without throttle the engine brakes, through the gear.
        let drag = (1.0 - self.inputs.throttle) * (0.012 * (self.engine_rpm - IDLE_RPM)).max(0.0);
        let drive = asked - drag * self.ratio(self.gear);
        let traction = self.traction_n(place);
        self.traction_control = ((drive / traction.max(1.0) - 1.0) * 4.0).clamp(0.0, 1.0);

        let pedal = self.inputs.brake * BRAKE_N;
        let load = self.load_n(place);
        let grip = GRIP * load * self.left_over(load);
        // It begins to work a little below the limit.
        self.anti_lock = ((pedal / grip.max(1.0) - 0.93) * 5.0).clamp(0.0, 1.0);
        (drive.min(traction), pedal.min(grip))
    }

    /// Newton's law along the road, and the way of a point that follows its curvature.
    fn integrate(&mut self, place: &Place, force_n: f64, dt_s: f64) {
        let before = self.speed_m_s;
        let rolling_back = before <= 0.0 && force_n < self.resistance_n();
        // The brakes hold the car where it stands; it never rolls backwards.
        let acceleration = if rolling_back { 0.0 } else { (force_n - self.resistance_n()) / self.mass_kg() };
        self.speed_m_s = (before + acceleration * dt_s).max(0.0);
        self.forward_m_s2 = (self.speed_m_s - before) / dt_s;
        self.curvature = mix(self.curvature, self.inputs.curvature, (dt_s / STEERING_S).min(1.0));

        let speed = f64::midpoint(before, self.speed_m_s);
        let inside = 1.0 - self.offset_m * place.curvature;
        self.slope_rad = (place.slope * self.drift_rad.cos() / inside).atan();
        let level = speed * self.slope_rad.cos();
        let along = level * self.drift_rad.cos() / inside;
        self.at += along * dt_s / place.stretch_m;
        self.offset_m += level * self.drift_rad.sin() * dt_s;
        self.drift_rad += (level * self.curvature - along * place.curvature) * dt_s;
        self.right_m_s2 = -level * level * self.curvature;
        self.distance_m += speed * dt_s;
    }

    /// Engine speed, and the gear that suits it.
    fn shift(&mut self, dt_s: f64) {
        let rpm_in =
            |gear: usize| self.speed_m_s / TYRE_RADIUS_M * self.ratio(gear) * 60.0 / std::f64::consts::TAU;
        let (current, lower) = (rpm_in(self.gear), rpm_in(self.gear - 1));
        self.shift_left_s = (self.shift_left_s - dt_s).max(0.0);
        let slow = self.inputs.brake > 0.05 || current < 4500.0;
        if self.shift_left_s > 0.0 {
            // The gearbox is busy.
        } else if current > SHIFT_UP_RPM && self.gear < RATIOS.len() {
            (self.gear, self.shift_left_s) = (self.gear + 1, SHIFT_S);
        } else if self.gear > 1 && slow && lower < SHIFT_DOWN_RPM {
            (self.gear, self.shift_left_s) = (self.gear - 1, SHIFT_S);
        }
        // Below walking pace of the engine the clutch slips and the throttle sets the speed.
        let target = current.max(IDLE_RPM + 2400.0 * self.inputs.throttle * f64::from(current < 4300.0));
        self.engine_rpm = mix(self.engine_rpm, target.min(LIMITER_RPM), (dt_s / 0.025).min(1.0));
    }

    /// Fuel for the work done, and what the engine needs to run at all.
    fn burn(&mut self, drive_n: f64, dt_s: f64) {
        let work_w = drive_n.max(0.0) * self.speed_m_s / EFFICIENCY + 9.0 * self.engine_rpm;
        self.fuel_kg = (self.fuel_kg - work_w / FUEL_J_KG * dt_s).max(0.0);
        self.water_c = mix(self.water_c, 82.0 + work_w / 45e3, (dt_s / 90.0).min(1.0));
    }

    /// Spreads the load, the drive and the braking over the wheels.
    fn load_wheels(&mut self, place: &Place, drive_n: f64, brake_n: f64, dt_s: f64) {
        let mass = self.mass_kg();
        let down = DOWNFORCE * self.speed_m_s.powi(2);
        let weight = self.load_n(place) - down;
        let to_rear = mass * self.forward_m_s2 * GRAVITY_CENTRE_M / WHEELBASE_M;
        let to_left = mass * self.right_m_s2 * GRAVITY_CENTRE_M / TRACK_WIDTH_M;
        let front_n = (0.46 * weight + 0.43 * down - to_rear) / 2.0;
        let rear_n = (0.54 * weight + 0.57 * down + to_rear) / 2.0;

        let faster = self.speed_m_s * self.curvature * TRACK_WIDTH_M / 2.0;
        let axle = |load_n: f64, lean: f64, drive_n: f64, braking: f64, slip_angle_rad: f64| {
            [1.0, -1.0].map(|left| Strain {
                load_n: load_n + left * lean * to_left,
                speed_m_s: self.speed_m_s - left * faster,
                force_n: (drive_n - braking * brake_n) / 2.0,
                brake_n: braking * brake_n / 2.0,
                slip_angle_rad,
            })
        };
        let slip = SLIP_ANGLE_RAD * self.right_m_s2;
        let [fl, fr] = axle(front_n, 0.52, 0.0, BRAKE_BIAS, slip + UNDERSTEER_RAD * self.right_m_s2);
        let [rl, rr] = axle(rear_n, 0.48, drive_n, 1.0 - BRAKE_BIAS, slip);
        for (wheel, strain) in self.wheels.iter_mut().zip([fl, fr, rl, rr]) {
            wheel.advance(&strain, self.distance_m, dt_s);
        }
    }

    /// How far the front wheels are turned, above 0 to the left.
    pub(super) fn steered_rad(&self) -> f64 {
        (WHEELBASE_M * self.curvature).atan() - UNDERSTEER_RAD * self.right_m_s2
    }
}
