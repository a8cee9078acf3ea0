/// One line per migration, its fields separated by tabs.
pub(crate) fn list() -> String {
    lana_app::migrations()
        .iter()
        .map(|migration| {
            let (version, checksum) = (migration.version, &migration.checksum);
            format!("{version}\t{}\t{checksum}\n", migration.description)
        })
        .collect()
}
