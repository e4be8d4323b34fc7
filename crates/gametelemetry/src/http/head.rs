//! What the head of a request says of its body, and why a request is refused.
//!
//! Pure: takes the bytes of a whole head. The state machine that collects them is in `request`.

use httparse::{EMPTY_HEADER, Error, Header, Request, Status};

/// The most headers of a request; games send fewer than ten.
const MAX_HEADERS: usize = 64;

/// Why a request is not taken. The connection ends with it, because where the next request would begin is not known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HttpRefusal {
    /// It is no HTTP request.
    #[error("not an HTTP request: {what}")]
    Malformed {
        /// What is wrong with it.
        what: &'static str,
    },
    /// Request line and headers together are too long, or the headers are too many.
    #[error("the head of the request is longer than {most} bytes, or has more than {MAX_HEADERS} headers")]
    HeadTooLong {
        /// Bytes allowed.
        most: usize,
    },
    /// Anything but a POST.
    #[error("only POST is taken here")]
    NotPost,
    /// A POST that does not say how long it is.
    #[error("the request says neither how long it is nor that it comes in chunks")]
    LengthMissing,
    /// A body that is too long, or says so.
    #[error("the body has {got} bytes or more, at most {most} are taken")]
    BodyTooLong {
        /// Bytes announced or come.
        got: u64,
        /// Bytes allowed.
        most: u64,
    },
    /// A coding of the body other than chunks.
    #[error("the body is coded in a way that is not known here")]
    UnknownCoding,
    /// A version other than 1.0 and 1.1.
    #[error("only HTTP/1.0 and HTTP/1.1 are spoken here")]
    UnknownVersion,
    /// A page in a browser sent it: browsers say so in `Origin`, and games do not.
    #[error("pages in a browser may not send here")]
    FromBrowser,
}

impl HttpRefusal {
    /// The status that the sender is answered.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::Malformed { .. } => 400,
            Self::FromBrowser => 403,
            Self::NotPost => 405,
            Self::LengthMissing => 411,
            Self::BodyTooLong { .. } => 413,
            Self::HeadTooLong { .. } => 431,
            Self::UnknownCoding => 501,
            Self::UnknownVersion => 505,
        }
    }
}

pub(super) const fn malformed(what: &'static str) -> HttpRefusal {
    HttpRefusal::Malformed { what }
}

/// What a head says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) path: String,
    pub(super) length: Length,
    pub(super) keep_alive: bool,
    /// The sender waits for a word before it sends the body.
    pub(super) expects: bool,
}

/// How the end of a body is known.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Length {
    Bytes(u64),
    Chunks,
}

/// Reads a whole head, with its empty line; `most` is what it may be long, for the message.
pub(super) fn read(bytes: &[u8], most: usize) -> Result<Head, HttpRefusal> {
    let mut headers = [EMPTY_HEADER; MAX_HEADERS];
    let mut request = Request::new(&mut headers);
    match request.parse(bytes) {
        Ok(Status::Complete(length)) if length == bytes.len() => {}
        Ok(_) => return Err(malformed("its head does not end where it should")),
        Err(Error::TooManyHeaders) => return Err(HttpRefusal::HeadTooLong { most }),
        Err(Error::Version) => return Err(HttpRefusal::UnknownVersion),
        Err(_) => return Err(malformed("its head cannot be read")),
    }
    if request.method != Some("POST") {
        return Err(HttpRefusal::NotPost);
    }
    if values(request.headers, "origin").next().is_some() {
        return Err(HttpRefusal::FromBrowser);
    }
    let modern = request.version == Some(1);
    let asks = |token: &str| values(request.headers, "connection").any(|value| has_token(value, token));
    Ok(Head {
        path: request.path.unwrap_or("/").to_owned(),
        length: length(request.headers)?,
        keep_alive: if modern { !asks("close") } else { asks("keep-alive") },
        expects: modern && values(request.headers, "expect").any(|it| has_token(it, "100-continue")),
    })
}

/// Two ways to say the length that differ are how requests are smuggled past a proxy: refused, not guessed at.
fn length(headers: &[Header<'_>]) -> Result<Length, HttpRefusal> {
    let mut lengths = values(headers, "content-length");
    let stated = lengths.next().map(whole_number).transpose()?;
    if lengths.any(|other| whole_number(other).ok() != stated) {
        return Err(malformed("it says two lengths"));
    }
    let mut codings = values(headers, "transfer-encoding");
    match (codings.next(), stated) {
        (None, None) => Err(HttpRefusal::LengthMissing),
        (None, Some(length)) => Ok(Length::Bytes(length)),
        (Some(_), Some(_)) => Err(malformed("it says a length, and that it comes in chunks")),
        (Some(coding), None) => {
            let is_chunked = coding.trim_ascii().eq_ignore_ascii_case(b"chunked") && codings.next().is_none();
            if is_chunked { Ok(Length::Chunks) } else { Err(HttpRefusal::UnknownCoding) }
        }
    }
}

fn values<'a>(headers: &'a [Header<'a>], name: &'static str) -> impl Iterator<Item = &'a [u8]> {
    headers.iter().filter(move |header| header.name.eq_ignore_ascii_case(name)).map(|header| header.value)
}

fn has_token(value: &[u8], token: &str) -> bool {
    value.split(|&byte| byte == b',').any(|part| part.trim_ascii().eq_ignore_ascii_case(token.as_bytes()))
}

/// Digits only: what else a number may be written with (a sign, blanks) is not allowed here.
fn whole_number(text: &[u8]) -> Result<u64, HttpRefusal> {
    let text = text.trim_ascii();
    let digits = std::str::from_utf8(text).ok().filter(|_| text.iter().all(u8::is_ascii_digit));
    digits.and_then(|digits| digits.parse().ok()).ok_or(malformed("its length is no number"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(lines: &str, expected: Result<Length, u16>) {
        let head = format!("POST / HTTP/1.1\r\n{lines}\r\n");
        let got = read(head.as_bytes(), 1000);
        assert_eq!(got.map(|head| head.length).map_err(|refusal| refusal.status()), expected, "{lines}");
    }

    #[test]
    fn the_length_is_said_in_one_way_only() {
        check("Content-Length: 5\r\n", Ok(Length::Bytes(5)));
        check("content-length:5\r\nContent-Length: 5\r\n", Ok(Length::Bytes(5)));
        check("Transfer-Encoding: Chunked\r\n", Ok(Length::Chunks));
        check("Host: a\r\n", Err(411));
        check("Content-Length: 5\r\nContent-Length: 6\r\n", Err(400));
        check("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", Err(400));
        check("Transfer-Encoding: gzip, chunked\r\n", Err(501));
        check("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", Err(501));
        for wrong in ["+5", "-5", "5 5", "0x5", "", "18446744073709551616"] {
            check(&format!("Content-Length: {wrong}\r\n"), Err(400));
        }
    }

    #[test]
    fn what_is_no_post_of_a_game_is_refused_with_its_status() {
        let status = |head: &[u8]| read(head, 1000).map_err(|refusal| refusal.status());
        assert_eq!(status(b"GET / HTTP/1.1\r\n\r\n"), Err(405));
        assert_eq!(status(b"POST / HTTP/3.0\r\nContent-Length: 1\r\n\r\n"), Err(505));
        assert_eq!(status(b"POST / HTTP/1.1\r\nContent-Length: 1\r\nOrigin: http://a\r\n\r\n"), Err(403));
        assert_eq!(status(b"\x16\x03\x01\r\n\r\n"), Err(400));
        let many = format!("POST / HTTP/1.1\r\n{}\r\n", "A: b\r\n".repeat(65));
        assert_eq!(status(many.as_bytes()), Err(431));
    }

    #[test]
    fn a_connection_lives_on_as_its_version_has_it() {
        let keeps = |version: u8, line: &str| {
            let head = format!("POST / HTTP/1.{version}\r\nContent-Length: 1\r\n{line}\r\n");
            read(head.as_bytes(), 1000).map(|head| head.keep_alive)
        };
        assert_eq!(keeps(1, ""), Ok(true));
        assert_eq!(keeps(1, "Connection: x, Close\r\n"), Ok(false));
        assert_eq!(keeps(0, ""), Ok(false));
        assert_eq!(keeps(0, "Connection: keep-alive\r\n"), Ok(true));
    }
}
