//! Customers, from application to verification.

mod customer;
mod repo;

pub use customer::{Customer, CustomerError, CustomerEvent, CustomerId, CustomerStatus};
pub use repo::CustomerRepo;
