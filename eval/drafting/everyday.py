"""Everyday questions that no paper's abstract answers: a good assistant for papers declines them."""

from __future__ import annotations

import random
from typing import Any

from .drafts import identified

QUESTIONS = (
    "How long should I boil an egg so that the yolk stays soft?",
    "Which tram goes from the main station to the old harbour?",
    "What should I give my neighbour for her seventieth birthday?",
    "How do I get a red wine stain out of a white tablecloth?",
    "When do the shops close on Sundays in a small town?",
    "How much does it cost to rent a van for a weekend?",
    "Which side of the bed should the reading lamp stand on?",
    "What time does the sun set in Lisbon at the end of June?",
    "How do I renew a passport that was lost abroad?",
    "Who won the village chess tournament last spring?",
    "How often should I water a cactus in winter?",
    "What is a good name for a grey cat?",
    "How do I tie a bow tie by myself?",
    "Can I take a cheese in my hand luggage on a plane?",
    "Why does my bicycle squeak when I brake in the rain?",
    "What do I need to bring to a wedding in the mountains?",
    "How long does a letter take from Oslo to Madrid?",
    "Which paint is best for a wooden garden fence?",
    "How do I cancel a gym membership before its end?",
    "What is the phone number of the nearest pharmacy?",
    "How do I fold a fitted sheet so that it lies flat?",
    "Where can I buy second-hand ski boots in my size?",
    "Should I put milk into the cup before or after the tea?",
    "What is the speed limit on country roads in Portugal?",
)


def drawn(n: int, seed: int) -> list[dict[str, Any]]:
    """So many of them, at most all, by seed."""
    chosen = random.Random(f"everyday {seed}").sample(QUESTIONS, min(n, len(QUESTIONS)))  # noqa: S311 - no secret
    return [
        {
            "id": identified("far", text),
            "type": "unanswerable_far",
            "question": text,
            "answerable": False,
            "drafted_by": "list",
        }
        for text in chosen
    ]
