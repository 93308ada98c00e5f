import platform
from pathlib import Path

import pytest

from cnnviz.machine import processor_name


def test_the_cpu_model_is_named_where_the_system_reports_it():
    facts = Path("/proc/cpuinfo")
    if not facts.exists() or "model name" not in facts.read_text():
        pytest.skip("this system does not tell its processor's model")
    assert processor_name() in facts.read_text()
    assert processor_name() != platform.machine()


@pytest.mark.parametrize("text", ["", "model name\t: \n", "flags: fpu\n"])
def test_without_a_model_name_it_is_the_architecture(monkeypatch, text):
    monkeypatch.setattr(Path, "exists", lambda path: True)
    monkeypatch.setattr(Path, "read_text", lambda path: text)
    assert processor_name() == (platform.processor() or platform.machine())
