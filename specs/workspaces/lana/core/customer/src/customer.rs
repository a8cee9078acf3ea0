use std::{fmt, str::FromStr};

use chrono::{DateTime, Utc};
use entity_macros::{EntityId, EventName};
use uuid::Uuid;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EntityId)]
pub struct CustomerId(Uuid);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CustomerStatus {
    Pending,
    Verified,
    Suspended,
}

#[derive(Clone, Debug, PartialEq, Eq, EventName)]
pub enum CustomerEvent {
    Registered { email: String },
    KycApproved,
    AccountSuspended { reason: String },
}

#[derive(Debug, thiserror::Error)]
pub enum CustomerError {
    #[error("'{0}' is not an email address")]
    InvalidEmail(String),
    #[error("'{0}' is not a customer status")]
    UnknownStatus(String),
    #[error("a {from} customer cannot become {to}")]
    InvalidTransition {
        from: CustomerStatus,
        to: CustomerStatus,
    },
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Customer {
    pub id: CustomerId,
    pub email: String,
    pub status: CustomerStatus,
    pub created_at: DateTime<Utc>,
}

impl CustomerStatus {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Verified => "verified",
            Self::Suspended => "suspended",
        }
    }
}

impl fmt::Display for CustomerStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for CustomerStatus {
    type Err = CustomerError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Pending, Self::Verified, Self::Suspended]
            .into_iter()
            .find(|status| status.as_str() == text)
            .ok_or_else(|| CustomerError::UnknownStatus(text.to_owned()))
    }
}

impl Customer {
    /// # Errors
    /// [`CustomerError::InvalidEmail`]
    pub fn register(
        id: CustomerId,
        email: &str,
        created_at: DateTime<Utc>,
    ) -> Result<Self, CustomerError> {
        let valid = email
            .split_once('@')
            .is_some_and(|(local, domain)| !local.is_empty() && domain.contains('.'));
        if !valid {
            return Err(CustomerError::InvalidEmail(email.to_owned()));
        }
        Ok(Self {
            id,
            email: email.to_owned(),
            status: CustomerStatus::Pending,
            created_at,
        })
    }

    /// # Errors
    /// [`CustomerError::InvalidTransition`] if the customer is not in a state for this event.
    pub fn apply(&mut self, event: &CustomerEvent) -> Result<(), CustomerError> {
        use CustomerStatus::{Pending, Suspended, Verified};
        let to = match event {
            CustomerEvent::Registered { .. } => Pending,
            CustomerEvent::KycApproved => Verified,
            CustomerEvent::AccountSuspended { .. } => Suspended,
        };
        match (self.status, to) {
            (Pending, Verified) | (Pending | Verified, Suspended) => {
                self.status = to;
                Ok(())
            }
            (from, to) => Err(CustomerError::InvalidTransition { from, to }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn customer() -> Customer {
        // Version 5 identifiers exist for tests only.
        let id = CustomerId::from(Uuid::new_v5(&Uuid::NAMESPACE_DNS, b"alice"));
        Customer::register(id, "alice@lana.bank", DateTime::UNIX_EPOCH).unwrap()
    }

    #[test]
    fn suspension_is_final() {
        let mut alice = customer();
        alice.apply(&CustomerEvent::KycApproved).unwrap();
        let reason = "fraud".to_owned();
        alice
            .apply(&CustomerEvent::AccountSuspended { reason })
            .unwrap();
        let error = alice.apply(&CustomerEvent::KycApproved).unwrap_err();
        assert_eq!(
            error.to_string(),
            "a suspended customer cannot become verified"
        );
    }

    #[test]
    fn emails_are_checked() {
        for email in ["", "alice", "@lana.bank", "alice@lana"] {
            Customer::register(CustomerId::new(), email, DateTime::UNIX_EPOCH).unwrap_err();
        }
    }

    #[test]
    fn events_are_named_in_snake_case() {
        assert_eq!(CustomerEvent::KycApproved.event_name(), "kyc_approved");
    }

    #[tokio::test(start_paused = true)]
    async fn a_dead_database_is_an_error_and_no_hang() {
        let pool = sqlx::postgres::PgPoolOptions::new()
            .acquire_timeout(std::time::Duration::from_secs(5))
            .connect_lazy("postgres://nobody@127.0.0.1:1/none")
            .unwrap();
        let error = crate::CustomerRepo::new(pool).list().await.unwrap_err();
        assert!(matches!(error, CustomerError::Database(_)));
    }
}
