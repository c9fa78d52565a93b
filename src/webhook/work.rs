//! Events that tell of the end of work which a provider has taken: only that it has ended is believed, and fetched.
//!
//! Source: OpenAI's guide to webhooks: `response.*` and `batch.*`, whose `data` holds the `id` of the response or the batch.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::claim::is_name;

/// The types of such events.
const ENDS: [&str; 8] = [
    "response.completed",
    "response.failed",
    "response.incomplete",
    "response.cancelled",
    "batch.completed",
    "batch.failed",
    "batch.expired",
    "batch.cancelled",
];

#[derive(Deserialize)]
struct Payload<'a> {
    #[serde(borrow)]
    data: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Data {
    id: String,
}

/// The provider's name for the work that an event of this type tells the end of, if it is such an event.
pub fn ended_work(event_type: &str, body: &[u8]) -> Option<String> {
    if !ENDS.contains(&event_type) {
        return None;
    }
    let payload: Payload<'_> = serde_json::from_slice(body).ok()?;
    let data: Data = serde_json::from_str(payload.data?.get()).ok()?;
    Some(data.id).filter(|id| is_name(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_work_names_it_and_nothing_else_does() {
        let body =
            br#"{"object":"event","id":"evt_1","type":"response.completed","created_at":1,"data":{"id":"resp_1"}}"#;
        assert_eq!(ended_work("response.completed", body).as_deref(), Some("resp_1"));
        assert_eq!(ended_work("batch.expired", body).as_deref(), Some("resp_1"));
        assert_eq!(ended_work("response.queued", body), None);
        for body in
            ["", "[]", "{}", r#"{"data":{}}"#, r#"{"data":{"id":7}}"#, r#"{"data":{"id":""}}"#, r#"{"data":"x"}"#]
        {
            assert_eq!(ended_work("response.failed", body.as_bytes()), None, "{body}");
        }
    }
}
