//! Barcodes as SVG in real millimetres, with their quiet zones inside the picture, so that a template can
//! place them but not crop what a scanner needs.

use std::fmt::Write as _;

use barcoders::sym::code128::Code128;
use qrcode::{Color, EcLevel, QrCode};

use crate::CannotPrint;

/// The quiet zone of a Code128 at each end, in modules (ISO/IEC 15417).
const CODE128_QUIET: usize = 10;

/// The quiet zone of a QR code on every side, in modules (ISO/IEC 18004).
const QR_QUIET: usize = 4;

/// The narrowest bar that hand scanners and office printers agree on, in micrometres.
pub const NARROWEST_BAR: u32 = 330;

/// Digits as Code128: pairs in set C, an odd last digit in set B.
///
/// `module` is the width of the narrowest bar and `height` that of the bars, in micrometres. Fails on
/// anything but digits and on bars narrower than [`NARROWEST_BAR`].
pub fn code128(digits: &str, module: u32, height: u32) -> Result<String, CannotPrint> {
    if digits.len() < 2 || !digits.bytes().all(|byte| byte.is_ascii_digit()) || module < NARROWEST_BAR {
        return Err(CannotPrint::Barcode);
    }
    let (pairs, odd) = digits.split_at(digits.len() - digits.len() % 2);
    let text = if odd.is_empty() { format!("\u{106}{pairs}") } else { format!("\u{106}{pairs}\u{181}{odd}") };
    let bars = Code128::new(text).map_err(|_| CannotPrint::Barcode)?.encode();
    let width = bars.len() + 2 * CODE128_QUIET;
    let mut path = String::new();
    for (at, length) in runs(&bars, |bar| *bar == 1) {
        let x = at + CODE128_QUIET;
        // Writing to a String does not fail.
        let _ = write!(path, "M{x} 0h{length}v1h-{length}z");
    }
    Ok(svg(width, 1, millimetres(width, module), millimetres(1, height), &path))
}

/// A text as a QR code of error correction level M, its modules `module` micrometres wide.
///
/// Fails when the text is too long for any QR code.
pub fn qr(text: &str, module: u32) -> Result<String, CannotPrint> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(|_| CannotPrint::Barcode)?;
    let side = code.width();
    let mut path = String::new();
    for (row, modules) in code.to_colors().chunks(side).enumerate() {
        for (at, length) in runs(modules, |module| *module == Color::Dark) {
            let (x, y) = (at + QR_QUIET, row + QR_QUIET);
            let _ = write!(path, "M{x} {y}h{length}v1h-{length}z");
        }
    }
    let whole = side + 2 * QR_QUIET;
    let size = millimetres(whole, module);
    Ok(svg(whole, whole, size.clone(), size, &path))
}

/// The dark stretches of a row: where each begins and how long it is.
fn runs<T>(row: &[T], dark: impl Fn(&T) -> bool) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    for (at, _) in row.iter().enumerate().filter(|(_, module)| dark(module)) {
        match found.last_mut() {
            Some((start, length)) if *start + *length == at => *length += 1,
            _ => found.push((at, 1)),
        }
    }
    found
}

fn millimetres(modules: usize, micrometres: u32) -> String {
    let total = modules as u64 * u64::from(micrometres);
    format!("{}.{:03}", total / 1000, total % 1000)
}

fn svg(columns: usize, rows: usize, width: String, height: String, path: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}mm\" height=\"{height}mm\" \
         viewBox=\"0 0 {columns} {rows}\" preserveAspectRatio=\"none\" shape-rendering=\"crispEdges\">\
         <path fill=\"#000\" d=\"{path}\"/></svg>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_control_number_fits_a_label_with_its_quiet_zones() {
        let picture = code128("123456780", 375, 12_000).unwrap();
        // Start, four pairs, switch, one digit, check: 8 × 11 modules; stop 13; quiet 2 × 10.
        assert!(picture.contains("viewBox=\"0 0 121 1\""), "{picture}");
        assert!(picture.contains("width=\"45.375mm\" height=\"12.000mm\""), "{picture}");
    }

    #[test]
    fn only_digits_and_printable_bars_become_a_barcode() {
        assert!(code128("12345678A", 375, 12_000).is_err());
        assert!(code128("１２３４", 375, 12_000).is_err());
        assert!(code128("12345678", 300, 12_000).is_err());
        assert!(qr(&"x".repeat(5000), 800).is_err());
    }

    #[test]
    fn runs_join_neighbours() {
        assert_eq!(runs(&[1, 1, 0, 1], |m| *m == 1), [(0, 2), (3, 1)]);
    }
}
