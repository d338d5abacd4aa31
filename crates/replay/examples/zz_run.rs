//! Scratch.
#![allow(warnings)]
use pointsman_replay::Scenario;
fn main() {
    let t = std::time::Instant::now();
    let p = std::env::args().nth(1).unwrap();
    let s = Scenario::load(std::path::Path::new(&p)).unwrap();
    let t1 = t.elapsed();
    let r = s.run(&mut |_| ()).unwrap();
    let x: Vec<String> = r
        .iter()
        .map(|r| serde_json::to_string(r).unwrap())
        .collect();
    if let Some(f) = std::env::args().nth(2) {
        std::fs::write(f, x.join("\n")).unwrap();
    }
    let st = std::fs::read_to_string("/proc/self/stat").unwrap();
    let f: Vec<&str> = st.split(' ').collect();
    let hwm = std::fs::read_to_string("/proc/self/status").unwrap();
    let hwm = hwm
        .lines()
        .find(|l| l.starts_with("VmHWM"))
        .unwrap()
        .to_owned();
    eprintln!(
        "load {t1:?} all {:?} user {}0ms sys {}0ms {hwm}",
        t.elapsed(),
        f[13],
        f[14]
    );
}
