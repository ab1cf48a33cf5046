"""A rate as a scorer gives it, corrected by how often that scorer errs (Rogan and Gladen, 1978)."""

from __future__ import annotations

from dataclasses import dataclass

CAVEAT = (
    "The correction takes the scorer to err here as often as it does on the labelled sets; on other text it may not."
)


@dataclass(frozen=True, slots=True)
class Corrected:
    """`rate` is 0..1, or None where it cannot be known; `caveat` says what a reader must know of it."""

    rate: float | None
    caveat: str


def corrected_rate(rate: float, sensitivity: float, specificity: float) -> Corrected:
    """The share of sentences that truly are supported, from the share `rate` that the scorer calls supported.

    (rate + specificity - 1) / (sensitivity + specificity - 1): Rogan and Gladen, American Journal of Epidemiology
    107 (1978), 71-76. sensitivity: of what people call supported, the share that the scorer calls so; specificity: of
    what they do not, the share that it does not. All are 0..1; ValueError otherwise. A scorer whose two figures come
    to 1 or less tells nothing about the truth, so there is no rate. One outside 0..1 is moved to the nearer end.
    """
    for name, value in (("rate", rate), ("sensitivity", sensitivity), ("specificity", specificity)):
        if not 0.0 <= value <= 1.0:
            raise ValueError(f"{name} is {value}, not within 0..1")
    informed = sensitivity + specificity - 1.0
    if informed <= 0.0:
        shown = f"sensitivity {sensitivity:.3f} and specificity {specificity:.3f}"
        return Corrected(None, f"With {shown} the scorer is no better than chance: nothing can be corrected by it.")
    found = (rate + specificity - 1.0) / informed
    if not 0.0 <= found <= 1.0:
        outside = f"It came to {found:.3f} and was moved into 0..1: here the scorer errs otherwise than there."
        return Corrected(min(max(found, 0.0), 1.0), f"{CAVEAT} {outside}")
    return Corrected(found, CAVEAT)
