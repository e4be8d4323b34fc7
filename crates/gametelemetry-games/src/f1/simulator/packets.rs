//! The race as the packets that the game would send of it.
//!
//! What is asked is always the state of now; when each packet is due is [`super::Simulator`]'s business.

use super::super::Format;
use super::car::{Car, GRAVITY_CENTRE_M, GRAVITY_M_S2, IDLE_RPM, MAX_RPM, PIT_SPEED_KMH, Pit, TANK_KG};
use super::circuit::Circuit;
use super::number::{count, milliseconds};
use super::packet::Packet;
use super::race::{DRS_ZONE, Race};
use super::timing::SECTORS_AT;

/// A vector in the world of length 1 as the game stores it.
const WHOLE: f64 = 32_767.0;
/// The air, the track, and when the race begins.
const AIR_C: i8 = 24;
const TRACK_C: i8 = 36;
const START_MIN: f64 = 14.0 * 60.0;
/// The circuit is none of the game's.
const NO_TRACK: i8 = -1;
/// Laps after which tyres should be changed.
const TYRE_LIFE_LAPS: u32 = 20;

/// What packets are made of.
pub(super) struct Scene<'a> {
    pub(super) format: Format,
    pub(super) circuit: &'a Circuit,
    pub(super) race: &'a Race,
    pub(super) session_uid: u64,
    pub(super) overall_frame: u32,
    /// The race is over: the game counts frames from 0 again, although the session's time stands.
    pub(super) ended: bool,
    /// It is a time trial, or the lobby before one, and no race.
    pub(super) time_trial: bool,
}

impl Scene<'_> {
    /// A packet with its head.
    pub(super) fn packet(&self, name: &str) -> Option<Packet> {
        let mut packet = Packet::new(self.format, name)?;
        let (frame, overall) = if self.ended { (0, 0) } else { (self.race.frame, self.overall_frame) };
        packet.put("header.game_year", f64::from(self.format.year().min(2025) % 100));
        packet.put("header.game_major_version", 1);
        packet.put("header.packet_version", 1);
        packet.put_u64("header.session_uid", self.session_uid);
        packet.put("header.session_time_s", self.race.session_s);
        packet.put("header.frame_identifier", frame);
        packet.put("header.overall_frame_identifier", overall);
        packet.put("header.player_car_index", count(self.race.player));
        packet.put("header.secondary_player_car_index", 255);
        Some(packet)
    }

    /// The packet called `name`; `None` when the format has none.
    pub(super) fn full(&self, name: &str) -> Option<Packet> {
        let mut packet = self.packet(name)?;
        match name {
            "motion" => self.motion(&mut packet),
            "motion_ex" => self.player_motion(&mut packet),
            "lap_data" => self.lap_data(&mut packet),
            "car_telemetry" => self.each(&mut packet, Self::telemetry),
            "car_telemetry_2" => self.each(&mut packet, Self::telemetry_2),
            "car_status" => self.each(&mut packet, Self::status),
            "car_damage" => self.each(&mut packet, Self::damage),
            "car_setups" => self.each(&mut packet, Self::setup),
            "participants" => {
                packet.put("num_active_cars", count(self.race.cars.len()));
                self.each(&mut packet, Self::participant);
            }
            "final_classification" => {
                packet.put("num_cars", count(self.race.cars.len()));
                self.each(&mut packet, Self::classification);
            }
            "session" => self.session(&mut packet),
            "lap_positions" => self.lap_positions(&mut packet),
            "lobby_info" => {
                packet.put("num_players", count(self.race.cars.len()));
                self.each(&mut packet, Self::lobby_player);
            }
            "time_trial" => self.time_trial(&mut packet),
            _ => {}
        }
        Some(packet)
    }

    /// Puts something of every car.
    pub(super) fn each(&self, packet: &mut Packet, put: fn(&Self, &mut Packet, usize, &Car)) {
        for (index, car) in self.race.cars.iter().enumerate() {
            put(self, packet, index, car);
        }
    }

    fn motion(&self, packet: &mut Packet) {
        self.each(packet, Self::car_motion);
        // In 2022 the player's wheels are in here.
        self.player_motion(packet);
    }

    fn car_motion(&self, packet: &mut Packet, index: usize, car: &Car) {
        let [x, z] = car.place.direction;
        let [px, py, pz] = car.place.position_m;
        // To the left of who looks along z is x.
        let (left_x, left_z) = (z, -x);
        packet.put_at("cars.world_position_x_m", index, px + car.offset_m * left_x);
        packet.put_at("cars.world_position_y_m", index, py);
        packet.put_at("cars.world_position_z_m", index, pz + car.offset_m * left_z);
        packet.put_at("cars.world_velocity_x_m_s", index, car.speed_m_s * x);
        packet.put_at("cars.world_velocity_y_m_s", index, car.speed_m_s * car.place.slope);
        packet.put_at("cars.world_velocity_z_m_s", index, car.speed_m_s * z);
        packet.put_at("cars.world_forward_dir_x", index, x * WHOLE);
        packet.put_at("cars.world_forward_dir_y", index, car.place.slope * WHOLE);
        packet.put_at("cars.world_forward_dir_z", index, z * WHOLE);
        packet.put_at("cars.world_right_dir_x", index, -left_x * WHOLE);
        packet.put_at("cars.world_right_dir_z", index, -left_z * WHOLE);
        let (lateral, forward) = (car.left_m_s2() / GRAVITY_M_S2, car.forward_m_s2 / GRAVITY_M_S2);
        packet.put_at("cars.g_force_lateral_g", index, lateral);
        packet.put_at("cars.g_force_longitudinal_g", index, forward);
        packet.put_at("cars.g_force_lateral_mg", index, lateral * 1000.0);
        packet.put_at("cars.g_force_longitudinal_mg", index, forward * 1000.0);
        packet.put_at("cars.yaw_rad", index, x.atan2(z));
        packet.put_at("cars.pitch_rad", index, car.place.slope.atan());
        packet.put_at("cars.roll_rad", index, -0.001 * car.left_m_s2());
    }

    fn player_motion(&self, packet: &mut Packet) {
        let Some(car) = self.race.player() else { return };
        packet.put_all("car.suspension_position_mm", 0, car.travel_mm);
        packet.put_all("car.suspension_velocity_mm_s", 0, car.travel_mm_s);
        packet.put_all("car.suspension_acceleration_mm_s2", 0, car.travel_mm_s2);
        packet.put_all("car.wheel_speed_m_s", 0, car.tread_m_s());
        packet.put_all("car.wheel_slip_ratio", 0, car.slip_ratios());
        let sideways = 0.0026 * car.left_m_s2();
        packet.put_all("car.wheel_slip_angle_rad", 0, [sideways, sideways, 1.2 * sideways, 1.2 * sideways]);
        let all: f64 = car.load_n.iter().sum::<f64>().max(1.0);
        let (left, ahead) = (car.mass_kg() * car.left_m_s2() / all, car.mass_kg() * car.forward_m_s2 / all);
        packet.put_all("car.wheel_lat_force_n", 0, car.load_n.map(|load| load * left));
        packet.put_all("car.wheel_long_force_n", 0, car.load_n.map(|load| load * ahead));
        packet.put_all("car.wheel_vert_force_n", 0, car.load_n);
        packet.put("car.height_of_cog_above_ground_m", GRAVITY_CENTRE_M);
        packet.put("car.local_velocity_z_m_s", car.speed_m_s);
        packet.put("car.angular_velocity_y_rad_s", car.yaw_rate());
        packet.put("car.front_wheels_angle_rad", car.front_wheels_rad());
        let [rear, _, front, _] = car.travel_mm;
        packet.put("chassis.front_aero_height_m", (0.06 - 0.001 * front).max(0.0));
        packet.put("chassis.rear_aero_height_m", (0.07 - 0.001 * rear).max(0.0));
        packet.put_all("wheel_camber_rad", 0, [-0.035, -0.035, -0.06, -0.06]);
    }

    fn lap_data(&self, packet: &mut Packet) {
        self.each(packet, Self::lap);
        packet.put("time_trial_pb_car_index", 255);
        packet.put("time_trial_rival_car_index", 255);
    }

    fn lap(&self, packet: &mut Packet, index: usize, car: &Car) {
        let length_m = self.circuit.length_m();
        let (lap, finished) = (car.lap_number(length_m, self.race.laps), car.finished_s.is_some());
        // The time of the last lap of all is told only when the session ends.
        let told = if finished && !self.race.over {
            car.timing.laps.len().saturating_sub(1)
        } else {
            car.timing.laps.len()
        };
        let last = told.checked_sub(1).and_then(|place| car.timing.laps.get(place));
        packet.put_at("cars.last_lap_time_ms", index, last.map_or(0, |lap| lap.time_ms));
        packet.put_at("cars.current_lap_time_ms", index, car.timing.current_ms(self.race.session_s));
        let [first, second] = car.timing.sectors_ms();
        packet.put_time("cars.sector1_time", index, first);
        packet.put_time("cars.sector2_time", index, second);
        packet.put_time("cars.delta_to_car_in_front", index, milliseconds(self.race.gap_s(index, false)));
        packet.put_time("cars.delta_to_race_leader", index, milliseconds(self.race.gap_s(index, true)));
        let part_m = if car.way_m < 0.0 { car.way_m } else { car.way_m % length_m };
        packet.put_at("cars.lap_distance_m", index, part_m);
        packet.put_at("cars.total_distance_m", index, car.way_m);
        packet.put_at("cars.car_position", index, count(self.race.place_of(index)));
        packet.put_at("cars.current_lap_num", index, lap);
        let sector = SECTORS_AT.iter().filter(|&&share| part_m / length_m >= share).count();
        packet.put_at("cars.sector", index, count(sector));
        packet.put_at("cars.current_lap_invalid", index, u8::from(car.timing.invalid));
        packet.put_at("cars.grid_position", index, count(car.grid));
        packet.put_at("cars.driver_status", index, self.driver_status(car));
        packet.put_at("cars.result_status", index, if finished { 3 } else { 2 });
        packet.put_at("cars.speed_trap_fastest_speed_kmh", index, car.trap.map_or(0.0, |(speed, _)| speed));
        packet.put_at("cars.speed_trap_fastest_lap", index, car.trap.map_or(255, |(_, lap)| lap));
        Self::stop(packet, index, car);
    }

    /// On the track, or on the lap to a stop or from one: a capture of a race of 2025 says so of the lap behind a stop.
    fn driver_status(&self, car: &Car) -> u8 {
        match car.pit {
            Pit::Coming | Pit::Entering(_) => 2,
            Pit::Standing(..) | Pit::Leaving(..) => 3,
            Pit::None if car.stops > 0 && self.tyre_age(car) == 0 => 3,
            Pit::None => 4,
        }
    }

    fn stop(packet: &mut Packet, index: usize, car: &Car) {
        let (status, lane_s, stop_s) = match car.pit {
            Pit::None | Pit::Coming => (0, 0.0, 0.0),
            Pit::Entering(lane_s) => (1, lane_s, 0.0),
            Pit::Standing(lane_s, stood_s) => (2, lane_s, stood_s),
            Pit::Leaving(lane_s, stood_s) => (1, lane_s, stood_s),
        };
        packet.put_at("cars.pit_status", index, status);
        packet.put_at("cars.num_pit_stops", index, car.stops);
        packet.put_at("cars.pit_lane_timer_active", index, u8::from(car.in_pit_lane()));
        packet.put_at("cars.pit_lane_time_in_lane_ms", index, milliseconds(lane_s));
        packet.put_at("cars.pit_stop_timer_ms", index, milliseconds(stop_s));
    }

    fn telemetry(&self, packet: &mut Packet, index: usize, car: &Car) {
        packet.put_at("cars.speed_kmh", index, car.speed_m_s * 3.6);
        packet.put_at("cars.throttle", index, car.throttle);
        packet.put_at("cars.steer", index, car.steer());
        packet.put_at("cars.brake", index, car.brake);
        packet.put_at("cars.gear", index, if self.race.started { count(car.gear) } else { 0.0 });
        packet.put_at("cars.engine_rpm", index, car.rpm);
        packet.put_at("cars.drs_open", index, u8::from(car.drs));
        let lit = ((car.rpm - 10_000.0) / (MAX_RPM - 10_500.0)).clamp(0.0, 1.0);
        packet.put_at("cars.rev_lights_percent", index, lit * 100.0);
        packet.put_at("cars.rev_lights_bits", index, (lit * 15.0).floor().exp2() - 1.0);
        packet.put_all("cars.brakes_temperature_c", index * 4, car.brakes_c);
        packet.put_all("cars.tyres_surface_temperature_c", index * 4, car.surface_c);
        packet.put_all("cars.tyres_inner_temperature_c", index * 4, car.inner_c);
        packet.put_at("cars.engine_temperature_c", index, 105.0 + 12.0 * car.throttle);
        packet.put_all("cars.tyres_pressure_psi", index * 4, car.pressures_psi());
        if index == 0 {
            packet.put("mfd_panel_index", 255);
            packet.put("mfd_panel_index_secondary_player", 255);
        }
    }

    fn telemetry_2(&self, packet: &mut Packet, index: usize, car: &Car) {
        packet.put_at(
            "cars.active_aero_mode",
            index,
            u8::from(car.throttle > 0.9 && car.place.curvature.abs() < 0.002),
        );
        packet.put_at("cars.active_aero_available", index, 1);
        packet.put_at("cars.overtake_available", index, u8::from(self.race.drs_enabled));
        packet.put_at("cars.overtake_active", index, u8::from(car.drs));
        packet.put_at("cars.regulations_2026", index, 1);
    }

    fn status(&self, packet: &mut Packet, index: usize, car: &Car) {
        packet.put_at("cars.fuel_mix", index, 1);
        packet.put_at("cars.front_brake_bias_percent", index, 56);
        packet.put_at("cars.pit_limiter_on", index, u8::from(car.in_pit_lane()));
        packet.put_at("cars.fuel_in_tank_kg", index, car.fuel_kg);
        packet.put_at("cars.fuel_capacity_kg", index, TANK_KG);
        packet.put_at("cars.fuel_remaining_laps", index, car.fuel_kg / 2.1);
        packet.put_at("cars.max_rpm", index, MAX_RPM);
        packet.put_at("cars.idle_rpm", index, IDLE_RPM);
        packet.put_at("cars.max_gears", index, 9);
        packet.put_at("cars.drs_allowed", index, u8::from(self.race.drs_enabled));
        let (actual, visual) = compound(car.stints.len());
        packet.put_at("cars.actual_tyre_compound", index, actual);
        packet.put_at("cars.visual_tyre_compound", index, visual);
        packet.put_at("cars.tyres_age_laps", index, self.tyre_age(car));
        packet.put_at("cars.engine_power_ice_w", index, 540e3 * car.throttle);
        let deploys = car.throttle > 0.95 && car.speed_m_s > 40.0 && car.battery_j > 0.0;
        packet.put_at("cars.engine_power_mguk_w", index, if deploys { 60e3 } else { 0.0 });
        packet.put_at("cars.ers_store_energy_j", index, car.battery_j);
        packet.put_at("cars.ers_deploy_mode", index, 1);
        packet.put_at("cars.ers_harvested_this_lap_mguk_j", index, car.harvested_k_j);
        packet.put_at("cars.ers_harvested_this_lap_mguh_j", index, car.harvested_h_j);
        packet.put_at("cars.ers_harvest_limit_per_lap_j", index, 8.5e6);
        packet.put_at("cars.ers_deployed_this_lap_j", index, car.deployed_j);
    }

    fn tyre_age(&self, car: &Car) -> u32 {
        let done = u32::try_from(car.timing.laps.len()).unwrap_or(u32::MAX);
        done.saturating_sub(car.stints.last().copied().unwrap_or(0))
    }

    fn damage(&self, packet: &mut Packet, index: usize, car: &Car) {
        packet.put_all("cars.tyres_wear_percent", index * 4, car.wear_percent);
        packet.put_all("cars.tyres_damage_percent", index * 4, car.wear_percent.map(f64::floor));
        packet.put_at("cars.engine_ice_wear_percent", index, (car.way_m / 50e3).max(0.0));
    }

    fn setup(&self, packet: &mut Packet, index: usize, _: &Car) {
        packet.put_at("setups.front_wing", index, 24);
        packet.put_at("setups.rear_wing", index, 21);
        packet.put_at("setups.on_throttle_percent", index, 75);
        packet.put_at("setups.off_throttle_percent", index, 55);
        packet.put_at("setups.front_camber_deg", index, -3.5);
        packet.put_at("setups.rear_camber_deg", index, -2.0);
        packet.put_at("setups.rear_toe_deg", index, 0.1);
        packet.put_at("setups.brake_pressure_percent", index, 100);
        packet.put_at("setups.brake_bias_percent", index, 56);
        packet.put_at("setups.engine_braking_percent", index, 50);
        for (wheel, pressure) in
            [("rear_left", 21.0), ("rear_right", 21.0), ("front_left", 23.5), ("front_right", 23.5)]
        {
            packet.put_at(&format!("setups.{wheel}_tyre_pressure_psi"), index, pressure);
        }
        packet.put_at("setups.fuel_load_kg", index, 60.0);
    }

    fn participant(&self, packet: &mut Packet, index: usize, _: &Car) {
        let is_player = index == self.race.player;
        packet.put_at("participants.ai_controlled", index, u8::from(!is_player));
        let nobody = if self.format == Format::F2026 { 65_535 } else { 255 };
        packet.put_at("participants.driver_id", index, nobody);
        packet.put_at("participants.network_id", index, nobody);
        // The teams of the season, and the player's own for cars beyond them.
        let (first, teams) = if self.format == Format::F2026 { (476, 11) } else { (0, 10) };
        let team = if index / 2 < teams { count(first + index / 2) } else { 104.0 };
        packet.put_at("participants.team_id", index, team);
        packet.put_at("participants.race_number", index, count(index + 2));
        packet.put_at("participants.nationality", index, 10);
        let name = if is_player { "PLAYER".to_owned() } else { format!("DRIVER {}", index + 2) };
        packet.put_text("participants.name", index, &name);
        packet.put_at("participants.your_telemetry", index, 1);
        packet.put_at("participants.platform", index, if is_player { 1 } else { 255 });
    }

    fn classification(&self, packet: &mut Packet, index: usize, car: &Car) {
        let timing = &car.timing;
        let total: u32 = timing.laps.iter().map(|lap| lap.time_ms).sum();
        packet.put_at("classification.position", index, count(self.race.place_of(index)));
        packet.put_at("classification.num_laps", index, count(timing.laps.len()));
        packet.put_at("classification.grid_position", index, count(car.grid));
        let points = [25, 18, 15, 12, 10, 8, 6, 4, 2, 1];
        let points = self.race.place_of(index).checked_sub(1).and_then(|place| points.get(place));
        packet.put_at("classification.points", index, points.copied().unwrap_or(0));
        packet.put_at("classification.num_pit_stops", index, car.stops);
        packet.put_at("classification.result_status", index, if car.finished_s.is_some() { 3 } else { 4 });
        packet.put_at("classification.result_reason", index, if car.finished_s.is_some() { 2 } else { 5 });
        let best = timing.best().and_then(|place| timing.laps.get(place));
        packet.put_at("classification.best_lap_time_ms", index, best.map_or(0, |lap| lap.time_ms));
        packet.put_at("classification.total_race_time_s", index, f64::from(total) / 1000.0);
        packet.put_at("classification.num_tyre_stints", index, count(car.stints.len() + 1));
        for (stint, end, (actual, visual)) in stints(car).take(8) {
            packet.put_at("classification.tyre_stints_actual", index * 8 + stint, actual);
            packet.put_at("classification.tyre_stints_visual", index * 8 + stint, visual);
            packet.put_at("classification.tyre_stints_end_laps", index * 8 + stint, end);
        }
    }

    /// The laps of the car `index`.
    pub(super) fn history(&self, index: usize) -> Option<Packet> {
        let (mut packet, car) = (self.packet("session_history")?, self.race.cars.get(index)?);
        let timing = &car.timing;
        packet.put("car_index", count(index));
        let driving = usize::from(car.finished_s.is_none());
        packet.put("num_laps", count((timing.laps.len() + driving).min(100)));
        packet.put("num_tyre_stints", count((car.stints.len() + 1).min(8)));
        let number = |place: Option<usize>| place.map_or(0.0, |place| count(place + 1));
        packet.put("best_lap_time_lap_num", number(timing.best()));
        for sector in 0..3_usize {
            let best = timing.best_by(|lap| lap.sectors_ms.get(sector).copied().unwrap_or(u32::MAX));
            packet.put(&format!("best_sector{}_lap_num", sector + 1), number(best));
        }
        for (place, lap) in timing.laps.iter().enumerate() {
            packet.put_at("laps.lap_time_ms", place, lap.time_ms);
            for (sector, time) in (1..).zip(lap.sectors_ms) {
                packet.put_time(&format!("laps.sector{sector}_time"), place, time);
            }
            packet.put_at("laps.lap_valid_bits", place, if lap.valid { 0x0F } else { 0x0E });
        }
        for (stint, end, (actual, visual)) in stints(car).take(8) {
            packet.put_at("tyre_stints.end_lap", stint, end);
            packet.put_at("tyre_stints.actual_tyre_compound", stint, actual);
            packet.put_at("tyre_stints.visual_tyre_compound", stint, visual);
        }
        Some(packet)
    }

    /// The tyres of the car `index`.
    pub(super) fn tyre_sets(&self, index: usize) -> Option<Packet> {
        let (mut packet, car) = (self.packet("tyre_sets")?, self.race.cars.get(index)?);
        let fitted = car.stints.len().min(12);
        packet.put("car_index", count(index));
        packet.put("fitted_index", count(fitted));
        for set in 0..20_usize {
            // Behind the dry ones come four intermediates and three full wets.
            let (actual, visual) = if set >= 17 {
                (8, 8)
            } else if set >= 13 {
                (7, 7)
            } else {
                compound(set)
            };
            let worn = if set == fitted { car.wear_percent.iter().sum::<f64>() / 4.0 } else { 0.0 };
            let left = TYRE_LIFE_LAPS.saturating_sub(if set == fitted { self.tyre_age(car) } else { 0 });
            packet.put_at("tyre_sets.actual_tyre_compound", set, actual);
            packet.put_at("tyre_sets.visual_tyre_compound", set, visual);
            packet.put_at("tyre_sets.wear_percent", set, worn);
            packet.put_at("tyre_sets.available", set, u8::from(set >= fitted));
            packet.put_at("tyre_sets.recommended_session", set, self.session_type());
            packet.put_at("tyre_sets.life_span_laps", set, left);
            packet.put_at("tyre_sets.usable_life_laps", set, TYRE_LIFE_LAPS);
            packet.put_at("tyre_sets.fitted", set, u8::from(set == fitted));
        }
        Some(packet)
    }

    /// A race, or a time trial, as the format numbers it.
    fn session_type(&self) -> u8 {
        match (self.format < Format::F2024, self.time_trial) {
            (true, false) => 10,
            (true, true) => 13,
            (false, false) => 15,
            (false, true) => 18,
        }
    }

    fn session(&self, packet: &mut Packet) {
        let (length_m, now_s) = (self.circuit.length_m(), self.race.session_s);
        packet.put("session.track_temperature_c", TRACK_C);
        packet.put("session.air_temperature_c", AIR_C);
        packet.put("session.total_laps", self.race.laps);
        packet.put("session.track_length_m", length_m);
        packet.put("session.session_type", self.session_type());
        packet.put("session.track_id", NO_TRACK);
        packet.put("session.formula", if self.format == Format::F2026 { 13 } else { 0 });
        packet.put("session.session_time_left_s", (7200.0 - now_s).max(0.0).floor());
        packet.put("session.session_duration_s", 7200);
        packet.put("session.pit_speed_limit_kmh", PIT_SPEED_KMH);
        packet.put("session.spectator_car_index", 255);
        packet.put("session.num_marshal_zones", 16);
        packet.put_all("session.marshal_zones.zone_start", 0, (0..16).map(|zone| f64::from(zone) / 16.0));
        packet.put("session.num_weather_forecast_samples", 3);
        packet.put_all("weather_forecast.time_offset_min", 0, [0, 5, 10]);
        packet.put_all("weather_forecast.session_type", 0, [self.session_type(); 3]);
        packet.put_all("weather_forecast.track_temperature_c", 0, [TRACK_C; 3]);
        packet.put_all("weather_forecast.air_temperature_c", 0, [AIR_C; 3]);
        packet.put_all("weather_forecast.track_temperature_change", 0, [2; 3]);
        packet.put_all("weather_forecast.air_temperature_change", 0, [2; 3]);
        packet.put_all("weather_forecast.rain_percent", 0, [3, 4, 6]);
        packet.put("settings.ai_difficulty", 90);
        packet.put("settings.gearbox_assist", 1);
        packet.put("settings.game_mode", 4);
        packet.put("settings.rule_set", 1);
        packet.put("settings.time_of_day_min", START_MIN + (now_s / 60.0).floor());
        packet.put("settings.session_length", 3);
        packet.put("periods.speed_units_lead_player", 1);
        packet.put("periods.speed_units_secondary_player", 1);
        packet.put("rules.recovery_mode", 1);
        packet.put("rules.num_sessions_in_weekend", 1);
        packet.put("rules.weekend_structure", self.session_type());
        let [second, third] = SECTORS_AT;
        packet.put("rules.sector2_lap_distance_start_m", second * length_m);
        packet.put("rules.sector3_lap_distance_start_m", third * length_m);
        packet.put("aero.num_drs_zones", 1);
        packet.put("aero.drs_zones.zone_start", DRS_ZONE.0);
        packet.put("aero.drs_zones.zone_end", DRS_ZONE.1);
    }

    fn lap_positions(&self, packet: &mut Packet) {
        // The places at the start of each lap are those in which the cars finished the one before.
        let leader = self.race.cars.iter().map(|car| car.timing.laps.len()).max().unwrap_or(0);
        let laps = (leader + 1).min(50);
        packet.put("num_laps", count(laps));
        for lap in 0..laps {
            let mut ends: Vec<(u32, usize)> = self.ends_of(lap);
            ends.sort_unstable();
            for (place, (_, car)) in (1..).zip(ends) {
                packet.put_at("position_for_vehicle", lap * self.format.cars() + car, place);
            }
        }
    }

    /// When each car had driven `laps` laps, in ms since the start; of those that have.
    fn ends_of(&self, laps: usize) -> Vec<(u32, usize)> {
        let cars = self.race.cars.iter().enumerate();
        if laps == 0 {
            return self.race.order.iter().zip(0..).map(|(&car, place)| (place, car)).collect();
        }
        cars.filter_map(|(index, car)| {
            let driven = car.timing.laps.get(..laps)?;
            Some((driven.iter().map(|lap| lap.time_ms).sum(), index))
        })
        .collect()
    }
}

/// The compounds of a car's stints: soft, medium, hard, and again.
fn compound(stint: usize) -> (u8, u8) {
    [(18, 16), (19, 17), (20, 18)].get(stint % 3).copied().unwrap_or((18, 16))
}

/// The stints of a car: number, the lap on which it ended (255 for the one that goes on), compounds.
fn stints(car: &Car) -> impl Iterator<Item = (usize, u32, (u8, u8))> + '_ {
    let ends = car.stints.iter().copied().chain([255]);
    ends.enumerate().map(|(stint, end)| (stint, end, compound(stint)))
}
