use std::fmt;

use crate::UsdCents;

/// A rate in hundredths of a percent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct BasisPoints(pub u32);

impl BasisPoints {
    /// This rate of an amount, rounded half away from zero.
    pub fn of(self, amount: UsdCents) -> UsdCents {
        self.pro_rata(amount, 1, 1)
    }

    /// This yearly rate of an amount for a part of a year, rounded half away from zero.
    ///
    /// # Panics
    /// If `year` is not positive or the result does not fit.
    pub fn pro_rata(self, amount: UsdCents, days: u32, year: u32) -> UsdCents {
        let numerator = i128::from(amount.cents()) * i128::from(self.0) * i128::from(days);
        let denominator = 10_000 * i128::from(year);
        let half = denominator / 2 * numerator.signum();
        let cents = (numerator + half) / denominator;
        UsdCents::from_cents(i64::try_from(cents).expect("interest fits into 64 bits"))
    }
}

impl fmt::Display for BasisPoints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}%", self.0 / 100, self.0 % 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_half_away_from_zero() {
        let rate = BasisPoints(5000);
        assert_eq!(rate.of(UsdCents::from_cents(3)), UsdCents::from_cents(2));
        assert_eq!(rate.of(UsdCents::from_cents(-3)), UsdCents::from_cents(-2));
    }

    #[test]
    fn a_year_in_days_is_nearly_the_yearly_rate() {
        let principal = UsdCents::from_cents(1_000_000);
        let daily = BasisPoints(1200).pro_rata(principal, 1, 360);
        assert_eq!(daily, UsdCents::from_cents(333));
        assert_eq!(BasisPoints(1200).to_string(), "12.00%");
    }
}
