//! Prints the trial balance of a bank that has only its share capital.

use core_accounting::{Journal, Posting};
use core_report::{find, render};
use money::UsdCents;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let capital = UsdCents::from_cents(250_000_000);
    let mut journal = Journal::default();
    journal.post(
        "share capital",
        &[
            Posting::debit("1010", capital),
            Posting::credit("3010", capital),
        ],
    )?;
    print!(
        "{}",
        render(&find("trial-balance")?, &journal.trial_balance())?
    );
    Ok(())
}
