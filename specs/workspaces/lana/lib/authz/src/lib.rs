//! Who may do what. Decisions, allowed or denied, go into the audit trail.

use std::{fmt, str::FromStr};

use audit::{AuditTrail, Outcome};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    Superuser,
    BankManager,
    Accountant,
    Customer,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    CustomerCreate,
    CustomerVerify,
    DepositRecord,
    CreditDisburse,
    ReportRead,
}

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthzError {
    #[error("'{0}' is not a role")]
    UnknownRole(String),
    #[error("{subject} may not {permission}")]
    Denied {
        subject: String,
        permission: Permission,
    },
}

impl Role {
    pub const ALL: [Self; 4] = [
        Self::Superuser,
        Self::BankManager,
        Self::Accountant,
        Self::Customer,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Superuser => "superuser",
            Self::BankManager => "bank-manager",
            Self::Accountant => "accountant",
            Self::Customer => "customer",
        }
    }

    pub const fn permissions(self) -> &'static [Permission] {
        use Permission::*;
        match self {
            Self::Superuser => &[
                CustomerCreate,
                CustomerVerify,
                DepositRecord,
                CreditDisburse,
                ReportRead,
            ],
            Self::BankManager => &[CustomerCreate, CustomerVerify, CreditDisburse, ReportRead],
            Self::Accountant => &[DepositRecord, ReportRead],
            Self::Customer => &[],
        }
    }

    pub fn may(self, permission: Permission) -> bool {
        self.permissions().contains(&permission)
    }
}

impl FromStr for Role {
    type Err = AuthzError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or_else(|| AuthzError::UnknownRole(text.to_owned()))
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::CustomerCreate => "customer:create",
            Self::CustomerVerify => "customer:verify",
            Self::DepositRecord => "deposit:record",
            Self::CreditDisburse => "credit:disburse",
            Self::ReportRead => "report:read",
        })
    }
}

/// A person or service on whose behalf something is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    pub name: String,
    pub role: Role,
}

impl Subject {
    pub fn new(name: impl Into<String>, role: Role) -> Self {
        Self {
            name: name.into(),
            role,
        }
    }

    /// Records the decision at `now` (seconds since 1970).
    ///
    /// # Errors
    /// [`AuthzError::Denied`] if the subject's role lacks the permission.
    pub fn authorize(
        &self,
        permission: Permission,
        object: &str,
        now: i64,
        trail: &mut AuditTrail,
    ) -> Result<(), AuthzError> {
        let allowed = self.role.may(permission);
        let outcome = if allowed {
            Outcome::Allowed
        } else {
            Outcome::Denied
        };
        trail.record(now, &self.name, &permission.to_string(), object, outcome);
        if allowed {
            return Ok(());
        }
        Err(AuthzError::Denied {
            subject: self.name.clone(),
            permission,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_round_trip() {
        for role in Role::ALL {
            assert_eq!(role.to_string().parse(), Ok(role));
        }
    }

    #[test]
    fn denials_are_recorded_too() {
        let mut trail = AuditTrail::default();
        let subject = Subject::new("carol", Role::Accountant);
        let denied = subject.authorize(Permission::CreditDisburse, "facility/1", 0, &mut trail);
        assert_eq!(
            denied.unwrap_err().to_string(),
            "carol may not credit:disburse"
        );
        assert_eq!(trail.entries()[0].outcome, Outcome::Denied);
    }
}
