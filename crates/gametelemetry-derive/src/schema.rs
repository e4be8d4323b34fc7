//! From the model to the code that builds the schema, at the first use of a frame's type.
//!
//! The part of `expand` that speaks of `PackedFrame`; the same rules of hygiene hold.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt as _;
use syn::{Expr, Type};

use crate::model::{Element, Frame, FrameField, Role};
use crate::types::element;

/// The implementation of `PackedFrame`.
pub(crate) fn packed_frame(frame: &Frame) -> TokenStream {
    let (ident, options) = (&frame.item.ident, &frame.options);
    let (krate, name, size) = (&options.krate, &options.name, options.size.0);
    let (version, reference) = (options.version.iter(), options.reference.iter());
    let counter = counter(frame);
    let fields = frame.fields.iter().map(|field| describe(frame, field));
    quote_spanned! {Span::mixed_site()=>
        #[automatically_derived]
        impl #krate::PackedFrame for #ident {
            fn schema() -> &'static #krate::Schema {
                static SCHEMA: ::std::sync::OnceLock<#krate::Schema> = ::std::sync::OnceLock::new();
                SCHEMA.get_or_init(|| {
                    let mut schema = #krate::Schema::new(#name, #krate::FrameSize::Fixed(#size));
                    #(schema.version = ::std::borrow::ToOwned::to_owned(#version);)*
                    #(schema.reference = ::std::borrow::ToOwned::to_owned(#reference);)*
                    #counter
                    #(#fields)*
                    schema
                })
            }
        }
    }
}

/// Names the counter; one of a nested frame is checked here, by a trait that only integers have.
fn counter(frame: &Frame) -> Option<TokenStream> {
    let (ident, way) = (&frame.item.ident, &frame.options.counter);
    let last = way.last()?;
    let name = way.iter().map(|step| step.unraw().to_string()).collect::<Vec<_>>().join(".");
    let check = (way.len() > 1).then(|| {
        let integers =
            ["u8", "i8", "u16", "i16", "u32", "i32", "u64", "i64"].map(|name| format_ident!("{name}"));
        quote_spanned! {Span::mixed_site().located_at(last.span())=>
            // The name is the message: `#[diagnostic::on_unimplemented]` is unknown under `no_implicit_prelude`.
            trait CounterIsOneInteger {}
            #(impl CounterIsOneInteger for ::core::primitive::#integers {})*
            fn counts<T: CounterIsOneInteger>(_: T) {}
            let _ = |frame: &#ident| counts(frame #(.#way())*);
        }
    });
    Some(quote_spanned! {Span::mixed_site()=>
        #check
        schema.counter = ::core::option::Option::Some(::std::borrow::ToOwned::to_owned(#name));
    })
}

/// Adds one field, or the fields of a nested frame, to the schema.
fn describe(frame: &Frame, field: &FrameField) -> TokenStream {
    let (frame_ident, ident, name) = (&frame.item.ident, &field.ident, &field.name);
    let offset = quote_spanned!(Span::mixed_site()=> ::core::mem::offset_of!(#frame_ident, #ident));
    match &field.role {
        Role::Value { .. } => describe_value(frame, field, &offset).unwrap_or_default(),
        Role::Nested => {
            let Element { ty, lengths } = element(&field.ty);
            let krate = &frame.options.krate;
            let dimensions = dimensions(ty, &lengths);
            quote_spanned! {Span::mixed_site()=>
                #krate::__private::describe_nested(
                    &mut schema,
                    #name,
                    #offset,
                    &[#(#dimensions),*],
                    <#ty as #krate::PackedFrame>::schema(),
                );
            }
        }
        // Padding is never read, which rustc would call dead code in the user's struct.
        Role::Skip => quote_spanned!(Span::mixed_site()=> let _ = #offset;),
    }
}

fn describe_value(frame: &Frame, field: &FrameField, offset: &TokenStream) -> Option<TokenStream> {
    let Role::Value { unit, flag, labels, personal } = &field.role else { return None };
    let (krate, name, ty, description) = (&frame.options.krate, &field.name, &field.ty, &field.description);
    let unit = unit.as_deref().unwrap_or_default();
    let (values, names): (Vec<_>, Vec<_>) = labels.iter().cloned().unzip();
    // `describe` makes of it a truth value as wide as the integer.
    let flag = flag.then(|| quote_spanned!(Span::mixed_site()=> kind: #krate::FieldKind::Bool8,));
    let personal =
        personal.then(|| quote_spanned!(Span::mixed_site()=> personal: ::core::option::Option::Some(true),));
    Some(quote_spanned! {Span::mixed_site()=>
        #krate::__private::describe::<#ty>(&mut schema, #krate::Field {
            name: ::std::borrow::ToOwned::to_owned(#name),
            #flag
            #personal
            offset: #offset as ::core::primitive::u32,
            unit: ::std::borrow::ToOwned::to_owned(#unit),
            description: ::std::borrow::ToOwned::to_owned(#description),
            labels: ::std::vec![#((#values, ::std::borrow::ToOwned::to_owned(#names))),*],
            ..::core::default::Default::default()
        });
    })
}

/// Each length of an array of nested frames, outermost first, with the bytes from one element to the next.
fn dimensions(ty: &Type, lengths: &[&Expr]) -> Vec<TokenStream> {
    let dimension = |number: usize| {
        let length = lengths.get(number)?;
        let inner = lengths.get(number + 1..)?.iter().rev();
        let step = inner.fold(quote!(#ty), |ty, length| quote!([#ty; #length]));
        Some(quote_spanned!(Span::mixed_site()=> (#length, ::core::mem::size_of::<#step>())))
    };
    (0..lengths.len()).filter_map(dimension).collect()
}
