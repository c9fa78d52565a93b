//! The name of an answer: SHA-256 over a canonical encoding of what would be sent, for whom.
//!
//! Every field is written with its length, so that no two different requests have the same encoding. Source: FIPS 180-4.

use sha2::{Digest, Sha256};

use super::plan::Plan;
use crate::store::Hash;

/// Bumped when the encoding below changes.
const VERSION: &[u8] = b"aisp/1";

/// Collects fields, each behind its length, and absent ones apart from empty ones.
struct Canonical(Sha256);

impl Canonical {
    fn bytes(&mut self, field: &[u8]) {
        self.0.update((field.len() as u64).to_be_bytes());
        self.0.update(field);
    }

    fn optional(&mut self, field: Option<&[u8]>) {
        self.0.update([u8::from(field.is_some())]);
        if let Some(field) = field {
            self.bytes(field);
        }
    }
}

/// The fingerprint of a planned call on a site.
pub fn fingerprint(plan: &Plan<'_, '_>, site: &str) -> Hash {
    let call = &plan.request.call;
    let mut canonical = Canonical(Sha256::new());
    canonical.bytes(VERSION);
    canonical.bytes(site.as_bytes());
    canonical.bytes(&plan.policy.epoch.to_be_bytes());
    canonical.bytes(plan.request.model.name.as_bytes());
    canonical.bytes(plan.provider.name.as_bytes());
    canonical.bytes(plan.provider.kind.name().as_bytes());
    canonical.bytes(&plan.provider.kind.wire_version().to_be_bytes());
    canonical.bytes(call.model.as_bytes());
    canonical.optional(call.system.as_deref().map(str::as_bytes));
    canonical.bytes(&(call.messages.len() as u64).to_be_bytes());
    for message in &call.messages {
        canonical.bytes(&[message.role as u8]);
        canonical.bytes(message.content.as_bytes());
    }
    canonical.optional(call.max_tokens.map(u32::to_be_bytes).as_ref().map(<[u8; 4]>::as_slice));
    // Adding zero turns -0.0 into 0.0, which is the same temperature.
    canonical.optional(call.temperature.map(|t| (t + 0.0).to_be_bytes()).as_ref().map(<[u8; 8]>::as_slice));
    canonical.0.finalize().into()
}

/// A fingerprint as results and the log show it.
pub fn hex(hash: &Hash) -> String {
    use std::fmt::Write;
    hash.iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Reads a fingerprint back from 64 hex digits.
pub fn from_hex(text: &str) -> Option<Hash> {
    let mut hash = [0; 32];
    if text.len() != 64 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    for (byte, pair) in hash.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(hash)
}
