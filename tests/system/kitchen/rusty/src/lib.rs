pub fn rusty() -> String { String::from("shared Rust") }
