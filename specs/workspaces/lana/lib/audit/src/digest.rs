use std::fmt;

use ring::digest::{Context, SHA256, SHA256_OUTPUT_LEN};

use crate::AuditEntry;

/// A SHA-256 digest.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Digest([u8; SHA256_OUTPUT_LEN]);

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Digest {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Every field goes in with its length, so that no two entries hash alike.
pub(crate) fn seal(entry: &AuditEntry, previous: Digest) -> Digest {
    let mut context = Context::new(&SHA256);
    context.update(&previous.0);
    context.update(&entry.sequence.to_be_bytes());
    context.update(&entry.recorded_at.to_be_bytes());
    let texts = [
        entry.subject.as_str(),
        entry.action.as_str(),
        entry.object.as_str(),
        entry.outcome.as_str(),
    ];
    for text in texts {
        context.update(&(text.len() as u64).to_be_bytes());
        context.update(text.as_bytes());
    }
    let mut seal = Digest::default();
    seal.0.copy_from_slice(context.finish().as_ref());
    seal
}
