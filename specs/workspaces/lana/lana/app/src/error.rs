use authz::AuthzError;
use core_accounting::JournalError;
use core_credit::CreditError;
use core_customer::{CustomerError, CustomerId};
use core_deposit::DepositError;

#[derive(Debug, thiserror::Error)]
pub enum AppError {
    #[error(transparent)]
    Authz(#[from] AuthzError),
    #[error(transparent)]
    Customer(#[from] CustomerError),
    #[error(transparent)]
    Deposit(#[from] DepositError),
    #[error(transparent)]
    Credit(#[from] CreditError),
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error("there is no customer {0}")]
    UnknownCustomer(CustomerId),
    #[error("customer {0} is not verified")]
    NotVerified(CustomerId),
    #[error("there is no {kind} {id}")]
    NotFound { kind: &'static str, id: String },
    #[error("connecting: {0}")]
    Connect(#[from] sqlx::Error),
    #[error("migrating: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
}
