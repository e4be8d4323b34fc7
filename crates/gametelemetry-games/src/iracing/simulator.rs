//! The simulator of iRacing's file: writes a small, valid `.ibt`, the same bytes for the same input.
//!
//! For tests and trials on a machine without the game. Which variables the usual drive has stands in
//! `sample_drive`; the layout written is that of `irsdk_defines.h`. Does not simulate the live memory map, and
//! writes bytes, not files.

use super::sample_drive;
use super::variables::DESCRIPTION_LEN;

/// Where the variable descriptions start, as in real files.
const VARIABLES_OFFSET: usize = 144;
/// Bytes for a name or a unit, with the 0 that ends it.
const NAME_LEN: usize = 32;
/// Bytes for a description, with the 0 that ends it.
const TEXT_LEN: usize = 64;

/// What a variable is, and its value at each `SessionTime` in seconds.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum IbtSignal {
    /// A fixed text (kind 0); its length is the variable's count.
    Char(Vec<u8>),
    /// A truth value (kind 1).
    Bool(fn(f64) -> bool),
    /// A 32-bit integer (kind 2).
    Int(fn(f64) -> i32),
    /// 32 bits (kind 3).
    Bits(fn(f64) -> u32),
    /// A 32-bit number (kind 4).
    Float(fn(f64) -> f64),
    /// A 64-bit number (kind 5).
    Double(fn(f64) -> f64),
}

/// One variable of a file to be written.
#[derive(Clone, Debug)]
pub struct IbtVariable {
    name: Vec<u8>,
    unit: Vec<u8>,
    description: Vec<u8>,
    count: u32,
    count_as_time: bool,
    signal: IbtSignal,
}

/// Why a file cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IbtBuildError {
    /// A name, unit or description that has no room in the file.
    #[error("a text of {got} bytes does not fit, {most} are possible; shorten it: {text}")]
    TextTooLong {
        /// The text, escaped.
        text: String,
        /// Its bytes.
        got: usize,
        /// The bytes there is room for.
        most: usize,
    },
    /// A file without variables is not an `.ibt`.
    #[error("an .ibt file needs at least one variable; add one")]
    NoVariables,
    /// An offset that the format's 32-bit numbers cannot state.
    #[error("the {part} needs the number {got}, more than the format can state; write less")]
    TooLarge {
        /// What is too large.
        part: &'static str,
        /// The number.
        got: usize,
    },
}

/// Writes an `.ibt` file into memory. Starts with defaults; every setter replaces one of them.
#[derive(Clone, Debug)]
pub struct IbtBuilder {
    variables: Vec<IbtVariable>,
    session_info: Vec<u8>,
    tick_rate_hz: u16,
    start_date: i64,
    start_time_s: f64,
    rows: u32,
    record_count: Option<i32>,
}

impl IbtVariable {
    /// A variable with one element and no unit; texts are bytes, because the file's are Windows-1252.
    #[must_use]
    pub fn new(name: impl Into<Vec<u8>>, signal: IbtSignal) -> Self {
        let count = match &signal {
            IbtSignal::Char(text) => u32::try_from(text.len()).unwrap_or(u32::MAX),
            _ => 1,
        };
        let (unit, description) = (Vec::new(), Vec::new());
        Self { name: name.into(), unit, description, count, count_as_time: false, signal }
    }

    /// Sets the unit.
    #[must_use]
    pub fn unit(mut self, unit: impl Into<Vec<u8>>) -> Self {
        self.unit = unit.into();
        self
    }

    /// Sets the description.
    #[must_use]
    pub fn description(mut self, description: impl Into<Vec<u8>>) -> Self {
        self.description = description.into();
        self
    }

    /// Makes it `count` samples of each row's interval, the newest last, as the game's 360 Hz variables are.
    #[must_use]
    pub fn samples(mut self, count: u32) -> Self {
        self.count = count;
        self.count_as_time = true;
        self
    }

    fn kind(&self) -> i32 {
        match self.signal {
            IbtSignal::Char(_) => 0,
            IbtSignal::Bool(_) => 1,
            IbtSignal::Int(_) => 2,
            IbtSignal::Bits(_) => 3,
            IbtSignal::Float(_) => 4,
            IbtSignal::Double(_) => 5,
        }
    }

    /// Adds the elements for the row at `time_s`, whose interval is `interval_s` long.
    fn write(&self, row: &mut Vec<u8>, time_s: f64, interval_s: f64) {
        if let IbtSignal::Char(text) = &self.signal {
            row.extend_from_slice(text);
            return;
        }
        for element in 0..self.count {
            let behind = f64::from(self.count - 1 - element) / f64::from(self.count);
            self.write_element(row, if self.count_as_time { time_s - behind * interval_s } else { time_s });
        }
    }

    fn write_element(&self, row: &mut Vec<u8>, time_s: f64) {
        match self.signal {
            IbtSignal::Char(_) => {}
            IbtSignal::Bool(value) => row.push(value(time_s).into()),
            IbtSignal::Int(value) => row.extend_from_slice(&value(time_s).to_le_bytes()),
            IbtSignal::Bits(value) => row.extend_from_slice(&value(time_s).to_le_bytes()),
            IbtSignal::Float(value) => {
                row.extend_from_slice(&sample_drive::single(value(time_s)).to_le_bytes())
            }
            IbtSignal::Double(value) => row.extend_from_slice(&value(time_s).to_le_bytes()),
        }
    }
}

impl Default for IbtBuilder {
    fn default() -> Self {
        Self::new()
    }
}

impl IbtBuilder {
    /// A file without variables yet: 60 rows at 60 Hz, from `SessionTime` 0 on 2026-11-23 12:00 UTC.
    #[must_use]
    pub fn new() -> Self {
        Self {
            variables: Vec::new(),
            session_info: b"---\n...\n".to_vec(),
            tick_rate_hz: 60,
            start_date: 1_795_435_200,
            start_time_s: 0.0,
            rows: 60,
            record_count: None,
        }
    }

    /// The usual drive: ten seconds around the line of an oval, with a driver whose name is not plain ASCII.
    #[must_use]
    pub fn sample() -> Self {
        let builder = Self::new().session_info(sample_drive::SESSION_INFO).rows(600);
        let builder = builder.start(1_795_435_200, sample_drive::START_TIME_S);
        sample_drive::variables().into_iter().fold(builder, Self::variable)
    }

    /// Adds a variable behind those there are.
    #[must_use]
    pub fn variable(mut self, variable: IbtVariable) -> Self {
        self.variables.push(variable);
        self
    }

    /// Sets the session information, byte for byte.
    #[must_use]
    pub fn session_info(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.session_info = bytes.into();
        self
    }

    /// Sets when the recording starts: wall clock in seconds since 1970 UTC, and `SessionTime` in seconds.
    #[must_use]
    pub fn start(mut self, start_date: i64, start_time_s: f64) -> Self {
        self.start_date = start_date;
        self.start_time_s = start_time_s;
        self
    }

    /// Sets the number of rows.
    #[must_use]
    pub fn rows(mut self, rows: u32) -> Self {
        self.rows = rows;
        self
    }

    /// Sets the rows a second; 0 counts as 1.
    #[must_use]
    pub fn tick_rate_hz(mut self, tick_rate_hz: u16) -> Self {
        self.tick_rate_hz = tick_rate_hz.max(1);
        self
    }

    /// States another number of rows than there are, as a crashed game does.
    #[must_use]
    pub fn record_count(mut self, record_count: i32) -> Self {
        self.record_count = Some(record_count);
        self
    }

    /// The bytes of the file.
    ///
    /// # Errors
    /// When there is no variable, a text is too long, or the format has no room for an offset.
    pub fn finish(self) -> Result<Vec<u8>, IbtBuildError> {
        let mut descriptions = Vec::new();
        let mut row_len = 0;
        for variable in &self.variables {
            row_len = describe(&mut descriptions, variable, row_len)?;
        }
        if row_len == 0 {
            return Err(IbtBuildError::NoVariables);
        }
        let mut file = self.prologue(row_len)?;
        file.append(&mut descriptions);
        file.extend_from_slice(&self.session_info);
        for row in 0..self.rows {
            let time_s = self.start_time_s + f64::from(row) / f64::from(self.tick_rate_hz);
            for variable in &self.variables {
                variable.write(&mut file, time_s, 1.0 / f64::from(self.tick_rate_hz));
            }
        }
        Ok(file)
    }

    fn prologue(&self, row_len: usize) -> Result<Vec<u8>, IbtBuildError> {
        let session_info_offset = VARIABLES_OFFSET + self.variables.len() * DESCRIPTION_LEN;
        let data_offset = session_info_offset + self.session_info.len();
        let mut header = [0_i32; 28];
        let stated = [
            2,
            1,
            i32::from(self.tick_rate_hz),
            0,
            int("session information", self.session_info.len())?,
            int("session information", session_info_offset)?,
            int("variables", self.variables.len())?,
            int("variables", VARIABLES_OFFSET)?,
            1,
            int("row", row_len)?,
            0,
            0,
            // varBuf[0]: the tick of the last row, and where the rows are; the other three stay empty.
            0,
            int("head", data_offset)?,
        ];
        for (place, value) in header.iter_mut().zip(stated) {
            *place = value;
        }
        let mut bytes: Vec<u8> = header.iter().flat_map(|value| value.to_le_bytes()).collect();
        bytes.extend_from_slice(&self.start_date.to_le_bytes());
        bytes.extend_from_slice(&self.start_time_s.to_le_bytes());
        let duration_s = f64::from(self.rows.saturating_sub(1)) / f64::from(self.tick_rate_hz);
        bytes.extend_from_slice(&(self.start_time_s + duration_s).to_le_bytes());
        bytes.extend_from_slice(&1_i32.to_le_bytes());
        let stated_rows = self.record_count.unwrap_or(i32::try_from(self.rows).unwrap_or(i32::MAX));
        bytes.extend_from_slice(&stated_rows.to_le_bytes());
        Ok(bytes)
    }
}

/// Adds the description of `variable`, which starts at `offset` of a row, and returns where it ends.
fn describe(out: &mut Vec<u8>, variable: &IbtVariable, offset: usize) -> Result<usize, IbtBuildError> {
    let size = match variable.kind() {
        0 | 1 => 1,
        5 => 8,
        _ => 4,
    };
    let count = int("variable", variable.count as usize)?;
    for number in [variable.kind(), int("row", offset)?, count, i32::from(variable.count_as_time)] {
        out.extend_from_slice(&number.to_le_bytes());
    }
    push_text(out, &variable.name, NAME_LEN)?;
    push_text(out, &variable.description, TEXT_LEN)?;
    push_text(out, &variable.unit, NAME_LEN)?;
    Ok(offset + size * variable.count as usize)
}

fn push_text(out: &mut Vec<u8>, text: &[u8], room: usize) -> Result<(), IbtBuildError> {
    let padding = room.checked_sub(text.len()).filter(|&padding| padding > 0);
    let padding = padding.ok_or_else(|| IbtBuildError::TextTooLong {
        text: text.escape_ascii().to_string(),
        got: text.len(),
        most: room - 1,
    })?;
    out.extend_from_slice(text);
    out.resize(out.len() + padding, 0);
    Ok(())
}

fn int(part: &'static str, value: usize) -> Result<i32, IbtBuildError> {
    i32::try_from(value).map_err(|_| IbtBuildError::TooLarge { part, got: value })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_written_is_refused() {
        assert_eq!(IbtBuilder::new().finish(), Err(IbtBuildError::NoVariables));
        let long = IbtVariable::new([b'x'; 32], IbtSignal::Bool(|_| true));
        let error = IbtBuilder::new().variable(long).finish().unwrap_err();
        assert!(matches!(error, IbtBuildError::TextTooLong { got: 32, most: 31, .. }));
    }

    #[test]
    fn the_same_input_gives_the_same_bytes() {
        assert_eq!(IbtBuilder::sample().finish(), IbtBuilder::sample().finish());
    }
}
