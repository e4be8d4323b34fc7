//! What is wrong with the text of a format: every mistake with its place, what is there, and what to write.
//!
//! Mistakes are collected while the text is read, so that a user mends a file in one go. They are for people; what a
//! program needs of one is where it is.

use std::cell::RefCell;
use std::fmt;
use std::ops::Range;

/// Mistakes that are kept; a file with more is no packet format.
const MOST: usize = 100;

/// Bytes of the text that something stands at.
pub(super) type Span = Range<usize>;

/// Everything that is wrong with the text of a format, in the order of the text; at least one mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormatErrors {
    /// The mistakes, at most 100.
    pub errors: Vec<FormatError>,
}

/// One mistake in the text of a format.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FormatError {
    /// Line of the text, the first is 1.
    pub line: usize,
    /// Character of the line, the first is 1.
    pub column: usize,
    /// How many characters of the line it is about; at least 1.
    pub width: usize,
    /// The line as it stands in the text.
    pub quoted: String,
    /// What is wrong, and what to write.
    pub message: String,
}

impl std::error::Error for FormatErrors {}

impl std::error::Error for FormatError {}

impl fmt::Display for FormatErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, error) in self.errors.iter().enumerate() {
            if number > 0 {
                f.write_str("\n\n")?;
            }
            write!(f, "{error}")?;
        }
        Ok(())
    }
}

/// Prints place and message, then the line with a mark below what is meant.
impl fmt::Display for FormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.line.to_string();
        writeln!(f, "line {number}, column {}: {}", self.column, self.message)?;
        writeln!(f, "{number} | {}", self.quoted)?;
        let margin = " ".repeat(number.len() + 3);
        // A tab stays a tab, or the mark would stand elsewhere.
        let before = self.quoted.chars().take(self.column - 1);
        let before: String = before.map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
        write!(f, "{margin}{before}{}", "^".repeat(self.width))
    }
}

impl FormatErrors {
    /// One mistake about the whole text.
    pub(super) fn of_text(message: &str) -> Self {
        let message = message.to_owned();
        Self { errors: vec![FormatError { line: 1, column: 1, width: 1, quoted: String::new(), message }] }
    }
}

/// The mistakes found so far.
#[derive(Debug, Default)]
pub(super) struct Mistakes {
    found: RefCell<Vec<(Span, String)>>,
}

impl Mistakes {
    /// Notes what is wrong with what stands at `span`.
    pub(super) fn add(&self, span: &Span, message: impl Into<String>) {
        let mut found = self.found.borrow_mut();
        if found.len() < MOST {
            found.push((span.clone(), message.into()));
        }
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.found.borrow().len()
    }

    /// The mistakes with their places in `text`; `None` when there are none.
    pub(super) fn into_errors(self, text: &str) -> Option<FormatErrors> {
        let mut found = self.found.into_inner();
        if found.is_empty() {
            return None;
        }
        found.sort_by_key(|(span, _)| span.start);
        found.dedup();
        let errors = found.into_iter().map(|(span, message)| locate(text, &span, message)).collect();
        Some(FormatErrors { errors })
    }
}

/// Characters of a line that are quoted.
const QUOTED: usize = 160;

fn locate(text: &str, span: &Span, message: String) -> FormatError {
    let start = (0..=span.start.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
    let (before, after) = text.split_at(start);
    let begin = before.rfind('\n').map_or(0, |newline| newline + 1);
    let end = after.find('\n').map_or(text.len(), |newline| start + newline);
    let part = |range: Span| text.get(range).unwrap_or_default();
    let column = part(begin..start).chars().count() + 1;
    let inside = part(start..span.end.clamp(start, end)).trim_end();
    let quoted: String = part(begin..end).trim_end().chars().take(QUOTED.max(column)).collect();
    FormatError {
        line: before.matches('\n').count() + 1,
        column,
        width: inside.chars().count().clamp(1, QUOTED),
        quoted,
        message,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_is_quoted_with_a_mark_below_it() {
        let text = "name = \"a\"\n\ttype = \"float\"\n";
        let mistakes = Mistakes::default();
        mistakes.add(&(19..26), "unknown type");
        let errors = mistakes.into_errors(text).unwrap();
        assert_eq!(
            errors.to_string(),
            "line 2, column 9: unknown type\n2 | \ttype = \"float\"\n    \t       ^^^^^^^"
        );
    }

    #[test]
    fn places_outside_the_text_do_not_panic() {
        for span in [0..0, Span { start: 5, end: 2 }, 3..4, 900..1000, 2..900] {
            let error = locate("aäb\ncd", &span, String::new());
            assert!(error.line <= 2 && error.width >= 1, "{error:?}");
        }
    }
}
