pub fn table(words: &str, features: &[String], at_build: bool) -> String {
    format!(
        "pub const WORDS: &[&str] = &{:?};\npub const FEATURES: &[&str] = &{:?};\npub const AT_BUILD: bool = {at_build};\n",
        words.split_whitespace().collect::<Vec<_>>(),
        features
    )
}
