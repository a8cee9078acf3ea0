use entity_macros::EntityId;
use money::{BasisPoints, MoneyError, UsdCents};
use uuid::Uuid;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EntityId)]
pub struct CreditFacilityId(Uuid);

#[derive(Debug, thiserror::Error)]
pub enum CreditError {
    #[error("amounts must be positive, not {0}")]
    NotPositive(UsdCents),
    #[error("only {available} of the facility is left, not {requested}")]
    LimitExceeded {
        requested: UsdCents,
        available: UsdCents,
    },
    #[error("{requested} is more than the {drawn} that is owed")]
    Overpaid {
        requested: UsdCents,
        drawn: UsdCents,
    },
    #[error(transparent)]
    Money(#[from] MoneyError),
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreditFacility {
    pub id: CreditFacilityId,
    pub customer: Uuid,
    pub limit: UsdCents,
    pub drawn: UsdCents,
    pub rate: BasisPoints,
}

impl CreditFacility {
    /// # Errors
    /// [`CreditError::NotPositive`] if the limit is not positive.
    pub fn agree(
        id: CreditFacilityId,
        customer: Uuid,
        limit: UsdCents,
        rate: BasisPoints,
    ) -> Result<Self, CreditError> {
        if !limit.is_positive() {
            return Err(CreditError::NotPositive(limit));
        }
        Ok(Self {
            id,
            customer,
            limit,
            drawn: UsdCents::ZERO,
            rate,
        })
    }

    pub const fn available(&self) -> UsdCents {
        UsdCents::from_cents(self.limit.cents() - self.drawn.cents())
    }

    /// # Errors
    /// [`CreditError`] if the amount is not positive or more than is left.
    pub fn disburse(&mut self, amount: UsdCents) -> Result<(), CreditError> {
        if !amount.is_positive() {
            return Err(CreditError::NotPositive(amount));
        }
        let available = self.available();
        if amount > available {
            return Err(CreditError::LimitExceeded {
                requested: amount,
                available,
            });
        }
        self.drawn = self.drawn.checked_add(amount)?;
        Ok(())
    }

    /// # Errors
    /// [`CreditError`] if the amount is not positive or more than is owed.
    pub fn repay(&mut self, amount: UsdCents) -> Result<(), CreditError> {
        if !amount.is_positive() {
            return Err(CreditError::NotPositive(amount));
        }
        if amount > self.drawn {
            return Err(CreditError::Overpaid {
                requested: amount,
                drawn: self.drawn,
            });
        }
        self.drawn = self.drawn.checked_sub(amount)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    #[test]
    fn the_limit_holds() {
        let dollars = |n: i64| UsdCents::from_cents(n * 100);
        let id = CreditFacilityId::from(Uuid::from_u128(1));
        let mut facility =
            CreditFacility::agree(id, Uuid::nil(), dollars(1000), BasisPoints(900)).unwrap();
        facility.disburse(dollars(600)).unwrap();
        let error = facility.disburse(dollars(401)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "only 400.00 of the facility is left, not 401.00"
        );
        facility.repay(dollars(600)).unwrap();
        assert_eq!(facility.available(), dollars(1000));
        assert!(facility.repay(dollars(1)).is_err());
    }
}
