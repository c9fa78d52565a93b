//! A server that speaks OpenAI's Files and Batches and Anthropic's Message Batches, as their guides describe them: what it has
//! taken is under way until the test says what comes of it.

// Each test file is a crate of its own and uses a part of this.
#![allow(dead_code)]

use parking_lot::Mutex;
use serde_json::{Value as Json, json};

use crate::wire::{Connection, Server};

/// What comes of one request.
pub enum Came {
    Text(String),
    /// A status, and the code of the error.
    Refused(u16, &'static str),
    Expired,
    /// It stands in no result.
    Missing,
}

#[derive(Default)]
struct Kept {
    /// The content of files.
    files: Vec<String>,
    /// The requests of each batch, and how it stands.
    batches: Vec<(Vec<Json>, Json)>,
    /// The results of Anthropic's batches.
    results: Vec<String>,
    cancelled: Vec<String>,
    /// The first lines of all requests.
    lines: Vec<String>,
    /// What all POSTs get instead of an answer.
    broken: Option<u16>,
}

/// The server, and what it keeps.
pub struct Batches {
    pub server: Server,
    kept: &'static Mutex<Kept>,
}

impl Batches {
    pub fn start() -> Self {
        let kept: &'static Mutex<Kept> = Box::leak(Box::default());
        Self { server: Server::start(move |_, connection| serve(kept, connection)), kept }
    }

    /// What the policy needs to know of it.
    pub fn policy(&self, kind: &str) -> Json {
        let here =
            json!({"kind": kind, "base_url": format!("http://127.0.0.1:{}/v1", self.server.port), "key_env": "KEY"});
        json!({
            "providers": {"here": here}, "models": {"small": {"price": {"in": 1.0, "out": 2.0}}},
            "max_attempts": 1, "quota": [], "throttle": [], "max_parallel": 4,
        })
    }

    /// The requests of all batches.
    pub fn taken(&self) -> Vec<Vec<Json>> {
        self.kept.lock().batches.iter().map(|(requests, _)| requests.clone()).collect()
    }

    /// Names of batches that were called off.
    pub fn cancelled(&self) -> Vec<String> {
        self.kept.lock().cancelled.clone()
    }

    /// The first lines of all requests.
    pub fn lines(&self) -> Vec<String> {
        self.kept.lock().lines.clone()
    }

    /// Answers every POST with this status, or works again.
    pub fn break_down(&self, status: Option<u16>) {
        self.kept.lock().broken = status;
    }

    /// Changes how the newest batch stands.
    pub fn stands(&self, how: &Json) {
        let mut kept = self.kept.lock();
        let (_, batch) = kept.batches.last_mut().expect("a batch");
        for (key, value) in how.as_object().expect("a map") {
            batch[key] = value.clone();
        }
    }

    /// Ends the newest batch; `come` says what comes of the request of this number. Results are in no order.
    pub fn end(&self, status: &str, come: impl Fn(u32, &Json) -> Came) {
        let mut kept = self.kept.lock();
        let (requests, batch) = kept.batches.last().cloned().expect("a batch");
        let came = requests.iter().rev().map(|request| {
            let n = request["custom_id"].as_str().and_then(|id| id.parse().ok()).expect("a number");
            (request, come(n, request.get("body").unwrap_or(&request["params"])))
        });
        if batch["type"] == "message_batch" {
            let lines = came.filter_map(|(request, came)| message_line(request, came)).collect::<Vec<_>>().join("\n");
            kept.results.push(lines);
            let url = format!(
                "http://127.0.0.1:{}/v1/messages/batches/{}/results",
                self.server.port,
                batch["id"].as_str().expect("an id")
            );
            drop(kept);
            return self.stands(&json!({"processing_status": "ended", "results_url": url}));
        }
        let (mut output, mut errors) = (String::new(), String::new());
        for (request, came) in came {
            match came {
                Came::Expired => {
                    let error =
                        json!({"code": "batch_expired", "message": "This request could not be executed in time."});
                    errors += &format!(
                        "{}\n",
                        json!({"id": "b", "custom_id": request["custom_id"], "response": null, "error": error})
                    );
                }
                came => output += &openai_line(request, came).map_or_else(String::new, |line| line + "\n"),
            }
        }
        kept.files.extend([output, errors]);
        let count = kept.files.len();
        drop(kept);
        self.stands(&json!({
            "status": status, "output_file_id": format!("file-{}", count - 1), "error_file_id": format!("file-{count}"),
        }));
    }
}

fn openai_line(request: &Json, came: Came) -> Option<String> {
    let (status, body) = match came {
        Came::Text(text) if request["url"] == "/v1/responses" => {
            let content = json!([{"type": "output_text", "text": text}]);
            let output = json!([{"type": "message", "role": "assistant", "content": content}]);
            (
                200,
                json!({"id": "resp_1", "status": "completed", "output": output, "usage": {"input_tokens": 30, "output_tokens": 50}}),
            )
        }
        Came::Text(text) => {
            let choice =
                json!({"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"});
            (
                200,
                json!({"object": "chat.completion", "choices": [choice], "usage": {"prompt_tokens": 30, "completion_tokens": 50}}),
            )
        }
        Came::Refused(status, code) => (status, json!({"error": {"code": code, "message": "No.", "type": "error"}})),
        Came::Expired | Came::Missing => return None,
    };
    let response = json!({"status_code": status, "request_id": "req_1", "body": body});
    Some(
        json!({"id": "batch_req_1", "custom_id": request["custom_id"], "response": response, "error": null})
            .to_string(),
    )
}

fn message_line(request: &Json, came: Came) -> Option<String> {
    let result = match came {
        Came::Text(text) => {
            let content = json!([{"type": "text", "text": text}]);
            let usage = json!({"input_tokens": 30, "output_tokens": 50});
            json!({"type": "succeeded", "message": {"type": "message", "role": "assistant", "content": content, "stop_reason": "end_turn", "usage": usage}})
        }
        Came::Refused(_, kind) => {
            json!({"type": "errored", "error": {"type": "error", "error": {"type": kind, "message": "No."}}})
        }
        Came::Expired => json!({"type": "expired"}),
        Came::Missing => return None,
    };
    Some(json!({"custom_id": request["custom_id"], "result": result}).to_string())
}

fn serve(kept: &Mutex<Kept>, connection: &mut Connection) {
    while let Some(request) = connection.request() {
        let (head, body) = request.split_once("\r\n\r\n").unwrap_or_default();
        let (status, text) = answer(&mut kept.lock(), head, body).unwrap_or((404, "{}".to_owned()));
        let head =
            format!("HTTP/1.1 {status} So\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n", text.len());
        connection.write((head + &text).as_bytes());
    }
}

fn answer(kept: &mut Kept, head: &str, body: &str) -> Option<(u16, String)> {
    let line = head.lines().next()?;
    kept.lines.push(line.to_owned());
    let mut words = line.split(' ');
    let (method, path) = (words.next()?, words.next()?.strip_prefix("/v1/")?);
    if let (Some(status), "POST") = (kept.broken, method) {
        return Some((status, json!({"error": {"message": "Broken.", "type": "server_error"}}).to_string()));
    }
    let parts: Vec<_> = path.split('/').collect();
    let found = |kept: &Kept, id: &str| kept.batches.iter().position(|(_, batch)| batch["id"] == id);
    let text = match (method, parts.as_slice()) {
        ("POST", ["files"]) => {
            assert!(
                head.contains("multipart/form-data; boundary=") && body.contains("name=\"purpose\"\r\n\r\nbatch\r\n")
            );
            let (_, file) = body.split_once("filename=\"batch.jsonl\"\r\ncontent-type: application/jsonl\r\n\r\n")?;
            kept.files.push(
                file.rsplit_once("\r\n--").map(|(_, _)| file.split("\r\n--").next().unwrap_or_default().to_owned())?,
            );
            json!({"id": format!("file-{}", kept.files.len()), "object": "file", "purpose": "batch"}).to_string()
        }
        ("POST", ["batches"]) => {
            let body: Json = serde_json::from_str(body).ok()?;
            let file: usize = body["input_file_id"].as_str()?.strip_prefix("file-")?.parse().ok()?;
            assert_eq!(body["completion_window"], "24h");
            let requests: Vec<Json> =
                kept.files[file - 1].lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
            assert!(requests.iter().all(|request| request["url"] == body["endpoint"] && request["method"] == "POST"));
            let batch = json!({"id": format!("batch_{}", kept.batches.len() + 1), "object": "batch", "status": "validating", "errors": null});
            kept.batches.push((requests, batch.clone()));
            batch.to_string()
        }
        ("GET", ["batches", id]) => kept.batches[found(kept, id)?].1.to_string(),
        ("GET", ["files", id, "content"]) => {
            kept.files.get(id.strip_prefix("file-")?.parse::<usize>().ok()? - 1)?.clone()
        }
        ("POST", ["messages", "batches"]) => {
            assert!(head.contains("anthropic-version: 2023-06-01") && head.contains("x-api-key: sk-test"), "{head}");
            let body: Json = serde_json::from_str(body).ok()?;
            let id = format!("msgbatch_{}", kept.batches.len() + 1);
            let batch =
                json!({"id": id, "type": "message_batch", "processing_status": "in_progress", "results_url": null});
            kept.batches.push((body["requests"].as_array()?.clone(), batch.clone()));
            batch.to_string()
        }
        ("GET", ["messages", "batches", id]) => kept.batches[found(kept, id)?].1.to_string(),
        ("GET", ["messages", "batches", _, "results"]) => kept.results.last()?.clone(),
        ("POST", ["batches", id, "cancel"] | ["messages", "batches", id, "cancel"]) => {
            kept.cancelled.push((*id).to_owned());
            kept.batches[found(kept, id)?].1.to_string()
        }
        _ => return None,
    };
    Some((200, text))
}
