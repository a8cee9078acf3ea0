"""Rust as people write it, by the kilobyte: text for the members of the made-up workspace."""

from __future__ import annotations

from random import Random

_NOUNS = (
    "account",
    "ledger",
    "deposit",
    "facility",
    "customer",
    "payment",
    "report",
    "journal",
    "credit",
    "quote",
)
_VERBS = ("open", "close", "settle", "record", "approve", "reject", "audit", "collect", "accrue", "convert")

_ITEM = """
/// One {noun} as it is kept; see `{verb}_{noun}` for how it comes to be.
///
/// Amounts are in the smallest unit ("cents"), and never negative.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct {type}{number} {{
    pub id: u64,
    pub name: String,
    pub amount: i64,
    pub tags: Vec<&'static str>,
}}

impl {type}{number} {{
    /// Makes a new one, or says why it cannot be.
    pub fn {verb}_{noun}(name: &str, amount: i64) -> Result<Self, String> {{
        if amount < 0 {{
            return Err(format!("{noun} {{name:?}}: {{amount}} is below zero // not a comment"));
        }}
        let id = name.bytes().fold({number}_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte)));
        Ok(Self {{ id, name: name.to_owned(), amount, tags: vec!["{noun}", r#"raw "{verb}" text"#] }})
    }}

    /* What a {noun} is worth, by year: 'y' counts from 0. */
    pub fn value_at<'a>(&'a self, year: u32) -> Option<(&'a str, i64)> {{
        let mut value = self.amount;
        for step in 0..year {{
            value = match (value % 7, step) {{
                (0, _) => value + 1,
                (1..=3, 0) => value.checked_mul({number} + 1)?,
                (_, step) if step > 10 => break,
                _ => value - i64::from(step),
            }};
        }}
        Some((self.name.as_str(), value))
    }}
}}
"""

_TESTS = """
#[cfg(test)]
mod tests {{
    use super::*;

    #[test]
    fn {verb}s_a_{noun}() {{
        let made = {type}0::{verb}_{noun}("one", 12).unwrap();
        assert_eq!(made.value_at(0), Some(("one", 12)), "as it was: {{made:?}}");
        assert!({type}0::{verb}_{noun}("two", -1).is_err());
    }}
}}
"""


def module(key: str, size: int, declared: tuple[str, ...] = (), extra: str = "") -> str:
    """Return one file of about ``size`` bytes, the same for the same key, that declares modules and has more at its end."""
    random = Random(f"module {key}")
    noun, verb = random.choice(_NOUNS), random.choice(_VERBS)
    words = {"noun": noun, "verb": verb, "type": noun.title()}
    lines = [f"//! What the {noun} does ({key}).\n"]
    lines += [f"pub mod {name};" for name in declared]
    text = "\n".join(lines) + "\n"
    number = 0
    while not number or len(text) + len(extra) < size:
        text += _ITEM.format(number=number, **words)
        number += 1
    return text + _TESTS.format(**words) + extra
