//! Writes the report: a template with our style and scripts, the plotting library, and the data, as one HTML file.
//!
//! Library and data stand in the page deflated and in base64, which the browser undoes; so the page is small, and no
//! text of a session is ever markup. The page forbids itself every request by its content security policy.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::io::{self, Write};

use anyhow::{Context, Result};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use base64::write::EncoderWriter;
use flate2::Compression;
use flate2::write::ZlibEncoder;

use super::data::Report;

const TEMPLATE: &str = include_str!("assets/page.html");
const STYLE: &[&str] = &[include_str!("assets/page.css"), include_str!("assets/print.css")];
/// plotly.js, deflated; made by `build.rs`.
const LIBRARY: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/plotly.js.zz"));
/// Our scripts, in the order in which they stand in the page; they share one scope.
const SCRIPTS: &[&str] = &[
    include_str!("assets/format.js"),
    include_str!("assets/data.js"),
    include_str!("assets/state.js"),
    include_str!("assets/plot.js"),
    include_str!("assets/header.js"),
    include_str!("assets/laps.js"),
    include_str!("assets/traces.js"),
    include_str!("assets/readout.js"),
    include_str!("assets/map.js"),
    include_str!("assets/forces.js"),
    include_str!("assets/corners.js"),
    include_str!("assets/time.js"),
    include_str!("assets/fuel.js"),
    include_str!("assets/capture.js"),
    include_str!("assets/main.js"),
];

/// Writes the page of `report`.
///
/// # Errors
///
/// When `out` cannot be written.
pub(crate) fn write(report: &Report, out: &mut impl Write) -> Result<()> {
    let nonce = nonce();
    for (index, part) in TEMPLATE.split("{{").enumerate() {
        // Only the template is looked through for names: what is put in their places is never read again.
        let (name, text) = if index == 0 { ("", part) } else { part.split_once("}}").unwrap_or(("", part)) };
        match name {
            "nonce" => out.write_all(nonce.as_bytes())?,
            "title" => out.write_all(escaped(&title(report)).as_bytes())?,
            "style" => put_all(STYLE, out)?,
            "scripts" => put_all(SCRIPTS, out)?,
            "library" => put_base64(LIBRARY, out)?,
            "data" => put_data(report, out).context("cannot write the report's data")?,
            _ => {}
        }
        out.write_all(text.as_bytes())?;
    }
    Ok(out.flush()?)
}

/// What the browser's tab says.
fn title(report: &Report) -> String {
    let session = report.sessions.first();
    let texts = session.into_iter().flat_map(|session| [&session.track, &session.car, &session.game]);
    let known: Vec<&str> = texts.map(|text| text.trim()).filter(|text| !text.is_empty()).collect();
    if known.is_empty() { "Session report".to_owned() } else { known.join(", ") }
}

/// The text as it stands between two tags.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// What the page's own scripts are known by, and no other; new for every page.
fn nonce() -> String {
    // The keys of the standard library's hash maps are the system's random numbers.
    let random = || RandomState::new().hash_one(0).to_le_bytes();
    BASE64_STANDARD.encode([random(), random()].concat())
}

fn put_all(texts: &[&str], out: &mut impl Write) -> io::Result<()> {
    texts.iter().try_for_each(|text| out.write_all(text.as_bytes()))
}

fn put_base64(bytes: &[u8], out: &mut impl Write) -> io::Result<()> {
    let mut encoder = EncoderWriter::new(out, &BASE64_STANDARD);
    encoder.write_all(bytes)?;
    encoder.finish().map(drop)
}

fn put_data(report: &Report, out: &mut impl Write) -> Result<()> {
    let mut packed = ZlibEncoder::new(EncoderWriter::new(out, &BASE64_STANDARD), Compression::default());
    serde_json::to_writer(&mut packed, report)?;
    packed.finish()?.finish()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;
    use std::io::Read;

    fn page_of(report: &Report) -> String {
        let mut page = Vec::new();
        write(report, &mut page).unwrap();
        String::from_utf8(page).unwrap()
    }

    /// The inside of the element with this id.
    fn inside<'a>(page: &'a str, id: &str) -> &'a str {
        let (_, rest) = page.split_once(&format!("id=\"{id}\">")).unwrap();
        rest.split_once("</script>").unwrap().0
    }

    fn inflated(text: &str) -> String {
        let bytes = BASE64_STANDARD.decode(text.trim()).unwrap();
        let mut inflated = String::new();
        flate2::read::ZlibDecoder::new(bytes.as_slice()).read_to_string(&mut inflated).unwrap();
        inflated
    }

    #[test]
    fn page_holds_the_library_and_the_data() {
        let report = samples::circuit();
        let page = page_of(&report);
        assert!(inflated(inside(&page, "library")).contains("plotly.js v"));
        let data: serde_json::Value = serde_json::from_str(&inflated(inside(&page, "data"))).unwrap();
        assert_eq!(data["laps"].as_array().unwrap().len(), report.laps.len());
        assert!(!page.contains("{{"), "a name of the template was not filled");
        assert!(page.len() < 6_000_000, "{}", page.len());
    }

    #[test]
    fn texts_of_a_session_are_never_markup() {
        let page = page_of(&samples::hostile());
        assert!(!page.contains("<script>alert") && !page.contains("<img"), "{page:.2000}");
        assert_eq!(page.matches("</script").count(), page_of(&Report::default()).matches("</script").count());
        assert!(page.contains("<title>&lt;/script&gt;"), "{page:.600}");
    }

    #[test]
    fn every_page_has_a_nonce_of_its_own() {
        assert_ne!(nonce(), nonce());
    }
}
