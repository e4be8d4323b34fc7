//! Only structs with named fields are frames.
use gametelemetry_file::telemetry;

#[telemetry(size = 4, crate = gametelemetry_file)]
struct Tuple(i32);

#[telemetry(size = 4, crate = gametelemetry_file)]
struct Unit;

#[telemetry(size = 1, crate = gametelemetry_file)]
enum Status {
    Off,
}

#[telemetry(size = 4, crate = gametelemetry_file)]
union Either {
    a: i32,
    b: f32,
}

#[telemetry(size = 4, crate = gametelemetry_file)]
fn main() {}
