//! Derives for entities.
//!
//! `EntityId` turns a tuple struct around a UUID into an identifier type, `EventName` gives every
//! variant of an enum its name in snake case. The deriving crate depends on `uuid`.

use heck::ToSnakeCase;
use proc_macro::TokenStream;
use proc_macro2::TokenStream as Tokens;
use quote::quote;
use syn::{parse_macro_input, spanned::Spanned, Data, DeriveInput, Error, Fields};

/// Constructors, text form and conversions of an identifier.
///
/// ```
/// #[derive(Clone, Copy, Debug, PartialEq, entity_macros::EntityId)]
/// struct LoanId(uuid::Uuid);
///
/// let id = LoanId::from(uuid::Uuid::from_u128(7));
/// assert_eq!(id.to_string().parse::<LoanId>().unwrap(), id);
/// ```
#[proc_macro_derive(EntityId)]
pub fn derive_entity_id(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    expand_entity_id(&input)
        .unwrap_or_else(Error::into_compile_error)
        .into()
}

/// `fn event_name(&self) -> &'static str`.
///
/// ```
/// #[derive(entity_macros::EventName)]
/// enum LoanEvent {
///     FullyRepaid { cents: i64 },
/// }
///
/// assert_eq!(LoanEvent::FullyRepaid { cents: 1 }.event_name(), "fully_repaid");
/// ```
#[proc_macro_derive(EventName)]
pub fn derive_event_name(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    expand_event_name(&input)
        .unwrap_or_else(Error::into_compile_error)
        .into()
}

fn expand_entity_id(input: &DeriveInput) -> syn::Result<Tokens> {
    let name = &input.ident;
    match &input.data {
        Data::Struct(data) if matches!(&data.fields, Fields::Unnamed(f) if f.unnamed.len() == 1) => {
        }
        _ => {
            return Err(Error::new(
                name.span(),
                "EntityId needs a struct with one unnamed field",
            ))
        }
    }
    Ok(quote! {
        impl #name {
            /// A fresh random identifier.
            #[allow(clippy::new_without_default, dead_code)]
            pub fn new() -> Self {
                Self(::uuid::Uuid::new_v4())
            }

            #[allow(dead_code)]
            pub const fn as_uuid(self) -> ::uuid::Uuid {
                self.0
            }
        }

        impl ::core::convert::From<::uuid::Uuid> for #name {
            fn from(id: ::uuid::Uuid) -> Self {
                Self(id)
            }
        }

        impl ::core::fmt::Display for #name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Display::fmt(&self.0, f)
            }
        }

        impl ::core::str::FromStr for #name {
            type Err = ::uuid::Error;

            fn from_str(text: &str) -> ::core::result::Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    })
}

fn expand_event_name(input: &DeriveInput) -> syn::Result<Tokens> {
    let name = &input.ident;
    let Data::Enum(data) = &input.data else {
        return Err(Error::new(input.span(), "EventName needs an enum"));
    };
    let arms = data.variants.iter().map(|variant| {
        let ident = &variant.ident;
        let text = ident.to_string().to_snake_case();
        quote!(Self::#ident { .. } => #text)
    });
    Ok(quote! {
        impl #name {
            pub const fn event_name(&self) -> &'static str {
                match self { #(#arms),* }
            }
        }
    })
}
