"""Clauses that change the picture in question: how they are worded, and what they do."""

from __future__ import annotations

import re

from minidalle3.llms.rules import changes, removal
from minidalle3.llms.rules.editing import (
    REFUSED,
    backdrop,
    change_part,
    fragment,
    give,
    main_colour,
    one,
    put_in,
    some,
    swap,
    take_out,
    to,
    to_predicate,
    too_much,
    where,
)
from minidalle3.llms.rules.english import is_gerund
from minidalle3.llms.rules.moves import Change, Rule, rule

_SEE = (
    r"(?:draw|show|paint|imagine|picture|see|visuali[sz]e|render|generate|create|depict|illustrate|"
    r"have|get|put|let|make|keep|bring|send|place|set)"
)
_PLACED = (
    r"(?:in|on|at|near|by|under|behind|beside|next to|inside|with|without|wearing|as|into|onto|over|above|doing|being)"
)

EDITS: tuple[Rule, ...] = (
    rule(
        r"^(?:and |but )?it(?: again| once more)?,? "
        r"(?P<pred>(?:with|in|on|at|as|without|wearing|near|by|under|holding|behind) .+)$",
        to_predicate,
    ),
    rule(
        r"^(?:make|paint|turn|colou?r) (?:everything|all of it|the whole (?:thing|picture|scene)) (?P<pred>.+)$",
        to_predicate,
    ),
    rule(r"^(?:i(?:'d| would)? )?(?:rather have|prefer) (?P<pred>(?:an?|some) .+)$", to_predicate),
    rule(r"^it (?:wants|would like|prefers|likes) it (?:to be )?(?P<pred>.+)$", to_predicate),
    rule(
        r"^(?:can|could|should|may|might|would) it (?P<pred>(?:be|stand|sit|sleep|fly|run|swim|dance|hold|look|wear|"
        r"ride|jump|smile|play|eat|carry|stay|walk|have) .+)$",
        to_predicate,
    ),
    rule(r"^(?:can|could|should) (?:the|its) [\w-]+ (?:have|get|wear|hold) (?P<what>.+)$", put_in),
    rule(
        r"^(?:can|could|should) (?:the|its) (?P<thing>[\w-]+) be (?P<pred>.+)$"
        r"|^(?:the|its) (?!style|background|theme|place|scene)(?P<thing2>[\w-]+) (?:should|must|could|ought to|has to|"
        r"needs to) be (?P<pred2>.+)$",
        lambda found, s: (
            Change(
                lambda old: (
                    changes.recolour(
                        old, found["thing"] or found["thing2"], changes.tidy(found["pred"] or found["pred2"])
                    )
                    or changes.add(
                        old, f"{changes.tidy(found['pred'] or found['pred2'])} {found['thing'] or found['thing2']}"
                    )
                )
            )
            if s.current
            else None
        ),
    ),
    rule(
        r"^(?:and )?(?P<what>(?:more|fewer|bigger|smaller|longer|shorter|larger|taller|darker|brighter) "
        r"(?!like\b|of\b|pictures|images|ones|options|versions|examples|variations|detail|quality)[\w-]+)$",
        lambda found, s: Change(lambda old: changes.add(old, found["what"])) if s.current else None,
    ),
    rule(
        r"^(?:i want |show me |try |make it |can i see |give it |draw it in |use )?(?:an?other|a "
        r"different|a new) (?:style|colou?r|background|pose)$",
        lambda found, _: to("another style"),
    ),
    rule(
        r"^(?:move|bring|send|take|transport) it (?:in)?to (?P<pred>.+)$",
        lambda found, _: Change(lambda old: changes.swap(old, "place", found["pred"])),
    ),
    rule(r"^it,? (?:but |just |only )+(?:with |it is )?(?P<pred>.+)$", to_predicate),
    rule(r"^i(?: would|'d)? (?:want|need|like) (?P<what>(?:an?|some|two) .+?) on it$", give),
    rule(r"^(?:and|plus) (?P<what>(?:an?|some|two) .+)$", put_in),
    rule(
        r"^it would be (?:nice|nicer|great|good|cool|better|fun) (?:if it (?:was|were|is|could|had)|when "
        r"it is) (?P<pred>.+)$",
        to_predicate,
    ),
    rule(r"^instead of (?P<what>[\w -]+), (?P<other>.+)$", swap),
    rule(
        r"^(?:an? )?(?!(?:remove|with|without|no|change|delete|erase|the|add)\b)(?P<other>[\w-]+(?: "
        r"[\w-]+)?) (?P<what>background)$",
        backdrop,
    ),
    rule(r"^i mean(?:t)? (?P<pred>.+)$", to_predicate),
    rule(
        r"^(?:(?:draw|show|make|generate|paint|create|show me|draw me) )?(?:exactly )?(?:the )?same(?: "
        r"(?!but|just|at|in|on|with)[\w-]+)?,?(?: but| just)? (?P<pred>.+)$",
        lambda found, s: to(found["pred"]) if s.current else None,
    ),
    rule(
        r"^(?:bring|put|get) (?:the|my|its) (?P<what>[\w -]+?) back(?: in| again)?$|"
        r"^bring back (?:the|my|its) (?P<what2>[\w -]+)$",
        lambda found, s: (
            Change(lambda old: changes.add(old, some(found["what"] or found["what2"]))) if s.current else None
        ),
    ),
    rule(r"^where(?:'s| is| are| did| has) (?P<what>(?:the |my |our )?[\w -]+?)(?: go| gone)?$", where),
    rule(
        r"^(?P<what>[\w -]+?) (?:is|are|'s) (?:missing|gone)(?: .*)?$|^there(?:'s| is| are) no (?P<what2>[\w -]+)$",
        lambda found, situation: Change(lambda old: removal.bring_back(old, found["what"] or f"a {found['what2']}")),
    ),
    rule(r"^i(?: really)? (?:don't|do not) (?:want|like|need) (?:it to (?:be |have )|to see )?(?P<what>.+)$", take_out),
    rule(
        r"^(?:it )?(?:don't|do not|shouldn't|should not|must not|mustn't|stop|can't|isn't|is not|not|"
        r"never)(?: to)? (?:make it|draw it(?: as)?|be|being|use|have|look like|include|add|show|wear|"
        r"draw|put)? ?(?P<what>an? .+|the .+|so .+|too .+|[\w-]+(?: \w+)?)$",
        take_out,
    ),
    rule(
        r"^(?:remove|delete|erase|drop|lose|take (?:away|out|off)|get rid of|cut out|leave out|omit|hide|"
        r"without|no|ditch)(?: away)? (?!(?:#|it\b|more\b|thanks\b|idea\b|problem\b|worries\b|one\b|changes?\b|"
        r"edits?\b|(?:me|us|a fan)\b|further\b|complaints?\b|questions?\b|hurry\b|rush\b|stress\b|pressure\b|"
        r"doubt\b|kidding\b|objections?\b|"
        r"wonder\b|offen[cs]e\b|big deal\b|matter\b|luck\b|clue\b|joke\b|regrets\b|"
        r"need\b|way\b))(?P<what>.+)$",
        take_out,
    ),
    rule(
        r"^(?:it (?:should|could|must|can|needs to|has to) |i(?: would|'d)? (?:want|like|prefer) it to |"
        r"make it |have it |let it |it to )?(?:use|using|have|with|get|take) (?P<colour>[\w -]+?) (?:as|"
        r"for) (?:the |its |a )?(?:main|primary|dominant|base|basic|major)? ?colou?r.*$",
        main_colour,
    ),
    rule(
        r"^(?:change|turn|transform|convert|switch|modify|set|make) (?P<what>the (?:background|style|"
        r"colou?r|place|setting|weather|time|scene|art style)) (?:of it |in it )?(?:in)?(?:to )?(?:be "
        r")?(?P<other>.+)$",
        swap,
    ),
    rule(
        r"^(?:change|turn|transform|convert|make|swap|switch|morph|put) it (?:in)?to (?P<pred>(?!(?:an? "
        r")?(?:picture|image)$).+)$",
        to_predicate,
    ),
    rule(r"^(?:replace|swap|exchange|substitute) (?P<what>.+?) (?:with|by|for) (?P<other>.+)$", swap),
    rule(
        r"^(?:change|turn|transform|convert|switch) (?P<what>.+?) (?:in)?to (?P<other>(?!(?:an? "
        r")?(?:picture|image)$).+)$",
        swap,
    ),
    rule(
        r"^change its? (?P<what>colou?r|style|background|place|time|weather|setting)$",
        lambda found, _: to("another style"),
    ),
    rule(r"^(?:give|get|lend|hand|buy) it (?P<what>.+)$", give),
    rule(r"^it (?:needs|wants|could use|is missing|lacks) (?P<what>(?:an?|some|more) .+)$", give),
    rule(r"^(?:add|include|insert|put in|place|attach|draw in) (?P<what>(?!it\b).+?)$", put_in),
    rule(r"^put (?P<what>(?!it\b).+?) (?:on|onto) (?:it|its \w+|the [\w ]+ (?:in|of|on)? ?it)$", give),
    rule(
        r"^(?:make|let|render|draw) (?:it )?(?:a bit |a little )?less (?P<what>[\w-]+)$|^less (?P<what2>[\w-]+)$",
        lambda found, _: Change(lambda old: removal.less(old, found["what"] or found["what2"])),
    ),
    rule(r"^(?:put|place) (?P<what>(?:an?|some|two|three|more) .+)$", put_in),
    rule(r"^(?:it(?:'s| is| looks) )?(?:just |a bit |a little |way |far |much )?too (?P<quality>[\w-]+)$", too_much),
    rule(
        rf"^{_SEE} (?:me |us )?it (?:to |as if it is |as if it were |while |when )?(?P<pred>(?!(?:again|"
        rf"once more|please|for me|now|back|up|down|out|to me|then|anyway|instead|too|first|all|like)$|"
        rf"like this|look like what|larger picture).+)$",
        to_predicate,
    ),
    rule(
        r"^i(?: would|'d)?(?: really)? (?:want|like|prefer|love|need|wish)(?: to (?:have|see))? it (?:to "
        r")?(?P<pred>(?!very|so|a lot).+)$",
        to_predicate,
    ),
    rule(
        rf"^it (?:should|must|needs to|has to|ought to|could|shall)(?: be)?(?: in| at)?(?= )(?: "
        rf")(?P<pred>(?!{REFUSED}\b).+)$",
        lambda found, _: to(
            re.sub(r"^it (?:should|must|needs to|has to|ought to|could|shall) ", "", found.group(), flags=re.I)
        ),
    ),
    rule(r"^it should(?:n't| not| never) (?:be |have )?(?P<what>.+)$", take_out),
    rule(r"^(?:can|could|would) it (?P<pred>(?:be|have|wear|hold|use) .+)$", to_predicate),
    rule(r"^(?:what )?if it (?:was|were|is|had|could|would be|would)? ?(?P<pred>.+)$", to_predicate),
    rule(
        rf"^(?:how|what) (?:would|does|will|might|could|do) it look (?:like )?(?P<pred>{_PLACED} .+|(?:if|"
        rf"when) it .+)$",
        lambda found, _: to(re.sub(r"^(?:if|when) it (?:was|were|is|would be|had)? ?", "", found["pred"])),
    ),
    rule(
        r"^the style should be (?P<pred>.+)$|^in the style of .+$",
        lambda found, _: Change(
            lambda old: (
                changes.swap(old, "style", found["pred"]) if found["pred"] else changes.apply(old, found.group())
            )
        ),
    ),
    rule(
        r"^(?:make|turn|paint|colou?r|have|let) (?:the|its|his|her|their) (?P<thing>[\w-]+(?: [\w-]+)?) "
        r"(?P<pred>[\w-]+|(?:in|to be|with|more|look) .+)$",
        change_part,
    ),
    rule(r"^the (?P<thing>[\w-]+) (?:should|must|needs to|has to) be (?P<pred>.+)$", change_part),
    rule(
        r"^(?:an? |the )?(?P<other>[\w -]+?) instead(?: of (?:an? |the )?(?P<what>[\w -]+))?$",
        lambda found, s: (
            Change(lambda old: changes.swap(old, found["what"] or "it", one(found["other"]))) if s.current else None
        ),
    ),
    rule(
        r"^it (?:is|'s) (?:now |currently )?(?P<pred>[\w]+ing(?: .+)?|(?:in|on|at|near|under) (?:the|an?) .+)$",
        lambda found, s: to(found["pred"]) if is_gerund(found["pred"].split()[0]) or not s.current else None,
    ),
    rule(
        r"^(?:more|a bit more|a little more|much more|even more) (?P<pred>(?!like|of|than|info|detail|"
        r"picture|image|version|please)[\w-]+)$",
        lambda found, s: to(f"more {found['pred']}") if s.current and not found["pred"].endswith("s") else None,
    ),
)

FRAGMENTS: tuple[Rule, ...] = (rule(r"^[\w' ,-]+$", fragment),)
