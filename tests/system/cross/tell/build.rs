use std::env::var;
use std::process::Command;

/// Compiles C for the target as the cc crate does, and writes down what it is told.
fn main() {
    println!("cargo:rerun-if-changed=limit.c");
    let (out, target, host) = (var("OUT_DIR").unwrap(), var("TARGET").unwrap(), var("HOST").unwrap());
    let tool = |kind: &str, native: &str| {
        let name = format!("{kind}_{}", target.replace('-', "_"));
        println!("cargo:rerun-if-env-changed={name}");
        if target == host { native.to_string() } else { var(&name).expect(&name) }
    };
    let run = |program: &str, arguments: &[&str]| {
        assert!(Command::new(program).args(arguments).status().unwrap().success(), "{program}");
    };
    let (object, archive) = (format!("{out}/limit.o"), format!("{out}/liblimit.a"));
    let include = format!("-I{}", var("DEP_MEASURE_INCLUDE").unwrap());
    run(&tool("CC", "cc"), &["-c", "limit.c", &include, "-o", &object]);
    run(&tool("AR", "ar"), &["crs", &archive, &object]);
    println!("cargo:rustc-link-search=native={out}");
    println!("cargo:rustc-link-lib=static=limit");

    let told = format!(
        "{host} builds for {target} ({} {}), script on {} with {} and {}, measure {}",
        var("CARGO_CFG_TARGET_ARCH").unwrap(),
        var("CARGO_CFG_TARGET_POINTER_WIDTH").unwrap(),
        std::env::consts::ARCH,
        shared::FEATURES.join(" "),
        only_x86::NAME,
        var("DEP_MEASURE_VERSION").unwrap(),
    );
    std::fs::write(format!("{out}/told.txt"), told).unwrap();
}
