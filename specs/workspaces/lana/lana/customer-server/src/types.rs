use core_credit::schedule::Accrual;
use juniper::GraphQLObject;

/// The customer who asks.
#[derive(GraphQLObject)]
pub struct Me {
    pub id: String,
    pub email: String,
    pub status: String,
    pub accounts: Vec<Account>,
}

/// An account, its balance in dollars.
#[derive(GraphQLObject)]
pub struct Account {
    pub id: String,
    pub balance: String,
}

/// Interest of one month, in dollars.
#[derive(GraphQLObject)]
pub struct Installment {
    /// ISO 8601
    pub due: String,
    pub interest: String,
}

impl From<Accrual> for Installment {
    fn from(accrual: Accrual) -> Self {
        Self {
            due: accrual.due.to_string(),
            interest: accrual.interest.to_string(),
        }
    }
}
