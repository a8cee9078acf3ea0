use chrono::{DateTime, Utc};
use core_customer::CustomerId;
use entity_macros::EntityId;
use money::{MoneyError, UsdCents};
use uuid::Uuid;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EntityId)]
pub struct DepositAccountId(Uuid);

#[derive(Debug, thiserror::Error)]
pub enum DepositError {
    #[error("amounts must be positive, not {0}")]
    NotPositive(UsdCents),
    #[error("{requested} is more than the balance of {balance}")]
    Insufficient {
        requested: UsdCents,
        balance: UsdCents,
    },
    #[error(transparent)]
    Money(#[from] MoneyError),
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DepositAccount {
    pub id: DepositAccountId,
    pub customer: CustomerId,
    pub balance: UsdCents,
    pub opened_at: DateTime<Utc>,
}

impl DepositAccount {
    pub const fn open(
        id: DepositAccountId,
        customer: CustomerId,
        opened_at: DateTime<Utc>,
    ) -> Self {
        Self {
            id,
            customer,
            balance: UsdCents::ZERO,
            opened_at,
        }
    }

    /// # Errors
    /// [`DepositError`] if the amount is not positive or the balance would overflow.
    pub fn deposit(&mut self, amount: UsdCents) -> Result<(), DepositError> {
        if !amount.is_positive() {
            return Err(DepositError::NotPositive(amount));
        }
        self.balance = self.balance.checked_add(amount)?;
        Ok(())
    }

    /// # Errors
    /// [`DepositError`] if the amount is not positive or more than there is.
    pub fn withdraw(&mut self, amount: UsdCents) -> Result<(), DepositError> {
        if !amount.is_positive() {
            return Err(DepositError::NotPositive(amount));
        }
        if amount > self.balance {
            return Err(DepositError::Insufficient {
                requested: amount,
                balance: self.balance,
            });
        }
        self.balance = self.balance.checked_sub(amount)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_never_overdrawn() {
        let id = DepositAccountId::from(Uuid::from_u128(1));
        let owner = CustomerId::from(Uuid::from_u128(2));
        let mut account = DepositAccount::open(id, owner, DateTime::UNIX_EPOCH);
        account.deposit(UsdCents::from_cents(500)).unwrap();
        account.withdraw(UsdCents::from_cents(500)).unwrap();
        let error = account.withdraw(UsdCents::from_cents(1)).unwrap_err();
        assert_eq!(error.to_string(), "0.01 is more than the balance of 0.00");
    }
}
