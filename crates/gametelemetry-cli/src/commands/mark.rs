//! `mark`: asks the recordings that hold what came last to keep it, and says where it is.

use std::io::Write as _;

use anyhow::{Result, bail};
use serde::Serialize;

use super::Outcome;
use super::keep_last::minutes;
use crate::args::Mark;
use crate::marks::{self, Answer, Kept};
use crate::output;

/// What `--json` prints of a session.
#[derive(Serialize)]
struct KeptJson {
    folder: String,
    #[serde(flatten)]
    kept: Kept,
}

pub(crate) fn run(args: &Mark) -> Result<Outcome> {
    let (mut kept, mut refused) = (Vec::new(), Vec::new());
    for answer in marks::ask_all(&args.out, args.timeout)? {
        match answer {
            Answer::Kept(session) => kept.push(session),
            Answer::Refused(why) => refused.push(why),
        }
    }
    let lost_data = kept.iter().any(|kept| kept.lost_data);
    print(kept, args)?;
    if !refused.is_empty() {
        bail!("not kept: {}", refused.join("; "));
    }
    Ok(Outcome::lost_if(lost_data))
}

fn print(kept: Vec<Kept>, args: &Mark) -> Result<()> {
    // The recorder may know the folder by another path than we do.
    let folder = |kept: &Kept| args.out.join(&kept.name).display().to_string();
    if args.json {
        let kept = kept.into_iter().map(|kept| KeptJson { folder: folder(&kept), kept });
        return output::json(&kept.collect::<Vec<_>>());
    }
    let mut out = output::stdout();
    for kept in &kept {
        output::say(format_args!("kept {} with {} frames", minutes(kept.seconds), kept.frames));
        writeln!(out, "{}", folder(kept))?;
    }
    Ok(out.flush()?)
}
