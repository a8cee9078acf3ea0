use std::{error::Error, sync::Arc};

use clap::Parser;
use lana_app::App;
use server_utils::ServerArgs;

/// GraphQL server for customers
#[derive(Parser)]
#[command(name = "customer-server", version)]
struct Cli {
    #[command(flatten)]
    server: ServerArgs,

    /// PostgreSQL to keep the bank in; without it, a simulated bank in memory
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    database_url: Option<String>,

    /// Key that signs access tokens
    #[arg(
        long,
        env = "LANA_SECRET",
        hide_env_values = true,
        default_value = "development"
    )]
    secret: String,
}

fn main() -> Result<(), Box<dyn Error>> {
    let cli = Cli::parse();
    let router = async {
        let app = App::open(cli.database_url.as_deref(), cli.secret.as_bytes()).await?;
        Ok::<_, lana_app::AppError>(customer_server::router(Arc::new(app)))
    };
    server_utils::run(
        "customer-server",
        &cli.server,
        &customer_server::sdl(),
        router,
    )
}
