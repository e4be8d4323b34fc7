//! The head of every packet: what tells kinds apart, and when and of which car the packet speaks.

use gametelemetry::telemetry;

/// The head of a packet of format 2022.
#[telemetry(size = 24, reference = "Data Output from F1 22 Game, Packet Header")]
pub struct Header22 {
    /// The format of the packet: 2022.
    packet_format: u16,
    /// The game's version before the point.
    game_major_version: u8,
    /// The game's version behind the point.
    game_minor_version: u8,
    /// Version of this kind of packet; all begin at 1.
    packet_version: u8,
    /// The kind of packet.
    packet_id: u8,
    /// Names the session; 0 in menus.
    session_uid: u64,
    /// Time since the session began; goes back on a flashback.
    #[field(unit = "s")]
    session_time_s: f32,
    /// Counts the game's frames; goes back on a flashback.
    frame_identifier: u32,
    /// Which of the cars is the player's; 255 when none is.
    player_car_index: u8,
    /// Which of the cars is the second player's (split screen); 255 when there is none.
    secondary_player_car_index: u8,
}

/// The head of a packet of format 2023 and later.
#[telemetry(size = 29, reference = "Data Output from F1 25 Game, Packet Header")]
pub struct Header23 {
    /// The format of the packet, as 2025; the game also sends the formats of the two years before.
    packet_format: u16,
    /// Last two digits of the game's year, as 25.
    game_year: u8,
    /// The game's version before the point.
    game_major_version: u8,
    /// The game's version behind the point.
    game_minor_version: u8,
    /// Version of this kind of packet; all begin at 1.
    packet_version: u8,
    /// The kind of packet.
    packet_id: u8,
    /// Names the session; 0 in menus.
    session_uid: u64,
    /// Time since the session began; goes back on a flashback.
    #[field(unit = "s")]
    session_time_s: f32,
    /// Counts the game's frames; goes back on a flashback.
    frame_identifier: u32,
    /// Counts the game's frames; never goes back.
    overall_frame_identifier: u32,
    /// Which of the cars is the player's; 255 when none is.
    player_car_index: u8,
    /// Which of the cars is the second player's (split screen); 255 when there is none.
    secondary_player_car_index: u8,
}
