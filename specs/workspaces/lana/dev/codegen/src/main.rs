//! Writes the GraphQL schemas beside the servers, or checks that they are fresh.
//!
//! Run it in the root of the workspace: `cargo run -p codegen [-- --check] [ROOT]`.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process::ExitCode,
};

const USAGE: &str = "usage: lana-codegen [--check] [ROOT]";

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Write,
    Check,
}

fn main() -> ExitCode {
    let mut mode = Mode::Write;
    let mut root = PathBuf::from(".");
    for argument in env::args().skip(1) {
        match argument.as_str() {
            "--check" => mode = Mode::Check,
            "--help" | "-h" => {
                println!("{USAGE}");
                return ExitCode::SUCCESS;
            }
            flag if flag.starts_with('-') => {
                eprintln!("unknown option '{flag}'\n{USAGE}");
                return ExitCode::from(2);
            }
            path => root = PathBuf::from(path),
        }
    }
    match run(mode, &root) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(mode: Mode, root: &Path) -> io::Result<ExitCode> {
    let mut code = ExitCode::SUCCESS;
    for (path, sdl) in schemas() {
        let path = root.join(path);
        let current = fs::read_to_string(&path).ok();
        match mode {
            _ if current.as_deref() == Some(sdl.as_str()) => {}
            Mode::Write => {
                fs::write(&path, sdl)?;
                println!("wrote {}", path.display());
            }
            Mode::Check => {
                eprintln!("{} is stale; run lana-codegen", path.display());
                code = ExitCode::FAILURE;
            }
        }
    }
    Ok(code)
}

fn schemas() -> [(&'static str, String); 2] {
    [
        ("lana/admin-server/schema.graphql", admin_server::sdl()),
        (
            "lana/customer-server/schema.graphql",
            customer_server::sdl(),
        ),
    ]
}
