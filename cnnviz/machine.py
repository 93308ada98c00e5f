"""What this machine is called where a measurement says on what it was made."""

from __future__ import annotations

import platform
from pathlib import Path


def processor_name() -> str:
    """The processor's model where the system tells it, else its kind ("x86_64")."""
    facts = Path("/proc/cpuinfo")
    if facts.exists():
        for line in facts.read_text().splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name" and value.strip():
                return value.strip()
    return platform.processor() or platform.machine()
