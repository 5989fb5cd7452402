//! The width and height of an image, from its first bytes, so that a page can keep its place while it loads.

use imagesize::ImageType;

/// As much as may stand before the size: a JPEG's comes after its colour profile and thumbnails.
pub(super) const HEAD: u64 = 1 << 20;

/// As much of an SVG as is looked at.
const SVG_HEAD: usize = 4096;

/// Whether a file of this name is an image whose size can be told.
pub(super) fn is_image(name: &str) -> bool {
    let ending = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    matches!(ending.as_str(), "png" | "jpg" | "jpeg" | "jpe" | "jfif" | "gif" | "webp" | "svg")
}

/// Width and height in pixels, from the first [`HEAD`] bytes; `None` when the image does not say.
pub(super) fn dimensions(head: &[u8]) -> Option<(u32, u32)> {
    match imagesize::image_type(head) {
        Ok(ImageType::Png | ImageType::Jpeg | ImageType::Gif | ImageType::Webp) => {
            let size = imagesize::blob_size(head).ok()?;
            positive(u32::try_from(size.width).ok()?, u32::try_from(size.height).ok()?)
        }
        _ => svg(&String::from_utf8_lossy(&head[..head.len().min(SVG_HEAD)])),
    }
}

/// `width` and `height` of the `svg` element where they are pixels, else those of its `viewBox`.
fn svg(text: &str) -> Option<(u32, u32)> {
    let tag = svg_tag(text)?;
    let length = |name| pixels(attribute(tag, name)?);
    if let (Some(width), Some(height)) = (length("width"), length("height")) {
        return positive(width, height);
    }
    let view: Vec<&str> =
        attribute(tag, "viewBox")?.split([' ', ',', '\n', '\t']).filter(|n| !n.is_empty()).collect();
    let [_, _, width, height] = view[..] else { return None };
    positive(pixels(width)?, pixels(height)?)
}

/// The text between `<svg` and the end of what was read, past any comment that talks of one.
fn svg_tag(mut text: &str) -> Option<&str> {
    loop {
        let at = text.find('<')?;
        text = &text[at..];
        if let Some(comment) = text.strip_prefix("<!--") {
            text = &comment[comment.find("-->")?..];
        } else if let Some(tag) = text.strip_prefix("<svg")
            && tag.starts_with(|c: char| c.is_whitespace() || c == '>')
        {
            return Some(tag);
        } else {
            text = &text[1..];
        }
    }
}

fn attribute<'a>(mut tag: &'a str, name: &str) -> Option<&'a str> {
    loop {
        let end = tag.find(['=', '>'])?;
        let (key, rest) = tag.split_at(end);
        let rest = rest.strip_prefix('=')?.trim_start();
        let quote = rest.chars().next().filter(|&c| c == '"' || c == '\'')?;
        let (value, after) = rest[1..].split_once(quote)?;
        if key.trim() == name {
            return Some(value.trim());
        }
        tag = after;
    }
}

/// A length in pixels, rounded. Other units depend on where the image stands, so they tell nothing here.
fn pixels(length: &str) -> Option<u32> {
    let number: f64 = length.strip_suffix("px").unwrap_or(length).trim().parse().ok()?;
    (number.is_finite() && (0.5..1e9).contains(&number)).then_some(number.round() as u32)
}

fn positive(width: u32, height: u32) -> Option<(u32, u32)> {
    (width > 0 && height > 0).then_some((width, height))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_svg_says_its_size_in_many_ways() {
        for (text, size) in [
            ("<svg width='12' height=\"7.6px\">", Some((12, 8))),
            (
                "<?xml version='1.0'?>\n<!-- <svg width='1' height='1'> -->\n<svg\n  viewBox = '0 0 300,150' >",
                Some((300, 150)),
            ),
            ("<svg data-x='a>b' width='100%' height='100%' viewBox='0 0 4 3'>", Some((4, 3))),
            ("<svg width='10mm' height='5mm'>", None),
            ("<svgfoo width='1' height='1'>", None),
            ("<svg width='0' height='1'>", None),
            ("<svg width='é", None),
            ("<svg viewBox='0 0 1e99 1'>", None),
            ("text", None),
        ] {
            assert_eq!(svg(text), size, "{text}");
        }
    }

    #[test]
    fn a_broken_image_has_no_size() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x03\0\0\0\x02";
        assert_eq!(dimensions(png), Some((3, 2)));
        for end in 0..png.len() {
            assert_eq!(dimensions(&png[..end]), None, "{end}");
        }
        for start in [&b"\xFF\xD8\xFF"[..], b"GIF89a", b"RIFF\0\0\0\0WEBPVP8 ", b"RIFF\0\0\0\0WEBPVP8X"] {
            let mut seed = 7_u32;
            for length in 0..600 {
                let noise = (0..length).map(|_| {
                    seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    seed.to_be_bytes()[0]
                });
                let _ = dimensions(&start.iter().copied().chain(noise).collect::<Vec<_>>());
            }
        }
    }
}
