//! From the model to code.
//!
//! Hygiene: every path is absolute, every local name has the macro's own span, so that nothing in the user's module
//! can change the meaning (and lints of the user's crate see code that is not theirs). Checks nothing; `parse` did.

use std::collections::BTreeMap;

use proc_macro2::{Literal, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Attribute, Ident, Item, Type};

use crate::model::{Frame, FrameField, Role};
use crate::parse::path_text;
use crate::schema;
use crate::types::{PLAIN_TYPES, element, is_any};

/// All code of one frame.
pub(crate) fn frame(frame: &Frame) -> TokenStream {
    // The compiler reports in this order: what kind of type a field needs comes before what follows from a wrong one.
    let parts = [
        type_check(frame).unwrap_or_default(),
        definition(frame),
        size_check(frame),
        accessors(frame),
        debug(frame),
        telemetry(frame),
        schema::packed_frame(frame),
    ];
    parts.into_iter().collect()
}

/// The errors, and the struct without the options, so that its uses are not reported as mistakes too.
pub(crate) fn refused(error: &syn::Error, item: TokenStream) -> TokenStream {
    let errors = error.to_compile_error();
    let item = match syn::parse2(item.clone()) {
        Ok(Item::Struct(mut item)) => {
            item.attrs.retain(|attribute| !attribute.path().is_ident("repr"));
            for field in &mut item.fields {
                field.attrs.retain(|attribute| !attribute.path().is_ident("field"));
            }
            quote!(#[allow(dead_code)] #item)
        }
        _ => item,
    };
    quote!(#errors #item)
}

/// Asks `Described` of the types that are not known by their spelling.
///
/// The schema's code asks it too, but behind some ten messages of zerocopy about the same type.
fn type_check(frame: &Frame) -> Option<TokenStream> {
    let krate = &frame.options.krate;
    let values = frame.fields.iter().filter(|field| matches!(field.role, Role::Value { .. }));
    let types = values.map(|field| element(&field.ty).ty).filter(|ty| !is_any(ty, &PLAIN_TYPES));
    // By spelling, so that a type is asked once; a later field of the same type has nothing new to say.
    let types: BTreeMap<String, &Type> = types.map(|ty| (quote!(#ty).to_string(), ty)).rev().collect();
    let values = types.values().map(|ty| {
        // At the place of the type, so that the message points there.
        quote_spanned!(Span::mixed_site().located_at(ty.span())=> _: Value<#ty>)
    });
    (!types.is_empty()).then(|| {
        quote_spanned! {Span::mixed_site()=>
            const _: () = {
                #[allow(dead_code)]
                struct Value<T: #krate::__private::Described>(::core::marker::PhantomData<T>);
                #[allow(dead_code)]
                fn check(#(#values),*) {}
            };
        }
    })
}

/// The struct with its representation and the traits of its layout.
fn definition(frame: &Frame) -> TokenStream {
    let (item, krate) = (&frame.item, &frame.options.krate);
    let zerocopy = quote!(#krate::__private::zerocopy);
    let zerocopy_text = format!("{}::__private::zerocopy", path_text(krate));
    quote_spanned! {Span::mixed_site()=>
        #[derive(
            ::core::clone::Clone,
            ::core::marker::Copy,
            #zerocopy::FromBytes,
            #zerocopy::IntoBytes,
            #zerocopy::KnownLayout,
            #zerocopy::Immutable,
            #zerocopy::Unaligned,
        )]
        #[zerocopy(crate = #zerocopy_text)]
        #[repr(C, packed)]
        #item
    }
}

/// Stops the compilation, with both numbers, when the struct has another size than stated.
///
/// A const panic cannot format numbers; therefore the digits are written into the text by hand, at its end.
fn size_check(frame: &Frame) -> TokenStream {
    let ident = &frame.item.ident;
    let (size, span) = frame.options.size;
    let stated = Literal::u32_unsuffixed(size);
    let text = format!("{ident} is stated to have {size} bytes, but its fields have ");
    let start = Literal::usize_unsuffixed(text.len());
    // Room for the 20 digits of the largest usize.
    let text = Literal::byte_string(format!("{text}{:20}", "").as_bytes());
    quote_spanned! {Span::mixed_site().located_at(span)=>
        #[allow(clippy::integer_division, clippy::integer_division_remainder_used)]
        const _: () = {
            const ACTUAL: ::core::primitive::usize = ::core::mem::size_of::<#ident>();
            if ACTUAL != #stated {
                let mut text = *#text;
                let mut end = #start;
                let mut unit = 1;
                while ACTUAL / unit > 9 {
                    unit *= 10;
                }
                while unit > 0 {
                    text[end] = b'0' + (ACTUAL / unit % 10) as ::core::primitive::u8;
                    end += 1;
                    unit /= 10;
                }
                match ::core::str::from_utf8(text.split_at(end).0) {
                    ::core::result::Result::Ok(text) => ::core::panic!("{}", text),
                    ::core::result::Result::Err(_) => ::core::panic!("the stated size is wrong"),
                }
            }
        };
    }
}

/// A getter and a setter for each field.
fn accessors(frame: &Frame) -> TokenStream {
    let ident = &frame.item.ident;
    let accessors = described(frame).map(|field| accessor(frame, field));
    quote_spanned! {Span::mixed_site()=>
        #[automatically_derived]
        #[allow(dead_code)]
        impl #ident {
            #(#accessors)*
        }
    }
}

fn accessor(frame: &Frame, field: &FrameField) -> TokenStream {
    let (vis, ident) = (&frame.item.vis, &field.ident);
    let setter = format_ident!("set_{}", field.name, span = ident.span());
    let docs = docs(frame, ident);
    let meaning = meaning(&field.role);
    let setter_doc = format!(" Sets [`{0}`](Self::{0}()).", field.name);
    let (ty, get, set) = conversion(field);
    quote_spanned! {Span::mixed_site()=>
        #(#docs)*
        #(#[doc = #meaning])*
        #[inline]
        #[must_use]
        #vis fn #ident(&self) -> #ty {
            let value = self.#ident;
            #get
        }

        #[doc = #setter_doc]
        #[inline]
        #vis fn #setter(&mut self, value: #ty) {
            self.#ident = #set;
        }
    }
}

/// The type that getter and setter speak, and the expressions from and to the stored `value`.
fn conversion(field: &FrameField) -> (TokenStream, TokenStream, TokenStream) {
    let (site, ty) = (Span::mixed_site(), &field.ty);
    if !matches!(field.role, Role::Value { flag: true, .. }) {
        let value = quote_spanned!(site=> value);
        return (quote!(#ty), value.clone(), value);
    }
    let mut truth = (
        quote_spanned!(site=> ::core::primitive::bool),
        quote_spanned!(site=> value != 0),
        quote_spanned!(site=> ::core::convert::From::from(value)),
    );
    for length in element(ty).lengths.iter().rev() {
        let (ty, get, set) = truth;
        truth = (
            quote_spanned!(site=> [#ty; #length]),
            quote_spanned!(site=> value.map(|value| #get)),
            quote_spanned!(site=> value.map(|value| #set)),
        );
    }
    truth
}

/// The doc comment of a field, for its getter.
fn docs<'a>(frame: &'a Frame, ident: &'a Ident) -> impl Iterator<Item = &'a Attribute> {
    let fields = frame.item.fields.iter().filter(move |field| field.ident.as_ref() == Some(ident));
    fields.flat_map(|field| &field.attrs).filter(|attribute| attribute.path().is_ident("doc"))
}

/// What unit and labels add to a getter's doc comment.
fn meaning(role: &Role) -> Vec<String> {
    let Role::Value { unit, labels, .. } = role else { return Vec::new() };
    let unit = unit.iter().map(|unit| format!("Unit: {unit}."));
    let labels =
        labels.iter().map(|(value, name)| format!("{value} = {name}")).collect::<Vec<_>>().join(", ");
    let labels = Some(labels).filter(|labels| !labels.is_empty()).map(|labels| format!("Values: {labels}."));
    unit.chain(labels).flat_map(|line| [String::new(), format!(" {line}")]).collect()
}

/// The fields that the schema has.
fn described(frame: &Frame) -> impl Iterator<Item = &FrameField> {
    frame.fields.iter().filter(|field| !matches!(field.role, Role::Skip))
}

/// Prints by the getters; the derived one would print flags as numbers and padding too.
fn debug(frame: &Frame) -> TokenStream {
    let ident = &frame.item.ident;
    let text = &frame.options.name;
    let fields = described(frame).map(|field| {
        let (name, getter) = (&field.name, &field.ident);
        quote_spanned!(Span::mixed_site()=> .field(#name, &Self::#getter(self)))
    });
    quote_spanned! {Span::mixed_site()=>
        #[automatically_derived]
        impl ::core::fmt::Debug for #ident {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.debug_struct(#text)#(#fields)*.finish()
            }
        }
    }
}

fn telemetry(frame: &Frame) -> TokenStream {
    let (ident, krate) = (&frame.item.ident, &frame.options.krate);
    quote_spanned! {Span::mixed_site()=>
        #[automatically_derived]
        impl #krate::Telemetry for #ident {
            fn as_bytes(&self) -> &[::core::primitive::u8] {
                #krate::__private::zerocopy::IntoBytes::as_bytes(self)
            }
        }
    }
}
