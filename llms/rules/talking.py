"""Clauses that want words only; what cannot be answered is said plainly."""

from __future__ import annotations

import re

from minidalle3.llms.rules.choose import meant
from minidalle3.llms.rules.conversation import Situation
from minidalle3.llms.rules.moves import Move, Rule, Say, rule
from minidalle3.llms.rules.picking import listing

LLM = "An LLM in my place would answer: set `MINIDALLE3_LLM=openai:gpt-5`, or another provider:model, and start again."
WHO = (
    "I am the offline assistant of Mini-DALLE3: a set of rules, without any language model behind them and without a "
    "network. I draw what you describe, change it, show more like it, and keep every version. " + LLM
)
UNKNOWN = "That I cannot answer: I am rule-based and offline, and know nothing but how to talk about drawing. " + LLM
HELP = {
    False: "You could say “draw a cute dog”, “a sticker of a fox in the snow”, or “show me three versions "
    "of a red car”.",
    True: "You could say “make it run near the river”, “in pixel art style”, “show me two more”, or “undo”.",
}


def lost(situation: Situation) -> Say:
    """Nothing was understood: say so and show what is."""
    return Say(
        f"I did not understand that; I only follow simple requests about drawing. {HELP[bool(situation.current)]}", 0
    )


def _prompt(found: re.Match[str], situation: Situation) -> Move:
    picture = meant(found.group(), situation) or situation.current
    if not picture:
        return Say("There is no picture yet, so there is no prompt either.", 4)
    return Say(f"{picture.id} was asked for as: “{picture.description}”.", 4)


def _which(found: re.Match[str], situation: Situation) -> Move:
    return Say(listing(situation), 4)


def _many(found: re.Match[str], situation: Situation) -> Move:
    count = len(situation.pictures)
    return Say(
        f"There {'is one picture' if count == 1 else f'are {count} pictures'} so far." if count else listing(situation),
        4,
    )


def _name(found: re.Match[str], situation: Situation) -> Move | None:
    """Who somebody is, as far as the person told."""
    names = situation.names or {}
    asked = next((name for name in names if re.search(rf"\b{re.escape(name)}\b", situation.words, re.IGNORECASE)), None)
    asked = asked or (list(names)[-1] if names and "name" in found.group() else None)
    if asked:
        return Say(f"{asked.capitalize()} is what you called {names[asked]}.", 4)
    return Say("You have not told me a name yet.", 4) if "its name" in found.group() else None


def _seen(found: re.Match[str], situation: Situation) -> Move | None:
    """A question about what is in the picture: answered from its description only."""
    if not situation.current:
        return None
    return Say(
        f"I do not see pixels, I only know the words: {situation.current.id} was asked for as "
        f"“{situation.current.description}”.",
        3,
    )


def _christened(found: re.Match[str], situation: Situation) -> Move | None:
    name = next((n for n in situation.names or {} if re.search(rf"\b{re.escape(n)}\b", found.string, re.I)), None)
    if not name:
        return None
    name = name.capitalize()
    return Say(f"{name}, a fine name. I will remember it. Say for example “show me {name} at night”.", 2)


def says(pattern: str, text: str, weight: int = 1) -> Rule:
    """A rule whose answer is always the same."""
    return rule(pattern, lambda found, situation: Say(text.format(help=HELP[bool(situation.current)]), weight))


PRAISE: tuple[Rule, ...] = (
    says(
        r"^(?:(?:give|send) (?:my|our) \w+|have an? (?:nice|good|great|lovely) |take care|keep (?:it )?up|drop "
        r"(?:me|us) |"
        r"let (?:me|us) (?:know|think|ask|check|show it to)|put a smile on my|(?:two )?thumbs up|(?:not |no "
        r")?(?:a )?fan of|"
        r"a (?:bit|little) [\w-]+$|three cheers)",
        "That is good to hear. {help}",
        1,
    ),
    says(
        r"^(?:(?:please )?(?:give|allow|grant|spare) (?:me|us)|(?:i|we) (?:need|want)|(?:hold|hang) on|wait|just|one)"
        r"(?:,? (?:for )?(?:an?|one|just a|another))? ?(?:minute|second|sec|moment|min|while|break|day|hour|"
        r"hint|hand|chance|"
        r"call|clue)s?\b(?!.*\bdraw)|^(?:hold|hang) on\b|^wait\b(?!.*\b(?:draw|make)\b)",
        "Take your time. I am here.",
        2,
    ),
    says(
        r"^(?:(?:that|it|this)(?:'s| is| was) )?not (?:too |so |that |half )?(?:bad|shabby)(?: at all)?$",
        "I am glad you like it. If anything should be different, just say so.",
        2,
    ),
    says(
        r"^(?:(?:that|it|this)(?:'s| is| was) )?not (?:very |so |really |that |quite )?(?:good|great|nice|right|pretty|"
        r"cute|funny|it|like (?:this|that)|what i .*)$",
        "I am sorry it is not what you had in mind. Tell me what to change, or say “another one” or “undo”.",
        2,
    ),
    says(
        r"^(?:(?:that|it|this)(?:'s| is| was) )?(?:(?:so|very|really|much|far|way) )?(?:much better|interesting|"
        r"hilarious|impressive|a (?:million|lot|ton)|(?:so|much|way) (?:better|cuter|nicer)|got it|alright|exactly .*|"
        r"(?:my|our) \w+ (?:is|are|was|were) (?:thrilled|laughing|happy|delighted)\b.*)$"
        r"|^(?:that|it|this|you) (?:made|makes) (?:my|her|his|our) (?:day|week)$|^they make a\b",
        "I am glad you like it. If anything should be different, just say so.",
        2,
    ),
)

ABOUT_PICTURES: tuple[Rule, ...] = (
    rule(
        r"^(?:what|which|tell me|show(?: me)?|give(?: me)?|can i see|repeat)\b.*\b(?:prompts?|"
        r"description)\b(?!.*\binto\b)",
        _prompt,
    ),
    rule(
        r"^(?:list|which|what|show(?: me)?|tell me)\b(?: \w+){0,3} (?:pictures|images|versions|"
        r"drawings)\b.*(?:are there|do (?:we|you|i) have|have (?:we|you|i)|so far|did (?:you|we)|exist|"
        r"draw|made?|list)?$(?<!of it)|^list (?:them|all|everything|pictures)\b",
        lambda f, s: (
            _which(f, s)
            if re.search(
                r"are there|have|so far|did|exist|^list|all (?:the )?(?:pictures|images|versions)|drawn",
                f.group(),
                re.I,
            )
            else None
        ),
    ),
    rule(r"^how many (?:pictures|images|versions|drawings|of them)\b", _many),
    rule(
        r"^(?:what(?:'s| is) (?:its|his|her) name|who(?:'s| is) \w+|what did (?:i|we) (?:call|name)\b.*|"
        r"do you (?:remember|know) (?:its|his|her) name.*)$",
        _name,
    ),
    rule(
        r"^(?:what(?:'s| is| are) (?:in )?(?:it|this|that|on it)(?: (?:doing|wearing|holding|in it|made "
        r"of|called))?|describe it|what do you see|what colou?rs? is (?:it|its .+)|"
        r"(?:is|are|does|do|has|did) (?:it|they|its \w+|there) .+|who (?:is|are) (?:in )?(?:it|the .+)|"
        r"which (?:style|colou?r|place) .+|what (?:style|kind|breed|place|time|animal) .*\b(?:it|this|"
        r"that)\b.*|"
        r"why (?:is|does|did|are) (?:it|its|you) .+|what does it (?:show|mean)|how (?:big|large|old|tall) "
        r"is it.*)$",
        _seen,
    ),
)

SMALL_TALK: tuple[Rule, ...] = (
    says(
        r"\b(?:what|who) (?:exactly )?are you\b|\bwhat(?:'s| is) your name\b|\bare you (?:an? |the |"
        r"really |chat ?gpt|gpt|claude|human|real|llm|offline|robot|ai|bot|dall)|\bwhich (?:model|llm) "
        r"(?:are|do) you\b|\bintroduce yourself\b|\btell me about yourself\b|\bwho (?:made|built|created|"
        r"trained) you\b|\bdo you use (?:gpt|an? llm|ai)\b",
        WHO,
        5,
    ),
    says(
        r"\b(?:what (?:else )?can you (?:do|draw|make)|what (?:can|could|do|should) i (?:do|say|ask|type)|"
        r"how (?:do|does|can) (?:i use )?(?:you|this|it) work|how (?:do|can) i use (?:you|this|it)|can "
        r"you (?:draw|paint|generate|make|create)(?: pictures?| images?| things?| anything)?$|^(?:draw|"
        r"paint|help|help me|generate images?|draw pictures)$)",
        "I draw from your words, change pictures step by step, show more like one, go back, and refine. {help}",
        3,
    ),
    says(
        r"\bhow (?:do|can) i (?:connect|use|set|add|get|switch)\b.*\b(?:llm|gpt|model|claude|openai|"
        r"ollama)\b",
        "Set `MINIDALLE3_LLM=provider:model` before you start, for example "
        "`MINIDALLE3_LLM=openai:gpt-5`, with that provider's key; `minidalle3 doctor` tells what is "
        "missing.",
        4,
    ),
    says(
        r"^(?:looks (?:weird|bad|wrong|strange|ugly|awful)|i (?:really )?(?:don't|do not) (?:really "
        r")?like (?:it|this|that|them).*|(?:it|this|"
        r"that)(?:'s| is| looks) (?:\w+ )?(?:bad|ugly|wrong|terrible|awful|weird|strange|not (?:good|"
        r"right|what i .*|nice|great)).*|(?:bad|ugly|wrong|terrible|awful|yuck|i hate (?:it|this|that)))$",
        "I am sorry it is not what you had in mind. Tell me what to change, or say “another one” or “undo”. {help}",
        3,
    ),
    says(
        r"\b(?:save|download|export|print)\b",
        "Every picture is a PNG file in the gallery already; `minidalle3 say` prints its path, and the "
        "page can save it.",
        4,
    ),
    says(r"^(?:surprise me|(?:\w+ ){1,3}(?:something|anything).*)$", "Gladly, but I need a word or two. {help}", 3),
    says(
        r"^(?:hi|hello|hey|good (?:morning|afternoon|evening|day)|greetings|yo|howdy)(?: there| again| "
        r"everyone| assistant)?\b",
        "Hello! Tell me what you would like to see. {help}",
        1,
    ),
    says(
        r"^how (?:are you|do you do|is it going|are things)\b|^what's up\b",
        "I am only rules, so I am always the same, and ready to draw. {help}",
        2,
    ),
    says(
        r"\b(?:thanks|thank you|thx|cheers|much appreciated)\b",
        "You are welcome. Tell me whenever something should change.",
        2,
    ),
    says(
        r"^(?:bye|goodbye|see you|good night|good bye|that's all|that is all|i'm done|see ya)\b",
        "Goodbye! Everything we drew is kept for next time.",
        2,
    ),
    says(
        r"^(?:ok(?:ay)?|yes|yeah|yep|sure|fine|alright|right|hmm+|well|so|no|nope|nothing|never ?mind|not "
        r"now|continue|go on|next)$",
        "Very well. {help}",
        0,
    ),
    says(r"^(?:sorry|my bad|oops)\b", "No harm done. {help}", 1),
    says(
        r"^(?!(?:do|does|did|is|are|what|why|how|who|can) ).*\b(?:great|good|cool|nice|awesome|wow|"
        r"perfect|amazing|beautiful|lovely|love (?:it|this|these|"
        r"them|that)|like (?:it|this|these|them|that)|excellent|wonderful|fantastic|impressive|cute|"
        r"pretty|well done|funny|haha|adorable|brilliant|gorgeous|strong|neat|sweet|incredible|stunning|"
        r"superb|happy|fun|best)\b(?!.*\?)",
        "I am glad you like it. If anything should be different, just say so.",
        1,
    ),
    rule(r"\b(?:name|call(?:ed|s)?|named)\b", _christened),
)

WORLD: tuple[Rule, ...] = (
    says(
        r"^(?:what|who|whom|whose|when|where|why|how|which|is|are|was|were|do|does|did|has|have|had|can|"
        r"could|should|would|will|may|am|tell me|explain|define|translate|calculate|compute|solve|write|"
        r"summari[sz]e|say|list|give me|read|search|play|code|sing|name|teach|recommend|help me)\b",
        UNKNOWN,
        2,
    ),
)
