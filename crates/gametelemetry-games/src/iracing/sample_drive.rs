//! The drive in the sample `.ibt`: a car on an oval, crossing the line after five seconds.
//!
//! All values follow from `SessionTime`, by additions and multiplications only: sine and cosine differ in their last
//! bit between systems, and the sample must not. Two habits of the game are kept, because importers trip over
//! them: the last lap's time appears 1.5 s after the line, and a released clutch is 1.

use super::simulator::{IbtSignal, IbtVariable};

/// `SessionTime` of the first row, in seconds: five seconds before the line.
pub(super) const START_TIME_S: f64 = LAP_TIME_S - 5.0;

const LAP_TIME_S: f64 = 90.0;
const LAP_LENGTH_M: f64 = 5000.0;
const MEAN_SPEED_M_S: f64 = LAP_LENGTH_M / LAP_TIME_S;
/// By how much of the mean speed the speed swings around it.
const SWING: f64 = 0.3;
const LAST_LAP_DELAY_S: f64 = 1.5;

/// Session information as the game writes it, in Windows-1252, with the names that break YAML parsers.
pub(super) const SESSION_INFO: &[u8] = b"---
WeekendInfo:
 TrackName: sample oval
 TrackID: 1
 TrackLength: 5.0000 km
 TrackDisplayName: Sample Oval
 TrackConfigName: Full
 EventType: Test
 BuildVersion: 2025.11.18.02

SessionInfo:
 CurrentSessionNum: 0
 Sessions:
 - SessionNum: 0
   SessionType: Offline Testing

DriverInfo:
 DriverCarIdx: 2
 DriverSetupName: - fast, \"safe\"? #1.sto
 Drivers:
 - CarIdx: 0
   UserName: Pace Car
   CarScreenName: safety car
 - CarIdx: 1
   UserName: @home: \"The \xc9lan\"
   TeamName: #1 ? -
   CarScreenName: Dallara
 - CarIdx: 2
   UserName: Jos\xe9 M\xfcller \x96 2nd
   TeamName: - \xc3\xa9quipe \xe9quipe
   CarScreenName: Sample GT
   CarNumber: \"07\"

SplitTimeInfo:
 Sectors:
 - SectorNum: 0
   SectorStartPct: 0.000000
 - SectorNum: 1
   SectorStartPct: 0.400000
 - SectorNum: 2
   SectorStartPct: 0.750000

...
\0\0\0\0\0\0\0\0";

/// The variables of the drive; a real file has about 280, these are those that channels and tests look at.
pub(super) fn variables() -> Vec<IbtVariable> {
    let mut variables = time_and_lap();
    variables.extend(driver());
    variables.extend(motion());
    variables.extend(car());
    variables
}

fn time_and_lap() -> Vec<IbtVariable> {
    vec![
        double("SessionTime", "s", "Seconds since session start", |t| t),
        IbtVariable::new("SessionTick", IbtSignal::Int(|t| whole(t * 60.0)))
            .description("Current update number"),
        IbtVariable::new("SessionFlags", IbtSignal::Bits(|_| 0x1004_0000)).unit("irsdk_Flags"),
        IbtVariable::new("IsOnTrack", IbtSignal::Bool(|_| true)),
        IbtVariable::new("OnPitRoad", IbtSignal::Bool(|_| false)),
        IbtVariable::new("PlayerCarInPitStall", IbtSignal::Bool(|_| false)),
        IbtVariable::new("PlayerCarPosition", IbtSignal::Int(|_| 1)),
        IbtVariable::new("Lap", IbtSignal::Int(|t| laps(t) + 1)).description("Laps started count"),
        IbtVariable::new("LapCompleted", IbtSignal::Int(laps)).description("Laps completed count"),
        float("LapDist", "m", "Meters traveled from S/F this lap", |t| lap_share(t) * LAP_LENGTH_M),
        float("LapDistPct", "%", "Percentage distance around lap", lap_share),
        float("LapCurrentLapTime", "s", "Estimate of players current lap time", |t| phase(t) * LAP_TIME_S),
        float("LapLastLapTime", "s", "Players last lap time", last_lap_time),
        float("LapBestLapTime", "s", "Players best lap time", last_lap_time),
    ]
}

fn driver() -> Vec<IbtVariable> {
    vec![
        float("Throttle", "%", "0=off throttle to 1=full throttle", |t| wave(phase(t) + 0.25).max(0.0)),
        float("Brake", "%", "0=brake released to 1=max pedal force", |t| (-wave(phase(t) + 0.25)).max(0.0)),
        float("Clutch", "%", "0=disengaged to 1=fully engaged", |_| 1.0),
        float("SteeringWheelAngle", "rad", "Steering wheel angle", steer),
        float("SteeringWheelTorque_ST", "N*m", "Output torque on steering shaft at 360 Hz", torque)
            .samples(6),
        float("SteeringWheelTorque", "N*m", "Output torque on steering shaft", torque),
        IbtVariable::new("Gear", IbtSignal::Int(|t| whole(speed(t) / 15.0) + 1)),
        float("RPM", "revs/min", "Engine rpm", |t| 3000.0 + (speed(t) / 15.0).fract() * 4000.0),
    ]
}

fn motion() -> Vec<IbtVariable> {
    vec![
        float("Speed", "m/s", "GPS vehicle speed", speed),
        float("VelocityX", "m/s", "X velocity", speed),
        float("LongAccel", "m/s^2", "Longitudinal acceleration (including gravity)", acceleration),
        float("LatAccel", "m/s^2", "Lateral acceleration (including gravity)", |t| speed(t) * yaw_rate(t)),
        float("VertAccel", "m/s^2", "Vertical acceleration (including gravity)", |_| 9.80665),
        float("YawRate", "rad/s", "Yaw rate", yaw_rate),
        double("Lat", "deg", "Latitude in decimal degrees", |t| 50.0 + 0.007 * wave(lap_share(t) + 0.25)),
        double("Lon", "deg", "Longitude in decimal degrees", |t| 7.0 - 0.011 * wave(lap_share(t))),
        float("Alt", "m", "Altitude in meters", |t| 400.0 + 10.0 * wave(lap_share(t))),
    ]
}

fn car() -> Vec<IbtVariable> {
    vec![
        float("FuelLevel", "l", "Liters of fuel remaining", |t| 60.0 - t * 0.02),
        float("WaterTemp", *b"\xb0C", "Engine coolant temp", |_| 82.5),
        float("LFpressure", "kPa", "LF tire pressure", |_| 175.5),
        float("LFtempM", "C", "LF tire middle surface temperature", |t| 75.0 + 5.0 * wave(phase(t))),
        float("LFwearM", "%", "LF tire middle percent tread remaining", |_| 0.75),
        float("AirTemp", "C", "Temperature of air at start/finish line", |_| 24.5),
        float("TrackTempCrew", "C", "Temperature of track measured by crew around track", |_| 31.25),
        IbtVariable::new("CarCode", IbtSignal::Char(b"Caf\xe9\0\0".to_vec())).description("A text variable"),
    ]
}

fn float(name: &str, unit: impl Into<Vec<u8>>, description: &str, value: fn(f64) -> f64) -> IbtVariable {
    IbtVariable::new(name, IbtSignal::Float(value)).unit(unit).description(description)
}

fn double(name: &str, unit: &str, description: &str, value: fn(f64) -> f64) -> IbtVariable {
    IbtVariable::new(name, IbtSignal::Double(value)).unit(unit).description(description)
}

/// A wave like a sine, made of parabolas: period 1, from -1 to 1, rising through 0 at 0.
fn wave(turns: f64) -> f64 {
    let turns = turns - turns.floor();
    if turns < 0.5 { 16.0 * turns * (0.5 - turns) } else { -16.0 * (turns - 0.5) * (1.0 - turns) }
}

/// The integral of [`wave`] from 0 to `turns`, for 0 to 1: 0 at both ends.
fn wave_integral(turns: f64) -> f64 {
    let half = |turns: f64| 16.0 * (turns * turns / 4.0 - turns * turns * turns / 3.0);
    if turns < 0.5 { half(turns) } else { 1.0 / 3.0 - half(turns - 0.5) }
}

/// The slope of [`wave`].
fn wave_slope(turns: f64) -> f64 {
    let turns = turns - turns.floor();
    if turns < 0.5 { 8.0 - 32.0 * turns } else { 32.0 * turns - 24.0 }
}

/// The share of the lap's time that has passed, from 0 to 1.
fn phase(time_s: f64) -> f64 {
    (time_s / LAP_TIME_S) - (time_s / LAP_TIME_S).floor()
}

/// The share of the lap's length that is driven, from 0 to 1: the integral of [`speed`].
fn lap_share(time_s: f64) -> f64 {
    phase(time_s) + SWING * wave_integral(phase(time_s))
}

fn laps(time_s: f64) -> i32 {
    whole((time_s / LAP_TIME_S).floor())
}

fn last_lap_time(time_s: f64) -> f64 {
    if time_s < LAP_TIME_S + LAST_LAP_DELAY_S { -1.0 } else { LAP_TIME_S }
}

fn speed(time_s: f64) -> f64 {
    MEAN_SPEED_M_S * (1.0 + SWING * wave(phase(time_s)))
}

fn acceleration(time_s: f64) -> f64 {
    MEAN_SPEED_M_S * SWING * wave_slope(phase(time_s)) / LAP_TIME_S
}

/// An oval driven anticlockwise: always left, more so in the two turns.
fn yaw_rate(time_s: f64) -> f64 {
    0.07 * (1.0 - wave(2.0 * lap_share(time_s) + 0.25))
}

fn steer(time_s: f64) -> f64 {
    10.0 * yaw_rate(time_s)
}

/// The wheel shakes at 20 Hz, so that 360 Hz samples differ within a row.
fn torque(time_s: f64) -> f64 {
    4.0 * steer(time_s) + 0.5 * wave(20.0 * time_s)
}

/// The nearest whole number towards 0.
fn whole(value: f64) -> i32 {
    #[expect(clippy::cast_possible_truncation, reason = "the drive's own numbers; the cast saturates")]
    let whole = value as i32;
    whole
}

/// The nearest 32-bit number.
pub(super) fn single(value: f64) -> f32 {
    #[expect(clippy::cast_possible_truncation, reason = "the file's kind has no more digits")]
    let single = value as f32;
    single
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_drive_is_consistent_in_itself() {
        let step_s = 1e-4;
        for tenth in 1..899 {
            let time_s = f64::from(tenth) * 0.1;
            let slope =
                |value: fn(f64) -> f64| (value(time_s + step_s) - value(time_s - step_s)) / (2.0 * step_s);
            assert!((slope(lap_share) * LAP_LENGTH_M - speed(time_s)).abs() < 1e-3, "at {time_s}");
            assert!((slope(speed) - acceleration(time_s)).abs() < 1e-3, "at {time_s}");
        }
    }

    #[test]
    fn the_line_is_crossed_after_five_seconds() {
        assert_eq!((laps(START_TIME_S), laps(START_TIME_S + 4.999), laps(START_TIME_S + 5.0)), (0, 0, 1));
        assert_eq!((last_lap_time(91.4), last_lap_time(91.6)), (-1.0, LAP_TIME_S));
    }
}
