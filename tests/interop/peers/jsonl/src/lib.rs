//! The outer part of docs/peer.md, for peer programs in Rust: lines, arguments, and failures.

use std::collections::HashMap;
use std::io::{BufRead, Write};

pub use hex;
pub use serde_json::{json, Value};

/// Why there is no result. Any error of a library becomes a refusal.
pub struct Failure {
    kind: &'static str,
    rule: String,
}

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        refused(format!("{error} ({error:?})"))
    }
}

pub fn refused(rule: impl Into<String>) -> Failure {
    Failure { kind: "refused", rule: rule.into() }
}

pub fn bad_request(rule: impl Into<String>) -> Failure {
    Failure { kind: "bad_request", rule: rule.into() }
}

pub fn unsupported(rule: impl Into<String>) -> Failure {
    Failure { kind: "unsupported", rule: rule.into() }
}

pub type Reply = Result<Value, Failure>;

/// The arguments of one request.
pub struct Request<'a>(pub &'a Value);

impl Request<'_> {
    pub fn has(&self, name: &str) -> bool {
        !self.0[name].is_null()
    }

    pub fn text(&self, name: &str) -> Result<&str, Failure> {
        self.0[name].as_str().ok_or_else(|| bad_request(format!("'{name}' is not a string")))
    }

    pub fn octets(&self, name: &str) -> Result<Vec<u8>, Failure> {
        hex::decode(self.text(name)?).map_err(|_| bad_request(format!("'{name}' is not hexadecimal")))
    }

    pub fn octets_or_none(&self, name: &str) -> Result<Vec<u8>, Failure> {
        if self.has(name) { self.octets(name) } else { Ok(Vec::new()) }
    }

    pub fn octets_list(&self, name: &str) -> Result<Vec<Vec<u8>>, Failure> {
        let list = self.0[name].as_array().map(Vec::as_slice).unwrap_or_default();
        list.iter()
            .map(|entry| {
                let digits = entry.as_str().ok_or_else(|| bad_request(format!("'{name}' does not hold strings")))?;
                hex::decode(digits).map_err(|_| bad_request(format!("'{name}' is not hexadecimal")))
            })
            .collect()
    }

    pub fn number(&self, name: &str) -> Result<u64, Failure> {
        self.0[name].as_u64().ok_or_else(|| bad_request(format!("'{name}' is not a number")))
    }

    pub fn number32(&self, name: &str) -> Result<u32, Failure> {
        u32::try_from(self.number(name)?).map_err(|_| bad_request(format!("'{name}' is too large")))
    }

    pub fn number16(&self, name: &str) -> Result<u16, Failure> {
        u16::try_from(self.number(name)?).map_err(|_| bad_request(format!("'{name}' is too large")))
    }

    pub fn code_points(&self, name: &str) -> Vec<u16> {
        let list = self.0[name].as_array().map(Vec::as_slice).unwrap_or_default();
        list.iter().filter_map(|entry| u16::try_from(entry.as_u64()?).ok()).collect()
    }

    pub fn flag(&self, name: &str, otherwise: bool) -> bool {
        self.0[name].as_bool().unwrap_or(otherwise)
    }

    /// Whether the word is the second of two; without the argument it is the first.
    pub fn second_of(&self, name: &str, first: &str, second: &str) -> Result<bool, Failure> {
        match self.0[name].as_str() {
            None => Ok(false),
            Some(word) if word == first => Ok(false),
            Some(word) if word == second => Ok(true),
            Some(word) => Err(bad_request(format!("'{name}' is '{word}'"))),
        }
    }

    pub fn objects(&self, name: &str) -> Vec<Request<'_>> {
        self.0[name].as_array().map(|list| list.iter().map(Request).collect()).unwrap_or_default()
    }

    /// [{"type": 5, "data": hex}, ...]
    pub fn extensions(&self, name: &str) -> Result<Vec<(u16, Vec<u8>)>, Failure> {
        self.objects(name).iter().map(|entry| Ok((entry.number16("type")?, entry.octets("data")?))).collect()
    }
}

pub fn extensions_json(list: impl Iterator<Item = (u16, Vec<u8>)>) -> Value {
    list.map(|(number, data)| json!({"type": number, "data": hex::encode(data)})).collect()
}

/// Things under handles: a letter and a number.
pub struct Shelf<T> {
    prefix: char,
    last: u64,
    things: HashMap<String, T>,
}

impl<T> Shelf<T> {
    pub fn new(prefix: char) -> Self {
        Self { prefix, last: 0, things: HashMap::new() }
    }

    pub fn add(&mut self, thing: T) -> String {
        self.last += 1;
        let handle = format!("{}{}", self.prefix, self.last);
        self.things.insert(handle.clone(), thing);
        handle
    }

    pub fn at(&mut self, handle: &str) -> Result<&mut T, Failure> {
        self.things.get_mut(handle).ok_or_else(|| bad_request(format!("there is no '{handle}'")))
    }

    pub fn take(&mut self, handle: &str) -> Result<T, Failure> {
        self.things.remove(handle).ok_or_else(|| bad_request(format!("there is no '{handle}'")))
    }

    pub fn forget(&mut self, handle: &str) -> bool {
        self.things.remove(handle).is_some()
    }
}

/// Answers requests until there are no more. `perform` gets the operation and its arguments.
pub fn serve(program: &str, suites: &[u16], mut perform: impl FnMut(&str, &Request) -> Reply) {
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let Ok(line) = line else { return };
        let request: Value = serde_json::from_str(&line).unwrap_or_default();
        let result = match request["op"].as_str() {
            Some("hello") => {
                Ok(json!({"protocol": "dmls-peer", "version": 1, "program": program, "suites": suites}))
            }
            Some(op) => perform(op, &Request(&request)),
            None => Err(bad_request("no operation")),
        };
        let mut reply = result.unwrap_or_else(|why| json!({"error": {"kind": why.kind, "rule": why.rule}}));
        reply["ok"] = json!(reply["error"].is_null());
        if let Value::Object(reply) = &mut reply {
            reply.retain(|_, value| !value.is_null());
        }
        if !request["id"].is_null() {
            reply["id"] = request["id"].clone();
        }
        if writeln!(out, "{reply}").and_then(|()| out.flush()).is_err() {
            return;
        }
    }
}
