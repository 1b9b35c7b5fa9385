"""Whether being told that it can draw harms what an LLM knows: MMLU with and without our chat prompt (Table 1).

`python -m minidalle3.eval.mmlu [--quick] [--all] [--data FOLDER] [--shots N]`, for the LLM of `MINIDALLE3_LLM`; needs
the extra `eval`. The tasks are lm-evaluation-harness's generative ones: exact match on the letter. `--data` is a folder
in the hub's format, such as a clone of the data set `cais/mmlu`, which else comes from the hub; `--quick` asks 20
questions of each subtask. Keys, in percent, for all questions and each subtask (`plain_philosophy` and so on):

- `plain`, `prompted`, `difference`: right answers without the prompt and with it, and the second less the first;
- `tags_in_code`: of the code that the prompted LLM was asked for, how many answers asked for a picture.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import HumanMessage, SystemMessage

from minidalle3.eval.report import parser, report
from minidalle3.graph.settings import Settings
from minidalle3.llms.load import load
from minidalle3.nodes.history import system
from minidalle3.nodes.markup import Text
from minidalle3.nodes.tags import TagParser

if TYPE_CHECKING:
    from lm_eval.api.instance import Instance

SUBTASKS = ("abstract_algebra", "high_school_physics", "marketing", "philosophy", "college_computer_science")
"""Those of the paper's Table 1."""
SHOTS = 5
QUICK = 20
CODE = (
    "Write a Python function that reverses a string.",
    "Write a small HTML page with an <img> element that shows dog.png.",
    "Write an SVG file with a red circle and an <image> element in it.",
    "How do I parse the XML text <image>a dog</image> in Python?",
    "Write a React component that edits an image's caption.",
    "Give me the regular expression that matches <edit> and </edit>.",
    "Write SQL for a table of pictures with an id and a description.",
    "用Python写一个快速排序。",
)
"""Questions that want code, some of which tempt to draw."""


def prompt() -> SystemMessage:
    """The chat prompt as a conversation begins with it."""
    return system({}, None, 0)


def answers(llm: BaseChatModel, requests: Sequence[Instance]) -> list[str]:
    """The LLM's replies to the harness's requests, cut where the task says that an answer ends."""
    replies = []
    for request in requests:
        context, given = request.args
        said = llm.invoke([(message["role"], message["content"]) for message in json.loads(context)]).text.strip()
        for stop in given.get("until", ()):
            said = said.partition(stop)[0]
        replies.append(said)
    return replies


def shares(
    llm: BaseChatModel, tasks: Sequence[str | dict[str, Any]], limit: int | None, shots: int, told: str | None
) -> dict[str, float]:
    """Percent of right answers in each subtask, and in all questions (`""`)."""
    from lm_eval import simple_evaluate
    from lm_eval.api.model import LM

    class Chat(LM):  # type: ignore[misc]
        """A LangChain chat model as the harness sees one: it is asked in messages, and writes."""

        tokenizer_name = "chat"

        def chat_template(self, chat_template: bool | str = False) -> str:
            return ""

        def apply_chat_template(self, chat_history: list[dict[str, str]], add_generation_prompt: bool = True) -> str:
            return json.dumps(chat_history)

        def generate_until(self, requests: list[Instance]) -> list[str]:
            return answers(llm, requests)

        def loglikelihood(self, requests: list[Instance]) -> Any:
            raise NotImplementedError("A chat model tells no likelihoods.")

        loglikelihood_rolling = loglikelihood

    found = simple_evaluate(
        Chat(), tasks=list(tasks), num_fewshot=shots, limit=limit, system_instruction=told, apply_chat_template=True,
        fewshot_as_multiturn=True, bootstrap_iters=0, log_samples=True,
    )  # fmt: skip
    assert found is not None
    right: dict[str, list[float]] = {
        name.removeprefix("mmlu_").removesuffix("_generative"): [float(sample["exact_match"]) for sample in samples]
        for name, samples in found["samples"].items()
    }
    everything = [one for some in right.values() for one in some]
    return {name: 100 * sum(some) / len(some) for name, some in {"": everything, **right}.items()}


def tasks(names: Sequence[str], data: Path | None) -> list[str | dict[str, Any]]:
    """The harness's tasks of these names, or of all; with another place for their data if there is one."""
    from lm_eval import tasks as harness
    from lm_eval.tasks._yaml_loader import load_yaml

    folder = Path(harness.__file__).parent / "mmlu" / "generative"
    paths = [folder / f"mmlu_{name}.yaml" for name in names] or sorted(folder.glob("mmlu_*.yaml"))
    if data is None:
        return [f"{path.stem}_generative" for path in paths]
    return [{**load_yaml(path), "dataset_path": str(data)} for path in paths]


async def tags_in_code(llm: BaseChatModel) -> int:
    """How many answers to questions for code hold a request for a picture outside of the code."""
    count = 0
    for question in CODE:
        parser = TagParser()
        reply = await llm.ainvoke([prompt(), HumanMessage(question)])
        count += any(not isinstance(item, Text) for item in [*parser.feed(reply.text), *parser.close()])
    return count


def figures(plain: Mapping[str, float], prompted: Mapping[str, float]) -> dict[str, float]:
    """The three figures of each subtask and of all."""
    result: dict[str, float] = {}
    for name in plain:
        end = f"_{name}" if name else ""
        result |= {f"plain{end}": plain[name], f"prompted{end}": prompted[name]}
        result[f"difference{end}"] = prompted[name] - plain[name]
    return result


def measure(
    llm: BaseChatModel, names: Sequence[str], data: Path | None, limit: int | None, shots: int
) -> dict[str, float]:
    """Both runs over the same questions; no `names`: all subtasks."""
    chosen = tasks(names, data)
    plain, prompted = (shares(llm, chosen, limit, shots, told) for told in (None, prompt().text))
    return figures(plain, prompted) | {"tags_in_code": asyncio.run(tags_in_code(llm))}


def main() -> None:
    """A table on the screen, figures in `eval/results/mmlu.json`."""
    options = parser("MMLU with and without the chat prompt.")
    options.add_argument("--all", action="store_true", help="all 57 subtasks instead of the paper's five")
    options.add_argument("--data", type=Path, metavar="DIR", help="a folder with the data set, in the hub's format")
    options.add_argument("--shots", type=int, default=SHOTS, help=f"questions shown with their answers ({SHOTS})")
    given = options.parse_args()
    names = () if given.all else SUBTASKS
    llm = load(Settings())
    report("mmlu", measure(llm, names, given.data, QUICK if given.quick else None, given.shots), given.quick)


if __name__ == "__main__":
    main()
