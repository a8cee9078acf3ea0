/// Resolves when the operator or the service manager wants the process to end.
#[cfg(unix)]
pub(crate) async fn requested() {
    use tokio::signal::unix::{signal, SignalKind};

    let (Ok(mut interrupt), Ok(mut terminate)) = (
        signal(SignalKind::interrupt()),
        signal(SignalKind::terminate()),
    ) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    tracing::info!("shutting down");
}

#[cfg(not(unix))]
pub(crate) async fn requested() {
    std::future::pending().await
}
