"""A message as the clauses to be understood one by one, without manners and interjections."""

from __future__ import annotations

import re

from minidalle3.llms.rules.tables import DRAWABLE

LONGEST = 4000
_START = (
    r"(?:can|could|would|will) (?:you|we|i|it)|please|make|draw|show|give|add|remove|change|turn|put|"
    r"replace|let(?:'s)?|"
    r"what|where|who|why|how|do you|don't|i (?:like|love|want|would|need|don't|prefer)|i'd|it (?:is|"
    r"should|looks|needs)|"
    r"it's|he is|she is|now|then|but|the (?:theme|style|background)|in the following|its name|keep|"
    r"undo|generate|create|so (?:make|please|let|draw|do|try|give|show|put)|(?:take|keep|use) (?:that|this|it)\b|"
    r"paint|with the|this time|so (?:an?|something|i)|(?:more|fewer|less) \w+$|"
    r"use|\w+ (?:it|him|her|them)(?: \w+){0,3}$|"
    r"and (?:then |also |now )?(?:make|put|add|give|change|turn|remove|draw|paint|let|show|have it|could you|can you)"
)
_CUT = re.compile(
    rf"\.\.+|[.!?;。！？](?=[\s\"')]|$)[\"')]*|\s--+\s|\s[—–]\s|\n+|,\s+(?=(?:{_START})\b)|\s+(?=and "
    rf"(?:then |also |now )?"
    r"(?:make|put|add|give (?:it|him|her|them)|change|turn|remove|could you|can you|(?:i|we)(?:'d| need| want|"
    r" would))\b)",
    re.IGNORECASE,
)
_STRAIGHT = str.maketrans("’‘“”…`", "''\"\".'")
_QUOTED = re.compile(r"\"[^\"\n]{1,200}\"")
_PRIVATE = {ord(mark): 0xE000 + i for i, mark in enumerate(".!?;,-\n")}
_PUBLIC = {0xE000 + i: mark for i, mark in enumerate(".!?;,-\n")}
_INTERJECTION = re.compile(
    r"(?:ok(?:ay)?|great|good|cool|nice|awesome|wow|perfect|thanks|thank you|thx|yes|yeah|yep|sure|"
    r"although|though|except(?: that)?|well|hi|hello|hey|please|"
    r"now|then|so|and(?! (?:an?|some|two) )|but|also|next(?! (?:up|page|scene|chapter|panel)\b)|oh|ah|haha|actually|"
    r"h+m+|um+|nah|alright|right|"
    r"fine|this time|maybe|perhaps|"
    r"lovely|excellent|fantastic|wonderful|amazing|beautiful|aw+|sorry|no(?=\s*[,!])|i think|i guess|"
    r"i feel like|yo|dude|bro|lol|"
    r"(?:i )?(?:really )?(?:love|like) (?:it|this|that|them|these)(?=\s*[,!])|(?:not bad|nice one|good job|well done)"
    r"(?=\s*[,!]))(?:\s*[,!:]+\s*|\s+)",
    re.IGNORECASE,
)
_MANNERS = re.compile(
    r"(?:(?:can|could|would|will|won't|can't) (?:you|your|u|we|ya) (?!mind\b|rather\b|ever\b|prefer\b|"
    r"consider\b|agree\b)(?:(?:please|kindly|possibly|maybe|"
    r"perhaps|also|now|then|just|"
    r"instead|try to|be able to|be willing to|help me(?: to)?(?! with\b| out\b)|help (?:us )?(?:to )?(?!me\b|"
    r"with\b|out\b))\s+)*|could (?:it|he|she) please |"
    r"(?:i would|i'd|we'd|we would) (?:really )?(?:like|love) (?:for )?(?:you )?to (?:see )?|would you mind |"
    r"i(?: really)? (?:want|need|wish) (?:for )?you to |i(?: really)? want to (?:draw|see|make|design|"
    r"create|have|get|paint) |"
    r"i wanna (?:see )?|help me (?:to )?(?!with\b|out\b)|let us |let's (?:try (?:and |to )?)?|(?:please|kindly|just|"
    r"try to|go ahead and) |"
    r"(?:is|would) it (?:be )?possible (?:for (?:you|me|us) )?to (?:have |get (?!rid\b)|see )?|"
    r"(?:i(?:'m| am| was) (?:just )?wondering|(?:i(?:'d| would)|it(?:'d| would)) (?:be |really |just )*"
    r"(?:grateful|appreciate it|love it|happy|glad|great|nice|lovely|good|cool|awesome|ok|okay)|would it be "
    r"(?:ok|okay|fine)) (?:if|whether) (?:you|we|i) (?:can|could|might|would|may) (?:please |perhaps |maybe )*"
    r"(?:be (?:so )?(?:very )?(?:kind|nice|good)(?: enough| as)? (?:to|and) )?|"
    r"(?:please )?be (?:so )?(?:kind|nice|good)(?: enough| as)? (?:to|and) |"
    r"are you able to (?=\w+ (?:me|us|an?|the|some|it|this|that|\d)\b)|"
    r"(?:can|could|may|might) (?:i|we) (?:ask|trouble|bother|beg) (?:you )?(?:to|for) |"
    r"(?:(?:do|would) you )?(?:think|reckon|suppose) (?:that )?you (?:can|could) |(?:how|what) about |what if "
    r"we |why don't you |"
    r"any chance (?:that )?(?:you|we|i) (?:can|could|might) (?:get |have |see )?|do me a favou?r and |"
    r"i would be (?:happy|glad) to (?:get|have|see) |time for (?=an? )|feel free to |"
    r"(?:i'd|i would|we'd|we would) (?:rather |maybe |just )?"
    r"(?=(?:swap|replace|change|add|remove|make|put|turn|give|drop|lose|move|paint|colou?r)\b)|"
    r"you (?:can|could|should|must|may) )",
    re.IGNORECASE,
)
_TRAIL = re.compile(
    r"(?:\s*,?\s*(?:please|for me|for us|thanks|thank you|pls|plz|if you can|if possible|will you|would you))+$", re.I
)
_LEADING_GERUND = re.compile(r"(mak|draw|paint|add|giv|chang|turn|remov|show|generat|creat|putt|replac|hav)ing\b", re.I)
_VERB_ENDS = {
    "mak": "make",
    "giv": "give",
    "chang": "change",
    "remov": "remove",
    "generat": "generate",
    "creat": "create",
    "putt": "put",
    "replac": "replace",
    "hav": "have",
}


_SHORT = {
    "gimme": "give me", "pls": "please", "plz": "please", "sth": "something", "w/o": "without", "w/": "with ",
    "dont": "don't", "doesnt": "doesn't", "isnt": "isn't", "cant": "can't", "im": "I'm", "id": "I'd", "ur": "your",
    "shes": "she's", "hes": "he's", "teh": "the", "cna": "can", "kan": "can",
    "thats": "that's", "whats": "what's", "lets": "let's", "bg": "background",
}  # fmt: skip
"""How people write who are in a hurry."""
_SHORT_FORM = re.compile(rf"(?<![\w/])(?:{'|'.join(_SHORT)})(?!\w)", re.IGNORECASE)
_VERBS = ("remove", "change", "replace", "generate", "create", "delete", "draw", "paint", "make", "show", "refine")


def plain(text: str) -> str:
    """Straight quotes, no markup, no photo marks, single spaces; long texts keep their beginning."""
    text = text[:LONGEST].translate(_STRAIGHT)
    text = re.sub(r"\[photo #\d+\]|[<>]|[\x00-\x09\x0b-\x1f]", " ", text)
    text = _SHORT_FORM.sub(lambda found: _SHORT[found.group().lower()], text)
    return re.sub(r"[^\S\n]+", " ", text).strip()


def split(text: str) -> tuple[str, ...]:
    """The clauses of plain text; what stands in quotes is never cut."""
    hidden = _QUOTED.sub(lambda found: found.group().translate(_PRIVATE), text)
    parts = (part.strip(" ,:-\n") for part in _CUT.split(hidden))
    return tuple(part.translate(_PUBLIC) for part in parts if part)


def core(clause: str) -> str:
    """The clause without interjections and manners: "Good! Can you please draw a dog" -> "draw a dog"."""
    clause = _TRAIL.sub("", clause.strip(" ,")) or clause
    for pattern in (_INTERJECTION, _MANNERS, _INTERJECTION, _MANNERS):
        for _ in range(3):
            found = pattern.match(clause)
            if not found or not clause[found.end() :].strip():
                break
            clause = _kept_verb(found.group()) + clause[found.end() :].strip()
    return (
        _LEADING_GERUND.sub(lambda found: _VERB_ENDS.get(found[1].lower(), found[1]), clause, count=1)
        if _LEADING_GERUND.match(clause)
        else _spelt(clause)
    )


def _spelt(clause: str) -> str:
    """A verb at the beginning with letters in the wrong order, or one missing, put right: "remvoe the hat"."""
    first, space, rest = clause.partition(" ")
    word = first.lower()
    if not space or word in DRAWABLE or word in _VERBS:
        return clause
    for verb in _VERBS:
        lost = len(word) == len(verb) - 1 > 3 and any(verb[:at] + verb[at + 1 :] == word for at in range(1, len(verb)))
        if lost or (word[0] == verb[0] and sorted(word) == sorted(verb)):
            return f"{verb} {rest}"
    return clause


def _kept_verb(manners: str) -> str:
    """As in "I want to draw" is manners but for its verb; wanting to see or have a picture is asking for it."""
    found = re.search(r"want to (draw|see|make|design|create|have|get|paint) $", manners, re.IGNORECASE)
    if found:
        return {"have": "show ", "get": "show ", "see": "show "}.get(found[1].lower(), f"{found[1]} ")
    return "show " if re.search(r"(?:to|wanna) see $", manners, re.IGNORECASE) else ""
