//! Who takes part: the packet with id 4, every 5 seconds.
//!
//! Names are the drivers', or the players' online names where those may be shown. Which driver, team and nationality a
//! number means differs by year: the labels are in [`schema`](crate::f1::schema).

use gametelemetry::{Utf8, telemetry};

use super::header::{Header22, Header23};

/// A colour.
#[telemetry(size = 3, reference = "Data Output from F1 25 Game, Participants Packet")]
pub struct LiveryColour {
    /// Red, 0 to 255.
    red: u8,
    /// Green, 0 to 255.
    green: u8,
    /// Blue, 0 to 255.
    blue: u8,
}

/// One participant in format 2022.
#[telemetry(size = 56, reference = "Data Output from F1 22 Game, Participants Packet")]
pub struct Participant22 {
    /// The computer drives.
    #[field(flag)]
    ai_controlled: u8,
    /// The driver; 255 for a player of a network game.
    driver_id: u8,
    /// Names the player in a network game.
    network_id: u8,
    /// The team.
    team_id: u8,
    /// The car is of the player's own team.
    #[field(flag)]
    my_team: u8,
    /// Number on the car.
    race_number: u8,
    /// Nationality of the driver.
    nationality: u8,
    /// Name; ends with an ellipsis when it is too long.
    #[field(personal)]
    name: Utf8<48>,
    /// Whether others may see the car's telemetry; what they may not is 0.
    #[field(labels(0 = "restricted", 1 = "public"))]
    your_telemetry: u8,
}

/// One participant in format 2023.
#[telemetry(size = 58, reference = "Data Output from F1 23 Game, Participants Packet")]
pub struct Participant23 {
    /// The computer drives.
    #[field(flag)]
    ai_controlled: u8,
    /// The driver; 255 for a player of a network game.
    driver_id: u8,
    /// Names the player in a network game.
    network_id: u8,
    /// The team.
    team_id: u8,
    /// The car is of the player's own team.
    #[field(flag)]
    my_team: u8,
    /// Number on the car.
    race_number: u8,
    /// Nationality of the driver.
    nationality: u8,
    /// Name; ends with an ellipsis when it is too long.
    #[field(personal)]
    name: Utf8<48>,
    /// Whether others may see the car's telemetry; what they may not is 0.
    #[field(labels(0 = "restricted", 1 = "public"))]
    your_telemetry: u8,
    /// The player's online name may be shown.
    #[field(flag)]
    show_online_names: u8,
    /// Where the player plays.
    #[field(labels(1 = "Steam", 3 = "PlayStation", 4 = "Xbox", 6 = "Origin", 255 = "unknown"))]
    platform: u8,
}

/// One participant in format 2024.
#[telemetry(size = 60, reference = "Data Output from F1 24 Game, Participants Packet")]
pub struct Participant24 {
    /// The computer drives.
    #[field(flag)]
    ai_controlled: u8,
    /// The driver; 255 for a player of a network game.
    driver_id: u8,
    /// Names the player in a network game.
    network_id: u8,
    /// The team.
    team_id: u8,
    /// The car is of the player's own team.
    #[field(flag)]
    my_team: u8,
    /// Number on the car.
    race_number: u8,
    /// Nationality of the driver.
    nationality: u8,
    /// Name; ends with an ellipsis when it is too long.
    #[field(personal)]
    name: Utf8<48>,
    /// Whether others may see the car's telemetry; what they may not is 0.
    #[field(labels(0 = "restricted", 1 = "public"))]
    your_telemetry: u8,
    /// The player's online name may be shown.
    #[field(flag)]
    show_online_names: u8,
    /// The car's level in F1 World.
    tech_level: u16,
    /// Where the player plays.
    #[field(labels(1 = "Steam", 3 = "PlayStation", 4 = "Xbox", 6 = "Origin", 255 = "unknown"))]
    platform: u8,
}

/// One participant in format 2025.
#[telemetry(size = 57, reference = "Data Output from F1 25 Game, Participants Packet")]
pub struct Participant25 {
    /// The computer drives.
    #[field(flag)]
    ai_controlled: u8,
    /// The driver; 255 for a player of a network game.
    driver_id: u8,
    /// Names the player in a network game.
    network_id: u8,
    /// The team.
    team_id: u8,
    /// The car is of the player's own team.
    #[field(flag)]
    my_team: u8,
    /// Number on the car.
    race_number: u8,
    /// Nationality of the driver.
    nationality: u8,
    /// Name; ends with an ellipsis when it is too long.
    #[field(personal)]
    name: Utf8<32>,
    /// Whether others may see the car's telemetry; what they may not is 0.
    #[field(labels(0 = "restricted", 1 = "public"))]
    your_telemetry: u8,
    /// The player's online name may be shown.
    #[field(flag)]
    show_online_names: u8,
    /// The car's level in F1 World.
    tech_level: u16,
    /// Where the player plays.
    #[field(labels(1 = "Steam", 3 = "PlayStation", 4 = "Xbox", 6 = "Origin", 255 = "unknown"))]
    platform: u8,
    /// How many of the colours count.
    num_colours: u8,
    /// Colours of the car.
    #[field(nested)]
    livery_colours: [LiveryColour; 4],
}

/// One participant in format 2026.
#[telemetry(size = 60, reference = "Data Output from F1 25 2026 Season DLC, Participants Packet")]
pub struct Participant26 {
    /// The computer drives.
    #[field(flag)]
    ai_controlled: u8,
    /// The driver; 65535 for a player of a network game.
    driver_id: u16,
    /// Names the player in a network game.
    network_id: u16,
    /// The team.
    team_id: u16,
    /// The car is of the player's own team.
    #[field(flag)]
    my_team: u8,
    /// Number on the car.
    race_number: u8,
    /// Nationality of the driver.
    nationality: u8,
    /// Name; ends with an ellipsis when it is too long.
    #[field(personal)]
    name: Utf8<32>,
    /// Whether others may see the car's telemetry; what they may not is 0.
    #[field(labels(0 = "restricted", 1 = "public"))]
    your_telemetry: u8,
    /// The player's online name may be shown.
    #[field(flag)]
    show_online_names: u8,
    /// The car's level in F1 World.
    tech_level: u16,
    /// Where the player plays.
    #[field(labels(1 = "Steam", 3 = "PlayStation", 4 = "Xbox", 6 = "Origin", 255 = "unknown"))]
    platform: u8,
    /// How many of the colours count.
    num_colours: u8,
    /// Colours of the car.
    #[field(nested)]
    livery_colours: [LiveryColour; 4],
}

/// Format 2022.
#[telemetry(size = 1257, reference = "Data Output from F1 22 Game, Participants Packet")]
pub struct Participants22 {
    /// What every packet begins with.
    #[field(nested)]
    header: Header22,
    /// How many cars are on the track.
    num_active_cars: u8,
    /// The participants, by the index of their car.
    #[field(nested)]
    participants: [Participant22; 22],
}

/// Format 2023.
#[telemetry(size = 1306, reference = "Data Output from F1 23 Game, Participants Packet")]
pub struct Participants23 {
    /// What every packet begins with.
    #[field(nested)]
    header: Header23,
    /// How many cars are on the track.
    num_active_cars: u8,
    /// The participants, by the index of their car.
    #[field(nested)]
    participants: [Participant23; 22],
}

/// Format 2024.
#[telemetry(size = 1350, reference = "Data Output from F1 24 Game, Participants Packet")]
pub struct Participants24 {
    /// What every packet begins with.
    #[field(nested)]
    header: Header23,
    /// How many cars are on the track.
    num_active_cars: u8,
    /// The participants, by the index of their car.
    #[field(nested)]
    participants: [Participant24; 22],
}

/// Format 2025.
#[telemetry(size = 1284, reference = "Data Output from F1 25 Game, Participants Packet")]
pub struct Participants25 {
    /// What every packet begins with.
    #[field(nested)]
    header: Header23,
    /// How many cars are on the track.
    num_active_cars: u8,
    /// The participants, by the index of their car.
    #[field(nested)]
    participants: [Participant25; 22],
}

/// Format 2026.
#[telemetry(size = 1470, reference = "Data Output from F1 25 2026 Season DLC, Participants Packet")]
pub struct Participants26 {
    /// What every packet begins with.
    #[field(nested)]
    header: Header23,
    /// How many cars are on the track.
    num_active_cars: u8,
    /// The participants, by the index of their car.
    #[field(nested)]
    participants: [Participant26; 24],
}
