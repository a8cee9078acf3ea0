//! The chart of accounts, generated from `config/chart-of-accounts.csv`.

use money::UsdCents;
use serde::Serialize;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum AccountKind {
    Asset,
    Liability,
    Equity,
    Revenue,
    Expense,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Account {
    pub code: &'static str,
    pub name: &'static str,
    pub kind: AccountKind,
    /// Zero for none.
    pub alert_threshold: UsdCents,
}

include!(concat!(env!("OUT_DIR"), "/chart.rs"));

impl AccountKind {
    /// Whether debits increase accounts of this kind.
    pub const fn is_debit_normal(self) -> bool {
        matches!(self, Self::Asset | Self::Expense)
    }
}

pub fn find(code: &str) -> Option<&'static Account> {
    ACCOUNTS.iter().find(|account| account.code == code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_sorted_and_unique() {
        assert!(ACCOUNTS.windows(2).all(|pair| pair[0].code < pair[1].code));
    }

    #[test]
    fn thresholds_come_from_the_table() {
        let cash = find("1010").unwrap();
        assert_eq!(cash.alert_threshold, "1,000,000.00".parse().unwrap());
        assert!(cash.kind.is_debit_normal());
    }
}
