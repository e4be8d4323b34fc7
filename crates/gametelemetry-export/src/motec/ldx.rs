//! The `.ldx` beside a `.ld`: when laps end, and what the list of logs shows of them.
//!
//! MoTeC i2 cuts a log into laps at the beacons of this file. Their times count from the log's first sample, so that a
//! lap time comes out right only when crossings and samples have one time base: [`Ldx::from_crossings`] takes both.
//! Reads and writes no file, and decides nothing about which laps count.

use super::xml;

/// Beacons that are read at most: a lap every second for a day.
const BEACONS_MOST: usize = 86_400;

/// A time in a foreign file that is beyond this is no time, microseconds: a year.
const TIME_MOST_US: f64 = 365.0 * 86_400.0 * 1e6;

/// Why bytes are not a `.ldx` file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LdxError {
    /// There is no such element in it.
    #[error("this is not a .ldx file: it has no LDXFile element; choose the file that lies beside the .ld")]
    NotLdx,
}

/// What a `.ldx` says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ldx {
    /// When a lap ends and the next begins, in order: microseconds since the log's first sample, never 0.
    pub beacons_us: Vec<u64>,
    /// The number of pieces that the beacons cut the log into.
    pub total_laps: Option<u32>,
    /// The time of the fastest lap, ms.
    pub fastest_time_ms: Option<u64>,
    /// Which lap is the fastest; 1 is the piece before the first beacon.
    pub fastest_lap: Option<u32>,
    /// Everything else that is said of the log, by name: `Venue`, `Driver`, …
    pub details: Vec<(String, String)>,
}

impl Ldx {
    /// The laps of a log whose first sample is at `first_sample_ns`, where the line was crossed at `crossings_ns` of the
    /// same clock. What is not after the first sample is left out, since i2 begins the first piece there anyway.
    ///
    /// The fastest of the pieces that begin and end at the line is marked; [`with_fastest`](Self::with_fastest) says
    /// otherwise, for it may have been an invalid lap.
    #[must_use]
    pub fn from_crossings(crossings_ns: &[i64], first_sample_ns: i64) -> Self {
        let since = |crossing: &i64| {
            let nanoseconds = crossing.checked_sub(first_sample_ns)?;
            u64::try_from(nanoseconds).ok().map(|nanoseconds| nanoseconds.saturating_add(500) / 1000)
        };
        let mut beacons_us: Vec<u64> = crossings_ns.iter().filter_map(since).collect();
        beacons_us.sort_unstable();
        beacons_us.dedup();
        let begins_at_line = beacons_us.first() == Some(&0);
        beacons_us.retain(|time| *time > 0);
        let mut ldx = Self { beacons_us, ..Self::default() };
        ldx.total_laps = u32::try_from(ldx.beacons_us.len()).ok().and_then(|beacons| beacons.checked_add(1));
        let skipped = usize::from(!begins_at_line);
        let pieces = ldx.pieces_us().into_iter().enumerate().skip(skipped);
        if let Some((number, _)) = pieces.min_by_key(|(_, time)| *time) {
            ldx.mark_fastest(number);
        }
        ldx
    }

    /// Marks the lap that ends at the crossing closest to `crossing_ns` as the fastest; `None` marks none.
    #[must_use]
    pub fn with_fastest(mut self, crossing_ns: Option<i64>, first_sample_ns: i64) -> Self {
        (self.fastest_lap, self.fastest_time_ms) = (None, None);
        let end_ns = crossing_ns.and_then(|crossing| crossing.checked_sub(first_sample_ns));
        let end_us = end_ns.and_then(|end| u64::try_from(end).ok()).map(|end| end / 1000);
        let closest = |end: u64| {
            let beacons = self.beacons_us.iter().enumerate();
            beacons.min_by_key(|(_, beacon)| beacon.abs_diff(end)).map(|(number, _)| number)
        };
        if let Some(number) = end_us.and_then(closest) {
            self.mark_fastest(number);
        }
        self
    }

    /// Adds a detail that i2's list of logs shows.
    #[must_use]
    pub fn with_detail(mut self, name: &str, value: &str) -> Self {
        self.details.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The times between beacons, microseconds: every lap that begins and ends at one.
    #[must_use]
    pub fn lap_times_us(&self) -> Vec<u64> {
        self.pieces_us().into_iter().skip(1).collect()
    }

    /// The file's text: XML 1.0 in ASCII.
    #[must_use]
    pub fn to_xml(&self) -> String {
        let mut text = String::from(
            "<?xml version=\"1.0\"?>\n<LDXFile Locale=\"English_United States.1252\" DefaultLocale=\"C\" \
             Version=\"1.6\">\n <Layers>\n  <Layer>\n   <MarkerBlock>\n    <MarkerGroup Name=\"Beacons\" Index=\"3\">\n",
        );
        for (number, time) in self.beacons_us.iter().enumerate() {
            text += &format!(
                "     <Marker Version=\"100\" ClassName=\"BCN\" Name=\"Manual.{}\" Flags=\"77\" Time=\"{}\"/>\n",
                number + 1,
                scientific(*time)
            );
        }
        text += "    </MarkerGroup>\n   </MarkerBlock>\n   <RangeBlock/>\n  </Layer>\n  <Details>\n";
        for (name, value) in self.all_details() {
            text +=
                &format!("   <String Id=\"{}\" Value=\"{}\"/>\n", xml::escape(&name), xml::escape(&value));
        }
        text + "  </Details>\n </Layers>\n</LDXFile>\n"
    }

    /// Reads a `.ldx` from its bytes. Beacons come out in order whatever their order in the file; a detail that is not
    /// understood is kept as text.
    ///
    /// # Errors
    ///
    /// When the bytes are no such file.
    pub fn read(bytes: &[u8]) -> Result<Self, LdxError> {
        let text: String = match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => bytes.iter().copied().map(char::from).collect(),
        };
        let mut ldx = Self::default();
        let mut known = false;
        for element in xml::elements(&text) {
            match element.name.as_str() {
                "LDXFile" => known = true,
                "Marker" => ldx.read_marker(&element),
                "String" => ldx.read_detail(&element),
                _ => {}
            }
        }
        if !known {
            return Err(LdxError::NotLdx);
        }
        ldx.beacons_us.sort_unstable();
        ldx.beacons_us.dedup();
        Ok(ldx)
    }

    /// The pieces from the first sample to the last beacon.
    fn pieces_us(&self) -> Vec<u64> {
        let starts = std::iter::once(0).chain(self.beacons_us.iter().copied());
        starts.zip(&self.beacons_us).map(|(start, end)| end.saturating_sub(start)).collect()
    }

    fn mark_fastest(&mut self, number: usize) {
        let time_us = self.pieces_us().get(number).copied();
        self.fastest_time_ms = time_us.map(|time| time.saturating_add(500) / 1000);
        self.fastest_lap = u32::try_from(number).ok().and_then(|number| number.checked_add(1));
    }

    fn all_details(&self) -> Vec<(String, String)> {
        let fixed = [
            ("Total Laps", self.total_laps.map(|laps| laps.to_string())),
            ("Fastest Time", self.fastest_time_ms.map(lap_time)),
            ("Fastest Lap", self.fastest_lap.map(|lap| lap.to_string())),
        ];
        let fixed = fixed.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
        fixed.chain(self.details.iter().cloned()).collect()
    }

    fn read_marker(&mut self, element: &xml::Element) {
        let class = element.attribute("ClassName").unwrap_or("BCN");
        let time = element.attribute("Time").and_then(|time| time.trim().parse::<f64>().ok());
        // What rounds to 0 is the first sample, where the first piece begins anyway.
        let Some(time) = time.filter(|time| *time >= 0.5 && *time <= TIME_MOST_US) else { return };
        if class == "BCN" && self.beacons_us.len() < BEACONS_MOST {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked above")]
            self.beacons_us.push(time.round() as u64);
        }
    }

    fn read_detail(&mut self, element: &xml::Element) {
        let (Some(name), Some(value)) = (element.attribute("Id"), element.attribute("Value")) else { return };
        let understood = match name {
            "Total Laps" => assign(&mut self.total_laps, value.parse().ok()),
            "Fastest Lap" => assign(&mut self.fastest_lap, value.parse().ok()),
            "Fastest Time" => assign(&mut self.fastest_time_ms, parse_lap_time(value)),
            _ => false,
        };
        if !understood {
            self.details.push((name.to_owned(), value.to_owned()));
        }
    }
}

fn assign<T>(place: &mut Option<T>, value: Option<T>) -> bool {
    let understood = value.is_some();
    if understood {
        *place = value;
    }
    understood
}

/// A number as i2 writes it, which is as Microsoft's C library does: 17 decimals, two digits of exponent at least.
fn scientific(time: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "a time of a log is far below 2^53 microseconds")]
    let text = format!("{:.17e}", time as f64);
    match text.split_once('e') {
        Some((mantissa, exponent)) => format!("{mantissa}e+{exponent:0>2}"),
        None => text,
    }
}

/// A lap time as i2 writes it: M:SS.mmm.
fn lap_time(time_ms: u64) -> String {
    format!("{}:{:02}.{:03}", time_ms / 60_000, time_ms / 1000 % 60, time_ms % 1000)
}

fn parse_lap_time(text: &str) -> Option<u64> {
    let (minutes, seconds) = text.trim().rsplit_once(':')?;
    let minutes: u64 = minutes.parse().ok()?;
    let seconds: f64 = seconds.parse().ok()?;
    if !(0.0..60.0).contains(&seconds) {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 60,000")]
    let milliseconds = (seconds * 1000.0).round() as u64;
    minutes.checked_mul(60_000)?.checked_add(milliseconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_i2_does() {
        assert_eq!(scientific(669_511_000), "6.69511000000000000e+08");
        assert_eq!(scientific(1), "1.00000000000000000e+00");
        assert_eq!((lap_time(62_307), lap_time(949_610)), ("1:02.307".to_owned(), "15:49.610".to_owned()));
        assert_eq!(lap_time(9_999), "0:09.999");
    }

    #[test]
    fn lap_times_are_read() {
        for (text, time) in [
            ("1:02.307", Some(62_307)),
            (" 02:08.392", Some(128_392)),
            ("0:00.000", Some(0)),
            ("", None),
            ("62.3", None),
            ("1:61.0", None),
            ("1:-1", None),
            ("1:NaN", None),
            ("99999999999999999999:00", None),
        ] {
            assert_eq!(parse_lap_time(text), time, "{text}");
        }
    }
}
