//! Users of the bank's systems and the tokens they present.

mod token;

use authz::{Role, Subject};
use entity_macros::EntityId;
use uuid::Uuid;

pub use token::{TokenError, TokenIssuer};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EntityId)]
pub struct UserId(Uuid);

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    pub id: UserId,
    pub email: String,
    pub role: Role,
}

impl User {
    pub fn subject(&self) -> Subject {
        Subject::new(self.email.clone(), self.role)
    }
}
