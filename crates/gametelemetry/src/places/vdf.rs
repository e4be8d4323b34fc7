//! Reads Valve's text format of keys and values, in which Steam keeps where its libraries are.
//!
//! Bytes from outside: what is not understood is an error with its line, and nesting and number of values are
//! bounded. Layout: <https://developer.valvesoftware.com/wiki/KeyValues>. Does not resolve `#include`.

use std::iter::Peekable;
use std::str::Chars;

/// The deepest nesting that is read; Steam's own files have five levels.
const MAX_DEPTH: usize = 32;
/// The most keys that are read.
const MAX_KEYS: usize = 100_000;

/// A text, or further keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VdfValue {
    /// A text.
    Text(String),
    /// Keys with their values, in the order of the file; a key may stand there more than once.
    Keys(Vec<(String, VdfValue)>),
}

/// Why a text is not of this format.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VdfError {
    /// Something that cannot stand there.
    #[error("line {line} has {got} where {expected} was expected")]
    Unexpected {
        /// The line, from 1 on.
        line: u32,
        /// What stands there.
        got: &'static str,
        /// What could.
        expected: &'static str,
    },
    /// Keys within keys within keys.
    #[error("line {line} is nested deeper than {most} levels")]
    TooDeep {
        /// The line, from 1 on.
        line: u32,
        /// Levels allowed.
        most: usize,
    },
    /// More than any file of Steam has.
    #[error("there are more than {most} keys")]
    TooMany {
        /// Keys allowed.
        most: usize,
    },
}

impl VdfValue {
    /// The first value of `key`, in any case as Steam's own reader does it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&VdfValue> {
        self.keys().iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, value)| value)
    }

    /// The keys with their values; none of a text.
    #[must_use]
    pub fn keys(&self) -> &[(String, VdfValue)] {
        match self {
            Self::Keys(keys) => keys,
            Self::Text(_) => &[],
        }
    }

    /// The text, if it is one.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Keys(_) => None,
        }
    }
}

/// Reads `text`; gives its top level.
///
/// ```
/// let read = gametelemetry::places::parse_vdf(r#""libraryfolders" { "0" { "path" "D:\\Steam" } }"#)?;
/// let library = read.get("libraryfolders").and_then(|keys| keys.get("0"));
/// assert_eq!(library.and_then(|library| library.get("path")?.text()), Some(r"D:\Steam"));
/// # Ok::<(), gametelemetry::places::VdfError>(())
/// ```
///
/// # Errors
/// When a key has no value, a brace has no other, or there is too much of it.
pub fn parse_vdf(text: &str) -> Result<VdfValue, VdfError> {
    let mut tokens = Tokens { rest: text.trim_start_matches('\u{feff}').chars().peekable(), line: 1 };
    // The levels that are open, each with the key that it is the value of.
    let mut above: Vec<(String, Vec<(String, VdfValue)>)> = Vec::new();
    let mut keys = Vec::new();
    let mut count = 0;
    loop {
        match tokens.next()? {
            Token::Text(key) => {
                count += 1;
                if count > MAX_KEYS {
                    return Err(VdfError::TooMany { most: MAX_KEYS });
                }
                match tokens.next()? {
                    Token::Text(value) => keys.push((key, VdfValue::Text(value))),
                    Token::Open if above.len() >= MAX_DEPTH => {
                        return Err(VdfError::TooDeep { line: tokens.line, most: MAX_DEPTH });
                    }
                    Token::Open => above.push((key, std::mem::take(&mut keys))),
                    other => return Err(tokens.unexpected(&other, "a value")),
                }
            }
            Token::Close => {
                let Some((key, outer)) = above.pop() else {
                    return Err(tokens.unexpected(&Token::Close, "a key"));
                };
                let inner = std::mem::replace(&mut keys, outer);
                keys.push((key, VdfValue::Keys(inner)));
            }
            Token::End if above.is_empty() => return Ok(VdfValue::Keys(keys)),
            other => return Err(tokens.unexpected(&other, "a key or a closing brace")),
        }
    }
}

#[derive(Debug)]
enum Token {
    Text(String),
    Open,
    Close,
    End,
}

struct Tokens<'a> {
    rest: Peekable<Chars<'a>>,
    line: u32,
}

impl Tokens<'_> {
    fn next(&mut self) -> Result<Token, VdfError> {
        loop {
            match self.rest.peek() {
                None => return Ok(Token::End),
                Some('{') => return Ok(self.take(Token::Open)),
                Some('}') => return Ok(self.take(Token::Close)),
                Some('"') => return self.quoted(),
                // On which system the line before holds; we read it on all of them.
                Some('[') => self.skip_to(']'),
                Some(letter) if letter.is_whitespace() => self.skip(),
                Some(_) => {
                    let word = self.word();
                    if !word.starts_with("//") {
                        return Ok(Token::Text(word));
                    }
                    self.skip_to('\n');
                }
            }
        }
    }

    fn take(&mut self, token: Token) -> Token {
        self.rest.next();
        token
    }

    fn skip(&mut self) {
        if self.rest.next() == Some('\n') {
            self.line = self.line.saturating_add(1);
        }
    }

    /// Passes over everything up to `end`, and that too.
    fn skip_to(&mut self, end: char) {
        // A comment that ends with its first word has its line's end still before it.
        while let Some(&letter) = self.rest.peek() {
            self.skip();
            if letter == end {
                return;
            }
        }
    }

    fn quoted(&mut self) -> Result<Token, VdfError> {
        self.rest.next();
        let mut text = String::new();
        loop {
            let letter = match self.rest.next() {
                None => return Err(self.unexpected(&Token::End, "a closing quotation mark")),
                Some('"') => return Ok(Token::Text(text)),
                Some('\\') => match self.rest.next() {
                    Some('n') => '\n',
                    Some('t') => '\t',
                    Some(other) => other,
                    None => continue,
                },
                Some('\n') => {
                    self.line = self.line.saturating_add(1);
                    '\n'
                }
                Some(letter) => letter,
            };
            text.push(letter);
        }
    }

    fn word(&mut self) -> String {
        let mut word = String::new();
        while let Some(&letter) = self.rest.peek() {
            if letter.is_whitespace() || matches!(letter, '{' | '}' | '"') {
                break;
            }
            word.push(letter);
            self.rest.next();
        }
        word
    }

    fn unexpected(&self, token: &Token, expected: &'static str) -> VdfError {
        let got = match token {
            Token::Text(_) => "a text",
            Token::Open => "an opening brace",
            Token::Close => "a closing brace",
            Token::End => "the end",
        };
        VdfError::Unexpected { line: self.line, got, expected }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_and_bare_words_comments_and_conditions_are_read() {
        let text = "\u{feff}// made by Steam\n\"LibraryFolders\"\n{\n\tTime 5 [$WIN32]\n\t\"1\"\t\"D:\\\\Spiele \\\"neu\\\"\" // old\n}\n";
        let read = parse_vdf(text).unwrap();
        let folders = read.get("libraryfolders").unwrap();
        assert_eq!(folders.get("time").unwrap().text(), Some("5"));
        assert_eq!(folders.get("1").unwrap().text(), Some(r#"D:\Spiele "neu""#));
        assert_eq!((folders.keys().len(), folders.text()), (2, None));
    }

    #[test]
    fn what_is_broken_is_said_with_its_line() {
        let error = |text: &str| parse_vdf(text).unwrap_err().to_string();
        assert_eq!(error("\"a\"\n{"), "line 2 has the end where a key or a closing brace was expected");
        assert_eq!(error("a }"), "line 1 has a closing brace where a value was expected");
        assert_eq!(error("}"), "line 1 has a closing brace where a key was expected");
        assert_eq!(error("\n\"a"), "line 2 has the end where a closing quotation mark was expected");
        assert_eq!(error("a"), "line 1 has the end where a value was expected");
    }

    #[test]
    fn deep_and_long_texts_are_refused() {
        assert!(parse_vdf(&format!("{}{}", "a {".repeat(MAX_DEPTH), "}".repeat(MAX_DEPTH))).is_ok());
        let deep = parse_vdf(&"a {".repeat(1_000_000)).unwrap_err();
        assert_eq!(deep, VdfError::TooDeep { line: 1, most: MAX_DEPTH });
        assert_eq!(
            parse_vdf(&"a b ".repeat(MAX_KEYS + 1)).unwrap_err(),
            VdfError::TooMany { most: MAX_KEYS }
        );
    }
}
