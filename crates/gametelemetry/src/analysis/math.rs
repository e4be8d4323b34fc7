//! Users' own channels, written as formulas: `slip [m/s] = abs(wheel_rim_speed_fl - speed)`.
//!
//! Stands before a pass: a [`MathChannel`] becomes derived channels, so laps, traces and exports see it as any other.
//! The arithmetic is that of the crate `exmex`; what looks back in time is ours. A formula is text from outside: it is
//! limited in length and depth, and whatever is wrong with it is told with the column.

use gametelemetry_file::Timestamp;

use super::math_parse::{Expression, Looking, Parsed, parse};
pub use super::math_scan::MathError;
use super::math_scan::{MOST_CHARACTERS, is_name, wrong};
use super::rates::{Integral, Window};
use crate::channels::ChannelKind;
use crate::moments::DerivedChannel;
use crate::nearest::nearest_word;
use crate::processor::SessionPass;

/// A channel written as a formula.
///
/// `name [unit] = expression`; the unit may be left out. In the expression stand names of channels, those with other
/// signs than letters, digits and `_` in braces (`{physics:wheel_slip[2]}`), numbers, `pi`, and
///
/// - `+ - * / %` and `^`, with the usual precedence, from left to right. `-a^2` is refused, as half of the world reads it
///   one way and half the other: write `-(a^2)` or `(-a)^2`.
/// - `< <= > >= == !=`, `&&`, `||`: 1 when it holds, else 0. `if(condition, then, else)` and `not(condition)`.
/// - `abs sign sqrt exp ln log10 sin cos tan asin acos atan floor ceil round`, `min(a, b)`, `max(a, b)`, `atan2(y, x)`,
///   `hypot(a, b)`. Angles are radians.
/// - `derivative(a)`, a second, over the last 0.1 s; `integral(a)` over time since the start, in a's unit times seconds;
///   `smooth(a, seconds)`, the mean over the last so many seconds; `previous(a)`, the sample before. All of them look back
///   only, and begin anew after a gap of more than a second.
///
/// It has a value whenever one of its channels is told and all are known. What is no number (1/0) is not known.
///
/// ```
/// use gametelemetry::analysis::MathChannel;
/// let channel: MathChannel = "power [W] = derivative(speed^2 / 2) * 1300".parse()?;
/// assert_eq!((channel.name(), channel.unit()), ("power", "W"));
/// let error = "power = sped * ".parse::<MathChannel>().unwrap_err();
/// assert_eq!(error.to_string(), "column 16: a value is missing: a channel, a number or a parenthesis");
/// # Ok::<(), gametelemetry::analysis::MathError>(())
/// ```
#[derive(Debug)]
pub struct MathChannel {
    name: String,
    unit: String,
    kind: ChannelKind,
    parsed: Parsed,
}

impl MathChannel {
    /// Reads `name [unit] = expression`.
    ///
    /// # Errors
    /// When it is not written that way, has an unknown function or no channel, or is too large. Whether a session has its
    /// channels is asked by [`MathChannel::add_to`].
    pub fn parse(text: &str) -> Result<Self, MathError> {
        if text.chars().count() > MOST_CHARACTERS {
            return Err(MathError::TooLarge { most: MOST_CHARACTERS, what: "characters" });
        }
        let Some((head, expression)) = text.split_once('=') else {
            return wrong(text.chars().count() + 1, "`=` is missing: write `name [unit] = expression`");
        };
        let (name, unit) = name_and_unit(head)?;
        let parsed = parse(expression, head.chars().count() + 2)?;
        if parsed.channels().next().is_none() {
            return Err(MathError::NoChannel { name });
        }
        Ok(Self { name, unit, kind: ChannelKind::Continuous, parsed })
    }

    /// Says how its values lie between two samples; [`ChannelKind::Continuous`] unless said.
    #[must_use]
    pub fn kind(mut self, kind: ChannelKind) -> Self {
        self.kind = kind;
        self
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its unit; empty when none was written.
    #[must_use]
    pub fn unit(&self) -> &str {
        &self.unit
    }

    /// The names of the channels that it is worked out from, as they stand in the text.
    pub fn channels(&self) -> impl Iterator<Item = &str> {
        self.parsed.channels().map(|(name, _)| name)
    }

    /// Checks that `available` (as [`SessionPass::available_channels`] gives them) has its channels, and not its name.
    ///
    /// # Errors
    /// When a channel is missing, with the name that was meant, perhaps; or when the name is taken.
    pub fn check(&self, available: &[String]) -> Result<(), MathError> {
        if available.contains(&self.name) {
            return Err(MathError::NameTaken { name: self.name.clone() });
        }
        for (name, column) in self.parsed.channels() {
            // A source's own field is known only to its schema.
            if !name.contains(':') && !available.iter().any(|known| known == name) {
                let known = available.iter().map(String::as_str);
                let nearest = nearest_word(name, known).map(str::to_owned);
                return Err(MathError::UnknownChannel { column, name: name.to_owned(), nearest });
            }
        }
        Ok(())
    }

    /// Adds it to what `pass` derives; what it is worked out from has to be there or added before.
    ///
    /// # Errors
    /// As [`MathChannel::check`].
    pub fn add_to(self, pass: &mut SessionPass) -> Result<(), MathError> {
        self.check(&pass.available_channels())?;
        self.into_channels().into_iter().for_each(|channel| pass.derive(channel));
        Ok(())
    }

    /// The derived channels that it consists of, in the order in which they are to be added: what looks back in time is a
    /// channel of its own, named as it is written, which goes by its own inputs' samples. The last one is the channel.
    #[must_use]
    pub fn into_channels(self) -> Vec<DerivedChannel> {
        let mut channels: Vec<DerivedChannel> = Vec::new();
        for step in self.parsed.looking {
            let inputs = step.expression.inputs.clone();
            let function = looking(step.looking, step.expression);
            channels.push(DerivedChannel::new(step.name, "", inputs, function));
        }
        let mut expression = self.parsed.expression;
        let inputs = expression.inputs.clone();
        let function = move |values: &[f64], _| expression.value(values);
        channels.push(DerivedChannel::new(self.name, self.unit, inputs, function).kind(self.kind));
        channels
    }
}

impl std::str::FromStr for MathChannel {
    type Err = MathError;

    fn from_str(text: &str) -> Result<Self, MathError> {
        Self::parse(text)
    }
}

fn name_and_unit(head: &str) -> Result<(String, String), MathError> {
    let (name, unit) = match head.split_once('[') {
        None => (head, ""),
        Some((name, unit)) => {
            let column = name.chars().count() + 1;
            let Some(unit) = unit.trim_end().strip_suffix(']') else {
                return wrong(column, "the unit is not closed: write `name [unit] = expression`");
            };
            (name, unit.trim())
        }
    };
    let column = name.chars().take_while(|c| c.is_whitespace()).count() + 1;
    let name = name.trim();
    if name.is_empty() || !name.chars().all(is_name) || name.starts_with(|c: char| c.is_ascii_digit()) {
        return wrong(
            column,
            "the name comes first, of letters, digits and `_`: write `name [unit] = expression`",
        );
    }
    Ok((name.to_owned(), unit.to_owned()))
}

/// `derivative` goes by so many seconds.
const SLOPE_S: f64 = 0.1;

fn looking(looking: Looking, mut of: Expression) -> impl FnMut(&[f64], Timestamp) -> f64 + Send + 'static {
    let (mut window, mut integral) = (Window::default(), Integral::default());
    move |values, time| {
        let value = of.value(values);
        match looking {
            // What is not known at a sample must not spoil all that follow.
            _ if value.is_nan() => f64::NAN,
            Looking::Derivative => window.slope(time, value, SLOPE_S),
            Looking::Integral => integral.add(time, value),
            Looking::Smooth(seconds) => window.mean(time, value, seconds),
            Looking::Previous => window.previous(time, value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_laps::second;
    use super::*;

    /// What `text` gives for `a` = 3, `b` = -4, `c` = not known, `d` = 0.5.
    fn value(text: &str) -> f64 {
        let channel =
            MathChannel::parse(&format!("x = {text}")).unwrap_or_else(|error| panic!("{text}: {error}"));
        let mut channel = channel.into_channels().pop().unwrap();
        let of = |name: &String| match name.as_str() {
            "a" => 3.0,
            "b" => -4.0,
            "physics:d[1]" => 0.5,
            _ => f64::NAN,
        };
        let values: Vec<f64> = channel.inputs.iter().map(of).collect();
        (channel.function)(&values, second(0.0))
    }

    #[test]
    fn formulas_have_the_values_that_they_have_on_paper() {
        let table = [
            ("a + b * 2", -5.0),
            ("(a + b) * 2", -2.0),
            ("a - b - 2 - 1", 4.0),
            ("2 / a / 2 * a", 1.0),
            ("2 * a ^ 2", 18.0),
            ("2 ^ a ^ 2", 64.0),
            ("2 ^ -a", 0.125),
            ("-(a^2)", -9.0),
            ("(-a)^2", 9.0),
            ("a * -b", 12.0),
            ("a--b", -1.0),
            ("7 % a", 1.0),
            ("a % 2 + 1", 2.0),
            ("-a + 1", -2.0),
            ("abs(b)", 4.0),
            ("sqrt(abs(b)) + 1", 3.0),
            ("min(a, b) + max(a, min(b, 10)) * 2", 2.0),
            ("atan2(a - 3, b)", std::f64::consts::PI),
            ("hypot(a, b)", 5.0),
            ("exp(ln(a)) * 1", 3.0),
            ("cos(pi) * a", -3.0),
            ("sin(a)^2 + cos(a)^2", 1.0),
            ("a > b", 1.0),
            ("a < b || a == 3 && b != 3", 1.0),
            ("if(a > 2, a * 10, b)", 30.0),
            ("if(a <= 2, a, if(b >= 0, 1, 2)) + 1", 3.0),
            ("not(a > 2)", 0.0),
            ("sign(b) * round(a / 2)", -2.0),
            ("{physics:d[1]} * a * 1e-3", 0.0015),
            ("a * 1e21 / 1e21", 3.0),
        ];
        for (text, expected) in table {
            let found = value(text);
            assert!((found - expected).abs() < 1e-12, "{text} is {found}, and not {expected}");
        }
    }

    #[test]
    fn what_is_not_known_or_no_number_has_no_value() {
        for text in ["a + c", "a / 0", "sqrt(b)", "ln(a - 3)", "c > 1", "min(a, c)", "if(c, 1, 2)", "c == c"]
        {
            assert!(value(text).is_nan(), "{text}");
        }
        assert_eq!(value("if(a > 0, a, c)"), 3.0);
    }

    #[test]
    fn errors_say_where_and_what_instead() {
        let table = [
            ("speed * 2", "column 10: `=` is missing: write `name [unit] = expression`"),
            (
                "[m] = a",
                "column 1: the name comes first, of letters, digits and `_`: write `name [unit] = expression`",
            ),
            ("x [m = a", "column 3: the unit is not closed: write `name [unit] = expression`"),
            ("x = ", "column 5: a value is missing: a channel, a number or a parenthesis"),
            ("x = a + * b", "column 9: a value is missing: a channel, a number or a parenthesis"),
            ("x = a b", "column 7: an operator is missing before this"),
            ("x = (a + b", "column 5: the parenthesis is not closed"),
            (
                "x = a + b)",
                "column 10: this closes nothing: a parenthesis too many, or one too few before it",
            ),
            ("x = -a^2", "column 7: -a^b is read in two ways: write -(a^b) or (-a)^b"),
            ("x = sqr(a)", "column 5: there is no function \"sqr\"; did you mean \"sqrt\"?"),
            ("x = min(a)", "column 10: min needs one more value here, after a comma"),
            ("x = abs(a, b)", "column 10: one value too many for this function"),
            ("x = smooth(a)", "column 13: smooth needs one more value here, after a comma"),
            (
                "x = smooth(a, b)",
                "column 15: the time is a number of seconds, up to 3600, as in smooth(speed, 0.5)",
            ),
            ("x = derivative(2)", "column 5: what looks back needs a channel to look at"),
            ("x = a ? b", "column 7: '?' means nothing here"),
            (
                "x = 1 + 2",
                "the expression of \"x\" has no channel in it: write at least one, as in `x = speed * 2`",
            ),
        ];
        for (text, expected) in table {
            assert_eq!(MathChannel::parse(text).unwrap_err().to_string(), expected, "{text}");
        }
    }

    #[test]
    fn a_channel_that_the_session_does_not_have_is_told_with_the_one_that_was_meant() {
        let available = ["speed".to_owned(), "throttle".to_owned()];
        let error = |text: &str| {
            MathChannel::parse(text).unwrap().check(&available).map_err(|error| error.to_string())
        };
        assert_eq!(error("x = speed + {physics:abs}"), Ok(()));
        assert_eq!(
            error("x = 2 * derivative(sped)").unwrap_err(),
            "column 20: the session has no channel \"sped\"; did you mean \"speed\"?"
        );
        assert_eq!(
            error("x = speed / wings").unwrap_err(),
            "column 13: the session has no channel \"wings\""
        );
        assert_eq!(
            error("speed = throttle").unwrap_err(),
            "the session has a channel \"speed\" already: give the math channel another name"
        );
    }

    #[test]
    fn what_looks_back_is_a_channel_of_its_own_for_each_thing_it_looks_at() {
        let text = "x [W] = derivative(smooth(a, 0.5)^2) + derivative(smooth( a,0.5 )^2) + previous(b) - integral(a)";
        let channels = MathChannel::parse(text).unwrap().into_channels();
        let names: Vec<_> =
            channels.iter().map(|channel| (channel.name(), channel.inputs.join(" "))).collect();
        let expected = [
            ("smooth(a, 0.5)", "a"),
            ("derivative(smooth(a, 0.5)^2)", "smooth(a, 0.5)"),
            ("previous(b)", "b"),
            ("integral(a)", "a"),
            ("x", "derivative(smooth(a, 0.5)^2) previous(b) integral(a)"),
        ];
        assert_eq!(names, expected.map(|(name, inputs)| (name, inputs.to_owned())));
        assert_eq!((channels[4].unit(), MathChannel::parse(text).unwrap().channels().count()), ("W", 2));
    }

    #[test]
    fn looking_back_gives_slope_sum_mean_and_the_sample_before() {
        let table =
            [("derivative(a)", 10.0), ("integral(a)", 20.0), ("smooth(a, 1)", 15.0), ("previous(a)", 19.8)];
        for (text, expected) in table {
            let mut first = MathChannel::parse(&format!("x = {text}")).unwrap().into_channels().remove(0);
            let times = (0..=100).map(|step| f64::from(step) / 50.0);
            let found = times.map(|time| (first.function)(&[time * 10.0], second(time))).last().unwrap();
            assert!((found - expected).abs() < 1e-6, "{text}: {found}");
            assert!((first.function)(&[f64::NAN], second(2.02)).is_nan());
        }
    }

    #[test]
    fn hostile_texts_are_refused_and_long_ones_are_quick() {
        let deep = format!("x = {}a{}", "(".repeat(100), ")".repeat(100));
        assert!(matches!(MathChannel::parse(&deep), Err(MathError::TooLarge { most: 24, .. })));
        let deep = format!("x = {}a{}", "derivative(".repeat(30), ")".repeat(30));
        assert!(matches!(MathChannel::parse(&deep), Err(MathError::TooLarge { most: 24, .. })));
        for (before, after) in
            [("if(a, ", ", a)"), ("if(", ", a, a)"), ("derivative(", ")"), ("abs(", ")"), ("(-", ")")]
        {
            let most = format!("x = {}a{}", before.repeat(24), after.repeat(24));
            assert!(MathChannel::parse(&most).is_ok(), "{most}");
        }
        let long = format!("x = {}a", "a + ".repeat(5000));
        assert!(matches!(MathChannel::parse(&long), Err(MathError::TooLarge { most: 2000, .. })));
        for text in ["x = a", "x = (((((((((((((((((((((((a)))))))))))))))))))))))", "x = abs(abs(abs(a)))"] {
            assert!(MathChannel::parse(text).is_ok());
        }
        let wide = format!("x = {}a", "min(a, 1) * ".repeat(160));
        assert!(MathChannel::parse(&wide).is_ok());
        let mut state = 1_u32;
        for _ in 0..3000 {
            let letters = b"ab(){}[]=+-*/^%<>&|!,. 019eif\xc3\xa4";
            let text: Vec<u8> = (0..40)
                .map(|_| {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    letters[(state >> 16) as usize % letters.len()]
                })
                .collect();
            let _ = MathChannel::parse(&format!("x = {}", String::from_utf8_lossy(&text)));
        }
    }
}
