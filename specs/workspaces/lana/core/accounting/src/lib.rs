//! Double-entry bookkeeping over a fixed chart of accounts.
//!
//! ```
//! use core_accounting::{Journal, Posting};
//! use money::UsdCents;
//!
//! let mut journal = Journal::default();
//! let amount = UsdCents::from_cents(100);
//! journal.post("seed capital", &[Posting::debit("1010", amount), Posting::credit("3010", amount)])?;
//! assert!(journal.trial_balance().is_balanced());
//! # Ok::<(), core_accounting::JournalError>(())
//! ```

pub mod chart;
mod journal;
mod trial_balance;

pub use journal::{Entry, Journal, JournalError, Posting, Side};
pub use trial_balance::{TrialBalance, TrialBalanceRow};
