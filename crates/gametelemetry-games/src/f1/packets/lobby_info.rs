//! Who waits in a lobby: the packet with id 9, twice a second while the player is in one.
//!
//! Which team and nationality a number means differs by year: the labels are in [`schema`](crate::f1::schema).

use gametelemetry::{Utf8, telemetry};

use super::header::{Header22, Header23};

/// One player in format 2022.
#[telemetry(size = 53, reference = "Data Output from F1 22 Game, Lobby Info Packet")]
pub struct LobbyPlayer22 {
    /// The computer will drive.
    #[field(flag)]
    ai_controlled: u8,
    /// The team; 255 when none is chosen.
    team_id: u8,
    /// Nationality of the player.
    nationality: u8,
    /// Name; ends with an ellipsis when it is too long.
    #[field(personal)]
    name: Utf8<48>,
    /// Number on the car.
    car_number: u8,
    /// Whether the player is ready.
    #[field(labels(0 = "not ready", 1 = "ready", 2 = "spectating"))]
    ready_status: u8,
}

/// One player in format 2023.
#[telemetry(size = 54, reference = "Data Output from F1 23 Game, Lobby Info Packet")]
pub struct LobbyPlayer23 {
    /// The computer will drive.
    #[field(flag)]
    ai_controlled: u8,
    /// The team; 255 when none is chosen.
    team_id: u8,
    /// Nationality of the player.
    nationality: u8,
    /// Where the player plays.
    #[field(labels(1 = "Steam", 3 = "PlayStation", 4 = "Xbox", 6 = "Origin", 255 = "unknown"))]
    platform: u8,
    /// Name; ends with an ellipsis when it is too long.
    #[field(personal)]
    name: Utf8<48>,
    /// Number on the car.
    car_number: u8,
    /// Whether the player is ready.
    #[field(labels(0 = "not ready", 1 = "ready", 2 = "spectating"))]
    ready_status: u8,
}

/// One player in format 2024.
#[telemetry(size = 58, reference = "Data Output from F1 24 Game, Lobby Info Packet")]
pub struct LobbyPlayer24 {
    /// The computer will drive.
    #[field(flag)]
    ai_controlled: u8,
    /// The team; 255 when none is chosen.
    team_id: u8,
    /// Nationality of the player.
    nationality: u8,
    /// Where the player plays.
    #[field(labels(1 = "Steam", 3 = "PlayStation", 4 = "Xbox", 6 = "Origin", 255 = "unknown"))]
    platform: u8,
    /// Name; ends with an ellipsis when it is too long.
    #[field(personal)]
    name: Utf8<48>,
    /// Number on the car.
    car_number: u8,
    /// Whether others may see the car's telemetry.
    #[field(labels(0 = "restricted", 1 = "public"))]
    your_telemetry: u8,
    /// The player's online name may be shown.
    #[field(flag)]
    show_online_names: u8,
    /// The car's level in F1 World.
    tech_level: u16,
    /// Whether the player is ready.
    #[field(labels(0 = "not ready", 1 = "ready", 2 = "spectating"))]
    ready_status: u8,
}

/// One player in format 2025.
#[telemetry(size = 42, reference = "Data Output from F1 25 Game, Lobby Info Packet")]
pub struct LobbyPlayer25 {
    /// The computer will drive.
    #[field(flag)]
    ai_controlled: u8,
    /// The team; 255 when none is chosen.
    team_id: u8,
    /// Nationality of the player.
    nationality: u8,
    /// Where the player plays.
    #[field(labels(1 = "Steam", 3 = "PlayStation", 4 = "Xbox", 6 = "Origin", 255 = "unknown"))]
    platform: u8,
    /// Name; ends with an ellipsis when it is too long.
    #[field(personal)]
    name: Utf8<32>,
    /// Number on the car.
    car_number: u8,
    /// Whether others may see the car's telemetry.
    #[field(labels(0 = "restricted", 1 = "public"))]
    your_telemetry: u8,
    /// The player's online name may be shown.
    #[field(flag)]
    show_online_names: u8,
    /// The car's level in F1 World.
    tech_level: u16,
    /// Whether the player is ready.
    #[field(labels(0 = "not ready", 1 = "ready", 2 = "spectating"))]
    ready_status: u8,
}

/// One player in format 2026.
#[telemetry(size = 43, reference = "Data Output from F1 25 2026 Season DLC, Lobby Info Packet")]
pub struct LobbyPlayer26 {
    /// The computer will drive.
    #[field(flag)]
    ai_controlled: u8,
    /// The team; 65535 when none is chosen.
    team_id: u16,
    /// Nationality of the player.
    nationality: u8,
    /// Where the player plays.
    #[field(labels(1 = "Steam", 3 = "PlayStation", 4 = "Xbox", 6 = "Origin", 255 = "unknown"))]
    platform: u8,
    /// Name; ends with an ellipsis when it is too long.
    #[field(personal)]
    name: Utf8<32>,
    /// Number on the car.
    car_number: u8,
    /// Whether others may see the car's telemetry.
    #[field(labels(0 = "restricted", 1 = "public"))]
    your_telemetry: u8,
    /// The player's online name may be shown.
    #[field(flag)]
    show_online_names: u8,
    /// The car's level in F1 World.
    tech_level: u16,
    /// Whether the player is ready.
    #[field(labels(0 = "not ready", 1 = "ready", 2 = "spectating"))]
    ready_status: u8,
}

/// Format 2022.
#[telemetry(size = 1191, reference = "Data Output from F1 22 Game, Lobby Info Packet")]
pub struct LobbyInfo22 {
    /// What every packet begins with.
    #[field(nested)]
    header: Header22,
    /// How many players are in the lobby.
    num_players: u8,
    /// The players.
    #[field(nested)]
    players: [LobbyPlayer22; 22],
}

/// Format 2023.
#[telemetry(size = 1218, reference = "Data Output from F1 23 Game, Lobby Info Packet")]
pub struct LobbyInfo23 {
    /// What every packet begins with.
    #[field(nested)]
    header: Header23,
    /// How many players are in the lobby.
    num_players: u8,
    /// The players.
    #[field(nested)]
    players: [LobbyPlayer23; 22],
}

/// Format 2024.
#[telemetry(size = 1306, reference = "Data Output from F1 24 Game, Lobby Info Packet")]
pub struct LobbyInfo24 {
    /// What every packet begins with.
    #[field(nested)]
    header: Header23,
    /// How many players are in the lobby.
    num_players: u8,
    /// The players.
    #[field(nested)]
    players: [LobbyPlayer24; 22],
}

/// Format 2025.
#[telemetry(size = 954, reference = "Data Output from F1 25 Game, Lobby Info Packet")]
pub struct LobbyInfo25 {
    /// What every packet begins with.
    #[field(nested)]
    header: Header23,
    /// How many players are in the lobby.
    num_players: u8,
    /// The players.
    #[field(nested)]
    players: [LobbyPlayer25; 22],
}

/// Format 2026.
#[telemetry(size = 1062, reference = "Data Output from F1 25 2026 Season DLC, Lobby Info Packet")]
pub struct LobbyInfo26 {
    /// What every packet begins with.
    #[field(nested)]
    header: Header23,
    /// How many players are in the lobby.
    num_players: u8,
    /// The players.
    #[field(nested)]
    players: [LobbyPlayer26; 24],
}
