//! A formula's tokens checked, and made into expressions that can be worked out.
//!
//! Between [`super::math_scan`] and [`super::math`]. The checks are ours, so that an error has its column; what passes is
//! handed to `exmex` with every channel as a numbered variable.

use exmex::{BinOp, Express, FlatEx, MakeOperators, Operator};

use super::math_scan::{Kind, MathError, Token, tokens, wrong};
use crate::nearest::nearest_word;

/// Parentheses may be nested so deep.
const MOST_DEPTH: usize = 24;

/// A formula that was understood.
#[derive(Debug)]
pub(super) struct Parsed {
    pub(super) expression: Expression,
    /// What looks back in time, inner ones first.
    pub(super) looking: Vec<LookingStep>,
    channels: Vec<(String, usize)>,
}

impl Parsed {
    /// The channels that stand in the text, and the column of each.
    pub(super) fn channels(&self) -> impl Iterator<Item = (&str, usize)> {
        self.channels.iter().map(|(name, column)| (name.as_str(), *column))
    }
}

/// A function that looks back, of an expression.
#[derive(Debug)]
pub(super) struct LookingStep {
    /// As it is written.
    pub(super) name: String,
    pub(super) looking: Looking,
    pub(super) expression: Expression,
}

/// How a function looks back.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Looking {
    Derivative,
    Integral,
    Smooth(f64),
    Previous,
}

/// An expression of channels.
#[derive(Debug)]
pub(super) struct Expression {
    /// The channels that are its values, in their order.
    pub(super) inputs: Vec<String>,
    root: Node,
}

impl Expression {
    /// Its value, of the values of its inputs; NaN for what is no number.
    pub(super) fn value(&mut self, values: &[f64]) -> f64 {
        let value = self.root.value(values);
        if value.is_finite() { value } else { f64::NAN }
    }
}

/// A formula, or one of the parts of an `if`.
#[derive(Debug)]
struct Node {
    /// It is large, and would fill the stack where formulas are nested.
    flat: Box<FlatEx<f64, Operators>>,
    /// What each of its variables is, in the order in which it wants them.
    variables: Vec<Variable>,
    buffer: Vec<f64>,
}

#[derive(Debug)]
enum Variable {
    /// The number of an input.
    Input(usize),
    /// Condition, then, else.
    Choice(Box<[Node; 3]>),
}

impl Node {
    fn value(&mut self, values: &[f64]) -> f64 {
        let value = |variable: &mut Variable| match variable {
            Variable::Input(number) => values.get(*number).copied().unwrap_or(f64::NAN),
            Variable::Choice(nodes) => {
                let [condition, then, otherwise] = nodes.as_mut();
                match condition.value(values) {
                    unknown if unknown.is_nan() => f64::NAN,
                    0.0 => otherwise.value(values),
                    _ => then.value(values),
                }
            }
        };
        self.buffer.clear();
        self.buffer.extend(self.variables.iter_mut().map(value));
        self.flat.eval(&self.buffer).unwrap_or(f64::NAN)
    }
}

/// Understands the expression `text`, whose first character has column `column`.
pub(super) fn parse(text: &str, column: usize) -> Result<Parsed, MathError> {
    let tokens = tokens(text, column)?;
    let end = column + text.chars().count();
    let mut parser = Parser { tokens, end, place: 0, depth: 0, looking: Vec::new(), channels: Vec::new() };
    let mut inputs = Vec::new();
    let root = parser.node(&mut inputs)?;
    if let Some(token) = parser.tokens.get(parser.place) {
        return wrong(token.column, "this closes nothing: a parenthesis too many, or one too few before it");
    }
    let expression = Expression { inputs, root };
    Ok(Parsed { expression, looking: parser.looking, channels: parser.channels })
}

struct Parser {
    tokens: Vec<Token>,
    /// The column behind the last token.
    end: usize,
    place: usize,
    depth: usize,
    looking: Vec<LookingStep>,
    channels: Vec<(String, usize)>,
}

/// A node in the making: its text for `exmex`, and what its variables are.
struct Build<'a> {
    text: String,
    variables: Vec<Variable>,
    inputs: &'a mut Vec<String>,
}

impl Build<'_> {
    fn input(&mut self, name: String) {
        let number = self.inputs.iter().position(|known| *known == name).unwrap_or_else(|| {
            self.inputs.push(name);
            self.inputs.len() - 1
        });
        let is_it = |variable: &Variable| matches!(variable, Variable::Input(other) if *other == number);
        match self.variables.iter().position(is_it) {
            Some(place) => self.name(place),
            None => self.variable(Variable::Input(number)),
        }
    }

    fn variable(&mut self, variable: Variable) {
        self.variables.push(variable);
        self.name(self.variables.len() - 1);
    }

    /// Names are sorted as texts there, so they have all the same length.
    fn name(&mut self, place: usize) {
        self.text.push_str(&format!("{{v{place:05}}}"));
    }
}

impl Parser {
    fn peek(&self) -> Option<&Kind> {
        self.tokens.get(self.place).map(|token| &token.kind)
    }

    fn column(&self) -> usize {
        self.tokens.get(self.place).map_or(self.end, |token| token.column)
    }

    /// A whole expression, up to a comma, a closing parenthesis or the end.
    fn node(&mut self, inputs: &mut Vec<String>) -> Result<Node, MathError> {
        let column = self.column();
        let mut build = Build { text: String::new(), variables: Vec::new(), inputs };
        self.expression(&mut build)?;
        let flat = flat(&build.text, column)?;
        Ok(Node { flat, variables: build.variables, buffer: Vec::new() })
    }

    /// Values and operators in turns.
    fn expression(&mut self, build: &mut Build<'_>) -> Result<(), MathError> {
        loop {
            let is_negative = self.peek() == Some(&Kind::Operator("-"));
            if is_negative {
                self.place += 1;
                build.text.push_str("(-");
            }
            self.operand(build)?;
            if is_negative {
                build.text.push(')');
            }
            match self.peek() {
                Some(Kind::Operator("^")) if is_negative => {
                    return wrong(self.column(), "-a^b is read in two ways: write -(a^b) or (-a)^b");
                }
                Some(&Kind::Operator(operator)) => {
                    self.place += 1;
                    build.text.push_str(&format!(" {operator} "));
                }
                None | Some(Kind::Close | Kind::Comma) => return Ok(()),
                Some(_) => return wrong(self.column(), "an operator is missing before this"),
            }
        }
    }

    fn operand(&mut self, build: &mut Build<'_>) -> Result<(), MathError> {
        let column = self.column();
        let missing = "a value is missing: a channel, a number or a parenthesis";
        let Some(kind) = self.peek().cloned() else { return wrong(column, missing) };
        self.place += 1;
        match kind {
            Kind::Number(number) => build.text.push_str(&number),
            Kind::Name(name) if self.peek() == Some(&Kind::Open) => {
                return self.function(&name, column, build);
            }
            Kind::Name(name) if name.eq_ignore_ascii_case("pi") => build.text.push_str("pi"),
            Kind::Name(name) | Kind::Braced(name) => {
                if !self.channels.iter().any(|(known, _)| *known == name) {
                    self.channels.push((name.clone(), column));
                }
                build.input(name);
            }
            Kind::Open => {
                self.place -= 1;
                self.open()?;
                build.text.push('(');
                self.expression(build)?;
                self.close(column)?;
                build.text.push(')');
            }
            Kind::Operator(_) | Kind::Close | Kind::Comma => return wrong(column, missing),
        }
        Ok(())
    }

    fn function(&mut self, name: &str, column: usize, build: &mut Build<'_>) -> Result<(), MathError> {
        let start = self.place - 1;
        self.open()?;
        if UNARY.contains(&name) {
            build.text.push_str(&format!("{name}("));
            self.expression(build)?;
            build.text.push(')');
        } else if BINARY.contains(&name) {
            build.text.push_str("((");
            self.expression(build)?;
            self.comma(name)?;
            build.text.push_str(&format!(") {name} ("));
            self.expression(build)?;
            build.text.push_str("))");
        } else if name == "if" {
            let condition = self.node(build.inputs)?;
            self.comma(name)?;
            let then = self.node(build.inputs)?;
            self.comma(name)?;
            let otherwise = self.node(build.inputs)?;
            build.variable(Variable::Choice(Box::new([condition, then, otherwise])));
        } else if LOOKING.contains(&name) {
            return self.looking_back(name, column, start, build);
        } else {
            let all = UNARY.into_iter().chain(BINARY).chain(LOOKING).chain(["if"]);
            let nearest = nearest_word(name, all).map(str::to_owned);
            return Err(MathError::UnknownFunction { column, name: name.to_owned(), nearest });
        }
        self.close(column)
    }

    /// A function that looks back, whose name is the token `start`: a step of its own.
    fn looking_back(
        &mut self,
        name: &str,
        column: usize,
        start: usize,
        build: &mut Build<'_>,
    ) -> Result<(), MathError> {
        let mut inputs = Vec::new();
        let root = self.node(&mut inputs)?;
        let looking = self.looking(name)?;
        self.close(column)?;
        if inputs.is_empty() {
            return wrong(column, "what looks back needs a channel to look at");
        }
        let name = written(self.tokens.get(start..self.place).unwrap_or_default());
        build.input(name.clone());
        if !self.looking.iter().any(|known| known.name == name) {
            self.looking.push(LookingStep { name, looking, expression: Expression { inputs, root } });
        }
        Ok(())
    }

    fn looking(&mut self, name: &str) -> Result<Looking, MathError> {
        Ok(match name {
            "derivative" => Looking::Derivative,
            "integral" => Looking::Integral,
            "previous" => Looking::Previous,
            _ => {
                self.comma(name)?;
                let column = self.column();
                let seconds = match self.peek() {
                    Some(Kind::Number(number)) => number.parse::<f64>().unwrap_or(0.0),
                    _ => 0.0,
                };
                if !(seconds > 0.0 && seconds <= 3600.0) {
                    return wrong(
                        column,
                        "the time is a number of seconds, up to 3600, as in smooth(speed, 0.5)",
                    );
                }
                self.place += 1;
                Looking::Smooth(seconds)
            }
        })
    }

    fn open(&mut self) -> Result<(), MathError> {
        self.place += 1;
        self.depth += 1;
        if self.depth > MOST_DEPTH {
            return Err(MathError::TooLarge { most: MOST_DEPTH, what: "parentheses inside each other" });
        }
        Ok(())
    }

    /// Takes the closing parenthesis of what began at `column`.
    fn close(&mut self, column: usize) -> Result<(), MathError> {
        match self.peek() {
            Some(Kind::Close) => {
                self.place += 1;
                self.depth = self.depth.saturating_sub(1);
                Ok(())
            }
            Some(Kind::Comma) => wrong(self.column(), "one value too many for this function"),
            _ => wrong(column, "the parenthesis is not closed"),
        }
    }

    fn comma(&mut self, name: &str) -> Result<(), MathError> {
        if self.peek() != Some(&Kind::Comma) {
            return wrong(self.column(), format!("{name} needs one more value here, after a comma"));
        }
        self.place += 1;
        Ok(())
    }
}

/// Kept out of the recursion: what `exmex` puts on the stack is gone before the next level.
#[inline(never)]
fn flat(text: &str, column: usize) -> Result<Box<FlatEx<f64, Operators>>, MathError> {
    match FlatEx::parse(text) {
        Ok(flat) => Ok(Box::new(flat)),
        Err(error) => wrong(column, error.to_string().to_lowercase()),
    }
}

/// Tokens as they would be written.
fn written(tokens: &[Token]) -> String {
    let word = |token: &Token| match &token.kind {
        Kind::Number(text) | Kind::Name(text) => text.clone(),
        Kind::Braced(name) => format!("{{{name}}}"),
        Kind::Operator(operator) => (*operator).to_owned(),
        Kind::Open => "(".to_owned(),
        Kind::Close => ")".to_owned(),
        Kind::Comma => ", ".to_owned(),
    };
    tokens.iter().map(word).collect()
}

const UNARY: [&str; 16] = [
    "abs", "sign", "not", "sqrt", "exp", "ln", "log10", "sin", "cos", "tan", "asin", "acos", "atan", "floor",
    "ceil", "round",
];
const BINARY: [&str; 4] = ["min", "max", "atan2", "hypot"];
const LOOKING: [&str; 4] = ["derivative", "integral", "smooth", "previous"];

/// The arithmetic, as `exmex` wants it told.
#[derive(Clone, Debug)]
struct Operators;

impl MakeOperators<f64> for Operators {
    fn make<'a>() -> Vec<Operator<'a, f64>> {
        let binary =
            |name, prio, apply| Operator::make_bin(name, BinOp { apply, prio, is_commutative: false });
        vec![
            binary("||", 0, |a, b| known(a, b, a != 0.0 || b != 0.0)),
            binary("&&", 1, |a, b| known(a, b, a != 0.0 && b != 0.0)),
            binary("<", 2, |a, b| known(a, b, a < b)),
            binary("<=", 2, |a, b| known(a, b, a <= b)),
            binary(">", 2, |a, b| known(a, b, a > b)),
            binary(">=", 2, |a, b| known(a, b, a >= b)),
            binary("==", 2, |a, b| known(a, b, a == b)),
            binary("!=", 2, |a, b| known(a, b, a != b)),
            binary("+", 3, |a, b| a + b),
            Operator::make_bin_unary(
                "-",
                BinOp { apply: |a, b| a - b, prio: 3, is_commutative: false },
                |a| -a,
            ),
            binary("*", 4, |a, b| a * b),
            binary("/", 4, |a, b| a / b),
            binary("%", 4, |a, b| a % b),
            binary("^", 5, f64::powf),
            binary("min", 6, |a, b| if a.is_nan() || b.is_nan() { f64::NAN } else { a.min(b) }),
            binary("max", 6, |a, b| if a.is_nan() || b.is_nan() { f64::NAN } else { a.max(b) }),
            binary("atan2", 6, f64::atan2),
            binary("hypot", 6, f64::hypot),
            Operator::make_unary("abs", f64::abs),
            Operator::make_unary("sign", |a| if a == 0.0 { a } else { a.signum() }),
            Operator::make_unary("not", |a| if a.is_nan() { a } else { f64::from(u8::from(a == 0.0)) }),
            Operator::make_unary("sqrt", f64::sqrt),
            Operator::make_unary("exp", f64::exp),
            Operator::make_unary("ln", f64::ln),
            Operator::make_unary("log10", f64::log10),
            Operator::make_unary("sin", f64::sin),
            Operator::make_unary("cos", f64::cos),
            Operator::make_unary("tan", f64::tan),
            Operator::make_unary("asin", f64::asin),
            Operator::make_unary("acos", f64::acos),
            Operator::make_unary("atan", f64::atan),
            Operator::make_unary("floor", f64::floor),
            Operator::make_unary("ceil", f64::ceil),
            Operator::make_unary("round", f64::round),
            Operator::make_constant("pi", std::f64::consts::PI),
        ]
    }
}

/// 1 or 0; NaN when one of the values is not known.
fn known(a: f64, b: f64, holds: bool) -> f64 {
    if a.is_nan() || b.is_nan() { f64::NAN } else { f64::from(u8::from(holds)) }
}
