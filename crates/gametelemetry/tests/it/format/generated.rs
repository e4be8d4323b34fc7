//! Formats made of everything the language has, by a fixed sequence: those that are right are the same after printing.

use std::fmt::Write;

use gametelemetry::format::PacketFormat;

use super::check_round_trip;

/// Numbers that look random and are always the same.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % end
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len() as u64) as usize]
    }

    /// One time in `times`.
    fn one_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }
}

/// What may stand at a field beside name and type; most fields have one of them at most.
const MORE: &[&str] = &[
    "at = 3",
    "at = 40",
    "at = 0, overlaps = true",
    "overlaps = true",
    "endian = \"big\"",
    "endian = \"little\"",
    "bits = [0, 3]",
    "at = 8, bits = [2, 2]",
    "bits = { a = 0, \"b c\" = [1, 2], c = { bits = 3, doc = \"see\", channel = \"abs_active\" } }",
    "labels = { 0 = \"off\", -3 = \"?\" }",
    "labels = [[1, \"a\"], [1, \"b\"]]",
    "unit = \"m/s\", doc = \"a \\\"word\\\" \\u0007\"",
    "channel = \"speed\"",
    "channel = { name = \"speed\", scale = 0.1, offset = -3, missing = -1 }",
    "channel = { name = \"gear\", instead = [[-1, 0.5]] }",
    "channel = { name = \"sector\", bounds = [0.25, 0.5] }",
    "channel = { name = \"lap_time\", scale = 0.001, missing = 0, plus = { field = \"f0\", scale = 60 } }",
    "channel = { name = \"driver\", plus = { field = \"f1\" } }",
    "channel = \"track\"",
    "channel = { name = [\"position_x\", \"\", \"position_z\"], scale = 2 }",
    "channel = { name = \"gear\", element = 1 }",
    "channel = { name = \"speed\", lookup = { key = \"f0\" } }",
    "channel = { name = \"speed\", lookup = { key = \"f0\", list = \"f1\", cars = \"f0\", stride = 2 } }",
    "count_from = \"f0\"",
    "length_from = \"f0\"",
    "length_from = \"f1\"",
    "after = \"f1\"",
    "after = \"f0\", at = 2",
    "samples_per_frame = 3",
    "strides = [24]",
    "strides = [24], at = 1",
    "pointer = \"/a/b\"",
];

const TYPES: &[&str] = &[
    "u8",
    "i8",
    "u16",
    "i32",
    "u64",
    "f32",
    "f64",
    "bool8",
    "bits16",
    "u8[3]",
    "f32[3]",
    "u16[2][3]",
    "ascii[4]",
    "utf16[2][5]",
    "bytes[7]",
    "windows1252[1]",
    "pair",
    "pair[3]",
    "deep",
    "deep[2][2]",
];

const STRUCTS: &str = "[structs]\npair = [{ name = \"x\", type = \"u8\" }, { name = \"y\", type = \"f32\" }]\n\
                       deep = [{ name = \"p\", type = \"pair[2]\" }, { skip = 1 }, { name = \"t\", type = \"utf8[3]\" }]\n";

fn fields(numbers: &mut Numbers, first: u64) -> String {
    let mut text = "fields = [\n".to_owned();
    for number in first..first + 1 + numbers.below(6) {
        if numbers.one_in(8) {
            writeln!(text, "{{ skip = {} }},", 1 + numbers.below(5)).unwrap();
        }
        let kind = numbers.pick(TYPES);
        write!(text, "{{ name = \"f{number}\", type = \"{kind}\"").unwrap();
        if numbers.one_in(3) {
            write!(text, ", {}", numbers.pick(MORE)).unwrap();
        }
        text.push_str(" },\n");
    }
    text + "]\n"
}

fn format(numbers: &mut Numbers) -> String {
    let mut text = "name = \"made\"\n".to_owned();
    let head = [
        "endian = \"big\"",
        "packing = 4",
        "packing = 8",
        "max_size = 300",
        "source = \"s\"",
        "counter = \"f0\"",
        "transport.udp = { port = 1 }",
    ];
    for line in head {
        if numbers.one_in(8) {
            writeln!(text, "{line}").unwrap();
        }
    }
    text += &fields(numbers, 0);
    for kind in 0..numbers.below(4) {
        writeln!(text, "[[kinds]]\nname = \"k{kind}\"").unwrap();
        let more = [
            format!("when = {{ f0 = {kind} }}"),
            format!("when = [{{ at = 1, type = \"u64\", values = [{kind}, 18446744073709551615] }}]"),
            "when = { f1 = \"BNG1\" }".to_owned(),
            "head = false".to_owned(),
            "max_size = 400".to_owned(),
            "sequence = \"f0\"".to_owned(),
            "group = [\"f0\"]".to_owned(),
            "parts = { number = \"f0\", count = \"f0\", running = \"f0\" }".to_owned(),
            "moment = \"f0\"".to_owned(),
            "rate_hz = 59.94".to_owned(),
        ];
        for line in more {
            if numbers.one_in(6) {
                writeln!(text, "{line}").unwrap();
            }
        }
        let first = if numbers.one_in(2) { 10 } else { 0 };
        text += &fields(numbers, first);
    }
    text + STRUCTS
}

#[test]
fn made_up_formats_are_the_same_after_printing() {
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    let mut right = 0;
    for _ in 0..3_000 {
        let text = format(&mut numbers);
        match PacketFormat::parse(&text) {
            Ok(format) => {
                right += 1;
                format.schema.check().unwrap();
                check_round_trip(&format);
            }
            Err(errors) => assert!(!errors.errors.is_empty() && !errors.to_string().is_empty()),
        }
    }
    // The mistakes are as wanted as what is right.
    assert!(right > 400, "only {right} of the formats are right");
}
