//! Errors as providers send them, and what they mean.

use serde_json::json;

use super::*;

/// An error of OpenAI's shape with this code.
fn coded(code: &str) -> Value {
    json!({ "error": { "message": "the provider's own words", "type": "t", "param": null, "code": code } })
}

/// An error of Anthropic's shape.
fn anthropic(kind: &str, message: &str) -> Value {
    json!({ "type": "error", "error": { "type": kind, "message": message }, "request_id": "req_1" })
}

/// An error of Gemini's shape.
fn gemini(code: u16, status: &str, message: &str) -> Value {
    json!({ "error": { "code": code, "message": message, "status": status } })
}

#[test]
fn the_status_says_what_it_was_where_nothing_else_does() {
    let cases = [
        (401, Fault::Auth),
        (402, Fault::NoCredit),
        (403, Fault::Auth),
        (404, Fault::UnknownModel),
        (408, Fault::Unavailable),
        (409, Fault::Unavailable),
        (413, Fault::ContextLength),
        (429, Fault::Busy),
        (400, Fault::Rejected),
        (422, Fault::Rejected),
        (500, Fault::Unavailable),
        (501, Fault::Unavailable),
        (529, Fault::Unavailable),
        (101, Fault::Redirect),
        (302, Fault::Redirect),
        (999, Fault::Redirect),
    ];
    for body in
        ["", "<html>", "null", "[]", "{}", "\"text\"", "{\"error\":null}", "{\"error\":{\"code\":7,\"type\":[]}}"]
    {
        for (status, fault) in cases {
            assert_eq!(refused(status, body.as_bytes()), fault.into(), "{status} {body}");
        }
    }
}

#[test]
fn a_limit_that_does_not_pass_by_itself_is_told_from_one_that_does() {
    for code in [
        "insufficient_quota",
        "credit_balance_exhausted",
        "project_spend_limit_exceeded",
        "monthly_usage_limit_exceeded",
        "billing_hard_limit_reached",
    ] {
        assert_eq!(refused(429, coded(code).to_string().as_bytes()), Fault::NoCredit.into(), "{code}");
    }
    let mut enforced = anthropic("rate_limit_error", "…");
    enforced["error"]["details"] = json!({ "error_code": "enforced_spend_limit_reached" });
    let cases = [
        (429, json!({ "error": { "type": "insufficient_quota", "code": null } }), Fault::NoCredit),
        (429, enforced, Fault::NoCredit),
        (429, anthropic("rate_limit_error", "This would exceed your account's monthly spend limit."), Fault::NoCredit),
        (400, anthropic("invalid_request_error", "Your credit balance is too low to access the API."), Fault::NoCredit),
        (400, anthropic("invalid_request_error", "You have reached your specified API usage limits."), Fault::NoCredit),
        (429, anthropic("rate_limit_error", "This would exceed your account's rate limit."), Fault::Busy),
        (429, coded("rate_limit_exceeded"), Fault::Busy),
        (429, coded("context_length_exceeded"), Fault::Busy),
        (429, gemini(429, "RESOURCE_EXHAUSTED", "You exceeded your current quota."), Fault::Busy),
    ];
    for (status, body, fault) in cases {
        assert_eq!(refused(status, body.to_string().as_bytes()).fault, fault, "{body}");
    }
}

#[test]
fn a_request_that_is_too_long_is_known_in_every_dialect() {
    let llama = "request (9412 tokens) exceeds the available context size (8192 tokens), try increasing it";
    let vllm = "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens.";
    let bodies = [
        coded("context_length_exceeded"),
        coded("string_above_max_length"),
        anthropic("invalid_request_error", "prompt is too long: 208310 tokens > 200000 maximum"),
        anthropic("invalid_request_error", "input length and `max_tokens` exceed context limit: 190000 + 20000"),
        gemini(400, "INVALID_ARGUMENT", "The input token count (9) exceeds the maximum number of tokens allowed (8)."),
        json!({ "error": { "code": 400, "message": llama, "type": "exceed_context_size_error", "n_ctx": 8192 } }),
        json!({ "object": "error", "message": vllm, "type": "BadRequestError", "param": null, "code": 400 }),
        json!({ "detail": vllm }),
        json!({ "error": vllm }),
    ];
    for body in bodies {
        assert_eq!(refused(400, body.to_string().as_bytes()).fault, Fault::ContextLength, "{body}");
        assert_eq!(reported(&body.to_string()).fault, Fault::ContextLength, "{body}");
    }
}

#[test]
fn a_content_policy_is_known_in_every_dialect() {
    let azure = json!({ "error": { "code": null, "status": 400, "innererror": {
        "code": "ResponsibleAIPolicyViolation", "content_filter_result": { "hate": { "filtered": true } } } } });
    let bodies = [
        coded("content_filter"),
        coded("content_policy_violation"),
        coded("invalid_prompt"),
        coded("bio_policy"),
        azure,
        anthropic("invalid_request_error", "Output blocked by content filtering policy"),
    ];
    for body in bodies {
        assert_eq!(refused(400, body.to_string().as_bytes()).fault, Fault::ContentRefused, "{body}");
    }
}

#[test]
fn a_key_or_a_model_that_is_wrong_is_known_under_other_statuses() {
    let mut key = gemini(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.");
    key["error"]["details"] =
        json!([{ "@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID" }]);
    let mistral = json!({ "object": "error", "message": "Invalid model: x", "type": "invalid_model", "code": "1500" });
    let cases = [
        (400, key.clone(), Fault::Auth),
        (400, json!([key]), Fault::Auth),
        (403, coded("model_not_found"), Fault::UnknownModel),
        (400, coded("model_not_found"), Fault::UnknownModel),
        (404, coded("DeploymentNotFound"), Fault::UnknownModel),
        (400, mistral, Fault::UnknownModel),
        (404, json!({ "error": "model \"x\" not found, try pulling it first" }), Fault::UnknownModel),
        (403, coded("unsupported_country_region_territory"), Fault::Auth),
        (500, coded("context_length_exceeded"), Fault::Unavailable),
    ];
    for (status, body, fault) in cases {
        assert_eq!(refused(status, body.to_string().as_bytes()).fault, fault, "{status} {body}");
    }
}

#[test]
fn an_error_without_a_status_is_told_by_its_name_and_else_by_the_status_in_it() {
    let cases = [
        (anthropic("overloaded_error", "Overloaded"), Fault::Unavailable),
        (anthropic("rate_limit_error", "…"), Fault::Busy),
        (anthropic("api_error", "Internal server error"), Fault::Unavailable),
        (anthropic("authentication_error", "…"), Fault::Auth),
        (anthropic("billing_error", "…"), Fault::NoCredit),
        (anthropic("not_found_error", "…"), Fault::UnknownModel),
        (anthropic("invalid_request_error", "…"), Fault::Rejected),
        (json!({ "type": "error", "code": "rate_limit_exceeded", "message": "…", "param": null }), Fault::Busy),
        (json!({ "type": "error", "code": null, "message": "…", "param": null }), Fault::Unavailable),
        (gemini(503, "UNAVAILABLE", "The model is overloaded."), Fault::Unavailable),
        (gemini(429, "RESOURCE_EXHAUSTED", "…"), Fault::Busy),
        (json!({ "error": { "message": "…", "type": "BadRequestError", "code": 400 } }), Fault::Rejected),
        (json!({ "error": { "message": "…", "code": 429 } }), Fault::Busy),
        (json!({ "error": { "message": "…", "code": 200 } }), Fault::Unavailable),
        (json!({ "error": "overloaded" }), Fault::Unavailable),
    ];
    for (body, fault) in cases {
        assert_eq!(reported(&body.to_string()).fault, fault, "{body}");
    }
}

#[test]
fn a_delay_in_the_body_is_read_rounded_up_and_bounded() {
    let body = |delay: Value| {
        let mut body = gemini(429, "RESOURCE_EXHAUSTED", "…");
        body["error"]["details"] = json!([
            { "@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [{ "quotaId": "x" }] },
            { "@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": delay }
        ]);
        body.to_string()
    };
    let cases = [
        (json!("34.4s"), Some(34_400)),
        (json!("34.074824224s"), Some(34_075)),
        (json!("0.0001s"), Some(1)),
        (json!("999999999s"), Some(DAY_MS)),
        (json!("0s"), None),
        (json!("-1s"), None),
        (json!("soon"), None),
        (json!(34), None),
    ];
    for (delay, ms) in cases {
        let failure = refused(429, body(delay.clone()).as_bytes());
        assert_eq!(failure, Failure { fault: Fault::Busy, delay_ms: ms }, "{delay}");
    }
}
