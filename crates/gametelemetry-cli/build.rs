//! Packs what never changes between two reports, when the command is built: the plotting library's text.
//!
//! plotly.js comes with the crate `plotly`, which carries it for its own pages together with a formula renderer of
//! half its size. Only the library's script is taken, deflated, and left for `src/report/page.rs` to include; so the
//! command carries 1.4 MB instead of 6.7, and writing a report compresses nothing but the session's own data.

use std::error::Error;
use std::io::Write;
use std::path::PathBuf;

use flate2::Compression;
use flate2::write::ZlibEncoder;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let sources = plotly::Plot::offline_js_sources();
    let script = script_with(&sources, "plotly.js v").ok_or("the crate plotly carries no plotly.js")?;
    let folder = std::env::var_os("OUT_DIR").map(PathBuf::from).ok_or("cargo sets OUT_DIR")?;
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::best());
    packed.write_all(script.as_bytes())?;
    std::fs::write(folder.join("plotly.js.zz"), packed.finish()?)?;
    Ok(())
}

/// The inside of the first script element whose text opens with a comment that has `mark`.
fn script_with<'a>(page: &'a str, mark: &str) -> Option<&'a str> {
    let mut scripts = page.split("<script").skip(1).filter_map(|element| {
        let inside = element.split_once('>')?.1;
        Some(inside.rsplit_once("</script>")?.0)
    });
    scripts.find(|script| script.get(..200).is_some_and(|opening| opening.contains(mark)))
}
