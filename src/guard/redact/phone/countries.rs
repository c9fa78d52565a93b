//! How long a number is by country: the digits behind the country code.
//!
//! Source: ITU-T E.164 assignments; lengths of fixed, mobile and free-call numbers as libphonenumber publishes them, so cut that a
//! number has 8 digits or more with its country code, and 12 or fewer without it.

/// Splits `digits`, which begin with a country code: the digits that belong to it, and the fewest and most that may follow.
pub(super) fn split(digits: &[u8]) -> Option<(usize, usize, usize)> {
    if digits.first() == Some(&b'0') {
        return None;
    }
    (1..=3).find_map(|len| {
        let code = digits.get(..len)?.iter().fold(0, |code, digit| code * 10 + u32::from(digit - b'0'));
        let (fewest, most) = lengths(code)?;
        Some((len, fewest, most))
    })
}

#[rustfmt::skip]
fn lengths(code: u32) -> Option<(usize, usize)> {
    Some(match code {
        247 | 290 | 500 | 682 => (5, 5),
        676 | 677 | 678 | 683 | 688 | 690 => (5, 7),
        686 => (5, 8),
        358 | 685 => (5, 10),
        352 => (5, 11),
        971 => (5, 12),
        298 | 299 | 672 | 687 => (6, 6),
        597 => (6, 7),
        386 => (6, 8),
        27 | 40 | 46 | 252 | 376 | 421 | 508 | 681 => (6, 9),
        53 | 95 | 98 | 880 => (6, 10),
        375 => (6, 11),
        39 | 43 | 49 | 63 | 82 | 359 | 381 | 598 => (6, 12),
        238 | 239 | 246 | 248 | 269 | 291 | 297 | 592 | 673 | 674 | 680 | 691 | 692 => (7, 7),
        241 | 599 | 670 | 675 | 853 | 961 | 965 | 975 => (7, 8),
        220 | 231 | 263 | 265 | 354 | 355 | 385 | 423 | 967 | 968 => (7, 9),
        44 | 48 | 61 | 230 | 243 | 254 | 267 | 353 | 372 | 960 => (7, 10),
        31 | 501 | 503 | 507 | 595 | 679 | 974 => (7, 11),
        62 | 86 | 882 | 972 => (7, 12),
        45 | 47 | 216 | 222 | 223 | 226 | 227 | 228 | 232 | 235 | 236 | 253 | 257 | 266 | 268 | 350 | 356 | 357
            | 370 | 371 | 373 | 374 | 389 | 505 | 509 | 800 | 808 | 973 | 993 => (8, 8),
        32 | 36 | 51 | 213 | 224 | 233 | 237 | 250 | 258 | 264 | 377 | 382 | 387 | 591 | 689 | 852 | 886 | 962 |
            963 => (8, 9),
        20 | 60 | 64 | 84 | 378 | 506 | 850 | 855 | 856 | 964 | 970 | 976 => (8, 10),
        57 | 65 | 92 | 502 | 504 | 593 | 977 => (8, 11),
        66 | 81 | 91 | 383 | 883 => (8, 12),
        33 | 34 | 41 | 93 | 94 | 211 | 212 | 218 | 221 | 240 | 242 | 244 | 245 | 249 | 251 | 255 | 256 | 260 |
            261 | 262 | 351 | 420 | 590 | 594 | 596 | 979 | 992 | 994 | 995 | 998 => (9, 9),
        380 | 881 | 966 | 996 => (9, 10),
        55 | 56 => (9, 11),
        870 => (9, 12),
        1 | 52 | 58 | 225 | 229 => (10, 10),
        54 => (10, 11),
        7 | 30 | 90 | 234 => (10, 12),
        888 => (11, 11),
        878 => (12, 12),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_country_code_has_one_to_three_digits() {
        assert_eq!(split(b"12125550123"), Some((1, 10, 10)));
        assert_eq!(split(b"442079460958").map(|split| split.0), Some(2));
        assert_eq!(split(b"354410"), Some((3, 7, 9)));
        assert_eq!(split(b"999123"), None);
        assert_eq!(split(b"0123"), None);
    }
}
