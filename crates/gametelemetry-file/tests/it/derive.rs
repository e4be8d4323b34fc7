//! `#[telemetry]`: what it makes of a struct, and what it says of a wrong one.

use gametelemetry_file::{
    Field, FieldKind, FrameSize, PackedFrame, Telemetry, Utf8, Utf16, Value, telemetry,
};

/// A wheel of the car.
#[telemetry(size = 5, version = "2", crate = gametelemetry_file)]
pub(crate) struct Wheel {
    /// Pressure of the tyre.
    #[field(unit = "kPa")]
    pressure_kpa: f32,
    /// Tyre is off the rim.
    #[field(flag)]
    detached: u8,
}

/// What the physics step says of the player's car.
///
/// The number of bytes is odd on purpose: a packed struct has no padding.
#[telemetry(
    size = 871,
    version = "1.8.12",
    counter = packet_id,
    reference = "ACC Shared Memory Documentation 1.8.12",
    crate = gametelemetry_file
)]
pub(crate) struct Physics {
    /// Index of the current step.
    packet_id: i32,
    /// Speed of the car,
    /// over ground.
    ///
    /// Never negative.
    #[field(unit = "km/h")]
    speed_kmh: f32,
    /// Kind of the session.
    r#type: u8,
    /// Pit limiter is on.
    #[field(flag)]
    pit_limiter_on: i32,
    /// Lights that are on: low, high, rain.
    #[field(flag)]
    lights: [u8; 3],
    /// What the game is doing.
    #[field(labels(-1 = "gone", 0 = "off", 2 = "live"))]
    status: i16,
    /// Places of all cars, x y z.
    #[field(unit = "m")]
    car_coordinates: [[f32; 3]; 60],
    /// The track.
    track: Utf16<33>,
    #[field(skip)]
    reserved: [u8; 3],
    /// Name of the driver.
    driver: Utf8<48>,
    /// A moment of the game's clock.
    #[field(unit = "s")]
    clock_s: f64,
    /// All numbers there are.
    wide: [u64; 1],
}

/// A length that is computed.
const SIDES: usize = 1;

/// A car with frames inside it.
#[telemetry(size = 38, name = "car", counter = physics.count, crate = gametelemetry_file)]
pub(crate) struct Car {
    /// Leads the car.
    first: u8,
    /// The step.
    #[field(nested)]
    physics: Step,
    /// The wheels, by axle, left before right.
    #[field(nested)]
    wheels: [[Wheel; SIDES + 1]; 3],
    /// The spare wheel.
    #[field(skip)]
    _spare: [u8; 3],
}

/// A step of the simulation.
#[telemetry(size = 4, crate = gametelemetry_file)]
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct Step {
    /// Counts.
    count: u32,
}

fn field(schema: &gametelemetry_file::Schema, name: &str) -> Field {
    schema.field(name).unwrap_or_else(|| panic!("no field {name}")).clone()
}

#[test]
fn struct_has_the_stated_size_and_no_padding() {
    assert_eq!(size_of::<Physics>(), 871);
    assert_eq!(align_of::<Physics>(), 1);
    assert_eq!(Physics::schema().size, FrameSize::Fixed(871));
    assert_eq!(size_of::<Car>(), 38);
}

#[test]
fn schema_says_what_the_attribute_says() {
    let schema = Physics::schema();
    schema.check().unwrap();
    assert_eq!(schema.name, "Physics");
    assert_eq!(schema.version, "1.8.12");
    assert_eq!(schema.counter.as_deref(), Some("packet_id"));
    assert_eq!(schema.reference, "ACC Shared Memory Documentation 1.8.12");
    let speed = field(schema, "speed_kmh");
    assert_eq!((speed.kind, speed.offset, speed.count), (FieldKind::F32, 4, 1));
    assert_eq!(speed.unit, "km/h");
    assert_eq!(speed.description, "Speed of the car, over ground. Never negative.");
    let names: Vec<&str> = schema.fields.iter().map(|field| field.name.as_str()).collect();
    let expected =
        "packet_id speed_kmh type pit_limiter_on lights status car_coordinates track driver clock_s wide";
    assert_eq!(names.join(" "), expected);
}

#[test]
fn schema_is_built_once() {
    assert!(std::ptr::eq(Physics::schema(), Physics::schema()));
}

#[test]
fn flags_are_truth_values_as_wide_as_the_integer() {
    let schema = Physics::schema();
    assert_eq!(field(schema, "pit_limiter_on").kind, FieldKind::Bool32);
    let lights = field(schema, "lights");
    assert_eq!((lights.kind, lights.count), (FieldKind::Bool8, 3));
}

#[test]
fn labels_are_kept_in_order() {
    let labels = field(Physics::schema(), "status").labels;
    assert_eq!(labels, [(-1, "gone".to_owned()), (0, "off".to_owned()), (2, "live".to_owned())]);
}

#[test]
fn arrays_keep_their_shape_and_texts_their_length() {
    let schema = Physics::schema();
    let places = field(schema, "car_coordinates");
    assert_eq!((places.kind, places.count, places.shape), (FieldKind::F32, 180, vec![60, 3]));
    let track = field(schema, "track");
    assert_eq!((track.kind, track.count, track.offset), (FieldKind::Utf16, 33, 18 + 720));
    let driver = field(schema, "driver");
    assert_eq!((driver.kind, driver.count, driver.offset), (FieldKind::Utf8, 48, 18 + 720 + 66 + 3));
    assert!(field(schema, "wide").shape.is_empty());
}

#[test]
fn nested_fields_are_named_by_their_way() {
    let schema = Car::schema();
    schema.check().unwrap();
    assert_eq!(schema.name, "car");
    assert_eq!(schema.counter.as_deref(), Some("physics.count"));
    assert!(schema.field("physics.count").is_some(), "the counter is a field");
    assert_eq!(schema.fields.len(), 1 + 1 + 2);
    // An array of structs gives one array a field, with the other fields between its elements.
    let detached = field(schema, "wheels.detached");
    assert_eq!((detached.kind, detached.offset, detached.count), (FieldKind::Bool8, 5 + 4, 6));
    assert_eq!((&detached.shape, &detached.strides), (&vec![3, 2], &vec![10, 5]));
    assert_eq!(field(schema, "wheels.pressure_kpa").unit, "kPa");
    let mut frame = vec![0; 35];
    frame[5 + 2 * 10 + 5 + 4] = 1;
    assert_eq!(detached.read(&frame).to_string(), "[[false false] [false false] [false true]]");
    assert_eq!(detached.read_element(&frame, 5), Value::Bool(true));
}

#[test]
fn schema_as_json_is_stable() {
    let json = serde_json::to_string_pretty(Wheel::schema()).unwrap();
    let expected = r#"{
  "name": "Wheel",
  "version": "2",
  "size": {
    "fixed": 5
  },
  "fields": [
    {
      "name": "pressure_kpa",
      "kind": "f32",
      "offset": 0,
      "unit": "kPa",
      "description": "Pressure of the tyre."
    },
    {
      "name": "detached",
      "kind": "bool8",
      "offset": 4,
      "description": "Tyre is off the rim."
    }
  ]
}"#;
    assert_eq!(json, expected);
}

#[test]
fn what_a_setter_stores_its_getter_returns() {
    let mut physics = Physics::zeroed();
    physics.set_packet_id(-7);
    physics.set_speed_kmh(251.5);
    physics.set_type(3);
    physics.set_pit_limiter_on(true);
    physics.set_lights([true, false, true]);
    physics.set_status(-1);
    physics.set_car_coordinates([[1.0, 2.0, 3.0]; 60]);
    physics.set_track(Utf16::new("Nürburgring"));
    physics.set_driver(Utf8::new("José"));
    physics.set_clock_s(1.5);
    physics.set_wide([u64::MAX]);

    assert_eq!(physics.packet_id(), -7);
    assert_eq!(format!("{} km/h", physics.speed_kmh()), "251.5 km/h");
    assert_eq!(physics.r#type(), 3);
    assert!(physics.pit_limiter_on());
    assert_eq!(physics.lights(), [true, false, true]);
    assert_eq!(physics.status(), -1);
    assert_eq!(physics.car_coordinates()[59], [1.0, 2.0, 3.0]);
    assert_eq!(physics.track().to_string(), "Nürburgring");
    assert_eq!(physics.driver().to_string(), "José");
    assert_eq!(physics.wide(), [u64::MAX]);
    assert_eq!(physics.clock_s().to_bits(), 1.5_f64.to_bits());
}

#[test]
fn flag_is_true_for_every_byte_but_zero() {
    let mut bytes = [0; 5];
    for byte in 0..=u8::MAX {
        bytes[4] = byte;
        assert_eq!(Wheel::view(&bytes).unwrap().detached(), byte != 0);
    }
    let mut wheel = Wheel::zeroed();
    wheel.set_detached(true);
    assert_eq!(wheel.as_bytes(), [0, 0, 0, 0, 1]);
}

#[test]
fn fields_lie_where_the_schema_says() {
    let mut physics = Physics::zeroed();
    physics.set_clock_s(-12.25);
    let at = field(Physics::schema(), "clock_s").offset as usize;
    assert_eq!(physics.as_bytes()[at..at + 8], (-12.25_f64).to_le_bytes());
}

#[test]
fn nested_frames_are_values_of_their_own() {
    let mut wheel = Wheel::zeroed();
    wheel.set_pressure_kpa(190.0);
    let mut step = Step::zeroed();
    step.set_count(9);
    let mut car = Car::zeroed();
    car.set_first(1);
    car.set_physics(step);
    car.set_wheels([[Wheel::zeroed(), wheel]; 3]);
    assert_eq!((car.first(), car.physics().count()), (1, 9));
    assert_eq!(car.wheels()[2][1].as_bytes(), wheel.as_bytes());
    assert!(!car.wheels()[2][0].detached());
}

#[test]
fn view_borrows_the_bytes_at_any_alignment() {
    let mut buffer = [0; 872];
    for start in 0..2 {
        buffer[start..start + 4].copy_from_slice(&77_i32.to_le_bytes());
        let bytes = &buffer[start..start + 871];
        let physics = Physics::view(bytes).unwrap();
        assert!(std::ptr::eq(physics.as_bytes().as_ptr(), bytes.as_ptr()), "nothing is copied");
        assert_eq!(physics.packet_id(), 77);
    }
}

#[test]
fn view_of_other_sizes_says_both_numbers() {
    for size in [0, 870, 872] {
        let error = Physics::view(&vec![0; size]).unwrap_err();
        assert_eq!(error.to_string(), format!("a frame Physics has 871 bytes, got {size}"));
    }
}

#[test]
fn debug_prints_what_getters_return() {
    let mut wheel = Wheel::zeroed();
    wheel.set_detached(true);
    assert_eq!(format!("{wheel:?}"), "Wheel { pressure_kpa: 0.0, detached: true }");
    let car = format!("{:?}", Car::zeroed());
    assert!(car.starts_with("car { first: 0, physics: Step { count: 0 }, wheels: [[Wheel {"), "{car}");
    assert!(!car.contains("_spare"), "padding means nothing: {car}");
}

#[test]
fn own_derives_are_kept() {
    let step = Step::zeroed();
    let mut other = step;
    assert!(step == other);
    other.set_count(1);
    assert!(step != other);
}

#[test]
fn what_names_somebody_is_marked_in_the_schema_and_in_nested_ones() {
    /// A driver.
    #[telemetry(size = 5, crate = gametelemetry_file)]
    struct Driver {
        /// Number on the car.
        number: u8,
        /// Name.
        #[field(personal)]
        name: Utf8<4>,
    }
    /// All drivers.
    #[telemetry(size = 10, crate = gametelemetry_file)]
    struct Drivers {
        /// Each.
        #[field(nested)]
        all: [Driver; 2],
    }
    let marks: Vec<_> =
        Drivers::schema().fields.iter().map(|field| (field.name.as_str(), field.personal)).collect();
    assert_eq!(marks, [("all.number", None), ("all.name", Some(true))]);
    let json = serde_json::to_string(Driver::schema()).unwrap();
    assert_eq!(json.matches("personal").count(), 1, "{json}");
}

/// What is refused says what to write instead, and nothing in the user's module breaks what is made.
#[test]
#[cfg_attr(target_vendor = "win7", ignore = "there is no cargo inside Wine")]
fn messages_are_as_in_the_files() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/ui/pass/*.rs");
    cases.compile_fail("tests/ui/fail/*.rs");
}
