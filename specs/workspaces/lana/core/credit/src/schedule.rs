//! Interest, actual days over a year of 360.

use chrono::{Datelike, NaiveDate};
use money::{BasisPoints, UsdCents};

pub const DAYS_PER_YEAR: u32 = 360;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accrual {
    /// The last day of the month.
    pub due: NaiveDate,
    pub interest: UsdCents,
}

/// Monthly accruals on a constant principal, from `start` on; the first month counts from its day.
///
/// ```
/// use chrono::NaiveDate;
/// use money::{BasisPoints, UsdCents};
///
/// let start = NaiveDate::from_ymd_opt(2024, 2, 15).unwrap();
/// let principal = UsdCents::from_cents(36_000_00);
/// let accruals = core_credit::schedule::monthly(principal, BasisPoints(1000), start, 2);
/// assert_eq!(accruals[0].interest.to_string(), "150.00"); // 15 days
/// assert_eq!(accruals[1].interest.to_string(), "310.00"); // 31 days
/// ```
pub fn monthly(
    principal: UsdCents,
    rate: BasisPoints,
    start: NaiveDate,
    months: usize,
) -> Vec<Accrual> {
    let mut from = start;
    let mut accruals = Vec::with_capacity(months);
    for _ in 0..months {
        let Some(due) = last_of_month(from) else {
            break;
        };
        let days = due.day() - from.day() + 1;
        accruals.push(Accrual {
            due,
            interest: rate.pro_rata(principal, days, DAYS_PER_YEAR),
        });
        let Some(next) = due.succ_opt() else {
            break;
        };
        from = next;
    }
    accruals
}

/// `None` at the end of chrono's calendar.
fn last_of_month(day: NaiveDate) -> Option<NaiveDate> {
    let (year, month) = match day.month() {
        12 => (day.year() + 1, 1),
        month => (day.year(), month + 1),
    };
    NaiveDate::from_ymd_opt(year, month, 1)?.pred_opt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leap_years_have_a_longer_february() {
        let start = NaiveDate::from_ymd_opt(2023, 12, 31).unwrap();
        let dues: Vec<_> = monthly(UsdCents::ZERO, BasisPoints(0), start, 3)
            .iter()
            .map(|accrual| accrual.due.to_string())
            .collect();
        assert_eq!(dues, ["2023-12-31", "2024-01-31", "2024-02-29"]);
    }
}
