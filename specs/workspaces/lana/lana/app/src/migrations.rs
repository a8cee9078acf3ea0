use std::fmt::Write as _;

use sqlx::migrate::Migrator;

/// Everything in `migrations/`, with contents.
pub(crate) static MIGRATOR: Migrator = sqlx::migrate!();

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MigrationInfo {
    pub version: i64,
    pub description: String,
    /// SHA-384 of the file, in hexadecimal, as in the database's `_sqlx_migrations`.
    pub checksum: String,
}

/// The embedded migrations in the order of their versions.
pub fn migrations() -> Vec<MigrationInfo> {
    MIGRATOR
        .iter()
        .map(|migration| MigrationInfo {
            version: migration.version,
            description: migration.description.to_string(),
            checksum: hex(&migration.checksum),
        })
        .collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a string cannot fail");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_ascending() {
        let all = migrations();
        assert!(all.len() >= 3);
        assert!(all.windows(2).all(|pair| pair[0].version < pair[1].version));
        assert!(all.iter().all(|migration| migration.checksum.len() == 96));
    }
}
