//! Exact amounts of money.
//!
//! ```
//! use money::{BasisPoints, UsdCents};
//!
//! let price: UsdCents = "1,250.50".parse().unwrap();
//! assert_eq!(price.to_string(), "1250.50");
//! assert_eq!(BasisPoints(200).of(price), UsdCents::from_cents(2501));
//! ```

mod rate;

use std::{fmt, iter::Sum, str::FromStr};

pub use rate::BasisPoints;

/// An amount of US dollars, counted in cents; negative amounts are debts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(transparent))]
pub struct UsdCents(i64);

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    #[error("'{0}' is not an amount of dollars")]
    Malformed(String),
    #[error("the amount is too large")]
    Overflow,
}

impl UsdCents {
    pub const ZERO: Self = Self(0);

    pub const fn from_cents(cents: i64) -> Self {
        Self(cents)
    }

    pub const fn cents(self) -> i64 {
        self.0
    }

    pub const fn is_positive(self) -> bool {
        self.0 > 0
    }

    /// # Errors
    /// [`MoneyError::Overflow`] when the sum does not fit.
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        self.0
            .checked_add(other.0)
            .map(Self)
            .ok_or(MoneyError::Overflow)
    }

    /// # Errors
    /// [`MoneyError::Overflow`] when the difference does not fit.
    pub fn checked_sub(self, other: Self) -> Result<Self, MoneyError> {
        self.0
            .checked_sub(other.0)
            .map(Self)
            .ok_or(MoneyError::Overflow)
    }

    /// The amount as a Rust expression, for generated code.
    #[cfg(feature = "codegen")]
    pub fn to_rust_expression(self) -> String {
        format!("::money::UsdCents::from_cents({})", self.0)
    }
}

impl Sum for UsdCents {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        Self(iter.map(|amount| amount.0).sum())
    }
}

impl std::ops::Neg for UsdCents {
    type Output = Self;

    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl fmt::Display for UsdCents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let magnitude = self.0.unsigned_abs();
        f.pad(&format!("{sign}{}.{:02}", magnitude / 100, magnitude % 100))
    }
}

impl FromStr for UsdCents {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let malformed = || MoneyError::Malformed(text.to_owned());
        let (sign, digits) = match text.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "00"));
        let whole: String = whole.chars().filter(|c| *c != ',').collect();
        let all_digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
        if fraction.len() != 2 || !all_digits(fraction) || !all_digits(&whole) {
            return Err(malformed());
        }
        let cents: i64 = fraction.parse().map_err(|_| malformed())?;
        whole
            .parse::<i64>()
            .ok()
            .and_then(|dollars| dollars.checked_mul(100))
            .and_then(|dollars| dollars.checked_add(cents))
            .map(|total| Self(sign * total))
            .ok_or(MoneyError::Overflow)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_round_trips() {
        for text in ["0.00", "0.07", "-0.07", "12.30", "-98765.43"] {
            assert_eq!(text.parse::<UsdCents>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn malformed_amounts_are_refused() {
        for text in [
            "", ".", "1.2", "1.234", "1.2x", "+1.00", "--1.00", "1 000.00", ",",
        ] {
            assert_eq!(
                text.parse::<UsdCents>(),
                Err(MoneyError::Malformed(text.to_owned()))
            );
        }
    }

    #[test]
    fn huge_amounts_are_refused() {
        let text = "99999999999999999999.00";
        assert_eq!(text.parse::<UsdCents>(), Err(MoneyError::Overflow));
        let most = UsdCents::from_cents(i64::MAX);
        assert_eq!(
            most.checked_add(UsdCents::from_cents(1)),
            Err(MoneyError::Overflow)
        );
    }

    /// JSON numbers keep their text only with this crate's development features.
    #[test]
    fn json_numbers_are_exact() {
        let number: serde_json::Number = "10.10".parse().unwrap();
        let amount: UsdCents = number.to_string().parse().unwrap();
        assert_eq!(amount, UsdCents::from_cents(1010));
    }

    #[cfg(feature = "codegen")]
    #[test]
    fn rust_expressions_name_the_crate() {
        assert_eq!(
            UsdCents::from_cents(-5).to_rust_expression(),
            "::money::UsdCents::from_cents(-5)"
        );
    }
}
