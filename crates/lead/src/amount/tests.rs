use super::{AMOUNT_MAX, Amount};
use crate::{AmountError, Currency, Micros};

fn micros(text: &str) -> i64 {
    Amount::read(text)
        .unwrap_or_else(|error| panic!("{error}"))
        .micros
        .0
}

#[test]
fn amounts_are_read_in_every_form_that_has_one_meaning() {
    for (text, expected) in [
        ("12.5", 12_500_000),
        ("12", 12_000_000),
        (" 12.50 ", 12_500_000),
        (".5", 500_000),
        ("5.", 5_000_000),
        ("$12.50", 12_500_000),
        ("12.50 USD", 12_500_000),
        ("usd 12.50", 12_500_000),
        ("€12,50", 12_500_000),
        ("12,50 €", 12_500_000),
        ("12,5", 12_500_000),
        ("0,125", 125_000),
        ("1250,500", 1_250_500_000),
        ("1,250.00", 1_250_000_000),
        ("1.250,00", 1_250_000_000),
        ("1,250,000", 1_250_000_000_000),
        ("1.250.000", 1_250_000_000_000),
        ("1 250,00", 1_250_000_000),
        ("1\u{a0}250,00", 1_250_000_000),
        ("1'250.00", 1_250_000_000),
        ("-$3", -3_000_000),
        ("$-3", -3_000_000),
        ("+3", 3_000_000),
        ("1e2", 100_000_000),
        ("1.5E-1", 150_000),
        ("1e-7", 0),
        ("0e400", 0),
        ("10000000", AMOUNT_MAX.0),
    ] {
        assert_eq!(micros(text), expected, "{text}");
    }
}

#[test]
fn digits_beyond_a_millionth_are_rounded_half_to_even() {
    for (text, expected) in [
        ("30.000000000000004", 30_000_000),
        ("0.30000000000000004", 300_000),
        ("1.3333333", 1_333_333),
        ("0.0000005", 0),
        ("0.0000015", 2),
        ("0.0000025", 2),
        ("0.00000250000001", 3),
        ("0.9999999", 1_000_000),
        ("29.999999999999996", 30_000_000),
    ] {
        assert_eq!(micros(text), expected, "{text}");
    }
}

#[test]
fn what_could_be_two_amounts_is_none() {
    for text in ["1,250", "12,500", "$1,250"] {
        let read = Amount::read(text);
        assert!(
            matches!(read, Err(AmountError::Ambiguous(_))),
            "{text}: {read:?}"
        );
    }
    for text in [
        "",
        "-",
        "--1",
        "-$-1",
        "much",
        "12.50 USDT",
        "$12 EUR",
        "1,25,0.00",
        "12,50.00",
        "1.2.3",
        "1,2,3",
        "12,",
        ",5",
        "NaN",
        "inf",
        "1e",
        "e5",
        "1 2",
        "0x10",
        "{payout}",
        "12%",
        "1,250,00",
        "10\u{0}",
        "๑๒",
    ] {
        let read = Amount::read(text);
        assert!(
            matches!(read, Err(AmountError::NotANumber(_))),
            "{text}: {read:?}"
        );
    }
    let long = "1".repeat(101);
    assert!(Amount::read(&long).is_err());
}

#[test]
fn an_amount_is_at_most_ten_million_units() {
    for text in [
        "10000000.000001",
        "9223372036854.775807",
        "1e400",
        "99999999999999999999999999",
        "-10000001",
    ] {
        let read = Amount::read(text);
        assert!(
            matches!(read, Err(AmountError::TooLarge(_))),
            "{text}: {read:?}"
        );
    }
}

#[test]
fn other_units_are_scaled_without_loss() {
    let read = |text, decimals| Amount::read_in(text, decimals).map(|amount| amount.micros.0);
    assert_eq!(read("1999", 4), Ok(19_990_000));
    assert_eq!(read("12.5", 4), Ok(125_000));
    assert_eq!(read("7", 0), Ok(7));
    assert_eq!(read("7.5", 0), Ok(8));
    assert_eq!(read("1250.0000000000002", 4), Ok(12_500_000));
}

#[test]
fn a_sign_allows_the_currencies_that_it_may_mean() {
    let mark = |text: &str| Amount::read(text).unwrap().mark.unwrap();
    let euro: Currency = "EUR".parse().unwrap();
    assert!(mark("$1").allows(Currency::USD));
    assert!(!mark("$1").allows(euro));
    assert!(mark("1 eur").allows(euro));
    assert!(mark("€1").allows(euro) && !mark("€1").allows(Currency::USD));
    assert_eq!(Amount::read("1").unwrap().mark, None);
    assert_eq!(Amount::read("1").unwrap().micros, Micros(1_000_000));
}

/// Errors are stored with postbacks and deliveries, and no database takes a zero byte.
#[test]
fn what_an_error_shows_of_a_text_can_be_stored() {
    for text in [
        "$1,250.00\u{0}\u{0}",
        "1,250\u{7}",
        "10000001\n\u{0}",
        "\u{1b}[2J",
    ] {
        let error = Amount::read(text).unwrap_err().to_string();
        assert!(!error.contains(char::is_control), "{error:?}");
    }
    let error = "7\u{0}".parse::<Micros>().unwrap_err().to_string();
    assert_eq!(error, "`7\u{fffd}` is not an amount; write it like 12.50");
    let long = "9".repeat(10_000).parse::<Micros>().unwrap_err();
    assert!(long.to_string().len() < 200);
}
