//! The text of a math channel in words and signs, each with its place; errors that say where.
//!
//! Under [`super::math`]. Knows which sign may stand where, not what an expression means.

/// Why a math channel cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MathError {
    /// It is not `name [unit] = expression`.
    #[error("column {column}: {problem}")]
    Syntax {
        /// The place in the text, 1 for the first character.
        column: usize,
        /// What is wrong, and what would be right.
        problem: String,
    },
    /// There is no such function.
    #[error("column {column}: there is no function {name:?}{}", meant(nearest.as_deref()))]
    UnknownFunction {
        /// The place in the text.
        column: usize,
        /// What was written.
        name: String,
        /// What was meant, perhaps.
        nearest: Option<String>,
    },
    /// The session has no such channel.
    #[error("column {column}: the session has no channel {name:?}{}", meant(nearest.as_deref()))]
    UnknownChannel {
        /// The place in the text.
        column: usize,
        /// What was written.
        name: String,
        /// What was meant, perhaps.
        nearest: Option<String>,
    },
    /// The session has a channel of the name that is to be made.
    #[error("the session has a channel {name:?} already: give the math channel another name")]
    NameTaken {
        /// The name.
        name: String,
    },
    /// Nothing in it is a channel, so it never has a value.
    #[error(
        "the expression of {name:?} has no channel in it: write at least one, as in `{name} = speed * 2`"
    )]
    NoChannel {
        /// The name of the math channel.
        name: String,
    },
    /// It is longer or deeper than anybody writes.
    #[error("the math channel has more than {most} {what}: split it into several")]
    TooLarge {
        /// The most there may be.
        most: usize,
        /// Of what.
        what: &'static str,
    },
}

fn meant(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |nearest| format!("; did you mean {nearest:?}?"))
}

/// A word or sign, and its column.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) column: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    Number(String),
    /// A channel, a function or a constant.
    Name(String),
    /// A channel in braces, whatever its name.
    Braced(String),
    Operator(&'static str),
    Open,
    Close,
    Comma,
}

/// A text of more characters is refused.
pub(super) const MOST_CHARACTERS: usize = 2000;

/// The signs between two values; longer ones first.
const OPERATORS: [&str; 14] = ["<=", ">=", "==", "!=", "&&", "||", "<", ">", "+", "-", "*", "/", "%", "^"];

/// An error at `column`.
pub(super) fn wrong<T>(column: usize, problem: impl Into<String>) -> Result<T, MathError> {
    Err(MathError::Syntax { column, problem: problem.into() })
}

/// Cuts `text` into tokens; its first character has column `column`.
pub(super) fn tokens(text: &str, mut column: usize) -> Result<Vec<Token>, MathError> {
    let (mut tokens, mut rest) = (Vec::new(), text);
    while let Some(first) = rest.chars().next() {
        let (kind, taken) = match first {
            _ if first.is_whitespace() => (None, first.len_utf8()),
            '(' => (Some(Kind::Open), 1),
            ')' => (Some(Kind::Close), 1),
            ',' => (Some(Kind::Comma), 1),
            '{' => braced(rest, column).map(|(kind, taken)| (Some(kind), taken))?,
            '0'..='9' | '.' => number(rest, column).map(|(kind, taken)| (Some(kind), taken))?,
            _ if is_name(first) => {
                let taken = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
                (Some(Kind::Name(rest.get(..taken).unwrap_or_default().to_owned())), taken)
            }
            _ => match OPERATORS.into_iter().find(|operator| rest.starts_with(operator)) {
                Some(operator) => (Some(Kind::Operator(operator)), operator.len()),
                None => return wrong(column, format!("{first:?} means nothing here")),
            },
        };
        tokens.extend(kind.map(|kind| Token { kind, column }));
        let (gone, left) = rest.split_at_checked(taken).unwrap_or((rest, ""));
        column += gone.chars().count();
        rest = left;
    }
    Ok(tokens)
}

/// Whether a channel's name may have this character without braces.
pub(super) fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

fn braced(text: &str, column: usize) -> Result<(Kind, usize), MathError> {
    let Some(end) = text.find('}') else {
        return wrong(column, "the brace is not closed: write {name}");
    };
    let name = text.get(1..end).unwrap_or_default().trim();
    if name.is_empty() || name.contains('{') {
        return wrong(column, "a channel's name belongs between the braces, as in {physics:abs}");
    }
    Ok((Kind::Braced(name.to_owned()), end + 1))
}

/// A number as `12`, `0.5` or `1e-3`.
fn number(text: &str, column: usize) -> Result<(Kind, usize), MathError> {
    let mut before = ' ';
    let is_part = |c: char| {
        let is_exponent_sign = matches!(c, '+' | '-') && matches!(before, 'e' | 'E');
        before = c;
        is_name(c) || c == '.' || is_exponent_sign
    };
    let mut is_part = is_part;
    let taken = text.find(|c| !is_part(c)).unwrap_or(text.len());
    let written = text.get(..taken).unwrap_or_default();
    match written.parse::<f64>() {
        // As the plain number it is: the next reader need not know exponents.
        Ok(value) if value.is_finite() => Ok((Kind::Number(format!("{value}")), taken)),
        _ => wrong(column, format!("{written:?} is no number: write it as 12, 0.5 or 1e-3")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_signs_have_their_columns() {
        let found = tokens("  a<=-1.5e-1*{x:y[2]}(,)", 10).unwrap();
        let expected = [
            (Kind::Name("a".to_owned()), 12),
            (Kind::Operator("<="), 13),
            (Kind::Operator("-"), 15),
            (Kind::Number("0.15".to_owned()), 16),
            (Kind::Operator("*"), 22),
            (Kind::Braced("x:y[2]".to_owned()), 23),
            (Kind::Open, 31),
            (Kind::Comma, 32),
            (Kind::Close, 33),
        ];
        let expected = expected.map(|(kind, column)| Token { kind, column });
        let mut found = found;
        if let Some(Token { kind: Kind::Number(number), .. }) = found.get_mut(3) {
            assert_eq!(number, "0.15");
        }
        assert_eq!(found, expected);
    }

    #[test]
    fn what_means_nothing_is_told_where_it_stands() {
        for (text, column) in
            [("a + ß", 5), ("1.2.3", 1), ("a {b", 3), ("{}", 1), ("2x", 1), ("1e999", 1), ("ä", 1)]
        {
            let Err(MathError::Syntax { column: found, .. }) = tokens(text, 1) else { panic!("{text}") };
            assert_eq!(found, column, "{text}");
        }
    }
}
