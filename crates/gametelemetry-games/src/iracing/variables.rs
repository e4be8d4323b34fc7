//! The variable descriptions of an `.ibt` file, 144 bytes each, turned into a schema.
//!
//! Second step of reading such a file. Which variables there are, and where, differs by car and session, so
//! nothing may be known in advance. Layout: `irsdk_varHeader` of the iRacing SDK. Does not read values; that is
//! [`gametelemetry::Field::read`].
//!
//! Units stay in iRacing's words, also where these mislead: `%` stands at values from 0 to 1. Of a variable with
//! several samples a row (`..._ST`, 360 Hz) the last element is the newest: it equals the 60 Hz variable.

use std::collections::{BTreeSet, HashMap};

use gametelemetry::{BitRange, Field, FieldKind, FrameSize, Schema};

use super::error::{IbtError, IbtNotice};
use super::header::{IrsdkHeader, MAX_ROW_LEN, chunk_at};
use super::text::decode;

/// Bytes of one variable description.
pub(super) const DESCRIPTION_LEN: usize = 144;

/// The number of each kind in the file; the position is the number (`irsdk_VarType`).
const KINDS: [FieldKind; 6] = [
    FieldKind::Windows1252,
    FieldKind::Bool8,
    FieldKind::I32,
    FieldKind::Bits32,
    FieldKind::F32,
    FieldKind::F64,
];

/// Bits of flags that become fields of their own, `SessionFlags.red`: the variable, the bit's number and its name, as
/// `irsdk_Flags` and `irsdk_EngineWarnings` have them.
const FLAGS: &[(&str, u8, &str)] = &[
    ("SessionFlags", 0, "checkered"),
    ("SessionFlags", 3, "yellow"),
    ("SessionFlags", 4, "red"),
    ("SessionFlags", 14, "caution"),
    ("SessionFlags", 16, "black"),
    ("SessionFlags", 17, "disqualified"),
    ("EngineWarnings", 4, "pit_speed_limiter"),
    ("EngineWarnings", 5, "rev_limiter"),
];

/// One description as it stands in the file.
struct Description {
    kind: i32,
    offset: i32,
    count: i32,
    count_as_time: bool,
    name: String,
    description: String,
    unit: String,
}

/// The schema that the descriptions in `head` give; what is odd but harmless is added to `notices`.
pub(super) fn read_schema(
    head: &[u8],
    header: &IrsdkHeader,
    notices: &mut Vec<IbtNotice>,
) -> Result<Schema, IbtError> {
    let descriptions = read_descriptions(head, header)?;
    let starts = row_starts(&descriptions, header.row_len);
    let mut schema = Schema::new("Telemetry", FrameSize::Fixed(header.row_len));
    schema.reference =
        "irsdk_defines.h of the iRacing SDK; variables as described by the file itself".to_owned();
    for description in &descriptions {
        schema.fields.push(field_of(description, header.row_len, &starts, notices)?);
    }
    make_names_unique(&mut schema.fields, notices);
    add_flags(&mut schema.fields);
    schema.counter = schema.field("SessionTick").map(|field| field.name.clone());
    schema.check()?;
    Ok(schema)
}

/// The name of the first whole variable description anywhere in `bytes`: how a file that lost its beginning is
/// told from one that never was an `.ibt`.
pub(super) fn find_description(bytes: &[u8]) -> Option<String> {
    bytes.windows(48).find_map(|window| {
        let int = |offset| chunk_at(window, offset).map(i32::from_le_bytes);
        let kind_fits = KINDS.get(usize::try_from(int(0)?).ok()?).is_some();
        let offset_fits = u32::try_from(int(4)?).is_ok_and(|offset| offset <= MAX_ROW_LEN);
        let count_fits = (1..=65_536).contains(&int(8)?);
        let flag_fits = matches!(int(12)?, 0 | 1);
        let name = window.get(16..)?.split(|&byte| byte == 0).next()?;
        let rest = window.get(16 + name.len()..)?;
        let name_fits =
            name.len() >= 3 && name.iter().all(|&byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let fits = kind_fits && offset_fits && count_fits && flag_fits && name_fits;
        (fits && rest.iter().all(|&byte| byte == 0)).then(|| decode(name))
    })
}

fn read_descriptions(head: &[u8], header: &IrsdkHeader) -> Result<Vec<Description>, IbtError> {
    let start = header.variables_offset as usize;
    let len = header.variable_count as usize * DESCRIPTION_LEN;
    let cut = IbtError::Truncated {
        part: "variable descriptions",
        needed: (start + len) as u64,
        got: head.len() as u64,
    };
    let bytes = head.get(start..start + len).ok_or(cut.clone())?;
    let (descriptions, _) = bytes.as_chunks::<DESCRIPTION_LEN>();
    descriptions.iter().map(|bytes| read_description(bytes).ok_or(cut.clone())).collect()
}

fn read_description(bytes: &[u8; DESCRIPTION_LEN]) -> Option<Description> {
    let int = |offset| chunk_at(bytes, offset).map(i32::from_le_bytes);
    let text =
        |start: usize, len: usize| bytes.get(start..start + len).map(|text| decode(text).trim().to_owned());
    Some(Description {
        kind: int(0)?,
        offset: int(4)?,
        count: int(8)?,
        count_as_time: bytes.get(12) != Some(&0),
        name: text(16, 32)?,
        description: text(48, 64)?,
        unit: text(112, 32)?,
    })
}

/// Where variables start in a row, and where the row ends: the bounds for a variable whose own size is unknown.
fn row_starts(descriptions: &[Description], row_len: u32) -> BTreeSet<u32> {
    let starts = descriptions.iter().filter_map(|description| u32::try_from(description.offset).ok());
    starts.chain([row_len]).collect()
}

fn field_of(
    description: &Description,
    row_len: u32,
    starts: &BTreeSet<u32>,
    notices: &mut Vec<IbtNotice>,
) -> Result<Field, IbtError> {
    let name = description.name.clone();
    let known = usize::try_from(description.kind).ok().and_then(|kind| KINDS.get(kind).copied());
    let count = u32::try_from(description.count).ok().filter(|&count| count > 0);
    let count = count.ok_or(IbtError::VariableCount { variable: name.clone(), count: description.count })?;
    let element_size = known.map_or(0, FieldKind::size);
    let start = i64::from(description.offset);
    let end = start + i64::from(count) * i64::from(element_size);
    let offset = u32::try_from(start).ok().filter(|&offset| offset < row_len && end <= i64::from(row_len));
    let offset = offset.ok_or(IbtError::VariableOutside { variable: name.clone(), start, end, row_len })?;
    let kind = known.unwrap_or(FieldKind::Bytes);
    let mut field = Field {
        name,
        kind,
        // Nobody has said what stands in a text or in bytes that the game may add one day.
        personal: kind.is_run().then_some(true),
        offset,
        count,
        unit: description.unit.clone(),
        description: description.description.clone(),
        samples_per_frame: if description.count_as_time { count } else { 0 },
        ..Field::default()
    };
    if known.is_none() {
        keep_unread(&mut field, description.kind, starts, notices);
    }
    Ok(field)
}

/// A kind of a later SDK costs one field its meaning, not the user the whole file.
fn keep_unread(field: &mut Field, kind: i32, starts: &BTreeSet<u32>, notices: &mut Vec<IbtNotice>) {
    let next = starts.range(field.offset.saturating_add(1)..).next().copied();
    field.count = next.unwrap_or(field.offset).saturating_sub(field.offset);
    field.samples_per_frame = 0;
    notices.push(IbtNotice::UnknownKind { variable: field.name.clone(), kind, bytes: field.count });
}

/// Behind the variables, so that theirs is the order of the file, each bit that has a name.
fn add_flags(fields: &mut Vec<Field>) {
    for &(variable, first, name) in FLAGS {
        let whole = fields.iter().find(|field| field.name == variable && field.kind == FieldKind::Bits32);
        let Some(whole) = whole.filter(|whole| whole.count == 1).cloned() else { continue };
        let name = format!("{variable}.{name}");
        if fields.iter().all(|field| field.name != name) {
            let description = "0 or 1.".to_owned();
            let bits = Some(BitRange { first, count: 1 });
            fields.push(Field { name, bits, description, unit: String::new(), ..whole });
        }
    }
}

/// The first of several variables keeps the name, later ones get `#2`, `#3`; one without a name is `variable#1`.
/// Both ways no variable is lost and every one can be asked for by name.
fn make_names_unique(fields: &mut [Field], notices: &mut Vec<IbtNotice>) {
    let mut used: HashMap<String, u32> = HashMap::with_capacity(fields.len());
    for field in fields.iter().filter(|field| !field.name.is_empty()) {
        used.insert(field.name.clone(), 0);
    }
    for field in fields {
        let stem = if field.name.is_empty() { "variable".to_owned() } else { field.name.clone() };
        let times = used.entry(stem.clone()).or_insert(0);
        *times += 1;
        if *times == 1 && !field.name.is_empty() {
            continue;
        }
        let mut number = *times;
        while used.contains_key(&format!("{stem}#{number}")) {
            number += 1;
        }
        let kept_as = format!("{stem}#{number}");
        used.insert(stem, number);
        used.insert(kept_as.clone(), 1);
        let variable = std::mem::replace(&mut field.name, kept_as.clone());
        notices.push(IbtNotice::Renamed { variable, kept_as });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iracing::{IbtBuilder, IbtHead, IbtSignal, IbtVariable};

    fn file_of(names: &[&'static str]) -> Vec<u8> {
        let variable = |name: &&'static str| IbtVariable::new(*name, IbtSignal::Float(|time_s| time_s));
        names.iter().map(variable).fold(IbtBuilder::new().rows(1), IbtBuilder::variable).finish().unwrap()
    }

    fn patch(bytes: &mut [u8], variable: usize, offset: usize, value: i32) {
        let start = 144 + variable * DESCRIPTION_LEN + offset;
        bytes[start..start + 4].copy_from_slice(&value.to_le_bytes());
    }

    fn parse(bytes: &[u8]) -> Result<IbtHead, IbtError> {
        IbtHead::parse(bytes, bytes.len() as u64)
    }

    #[test]
    fn variables_of_one_name_are_all_kept() {
        let head = parse(&file_of(&["Speed", "Speed#2", "Speed", "Speed", "", ""])).unwrap();
        let names: Vec<&str> = head.schema().fields.iter().map(|field| field.name.as_str()).collect();
        assert_eq!(names, ["Speed", "Speed#2", "Speed#3", "Speed#4", "variable#1", "variable#2"]);
        let renamed = head.notices().iter().filter(|notice| matches!(notice, IbtNotice::Renamed { .. }));
        assert_eq!(renamed.count(), 4);
    }

    #[test]
    fn a_variable_outside_the_row_is_named() {
        for (offset, value) in [(4, -1), (4, 8), (4, 5), (4, i32::MAX), (8, 3), (8, i32::MAX)] {
            let mut bytes = file_of(&["Speed", "RPM"]);
            patch(&mut bytes, 1, offset, value);
            let error = parse(&bytes).unwrap_err();
            assert!(
                matches!(&error, IbtError::VariableOutside { variable, .. } if variable == "RPM"),
                "{error}"
            );
        }
        let mut bytes = file_of(&["Speed", "RPM"]);
        patch(&mut bytes, 0, 8, 0);
        assert_eq!(
            parse(&bytes).unwrap_err(),
            IbtError::VariableCount { variable: "Speed".into(), count: 0 }
        );
    }

    #[test]
    fn a_kind_of_the_future_is_kept_as_bytes() {
        let mut bytes = file_of(&["Speed", "RPM", "Gear"]);
        patch(&mut bytes, 1, 0, 6);
        let head = parse(&bytes).unwrap();
        let field = head.schema().field("RPM").unwrap();
        assert_eq!((field.kind, field.offset, field.count), (FieldKind::Bytes, 4, 4));
        let expected = IbtNotice::UnknownKind { variable: "RPM".into(), kind: 6, bytes: 4 };
        assert!(head.notices().contains(&expected));
    }
}
