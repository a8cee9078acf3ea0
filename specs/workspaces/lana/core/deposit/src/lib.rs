//! Deposit accounts.

mod account;
mod repo;

pub use account::{DepositAccount, DepositAccountId, DepositError};
pub use repo::DepositRepo;
