mod helper;

fn main() {
    println!("cargo:rerun-if-changed=data/words.txt");
    let root = std::env::var("DEP_KITCHEN_ROOT_DIR").unwrap();
    println!("cargo::rustc-env=SYS_ROOT={}", root);
    println!("cargo::rustc-env=odd-name=dash");
    println!("cargo::rustc-cfg=fancy");
    println!("cargo::rustc-link-arg-bins=-Wl,--defsym=kitchen_marker=42");
    let features: Vec<String> = std::env::vars()
        .filter(|(k, _)| k.starts_with("CARGO_FEATURE_"))
        .map(|(k, _)| k)
        .collect();
    let mut features = features;
    features.sort();
    let words = std::fs::read_to_string("data/words.txt").unwrap();
    let out = std::env::var("OUT_DIR").unwrap();
    std::fs::write(
        format!("{out}/made.rs"),
        helper::table(&words, &features, kitchen_sys::AT_BUILD),
    )
    .unwrap();
    println!(
        "cargo::rustc-env=SCRIPT_SAW={} {} {} {}",
        std::env::var("PROFILE").unwrap(),
        std::env::var("OPT_LEVEL").unwrap(),
        std::env::var("DEBUG").unwrap(),
        std::env::var("CARGO_CFG_TARGET_OS").unwrap()
    );
}
