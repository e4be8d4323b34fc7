//! How many tests ran, read from what cargo test and cargo-nextest print at the end.
//!
//! Used where "it ended well" is not enough: a filter that matches nothing ends well too.

use std::fmt;
use std::ops::AddAssign;

use anyhow::{Result, bail};

/// Tests by how they ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) skipped: u64,
}

impl Counts {
    /// Adds up every closing line in the output of a test run.
    pub(crate) fn read(output: &str) -> Counts {
        let mut counts = Counts::default();
        for line in output.lines().map(without_colour) {
            counts += closing(&line).map(parse).unwrap_or_default();
        }
        counts
    }

    /// An error when no test ran at all.
    pub(crate) fn require_some(self, what: &str) -> Result<Counts> {
        if self.passed + self.failed == 0 {
            bail!("no test ran: {what}");
        }
        Ok(self)
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Counts) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)
    }
}

/// The part of a closing line that has the numbers, if it is one.
fn closing(line: &str) -> Option<&str> {
    let line = line.trim();
    if let Some(rest) = line.strip_prefix("test result: ") {
        return rest.split_once(". ").map(|(_, numbers)| numbers);
    }
    let rest = line.strip_prefix("Summary [")?;
    rest.split_once(" run: ").map(|(_, numbers)| numbers)
}

/// `8 passed (1 slow), 2 failed, 1 timed out, 3 skipped`, or libtest's `8 passed; 2 failed; 1 ignored; …`.
fn parse(numbers: &str) -> Counts {
    let mut counts = Counts::default();
    for part in numbers.split([',', ';']) {
        let mut words = part.split_whitespace();
        let Some(number) = words.next().and_then(|word| word.parse::<u64>().ok()) else { continue };
        match words.next() {
            Some("passed") => counts.passed += number,
            Some("failed" | "timed" | "exec") => counts.failed += number,
            Some("skipped" | "ignored") => counts.skipped += number,
            _ => {}
        }
    }
    counts
}

/// The line without terminal colours: `ESC [ … m`.
fn without_colour(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        plain.push_str(before);
        rest = after.split_once('m').map_or("", |(_, after)| after);
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(output: &str, passed: u64, failed: u64, skipped: u64) {
        assert_eq!(Counts::read(output), Counts { passed, failed, skipped });
    }

    #[test]
    fn closing_lines_of_both_runners_are_read() {
        check("     Summary [   0.512s] 10 tests run: 10 passed, 2 skipped\n", 10, 0, 2);
        check(
            "     Summary [  61.000s] 12/14 tests run: 8 passed (1 slow), 3 failed, 1 timed out, 0 skipped",
            8,
            4,
            0,
        );
        check(
            "\u{1b}[32;1m     Summary\u{1b}[0m [   1s] \u{1b}[1m1\u{1b}[0m test run: \u{1b}[1m1\u{1b}[0m \u{1b}[32;1mpassed\u{1b}[0m, 0 skipped",
            1,
            0,
            0,
        );
        check(
            "test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 7 filtered out; finished in 0.1s",
            5,
            0,
            1,
        );
        check("test result: FAILED. 1 passed; 2 failed; 0 ignored", 1, 2, 0);
    }

    #[test]
    fn lines_are_added_up_and_others_passed_over() {
        let output = "running 1 test\ntest result: ok. 1 passed; 0 failed;\n8 passed, 9 failed\ntest result: ok. 2 passed;\n";
        check(output, 3, 0, 0);
    }

    #[test]
    fn nothing_run_is_an_error() {
        assert!(Counts::read("test result: ok. 0 passed; 0 failed; 9 ignored").require_some("x").is_err());
        assert!(Counts::read("test result: ok. 1 passed; 0 failed").require_some("x").is_ok());
    }
}
