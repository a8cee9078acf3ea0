use std::{env, fmt};

const UNKNOWN: &str = "unknown";

/// What this binary was made from.
///
/// The environment of the process comes first, so that an image can say more than its binary
/// knows; then the environment of the compiler; then the manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BuildInfo {
    version: String,
    commit: String,
    built: String,
}

impl BuildInfo {
    pub(crate) fn current() -> Self {
        Self::from_lookup(|name| env::var(name).ok())
    }

    fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Self {
        let choose = |name: &str, compiled: Option<&str>, fallback: &str| {
            lookup(name)
                .filter(|value| !value.is_empty())
                .or_else(|| {
                    compiled
                        .filter(|value| !value.is_empty())
                        .map(str::to_owned)
                })
                .unwrap_or_else(|| fallback.to_owned())
        };
        Self {
            version: choose("VERSION", option_env!("VERSION"), env!("CARGO_PKG_VERSION")),
            commit: choose("COMMITHASH", option_env!("COMMITHASH"), UNKNOWN),
            built: choose("BUILDTIME", option_env!("BUILDTIME"), UNKNOWN),
        }
    }
}

impl fmt::Display for BuildInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            version,
            commit,
            built,
        } = self;
        write!(f, "lana-cli {version} (commit {commit}, built {built})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_process_environment_wins() {
        let info = BuildInfo::from_lookup(|name| Some(format!("<{name}>")));
        assert_eq!(
            info.to_string(),
            "lana-cli <VERSION> (commit <COMMITHASH>, built <BUILDTIME>)"
        );
    }

    #[test]
    fn empty_variables_count_as_unset() {
        assert_eq!(
            BuildInfo::from_lookup(|_| Some(String::new())),
            BuildInfo::from_lookup(|_| None)
        );
    }
}
