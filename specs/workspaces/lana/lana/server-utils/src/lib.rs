//! What the GraphQL servers share: their command line, their endpoint and the serving loop.

mod args;
mod context;
mod http;
mod shutdown;

use std::{error::Error, future::Future, io, net::SocketAddr};

use axum::Router;
use tokio::net::TcpListener;
use tracing_utils::Verbosity;

pub use args::{ServerArgs, ServerCommand};
pub use context::Context;
pub use http::{router, Schema};

#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    #[error("cannot listen on {address}: {source}")]
    Listen {
        address: SocketAddr,
        source: io::Error,
    },
    #[error("serving stopped: {0}")]
    Serve(#[from] io::Error),
}

/// Serves until ctrl-c or a termination signal.
///
/// # Errors
/// [`ServeError`] if the address is taken or the listener breaks.
pub async fn serve(name: &str, address: SocketAddr, router: Router) -> Result<(), ServeError> {
    let listener = TcpListener::bind(address)
        .await
        .map_err(|source| ServeError::Listen { address, source })?;
    let local = listener.local_addr()?;
    tracing::info!(
        server = name,
        instance = tracing_utils::instance(),
        "listening on {local}"
    );
    axum::serve(listener, router)
        .with_graceful_shutdown(shutdown::requested())
        .await?;
    Ok(())
}

/// The whole `main` of a server. The router is only made if it is to be served.
///
/// # Errors
/// Whatever making the router or serving it fails with.
pub fn run<E: Error + 'static>(
    name: &str,
    args: &ServerArgs,
    sdl: &str,
    router: impl Future<Output = Result<Router, E>>,
) -> Result<(), Box<dyn Error>> {
    match args.command() {
        ServerCommand::PrintSdl => print!("{sdl}"),
        ServerCommand::Check => println!("{name}: schema ok, {} lines", sdl.lines().count()),
        ServerCommand::Serve => {
            tracing_utils::init(Verbosity::Normal);
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .enable_all()
                .build()?;
            runtime.block_on(async {
                Ok::<_, Box<dyn Error>>(serve(name, args.listen, router.await?).await?)
            })?;
        }
    }
    Ok(())
}
