use money::UsdCents;
use serde::Serialize;

use crate::{
    chart::{Account, ACCOUNTS},
    Journal, Side,
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TrialBalanceRow {
    pub account: Account,
    pub debits: UsdCents,
    pub credits: UsdCents,
    /// Positive on the account's normal side.
    pub balance: UsdCents,
}

/// Totals per account, in the order of the chart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TrialBalance {
    pub rows: Vec<TrialBalanceRow>,
}

impl TrialBalance {
    pub(crate) fn of(journal: &Journal) -> Self {
        let rows = ACCOUNTS
            .iter()
            .map(|account| row(account, journal))
            .collect();
        Self { rows }
    }

    pub fn row(&self, code: &str) -> Option<&TrialBalanceRow> {
        self.rows.iter().find(|row| row.account.code == code)
    }

    pub fn debits(&self) -> UsdCents {
        self.rows.iter().map(|row| row.debits).sum()
    }

    pub fn credits(&self) -> UsdCents {
        self.rows.iter().map(|row| row.credits).sum()
    }

    pub fn is_balanced(&self) -> bool {
        self.debits() == self.credits()
    }
}

fn row(account: &Account, journal: &Journal) -> TrialBalanceRow {
    let total = |side| -> UsdCents {
        journal
            .entries()
            .iter()
            .flat_map(|entry| &entry.postings)
            .filter(|posting| posting.account == account.code && posting.side == side)
            .map(|posting| posting.amount)
            .sum()
    };
    let (debits, credits) = (total(Side::Debit), total(Side::Credit));
    let balance = if account.kind.is_debit_normal() {
        debits.cents() - credits.cents()
    } else {
        credits.cents() - debits.cents()
    };
    TrialBalanceRow {
        account: account.clone(),
        debits,
        credits,
        balance: UsdCents::from_cents(balance),
    }
}
