//! Whether what is on a page can be read, as [WCAG 2.2 section
//! 1.4.3](https://www.w3.org/TR/WCAG22/#contrast-minimum) has it.

use super::STYLE;

/// Level AA for text.
pub(super) const ENOUGH: f64 = 4.5;

/// The contrast of two colours such as `#1b2026`, from 1 to 21.
pub(super) fn contrast(one: &str, other: &str) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// Relative luminance, from 0 to 1.
fn luminance(colour: &str) -> f64 {
    let digits = colour.strip_prefix('#').unwrap();
    let (width, scale) = if digits.len() == 3 {
        (1, 15.0)
    } else {
        (2, 255.0)
    };
    let channel = |index: usize| {
        let digits = &digits[index * width..(index + 1) * width];
        let value = f64::from(u8::from_str_radix(digits, 16).unwrap()) / scale;
        if value <= 0.04045 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    };
    0.2126 * channel(0) + 0.7152 * channel(1) + 0.0722 * channel(2)
}

#[test]
fn the_measure_is_right() {
    let check = |one, other, expected: f64| {
        let found = contrast(one, other);
        assert!(
            (found - expected).abs() < 0.01,
            "{one} on {other}: {found:.2}"
        );
    };
    check("#000", "#ffffff", 21.0);
    check("#fff", "#fff", 1.0);
    check("#777777", "#ffffff", 4.48);
}

#[test]
fn text_is_readable_in_light_and_dark() {
    let (light, dark) = STYLE.split_once("prefers-color-scheme: dark").unwrap();
    for theme in [light, dark] {
        let colour = |name: &str| {
            let (_, rest) = theme.split_once(&format!("--{name}: ")).unwrap();
            rest.split(';').next().unwrap()
        };
        let pairs = [
            ("text", "card"),
            ("text", "hover"),
            ("text", "mark-back"),
            ("muted", "card"),
            ("muted", "hover"),
            ("muted", "back"),
            ("accent", "card"),
            ("accent", "hover"),
            ("on-accent", "accent"),
            ("mark", "mark-back"),
        ];
        for (front, back) in pairs {
            let found = contrast(colour(front), colour(back));
            assert!(found >= ENOUGH, "{front} on {back}: {found:.2}");
        }
    }
}
