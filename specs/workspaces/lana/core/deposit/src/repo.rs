use core_customer::CustomerId;
use money::UsdCents;
use sqlx::PgPool;

use crate::{DepositAccount, DepositAccountId, DepositError};

/// Deposit accounts in PostgreSQL. This crate keeps the descriptions of its queries itself.
#[derive(Clone, Debug)]
pub struct DepositRepo {
    pool: PgPool,
}

impl DepositRepo {
    pub const fn new(pool: PgPool) -> Self {
        Self { pool }
    }

    /// Inserts an account or updates its balance.
    ///
    /// # Errors
    /// [`DepositError::Database`]
    pub async fn save(&self, account: &DepositAccount) -> Result<(), DepositError> {
        sqlx::query!(
            "INSERT INTO deposit_accounts (id, customer_id, balance_cents, opened_at) \
             VALUES ($1, $2, $3, $4) \
             ON CONFLICT (id) DO UPDATE SET balance_cents = excluded.balance_cents",
            account.id.as_uuid(),
            account.customer.as_uuid(),
            account.balance.cents(),
            account.opened_at,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// # Errors
    /// [`DepositError::Database`]
    pub async fn of_customer(
        &self,
        customer: CustomerId,
    ) -> Result<Vec<DepositAccount>, DepositError> {
        let rows = sqlx::query!(
            r#"
            SELECT id, balance_cents, opened_at
            FROM deposit_accounts
            WHERE customer_id = $1
            ORDER BY opened_at, id
            "#,
            customer.as_uuid(),
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| DepositAccount {
                id: DepositAccountId::from(row.id),
                customer,
                balance: UsdCents::from_cents(row.balance_cents),
                opened_at: row.opened_at,
            })
            .collect())
    }

    /// What the bank owes to all its depositors.
    ///
    /// # Errors
    /// [`DepositError::Database`]
    pub async fn total(&self) -> Result<UsdCents, DepositError> {
        let cents = sqlx::query_scalar!(
            r#"SELECT COALESCE(SUM(balance_cents), 0)::BIGINT AS "total!" FROM deposit_accounts"#
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(UsdCents::from_cents(cents))
    }
}
