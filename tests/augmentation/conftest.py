"""Small data, as training has it."""

from tests.training.conftest import small_data  # noqa: F401 - a fixture
