//! The schemas of what an import keeps of a file byte for byte: the session information and the head.
//!
//! Says where the drivers' names stand, because both have them. Reads nothing.

use gametelemetry::{Field, FieldKind, FrameSize, Schema};

use super::IrsdkHeader;

/// The keys of the session information that name a driver, a team or an account. The numbers of the session do too: who
/// drove is public by them. A setup is called after who made it.
const PERSONAL_KEYS: &[&str] = &[
    "UserName",
    "AbbrevName",
    "Initials",
    "UserID",
    "DriverUserID",
    "TeamName",
    "TeamID",
    "DriverSetupName",
    "SessionID",
    "SubSessionID",
];

/// The layout of a session information of `bytes` bytes.
#[must_use]
pub fn session_info_schema(bytes: u32) -> Schema {
    let mut schema = Schema::new("SessionInfo", FrameSize::Variable { max: bytes });
    schema.personal_keys = PERSONAL_KEYS.iter().map(|&key| key.to_owned()).collect();
    schema.fields.push(Field {
        name: "yaml".to_owned(),
        kind: FieldKind::Windows1252,
        count: bytes,
        description: "The session information as the file has it, byte for byte.".to_owned(),
        ..Field::default()
    });
    schema
}

/// The layout of a head of `bytes` bytes, everything before the rows; `header` says where the session information lies.
#[must_use]
pub fn head_schema(header: &IrsdkHeader, bytes: u32) -> Schema {
    let start = header.session_info_offset.min(bytes);
    let end = start.saturating_add(header.session_info_len).min(bytes);
    let field = |name: &str, start: u32, end: u32, description: &str| Field {
        name: name.to_owned(),
        kind: FieldKind::Bytes,
        offset: start,
        count: end - start,
        description: description.to_owned(),
        ..Field::default()
    };
    let mut schema = Schema::new("IbtHead", FrameSize::Variable { max: bytes });
    schema.fields = vec![
        field("before", 0, start, "Headers, and whatever else stands before the session information."),
        Field { personal: Some(true), ..field("session_info", start, end, "The session information.") },
        field("behind", end, bytes, "What stands behind it, as the descriptions of the variables."),
    ];
    schema.fields.retain(|field| field.count > 0);
    schema
}

/// What is known of a recording of the type `name` that says nothing of persons itself.
pub(super) fn known_schema(name: &str) -> Option<Schema> {
    match name {
        "SessionInfo" => Some(session_info_schema(0)),
        // Once a head was one field, with the session information in it.
        "IbtHead" => {
            let mut schema = Schema::opaque(name, FrameSize::Variable { max: 0 });
            schema.fields.iter_mut().for_each(|field| field.personal = Some(true));
            Some(schema)
        }
        "Session" => Some(super::session_schema(0)),
        // The file itself says which variables there are; none of today's is a text.
        "Telemetry" => Some(Schema::new(name, FrameSize::Fixed(0))),
        _ => None,
    }
}
