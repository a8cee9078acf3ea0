use std::process::Command;

fn main() {
    println!("cargo:rerun-if-changed=answer.c");
    println!("cargo:rerun-if-env-changed=KITCHEN_ANSWER");
    let out = std::env::var("OUT_DIR").unwrap();
    let answer = std::env::var("KITCHEN_ANSWER").unwrap_or_else(|_| "7".into());
    let run = |program: &str, arguments: &[&str]| {
        assert!(Command::new(program).args(arguments).status().unwrap().success(), "{program}");
    };
    run("cc", &["-c", "answer.c", "-o", &format!("{out}/answer.o"), &format!("-DANSWER={answer}")]);
    run("ar", &["crs", &format!("{out}/libanswer.a"), &format!("{out}/answer.o")]);
    for (name, value) in std::env::vars() {
        eprintln!("@@env {name}={}", value.bytes().map(|b| format!("{b:02x}")).collect::<String>());
    }
    println!("cargo:rustc-link-search=native=/nowhere");
    println!("cargo:rustc-link-search=native={out}");
    println!("cargo:rustc-cdylib-link-arg=-Wl,--defsym=kitchen_cdylib=1");
    println!("cargo:rustc-link-lib=static=answer");
    println!("cargo:root-dir=/a=b");
    println!("cargo:error=metadata of old");
    println!("cargo::metadata=second-key=2 = two");
}
