//! From tokens to a checked model. Every rule of `#[telemetry]` that spelling alone can decide is here.

use proc_macro2::{Span, TokenStream};
use syn::ext::IdentExt as _;
use syn::parse::Parser as _;
use syn::spanned::Spanned as _;
use syn::{Attribute, Expr, ExprLit, Fields, Ident, Item, ItemStruct, Lit, Meta, Path};

use crate::model::{Frame, FrameField, FrameOptions, Role};
use crate::options::{Errors, FieldOptions, TelemetryOptions};
use crate::types::{self, FLAG_TYPES, one_of};

/// What the attribute derives itself; a second implementation would not compile, with a message about traits.
const DERIVED: [&str; 10] = [
    "Clone",
    "Copy",
    "Debug",
    "FromBytes",
    "FromZeros",
    "TryFromBytes",
    "IntoBytes",
    "KnownLayout",
    "Immutable",
    "Unaligned",
];

/// Reads the options and the struct they stand on.
pub(crate) fn frame(options: TokenStream, item: TokenStream) -> syn::Result<Frame> {
    let mut errors = Errors::default();
    let mut item = struct_of(syn::parse2(item)?)?;
    check_struct(&item, &mut errors);
    let mut given = TelemetryOptions::default();
    if let Err(error) = (|input: syn::parse::ParseStream<'_>| given.read(input, &mut errors)).parse2(options)
    {
        errors.add(error);
    }
    if !given.has_size {
        errors.push(
            Span::call_site(),
            "size is missing: write `#[telemetry(size = 800)]` with the bytes that the game's documentation states",
        );
    }
    let fields = fields(&mut item, &mut errors);
    check_names(&fields, &mut errors);
    check_counter(&given.counter, &fields, &mut errors);
    let options = frame_options(given, &item.ident);
    errors.finish(options.map(|options| Frame { item, options, fields }))
}

fn frame_options(given: TelemetryOptions, ident: &Ident) -> Option<FrameOptions> {
    Some(FrameOptions {
        size: given.size?,
        name: given.name.unwrap_or_else(|| ident.unraw().to_string()),
        version: given.version,
        counter: given.counter,
        reference: given.reference,
        krate: given.krate.unwrap_or_else(|| syn::parse_quote!(::gametelemetry)),
    })
}

/// The struct with named fields, or what is there instead.
fn struct_of(item: Item) -> syn::Result<ItemStruct> {
    let (span, found) = match item {
        Item::Struct(item) => match item.fields {
            Fields::Named(_) => return Ok(item),
            Fields::Unnamed(_) => {
                (item.ident.span(), "a tuple struct, whose fields have no names: give them names")
            }
            Fields::Unit => {
                (item.ident.span(), "a struct without fields: write them in braces, as the game has them")
            }
        },
        Item::Enum(item) => (
            item.ident.span(),
            "an enum, but foreign bytes need not be one of its values: use an integer with `#[field(labels(...))]`",
        ),
        Item::Union(item) => (item.ident.span(), "a union, which has no one meaning: use a struct"),
        other => (other.span(), "no struct: put it on a struct with named fields"),
    };
    Err(syn::Error::new(span, format!("#[telemetry] stands on {found}")))
}

fn check_struct(item: &ItemStruct, errors: &mut Errors) {
    if !item.generics.params.is_empty() || item.generics.where_clause.is_some() {
        let text = "a frame has one layout and therefore no generics: write the types out";
        let (params, condition) = (&item.generics, &item.generics.where_clause);
        errors.add(syn::Error::new_spanned(quote::quote!(#params #condition), text));
    }
    for attribute in &item.attrs {
        if attribute.path().is_ident("repr") {
            let text = "#[telemetry] adds `#[repr(C, packed)]` itself: remove this #[repr]";
            errors.add(syn::Error::new_spanned(attribute, text));
        }
        if attribute.path().is_ident("derive") {
            check_derives(attribute, errors);
        }
    }
}

fn check_derives(attribute: &Attribute, errors: &mut Errors) {
    // A list that cannot be read is the compiler's to complain about.
    let _ = attribute.parse_nested_meta(|derive| {
        if let Some(last) = derive.path.segments.last()
            && DERIVED.iter().any(|name| last.ident == name)
        {
            errors.push(
                last.ident.span(),
                format!("#[telemetry] derives `{}` itself: remove it here", last.ident),
            );
        }
        Ok(())
    });
}

/// Reads the fields and takes their `#[field]` attributes off the struct.
fn fields(item: &mut ItemStruct, errors: &mut Errors) -> Vec<FrameField> {
    let mut fields = Vec::new();
    for field in &mut item.fields {
        let mut options = FieldOptions::default();
        field.attrs.retain(|attribute| {
            if attribute.path().is_ident("field") {
                read_field_attribute(attribute, &mut options, errors);
                return false;
            }
            check_field_attribute(attribute, errors);
            true
        });
        if let Some(ident) = &field.ident {
            let description = description(&field.attrs);
            let (ident, ty) = (ident.clone(), field.ty.clone());
            let role = role(&ident, &ty, &options, errors);
            if description.is_empty() && !matches!(role, Role::Skip) {
                errors.push(
                    ident.span(),
                    format!("field `{ident}` needs a doc comment: it becomes the description in every file"),
                );
            }
            fields.push(FrameField { name: ident.unraw().to_string(), ident, ty, description, role });
        }
    }
    fields
}

fn read_field_attribute(attribute: &Attribute, options: &mut FieldOptions, errors: &mut Errors) {
    let read = attribute.parse_args_with(|input: syn::parse::ParseStream<'_>| options.read(input, errors));
    if let Err(error) = read {
        errors.add(error);
    }
}

fn check_field_attribute(attribute: &Attribute, errors: &mut Errors) {
    if attribute.path().is_ident("cfg") || attribute.path().is_ident("cfg_attr") {
        let text = "a frame has the same layout everywhere: put the condition on the struct";
        errors.add(syn::Error::new_spanned(attribute, text));
    }
}

/// The doc comment in one line.
fn description(attributes: &[Attribute]) -> String {
    let mut words: Vec<String> = Vec::new();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("doc")) {
        if let Meta::NameValue(pair) = &attribute.meta
            && let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = &pair.value
        {
            words.extend(text.value().split_whitespace().map(str::to_owned));
        }
    }
    words.join(" ")
}

/// What a field is for; wrong combinations go to `errors`.
fn role(ident: &Ident, ty: &syn::Type, options: &FieldOptions, errors: &mut Errors) -> Role {
    check_combination(options, errors);
    // A nested frame may have any name, `String` too.
    let spelled = options.nested.is_none() || !matches!(types::element(ty).ty, syn::Type::Path(_));
    if let Some(reason) = types::refusal(ty).filter(|_| spelled) {
        errors.add(syn::Error::new_spanned(ty, reason));
    } else if options.skip.is_none() && options.nested.is_none() {
        check_numbers(ident, ty, options, errors);
    }
    if options.skip.is_some() {
        return Role::Skip;
    }
    if options.nested.is_some() {
        return Role::Nested;
    }
    let labels = options.labels.iter().flat_map(|(labels, _)| labels);
    Role::Value {
        unit: options.unit.as_ref().map(|(unit, _)| unit.clone()),
        flag: options.flag.is_some(),
        labels: labels.map(|(value, name, _)| (*value, name.clone())).collect(),
        personal: options.personal.is_some(),
    }
}

/// Some options leave no place for others; the strongest one speaks, so that nothing is said twice.
fn check_combination(options: &FieldOptions, errors: &mut Errors) {
    let unit = ("unit", options.unit.as_ref().map(|unit| unit.1));
    let labels = ("labels", options.labels.as_ref().map(|labels| labels.1));
    let (flag, nested) = (("flag", options.flag), ("nested", options.nested));
    let personal = ("personal", options.personal);
    let (winner, why, others) = if options.skip.is_some() {
        ("skip", "padding means nothing", vec![unit, labels, flag, personal, nested])
    } else if options.nested.is_some() {
        ("nested", "the fields inside say it", vec![unit, labels, flag, personal])
    } else if options.flag.is_some() {
        ("flag", "a truth value has neither unit nor labels, and names nobody", vec![unit, labels, personal])
    } else {
        return;
    };
    for (name, span) in others {
        if let Some(span) = span {
            errors.push(span, format!("`{name}` cannot stand beside `{winner}`: {why}"));
        }
    }
}

/// `flag` and `labels` need integers.
fn check_numbers(ident: &Ident, ty: &syn::Type, options: &FieldOptions, errors: &mut Errors) {
    if options.flag.is_some() && !types::is_any(ty, &FLAG_TYPES) {
        let allowed = one_of(&FLAG_TYPES, "or");
        let text = format!("`flag` needs {allowed}, or an array of them; field `{ident}` is none");
        errors.add(syn::Error::new_spanned(ty, text));
    }
    let Some((labels, _)) = &options.labels else { return };
    let Some(range) = types::integer_range(ty) else {
        let text = format!("`labels` needs an integer of 8 to 64 bits; field `{ident}` is none");
        errors.add(syn::Error::new_spanned(ty, text));
        return;
    };
    for (value, _, span) in labels.iter().filter(|label| !range.contains(&label.0.into())) {
        let (least, most) = (range.start(), range.end());
        errors.push(*span, format!("value {value} never occurs: field `{ident}` holds {least} to {most}"));
    }
}

/// Setters are called `set_<field>`, which another field may be called already.
fn check_names(fields: &[FrameField], errors: &mut Errors) {
    for field in fields.iter().filter(|field| !matches!(field.role, Role::Skip)) {
        let taken =
            field.name.strip_prefix("set_").filter(|name| fields.iter().any(|other| other.name == *name));
        if let Some(other) = taken {
            errors.push(
                field.ident.span(),
                format!("`{}` is the setter of field `{other}`: rename one", field.name),
            );
        }
    }
}

/// A counter is one integer; of a nested frame only the first step is known here, `expand` has the rest checked.
fn check_counter(way: &[Ident], fields: &[FrameField], errors: &mut Errors) {
    let Some((first, rest)) = way.split_first() else { return };
    let Some(field) = fields.iter().find(|field| field.ident == *first) else {
        let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
        errors
            .push(first.span(), format!("counter names no field: the fields are {}", one_of(&names, "and")));
        return;
    };
    let single = types::element(&field.ty).lengths.is_empty();
    let fits = match &field.role {
        Role::Nested => !rest.is_empty(),
        Role::Value { flag, .. } => rest.is_empty() && !flag && types::integer_range(&field.ty).is_some(),
        Role::Skip => false,
    };
    if !(single && fits) {
        errors.push(
            first.span(),
            format!(
                "counter must be one integer that the game advances; field `{first}` is no single integer"
            ),
        );
    }
}

/// The crate's path as a text, as zerocopy's own attribute wants it.
pub(crate) fn path_text(path: &Path) -> String {
    let words: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
    let root = if path.leading_colon.is_some() { "::" } else { "" };
    format!("{root}{}", words.join("::"))
}
