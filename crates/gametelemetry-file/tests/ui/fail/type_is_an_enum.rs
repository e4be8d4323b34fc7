//! A type that only the compiler knows is refused by a trait; its message comes first.
use gametelemetry_file::telemetry;

#[derive(Clone, Copy, Debug)]
#[repr(u8)]
enum Status {
    Off = 0,
    Live = 2,
}

/// The macro cannot see that `Status` is an enum; the trait can.
#[telemetry(size = 1, crate = gametelemetry_file)]
struct Graphics {
    /// What the game is doing.
    status: Status,
}

fn main() {
    let _ = (Status::Off, Status::Live);
}
