//! From the simulator's state to the three pages, in the game's units.
//!
//! Only what ACC fills is filled. Calculates nothing but units.

use gametelemetry::{PackedFrame as _, Utf16};

use super::car::{BRAKE_BIAS, BRAKE_N, LIMITER_RPM};
use super::driver::{FULL_KG, Phase};
use super::motion::Pose;
use super::number::{single, singles, whole};
use super::timing::{NO_TIME_MS, text};
use super::traffic::{CAR_IDS, PLAYER_ID};
use super::wheel::{AIR_C, ROAD_C, Wheel};
use super::{Graphics, Physics, Simulator, Static, seal};

/// Turn of the front wheels at which the steering wheel is at its end.
const LOCK_RAD: f64 = 0.22;
/// How long the session goes.
const SESSION_S: f64 = 3600.0;
/// Time of day at its start: 14:00.
const START_S: f64 = 14.0 * 3600.0;
/// Kilograms of a litre of fuel.
const FUEL_KG_L: f64 = 0.75;
/// Litres of fuel in a lap, as it settles after a few.
const FUEL_PER_LAP_L: f64 = 2.6;

/// The physics page before the first step: what stays as it is.
pub(super) fn new_physics() -> Physics {
    let mut page = Physics::zeroed();
    page.set_autoshifter_on(false);
    page.set_air_temp_c(single(AIR_C));
    page.set_road_temp_c(single(ROAD_C));
    page.set_brake_bias(single(BRAKE_BIAS));
    page.set_current_max_rpm(whole(LIMITER_RPM));
    page.set_front_brake_compound(0);
    page.set_rear_brake_compound(0);
    page.set_ignition_on(true);
    page.set_is_engine_running(true);
    page
}

/// The graphics page before the first picture: what stays as it is.
pub(super) fn new_graphics() -> Graphics {
    let mut page = Graphics::zeroed();
    page.set_status(2);
    page.set_session(0);
    page.set_tyre_compound(Utf16::new("dry_compound"));
    page.set_active_cars(i32::try_from(CAR_IDS.len()).unwrap_or(0));
    let mut ids = [0; 60];
    for (slot, id) in ids.iter_mut().zip(CAR_IDS) {
        *slot = id;
    }
    page.set_car_id(ids);
    page.set_player_car_id(PLAYER_ID);
    settle(&mut page);
    page.set_fuel_per_lap_l(single(FUEL_PER_LAP_L));
    page.set_driver_stint_total_time_left_ms(NO_TIME_MS);
    page.set_driver_stint_time_left_ms(NO_TIME_MS);
    // Recordings show these two texts whatever the numbers beside them say.
    page.set_delta_lap_time(Utf16::new("-:--:---"));
    page.set_estimated_lap_time(Utf16::new(&text(NO_TIME_MS)));
    page
}

/// Puts in the weather and the settings of the car.
fn settle(page: &mut Graphics) {
    page.set_surface_grip(0.98);
    page.set_wind_speed_m_s(2.4);
    page.set_wind_direction_rad(1.1);
    page.set_track_status(Utf16::new("OPTIMUM"));
    page.set_track_grip_status(2);
    page.set_global_green(true);
    page.set_tc_level(4);
    page.set_tc_cut_level(3);
    page.set_engine_map(1);
    page.set_abs_level(3);
    page.set_current_tyre_set(1);
    page.set_strategy_tyre_set(2);
    page.set_mfd_tyre_set(2);
}

/// The static page.
pub(super) fn static_info() -> Static {
    let mut page = Static::zeroed();
    page.set_sm_version(Utf16::new("1.9"));
    page.set_ac_version(Utf16::new("1.7"));
    page.set_number_of_sessions(1);
    page.set_num_cars(i32::try_from(CAR_IDS.len()).unwrap_or(0));
    page.set_car_model(Utf16::new("audi_r8_lms_evo_ii"));
    page.set_track(Utf16::new("gametelemetry_ring"));
    // Letters beyond ASCII and beyond Latin-1, because real drivers have them.
    page.set_player_name(Utf16::new("Zoë"));
    page.set_player_surname(Utf16::new("Ångström-Dvořáková"));
    page.set_player_nick(Utf16::new("ZÅD"));
    page.set_sector_count(3);
    page.set_max_rpm(whole(LIMITER_RPM));
    page.set_max_fuel(120.0);
    page.set_penalties_enabled(true);
    page.set_aid_fuel_rate(1.0);
    page.set_aid_tyre_rate(1.0);
    page.set_aid_mechanical_damage(1.0);
    page.set_allow_tyre_blankets(1.0);
    page.set_aid_auto_clutch(true);
    page.set_aid_auto_blip(true);
    page.set_dry_tyres_name(Utf16::new("DHF2023"));
    page.set_wet_tyres_name(Utf16::new("WH2020"));
    seal(&mut page);
    page
}

impl Simulator {
    /// Writes the physics page; `before` is the pose of `dt_s` ago.
    pub(super) fn publish_physics(&mut self, dt_s: f64, before: Pose) {
        self.physics.set_packet_id(self.physics.packet_id().wrapping_add(1));
        self.publish_controls();
        self.publish_motion(dt_s, &before);
        self.publish_wheels();
        seal(&mut self.physics);
    }

    fn publish_controls(&mut self) {
        let (page, car) = (&mut self.physics, &self.car);
        page.set_gas(single(car.inputs.throttle));
        page.set_brake(single(car.inputs.brake));
        page.set_fuel_kg(single(car.fuel_kg));
        // The game counts neutral as 1; the car stands in neutral in its box.
        let standing = matches!(self.driver.phase, Phase::Box(_)) && car.speed_m_s <= 0.0;
        page.set_gear(if standing { 1 } else { i32::try_from(car.gear).unwrap_or(0) + 1 });
        page.set_rpm(whole(car.engine_rpm));
        // To the right is positive for the wheel, to the left for the curvature.
        page.set_steer_angle(single((-car.steered_rad() / LOCK_RAD).clamp(-1.0, 1.0)));
        page.set_clutch(f32::from(u8::from(standing)));
        page.set_pit_limiter_on(self.driver.in_pit_lane(&self.track, car));
        page.set_tc(single(car.traction_control));
        page.set_abs(single(car.anti_lock));
        page.set_water_temp_c(single(car.water_c));
        page.set_abs_vibrations(single(car.anti_lock * 0.4));
        page.set_final_ff(single((car.right_m_s2 / 26.0).clamp(-1.0, 1.0)));
        let slip = car.wheels.iter().map(Wheel::slip).fold(0.0, f64::max);
        page.set_slip_vibrations(single((slip - 0.9).max(0.0)));
    }

    fn publish_motion(&mut self, dt_s: f64, before: &Pose) {
        let (page, pose) = (&mut self.physics, &self.pose);
        page.set_speed_kmh(single(self.car.speed_m_s * 3.6));
        page.set_velocity_m_s(singles(pose.velocity_m_s));
        page.set_local_velocity_m_s(singles(pose.body().seen(pose.velocity_m_s)));
        let acceleration = pose.acceleration_g(before, dt_s);
        page.set_acc_g(singles(acceleration));
        page.set_g_vibrations(single(acceleration.into_iter().map(f64::abs).fold(0.0, f64::max) / 10.0));
        page.set_local_angular_vel_rad_s(singles(pose.rotation_rad_s(before, dt_s)));
        page.set_heading_rad(single(pose.heading_rad));
        page.set_pitch_rad(single(pose.pitch_rad));
        page.set_roll_rad(single(pose.roll_rad));
        let ground = pose.ground();
        page.set_tyre_contact_point_m(pose.contact_points_m().map(singles));
        page.set_tyre_contact_normal([singles(ground.up); 4]);
        page.set_tyre_contact_heading([singles(ground.forward); 4]);
    }

    fn publish_wheels(&mut self) {
        let (page, wheels) = (&mut self.physics, &self.car.wheels);
        let each = |value: fn(&Wheel) -> f64| wheels.each_ref().map(|wheel| single(value(wheel)));
        page.set_wheel_slip(each(Wheel::slip));
        page.set_wheel_pressure_psi(each(Wheel::pressure_psi));
        page.set_wheel_angular_speed_rad_s(each(|wheel| wheel.angular_speed_rad_s));
        page.set_tyre_core_temp_c(each(|wheel| wheel.tyre_c));
        page.set_tyre_temp_c(each(|wheel| wheel.tyre_c));
        page.set_suspension_travel_m(each(|wheel| wheel.travel_m));
        page.set_slip_ratio(each(|wheel| wheel.slip_ratio));
        page.set_slip_angle_rad(each(|wheel| wheel.slip_angle_rad));
        page.set_brake_temp_c(each(|wheel| wheel.brake_c));
        page.set_brake_pressure(each(|wheel| wheel.brake_n * 2.0 / BRAKE_N));
        page.set_pad_life(each(|wheel| wheel.pad));
        page.set_disc_life(each(|wheel| wheel.disc));
    }

    /// Writes the graphics page.
    pub(super) fn publish_graphics(&mut self) {
        self.graphics.set_packet_id(self.graphics.packet_id().wrapping_add(1));
        self.publish_timing();
        self.publish_place();
        self.publish_cars();
        seal(&mut self.graphics);
    }

    fn publish_timing(&mut self) {
        let (page, timing) = (&mut self.graphics, &self.timing);
        page.set_i_current_time_ms(timing.current_ms());
        page.set_i_last_time_ms(timing.last_ms);
        page.set_i_best_time_ms(timing.best_ms);
        page.set_current_time(Utf16::new(&text(timing.current_ms())));
        page.set_last_time(Utf16::new(&text(timing.last_ms)));
        page.set_best_time(Utf16::new(&text(timing.best_ms)));
        page.set_split(Utf16::new(&text(timing.split_ms)));
        page.set_i_split_ms(timing.split_ms);
        page.set_last_sector_time_ms(timing.split_ms);
        page.set_current_sector_index(timing.sector);
        page.set_completed_laps(timing.completed_laps);
        page.set_number_of_laps(timing.completed_laps);
        page.set_i_delta_lap_time_ms(timing.delta_ms());
        page.set_is_delta_positive(timing.delta_ms() >= 0);
        page.set_i_estimated_lap_time_ms(timing.estimated_ms());
        page.set_is_valid_lap(timing.valid);
        page.set_session_time_left_ms(single((SESSION_S - self.now_s).max(0.0) * 1000.0));
        page.set_clock_s(single((START_S + self.now_s) % 86_400.0));
    }

    fn publish_place(&mut self) {
        let part = self.lap_part();
        let in_pit_lane = self.driver.in_pit_lane(&self.track, &self.car);
        let (page, car) = (&mut self.graphics, &self.car);
        // Rounding to 32 bits may give exactly 1, as the game's own number does.
        page.set_normalized_car_position(single(part));
        page.set_distance_traveled_m(single(car.distance_m - self.stint_from_m));
        page.set_is_in_pit_lane(in_pit_lane);
        page.set_is_in_pit(matches!(self.driver.phase, Phase::Box(_)));
        page.set_used_fuel(single((FULL_KG - car.fuel_kg).max(0.0) / FUEL_KG_L));
        page.set_fuel_estimated_laps(single(car.fuel_kg / FUEL_KG_L / FUEL_PER_LAP_L));
        page.set_exhaust_temp_c(single(420.0 + 330.0 * car.inputs.throttle));
    }

    fn publish_cars(&mut self) {
        let mut places = [[0.0; 3]; 60];
        for (place, id) in places.iter_mut().zip(CAR_IDS) {
            let rival = self.rivals.iter().find(|rival| rival.id == id);
            *place = singles(rival.map_or(self.pose.position_m, |rival| rival.position_m(&self.track)));
        }
        self.graphics.set_car_coordinates_m(places);
        let faster = self.rivals.iter().filter(|rival| rival.best_ms() < self.timing.best_ms).count();
        self.graphics.set_position(i32::try_from(faster + 1).unwrap_or(NO_TIME_MS));
        let (ahead_ms, behind_ms) = self.gaps_ms();
        self.graphics.set_gap_ahead_ms(ahead_ms);
        self.graphics.set_gap_behind_ms(behind_ms);
    }

    /// Time to the next car on the track, and from the one behind.
    fn gaps_ms(&self) -> (i32, i32) {
        let length_m = self.track.length_m();
        let here_m = self.track.way_m(self.car.at);
        let (mut ahead_s, mut behind_s) = (f64::INFINITY, f64::INFINITY);
        for rival in &self.rivals {
            let lead_m = (self.track.way_m(rival.at) - here_m).rem_euclid(length_m);
            ahead_s = ahead_s.min(lead_m / self.car.speed_m_s.max(5.0));
            behind_s = behind_s.min((length_m - lead_m) / rival.speed_m_s(&self.track, &self.pace).max(5.0));
        }
        (whole(ahead_s * 1000.0), whole(behind_s * 1000.0))
    }
}
