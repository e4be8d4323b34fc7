//! Rust source without its comments and the insides of its strings, for checks that look for words of code.
//!
//! Not a parser: it knows just enough to tell what is code. What it leaves out becomes blanks, so lines keep their
//! numbers.

use std::iter::Peekable;
use std::str::Chars;

/// The text with every comment, string and character literal blanked.
pub(super) fn code_only(text: &str) -> String {
    let mut reader = Reader { rest: text.chars().peekable(), code: String::with_capacity(text.len()) };
    while let Some(next) = reader.rest.next() {
        reader.token(next);
    }
    reader.code
}

/// Whether the code has this word, not as a part of a longer one.
pub(super) fn has_word(code: &str, word: &str) -> bool {
    code.split(|c: char| !is_word(c)).any(|part| part == word)
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

struct Reader<'a> {
    rest: Peekable<Chars<'a>>,
    code: String,
}

impl Reader<'_> {
    fn token(&mut self, next: char) {
        match (next, self.rest.peek().copied()) {
            ('/', Some('/')) => self.line_comment(),
            ('/', Some('*')) => self.block_comment(),
            ('"', _) => self.string(),
            ('\'', _) => self.quote(),
            ('r', Some('"' | '#')) if !self.code.ends_with(is_word) || self.ends_with_prefix() => self.raw(),
            _ => self.code.push(next),
        }
    }

    /// `b` or `c` that stands alone: the raw string is one of bytes or a C string.
    fn ends_with_prefix(&self) -> bool {
        let mut back = self.code.chars().rev();
        matches!(back.next(), Some('b' | 'c')) && !back.next().is_some_and(is_word)
    }

    fn line_comment(&mut self) {
        while self.rest.next_if(|c| *c != '\n').is_some() {}
    }

    /// Block comments nest in Rust.
    fn block_comment(&mut self) {
        let mut depth = 0;
        let mut before = '/';
        while let Some(c) = self.rest.next() {
            self.blank(c);
            match (before, c) {
                ('/', '*') => depth += 1,
                ('*', '/') => depth -= 1,
                _ => {
                    before = c;
                    continue;
                }
            }
            if depth == 0 {
                return;
            }
            // Neither character may count twice: `/*/` opens and does not close.
            before = ' ';
        }
    }

    fn string(&mut self) {
        self.code.push('"');
        while let Some(c) = self.rest.next() {
            match c {
                '\\' => drop(self.rest.next().map(|escaped| self.blank(escaped))),
                '"' => break,
                _ => self.blank(c),
            }
        }
        self.code.push('"');
    }

    /// A character literal or a lifetime: a literal has its closing quote after one character or an escape.
    fn quote(&mut self) {
        self.code.push('\'');
        match self.rest.next() {
            Some('\\') => {
                self.rest.next();
                while self.rest.next().is_some_and(|c| c != '\'') {}
            }
            // What follows is no quote: a lifetime, whose name is code.
            Some(c) if self.rest.next_if_eq(&'\'').is_none() => self.code.push(c),
            _ => {}
        }
    }

    /// After the `r` of a raw string, or of a raw identifier, which is code.
    fn raw(&mut self) {
        let mut hashes = 0;
        while self.rest.next_if_eq(&'#').is_some() {
            hashes += 1;
        }
        if self.rest.next_if_eq(&'"').is_none() {
            self.code.push(' ');
            return;
        }
        let mut seen = None;
        while let Some(c) = self.rest.next() {
            seen = match (c, seen) {
                ('"', _) => Some(0),
                ('#', Some(count)) => Some(count + 1),
                _ => None,
            };
            self.blank(c);
            if seen == Some(hashes) {
                return;
            }
        }
    }

    fn blank(&mut self, c: char) {
        self.code.push(if c == '\n' { '\n' } else { ' ' });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_words_of_code_are_left() {
        for (text, expected) in [
            ("let x = unsafe { 1 };", true),
            ("// unsafe", false),
            ("/// unsafe\nfn f() {}", false),
            ("/* a /* unsafe */ unsafe */ fn f() {}", false),
            ("/*/ unsafe */ fn f() {}", false),
            ("/**/ unsafe", true),
            ("\"unsafe\"", false),
            ("\"a \\\" unsafe\"", false),
            ("r#\"a \" unsafe\"#", false),
            ("br\"unsafe\"", false),
            ("r\"a\\\" unsafe", true),
            ("'\"' unsafe '\"'", true),
            ("'\\'' unsafe", true),
            ("b'\\\\' unsafe", true),
            ("fn f<'a>(x: &'a str) { unsafe {} }", true),
            ("forbid(unsafe_code)", false),
            ("for\"\" unsafe", true),
            ("r#unsafe_word unsafe", true),
        ] {
            assert_eq!(has_word(&code_only(text), "unsafe"), expected, "{text}");
        }
    }

    #[test]
    fn lines_keep_their_numbers() {
        let text = "/* a\nb */ \"c\nd\" // e\nr\"f\ng\" h";
        let code = code_only(text);
        assert_eq!(code.lines().count(), text.lines().count());
        assert!(code.lines().last().unwrap().ends_with('h'));
    }
}
