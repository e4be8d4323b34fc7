//! Sends each datagram on to others, byte for byte, so that one port serves several programs.

use std::fmt;
use std::str::FromStr;

/// A further receiver of every datagram.
#[derive(Clone, Debug, PartialEq)]
pub struct Forward {
    /// Where it listens, as `127.0.0.1:20778`.
    pub to: String,
    /// The most datagrams a second that it gets; all unless set.
    pub max_hz: Option<f64>,
}

/// A receiver that is not written as `HOST:PORT` or `HOST:PORT@HZ`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text} is no receiver: write HOST:PORT, or HOST:PORT@HZ for at most so many packets a second")]
pub struct ForwardParseError {
    text: String,
}

impl FromStr for Forward {
    type Err = ForwardParseError;

    /// Reads `HOST:PORT`, or `HOST:PORT@HZ`.
    fn from_str(text: &str) -> Result<Self, ForwardParseError> {
        let wrong = || ForwardParseError { text: text.to_owned() };
        let (to, max_hz) = match text.split_once('@') {
            Some((to, hz)) => {
                (to, Some(hz.parse().ok().filter(|hz| *hz > 0.0 && f64::is_finite(*hz)).ok_or_else(wrong)?))
            }
            None => (text, None),
        };
        let (host, port) = to.rsplit_once(':').ok_or_else(wrong)?;
        if host.is_empty() || port.parse::<u16>().map_or(true, |port| port == 0) {
            return Err(wrong());
        }
        Ok(Self { to: to.to_owned(), max_hz })
    }
}

impl fmt::Display for Forward {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.max_hz {
            Some(hz) => write!(f, "{}@{hz}", self.to),
            None => f.write_str(&self.to),
        }
    }
}
