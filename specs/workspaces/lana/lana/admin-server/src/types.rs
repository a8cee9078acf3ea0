use core_deposit::DepositAccount;
use juniper::GraphQLObject;

/// A customer of the bank.
#[derive(GraphQLObject)]
pub struct Customer {
    pub id: String,
    pub email: String,
    pub status: String,
    /// RFC 3339
    pub created_at: String,
}

/// An account that customers pay into.
#[derive(GraphQLObject)]
pub struct Deposit {
    pub id: String,
    pub customer_id: String,
    /// In dollars
    pub balance: String,
}

/// A line of the trial balance, amounts in dollars.
#[derive(GraphQLObject)]
pub struct BalanceLine {
    pub code: String,
    pub name: String,
    pub debits: String,
    pub credits: String,
    pub balance: String,
}

/// The latest entry of the audit trail.
#[derive(GraphQLObject)]
pub struct AuditHead {
    pub entries: i32,
    pub seal: String,
}

impl From<&core_customer::Customer> for Customer {
    fn from(customer: &core_customer::Customer) -> Self {
        Self {
            id: customer.id.to_string(),
            email: customer.email.clone(),
            status: customer.status.to_string(),
            created_at: customer.created_at.to_rfc3339(),
        }
    }
}

impl From<&DepositAccount> for Deposit {
    fn from(account: &DepositAccount) -> Self {
        Self {
            id: account.id.to_string(),
            customer_id: account.customer.to_string(),
            balance: account.balance.to_string(),
        }
    }
}
