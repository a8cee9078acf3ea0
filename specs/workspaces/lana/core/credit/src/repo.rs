use money::{BasisPoints, UsdCents};
use sqlx::PgPool;
use uuid::Uuid;

use crate::{CreditError, CreditFacility, CreditFacilityId};

/// Credit facilities in PostgreSQL.
#[derive(Clone, Debug)]
pub struct CreditRepo {
    pool: PgPool,
}

struct FacilityRow {
    id: Uuid,
    customer_id: Uuid,
    limit_cents: i64,
    drawn_cents: i64,
    rate_basis_points: i32,
}

impl CreditRepo {
    pub const fn new(pool: PgPool) -> Self {
        Self { pool }
    }

    /// Inserts a facility or updates what is drawn of it.
    ///
    /// # Errors
    /// [`CreditError::Database`]
    pub async fn save(&self, facility: &CreditFacility) -> Result<(), CreditError> {
        sqlx::query!(
            r#"INSERT INTO credit_facilities
                 (id, customer_id, limit_cents, drawn_cents, rate_basis_points)
               VALUES ($1, $2, $3, $4, $5)
               ON CONFLICT (id) DO UPDATE SET drawn_cents = excluded.drawn_cents"#,
            facility.id.as_uuid(),
            facility.customer,
            facility.limit.cents(),
            facility.drawn.cents(),
            i32::try_from(facility.rate.0).unwrap_or(i32::MAX),
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// # Errors
    /// [`CreditError::Database`]
    pub async fn list(&self) -> Result<Vec<CreditFacility>, CreditError> {
        let rows = sqlx::query_as!(
            FacilityRow,
            r"SELECT id, customer_id, limit_cents, drawn_cents, rate_basis_points FROM credit_facilities ORDER BY id",
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.into_iter().map(CreditFacility::from).collect())
    }
}

impl From<FacilityRow> for CreditFacility {
    fn from(row: FacilityRow) -> Self {
        Self {
            id: CreditFacilityId::from(row.id),
            customer: row.customer_id,
            limit: UsdCents::from_cents(row.limit_cents),
            drawn: UsdCents::from_cents(row.drawn_cents),
            rate: BasisPoints(row.rate_basis_points.unsigned_abs()),
        }
    }
}
