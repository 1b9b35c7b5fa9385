"""The deployer's policy: one function of their own over what is to be drawn, what came of it, and what is uploaded."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

Policy: TypeAlias = Callable[[str, Any], Awaitable[str | None]]
"""Asked with a prompt and None before anything is drawn, then with the prompt and the finished picture (RGB, Pillow);
of an upload, with the picture and the prompt of the recipe inside it, or an empty one. Answers why it refuses, in words
for the person, or None."""

REFUSED = "The policy of this server refuses it"
logger = logging.getLogger(__name__)


async def refusal(policy: Policy | None, prompt: str, picture: Any = None) -> str | None:
    """What the person is told when the policy says no; a policy that fails lets nothing pass."""
    if policy is None:
        return None
    try:
        why = await policy(prompt, picture)
    except Exception:
        logger.exception("The policy failed.")
        return f"{REFUSED}: it could not be checked. Try it again."
    return f"{REFUSED}: {why}" if why else None
