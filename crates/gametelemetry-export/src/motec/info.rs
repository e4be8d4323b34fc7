//! What a log says of itself: when, who, what, where.
//!
//! Shared by the writers of `.ld` and of CSV. Knows nothing of sessions: the exporter fills it.

use jiff::civil::DateTime;

/// The texts in a log's header. Empty ones stay empty; see `docs/motec.md` for their lengths.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LdInfo {
    /// Date and time of the first sample on the clock of the place; the file has no time zone and whole seconds.
    pub started: Option<DateTime>,
    /// The driver.
    pub driver: String,
    /// The vehicle.
    pub vehicle: String,
    /// The venue: circuit or stage.
    pub venue: String,
    /// The event.
    pub event: String,
    /// The session: practice, race, …
    pub session: String,
    /// A comment; the header has room for 63 characters of it, the event for 1023.
    pub comment: String,
}

impl LdInfo {
    /// The date as MoTeC writes it, dd/mm/yyyy; the first day of 2000 when it is not known, since readers want one.
    pub(crate) fn date(&self) -> String {
        let started = self.started();
        format!("{:02}/{:02}/{:04}", started.day(), started.month(), started.year())
    }

    /// The time of day as MoTeC writes it, HH:MM:SS.
    pub(crate) fn time(&self) -> String {
        let started = self.started();
        format!("{:02}:{:02}:{:02}", started.hour(), started.minute(), started.second())
    }

    fn started(&self) -> DateTime {
        self.started.unwrap_or(jiff::civil::date(2000, 1, 1).at(0, 0, 0, 0))
    }
}

/// The date and time that a file's two texts say; seconds may be missing.
pub(crate) fn parse_started(date: &str, time: &str) -> Option<DateTime> {
    let mut date = date.split('/');
    let (day, month, year) =
        (date.next()?.parse().ok()?, date.next()?.parse().ok()?, date.next()?.parse().ok()?);
    let mut time = time.split(':');
    let (hour, minute) = (time.next()?.parse().ok()?, time.next()?.parse().ok()?);
    let second = time.next().map_or(Ok(0), str::parse).ok()?;
    DateTime::new(year, month, day, hour, minute, second, 0).ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn date_and_time_are_read_as_they_are_written() {
        let info = LdInfo { started: Some(date(2005, 11, 23).at(9, 53, 0, 0)), ..LdInfo::default() };
        assert_eq!((info.date().as_str(), info.time().as_str()), ("23/11/2005", "09:53:00"));
        assert_eq!(parse_started(&info.date(), &info.time()), info.started);
        assert_eq!(parse_started("23/11/2005", "09:53"), info.started);
    }

    #[test]
    fn what_is_no_date_is_none() {
        for (date, time) in [("", ""), ("31/02/2020", "10:00:00"), ("1/1/2020", "99:00"), ("a/b/c", "d:e:f")]
        {
            assert_eq!(parse_started(date, time), None, "{date} {time}");
        }
    }
}
