use std::collections::BTreeMap;

use audit::AuditTrail;
use authz::{Permission, Subject};
use chrono::{DateTime, NaiveDate, Utc};
use core_accounting::{Journal, Posting};
use core_credit::{schedule, CreditFacility, CreditFacilityId};
use core_customer::{Customer, CustomerEvent, CustomerId, CustomerStatus};
use core_deposit::{DepositAccount, DepositAccountId};
use money::{BasisPoints, UsdCents};

use crate::AppError;

/// Codes of the accounts that the bank posts to.
pub mod accounts {
    pub const CASH: &str = "1010";
    pub const LOANS: &str = "1020";
    pub const INTEREST_RECEIVABLE: &str = "1030";
    pub const DEPOSITS: &str = "2010";
    pub const CAPITAL: &str = "3010";
    pub const INTEREST_INCOME: &str = "4010";
}

/// Who asks, and when.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    pub subject: &'a Subject,
    pub now: DateTime<Utc>,
}

/// All state of the bank, in memory.
#[derive(Clone, Debug, Default)]
pub struct Bank {
    pub(crate) customers: BTreeMap<CustomerId, Customer>,
    pub(crate) deposits: BTreeMap<DepositAccountId, DepositAccount>,
    pub(crate) facilities: BTreeMap<CreditFacilityId, CreditFacility>,
    pub(crate) journal: Journal,
    trail: AuditTrail,
}

impl Bank {
    pub fn customers(&self) -> impl Iterator<Item = &Customer> {
        self.customers.values()
    }

    pub fn deposits(&self) -> impl Iterator<Item = &DepositAccount> {
        self.deposits.values()
    }

    pub fn facilities(&self) -> impl Iterator<Item = &CreditFacility> {
        self.facilities.values()
    }

    pub const fn journal(&self) -> &Journal {
        &self.journal
    }

    pub const fn trail(&self) -> &AuditTrail {
        &self.trail
    }

    /// Checks a permission that changes nothing in the bank itself.
    ///
    /// # Errors
    /// [`AppError::Authz`]
    pub fn authorize(
        &mut self,
        request: Request<'_>,
        permission: Permission,
        object: &str,
    ) -> Result<(), AppError> {
        let now = request.now.timestamp();
        Ok(request
            .subject
            .authorize(permission, object, now, &mut self.trail)?)
    }

    /// # Errors
    /// [`AppError`] if forbidden or the address is none.
    pub fn register_customer(
        &mut self,
        request: Request<'_>,
        id: CustomerId,
        email: &str,
    ) -> Result<Customer, AppError> {
        self.authorize(
            request,
            Permission::CustomerCreate,
            &format!("customer/{id}"),
        )?;
        let customer = Customer::register(id, email, request.now)?;
        self.customers.insert(id, customer.clone());
        Ok(customer)
    }

    /// # Errors
    /// [`AppError`] if forbidden, unknown or already decided.
    pub fn verify_customer(
        &mut self,
        request: Request<'_>,
        id: CustomerId,
    ) -> Result<Customer, AppError> {
        self.authorize(
            request,
            Permission::CustomerVerify,
            &format!("customer/{id}"),
        )?;
        let customer = self
            .customers
            .get_mut(&id)
            .ok_or(AppError::UnknownCustomer(id))?;
        customer.apply(&CustomerEvent::KycApproved)?;
        Ok(customer.clone())
    }

    /// # Errors
    /// [`AppError`] if the customer is unknown or not verified.
    pub fn open_account(
        &mut self,
        request: Request<'_>,
        id: DepositAccountId,
        customer: CustomerId,
    ) -> Result<DepositAccount, AppError> {
        self.verified(customer)?;
        let account = DepositAccount::open(id, customer, request.now);
        self.deposits.insert(id, account.clone());
        Ok(account)
    }

    /// # Errors
    /// [`AppError`] if forbidden, unknown, or not a positive amount.
    pub fn record_deposit(
        &mut self,
        request: Request<'_>,
        id: DepositAccountId,
        amount: UsdCents,
    ) -> Result<DepositAccount, AppError> {
        self.authorize(request, Permission::DepositRecord, &format!("deposit/{id}"))?;
        let account = self.deposits.get_mut(&id).ok_or(AppError::NotFound {
            kind: "deposit account",
            id: id.to_string(),
        })?;
        account.deposit(amount)?;
        let account = account.clone();
        self.post("deposit", accounts::CASH, accounts::DEPOSITS, amount)?;
        Ok(account)
    }

    /// # Errors
    /// [`AppError`] if forbidden, unknown, not verified, or not a positive limit.
    pub fn agree_facility(
        &mut self,
        request: Request<'_>,
        id: CreditFacilityId,
        customer: CustomerId,
        limit: UsdCents,
        rate: BasisPoints,
    ) -> Result<CreditFacility, AppError> {
        self.authorize(
            request,
            Permission::CreditDisburse,
            &format!("facility/{id}"),
        )?;
        self.verified(customer)?;
        let facility = CreditFacility::agree(id, customer.as_uuid(), limit, rate)?;
        self.facilities.insert(id, facility.clone());
        Ok(facility)
    }

    /// # Errors
    /// [`AppError`] if forbidden, unknown or beyond the limit.
    pub fn disburse(
        &mut self,
        request: Request<'_>,
        id: CreditFacilityId,
        amount: UsdCents,
    ) -> Result<CreditFacility, AppError> {
        self.authorize(
            request,
            Permission::CreditDisburse,
            &format!("facility/{id}"),
        )?;
        let facility = self.facilities.get_mut(&id).ok_or(AppError::NotFound {
            kind: "credit facility",
            id: id.to_string(),
        })?;
        facility.disburse(amount)?;
        let facility = facility.clone();
        self.post("disbursal", accounts::LOANS, accounts::CASH, amount)?;
        Ok(facility)
    }

    /// Books the interest of all facilities from `start` on.
    ///
    /// # Errors
    /// [`AppError::Journal`]
    pub fn accrue_interest(&mut self, start: NaiveDate, months: usize) -> Result<(), AppError> {
        let accruals: Vec<_> = self
            .facilities
            .values()
            .flat_map(|facility| schedule::monthly(facility.drawn, facility.rate, start, months))
            .filter(|accrual| accrual.interest.is_positive())
            .collect();
        for accrual in accruals {
            self.post(
                &format!("interest due {}", accrual.due),
                accounts::INTEREST_RECEIVABLE,
                accounts::INTEREST_INCOME,
                accrual.interest,
            )?;
        }
        Ok(())
    }

    /// # Errors
    /// [`AppError::Journal`]
    pub fn post(
        &mut self,
        memo: &str,
        debit: &str,
        credit: &str,
        amount: UsdCents,
    ) -> Result<(), AppError> {
        let postings = [
            Posting::debit(debit, amount),
            Posting::credit(credit, amount),
        ];
        Ok(self.journal.post(memo, &postings)?)
    }

    fn verified(&self, id: CustomerId) -> Result<(), AppError> {
        let customer = self
            .customers
            .get(&id)
            .ok_or(AppError::UnknownCustomer(id))?;
        match customer.status {
            CustomerStatus::Verified => Ok(()),
            CustomerStatus::Pending | CustomerStatus::Suspended => Err(AppError::NotVerified(id)),
        }
    }
}
