use authz::Permission;
use core_customer::CustomerId;
use core_deposit::DepositAccountId;
use juniper::{graphql_object, EmptySubscription, FieldResult};
use money::UsdCents;
use server_utils::Context;

use crate::types::{AuditHead, BalanceLine, Customer, Deposit};

pub type Schema = server_utils::Schema<Query, Mutation>;

pub struct Query;
pub struct Mutation;

pub fn schema() -> Schema {
    Schema::new(Query, Mutation, EmptySubscription::new())
}

#[graphql_object(context = Context)]
impl Query {
    /// Version of the API
    fn api_version() -> &'static str {
        env!("CARGO_PKG_VERSION")
    }

    fn customers(context: &Context) -> Vec<Customer> {
        context
            .app
            .read(|bank| bank.customers().map(Customer::from).collect())
    }

    fn deposits(context: &Context) -> Vec<Deposit> {
        context
            .app
            .read(|bank| bank.deposits().map(Deposit::from).collect())
    }

    fn trial_balance(context: &Context) -> Vec<BalanceLine> {
        let balance = context.app.read(|bank| bank.journal().trial_balance());
        balance
            .rows
            .iter()
            .map(|row| BalanceLine {
                code: row.account.code.to_owned(),
                name: row.account.name.to_owned(),
                debits: row.debits.to_string(),
                credits: row.credits.to_string(),
                balance: row.balance.to_string(),
            })
            .collect()
    }

    /// A report as text
    async fn report(context: &Context, name: String) -> FieldResult<String> {
        let request = context.request();
        let balance = context
            .app
            .write(|bank| {
                bank.authorize(request, Permission::ReportRead, &format!("report/{name}"))?;
                Ok(bank.journal().trial_balance())
            })
            .await?;
        Ok(core_report::render(&core_report::find(&name)?, &balance)?)
    }

    fn audit_head(context: &Context) -> AuditHead {
        context.app.read(|bank| AuditHead {
            entries: i32::try_from(bank.trail().entries().len()).unwrap_or(i32::MAX),
            seal: bank.trail().head().to_string(),
        })
    }
}

#[graphql_object(context = Context)]
impl Mutation {
    async fn register_customer(context: &Context, email: String) -> FieldResult<Customer> {
        let request = context.request();
        let customer = context
            .app
            .write(|bank| bank.register_customer(request, CustomerId::new(), &email))
            .await?;
        Ok(Customer::from(&customer))
    }

    async fn verify_customer(context: &Context, id: String) -> FieldResult<Customer> {
        let request = context.request();
        let id: CustomerId = id.parse()?;
        let customer = context
            .app
            .write(|bank| bank.verify_customer(request, id))
            .await?;
        Ok(Customer::from(&customer))
    }

    /// Books money that a customer paid in, in dollars
    async fn record_deposit(
        context: &Context,
        account_id: String,
        amount: String,
    ) -> FieldResult<Deposit> {
        let request = context.request();
        let id: DepositAccountId = account_id.parse()?;
        let amount: UsdCents = amount.parse()?;
        let account = context
            .app
            .write(|bank| bank.record_deposit(request, id, amount))
            .await?;
        Ok(Deposit::from(&account))
    }
}
