//! Reads bodies as servers in Rust do: serde_json into a struct with a bool.
//!
//! One body a line in base64; for each a line with true, false or error.
use base64::Engine;
use serde::Deserialize;
use std::io::BufRead;

#[derive(Deserialize)]
struct Request {
    #[serde(default)]
    stream: Option<bool>,
}

fn read(body: &[u8]) -> &'static str {
    match serde_json::from_slice::<Request>(body) {
        Err(_) => "error",
        Ok(request) if request.stream == Some(true) => "true",
        Ok(_) => "false",
    }
}

fn main() {
    for line in std::io::stdin().lock().lines() {
        let line = line.expect("standard input");
        let body = base64::engine::general_purpose::STANDARD.decode(line.trim()).expect("base64");
        println!("{}", read(&body));
    }
}
