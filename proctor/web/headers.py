"""Security headers, on every response, errors and static files included."""

from __future__ import annotations

from flask import Flask, g
from flask.globals import request_ctx

from proctor.web.application import Answer

CONTENT_SECURITY_POLICY = {
    "default-src": "'none'",
    "script-src": "'self' 'wasm-unsafe-eval'",
    "worker-src": "'self' blob:",
    "connect-src": "'self'",
    "img-src": "'self' data: blob:",
    "media-src": "'self' blob:",
    "style-src": "'self'",
    "font-src": "'self'",
    "base-uri": "'none'",
    "object-src": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
DEFAULT_POLICY = "; ".join(f"{name} {value}" for name, value in CONTENT_SECURITY_POLICY.items())
NO_DEVICES = "camera=(), microphone=(), display-capture=(), geolocation=(), payment=(), usb=()"
CANDIDATE_DEVICES = (
    "camera=(self), microphone=(self), display-capture=(self), fullscreen=*, geolocation=(), payment=(), usb=()"
)

EVERYWHERE = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)
# The candidate's page must know whether the exam's own window is still open; others let go of what they open.
FOR_CANDIDATES = (
    *EVERYWHERE,
    ("Permissions-Policy", CANDIDATE_DEVICES),
    ("Cross-Origin-Opener-Policy", "same-origin-allow-popups"),
)
FOR_OTHERS = (*EVERYWHERE, ("Permissions-Policy", NO_DEVICES), ("Cross-Origin-Opener-Policy", "same-origin"))


def install(app: Flask) -> None:
    """Add the headers to every response of ``app``."""
    app.after_request(_add)


def allow_frame(origin: str) -> None:
    """Let the page being answered hold a frame of ``origin``."""
    g.frame_origin = origin


def allow_devices() -> None:
    """Let the page being answered ask for camera, microphone and screen."""
    g.may_use_devices = True


def _add(response: Answer) -> Answer:
    said = g.get
    fixed: tuple[tuple[str, str], ...] = FOR_CANDIDATES if said("may_use_devices") else FOR_OTHERS
    if "Content-Security-Policy" not in response.headers:
        frame_origin = said("frame_origin")
        policy = f"{DEFAULT_POLICY}; frame-src {frame_origin}" if frame_origin else DEFAULT_POLICY
        fixed = (*fixed, ("Content-Security-Policy", policy))
    if request_ctx.request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    if request_ctx.app.config["SESSION_COOKIE_SECURE"]:
        fixed = (*fixed, ("Strict-Transport-Security", "max-age=31536000"))
    response.fixed_headers = (*fixed, ("X-Request-Id", said("request_id", "-")))
    return response
