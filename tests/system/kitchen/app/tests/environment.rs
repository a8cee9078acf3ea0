#[test]
fn is_what_cargo_gives() {
    for (name, value) in std::env::vars() {
        println!("@@env {name}={}", value.bytes().map(|b| format!("{b:02x}")).collect::<String>());
    }
    assert!(!env!("CARGO_TARGET_TMPDIR").is_empty());
    assert!(std::path::Path::new(env!("KITCHEN_FILE")).exists());
    assert_eq!(env!("kitchen small"), "odd");
}
