//! A flight: from the hangar to the runway, up, around and down again, as the game's web server would tell it.
//!
//! Pure: the flight follows from the seed and the time. The aircraft stands for no real one.

use serde_json::{Map, Value, json};

use crate::game::Simulator;
use crate::gsi::Chance;

/// The flight, in seconds since its start: the hangar, the runway, take-off, climb, cruise, descent, landing.
const SPAWN_S: f64 = 3.0;
const ROLL_S: f64 = 8.0;
const LIFT_S: f64 = 20.0;
const CRUISE_S: f64 = 80.0;
const DESCENT_S: f64 = 140.0;
const TOUCH_S: f64 = 200.0;
const END_S: f64 = 220.0;

/// Half the length of a side of the map, in m.
const HALF_MAP_M: f64 = 32_768.0;
/// How high the aircraft goes, in m; the runway is at 100 m.
const TOP_M: f64 = 2_400.0;
const RUNWAY_M: f64 = 100.0;
const FULL_KG: f64 = 400.0;

pub(super) struct FlightSimulator {
    chance: Chance,
    /// Seconds since the flight's start.
    time_s: f64,
    flights: u32,
    tas_kmh: f64,
    altitude_m: f64,
    climb_m_s: f64,
    heading_deg: f64,
    roll_deg: f64,
    fuel_kg: f64,
    north_m: f64,
    east_m: f64,
    /// Steers a little differently in each flight.
    turn_deg_s: f64,
    losses: Vec<String>,
}

impl FlightSimulator {
    pub(super) fn new(seed: u64) -> Self {
        let mut flight = Self {
            chance: Chance::new(seed),
            time_s: 0.0,
            flights: 0,
            tas_kmh: 0.0,
            altitude_m: RUNWAY_M,
            climb_m_s: 0.0,
            heading_deg: 0.0,
            roll_deg: 0.0,
            fuel_kg: FULL_KG,
            north_m: 0.0,
            east_m: 0.0,
            turn_deg_s: 0.0,
            losses: Vec::new(),
        };
        flight.start();
        flight
    }

    fn start(&mut self) {
        self.flights += 1;
        (self.time_s, self.tas_kmh, self.altitude_m, self.fuel_kg) = (0.0, 0.0, RUNWAY_M, FULL_KG);
        (self.climb_m_s, self.roll_deg, self.north_m, self.east_m) = (0.0, 0.0, 0.0, 0.0);
        self.heading_deg = self.draw(0, 360);
        self.turn_deg_s = self.draw(2, 7);
    }

    /// A whole number by chance.
    fn draw(&mut self, least: i64, end: i64) -> f64 {
        i32::try_from(self.chance.between(least, end)).map_or(0.0, f64::from)
    }

    fn is_flying(&self) -> bool {
        (LIFT_S..TOUCH_S).contains(&self.time_s)
    }

    fn is_in_aircraft(&self) -> bool {
        self.time_s >= SPAWN_S
    }

    /// Goes on by a step that is short against everything that happens.
    fn fly(&mut self, seconds: f64) {
        self.time_s += seconds;
        let (speed, height) = match self.time_s {
            t if t < ROLL_S => (0.0, RUNWAY_M),
            t if t < LIFT_S => (180.0, RUNWAY_M),
            t if t < CRUISE_S => (320.0, TOP_M),
            t if t < DESCENT_S => (450.0, TOP_M),
            t if t < TOUCH_S => (200.0, RUNWAY_M),
            _ => (0.0, RUNWAY_M),
        };
        self.tas_kmh += (speed - self.tas_kmh).clamp(-25.0 * seconds, 20.0 * seconds);
        self.climb_m_s =
            ((height - self.altitude_m) / 10.0).clamp(-40.0, 40.0) * f64::from(u8::from(self.is_flying()));
        self.altitude_m = (self.altitude_m + self.climb_m_s * seconds).max(RUNWAY_M);
        let turns = self.is_flying() && self.time_s % 30.0 < 12.0;
        let roll = if turns { self.turn_deg_s * 6.0 } else { 0.0 };
        self.roll_deg += (roll - self.roll_deg).clamp(-30.0 * seconds, 30.0 * seconds);
        self.heading_deg = (self.heading_deg + self.roll_deg / 6.0 * seconds).rem_euclid(360.0);
        let metres = self.tas_kmh / 3.6 * seconds;
        self.north_m += metres * self.heading_deg.to_radians().cos();
        self.east_m += metres * self.heading_deg.to_radians().sin();
        if self.is_in_aircraft() {
            self.fuel_kg = (self.fuel_kg - self.throttle() * seconds / 900.0).max(0.0);
        }
        if self.is_flying() && self.chance.happens(6.0, seconds) {
            let number = self.chance.between(1, 100);
            self.losses.push(format!("Pilot {number} (Simulated) has crashed."));
        }
        if self.time_s >= END_S {
            self.start();
        }
    }

    /// Throttle in percent.
    fn throttle(&self) -> f64 {
        match self.time_s {
            t if t < ROLL_S => 10.0,
            t if t < CRUISE_S => 100.0,
            t if t < DESCENT_S => 80.0,
            t if t < TOUCH_S => 30.0,
            _ => 0.0,
        }
    }

    fn state(&self) -> Value {
        if !self.is_in_aircraft() {
            return json!({ "valid": false });
        }
        let rpm = 800.0 + self.throttle() * 19.0;
        let mut state = json!({
            "valid": true,
            "aileron, %": whole(self.roll_deg / 2.0), "elevator, %": whole(self.climb_m_s), "rudder, %": 0,
            "flaps, %": if self.is_flying() { 0 } else { 20 },
            "gear, %": if self.is_flying() { 0 } else { 100 },
            "H, m": whole(self.altitude_m), "TAS, km/h": whole(self.tas_kmh),
            "IAS, km/h": whole(self.tas_kmh * (1.0 - self.altitude_m / 20_000.0)),
            "M": places(self.tas_kmh / 1225.0, 2),
            "Ny": places(1.0 / self.roll_deg.to_radians().cos(), 2), "Vy, m/s": places(self.climb_m_s, 1),
            "Wx, deg/s": whole(self.roll_deg / 3.0),
            "Mfuel, kg": whole(self.fuel_kg), "Mfuel0, kg": whole(FULL_KG),
            "throttle 1, %": whole(self.throttle()), "mixture 1, %": 100, "magneto 1": 3,
            "power 1, hp": places(self.throttle() * 12.0, 1), "RPM 1": whole(rpm),
            "manifold pressure 1, atm": places(0.5 + self.throttle() / 120.0, 2),
            "water temp 1, C": whole(60.0 + self.throttle() * 0.4), "oil temp 1, C": whole(50.0 + self.throttle() * 0.35),
            "pitch 1, deg": 28.2, "thrust 1, kgs": whole(self.throttle() * 8.0), "efficiency 1, %": 85
        });
        if let (true, Value::Object(state)) = (self.is_flying(), &mut state) {
            // The angles of the air are there only while there is enough of it.
            state.insert("AoA, deg".to_owned(), places(2.0 + self.climb_m_s / 20.0, 1));
            state.insert("AoS, deg".to_owned(), places(self.roll_deg / 50.0, 1));
        }
        state
    }

    fn indicators(&self) -> Value {
        if !self.is_in_aircraft() {
            return json!({ "valid": false });
        }
        let mut all = Map::new();
        all.insert("valid".to_owned(), true.into());
        all.insert("army".to_owned(), "air".into());
        all.insert("type".to_owned(), "simulated_fighter".into());
        for (name, value) in [
            ("speed", self.tas_kmh / 3.6),
            ("stick_ailerons", self.roll_deg / 200.0),
            ("vario", self.climb_m_s),
            ("altitude_hour", self.altitude_m),
            ("altitude_min", self.altitude_m % 1000.0),
            ("aviahorizon_roll", -self.roll_deg),
            ("aviahorizon_pitch", -self.climb_m_s / 4.0),
            ("compass", self.heading_deg),
            ("clock_min", (self.time_s / 60.0).floor()),
            ("clock_sec", (self.time_s % 60.0).floor()),
            ("fuel", self.fuel_kg),
            ("throttle", self.throttle() / 100.0),
        ] {
            all.insert(name.to_owned(), places(value, 6));
        }
        if !self.is_flying() {
            all.insert("gears_lamp".to_owned(), 1.0.into());
        }
        Value::Object(all)
    }

    fn map(&self) -> Value {
        if !self.is_in_aircraft() {
            return json!([]);
        }
        let heading = self.heading_deg.to_radians();
        json!([
            { "type": "airfield", "color": "#185AFF", "blink": 0, "icon": "none", "sx": 0.5, "sy": 0.5, "ex": 0.5, "ey": 0.48 },
            { "type": "aircraft", "color": "#faC81E", "blink": 0, "icon": "Player",
              "x": places((self.east_m / HALF_MAP_M + 1.0) / 2.0, 6),
              "y": places((1.0 - self.north_m / HALF_MAP_M) / 2.0, 6),
              "dx": places(heading.sin(), 6), "dy": places(-heading.cos(), 6) }
        ])
    }

    fn mission(&self) -> Value {
        let status = if self.time_s < TOUCH_S { "in_progress" } else { "completed" };
        json!({
            "objectives": [{ "primary": true, "status": status, "text": "Take off, and land again" }],
            "status": "running"
        })
    }

    /// Losses with a number above that of `lastDmg` in the query.
    fn hudmsg(&self, query: &str) -> Value {
        let last = query.split('&').find_map(|part| part.strip_prefix("lastDmg=")?.parse::<usize>().ok());
        let damage = self.losses.iter().zip(1_usize..).filter(|(_, id)| *id > last.unwrap_or(0));
        let damage = damage
            .map(|(text, id)| json!({ "id": id, "msg": text, "sender": "", "enemy": false, "mode": "" }));
        json!({ "events": [], "damage": damage.collect::<Vec<_>>() })
    }
}

/// A number without places, as the game writes it.
fn whole(value: f64) -> Value {
    format!("{value:.0}").parse::<i64>().map_or(Value::Null, Value::from)
}

/// A number rounded to `places`.
fn places(value: f64, places: usize) -> Value {
    format!("{value:.places$}").parse::<f64>().map_or(Value::Null, Value::from)
}

impl Simulator for FlightSimulator {
    fn step(&mut self, seconds: f64) {
        let mut left = seconds;
        while left > 0.0 {
            self.fly(left.min(0.05));
            left -= 0.05;
        }
    }

    fn answer(&self, path: &str) -> Option<String> {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let (low, high) = ([-HALF_MAP_M; 2], [HALF_MAP_M; 2]);
        let answer = match path {
            "/state" => self.state(),
            "/indicators" => self.indicators(),
            "/map_obj.json" => self.map(),
            "/map_info.json" => json!({
                "valid": true, "map_generation": self.flights, "grid_steps": [3250.0, 3250.0],
                "grid_zero": [-HALF_MAP_M, HALF_MAP_M], "map_min": low, "map_max": high
            }),
            "/mission.json" => self.mission(),
            "/hudmsg" => self.hudmsg(query),
            "/gamechat" => json!([]),
            _ => return None,
        };
        Some(answer.to_string())
    }

    fn hz(&self) -> f64 {
        20.0
    }

    fn status(&self) -> String {
        let (altitude, speed) = (self.altitude_m, self.tas_kmh);
        format!("flight {}, {:.0} s, {altitude:.0} m, {speed:.0} km/h", self.flights, self.time_s)
    }
}
