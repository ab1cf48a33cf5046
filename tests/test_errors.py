"""The error tree: one root, sentences with cures, and a machine-readable form."""

from __future__ import annotations

import pytest

from assistant import errors

KINDS = [value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, Exception)]


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_is_an_assistant_error_with_a_docstring(kind: type[errors.AssistantError]):
    assert issubclass(kind, errors.AssistantError)
    assert kind.__doc__
    assert kind.__name__ in (errors.__doc__ or "")


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_reads_as_what_happened_and_its_cure(kind: type[errors.AssistantError]):
    error = kind("The lamp is out.", cure="Light it.", retryable=True)
    assert str(error) == "The lamp is out. Light it."
    assert error.to_dict() == {
        "type": kind.__name__,
        "message": "The lamp is out.",
        "cure": "Light it.",
        "retryable": True,
    }


def test_an_error_without_a_cure_ends_cleanly():
    assert str(errors.PapersError("The lamp is out.")) == "The lamp is out."
