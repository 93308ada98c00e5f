"""Human-readable CPU name for benchmark records."""

import platform
from pathlib import Path


def processor_name() -> str:
    """The CPU model if the system reports it, else its architecture ("x86_64")."""
    facts = Path("/proc/cpuinfo")
    if facts.exists():
        for line in facts.read_text().splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name" and value.strip():
                return value.strip()
    return platform.processor() or platform.machine()
