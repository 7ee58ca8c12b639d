"""The headers that every response carries, written by hand and held by a test.

The two libraries for it either break Flask-WTF over https (``no-referrer``: its check of the Referer then
refuses every form) or know nothing of Trusted Types.
"""

from flask import Flask, request
from flask.wrappers import Response

from convo.web.templating import version_of

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        # twice in the page without wifi, which becomes one of the hour: each brings the module that makes it
        "trusted-types convo 'allow-duplicates'",
    )
)

_ALWAYS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
}

# Its address holds the hash of it, and only the staff of the school are given it.
_BY_CONTENT = frozenset({"access.logo"})

# These hold no personal data, and the service worker has to be able to keep them.
_WITHOUT_DATA = frozenset({"/sw.js", "/offline", "/manifest.webmanifest"})


def init_headers(app: Flask) -> None:
    """Add the headers to every response of the app, error pages included."""
    app.after_request(_add_headers)


def _add_headers(response: Response) -> Response:
    response.headers.update(_ALWAYS)
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    response.headers["Cache-Control"] = _cache_control(response.status_code)
    return response


def _cache_control(status: int) -> str:
    if status < 400 and request.endpoint == "static":
        # The address holds the hash of the content, so it never changes. A page that is older than the
        # school's convo asks with an older one: that is not kept, as it may be right again after a step back.
        asked, filename = request.args.get("v"), (request.view_args or {})["filename"]
        return "public, max-age=31536000, immutable" if asked == version_of(filename) else "no-cache"
    if status < 400 and request.endpoint in _BY_CONTENT:
        return "private, max-age=31536000, immutable"
    if status < 400 and request.path in _WITHOUT_DATA:
        return "no-cache"
    return "no-store"
