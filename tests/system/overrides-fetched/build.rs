fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let var = |name: &str| format!("{name}={:?}\n", std::env::var(name).ok());
    let mut said = format!("script built with in_script {}\n", cfg!(in_script));
    for name in [
        "STAND_IN_CONFIGURED",
        "STAND_IN_BUILDING",
        "STAND_IN_TRUE",
        "STAND_IN_FALSE",
        "STAND_IN_LIST",
        "STAND_IN_NULL",
        "CARGO_FEATURE_OF_OVERRIDE",
    ] {
        said += &var(name);
    }
    let header = format!("{}/measure.h", std::env::var("STAND_IN_PATH").unwrap());
    said += &format!("header {}\n", std::path::Path::new(&header).exists());
    std::fs::write(format!("{}/made.txt", std::env::var("OUT_DIR").unwrap()), said).unwrap();
}
