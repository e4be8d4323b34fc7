//! Reads `key = value, key, key(...)` lists: the grammar of `#[telemetry(...)]` and `#[field(...)]`, and the
//! collection of errors. Does not know what the options mean to a struct; that is `parse`.

use std::ops::RangeInclusive;

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::ext::IdentExt as _;
use syn::parse::ParseStream;
use syn::{Ident, LitInt, LitStr, Path, Token, parenthesized};

use crate::types::one_of;

/// The largest frame a schema may have, in bytes; the same number as `gametelemetry_file::MAX_RECORD_SIZE`, which a
/// crate further right on the line owns and this one therefore cannot name.
const MAX_SIZE: u32 = 16 << 20;

/// Mistakes found so far, to be reported together.
#[derive(Default)]
pub(crate) struct Errors(Option<syn::Error>);

impl Errors {
    /// Adds a mistake at `span`.
    pub(crate) fn push(&mut self, span: Span, text: impl std::fmt::Display) {
        self.add(syn::Error::new(span, text));
    }

    /// Adds a mistake.
    pub(crate) fn add(&mut self, error: syn::Error) {
        match &mut self.0 {
            Some(errors) => errors.combine(error),
            None => self.0 = Some(error),
        }
    }

    /// `value`, when nothing was wrong.
    pub(crate) fn finish<T>(self, value: Option<T>) -> syn::Result<T> {
        match (self.0, value) {
            (Some(error), _) => Err(error),
            (None, Some(value)) => Ok(value),
            // Whoever gives no value has pushed why; this text would be a bug of this crate.
            (None, None) => Err(syn::Error::new(Span::call_site(), "this struct cannot be read")),
        }
    }
}

/// The options of `#[telemetry(...)]` as far as they stand there.
#[derive(Default)]
pub(crate) struct TelemetryOptions {
    /// `size = 800`: the bytes and where they stand.
    pub(crate) size: Option<(u32, Span)>,
    /// `name = "..."`.
    pub(crate) name: Option<String>,
    /// `version = "..."`.
    pub(crate) version: Option<String>,
    /// `counter = field` or `counter = nested.field`; empty when there is none.
    pub(crate) counter: Vec<Ident>,
    /// `reference = "..."`.
    pub(crate) reference: Option<String>,
    /// `crate = path`.
    pub(crate) krate: Option<Path>,
    /// Whether a `size` stands there, be it wrong; a wrong one is not also called missing.
    pub(crate) has_size: bool,
}

/// A value's name: the value, the name and where the value stands.
type Label = (i64, String, Span);

/// The options of all `#[field(...)]` of one field; each with the place where it stands.
#[derive(Default)]
pub(crate) struct FieldOptions {
    /// `unit = "km/h"`.
    pub(crate) unit: Option<(String, Span)>,
    /// `flag`.
    pub(crate) flag: Option<Span>,
    /// `labels(...)`.
    pub(crate) labels: Option<(Vec<Label>, Span)>,
    /// `personal`.
    pub(crate) personal: Option<Span>,
    /// `nested`.
    pub(crate) nested: Option<Span>,
    /// `skip`.
    pub(crate) skip: Option<Span>,
    /// Keys read so far, to see one that stands twice.
    seen: Vec<String>,
}

impl TelemetryOptions {
    /// Reads what stands in the parentheses; mistakes go to `errors` and are passed over.
    pub(crate) fn read(&mut self, input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<()> {
        let known = ["size", "version", "counter", "reference", "name", "crate"];
        let mut seen = Vec::new();
        list(input, &known, &mut seen, errors, |key, input| {
            self.has_size |= key == "size";
            input.parse::<Token![=]>()?;
            match key.to_string().as_str() {
                "size" => self.size = Some(size(input)?),
                "version" => self.version = Some(text(input)?),
                "reference" => self.reference = Some(text(input)?),
                "name" => self.name = Some(text(input)?),
                "counter" => self.counter = counter(input)?,
                _ => self.krate = Some(input.call(Path::parse_mod_style)?),
            }
            Ok(())
        })
    }
}

impl FieldOptions {
    /// Reads what stands in the parentheses; mistakes go to `errors` and are passed over.
    pub(crate) fn read(&mut self, input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<()> {
        let known = ["unit", "flag", "labels", "personal", "nested", "skip"];
        let mut seen = std::mem::take(&mut self.seen);
        let mut wrong_labels = Errors::default();
        let end = list(input, &known, &mut seen, errors, |key, input| {
            match key.to_string().as_str() {
                "unit" => {
                    input.parse::<Token![=]>()?;
                    self.unit = Some((text(input)?, key.span()));
                }
                "flag" => self.flag = Some(key.span()),
                "labels" => self.labels = Some((labels(input, &mut wrong_labels)?, key.span())),
                "personal" => self.personal = Some(key.span()),
                "nested" => self.nested = Some(key.span()),
                _ => self.skip = Some(key.span()),
            }
            Ok(())
        });
        if let Err(error) = wrong_labels.finish(Some(())) {
            errors.add(error);
        }
        self.seen = seen;
        end
    }
}

/// Reads a list of options, calling `value` behind each key that is known and new.
fn list(
    input: ParseStream<'_>,
    known: &[&str],
    seen: &mut Vec<String>,
    errors: &mut Errors,
    mut value: impl FnMut(&Ident, ParseStream<'_>) -> syn::Result<()>,
) -> syn::Result<()> {
    while !input.is_empty() {
        // `crate` is a keyword, therefore any identifier.
        let key = input.call(Ident::parse_any)?;
        let name = key.to_string();
        let read = if !known.contains(&name.as_str()) {
            Err(syn::Error::new(
                key.span(),
                format!("unknown option `{name}`; the options are {}", one_of(known, "and")),
            ))
        } else if seen.contains(&name) {
            Err(syn::Error::new(key.span(), format!("option `{name}` is given twice: keep one of them")))
        } else {
            seen.push(name.clone());
            value(&key, input).and_then(|()| at_end_of_option(&name, input))
        };
        if let Err(error) = read {
            errors.add(error);
            pass_over_option(input)?;
        }
        if !input.is_empty() {
            input.parse::<Token![,]>()?;
        }
    }
    Ok(())
}

/// An option ends at a comma; `flag = true` or `nested(...)` does not.
fn at_end_of_option(name: &str, input: ParseStream<'_>) -> syn::Result<()> {
    if input.is_empty() || input.peek(Token![,]) {
        return Ok(());
    }
    Err(input.error(format!("expected a comma after option `{name}`")))
}

/// Goes to the next comma, so that one wrong option does not hide mistakes in the next.
fn pass_over_option(input: ParseStream<'_>) -> syn::Result<()> {
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<TokenTree>()?;
    }
    Ok(())
}

/// A text that says something.
fn text(input: ParseStream<'_>) -> syn::Result<String> {
    let literal: LitStr = input.parse()?;
    if literal.value().trim().is_empty() {
        return Err(syn::Error::new(literal.span(), "this text is empty: leave the option out"));
    }
    Ok(literal.value())
}

/// The bytes of a frame.
fn size(input: ParseStream<'_>) -> syn::Result<(u32, Span)> {
    let literal: LitInt = input.parse()?;
    let allowed: RangeInclusive<u32> = 1..=MAX_SIZE;
    match literal.base10_parse::<u32>() {
        Ok(bytes) if allowed.contains(&bytes) => Ok((bytes, literal.span())),
        _ => Err(syn::Error::new(
            literal.span(),
            format!(
                "size is {literal}, but a frame has 1 to {MAX_SIZE} bytes: write what the game's documentation states"
            ),
        )),
    }
}

/// A field, or the way to a field of a nested frame.
fn counter(input: ParseStream<'_>) -> syn::Result<Vec<Ident>> {
    if input.peek(LitStr) {
        return Err(input.error("counter names a field, without quotes: `counter = packet_id`"));
    }
    let mut way: Vec<Ident> = vec![input.parse()?];
    while input.parse::<Option<Token![.]>>()?.is_some() {
        way.push(input.parse()?);
    }
    Ok(way)
}

/// The names of an integer's values: `(0 = "off", -1 = "none")`.
fn labels(input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Vec<Label>> {
    if !input.peek(syn::token::Paren) {
        return Err(input.error(r#"labels are written `labels(0 = "off", 1 = "on")`"#));
    }
    let content;
    let paren = parenthesized!(content in input);
    let labels = label_list(&content, errors).inspect_err(|_| {
        // What is left unread would be reported as a second mistake.
        let _ = content.parse::<TokenStream>();
    })?;
    if labels.is_empty() {
        return Err(syn::Error::new(paren.span.join(), "labels are empty: leave the option out"));
    }
    Ok(labels)
}

fn label_list(input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Vec<Label>> {
    let mut labels: Vec<Label> = Vec::new();
    while !input.is_empty() {
        let (value, span) = signed(input)?;
        input.parse::<Token![=]>()?;
        let name = text(input)?;
        if let Some((_, first, _)) = labels.iter().find(|label| label.0 == value) {
            errors.push(span, format!("value {value} is labelled twice: it is already \"{first}\""));
        }
        labels.push((value, name, span));
        if !input.is_empty() {
            input.parse::<Token![,]>()?;
        }
    }
    Ok(labels)
}

/// An integer, maybe with a minus.
fn signed(input: ParseStream<'_>) -> syn::Result<(i64, Span)> {
    let minus = input.parse::<Option<Token![-]>>()?;
    let literal: LitInt = input.parse()?;
    let sign = if minus.is_some() { "-" } else { "" };
    let value = format!("{sign}{}", literal.base10_digits()).parse();
    let value = value.map_err(|_| syn::Error::new(literal.span(), "a label's value must fit i64"))?;
    Ok((value, literal.span()))
}
