//! An answer that is fetched line by line: it may be larger than what any other answer may have, and no line of it is.

use super::body::Content;
use super::exchange::{fetch, whole};
use super::{Net, Response, Watch};
use crate::clock::Deadline;
use crate::error::Fault;
use crate::provider::HttpCall;

/// How often the largest answer such a one may be.
const MAX_ANSWERS: u64 = 64;
const STEP_BYTES: usize = 64 * 1024;

/// Fetches the lines of an answer and hands each to `take`, without its end, until that says stop. An answer that is not one of
/// success is handed back instead. The faults are those of [`super::get`]; lines that have come before one were handed over.
pub fn lines(
    net: &Net,
    call: &HttpCall,
    deadline: Deadline,
    watch: &dyn Watch,
    take: &mut dyn FnMut(&[u8]) -> bool,
) -> Result<Option<Response>, Fault> {
    let (head, body, wire) = fetch(net, call, deadline, watch)?;
    if !head.status.is_success() {
        return whole(net, head, body, wire, deadline, watch).map(Some);
    }
    let limit = net.max_response_bytes.saturating_mul(MAX_ANSWERS);
    let mut content = Content::new(body, &head.headers, wire, limit);
    let (mut line, mut space) = (Vec::new(), vec![0; STEP_BYTES]);
    loop {
        let count = content.read(&mut space, deadline, watch)?;
        if count == 0 {
            break;
        }
        let mut rest = &space[..count];
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            line.extend_from_slice(&rest[..end]);
            rest = &rest[end + 1..];
            if !take(line.strip_suffix(b"\r").unwrap_or(&line)) {
                return Ok(None);
            }
            line.clear();
        }
        line.extend_from_slice(rest);
        if line.len() as u64 > net.max_response_bytes {
            return Err(Fault::TooLarge);
        }
    }
    if !line.is_empty() {
        take(&line);
    }
    Ok(None)
}
