"""Commands, run in this process."""

import pytest

from cnnviz.__main__ import main


@pytest.fixture
def run(capsys):
    """Runs a command and gives its exit code, output and errors."""

    def command(*arguments):
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as stopped:
            code = stopped.code
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return command


@pytest.fixture
def refused(run):
    """Runs a command that must end with exit code 2 and one sentence, and gives the sentence."""

    def command(*arguments):
        code, out, err = run(*arguments)
        assert code == 2
        assert not out
        assert err.endswith(".\n"), err
        assert err.count("\n") == 1, err
        return err

    return command
