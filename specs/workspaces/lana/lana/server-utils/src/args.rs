use std::net::SocketAddr;

use clap::Args;

/// Options that every server understands.
#[derive(Args, Clone, Debug)]
pub struct ServerArgs {
    /// Address to listen on
    #[arg(long, default_value = "127.0.0.1:5253", env = "LANA_LISTEN")]
    pub listen: SocketAddr,

    /// Print the GraphQL schema and exit
    #[arg(long)]
    pub print_sdl: bool,

    /// Build the schema and exit
    #[arg(long, conflicts_with = "print_sdl")]
    pub check: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServerCommand {
    Serve,
    PrintSdl,
    Check,
}

impl ServerArgs {
    pub const fn command(&self) -> ServerCommand {
        match (self.print_sdl, self.check) {
            (true, _) => ServerCommand::PrintSdl,
            (_, true) => ServerCommand::Check,
            _ => ServerCommand::Serve,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        server: ServerArgs,
    }

    #[test]
    fn serving_on_loopback_is_the_default() {
        let cli = Cli::parse_from(["server"]);
        assert!(cli.server.listen.ip().is_loopback());
        assert_eq!(cli.server.command(), ServerCommand::Serve);
    }

    #[test]
    fn one_task_at_a_time() {
        assert!(Cli::try_parse_from(["server", "--check", "--print-sdl"]).is_err());
    }
}
