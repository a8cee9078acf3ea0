use std::env::var;
use std::process::Command;

/// Finds the library with pkg-config, as -sys crates do.
fn main() {
    println!("cargo:rerun-if-env-changed=PKG_CONFIG");
    let program = var("PKG_CONFIG").unwrap_or_else(|_| "pkg-config".into());
    let ask = |question: &str| {
        let said = Command::new(&program).args([question, "measure"]).output().expect("pkg-config");
        assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
        String::from_utf8(said.stdout).unwrap().trim().to_string()
    };
    for word in ask("--libs").split_whitespace() {
        match word.split_at(2) {
            ("-L", folder) => println!("cargo:rustc-link-search=native={folder}"),
            ("-l", name) => println!("cargo:rustc-link-lib={name}"),
            _ => panic!("unexpected word {word}"),
        }
    }
    println!("cargo::metadata=version={}", ask("--modversion"));
    println!("cargo::metadata=include={}", ask("--variable=includedir"));
}
