//! Logging for binaries. Libraries only use `tracing`.

#[cfg(feature = "subscriber")]
use tracing_subscriber::fmt::SubscriberBuilder;

/// How much to log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verbosity {
    Quiet,
    #[default]
    Normal,
    Debug,
}

impl Verbosity {
    pub const fn level(self) -> tracing::Level {
        match self {
            Self::Quiet => tracing::Level::WARN,
            Self::Normal => tracing::Level::INFO,
            Self::Debug => tracing::Level::DEBUG,
        }
    }
}

/// Logs to standard error from now on. A second call changes nothing.
#[cfg(feature = "subscriber")]
pub fn init(verbosity: Verbosity) {
    let builder: SubscriberBuilder = tracing_subscriber::fmt();
    let builder = builder
        .with_max_level(verbosity.level())
        .with_writer(std::io::stderr);
    #[cfg(feature = "json")]
    let installed = builder.json().try_init();
    #[cfg(not(feature = "json"))]
    let installed = builder.with_ansi(false).try_init();
    if installed.is_err() {
        tracing::debug!("logging was set up before");
    }
}

/// Without the `subscriber` feature nothing is logged.
#[cfg(not(feature = "subscriber"))]
pub fn init(verbosity: Verbosity) {
    let _ = verbosity;
}

/// The name under which this machine appears in the logs.
pub fn instance() -> String {
    #[cfg(unix)]
    let name = hostname::get()
        .ok()
        .and_then(|name| name.into_string().ok());
    #[cfg(not(unix))]
    let name = std::env::var("COMPUTERNAME").ok();
    name.unwrap_or_else(|| "unknown".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initialising_twice_is_harmless() {
        init(Verbosity::Quiet);
        init(Verbosity::Debug);
        assert!(!instance().is_empty());
    }
}
