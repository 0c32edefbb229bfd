//! What the Rust peers share: the exchange with `run`, and rows of processor times. See ../../README.md.

use std::collections::BTreeMap;
use std::io::BufRead;

pub use hex;

/// Microseconds of processor time that this process has used, all threads together.
pub fn processor_microseconds() -> f64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut time) };
    time.tv_sec as f64 * 1e6 + time.tv_nsec as f64 * 1e-3
}

/// Times by row, and of primitives.
#[derive(Default)]
pub struct Rows(BTreeMap<&'static str, Vec<f64>>, BTreeMap<&'static str, Vec<f64>>);

impl Rows {
    pub fn measure<T>(&mut self, row: &'static str, run: impl FnOnce() -> T) -> T {
        let begin = processor_microseconds();
        let result = run();
        self.0.entry(row).or_default().push(processor_microseconds() - begin);
        result
    }

    /// One call of a primitive: "sign", "verify", "derive" (a KEM key pair) or "seal" (HPKE, 32 octets).
    pub fn primitive<T>(&mut self, name: &'static str, run: impl FnOnce() -> T) -> T {
        let begin = processor_microseconds();
        let result = run();
        self.1.entry(name).or_default().push(processor_microseconds() - begin);
        result
    }

    /// One line of JSON with the median of each row, and of each primitive.
    pub fn print(self) {
        println!("{{\"rows\": {}, \"primitives\": {}}}", medians(self.0), medians(self.1));
    }
}

fn medians(mut times: BTreeMap<&'static str, Vec<f64>>) -> String {
    let medians: Vec<String> = times
        .iter_mut()
        .map(|(name, times)| {
            times.sort_by(f64::total_cmp);
            format!("\"{name}\": {:.3}", times[times.len() / 2])
        })
        .collect();
    format!("{{{}}}", medians.join(", "))
}

pub struct Arguments {
    pub members: usize,
    pub rounds: usize,
    /// The members of a group that is made by adding everybody at once; 0 for none.
    pub added: usize,
}

pub fn arguments() -> Arguments {
    let numbers: Vec<usize> = std::env::args().skip(1).map(|word| word.parse().expect("a number")).collect();
    Arguments { members: numbers[0], rounds: numbers[1], added: numbers[2] }
}

/// Gives two key packages (as MLSMessages) away, and gets the Welcome for both.
pub fn invited(key_packages: [Vec<u8>; 2]) -> Vec<u8> {
    for package in key_packages {
        println!("{}", hex::encode(package));
    }
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).expect("a line with a Welcome");
    hex::decode(line.trim()).expect("a Welcome in hexadecimal digits")
}

pub const MESSAGE: [u8; 100] = [5; 100];
pub const MESSAGES: usize = 50;
/// The leaf that is removed.
pub const REMOVED: u32 = 4;
/// How often a primitive is called, and on how many octets it signs.
pub const CALLS: usize = 100;
pub const SIGNED: [u8; 300] = [7; 300];
