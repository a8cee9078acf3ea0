//! Credit facilities: a limit, what is drawn of it, and the interest on that.

mod facility;
mod repo;
pub mod schedule;

pub use facility::{CreditError, CreditFacility, CreditFacilityId};
pub use repo::CreditRepo;
