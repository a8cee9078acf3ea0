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
    for (name, value) in std::env::vars() {
        eprintln!("@@env {name}={}", value.bytes().map(|b| format!("{b:02x}")).collect::<String>());
    }
    println!("cargo::rustc-link-arg-tests=-Wl,--defsym=kitchen_tests=1");
    println!("cargo::rustc-link-arg-benches=-Wl,--defsym=kitchen_benches=1");
    println!("cargo::rustc-link-arg-examples=-Wl,--defsym=kitchen_examples=1");
    println!("cargo::rustc-link-arg-bin=second-tool=-Wl,--defsym=kitchen_second=1");
    println!("cargo::rustc-link-arg=-Wl,--defsym=kitchen_all=1");
    println!("cargo::rustc-flags=-L native=/nowhere/else");
    println!("cargo::rustc-check-cfg=cfg(plain, values(\"a b\"))");
    println!("cargo::warning=said in passing");
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
