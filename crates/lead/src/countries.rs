//! ISO 3166-1 alpha-2: the countries that have an officially assigned code.

/// Sorted, two letters each.
///
/// # Source
///
/// ISO 3166 Maintenance Agency, *ISO 3166-1*, 2020, 249 entries.
const CODES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ \
BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ \
CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ \
EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY \
HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP \
KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY \
MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ \
NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW \
SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ \
TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ \
VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

/// All codes in alphabetical order.
pub(crate) fn codes() -> impl Iterator<Item = &'static str> {
    CODES.split(' ')
}

/// Whether a country has this code: two capital letters of ISO 3166-1.
pub fn exists(code: &str) -> bool {
    codes().any(|known| known == code)
}

/// Whether the code of some country begins so.
pub(crate) fn starting(prefix: &str) -> bool {
    codes().any(|code| code.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_list_is_whole_and_sorted() {
        let codes: Vec<&str> = super::codes().collect();
        assert_eq!(codes.len(), 249);
        assert!(codes.is_sorted());
        assert!(codes.iter().all(|code| code.len() == 2));
    }
}
