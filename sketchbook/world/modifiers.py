"""Words that may be dropped without a word: ordinary adjectives, adverbs, and nouns that picture nothing."""

_ADJECTIVES = """
abandoned abstract adventurous aged airy amazing ancient antique artistic astonishing awake award-winning awesome
beautiful big black-and-white blank blazing bold bored brave breathtaking brick brief bright brilliant broad bulbous
bustling busy calm candid charming cheap cheeky cheerful chic chilly chubby cinematic classic classical clean clear
clever close cloudy clumsy colored colorful coloured colourful common complex confident content cool cosy cozy crazy
creepy crisp crowded cruel curious curly cute daring dark dear decorated decorative deep delicate delicious dense
deserted detailed different distant dramatic dreamy dry dusty eager early elderly elegant empty enchanted enchanting
endless enormous epic evening evil exciting exotic expensive expressive famous fancy fantastic far fast fat fearless
fierce fine firm flat floral flowing fluffy foggy fresh friendly frozen full funny furry fuzzy gentle giant gigantic
giggling glamorous glorious glossy glowing golden good gorgeous gothic graceful grand great grim grumpy handsome happy
hard haunted hearted heavy heroic hidden high high-quality high-resolution historic holy honest horrible hot huge
humble hungry hyper icy imaginary immense impressive incredible innocent intense intricate isolated jolly joyful keen
kind kind-hearted kindly large late lazy legendary light little lively lone lonely long loose loud lovely low lucky
luminous lush luxurious mad magic magical magnificent majestic massive masterful medieval melancholy mellow messy
metallic mighty minimal minimalist minimalistic misty modern modest moody morning muddy muted mysterious mystical
mythical naive narrow nasty natural naughty neat nervous new nice noble nostalgic odd old open orderly ornate outdoor
painted pale panoramic paper pastel peaceful perfect photogenic plain playful pleasant plump polished polite poor
pretty proud pure quaint quick quiet quirky rainy rare raw regal relaxed reminiscent retro rich romantic rough round
rounded royal rural rustic sad scary sci-fi serene serious shabby shallow sharp shiny short shy silent silky silly
simple single sleek sleepy slender slim slow small smart smiling smooth snowy soft solemn sparkling special spooky
spotted square starlit stately steady steaming stone stormy strange streamlined striking striped strong stunning
stylised stylish stylized sunlit super super-duper surprised surreal sweet swift tall tame tasty thick thin thirsty
tidy tiny tired tough towering traditional tranquil trending tropical typical ugly ultra unique unusual vast velvety
vibrant vintage vivid warm weak weathered weird wet whimsical wide wild windy wintry wise wonderful wooden worn
worried wrong young zany
"""

_ADVERBS = """
ago almost alone already always amid amidst among anyone anything anywhere away back beneath can't despite doesn't
else ever everyone everything everywhere fairly far forever forward gladly he's hmm however i'd i'll i'm indeed inside
isn't it's just kindly let's maybe meanwhile never nobody nothing off often okay once onto outdoors outside per
perhaps please pretty quite rather she's someone sometimes somewhat somewhere soon sorry straight that's together
tomorrow tonight toward towards twice underneath upon upward upwards usually versus via what's whatever whose within
won't wow yeah yes yesterday yet
"""

_ABSTRACT = """
able about add added adorn adorned adventure aesthetic air amusing angle appealing appear appearance appears
artstation ask asked asks aspect atmosphere attention based beauty become becomes being birthday blooming border brand
bringing called captivating captured capturing care cascading celebrate centre change changed character charm chosen
color colors colour colours coming composition concept consists contain containing contains contrast covered created
creating creativity dazzling delight demeanor depict depicting depicts depth description design designed detail
details display displayed displays doing drawn dream dreamed dreams dressed effect elegance elements emotion emotions
energy essence everything evident evoking excitement exploration expression expressions exude exudes fact fascinating
feature features featuring feel feeling feelings fill filled find finish finished flair flowing focus form frame
freedom fun function gather gathered generate generating getting gives giving gleaming goes going grace happening
happiness harmony has hint hour hours idea imagination imagine impression include includes including innovation
inspiration inspire inspired instance interesting joy keep keeps kept know known landscape lasting layout leading
leave life like likes line lineage lines live lives living located look looks looming love lover loves loving luck
made magic makes making manner matching mean means missing mix model moment mood motion movement movies name named
needs night-time nostalgia one ones order outstanding overflowing own palette part pattern peace perfectly perspective
piece place placed pleasing portray portrayed pose position presence put puts quality radiating reality refine refined
relaxing remain remains reminds remove removed render rendering replace replaced representing represents request
resided said sat say says scale scenery scheme seem seems seen sense set shades shadow shape shapes sharpness
shimmering shining show showing shown shows side situated size slumber soothing spectacle spirit splendor splendour
stand stands stood stories story storybook stretching success suggestion surface surprising surround surrounded
surroundings surrounds swirling symbol take taken tell text texture theme think thinking thought title tone tones
topic touching tradition tries try trying turn turned twinkling use used using variety version vibe view vision wait
want wanted wants week welcoming went whether whole winning wish wonder write written year year-old years
"""

_NOUNS = """
academy accident agent animal ant archive arctic army assembly attic bakery ball battery bed beehive bell belly berry
bible body boy brush bully butterfly cable canal carnival cemetery cereal cherry chimney client clinic comic copy
country county crystal curtain cutlery cynic daisy detective dish document doily doll donkey dragonfly enemy event
fabric fairy family ferry festival firefly fish fly galaxy gallery giant grocery hall hill hippy history hive hockey
holly honey hospital instrument italy jelly jewellery jewelry journal key kidney lady leash lily logic lottery
machinery mall medal merchant metal mill money monkey monument mosaic music musical native nursery olive parent party
patient pearl pedal petal pharmacy picnic pirate plant pony pottery present president puppy radish reed restaurant
ruby seed serpent shell signal skull sky spy story student table taxi tent topic tournament toy traffic tray trolley
turkey valley vegetable wall weed well whiskey wish
"""

_SUFFIXES = (
    "y", "ful", "ous", "ish", "ive", "less", "able", "ible", "ic", "al", "ed", "ent", "ant", "like", "esque", "ern",
    "looking", "eyed", "sized",
)  # fmt: skip

DEEDS = frozenset({"play", "playing", "plays", "eating", "eats", "eat", "drinking", "setting"})
"""Filler words that name a deed all the same."""
ADJECTIVES = frozenset(_ADJECTIVES.split())
NOTHINGS = frozenset((_ADVERBS + _ABSTRACT).split())
_NOT_ADJECTIVES = frozenset(_NOUNS.split())


def is_adjective(word: str) -> bool:
    """Known as one, or shaped like one: to be asked of words in front of others."""
    return word in ADJECTIVES or (len(word) > 4 and word not in _NOT_ADJECTIVES and word.endswith(_SUFFIXES))


def is_adverb(word: str) -> bool:
    return word.endswith("ly") and len(word) > 4 and word not in _NOT_ADJECTIVES
