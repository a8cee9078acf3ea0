use sqlx::PgPool;

use crate::{Customer, CustomerError, CustomerId, CustomerStatus};

/// Customers in PostgreSQL.
#[derive(Clone, Debug)]
pub struct CustomerRepo {
    pool: PgPool,
}

impl CustomerRepo {
    pub const fn new(pool: PgPool) -> Self {
        Self { pool }
    }

    /// Inserts a customer or updates its status.
    ///
    /// # Errors
    /// [`CustomerError::Database`]
    pub async fn save(&self, customer: &Customer) -> Result<(), CustomerError> {
        sqlx::query!(
            r#"INSERT INTO customers (id, email, status, created_at)
               VALUES ($1, $2, $3, $4)
               ON CONFLICT (id) DO UPDATE SET status = excluded.status"#,
            customer.id.as_uuid(),
            customer.email,
            customer.status.as_str(),
            customer.created_at,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// # Errors
    /// [`CustomerError::Database`], or [`CustomerError::UnknownStatus`] for a row that we did not write.
    pub async fn list(&self) -> Result<Vec<Customer>, CustomerError> {
        let rows = sqlx::query!(
            "SELECT id, email, status, created_at FROM customers ORDER BY created_at, id"
        )
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter()
            .map(|row| {
                Ok(Customer {
                    id: CustomerId::from(row.id),
                    email: row.email,
                    status: row.status.parse::<CustomerStatus>()?,
                    created_at: row.created_at,
                })
            })
            .collect()
    }
}
