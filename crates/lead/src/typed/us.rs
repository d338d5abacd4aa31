//! The states of the United States, and the District of Columbia, by their postal codes.

use super::Region;

macro_rules! states {
    ($($code:ident $bytes:literal $name:literal;)*) => {
        $(
            #[doc = concat!($name, ".")]
            pub const $code: Region = Region::of(*$bytes);
        )*

        /// All of them, in alphabetical order of their codes.
        pub const ALL: &[Region] = &[$($code),*];

        const NAMES: &[(&str, &str)] = &[$((stringify!($code), $name)),*];
    };
}
states! {
    AK b"AK" "Alaska";
    AL b"AL" "Alabama";
    AR b"AR" "Arkansas";
    AZ b"AZ" "Arizona";
    CA b"CA" "California";
    CO b"CO" "Colorado";
    CT b"CT" "Connecticut";
    DC b"DC" "District of Columbia";
    DE b"DE" "Delaware";
    FL b"FL" "Florida";
    GA b"GA" "Georgia";
    HI b"HI" "Hawaii";
    IA b"IA" "Iowa";
    ID b"ID" "Idaho";
    IL b"IL" "Illinois";
    IN b"IN" "Indiana";
    KS b"KS" "Kansas";
    KY b"KY" "Kentucky";
    LA b"LA" "Louisiana";
    MA b"MA" "Massachusetts";
    MD b"MD" "Maryland";
    ME b"ME" "Maine";
    MI b"MI" "Michigan";
    MN b"MN" "Minnesota";
    MO b"MO" "Missouri";
    MS b"MS" "Mississippi";
    MT b"MT" "Montana";
    NC b"NC" "North Carolina";
    ND b"ND" "North Dakota";
    NE b"NE" "Nebraska";
    NH b"NH" "New Hampshire";
    NJ b"NJ" "New Jersey";
    NM b"NM" "New Mexico";
    NV b"NV" "Nevada";
    NY b"NY" "New York";
    OH b"OH" "Ohio";
    OK b"OK" "Oklahoma";
    OR b"OR" "Oregon";
    PA b"PA" "Pennsylvania";
    RI b"RI" "Rhode Island";
    SC b"SC" "South Carolina";
    SD b"SD" "South Dakota";
    TN b"TN" "Tennessee";
    TX b"TX" "Texas";
    UT b"UT" "Utah";
    VA b"VA" "Virginia";
    VT b"VT" "Vermont";
    WA b"WA" "Washington";
    WI b"WI" "Wisconsin";
    WV b"WV" "West Virginia";
    WY b"WY" "Wyoming";
}

/// The code of a state that is written out, without regard to case: `CA` of `California`.
pub fn code_of(name: &str) -> Option<&'static str> {
    let mut known = NAMES.iter();
    let found = known.find(|(_, known)| known.eq_ignore_ascii_case(name));
    found.map(|(code, _)| *code)
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_state_is_known_by_its_name() {
        assert_eq!(super::code_of("new york"), Some("NY"));
        assert_eq!(super::code_of("NY"), None, "that is its code");
    }
}
