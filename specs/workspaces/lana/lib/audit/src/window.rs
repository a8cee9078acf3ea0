use chrono::{DateTime, Utc};

use crate::{AuditEntry, AuditTrail};

/// A span of time, its end excluded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Window {
    pub from: DateTime<Utc>,
    pub until: DateTime<Utc>,
}

impl AuditEntry {
    /// `None` if the seconds are outside chrono's range of years.
    pub fn recorded_at_utc(&self) -> Option<DateTime<Utc>> {
        DateTime::from_timestamp(self.recorded_at, 0)
    }
}

impl AuditTrail {
    pub fn within(&self, window: Window) -> impl Iterator<Item = &AuditEntry> {
        let span = window.from.timestamp()..window.until.timestamp();
        self.entries()
            .iter()
            .filter(move |entry| span.contains(&entry.recorded_at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Outcome;

    #[test]
    fn the_end_of_a_window_is_excluded() {
        let mut trail = AuditTrail::default();
        for second in [9, 10, 19, 20] {
            trail.record(
                second,
                "alice",
                "report:read",
                "trial-balance",
                Outcome::Allowed,
            );
        }
        let at = |second| DateTime::from_timestamp(second, 0).unwrap();
        let window = Window {
            from: at(10),
            until: at(20),
        };
        let seconds: Vec<_> = trail
            .within(window)
            .map(|entry| entry.recorded_at)
            .collect();
        assert_eq!(seconds, [10, 19]);
        assert_eq!(trail.entries()[0].recorded_at_utc(), Some(at(9)));
    }
}
