use core_credit::CreditRepo;
use core_customer::CustomerRepo;
use core_deposit::DepositRepo;
use money::UsdCents;
use sqlx::{
    postgres::{PgConnectOptions, PgPoolOptions},
    ConnectOptions, PgPool,
};

use crate::{bank::accounts, migrations::MIGRATOR, AppError, Bank};

/// The bank in PostgreSQL.
#[derive(Clone, Debug)]
pub struct Store {
    pool: PgPool,
    customers: CustomerRepo,
    deposits: DepositRepo,
    credit: CreditRepo,
}

impl Store {
    /// # Errors
    /// [`AppError::Connect`]
    pub async fn connect(url: &str) -> Result<Self, AppError> {
        let mut options: PgConnectOptions = url.parse()?;
        // RUSTFLAGS="--cfg lana_trace_sql" shows every statement in the log.
        if !cfg!(lana_trace_sql) {
            options = options.disable_statement_logging();
        }
        let pool = PgPoolOptions::new()
            .max_connections(5)
            .connect_with(options)
            .await?;
        Ok(Self {
            customers: CustomerRepo::new(pool.clone()),
            deposits: DepositRepo::new(pool.clone()),
            credit: CreditRepo::new(pool.clone()),
            pool,
        })
    }

    /// Brings the schema up to date.
    ///
    /// # Errors
    /// [`AppError::Migrate`]
    pub async fn migrate(&self) -> Result<(), AppError> {
        Ok(MIGRATOR.run(&self.pool).await?)
    }

    /// Writes every customer, account and facility.
    ///
    /// # Errors
    /// [`AppError`] of the first failing statement.
    pub async fn save(&self, bank: &Bank) -> Result<(), AppError> {
        for customer in bank.customers() {
            self.customers.save(customer).await?;
        }
        for account in bank.deposits() {
            self.deposits.save(account).await?;
        }
        for facility in bank.facilities() {
            self.credit.save(facility).await?;
        }
        Ok(())
    }

    /// The stored state, with one opening entry in place of the journal that led to it.
    ///
    /// # Errors
    /// [`AppError`] if the database cannot be read or contradicts itself.
    pub async fn load(&self) -> Result<Bank, AppError> {
        let mut bank = Bank::default();
        for customer in self.customers.list().await? {
            for account in self.deposits.of_customer(customer.id).await? {
                bank.deposits.insert(account.id, account);
            }
            bank.customers.insert(customer.id, customer);
        }
        for facility in self.credit.list().await? {
            bank.facilities.insert(facility.id, facility);
        }
        let deposits = self.deposits.total().await?;
        let loans = bank.facilities().map(|facility| facility.drawn).sum();
        opening(&mut bank, deposits, loans)?;
        Ok(bank)
    }
}

fn opening(bank: &mut Bank, deposits: UsdCents, loans: UsdCents) -> Result<(), AppError> {
    if deposits.is_positive() {
        bank.post("opening", accounts::CASH, accounts::DEPOSITS, deposits)?;
    }
    if loans.is_positive() {
        bank.post("opening", accounts::LOANS, accounts::CASH, loans)?;
    }
    Ok(())
}
