//! QR codes for screens, as images inside the page.

use data_encoding::BASE64;
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};

/// The text does not fit into a QR code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too long for a qr code")]
pub struct TooLong;

/// The address of an image (`data:image/svg+xml`) that shows the text as a QR code.
pub fn data_uri(text: &str) -> Result<String, TooLong> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(|_| TooLong)?;
    let image = code.render::<svg::Color<'_>>().module_dimensions(4, 4).quiet_zone(true).build();
    Ok(format!("data:image/svg+xml;base64,{}", BASE64.encode(image.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_becomes_an_image() {
        let uri = data_uri("12345678901234").unwrap();
        assert!(uri.starts_with("data:image/svg+xml;base64,"));
        assert!(uri.len() < 6_000, "{}", uri.len());
        assert_eq!(data_uri(&"9".repeat(9_000)), Err(TooLong));
    }
}
