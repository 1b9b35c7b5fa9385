"""Words that ask for no thing of their own: the machinery of sentences, manners, and ordinary adjectives."""

_WORDS = """
a an the this that these those some any one two three four few several many pair couple lot lots bit i me my you
your he him his she her it its we us our they them their who what which where when how why is are was were be been
being am do does did done has have had having can could will would shall should may might must and or but so if then
than as of to in on at by for from with without into onto over under above below near next beside between behind
front across around through along up down out off about like not no don't dont instead also too very really just
please thanks thank hello hey draw drawn make made create created generate generated show give get want need let see
look looks paint painted render rendered picture pictures image images photo photos photograph drawing painting art
artwork portrait scene style styled version kind type sort something thing things background setting view shot close
closeup side left right center centre middle top bottom back corner there here now again more another other same
different new old first last each every all both only even still way time day today cute adorable beautiful pretty
lovely nice sweet happy sad angry funny silly cheerful joyful friendly gentle calm cozy cosy warm cold hot cool
fresh bright shiny glowing sparkling colorful colourful vibrant vivid pastel soft fluffy furry fuzzy hairy smooth
rough big small little tiny huge giant large tall short long wide narrow round fat thin chubby young baby ancient
modern classic vintage retro futuristic fantasy fantastic magic magical mystical dreamy epic majestic noble brave
strong mighty fierce scary spooky creepy wild tame sleepy tired lazy busy fast quick slow quiet loud hungry
delicious tasty yummy juicy ripe fancy elegant royal simple complex detailed intricate realistic photorealistic
stylized minimalist minimal clean clear sharp high low quality resolution best masterpiece 4k 8k hd lighting light
dark deep rich plain white-ish smiling smile face body full head facing looking wearing holding standing stand
stands playing play plays eating sitting beautiful-looking good great amazing awesome perfect wonderful super
cool-looking mother father friend friends single lone lonely wooden golden metal paper glass stone own open closed
sunny cloudy rainy windy foggy misty stormy weather spring summer autumn fall season while during before after until
because
"""

FILLERS = frozenset(_WORDS.split())
