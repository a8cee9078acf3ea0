extern crate proc_macro;

use proc_macro::TokenStream;

/// Adds a constant that says how many tokens there are.
#[proc_macro_attribute]
pub fn counted(_: TokenStream, item: TokenStream) -> TokenStream {
    let count = item.clone().into_iter().count();
    let constant = format!("pub const NOTHING_COUNT: usize = {};", count);
    item.into_iter().chain(constant.parse::<TokenStream>().unwrap()).collect()
}

#[test]
fn a_test_of_a_macro_crate_runs() {}
