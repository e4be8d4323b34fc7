//! The head of an `.ibt` file: everything needed to stream its rows as frames.
//!
//! The importer reads [`PROLOGUE_LEN`] bytes, asks [`IbtHead::required_len`], reads that much, and calls
//! [`IbtHead::parse`]; then it takes `row_len` bytes at a time from `data_offset` on. How many rows there are is
//! derived from the file's size, because the game writes their number only when it closes the file. Does not open
//! or hold the file, and does not put rows in order.

use std::time::Duration;

use gametelemetry::{ChannelMapping, Field, Schema, Timestamp, Value};

use super::channels::CHANNELS;
use super::error::{IbtError, IbtNotice};
use super::header::{DiskSubHeader, IrsdkHeader};
#[cfg(doc)]
use super::header::{MAX_HEAD_LEN, PROLOGUE_LEN};
use super::session_info::SessionInfo;
use super::variables::read_schema;

/// Start dates between 2000 and 2200 are believed; a crashed game leaves 0.
const PLAUSIBLE_START: std::ops::Range<i64> = 946_684_800..7_258_118_400;

/// The head of an `.ibt` file, read and checked.
#[derive(Clone, Debug)]
pub struct IbtHead {
    header: IrsdkHeader,
    sub_header: DiskSubHeader,
    schema: Schema,
    session_info: Vec<u8>,
    info: SessionInfo,
    session_time: Option<Field>,
    session_tick: Option<Field>,
    row_count: u64,
    cut_row_len: u32,
    notices: Vec<IbtNotice>,
}

impl IbtHead {
    /// How many bytes from the start of the file [`IbtHead::parse`] needs; at most [`MAX_HEAD_LEN`].
    ///
    /// # Errors
    /// When the first [`PROLOGUE_LEN`] bytes, which `prologue` must have, are no header of an `.ibt` file.
    pub fn required_len(prologue: &[u8]) -> Result<u64, IbtError> {
        Ok(IrsdkHeader::parse(prologue)?.head_len())
    }

    /// Reads the head from the first bytes of a file of `file_len` bytes; `head` may be longer than needed.
    ///
    /// # Errors
    /// When the bytes are no `.ibt` file, the head is cut, or what it says cannot be.
    pub fn parse(head: &[u8], file_len: u64) -> Result<Self, IbtError> {
        let header = IrsdkHeader::parse(head)?;
        let sub_header = DiskSubHeader::parse(head)?;
        let session_info = session_info_of(head, &header)?;
        let cut = IbtError::Truncated { part: "head", needed: header.data_offset.into(), got: file_len };
        let data_len = file_len.checked_sub(header.data_offset.into()).ok_or(cut)?;
        let mut notices = Vec::new();
        let mut schema = read_schema(head, &header, &mut notices)?;
        let info = SessionInfo::scan(session_info);
        schema.version = info.build_version.clone().unwrap_or_default();
        let row_len = u64::from(header.row_len);
        let mut parsed = Self {
            session_info: session_info.to_vec(),
            session_time: schema.field("SessionTime").cloned(),
            session_tick: schema.field("SessionTick").cloned(),
            row_count: data_len / row_len,
            cut_row_len: u32::try_from(data_len % row_len).unwrap_or_default(),
            header,
            sub_header,
            schema,
            info,
            notices,
        };
        parsed.notice_what_is_odd();
        Ok(parsed)
    }

    /// The numbers of the irsdk header.
    #[must_use]
    pub fn header(&self) -> &IrsdkHeader {
        &self.header
    }

    /// What the game wrote about the recording when it closed the file.
    #[must_use]
    pub fn sub_header(&self) -> &DiskSubHeader {
        &self.sub_header
    }

    /// The layout of a row, checked; its version is the game's build, its counter `SessionTick`.
    #[must_use]
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The session information byte for byte, with everything the header counts to it.
    #[must_use]
    pub fn session_info(&self) -> &[u8] {
        &self.session_info
    }

    /// The session information up to the zeros that fill its place in the file.
    #[must_use]
    pub fn session_info_trimmed(&self) -> &[u8] {
        let end = self.session_info.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
        self.session_info.get(..end).unwrap_or_default()
    }

    /// The few values of the session information that are shown: track, car, driver.
    #[must_use]
    pub fn info(&self) -> &SessionInfo {
        &self.info
    }

    /// The channels of the file's rows: those whose variable it has, and the sector, which follows from where the
    /// session information says that each begins.
    #[must_use]
    pub fn channels(&self) -> Vec<ChannelMapping> {
        let of_rows = CHANNELS.iter().filter(|mapping| mapping.source == super::SOURCE);
        let mut channels: Vec<ChannelMapping> = of_rows.cloned().collect();
        let starts: Vec<f64> = self.info.sector_starts.iter().copied().filter(|start| *start > 0.0).collect();
        if !starts.is_empty() && starts.is_sorted() {
            let share = ChannelMapping::new("sector", super::SOURCE, "LapDistPct").missing(-1.0);
            channels.push(share.bounds(starts));
        }
        channels.retain(|mapping| self.schema.field(&mapping.field).is_some());
        channels
    }

    /// Where the first row starts, in bytes from the start of the file.
    #[must_use]
    pub fn data_offset(&self) -> u64 {
        self.header.data_offset.into()
    }

    /// Bytes of a row.
    #[must_use]
    pub fn row_len(&self) -> u32 {
        self.header.row_len
    }

    /// Whole rows in the file, by its size.
    #[must_use]
    pub fn row_count(&self) -> u64 {
        self.row_count
    }

    /// Bytes behind the last whole row; 0 in a file that was closed well.
    #[must_use]
    pub fn cut_row_len(&self) -> u32 {
        self.cut_row_len
    }

    /// What is odd about the file; empty for a good one.
    #[must_use]
    pub fn notices(&self) -> &[IbtNotice] {
        &self.notices
    }

    /// When the recording began; `None` when the file states no plausible date.
    #[must_use]
    pub fn started(&self) -> Option<Timestamp> {
        let seconds = self.sub_header.start_date;
        let plausible = PLAUSIBLE_START.contains(&seconds) && self.sub_header.start_time_s.is_finite();
        plausible.then(|| Timestamp::from_unix_nanoseconds(i128::from(seconds) * 1_000_000_000))
    }

    /// When `row` was written: start date + (`SessionTime` - start time). Rows need not be in the order of time,
    /// because a session may change within a file.
    ///
    /// The start date is taken for the start of the file, not of the session, for which the SDK has no word. In
    /// a real file of a session at `SessionTime` 2252 s it is 23:37:52 UTC: that puts the session's own start at
    /// 23:00:20, just behind the full hour.
    ///
    /// `None` when the file states no plausible date, or the row no time; then [`IbtHead::nominal_time`] helps.
    #[must_use]
    pub fn timestamp_of(&self, row: &[u8]) -> Option<Timestamp> {
        let started = self.started()?;
        let elapsed_s = self.session_time_s_of(row)? - self.sub_header.start_time_s;
        let distance = Duration::try_from_secs_f64(elapsed_s.abs()).ok()?;
        Some(if elapsed_s < 0.0 { started - distance } else { started + distance })
    }

    /// `SessionTime` of `row`, in seconds since the start of the session; `None` when there is none.
    #[must_use]
    pub fn session_time_s_of(&self, row: &[u8]) -> Option<f64> {
        let time_s = self.session_time.as_ref()?.read_element(row, 0).as_f64()?;
        time_s.is_finite().then_some(time_s)
    }

    /// `SessionTick` of `row`, the game's own counter; `None` when there is none.
    #[must_use]
    pub fn tick_of(&self, row: &[u8]) -> Option<i64> {
        match self.session_tick.as_ref()?.read_element(row, 0) {
            Value::Int(tick) => Some(tick),
            _ => None,
        }
    }

    /// How long after the first row row number `index` comes, by the tick rate alone.
    #[must_use]
    pub fn nominal_time(&self, index: u64) -> Duration {
        let nanoseconds = u128::from(index) * 1_000_000_000 / u128::from(self.header.tick_rate_hz);
        Duration::from_nanos(u64::try_from(nanoseconds).unwrap_or(u64::MAX))
    }

    fn notice_what_is_odd(&mut self) {
        let stated = self.sub_header.record_count;
        if u64::try_from(stated) != Ok(self.row_count) {
            self.notices.push(IbtNotice::RecordCount { stated, found: self.row_count });
        }
        if self.cut_row_len > 0 {
            self.notices.push(IbtNotice::CutRow { got: self.cut_row_len, row_len: self.header.row_len });
        }
        if self.started().is_none() {
            self.notices.push(IbtNotice::StartUnknown { start_date: self.sub_header.start_date });
        }
        if self.session_time.is_none() {
            self.notices.push(IbtNotice::NoSessionTime);
        }
    }
}

fn session_info_of<'a>(head: &'a [u8], header: &IrsdkHeader) -> Result<&'a [u8], IbtError> {
    let start = header.session_info_offset as usize;
    let end = start + header.session_info_len as usize;
    head.get(start..end).ok_or(IbtError::Truncated {
        part: "session information",
        needed: end as u64,
        got: head.len() as u64,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iracing::IbtBuilder;

    fn head_of(builder: IbtBuilder) -> IbtHead {
        let bytes = builder.finish().unwrap();
        IbtHead::parse(&bytes, bytes.len() as u64).unwrap()
    }

    #[test]
    fn the_file_s_size_decides_how_many_rows_there_are() {
        for stated in [0, -1, 7, i32::MAX] {
            let head = head_of(IbtBuilder::sample().rows(3).record_count(stated));
            assert_eq!(head.row_count(), 3);
            assert_eq!(head.notices(), [IbtNotice::RecordCount { stated, found: 3 }]);
        }
        assert_eq!(head_of(IbtBuilder::sample().rows(0)).row_count(), 0);
    }

    #[test]
    fn a_time_before_the_start_is_earlier_than_the_start() {
        let head = head_of(IbtBuilder::sample().start(1_700_000_000, 50.0).rows(1));
        let time = head.session_time.clone().unwrap();
        let mut row = vec![0; head.row_len() as usize];
        let start = time.offset as usize;
        for (time_s, milliseconds) in [(50.0, 0), (49.5, -500), (51.25, 1250)] {
            row[start..start + 8].copy_from_slice(&f64::to_le_bytes(time_s));
            let expected = 1_700_000_000_000_000_000 + i128::from(milliseconds) * 1_000_000;
            assert_eq!(head.timestamp_of(&row).unwrap().unix_nanoseconds(), expected);
        }
        for time_s in [f64::NAN, f64::INFINITY, f64::MAX] {
            row[start..start + 8].copy_from_slice(&time_s.to_le_bytes());
            assert_eq!(head.timestamp_of(&row), None);
        }
        assert_eq!(head.timestamp_of(&[]), None);
    }

    #[test]
    fn an_implausible_start_is_unknown_not_1970() {
        let head = head_of(IbtBuilder::sample().start(0, 50.0).rows(1));
        assert_eq!(head.started(), None);
        assert_eq!(head.notices(), [IbtNotice::StartUnknown { start_date: 0 }]);
        assert_eq!(head.nominal_time(90), Duration::from_millis(1500));
    }
}
