use super::*;

fn market(fallback: &str, arms: &str) -> Market {
    let text = format!("days = 1\nleads_a_day = 1\nfallback = \"{fallback}\"\n{arms}");
    let world = World::parse("test", &text).unwrap();
    let truth = Truth::draw(&world, &mut rand_pcg::Pcg64::new(1, 2)).unwrap();
    truth.market(0, 0.0).clone()
}

const THREE: &str = "
[[arms]]
name = 'a'
accept = 0.5
at_once = 10.0
[[arms]]
name = 'b'
accept = 0.2
at_once = 8.0
[[arms.conversions]]
rate = 0.1
payout = 70.0
delay = { law = 'exponential', mean_days = 2.0 }
[[arms]]
name = 'c'
accept = 0.3
no_answer = 0.4
at_once = 2.0
";

#[test]
fn even_draws_earn_the_mean_over_all_orders() {
    let market = market("redraw", THREE);
    let orders = [
        [0, 1, 2],
        [0, 2, 1],
        [1, 0, 2],
        [1, 2, 0],
        [2, 0, 1],
        [2, 1, 0],
    ];
    let mean = orders.iter().map(|order| market.money(order)).sum::<f64>() / 6.0;
    assert!((market.even - mean).abs() < 1e-12, "{} {mean}", market.even);
    let best = 0.5 * (market.money(&orders[0]) + market.money(&orders[1]));
    assert!((market.best_first - best).abs() < 1e-12);
    assert_eq!(market.best, 0);
}

#[test]
fn an_unanswered_lead_goes_to_nobody_else() {
    let market = market("listed", THREE);
    // c keeps four tenths of the leads without paying, and three tenths come to a and then b.
    let expected = 0.3 * 2.0 + 0.3 * (0.5 * 10.0 + 0.5 * 0.2 * 15.0);
    assert!((market.money(&[2, 0, 1]) - expected).abs() < 1e-12);
}

#[test]
fn under_caps_the_best_is_the_knapsack() {
    let text = "days = 1\nleads_a_day = 100\n
[[arms]]\nname = 'a'\nat_once = 10.0\ncap_a_day = 20
[[arms]]\nname = 'b'\nat_once = 5.0\ncap_a_day = 50
[[arms]]\nname = 'c'\nat_once = 1.0";
    let world = World::parse("test", text).unwrap();
    let truth = Truth::draw(&world, &mut rand_pcg::Pcg64::new(1, 2)).unwrap();
    let market = truth.market(0, 0.0);
    assert!((market.best_first - (0.2 * 10.0 + 0.5 * 5.0 + 0.3)).abs() < 1e-12);
    assert!((market.even - (0.2 * 10.0 + 0.4 * 5.0 + 0.4)).abs() < 1e-12);
}
