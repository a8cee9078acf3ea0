//! A small bank's first months, always the same.

use authz::{Role, Subject};
use chrono::{DateTime, Days, NaiveDate, Utc};
use core_credit::CreditFacilityId;
use core_customer::CustomerId;
use core_deposit::DepositAccountId;
use money::{BasisPoints, UsdCents};
use uuid::Uuid;

use crate::{accounts, AppError, Bank, Request};

const CAPITAL: UsdCents = UsdCents::from_cents(100_000_000);
const RATE: BasisPoints = BasisPoints(1200);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scenario {
    pub customers: u32,
    pub months: u32,
}

impl Default for Scenario {
    fn default() -> Self {
        Self {
            customers: 5,
            months: 12,
        }
    }
}

/// Plays the scenario from an empty bank.
///
/// # Errors
/// [`AppError`] if a rule of the bank is broken, which would be a defect.
pub fn run(scenario: Scenario) -> Result<Bank, AppError> {
    let mut bank = Bank::default();
    bank.post("share capital", accounts::CASH, accounts::CAPITAL, CAPITAL)?;
    let operator = Subject::new("simulation", Role::Superuser);
    let mut noise = Noise(0x5EED);
    for number in 1..=scenario.customers {
        let request = Request {
            subject: &operator,
            now: opening_time(number),
        };
        onboard(&mut bank, request, number, &mut noise)?;
    }
    bank.accrue_interest(start(), scenario.months as usize)?;
    Ok(bank)
}

fn onboard(
    bank: &mut Bank,
    request: Request<'_>,
    number: u32,
    noise: &mut Noise,
) -> Result<(), AppError> {
    let id = |kind: u128| Uuid::from_u128(kind << 64 | u128::from(number));
    let customer = CustomerId::from(id(1));
    bank.register_customer(request, customer, &format!("customer-{number}@lana.bank"))?;
    bank.verify_customer(request, customer)?;

    let account = DepositAccountId::from(id(2));
    bank.open_account(request, account, customer)?;
    bank.record_deposit(request, account, noise.dollars(1_000, 50_000))?;

    let facility = CreditFacilityId::from(id(3));
    let limit = noise.dollars(10_000, 100_000);
    bank.agree_facility(request, facility, customer, limit, RATE)?;
    bank.disburse(request, facility, UsdCents::from_cents(limit.cents() / 2))?;
    Ok(())
}

fn start() -> NaiveDate {
    NaiveDate::from_ymd_opt(2024, 1, 1).expect("a valid day")
}

fn opening_time(number: u32) -> DateTime<Utc> {
    (start() + Days::new(u64::from(number)))
        .and_hms_opt(9, 0, 0)
        .expect("a valid time")
        .and_utc()
}

/// Knuth's linear congruential generator: the same amounts on every machine.
struct Noise(u64);

impl Noise {
    fn dollars(&mut self, least: i64, below: i64) -> UsdCents {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let span = below - least;
        let draw = i64::try_from(self.0 >> 33).expect("31 bits fit") % span;
        UsdCents::from_cents((least + draw) * 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_run_is_the_same() {
        let scenario = Scenario::default();
        let (one, two) = (run(scenario).unwrap(), run(scenario).unwrap());
        assert_eq!(one.trail().head(), two.trail().head());
        assert_eq!(one.journal().trial_balance(), two.journal().trial_balance());
    }

    #[test]
    fn the_books_are_balanced_and_sealed() {
        let bank = run(Scenario {
            customers: 20,
            months: 24,
        })
        .unwrap();
        assert!(bank.journal().trial_balance().is_balanced());
        bank.trail().verify().unwrap();
        assert_eq!(bank.customers().count(), 20);
    }
}
