//! As much XML as a `.ldx` needs: its elements' names and attributes, and how a text is escaped.
//!
//! Below [`Ldx`](super::Ldx). A `.ldx` says everything in attributes, so that the nesting can be left aside; comments,
//! declarations and text between elements are passed over. Foreign bytes end the reading, they do not fail it.

/// One element's start.
pub(crate) struct Element {
    /// Its name.
    pub(crate) name: String,
    attributes: Vec<(String, String)>,
}

impl Element {
    /// The value of the attribute `name`.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }
}

/// The starts of the elements in `text`, in order.
pub(crate) fn elements(text: &str) -> impl Iterator<Item = Element> {
    let mut rest = text;
    std::iter::from_fn(move || {
        loop {
            let (_, after) = rest.split_once('<')?;
            if let Some(comment) = after.strip_prefix("!--") {
                rest = comment.split_once("-->")?.1;
            } else if after.starts_with(['!', '?', '/']) {
                rest = after.split_once('>')?.1;
            } else {
                let (element, after) = element(after)?;
                rest = after;
                return Some(element);
            }
        }
    })
}

/// `value` as it stands in an attribute: ASCII alone, since nothing in the file says which encoding it has.
pub(crate) fn escape(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len());
    for character in value.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            // XML has no way to say these at all.
            _ if character.is_control() || matches!(character, '\u{fffe}' | '\u{ffff}') => escaped.push('?'),
            _ if character.is_ascii() => escaped.push(character),
            _ => escaped.push_str(&format!("&#{};", u32::from(character))),
        }
    }
    escaped
}

/// The element that `text` begins with, after its `<`; and what follows it.
fn element(text: &str) -> Option<(Element, &str)> {
    let end = text.find(|character: char| character.is_whitespace() || matches!(character, '/' | '>'))?;
    let (name, mut rest) = text.split_at_checked(end)?;
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start().trim_start_matches('/');
        if let Some(after) = rest.strip_prefix('>') {
            return Some((Element { name: name.to_owned(), attributes }, after));
        }
        let (attribute, after) = rest.split_once('=')?;
        let after = after.trim_start();
        let quote = after.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        let (value, after) = after.get(1..)?.split_once(quote)?;
        attributes.push((attribute.trim().to_owned(), unescape(value)));
        rest = after;
    }
}

fn unescape(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    let mut rest = value;
    while let Some((before, after)) = rest.split_once('&') {
        text.push_str(before);
        // No name is longer; looking on for a semicolon would cost a whole file for each `&`.
        let end = after.bytes().take(10).position(|byte| byte == b';');
        let name = end.and_then(|end| after.split_at_checked(end));
        let known = name.and_then(|(name, after)| Some((entity(name)?, after.strip_prefix(';')?)));
        if let Some((character, after)) = known {
            text.push(character);
            rest = after;
        } else {
            text.push('&');
            rest = after;
        }
    }
    text + rest
}

fn entity(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix('x') {
                Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_escaped_is_read_back() {
        for value in ["", "Spa & \"Zandvoort\" <GT>", "Nürburgring 東京", "it's; &amp; &#65;"] {
            let text = format!("<String Id='x' Value=\"{}\"/>", escape(value));
            assert!(text.is_ascii());
            let element = elements(&text).next().unwrap();
            assert_eq!(element.attribute("Value"), Some(value), "{text}");
        }
        assert_eq!(escape("a\u{7}b"), "a?b");
    }

    #[test]
    fn only_elements_are_given() {
        let text =
            "<?xml version=\"1.0\"?><!-- <No Time=\"1\"/> --><!DOCTYPE x><A>text<B  C = 'x>y' D=\"\" /></A>";
        let found: Vec<_> = elements(text).collect();
        assert_eq!(found.iter().map(|element| element.name.as_str()).collect::<Vec<_>>(), ["A", "B"]);
        assert_eq!((found[1].attribute("C"), found[1].attribute("D")), (Some("x>y"), Some("")));
        assert_eq!(found[1].attribute("E"), None);
    }

    #[test]
    fn what_is_cut_ends() {
        let text = "<A B=\"1\"><C D=\"2\" E='&#x41;&no;&#xd800;'/>";
        for end in 0..text.len() {
            assert!(elements(&text[..end]).count() <= 1);
        }
        assert_eq!(elements(text).nth(1).unwrap().attribute("E"), Some("A&no;&#xd800;"));
    }
}
