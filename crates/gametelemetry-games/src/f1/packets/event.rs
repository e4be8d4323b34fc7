//! What happens in a session: the packet with id 3, when it happens.
//!
//! A code of four letters says what, and twelve bytes behind it say more; what they are depends on the code. The
//! packet as a whole is [`Event22`] or [`Event23`], the details of each code are a struct of their own, and
//! [`details`] turns the one into the other. In the schema each code is a kind of its own, with its details decoded.

use gametelemetry::{FrameSizeMismatch, PackedFrame, Utf8, telemetry};

use super::header::{Header22, Header23};

/// An event in format 2022.
#[telemetry(size = 40, reference = "Data Output from F1 22 Game, Event Packet")]
pub struct Event22 {
    /// What every packet begins with.
    #[field(nested)]
    header: Header22,
    /// What happened, as `FTLP`.
    event_code: Utf8<4>,
    /// More about it; see [`details`].
    details: [u8; 12],
}

/// An event in format 2023 and later.
#[telemetry(size = 45, reference = "Data Output from F1 25 Game, Event Packet")]
pub struct Event23 {
    /// What every packet begins with.
    #[field(nested)]
    header: Header23,
    /// What happened, as `FTLP`.
    event_code: Utf8<4>,
    /// More about it; see [`details`].
    details: [u8; 12],
}

/// The details of an event as the struct of its code.
///
/// ```
/// use gametelemetry_games::f1::event;
///
/// let bytes = [100, 0, 0, 0, 0, 0, 0x20, 0x41, 0, 0, 0, 0];
/// let flashback: event::Flashback = event::details(&bytes)?;
/// assert_eq!(flashback.flashback_frame_identifier(), 100);
/// assert_eq!(flashback.flashback_session_time_s(), 10.0);
/// # Ok::<(), gametelemetry::FrameSizeMismatch>(())
/// ```
///
/// # Errors
/// When `D` is longer than the details of any event are.
pub fn details<D: PackedFrame>(details: &[u8; 12]) -> Result<D, FrameSizeMismatch> {
    D::view(details.get(..size_of::<D>()).unwrap_or(details)).copied()
}

/// `FTLP`: a car drove the fastest lap so far.
#[telemetry(size = 5, reference = "Data Output from F1 25 Game, Event Packet")]
pub struct FastestLap {
    /// The car.
    vehicle_index: u8,
    /// Time of the lap.
    #[field(unit = "s")]
    lap_time_s: f32,
}

/// `RTMT` up to 2024, `TMPT`, `RCWN` and `DTSV`: something about one car, which the code says.
#[telemetry(size = 1, reference = "Data Output from F1 25 Game, Event Packet")]
pub struct Vehicle {
    /// The car: the one that retired, the team mate's in the pits, the winner's, or the one that served a
    /// drive-through penalty.
    vehicle_index: u8,
}

/// `RTMT` from 2025 on: a car retired.
#[telemetry(size = 2, reference = "Data Output from F1 25 Game, Event Packet")]
pub struct Retirement {
    /// The car.
    vehicle_index: u8,
    /// Why.
    #[field(labels(
        0 = "invalid",
        1 = "retired",
        2 = "finished",
        3 = "terminal damage",
        4 = "inactive",
        5 = "not enough laps completed",
        6 = "black flagged",
        7 = "red flagged",
        8 = "mechanical failure",
        9 = "session skipped",
        10 = "session simulated"
    ))]
    reason: u8,
}

/// `DRSD` from 2025 on: DRS may no longer be used.
#[telemetry(size = 1, reference = "Data Output from F1 25 Game, Event Packet")]
pub struct DrsDisabled {
    /// Why.
    #[field(labels(0 = "wet track", 1 = "safety car deployed", 2 = "red flag", 3 = "minimum lap not reached"))]
    reason: u8,
}

/// `PENA`: a penalty or a warning was given.
#[telemetry(size = 7, reference = "Data Output from F1 25 Game, Event Packet and Appendices")]
pub struct Penalty {
    /// What was given.
    #[field(labels(
        0 = "drive through",
        1 = "stop go",
        2 = "grid penalty",
        3 = "penalty reminder",
        4 = "time penalty",
        5 = "warning",
        6 = "disqualified",
        7 = "removed from formation lap",
        8 = "parked too long timer",
        9 = "tyre regulations",
        10 = "this lap invalidated",
        11 = "this and next lap invalidated",
        12 = "this lap invalidated without reason",
        13 = "this and next lap invalidated without reason",
        14 = "this and previous lap invalidated",
        15 = "this and previous lap invalidated without reason",
        16 = "retired",
        17 = "black flag timer"
    ))]
    penalty_type: u8,
    /// For what.
    #[field(labels(
        0 = "blocking by slow driving",
        1 = "blocking by wrong way driving",
        2 = "reversing off the start line",
        3 = "big collision",
        4 = "small collision",
        5 = "collision failed to hand back position single",
        6 = "collision failed to hand back position multiple",
        7 = "corner cutting gained time",
        8 = "corner cutting overtake single",
        9 = "corner cutting overtake multiple",
        10 = "crossed pit exit lane",
        11 = "ignoring blue flags",
        12 = "ignoring yellow flags",
        13 = "ignoring drive through",
        14 = "too many drive throughs",
        15 = "drive through reminder serve within n laps",
        16 = "drive through reminder serve this lap",
        17 = "pit lane speeding",
        18 = "parked for too long",
        19 = "ignoring tyre regulations",
        20 = "too many penalties",
        21 = "multiple warnings",
        22 = "approaching disqualification",
        23 = "tyre regulations select single",
        24 = "tyre regulations select multiple",
        25 = "lap invalidated corner cutting",
        26 = "lap invalidated running wide",
        27 = "corner cutting ran wide gained time minor",
        28 = "corner cutting ran wide gained time significant",
        29 = "corner cutting ran wide gained time extreme",
        30 = "lap invalidated wall riding",
        31 = "lap invalidated flashback used",
        32 = "lap invalidated reset to track",
        33 = "blocking the pit lane",
        34 = "jump start",
        35 = "safety car to car collision",
        36 = "safety car illegal overtake",
        37 = "safety car exceeding allowed pace",
        38 = "virtual safety car exceeding allowed pace",
        39 = "formation lap below allowed speed",
        40 = "formation lap parking",
        41 = "retired mechanical failure",
        42 = "retired terminally damaged",
        43 = "safety car falling too far back",
        44 = "black flag timer",
        45 = "unserved stop go penalty",
        46 = "unserved drive through penalty",
        47 = "engine component change",
        48 = "gearbox change",
        49 = "parc fermé change",
        50 = "league grid penalty",
        51 = "retry penalty",
        52 = "illegal time gain",
        53 = "mandatory pitstop",
        54 = "attribute assigned"
    ))]
    infringement_type: u8,
    /// The car that is punished.
    vehicle_index: u8,
    /// The other car involved; 255 when there is none.
    other_vehicle_index: u8,
    /// Time gained, or time spent on it; 255 when there is none.
    #[field(unit = "s")]
    time_s: u8,
    /// The lap on which it happened.
    lap_num: u8,
    /// Places gained by it.
    places_gained: u8,
}

/// `SPTP`: a car was faster at the speed trap than before.
#[telemetry(size = 12, reference = "Data Output from F1 25 Game, Event Packet")]
pub struct SpeedTrap {
    /// The car.
    vehicle_index: u8,
    /// Its speed.
    #[field(unit = "km/h")]
    speed_kmh: f32,
    /// It is the greatest speed of the session.
    #[field(flag)]
    is_overall_fastest_in_session: u8,
    /// It is the driver's greatest speed in the session.
    #[field(flag)]
    is_driver_fastest_in_session: u8,
    /// The car that was fastest in the session.
    fastest_vehicle_index_in_session: u8,
    /// The greatest speed in the session.
    #[field(unit = "km/h")]
    fastest_speed_in_session_kmh: f32,
}

/// `STLG`: the start lights changed.
#[telemetry(size = 1, reference = "Data Output from F1 25 Game, Event Packet")]
pub struct StartLights {
    /// Lights that are on.
    num_lights: u8,
}

/// `SGSV` from 2025 on: a stop-and-go penalty was served.
#[telemetry(size = 5, reference = "Data Output from F1 25 Game, Event Packet")]
pub struct StopGoServed {
    /// The car.
    vehicle_index: u8,
    /// How long it stopped.
    #[field(unit = "s")]
    stop_time_s: f32,
}

/// `FLBK`: the player went back in time; what was driven after that moment no longer counts.
#[telemetry(size = 8, reference = "Data Output from F1 25 Game, Event Packet")]
pub struct Flashback {
    /// The frame gone back to.
    flashback_frame_identifier: u32,
    /// The session's time gone back to.
    #[field(unit = "s")]
    flashback_session_time_s: f32,
}

/// `BUTN`: the player pressed or released buttons.
#[telemetry(size = 4, reference = "Data Output from F1 25 Game, Event Packet")]
pub struct Buttons {
    /// A bit for each button that is held; which is which stands in [`BUTTONS`].
    button_status: u32,
}

/// `OVTK`, from 2023 on: a car overtook another.
#[telemetry(size = 2, reference = "Data Output from F1 25 Game, Event Packet")]
pub struct Overtake {
    /// The car that is now in front.
    overtaking_vehicle_index: u8,
    /// The car that is now behind.
    being_overtaken_vehicle_index: u8,
}

/// `SCAR`, from 2024 on: something about the safety car.
#[telemetry(size = 2, reference = "Data Output from F1 25 Game, Event Packet")]
pub struct SafetyCar {
    /// Which safety car.
    #[field(labels(0 = "none", 1 = "full", 2 = "virtual", 3 = "formation lap"))]
    safety_car_type: u8,
    /// What it did.
    #[field(labels(0 = "deployed", 1 = "returning", 2 = "returned", 3 = "resume race"))]
    event_type: u8,
}

/// `COLL`, from 2024 on: two cars touched.
#[telemetry(size = 2, reference = "Data Output from F1 25 Game, Event Packet")]
pub struct Collision24 {
    /// The one car.
    vehicle1_index: u8,
    /// The other.
    vehicle2_index: u8,
}

/// `COLL` in format 2026: two cars touched.
#[telemetry(size = 3, reference = "Data Output from F1 25 2026 Season DLC, Event Packet")]
pub struct Collision26 {
    /// The one car.
    vehicle1_index: u8,
    /// The other.
    vehicle2_index: u8,
    /// How hard.
    #[field(labels(0 = "low", 1 = "medium", 2 = "high"))]
    severity: u8,
}

/// The buttons of [`Buttons`], the lowest bit first.
pub const BUTTONS: [&str; 32] = [
    "cross_or_a",
    "triangle_or_y",
    "circle_or_b",
    "square_or_x",
    "dpad_left",
    "dpad_right",
    "dpad_up",
    "dpad_down",
    "options_or_menu",
    "l1_or_lb",
    "r1_or_rb",
    "l2_or_lt",
    "r2_or_rt",
    "left_stick_click",
    "right_stick_click",
    "right_stick_left",
    "right_stick_right",
    "right_stick_up",
    "right_stick_down",
    "special",
    "udp_action_1",
    "udp_action_2",
    "udp_action_3",
    "udp_action_4",
    "udp_action_5",
    "udp_action_6",
    "udp_action_7",
    "udp_action_8",
    "udp_action_9",
    "udp_action_10",
    "udp_action_11",
    "udp_action_12",
];
