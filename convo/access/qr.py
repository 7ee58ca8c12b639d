"""Square codes for phones, as pictures that a page can hold under the content security policy."""

import segno


def qr_image(text: str) -> str:
    """Return a QR code as the ``data:`` address of an SVG picture, for ``<img src>``."""
    address: str = segno.make_qr(text, error="m").svg_data_uri(
        scale=5, border=3, dark="#22303a", light="#fff"
    )
    return address
