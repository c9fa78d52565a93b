//! The examples of `php-stubs/aisp.stub.php` for clients that are not in PHP, run as they stand there.

use std::process::Command;

use aisp::clock::now_us;
use aisp::signing::request::{Header, Request, TOLERANCE_S};

/// The example whose first line holds this.
fn example(first: &str) -> String {
    let stub = include_str!("../php-stubs/aisp.stub.php");
    let lines = stub.lines().skip_while(|line| !line.contains(first));
    lines.map_while(|line| line.strip_prefix("\t *     ")).map(|line| format!("{line}\n")).collect()
}

/// Runs a script that prints URL, header and body, a line each, instead of sending them. Skips what this machine cannot run.
fn is_verified(wanted: &[&str], shell: &[&str], script: &str) {
    if Command::new(wanted[0]).args(&wanted[1..]).output().is_err() {
        eprintln!("skipped: there is no {}", wanted[0]);
        return;
    }
    let output =
        Command::new(shell[0]).args(&shell[1..]).arg(script).env("SHOP_SECRET", "a key").output().expect("a shell");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{script}\n{}", String::from_utf8_lossy(&output.stderr));
    let signature = said.lines().find_map(|line| line.strip_prefix("X-AISP-Signature: ")).expect("a header");
    let (url, body) = (said.lines().next().expect("a URL"), said.lines().last().expect("a body"));
    assert_eq!(body, r#"{"prompt":"Say hi"}"#);
    let request = Request::new("POST", url, None, body.as_bytes()).expect("a request");
    let header = Header::read(signature).expect("a header");
    let stamp = header.verify(&request, &[b"a key"], now_us() / 1_000_000, TOLERANCE_S);
    assert_eq!(stamp.map(|stamp| stamp.client()), Ok("shop"), "{said}");
}

#[test]
fn the_example_for_curl_signs_what_is_verified() {
    let script = example("client=shop secret=$SHOP_SECRET");
    let script = ["curl() { printf '%s\\n' \"$@\"; }\n", &script].concat();
    is_verified(&["openssl", "version"], &["bash", "-euc"], &script);
}

#[test]
fn the_example_for_node_signs_what_is_verified() {
    let script = example("const { createHash, createHmac");
    let fetch = "globalThis.fetch = ( url, { body, headers } ) => \
         console.log( `${ url }\\nX-AISP-Signature: ${ headers[ 'X-AISP-Signature' ] }\\n${ body }` );\n";
    is_verified(&["node", "--version"], &["node", "-e"], &[fetch, &script].concat());
}
