//! Scratch.
#![allow(warnings)]
use polars::prelude::*;
use std::fs::{self, File};
const TEXTS: [&str; 6] = [
    "lead_id",
    "state",
    "source",
    "device",
    "person",
    "destination",
];
const BUYERS: [&str; 6] = ["acme", "harbor", "lakeside", "meridian", "summit", "zenith"];
const STATES: [&str; 12] = [
    "AZ", "CA", "CO", "FL", "GA", "IL", "NV", "NY", "OH", "PA", "TX", "WA",
];
const DEVICES: [&str; 3] = ["desktop", "phone", "tablet"];
struct R(u64);
impl R {
    fn n(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0.wrapping_mul(0x2545F4914F6CDD1D) >> 11) % n
    }
}
fn weights(device: usize) -> [u64; 6] {
    match device {
        0 => [250_000, 150_000, 150_000, 150_000, 150_000, 150_000],
        1 => [100_000, 300_000, 200_000, 150_000, 150_000, 100_000],
        _ => [200_000, 100_000, 100_000, 200_000, 200_000, 200_000],
    }
}
fn chunk(b: usize, n: usize, r: &mut R) -> DataFrame {
    let mut t: [Vec<String>; 6] = Default::default();
    let (mut at, mut age, mut amount, mut prop, mut rew) = (vec![], vec![], vec![], vec![], vec![]);
    for number in b..b + n {
        let d = r.n(3) as usize;
        let mut left = r.n(1_000_000);
        let mut buyer = 5;
        for (i, w) in weights(d).into_iter().enumerate() {
            if left < w {
                buyer = i;
                break;
            }
            left -= w;
        }
        age.push(16 + r.n(74) as i64);
        amount.push((1 + r.n(399) as i64) * 250);
        let sold = r.n(10000) < (500 + 300 * (buyer as u64 % 3));
        for (c, x) in t.iter_mut().zip([
            format!("lead-{number:010}"),
            STATES[r.n(12) as usize].to_owned(),
            format!("source-{}", r.n(40)),
            DEVICES[d].to_owned(),
            format!("p{}", r.n(4_000_000)),
            BUYERS[buyer].to_owned(),
        ]) {
            c.push(x)
        }
        at.push(1_767_225_600_000_000i64 + 333_333 * number as i64);
        prop.push(weights(d)[buyer] as f64 / 1e6);
        rew.push(if sold { 10.0 + 5.0 * buyer as f64 } else { 0.0 });
    }
    let mut c: Vec<Column> = TEXTS
        .into_iter()
        .zip(t)
        .map(|(n, t)| Column::new(n.into(), t))
        .collect();
    c.push(Column::new("at".into(), at));
    c.push(Column::new("age".into(), age));
    c.push(Column::new("amount".into(), amount));
    c.push(Column::new("propensity".into(), prop));
    c.push(Column::new("reward".into(), rew));
    DataFrame::new(n, c).unwrap()
}
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let dir = &a[1];
    let n: usize = a[2].parse().unwrap();
    let csv = a.get(3).is_some();
    fs::create_dir_all(dir).unwrap();
    let mut r = R(20261130);
    if csv {
        CsvWriter::new(&mut File::create(format!("{dir}/log.csv")).unwrap())
            .finish(&mut chunk(0, n, &mut r))
            .unwrap();
    } else {
        let f = File::create(format!("{dir}/log.parquet")).unwrap();
        let s = chunk(0, 1, &mut R(1)).schema().clone();
        let mut w = ParquetWriter::new(f).batched(&s).unwrap();
        let mut b = 0;
        while b < n {
            let m = 500_000.min(n - b);
            w.write_batch(&chunk(b, m, &mut r)).unwrap();
            b += m;
        }
        w.finish().unwrap();
    }
}
