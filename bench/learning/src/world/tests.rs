use super::*;

/// The page about the format.
const PAGE: &str = include_str!("../../../../docs/src/worlds.md");

#[test]
fn the_example_of_the_book_is_a_world() {
    let from = PAGE.find("```toml\n").unwrap() + "```toml\n".len();
    let text = &PAGE[from..from + PAGE[from..].find("```").unwrap()];
    let world = World::parse("example", text).unwrap();
    let names: Vec<&str> = world.arms.iter().map(|arm| arm.name.as_str()).collect();
    assert_eq!(names, ["quick", "late", "many-1", "many-2", "many-3"]);
    assert_eq!(world.n_leads(), 45 * 282);
    assert_eq!(world.segments.len(), 2);
}

#[test]
fn every_world_of_the_repository_can_be_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("worlds");
    let mut paths = Vec::new();
    crate::find(&folder, &mut paths).unwrap();
    assert!(paths.len() > 30, "{}", paths.len());
    for path in paths {
        let world = World::read(&path).unwrap();
        assert!(!world.about.is_empty(), "{} says nothing", world.name);
    }
}

fn mistake(text: &str) -> String {
    let text = format!("days = 2\nleads_a_day = 10\n{text}");
    format!("{:#}", World::parse("test", &text).unwrap_err())
}

#[test]
fn mistakes_are_told() {
    let arm = "[[arms]]\nname = 'a'\n";
    for (text, told) in [
        ("arms = []", "there is no arm"),
        ("explore = 1.5\n[[arms]]\nname = 'a'", "explore is 1.5"),
        (
            &format!("{arm}accept = 0.7\nno_answer = 0.4"),
            "together at most 1",
        ),
        (&format!("{arm}color = 'red'"), "unknown field `color`"),
        (
            &format!("{arm}[[drift]]\narm = 'b'\nday = 1"),
            "drift of b, which is no arm",
        ),
        (
            &format!("{arm}segments.TX = {{ accept = 0.5 }}"),
            "TX is no segment",
        ),
        (
            &format!("{arm}at_once = {{ law = 'pareto', mean = 3.0, shape = 0.9 }}"),
            "the shape of a Pareto is 0.9",
        ),
        (
            &format!(
                "{arm}[[arms.conversions]]\nrate = 2.0\npayout = 1.0\ndelay = {{ law = 'fixed', days = 1.0 }}"
            ),
            "the rate of a sale is a part of 1",
        ),
    ] {
        let found = mistake(text);
        assert!(found.contains(told), "{text}: {found}");
    }
}
