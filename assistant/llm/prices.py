"""What an answer cost: by the user's own prices, else by the dated table beside this file, else unknown."""

from __future__ import annotations

import functools
import json
import re
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .reply import Usage
    from .settings import ModelSettings

_DATED = re.compile(r"-\d{4}-\d{2}-\d{2}$")


def price(model: str, usage: Usage, settings: ModelSettings) -> tuple[float | None, str | None]:
    """(USD, whose prices), or (None, None) when nobody states a price for this model at this server and this size.

    The table holds OpenAI's standard rates and is used for OpenAI only. Cached input is counted at the full rate, so a
    cost by the table is an estimate.
    """
    if settings.price_in is not None and settings.price_out is not None:
        return _cost(usage, settings.price_in, settings.price_out), "yours"
    table = _table()
    row = table["models"].get(_DATED.sub("", model)) if settings.is_openai else None
    if row is None or usage.input_tokens > row["input_limit"]:
        return None, None
    return _cost(usage, row["input"], row["output"]), f"prices.json {table['read']} {row['source']}"


def _cost(usage: Usage, price_in: float, price_out: float) -> float:
    return (usage.input_tokens * price_in + usage.output_tokens * price_out) / 1_000_000


@functools.cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = json.loads(files(__package__).joinpath("prices.json").read_text("utf-8"))
    return table
