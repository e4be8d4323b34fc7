//! One packet on its way out: values are put into it by the names that the schema gives its fields.
//!
//! So the simulator speaks of one car, and the schema knows where each year's format has it. A field that the format
//! does not have is passed over.

use gametelemetry::{Field, FieldKind, MessageKind};

use super::super::{Format, schema};

/// The bytes of one packet.
#[derive(Clone, Debug)]
pub(super) struct Packet {
    kind: &'static MessageKind,
    pub(super) bytes: Vec<u8>,
    /// Where the field behind the last one is: values are put in about the order of the layout.
    next: usize,
}

impl Packet {
    /// A packet of the kind `name` of `format` in which all is 0 but what tells its kind; `None` when the format has
    /// no such packet.
    pub(super) fn new(format: Format, name: &str) -> Option<Self> {
        let kind = schema().kind(&format!("{}.{name}", format.year()))?;
        let mut packet =
            Self { kind, bytes: vec![0; usize::try_from(kind.size.max()).unwrap_or(0)], next: 0 };
        for condition in &kind.when {
            let value = condition.values.first().copied().unwrap_or(0).to_le_bytes();
            let length = usize::try_from(condition.kind.size()).unwrap_or(0);
            packet.write(condition.offset, value.get(..length).unwrap_or_default());
        }
        Some(packet)
    }

    /// Puts `value` into the single field `name`.
    pub(super) fn put(&mut self, name: &str, value: impl Into<f64>) {
        self.put_at(name, 0, value);
    }

    /// Puts `value` into element `index` of the field `name`, counted through.
    pub(super) fn put_at(&mut self, name: &str, index: usize, value: impl Into<f64>) {
        if let Some(field) = self.field(name) {
            self.store(field, index, value.into());
        }
    }

    /// Puts all `values` into the field `name`, from element `first` on.
    pub(super) fn put_all<V: Into<f64>>(
        &mut self,
        name: &str,
        first: usize,
        values: impl IntoIterator<Item = V>,
    ) {
        if let Some(field) = self.field(name) {
            for (index, value) in values.into_iter().enumerate() {
                self.store(field, first + index, value.into());
            }
        }
    }

    /// Puts a number that no `f64` holds.
    pub(super) fn put_u64(&mut self, name: &str, value: u64) {
        if let Some(field) = self.field(name) {
            self.write(field.offset, &value.to_le_bytes());
        }
    }

    /// Puts a time of a minute and more into `name`, or into its two parts, as the format has it.
    pub(super) fn put_time(&mut self, name: &str, index: usize, milliseconds: u32) {
        self.put_at(&format!("{name}_ms"), index, milliseconds);
        self.put_at(&format!("{name}_ms_part"), index, milliseconds % 60_000);
        self.put_at(&format!("{name}_minutes_part"), index, milliseconds / 60_000);
    }

    /// Puts `text` into entry `index` of the list of texts `name`, cut to what fits before a final 0.
    pub(super) fn put_text(&mut self, name: &str, index: usize, text: &str) {
        let Some(field) = self.field(name) else { return };
        let (Some(&length), Some(&stride)) = (field.shape.last(), field.strides.first()) else { return };
        let most = usize::try_from(length).unwrap_or(0).saturating_sub(1);
        let end = text.floor_char_boundary(most);
        let start =
            field.offset.saturating_add(stride.saturating_mul(u32::try_from(index).unwrap_or(u32::MAX)));
        self.write(start, text.as_bytes().get(..end).unwrap_or_default());
    }

    /// The field called `name`, looked for from where the last one was found.
    fn field(&mut self, name: &str) -> Option<&'static Field> {
        let kind = self.kind;
        let (before, behind) = kind.fields.split_at_checked(self.next).unwrap_or((&kind.fields, &[]));
        let mut around = (self.next..).zip(behind).chain((0..).zip(before));
        let (place, field) = around.find(|(_, field)| field.name == name)?;
        self.next = place + 1;
        Some(field)
    }

    fn store(&mut self, field: &Field, index: usize, value: f64) {
        let bytes = encoded(field.kind, value);
        if let Some(start) = place(field, index) {
            let length = usize::try_from(field.kind.size()).unwrap_or(0);
            self.write(start, bytes.get(..length).unwrap_or_default());
        }
    }

    fn write(&mut self, start: u32, bytes: &[u8]) {
        let start = usize::try_from(start).unwrap_or(usize::MAX);
        let target = start.checked_add(bytes.len()).and_then(|end| self.bytes.get_mut(start..end));
        if let Some(target) = target {
            target.copy_from_slice(bytes);
        }
    }
}

/// Where element `index` of `field` is.
fn place(field: &Field, index: usize) -> Option<u32> {
    let mut rest = u32::try_from(index).ok().filter(|&index| index < field.count)?;
    if field.strides.is_empty() {
        return Some(field.offset + rest * field.kind.size());
    }
    let mut start = field.offset;
    for (&length, &stride) in field.shape.iter().zip(&field.strides).rev() {
        start += rest % length * stride;
        rest /= length;
    }
    Some(start)
}

/// `value` as a field of `kind` stores it, in its first bytes.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "`as` saturates, which is what a packet can say at most"
)]
fn encoded(kind: FieldKind, value: f64) -> [u8; 8] {
    let mut bytes = [0; 8];
    let stored: &[u8] = match kind {
        FieldKind::F32 => &(value as f32).to_le_bytes(),
        FieldKind::F64 => &value.to_le_bytes(),
        FieldKind::U8 | FieldKind::Bool8 => &[value.round() as u8],
        FieldKind::I8 => &(value.round() as i8).to_le_bytes(),
        FieldKind::U16 => &(value.round() as u16).to_le_bytes(),
        FieldKind::I16 => &(value.round() as i16).to_le_bytes(),
        FieldKind::U32 => &(value.round() as u32).to_le_bytes(),
        FieldKind::I32 => &(value.round() as i32).to_le_bytes(),
        _ => &[],
    };
    for (to, from) in bytes.iter_mut().zip(stored) {
        *to = *from;
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_read_back_from_where_the_format_has_it() {
        for format in Format::ALL {
            let mut packet = Packet::new(format, "car_telemetry").unwrap();
            packet.put_at("cars.speed_kmh", 5, 300.0);
            packet.put_at("cars.gear", 5, -1);
            packet.put_all("cars.tyres_pressure_psi", 5 * 4, [20.0, 21.0, 22.0, 23.0]);
            packet.put("no such field", 1.0);
            let view = schema().view(&packet.bytes);
            assert_eq!(view.kind().unwrap().name, format!("{}.car_telemetry", format.year()));
            let read =
                |name: &str, index| view.read_element(view.field(name).unwrap(), index).as_f64().unwrap();
            assert_eq!((read("cars.speed_kmh", 5), read("cars.gear", 5)), (300.0, -1.0));
            assert_eq!(read("cars.tyres_pressure_psi", 5 * 4 + 3), 23.0);
            assert_eq!(read("cars.tyres_pressure_psi", 6 * 4), 0.0);
        }
        assert!(Packet::new(Format::F2022, "motion_ex").is_none());
    }

    #[test]
    fn a_name_is_cut_to_its_place() {
        let mut packet = Packet::new(Format::F2025, "participants").unwrap();
        packet.put_text("participants.name", 1, &"x".repeat(40));
        let names = schema().view(&packet.bytes).get("participants.name").to_string();
        assert!(names.starts_with(&format!("[ {} ", "x".repeat(31))), "{names}");
    }
}
