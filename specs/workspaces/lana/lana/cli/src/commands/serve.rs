use std::{error::Error, net::SocketAddr, sync::Arc};

use clap::Args;
use lana_app::App;
use tracing_utils::Verbosity;

use super::Outcome;

#[derive(Args)]
pub(crate) struct Serve {
    /// Address for the bank's staff
    #[arg(long, default_value = "127.0.0.1:5253")]
    admin: SocketAddr,

    /// Address for customers
    #[arg(long, default_value = "127.0.0.1:5254")]
    customer: SocketAddr,

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

impl Serve {
    pub(crate) fn run(self) -> Outcome {
        tracing_utils::init(Verbosity::Normal);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()?;
        runtime.block_on(self.serve())?;
        Ok(String::new())
    }

    async fn serve(self) -> Result<(), Box<dyn Error>> {
        let app = App::open(self.database_url.as_deref(), self.secret.as_bytes()).await?;
        let app = Arc::new(app);
        let staff = admin_server::router(Arc::clone(&app));
        let customers = customer_server::router(app);
        tokio::try_join!(
            server_utils::serve("admin-server", self.admin, staff),
            server_utils::serve("customer-server", self.customer, customers),
        )?;
        Ok(())
    }
}
