use chrono::NaiveDate;
use core_credit::schedule;
use core_customer::CustomerId;
use core_deposit::DepositAccountId;
use juniper::{graphql_object, EmptySubscription, FieldResult};
use money::{BasisPoints, UsdCents};
use server_utils::Context;

use crate::types::{Account, Installment, Me};

pub type Schema = server_utils::Schema<Query, Mutation>;

pub struct Query;
pub struct Mutation;

const MOST_MONTHS: usize = 360;

pub fn schema() -> Schema {
    Schema::new(Query, Mutation, EmptySubscription::new())
}

#[graphql_object(context = Context)]
impl Query {
    /// Version of the API
    fn api_version() -> &'static str {
        env!("CARGO_PKG_VERSION")
    }

    /// Nobody without a customer's token
    fn me(context: &Context) -> Option<Me> {
        let id = context.subject.name.parse::<CustomerId>().ok()?;
        context.app.read(|bank| {
            let customer = bank.customers().find(|customer| customer.id == id)?;
            let accounts = bank
                .deposits()
                .filter(|account| account.customer == id)
                .map(|account| Account {
                    id: account.id.to_string(),
                    balance: account.balance.to_string(),
                })
                .collect();
            Some(Me {
                id: id.to_string(),
                email: customer.email.clone(),
                status: customer.status.to_string(),
                accounts,
            })
        })
    }

    /// What a loan in dollars would cost, month by month
    fn interest_preview(
        principal: String,
        rate_basis_points: i32,
        start: String,
        months: i32,
    ) -> FieldResult<Vec<Installment>> {
        let principal: UsdCents = principal.parse()?;
        let rate = BasisPoints(u32::try_from(rate_basis_points)?);
        let start: NaiveDate = start.parse()?;
        let months = usize::try_from(months)?.min(MOST_MONTHS);
        Ok(schedule::monthly(principal, rate, start, months)
            .into_iter()
            .map(Installment::from)
            .collect())
    }
}

#[graphql_object(context = Context)]
impl Mutation {
    /// A further account for the customer who asks
    async fn open_account(context: &Context) -> FieldResult<Account> {
        let request = context.request();
        let customer: CustomerId = context.subject.name.parse()?;
        let account = context
            .app
            .write(|bank| bank.open_account(request, DepositAccountId::new(), customer))
            .await?;
        Ok(Account {
            id: account.id.to_string(),
            balance: account.balance.to_string(),
        })
    }
}
