//! The formats that packets come in: one a year of the game.

/// What the player set as UDP format; each packet says it in its first two bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Format {
    /// F1 22.
    F2022,
    /// F1 23.
    F2023,
    /// F1 24.
    F2024,
    /// F1 25.
    F2025,
    /// F1 25 with the 2026 season pack.
    F2026,
}

impl Format {
    /// Every format, the earliest first.
    pub const ALL: [Self; 5] = [Self::F2022, Self::F2023, Self::F2024, Self::F2025, Self::F2026];

    /// The number that packets begin with.
    #[must_use]
    pub const fn year(self) -> u16 {
        match self {
            Self::F2022 => 2022,
            Self::F2023 => 2023,
            Self::F2024 => 2024,
            Self::F2025 => 2025,
            Self::F2026 => 2026,
        }
    }

    /// How many cars a packet has room for.
    #[must_use]
    pub const fn cars(self) -> usize {
        if matches!(self, Self::F2026) { 24 } else { 22 }
    }

    /// Bytes before the packet's id.
    #[must_use]
    pub const fn packet_id_offset(self) -> u32 {
        if matches!(self, Self::F2022) { 5 } else { 6 }
    }

    /// Bytes of the head of a packet.
    #[must_use]
    pub const fn header_size(self) -> u32 {
        if matches!(self, Self::F2022) { 24 } else { 29 }
    }

    /// The field that advances from frame to frame. The 2022 one goes back on a flashback, the later one never does.
    #[must_use]
    pub const fn frame_field(self) -> &'static str {
        if matches!(self, Self::F2022) {
            "header.frame_identifier"
        } else {
            "header.overall_frame_identifier"
        }
    }
}
