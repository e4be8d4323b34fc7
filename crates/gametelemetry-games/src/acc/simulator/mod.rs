//! A simulated ACC: one car drives laps on a circuit of its own, and the three pages say what ACC's would.
//!
//! For the demo, for tests, and for whoever has no game at hand. Pure: no clock, no file, no thread; the same seed
//! and the same steps give the same bytes. Fields that ACC never fills stay 0 here too, except one in each page
//! that carries a checksum (see [`SealedPage`]).
//!
//! It begins in the pit box; the first lap is an out lap, then laps follow that differ by tenths, some of them
//! invalid, with a pit stop when the fuel runs low.
//!
//! ```
//! use gametelemetry_games::acc::simulator::Simulator;
//!
//! let mut game = Simulator::new(7);
//! for _ in 0..3330 {
//!     game.step(0.003);
//! }
//! assert!(game.physics().speed_kmh() > 40.0);
//! ```

mod car;
mod driver;
mod motion;
mod number;
mod pace;
mod pages;
mod seal;
mod timing;
mod track;
mod traffic;
mod wheel;

pub use seal::{SealedPage, checksum, is_whole, seal};

use super::{Combined, Graphics, Physics, Static};
use car::Car;
use driver::{Driver, FULL_KG, PIT_BOX_M, PIT_LANE_M, Phase};
use motion::Pose;
use number::Random;
use pace::Pace;
use timing::Timing;
use track::Track;
use traffic::Rival;

/// The longest piece that is calculated at once; longer steps are cut into such.
const PIECE_S: f64 = 0.005;
/// The longest step.
const LONGEST_S: f64 = 1.0;
/// Time between two graphics pages: 60 a second.
const PICTURE_S: f64 = 1.0 / 60.0;

/// The simulated game.
#[derive(Clone, Debug)]
pub struct Simulator {
    track: Track,
    pace: Pace,
    car: Car,
    driver: Driver,
    timing: Timing,
    rivals: Vec<Rival>,
    pose: Pose,
    now_s: f64,
    picture_s: f64,
    /// From one picture to the next, in s.
    picture_every_s: f64,
    stint_from_m: f64,
    physics: Physics,
    graphics: Graphics,
    static_info: Static,
}

impl Simulator {
    /// A game at the start of its session. Other seeds give other laps and other rivals.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let track = Track::new();
        let pace = Pace::new(&track);
        let in_box = track.nodes().find(|&(at, _)| track.way_m(at) >= PIT_BOX_M);
        let car = Car::standing(in_box.map_or(0.0, |(at, _)| at), PIT_LANE_M, FULL_KG);
        let rivals = traffic::rivals(&track, &pace, &mut random);
        let mut game = Self {
            pose: Pose::new(&track, &car),
            driver: Driver::new(random),
            timing: Timing::new(),
            now_s: 0.0,
            picture_s: 0.0,
            picture_every_s: PICTURE_S,
            stint_from_m: 0.0,
            physics: pages::new_physics(),
            graphics: pages::new_graphics(),
            static_info: pages::static_info(),
            track,
            pace,
            car,
            rivals,
        };
        game.publish_physics(PIECE_S, game.pose);
        game.publish_graphics();
        game
    }

    /// Writes the graphics page with every step, for games whose packets have places that are as new as speeds.
    pub(crate) fn with_a_picture_a_step(mut self) -> Self {
        self.picture_every_s = 0.0;
        self
    }

    /// Lets `dt_seconds` of the game pass, at most 1 s, and writes the pages.
    ///
    /// The physics page is written each time, the graphics page 60 times a second of the game. A step that is not
    /// above 0 does nothing.
    pub fn step(&mut self, dt_seconds: f64) {
        // NaN is not above 0 either.
        let dt_s = if dt_seconds > 0.0 { dt_seconds.min(LONGEST_S) } else { return };
        let before = self.pose;
        let pieces = (dt_s / PIECE_S).ceil();
        let mut left = pieces;
        while left > 0.0 {
            self.advance(dt_s / pieces);
            left -= 1.0;
        }
        self.pose = Pose::new(&self.track, &self.car);
        self.publish_physics(dt_s, before);
        if self.now_s >= self.picture_s {
            self.advance_rivals();
            self.publish_graphics();
        }
    }

    /// One piece of a step.
    fn advance(&mut self, dt_s: f64) {
        let inputs = self.driver.drive(&self.track, &self.pace, &self.car, dt_s);
        self.car.advance(&self.track, inputs, dt_s);
        self.now_s += dt_s;
        if self.car.at >= self.track.end() {
            self.car.at -= self.track.end();
            self.driver.begin_lap(&self.car);
        }
        let in_pit_lane = self.driver.in_pit_lane(&self.track, &self.car);
        self.timing.advance(self.lap_part(), dt_s, in_pit_lane);
        if self.driver.cuts(&self.track, &self.car) {
            self.timing.invalidate();
        }
        if matches!(self.driver.phase, Phase::Box(_)) && self.car.fuel_kg < FULL_KG {
            self.refuel(dt_s);
        }
    }

    /// Fills the tank while the car stands in the box.
    fn refuel(&mut self, dt_s: f64) {
        self.car.fuel_kg = number::towards(self.car.fuel_kg, FULL_KG, 2.0 * dt_s);
        self.stint_from_m = self.car.distance_m;
    }

    fn advance_rivals(&mut self) {
        let dt_s = self.now_s - self.picture_s + self.picture_every_s;
        for rival in &mut self.rivals {
            traffic::advance(rival, &self.track, &self.pace, dt_s);
        }
        self.picture_s = self.now_s + self.picture_every_s;
    }

    /// Where the car is in the lap, 0 to 1.
    fn lap_part(&self) -> f64 {
        self.track.way_m(self.car.at) / self.track.length_m()
    }

    /// The physics page of the last step.
    #[must_use]
    pub fn physics(&self) -> &Physics {
        &self.physics
    }

    /// The graphics page, up to 1/60 s old.
    #[must_use]
    pub fn graphics(&self) -> &Graphics {
        &self.graphics
    }

    /// The static page; never changes.
    #[must_use]
    pub fn static_info(&self) -> &Static {
        &self.static_info
    }

    /// The three pages as one frame.
    #[must_use]
    pub fn combined(&self) -> Combined {
        Combined::new(&self.physics, &self.graphics, &self.static_info)
    }

    /// Length of a lap on the centre line, in metres.
    #[must_use]
    pub fn track_length_m(&self) -> f64 {
        self.track.length_m()
    }

    /// Load on each wheel, FL FR RL RR, in N: known to the simulator, although ACC never fills the field.
    #[must_use]
    pub fn wheel_loads_n(&self) -> [f64; 4] {
        self.car.wheels.map(|wheel| wheel.load_n)
    }
}
