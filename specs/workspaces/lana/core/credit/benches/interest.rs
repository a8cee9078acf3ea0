//! How long a long schedule takes: `cargo bench -p core-credit`.

use std::{hint::black_box, time::Instant};

use chrono::NaiveDate;
use core_credit::schedule::monthly;
use money::{BasisPoints, UsdCents};

const ROUNDS: u32 = 1_000;

fn main() {
    let start = NaiveDate::from_ymd_opt(2024, 1, 1).expect("a valid day");
    let clock = Instant::now();
    for _ in 0..ROUNDS {
        let principal = black_box(UsdCents::from_cents(1_000_000));
        black_box(monthly(principal, BasisPoints(1200), start, 360));
    }
    println!("30 years of accruals: {:?}", clock.elapsed() / ROUNDS);
}
