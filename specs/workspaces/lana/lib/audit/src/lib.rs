//! A trail of who did what, in which every entry seals the ones before it.
//!
//! ```
//! use audit::{AuditTrail, Outcome};
//!
//! let mut trail = AuditTrail::default();
//! trail.record(1_700_000_000, "alice", "customer:create", "customer/1", Outcome::Allowed);
//! assert!(trail.verify().is_ok());
//! ```

mod digest;
#[cfg(feature = "time")]
mod window;

pub use digest::Digest;
#[cfg(feature = "time")]
pub use window::Window;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum Outcome {
    Allowed,
    Denied,
}

impl Outcome {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Denied => "denied",
        }
    }
}

/// One line of the trail. `seal` covers this entry and the seal before it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct AuditEntry {
    pub sequence: u64,
    /// Seconds since 1970.
    pub recorded_at: i64,
    pub subject: String,
    pub action: String,
    pub object: String,
    pub outcome: Outcome,
    pub seal: Digest,
}

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("audit entry {sequence} does not match its seal")]
pub struct BrokenSeal {
    pub sequence: u64,
}

#[derive(Clone, Debug, Default)]
pub struct AuditTrail {
    entries: Vec<AuditEntry>,
}

impl AuditTrail {
    pub fn record(
        &mut self,
        recorded_at: i64,
        subject: &str,
        action: &str,
        object: &str,
        outcome: Outcome,
    ) -> &AuditEntry {
        let mut entry = AuditEntry {
            sequence: self.entries.len() as u64 + 1,
            recorded_at,
            subject: subject.to_owned(),
            action: action.to_owned(),
            object: object.to_owned(),
            outcome,
            seal: Digest::default(),
        };
        entry.seal = digest::seal(&entry, self.head());
        self.entries.push(entry);
        &self.entries[self.entries.len() - 1]
    }

    pub fn entries(&self) -> &[AuditEntry] {
        &self.entries
    }

    /// The latest seal; all zeros for an empty trail.
    pub fn head(&self) -> Digest {
        self.entries
            .last()
            .map_or_else(Digest::default, |entry| entry.seal)
    }

    /// # Errors
    /// The first entry that was changed, or follows one that was removed.
    pub fn verify(&self) -> Result<(), BrokenSeal> {
        let mut previous = Digest::default();
        for entry in &self.entries {
            if digest::seal(entry, previous) != entry.seal {
                return Err(BrokenSeal {
                    sequence: entry.sequence,
                });
            }
            previous = entry.seal;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trail() -> AuditTrail {
        let mut trail = AuditTrail::default();
        for (subject, outcome) in [("alice", Outcome::Allowed), ("bob", Outcome::Denied)] {
            trail.record(
                1_700_000_000,
                subject,
                "deposit:record",
                "account/1",
                outcome,
            );
        }
        trail
    }

    #[test]
    fn an_untouched_trail_verifies() {
        assert_eq!(trail().verify(), Ok(()));
    }

    #[test]
    fn a_changed_entry_is_found() {
        let mut trail = trail();
        trail.entries[1].outcome = Outcome::Allowed;
        assert_eq!(trail.verify(), Err(BrokenSeal { sequence: 2 }));
    }

    #[test]
    fn a_removed_entry_is_found() {
        let mut trail = trail();
        trail.entries.remove(0);
        assert_eq!(trail.verify(), Err(BrokenSeal { sequence: 2 }));
    }

    #[test]
    fn fields_cannot_flow_into_each_other() {
        let mut one = AuditTrail::default();
        let mut two = AuditTrail::default();
        one.record(0, "ab", "c", "", Outcome::Allowed);
        two.record(0, "a", "bc", "", Outcome::Allowed);
        assert_ne!(one.head(), two.head());
    }

    /// `preserve_order` is a development feature of this crate alone.
    #[test]
    fn json_objects_keep_their_order_in_tests() {
        let value: serde_json::Value = serde_json::from_str(r#"{"b":1,"a":2}"#).unwrap();
        assert_eq!(value.to_string(), r#"{"b":1,"a":2}"#);
    }

    #[cfg(feature = "serde")]
    #[test]
    fn entries_serialise_in_declaration_order() {
        let text = serde_json::to_string(&trail().entries()[0]).unwrap();
        assert!(text.starts_with(r#"{"sequence":1,"recorded_at":1700000000,"#));
    }
}
