"""The text tower: a small CLIP text model whose padding tokens learn to sketch what the caption names."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

import torch
import torch.nn.functional as F
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel
from tokenizers.trainers import BpeTrainer
from torch import Tensor, nn
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from minidalle3.sketchbook.training import captions
from minidalle3.sketchbook.training.config import TextConfig
from minidalle3.sketchbook.training.descent import descend, muon_and_adam, slow
from minidalle3.sketchbook.training.pace import Pace
from minidalle3.sketchbook.training.shards import taught
from minidalle3.sketchbook.training.sketches import SLOTS, Key, casts, sketch
from minidalle3.sketchbook.world import words
from minidalle3.sketchbook.world.grammar import Scene
from minidalle3.sketchbook.world.lots import Words

_LABELS = {
    "subject": words.SUBJECTS, "companion": words.SUBJECTS, "relation": words.RELATIONS, "count": (1, 2, 3),
    "style": words.STYLES, "place": words.PLACES, "time": words.TIMES, "weather": words.WEATHERS,
    "colour": words.COLOURS, "action": words.ACTIONS, "worn": words.WORN,
}  # fmt: skip


def tokenizer(config: TextConfig) -> CLIPTokenizer:
    """Byte pairs that close over the world's words, so that a canonical caption takes one token a word."""
    blank = CLIPTokenizer()
    trainer = BpeTrainer(
        vocab_size=config.vocabulary,
        special_tokens=["<|startoftext|>", "<|endoftext|>"],
        initial_alphabet=ByteLevel.alphabet(),
        end_of_word_suffix="</w>",
        show_progress=False,
    )
    backend = blank.backend_tokenizer
    backend.model = BPE(end_of_word_suffix="</w>")
    backend.train_from_iterator(captions.corpus(), trainer)
    model = json.loads(backend.to_str())["model"]
    length = config.words + SLOTS
    return CLIPTokenizer(model["vocab"], [tuple(pair) for pair in model["merges"]], model_max_length=length)


def build(config: TextConfig, tokens: CLIPTokenizer) -> CLIPTextModel:
    return CLIPTextModel(
        CLIPTextConfig(
            vocab_size=len(tokens),
            hidden_size=config.width,
            intermediate_size=4 * config.width,
            projection_dim=config.width,
            num_hidden_layers=config.layers,
            num_attention_heads=config.heads,
            max_position_embeddings=config.words + SLOTS,
            hidden_act="gelu",
            bos_token_id=tokens.bos_token_id,
            eos_token_id=tokens.eos_token_id,
            pad_token_id=tokens.pad_token_id,
        )
    )


def tokenize(tokens: CLIPTokenizer, texts: list[str]) -> Tensor:
    found: Tensor = tokens(texts, padding="max_length", truncation=True, return_tensors="pt").input_ids
    return found


class Heads(nn.Module):
    """What is asked of the tower while it learns: the sketch from its padding, the scene's labels from its words."""

    def __init__(self, config: TextConfig, codes: int) -> None:
        super().__init__()
        self.sketch = nn.Linear(config.width, codes)
        self.labels = nn.ModuleDict({name: nn.Linear(config.width, len(table) + 1) for name, table in _LABELS.items()})

    def loss(self, said: Tensor, slots: Tensor, sketches: Tensor, labels: dict[str, Tensor]) -> tuple[Tensor, Tensor]:
        """The weighted sum, and the sketch's squared error alone; empty patches count a tenth."""
        drawn = self.sketch(slots)
        weight = 0.1 + 0.9 * (sketches.abs().sum(2, keepdim=True) > 0)
        squared = (weight * (drawn - sketches).square()).mean()
        pooled = said.mean(1)
        named = [F.cross_entropy(head(pooled), labels[name]) for name, head in self.labels.items()]
        return squared + 0.02 * torch.stack(named).sum(), squared.detach()


def _label(scene: Scene | None, name: str) -> int:
    said = getattr(scene, name) if scene else None
    return 0 if said is None else 1 + list(_LABELS[name]).index(said)


Batch = tuple[list[str], Tensor, dict[str, Tensor]]


def _batch(known: dict[Key, Tensor], cast: list[Scene], size: int, random: Random) -> Batch:
    """Known casts on stages drawn anew, in varied words; a few captions name nothing."""
    scenes: list[Scene | None] = []
    for _ in range(size):
        chosen, stage = random.choice(cast), random.choice(cast)
        staged = replace(chosen, place=stage.place, time=stage.time, weather=stage.weather)
        scenes.append(staged if random.random() > 0.03 else None)
    texts = [captions.varied(scene, random) if scene else captions.noise(random) for scene in scenes]
    return texts, torch.stack([sketch(known, scene) for scene in scenes]), _labels(scenes)


def _dressed(scene: Scene) -> bool:
    return bool(scene.colour or scene.action or scene.worn)


def _plain_batch(known: dict[Key, Tensor], said: Words, size: int, random: Random) -> Batch:
    """Subjects and styles only, all alone, all by twos or threes, or all in pairs: what has to be learnt by heart, in
    the shortest of captions."""
    kind = random.choice(("alone", "several", "pairs", "pairs"))
    scenes = []
    for _ in range(size):
        scene = Scene(random.choice(said["subject"]), style=random.choice(said["style"]))
        if kind == "several":
            scene = replace(scene, count=random.choice((2, 3)))
        elif kind == "pairs":
            other = random.choice([name for name in said["companion"] if name != scene.subject])
            scene = replace(scene, companion=other, relation=random.choice(said["relation"]))
        scenes.append(scene)
    texts = [captions.canonical(scene, random) for scene in scenes]
    return texts, torch.stack([sketch(known, scene) for scene in scenes]), _labels(scenes)


def _labels(scenes: Sequence[Scene | None]) -> dict[str, Tensor]:
    return {name: torch.tensor([_label(scene, name) for scene in scenes]) for name in _LABELS}


def _few(ids: Tensor, sketches: Tensor, config: TextConfig, count: int) -> tuple[Tensor, Tensor, Tensor]:
    """The words with `count` of the slots only, at their places: most of the learning at half the cost.

    Slots that the whole batch leaves empty are passed over.
    """
    used = int(sketches.abs().sum((0, 2)).count_nonzero())
    slots = torch.randperm(max(used, count))[:count].sort().values
    length = int((ids[:, : config.words] != ids[0, -1]).sum(1).max()) + 1
    places = torch.cat([torch.arange(length), config.words + slots])
    return ids[:, places], places[None], slots


def heads(run: Path, config: TextConfig, codes: int) -> Heads:
    """This run's, else new ones."""
    found = Heads(config, codes)
    if (run / "text_heads.pt").exists():
        found.load_state_dict(torch.load(run / "text_heads.pt", weights_only=True))
    return found


def train(
    tower: CLIPTextModel, tokens: CLIPTokenizer, known: dict[Key, Tensor], run: Path, config: TextConfig, pace: Pace
) -> None:
    device = next(tower.parameters()).device
    asked = heads(run, config, next(iter(known.values())).shape[1]).to(device)
    parameters = [*tower.parameters(), *asked.parameters()]
    optimizers = muon_and_adam(parameters, config.rate, least=128)
    random, chosen = Random(pace.done), taught(run)
    cast = [one for one in casts(config.combinations, chosen) if _dressed(one) or random.random() < 0.15]
    still = 0 if (run / "text_heads.pt").exists() else config.meeting
    for step in pace:
        plain = step % 5 < (3 if pace.share < 0.4 else 2)
        texts, sketches, labels = (
            _plain_batch(known, chosen, config.batch, random) if plain else _batch(known, cast, config.batch, random)
        )
        ids, places, slots = _few(
            tokenize(tokens, texts), sketches, config, config.slots if pace.share < 0.8 else SLOTS
        )
        slow(optimizers, pace.warm_cosine(100))
        with torch.set_grad_enabled(step >= still):
            hidden = tower(ids.to(device), position_ids=places.to(device)).last_hidden_state
        said, drawn = hidden[:, : -len(slots)], hidden[:, -len(slots) :]
        named = {name: label.to(device) for name, label in labels.items()}
        value, squared = asked.loss(said, drawn, sketches[:, slots].to(device), named)
        descend(optimizers, parameters, value)
        if step % 10 == 0:
            explained = 1 - squared.item() / max(1e-6, sketches.square().mean().item())
            pace.say(loss=value.item(), sketch=squared.item(), explained=explained, plain=plain)
        if step % 250 == 249:
            save(tower, asked, run)
    save(tower, asked, run)


def save(tower: CLIPTextModel, asked: Heads, run: Path) -> None:
    tower.save_pretrained(run / "text")
    torch.save(asked.state_dict(), run / "text_heads.pt")
