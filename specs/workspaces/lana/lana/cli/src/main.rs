//! Command line of the bank.

mod commands;
mod version;

use std::{io::Write, process::ExitCode};

use clap::{CommandFactory, Parser};

use commands::Command;

/// The bank from the command line
#[derive(Parser)]
#[command(name = "lana-cli", disable_version_flag = true)]
struct Cli {
    /// Print version, commit and build time
    #[arg(short = 'V', long)]
    version: bool,

    #[command(subcommand)]
    command: Option<Command>,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    match (cli.version, cli.command) {
        (true, _) => print(&format!("{}\n", version::BuildInfo::current())),
        (false, Some(command)) => match command.run() {
            Ok(text) => print(&text),
            Err(error) => {
                eprintln!("error: {error}");
                ExitCode::FAILURE
            }
        },
        (false, None) => {
            eprint!("{}", Cli::command().render_help());
            ExitCode::from(2)
        }
    }
}

/// A reader that has seen enough, like `head`, is no failure.
fn print(text: &str) -> ExitCode {
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => ExitCode::FAILURE,
        _ => ExitCode::SUCCESS,
    }
}
