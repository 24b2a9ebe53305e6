"""Free loopback ports for servers of our own."""

from __future__ import annotations

import random
import socket

# Below the ports that systems give to outgoing connections, one of which could take ours before we listen.
CANDIDATES = range(20_000, 32_000)


def free_port(host: str = "127.0.0.1") -> int:
    """Return a port of ``host`` on which nobody listens right now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for port in random.sample(CANDIDATES, len(CANDIDATES)):
        with socket.socket(family) as probe:
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    raise OSError(f"no port of {host} is free")
