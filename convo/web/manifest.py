"""What a tablet is told when convo is put on its home screen."""

from typing import Any

from convo.web.templating import asset

THEME, PAPER = "#0b5d5e", "#fbf8f3"  # --teal and --paper of convo.css, which a manifest cannot read


def manifest() -> dict[str, Any]:
    """Return the web app manifest: convo's name, its colours, and its icons."""
    return {
        "name": "convo",
        "short_name": "convo",
        "id": "/",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "lang": "en",
        "theme_color": THEME,
        "background_color": PAPER,
        "icons": [
            _icon("icon-192.png", 192, "any"),
            _icon("icon-512.png", 512, "any"),
            _icon("icon-maskable-512.png", 512, "maskable"),
        ],
    }


def _icon(filename: str, size: int, purpose: str) -> dict[str, str]:
    return {"src": asset(filename), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
