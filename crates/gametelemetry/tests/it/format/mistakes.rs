//! Mistakes in the text of a format: each is named where it stands, with what to write instead.

use gametelemetry::format::PacketFormat;

use super::errors;

/// What is wrong with `fields` of a format that is right otherwise, with line and column.
#[track_caller]
fn check(rest: &str, expected: &[&str]) {
    let text = format!("name = \"a\"\n{rest}");
    let errors = errors(&text);
    let found: Vec<String> = errors
        .errors
        .iter()
        .map(|error| format!("{}:{} {}", error.line, error.column, error.message))
        .collect();
    assert_eq!(found, expected, "{errors}");
}

#[test]
fn mistakes_in_fields_are_named_where_they_stand() {
    check(
        "fields = [{ nam = \"x\", type = \"u8\" }]",
        &["2:11 `name` is missing: write name = \"speed\"", "2:13 unknown key `nam`, did you mean `name`?"],
    );
    check("fields = [{ name = \"x\", type = \"float\" }]", &["2:32 unknown type `float`: write f32"]);
    check("fields = [{ name = \"x\", type = \"utf8\" }]", &["2:32 say how many bytes it has, as utf8[32]"]);
    check(
        "fields = [{ name = \"x\", type = \"f32[0]\" }]",
        &["2:32 `f32[0]` has no elements: write a length of 1 or more"],
    );
    check(
        "fields = [{ name = \"x\", type = \"utf8[4]\", personal = \"yes\" }]",
        &["2:54 `personal` must be true or false"],
    );
    check("personal_keys = [1]\nfields = []", &["2:18 a personal key must be a text in quotes"]);
    check(
        "fields = [{ name = \"x\", type = \"car\", personal = true }]\nstructs.car = [{ name = \"y\", type = \"u8\" }]",
        &["2:20 a struct has no `personal`: write it at the struct's fields"],
    );
    check(
        "fields = [{ name = \"x\", type = \"f32\", count = 4 }]",
        &["2:47 write the number behind the type, as type = \"f32[4]\""],
    );
    check(
        "fields = [{ name = \"x\", type = \"u8\" }, { name = \"x\", type = \"u8\" }]",
        &["2:49 two fields are called `x`"],
    );
    check(
        "fields = [{ name = \"x\", type = \"u32\" }, { name = \"y\", type = \"u16\", at = 2 }]",
        &["2:50 bytes 2 to 3 overlap `x`: mend `at`, or write overlaps = true if the game means it"],
    );
    check(
        "fields = [{ name = \"x\", type = \"u8\", bits = [4, 5] }]",
        &["2:20 there is no bit 8: the integer has 8, the first is 0"],
    );
    check(
        "fields = [{ name = \"x\", type = \"u8[4]\", count_from = \"n\" }, { name = \"n\", type = \"u8\" }]",
        &["2:54 there is no field `n` before this one"],
    );
    check(
        "fields = [{ name = \"x\", type = \"u8[4000000000]\" }]",
        &["2:32 this takes 4000000000 bytes, at most 16777216 are allowed"],
    );
    check(
        "fields = [{ name = \"x\", type = \"u8\", at = 4000000000 }]",
        &["2:43 `at` must be from 0 to 16777216, not 4000000000"],
    );
    check("fields = [{ name = \"x\", type = \"u8\", at = \"3\" }]", &["2:43 `at` must be a whole number"]);
    check(
        "fields = 3",
        &["2:10 `fields` must be a list of tables: write [[fields]], or fields = [ { … }, … ]"],
    );
    check(
        "json = true\nfields = [{ name = \"x\", type = \"u8\" }]",
        &["3:20 frames are JSON texts: say where the value is, as pointer = \"/x\""],
    );
}

#[test]
fn a_list_behind_a_table_is_said_to_stand_there() {
    check(
        "[transport.udp]\nport = 1\nfields = [{ name = \"x\", type = \"u8\" }]",
        &[
            "1:1 there are no fields: write fields = [ { name = \"…\", type = \"…\" }, … ]",
            "4:1 unknown key `fields`: it belongs to the file, so write it before the first `[…]`",
        ],
    );
}

#[test]
fn mistakes_in_sizes_say_both_numbers() {
    let fields = "fields = [{ name = \"x\", type = \"u32\" }]";
    check(&format!("size = 3\n{fields}"), &["2:8 the fields end at byte 4, but `size` says 3 bytes"]);
    check(
        &format!("size = 9\n{fields}"),
        &["2:8 the fields have 4 bytes, but `size` says 9: where 5 are unused, write { skip = 5 }"],
    );
    check(
        &format!("max_size = 3\n{fields}"),
        &["2:12 the fields may end at byte 4, but `max_size` says 3 bytes"],
    );
    check(
        &format!("size = 4\nmax_size = 4\n{fields}"),
        &["2:8 `size` is for messages of one length, `max_size` for those that vary: write one"],
    );
    check("", &["1:1 there are no fields: write fields = [ { name = \"…\", type = \"…\" }, … ]"]);
}

#[test]
fn mistakes_in_structs_are_found_though_nothing_uses_them() {
    let field = "fields = [{ name = \"x\", type = \"u8\" }]\n[structs]\n";
    check(
        &format!("{field}a = [{{ name = \"b\", type = \"b\" }}]\nb = [{{ name = \"a\", type = \"a[2]\" }}]"),
        &["5:27 a struct cannot contain itself: a → b → a"],
    );
    let deep: String =
        (0..12).map(|n| format!("s{n} = [{{ name = \"s\", type = \"s{}\" }}]\n", n + 1)).collect();
    let nested = errors(&format!("name = \"a\"\n{field}{deep}s12 = [{{ name = \"x\", type = \"u8\" }}]"));
    assert!(nested.to_string().contains("structs within structs go 8 deep at most"), "{nested}");
    check(
        &format!("{field}u8 = [{{ name = \"x\", type = \"u8\" }}]"),
        &["4:1 `u8` cannot be the name of a struct: it is a type"],
    );
    check(
        &format!("{field}a = [{{ name = \"x\", type = \"u8[4]\", length_from = \"n\" }}]"),
        &["4:50 fields of a struct have a fixed length: `length_from` cannot stand here"],
    );
    // Each struct has two of the next: what is written in 20 lines would be a million fields.
    let wide: String = (0..7)
        .map(|n| {
            let fields: Vec<String> =
                (0..9).map(|f| format!("{{ name = \"f{f}\", type = \"s{}\" }}", n + 1)).collect();
            format!("s{n} = [{}]\n", fields.join(", "))
        })
        .collect();
    let many = errors(&format!("name = \"a\"\n{field}{wide}s7 = [{{ name = \"x\", type = \"u8\" }}]"));
    assert!(many.to_string().contains("more than 65536 fields"), "{many}");
}

#[test]
fn mistakes_in_kinds_are_named_where_they_stand() {
    let head = "fields = [{ name = \"kind\", type = \"u16\" }, { name = \"speed\", type = \"f32\" }]\n[[kinds]]\nname = \"k\"\n";
    check(
        &format!("{head}when = {{ kid = 1 }}"),
        &["5:10 there is no field `kid` here, did you mean `kind`?"],
    );
    check(
        &format!("{head}when = {{ kind = 65536 }}"),
        &["5:17 what is compared must be from 0 to 65535, not 65536"],
    );
    check(
        &format!("{head}when = {{ kind = \"abc\" }}"),
        &["5:17 \"abc\" is compared with 2 bytes: write a text of 2 ASCII characters"],
    );
    check(
        &format!("{head}when = {{ speed = 1 }}"),
        &[
            "5:10 `speed` cannot tell kinds apart: it must be one whole integer, or a text of 1, 2, 4 or 8 bytes, at a fixed place",
        ],
    );
    check(&format!("{head}sequence = \"frame\""), &["5:12 there is no field `frame` here"]);
    check(
        &format!("{head}[[kinds]]\nname = \"k\""),
        &[
            "6:8 two kinds are called `k`",
            "6:8 `k` would never be found: `k` has the same size and the same `when`",
        ],
    );
}

#[test]
fn mistakes_in_channels_are_named_where_they_stand() {
    check(
        "fields = [{ name = \"x\", type = \"u8\", channel = \"sped\" }]",
        &["2:48 there is no channel `sped`, did you mean `speed`?"],
    );
    check(
        "fields = [{ name = \"x\", type = \"u8[4]\", channel = \"speed\" }]",
        &[
            "2:51 `x` has 4 elements: write a list of channels, one an element, or { name = \"speed\", element = 0 }",
        ],
    );
    check(
        "fields = [{ name = \"x\", type = \"u8[3]\", channel = [\"speed\", \"brake\"] }]",
        &[
            "2:52 2 channels for the 3 elements of `x`; \"\" leaves one out",
            "2:61 2 channels for the 3 elements of `x`; \"\" leaves one out",
        ],
    );
    check(
        "fields = [{ name = \"x\", type = \"u8[3]\", channel = { name = \"speed\", lookup = { key = \"p\" } } }]",
        &["2:86 there is no field `p` here"],
    );
    check(
        "fields = [{ name = \"x\", type = \"u8\", channel = { name = \"speed\", scale = inf } }]",
        &["2:74 `scale` must be a number, as 0.001"],
    );
    check(
        "fields = [{ name = \"x\", type = \"u8\" }]\nchannels = [{ name = \"speed\", field = \"y\" }]",
        &["3:39 there is no field `y`"],
    );
}

#[test]
fn all_mistakes_of_a_text_are_said_at_once() {
    let errors = errors(
        "name = \"My Game\"\ntransport.udp = { port = 0 }\nfields = [\n    { name = \"x\", type = \"flaot\" },\n    { name = \"y\", typ = \"u8\" },\n]\nkind = []\n",
    );
    let lines: Vec<usize> = errors.errors.iter().map(|error| error.line).collect();
    assert_eq!(lines, [1, 2, 4, 5, 5, 7], "{errors}");
    assert!(
        errors
            .to_string()
            .contains("line 7, column 1: unknown key `kind`, did you mean `kinds`?\n7 | kind = []\n    ^^^^"),
        "{errors}"
    );
}

#[test]
fn a_text_that_would_become_gigabytes_is_refused() {
    let field = format!("{{ name = \"x\", type = \"u8\", doc = \"{}\" }}", "word ".repeat(1_900));
    let kinds: String = (0..1_000)
        .map(|n| format!("[[kinds]]\nname = \"k{n}\"\nfields = [{{ skip = {} }}]\n", n + 1))
        .collect();
    let text = format!("name = \"a\"\nfields = [{field}]\n{kinds}");
    assert!(errors(&text).to_string().contains("bytes of text"));
}

#[test]
fn what_is_no_toml_is_refused_with_its_place() {
    let errors = errors("name = \"a\"\nfields = [\n");
    assert!(errors.errors.iter().all(|error| error.line >= 2), "{errors}");
    assert!(PacketFormat::parse(&"#".repeat((1 << 20) + 1)).is_err());
    assert!(PacketFormat::parse(&format!("name = \"a\"\nx = {}", "[".repeat(100_000))).is_err());
}
