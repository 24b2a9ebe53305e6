"""How workers tell the application what happens to them."""

from __future__ import annotations


def call_hook(application: object, name: str) -> None:
    """Call the application's method ``name`` where it has one.

    ``on_worker_start`` once it is loaded, for background work; ``on_worker_stop`` when the worker is told to end, to
    hang up websockets; ``on_worker_exit`` after the last request, to close connections.
    """
    hook = getattr(application, name, None)
    if hook is not None:
        hook()
