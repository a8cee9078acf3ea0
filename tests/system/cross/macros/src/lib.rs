use proc_macro::{Literal, TokenStream, TokenTree};

/// What the machine that compiles is, and the features that `shared` has there.
#[proc_macro]
pub fn compiled_on(_: TokenStream) -> TokenStream {
    let said = format!("{} with {}", std::env::consts::ARCH, shared::FEATURES.join(" "));
    TokenTree::from(Literal::string(&said)).into()
}
