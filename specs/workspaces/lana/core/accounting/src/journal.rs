use money::{MoneyError, UsdCents};

use crate::{chart, TrialBalance};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Debit,
    Credit,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posting {
    pub account: String,
    pub side: Side,
    pub amount: UsdCents,
}

impl Posting {
    pub fn debit(account: &str, amount: UsdCents) -> Self {
        Self::new(account, Side::Debit, amount)
    }

    pub fn credit(account: &str, amount: UsdCents) -> Self {
        Self::new(account, Side::Credit, amount)
    }

    fn new(account: &str, side: Side, amount: UsdCents) -> Self {
        Self {
            account: account.to_owned(),
            side,
            amount,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub memo: String,
    pub postings: Vec<Posting>,
}

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum JournalError {
    #[error("there is no account {0}")]
    UnknownAccount(String),
    #[error("amounts must be positive, not {0}")]
    NotPositive(UsdCents),
    #[error("debits of {debits} against credits of {credits}")]
    Unbalanced { debits: UsdCents, credits: UsdCents },
    #[error(transparent)]
    Money(#[from] MoneyError),
}

#[derive(Clone, Debug, Default)]
pub struct Journal {
    entries: Vec<Entry>,
}

impl Journal {
    /// Adds a balanced entry.
    ///
    /// # Errors
    /// [`JournalError`] if the entry breaks a rule; the journal is then as before.
    pub fn post(&mut self, memo: &str, postings: &[Posting]) -> Result<(), JournalError> {
        let (mut debits, mut credits) = (UsdCents::ZERO, UsdCents::ZERO);
        for posting in postings {
            if chart::find(&posting.account).is_none() {
                return Err(JournalError::UnknownAccount(posting.account.clone()));
            }
            if !posting.amount.is_positive() {
                return Err(JournalError::NotPositive(posting.amount));
            }
            let total = match posting.side {
                Side::Debit => &mut debits,
                Side::Credit => &mut credits,
            };
            *total = total.checked_add(posting.amount)?;
        }
        if debits != credits {
            return Err(JournalError::Unbalanced { debits, credits });
        }
        self.entries.push(Entry {
            memo: memo.to_owned(),
            postings: postings.to_vec(),
        });
        Ok(())
    }

    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    pub fn trial_balance(&self) -> TrialBalance {
        TrialBalance::of(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPENING_BALANCES: &str = include_str!("../tests/fixtures/opening-balances.csv");

    #[test]
    fn opening_balances_are_balanced() {
        let mut journal = Journal::default();
        for line in OPENING_BALANCES.lines() {
            let fields: Vec<_> = line.split(',').collect();
            let amount = fields[2].parse().unwrap();
            let postings = [
                Posting::debit(fields[0], amount),
                Posting::credit(fields[1], amount),
            ];
            journal.post("opening", &postings).unwrap();
        }
        let balance = journal.trial_balance();
        assert!(balance.is_balanced());
        assert_eq!(
            balance.row("1010").unwrap().balance.to_string(),
            "2623800.50"
        );
    }

    #[test]
    fn bad_entries_leave_no_trace() {
        let one = UsdCents::from_cents(1);
        let two = UsdCents::from_cents(2);
        let mut journal = Journal::default();
        let bad = [
            vec![Posting::debit("1010", one), Posting::credit("2010", two)],
            vec![Posting::debit("9999", one), Posting::credit("2010", one)],
            vec![Posting::debit("1010", -one), Posting::credit("2010", -one)],
        ];
        for postings in bad {
            journal.post("bad", &postings).unwrap_err();
        }
        assert!(journal.entries().is_empty());
    }
}
