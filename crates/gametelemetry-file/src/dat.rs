//! The head of a `.dat` file, as the .NET implementation writes it before one LZ4 frame of records.
//!
//! Only the head differs from our own files; the records behind it are read by the same decoder. The oldest such
//! files have no head at all and start with the LZ4 frame.

/// First bytes of a `.dat` file with a head.
pub(crate) const MAGIC: [u8; 4] = *b"GDT\0";

/// What the head of a `.dat` file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DatHead {
    /// The game's id in the writer's own words.
    pub(crate) game: String,
    /// The .NET type of the frames.
    pub(crate) type_name: String,
    /// Version of the frames' layout: major, minor, patch.
    pub(crate) data_version: (u8, u8, u16),
    /// Bytes of a frame; 0 or less when frames differ in size.
    pub(crate) struct_size: i32,
    /// Bytes of the head.
    pub(crate) length: usize,
}

impl DatHead {
    /// The longest head there is: 4 + 2 + 1 + 255 + 2 + 65535 + 4 + 4 + 16.
    pub(crate) const MAX: usize = 65_823;

    /// Reads the head at the start of `bytes`; `None` when they are too few.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        let rest = bytes.strip_prefix(&MAGIC)?;
        let (_file_version, rest) = rest.split_first_chunk::<2>()?;
        let (&[game_length], rest) = rest.split_first_chunk()?;
        let (game, rest) = rest.split_at_checked(game_length.into())?;
        let (type_length, rest) = rest.split_first_chunk()?;
        let (type_name, rest) = rest.split_at_checked(u16::from_le_bytes(*type_length).into())?;
        let (data_version, rest) = rest.split_first_chunk()?;
        let [major, minor, patch @ ..] = u32::from_le_bytes(*data_version).to_be_bytes();
        let (struct_size, rest) = rest.split_first_chunk()?;
        let (_reserved, rest) = rest.split_first_chunk::<16>()?;
        Some(Self {
            game: String::from_utf8_lossy(game).into_owned(),
            type_name: String::from_utf8_lossy(type_name).into_owned(),
            data_version: (major, minor, u16::from_be_bytes(patch)),
            struct_size: i32::from_le_bytes(*struct_size),
            length: bytes.len() - rest.len(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head() -> Vec<u8> {
        let mut bytes = b"GDT\0\x01\0\x03ACC\x07\0Physics".to_vec();
        bytes.extend_from_slice(&(1_u32 << 24 | 8 << 16 | 12).to_le_bytes());
        bytes.extend_from_slice(&800_i32.to_le_bytes());
        bytes.extend_from_slice(&[0; 16]);
        bytes
    }

    #[test]
    fn a_head_is_read_field_by_field() {
        let head = DatHead::parse(&head()).unwrap();
        let expected = DatHead {
            game: "ACC".into(),
            type_name: "Physics".into(),
            data_version: (1, 8, 12),
            struct_size: 800,
            length: 43,
        };
        assert_eq!(head, expected);
    }

    #[test]
    fn a_cut_head_is_no_head() {
        let bytes = head();
        assert!((0..bytes.len()).all(|length| DatHead::parse(&bytes[..length]).is_none()));
    }
}
