//! Blanks values of a JSON text in their places: a text becomes `""` and a number `0`, with spaces behind it.
//!
//! The text is checked by a JSON parser first; the walk over it then only has to know where values begin and end. Nothing
//! moves, so a text of any form keeps it.

use std::borrow::Cow;
use std::ops::Range;

use serde::de::IgnoredAny;

use super::paths::Paths;

/// What is changed at one place.
#[derive(Debug)]
enum Edit {
    /// A text with its quotes.
    Text(Range<usize>),
    Number(Range<usize>),
    /// The inside of a key, which becomes this number, so that keys of an object stay different.
    Key(Range<usize>, usize),
}

/// Blanks the values at `paths` in `text`: whether there were any; `None` when it is no JSON, and then it is as it was.
pub(super) fn blank(text: &mut [u8], paths: &Paths) -> Option<bool> {
    serde_json::from_slice::<IgnoredAny>(text).ok()?;
    let mut walk = Walk { text, at: 0, paths, path: Vec::new(), edits: Vec::new() };
    walk.value(false)?;
    let edits = walk.edits;
    edits.iter().try_for_each(|edit| apply(text, edit))?;
    Some(!edits.is_empty())
}

fn apply(text: &mut [u8], edit: &Edit) -> Option<()> {
    match edit {
        Edit::Text(place) => fill(text.get_mut(place.clone())?, b"\"\""),
        Edit::Number(place) => fill(text.get_mut(place.clone())?, b"0"),
        Edit::Key(place, number) => {
            let mut rest = *number;
            for digit in text.get_mut(place.clone())?.iter_mut().rev() {
                *digit = b'0' + u8::try_from(rest % 10).unwrap_or(0);
                rest /= 10;
            }
            Some(())
        }
    }
}

/// Writes `value` and spaces behind it.
fn fill(place: &mut [u8], value: &[u8]) -> Option<()> {
    let (head, rest) = place.split_at_mut_checked(value.len())?;
    head.copy_from_slice(value);
    rest.fill(b' ');
    Some(())
}

/// Goes once over a text that is JSON. What it does not understand after all is `None`.
struct Walk<'t, 'p> {
    text: &'t [u8],
    at: usize,
    paths: &'p Paths,
    /// The keys and numbers that lead to the value.
    path: Vec<Cow<'t, str>>,
    edits: Vec<Edit>,
}

impl<'t> Walk<'t, '_> {
    /// A value. The parser has looked how deep they are nested.
    fn value(&mut self, is_personal: bool) -> Option<()> {
        match self.next()? {
            b'{' => self.object(is_personal),
            b'[' => self.array(is_personal),
            b'"' => {
                let place = self.string()?;
                if is_personal {
                    self.edits.push(Edit::Text(place));
                }
                Some(())
            }
            first => {
                let start = self.at;
                let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
                self.at += self.text.get(start..)?.iter().take_while(|byte| is_part(byte)).count();
                if is_personal && !first.is_ascii_alphabetic() {
                    self.edits.push(Edit::Number(start..self.at));
                }
                (self.at > start).then_some(())
            }
        }
    }

    fn object(&mut self, is_personal: bool) -> Option<()> {
        let has_personal_keys = self.paths.has_keys(&self.path);
        self.at += 1;
        let mut number = 0;
        while self.next()? != b'}' {
            let place = self.string()?;
            let key = self.text_of(&place)?;
            if has_personal_keys {
                number += 1;
                self.edits.push(Edit::Key(place.start + 1..place.end - 1, number));
            }
            self.path.push(key);
            self.pass(b':')?;
            self.value(is_personal || self.paths.has_value(&self.path))?;
            self.path.pop();
            self.comma(b'}')?;
        }
        self.pass(b'}')
    }

    fn array(&mut self, is_personal: bool) -> Option<()> {
        self.at += 1;
        let mut number = 0_usize;
        while self.next()? != b']' {
            self.path.push(Cow::Owned(number.to_string()));
            self.value(is_personal || self.paths.has_value(&self.path))?;
            self.path.pop();
            number += 1;
            self.comma(b']')?;
        }
        self.pass(b']')
    }

    /// Passes over the comma that stands before everything but `end`.
    fn comma(&mut self, end: u8) -> Option<()> {
        if self.next()? == end { Some(()) } else { self.pass(b',') }
    }

    /// The next byte that is no space.
    fn next(&mut self) -> Option<u8> {
        while let Some(byte) = self.text.get(self.at) {
            if !byte.is_ascii_whitespace() {
                return Some(*byte);
            }
            self.at += 1;
        }
        None
    }

    fn pass(&mut self, wanted: u8) -> Option<()> {
        (self.next()? == wanted).then(|| self.at += 1)
    }

    /// Passes over a text; where it is, with its quotes.
    fn string(&mut self) -> Option<Range<usize>> {
        let start = self.at;
        self.pass(b'"')?;
        loop {
            match self.text.get(self.at)? {
                b'"' => break,
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
        self.at += 1;
        Some(start..self.at)
    }

    /// What the text at `place` says.
    fn text_of(&self, place: &Range<usize>) -> Option<Cow<'t, str>> {
        let quoted = self.text.get(place.clone())?;
        if quoted.contains(&b'\\') {
            return serde_json::from_slice(quoted).ok().map(Cow::Owned);
        }
        let plain = quoted.get(1..quoted.len() - 1)?;
        std::str::from_utf8(plain).ok().map(Cow::Borrowed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blanked(text: &str) -> Option<(bool, String)> {
        let keys = ["name", "id", "team/*/tag", "players/"].map(str::to_owned);
        let paths = Paths::new(&keys, std::iter::empty());
        let mut bytes = text.as_bytes().to_vec();
        let changed = blank(&mut bytes, &paths)?;
        assert_eq!(bytes.len(), text.len());
        Some((changed, String::from_utf8(bytes).unwrap()))
    }

    #[test]
    fn personal_values_are_blank_and_the_rest_is_as_it_was() {
        let cases = [
            (r#"{"name":"Ann","speed":5}"#, r#"{"name":""   ,"speed":5}"#),
            (r#"{ "a" : [ {"id" : -12.5e3 }, "name" ] }"#, r#"{ "a" : [ {"id" : 0       }, "name" ] }"#),
            (r#"{"name":"\"a\\","x":1}"#, r#"{"name":""     ,"x":1}"#),
            (r#"{"name":"{\"name\":\"]","x":"name"}"#, r#"{"name":""             ,"x":"name"}"#),
            (r#"{"n\u0061me":"Zoë"}"#, r#"{"n\u0061me":""    }"#),
            (r#"{"name":"","id":0}"#, r#"{"name":"","id":0}"#),
            (r#"{"name":null,"id":true}"#, r#"{"name":null,"id":true}"#),
            (r#"{"name":{"first":"Ann","n":[7,"x"]}}"#, r#"{"name":{"first":""   ,"n":[0,"" ]}}"#),
            (r#"{"team":[{"tag":"XY"}],"tag":"XY"}"#, r#"{"team":[{"tag":""  }],"tag":"XY"}"#),
            (
                r#"{"players":{"777":{"hp":1},"778":{"hp":2}}}"#,
                r#"{"players":{"001":{"hp":1},"002":{"hp":2}}}"#,
            ),
        ];
        for (before, after) in cases {
            assert_eq!(blanked(before).unwrap().1, after);
        }
        assert_eq!(blanked(r#"{"speed":5}"#), Some((false, r#"{"speed":5}"#.to_owned())));
    }

    #[test]
    fn what_is_no_json_is_said() {
        for text in ["", "{", r#"{"name":"Ann"} x"#, r#"{"name":'Ann'}"#, "{\"name\":\"A\nnn\"}", "[1,]"] {
            assert_eq!(blanked(text), None, "{text}");
        }
        assert_eq!(blanked(&"[".repeat(1000)), None);
    }
}
