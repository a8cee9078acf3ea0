use std::fmt;

use core_accounting::chart;
use serde::Deserialize;

use crate::ReportError;

/// Compliance edits this file, hence it lies outside of the crate.
const REPORTS: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../config/reports.yml"
));

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Frequency {
    Daily,
    Monthly,
    Quarterly,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportDefinition {
    pub name: String,
    pub title: String,
    pub frequency: Frequency,
    pub accounts: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    reports: Vec<ReportDefinition>,
}

impl fmt::Display for Frequency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Daily => "daily",
            Self::Monthly => "monthly",
            Self::Quarterly => "quarterly",
        })
    }
}

/// All reports, in the order of the file.
///
/// # Errors
/// [`ReportError`] if the embedded file is malformed or names an account that does not exist.
pub fn definitions() -> Result<Vec<ReportDefinition>, ReportError> {
    parse(REPORTS)
}

/// # Errors
/// As [`definitions`], or [`ReportError::Unknown`].
pub fn find(name: &str) -> Result<ReportDefinition, ReportError> {
    definitions()?
        .into_iter()
        .find(|report| report.name == name)
        .ok_or_else(|| ReportError::Unknown(name.to_owned()))
}

fn parse(text: &str) -> Result<Vec<ReportDefinition>, ReportError> {
    let file: File = serde_yaml::from_str(text)?;
    for report in &file.reports {
        let unknown = report
            .accounts
            .iter()
            .find(|code| chart::find(code).is_none());
        if let Some(account) = unknown {
            return Err(ReportError::UnknownAccount {
                report: report.name.clone(),
                account: account.clone(),
            });
        }
    }
    Ok(file.reports)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_file_is_valid() {
        let names: Vec<_> = definitions().unwrap().into_iter().map(|r| r.name).collect();
        assert!(names.contains(&"trial-balance".to_owned()));
    }

    #[test]
    fn unknown_accounts_are_refused() {
        let text = "reports: [{name: x, title: X, frequency: daily, accounts: ['9999']}]";
        let error = parse(text).unwrap_err();
        assert!(error.to_string().contains("account 9999"));
    }
}
