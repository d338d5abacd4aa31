use pointsman_flow::{Catalog, Document, check, compile};
use std::time::Duration;
struct Instant(u64);
fn cpu() -> u64 {
    std::fs::read_to_string("/proc/thread-self/schedstat")
        .unwrap()
        .split(' ')
        .next()
        .unwrap()
        .parse()
        .unwrap()
}
impl Instant {
    fn now() -> Self {
        std::thread::yield_now();
        Self(cpu())
    }
    fn elapsed(&self) -> Duration {
        std::thread::yield_now();
        Duration::from_nanos(cpu() - self.0)
    }
}
fn main() {
    let mut s: u64 = 88172645463325252;
    let mut rnd = |n: u64| {
        s ^= s << 13;
        s ^= s >> 7;
        s ^= s << 17;
        (s >> 11) % n
    };
    let n: usize = std::env::args()
        .nth(1)
        .map_or(10_000, |a| a.parse().unwrap());
    let mut rows = Vec::new();
    let states: Vec<String> = (0..51).map(|i| format!("S{i}")).collect();
    for _ in 0..n {
        let mut cells = Vec::new();
        let any = |r: u64| r < 5;
        cells.push(if any(rnd(100)) {
            "null".into()
        } else {
            format!("[\"v{}\"]", rnd(12))
        });
        cells.push(if any(rnd(100)) {
            "null".into()
        } else {
            let k = 1 + rnd(4);
            let v: Vec<String> = (0..k)
                .map(|_| format!("\"{}\"", states[rnd(51) as usize]))
                .collect();
            format!("[{}]", v.join(", "))
        });
        cells.push(if any(rnd(100)) {
            "null".into()
        } else {
            format!("[\"src{}\"]", rnd(200))
        });
        cells.push(if any(rnd(100)) {
            "null".into()
        } else {
            format!("[\"d{}\"]", rnd(4))
        });
        cells.push(if any(rnd(100)) {
            "null".into()
        } else {
            let a = 18 + rnd(57);
            format!("{{\"from\": {a}, \"to\": {}}}", a + 5 + rnd(11))
        });
        cells.push(if any(rnd(100)) {
            "null".into()
        } else {
            let a = 1000 * rnd(80);
            format!("{{\"from\": {a}, \"to\": {}}}", a + 1000 * (5 + rnd(16)))
        });
        rows.push(format!(
            "{{\"cells\": [{}], \"to\": \"d{}\"}}",
            cells.join(", "),
            rnd(20)
        ));
    }
    let dests: Vec<String> = (0..20)
        .map(|i| format!("\"d{i}\": {{\"kind\": \"destination\"}}"))
        .collect();
    let text = format!(
        "{{\"flow\": \"w1\", \"vertical\": \"x\", \"currency\": \"USD\", \"root\": \"t\", \"nodes\": {{\"t\": {{\"kind\": \"table\", \"columns\": [\"vert\", \"state\", \"src\", \"device\", \"age\", \"amount\"], \"otherwise\": \"no\", \"rows\": [{}]}}, \"no\": {{\"kind\": \"reject\", \"reason\": \"no\"}}, {}}}}}",
        rows.join(",\n"),
        dests.join(", ")
    );
    let labels = |p: &str, n: usize| {
        (0..n)
            .map(|i| format!("\"{p}{i}\""))
            .collect::<Vec<_>>()
            .join(",")
    };
    let cat = format!(
        "{{\"schema\": {{\"vertical\": \"x\", \"fields\": [{{\"name\":\"vert\",\"kind\":\"enum\",\"labels\":[{}]}},{{\"name\":\"state\",\"kind\":\"enum\",\"labels\":[{}]}},{{\"name\":\"src\",\"kind\":\"text\"}},{{\"name\":\"device\",\"kind\":\"enum\",\"labels\":[{}]}},{{\"name\":\"age\",\"kind\":\"integer\"}},{{\"name\":\"amount\",\"kind\":\"integer\"}}]}}, \"currency\": \"USD\", \"destinations\": {{{}}}}}",
        labels("v", 12),
        labels("S", 51),
        labels("d", 4),
        (0..20)
            .map(|i| format!("\"d{i}\": {{}}"))
            .collect::<Vec<_>>()
            .join(",")
    );
    let catalog: Catalog = serde_json::from_str(&cat).unwrap();
    println!("text {} bytes", text.len());
    if std::env::args().nth(2).is_some() {
        let d = std::sync::Arc::new(Document::from_json(&text).unwrap());
        for _ in 0..40 {
            assert!(compile(d.clone(), &catalog).is_ok());
        }
        return;
    }
    for _ in 0..5 {
        let t = Instant::now();
        let d = Document::from_json(&text).unwrap();
        let read = t.elapsed();
        let t = Instant::now();
        let h = d.hash();
        let hash = t.elapsed();
        let shared = std::sync::Arc::new(d.clone());
        let t = Instant::now();
        let program = compile(shared, &catalog);
        let comp = t.elapsed();
        let ok = program.is_ok();
        let t = Instant::now();
        let c = match check(&d, &catalog) {
            Ok(c) => c,
            Err(f) => {
                for f in f.iter().take(5) {
                    println!("{f}");
                }
                return;
            }
        };
        println!(
            "read {read:?} compile {comp:?} {ok} hash {hash:?} check {:?} warnings {} {}",
            t.elapsed(),
            c.warnings.len(),
            h.to_string().len()
        );
        for f in &c.warnings {
            if f.code != "shadowed_row" {
                println!("{}", f.render(None));
            }
        }
    }
}
