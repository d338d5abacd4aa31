use std::path::Path;

use super::*;

#[test]
fn every_world_of_the_bench_is_a_source_of_answers() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../bench/learning/worlds");
    let mut n_worlds = 0;
    for folder in [folder.clone(), folder.join("classic")] {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|extension| extension != "toml") {
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            let world: World =
                toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            assert_eq!(world.problem(), None, "{}", path.display());
            n_worlds += 1;
        }
    }
    assert!(n_worlds > 30, "{n_worlds}");
}

#[test]
fn mistakes_of_a_world_are_told() {
    for (text, told) in [
        ("arms = []", "there is no arm"),
        (
            "[[arms]]\nname = 'a'\naccept = 0.7\nno_answer = 0.4",
            "together at most 1",
        ),
        (
            "[[arms]]\nname = 'a'\nat_once = { law = 'pareto', mean = 3.0, shape = 0.9 }",
            "is no law",
        ),
        (
            "[[arms]]\nname = 'a'\n[[drift]]\narm = 'b'\nday = 1",
            "is no arm",
        ),
    ] {
        let world: World = toml::from_str(text).unwrap();
        let found = world.problem().unwrap();
        assert!(found.contains(told), "{text}: {found}");
    }
    assert!(toml::from_str::<World>("[[arms]]\nname = 'a'\ncolor = 'red'").is_err());
}
