//! Any bytes as what comes over a connection of the HTTP server: in one piece and in many, with the same result.
#![no_main]

use gametelemetry::{HttpLimits, HttpProgress, HttpRefusal, HttpRequest, HttpRequestParser};
use libfuzzer_sys::fuzz_target;

const LIMITS: HttpLimits = HttpLimits { head: 512, body: 256 };

fuzz_target!(|data: &[u8]| {
    let Some((&size, bytes)) = data.split_first() else { return };
    let whole = requests(bytes, usize::MAX);
    assert_eq!(requests(bytes, usize::from(size) + 1), whole, "pieces change nothing");
    assert_eq!(requests(bytes, 1), whole, "bytes change nothing");
    for request in &whole.0 {
        assert!(request.body.len() as u64 <= LIMITS.body && request.path.len() <= LIMITS.head);
    }
});

/// Every request in `bytes`, and the refusal that ends them.
fn requests(bytes: &[u8], size: usize) -> (Vec<HttpRequest>, Option<HttpRefusal>) {
    let mut parser = HttpRequestParser::new(LIMITS);
    let mut found = Vec::new();
    for mut piece in bytes.chunks(size) {
        loop {
            match parser.push(piece) {
                Ok((taken, HttpProgress::More)) => {
                    assert_eq!(taken, piece.len(), "who asks for more has taken everything");
                    break;
                }
                Ok((taken, progress)) => {
                    piece = &piece[taken..];
                    if let HttpProgress::Request(request) = progress {
                        assert!(!parser.is_within_request());
                        found.push(request);
                    }
                }
                Err(refusal) => {
                    assert_eq!(parser.push(piece), Err(refusal.clone()), "a refusal is for good");
                    assert!((400..600).contains(&refusal.status()));
                    return (found, Some(refusal));
                }
            }
        }
    }
    (found, None)
}
